//! The nodes of a network's folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sealane_client::chain::{NodeClient, NodeStatus, Seen, Trust};
use sealane_client::home::{read_config, read_credentials, read_genesis};

use super::NODE;
use crate::commands::processes;
use crate::outcome::Failure;

/// What a node says of itself, asked through the configuration of a bank that uses it.
pub async fn ask(bank: &Path) -> Result<NodeStatus, Failure> {
    let config = read_config(bank).map_err(Failure::invalid)?;
    let genesis = read_genesis(bank).map_err(Failure::invalid)?;
    let seen = Seen::open(bank).map_err(Failure::cannot)?;
    let credentials = read_credentials(bank).map_err(Failure::invalid)?;
    let trust = Trust::in_genesis(&genesis);
    let node = NodeClient::new(&config.node(), &credentials, trust, seen);
    let node = node.map_err(Failure::cannot)?;
    node.status().await.map_err(Failure::cannot)
}

/// A node of a network's folder.
pub struct Node {
    /// What it is called in messages.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// The home of a bank that uses it.
    pub bank: PathBuf,
}

/// The nodes in a network's folder.
pub fn nodes_of(dir: &Path) -> Result<Vec<Node>, Failure> {
    // absolute paths, so that a process can be told by its command line from wherever it is asked for
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    if dir.join(NODE).is_dir() {
        return Ok(vec![Node {
            name: "node".to_owned(),
            folder: dir.join(NODE),
            bank: dir.join("bank-a"),
        }]);
    }
    let entries = std::fs::read_dir(&dir);
    let entries = entries.map(|entries| entries.flatten().map(|entry| entry.path()));
    let mut banks: Vec<PathBuf> = entries.map(Iterator::collect).unwrap_or_default();
    banks.retain(|bank| bank.join(NODE).is_dir());
    banks.sort();
    let node = |bank: PathBuf| Node {
        name: format!("node of {}", bank.file_name().unwrap_or_default().display()),
        folder: bank.join(NODE),
        bank,
    };
    let nodes: Vec<Node> = banks.into_iter().map(node).collect();
    match nodes.is_empty() {
        false => Ok(nodes),
        true => Err(Failure::invalid(format!(
            "{}: no network is here. Make one: sealane network init --dir {}",
            dir.display(),
            dir.display()
        ))),
    }
}

/// Waits until a node that runs has a block; `false` if none has within ten seconds.
pub async fn first_block(dir: &Path) -> Result<bool, Failure> {
    for _ in 0..100 {
        for Node { folder, bank, .. } in nodes_of(dir)? {
            if processes::running(&folder).is_some() && ask(&bank).await?.height > 0 {
                return Ok(true);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

/// Starts all nodes that do not run; each with the address it listens at.
pub fn start(nodes: Vec<Node>) -> Result<Vec<(Node, String)>, Failure> {
    let mut started = Vec::new();
    for node in nodes {
        let address = processes::start(&node.folder)?;
        started.push((node, address));
    }
    Ok(started)
}
