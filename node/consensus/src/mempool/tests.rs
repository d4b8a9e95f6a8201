#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use sealane_types::cross_check::{CheckDefinition, CheckShape, Circuit, Compiled};
use sealane_types::encoding::Encode;
use sealane_types::fingerprint::Mask;
use sealane_types::governance::{Change, Propose};
use sealane_types::ids::{
    ChainId, Digest, FieldBytes, Height, KeyId, PointBytes, ProofBytes, RecordId, RecordRoot, Salt,
    Signature, VerifyingKeyId,
};
use sealane_types::record::{Bucket, Record, RecordHeader, SealedLeaf};
use sealane_types::schema::{Kind, SCHEMA_VERSION};
use sealane_types::transaction::{
    Payload, PresentBlinded, Release, ReleaseReason, TransactionBody,
};

use super::*;

/// A transaction whose id is told by signer, sequence and version.
pub(super) fn made(signer: u8, sequence: u64, version: u8) -> Waiting {
    let body = TransactionBody {
        chain: ChainId::new([0; 32]),
        signer: AliasId::new([signer; 32]),
        sequence: Sequence(sequence),
        payload: Payload::Release(Release {
            record: RecordId::new([version; 32]),
            reason: ReleaseReason::Repaid,
        }),
    };
    let mut id = [signer; 32];
    id[..8].copy_from_slice(&sequence.to_le_bytes());
    id[8] = version;
    let signature = Signature::new([0; 64]);
    Waiting {
        id: TxId::new(id),
        transaction: Arc::new(Transaction { body, signature }),
        institution: AliasId::new([signer; 32]),
        size: 100,
    }
}

/// One of a customer of this bank.
pub(super) fn under(bank: u8, waiting: Waiting) -> Waiting {
    let institution = AliasId::new([bank; 32]);
    Waiting {
        institution,
        ..waiting
    }
}

pub(super) fn pool(transactions: usize, bytes: usize, per_signer: usize) -> Mempool {
    Mempool::new(Limits {
        transactions,
        bytes,
        per_signer,
        ..Limits::default()
    })
}

fn open(pool: &Mempool, waiting: Waiting, committed: u64) -> Result<Admission, MempoolError> {
    pool.admit(waiting, Sequence(committed), Lane::Open)
}

fn ids(waiting: &[Waiting]) -> Vec<TxId> {
    waiting.iter().map(|one| one.id).collect()
}

#[test]
fn sequences_wait_without_gaps_from_the_committed_one_on() {
    let pool = pool(10, 10_000, 10);
    assert_eq!(
        open(&pool, made(1, 6, 0), 5),
        Err(MempoolError::SequenceGap {
            found: Sequence(6),
            next: Sequence(5)
        })
    );
    assert_eq!(open(&pool, made(1, 5, 0), 5), Ok(Admission::Waits));
    assert_eq!(open(&pool, made(1, 6, 0), 5), Ok(Admission::Waits));
    assert_eq!(open(&pool, made(1, 6, 0), 5), Ok(Admission::WaitedAlready));
    assert_eq!(
        open(&pool, made(1, 6, 1), 5),
        Err(MempoolError::SequenceTaken {
            found: Sequence(6),
            waiting: made(1, 6, 0).id
        })
    );
    assert_eq!(
        open(&pool, made(1, 4, 0), 5),
        Err(MempoolError::OldSequence {
            found: Sequence(4),
            next: Sequence(7)
        })
    );
    let alias = AliasId::new([1; 32]);
    assert_eq!(pool.next_sequence(&alias, Sequence(5)), Sequence(7));
    assert_eq!(pool.next_sequence(&alias, Sequence(9)), Sequence(9));
}

#[test]
fn bounds_refuse_the_newcomer_and_keep_who_waits() {
    let pool = pool(3, 10_000, 2);
    open(&pool, made(1, 0, 0), 0).unwrap();
    let few = open(&pool, made(1, 1, 0), 0);
    assert_eq!(
        few,
        Err(MempoolError::InstitutionFull {
            waiting: 1,
            bytes: 100
        }),
        "more than what is free beside it"
    );
    open(&pool, made(2, 0, 0), 0).unwrap();
    open(&pool, made(3, 0, 0), 0).unwrap();
    assert_eq!(
        open(&pool, made(4, 0, 0), 0),
        Err(MempoolError::PoolFull {
            waiting: 3,
            bytes: 300
        })
    );
    let own = pool.admit(made(9, 0, 0), Sequence(0), Lane::Own);
    assert_eq!(own, Ok(Admission::Waits));
    assert_eq!(pool.len(), 4);
    let many = self::pool(10, 10_000, 2);
    open(&many, made(1, 0, 0), 0).unwrap();
    open(&many, made(1, 1, 0), 0).unwrap();
    assert_eq!(
        open(&many, made(1, 2, 0), 0),
        Err(MempoolError::SignerFull { limit: 2 })
    );
    let heavy = self::pool(10, 250, 10);
    open(&heavy, made(1, 0, 0), 0).unwrap();
    open(&heavy, made(2, 0, 0), 0).unwrap();
    assert!(matches!(
        open(&heavy, made(3, 0, 0), 0),
        Err(MempoolError::PoolFull { .. })
    ));
}

/// In transactions, in bytes and in work: what one institution has under all its aliases is at most what it leaves free.
#[test]
fn twenty_aliases_of_one_bank_leave_room_for_everybody_else() {
    let flood = |limits: Limits| {
        let pool = Mempool::new(limits);
        let mut taken = 0;
        for sequence in 0..20 {
            for alias in 100..120 {
                let mut one = proven(alias);
                one.id = made(alias, sequence, 0).id;
                Arc::make_mut(&mut one.transaction).body.sequence = Sequence(sequence);
                taken += usize::from(open(&pool, under(1, one), 0).is_ok());
            }
        }
        for other in 2..30 {
            let taken = open(&pool, made(other, 0, 0), 0);
            assert_eq!(taken, Ok(Admission::Waits), "bank {other}, {limits:?}");
        }
        taken
    };
    let limits = Limits::default();
    let transactions = Limits {
        transactions: 100,
        ..limits
    };
    let bytes = Limits {
        bytes: 10_000,
        ..limits
    };
    let work = Limits {
        work: 100,
        ..limits
    };
    assert_eq!([transactions, bytes, work].map(flood), [50, 50, 50]);
}

#[test]
fn a_block_takes_from_all_institutions_in_turn() {
    let pool = pool(100, 100_000, 50);
    for sequence in 0..10 {
        for alias in [11, 12] {
            open(&pool, under(1, made(alias, sequence, 0)), 0).unwrap();
        }
    }
    let late = [made(2, 0, 0), made(2, 1, 0), proven(3)];
    for one in &late {
        open(&pool, one.clone(), 0).unwrap();
    }
    let taken = ids(&pool.peek(6, 100_000, usize::MAX, Costs::ANY));
    let first = |alias, sequence| made(alias, sequence, 0).id;
    let expected = [
        first(11, 0),
        late[0].id,
        late[2].id,
        first(12, 0),
        late[1].id,
        first(11, 1),
    ];
    assert_eq!(taken, expected);
}

#[test]
fn what_waits_too_long_is_forgotten_and_this_nodes_own_is_not() {
    let pool = pool(10, 10_000, 10);
    open(&pool, made(1, 0, 0), 0).unwrap();
    let own = pool.admit(made(9, 0, 0), Sequence(0), Lane::Own);
    assert_eq!(own, Ok(Admission::Waits));
    let age = Limits::default().age;
    let now = Instant::now();
    assert_eq!(pool.forget_old(now + age / 2), 0);
    open(&pool, made(1, 1, 0), 0).unwrap();
    open(&pool, made(2, 0, 0), 0).unwrap();
    {
        let mut inner = pool.lock();
        let last = inner.in_order.values_mut().skip(2);
        last.for_each(|entry| entry.since = now + age);
    }
    let gone = pool.forget_old(now + age + Duration::from_secs(1));
    assert_eq!(gone, 2, "with the signer's later one");
    let left = [made(9, 0, 0).id, made(2, 0, 0).id];
    assert_eq!(ids(&pool.peek(10, 10_000, 10, Costs::ANY)), left);
    assert_eq!(open(&pool, made(1, 0, 0), 0), Ok(Admission::Waits), "anew");
}

#[test]
fn a_block_takes_the_first_that_fit_and_what_it_used_is_forgotten() {
    let pool = pool(10, 10_000, 10);
    let all = [made(1, 0, 0), made(2, 0, 0), made(1, 1, 0), made(2, 1, 0)];
    for one in &all {
        open(&pool, one.clone(), 0).unwrap();
    }
    assert_eq!(
        ids(&pool.peek(3, 10_000, usize::MAX, Costs::ANY)),
        ids(&all[..3])
    );
    assert_eq!(
        ids(&pool.peek(10, 250, usize::MAX, Costs::ANY)),
        ids(&all[..2])
    );
    pool.forget_below(&AliasId::new([1; 32]), Sequence(1));
    pool.forget_below(&AliasId::new([2; 32]), Sequence(1));
    assert_eq!(
        ids(&pool.peek(10, 10_000, usize::MAX, Costs::ANY)),
        ids(&all[2..])
    );
}

/// One that brings a proof.
fn proven(signer: u8) -> Waiting {
    let mut one = made(signer, 0, 0);
    let transaction = Arc::make_mut(&mut one.transaction);
    let point = PointBytes::new([0; 32]);
    transaction.body.payload = Payload::PresentBlinded(PresentBlinded {
        record: RecordId::new([signer; 32]),
        alias: AliasId::new([signer; 32]),
        alias_commitment: FieldBytes::new([0; 32]),
        mask: Mask::new(Mask::ALWAYS).unwrap(),
        amount_commitment: FieldBytes::new([0; 32]),
        blinding: point,
        blinded: vec![point; 8],
        verifying_key: VerifyingKeyId::new([0; 32]),
        proof: ProofBytes::new([0; 192]),
    });
    one
}

#[test]
fn a_block_takes_no_more_proofs_than_asked_for_but_always_the_first() {
    let pool = pool(10, 10_000, 10);
    let all = [
        proven(1),
        made(2, 0, 0),
        proven(3),
        proven(4),
        made(5, 0, 0),
    ];
    for one in &all {
        open(&pool, one.clone(), 0).unwrap();
    }
    assert_eq!(ids(&pool.peek(10, 10_000, 3, Costs::ANY)), ids(&all));
    let without = |left_out: &[usize]| -> Vec<TxId> {
        let all = all.iter().enumerate();
        let taken = all.filter(|(at, _)| !left_out.contains(at));
        taken.map(|(_, one)| one.id).collect()
    };
    assert_eq!(ids(&pool.peek(10, 10_000, 2, Costs::ANY)), without(&[3]));
    assert_eq!(ids(&pool.peek(10, 10_000, 1, Costs::ANY)), without(&[2, 3]));
    assert_eq!(
        ids(&pool.peek(10, 10_000, 0, Costs::ANY)),
        without(&[2, 3]),
        "nobody waits for ever"
    );
}

/// A record of so many lines.
fn record(signer: u8, sequence: u64, lines: u16) -> Waiting {
    let bucket = Bucket::new(lines).unwrap();
    let leaf = SealedLeaf {
        hash: FieldBytes::new([0; 32]),
        key: KeyId::new([0; 32]),
        ciphertext: vec![7; 120],
    };
    let header = RecordHeader {
        chain: ChainId::new([0; 32]),
        sealer: AliasId::new([signer; 32]),
        bank: AliasId::new([signer; 32]),
        kind: Kind::Invoice,
        schema_version: SCHEMA_VERSION,
        bucket,
        replaces: None,
        salt: Salt::new([3; 32]),
    };
    let leaves = vec![leaf; bucket.leaves()];
    let record = Record::new(header, leaves, RecordRoot::new([4; 32])).unwrap();
    let mut one = made(signer, sequence, 0);
    let transaction = Arc::make_mut(&mut one.transaction);
    transaction.body.payload = Payload::SealRecord(Box::new(record));
    one.size = transaction.to_bytes().len();
    one
}

#[test]
fn a_record_costs_by_its_leaves_and_bytes() {
    assert_eq!(made(1, 0, 0).cost(), 1);
    assert_eq!(proven(1).cost(), 1);
    let small = record(1, 0, 8);
    assert_eq!(small.cost(), 1 + 89 / 45);
    let large = record(1, 0, 1024);
    assert_eq!(large.cost(), 1 + 7201 / 45 + large.size / (64 << 10));
}

/// Seven records of 1,000 lines in one block made a chain of two busy cores stand for minutes.
#[test]
fn a_block_has_one_record_beyond_the_budget_and_what_fits_beside_it() {
    let pool = pool(100, 100 << 20, 50);
    for sequence in 0..7 {
        open(&pool, record(1, sequence, 1024), 0).unwrap();
    }
    open(&pool, record(2, 0, 1024), 0).unwrap();
    for sequence in 0..5 {
        open(&pool, made(3, sequence, 0), 0).unwrap();
    }
    let block = |cost| {
        let costs = Costs {
            block: cost,
            ..Costs::ANY
        };
        let taken = pool.peek(100, 100 << 20, usize::MAX, costs);
        let signers = taken.iter().map(|one| one.signer().as_bytes()[0]);
        signers.collect::<Vec<u8>>()
    };
    assert_eq!(block(150), [1, 3, 3, 3, 3, 3], "others do not wait for it");
    assert_eq!(block(4), [1, 3, 3, 3, 3]);
    assert_eq!(block(1), [1, 3]);
    assert_eq!(block(0), [1], "one transaction always");
    assert_eq!(block(usize::MAX).len(), 13);
    let each = record(1, 0, 1024).cost();
    assert_eq!(block(2 * each), [1, 2], "those that fit the budget");
}

/// Twenty aliases of one bank get what the bank may have, and no more.
#[test]
fn an_institution_has_its_part_of_a_block_and_one_transaction_always() {
    let pool = pool(100, 100 << 20, 50);
    for signer in 10..30 {
        let mut one = made(signer, 0, 0);
        one.institution = AliasId::new([9; 32]);
        open(&pool, one, 0).unwrap();
    }
    open(&pool, record(2, 0, 1024), 0).unwrap();
    for sequence in 0..5 {
        open(&pool, made(3, sequence, 0), 0).unwrap();
    }
    let block = |institution| {
        let costs = Costs {
            block: 1000,
            institution,
        };
        let taken = pool.peek(100, 100 << 20, usize::MAX, costs);
        let of = |who: u8| {
            let of = AliasId::new([who; 32]);
            taken.iter().filter(|one| one.institution == of).count()
        };
        [9, 2, 3].map(of)
    };
    assert_eq!(block(4), [4, 1, 4], "its first one may cost more");
    assert_eq!(block(1), [1, 1, 1]);
    assert_eq!(block(0), [1, 1, 1]);
    assert_eq!(block(1000), [20, 1, 5]);
}

#[test]
fn who_is_thrown_out_takes_its_signers_later_ones_along() {
    let pool = pool(10, 10_000, 10);
    for (signer, sequence) in [(1, 0), (1, 1), (1, 2), (2, 0)] {
        open(&pool, made(signer, sequence, 0), 0).unwrap();
    }
    pool.throw_out(&made(1, 1, 0).id);
    let left = [made(1, 0, 0), made(2, 0, 0)];
    assert_eq!(
        ids(&pool.peek(10, 10_000, usize::MAX, Costs::ANY)),
        ids(&left)
    );
    assert_eq!(open(&pool, made(1, 1, 7), 0), Ok(Admission::Waits));
}

#[test]
fn a_signer_whose_key_has_changed_loses_all_that_waits_and_nobody_else_does() {
    let pool = pool(10, 10_000, 10);
    for (signer, sequence) in [(1, 0), (2, 0), (1, 1)] {
        open(&pool, made(signer, sequence, 0), 0).unwrap();
    }
    pool.throw_out_of(&AliasId::new([1; 32]));
    assert_eq!(
        ids(&pool.peek(10, 10_000, usize::MAX, Costs::ANY)),
        ids(&[made(2, 0, 0)])
    );
    assert_eq!(open(&pool, made(1, 0, 7), 0), Ok(Admission::Waits));
}

#[tokio::test]
async fn waiting_resolves_when_one_waits() {
    let pool = Arc::new(pool(10, 10_000, 10));
    let waiter = Arc::clone(&pool);
    let waits = tokio::spawn(async move { waiter.waiting().await });
    tokio::task::yield_now().await;
    assert!(!waits.is_finished());
    open(&pool, made(1, 0, 0), 0).unwrap();
    waits.await.unwrap();
    pool.waiting().await;
}

proptest! {
    /// Whatever is done to the pool, each signer's waiting sequences are one run, in order of arrival, and
    /// the books agree.
    #[test]
    fn every_prefix_is_a_blocks_worth(steps in prop::collection::vec((0_u8..5, 0_u8..3, 0_u64..6), 1..80)) {
        let pool = pool(12, 1_500, 5);
        let bank = |waiting: Waiting| under(waiting.signer().as_bytes()[0] / 2, waiting);
        let mut committed: BTreeMap<u8, u64> = BTreeMap::new();
        for (what, signer, number) in steps {
            let next = *committed.entry(signer).or_default();
            match what {
                0..3 => drop(open(&pool, bank(made(signer, next + number, 0)), next)),
                3 => pool.throw_out(&made(signer, next + number, 0).id),
                _ => {
                    let taken = pool.peek(number as usize, 10_000, usize::MAX, Costs::ANY);
                    for one in taken {
                        let after = one.sequence().next().unwrap();
                        pool.forget_below(&one.signer(), after);
                        committed.insert(one.signer().as_bytes()[0], after.0);
                    }
                }
            }
            let waiting = pool.peek(100, 1_000_000, usize::MAX, Costs::ANY);
            prop_assert_eq!(waiting.len(), pool.len());
            prop_assert!(waiting.len() <= 12);
            let mut expected = committed.clone();
            for one in &waiting {
                let signer = one.signer().as_bytes()[0];
                let next = expected.entry(signer).or_default();
                prop_assert_eq!(one.sequence(), Sequence(*next));
                prop_assert!(pool.contains(&one.id));
                *next += 1;
            }
            let inner = pool.lock();
            prop_assert_eq!(inner.load.bytes, waiting.len() * 100);
            prop_assert_eq!(inner.load.transactions, waiting.len());
            let shares = inner.by_institution.values();
            let shares: Vec<_> = shares.map(|share| (share.load, share.in_order.len())).collect();
            let sum = shares.iter().fold(Load::default(), |sum, share| sum.plus(share.0));
            prop_assert_eq!(sum, inner.load);
            prop_assert!(shares.iter().all(|(load, count)| load.transactions == *count && *count > 0));
            prop_assert_eq!(inner.by_id.len(), waiting.len());
            let queued: usize = inner.by_signer.values().map(BTreeMap::len).sum();
            prop_assert_eq!(queued, waiting.len());
        }
    }
}

#[test]
fn what_fits_no_block_goes_with_its_signers_later_ones_and_nobody_elses() {
    let pool = pool(10, 10_000, 10);
    let large = Waiting {
        size: 500,
        ..made(2, 1, 0)
    };
    for waiting in [made(1, 0, 0), made(2, 0, 0), large, made(2, 2, 0)] {
        assert_eq!(open(&pool, waiting, 0), Ok(Admission::Waits));
    }
    assert_eq!(open(&pool, made(3, 0, 0), 0), Ok(Admission::Waits));
    assert_eq!(pool.throw_out_larger(500), 0);
    assert_eq!(pool.throw_out_larger(499), 2);
    let left = ids(&pool.peek(10, 10_000, 10, Costs::ANY));
    let small = [made(1, 0, 0), made(2, 0, 0), made(3, 0, 0)];
    assert_eq!(left, ids(&small));
    assert_eq!(open(&pool, made(2, 1, 1), 0), Ok(Admission::Waits), "anew");
}

/// One that publishes a check under a key of so many bytes, which decode to nothing.
fn publishing(signer: u8, key: usize) -> Waiting {
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
    let mut one = made(signer, 0, 0);
    Arc::make_mut(&mut one.transaction).body.payload = Payload::Propose(Box::new(Propose {
        at: Height(10),
        change: Change::PublishCheck(Box::new(definition)),
    }));
    one
}

/// By their bytes, before anything decodes them: in the pool, in a block's proofs and in its cost.
#[test]
fn published_keys_count_as_work_in_the_pool_and_in_a_block() {
    const KEY: usize = 32 * 48;
    assert_eq!(publishing(1, 60 * KEY).cost(), 60);
    let pool = Mempool::new(Limits {
        work: 100,
        ..Limits::default()
    });
    let first = open(&pool, publishing(1, 60 * KEY), 0);
    assert_eq!(first, Ok(Admission::Waits));
    let above = open(&pool, publishing(2, 41 * KEY), 0);
    assert!(
        matches!(above, Err(MempoolError::PoolFull { .. })),
        "{above:?}"
    );
    let second = open(&pool, publishing(2, 30 * KEY), 0);
    assert_eq!(second, Ok(Admission::Waits));
    let share = open(&pool, under(2, publishing(3, 6 * KEY)), 0);
    assert!(
        matches!(share, Err(MempoolError::InstitutionFull { .. })),
        "{share:?}"
    );
    let block = |proofs, block| {
        let costs = Costs {
            block,
            ..Costs::ANY
        };
        pool.peek(10, 1 << 20, proofs, costs).len()
    };
    assert_eq!(block(90, usize::MAX), 2);
    assert_eq!(block(89, usize::MAX), 1, "by a block's proofs");
    assert_eq!(block(usize::MAX, 90), 2);
    assert_eq!(block(usize::MAX, 89), 1, "by what validators can check");
}
