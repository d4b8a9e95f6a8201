//! A verified block becomes writes, receipts and effects: a function of state and block, and of
//! nothing else.

use sealane_types::ids::{AliasId, Sequence};
use sealane_types::receipt::{Outcome, Receipt, Refusal};
use thiserror::Error;

use crate::consortium::end_block;
use crate::effects::Effect;
use crate::rules::{At, execute};
use crate::sharing;
use crate::state::{Key, Overlay, StateExt, StateRead, Writes};
use crate::verified::{VerifiedBlock, VerifiedTransaction};

/// What a block does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Values to write, or to remove, all at once.
    pub writes: Writes,
    /// One for each transaction, in order.
    pub receipts: Vec<Receipt>,
    /// What to do once the writes are durable.
    pub effects: Vec<Effect>,
}

/// Why a verified block cannot be applied to a state: it was verified against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// A transaction's sequence is not its signer's next.
    #[error(
        "the block was verified against another state: {signer} is at sequence {next}, not {found}"
    )]
    Sequence {
        /// The signer.
        signer: AliasId,
        /// Its next sequence in this state.
        next: Sequence,
        /// The transaction's.
        found: Sequence,
    },
}

/// Applies a block to the state it was verified against, and writes what governance has decided for the next
/// height. An empty block writes nothing else, but for what
/// time decides of a round of the fingerprint key.
///
/// # Errors
/// When the block was verified against another state.
pub fn apply(state: &dyn StateRead, block: &VerifiedBlock) -> Result<Applied, ApplyError> {
    let mut overlay = Overlay::new(state);
    let mut receipts = Vec::new();
    let mut effects = Vec::new();
    for transaction in &block.transactions {
        use_sequence(&mut overlay, transaction)?;
        let at = At {
            chain: block.header.chain,
            height: block.header.height,
            time: block.header.time,
            signer: transaction.signer,
        };
        let outcome = run(&mut overlay, &mut effects, at, transaction);
        receipts.push(Receipt {
            transaction: transaction.id,
            signer: transaction.signer,
            record: transaction.record,
            outcome,
        });
    }
    end_block(&mut overlay, block.header.height, block.header.time);
    sharing::end_block(&mut overlay, block.header.chain, block.header.time);
    Ok(Applied {
        writes: overlay.into_writes(),
        receipts,
        effects,
    })
}

/// The next sequence of an alias.
#[must_use]
pub fn next_sequence(state: &dyn StateRead, alias: &AliasId) -> Sequence {
    state.read(&Key::sequence(alias)).unwrap_or_default()
}

/// A refused transaction uses its sequence up too: else it could be sent again once it would pass.
fn use_sequence(
    state: &mut Overlay<'_>,
    transaction: &VerifiedTransaction,
) -> Result<(), ApplyError> {
    let (signer, found) = (transaction.signer, transaction.sequence);
    let next = next_sequence(state, &signer);
    let after = found.next().filter(|_| found == next);
    let after = after.ok_or(ApplyError::Sequence {
        signer,
        next,
        found,
    })?;
    state.put(Key::sequence(&signer), &after);
    Ok(())
}

/// Runs one transaction on an overlay of its own, which is dropped when it is refused.
fn run(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    transaction: &VerifiedTransaction,
) -> Outcome {
    let mut own = Overlay::new(&*state);
    let mut own_effects = Vec::new();
    let result = execute(&mut own, &mut own_effects, at, transaction);
    let writes = own.into_writes();
    match result {
        Ok(done) => {
            state.absorb(writes);
            effects.append(&mut own_effects);
            Outcome::Done(done)
        }
        Err(refusal) => {
            if let (Refusal::WrongAnswer { share }, Some(record)) = (&refusal, transaction.record) {
                let share = *share;
                effects.push(Effect::WrongAnswer { record, share });
            }
            if let Some(fault) = sharing::fault(&refusal) {
                sharing::blame(state, &at.signer, fault, at.height);
            }
            Outcome::Refused(refusal)
        }
    }
}
