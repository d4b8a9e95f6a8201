//! What Malachite is told to keep to.
//!
//! A final block is asked for whole, by value sync. The limits of an answer follow from what the rules allow a block
//! to be, so that the largest one reaches a node that missed it. Memory is bounded by how many answers may be under
//! way.

use std::time::Duration;

use bytesize::ByteSize;
use malachitebft_app_channel::app::config::NodeConfig;
use malachitebft_config::{ConsensusConfig, DiscoveryConfig, P2pConfig, ValueSyncConfig};

use super::codec::MAX_ANSWER;
use super::{Malachite, PeerAddress, multiaddr};
use crate::engine::EngineError;

/// Requests for blocks that this node has under way, and heights of each. A node keeps answers for at most
/// `REQUESTS * HEIGHTS` heights above its last block, so for 4 times [`MAX_ANSWER`]: some 256 MiB.
const REQUESTS: usize = 2;
pub(super) const HEIGHTS: usize = 2;
/// Requests of others that this node looks blocks up for at a time, and that wait for that.
const SERVED: usize = 4;
const WAITING: usize = 16;
/// How long an answer may take: the largest at 20 Mbit/s.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a node tells the others which blocks it has.
const STATUS: Duration = Duration::from_secs(2);

pub(super) struct Settings {
    name: String,
    consensus: ConsensusConfig,
    sync: ValueSyncConfig,
}

impl NodeConfig for Settings {
    fn moniker(&self) -> &str {
        &self.name
    }

    fn consensus(&self) -> &ConsensusConfig {
        &self.consensus
    }

    fn consensus_mut(&mut self) -> &mut ConsensusConfig {
        &mut self.consensus
    }

    fn value_sync(&self) -> &ValueSyncConfig {
        &self.sync
    }

    fn value_sync_mut(&mut self) -> &mut ValueSyncConfig {
        &mut self.sync
    }
}

impl Malachite {
    pub(super) fn settings(&self) -> Result<Settings, EngineError> {
        let peers = self.peers.borrow().clone();
        let peers = peers.iter().map(PeerAddress::multiaddr);
        let p2p = P2pConfig {
            listen_addr: multiaddr(&self.listen, None)?,
            persistent_peers: peers.collect::<Result<_, _>>()?,
            persistent_peers_only: true,
            discovery: DiscoveryConfig {
                enabled: false,
                ..DiscoveryConfig::default()
            },
            // the transport's limit of an answer; proposals go in parts of 64 KiB, far below the default of their
            // topic
            rpc_max_size: ByteSize::b(MAX_ANSWER as u64),
            ..P2pConfig::default()
        };
        Ok(Settings {
            name: self.name.clone(),
            consensus: ConsensusConfig {
                p2p,
                ..ConsensusConfig::default()
            },
            sync: ValueSyncConfig {
                status_update_interval: STATUS,
                request_timeout: PATIENCE,
                // whoever answers leaves out what would make the answer larger
                max_response_size: ByteSize::b(MAX_ANSWER as u64),
                parallel_requests: REQUESTS,
                batch_size: HEIGHTS,
                max_concurrent_inbound_requests: SERVED,
                max_pending_inbound_requests: WAITING,
                ..ValueSyncConfig::default()
            },
        })
    }
}
