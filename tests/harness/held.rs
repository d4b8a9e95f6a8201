//! What the members of a network hold, and what they keep to themselves: for the history checker's I5.

use std::path::{Path, PathBuf};

use crate::consortium::Consortium;
use crate::history::{Held, History, What};
use crate::keys::keys_of;
use crate::links::Carried;

impl Consortium {
    /// Tells the checker of every member's secret keys, as they are now: shares come and go.
    pub fn keys_into(&self, history: &History) {
        for at in 0..self.size() {
            history.keeps_keys(&self.name(at), keys_of(&self.bank(at).home));
        }
    }

    /// Everything that members hold and that passed between their nodes; no node runs.
    #[must_use]
    pub fn held(&self, carried: &[Carried]) -> Vec<Held> {
        let members = (0..self.size()).flat_map(|at| self.held_by(at));
        members.chain(carried.iter().map(Held::from)).collect()
    }

    fn held_by(&self, at: usize) -> Vec<Held> {
        let (name, home) = (self.name(at), self.bank(at).home);
        let of_nobody = |place: &str, what| Held {
            holder: None,
            place: format!("{place} of {name}"),
            what,
        };
        let log = self.log_of(at).into_bytes();
        let store = store_of(&home.join("node"));
        vec![
            of_nobody("the log", What::Bytes(log)),
            of_nobody("the store", What::Store(store)),
            Held {
                holder: Some(name),
                place: home.display().to_string(),
                what: What::Folder(home),
            },
        ]
    }
}

impl From<&Carried> for Held {
    fn from(carried: &Carried) -> Self {
        let Carried { way, bytes } = carried;
        Self {
            holder: None,
            place: format!("what node {} sent node {}", way.0, way.1),
            what: What::Carried(bytes.clone()),
        }
    }
}

/// A node's RocksDB: the folder that holds `CURRENT`.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn store_of(node: &Path) -> PathBuf {
    let mut folders = vec![node.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if folder.join("CURRENT").is_file() {
            return folder;
        }
        let entries = std::fs::read_dir(&folder).expect("a folder can be listed");
        let entries = entries.filter_map(Result::ok).map(|entry| entry.path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    panic!("no store below {}", node.display())
}
