//! What the engine says as an error and is none, and what it says without end.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How the names of the engine's parts begin, and that of what its parts are made with.
const PARTS: [&str; 3] = ["arc_malachitebft", "informalsystems_malachitebft", "ractor"];
/// How it begins where its log cannot be written: that is told at any time.
const DISK: &str = "ATTENTION";
/// What it says where it sends something and no peer is connected yet: that peers are not reached is said with their
/// names.
const ALONE: &str = "NoPeersSubscribedToTopic";
/// What it says of a block that this node does not vote for as its clock is slow, and takes all the same: the clock is
/// told of elsewhere, and a block that does not follow stops the node.
const CERTIFIED: &str = "Commit certificate for invalid value";
/// What it says of each connection of a node that is no peer.
const STRANGER: &str = "Rejecting connection from non-persistent peer";
/// Most ids of strangers that are kept, and how often they are told of.
const MOST: usize = 64;
const PAUSE: Duration = Duration::from_secs(60);

/// Whether the node ends as it was asked to: the engine's parts then miss one another.
static ENDING: AtomicBool = AtomicBool::new(false);
static STRANGERS: Mutex<Strangers> = Mutex::new(Strangers::NONE);

/// Says whether this process' node ends in order.
pub(crate) fn is_ending(ending: bool) {
    ENDING.store(ending, Ordering::Relaxed);
}

/// Whether what a part of the engine says is kept from the log.
pub(super) fn hides(target: &str, said: &str, peer: &str) -> bool {
    if !PARTS.iter().any(|part| target.starts_with(part)) {
        return false;
    }
    if said.starts_with(STRANGER) {
        strangers(|all| all.note(peer));
        return true;
    }
    let ends = ENDING.load(Ordering::Relaxed) && !said.starts_with(DISK);
    let said_elsewhere = said.contains(ALONE) || said.starts_with(CERTIFIED);
    ends || said_elsewhere || said.contains(sealane_consensus::NOT_SENT)
}

fn strangers<T>(with: impl FnOnce(&mut Strangers) -> T) -> T {
    with(&mut STRANGERS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What is to be told of connections that were refused since it was told last; nothing within a minute of that.
pub(crate) fn refused(now: Instant) -> Option<String> {
    strangers(|all| all.tell(now))
}

/// Nodes that are no peers and connect for consensus.
#[derive(Debug)]
struct Strangers {
    count: u64,
    ids: BTreeSet<String>,
    told: Option<Instant>,
}

impl Strangers {
    const NONE: Self = Self {
        count: 0,
        ids: BTreeSet::new(),
        told: None,
    };

    fn note(&mut self, id: &str) {
        self.count = self.count.saturating_add(1);
        if self.ids.len() < MOST {
            self.ids.insert(id.to_owned());
        }
    }

    fn tell(&mut self, now: Instant) -> Option<String> {
        let recent = |told: Instant| now.saturating_duration_since(told) < PAUSE;
        if self.count == 0 || self.told.is_some_and(recent) {
            return None;
        }
        self.told = Some(now);
        let count = std::mem::take(&mut self.count);
        let ids: Vec<String> = std::mem::take(&mut self.ids).into_iter().collect();
        let shown = ids.iter().take(3).map(String::as_str);
        let shown = shown.collect::<Vec<_>>().join(", ");
        let more = match ids.len().saturating_sub(3) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "{count} connections for consensus were refused, of nodes that are no peers in node.toml, with the id {shown}{more}. If one \
             is a node of the network, add its entry under [[consensus.peers]]; a firewall keeps others away"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_told_of_once_a_minute_with_their_count() {
        let (mut all, now) = (Strangers::NONE, Instant::now());
        assert_eq!(all.tell(now), None);
        all.note("12D3a");
        let told = all.tell(now).expect("the first at once");
        assert!(
            told.starts_with("1 connections") && told.contains("12D3a."),
            "{told}"
        );
        for number in 0..100 {
            all.note(&format!("12D3{number:03}"));
            assert_eq!(all.tell(now + PAUSE / 2), None);
        }
        let told = all.tell(now + PAUSE).expect("a minute later");
        assert!(told.starts_with("100 connections"), "{told}");
        assert!(told.contains("12D3002 and 61 more"), "{told}");
        assert_eq!(all.tell(now + 3 * PAUSE), None, "nobody came");
    }

    #[test]
    fn the_engine_s_words_are_no_errors_while_the_node_ends() {
        let engine = "arc_malachitebft_engine::util::failure";
        let safety = "Safety-critical failure; hanging to prevent unsafe auto-restart";
        assert!(!hides(engine, safety, ""));
        is_ending(true);
        assert!(hides(engine, safety, ""));
        assert!(!hides(
            engine,
            "ATTENTION: Failed to append entry to WAL: no space",
            ""
        ));
        assert!(!hides("sealane_node::node", safety, ""));
        is_ending(false);
        let alone = "Error publishing message: NoPeersSubscribedToTopic";
        assert!(hides("arc_malachitebft_network", alone, ""));
        assert!(!hides(
            "arc_malachitebft_network",
            "Error publishing message: Duplicate",
            ""
        ));
        let unsigned = format!(
            "Failed to encode consensus message: {}",
            sealane_consensus::NOT_SENT
        );
        assert!(hides("arc_malachitebft_engine::network", &unsigned, ""));
        let stranger =
            "Rejecting connection from non-persistent peer as persistent_peers_only mode is on";
        assert!(hides(
            "arc_malachitebft_discovery::handlers::identify",
            stranger,
            "12D3x"
        ));
        assert!(refused(Instant::now()).expect("told").contains("12D3x"));
    }
}
