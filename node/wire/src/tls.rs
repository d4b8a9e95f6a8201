//! Who speaks on a connection: TLS 1.3 on both sides, with certificates of the consortium's own authority.
//!
//! ```text
//! tls/identity.pem     this side's private key and its certificate        for the owner alone
//! tls/authority.pem    the authorities whose certificates are believed: one, two while it is replaced
//! tls/revoked.pem      their revocation lists (RFC 5280, section 5)
//! ```
//!
//! A certificate names one [`Party`] (as a DNS name, `node-a.node.sealane` say), so that the same folders work
//! wherever a node listens. Files are read again while a process runs: [`Credentials::refresh`] takes over what changed and
//! cuts connections whose other side does not hold any more. Sessions are not resumed: each connection shows its
//! certificate. What this protects is who reads and who may ask; what a node says is proven by its signatures.

mod authority;
mod connect;
mod credentials;
mod files;
mod install;
mod list;
mod session;
mod trust;
mod words;

use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

pub use authority::{Authority, Issued, Which};
pub use connect::{Connector, channel};
pub use credentials::Credentials;
pub use files::{is_equipped, request};
pub use install::{Installed, Trust, equip, install, install_with};
pub use session::Session;
pub use words::deepest;

/// The folder of these files in a home.
pub const FOLDER: &str = "tls";
/// Days that a certificate holds unless another number is asked for.
pub const DAYS: u32 = 397;

const NODE: &str = ".node.sealane";
const HOME: &str = ".home.sealane";

/// Whom a certificate speaks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A node: it is listened to, and it passes transactions on.
    Node(String),
    /// A member's home: it asks, and hands in.
    Home(String),
}

impl Party {
    /// The name in certificates.
    #[must_use]
    pub fn dns_name(&self) -> String {
        match self {
            Self::Node(name) => format!("{name}{NODE}"),
            Self::Home(name) => format!("{name}{HOME}"),
        }
    }

    /// Reads a name of a certificate; `None` where it names nobody of a network.
    #[must_use]
    pub fn of_dns_name(name: &str) -> Option<Self> {
        let plain = |rest: &str| (!rest.is_empty() && !rest.contains('.')).then(|| rest.to_owned());
        let node = name.strip_suffix(NODE).and_then(plain).map(Self::Node);
        node.or_else(|| name.strip_suffix(HOME).and_then(plain).map(Self::Home))
    }

    /// The name without its kind.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Node(name) | Self::Home(name) => name,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(name) => write!(formatter, "node {name}"),
            Self::Home(name) => write!(formatter, "home {name}"),
        }
    }
}

/// Why certificates cannot be made, read or believed.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{path}: {}", words::of_disk(.source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A certificate or a request cannot be made or used.
    #[error("{0}")]
    Certificate(String),
    /// The other side is not who it should be, or does not answer.
    #[error("{}", words::of(.0))]
    Handshake(io::Error),
}

impl TlsError {
    fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        Self::Io { path, source }
    }

    fn file(path: impl Into<PathBuf>, reason: impl ToString) -> Self {
        let (path, reason) = (path.into(), reason.to_string());
        Self::File { path, reason }
    }
}

#[cfg(test)]
mod tests;
