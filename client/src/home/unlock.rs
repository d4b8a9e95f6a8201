//! How a keystore's passphrase comes to this program.

use std::fmt;
use std::io;

/// The environment variable that gives the passphrase.
pub const PASSPHRASE: &str = "SEALANE_PASSPHRASE";

/// Asks somebody for the passphrase of the home with this name.
pub type Ask = Box<dyn Fn(&str) -> io::Result<String> + Send + Sync>;

/// How a passphrase is had. A home whose keystore has a key file needs none.
pub enum Unlock {
    /// From the variable [`PASSPHRASE`].
    Environment,
    /// This one.
    Passphrase(String),
    /// From the variable, or else by asking.
    Ask(Ask),
}

impl fmt::Debug for Unlock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Environment => "Unlock::Environment",
            Self::Passphrase(_) => "Unlock::Passphrase(secret)",
            Self::Ask(_) => "Unlock::Ask",
        })
    }
}

impl Unlock {
    /// The passphrase of the home called `name`; `None` when there is nobody to give it.
    pub(super) fn passphrase(&self, name: &str) -> io::Result<Option<String>> {
        match self {
            Self::Passphrase(passphrase) => Ok(Some(passphrase.clone())),
            Self::Environment => Ok(std::env::var(PASSPHRASE).ok()),
            Self::Ask(ask) => match std::env::var(PASSPHRASE) {
                Ok(passphrase) => Ok(Some(passphrase)),
                Err(_) => ask(name).map(Some),
            },
        }
    }
}
