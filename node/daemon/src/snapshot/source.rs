//! A peer that is asked for a snapshot, and whom its headers must come from.

use std::sync::Arc;
use std::time::Duration;

use sealane_ledger::state::{Key, Turns};
use sealane_ledger::trust::{Trust, Turn};
use sealane_types::encoding::Decode;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{BlockTime, Height, RecordId};
use sealane_wire::tls::{self, Credentials};
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::{MAX_MESSAGE, v1};
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tonic::{Response, Status};

use super::build::Target;
use super::fault::SnapshotError;
use crate::config::Peer;

/// How long a peer may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// A peer.
#[derive(Clone)]
pub(super) struct Source(NodeClient<Channel>);

fn answer<T>(answer: Result<Response<T>, Status>) -> Result<T, SnapshotError> {
    let answer = answer.map_err(|status| SnapshotError::Wire(status.message().to_owned()));
    Ok(answer?.into_inner())
}

impl Source {
    pub(super) fn new(peer: &Peer, credentials: &Arc<Credentials>) -> Result<Self, SnapshotError> {
        let address = format!("https://{}", peer.api);
        let limited = |endpoint: tonic::transport::Endpoint| {
            endpoint.connect_timeout(PATIENCE).timeout(PATIENCE)
        };
        let channel = tls::channel(&address, &peer.name, credentials, limited);
        let channel = channel.map_err(|error| SnapshotError::Wire(error.to_string()))?;
        let client = NodeClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE);
        Ok(Self(client))
    }

    /// The state that the newest header names, led to from genesis; `None` where there are too few blocks.
    pub(super) async fn target(
        &self,
        genesis: &Genesis,
        now: BlockTime,
    ) -> Result<Option<Target>, SnapshotError> {
        let mut trust = Trust::in_genesis(genesis);
        self.follow(&mut trust).await?;
        let next = self.header(Height(0)).await?;
        let certified = trust.certify(&next.header, &next.certificate)?;
        let height = certified.state_height();
        if height == Height(0) {
            return Ok(None);
        }
        let base = self.header(height).await?;
        Target::new(&trust, base, next, now).map(Some)
    }

    async fn header(&self, height: Height) -> Result<v1::FinalHeader, SnapshotError> {
        let request = v1::GetHeaderRequest { height: height.0 };
        let header = answer(self.0.clone().get_header(request).await)?.header;
        header.ok_or(SnapshotError::Lie("an answer has no header"))
    }

    /// Follows the turns of the validators. Where they are, the peer is believed; each is then shown by a header that
    /// the earlier validators signed.
    async fn follow(&self, trust: &mut Trust) -> Result<(), SnapshotError> {
        let turns = self.hint(Key::turns()).await?;
        let turns = turns.map(|bytes| Turns::from_bytes(&bytes)).transpose()?;
        for from in turns.unwrap_or_default().0 {
            let validators = self.hint(Key::validators_from(from)).await?;
            let missing = SnapshotError::Lie("the validators of a turn are missing");
            let header = self.header(Height(from.0.saturating_sub(1))).await?;
            trust.follow(Turn {
                header: header.header,
                certificate: header.certificate,
                validators: validators.ok_or(missing)?,
            })?;
        }
        Ok(())
    }

    /// A value of the state that nobody vouches for.
    async fn hint(&self, key: Key) -> Result<Option<Vec<u8>>, SnapshotError> {
        let request = v1::QueryStateRequest {
            keys: vec![key.as_bytes().to_vec()],
        };
        let entries = answer(self.0.clone().query_state(request).await)?.entries;
        Ok(entries.into_iter().next().and_then(|entry| entry.value))
    }

    /// The part of the state after the key with this hash.
    pub(super) async fn part(
        &self,
        height: Height,
        after: Option<[u8; 32]>,
    ) -> Result<v1::GetStatePartResponse, SnapshotError> {
        let request = v1::GetStatePartRequest {
            height: height.0,
            after: after.map_or(Vec::new(), Vec::from),
        };
        answer(self.0.clone().get_state_part(request).await)
    }

    /// Records, in the order of their ids here.
    pub(super) async fn records(&self, ids: Vec<RecordId>) -> Result<Vec<Vec<u8>>, SnapshotError> {
        let mut asked = JoinSet::new();
        let mut records = vec![Vec::new(); ids.len()];
        for (at, id) in ids.into_iter().enumerate() {
            let mut client = self.0.clone();
            let id = id.as_bytes().to_vec();
            asked.spawn(async move { (at, client.get_record(v1::GetRecordRequest { id }).await) });
        }
        while let Some(done) = asked.join_next().await {
            let (at, record) = done.map_err(|error| SnapshotError::Wire(error.to_string()))?;
            records[at] = answer(record)?.record;
        }
        Ok(records)
    }

    /// Entries of the log of taken fingerprints from an index on.
    pub(super) async fn taken(&self, index: u64) -> Result<Vec<Vec<u8>>, SnapshotError> {
        let request = v1::TakenSinceRequest { index };
        Ok(answer(self.0.clone().taken_since(request).await)?.entries)
    }
}
