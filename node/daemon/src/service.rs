//! The API's backend: this node's chain, asked from outside.

mod submit;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use sealane_api::{
    Backend, BlockPart, Committed, ErrorCode, FinalBlock, FinalHeader, Origin, Refused, Sequences,
    StateAnswer, StateEntry, StatePart, Status, TakenAnswer, Work,
};
use sealane_consensus::Clock;
use sealane_ledger::chain::Tip;
use sealane_ledger::merkle::InclusionProof;
use sealane_ledger::next_sequence;
use sealane_ledger::state::{Key, LogHead};
use sealane_store::Store;
use sealane_types::alias::Alias;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::TestKeys;
use sealane_types::ids::{AliasId, Height, RecordId, Sequence, TxId};
use sealane_types::transaction::{Payload, Transaction};
use sealane_wire::MAX_MESSAGE;
use tokio::sync::watch;

use crate::chain::Chain;
use crate::fault::ChainError;
use crate::follow::{self, final_header};
use crate::refuse::{fault, not_found, not_here};
use crate::view::{View, value};

/// The backend.
pub(crate) struct Service {
    pub(crate) chain: Arc<Chain>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The validator's name, or what its peers call the node.
    pub(crate) validator: String,
    /// The alias of a validator that genesis does not name: the chain does once it is admitted.
    pub(crate) late: Option<AliasId>,
    /// That name, once it is known.
    pub(crate) admitted: OnceLock<String>,
    /// True once the node stops: nothing is taken or acknowledged any more.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Service {
    fn check_running(&self) -> Result<(), Refused> {
        if *self.stopping.borrow() {
            return Err(Refused::new(ErrorCode::Stopping, "the node is stopping"));
        }
        Ok(())
    }

    /// The name in the node's status.
    async fn name(&self) -> Result<String, Refused> {
        if let Some(alias) = self.late.filter(|_| self.admitted.get().is_none()) {
            let key = Key::alias(&alias);
            let read =
                move |store: &Store, tip: &Tip| value(store, tip.height, &key).map_err(fault);
            if let Some(Alias { name, .. }) = self.read(read).await? {
                let _ = self.admitted.set(name);
            }
        }
        Ok(self.admitted.get().unwrap_or(&self.validator).clone())
    }

    /// Reads the store away from tokio's threads.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store, &Tip) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (store, tip) = (Arc::clone(&self.chain.store), self.chain.tip());
        let read = tokio::task::spawn_blocking(move || read(&store, &tip));
        let gone = |_| Refused::new(ErrorCode::Internal, "a fault of the node");
        read.await.map_err(gone)?
    }
}

/// What an answer takes beside its entries: a header, its certificate of as many signatures as there are, and the
/// framing.
const BESIDE: usize = 64 << 10;

fn size(entry: &StateEntry) -> usize {
    entry.key.len() + entry.value.as_ref().map_or(0, Vec::len) + entry.proof.len()
}

/// Whether entries of so many bytes fit into one message: who asks takes no larger one, and none is gathered here.
fn check_room(bytes: usize) -> Result<(), Refused> {
    let most = MAX_MESSAGE - BESIDE;
    let message = || format!("the answer has more than {most} bytes; ask for fewer keys at a time");
    (bytes <= most)
        .then_some(())
        .ok_or_else(|| Refused::new(ErrorCode::TooLarge, message()))
}

/// The height asked for, or the latest; there must be one.
fn existing(asked: Option<Height>, tip: &Tip) -> Result<Height, Refused> {
    let height = asked.unwrap_or(tip.height);
    if tip.height == Height(0) {
        let message = "the chain has no block yet; try again";
        return Err(Refused::new(ErrorCode::NotReady, message));
    }
    (height <= tip.height)
        .then_some(height)
        .ok_or_else(|| not_found("block"))
}

/// The latest height, whose header proves the state before it: that state must be here.
fn provable(store: &Store, tip: &Tip) -> Result<Height, Refused> {
    let latest = existing(None, tip)?;
    match store.base().map_err(fault)? {
        Some(base) if base.height == latest => {
            let message =
                "this node began with a snapshot and waits for its first block; try again";
            Err(Refused::new(ErrorCode::NotReady, message))
        }
        _ => Ok(latest),
    }
}

fn transactions(store: &Store, height: Height) -> Result<Vec<Vec<u8>>, Refused> {
    let ids = store.transaction_ids(height).map_err(fault)?;
    let ids = ids.ok_or_else(|| not_here(store, "block"))?;
    let read = |id: &TxId| {
        let row = store.transaction(id).map_err(fault)?;
        let missing = || ChainError::Damaged(format!("transaction {id} is missing"));
        Ok(row.ok_or_else(|| fault(missing()))?.bytes)
    };
    ids.iter().map(read).collect()
}

/// A transaction with its receipt, once the next header is final too.
fn committed(store: &Store, tip: &Tip, id: &TxId) -> Result<Option<Committed>, Refused> {
    let row = store.transaction(id).map_err(fault)?;
    let row = row.ok_or_else(|| not_here(store, "transaction"))?;
    if row.height >= tip.height {
        return Ok(None);
    }
    let (height, index) = (row.height, row.index as usize);
    let missing = || fault(ChainError::Damaged(format!("height {height}'s receipts")));
    let receipts = store.receipts(height).map_err(fault)?;
    let receipts = receipts.ok_or_else(missing)?;
    let proof = |leaves: &[Vec<u8>]| {
        let proof = InclusionProof::new(leaves, index);
        proof.map(|proof| proof.to_bytes()).ok_or_else(missing)
    };
    Ok(Some(Committed {
        transaction: row.bytes,
        transaction_proof: proof(&transactions(store, height)?)?,
        header: final_header(store, height)?,
        receipt: receipts.get(index).cloned().ok_or_else(missing)?,
        receipt_proof: proof(&receipts)?,
        next_header: final_header(store, height.next())?,
    }))
}

/// The state that the latest header proves is the one after the height before.
fn proven(store: &Store, latest: Height, key: Vec<u8>) -> Result<StateEntry, Refused> {
    let before = Height(latest.0.saturating_sub(1));
    let proven = store.prove(before, &key).map_err(fault)?;
    let (value, proof) = (proven.value, proven.proof);
    Ok(StateEntry { key, value, proof })
}

#[async_trait]
impl Backend for Service {
    fn turned_away(&self) {
        self.chain.metrics.turned_away.inc();
    }

    async fn status(&self) -> Result<Status, Refused> {
        let tip = self.chain.tip();
        let now = self.clock.now();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let genesis = &self.chain.genesis;
        let gossip = &self.chain.gossip;
        let next = tip.height.next();
        let rules = self.chain.rules();
        Ok(Status {
            chain: tip.chain,
            chain_name: genesis.name.clone(),
            validator: self.name().await?,
            height: tip.height,
            time: tip.time,
            block: tip.block,
            peers: number(gossip.reached_validators()),
            validators: number(rules.validators.validators().len()),
            waiting: number(self.chain.mempool.len()),
            lag: Duration::from_millis(now.0.saturating_sub(tip.time.0)),
            test_keys: genesis.parameters.test_keys == TestKeys::Allowed,
            lacks_share: self.chain.lacks_share(),
            first: self.chain.first,
            elsewhere: gossip.height(),
            nowhere: Some(next).filter(|next| gossip.is_nowhere(*next)),
            wrong_key: self.chain.has_wrong_key(),
            without_vote: !self.chain.is_one_of(&rules.validators),
        })
    }

    async fn genesis(&self) -> Result<Vec<u8>, Refused> {
        Ok(self.chain.genesis.to_bytes())
    }

    async fn header(&self, height: Option<Height>) -> Result<FinalHeader, Refused> {
        self.read(move |store, tip| final_header(store, existing(height, tip)?))
            .await
    }

    async fn block(&self, height: Option<Height>) -> Result<FinalBlock, Refused> {
        self.read(move |store, tip| {
            let height = existing(height, tip)?;
            let found = crate::rows::final_block(store, height).map_err(fault)?;
            let (block, certificate) = found.ok_or_else(|| not_here(store, "block"))?;
            Ok(FinalBlock {
                block: block.to_bytes(),
                certificate: certificate.to_bytes(),
            })
        })
        .await
    }

    async fn submit(&self, bytes: Vec<u8>, origin: Origin, work: &Work) -> Result<TxId, Refused> {
        self.check_running()?;
        self.take(bytes, origin, work).await
    }

    async fn finality(&self, id: TxId) -> Result<Committed, Refused> {
        let mut heights = self.chain.heights();
        let mut stopping = self.stopping.clone();
        loop {
            heights.borrow_and_update();
            if let Some(committed) = self.transaction(id).await? {
                return Ok(committed);
            }
            self.check_running()?;
            tokio::select! {
                _ = heights.changed() => {}
                _ = stopping.changed() => {}
            }
        }
    }

    async fn transaction(&self, id: TxId) -> Result<Option<Committed>, Refused> {
        // Asked first: what leaves the pool for a block is in the store before.
        let waits = self.chain.mempool.contains(&id);
        let found = self
            .read(move |store, tip| committed(store, tip, &id))
            .await;
        match found {
            Err(refused) if refused.code == ErrorCode::NotFound && waits => Ok(None),
            found => found,
        }
    }

    async fn sequences(&self, alias: AliasId) -> Result<Sequences, Refused> {
        let store = Arc::clone(&self.chain.store);
        let height = self.chain.tip().height;
        let read = move || {
            let view = View {
                store: &store,
                height,
            };
            next_sequence(&view, &alias)
        };
        let committed: Sequence = self.chain.checking.run(read).await.map_err(fault)?;
        let next = self.chain.mempool.next_sequence(&alias, committed);
        Ok(Sequences { committed, next })
    }

    async fn state(&self, keys: Vec<Vec<u8>>) -> Result<StateAnswer, Refused> {
        self.read(move |store, tip| {
            let latest = provable(store, tip)?;
            let (mut entries, mut bytes) = (Vec::new(), 0);
            for key in keys {
                let entry = proven(store, latest, key)?;
                bytes += size(&entry);
                check_room(bytes)?;
                entries.push(entry);
            }
            Ok(StateAnswer {
                entries,
                header: final_header(store, latest)?,
            })
        })
        .await
    }

    async fn record(&self, id: RecordId) -> Result<Vec<u8>, Refused> {
        self.read(move |store, _| {
            let Some(sealed) = store.sealed_by(&id).map_err(fault)? else {
                let kept = store.kept_record(&id).map_err(fault)?;
                return kept.ok_or_else(|| not_found("record"));
            };
            let row = store.transaction(&sealed).map_err(fault)?;
            let row = row.ok_or_else(|| not_found("record"))?;
            let transaction = Transaction::from_bytes(&row.bytes).map_err(fault)?;
            let Payload::SealRecord(record) = transaction.body.payload else {
                return Err(fault(ChainError::Damaged(format!("record {id}"))));
            };
            Ok(record.to_bytes())
        })
        .await
    }

    async fn taken(&self, index: u64, most: usize) -> Result<TakenAnswer, Refused> {
        self.read(move |store, tip| {
            let latest = provable(store, tip)?;
            let digest = proven(store, latest, Key::log().as_bytes().to_vec())?;
            let head = digest.value.as_deref().map(LogHead::from_bytes);
            let head = head.transpose().map_err(fault)?;
            let total = head.map_or(0, |head| head.length);
            Ok(TakenAnswer {
                header: final_header(store, latest)?,
                digest,
                entries: store.taken(index, total, most).map_err(fault)?,
                total,
            })
        })
        .await
    }

    async fn state_part(
        &self,
        height: Height,
        after: Option<[u8; 32]>,
        bytes: usize,
    ) -> Result<StatePart, Refused> {
        let whole = Arc::clone(&self.chain.store);
        self.read(move |store, tip| {
            let first = store.base().map_err(fault)?.map(|base| base.height);
            if height > tip.height || first.is_some_and(|first| height < first) {
                return Err(not_here(store, "height"));
            }
            let part = whole.state_part(height, after, bytes).map_err(fault)?;
            Ok(StatePart {
                pairs: part.pairs,
                proof: part.proof,
                last: part.last,
            })
        })
        .await
    }

    async fn final_at(&self, height: Height) -> Result<(), Refused> {
        self.check_running()?;
        follow::check_here(height, self.chain.first)?;
        follow::above(height, self.chain.heights(), self.stopping.clone()).await
    }

    async fn block_part(
        &self,
        height: Height,
        first: usize,
        bytes: usize,
    ) -> Result<BlockPart, Refused> {
        self.read(move |store, tip| follow::part(store, tip, height, first, bytes))
            .await
    }

    async fn stops(&self) {
        follow::stopped(&mut self.stopping.clone()).await;
    }
}

#[cfg(test)]
mod tests;
