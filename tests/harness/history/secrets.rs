//! I5: what a member must keep to itself, sought in what others hold, in every log and in all traffic between nodes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use super::History;
use crate::invoice::Invoice;
use crate::planted;
use crate::search::{Needle, Search};
use crate::traffic;

/// Shorter forms are found by chance: a run holds and sends a hundred megabytes, most of them encrypted.
const LEAST: usize = 8;

/// What members keep to themselves.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Of documents: nobody holds them in the clear, not even their owner.
    documents: Vec<Needle>,
    /// By their owners, who hold them.
    keys: BTreeMap<String, Vec<Needle>>,
}

/// Somewhere to look.
#[derive(Debug)]
pub struct Held {
    /// The member who may hold its own keys there; nobody in logs, stores and traffic.
    pub holder: Option<String>,
    /// What it is, for messages.
    pub place: String,
    /// What is there.
    pub what: What,
}

/// What is to be searched.
#[derive(Debug)]
pub enum What {
    /// A file's content.
    Bytes(Vec<u8>),
    /// What passed between two nodes, one way: it is encrypted.
    Carried(Vec<u8>),
    /// All files below a folder.
    Folder(PathBuf),
    /// A stopped node's RocksDB.
    Store(PathBuf),
}

/// How much was searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sought {
    /// Forms of what is secret.
    pub needles: usize,
    /// Files, directions of connections, stores.
    pub places: usize,
    /// Bytes of all these.
    pub bytes: usize,
}

impl Secrets {
    /// What `holder` must not have.
    fn kept_from(&self, holder: Option<&str>) -> Search {
        let foreign = self.keys.iter().filter(|(owner, _)| {
            let own = holder == Some(owner.as_str());
            !own
        });
        let keys = foreign.flat_map(|(_, needles)| needles);
        let mut needles: Vec<Needle> = self.documents.iter().chain(keys).cloned().collect();
        needles.sort();
        needles.dedup();
        Search::new(needles)
    }

    fn count(&self) -> usize {
        self.documents.len() + self.keys.values().map(Vec::len).sum::<usize>()
    }
}

impl History {
    fn secrets(&self) -> std::sync::MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The values of this document are in the clear nowhere.
    pub fn keeps(&self, invoice: &Invoice) {
        let mut needles = planted::needles(invoice);
        needles.retain(|needle| needle.bytes.len() >= LEAST);
        self.secrets().documents.extend(needles);
    }

    /// These keys are with their owner alone.
    pub fn keeps_keys(&self, owner: &str, needles: Vec<Needle>) {
        let mut secrets = self.secrets();
        let all = secrets.keys.entry(owner.to_owned()).or_default();
        all.extend(needles);
        all.sort();
        all.dedup();
    }

    /// I5: every secret in a place where it must not be, a line each.
    #[must_use]
    pub fn leaks(&self, held: &[Held]) -> (Vec<String>, Sought) {
        let secrets = self.secrets();
        let (mut searches, mut found) = (BTreeMap::new(), Vec::new());
        let mut sought = Sought {
            needles: secrets.count(),
            ..Sought::default()
        };
        for Held {
            holder,
            place,
            what,
        } in held
        {
            let search = searches
                .entry(holder)
                .or_insert_with(|| secrets.kept_from(holder.as_deref()));
            let lines = what.searched(search, place, &mut sought);
            found.extend(lines.into_iter().map(|line| format!("I5: {line}")));
        }
        (found, sought)
    }

    /// Checks that nothing secret is where it must not be.
    ///
    /// # Panics
    /// With every place, and the seed.
    #[must_use]
    #[track_caller]
    pub fn check_secrets(&self, held: &[Held]) -> Sought {
        let (found, sought) = self.leaks(held);
        let seed = self.seed;
        assert!(found.is_empty(), "seed {seed}:\n{}", found.join("\n"));
        sought
    }
}

impl What {
    fn searched(&self, search: &Search, place: &str, sought: &mut Sought) -> Vec<String> {
        let (places, bytes, found) = match self {
            Self::Bytes(bytes) => (1, bytes.len(), search.bytes(place, bytes)),
            Self::Carried(bytes) => (1, bytes.len(), carried(search, place, bytes)),
            Self::Folder(path) => {
                let (files, bytes) = size_of(path);
                (files, bytes, search.folder(path))
            }
            Self::Store(path) => {
                let store = search.store(path);
                (1, store.bytes, store.found)
            }
        };
        sought.places += places;
        sought.bytes += bytes;
        found
    }
}

fn carried(search: &Search, place: &str, bytes: &[u8]) -> Vec<String> {
    let mut found = search.bytes(place, bytes);
    if traffic::is_in_the_clear(bytes) {
        found.push(format!("{place}: HTTP/2 that is not encrypted"));
    }
    found
}

/// How many files are below a folder, and of how many bytes.
fn size_of(folder: &Path) -> (usize, usize) {
    let entries = fs::read_dir(folder).expect("a folder can be listed");
    let sizes = entries.filter_map(Result::ok).map(|entry| {
        let path = entry.path();
        match path.is_dir() {
            true => size_of(&path),
            false => (1, fs::metadata(&path).map_or(0, |of| of.len() as usize)),
        }
    });
    sizes.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1))
}
