//! What this validator puts on the chain by itself: its answers to finalised blinded sets, and its part in rounds
//! of the fingerprint key.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sealane_crypto::oprf::KeyShare;
use sealane_crypto::tags;
use sealane_ledger::protocol::question;
use sealane_ledger::state::{Answers, BlindedSet, Completed, Key};
use sealane_store::Store;
use sealane_types::alias::Alias;
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, ChainId, Epoch, Height, RecordId, Sequence, TxId};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};

use crate::fault::ChainError;
use crate::keyring::Keyring;
use crate::round::Holder;
use crate::shares::Shares;
use crate::view::{View, value};

/// A validator with its shares of the fingerprint key.
pub(crate) struct Answerer {
    chain: ChainId,
    alias: AliasId,
    keys: Arc<Keyring>,
    part: Mutex<OwnPart>,
    /// What the holder said last: whoever asks does not wait for its work.
    lacks: AtomicBool,
    /// Whether the chain names another key than the one that signs.
    wrong_key: AtomicBool,
}

/// What is remembered between blocks; all of it is found again after a crash.
struct OwnPart {
    holder: Holder,
    /// The present epoch as far as this validator has looked, and its share of it.
    present: Option<(Epoch, Option<Arc<KeyShare>>)>,
    /// The step of the round that waits for a block.
    waiting: Option<TxId>,
}

impl Answerer {
    /// The validator `alias`, whose keys sign and whose shares answer.
    pub(crate) fn new(chain: ChainId, alias: AliasId, keys: Arc<Keyring>, shares: Shares) -> Self {
        let part = OwnPart {
            holder: Holder::new(chain, alias, shares),
            present: None,
            waiting: None,
        };
        Self {
            chain,
            alias,
            keys,
            part: Mutex::new(part),
            lacks: AtomicBool::new(false),
            wrong_key: AtomicBool::new(false),
        }
    }

    /// The validator's alias.
    pub(crate) fn alias(&self) -> AliasId {
        self.alias
    }

    fn part(&self) -> std::sync::MutexGuard<'_, OwnPart> {
        // What is half changed is found again from the state.
        self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether the chain names another key for this validator than before: what was signed with the old one and
    /// waits counts no more; and whether another epoch is present: sets that are not complete are then answered anew. `level`:
    /// whether the chain is as far here as elsewhere. On the bridge only.
    pub(crate) fn renew(
        &self,
        store: &Store,
        height: Height,
        level: bool,
    ) -> Result<(bool, bool), ChainError> {
        let alias: Option<Alias> = value(store, height, &Key::alias(&self.alias))?;
        let (turned, wrong) = match alias {
            Some(alias) => {
                let turned = self.keys.follow(height.next(), &alias.key)?;
                (turned, self.keys.newest().public() != alias.key)
            }
            None => (false, false), // it is not admitted yet
        };
        // earlier blocks are of earlier keys
        self.wrong_key.store(level && wrong, Ordering::Relaxed);
        let mut part = self.part();
        part.holder.set_level(level);
        let known = part.present.as_ref();
        let known = known.map(|(epoch, share)| (*epoch, share.is_some()));
        let found = part.holder.present_share(&View { store, height }, known)?;
        self.lacks
            .store(part.holder.lacks_share(), Ordering::Relaxed);
        let Some((epoch, share)) = found else {
            return Ok((turned, false));
        };
        if share.is_some() && level {
            tracing::info!(%epoch, "the fingerprint key is complete: this validator answers with its share");
        }
        part.present = Some((epoch, share.map(Arc::new)));
        Ok((turned, true))
    }

    /// Whether this validator holds a share of the present epoch by the chain, and has none.
    pub(crate) fn lacks_share(&self) -> bool {
        self.lacks.load(Ordering::Relaxed)
    }

    /// Whether the chain names another key for this validator than the one it signs with.
    pub(crate) fn has_wrong_key(&self) -> bool {
        self.wrong_key.load(Ordering::Relaxed)
    }

    /// Whether the operator has consented to a dealing that waited for it.
    pub(crate) fn consented(&self) -> bool {
        self.part().holder.consented()
    }

    /// The step of the round that waits for a block.
    pub(crate) fn waits_for(&self) -> Option<TxId> {
        self.part().waiting
    }

    /// The signed next step of the round, by the state after `height`. On the bridge only.
    pub(crate) fn step(
        &self,
        store: &Store,
        height: Height,
        sequence: Sequence,
    ) -> Result<Option<Transaction>, ChainError> {
        let mut part = self.part();
        part.waiting = None;
        let payload = part.holder.step(&View { store, height })?;
        let signed = payload.map(|payload| self.sign(sequence, payload));
        let id = signed.as_ref().map(|signed| &signed.body);
        part.waiting = id.map(sealane_ledger::transaction_id);
        Ok(signed)
    }

    fn sign(&self, sequence: Sequence, payload: Payload) -> Transaction {
        let body = TransactionBody {
            chain: self.chain,
            signer: self.alias,
            sequence,
            payload,
        };
        let signature = self
            .keys
            .newest()
            .sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        Transaction { body, signature }
    }

    /// The signed answer to a record's set, by the state after `height`; `None` where there is no set, this share
    /// has answered it, or this validator has no share; and where others have completed it in an earlier epoch.
    pub(crate) fn answer(
        &self,
        store: &Store,
        height: Height,
        record: RecordId,
        sequence: Sequence,
    ) -> Result<Option<Transaction>, ChainError> {
        let share = self.part().present.clone().and_then(|(_, share)| share);
        let Some(share) = share else {
            return Ok(None);
        };
        let set: Option<BlindedSet> = value(store, height, &Key::blinded_set(&record))?;
        let answers = Key::answers(&record, share.epoch());
        let answers: Option<Answers> = value(store, height, &answers)?;
        let answered = answers.is_some_and(|answers| answers.has(share.index()));
        let completed: Option<Completed> = value(store, height, &Key::completed(&record))?;
        let earlier = completed.is_some_and(|completed| completed.epoch != share.epoch());
        let Some(set) = set.filter(|_| !answered && !earlier) else {
            return Ok(None);
        };
        let question = question(self.chain, &record, &set);
        let answer = share.answer(&question)?;
        Ok(Some(self.sign(sequence, Payload::Answer(answer))))
    }
}
