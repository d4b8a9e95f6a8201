//! Networks of several validators, each a `sealane node` process of its own on loopback. What a network begins with
//! (genesis, keys, proofs made for it) is kept between runs, as genesis is another each time it is made.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_crypto::signature::SigningKey;
use sealane_ledger::chain_id;
use sealane_ledger::state::Key;
use sealane_node::{Config, Consensus, InitOptions, Peer, init, peer_id};
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{AliasId, BlockTime, ChainId, FieldBytes, VerifyingKeyId};
use sealane_verifier::VerifyingKey;
use sealane_wire::MAX_MESSAGE;
use sealane_wire::tls::{self, Authority, Credentials, Party};
use sealane_wire::v1::QueryStateRequest;
use sealane_wire::v1::node_client::NodeClient;
use tempfile::TempDir;
use tonic::transport::Channel;

use crate::chain::signing_key;
use crate::trade::{customer, seller};

/// Banks of every network.
pub const BANKS: u8 = 8;
/// The folder of whoever asks the nodes.
const CLIENT: &str = "client";
/// How long a node may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bank `number`, from 0.
#[must_use]
pub fn bank(number: u8) -> AliasId {
    AliasId::new([1 + number; 32])
}

/// Validator `number`, from 0.
#[must_use]
pub fn validator(number: u8) -> AliasId {
    AliasId::new([101 + number; 32])
}

/// Where the workspace's build puts programs: this bench lies in a folder inside it.
///
/// # Panics
/// When it does not.
#[must_use]
pub fn program_folder() -> PathBuf {
    let own = std::env::current_exe().expect("a bench knows its own path");
    let folder = own.parent().and_then(Path::parent);
    folder.expect("benches are built into a folder").to_owned()
}

/// What a network of so many validators begins with, kept in the target folder.
#[derive(Debug)]
pub struct Template {
    /// How its chain begins.
    pub genesis: Genesis,
    folder: PathBuf,
    validators: u8,
}

impl Template {
    /// Takes what is kept, or makes it.
    ///
    /// # Panics
    /// When the target folder cannot be written.
    #[must_use]
    pub fn of(validators: u8) -> Self {
        let key = VerifyingKeyId::new(VerifyingKey::financing_test().id()).to_string();
        let name = format!("{validators}-validators-{}", &key[..16]);
        let folder = program_folder().join("bench-networks").join(name);
        let file = folder.join("genesis.bin");
        let kept = fs::read(&file).ok();
        let kept = kept.and_then(|bytes| Genesis::from_bytes(&bytes).ok());
        let genesis = kept.unwrap_or_else(|| make(&folder, validators));
        if !folder.join(CLIENT).exists() {
            certify(&folder, validators);
        }
        Self {
            genesis,
            folder,
            validators,
        }
    }

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        chain_id(&self.genesis)
    }

    /// Where proofs for this chain are kept.
    #[must_use]
    pub fn deals(&self) -> PathBuf {
        self.folder.join("deals")
    }

    /// Starts a node process for each validator, on a chain without any block.
    ///
    /// # Panics
    /// When one does not start.
    #[must_use]
    pub fn start(&self) -> Consortium {
        let folder = TempDir::with_prefix("sealane-bench-").expect("a temporary folder");
        let places: Vec<_> = (0..self.validators).map(|_| Place::free()).collect();
        let mut nodes = Vec::new();
        for at in 0..self.validators {
            let home = folder.path().join(format!("node-{at}"));
            copy(&self.folder.join(format!("node-{at}")), &home);
            rewrite(&home.join("node.toml"), usize::from(at), &places);
            nodes.push(Node {
                home,
                process: None,
            });
        }
        let client = self.folder.join(CLIENT).join(tls::FOLDER);
        let credentials = Credentials::open(&client).expect("the kept certificate");
        let mut network = Consortium {
            _folder: folder,
            credentials,
            nodes,
        };
        (0..network.size()).for_each(|at| network.start_node(at));
        network.wait_for_key();
        network
    }
}

/// A node's two ports.
struct Place {
    api: SocketAddr,
    consensus: SocketAddr,
}

impl Place {
    fn free() -> Self {
        let hold = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has free ports");
        let (one, other) = (hold(), hold());
        let address = |held: &TcpListener| held.local_addr().expect("a listener has an address");
        Self {
            api: address(&one),
            consensus: address(&other),
        }
    }
}

/// Puts this run's ports into a kept configuration, whose peers are in the validators' order.
fn rewrite(path: &Path, own: usize, places: &[Place]) {
    let text = fs::read_to_string(path).expect("a kept configuration");
    let mut config: toml::Table = text.parse().expect("a configuration is TOML");
    let text = |address: SocketAddr| toml::Value::from(address.to_string());
    config.insert("listen".to_owned(), text(places[own].api));
    if let Some(consensus) = config
        .get_mut("consensus")
        .and_then(|one| one.as_table_mut())
    {
        consensus.insert("listen".to_owned(), text(places[own].consensus));
        let peers = consensus
            .get_mut("peers")
            .and_then(|all| all.as_array_mut());
        let others = (0..places.len()).filter(|at| *at != own);
        for (peer, at) in peers.expect("peers").iter_mut().zip(others) {
            let peer = peer.as_table_mut().expect("a peer");
            peer.insert("consensus".to_owned(), text(places[at].consensus));
            peer.insert("api".to_owned(), text(places[at].api));
        }
    }
    let changed = toml::to_string(&config).expect("TOML");
    fs::write(path, changed).expect("a temporary folder can be written");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a temporary folder can be written");
    for entry in fs::read_dir(from)
        .expect("a kept home")
        .filter_map(Result::ok)
    {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy(&from, &to),
            false => drop(fs::copy(&from, &to).expect("a kept file can be copied")),
        }
    }
}

/// Makes genesis and the nodes' homes; genesis comes last, so that nothing half made is taken.
fn make(folder: &Path, validators: u8) -> Genesis {
    eprintln!("making the keys of a network of {validators} (kept in the target folder)");
    let _ = fs::remove_dir_all(folder);
    let aliases: Vec<_> = (0..BANKS)
        .map(|at| alias(bank(at), format!("bank-{at}"), Role::Bank, bank(at)))
        .chain((0..BANKS).map(|at| {
            let id = customer(&bank(at));
            alias(id, format!("seller-{at}"), Role::Company, bank(at))
        }))
        .chain((0..validators).map(|at| {
            let name = format!("node-{at}");
            alias(validator(at), name, Role::Validator, bank(at % BANKS))
        }))
        .collect();
    let seat = |at: u8| Validator {
        alias: validator(at),
        key: signing_key(&validator(at)).public(),
        power: 1,
    };
    let genesis = Genesis {
        name: "bench".to_owned(),
        suite: Suite::International,
        time: BlockTime(1_790_000_000_000),
        aliases,
        validators: ValidatorSet::new((0..validators).map(seat).collect()).expect("seats"),
        parameters: Parameters {
            inquiries_per_day: 1_000_000,
            financings_per_day: 1_000_000,
            max_hold_blocks: 1_000,
            max_block_transactions: 1024,
            max_block_bytes: 16 << 20,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![VerifyingKeyId::new(VerifyingKey::financing_test().id())],
        },
        governance: Governance::Members,
    };
    genesis.check().expect("a chain can begin so");
    for at in 0..validators {
        let options = InitOptions {
            genesis: genesis.clone(),
            config: config(at, validators),
            signing: signing_key(&validator(at)),
        };
        init(&folder.join(format!("node-{at}")), options).expect("a new node");
    }
    let file = folder.join("genesis.bin");
    fs::write(file, genesis.to_bytes()).expect("the target folder can be written");
    genesis
}

/// Certificates for all nodes, and for whoever asks them; that one's comes last.
fn certify(folder: &Path, validators: u8) {
    let place = folder.join("authority");
    let _ = fs::remove_dir_all(&place);
    let mut authority = Authority::create(&place, "bench").expect("a new authority");
    let nodes = (0..validators).map(|at| format!("node-{at}"));
    let nodes = nodes.map(|name| (folder.join(&name), Party::Node(name)));
    let client = (folder.join(CLIENT), Party::Home(CLIENT.to_owned()));
    for (home, party) in nodes.chain([client]) {
        let own = home.join(tls::FOLDER);
        tls::equip(&own, &party, &mut authority, tls::DAYS).expect("a certificate");
    }
}

/// A node's configuration; its ports come with each run. One validator runs Malachite too, so that all are compared
/// on one engine.
fn config(own: u8, validators: u8) -> Config {
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let id = |at: u8| {
        let signing: SigningKey = signing_key(&validator(at));
        peer_id(&signing).expect("a key's id")
    };
    let peer = |at: u8| Peer {
        name: format!("node-{at}"),
        id: id(at),
        consensus: nowhere,
        observer: false,
        api: nowhere,
    };
    let peers = (0..validators).filter(|at| *at != own).map(peer).collect();
    let consensus = Consensus {
        listen: nowhere,
        peers,
    };
    Config::of_several(nowhere, consensus)
}

fn alias(id: AliasId, name: String, role: Role, bank: AliasId) -> Alias {
    let commitment = match role {
        Role::Company => seller(&bank).opening.commitment(),
        _ => FieldBytes::new([0; 32]),
    };
    Alias {
        id,
        name,
        role,
        key: signing_key(&id).public(),
        commitment,
        bank,
        standing: Standing::Active,
        until: None,
    }
}

/// Running nodes. They are killed when this is dropped.
#[derive(Debug)]
pub struct Consortium {
    _folder: TempDir,
    credentials: Arc<Credentials>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    home: PathBuf,
    process: Option<Child>,
}

impl Consortium {
    /// How many nodes it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// Waits until the validators have generated the fingerprint key.
    fn wait_for_key(&self) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let request = QueryStateRequest {
            keys: vec![Key::present_epoch().as_bytes().to_vec()],
        };
        let begun = Instant::now();
        runtime.block_on(async {
            let mut node = self.connect(0);
            loop {
                let answer = node.query_state(request.clone()).await;
                let entries = answer.map(|answer| answer.into_inner().entries);
                if entries.is_ok_and(|all| all.iter().all(|one| one.value.is_some())) {
                    return;
                }
                assert!(begun.elapsed() < 2 * PATIENCE, "no fingerprint key");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
    }

    /// A way to a running node's API. Must be called on a runtime.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn connect(&self, at: usize) -> NodeClient<Channel> {
        let address = fs::read_to_string(self.nodes[at].home.join("address"));
        let address = format!("https://{}", address.expect("the node listens").trim());
        let name = format!("node-{at}");
        let channel = tls::channel(&address, &name, &self.credentials, |endpoint| endpoint);
        NodeClient::new(channel.expect("an address"))
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE)
    }

    /// A running node's process.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn process(&self, at: usize) -> u32 {
        let process = self.nodes[at].process.as_ref();
        process.expect("the node runs").id()
    }

    /// Starts a node and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    pub fn start_node(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let program = program_folder().join("sealane");
        assert!(
            program.is_file(),
            "there is no {}: build it first (cargo build --release -p sealane)",
            program.display()
        );
        let address = node.home.join("address");
        let _ = fs::remove_file(&address);
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(node.home.join("node.log"));
        let log = log.expect("a temporary folder can be written");
        let child = Command::new(program)
            .args(["node", "--home"])
            .arg(&node.home)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let mut child = child.expect("the node can be started");
        let begun = Instant::now();
        while !fs::read_to_string(&address).is_ok_and(|text| !text.is_empty()) {
            let ended = child.try_wait().expect("a child can be asked");
            let log = fs::read_to_string(node.home.join("node.log")).unwrap_or_default();
            assert!(
                ended.is_none() && begun.elapsed() < PATIENCE,
                "the node does not listen ({ended:?}):\n{log}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        node.process = Some(child);
    }

    /// Ends a node with SIGKILL.
    ///
    /// # Panics
    /// When it does not run.
    pub fn kill_node(&mut self, at: usize) {
        let mut child = self.nodes[at].process.take().expect("the node runs");
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
    }

    /// Makes a node that does not run forget the chain.
    ///
    /// # Panics
    /// When its folders cannot be removed.
    pub fn wipe(&self, at: usize) {
        for folder in ["data", "consensus"] {
            let folder = self.nodes[at].home.join(folder);
            fs::remove_dir_all(folder).expect("a node's folders can be removed");
        }
    }

    /// Lets a node that has nothing begin with a snapshot.
    ///
    /// # Panics
    /// When its configuration cannot be read or written.
    pub fn begin_with_snapshot(&self, at: usize) {
        let path = self.nodes[at].home.join("node.toml");
        let text = fs::read_to_string(&path).expect("a configuration");
        let text = format!("begin = \"snapshot\"\n{text}");
        fs::write(path, text).expect("a configuration can be written");
    }
}

impl Drop for Consortium {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            if let Some(mut child) = node.process.take() {
                let _ = child.kill();
                let _ = child.wait();
            }
            if std::thread::panicking() {
                let log = fs::read_to_string(node.home.join("node.log")).unwrap_or_default();
                let lines: Vec<_> = log.lines().rev().take(8).collect();
                eprintln!("{}:\n{}", node.home.display(), lines.join("\n"));
            }
        }
    }
}
