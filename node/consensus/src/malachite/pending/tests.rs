//! A proposal that was kept is there after a crash; what was decided or cut short is not.
#![allow(clippy::unwrap_used)]

use sealane_types::block::BlockHeader;
use sealane_types::ids::{
    AliasId, BlockTime, ChainId, Height, MerkleRoot, StateRoot, ValidatorSetHash,
};

use super::super::context::{Choice, Member};
use super::*;

fn block(height: u64, time: u64) -> Block {
    Block {
        header: BlockHeader {
            chain: ChainId::new([1; 32]),
            height: Height(height),
            time: BlockTime(time),
            previous: BlockId::new([2; 32]),
            transactions: MerkleRoot::new([3; 32]),
            state: StateRoot::new([4; 32]),
            receipts: MerkleRoot::new([5; 32]),
            validators: ValidatorSetHash::new([6; 32]),
            next_validators: ValidatorSetHash::new([6; 32]),
        },
        transactions: Vec::new(),
    }
}

fn proposed(block: &Block, round: u32) -> ProposedValue<Context> {
    ProposedValue {
        height: At(block.header.height.0),
        round: Round::new(round),
        valid_round: Round::Nil,
        proposer: Member(AliasId::new([7; 32])),
        value: Choice(block_id(&block.header)),
        validity: Validity::Valid,
    }
}

#[test]
fn what_was_kept_is_there_again_by_round_and_by_block() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (block(5, 1), block(5, 2));
    let mut pending = Pending::open(folder.path(), At(4)).unwrap();
    pending.keep(proposed(&one, 0), one.clone()).unwrap();
    pending.keep(proposed(&two, 1), two.clone()).unwrap();
    pending.keep(proposed(&two, 1), two.clone()).unwrap();
    let again = Pending::open(folder.path(), At(4)).unwrap();
    for pending in [pending, again] {
        assert_eq!(pending.of_round(At(5), Round::new(0)), [proposed(&one, 0)]);
        assert_eq!(pending.of_round(At(5), Round::new(1)), [proposed(&two, 1)]);
        assert_eq!(pending.of_round(At(6), Round::new(0)), []);
        assert_eq!(pending.block(At(5), &block_id(&two.header)), Some(&two));
        assert_eq!(pending.block(At(6), &block_id(&two.header)), None);
    }
}

#[test]
fn what_is_decided_is_forgotten_on_disk_too() {
    let folder = tempfile::tempdir().unwrap();
    let (one, next) = (block(5, 1), block(6, 2));
    let mut pending = Pending::open(folder.path(), At(4)).unwrap();
    pending.keep(proposed(&one, 0), one.clone()).unwrap();
    pending.keep(proposed(&next, 0), next.clone()).unwrap();
    pending.forget(At(5)).unwrap();
    assert_eq!(pending.block(At(5), &block_id(&one.header)), None);
    let again = Pending::open(folder.path(), At(4)).unwrap();
    assert_eq!(again.block(At(5), &block_id(&one.header)), None);
    assert_eq!(again.block(At(6), &block_id(&next.header)), Some(&next));
    let later = Pending::open(folder.path(), At(6)).unwrap();
    assert_eq!(later.block(At(6), &block_id(&next.header)), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_cut_short_or_changed_is_no_proposal() {
    let folder = tempfile::tempdir().unwrap();
    let one = block(5, 1);
    let mut pending = Pending::open(folder.path(), At(4)).unwrap();
    pending.keep(proposed(&one, 0), one.clone()).unwrap();
    let path = fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(read(&path).unwrap().is_none(), "cut to {length} bytes");
    }
    let mut changed = whole.clone();
    let last = changed.len() - 5;
    changed[last] ^= 1;
    fs::write(&path, &changed).unwrap();
    assert!(
        read(&path).unwrap().is_none(),
        "another block than the one named"
    );
    fs::write(&path, &whole).unwrap();
    assert!(read(&path).unwrap().is_some());
}

#[test]
fn a_whole_file_that_did_not_get_its_name_yet_counts_for_nothing_and_hinders_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let one = block(5, 1);
    let mut pending = Pending::open(folder.path(), At(4)).unwrap();
    pending.keep(proposed(&one, 0), one.clone()).unwrap();
    let mut entries = fs::read_dir(folder.path()).unwrap();
    let path = entries.next().unwrap().unwrap().path();
    fs::rename(&path, path.with_extension("new")).unwrap(); // killed before the rename
    let mut again = Pending::open(folder.path(), At(4)).unwrap();
    assert_eq!(again.of_round(At(5), Round::new(0)), []);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    again.keep(proposed(&one, 0), one.clone()).unwrap();
    again.forget(At(5)).unwrap();
}
