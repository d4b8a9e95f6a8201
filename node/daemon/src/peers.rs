//! Peers come and go while the node runs: whoever operates it changes `[consensus]` in `node.toml`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sealane_consensus::PeerAddress;
use tokio::sync::watch;

use crate::config::{Config, Peer, read_config};
use crate::gossip::Gossip;
use crate::home::files::HomeError;
use crate::log::dials::{self, Named};
use crate::log::quiet;

/// How often the configuration is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What the engine needs of peers.
pub(crate) fn addresses(peers: &[Peer]) -> Vec<PeerAddress> {
    peers.iter().cloned().map(PeerAddress::from).collect()
}

/// Where the peers stand, and whose they are.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    /// The node's configuration.
    pub path: PathBuf,
    /// The node's own name, and its id.
    pub own: (String, String),
    /// The names of genesis' validators.
    pub validators: BTreeSet<String>,
}

impl Book {
    fn read(&self) -> Result<Config, HomeError> {
        let config = read_config(&self.path)?;
        config.check_own(&self.path, &self.own.0, &self.own.1)?;
        Ok(config)
    }
}

/// What is to be said of validators that the configuration has as observers. One that was an observer when it came
/// keeps that name in it, so it is told by whoever makes it a validator.
fn taken_for_observers(peers: &[Peer], validators: &BTreeSet<String>) -> Vec<String> {
    let wrong = peers
        .iter()
        .filter(|peer| peer.observer && validators.contains(&peer.name));
    let told = |peer: &Peer| {
        format!(
            "the peer {} is a validator, and node.toml has it as an observer: no transactions are passed on to it. Remove the line \
             `observer = true` from its entry",
            peer.name
        )
    };
    wrong.map(told).collect()
}

/// Looks at the configuration until nobody listens any more, and passes changes of peers on; names those that the engine
/// does not reach.
pub(crate) async fn follow(
    book: Book,
    mut peers: Vec<Peer>,
    gossip: Gossip,
    tell: watch::Sender<Vec<PeerAddress>>,
) {
    let mut named = Named::default();
    let observers = |peers: &[Peer]| {
        for told in taken_for_observers(peers, &book.validators) {
            tracing::warn!("{told}");
        }
    };
    observers(&peers);
    while !tell.is_closed() {
        tokio::time::sleep(LOOK).await;
        for said in dials::take() {
            if let Some(told) = named.hear(&said, &peers, Instant::now()) {
                tracing::warn!("{told}");
            }
        }
        if let Some(told) = quiet::refused(Instant::now()) {
            tracing::warn!("{told}");
        }
        let read = book.clone();
        let config = tokio::task::spawn_blocking(move || read.read()).await;
        let now = match config {
            Ok(Ok(config)) => config.consensus.map(|one| one.peers).unwrap_or_default(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the peers stay as they were");
                continue;
            }
            Err(_) => return, // the runtime ends
        };
        if now != peers {
            observers(&now);
            gossip.change(&now);
            tell.send_replace(addresses(&now));
            peers = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use sealane_crypto::signature::SigningKey;

    use super::*;
    use crate::config::{Consensus, peer_id, write_config};

    fn peer(name: &str, id: &str) -> Peer {
        Peer {
            name: name.to_owned(),
            id: id.to_owned(),
            consensus: "127.0.0.1:1".parse().expect("an address"),
            observer: true, // no way is opened
            api: "127.0.0.1:2".parse().expect("an address"),
        }
    }

    fn id(seed: u8) -> String {
        peer_id(&SigningKey::from_seed(&[seed; 32])).expect("a key")
    }

    fn config(peers: Vec<Peer>) -> Config {
        let listen = "127.0.0.1:0".parse().expect("an address");
        Config::of_several(listen, Consensus { listen, peers })
    }

    /// Four typos of four stopped a validator that ran.
    #[tokio::test]
    async fn an_id_that_is_none_leaves_the_peers_as_they_were() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("node.toml");
        let before = vec![peer("node-b", &id(1))];
        write_config(&path, &config(before.clone())).expect("written");
        let (tell, mut told) = watch::channel(addresses(&before));
        let book = Book {
            path: path.clone(),
            own: ("node-a".to_owned(), id(7)),
            validators: BTreeSet::new(),
        };
        let following = follow(book, before.clone(), Gossip::alone(), tell);
        let following = tokio::spawn(following);
        let (whole, none) = (id(2), id(2).replace("12D3", "12O3")); // O is no digit of base 58
        for wrong in [none.as_str(), &whole[1..], "", "node-b", "12D3KooW"] {
            let peers = vec![peer("node-b", &id(1)), peer("node-c", wrong)];
            write_config(&path, &config(peers)).expect("written");
            let refused = read_config(&path).expect_err("no id").to_string();
            assert!(refused.contains("node-c"), "{refused}");
        }
        for own in [peer("node-a", &id(3)), peer("node-x", &id(7))] {
            write_config(&path, &config(vec![own])).expect("written");
            tokio::time::sleep(LOOK + LOOK / 2).await;
            assert!(!told.has_changed().expect("it follows on"), "its own");
        }
        assert!(!told.has_changed().expect("it follows on"));
        let after = vec![peer("node-b", &id(1)), peer("node-c", &id(2))];
        write_config(&path, &config(after.clone())).expect("written");
        told.changed().await.expect("told");
        assert_eq!(*told.borrow(), addresses(&after));
        drop(told);
        following.await.expect("it ends");
    }

    #[test]
    fn a_validator_that_is_taken_for_an_observer_is_named() {
        let validators = ["node-b".to_owned(), "node-c".to_owned()].into();
        let mut peers = vec![
            peer("node-b", &id(1)),
            peer("node-c", &id(2)),
            peer("bank-e", &id(3)),
        ];
        peers[1].observer = false;
        let told = taken_for_observers(&peers, &validators);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("node-b") && told[0].contains("observer = true"));
    }

    #[test]
    fn the_same_peer_twice_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("node.toml");
        let first = || peer("node-b", &id(1));
        for (second, said) in [
            (first(), "node-b is there twice"),
            (peer("node-b", &id(2)), "node-b is there twice"),
            (peer("node-c", &id(1)), "node-c has the id of another peer"),
        ] {
            write_config(&path, &config(vec![first(), second])).expect("written");
            let refused = read_config(&path).expect_err("twice").to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }
}
