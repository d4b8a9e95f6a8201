#![allow(clippy::unwrap_used)]

mod damage;
mod format;
mod proofs;
mod snapshot;

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use sealane_types::ids::{ChainId, Height, RecordId, StateRoot, TxId};
use tempfile::TempDir;

use super::*;

pub(super) const CHAIN: ChainId = ChainId::new([7; 32]);
type Writes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

pub(super) fn open(path: &Path) -> Store {
    Store::open(path, CHAIN).unwrap()
}

pub(super) fn writes(pairs: &[(&str, Option<&str>)]) -> Writes {
    let owned = |text: &str| text.as_bytes().to_vec();
    let rows = pairs.iter();
    rows.map(|(key, value)| (owned(key), value.map(owned)))
        .collect()
}

/// A block with one transaction, whose bytes follow from its height.
pub(super) fn rows(height: u64) -> BlockRows {
    let byte = u8::try_from(height % 251).unwrap();
    BlockRows {
        header: vec![byte; 40],
        certificate: vec![byte; 20],
        transactions: vec![TransactionRow {
            id: TxId::new([byte; 32]),
            bytes: vec![byte; 300],
            receipt: vec![byte; 10],
            sealed: Some(RecordId::new([byte; 32])),
        }],
        taken: vec![(height - 1, vec![byte; 5])],
        tasks: vec![(vec![byte; 32], Some(vec![1]))],
    }
}

pub(super) fn begin(store: &Store) -> StateRoot {
    let prepared = store.prepare(Height(0), &writes(&[("a", Some("0")), ("b", Some("0"))]));
    let prepared = prepared.unwrap();
    let root = prepared.root();
    store.begin(prepared).unwrap();
    root
}

/// The writes of a height: one key for each, and one that each overwrites.
pub(super) fn writes_of(height: u64) -> Writes {
    let (key, value) = (format!("key {height}"), format!("value {height}"));
    writes(&[(&key, Some(&value)), ("a", Some(&value))])
}

pub(super) fn commit(store: &Store, height: u64) -> StateRoot {
    let prepared = store.prepare(Height(height), &writes_of(height)).unwrap();
    let root = prepared.root();
    store.commit(prepared, &rows(height)).unwrap();
    root
}

#[test]
fn what_is_committed_is_there_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    assert_eq!(store.height().unwrap(), None);
    begin(&store);
    let roots: Vec<_> = (1..=5).map(|height| commit(&store, height)).collect();
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.height().unwrap(), Some(Height(5)));
    for (height, root) in (1..=5).zip(roots) {
        assert_eq!(store.root(Height(height)).unwrap(), root);
        let expected = rows(height);
        let header = store.header(Height(height)).unwrap().unwrap();
        assert_eq!(header.header, expected.header);
        assert_eq!(header.certificate, expected.certificate);
        let row = &expected.transactions[0];
        let ids = store.transaction_ids(Height(height)).unwrap().unwrap();
        assert_eq!(ids, [row.id]);
        let found = store.transaction(&row.id).unwrap().unwrap();
        assert_eq!((found.height, found.index), (Height(height), 0));
        assert_eq!(found.bytes, row.bytes);
        let receipts = store.receipts(Height(height)).unwrap().unwrap();
        assert_eq!(receipts, std::slice::from_ref(&row.receipt));
        let sealed = store.sealed_by(&row.sealed.unwrap()).unwrap();
        assert_eq!(sealed, Some(row.id));
    }
    assert_eq!(store.taken(3, 5, 10).unwrap(), [vec![4; 5], vec![5; 5]]);
    assert_eq!(store.tasks().unwrap().len(), 5);
    assert_eq!(store.header(Height(6)).unwrap(), None);
    assert!(matches!(store.taken(3, 6, 10), Err(StoreError::Missing(_))));
}

#[test]
fn a_value_is_read_as_it_was_at_each_height() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    begin(&store);
    commit(&store, 1);
    let removed = store
        .prepare(Height(2), &writes(&[("a", None), ("b", Some("2"))]))
        .unwrap();
    store.commit(removed, &rows(2)).unwrap();
    let read = |height, key: &str| store.value(Height(height), key.as_bytes()).unwrap();
    assert_eq!(read(0, "a"), Some(b"0".to_vec()));
    assert_eq!(read(1, "a"), Some(b"value 1".to_vec()));
    assert_eq!(read(2, "a"), None);
    assert_eq!(read(1, "b"), Some(b"0".to_vec()));
    assert_eq!(read(2, "b"), Some(b"2".to_vec()));
    assert_eq!(read(0, "key 1"), None);
}

#[test]
fn an_empty_block_changes_no_root_and_the_next_goes_on() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    let root = begin(&store);
    for height in 1..=3 {
        let empty = store.prepare(Height(height), &Writes::new()).unwrap();
        assert_eq!(empty.root(), root);
        store.commit(empty, &BlockRows::default()).unwrap();
    }
    assert_ne!(commit(&store, 4), root);
    assert_eq!(store.root(Height(3)).unwrap(), root);
}

#[test]
fn heights_follow_one_another_and_values_are_not_empty() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    assert!(matches!(
        store.prepare(Height(1), &Writes::new()),
        Err(StoreError::OutOfOrder { .. })
    ));
    begin(&store);
    let once = store.prepare(Height(1), &writes_of(1)).unwrap();
    let again = once.clone();
    store.commit(once, &rows(1)).unwrap();
    assert!(matches!(
        store.commit(again, &rows(1)),
        Err(StoreError::OutOfOrder { .. })
    ));
    assert!(matches!(
        store.prepare(Height(3), &writes_of(3)),
        Err(StoreError::OutOfOrder { .. })
    ));
    assert!(matches!(
        store.prepare(Height(2), &writes(&[("c", Some(""))])),
        Err(StoreError::EmptyValue)
    ));
}

#[test]
fn another_chain_another_format_and_another_process_are_refused() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    begin(&store);
    let second = Store::open(folder.path(), CHAIN).unwrap_err();
    assert!(matches!(second, StoreError::Locked { .. }), "{second}");
    drop(store);
    let other = ChainId::new([8; 32]);
    assert!(matches!(
        Store::open(folder.path(), other),
        Err(StoreError::OtherChain { found: CHAIN, expected, .. }) if expected == other
    ));
    {
        let store = open(folder.path());
        let meta = crate::columns::Column::Meta.of(&store.db);
        store
            .db
            .put_cf(meta, crate::keys::FORMAT, 2_u32.to_le_bytes())
            .unwrap();
    }
    let newer = Store::open(folder.path(), CHAIN).unwrap_err();
    assert!(
        matches!(&newer, StoreError::OtherFormat { found, expected: 1, .. } if found == "2"),
        "{newer}"
    );
}

#[test]
fn a_folder_with_unknown_families_is_another_formats() {
    let folder = TempDir::new().unwrap();
    {
        let mut options = rocksdb::Options::default();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        rocksdb::DB::open_cf(&options, folder.path(), ["meta", "notes"]).unwrap();
    }
    let refused = Store::open(folder.path(), CHAIN).unwrap_err();
    assert!(
        matches!(refused, StoreError::OtherFormat { .. }),
        "{refused}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The root follows from the values alone, not from how they were spread over heights.
    #[test]
    fn the_state_is_a_map(blocks in prop::collection::vec(
        prop::collection::btree_map(0_u8..20, prop::option::of(1_u8..), 0..6), 1..12,
    )) {
        let (folder, whole) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (store, at_once) = (open(folder.path()), open(whole.path()));
        begin(&store);
        let mut model: Writes = writes(&[("a", Some("0")), ("b", Some("0"))]);
        for (height, block) in (1..).zip(&blocks) {
            let row = |(key, value): (&u8, &Option<u8>)| (vec![*key], value.map(|v| vec![v]));
            let block: Writes = block.iter().map(row).collect();
            let prepared = store.prepare(Height(height), &block).unwrap();
            store.commit(prepared, &BlockRows::default()).unwrap();
            model.extend(block);
            for (key, value) in &model {
                prop_assert_eq!(&store.value(Height(height), key).unwrap(), value);
            }
        }
        model.retain(|_, value| value.is_some());
        let last = Height(blocks.len() as u64);
        let expected = at_once.prepare(Height(0), &model).unwrap().root();
        prop_assert_eq!(store.root(last).unwrap(), expected);
    }
}
