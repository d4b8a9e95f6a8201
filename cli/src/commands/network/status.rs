//! `sealane network status`: what the nodes of a network's folder say of themselves.

use std::path::Path;
use std::time::Duration;

use sealane_client::chain::NodeStatus;
use serde_json::{Value, json};

use super::nodes::{Node, ask_key_of, ask_node, nodes_of};
use crate::commands::processes;
use crate::outcome::{Failure, Report};

/// Asks each node at its own address, whoever started it. One that does not answer leaves the others' lines.
pub async fn run(dir: &Path) -> Result<Report, Failure> {
    let (mut lines, mut nodes, mut chain, mut key) = (Vec::new(), Vec::new(), None, None);
    for node in nodes_of(dir)? {
        let pid = processes::running(&node.folder).map(|pid| pid.as_raw_nonzero().get());
        match ask_node(&node).await {
            Ok(status) => {
                lines.push(reached(&status, pid));
                nodes.push(shown(&status, pid));
                if key.is_none() && status.height > 0 {
                    key = ask_key_of(&node).await.ok();
                }
                chain = Some(status);
            }
            Err(failure) => {
                lines.push(unreached(&node, pid, &failure.message));
                nodes.push(json!({
                    "name": node.name, "pid": pid, "reached": false, "reason": failure.message, "height": null, "peers": null,
                    "validators": null, "lag": null,
                }));
            }
        }
    }
    let Some(status) = chain else {
        return Err(Failure::cannot(format!(
            "{}: none of its nodes answers. Where none runs, start them: sealane network start --dir {}\n{}",
            dir.display(),
            dir.display(),
            lines.join("\n")
        )));
    };
    lines.extend(standstill(&status));
    lines.push(format!(
        "network {}  chain {}",
        status.chain_name, status.chain
    ));
    lines.extend(key.as_ref().map(ToString::to_string));
    let present = key.as_ref().and_then(|key| key.present.as_ref());
    let open = key.as_ref().and_then(|key| key.round.as_ref());
    let key = json!({
        "epoch": present.map(|key| key.epoch.0), "threshold": present.map(|key| key.threshold), "holders": present.map(|key| key.holders.len()),
        "open_round": open.map(|round| round.epoch.0), "dealt": open.map(|round| round.dealt.len()), "confirmed": open.map(|round| round.confirmed()),
        "lapsed": open.map(|round| round.lapsed), "waits_for": key.as_ref().map(|key| &key.waits_for),
        "needs_consent": key.as_ref().is_some_and(|key| key.lowered().is_some()),
    });
    Ok(Report {
        text: lines.join("\n"),
        data: json!({
            "ok": true, "chain": status.chain, "chain_name": status.chain_name, "test_keys": status.test_keys, "nodes": nodes, "fingerprint_key": key,
        }),
    })
}

fn reached(status: &NodeStatus, pid: Option<i32>) -> String {
    let process = pid.map_or_else(
        || "started by another (systemd)".to_owned(),
        |pid| format!("process {pid}"),
    );
    format!(
        "{}  height {}  {} of {} other nodes reached  {} transactions wait  last block {} ago  {process}",
        status.validator,
        status.height,
        status.peers,
        status.validators.saturating_sub(1).max(status.peers),
        status.waiting,
        ago(status.lag_ms),
    )
}

/// A time that has passed, for a person.
pub fn ago(milliseconds: u64) -> String {
    match milliseconds {
        0..10_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => format!("{} s", milliseconds / 1000),
    }
}

/// What is said where the chain stands still: an empty block comes at least once a minute.
pub fn standstill(status: &NodeStatus) -> Option<String> {
    const LONG: Duration = Duration::from_secs(90);
    let still = status.standstill(LONG)?;
    Some(format!("The chain stands still: {still}."))
}

fn shown(status: &NodeStatus, pid: Option<i32>) -> Value {
    json!({
        "name": status.validator, "reached": true, "height": status.height, "peers": status.peers, "validators": status.validators,
        "lag": status.lag_ms, "pid": pid, "waiting": status.waiting, "version": status.version, "block": status.block,
    })
}

/// What is known of a node that does not answer: its process, and why.
fn unreached(node: &Node, pid: Option<i32>, reason: &str) -> String {
    let process = pid.map_or_else(
        || "no process known that network start started".to_owned(),
        |pid| format!("its process {pid} runs"),
    );
    format!(
        "{}  is not reached: {process}, and it does not answer: {reason}",
        node.name
    )
}
