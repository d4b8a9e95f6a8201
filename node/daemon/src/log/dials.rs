//! What the engine says of peers that it cannot reach. It says so at each attempt, several a minute, and without their names:
//! that is kept from the log, and whoever knows the peers tells it with names and seldom.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use sealane_types::ids::AliasId;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::quiet;
use crate::config::Peer;

/// The parts of the engine that call peers, and what they say when that fails.
const CALLERS: [&str; 2] = ["arc_malachitebft_network", "arc_malachitebft_discovery"];
const FAILED: [&str; 2] = ["Error dialing peer", "Failed to dial peer"];
/// What they say, without a name and several times, when a peer ends: that it is not reached, others say with its name.
const ENDED: [&str; 6] = [
    "Connection closed with",
    "Removing active connection",
    "Inbound connection",
    "Outbound connection",
    "Last connection to peer",
    "Resetting bootstrap node",
];
/// The part that checks signatures, and how it begins where one is wrong. What this validator's mark does not let it sign comes
/// back to it without a signature; the mark says so itself.
const CHECKER: &str = "arc_malachitebft_core_consensus";
const UNSIGNED: [&str; 2] = [
    "Received invalid signature for proposal",
    "Received vote with invalid signature",
];
/// What is said where another node answers than the one that was called.
const OTHER: &str = "Unexpected peer ID ";
/// Most different texts that wait to be told, and the characters of each.
const MOST: usize = 512;
const LONGEST: usize = 1024;
/// How often a peer that is away is named, and one whose entry is wrong.
const AWAY: Duration = Duration::from_secs(3600);
const WRONG: Duration = Duration::from_secs(60);

static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
/// This validator, as the engine writes it.
static OWN: OnceLock<String> = OnceLock::new();
/// Whether the operator asks for parts of the engine by name.
static ENGINE: AtomicBool = AtomicBool::new(false);

/// Whose messages without a signature are not told of.
pub(crate) fn is_own(validator: &AliasId) {
    let _ = OWN.set(validator.to_string()); // the same at each start in this process
}

/// Where a level names parts of the engine, what these say of ended connections is told too.
pub(super) fn follow_engine(level: &str) {
    ENGINE.store(level.contains("arc_malachitebft"), Ordering::Relaxed);
}

/// Whether the engine says that a message of this validator itself is not signed.
fn is_own_unsigned(said: &str) -> bool {
    let own = OWN.get().map(|own| format!("from: {own}"));
    UNSIGNED.iter().any(|begin| said.starts_with(begin))
        && own.is_some_and(|own| said.contains(&own))
}

/// Keeps failed attempts from the log, and what is told elsewhere with names.
pub(super) struct Dials;

impl<S: Subscriber> Layer<S> for Dials {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let target = event.metadata().target();
        if target.starts_with("sealane") {
            return true;
        }
        let checks = target.starts_with(CHECKER);
        let mut message = Message::default();
        event.record(&mut message);
        if quiet::hides(target, &message.0, &message.1) {
            return ENGINE.load(Ordering::Relaxed);
        }
        if !checks && !CALLERS.iter().any(|caller| target.starts_with(caller)) {
            return true;
        }
        if checks {
            return !is_own_unsigned(&message.0);
        }
        if ENDED.iter().any(|begin| message.0.starts_with(begin)) {
            return ENGINE.load(Ordering::Relaxed);
        }
        let failed = FAILED.iter().any(|begin| message.0.starts_with(begin));
        if failed {
            keep(message.0);
        }
        !failed
    }
}

/// What is said, and of which peer.
#[derive(Default)]
struct Message(String, String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let part = match field.name() {
            "message" => &mut self.0,
            "peer" => &mut self.1,
            _ => return,
        };
        let _ = write!(part, "{value:?}"); // a String takes all
    }
}

fn keep(text: String) {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.len() < MOST {
        said.insert(text.chars().take(LONGEST).collect());
    }
}

/// What was said since it was asked last.
pub(crate) fn take() -> BTreeSet<String> {
    std::mem::take(&mut *SAID.lock().unwrap_or_else(PoisonError::into_inner))
}

/// When each peer was named last.
#[derive(Debug, Default)]
pub(crate) struct Named(BTreeMap<(String, bool), Instant>);

impl Named {
    /// What is to be told of an attempt that failed: which peer it was, and why; nothing where that was told a short time ago.
    pub(crate) fn hear(&mut self, said: &str, peers: &[Peer], now: Instant) -> Option<String> {
        let called = |peer: &&Peer| said.contains(&place(peer.consensus));
        let peer = peers.iter().find(called);
        let peer = peer.or_else(|| peers.iter().find(|peer| said.contains(&peer.id)))?;
        let other = said.split_once(OTHER).map(|(_, rest)| rest);
        let key = (peer.name.clone(), other.is_some());
        let pause = if other.is_some() { WRONG } else { AWAY };
        let recent = |at: &Instant| now.saturating_duration_since(*at) < pause;
        if self.0.get(&key).is_some_and(recent) {
            return None;
        }
        self.0.insert(key, now);
        let (name, address) = (&peer.name, peer.consensus);
        Some(match other.and_then(|rest| rest.split(' ').next()) {
            Some(shown) => format!(
                "the peer {name} at {address} shows the id {shown}, and node.toml says {}: correct the id or the address",
                peer.id
            ),
            None => format!(
                "the peer {name} at {address} is not reached for consensus: {}",
                reason(said)
            ),
        })
    }
}

/// An address as the engine writes it, up to the slash that follows it.
fn place(address: SocketAddr) -> String {
    let family = if address.is_ipv4() { "ip4" } else { "ip6" };
    format!("/{family}/{}/tcp/{}/", address.ip(), address.port())
}

/// The last of the causes, which stand in one another.
fn reason(said: &str) -> &str {
    let last = said.rsplit(": ").next().unwrap_or(said).trim();
    last.trim_end_matches(']').strip_suffix(')').unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    fn peer(name: &str, id: &str, port: u16) -> Peer {
        Peer {
            name: name.to_owned(),
            id: id.to_owned(),
            consensus: SocketAddr::from(([127, 0, 0, 1], port)),
            observer: false,
            api: SocketAddr::from(([127, 0, 0, 1], 1)),
        }
    }

    const DOWN: &str = "Error dialing peer: Failed to negotiate transport protocol(s): [(/ip4/127.0.0.1/tcp/3102/p2p/12D3a: : \
                        Connection refused (os error 111): Connection refused (os error 111))]";

    #[test]
    fn a_peer_that_is_away_is_named_once_an_hour_and_a_wrong_one_once_a_minute() {
        let peers = [peer("node-b", "12D3b", 310), peer("node-c", "12D3a", 3102)];
        let (mut named, now) = (Named::default(), Instant::now());
        let told = named.hear(DOWN, &peers, now).expect("told");
        assert!(told.contains("node-c at 127.0.0.1:3102"), "{told}");
        assert!(
            told.ends_with("Connection refused (os error 111)"),
            "{told}"
        );
        assert_eq!(named.hear(DOWN, &peers, now + WRONG), None);
        assert!(named.hear(DOWN, &peers, now + AWAY).is_some());
        let wrong = "Error dialing peer: Dial error: Unexpected peer ID 12D3x at /ip4/127.0.0.1/tcp/310/p2p/12D3b.";
        let told = named.hear(wrong, &peers, now).expect("told");
        assert!(told.contains("node-b") && told.contains("12D3x"), "{told}");
        assert_eq!(named.hear(wrong, &peers, now + WRONG / 2), None);
        assert!(named.hear(wrong, &peers, now + WRONG).is_some());
        assert_eq!(named.hear("Error dialing peer: nobody", &peers, now), None);
    }

    #[test]
    fn what_the_engine_says_of_each_attempt_is_kept_from_the_log() {
        let log = std::sync::Arc::new(Mutex::new(Vec::new()));
        #[derive(Clone)]
        struct Sink(std::sync::Arc<Mutex<Vec<u8>>>);
        impl std::io::Write for Sink {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().expect("a lock").extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let sink = Sink(std::sync::Arc::clone(&log));
        let builder = tracing_subscriber::fmt().with_writer(move || sink.clone());
        tracing::subscriber::with_default(builder.finish().with(Dials), || {
            tracing::error!(target: "arc_malachitebft_network", "{DOWN}");
            tracing::error!(target: "arc_malachitebft_network", "Error listening on 1");
            tracing::error!("Error dialing peer: our own words");
            let closed = "Last connection to peer 12D3a closed, removing from outbound peers";
            tracing::warn!(target: "arc_malachitebft_discovery::handlers::close", "{closed}");
            let (own, other) = (AliasId::new([7; 32]), AliasId::new([8; 32]));
            is_own(&own);
            for from in [own, other] {
                let target = "Received vote with invalid signature: Prevote(height: 3, from: ";
                tracing::warn!(target: "arc_malachitebft_core_consensus::handle::vote", "{target}{from})");
            }
        });
        let text = String::from_utf8(log.lock().expect("a lock").clone()).expect("text");
        assert_eq!(text.lines().count(), 3, "{text}");
        let other = AliasId::new([8; 32]).to_string();
        for told in ["listening", "our own", &other] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(take().contains(DOWN));
    }
}
