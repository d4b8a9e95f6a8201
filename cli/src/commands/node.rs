//! `sealane node`: a node's process, its log, and what it says of itself.

use std::path::Path;

use sealane_node::NodeHome;
use serde_json::json;

use super::desk::Desk;
use super::network::nodes::{ask, ask_key};
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
    sealane_node::start_log(as_json, args.log_file.as_deref())
        .map_err(|error| Failure::cannot(format!("the log's file: {error}")))?;
    let home = NodeHome::open(&super::validator::node_folder(folder)).map_err(Failure::invalid)?;
    sealane_node::run(home, sealane_node::signals())
        .await
        .map_err(Failure::cannot)?;
    Ok(Report {
        text: String::new(),
        data: json!({"ok": true, "stopped": true}),
    })
}

/// Sets what the log tells, also while the node runs.
fn log(folder: &Path, level: &str) -> Result<Report, Failure> {
    sealane_node::check_level(level).map_err(Failure::invalid)?;
    sealane_node::set_log(&super::validator::node_folder(folder), level)
        .map_err(Failure::invalid)?;
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
        "{name}  height {}  {} other nodes reached, {} validators  {} transactions wait  last block {} ms ago  version {}\n\
         network {}  chain {}",
        status.height,
        status.peers,
        status.validators,
        status.waiting,
        status.lag_ms,
        status.version,
        status.chain_name,
        status.chain,
    );
    if let Some(key) = &key {
        text.push_str(&format!("\n{key}"));
    }
    let present = key.as_ref().and_then(|key| key.present.as_ref());
    let data = json!({
        "ok": true, "name": status.validator, "height": status.height, "peers": status.peers, "validators": status.validators,
        "waiting": status.waiting, "lag": status.lag_ms, "version": status.version, "block": status.block, "chain": status.chain,
        "chain_name": status.chain_name, "test_keys": status.test_keys, "epoch": present.map(|key| key.epoch.0),
    });
    Ok(Report { text, data })
}
