//! From a block that anybody may have made to one that can be applied.
//!
//! Two kinds of fault are told apart. A wrong header, signature, chain, signer or sequence is the
//! *proposer's* fault: the block is no block. A wrong root or proof is the *signer's*: the transaction
//! stands in the block, with a receipt that refuses it, and costs its signer a sequence.
//!
//! Whatever a proof is about is taken from the state, or from a record sealed earlier in the same
//! block, never from the transaction that brings the proof.

use std::collections::BTreeMap;

use sealane_crypto::signature::{Signed, verify_batch};
use sealane_crypto::tags;
use sealane_types::block::Block;
use sealane_types::encoding::Encode;
use sealane_types::genesis::{Alias, Parameters};
use sealane_types::ids::{AliasId, Sequence};
use sealane_types::receipt::Refusal;
use sealane_types::transaction::Transaction;
use sealane_verifier::{Claim, Verifier};
use thiserror::Error;

use crate::chain::{HeaderError, Tip};
use crate::consortium::active;
use crate::naming::transaction_id;
use crate::next_sequence;
use crate::semantic::Semantic;
use crate::state::{Key, StateExt, StateRead};
use crate::verified::{VerifiedBlock, VerifiedTransaction};

/// Why a block is invalid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidBlock {
    /// The header does not follow, or does not fit the transactions.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A transaction should never have been put into it.
    #[error("transaction {position} of the block: {fault}")]
    Transaction {
        /// Its position, from 0.
        position: usize,
        /// Why.
        fault: InvalidTransaction,
    },
}

/// Why a transaction cannot stand in any block of this chain now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidTransaction {
    /// It is for another chain.
    #[error("it is for another chain")]
    OtherChain,
    /// Nobody on this chain is its signer.
    #[error(
        "no alias {0} is on the chain as far as this node has it; if it was registered or admitted a moment ago, the node lags: \
         wait until it has caught up, and try again"
    )]
    UnknownSigner(AliasId),
    /// The signer may not act.
    #[error("the alias {0}, or its bank, is suspended, closed or expired")]
    NotActive(AliasId),
    /// It was in a block already, or others must come first.
    #[error("the signer's next sequence is {next}, not {found}")]
    Sequence {
        /// The signer's next.
        next: Sequence,
        /// The transaction's.
        found: Sequence,
    },
    /// The signature is not the signer's over these bytes.
    #[error("the signature is not the signer's")]
    WrongSignature,
}

/// Verifies a block against the state after the tip, which it must follow.
///
/// `entropy` is node-local randomness that nobody else knows beforehand; the outcome does not depend
/// on it.
///
/// # Errors
/// When the block is none: its proposer is at fault.
pub fn verify_block(
    state: &dyn StateRead,
    tip: &Tip,
    block: Block,
    verifier: &dyn Verifier,
    entropy: &[u8; 32],
) -> Result<VerifiedBlock, InvalidBlock> {
    let parameters: Option<Parameters> = state.read(&Key::parameters());
    let parameters = parameters.expect("genesis writes the parameters");
    tip.check(&block, &parameters)?;
    check_order(state, tip, &block.transactions)?;
    check_signatures(state, &block.transactions, entropy)?;
    let mut semantic = Semantic::new(state, tip.chain, &parameters);
    let mut claims = Vec::new();
    let checked = block.transactions.iter().enumerate();
    let checked = checked.map(|(place, transaction)| {
        let mut own = Vec::new();
        let action = semantic.check(&transaction.body, &mut own);
        claims.extend(own.into_iter().map(|claim| (place, claim)));
        VerifiedTransaction {
            id: transaction_id(&transaction.body),
            signer: transaction.body.signer,
            sequence: transaction.body.sequence,
            record: transaction.body.payload.record(),
            action,
        }
    });
    let mut transactions: Vec<_> = checked.collect();
    for place in wrong(claims, verifier) {
        transactions[place].action = Err(Refusal::WrongProof);
    }
    let header = block.header;
    Ok(VerifiedBlock {
        header,
        transactions,
    })
}

/// Checks what a single transaction must have to be taken into a node's pool, by the state after the tip:
/// chain, a signer that may act, a sequence that is not used up, signature.
///
/// # Errors
/// When it cannot stand in any block, now or later.
pub fn admit(
    state: &dyn StateRead,
    tip: &Tip,
    transaction: &Transaction,
) -> Result<(), InvalidTransaction> {
    let body = &transaction.body;
    let signer = check_origin(state, tip, transaction)?;
    let (next, found) = (next_sequence(state, &body.signer), body.sequence);
    if found < next {
        return Err(InvalidTransaction::Sequence { next, found });
    }
    let message = body.to_bytes();
    let tag = tags::SIGN_TRANSACTION;
    sealane_crypto::signature::verify(tag, &signer.key, &message, &transaction.signature)
        .then_some(())
        .ok_or(InvalidTransaction::WrongSignature)
}

fn check_origin(
    state: &dyn StateRead,
    tip: &Tip,
    transaction: &Transaction,
) -> Result<Alias, InvalidTransaction> {
    if transaction.body.chain != tip.chain {
        return Err(InvalidTransaction::OtherChain);
    }
    let signer = transaction.body.signer;
    if state.get(&Key::alias(&signer)).is_none() {
        return Err(InvalidTransaction::UnknownSigner(signer));
    }
    let alias = active(state, &signer, tip.height.next());
    alias.ok_or(InvalidTransaction::NotActive(signer))
}

/// Chain, signers, and sequences without a gap.
fn check_order(
    state: &dyn StateRead,
    tip: &Tip,
    transactions: &[Transaction],
) -> Result<(), InvalidBlock> {
    let mut sequences: BTreeMap<AliasId, Option<Sequence>> = BTreeMap::new();
    for (position, transaction) in transactions.iter().enumerate() {
        let fault = |fault| InvalidBlock::Transaction { position, fault };
        check_origin(state, tip, transaction).map_err(fault)?;
        let (signer, found) = (transaction.body.signer, transaction.body.sequence);
        let expected = sequences
            .entry(signer)
            .or_insert_with(|| Some(next_sequence(state, &signer)));
        let next = expected.unwrap_or(Sequence(u64::MAX));
        if *expected != Some(found) || found.next().is_none() {
            return Err(fault(InvalidTransaction::Sequence { next, found }));
        }
        *expected = found.next();
    }
    Ok(())
}

fn check_signatures(
    state: &dyn StateRead,
    transactions: &[Transaction],
    entropy: &[u8; 32],
) -> Result<(), InvalidBlock> {
    let key = |transaction: &Transaction| {
        let alias: Option<Alias> = state.read(&Key::alias(&transaction.body.signer));
        alias.expect("signers were looked up before").key
    };
    let parts: Vec<_> = transactions
        .iter()
        .map(|transaction| (key(transaction), transaction.body.to_bytes()))
        .collect();
    let signed = transactions.iter().zip(&parts);
    let batch: Vec<_> = signed
        .map(|(transaction, (key, message))| Signed {
            tag: tags::SIGN_TRANSACTION,
            key,
            message,
            signature: &transaction.signature,
        })
        .collect();
    verify_batch(&batch, entropy).map_err(|wrong| InvalidBlock::Transaction {
        position: wrong.0.first().copied().unwrap_or_default(),
        fault: InvalidTransaction::WrongSignature,
    })
}

/// The places of transactions of whose claims not all hold. All claims of a block are asked at once.
fn wrong(claims: Vec<(usize, Claim)>, verifier: &dyn Verifier) -> Vec<usize> {
    if claims.is_empty() {
        return Vec::new();
    }
    let (places, claims): (Vec<usize>, Vec<Claim>) = claims.into_iter().unzip();
    let held = verifier.hold(&claims);
    assert_eq!(held.len(), claims.len(), "one answer for each claim");
    let wrong = places.into_iter().zip(held).filter(|(_, held)| !held);
    wrong.map(|(place, _)| place).collect()
}
