//! The bytes on disk. A change here is a change of the format: raise `FORMAT` and say how a node moves.

use rocksdb::IteratorMode;
use tempfile::TempDir;

use super::{begin, commit, open};
use crate::columns::Column;
use crate::{FORMAT, keys};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn keys_are_what_they_were() {
    let hash = jmt::KeyHash([0xab; 32]);
    let expected = format!("{}0000000000000102", "ab".repeat(32));
    assert_eq!(hex(&keys::value(hash, 258)), expected);
    assert_eq!(hex(&keys::number(258)), "0000000000000102");
    assert_eq!(FORMAT, 1);
}

/// Every row that two blocks leave, family by family, in short.
#[test]
fn rows_are_what_they_were() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path());
    begin(&store);
    commit(&store, 1);
    commit(&store, 2);
    let mut found = String::new();
    for column in Column::ALL {
        for row in store
            .db
            .iterator_cf(column.of(&store.db), IteratorMode::Start)
        {
            let (key, value) = row.unwrap();
            let short = |bytes: &[u8]| match bytes.len() {
                0..=40 => hex(bytes),
                length => format!("{}...{length}", hex(&bytes[..20])),
            };
            let (key, value) = (short(&key), short(&value));
            found.push_str(&format!("{} {key} {value}\n", column.name()));
        }
    }
    let pinned = include_str!("format.txt");
    assert_eq!(found, pinned, "the format on disk has changed:\n{found}");
}
