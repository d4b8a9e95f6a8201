//! A bank at work: its home, and the node it speaks through.

use std::path::Path;

use crate::chain::{NodeClient, Seen, Trust};
use crate::error::ClientError;
use crate::home::unlock::Unlock;
use crate::home::{Access, Home, read_credentials};

/// An open home and a client of its node.
#[derive(Debug)]
pub struct Bank {
    home: Home,
    node: NodeClient,
}

impl Bank {
    /// Opens a home for work. Nothing is asked of the node yet.
    ///
    /// # Errors
    /// When the home cannot be opened, is in use, or the keystore does not open.
    pub fn open(folder: &Path, unlock: &Unlock) -> Result<Self, ClientError> {
        Self::with_home(Home::open(folder, unlock)?)
    }

    /// As [`Bank::open`], to work or only to read.
    ///
    /// # Errors
    /// As [`Bank::open`]; who only reads is not kept out by another process.
    pub fn open_for(folder: &Path, unlock: &Unlock, access: Access) -> Result<Self, ClientError> {
        Self::with_home(Home::open_for(folder, unlock, access)?)
    }

    /// As [`Bank::open`], with an open home.
    ///
    /// # Errors
    /// When the disk fails, the home has no certificate, or the node's address is none.
    pub fn with_home(home: Home) -> Result<Self, ClientError> {
        let trust = Trust::in_genesis(home.genesis());
        let seen = match home.is_held() {
            true => Seen::open(home.folder())?,
            false => Seen::beside(home.folder())?,
        };
        let credentials = read_credentials(home.folder())?;
        let node = NodeClient::new(&home.config().node(), &credentials, trust, seen)?;
        Ok(Self { home, node })
    }

    /// The home.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The node.
    #[must_use]
    pub fn node(&self) -> &NodeClient {
        &self.node
    }
}
