//! RELIABILITY 36: every limit at its least and at its most. Blocks, votes, proposals and the largest record fit all the
//! same, and a vote that undoes it passes.

use sealane_types::block::{
    LEAST_BLOCK_BYTES, LEAST_BLOCK_TRANSACTIONS, MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS,
    MAX_TRANSACTION_BYTES, MAX_VALIDATORS,
};
use sealane_types::cross_check::{CheckDefinition, CheckShape, Circuit, Compiled};
use sealane_types::encoding::Encode as _;
use sealane_types::genesis::Parameters;
use sealane_types::governance::{CastVote, Change, Limits, Propose};
use sealane_types::ids::{BlockTime, Digest, FieldBytes, Height, KeyId, ProposalId, RecordRoot};
use sealane_types::receipt::{ChangeFault, Done, Refusal};
use sealane_types::record::{Bucket, MAX_CIPHERTEXT, Record, SealedLeaf};
use sealane_types::transaction::{Payload, Transaction};

use super::governing::agree;
use super::world::*;
use crate::chain::{HeaderError, work};
use crate::state::Key;
use crate::verified::Action;

fn parameters(world: &World) -> Parameters {
    world.read(&Key::parameters()).unwrap()
}

fn limits(world: &World) -> Limits {
    let now = parameters(world);
    Limits {
        inquiries_per_day: now.inquiries_per_day,
        financings_per_day: now.financings_per_day,
        max_hold_blocks: now.max_hold_blocks,
        max_block_transactions: now.max_block_transactions,
        max_block_bytes: now.max_block_bytes,
    }
}

fn proposed(world: &mut World, limits: Limits) -> Result<Done, Refusal> {
    let change = Change::SetLimits(limits);
    let at = Height(world.height() + 4);
    world.send(BANK_A, 0, Action::Propose(Propose { at, change }))
}

/// Every limit at its least, each at its most, all together.
fn extremes() -> Vec<Limits> {
    let least = Limits {
        inquiries_per_day: 1,
        financings_per_day: 1,
        max_hold_blocks: 1,
        max_block_transactions: LEAST_BLOCK_TRANSACTIONS as u32,
        max_block_bytes: LEAST_BLOCK_BYTES as u32,
    };
    let most = Limits {
        inquiries_per_day: u32::MAX,
        financings_per_day: u32::MAX,
        max_hold_blocks: u64::MAX,
        max_block_transactions: MAX_BLOCK_TRANSACTIONS as u32,
        max_block_bytes: MAX_BLOCK_BYTES as u32,
    };
    let mut all = vec![least, most];
    for (one, other) in [(least, most), (most, least)] {
        all.push(Limits {
            max_block_bytes: other.max_block_bytes,
            ..one
        });
        all.push(Limits {
            max_block_transactions: other.max_block_transactions,
            ..one
        });
    }
    all
}

/// As many bytes as a record may have: 1,024 lines, with all the ciphertext that is read.
fn largest_record(world: &World) -> Record {
    let mut header = world.header(BANK_A, None);
    header.bucket = Bucket::new(1024).unwrap();
    let mut left = header.bucket.max_ciphertext();
    let leaf = |_| {
        let length = left.min(MAX_CIPHERTEXT);
        left -= length;
        SealedLeaf {
            hash: FieldBytes::new([0; 32]),
            key: KeyId::new([0; 32]),
            ciphertext: vec![0; length],
        }
    };
    let leaves = (0..header.bucket.leaves()).map(leaf).collect();
    Record::new(header, leaves, RecordRoot::new([0; 32])).unwrap()
}

/// The largest record, an undoing proposal, a vote, and each validator's answer: in one block.
fn one_block(world: &World) -> Vec<Transaction> {
    let record = Payload::SealRecord(Box::new(largest_record(world)));
    let propose = Propose {
        at: Height(world.height() + 4),
        change: Change::SetLimits(limits(&World::new())),
    };
    let vote = CastVote {
        proposal: ProposalId(0),
        approve: true,
    };
    let mut all = vec![
        world.signed(BANK_A, record),
        world.signed(BANK_A, Payload::Propose(Box::new(propose))),
        world.signed(BANK_B, Payload::Vote(vote)),
    ];
    let answer = world.signed(VALIDATORS[0], Payload::Vote(vote));
    all.extend(std::iter::repeat_n(answer, MAX_VALIDATORS));
    all
}

#[test]
fn at_every_extreme_blocks_fit_and_an_undoing_vote_passes() {
    for extreme in extremes() {
        let mut world = World::new();
        let before = limits(&world);
        agree(&mut world, Change::SetLimits(extreme));
        assert_eq!(limits(&world), extreme, "it has taken effect");
        let block = world.tip.next_block(world.tip.time, one_block(&world));
        let fits = world.tip.check(&block, &parameters(&world));
        assert_eq!(fits, Ok(()), "{extreme:?}");
        agree(&mut world, Change::SetLimits(before));
        assert_eq!(limits(&world), before, "and is undone");
    }
}

#[test]
fn a_limit_out_of_bounds_and_a_quota_of_nothing_are_refused() {
    let refused = |fault| Err(Refusal::ChangeFails { fault });
    let now = limits(&World::new());
    let nothing: [fn(&mut Limits); 8] = [
        |limits| limits.inquiries_per_day = 0,
        |limits| limits.financings_per_day = 0,
        |limits| limits.max_hold_blocks = 0,
        |limits| limits.max_block_transactions = LEAST_BLOCK_TRANSACTIONS as u32 - 1,
        |limits| limits.max_block_transactions = MAX_BLOCK_TRANSACTIONS as u32 + 1,
        |limits| limits.max_block_bytes = 16,
        |limits| limits.max_block_bytes = LEAST_BLOCK_BYTES as u32 - 1,
        |limits| limits.max_block_bytes = MAX_BLOCK_BYTES as u32 + 1,
    ];
    for change in nothing {
        let mut world = World::new();
        let mut limits = now;
        change(&mut limits);
        let outcome = proposed(&mut world, limits);
        assert_eq!(outcome, refused(ChangeFault::Limits), "{limits:?}");
    }
}

#[test]
fn a_proposal_that_changes_nothing_is_refused() {
    let mut world = World::new();
    let now = limits(&world);
    let fault = ChangeFault::NothingChanges;
    let empty = proposed(&mut world, now);
    assert_eq!(empty, Err(Refusal::ChangeFails { fault }));
    let at = Height(world.height() + 4);
    let standing = Change::SetStanding {
        alias: BANK_A,
        standing: sealane_types::alias::Standing::Active,
    };
    let change = standing;
    let same = world.send(BANK_A, 0, Action::Propose(Propose { at, change }));
    assert_eq!(same, Err(Refusal::ChangeFails { fault }));
    let other = Limits {
        inquiries_per_day: now.inquiries_per_day + 1,
        ..now
    };
    assert!(proposed(&mut world, other).is_ok());
}

/// A check whose verifying key is so many bytes that decode to nothing.
fn publishing(key: usize) -> Payload {
    let definition = CheckDefinition {
        check: "large@1/8".parse().unwrap(),
        source: String::new(),
        compiled: Compiled::One {
            shape: CheckShape {
                documents: Vec::new(),
                requirements: Vec::new(),
            },
            circuit: Circuit {
                digest: Digest::new([0; 32]),
                verifying_key: vec![0; key],
            },
        },
    };
    Payload::Propose(Box::new(Propose {
        at: Height(10),
        change: Change::PublishCheck(Box::new(definition)),
    }))
}

/// A proposal that nobody can read: its verifying key alone is above the limit.
fn oversized() -> Payload {
    publishing(MAX_TRANSACTION_BYTES)
}

/// The points of a published key are checked as proofs are: by their bytes, so that what does not decode counts too.
#[test]
fn published_keys_are_counted_before_they_are_decoded_and_count_as_work() {
    const KEY: usize = 32 * 48;
    for (bytes, proofs) in [(0, 0), (1, 1), (KEY, 1), (KEY + 1, 2), (700 * KEY, 700)] {
        assert_eq!(work(&publishing(bytes)), proofs, "a key of {bytes} bytes");
    }
    let world = World::new();
    let most = Parameters {
        max_block_bytes: MAX_BLOCK_BYTES as u32,
        ..parameters(&world)
    };
    let check = |keys: &[usize]| {
        let all = keys.iter().map(|key| publishing(key * KEY));
        let all = all.map(|payload| world.signed(BANK_A, payload)).collect();
        let time = BlockTime(world.tip.time.0 + 1);
        world.tip.check(&world.tip.next_block(time, all), &most)
    };
    assert_eq!(check(&[1_024, 1_023, 1]), Ok(()));
    assert_eq!(check(&[1_024, 1_024, 1]), Err(HeaderError::TooLarge));
}

/// Whatever the limit of a block is, a transaction has one of its own, which the largest record keeps.
#[test]
fn a_transaction_above_the_programs_limit_is_in_no_block() {
    let world = World::new();
    let record = largest_record(&world);
    let transaction = world.signed(BANK_A, Payload::SealRecord(Box::new(record)));
    let length = transaction.to_bytes().len();
    assert!(
        (2 << 20..MAX_TRANSACTION_BYTES).contains(&length),
        "{length}"
    );
    let large = world.signed(BANK_A, oversized());
    assert!(large.to_bytes().len() > MAX_TRANSACTION_BYTES);
    let block = world.tip.next_block(world.tip.time, vec![large]);
    let mut most = parameters(&world);
    most.max_block_bytes = MAX_BLOCK_BYTES as u32;
    assert_eq!(
        world.tip.check(&block, &most),
        Err(HeaderError::LargeTransaction)
    );
}
