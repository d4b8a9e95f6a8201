//! What of the pool goes into a block, and what of it never will.

use sealane_consensus::Waiting;
use sealane_ledger::state::{Key, Writes};
use sealane_types::alias::Alias;
use sealane_types::block::{MAX_BLOCK_PROOFS, MAX_TRANSACTION_BYTES};
use sealane_types::encoding::Decode as _;
use sealane_types::ids::Height;

use super::Chain;
use crate::fault::ChainError;
use crate::view::value;

/// Bytes of a block beside its transactions, and some to spare.
const HEADER_ROOM: usize = 1024;

impl Chain {
    /// Bytes that a transaction may have, to fit a block of this chain.
    pub(crate) fn most_bytes(&self) -> usize {
        MAX_TRANSACTION_BYTES.min(self.room())
    }

    /// Bytes of transactions that a block has room for.
    fn room(&self) -> usize {
        let limit = self.rules().parameters.max_block_bytes as usize;
        limit.saturating_sub(HEADER_ROOM)
    }

    /// Drops waiting transactions that fit no block (any more): while one waits, blocks are due, and it would never
    /// go.
    pub(super) fn drop_unfit(&self) {
        let dropped = self.mempool.throw_out_larger(self.most_bytes());
        if dropped > 0 {
            tracing::warn!(dropped, "waiting transactions fit no block of this chain");
        }
    }

    /// The waiting transactions of the next block.
    pub(super) fn transactions(&self) -> Vec<Waiting> {
        self.drop_unfit();
        let (rules, bytes) = (self.rules(), self.room());
        let most = rules.parameters.max_block_transactions as usize;
        let costs = self.budget.most();
        self.mempool.peek(most, bytes, MAX_BLOCK_PROOFS, costs)
    }

    /// Drops what waits of aliases whose key became another with the block of this height: no signature of the old
    /// one holds any more, and a transaction's id does not cover its signature, so that it would keep the same one
    /// with the new key out.
    pub(super) fn drop_old_keys(&self, height: Height, writes: &Writes) -> Result<(), ChainError> {
        for signer in self.mempool.signers() {
            let key = Key::alias(&signer);
            let Some(Some(written)) = writes.get(&key) else {
                continue;
            };
            let now = Alias::from_bytes(written)?;
            let below = height.0.checked_sub(1).map(Height);
            let before: Option<Alias> = match below {
                Some(below) => value(&self.store, below, &key)?,
                None => None,
            };
            if before.is_some_and(|before| before.key != now.key) {
                tracing::info!(alias = %signer, "its key has changed: what it signed with the old one waits no longer");
                self.mempool.throw_out_of(&signer);
            }
        }
        Ok(())
    }
}
