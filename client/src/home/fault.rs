//! Why a home cannot be used.

use std::path::{Path, PathBuf};

use sealane_types::encoding::DecodeError;
use sealane_types::text::word;
use sealane_wire::tls::TlsError;
use thiserror::Error;

use super::config::ConfigError;
use super::disk::DiskError;
use super::journal::JournalError;
use super::keys::KeysError;

/// Why a home cannot be used.
#[derive(Debug, Error)]
pub enum HomeError {
    /// There is none.
    #[error("{}: {instead}", path.display())]
    None {
        /// The folder.
        path: PathBuf,
        /// What it is instead, and what to name.
        instead: String,
    },
    /// There is one already.
    #[error("{}: there is a home already; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The disk failed, or another process works here.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// `home.toml` cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// `home.toml` or the keystore of this home cannot be used.
    #[error("{}: {source}", home.display())]
    In {
        /// The home.
        home: PathBuf,
        /// What is wrong.
        source: Box<HomeError>,
    },
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The keystore does not open.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Its certificate cannot be used.
    #[error(transparent)]
    Certificate(#[from] TlsError),
    /// It has no certificate: no node lets it in.
    #[error(
        "{}: has no certificate, without which no node lets it connect. Ask for one: sealane certificate request --home {home}",
        .0.display(),
        home = word(.0.display())
    )]
    NoCertificate(PathBuf),
    /// A file of canonical bytes is damaged.
    #[error("{}: damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        reason: DecodeError,
    },
    /// A file that is encrypted with the home's own keys does not open.
    #[error("{}: cannot be opened with this home's keys, or was changed; restore the newest one", .0.display())]
    Closed(PathBuf),
    /// Parts of different networks or banks in one home.
    #[error("{}: {what}; the home's files are not of one bank on one chain", path.display())]
    Mixed {
        /// The home.
        path: PathBuf,
        /// What does not fit.
        what: &'static str,
    },
    /// A name that no cursor has.
    #[error("{0:?} is not a valid name for --resume: use 1 to 40 of a-z, 0-9 and -")]
    CursorName(String),
    /// A cursor of another reader.
    #[error(
        "the position {0:?} was kept for other records; choose another name for --resume, or give the same records"
    )]
    CursorOfOthers(String),
}

impl HomeError {
    /// Whether something else is to be given: a folder, a name, a passphrase or a key file.
    #[must_use]
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an error that is not named here is one of the machine"
    )]
    pub fn is_of_input(&self) -> bool {
        match self {
            Self::None { .. } | Self::CursorName(_) | Self::CursorOfOthers(_) => true,
            Self::Keys(error) => error.is_of_input(),
            Self::In { source, .. } => source.is_of_input(),
            _ => false,
        }
    }

    /// The same, with the home that it is about.
    pub(super) fn within(self, home: &Path) -> Self {
        Self::In {
            home: home.to_owned(),
            source: Box::new(self),
        }
    }

    /// A folder that is no home: what it is instead, as far as that can be seen, and what to name.
    pub(super) fn none(path: &Path) -> Self {
        let homes = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut homes: Vec<PathBuf> = homes.map(|entry| entry.path()).collect();
        homes.retain(|inside| inside.join("home.toml").is_file());
        homes.sort();
        let instead = if !path.exists() {
            "there is no such folder. Name a home with --home (or SEALANE_HOME), or make a network: sealane network init".to_owned()
        } else if path.join("node.toml").is_file() {
            "this is a node's folder and no home: name the home of the bank or regulator that runs the node, with --home".to_owned()
        } else if let Some(first) = homes.first() {
            format!(
                "this is the folder of a network and no home: name one of the homes in it, as --home {}",
                word(first.display())
            )
        } else {
            "this is no home, as it has no home.toml: name another folder with --home (or SEALANE_HOME), or make a network: sealane \
             network init"
                .to_owned()
        };
        Self::None {
            path: path.to_owned(),
            instead,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ClientError;
    use sealane_crypto::keystore::KeystoreError;

    #[test]
    fn a_path_in_a_command_stays_one_word() {
        let home = Path::new("my net/bank-a");
        let told = HomeError::NoCertificate(home.to_owned()).to_string();
        assert!(told.ends_with("--home 'my net/bank-a'"), "{told}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let network = folder.path().join("my net");
        std::fs::create_dir_all(network.join("bank-a")).expect("made");
        std::fs::write(network.join("bank-a/home.toml"), "").expect("written");
        let told = HomeError::none(&network).to_string();
        let named = format!("--home '{}'", network.join("bank-a").display());
        assert!(told.ends_with(&named), "{told}");
    }

    #[test]
    fn what_another_passphrase_mends_is_input_that_is_not_valid() {
        let code = |error: KeysError| {
            let within = HomeError::Keys(error).within(Path::new("bank-a"));
            ClientError::from(within).exit_code()
        };
        let wrong = || KeysError::Keystore(KeystoreError::WrongPassphrase);
        assert_eq!([code(wrong()), code(KeysError::NoPassphrase)], [2, 2]);
        assert_eq!(ClientError::from(wrong()).exit_code(), 2);
        let damaged = KeysError::Keystore(KeystoreError::Truncated);
        assert_eq!([code(damaged), code(KeysError::OtherSuite)], [1, 1]);
    }

    #[test]
    fn a_folder_that_is_no_home_is_called_what_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let said = |path: &Path| HomeError::none(path).to_string();
        assert!(said(&root.join("away")).contains("no such folder"));
        assert!(said(root).contains("has no home.toml"));
        for (inside, file) in [("bank-a", "home.toml"), ("bank-a/node", "node.toml")] {
            std::fs::create_dir_all(root.join(inside)).expect("made");
            std::fs::write(root.join(inside).join(file), "").expect("written");
        }
        let bank = root.join("bank-a");
        let named = format!("as --home {}", bank.display());
        assert!(said(root).contains(&named), "{}", said(root));
        let node = said(&bank.join("node"));
        assert!(node.contains("a node's folder and no home"), "{node}");
    }
}
