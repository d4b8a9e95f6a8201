//! Blocks: order within one, sequences, headers, empty blocks, the state's first values.

use sealane_types::block::Block;
use sealane_types::cross_check::parts::{PartsProof, StepProof};
use sealane_types::cross_check::{CheckProof, CrossCheck};
use sealane_types::ids::{
    AliasId, BlockTime, ChainId, Epoch, FieldBytes, Height, MerkleRoot, ProofBytes, Sequence,
    StateRoot, TxId,
};
use sealane_types::receipt::{Done, Outcome, Receipt, Refusal};
use sealane_types::transaction::{Payload, Transaction};

use super::world::*;
use crate::chain::{HeaderError, Tip};
use crate::state::Key;
use crate::verified::VerifiedBlock;
use crate::{ApplyError, apply, genesis_writes};

#[test]
fn two_banks_race_in_one_block_and_the_first_wins() {
    let mut world = World::new();
    world.ready(BANK_A, 1, None);
    world.ready(BANK_B, 2, None);
    let a = world.verified(BANK_A, 1, wanting(1, &strict(&[1])));
    let b = world.verified(BANK_B, 2, wanting(2, &strict(&[1])));
    let outcomes = world.block(vec![b, a]);
    assert!(matches!(outcomes[0], Outcome::Done(Done::Financed { .. })));
    let second = &outcomes[1];
    let refused = matches!(second, Outcome::Refused(Refusal::Duplicate { .. }));
    assert!(refused, "{second:?}");
}

#[test]
fn a_record_can_be_sealed_and_presented_in_one_block() {
    let mut world = World::new();
    let seal = world.verified(BANK_A, 1, sealing(1, world.header(BANK_A, None)));
    let mut present = world.verified(BANK_A, 1, presenting(1, BANK_A));
    present.sequence = Sequence(seal.sequence.0 + 1);
    let outcomes = world.block(vec![seal, present]);
    assert_eq!(outcomes[1], Outcome::Done(Done::Presented));
}

#[test]
fn a_sequence_is_used_once_also_by_a_refused_transaction() {
    let mut world = World::new();
    let refused = world.verified(BANK_A, 1, wanting(1, &strict(&[1])));
    world.block(vec![refused.clone()]);
    world.ready(BANK_A, 1, None);
    for sequence in [0, 3, u64::MAX] {
        let mut replayed = refused.clone();
        replayed.sequence = Sequence(sequence);
        let header = world.tip.next_block(world.tip.time, Vec::new()).header;
        let transactions = vec![replayed];
        let block = VerifiedBlock {
            header,
            transactions,
        };
        let found = Sequence(sequence);
        let (signer, next) = (BANK_A, Sequence(3));
        let expected = ApplyError::Sequence {
            signer,
            next,
            found,
        };
        let result = apply(&world.state, &block);
        assert_eq!(
            result.map(|_| ()),
            (sequence != 3).then_some(expected).map_or(Ok(()), Err)
        );
    }
}

#[test]
fn an_empty_block_writes_nothing() {
    let world = World::new();
    let header = world.tip.next_block(world.tip.time, Vec::new()).header;
    let block = VerifiedBlock {
        header,
        transactions: Vec::new(),
    };
    let applied = apply(&world.state, &block).unwrap();
    assert!(applied.writes.is_empty() && applied.receipts.is_empty());
}

#[test]
fn a_block_is_due_after_work_with_work_and_after_a_minute() {
    let mut tip = World::new().tip;
    let genesis = tip.time;
    let at = |after: u64| BlockTime(genesis.0 + after);
    assert!(tip.is_due(0, at(0)), "genesis is work");
    tip.busy = false;
    assert!(!tip.is_due(0, at(59_999)));
    assert!(tip.is_due(0, at(60_000)));
    assert!(tip.is_due(1, at(0)));
    assert!(!tip.is_due(0, BlockTime(0)), "a clock that runs back");
    let now = at(1);
    tip.busy = true;
    assert!(tip.is_due(0, now));
}

type Change = fn(&mut Block);

#[test]
fn a_header_follows_from_the_tip_in_every_field() {
    let genesis = genesis();
    let limits = &genesis.parameters;
    let tip = Tip::genesis(&genesis, StateRoot::new([5; 32]));
    let block = tip.next_block(BlockTime(0), Vec::new());
    assert_eq!(tip.check(&block, limits), Ok(()));
    assert_eq!(
        block.header.time,
        BlockTime(genesis.time.0 + 1),
        "time never runs back"
    );
    let changes: [(&str, Change); 7] = [
        ("chain", |block| block.header.chain = ChainId::new([9; 32])),
        ("height", |block| block.header.height = Height(2)),
        ("previous block", |block| {
            block.header.previous = sealane_types::ids::BlockId::new([9; 32]);
        }),
        ("state root", |block| {
            block.header.state = StateRoot::new([9; 32])
        }),
        ("receipts root", |block| {
            block.header.receipts = MerkleRoot::new([9; 32])
        }),
        ("validators", |block| {
            block.header.validators = sealane_types::ids::ValidatorSetHash::new([9; 32]);
        }),
        ("next validators", |block| {
            block.header.next_validators = sealane_types::ids::ValidatorSetHash::new([9; 32]);
        }),
    ];
    for (field, change) in changes {
        let mut changed = block.clone();
        change(&mut changed);
        assert_eq!(tip.check(&changed, limits), Err(HeaderError::Field(field)));
    }
    let mut late = block.clone();
    late.header.time = tip.time;
    assert!(matches!(
        tip.check(&late, limits),
        Err(HeaderError::Time { .. })
    ));
    let mut other = block.clone();
    other.header.transactions = MerkleRoot::new([9; 32]);
    assert_eq!(tip.check(&other, limits), Err(HeaderError::Transactions));
    let mut small = limits.clone();
    small.max_block_bytes = 100;
    assert_eq!(tip.check(&block, &small), Err(HeaderError::TooLarge));
}

#[test]
fn the_next_header_carries_the_receipts_of_the_block_before() {
    let world = World::new();
    let block = world.tip.next_block(world.tip.time, Vec::new());
    let receipt = Receipt {
        transaction: TxId::new([1; 32]),
        signer: AliasId::new([2; 32]),
        record: Some(id(3)),
        outcome: Outcome::Done(Done::Sealed),
    };
    let state = StateRoot::new([7; 32]);
    let tip = Tip::after(&block.header, &[receipt], state, &genesis().validators);
    let next = tip.next_block(tip.time, Vec::new()).header;
    assert_eq!(next.state, state);
    assert_ne!(next.receipts, block.header.receipts);
    assert_eq!(next.previous, crate::block_id(&block.header));
    assert!(tip.busy);
}

#[test]
fn genesis_writes_what_the_rules_read() {
    let writes = genesis_writes(&genesis());
    for key in [
        Key::parameters(),
        Key::newest_round(),
        Key::round(Epoch(1)),
        Key::validators(),
        Key::log(),
    ] {
        assert!(writes.contains_key(&key));
    }
    assert!(writes.contains_key(&Key::alias(&BANK_B)));
    assert!(
        !writes.contains_key(&Key::present_epoch()),
        "nobody has a key yet"
    );
    assert!(writes.values().all(Option::is_some));
}

/// A transaction of so many proofs.
fn of_proofs(world: &World, proofs: usize) -> Transaction {
    let proof = ProofBytes::new([0; 192]);
    let step = StepProof {
        commitment: FieldBytes::new([0; 32]),
        proof,
    };
    let parts = PartsProof {
        nodes: Vec::new(),
        steps: vec![step; proofs - 1],
        last: proof,
    };
    let check = CrossCheck {
        check: "long@1/128+".parse().expect("a check"),
        records: Vec::new(),
        bits: Vec::new(),
        proof: CheckProof::Parts(Box::new(parts)),
    };
    world.signed(BANK_A, Payload::CrossCheck(Box::new(check)))
}

#[test]
fn a_block_has_no_more_proofs_than_are_verified_in_time() {
    let world = World::new();
    let limits = &genesis().parameters;
    let check = |proofs: &[usize]| {
        let all = proofs.iter().map(|proofs| of_proofs(&world, *proofs));
        let time = BlockTime(world.tip.time.0 + 1);
        let block = world.tip.next_block(time, all.collect());
        world.tip.check(&block, limits)
    };
    assert_eq!(check(&[1_025]), Ok(()), "what one transaction has at most");
    assert_eq!(check(&[1_024, 1_024]), Ok(()));
    assert_eq!(check(&[1_024, 1_024, 1]), Err(HeaderError::TooLarge));
}
