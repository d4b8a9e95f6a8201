//! Starts Malachite's engine; with the feature `byzantine`, one whose messages may lie.

use std::path::PathBuf;

use malachitebft_app_channel::{
    Channels, ConsensusContext, EngineHandle, NetworkIdentity, RequestContext, SyncContext,
    WalContext,
};

use super::codec::Wire;
use super::context::{Context, Member};
use super::failed;
use super::scheme::Signatures;
use super::settings::Settings;
use crate::engine::EngineError;

/// Requests to the engine that may wait.
const REQUESTS: usize = 100;

/// What the engine is made of.
pub(super) struct Parts {
    pub context: Context,
    pub settings: Settings,
    /// The file of the engine's log.
    pub log: PathBuf,
    pub identity: NetworkIdentity,
    pub consensus: ConsensusContext<Context>,
    /// Sign what a lying engine adds.
    #[cfg_attr(not(feature = "byzantine"), expect(dead_code))]
    pub signatures: Signatures,
    #[cfg_attr(not(feature = "byzantine"), expect(dead_code))]
    pub member: Member,
}

type Started = (Channels<Context>, EngineHandle);

#[cfg(not(feature = "byzantine"))]
pub(super) async fn engine(parts: Parts) -> Result<Started, EngineError> {
    use malachitebft_app_channel::{NetworkContext, start_engine};

    use super::codec::Sent;
    let started = start_engine(
        parts.context,
        parts.settings,
        WalContext::new(parts.log, Wire),
        NetworkContext::new(parts.identity, Sent),
        parts.consensus,
        SyncContext::new(Wire),
        RequestContext::new(REQUESTS),
    );
    started.await.map_err(failed)
}

#[cfg(feature = "byzantine")]
pub(super) async fn engine(parts: Parts) -> Result<Started, EngineError> {
    use malachitebft_app_channel::{ByzantineContext, EngineBuilder};
    let network = ByzantineContext {
        identity: parts.identity,
        codec: Wire,
        config: crate::byzantine::at_the_network(parts.member.0),
        signer: Box::new(parts.signatures),
        address: parts.member,
        conflicting_value_fn: Some(Box::new(|choice| {
            super::context::Choice(crate::byzantine::second_of(&choice.0))
        })),
        conflicting_vote_value_fn: None, // a vote for a block becomes one for none
    };
    let builder = EngineBuilder::new(parts.context, parts.settings)
        .with_default_wal(WalContext::new(parts.log, Wire))
        .with_byzantine_network(network)
        .await
        .map_err(failed)?;
    let built = builder
        .with_default_sync(SyncContext::new(Wire))
        .with_default_consensus(parts.consensus)
        .with_default_request(RequestContext::new(REQUESTS))
        .build();
    built.await.map_err(failed)
}
