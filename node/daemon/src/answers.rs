//! This validator's answers to finalised blinded sets.

use std::sync::Arc;

use sealane_crypto::oprf::KeyShare;
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::protocol::question;
use sealane_ledger::state::{Answers, BlindedSet, Key};
use sealane_store::Store;
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, ChainId, Height, RecordId, Sequence};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};

use crate::chain::{Chain, ChainError};

/// A validator with its share of the fingerprint key.
pub(crate) struct Answerer {
    chain: ChainId,
    alias: AliasId,
    key: Arc<SigningKey>,
    share: KeyShare,
}

impl Answerer {
    /// The validator `alias`, whose key signs and whose share answers.
    pub(crate) fn new(
        chain: ChainId,
        alias: AliasId,
        key: Arc<SigningKey>,
        share: KeyShare,
    ) -> Self {
        Self {
            chain,
            alias,
            key,
            share,
        }
    }

    /// The validator's alias.
    pub(crate) fn alias(&self) -> AliasId {
        self.alias
    }

    /// The signed answer to a record's set, by the state after `height`; `None` where there is no set or this
    /// share has answered it.
    pub(crate) fn answer(
        &self,
        store: &Store,
        height: Height,
        record: RecordId,
        sequence: Sequence,
    ) -> Result<Option<Transaction>, ChainError> {
        let set: Option<BlindedSet> = Chain::value(store, height, &Key::blinded_set(&record))?;
        let answers = Key::answers(&record, self.share.epoch());
        let answers: Option<Answers> = Chain::value(store, height, &answers)?;
        let answered = answers.is_some_and(|answers| answers.has(self.share.index()));
        let Some(set) = set.filter(|_| !answered) else {
            return Ok(None);
        };
        let question = question(self.chain, &record, &set);
        let answer = self.share.answer(&question)?;
        let body = TransactionBody {
            chain: self.chain,
            signer: self.alias,
            sequence,
            payload: Payload::Answer(answer),
        };
        let signature = self.key.sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        Ok(Some(Transaction { body, signature }))
    }
}
