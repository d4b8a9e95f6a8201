//! Peers that come and go while the engine runs.

use malachitebft_app_channel::{Channels, NetworkRequest};

use super::context::Context;
use super::{PeerAddress, failed};
use crate::engine::EngineError;

/// Tells the engine whom else it may speak with, and with whom no longer.
pub(super) async fn change(
    channels: &Channels<Context>,
    before: &[PeerAddress],
    now: &[PeerAddress],
) -> Result<(), EngineError> {
    let tell = |peer: &PeerAddress, what: &str, outcome: Result<(), String>| match outcome {
        Ok(()) => tracing::info!(
            id = peer.id,
            "the peer at {} is {what} for consensus",
            peer.address
        ),
        Err(error) => tracing::warn!(
            id = peer.id,
            error,
            "the peer at {} cannot be {what} for consensus",
            peer.address
        ),
    };
    for peer in before.iter().filter(|peer| !now.contains(peer)) {
        let done =
            NetworkRequest::remove_persistent_peer(&channels.net_requests, peer.multiaddr()?);
        let done = done.await.map_err(failed)?;
        tell(peer, "taken out", done.map_err(|error| error.to_string()));
    }
    for peer in now.iter().filter(|peer| !before.contains(peer)) {
        let done = NetworkRequest::add_persistent_peer(&channels.net_requests, peer.multiaddr()?);
        let done = done.await.map_err(failed)?;
        tell(peer, "let in", done.map_err(|error| error.to_string()));
    }
    Ok(())
}
