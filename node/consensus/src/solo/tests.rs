#![allow(clippy::unwrap_used)]

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use sealane_ledger::block_id;
use sealane_types::block::ValidatorSet;
use sealane_types::ids::{BlockId, BlockTime, ChainId, Height, Signature};
use tempfile::TempDir;

use super::*;
use crate::clock::ManualClock;
use crate::engine::ApplicationError;
use crate::votes::tests::block;

const CHAIN: ChainId = ChainId::new([1; 32]);

/// A chain in memory that is due a block until it has `until`.
#[derive(Default)]
struct Memory {
    blocks: Mutex<Vec<(Block, Certificate)>>,
    until: u64,
    /// Blocks with this time are not valid.
    invalid: Option<u64>,
}

impl Memory {
    fn ending_at(until: u64) -> Self {
        Self {
            until,
            ..Self::default()
        }
    }

    fn height(&self) -> u64 {
        self.blocks.lock().unwrap().len() as u64
    }
}

#[async_trait]
impl Application for Memory {
    async fn last_final(&self) -> Result<LastFinal, ApplicationError> {
        let blocks = self.blocks.lock().unwrap();
        let last = blocks.last().map(|(block, _)| block_id(&block.header));
        Ok(LastFinal {
            chain: CHAIN,
            height: Height(blocks.len() as u64),
            block: last.unwrap_or(BlockId::new([0; 32])),
        })
    }

    fn validators(&self) -> ValidatorSet {
        unreachable!("one validator asks for no others")
    }

    async fn final_block(
        &self,
        height: Height,
    ) -> Result<Option<(Block, Certificate)>, ApplicationError> {
        Ok(self
            .blocks
            .lock()
            .unwrap()
            .get(height.0 as usize - 1)
            .cloned())
    }

    fn due(&self, _: BlockTime) -> bool {
        self.height() < self.until
    }

    async fn waiting(&self) {
        std::future::pending().await
    }

    async fn propose(&self, now: BlockTime) -> Result<Block, ApplicationError> {
        Ok(block(self.height() + 1, now.0))
    }

    async fn validate(&self, block: &Block, _: Proposer) -> Result<Verdict, ApplicationError> {
        let invalid = self.invalid == Some(block.header.time.0);
        Ok(match invalid {
            true => Verdict::Invalid("so it is".to_owned()),
            false => Verdict::Valid,
        })
    }

    async fn decided(&self, block: Block, of: Certificate) -> Result<(), ApplicationError> {
        let mut blocks = self.blocks.lock().unwrap();
        assert_eq!(block.header.height.0, blocks.len() as u64 + 1);
        blocks.push((block, of));
        Ok(())
    }
}

/// Remembers what it signed.
#[derive(Default)]
struct Pen(Mutex<Vec<Vote>>);

impl Signer for Pen {
    fn sign(&self, vote: &Vote) -> Signature {
        self.0.lock().unwrap().push(*vote);
        Signature::new([9; 64])
    }

    fn sign_consensus(&self, _: sealane_types::ids::Height, _: &[u8]) -> Signature {
        unreachable!("one validator sends no messages")
    }
}

/// Ends the engine at a point of a height, as a crash would: by unwinding out of it.
struct Crash(Point, u64);

impl Points for Crash {
    fn pass(&self, point: Point, height: Height) {
        if (point, height.0) == (self.0, self.1) {
            resume_unwind(Box::new("crash"));
        }
    }
}

struct World {
    folder: TempDir,
    pen: Arc<Pen>,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            pen: Arc::default(),
            clock: Arc::new(ManualClock::new(BlockTime(1_000))),
        }
    }

    fn votes(&self) -> PathBuf {
        self.folder.path().join("votes")
    }

    fn engine(&self, points: Arc<dyn Points>) -> Box<Solo> {
        Box::new(Solo {
            validator: AliasId::new([5; 32]),
            signer: self.pen.clone(),
            votes: VoteFile::open(&self.votes()).unwrap(),
            clock: self.clock.clone(),
            pace: Pace {
                batch: Duration::ZERO,
                idle: Duration::from_millis(1),
            },
            points,
        })
    }

    /// Runs until the application is not due any more, or the engine ends by itself.
    async fn run(
        &self,
        memory: &Arc<Memory>,
        points: Arc<dyn Points>,
    ) -> Result<Result<(), EngineError>, tokio::task::JoinError> {
        let (stop, stopped) = watch::channel(false);
        let engine = self.engine(points);
        let running = tokio::spawn(engine.run(memory.clone(), stopped));
        while !running.is_finished() && memory.height() < memory.until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.send_replace(true);
        running.await
    }

    /// No height was signed for two blocks.
    fn check_votes(&self) {
        let votes = self.pen.0.lock().unwrap();
        for one in votes.iter() {
            let mut same = votes.iter().filter(|other| other.height == one.height);
            assert!(same.all(|other| other.block == one.block), "{votes:?}");
        }
    }
}

#[tokio::test]
async fn after_a_crash_anywhere_the_same_block_is_decided_and_none_is_signed_twice() {
    let points = [Point::Proposed, Point::Intended, Point::Signed];
    for point in points {
        let world = World::new();
        let memory = Arc::new(Memory::ending_at(3));
        let crashed = world.run(&memory, Arc::new(Crash(point, 2))).await;
        assert!(crashed.unwrap_err().is_panic(), "{point:?}");
        assert_eq!(memory.height(), 1, "{point:?}");
        // The clock has gone on: a new proposal would be another block.
        world.clock.set(BlockTime(5_000));
        let second = VoteFile::open(&world.votes()).unwrap();
        let intended = second.last().filter(|last| last.height() == Height(2));
        let intended = intended.map(|last| last.block.clone());
        assert_eq!(intended.is_some(), point != Point::Proposed);
        world.run(&memory, Arc::new(())).await.unwrap().unwrap();
        let blocks = memory.blocks.lock().unwrap();
        assert_eq!(blocks.len(), 3);
        let time = if intended.is_some() { 1_000 } else { 5_000 };
        assert_eq!(blocks[1].0.header.time, BlockTime(time), "{point:?}");
        assert!(intended.is_none_or(|intended| intended == blocks[1].0));
        for (block, certificate) in blocks.iter() {
            assert_eq!(certificate.block, block_id(&block.header));
        }
        world.check_votes();
    }
}

async fn refused(world: &World, memory: Memory) -> EngineError {
    let memory = Arc::new(memory);
    let (_stop, stopped) = watch::channel(false);
    let engine = world.engine(Arc::new(()));
    engine.run(memory, stopped).await.unwrap_err()
}

async fn with_blocks(world: &World, count: u64) -> Memory {
    let memory = Arc::new(Memory::ending_at(count));
    world.run(&memory, Arc::new(())).await.unwrap().unwrap();
    Arc::into_inner(memory).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::copy(from, to).unwrap();
}

#[tokio::test]
async fn data_that_lost_what_was_signed_are_refused() {
    let world = World::new();
    with_blocks(&world, 5).await;
    let mut stale = Memory::ending_at(9);
    let lost = refused(&world, stale).await;
    assert!(matches!(
        lost,
        EngineError::LostBlocks {
            signed: Height(5),
            have: Height(0)
        }
    ));
    // One block short of what was signed is what a crash leaves.
    let other = World::new();
    stale = with_blocks(&other, 4).await;
    stale.until = 5;
    copy(&world.votes(), &other.votes());
    let stale = Arc::new(stale);
    other.run(&stale, Arc::new(())).await.unwrap().unwrap();
    let last = stale.blocks.lock().unwrap().last().unwrap().1.block;
    let votes = VoteFile::open(&world.votes()).unwrap();
    assert_eq!(last, votes.last().unwrap().id);
}

#[tokio::test]
async fn mixed_folders_and_missing_votes_are_refused() {
    let world = World::new();
    let blocks = with_blocks(&world, 3).await;
    std::fs::remove_file(world.votes()).unwrap();
    let missing = refused(&world, blocks).await;
    assert!(matches!(
        missing,
        EngineError::VotesMissing { height: Height(3) }
    ));
    let (one, other) = (World::new(), World::new());
    let blocks = with_blocks(&one, 3).await;
    other.clock.set(BlockTime(77));
    with_blocks(&other, 3).await;
    copy(&other.votes(), &one.votes());
    let mixed = refused(&one, blocks).await;
    assert!(matches!(
        mixed,
        EngineError::OtherBlock {
            height: Height(3),
            ..
        }
    ));
}

#[tokio::test]
async fn votes_that_are_older_than_the_data_are_refused() {
    let world = World::new();
    with_blocks(&world, 2).await;
    let other = World::new();
    let blocks = with_blocks(&other, 3).await;
    copy(&world.votes(), &other.votes());
    let older = refused(&other, blocks).await;
    assert!(matches!(
        older,
        EngineError::VotesOlder {
            signed: Height(2),
            have: Height(3)
        }
    ));
}

#[tokio::test]
async fn a_block_that_is_not_valid_is_never_signed() {
    let world = World::new();
    let memory = Memory {
        until: 1,
        invalid: Some(1_000),
        ..Memory::default()
    };
    let stopped = refused(&world, memory).await;
    assert!(matches!(stopped, EngineError::OwnBlockInvalid { .. }));
    assert!(world.pen.0.lock().unwrap().is_empty());
    assert!(VoteFile::open(&world.votes()).unwrap().last().is_none());
}
