//! The client of a node that is never believed.

use std::error::Error as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use sealane_ledger::state::{Key, Turns};
use sealane_ledger::trust::MAX_HEADER;
use sealane_types::block::{BlockHeader, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{RecordId, TxId};
use sealane_types::record::Record;
use sealane_wire::code::ErrorCode;
use sealane_wire::tls::{self, Credentials, TlsError};
use sealane_wire::v1::node_client::NodeClient as Wire;
use sealane_wire::{MAX_MESSAGE, v1};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

use super::certified::{certify, check_age, decode};
use super::committed::MAX_TRANSACTION;
use super::{
    Certified, Committed, Evidence, Lie, NodeError, NodeStatus, Seen, Snapshot, Trust, Turn,
};

/// A node, as its users know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeOptions {
    /// Its name, which its certificate shows.
    pub name: String,
    /// Where it will listen, `https://127.0.0.1:7411` say.
    pub address: String,
}

/// A node's client.
#[derive(Debug)]
pub struct NodeClient {
    address: String,
    /// The file that names the node, for messages.
    named_in: String,
    wire: Wire<Channel>,
    trust: Mutex<Trust>,
    seen: Mutex<Seen>,
}

/// How often, and after which pause, a busy node is asked again.
const BUSY_TRIES: usize = 20;
const BUSY_PAUSE: Duration = Duration::from_millis(250);
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(75);

impl NodeClient {
    /// A client of a node, which must show that it is the one of this name; connects when it is first asked something.
    ///
    /// # Errors
    /// When the address is none.
    pub fn new(
        node: &NodeOptions,
        credentials: &Arc<Credentials>,
        mut trust: Trust,
        seen: Seen,
    ) -> Result<Self, NodeError> {
        let NodeOptions { name, address } = node;
        for turn in seen.turns()? {
            if trust.follow(turn).is_err() {
                break; // not what this program wrote: the node is asked again
            }
        }
        let named_in = seen.home().map_or_else(
            || "home.toml".to_owned(),
            |home| home.join("home.toml").display().to_string(),
        );
        let limited = |endpoint: Endpoint| endpoint.connect_timeout(CONNECT).timeout(ANSWER);
        let channel = tls::channel(address, name, credentials, limited);
        let channel = channel.map_err(|error| NodeError::Unreachable {
            node: address.to_owned(),
            reason: error.to_string(),
            advice: format!("correct `node` in {named_in}"),
        })?;
        let wire = Wire::new(channel)
            .max_decoding_message_size(MAX_MESSAGE)
            .max_encoding_message_size(MAX_MESSAGE);
        Ok(Self {
            address: address.to_owned(),
            named_in,
            wire,
            trust: Mutex::new(trust),
            seen: Mutex::new(seen),
        })
    }

    /// Another client on the same connection, which has seen something else.
    #[cfg(test)]
    pub(super) fn again(&self, trust: Trust, seen: Seen) -> Self {
        Self {
            address: self.address.clone(),
            named_in: self.named_in.clone(),
            wire: self.wire.clone(),
            trust: Mutex::new(trust),
            seen: Mutex::new(seen),
        }
    }

    /// The node's address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whom this client trusts.
    #[must_use]
    pub fn trust(&self) -> Trust {
        self.trusted().clone()
    }

    pub(super) fn trusted(&self) -> MutexGuard<'_, Trust> {
        self.trust.lock().expect("no holder of this lock panics")
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

    /// Values of the state, or their absence, at the latest header. A node that has just begun, or has too much
    /// to do, is asked again for a while.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn state(&self, keys: &[Key]) -> Result<Snapshot, NodeError> {
        for _ in 0..BUSY_TRIES {
            match self.state_now(keys).await {
                Err(NodeError::Busy { .. }) => tokio::time::sleep(BUSY_PAUSE).await,
                answer => return answer,
            }
        }
        self.state_now(keys).await
    }

    async fn state_now(&self, keys: &[Key]) -> Result<Snapshot, NodeError> {
        let request = v1::QueryStateRequest {
            keys: keys.iter().map(|key| key.as_bytes().to_vec()).collect(),
        };
        let answer = self.wire.clone().query_state(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let header = self.latest(answer.header).await?;
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
        match answer.committed {
            Some(committed) => self.committed(committed, id).await.map(Some),
            None => Ok(None),
        }
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
        match answer.committed {
            Some(committed) => self.committed(committed, id).await.map(Some),
            None => Ok(None),
        }
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
        let header = self.latest(answer.header).await?;
        let entry = answer.digest.ok_or(Lie::Missing("digest"));
        let proven = entry.and_then(|entry| Snapshot::prove(header, &[Key::log()], &[entry]));
        Ok((proven.map_err(|lie| self.lies(lie))?, answer.entries))
    }

    /// The wire, for one more request.
    pub(super) fn wire(&self) -> Wire<Channel> {
        self.wire.clone()
    }

    /// An error that names this node and its lie.
    pub(crate) fn lies(&self, lie: Lie) -> NodeError {
        NodeError::Lies {
            node: self.address.clone(),
            lie,
        }
    }

    async fn committed(
        &self,
        committed: v1::CommittedTransaction,
        id: &TxId,
    ) -> Result<Committed, NodeError> {
        let evidence = Evidence::read(committed).map_err(|lie| self.lies(lie))?;
        let mut checked = evidence.clone().check(&self.trusted());
        if checked.as_ref().is_err_and(Lie::is_of_other_validators) {
            self.follow().await?;
            checked = evidence.check(&self.trusted());
        }
        let right = checked.and_then(|committed| match committed.id() == *id {
            true => Ok(committed),
            false => Err(Lie::OtherTransaction),
        });
        right.map_err(|lie| self.lies(lie))
    }

    /// Checks what the node says is the latest header: certificate, age, and that the chain did not
    /// go back.
    pub(super) async fn latest(
        &self,
        header: Option<v1::FinalHeader>,
    ) -> Result<Certified, NodeError> {
        let mut certified = certify(&self.trusted(), header.clone());
        if certified.as_ref().is_err_and(Lie::is_of_other_validators) {
            self.follow().await?;
            certified = certify(&self.trusted(), header);
        }
        let checked = certified.and_then(|latest| {
            check_age(&latest, SystemTime::now())?;
            Ok(latest)
        });
        let latest = checked.map_err(|lie| self.lies(lie))?;
        let mut seen = self.seen.lock().expect("no holder of this lock panics");
        seen.advance(&latest).map_err(|lie| self.lies(lie))?;
        seen.keep()?;
        Ok(latest)
    }

    /// Follows the turns of the validators since the newest that this side trusts. Where the turns are, the
    /// node is believed; each is then shown by a header that the earlier validators signed.
    pub(super) async fn follow(&self) -> Result<(), NodeError> {
        let newest = self.trusted().newest();
        let turns: Option<Turns> = self.unproven(&[Key::turns()]).await?.remove(0);
        let later = turns.unwrap_or_default().0.into_iter();
        for from in later.filter(|from| *from > newest) {
            let validators = self.unproven(&[Key::validators_from(from)]).await?;
            let validators: Option<ValidatorSet> = validators.into_iter().flatten().next();
            let missing = || self.lies(Lie::Missing("validators of a turn"));
            let validators = validators.ok_or_else(missing)?.to_bytes();
            let request = v1::GetHeaderRequest {
                height: from.0.saturating_sub(1),
            };
            let answer = self.wire.clone().get_header(request).await;
            let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
            let header = answer
                .header
                .ok_or_else(|| self.lies(Lie::Missing("header")))?;
            let turn = Turn {
                header: header.header,
                certificate: header.certificate,
                validators,
            };
            let followed = self.trusted().follow(turn);
            followed.map_err(|error| self.lies(error.into()))?;
        }
        let turns = self.trusted().turns().to_vec();
        let seen = self.seen.lock().expect("no holder of this lock panics");
        Ok(seen.keep_turns(&turns)?)
    }

    /// Values of the state under a header that nobody vouches for: only to be used as what it is, a hint.
    async fn unproven<T: Decode>(&self, keys: &[Key]) -> Result<Vec<Option<T>>, NodeError> {
        let request = v1::QueryStateRequest {
            keys: keys.iter().map(|key| key.as_bytes().to_vec()).collect(),
        };
        let answer = self.wire.clone().query_state(request).await;
        let answer = answer.map_err(|status| self.failed(&status))?.into_inner();
        let header = answer
            .header
            .ok_or_else(|| self.lies(Lie::Missing("header")))?;
        let header: BlockHeader =
            decode(&header.header, MAX_HEADER, "header").map_err(|lie| self.lies(lie))?;
        let values = Snapshot::values(&header.state, keys, &answer.entries);
        let values = values.map_err(|lie| self.lies(lie))?.into_iter();
        let read = values.map(|value| value.map(|value| T::from_bytes(&value)).transpose());
        let read: Result<Vec<_>, _> = read.collect();
        let what = "value of the state";
        read.map_err(|reason| self.lies(Lie::Form { what, reason }))
    }

    /// What to do where the connection failed.
    fn advice(&self, status: &Status) -> String {
        let named_in = &self.named_in;
        match TlsError::under(status) {
            Some(error) if error.is_of_another() => {
                format!("correct `node` or `node_name` in {named_in}")
            }
            Some(error) if error.is_of_a_certificate() => {
                "if certificates have just been renewed, wait some seconds and try again".to_owned()
            }
            _ => format!(
                "start it (sealane network start, or its service), or correct `node` in {named_in}"
            ),
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "the enum is another's, and grows"
    )]
    pub(super) fn failed(&self, status: &Status) -> NodeError {
        let node = self.address.clone();
        let reason = status.message().to_owned();
        let code = ErrorCode::of(status);
        match status.code() {
            // not the node's words, but the connection's
            _ if code.is_none() && status.source().is_some() => {
                let (reason, advice) = (cause(status), self.advice(status));
                NodeError::Unreachable {
                    node,
                    reason,
                    advice,
                }
            }
            Code::Unavailable if code.is_none() => NodeError::Unreachable {
                node,
                reason,
                advice: self.advice(status),
            },
            Code::NotFound => NodeError::NotFound { node, reason },
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

/// What lies under a failed connection: the transport's own words say little.
fn cause(status: &Status) -> String {
    if let Some(error) = TlsError::under(status) {
        return error.to_string();
    }
    let last = status.source().map(|error| tls::deepest(error).to_string());
    // TLS 1.3: a caller that is not let in has ended its own side of the greeting by then
    last.unwrap_or_else(|| status.message().to_owned())
        + "; the node has just ended, or it closed the connection: it does so where this home's certificate is revoked, has \
           ended or is not valid yet by the node's clock (compare both clocks), or is of an authority that the node does not \
           know, and where there are more connections than its [limits] allow"
}
