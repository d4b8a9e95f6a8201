//! From the backend's types to protobuf, and ids out of it.

use sealane_wire::code::ErrorCode;
use sealane_wire::v1;
use tonic::Status as Error;

use crate::backend::{
    BlockPart, Committed, FinalBlock, FinalHeader, Refused, Sequences, StateAnswer, StateEntry,
    StatePart, Status, TakenAnswer,
};

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        refused.code.error(refused.message)
    }
}

/// 32 bytes of an id.
// The error is tonic's own type, boxed inside.
#[allow(clippy::result_large_err)]
pub(crate) fn id(bytes: &[u8], what: &str) -> Result<[u8; 32], Error> {
    let length = bytes.len();
    let refused =
        |_| ErrorCode::Malformed.error(format!("{what} is 32 bytes, {length} were given"));
    bytes.try_into().map_err(refused)
}

impl From<FinalHeader> for v1::FinalHeader {
    fn from(from: FinalHeader) -> Self {
        let FinalHeader {
            header,
            certificate,
        } = from;
        Self {
            header,
            certificate,
        }
    }
}

impl From<FinalBlock> for v1::GetBlockResponse {
    fn from(from: FinalBlock) -> Self {
        let FinalBlock { block, certificate } = from;
        Self { block, certificate }
    }
}

impl From<Committed> for v1::CommittedTransaction {
    fn from(from: Committed) -> Self {
        Self {
            transaction: from.transaction,
            transaction_proof: from.transaction_proof,
            header: Some(from.header.into()),
            receipt: from.receipt,
            receipt_proof: from.receipt_proof,
            next_header: Some(from.next_header.into()),
        }
    }
}

impl From<Sequences> for v1::GetSequenceResponse {
    fn from(from: Sequences) -> Self {
        Self {
            committed: from.committed.0,
            next: from.next.0,
        }
    }
}

impl From<StateEntry> for v1::StateEntry {
    fn from(from: StateEntry) -> Self {
        let StateEntry { key, value, proof } = from;
        Self { key, value, proof }
    }
}

impl From<StateAnswer> for v1::QueryStateResponse {
    fn from(from: StateAnswer) -> Self {
        Self {
            header: Some(from.header.into()),
            entries: from.entries.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TakenAnswer> for v1::TakenSinceResponse {
    fn from(from: TakenAnswer) -> Self {
        Self {
            header: Some(from.header.into()),
            digest: Some(from.digest.into()),
            entries: from.entries,
            total: from.total,
        }
    }
}

impl From<Status> for v1::GetStatusResponse {
    fn from(from: Status) -> Self {
        Self {
            chain: from.chain.as_bytes().to_vec(),
            chain_name: from.chain_name,
            validator: from.validator,
            height: from.height.0,
            time_ms: from.time.0,
            block: from.block.as_bytes().to_vec(),
            peers: from.peers,
            validators: from.validators,
            waiting: from.waiting,
            lag_ms: u64::try_from(from.lag.as_millis()).unwrap_or(u64::MAX),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            test_keys: from.test_keys,
            lacks_share: from.lacks_share,
            first: from.first.0,
            elsewhere: from.elsewhere.0,
            nowhere: from.nowhere.map_or(0, |height| height.0),
            wrong_key: from.wrong_key,
            without_vote: from.without_vote,
        }
    }
}

impl From<StatePart> for v1::GetStatePartResponse {
    fn from(from: StatePart) -> Self {
        let pairs = from.pairs.into_iter();
        Self {
            pairs: pairs
                .map(|(key, value)| v1::StatePair { key, value })
                .collect(),
            proof: from.proof,
            last: from.last,
        }
    }
}

impl From<BlockPart> for v1::BlockPart {
    fn from(from: BlockPart) -> Self {
        let (header, next_header) = from.end.unzip();
        Self {
            transactions: from.transactions,
            receipts: from.receipts,
            header: header.map(Into::into),
            next_header: next_header.map(Into::into),
        }
    }
}
