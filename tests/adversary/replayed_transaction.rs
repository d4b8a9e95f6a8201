//! Somebody who sends again what others have sent: to this chain, to another, in the same block.

use sealane_ledger::{InvalidBlock, InvalidTransaction, admit, next_sequence, transaction_id};
use sealane_types::ids::{ChainId, Sequence};
use sealane_types::transaction::Transaction;

use super::*;

fn fault(chain: &mut Chain<'_>, transactions: Vec<Transaction>) -> InvalidTransaction {
    let before = (chain.state.clone(), chain.tip.clone());
    match chain.block(transactions) {
        Err(InvalidBlock::Transaction { fault, .. }) => {
            assert_eq!(
                (chain.state.clone(), chain.tip.clone()),
                before,
                "nothing changed"
            );
            fault
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_transaction_counts_once() {
    let mut chain = chain();
    let own = deal(A, 0);
    let seal = chain.sign(A, own.seal());
    let again = InvalidTransaction::Sequence {
        next: Sequence(1),
        found: Sequence(0),
    };
    assert_eq!(
        fault(&mut chain, vec![seal.clone(), seal.clone()]),
        again,
        "twice in a block"
    );
    chain.block(vec![seal.clone()]).unwrap();
    assert_eq!(
        fault(&mut chain, vec![seal.clone()]),
        again,
        "in a later block"
    );
    assert_eq!(
        admit(&chain.state, &chain.tip, &seal),
        Err(again),
        "nor into the pool"
    );
    // under a new sequence it is another transaction, and needs the signer's key
    let mut next = seal.clone();
    next.body.sequence = next_sequence(&chain.state, &A);
    assert_eq!(
        fault(&mut chain, vec![next]),
        InvalidTransaction::WrongSignature
    );
}

/// A refused transaction must not lie in wait until it would pass.
#[test]
fn a_refused_transaction_is_used_up() {
    let mut chain = chain();
    let (of_a, of_b) = (deal(A, 0), deal(B, 0));
    ready(&mut chain, &of_a);
    ready(&mut chain, &of_b);
    assert_eq!(finance(&mut chain, &of_a), FINANCED);
    let refused = chain.finance(B, &of_b.id());
    let refused = chain.sign(B, Payload::Finance(refused));
    chain.block(vec![refused.clone()]).unwrap();
    let release = sealane_types::transaction::Release {
        record: of_a.id(),
        reason: sealane_types::transaction::ReleaseReason::Withdrawn,
    };
    chain.send(A, Payload::Release(release)).unwrap();
    let fault = fault(&mut chain, vec![refused]);
    assert!(
        matches!(fault, InvalidTransaction::Sequence { .. }),
        "{fault:?}"
    );
}

#[test]
fn another_chains_transactions_are_none_here() {
    let mut chain = chain();
    let own = deal(A, 0);
    let mut elsewhere = chain.sign(A, own.seal());
    elsewhere.body.chain = ChainId::new([0xee; 32]);
    let elsewhere = sealane_tests::chain::sign(elsewhere.body);
    assert_eq!(
        fault(&mut chain, vec![elsewhere.clone()]),
        InvalidTransaction::OtherChain
    );
    // renamed, its signature is over other bytes
    let mut renamed = elsewhere.clone();
    renamed.body.chain = chain.tip.chain;
    assert_ne!(
        transaction_id(&renamed.body),
        transaction_id(&elsewhere.body)
    );
    assert_eq!(
        fault(&mut chain, vec![renamed]),
        InvalidTransaction::WrongSignature
    );
}

#[test]
fn a_gap_and_a_stranger_make_no_block() {
    let mut chain = chain();
    let own = deal(A, 0);
    let early = chain.sign_after(1, A, own.seal());
    let gap = InvalidTransaction::Sequence {
        next: Sequence(0),
        found: Sequence(1),
    };
    assert_eq!(fault(&mut chain, vec![early]), gap);
    let stranger = AliasId::new([200; 32]);
    let strange = chain.sign(stranger, own.seal());
    assert_eq!(
        fault(&mut chain, vec![strange]),
        InvalidTransaction::UnknownSigner(stranger)
    );
}
