//! The client of a node that is never believed.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use sealane_ledger::state::Key;
use sealane_types::encoding::Decode;
use sealane_types::ids::{AliasId, Height, RecordId, TxId};
use sealane_types::record::Record;
use sealane_wire::code::ErrorCode;
use sealane_wire::v1::node_client::NodeClient as Wire;
use sealane_wire::{MAX_MESSAGE, v1};
use thiserror::Error;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::certified::{check_age, decode};
use super::committed::MAX_TRANSACTION;
use super::{Certified, Committed, Evidence, Lie, Seen, Trust};
use crate::home::disk::DiskError;

/// Why a node gave no answer that can be used.
#[derive(Debug, Error)]
pub enum NodeError {
    /// No connection, or it broke.
    #[error("the node at {node} cannot be reached: {reason}; start it, or correct node = in home.toml")]
    Unreachable {
        /// Its address.
        node: String,
        /// The system's reason.
        reason: String,
    },
    /// It cannot answer now.
    #[error("the node at {node} cannot answer now ({reason}); try again")]
    Busy {
        /// Its address.
        node: String,
        /// Its own words.
        reason: String,
    },
    /// It knows no such thing.
    #[error("the node at {node} does not know it: {reason}")]
    NotFound {
        /// Its address.
        node: String,
        /// Its own words.
        reason: String,
    },
    /// It refuses the request.
    #[error("the node at {node} refuses the request: {reason}")]
    Refused {
        /// Its address.
        node: String,
        /// Its word, where it is one of the API's.
        code: Option<ErrorCode>,
        /// Its own words.
        reason: String,
    },
    /// Its answer does not hold.
    #[error("the node at {node} is not to be trusted: {lie}")]
    Lies {
        /// Its address.
        node: String,
        /// What does not hold.
        lie: Lie,
    },
    /// What was seen could not be kept.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// What a node says of itself. Nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeStatus {
    /// The chain's id in hexadecimal.
    pub chain: String,
    /// The chain's name.
    pub chain_name: String,
    /// The node's validator by name; empty where it only observes.
    pub validator: String,
    /// Height of its latest final block; 0 before the first.
    pub height: u64,
    /// The block's id in hexadecimal.
    pub block: String,
    /// Nodes it is connected to.
    pub peers: u32,
    /// Validators of the next height.
    pub validators: u32,
    /// Transactions that wait for a block.
    pub waiting: u32,
    /// Milliseconds since its latest block, by its clock.
    pub lag_ms: u64,
    /// Its program's version.
    pub version: String,
    /// Whether its chain accepts test keys.
    pub test_keys: bool,
}

/// Values of the state, all proven in one certified header.
#[derive(Debug, Clone)]
pub struct Snapshot {
    header: Certified,
    values: Vec<Option<Vec<u8>>>,
}

impl Snapshot {
    /// The header.
    #[must_use]
    pub fn header(&self) -> &Certified {
        &self.header
    }

    /// The height that a transaction sent now would run at, at the earliest: what expires is judged
    /// by it.
    #[must_use]
    pub fn next_height(&self) -> Height {
        self.header.height().next()
    }

    /// The value of the key asked for at position `at`; `None` where the state has none.
    ///
    /// # Errors
    /// When the value is none of its type: the validators themselves would have to lie.
    ///
    /// # Panics
    /// When fewer keys were asked for.
    pub fn read<T: Decode>(&self, at: usize) -> Result<Option<T>, Lie> {
        let value = self.values[at].as_deref();
        let read = value.map(T::from_bytes).transpose();
        read.map_err(|reason| Lie::Form {
            what: "value of the state",
            reason,
        })
    }
}

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
        Ok(NodeStatus {
            chain: hex::encode(status.chain),
            chain_name: status.chain_name,
            validator: status.validator,
            height: status.height,
            block: hex::encode(status.block),
            peers: status.peers,
            validators: status.validators,
            waiting: status.waiting,
            lag_ms: status.lag_ms,
            version: status.version,
            test_keys: status.test_keys,
        })
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
        let values = proven(&header, keys, &answer.entries).map_err(|lie| self.lies(lie))?;
        Ok(Snapshot { header, values })
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
        };
        let answer = self.wire.clone().submit(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let checked = answer.committed.map(|committed| self.committed(committed, id));
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
        let checked = answer.committed.map(|committed| self.committed(committed, id));
        checked.transpose()
    }

    /// The sequence that the signer's next transaction carries, proven; and the one that the node
    /// says comes after those that wait, unproven.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn waiting_sequence(&self, alias: &AliasId) -> Result<u64, NodeError> {
        let request = v1::GetSequenceRequest {
            alias: alias.as_bytes().to_vec(),
        };
        let answer = self.wire.clone().get_sequence(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?;
        Ok(answer.into_inner().next)
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
        let values = entry.and_then(|entry| proven(&header, &[Key::log()], &[entry]));
        let values = values.map_err(|lie| self.lies(lie))?;
        Ok((Snapshot { header, values }, answer.entries))
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

/// The values that entries prove, in the order of the keys.
fn proven(
    header: &Certified,
    keys: &[Key],
    entries: &[v1::StateEntry],
) -> Result<Vec<Option<Vec<u8>>>, Lie> {
    if entries.len() != keys.len() {
        return Err(Lie::Keys {
            found: entries.len(),
            asked: keys.len(),
        });
    }
    let root = &header.header().state;
    let each = keys.iter().zip(entries).map(|(key, entry)| {
        let value = sealane_wire::proof::value_of(root, key.as_bytes(), entry);
        value.map(|value| value.map(<[u8]>::to_vec))
    });
    each.collect::<Result<_, _>>().map_err(Lie::State)
}
