//! `sealane network`: a network in a folder.

use std::path::{Path, PathBuf};

use sealane_client::chain::NodeClient;
use sealane_client::network::{self, Options, Protect};
use sealane_node::InitOptions;
use serde_json::json;

use super::processes;
use crate::args::NetworkCommand;
use crate::outcome::{Failure, Report};

/// What a network is to have.
pub struct Plan {
    /// Banks, `bank-a` and on.
    pub banks: u8,
    /// The node's port; 0 for a free one.
    pub port: u16,
    /// Protects each home's keystore; without it, a key file beside it does.
    pub passphrase: Option<String>,
}

/// Runs a `network` command.
pub async fn run(command: NetworkCommand) -> Result<Report, Failure> {
    match command {
        NetworkCommand::Init { dir, banks, port, passphrase } => init(&dir, banks, port, passphrase),
        NetworkCommand::Start { dir } => start(&dir),
        NetworkCommand::Status { dir } => status(&dir).await,
        NetworkCommand::Stop { dir } => stop(&dir),
    }
}
