//! One of four validators has a clock that is an hour off (RELIABILITY 7): the chain goes on with the time of the
//! others, all nodes have one chain, and the one that is off follows.

#![allow(clippy::unwrap_used)]

mod support;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_crypto::curve::encode_element;
use sealane_crypto::signature::SigningKey;
use sealane_node::{
    Clock, Config, Consensus, InitOptions, NodeHome, Peer, Surroundings, SystemClock, init,
    peer_id, run_in,
};
use sealane_types::block::{Block, Validator, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::{Alias, Role, Standing};
use sealane_types::ids::{AliasId, BlockTime, FieldBytes};
use sealane_types::transaction::Transaction;
use sealane_wire::tls::{self, Authority, Party};
use sealane_wire::v1::{GetBlockRequest, GetStatusRequest, SubmitRequest};
use support::{BANKS, VALIDATOR, World, connect_to, validator_key};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

const NODES: usize = 4;
/// Whose clock is off.
const OFF: usize = 3;
const HOUR: u64 = 3_600_000;
/// How far ahead of a node's clock a block may be that it votes for, in milliseconds.
const MAX_AHEAD: u64 = 30_000;
/// How long anything may take that must come.
const PATIENCE: Duration = Duration::from_secs(240);

/// The machine's clock, changed.
struct Off(fn(u64) -> u64);

impl Clock for Off {
    fn now(&self) -> BlockTime {
        BlockTime((self.0)(SystemClock.now().0))
    }
}

fn name(at: usize) -> String {
    format!("node-{}", char::from(b'a' + u8::try_from(at).unwrap()))
}

fn id(at: usize) -> AliasId {
    match at {
        0 => VALIDATOR,
        _ => AliasId::new([3 + u8::try_from(at).unwrap(); 32]),
    }
}

fn key(at: usize) -> SigningKey {
    match at {
        0 => validator_key(),
        _ => SigningKey::from_seed(&[30 + u8::try_from(at).unwrap(); 32]),
    }
}

/// The chain of four validators that begins now.
fn world() -> World {
    let mut world = World::beginning(SystemClock.now());
    for at in 1..NODES {
        world.genesis.aliases.push(Alias {
            id: id(at),
            name: name(at),
            role: Role::Validator,
            key: key(at).public(),
            commitment: FieldBytes::new(encode_element(&7_u64.into())),
            bank: BANKS[0],
            standing: Standing::Active,
            until: None,
        });
    }
    let validator = |at| Validator {
        alias: id(at),
        key: key(at).public(),
        power: 1,
    };
    let validators = (0..NODES).map(validator).collect();
    world.genesis.validators = ValidatorSet::new(validators).unwrap();
    world
}

fn free() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap()
}

/// The nodes' homes, with certificates of one authority.
fn homes(folder: &Path, world: &World) -> Vec<PathBuf> {
    let mut authority = Authority::create(&folder.join("authority"), "test").unwrap();
    let peer = |at: usize| Peer {
        name: name(at),
        id: peer_id(&key(at)).unwrap(),
        consensus: free(),
        observer: false,
        api: free(),
    };
    let peers: Vec<Peer> = (0..NODES).map(peer).collect();
    let home = |at: usize| {
        let others = peers.iter().filter(|peer| peer.name != name(at));
        let consensus = Consensus {
            listen: peers[at].consensus,
            peers: others.cloned().collect(),
        };
        let home = folder.join(name(at));
        let options = InitOptions {
            genesis: world.genesis.clone(),
            config: Config::of_several(peers[at].api, consensus),
            signing: key(at),
        };
        init(&home, options).unwrap();
        let (node, bank) = (Party::Node(name(at)), Party::Home("bank-a".to_owned()));
        tls::equip(&home.join(tls::FOLDER), &node, &mut authority, 1).unwrap();
        tls::equip(&home.join("bank-a"), &bank, &mut authority, 1).unwrap();
        home
    };
    (0..NODES).map(home).collect()
}

/// The nodes in this process, one of them with another clock.
struct Network {
    homes: Vec<PathBuf>,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
    _folder: TempDir,
}

impl Network {
    fn start(world: &World, off: fn(u64) -> u64) -> Self {
        let folder = TempDir::new().unwrap();
        let homes = homes(folder.path(), world);
        let (stop, stopping) = watch::channel(false);
        let run = |(at, home): (usize, &PathBuf)| {
            let home = NodeHome::open(home).unwrap();
            let mut surroundings = Surroundings::default();
            if at == OFF {
                surroundings.clock = Arc::new(Off(off));
            }
            let mut stopping = stopping.clone();
            tokio::spawn(async move {
                let stopped = async move { drop(stopping.wait_for(|stop| *stop).await) };
                run_in(home, surroundings, stopped).await.unwrap();
            })
        };
        let running = homes.iter().enumerate().map(run).collect();
        Self {
            homes,
            stop,
            running,
            _folder: folder,
        }
    }

    async fn end(self) {
        self.stop.send_replace(true);
        for node in self.running {
            node.await.unwrap();
        }
    }

    async fn height(&self, at: usize) -> u64 {
        let mut client = connect_to(&self.homes[at], &name(at)).await;
        let status = client.get_status(GetStatusRequest {}).await.unwrap();
        status.into_inner().height
    }

    async fn reaches(&self, at: usize, goal: u64) {
        let begun = Instant::now();
        loop {
            let height = self.height(at).await;
            if height >= goal {
                return;
            }
            let late = begun.elapsed() > PATIENCE;
            assert!(!late, "node {at} is at {height} and does not reach {goal}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Hands a transaction in at a node until that node has it for good.
    async fn acknowledged(&self, at: usize, transaction: &Transaction) {
        let mut client = connect_to(&self.homes[at], &name(at)).await;
        let begun = Instant::now();
        loop {
            let request = SubmitRequest {
                transaction: transaction.to_bytes(),
                wait_ms: 20_000,
                relayed: false,
            };
            let answer = client.submit(request).await;
            if matches!(&answer, Ok(answer) if answer.get_ref().committed.is_some()) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "not acknowledged: {answer:?}");
        }
    }

    async fn blocks(&self, at: usize, last: u64) -> Vec<Block> {
        let mut client = connect_to(&self.homes[at], &name(at)).await;
        let mut blocks = Vec::new();
        for height in 1..=last {
            let found = client.get_block(GetBlockRequest { height }).await.unwrap();
            blocks.push(Block::from_bytes(&found.into_inner().block).unwrap());
        }
        blocks
    }
}

/// Both banks hand in, one of them at the node whose clock is off; everybody has had several turns.
async fn goes_on(off: fn(u64) -> u64) {
    let world = world();
    let begun = SystemClock.now();
    let network = Network::start(&world, off);
    let first = async {
        for number in 0..12 {
            let transaction = world.release(0, number, number);
            network.acknowledged(0, &transaction).await;
        }
    };
    let second = async {
        for number in 0..4 {
            let transaction = world.release(1, number, number);
            network.acknowledged(OFF, &transaction).await;
        }
    };
    tokio::join!(first, second);
    let goal = network.height(0).await;
    assert!(goal >= 3 * NODES as u64, "too few turns: {goal} blocks");
    for at in 0..NODES {
        network.reaches(at, goal).await;
    }
    let blocks = network.blocks(0, goal).await;
    for at in 1..NODES {
        let others = network.blocks(at, goal).await;
        assert_eq!(others, blocks, "nodes 0 and {at} have different blocks");
    }
    let until = SystemClock.now().0 + MAX_AHEAD;
    for header in blocks.iter().map(|block| &block.header) {
        let right = header.time.0 >= begun.0 && header.time.0 <= until;
        assert!(right, "block {} is of another time", header.height);
    }
    let transactions: usize = blocks.iter().map(|block| block.transactions.len()).sum();
    println!("{goal} blocks, {transactions} transactions");
    network.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_goes_on_in_the_time_of_three_while_the_fourth_is_an_hour_ahead() {
    goes_on(|now| now + HOUR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_goes_on_in_the_time_of_three_while_the_fourth_is_an_hour_behind() {
    goes_on(|now| now - HOUR).await;
}
