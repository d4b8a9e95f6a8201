//! This node's chain: what a consensus engine drives.
//!
//! ```text
//! propose ─▶ verify ─▶ execute ─┐           all on the bridge
//! validate ─▶ verify ─▶ execute ┴▶ Ready ──decided──▶ one batch ─▶ tip, pool, waiters ─▶ answers
//! ```
//!
//! A block is verified and executed once: what came of it waits as `Ready`, by the block's id, which
//! commits to every byte of the block.

mod application;
mod pool;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use sealane_consensus::{Lane, Mempool, Point, Points, Waiting};
use sealane_ledger::chain::Tip;
use sealane_ledger::state::{Key, StateRead as _};
use sealane_ledger::{
    Applied, InvalidBlock, apply, block_id, check_certificate, next_sequence, transaction_id,
    verify_block,
};
use sealane_store::{Prepared, Store};
use sealane_types::alias::{Alias, Role};
use sealane_types::block::{Block, Certificate, ValidatorSet};
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, BlockId, BlockTime, Height, RecordId, Sequence};
use sealane_types::transaction::Transaction;
use tokio::sync::watch;

use crate::answers::Answerer;
use crate::bridge::{Bridge, BridgeError};
use crate::budget::{self, Budget};
use crate::clock_watch::ClockWatch;
use crate::fault::ChainError;
use crate::gossip::Gossip;
use crate::metrics::Metrics;
use crate::proofs::{Gather, Proofs};
use crate::rows;
use crate::rules::Rules;
use crate::tip::Last;
use crate::view::View;

/// A block that is verified and executed, and not written.
struct Ready {
    id: BlockId,
    applied: Applied,
    prepared: Prepared,
}

/// What a chain is made of.
pub(crate) struct Parts {
    pub store: Arc<Store>,
    pub genesis: Arc<Genesis>,
    pub bridge: Bridge,
    pub checking: Bridge,
    pub proofs: Arc<Proofs>,
    pub answerer: Option<Arc<Answerer>>,
    pub points: Arc<dyn Points>,
    pub clock: Arc<dyn sealane_consensus::Clock>,
    pub gossip: Gossip,
    pub metrics: Arc<Metrics>,
}

/// This node's chain.
pub(crate) struct Chain {
    pub(crate) store: Arc<Store>,
    pub(crate) genesis: Arc<Genesis>,
    pub(crate) bridge: Bridge,
    /// Where what is handed in is checked.
    pub(crate) checking: Arc<Bridge>,
    pub(crate) gather: Gather,
    /// What a block may hold, by what transactions have cost.
    budget: Budget,
    pub(crate) mempool: Arc<Mempool>,
    pub(crate) proofs: Arc<Proofs>,
    pub(crate) gossip: Gossip,
    pub(crate) metrics: Arc<Metrics>,
    answerer: Option<Arc<Answerer>>,
    points: Arc<dyn Points>,
    clock: Arc<dyn sealane_consensus::Clock>,
    watch: ClockWatch,
    /// The first block that is here.
    pub(crate) first: Height,
    last: RwLock<Last>,
    ready: Mutex<Option<Ready>>,
    heights: watch::Sender<Height>,
    /// Held while this validator's transactions are made: each has a sequence of its own.
    attending: tokio::sync::Mutex<()>,
}

impl Chain {
    /// Continues from what the store holds, once that is checked, and answers what is still to be answered.
    pub(crate) async fn open(parts: Parts) -> Result<Self, ChainError> {
        let (store, genesis) = (Arc::clone(&parts.store), Arc::clone(&parts.genesis));
        let opened = parts.bridge.run(move || crate::tip::open(&store, &genesis));
        let last = opened.await??;
        parts.metrics.reach(last.tip.height);
        let base = parts.store.base()?;
        let (heights, _) = watch::channel(last.tip.height);
        let checking = Arc::new(parts.checking);
        let chain = Self {
            gather: Gather::start(Arc::clone(&checking), Arc::clone(&parts.proofs)),
            checking,
            budget: Budget::default(),
            store: parts.store,
            genesis: parts.genesis,
            bridge: parts.bridge,
            mempool: parts.gossip.pool(),
            proofs: parts.proofs,
            gossip: parts.gossip,
            metrics: parts.metrics,
            answerer: parts.answerer,
            points: parts.points,
            clock: parts.clock,
            watch: ClockWatch::default(),
            first: base.map_or(Height(1), |base| base.height.next()),
            last: RwLock::new(last),
            ready: Mutex::default(),
            heights,
            attending: tokio::sync::Mutex::default(),
        };
        chain.attend(Vec::new()).await?;
        Ok(chain)
    }

    /// Whether this validator holds a share of the fingerprint key by the chain, and has none.
    pub(crate) fn lacks_share(&self) -> bool {
        let answerer = self.answerer.as_ref();
        answerer.is_some_and(|answerer| answerer.lacks_share())
    }

    /// Whether the chain names another key for this validator than the one it signs with.
    pub(crate) fn has_wrong_key(&self) -> bool {
        let answerer = self.answerer.as_ref();
        answerer.is_some_and(|answerer| answerer.has_wrong_key())
    }

    /// Whether this node's validator is one of these; an observer has none.
    pub(crate) fn is_one_of(&self, validators: &ValidatorSet) -> bool {
        let answerer = self.answerer.as_ref();
        answerer.is_some_and(|answerer| validators.get(&answerer.alias()).is_some())
    }

    fn last(&self) -> Last {
        // Written by one whole assignment, so it is never half a value.
        self.last
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The last final block.
    pub(crate) fn tip(&self) -> Tip {
        self.last().tip
    }

    /// What the next block runs under.
    pub(crate) fn rules(&self) -> Arc<Rules> {
        self.last().rules
    }

    /// The heights of final blocks, as they come.
    pub(crate) fn heights(&self) -> watch::Receiver<Height> {
        self.heights.subscribe()
    }

    fn ready(&self) -> MutexGuard<'_, Option<Ready>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Verifies and executes a block above the tip, on the bridge.
    async fn execute(&self, block: &Block) -> Result<Result<Ready, InvalidBlock>, ChainError> {
        let begun = Instant::now();
        let (store, proofs) = (Arc::clone(&self.store), Arc::clone(&self.proofs));
        let (tip, block) = (self.tip(), block.clone());
        let cost = budget::cost(&block.transactions);
        let entropy = sealane_crypto::random::bytes::<32>()?;
        let work = move || {
            let height = tip.height;
            let view = View {
                store: &store,
                height,
            };
            let id = block_id(&block.header);
            let verified = match verify_block(&view, &tip, block, &*proofs, &entropy) {
                Ok(verified) => verified,
                Err(invalid) => return Ok(Err(invalid)),
            };
            let applied = apply(&view, &verified)?;
            let writes = rows::writes(&applied.writes);
            let prepared = store.prepare(height.next(), &writes)?;
            Ok(Ok(Ready {
                id,
                applied,
                prepared,
            }))
        };
        let done = self.bridge.run(work).await?;
        self.metrics.execute.observe(begun.elapsed().as_secs_f64());
        self.budget.note(cost, begun.elapsed());
        done
    }

    /// What came of a block: from before, or executed now.
    async fn readied(&self, block: &Block) -> Result<Result<Ready, InvalidBlock>, ChainError> {
        let id = block_id(&block.header);
        let before = self.ready().take_if(|ready| ready.id == id);
        let root = sealane_ledger::chain::transactions_root(&block.transactions);
        match before {
            Some(ready) if root == block.header.transactions => Ok(Ok(ready)),
            _ => self.execute(block).await,
        }
    }

    async fn make(&self, now: BlockTime) -> Result<Block, ChainError> {
        loop {
            let waiting = self.transactions();
            let transactions = waiting
                .iter()
                .map(|one| Transaction::clone(&one.transaction));
            let block = self.tip().next_block(now, transactions.collect());
            let (position, fault) = match self.execute(&block).await? {
                Ok(ready) => {
                    *self.ready() = Some(ready);
                    return Ok(block);
                }
                Err(InvalidBlock::Transaction { position, fault }) => (position, fault),
                Err(invalid) => return Err(invalid.into()),
            };
            let culprit = waiting.get(position);
            let culprit = culprit.ok_or_else(|| ChainError::Damaged(fault.to_string()))?;
            tracing::warn!(transaction = %culprit.id, %fault, "a waiting transaction fits no block, and is dropped");
            self.mempool.throw_out(&culprit.id);
        }
    }

    /// What it means that a block which more than two thirds have signed is not valid here.
    fn departed(&self, block: &Block, invalid: &InvalidBlock) -> ChainError {
        ChainError::Departed {
            height: block.header.height,
            reason: invalid.to_string(),
            certified: block.header.state,
            own: self.tip().state,
        }
    }

    async fn commit(&self, block: Block, certificate: Certificate) -> Result<(), ChainError> {
        let height = block.header.height;
        check_certificate(&certificate, &block.header, &self.rules().validators)?;
        let ready = self.readied(&block).await?;
        let ready = ready.map_err(|invalid| self.departed(&block, &invalid))?;
        let Ready {
            applied, prepared, ..
        } = ready;
        let rows = rows::rows(&block, &certificate, &applied, self.answerer.is_some());
        let root = prepared.root();
        let store = Arc::clone(&self.store);
        let begun = Instant::now();
        let write = tokio::task::spawn_blocking(move || store.commit(prepared, &rows));
        let written = write
            .await
            .map_err(|error| BridgeError::Panicked(error.to_string()));
        written??;
        self.metrics.commit.observe(begun.elapsed().as_secs_f64());
        self.points.pass(Point::Committed, height);
        let store = Arc::clone(&self.store);
        let rules = self.bridge.run(move || Rules::read(&store, height));
        let rules = rules.await??;
        let tip = Tip::after(&block.header, &applied.receipts, root, &rules.coming);
        self.metrics.block(self.tip().time, &block, &applied);
        let rules = Arc::new(rules);
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Last { tip, rules };
        for transaction in &block.transactions {
            if let Some(next) = transaction.body.sequence.next() {
                self.mempool.forget_below(&transaction.body.signer, next);
            }
        }
        self.drop_unfit(); // a vote may have lowered a limit
        self.drop_old_keys(height, &applied.writes)?;
        self.heights.send_replace(height);
        let transactions = block.transactions.len();
        if transactions > 0 {
            tracing::info!(
                height = height.0,
                transactions,
                "a block with transactions is final"
            );
        } else {
            tracing::debug!(height = height.0, "an empty block is final");
        }
        self.attend(rows::finalised_sets(&applied)).await
    }

    /// Does what the state after the tip asks of this validator: its next step in a round of the fingerprint key, and
    /// answers; to all open sets where its share or its key is new, as after a start.
    async fn attend(&self, finalised: Vec<RecordId>) -> Result<(), ChainError> {
        let Some(answerer) = self.answerer.clone() else {
            return Ok(());
        };
        let _turn = self.attending.lock().await;
        let height = self.tip().height;
        let (store, own) = (Arc::clone(&self.store), Arc::clone(&answerer));
        let (turned, renewed) = {
            let level = self.gossip.is_level(height);
            self.bridge
                .run(move || own.renew(&store, height, level))
                .await??
        };
        if turned {
            self.mempool.throw_out_of(&answerer.alias());
        }
        let store = Arc::clone(&self.store);
        let records = match renewed || turned {
            true => self.bridge.run(move || rows::open_tasks(&store)).await??,
            false => finalised,
        };
        self.answer(records).await?;
        let waits = answerer.waits_for();
        if waits.is_some_and(|step| self.mempool.contains(&step)) {
            return Ok(());
        }
        let committed = self.committed_sequence(answerer.alias()).await?;
        let sequence = self.mempool.next_sequence(&answerer.alias(), committed);
        let store = Arc::clone(&self.store);
        let step = move || answerer.step(&store, height, sequence);
        if let Some(transaction) = self.bridge.run(step).await?? {
            self.hand_in(transaction, committed);
        }
        Ok(())
    }

    /// Takes the step for which the operator's consent has come, without a block in between.
    pub(crate) async fn attend_consent(&self) -> Result<(), ChainError> {
        match &self.answerer {
            Some(answerer) if answerer.consented() => self.attend(Vec::new()).await,
            _ => Ok(()),
        }
    }

    /// Lets a transaction of this validator wait for a block.
    fn hand_in(&self, transaction: Transaction, committed: Sequence) {
        // a validator's answers have turns of their own: its bank's customers do not hold them up
        let own = transaction.body.signer;
        let waiting = waiting(transaction, own);
        self.gossip.pass_on(&waiting.transaction);
        if let Err(error) = self.mempool.admit(waiting, committed, Lane::Own) {
            tracing::error!(%error, "this validator's own transaction found no room among those that wait");
        }
    }

    /// Lets this validator's answers to finalised sets wait for a block.
    async fn answer(&self, records: Vec<RecordId>) -> Result<(), ChainError> {
        let Some(answerer) = self.answerer.clone().filter(|_| !records.is_empty()) else {
            return Ok(());
        };
        let height = self.tip().height;
        let committed = self.committed_sequence(answerer.alias()).await?;
        let mut sequence = self.mempool.next_sequence(&answerer.alias(), committed);
        for record in records {
            let (store, answerer) = (Arc::clone(&self.store), Arc::clone(&answerer));
            let made = move || answerer.answer(&store, height, record, sequence);
            let Some(transaction) = self.bridge.run(made).await?? else {
                continue;
            };
            match self.gossip.is_level(height) {
                true => tracing::info!(%record, "answering an inquiry or financing"),
                false => {
                    tracing::debug!(%record, "answering an inquiry or financing of an earlier block")
                }
            }
            self.hand_in(transaction, committed);
            sequence = sequence.next().unwrap_or(sequence);
        }
        Ok(())
    }

    /// A signer's next sequence by the state.
    pub(crate) async fn committed_sequence(&self, alias: AliasId) -> Result<Sequence, ChainError> {
        let (store, height) = (Arc::clone(&self.store), self.tip().height);
        let read = move || {
            let view = View {
                store: &store,
                height,
            };
            next_sequence(&view, &alias)
        };
        Ok(self.bridge.run(read).await?)
    }
}

/// A transaction as the pool takes it; `institution` answers for its signer.
pub(crate) fn waiting(transaction: impl Into<Arc<Transaction>>, institution: AliasId) -> Waiting {
    let transaction = transaction.into();
    Waiting {
        id: transaction_id(&transaction.body),
        size: transaction.to_bytes().len(),
        institution,
        transaction,
    }
}

/// Who answers for a signer: the bank that vouches for it; members and validators for themselves.
pub(crate) fn institution(view: &View<'_>, signer: &AliasId) -> AliasId {
    let alias = view.get(&Key::alias(signer));
    let alias = alias.and_then(|bytes| Alias::from_bytes(&bytes).ok());
    let vouched = alias.filter(|alias| alias.role != Role::Validator);
    vouched.map_or(*signer, |alias| alias.bank)
}

#[cfg(test)]
pub(crate) mod tests;
