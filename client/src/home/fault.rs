//! Why a home cannot be used.

use std::path::PathBuf;

use sealane_types::encoding::DecodeError;
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
    #[error("{}: not a Sealane home (no home.toml); make a network with sealane network init", .0.display())]
    None(PathBuf),
    /// There is one already.
    #[error("{}: there is a home already; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The disk failed, or another process works here.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// `home.toml` cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
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
        "{home}: has no certificate, without which no node lets it connect. Ask for one: sealane certificate request --home {home}",
        home = .0.display()
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
