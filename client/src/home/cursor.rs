//! Where a reader of the chain's events stands, kept in the home: `cursors/NAME/cursor.json`.
//!
//! A reader does not hold the home, which other commands need while it follows the chain; it holds its own cursor.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sealane_types::encoding::DecodeError;
use sealane_types::ids::{BlockId, Height, RecordId};
use serde::{Deserialize, Serialize};

use super::HomeError;
use super::disk::{self, Lock};
use super::hexed::Shown;
use crate::chain::Place;

const FOLDER: &str = "cursors";
const FILE: &str = "cursor.json";
const LIMIT: u64 = 1 << 20;
const MAX_NAME: usize = 40;

/// What stands in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// The next block to be read.
    height: u64,
    /// How many of its transactions are done with.
    position: u32,
    /// The block before it, where it was seen.
    before: Option<Shown<BlockId>>,
    /// The records that the reader asks for; none where it takes all events.
    records: BTreeSet<Shown<RecordId>>,
}

/// A reader's cursor, held by this process until it is dropped.
#[derive(Debug)]
pub struct Cursor {
    path: PathBuf,
    records: BTreeSet<RecordId>,
    standing: Option<(Place, u32)>,
    _lock: Lock,
}

impl Cursor {
    /// Whether a cursor may have this name: 1 to 40 of a-z, 0-9 and `-`.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(letter)
    }

    /// Opens the cursor of this name in a home, for a reader of these records' events, or of all where there are none.
    /// Where another process reads under it, this thread waits at most `wait` for that one's end.
    ///
    /// # Errors
    /// When the name is none, another process reads under it, it was kept for other records, or the file cannot be
    /// used.
    pub fn open(
        home: &Path,
        name: &str,
        records: &BTreeSet<RecordId>,
        wait: Duration,
    ) -> Result<Self, HomeError> {
        if !Self::is_name(name) {
            return Err(HomeError::CursorName(name.to_owned()));
        }
        let folder = home.join(FOLDER).join(name);
        disk::make_folder(&folder)?;
        let lock = Lock::take_within(&folder, wait)?;
        disk::sweep(&folder)?;
        let path = folder.join(FILE);
        let kept = read(&path)?;
        let of = |kept: &Kept| {
            kept.records
                .iter()
                .map(|one| one.0)
                .collect::<BTreeSet<_>>()
        };
        if kept.as_ref().is_some_and(|kept| of(kept) != *records) {
            return Err(HomeError::CursorOfOthers(name.to_owned()));
        }
        Ok(Self {
            path,
            records: records.clone(),
            standing: kept.map(|kept| kept.standing()),
            _lock: lock,
        })
    }

    /// The place of the next block, and how many of its transactions are done with; `None` before the first time.
    #[must_use]
    pub fn standing(&self) -> Option<(Place, u32)> {
        self.standing
    }

    /// Brings where the reader stands to the disk, whole or not at all.
    ///
    /// # Errors
    /// When the disk fails: the old standing is then still there.
    pub fn keep(&mut self, place: Place, position: u32) -> Result<(), HomeError> {
        let kept = Kept {
            height: place.height.0,
            position,
            before: place.before.map(Shown),
            records: self.records.iter().copied().map(Shown).collect(),
        };
        let text = serde_json::to_vec(&kept).expect("numbers and texts have a form");
        disk::write_atomic(&self.path, &text)?;
        self.standing = Some((place, position));
        Ok(())
    }
}

impl Kept {
    fn standing(&self) -> (Place, u32) {
        let place = Place {
            height: Height(self.height),
            before: self.before.map(|before| before.0),
        };
        (place, self.position)
    }
}

fn read(path: &Path) -> Result<Option<Kept>, HomeError> {
    let Some(bytes) = disk::read_optional(path, LIMIT)? else {
        return Ok(None);
    };
    let damaged = |reason: String| HomeError::Damaged {
        path: path.to_owned(),
        reason: DecodeError::Invalid {
            what: "cursor",
            reason,
        },
    };
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    match kept.height {
        0 => Err(damaged("blocks are counted from 1".to_owned())),
        _ => Ok(Some(kept)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(height: u64) -> Place {
        Place {
            height: Height(height),
            before: Some(BlockId::new([7; 32])),
        }
    }

    #[test]
    fn a_cursor_is_kept_whole_and_held_by_one_reader_of_the_same_records() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let (all, one) = (BTreeSet::new(), BTreeSet::from([RecordId::new([1; 32])]));
        let open = |name, records| Cursor::open(home.path(), name, records, Duration::ZERO);
        let mut first = open("ledger-1", &all).expect("new");
        assert_eq!(first.standing(), None);
        first.keep(place(9), 2).expect("written");
        let second = open("ledger-1", &all);
        assert!(matches!(second, Err(HomeError::Disk(_))), "one reader");
        let (folder, wait) = (home.path().to_owned(), Duration::from_secs(600));
        let waits = std::thread::spawn(move || {
            Cursor::open(&folder, "ledger-1", &BTreeSet::new(), wait).map(drop)
        });
        assert_eq!(open("other", &one).expect("another").standing(), None);
        drop(first);
        waits
            .join()
            .expect("ended")
            .expect("free once the first has ended");
        // what a kill left behind does not count
        let half = home.path().join("cursors/ledger-1/.unfinished-cursor.json");
        std::fs::write(&half, b"{\"height\":10").expect("written");
        let again = open("ledger-1", &all).expect("free");
        assert_eq!(again.standing(), Some((place(9), 2)));
        assert!(!half.exists());
        drop(again);
        let others = open("ledger-1", &one);
        assert!(matches!(others, Err(HomeError::CursorOfOthers(_))));
    }

    #[test]
    fn a_name_that_leads_elsewhere_and_a_damaged_file_are_refused() {
        let home = tempfile::tempdir().expect("a temporary folder");
        for name in ["", "../keys", "A", "a b", &"a".repeat(41)] {
            let opened = Cursor::open(home.path(), name, &BTreeSet::new(), Duration::ZERO);
            assert!(matches!(opened, Err(HomeError::CursorName(_))), "{name:?}");
        }
        let folder = home.path().join("cursors/x");
        disk::make_folder(&folder).expect("made");
        for text in [
            "",
            "{}",
            r#"{"height":0,"position":0,"before":null,"records":[]}"#,
        ] {
            std::fs::write(folder.join(FILE), text).expect("written");
            let opened = Cursor::open(home.path(), "x", &BTreeSet::new(), Duration::ZERO);
            assert!(matches!(opened, Err(HomeError::Damaged { .. })), "{text}");
        }
    }
}
