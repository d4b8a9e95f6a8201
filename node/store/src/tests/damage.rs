//! Disks that fail: what is damaged is refused or noticed, never read as something else (RELIABILITY 4).

use std::fs;
use std::path::{Path, PathBuf};

use sealane_types::ids::{Height, StateRoot};
use tempfile::TempDir;

use super::{CHAIN, begin, commit, open, rows, writes_of};
use crate::{Store, StoreError};

const HEIGHTS: u64 = 60;

/// A folder of tables (`flushed`) or of a log, with the root of each height.
fn build(folder: &Path, flushed: bool) -> Vec<StateRoot> {
    let store = open(folder);
    let mut roots = vec![begin(&store)];
    roots.extend((1..=HEIGHTS).map(|height| commit(&store, height)));
    if flushed {
        for column in crate::columns::Column::ALL {
            store.db.flush_cf(column.of(&store.db)).unwrap();
        }
    }
    roots
}

fn copy(from: &Path) -> TempDir {
    let folder = TempDir::new().unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "LOCK" {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    folder
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .filter(|path| fs::metadata(path).unwrap().len() > 0)
        .collect();
    found.sort();
    found
}

/// Reads all there is. What is read must be what was written; an error is fine, and so is an end that comes
/// earlier: then it must be a whole block that is missing.
fn read(store: &Store, roots: &[StateRoot]) -> Result<u64, StoreError> {
    let Some(last) = store.height()? else {
        return Ok(0);
    };
    for height in 1..=last.0 {
        assert_eq!(store.root(Height(height))?, roots[height as usize]);
        let expected = rows(height);
        let header = store.header(Height(height))?.unwrap();
        assert_eq!(header.header, expected.header);
        let row = &expected.transactions[0];
        let found = store.transaction(&row.id)?.unwrap();
        assert_eq!(found.bytes, row.bytes);
        for (key, value) in writes_of(height) {
            assert_eq!(store.value(Height(height), &key)?, value);
        }
    }
    Ok(last.0)
}

/// The end that is read after damage; `None` where the damage was noticed.
fn outcome(folder: &Path, roots: &[StateRoot]) -> Option<u64> {
    let store = Store::open(folder, CHAIN).ok()?;
    read(&store, roots).ok()
}

#[test]
fn a_flipped_bit_in_a_table_is_noticed_or_harmless() {
    let folder = TempDir::new().unwrap();
    let roots = build(folder.path(), true);
    assert_eq!(outcome(copy(folder.path()).path(), &roots), Some(HEIGHTS));
    let mut noticed = 0;
    for table in files(folder.path(), ".sst") {
        let name = table.file_name().unwrap().to_owned();
        let length = fs::metadata(&table).unwrap().len() as usize;
        for part in 0..6 {
            let damaged = copy(folder.path());
            let path = damaged.path().join(&name);
            let mut bytes = fs::read(&path).unwrap();
            bytes[length * part / 6 + 3] ^= 0x10;
            fs::write(&path, bytes).unwrap();
            match outcome(damaged.path(), &roots) {
                None => noticed += 1,
                Some(end) => assert_eq!(end, HEIGHTS, "{name:?} part {part}"),
            }
        }
    }
    assert!(noticed > 20, "only {noticed} flips were noticed");
}

#[test]
fn a_log_cut_short_ends_at_a_whole_block_and_a_flipped_bit_is_refused() {
    let folder = TempDir::new().unwrap();
    let roots = build(folder.path(), false);
    let log = files(folder.path(), ".log").pop().unwrap();
    let name = log.file_name().unwrap().to_owned();
    let length = fs::metadata(&log).unwrap().len() as usize;
    let (mut shorter, mut refused) = (0, 0);
    for part in 1..24 {
        let cut = copy(folder.path());
        let bytes = fs::read(cut.path().join(&name)).unwrap();
        fs::write(cut.path().join(&name), &bytes[..length * part / 24]).unwrap();
        match outcome(cut.path(), &roots) {
            Some(end) => shorter += u64::from(end < HEIGHTS),
            None => refused += 1,
        }
        let flipped = copy(folder.path());
        let mut bytes = bytes;
        bytes[length * part / 24] ^= 4;
        fs::write(flipped.path().join(&name), bytes).unwrap();
        match outcome(flipped.path(), &roots) {
            Some(end) => assert_eq!(end, HEIGHTS, "a flipped bit lost blocks unseen"),
            None => refused += 1,
        }
    }
    assert!(
        shorter >= 20,
        "only {shorter} cuts were read up to the tear"
    );
    assert!(refused >= 20, "only {refused} flips were refused");
}

#[test]
fn a_missing_table_is_refused() {
    let folder = TempDir::new().unwrap();
    build(folder.path(), true);
    for table in files(folder.path(), ".sst") {
        let damaged = copy(folder.path());
        fs::remove_file(damaged.path().join(table.file_name().unwrap())).unwrap();
        assert!(Store::open(damaged.path(), CHAIN).is_err());
    }
}

#[test]
fn a_lock_that_cannot_be_opened_is_not_held_by_another_and_the_message_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    build(folder.path(), true);
    let held = open(folder.path());
    let again = Store::open(folder.path(), CHAIN).unwrap_err();
    assert!(matches!(again, StoreError::Locked { .. }), "{again}");
    drop(held);
    let lock = folder.path().join("LOCK");
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap(); // as root, who may open any file, the tests need another reason
    let other = Store::open(folder.path(), CHAIN).unwrap_err();
    assert!(!matches!(other, StoreError::Locked { .. }), "{other}");
    fs::remove_dir(&lock).unwrap();
    let table = files(folder.path(), ".sst").pop().unwrap();
    fs::remove_file(table).unwrap();
    let rotten = Store::open(folder.path(), CHAIN).unwrap_err().to_string();
    assert!(
        rotten.contains("Move `data/` and `consensus/` away"),
        "{rotten}"
    );
    let genesis = StoreError::OtherChain {
        path: folder.path().to_owned(),
        found: CHAIN,
        expected: CHAIN,
    };
    let genesis = genesis.to_string();
    assert!(
        genesis.contains("genesis.bin is damaged or another chain's"),
        "{genesis}"
    );
}

#[test]
fn a_refused_file_and_a_full_disk_are_told_from_damage() {
    let denied = "IO error: While open a file for lock: /n/data/LOCK: Permission denied";
    assert!(crate::error::is_forbidden(denied));
    let advice = crate::error::with_advice;
    assert!(advice(denied).contains("must belong to the user"));
    let full =
        advice("IO error: No space left on device: While appending to file: data/000012.log");
    assert!(
        full.contains("Make room") && !full.contains("Move"),
        "{full}"
    );
    let limit = advice("IO error: While appending to file: data/000012.log: File too large");
    assert!(limit.contains("LimitFSIZE"), "{limit}");
    let failing = advice("IO error: While fdatasync: data/000012.log: Input/output error");
    assert!(failing.contains("replace it"), "{failing}");
    let rot = advice("Corruption: block checksum mismatch in data/000012.sst");
    assert!(rot.contains("Move `data/` and `consensus/` away"), "{rot}");
    assert!(rot.contains("000012.sst"), "{rot}");
}
