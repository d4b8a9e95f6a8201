//! RELIABILITY 2: a validator's process ends at every point at which something has become durable or is signed. Begun again it
//! goes on from there, and of each height, round and step it has signed one thing alone. The process is this test's own
//! program, started again with the name of a test that runs a validator.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use malachitebft_app_channel::app::types::core::{NilOrVal, Round, VoteType};
use sealane_types::encoding::{Decode, Reader};

use super::*;
use crate::engine::Point;
use crate::malachite::codec::{decode_ballot, decode_offer};
use crate::malachite::parts::Head;

const FOLDER: &str = "SEALANE_TEST_FOLDER";
/// The point, the height, and which of the passes there.
const DIE: &str = "SEALANE_TEST_DIE";
/// The height at which it ends well.
const UNTIL: &str = "SEALANE_TEST_UNTIL";
/// How long a process may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Every point, and how often a validator that is alone passes it at a height: the head of its proposal's parts, the
/// proposal, its prevote and its precommit are signed.
const POINTS: [(&str, Point, u32); 7] = [
    ("proposed", Point::Proposed, 1),
    ("intended", Point::Intended, 1),
    ("marked", Point::Marked, 4),
    ("signed", Point::Signed, 4),
    ("decided", Point::Decided, 1),
    ("committed", Point::Committed, 1),
    ("acknowledged", Point::Acknowledged, 1),
];

/// Ends the process at once.
struct Die {
    point: Point,
    height: u64,
    left: AtomicU32,
}

impl Points for Die {
    fn pass(&self, point: Point, height: Height) {
        let here = point == self.point && height.0 == self.height;
        if here && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            std::process::abort();
        }
    }
}

/// A chain in a folder. Each block that it is asked for is another one.
struct Kept {
    folder: PathBuf,
    blocks: Mutex<Vec<(Block, Certificate)>>,
    until: u64,
    points: Arc<dyn Points>,
}

/// The blocks in a folder: one is there when its certificate is.
fn kept(folder: &Path) -> Vec<(Block, Certificate)> {
    let read = |height: u64| {
        let certificate = fs::read(folder.join(format!("certificate-{height}"))).ok()?;
        let block = fs::read(folder.join(format!("block-{height}"))).unwrap();
        let block = Block::from_bytes(&block).unwrap();
        Some((block, Certificate::from_bytes(&certificate).unwrap()))
    };
    (1..).map_while(read).collect()
}

impl Kept {
    fn height(&self) -> u64 {
        self.blocks.lock().unwrap().len() as u64
    }
}

#[async_trait]
impl Application for Kept {
    async fn last_final(&self) -> Result<LastFinal, ApplicationError> {
        Ok(LastFinal {
            chain: CHAIN,
            height: Height(self.height()),
            block: BlockId::new([0; 32]),
        })
    }

    fn validators(&self) -> ValidatorSet {
        Memory::default().validators()
    }

    async fn final_block(
        &self,
        height: Height,
    ) -> Result<Option<(Block, Certificate)>, ApplicationError> {
        let blocks = self.blocks.lock().unwrap();
        Ok(blocks.get(height.0 as usize - 1).cloned())
    }

    fn due(&self, _: BlockTime) -> bool {
        self.height() < self.until
    }

    async fn waiting(&self) {
        std::future::pending().await
    }

    async fn propose(&self, now: BlockTime) -> Result<Block, ApplicationError> {
        let mut block = block(self.height() + 1, Vec::new());
        block.header.time = now;
        let process = u64::from(std::process::id());
        block.header.previous = BlockId::new([process.to_le_bytes()[0]; 32]);
        Ok(block)
    }

    async fn validate(&self, _: &Block, _: Proposer) -> Result<Verdict, ApplicationError> {
        Ok(Verdict::Valid)
    }

    async fn decided(&self, block: Block, of: Certificate) -> Result<(), ApplicationError> {
        let height = self.height() + 1;
        assert_eq!(
            (block.header.height, of.height),
            (Height(height), Height(height))
        );
        fs::write(
            self.folder.join(format!("block-{height}")),
            block.to_bytes(),
        )?;
        let beside = self.folder.join("certificate.new");
        fs::write(&beside, of.to_bytes())?;
        fs::rename(beside, self.folder.join(format!("certificate-{height}")))?;
        self.points.pass(Point::Committed, Height(height));
        self.blocks.lock().unwrap().push((block, of));
        Ok(())
    }
}

/// Writes down what it signs before it gives the signature.
struct Recorder(PathBuf);

impl Recorder {
    fn note(&self, height: u64, round: Round, step: &str, said: &str) {
        let file = OpenOptions::new().create(true).append(true).open(&self.0);
        let line = format!("{height}/{round}/{step} {said}\n");
        file.unwrap().write_all(line.as_bytes()).unwrap();
    }
}

impl Signer for Recorder {
    fn sign(&self, vote: &Vote) -> Signature {
        let round = Round::new(vote.round);
        self.note(vote.height.0, round, "precommit", &vote.block.to_string());
        Pen.sign(vote)
    }

    fn sign_consensus(&self, height: Height, message: &[u8]) -> Signature {
        // kind, chain, and the content behind its length
        let mut reader = Reader::new(&message[1 + 32 + 4..]);
        match message[0] {
            1 => {
                let ballot = decode_ballot(&mut reader).unwrap();
                let step = match ballot.kind {
                    VoteType::Prevote => "prevote",
                    VoteType::Precommit => "precommit",
                };
                let said = match ballot.value {
                    NilOrVal::Nil => "none".to_owned(),
                    NilOrVal::Val(block) => block.to_string(),
                };
                self.note(ballot.height.0, ballot.round, step, &said);
            }
            2 => {
                let offer = decode_offer(&mut reader).unwrap();
                let said = format!("{} {}", offer.value.0, offer.pol_round);
                self.note(offer.height.0, offer.round, "proposal", &said);
            }
            4 => {
                let head = Head::decode(&mut reader).unwrap();
                let said = format!("{} {}", head.block, head.pol_round);
                self.note(head.height.0, head.round, "proposal", &said);
            }
            kind => assert_eq!((kind, height), (3, Height(u64::MAX)), "who a peer is"),
        }
        Pen.sign_consensus(height, message)
    }
}

/// Not a test by itself: what the other one starts as a process of its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_validator_as_a_process() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let folder = PathBuf::from(folder);
    let mut points: Arc<dyn Points> = Arc::new(());
    if let Ok(die) = std::env::var(DIE) {
        let words: Vec<&str> = die.split(' ').collect();
        let mut known = POINTS.iter();
        let (_, point, _) = known.find(|(name, ..)| *name == words[0]).unwrap();
        points = Arc::new(Die {
            point: *point,
            height: words[1].parse().unwrap(),
            left: AtomicU32::new(words[2].parse().unwrap()),
        });
    }
    let until = std::env::var(UNTIL).unwrap().parse().unwrap();
    let (own, nobody) = (address(8), address(9));
    let (_, peers) = watch::channel(vec![nobody]);
    let validator = Malachite {
        chain: CHAIN,
        validator: Some(VALIDATOR),
        name: "node".to_owned(),
        key: key().public(),
        signer: Arc::new(Recorder(folder.join("signatures"))),
        network_seed: Zeroizing::new([8; 32]),
        listen: own.address,
        peers,
        folder: folder.join("consensus"),
        mark: folder.join("mark"),
        clock: Arc::new(SystemClock),
        patience: Patience::default(),
        points: Arc::clone(&points),
    };
    let chain = Arc::new(Kept {
        blocks: Mutex::new(kept(&folder)),
        folder,
        until,
        points,
    });
    let (stop, stopping) = watch::channel(false);
    let running = tokio::spawn(Box::new(validator).run(chain.clone(), stopping));
    while chain.height() < until {
        assert!(!running.is_finished(), "it ended: {:?}", running.await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.send_replace(true);
    running.await.unwrap().unwrap();
}

fn begin(folder: &Path, until: u64, die: Option<String>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = "malachite::tests::crash::a_validator_as_a_process";
    command.args([name, "--exact", "--nocapture"]);
    command
        .env(FOLDER, folder)
        .env(UNTIL, until.to_string())
        .env_remove(DIE);
    if let Some(die) = die {
        command.env(DIE, die);
    }
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"));
    let log = log.unwrap();
    command.stdout(log.try_clone().unwrap()).stderr(log);
    command.spawn().unwrap()
}

/// Waits for the process' end; whether it ended well.
fn ends_well(mut child: Child, folder: &Path) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!(
                "it does not end:\n{}",
                fs::read_to_string(folder.join("log")).unwrap()
            );
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How many different things were signed, of which no two at one height, round and step.
fn signed_once(folder: &Path, after: &str) -> usize {
    let signatures = fs::read_to_string(folder.join("signatures")).unwrap();
    let mut said = BTreeMap::new();
    for line in signatures.lines() {
        let (place, what) = line.split_once(' ').unwrap();
        let first = *said.entry(place).or_insert(what);
        assert_eq!(
            first, what,
            "{place} was signed twice, after a crash at {after}"
        );
    }
    said.len()
}

#[test]
fn a_validator_that_crashes_at_every_point_goes_on_and_signs_nothing_twice() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    for (name, _, passes) in POINTS {
        for pass in 1..=passes {
            let before = kept(folder);
            // a block before it, so that it first goes on from the crash before
            let height = before.len() as u64 + 2;
            let die = format!("{name} {height} {pass}");
            let ended = ends_well(begin(folder, height + 2, Some(die.clone())), folder);
            assert!(!ended, "it does not pass {die}");
            let _ = signed_once(folder, &die);
            let after = kept(folder);
            let durable = ["committed", "acknowledged"].contains(&name);
            assert_eq!(after.len() as u64, height - u64::from(!durable), "{die}");
            assert!(after.starts_with(&before), "blocks are others after {die}");
        }
    }
    let until = kept(folder).len() as u64 + 2;
    assert!(ends_well(begin(folder, until, None), folder));
    let signed = signed_once(folder, "the last point");
    // a proposal, a prevote and a precommit of each block at least
    assert!(signed as u64 >= 3 * until, "{signed} of {until} blocks");
    for (block, certificate) in kept(folder) {
        assert_eq!(certificate.block, block_id(&block.header));
    }
}
