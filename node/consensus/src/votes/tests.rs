#![allow(clippy::unwrap_used)]

use sealane_ledger::chain::transactions_root;
use sealane_types::block::BlockHeader;
use sealane_types::ids::{BlockTime, ChainId, MerkleRoot, StateRoot, ValidatorSetHash};
use tempfile::TempDir;

use super::*;

/// An empty block of a height; `time` tells blocks of one height apart.
pub(crate) fn block(height: u64, time: u64) -> Block {
    let header = BlockHeader {
        chain: ChainId::new([1; 32]),
        height: Height(height),
        time: BlockTime(time),
        previous: BlockId::new([0; 32]),
        transactions: transactions_root(&[]),
        state: StateRoot::new([2; 32]),
        receipts: MerkleRoot::new([3; 32]),
        validators: ValidatorSetHash::new([4; 32]),
        next_validators: ValidatorSetHash::new([4; 32]),
    };
    let transactions = Vec::new();
    Block {
        header,
        transactions,
    }
}

#[test]
fn one_block_a_height_is_written_down_and_read_again() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("votes");
    let mut votes = VoteFile::open(&path).unwrap();
    assert_eq!(votes.last(), None);
    let (first, other, next) = (block(1, 10), block(1, 11), block(2, 20));
    let id = votes.intend(&first).unwrap();
    assert_eq!(votes.intend(&first).unwrap(), id);
    assert!(matches!(
        votes.intend(&other),
        Err(VotesError::WouldSignTwice {
            signed: Height(1),
            asked: Height(1)
        })
    ));
    let mut again = VoteFile::open(&path).unwrap();
    assert_eq!(again.last().unwrap().block, first);
    assert!(again.intend(&other).is_err());
    again.intend(&next).unwrap();
    assert!(again.intend(&first).is_err());
    assert_eq!(VoteFile::open(&path).unwrap().last().unwrap().block, next);
}

#[test]
fn every_damage_is_noticed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("votes");
    VoteFile::open(&path)
        .unwrap()
        .intend(&block(7, 70))
        .unwrap();
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        fs::write(&path, &flipped).unwrap();
        let refused = VoteFile::open(&path);
        assert!(
            matches!(refused, Err(VotesError::Damaged { .. })),
            "byte {at}: {refused:?}"
        );
        fs::write(&path, &whole[..at]).unwrap();
        assert!(VoteFile::open(&path).is_err(), "cut at {at}");
    }
    fs::write(&path, &whole).unwrap();
    assert!(VoteFile::open(&path).is_ok());
}

#[test]
fn a_file_half_written_beside_is_no_vote() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("votes");
    let mut votes = VoteFile::open(&path).unwrap();
    votes.intend(&block(1, 10)).unwrap();
    fs::write(path.with_extension("new"), b"sl-vote").unwrap();
    let mut again = VoteFile::open(&path).unwrap();
    assert_eq!(again.last().unwrap().height(), Height(1));
    again.intend(&block(2, 20)).unwrap();
}
