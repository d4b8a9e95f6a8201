//! A node's process dies at any instant, and whatever was acknowledged is there exactly once (I2), under the
//! same roots (I1). The process is this test's own program, started again with the name of a test that runs a
//! node.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealane_ledger::merkle::InclusionProof;
use sealane_ledger::{block_id, check_certificate};
use sealane_node::{
    Clock, Consensus, EngineKind, InitOptions, NodeHome, Point, Points, Surroundings, SystemClock,
    run_in,
};
use sealane_types::block::{Block, BlockHeader, Certificate};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::Height;
use sealane_types::receipt::Receipt;
use sealane_wire::v1::{
    CommittedTransaction, FinalHeader, GetBlockRequest, GetSequenceRequest, GetStatusRequest,
    GetTransactionRequest, SubmitRequest,
};
use support::{BANKS, World, connect, make};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

const HOME: &str = "SEALANE_TEST_HOME";
const DIE: &str = "SEALANE_TEST_DIE";

/// Ends the process as kill -9 does, at a point of the block with a number.
struct Die {
    point: Point,
    height: u64,
}

impl Points for Die {
    fn pass(&self, point: Point, height: Height) {
        if point == self.point && height.0 >= self.height {
            kill(std::process::id());
            std::thread::sleep(Duration::from_secs(10));
        }
    }
}

fn kill(process: u32) {
    let status = std::process::Command::new("kill")
        .args(["-9", &process.to_string()])
        .status();
    assert!(status.unwrap().success());
}

fn point(name: &str) -> Point {
    match name {
        "proposed" => Point::Proposed,
        "intended" => Point::Intended,
        "marked" => Point::Marked,
        "signed" => Point::Signed,
        "decided" => Point::Decided,
        "committed" => Point::Committed,
        "acknowledged" => Point::Acknowledged,
        other => panic!("no point is called {other}"),
    }
}

/// Not a test by itself: what the others start as a process of its own.
#[test]
fn a_node_as_a_process() {
    let Ok(home) = std::env::var(HOME) else {
        return;
    };
    let home = NodeHome::open(Path::new(&home)).unwrap();
    let mut surroundings = Surroundings::default();
    if let Ok(die) = std::env::var(DIE) {
        let (name, height) = die.split_once(' ').unwrap();
        let (point, height) = (point(name), height.parse().unwrap());
        surroundings.points = Arc::new(Die { point, height });
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime
        .block_on(run_in(home, surroundings, sealane_node::signals()))
        .unwrap();
}

fn start(home: &Path, die: Option<String>) -> Child {
    let _ = std::fs::remove_file(home.join("address"));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["a_node_as_a_process", "--exact", "--nocapture"]);
    command.env(HOME, home).env_remove(DIE);
    if let Some(die) = die {
        command.env(DIE, die);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.kill_on_drop(true);
    command.spawn().unwrap()
}

/// What a bank was told is final: the transaction's bytes and the whole acknowledgement.
type Acknowledged = Vec<(Vec<u8>, CommittedTransaction)>;

/// Submits one transaction after another until the node is gone.
async fn load(world: &World, home: &Path, bank: usize, acknowledged: &Mutex<Acknowledged>) {
    let mut client = connect(home).await;
    let alias = BANKS[bank].as_bytes().to_vec();
    let Ok(sequence) = client.get_sequence(GetSequenceRequest { alias }).await else {
        return;
    };
    for sequence in sequence.into_inner().next.. {
        let transaction = world.release(bank, sequence, sequence).to_bytes();
        let request = SubmitRequest {
            transaction: transaction.clone(),
            wait_ms: 20_000,
            relayed: false,
        };
        let Ok(answer) = client.submit(request).await else {
            return;
        };
        let committed = answer.into_inner().committed.unwrap();
        acknowledged.lock().unwrap().push((transaction, committed));
    }
}

/// Loads the node until it has died; adds what was acknowledged meanwhile.
async fn until_it_dies(world: &World, home: &Path, mut child: Child, told: &mut Acknowledged) {
    let acknowledged = Mutex::default();
    let loads = async {
        tokio::join!(
            load(world, home, 0, &acknowledged),
            load(world, home, 1, &acknowledged)
        );
        std::future::pending::<()>().await
    };
    let died = async {
        tokio::select! {
            () = loads => None,
            died = child.wait() => Some(died.unwrap()),
        }
    };
    let died = timeout(Duration::from_secs(60), died).await;
    let died = died.expect("the node dies in time").unwrap();
    assert!(!died.success());
    told.append(&mut acknowledged.into_inner().unwrap());
}

fn now() -> World {
    World::beginning(SystemClock.now())
}

fn header(world: &World, found: &FinalHeader) -> BlockHeader {
    let header = BlockHeader::from_bytes(&found.header).unwrap();
    let certificate = Certificate::from_bytes(&found.certificate).unwrap();
    check_certificate(&certificate, &header, &world.genesis.validators).unwrap();
    header
}

/// The acknowledgement proves what it says.
fn check(world: &World, transaction: &[u8], told: &CommittedTransaction) -> Height {
    assert_eq!(told.transaction, transaction);
    let (this, next) = (told.header.as_ref().unwrap(), told.next_header.as_ref());
    let (this, next) = (header(world, this), header(world, next.unwrap()));
    assert_eq!(
        (next.height, next.previous),
        (this.height.next(), block_id(&this))
    );
    let proof = InclusionProof::from_bytes(&told.transaction_proof).unwrap();
    assert!(proof.holds(&this.transactions, transaction));
    let receipt = InclusionProof::from_bytes(&told.receipt_proof).unwrap();
    assert!(receipt.holds(&next.receipts, &told.receipt));
    assert_eq!(proof.position, receipt.position);
    Receipt::from_bytes(&told.receipt).unwrap();
    this.height
}

/// Reads the whole chain: it follows from genesis, and how often each transaction stands in it.
async fn read(world: &World, home: &Path) -> (BTreeMap<Vec<u8>, u64>, Vec<BlockHeader>) {
    let mut client = connect(home).await;
    let status = client.get_status(GetStatusRequest {}).await.unwrap();
    let (mut count, mut headers) = (BTreeMap::new(), Vec::<BlockHeader>::new());
    for height in 1..=status.into_inner().height {
        let found = client.get_block(GetBlockRequest { height }).await.unwrap();
        let found = found.into_inner();
        let block = Block::from_bytes(&found.block).unwrap();
        let certificate = Certificate::from_bytes(&found.certificate).unwrap();
        check_certificate(&certificate, &block.header, &world.genesis.validators).unwrap();
        if let Some(last) = headers.last() {
            assert_eq!(block.header.previous, block_id(last));
            assert!(block.header.time > last.time);
        }
        for transaction in &block.transactions {
            *count.entry(transaction.to_bytes()).or_default() += 1;
        }
        headers.push(block.header);
    }
    (count, headers)
}

/// Starts the node again, and looks for everything that was acknowledged so far.
async fn check_all(world: &World, home: &Path, told: &[(Vec<u8>, CommittedTransaction)]) {
    let mut child = start(home, None);
    let (count, headers) = read(world, home).await;
    let mut client = connect(home).await;
    for (transaction, committed) in told {
        assert_eq!(count.get(transaction), Some(&1));
        let height = check(world, transaction, committed);
        let header = BlockHeader::from_bytes(&committed.header.as_ref().unwrap().header);
        assert_eq!(headers[height.0 as usize - 1], header.unwrap());
        let receipt = Receipt::from_bytes(&committed.receipt).unwrap();
        let id = receipt.transaction.as_bytes().to_vec();
        let again = client.get_transaction(GetTransactionRequest { id }).await;
        assert_eq!(
            again.unwrap().into_inner().committed.as_ref(),
            Some(committed)
        );
    }
    assert!(count.values().all(|times| *times == 1));
    child.kill().await.unwrap();
}

/// A node is killed at each of these points, so often, and forgets nothing.
async fn killed_at(points: &[&str], times: usize, options: InitOptions, world: &World) {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("node");
    make(&home, options);
    let mut told = Vec::new();
    let mut height = 6;
    for name in points {
        for _ in 0..times {
            let child = start(&home, Some(format!("{name} {height}")));
            until_it_dies(world, &home, child, &mut told).await;
            let checked = told.iter().map(|(bytes, told)| check(world, bytes, told));
            // beyond where it died, so that each run has blocks to acknowledge before it dies
            height = checked.max().map_or(0, |last| last.0).max(height) + 8;
        }
        check_all(world, &home, &told).await;
    }
    assert!(told.len() >= 10, "only {} were acknowledged", told.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_it_forgets_nothing_it_acknowledged() {
    let world = now();
    let points = [
        "proposed",
        "intended",
        "signed",
        "committed",
        "acknowledged",
    ];
    killed_at(&points, 2, world.options(), &world).await;
}

/// The same under Malachite, whose validator is alone here: what it signs, `sealane-consensus` tests.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_under_malachite_it_forgets_nothing_it_acknowledged() {
    let world = now();
    let mut options = world.options();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    options.config.engine = EngineKind::Malachite;
    options.config.consensus = Some(Consensus {
        listen: free.local_addr().unwrap(),
        peers: Vec::new(),
    });
    drop(free);
    let points = [
        "proposed",
        "intended",
        "marked",
        "signed",
        "decided",
        "committed",
        "acknowledged",
    ];
    killed_at(&points, 1, options, &world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_under_load_it_forgets_nothing_it_acknowledged() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("node");
    let world = now();
    make(&home, world.options());
    let mut told = Vec::new();
    for round in 0..6_u64 {
        let child = start(&home, None);
        let process = child.id().unwrap();
        let killer = async {
            let _ = connect(&home).await;
            tokio::time::sleep(Duration::from_millis(40 + 67 * round)).await;
            kill(process);
        };
        tokio::join!(killer, until_it_dies(&world, &home, child, &mut told));
    }
    check_all(&world, &home, &told).await;
    assert!(!told.is_empty());
}
