//! The nodes of a network's folder.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sealane_client::chain::{
    FingerprintKeyState, Lie, NodeClient, NodeError, NodeOptions, NodeStatus, Seen, Trust,
};
use sealane_client::home::{read_config, read_credentials, read_genesis};
use sealane_wire::tls::{self, Credentials};

use crate::commands::processes;
use crate::files;
use crate::outcome::Failure;
use crate::terminal::remark;

/// Said while a network that was stopped has no new block.
const STILL: &str = "waiting for the first block since the network was stopped";
/// How long a new network's nodes may take to generate the fingerprint key: all of them together take seconds.
const KEY_PATIENCE: Duration = Duration::from_secs(60);

/// The folder of a node: in the network's folder where there is one for all, else in its bank's home.
pub const NODE: &str = "node";

/// What a node says of itself, asked through the configuration of a bank that uses it.
pub async fn ask(bank: &Path) -> Result<NodeStatus, Failure> {
    let node = client(bank)?;
    node.status().await.map_err(Failure::cannot)
}

/// How the fingerprint key stands, proven by a bank's node.
pub async fn ask_key(bank: &Path) -> Result<FingerprintKeyState, Failure> {
    let node = client(bank)?;
    node.fingerprint_key().await.map_err(Failure::cannot)
}

/// What a node of a network's folder says of itself, asked at its own address.
pub async fn ask_node(node: &Node) -> Result<NodeStatus, Failure> {
    let client = client_at(&node.bank, &node.place()?)?;
    client.status().await.map_err(Failure::cannot)
}

/// As [`ask_key`], proven by this node.
pub async fn ask_key_of(node: &Node) -> Result<FingerprintKeyState, Failure> {
    let client = client_at(&node.bank, &node.place()?)?;
    client.fingerprint_key().await.map_err(Failure::cannot)
}

fn client(bank: &Path) -> Result<NodeClient, Failure> {
    let config = read_config(bank).map_err(Failure::of_files)?;
    client_at(bank, &config.node())
}

/// A client of the node at this place, with a bank's certificate.
pub fn client_at(bank: &Path, place: &NodeOptions) -> Result<NodeClient, Failure> {
    let genesis = read_genesis(bank).map_err(Failure::of_files)?;
    let seen = Seen::beside(bank).map_err(Failure::cannot)?;
    let credentials = read_credentials(bank).map_err(Failure::of_files)?;
    let trust = Trust::in_genesis(&genesis);
    NodeClient::new(place, &credentials, trust, seen).map_err(Failure::cannot)
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

impl Node {
    /// Where it listens, by its own word while it runs, and whose certificate it has; else what its bank's home says.
    fn place(&self) -> Result<NodeOptions, Failure> {
        let config = read_config(&self.bank).map_err(Failure::of_files)?;
        let said = std::fs::read_to_string(processes::address_file(&self.folder));
        let own = Credentials::open(&self.folder.join(tls::FOLDER));
        Ok(match (said, own) {
            (Ok(address), Ok(own)) => NodeOptions {
                name: own.party().name().to_owned(),
                address: format!("https://{}", address.trim()),
            },
            _ => config.node(),
        })
    }
}

/// The nodes in a network's folder.
pub fn nodes_of(dir: &Path) -> Result<Vec<Node>, Failure> {
    // absolute paths, so that a process can be told by its command line from wherever it is asked for
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    if ["home.toml", "node.toml"]
        .iter()
        .any(|file| dir.join(file).is_file())
    {
        let network = dir.parent().unwrap_or(&dir).display();
        return Err(Failure::invalid(format!(
            "{}: is a member's home or a node's folder, and --dir names the folder of the whole network, {network} perhaps",
            dir.display()
        )));
    }
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
            "{}: there is no network here. Make one: sealane network init --dir {}",
            dir.display(),
            files::word(&dir)
        ))),
    }
}

/// Waits until a node that runs has a block; `false` if none has within ten seconds.
pub async fn first_block(dir: &Path) -> Result<bool, Failure> {
    for _ in 0..100 {
        for node in nodes_of(dir)? {
            let runs = processes::running(&node.folder).is_some();
            if runs && ask_node(&node).await.is_ok_and(|said| said.height > 0) {
                return Ok(true);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

/// What a network that starts waits for.
enum Waits {
    /// The fingerprint key: how far it is.
    Key(String),
    /// A block since it was stopped.
    Block,
    /// A node's answer: why there is none.
    Answer(String),
}

impl Waits {
    /// Said meanwhile.
    fn now(&self) -> &str {
        match self {
            Self::Key(words) | Self::Answer(words) => words,
            Self::Block => STILL,
        }
    }

    /// Said when it has waited long enough.
    fn in_the_end(&self) -> String {
        match self {
            Self::Key(progress) => format!(
                "The chain has blocks, but no fingerprint key yet. Banks can seal now, and finance once all nodes have run \
                 together: start the others.\n{}",
                sentence(progress)
            ),
            Self::Block => {
                "No new block yet: more than two thirds of the nodes must run.".to_owned()
            }
            Self::Answer(why) => format!(
                "The chain has blocks. How its fingerprint key stands could not be asked: {}",
                sentence(why)
            ),
        }
    }
}

/// With a full stop at its end, so that another sentence can follow.
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    match text.ends_with(['.', '!', '?']) {
        true => text.to_owned(),
        false => format!("{text}."),
    }
}

/// Waits until the fingerprint key stands, and tells how it comes about; what is to be said if it does not within a
/// minute.
pub async fn first_key(dir: &Path) -> Result<Result<(), String>, Failure> {
    let (begun, mut told) = (Instant::now(), String::new());
    let nodes = nodes_of(dir)?;
    let mut running = nodes
        .iter()
        .filter(|node| processes::running(&node.folder).is_some());
    let Some(Node { bank, .. }) = running.next() else {
        return Ok(Err("No node runs.".to_owned()));
    };
    loop {
        let waits = match client(bank) {
            Ok(node) => match node.fingerprint_key().await {
                Ok(state) if state.present.is_some() => return Ok(Ok(())),
                Ok(state) => {
                    let progress = state.progress();
                    Waits::Key(progress.unwrap_or_else(|| state.to_string()))
                }
                // its blocks are of before a stop: the next one comes soon
                Err(NodeError::Lies {
                    lie: Lie::Stale { .. },
                    ..
                }) => Waits::Block,
                // until its first headers are certified a node has nothing to prove by
                Err(error) => Waits::Answer(error.to_string()),
            },
            Err(failure) => Waits::Answer(failure.message),
        };
        let now = waits.now();
        if now != told {
            remark(now);
            told = now.to_owned();
        }
        if begun.elapsed() > KEY_PATIENCE {
            return Ok(Err(waits.in_the_end()));
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
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

/// Holds a port; of 0 any that is free and lies below those that the system takes for outgoing connections, as one of these
/// could take a node's port while the node does not run.
pub(super) fn hold(port: u16) -> Result<TcpListener, Failure> {
    const FIRST: u32 = 12_000;
    const COUNT: u32 = 20_000;
    if port == 0 {
        let begin = std::process::id().wrapping_mul(97) % COUNT;
        let mut ports = (0..COUNT).map(|next| FIRST + (begin + next) % COUNT);
        let free = ports.find_map(|port| {
            let port = u16::try_from(port).ok()?;
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()
        });
        let said = "no port from 12000 to 31999 on loopback is free. Choose one with --port.";
        return free.ok_or_else(|| Failure::cannot(said));
    }
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        Failure::cannot(format!(
            "port {port} on loopback cannot be used: {error}. Choose another with --port."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_network_from_beginning_is_said_as_it_is() {
        let unasked = Waits::Answer("the node is busy; try again".to_owned()).in_the_end();
        assert!(
            unasked.ends_with("the node is busy; try again."),
            "{unasked}"
        );
        assert!(!unasked.contains("no fingerprint key yet"), "{unasked}");
        let key = Waits::Key("round 1: 0 of 4 holders".to_owned()).in_the_end();
        assert!(key.contains("no fingerprint key yet"), "{key}");
        assert!(key.ends_with("0 of 4 holders."), "{key}");
    }
}
