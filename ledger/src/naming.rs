//! What things are called by their hashes.

use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_types::block::{BlockHeader, ValidatorSet};
use sealane_types::encoding::Encode;
use sealane_types::genesis::Genesis;
use sealane_types::ids::{BlockId, ChainId, Digest, TxId, ValidatorSetHash};
use sealane_types::transaction::TransactionBody;

use crate::log::LogEntry;

/// The id of the chain that begins so.
#[must_use]
pub fn chain_id(genesis: &Genesis) -> ChainId {
    ChainId::new(hash(tags::CHAIN_ID, &[&genesis.to_bytes()]))
}

/// A transaction's id: whatever its signature's bytes are, the same body has the same id.
#[must_use]
pub fn transaction_id(body: &TransactionBody) -> TxId {
    TxId::new(hash(tags::TRANSACTION_ID, &[&body.to_bytes()]))
}

/// A block's id.
#[must_use]
pub fn block_id(header: &BlockHeader) -> BlockId {
    BlockId::new(hash(tags::BLOCK_ID, &[&header.to_bytes()]))
}

/// A validator set's hash.
#[must_use]
pub fn validator_set_hash(validators: &ValidatorSet) -> ValidatorSetHash {
    ValidatorSetHash::new(hash(tags::VALIDATOR_SET, &[&validators.to_bytes()]))
}

/// The fingerprint log's digest with one more entry.
#[must_use]
pub(crate) fn log_digest(before: &Digest, entry: &LogEntry) -> Digest {
    let parts: [&[u8]; 2] = [before.as_bytes(), &entry.to_bytes()];
    Digest::new(hash(tags::FINGERPRINT_LOG, &parts))
}
