//! `sealane node`: a node's process, its log, and what it says of itself.

use std::path::Path;

use sealane_client::chain::NodeOptions;
use sealane_client::chain::{NodeError, NodeStatus};
use sealane_node::{NodeHome, Peer};
use serde_json::json;

use super::desk::Desk;
use super::network::nodes::{ask, ask_key, client_at};
use super::network::status::{ago, ailing, standstill};
use crate::args::{NodeArgs, NodeCommand};
use crate::outcome::{Failure, Report};

/// Runs the node of `--home` until SIGTERM or SIGINT, or does what else is asked of it.
pub async fn run(desk: &Desk, args: NodeArgs, as_json: bool) -> Result<Report, Failure> {
    let folder = desk.home.as_deref();
    let folder =
        folder.ok_or_else(|| Failure::invalid("a node needs its home: sealane node --home DIR"))?;
    match args.command {
        Some(NodeCommand::Status) => return status(desk).await,
        Some(NodeCommand::Log { level }) => return log(folder, &level),
        None => {}
    }
    sealane_node::start_log(as_json, args.log_file.as_deref()).map_err(|error| {
        let file = args.log_file.as_deref().unwrap_or(Path::new("the log"));
        Failure::cannot(format!(
            "{}: the log cannot be written there: {error}",
            file.display()
        ))
    })?;
    let home = NodeHome::open(&super::validator::node_folder(folder)).map_err(Failure::of_files)?;
    let ended = sealane_node::run(home, sealane_node::signals()).await;
    if !sealane_node::finish_log() {
        // nobody reads standard error: why it ended cannot be said there, and the process does not wait for that
        std::process::exit(i32::from(ended.is_err()));
    }
    ended.map_err(Failure::cannot)?;
    Ok(Report {
        text: String::new(),
        data: json!({"ok": true, "stopped": true}),
    })
}

/// Sets what the log tells, also while the node runs.
fn log(folder: &Path, level: &str) -> Result<Report, Failure> {
    sealane_node::check_level(level).map_err(Failure::invalid)?;
    sealane_node::set_log(&super::validator::node_folder(folder), level)
        .map_err(Failure::of_files)?;
    Ok(Report {
        text: format!(
            "The node's log tells `{level}` within two seconds, and after the next start."
        ),
        data: serde_json::json!({"ok": true, "log": level}),
    })
}

/// `sealane node status`: what the node that a bank's home speaks through says of itself. Nothing of it is proven but
/// the fingerprint key.
async fn status(desk: &Desk) -> Result<Report, Failure> {
    let home = desk.home()?;
    let status = ask(home).await?;
    let key = match status.height {
        0 => None, // nothing is proven before the first block
        _ => Some(ask_key(home).await?),
    };
    let name = match status.validator.as_str() {
        "" => "observes",
        name => name,
    };
    let mut text = format!(
        "{name}  height {}  {} of {} other nodes reached  {} transactions wait  last block {} ago  version {}\n\
         network {}  chain {}",
        status.height,
        status.peers,
        status.others(),
        status.waiting,
        ago(status.lag_ms),
        status.version,
        status.chain_name,
        status.chain,
    );
    let still = standstill(&status, || ask(home)).await;
    for line in still.into_iter().chain(ailing(&status)) {
        text.push_str(&format!("\n{line}"));
    }
    let missing = missing(home, &status).await;
    for peer in &missing {
        let (name, address, reason) = (&peer.name, &peer.address, &peer.reason);
        text.push_str(&format!("\nmissing: {name} at {address}: {reason}"));
    }
    if let Some(key) = &key {
        text.push_str(&format!("\n{key}"));
    }
    let missing: Vec<_> = missing
        .into_iter()
        .map(|peer| json!({"name": peer.name, "address": peer.address, "reason": peer.reason}))
        .collect();
    let present = key.as_ref().and_then(|key| key.present.as_ref());
    let data = json!({
        "ok": true, "name": status.validator, "height": status.height, "peers": status.peers, "validators": status.validators,
        "waiting": status.waiting, "lag": status.lag_ms, "version": status.version, "block": status.block, "chain": status.chain,
        "chain_name": status.chain_name, "test_keys": status.test_keys, "epoch": present.map(|key| key.epoch.0), "missing": missing,
        "others": status.others(), "lacks_share": status.lacks_share, "wrong_key": status.wrong_key, "nowhere": status.nowhere,
    });
    Ok(Report { text, data })
}

/// A peer that a node does not reach.
struct Missing {
    name: String,
    address: String,
    reason: String,
}

/// Whom the node does not reach, of the validators among the peers in its `node.toml`: each is asked from here. Where its
/// folder is on another machine nobody is named.
async fn missing(home: &Path, status: &NodeStatus) -> Vec<Missing> {
    let Ok(node) = NodeHome::open(&super::validator::node_folder(home)) else {
        return Vec::new();
    };
    let peers = node.config().consensus.iter().flat_map(|one| &one.peers);
    let peers: Vec<_> = peers.filter(|peer| !peer.observer).collect();
    if node.name() != status.validator || status.peers as usize >= peers.len() {
        return Vec::new();
    }
    let mut missing = Vec::new();
    for peer in peers {
        let place = NodeOptions {
            name: peer.name.clone(),
            address: format!("https://{}", peer.api),
        };
        let asked = match client_at(home, &place) {
            Ok(client) => client.status().await.err(),
            Err(failure) => {
                missing.push(absent(peer, failure.message));
                continue;
            }
        };
        missing.extend(asked.map(|error| absent(peer, why(error))));
    }
    missing
}

fn absent(peer: &Peer, reason: String) -> Missing {
    Missing {
        name: peer.name.clone(),
        address: peer.api.to_string(),
        reason,
    }
}

/// The reason alone: what to do in `home.toml` is not what to do here.
fn why(error: NodeError) -> String {
    if let NodeError::Unreachable { reason, .. } = error {
        return reason;
    }
    error.to_string()
}
