//! The client of a node that is never believed.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use sealane_ledger::state::Key;
use sealane_types::ids::{RecordId, TxId};
use sealane_types::record::Record;
use sealane_wire::code::ErrorCode;
use sealane_wire::v1::node_client::NodeClient as Wire;
use sealane_wire::{MAX_MESSAGE, v1};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::certified::{check_age, decode};
use super::committed::MAX_TRANSACTION;
use super::{Certified, Committed, Evidence, Lie, NodeError, NodeStatus, Seen, Snapshot, Trust};

/// A node's client.
#[derive(Debug)]
pub struct NodeClient {
    address: String,
    wire: Wire<Channel>,
    trust: Trust,
    seen: Mutex<Seen>,
}

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(75);

impl NodeClient {
    /// A client of the node at `address`; connects when it is first asked something.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(address: &str, trust: Trust, seen: Seen) -> Result<Self, NodeError> {
        let endpoint = Endpoint::from_shared(address.to_owned());
        let endpoint = endpoint.map_err(|error| NodeError::Unreachable {
            node: address.to_owned(),
            reason: error.to_string(),
        })?;
        let channel = endpoint.connect_timeout(CONNECT).timeout(ANSWER);
        let wire = Wire::new(channel.connect_lazy())
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE);
        Ok(Self {
            address: address.to_owned(),
            wire,
            trust,
            seen: Mutex::new(seen),
        })
    }

    /// The node's address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whom this client trusts.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// What the node says of itself, unchecked.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn status(&self) -> Result<NodeStatus, NodeError> {
        let answer = self.wire.clone().get_status(v1::GetStatusRequest {}).await;
        let status = answer.map_err(|status| self.failed(&status))?.into_inner();
        Ok(status.into())
    }

    /// Values of the state, or their absence, at the latest header.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn state(&self, keys: &[Key]) -> Result<Snapshot, NodeError> {
        let request = v1::QueryStateRequest {
            keys: keys.iter().map(|key| key.as_bytes().to_vec()).collect(),
        };
        let answer = self.wire.clone().query_state(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let header = self.latest(answer.header)?;
        Snapshot::prove(header, keys, &answer.entries).map_err(|lie| self.lies(lie))
    }

    /// Sends a transaction and waits at most `wait` for its receipt. `None` says nothing of its
    /// fate.
    ///
    /// # Errors
    /// When the node does not answer, refuses to take it, or lies.
    pub async fn submit(
        &self,
        transaction: &[u8],
        id: &TxId,
        wait: Duration,
    ) -> Result<Option<Committed>, NodeError> {
        let wait_ms = u32::try_from(wait.as_millis()).unwrap_or(u32::MAX);
        let request = v1::SubmitRequest {
            transaction: transaction.to_vec(),
            wait_ms: wait_ms.min(sealane_wire::MAX_WAIT_MS),
            relayed: false,
        };
        let answer = self.wire.clone().submit(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let checked = answer
            .committed
            .map(|committed| self.committed(committed, id));
        checked.transpose()
    }

    /// What became of a transaction; `None` while its receipt is not final or it is not known.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn transaction(&self, id: &TxId) -> Result<Option<Committed>, NodeError> {
        let request = v1::GetTransactionRequest {
            id: id.as_bytes().to_vec(),
        };
        let answer = match self.wire.clone().get_transaction(request).await {
            Err(status) if status.code() == Code::NotFound => return Ok(None),
            other => other.map_err(|status| self.failed(&status))?.into_inner(),
        };
        let checked = answer
            .committed
            .map(|committed| self.committed(committed, id));
        checked.transpose()
    }

    /// A record's bytes. They must have the id asked for; that id must be proven by the caller.
    ///
    /// # Errors
    /// When the node does not answer, does not know it, or shows another.
    pub async fn record(&self, id: &RecordId) -> Result<Record, NodeError> {
        let request = v1::GetRecordRequest {
            id: id.as_bytes().to_vec(),
        };
        let answer = self.wire.clone().get_record(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let record: Record =
            decode(&answer.record, MAX_TRANSACTION, "record").map_err(|lie| self.lies(lie))?;
        if record.id() != *id {
            return Err(self.lies(Lie::OtherRecord));
        }
        Ok(record)
    }

    /// Entries of the log of taken fingerprints from `index` on, unchecked bytes, and the proven
    /// value at [`Key::log`].
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn taken_since(&self, index: u64) -> Result<(Snapshot, Vec<Vec<u8>>), NodeError> {
        let request = v1::TakenSinceRequest { index };
        let answer = self.wire.clone().taken_since(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let header = self.latest(answer.header)?;
        let entry = answer.digest.ok_or(Lie::Missing("digest"));
        let proven = entry.and_then(|entry| Snapshot::prove(header, &[Key::log()], &[entry]));
        Ok((proven.map_err(|lie| self.lies(lie))?, answer.entries))
    }

    /// An error that names this node and its lie.
    pub(crate) fn lies(&self, lie: Lie) -> NodeError {
        NodeError::Lies {
            node: self.address.clone(),
            lie,
        }
    }

    fn committed(
        &self,
        committed: v1::CommittedTransaction,
        id: &TxId,
    ) -> Result<Committed, NodeError> {
        let checked = Evidence::read(committed).and_then(|evidence| self.trust.check(evidence));
        let right = checked.and_then(|committed| match committed.id() == *id {
            true => Ok(committed),
            false => Err(Lie::OtherTransaction),
        });
        right.map_err(|lie| self.lies(lie))
    }

    /// Checks what the node says is the latest header: certificate, age, and that the chain did not
    /// go back.
    fn latest(&self, header: Option<v1::FinalHeader>) -> Result<Certified, NodeError> {
        let checked = self.trust.certify_final(header).and_then(|latest| {
            check_age(&latest, SystemTime::now())?;
            Ok(latest)
        });
        let latest = checked.map_err(|lie| self.lies(lie))?;
        let mut seen = self.seen.lock().expect("no holder of this lock panics");
        seen.advance(&latest).map_err(|lie| self.lies(lie))?;
        seen.keep()?;
        Ok(latest)
    }

    fn failed(&self, status: &Status) -> NodeError {
        let node = self.address.clone();
        let reason = status.message().to_owned();
        let code = ErrorCode::of(status);
        match status.code() {
            Code::NotFound => NodeError::NotFound { node, reason },
            Code::Unavailable if code.is_none() => NodeError::Unreachable { node, reason },
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => {
                NodeError::Busy { node, reason }
            }
            Code::ResourceExhausted if code != Some(ErrorCode::TooLarge) => {
                NodeError::Busy { node, reason }
            }
            _ => NodeError::Refused { node, code, reason },
        }
    }
}
