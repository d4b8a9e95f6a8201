//! `sealane network status`: what the nodes of a network's folder say of themselves.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use sealane_client::chain::NodeStatus;
use serde_json::{Value, json};

use super::nodes::{Node, ask_key_of, ask_node, nodes_of};
use crate::commands::processes;
use crate::files;
use crate::outcome::{Failure, Report};

/// How old the last block of a chain that goes on may be, and after which time a node is asked again.
const OLD: Duration = Duration::from_secs(90);
const LATER: Duration = Duration::from_secs(2);
/// By how many blocks nodes that are level differ, as they are asked one after the other.
const FEW: u64 = 5;

/// Asks each node at its own address, whoever started it. One that does not answer leaves the others' lines, and makes
/// the exit code 1.
pub async fn run(dir: &Path) -> Result<Report, Failure> {
    let (mut found, mut key) = (Vec::new(), None);
    for node in nodes_of(dir)? {
        let pid = processes::running(&node.folder).map(|pid| pid.as_raw_nonzero().get());
        let said = ask_node(&node).await;
        if key.is_none() && said.as_ref().is_ok_and(|status| status.height > 0) {
            key = ask_key_of(&node).await.ok();
        }
        found.push((node, pid, said));
    }
    let reached = found.iter().filter_map(|(_, _, said)| said.as_ref().ok());
    let highest = reached.map(|status| status.height).max();
    let (mut lines, mut nodes, mut best) = (Vec::new(), Vec::new(), None);
    for (node, pid, said) in &found {
        match said {
            Ok(status) => {
                lines.push(reached_line(status, *pid, highest));
                lines.extend(ailing(status));
                nodes.push(shown(status, *pid));
                best = best.or(Some((node, status)).filter(|_| Some(status.height) == highest));
            }
            Err(failure) => {
                lines.push(unreached(node, *pid, &failure.message));
                nodes.push(json!({
                    "name": node.name, "pid": pid, "reached": false, "reason": failure.message, "height": null, "peers": null,
                    "validators": null, "lag": null, "log": processes::ended(&node.folder).map(|(_, log)| log.display().to_string()),
                }));
            }
        }
    }
    let Some((node, status)) = best else {
        return Err(Failure::cannot(format!(
            "{}: none of its nodes answers. Where none runs, start them: sealane network start --dir {}\n{}",
            dir.display(),
            files::word(dir),
            lines.join("\n")
        )));
    };
    lines.extend(standstill(status, || ask_node(node)).await);
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
    let all = found.iter().all(|(_, _, said)| said.is_ok());
    let report = Report {
        text: lines.join("\n"),
        data: json!({
            "ok": all, "chain": status.chain, "chain_name": status.chain_name, "test_keys": status.test_keys, "nodes": nodes, "fingerprint_key": key,
        }),
    };
    match all {
        true => Ok(report),
        false => Err(Failure::reported(report)),
    }
}

fn reached_line(status: &NodeStatus, pid: Option<i32>, highest: Option<u64>) -> String {
    let process = pid.map_or_else(
        || "started by another (systemd)".to_owned(),
        |pid| format!("process {pid}"),
    );
    let behind = highest.map_or(0, |highest| highest.saturating_sub(status.height));
    let behind = match behind {
        0..=FEW => String::new(),
        behind if status.nowhere > 0 => format!("  {behind} blocks behind"),
        behind => format!("  {behind} blocks behind: it catches up"),
    };
    format!(
        "{}  height {}  {} of {} other nodes reached  {} transactions wait  last block {} ago  {process}{behind}",
        status.validator,
        status.height,
        status.peers,
        status.others(),
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

/// What is said of a node whose last block is old: an empty block comes at least once a minute. It is asked `again` a
/// little later: a node that takes earlier blocks has more by then, and its chain does not stand still.
pub async fn standstill<F>(status: &NodeStatus, again: impl FnOnce() -> F) -> Option<String>
where
    F: Future<Output = Result<NodeStatus, Failure>>,
{
    let still = status.standstill(OLD)?;
    tokio::time::sleep(LATER).await;
    let height = again().await.map_or(status.height, |later| later.height);
    Some(aged(status, &still, height))
}

/// What is said of a node whose last block is old, and which is at a height a little later.
fn aged(status: &NodeStatus, still: &str, height: u64) -> String {
    match height > status.height {
        true => format!(
            "{} catches up: it takes earlier blocks, and is at height {height}.",
            called(status)
        ),
        false if status.nowhere > 0 => {
            format!("{} waits for block {}.", called(status), status.nowhere)
        }
        false if status.elsewhere > status.height => {
            format!("{} does not follow: {still}.", called(status))
        }
        false => format!("The chain stands still: {still}."),
    }
}

fn called(status: &NodeStatus) -> &str {
    match status.validator.as_str() {
        "" => "The node",
        name => name,
    }
}

/// All that is amiss at a node that answers.
pub fn ailing(status: &NodeStatus) -> Vec<String> {
    let all = [lacking(status), unsigned(status), stranded(status)];
    all.into_iter().flatten().collect()
}

/// What is said of a validator whose signatures do not count.
fn unsigned(status: &NodeStatus) -> Option<String> {
    status.wrong_key.then(|| {
        format!(
            "{} signs with a key that the chain does not name for it, and its votes do not count: put the newest validator.age or \
             validator-next.age back and start it again, or change its key by vote (sealane validator rekey)",
            called(status)
        )
    })
}

/// What is said of a node that can take its next block from nobody.
fn stranded(status: &NodeStatus) -> Option<String> {
    (status.nowhere > 0).then(|| {
        format!(
            "{} cannot follow: no validator's node that answers has block {}, as each began with a snapshot above it. Stop it, move its data/ and \
             consensus/ away, write begin = \"snapshot\" at the top of its node.toml and start it (a new node: sealane network join --snapshot)",
            called(status),
            status.nowhere
        )
    })
}

/// What is said of a validator that answers nothing, as its share of the fingerprint key is missing.
fn lacking(status: &NodeStatus) -> Option<String> {
    status.lacks_share.then(|| {
        format!(
            "{} lacks its share of the fingerprint key, and answers no inquiry: put the newest backup of its shares/ back and start it \
             again, or vote for a new sharing (sealane proposal new share)",
            called(status)
        )
    })
}

fn shown(status: &NodeStatus, pid: Option<i32>) -> Value {
    json!({
        "name": status.validator, "reached": true, "height": status.height, "peers": status.peers, "validators": status.validators,
        "others": status.others(), "lacks_share": status.lacks_share, "wrong_key": status.wrong_key, "nowhere": status.nowhere, "lag": status.lag_ms, "pid": pid, "waiting": status.waiting, "version": status.version, "block": status.block,
    })
}

/// What is known of a node that does not answer: its process, and why.
fn unreached(node: &Node, pid: Option<i32>, reason: &str) -> String {
    let process = match (pid, processes::ended(&node.folder)) {
        (Some(pid), _) => format!("its process {pid} runs"),
        (None, Some((pid, log))) => format!(
            "its process {pid}, which network start started, has ended; {} says why",
            log.display()
        ),
        (None, None) => "no process known that network start started".to_owned(),
    };
    format!(
        "{}  is not reached: {process}, and it does not answer: {reason}",
        node.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(height: u64, lag_ms: u64) -> NodeStatus {
        NodeStatus {
            chain: String::new(),
            chain_name: String::new(),
            validator: "node-d".to_owned(),
            height,
            block: String::new(),
            peers: 3,
            validators: 4,
            waiting: 0,
            lag_ms,
            version: String::new(),
            test_keys: true,
            lacks_share: false,
            elsewhere: 0,
            nowhere: 0,
            wrong_key: false,
            without_vote: false,
        }
    }

    #[test]
    fn a_node_that_takes_earlier_blocks_is_not_called_a_chain_that_stands_still() {
        assert_eq!(status(100, 60_000).standstill(OLD), None);
        let old = status(100, 600_000);
        let still = old.standstill(OLD).expect("old");
        let told = aged(&old, &still, 160);
        assert!(told.starts_with("node-d catches up"), "{told}");
        let told = aged(&old, &still, 100);
        assert!(told.starts_with("The chain stands still"), "{told}");
        let line = reached_line(&old, Some(1), Some(130));
        assert!(line.ends_with("30 blocks behind: it catches up"), "{line}");
        assert!(reached_line(&old, Some(1), Some(101)).ends_with("process 1"));
        assert!(ailing(&old).is_empty());
        assert!(line.contains("3 of 3 other nodes reached"), "{line}");
        let apart = NodeStatus {
            without_vote: true,
            ..old
        };
        let line = reached_line(&apart, Some(1), None);
        assert!(line.contains("3 of 4 other nodes reached"), "{line}");
    }

    #[test]
    fn a_node_that_nobody_can_help_and_one_that_signs_in_vain_are_told() {
        let stuck = NodeStatus {
            elsewhere: 900,
            nowhere: 101,
            ..status(100, 600_000)
        };
        let still = stuck.standstill(OLD).expect("old");
        let told = aged(&stuck, &still, 100);
        assert!(!told.contains("stands still"), "{told}");
        let line = reached_line(&stuck, Some(1), Some(900));
        assert!(line.ends_with("800 blocks behind"), "{line}");
        let told = ailing(&stuck).concat();
        assert!(told.contains("has block 101") && told.contains("begin = \"snapshot\""));
        let apart = NodeStatus {
            nowhere: 0,
            ..stuck
        };
        let told = aged(&apart, &still, 100);
        assert!(told.contains("does not follow") && !told.contains("two thirds"));
        let vain = NodeStatus {
            wrong_key: true,
            ..status(100, 0)
        };
        assert!(ailing(&vain).concat().contains("its votes do not count"));
    }
}
