//! Peers come and go while the node runs: whoever operates it changes `[consensus]` in `node.toml`.

use std::path::PathBuf;
use std::time::Duration;

use sealane_consensus::PeerAddress;
use tokio::sync::watch;

use crate::config::{Peer, read_config};
use crate::gossip::Gossip;

/// How often the configuration is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What the engine needs of peers.
pub(crate) fn addresses(peers: &[Peer]) -> Vec<PeerAddress> {
    peers.iter().cloned().map(PeerAddress::from).collect()
}

/// Looks at the configuration until nobody listens any more, and passes changes of peers on.
pub(crate) async fn follow(
    path: PathBuf,
    mut peers: Vec<Peer>,
    gossip: Gossip,
    tell: watch::Sender<Vec<PeerAddress>>,
) {
    while !tell.is_closed() {
        tokio::time::sleep(LOOK).await;
        let read = path.clone();
        let config = tokio::task::spawn_blocking(move || read_config(&read)).await;
        let now = match config {
            Ok(Ok(config)) => config.consensus.map(|one| one.peers).unwrap_or_default(),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the peers stay as they were");
                continue;
            }
            Err(_) => return, // the runtime ends
        };
        if now != peers {
            gossip.change(&now);
            tell.send_replace(addresses(&now));
            peers = now;
        }
    }
}
