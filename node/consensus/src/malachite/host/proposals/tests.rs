//! No altered bytes are the block that a header, and so a certificate, names; and of a round's proposals one is processed.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use sealane_types::block::BlockHeader;
use sealane_types::encoding::Encode;
use sealane_types::ids::{
    AliasId, BlockId, BlockTime, ChainId, Height, MerkleRoot, RecordId, Sequence, Signature,
    StateRoot, ValidatorSetHash,
};
use sealane_types::transaction::{Payload, Release, ReleaseReason, Transaction, TransactionBody};

use malachitebft_app_channel::app::types::Keypair;
use malachitebft_app_channel::app::types::core::Round;
use tempfile::TempDir;

use super::*;
use crate::malachite::context::Member;
use crate::malachite::guard::Guard;
use crate::malachite::parts::split;
use crate::malachite::pending::Pending;
use crate::malachite::scheme::Signatures;
use crate::malachite::tests::{CHAIN, Memory, Pen, VALIDATOR, address, block as proposed, node};
use crate::mark::Mark;

fn transaction(sequence: u64) -> Transaction {
    Transaction {
        body: TransactionBody {
            chain: ChainId::new([1; 32]),
            signer: AliasId::new([2; 32]),
            sequence: Sequence(sequence),
            payload: Payload::Release(Release {
                record: RecordId::new([3; 32]),
                reason: ReleaseReason::Repaid,
            }),
        },
        signature: Signature::new([4; 64]),
    }
}

fn block() -> Block {
    let transactions: Vec<_> = (1..=3).map(transaction).collect();
    Block {
        header: BlockHeader {
            chain: ChainId::new([1; 32]),
            height: Height(5),
            time: BlockTime(6),
            previous: BlockId::new([2; 32]),
            transactions: transactions_root(&transactions),
            state: StateRoot::new([4; 32]),
            receipts: MerkleRoot::new([5; 32]),
            validators: ValidatorSetHash::new([6; 32]),
            next_validators: ValidatorSetHash::new([6; 32]),
        },
        transactions,
    }
}

/// Whether these bytes pass for the block.
fn passes(bytes: &[u8]) -> bool {
    let certified = block_id(&block().header);
    block_of(bytes, At(5)).is_some_and(|found| block_id(&found.header) == certified)
}

#[test]
fn a_block_with_any_byte_altered_or_cut_is_not_the_one_that_is_certified() {
    let bytes = block().to_bytes();
    assert!(passes(&bytes));
    for at in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        assert!(!passes(&altered), "byte {at}");
        assert!(!passes(&bytes[..at]), "cut to {at} bytes");
    }
    assert!(!passes(&[&bytes[..], &[0]].concat()));
}

#[test]
fn a_true_header_over_other_transactions_is_no_block() {
    let true_block = block();
    let alterations: [fn(&mut Vec<Transaction>); 5] = [
        |all| all.truncate(2),
        |all| all.clear(),
        |all| all.push(transaction(4)),
        |all| all.swap(0, 1),
        |all| all[2] = all[1].clone(),
    ];
    for (at, alter) in alterations.iter().enumerate() {
        let mut other = true_block.clone();
        alter(&mut other.transactions);
        assert!(
            block_of(&other.to_bytes(), At(5)).is_none(),
            "alteration {at}"
        );
    }
    assert!(
        block_of(&true_block.to_bytes(), At(6)).is_none(),
        "another height"
    );
}

#[test]
fn a_proposal_is_the_block_that_its_head_names() {
    let block = block();
    let bytes = block.to_bytes();
    let head = Head {
        height: At(5),
        round: Round::new(0),
        pol_round: Round::Nil,
        member: Member(AliasId::new([2; 32])),
        block: block_id(&block.header),
        size: u32::try_from(bytes.len()).unwrap(),
    };
    let signature = Signature::new([9; 64]);
    let whole = |head, block: &[u8]| Whole {
        head,
        signature,
        block: block.to_vec(),
    };
    assert_eq!(named(&whole(head, &bytes)), Some(block));
    let other = Head {
        block: BlockId::new([7; 32]),
        ..head
    };
    assert_eq!(named(&whole(other, &bytes)), None);
    let mut chunk = bytes.clone();
    *chunk.last_mut().unwrap() ^= 1; // a peer that passes the true head on, with another last byte
    assert_eq!(named(&whole(head, &chunk)), None);
}

/// A proposer signs as many blocks of one round as it likes: one is validated, written down and kept.
#[tokio::test]
async fn of_all_proposals_of_a_round_and_proposer_one_is_processed() {
    let folder = TempDir::new().unwrap();
    let (own, other) = (address(8), address(9));
    let observer = node(None, (8, &own), &other, &folder);
    let signatures = |member: AliasId, mark: &str| {
        let mark = Mark::open(&folder.path().join(mark), CHAIN).unwrap();
        let guard = Guard::new(Member(member), mark, Arc::new(()));
        Signatures::new(CHAIN, Arc::new(Pen), guard)
    };
    let memory = Arc::new(Memory::default());
    let proposals = folder.path().join("proposals");
    let mut host = Host::new(
        observer,
        memory.clone(),
        Context { chain: CHAIN },
        signatures(AliasId::new([0; 32]), "own"),
        Pending::open(&proposals, At(0)).unwrap(),
    );
    let key = Keypair::generate_ed25519();
    let from = PeerId::from_bytes(&key.public().to_peer_id().to_bytes()).unwrap();
    let mut kept = Vec::new();
    for turn in 1..=5 {
        let mut block = proposed(1, Vec::new());
        block.header.time = BlockTime(turn);
        let bytes = block.to_bytes();
        let head = Head {
            height: At(1),
            round: Round::new(0),
            pol_round: Round::Nil,
            member: Member(VALIDATOR),
            block: block_id(&block.header),
            size: u32::try_from(bytes.len()).unwrap(),
        };
        // a proposer without a mark, who signs what it likes
        let signature = signatures(VALIDATOR, &format!("lies-{turn}")).sign_head(&head);
        for part in split(head, signature.unwrap(), &bytes) {
            let value = host.received(from, part).await.unwrap();
            kept.extend(value.map(|value| (turn, value.validity)));
        }
    }
    assert_eq!(kept, [(1, Validity::Valid)]);
    assert_eq!(memory.validated.load(Ordering::Relaxed), 1);
    assert_eq!(std::fs::read_dir(&proposals).unwrap().count(), 1);
}
