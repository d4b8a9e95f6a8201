//! The files of a node's home, and why one cannot be read or written.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sealane_crypto::keystore::KeystoreError;
use sealane_ledger::GenesisError;
use sealane_types::encoding::DecodeError;
use sealane_types::ids::VerifyingKeyId;
use sealane_types::text::word;
use thiserror::Error;

pub(crate) const CONFIG: &str = "node.toml";
/// Largest configuration or genesis, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// Why a node's home cannot be made or used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// The folder has a node's home already.
    #[error("{}: there is a node's home already; choose another folder", .0.display())]
    Exists(PathBuf),
    /// There is none.
    #[error("{}: {}", .0.display(), instead(.0))]
    NoNode(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {}", path.display(), io_words(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The configuration is not valid.
    #[error("{}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Genesis does not decode.
    #[error("{}: no genesis: {source}", path.display())]
    NoGenesis {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DecodeError,
    },
    /// A chain cannot begin so.
    #[error("genesis: {0}")]
    Genesis(#[from] GenesisError),
    /// A key does not open.
    #[error("{}: {source} (a node's keys are opened by key.txt beside them)", path.display())]
    Key {
        /// The key's file.
        path: PathBuf,
        /// Why.
        source: KeystoreError,
    },
    /// The keys cannot be read or written.
    #[error(transparent)]
    Keystore(#[from] KeystoreError),
    /// The key is no validator's of this chain.
    #[error(
        "genesis does not name a validator with the key of this home, and node.toml does not name (`validator`) one that was admitted, or changed its key, later"
    )]
    NotAValidator,
    /// An observer has a validator's key, or no engine that it could follow.
    #[error(
        "an observer has a key of its own, and follows a chain of several validators (engine `malachite`)"
    )]
    Observer,
    /// The connections' key makes no id.
    #[error("the key of this node's connections: {0}")]
    Id(String),
    /// The signing key is not the first one, or may not be, and what the connections' key comes from is lost.
    #[error(
        "{}: there is no such file, and this node may sign with another key than its first one: its peers know it by the key in that file. \
         Put it back from a backup of this node; without one make a new node (sealane network join) and admit it as another validator",
        .0.display()
    )]
    NetworkKeyLost(PathBuf),
    /// A node that decides alone has no peers.
    #[error("this node decides alone (engine `solo`): it has no peers")]
    NoPeers,
    /// The engine runs one validator only.
    #[error("the engine `solo` runs a chain of one validator; this genesis has {0}")]
    NotSolo(usize),
    /// Genesis accepts proofs that this program cannot verify.
    #[error("genesis accepts proofs of verifying key {0}, which this program does not have")]
    UnknownVerifyingKey(VerifyingKeyId),
    /// Genesis accepts a test key without allowing test keys.
    #[error(
        "verifying key {0} is a test key, with which anybody can forge, and genesis does not allow test keys"
    )]
    TestKey(VerifyingKeyId),
}

/// What a folder without `node.toml` is, and what to name.
fn instead(folder: &Path) -> String {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut inside: Vec<PathBuf> = inside.map(|entry| entry.path()).collect();
    inside.retain(|home| home.join("node").join(CONFIG).is_file());
    inside.sort();
    match inside.first() {
        _ if !folder.exists() => "there is no such folder: name the home of a bank that has a node, or the node's folder, with --home".to_owned(),
        Some(home) => format!(
            "this is a network's folder and no node's: name the home of one of its banks, as --home {}",
            word(home.display())
        ),
        None => "this is no node's folder, as it has no node.toml: name the node's folder, or the home of the bank that runs it, with --home"
            .to_owned(),
    }
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is another's, and grows"
)]
fn io_words(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file; put it back from a backup of this node".to_owned()
        }
        io::ErrorKind::PermissionDenied => format!(
            "{source}: the node's folder and all that is in it must belong to the user that runs the node, who reads and writes them"
        ),
        _ => source.to_string(),
    }
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> HomeError {
    let path = path.to_path_buf();
    HomeError::Io { path, source }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, HomeError> {
    let size = fs::metadata(path).map_err(|error| io_error(path, error))?;
    if size.len() > MAX_FILE {
        let source = io::Error::other(format!("longer than {MAX_FILE} bytes"));
        return Err(io_error(path, source));
    }
    fs::read(path).map_err(|error| io_error(path, error))
}

/// Writes a file whole, durably.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let beside = path.with_extension("new");
    let result = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    result.map_err(|error| unwritten(path, error))
}

/// Why a file or folder cannot be made: where its folder is missing, it is not one that was lost.
pub(crate) fn unwritten(path: &Path, source: io::Error) -> HomeError {
    let source = match source.kind() == io::ErrorKind::NotFound {
        true => io::Error::other(
            "cannot be made: no file and no folder can be made there. Name another folder",
        ),
        false => source,
    };
    io_error(path, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_user_and_a_place_for_no_file_are_told_from_a_lost_one() {
        let path = Path::new("node/genesis.bin");
        let told = |kind: io::ErrorKind| io_error(path, kind.into()).to_string();
        let denied = told(io::ErrorKind::PermissionDenied);
        assert!(denied.contains("must belong to the user"), "{denied}");
        assert!(told(io::ErrorKind::NotFound).contains("from a backup"));
        let nowhere = write(Path::new("/proc/sealane/genesis.bin"), &[]);
        let nowhere = nowhere.expect_err("no folder").to_string();
        assert!(
            nowhere.contains("Name another folder") && !nowhere.contains("backup"),
            "{nowhere}"
        );
    }
}
