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
use sealane_types::fingerprint::Mask;
use sealane_types::genesis::{Alias, Parameters};
use sealane_types::ids::{
    AliasId, FieldBytes, PointBytes, ProofBytes, RecordId, Sequence, VerifyingKeyId,
};
use sealane_types::receipt::Refusal;
use sealane_types::transaction::{Payload, Transaction};
use thiserror::Error;

use crate::chain::{HeaderError, Tip};
use crate::consortium::active;
use crate::cross_check::CrossCheckClaim;
use crate::naming::transaction_id;
use crate::next_sequence;
use crate::semantic::Semantic;
use crate::state::{Key, StateExt, StateRead};
use crate::verified::{Action, VerifiedBlock, VerifiedTransaction};

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

/// A financing proof, and what it must be a proof of.
#[derive(Debug, Clone, Copy)]
pub struct FinancingClaim<'a> {
    /// The verifying key, one that the chain accepts.
    pub verifying_key: VerifyingKeyId,
    /// The record's root, from the state.
    pub root: RecordId,
    /// The field element of the record's header, from the state.
    pub context: FieldBytes,
    /// The commitment of the seller's alias to its identifiers, one that the state has for the record.
    pub alias_commitment: FieldBytes,
    /// Which slots apply.
    pub mask: Mask,
    /// The commitment to payable amount and currency.
    pub amount_commitment: FieldBytes,
    /// `S`.
    pub blinding: PointBytes,
    /// `B_i` for the slots of the mask.
    pub blinded: &'a [PointBytes],
    /// The proof.
    pub proof: &'a ProofBytes,
}

/// What decides over proofs: the verifier with its verifying keys.
pub trait StatementProofs {
    /// Whether each claim's points and elements decode with all checks and its proof holds, in order.
    /// A key that is not there is a claim that does not hold.
    fn financings_hold(&self, claims: &[FinancingClaim<'_>]) -> Vec<bool>;

    /// Whether each claim's proof shows the statement that follows from its records, under the published key, in order.
    fn cross_checks_hold(&self, claims: &[&CrossCheckClaim]) -> Vec<bool>;
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
    proofs: &impl StatementProofs,
    entropy: &[u8; 32],
) -> Result<VerifiedBlock, InvalidBlock> {
    let parameters: Option<Parameters> = state.read(&Key::parameters());
    let parameters = parameters.expect("genesis writes the parameters");
    tip.check(&block, &parameters)?;
    check_order(state, tip, &block.transactions)?;
    check_signatures(state, &block.transactions, entropy)?;
    let mut semantic = Semantic::new(state, tip.chain, &parameters);
    let transactions: Vec<_> = block
        .transactions
        .iter()
        .map(|transaction| VerifiedTransaction {
            id: transaction_id(&transaction.body),
            signer: transaction.body.signer,
            sequence: transaction.body.sequence,
            record: transaction.body.payload.record(),
            action: semantic.check(&transaction.body),
        })
        .collect();
    let transactions = settle(transactions, &block.transactions, &semantic, proofs);
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

/// Verifies all proofs of a block, those of one kind together, and refuses the transactions whose proof fails.
fn settle(
    mut transactions: Vec<VerifiedTransaction>,
    originals: &[Transaction],
    semantic: &Semantic<'_>,
    proofs: &impl StatementProofs,
) -> Vec<VerifiedTransaction> {
    let mut failed = failed_financings(&transactions, originals, semantic, proofs);
    failed.extend(failed_cross_checks(&transactions, proofs));
    for place in failed {
        transactions[place].action = Err(Refusal::WrongProof);
    }
    transactions
}

fn failed_financings(
    transactions: &[VerifiedTransaction],
    originals: &[Transaction],
    semantic: &Semantic<'_>,
    proofs: &impl StatementProofs,
) -> Vec<usize> {
    let mut places = Vec::new();
    let mut claims = Vec::new();
    for (place, (verified, original)) in transactions.iter().zip(originals).enumerate() {
        let Payload::PresentBlinded(present) = &original.body.payload else {
            continue;
        };
        let context = semantic.context(&present.record);
        if let (Ok(_), Some(context)) = (&verified.action, context) {
            places.push(place);
            claims.push(FinancingClaim {
                verifying_key: present.verifying_key,
                root: present.record,
                context,
                alias_commitment: present.alias_commitment,
                mask: present.mask,
                amount_commitment: present.amount_commitment,
                blinding: present.blinding,
                blinded: &present.blinded,
                proof: &present.proof,
            });
        }
    }
    failed(places, claims, |claims| proofs.financings_hold(claims))
}

fn failed_cross_checks(
    transactions: &[VerifiedTransaction],
    proofs: &impl StatementProofs,
) -> Vec<usize> {
    let claims = transactions.iter().enumerate();
    let claims = claims.filter_map(|(place, verified)| match &verified.action {
        Ok(Action::CrossCheck(claim)) => Some((place, claim.as_ref())),
        _ => None,
    });
    let (places, claims) = claims.unzip();
    failed(places, claims, |claims| proofs.cross_checks_hold(claims))
}

/// The places whose claims do not hold.
fn failed<C>(
    places: Vec<usize>,
    claims: Vec<C>,
    hold: impl FnOnce(&[C]) -> Vec<bool>,
) -> Vec<usize> {
    if claims.is_empty() {
        return Vec::new();
    }
    let held = hold(&claims);
    assert_eq!(held.len(), claims.len(), "one answer for each claim");
    let failed = places.into_iter().zip(held).filter(|(_, held)| !held);
    failed.map(|(place, _)| place).collect()
}
