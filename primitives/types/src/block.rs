//! Blocks, their headers, and the certificates that make them final.

pub use crate::alias::MAX_VALIDATORS;
use crate::encoding::{Decode, DecodeError, Encode, ensure, invalid};
use crate::ids::{
    AliasId, BlockId, BlockTime, ChainId, Height, MerkleRoot, PublicKey, Signature, StateRoot,
    ValidatorSetHash,
};
use crate::transaction::Transaction;

/// The version of headers that this code writes and reads.
pub const HEADER_VERSION: u8 = 1;
/// Most transactions of a block, whatever genesis says.
pub const MAX_BLOCK_TRANSACTIONS: usize = 8192;
/// Fewest that a chain's limit may be: every validator's answer to one set, and a vote or more beside them.
pub const LEAST_BLOCK_TRANSACTIONS: usize = 2 * MAX_VALIDATORS;
/// Most bytes of a block, whatever genesis says.
pub const MAX_BLOCK_BYTES: usize = 64 << 20;
/// Fewest that a chain's limit may be: the largest transaction, with room for votes, answers and a proposal beside it.
pub const LEAST_BLOCK_BYTES: usize = 4 << 20;
/// Most bytes of a transaction, whatever genesis says. The largest record is smaller
/// ([`MAX_RECORD_CIPHERTEXT`](crate::record::MAX_RECORD_CIPHERTEXT)).
pub const MAX_TRANSACTION_BYTES: usize = 3 << 20;
/// Most Groth16 proofs of a block ([`Payload::proofs`](crate::transaction::Payload::proofs)): verifying them must end long before
/// the engine gives a proposal up, and bytes alone would let one of 16 MiB have some seventy thousand. One transaction has at most 1,025.
pub const MAX_BLOCK_PROOFS: usize = 2_048;

/// A block's header. Its hash is the block's id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(version(HEADER_VERSION, "block header"))]
pub struct BlockHeader {
    /// The chain.
    pub chain: ChainId,
    /// From 1.
    pub height: Height,
    /// Later than the previous header's.
    pub time: BlockTime,
    /// The previous block; zeros at height 1.
    pub previous: BlockId,
    /// Root of this block's transactions, each leaf the transaction's whole bytes.
    pub transactions: MerkleRoot,
    /// The state after the previous block.
    pub state: StateRoot,
    /// Root of the previous block's receipts.
    pub receipts: MerkleRoot,
    /// The validators that sign this block.
    pub validators: ValidatorSetHash,
    /// The validators that sign the next block.
    pub next_validators: ValidatorSetHash,
}

/// A block: a header and the transactions whose root it carries.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(within(MAX_BLOCK_BYTES, "block"))]
pub struct Block {
    /// The header.
    pub header: BlockHeader,
    /// At most [`MAX_BLOCK_TRANSACTIONS`].
    #[encoding(list(MAX_BLOCK_TRANSACTIONS, "transactions"))]
    pub transactions: Vec<Transaction>,
}

/// A validator and its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Validator {
    /// The validator's alias.
    pub alias: AliasId,
    /// The key that signs blocks.
    pub key: PublicKey,
    /// Voting power, at least 1.
    pub power: u32,
}

/// The validators of a height, by ascending alias, none twice, each with power.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct ValidatorSet(#[encoding(list(MAX_VALIDATORS, "validators"))] Vec<Validator>);

impl ValidatorSet {
    /// Takes the validators, in any order.
    ///
    /// # Errors
    /// When there is none or more than [`MAX_VALIDATORS`], an alias or key stands twice, or one has
    /// no power.
    pub fn new(mut validators: Vec<Validator>) -> Result<Self, DecodeError> {
        validators.sort_by_key(|validator| validator.alias);
        let set = Self(validators);
        set.check().map(|()| set)
    }

    fn check(&self) -> Result<(), DecodeError> {
        let ascending = self.0.is_sorted_by(|first, next| first.alias < next.alias);
        let mut keys: Vec<_> = self.0.iter().map(|validator| validator.key).collect();
        keys.sort_unstable();
        let reason = if self.0.is_empty() || self.0.len() > MAX_VALIDATORS {
            format!("1 to {MAX_VALIDATORS} validators, not {}", self.0.len())
        } else if !ascending {
            "not by ascending alias, or an alias stands twice".to_owned()
        } else if !keys.is_sorted_by(|first, next| first < next) {
            "a key stands twice".to_owned()
        } else if self.0.iter().any(|validator| validator.power == 0) {
            "a validator has no power".to_owned()
        } else {
            return Ok(());
        };
        invalid("validator set", reason)
    }

    /// The validators, by ascending alias.
    #[must_use]
    pub fn validators(&self) -> &[Validator] {
        &self.0
    }

    /// The validator with this alias.
    #[must_use]
    pub fn get(&self, alias: &AliasId) -> Option<&Validator> {
        let found = self
            .0
            .binary_search_by_key(alias, |validator| validator.alias);
        found.ok().map(|at| &self.0[at])
    }

    /// All power together.
    #[must_use]
    pub fn power(&self) -> u64 {
        self.0
            .iter()
            .map(|validator| u64::from(validator.power))
            .sum()
    }

    /// Whether `power` is more than two thirds of all.
    #[must_use]
    pub fn is_quorum(&self, power: u64) -> bool {
        u128::from(power) * 3 > u128::from(self.power()) * 2
    }
}

/// What a validator signs to make a block final: the bytes are this struct's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Vote {
    /// The chain, so that no vote counts on another.
    pub chain: ChainId,
    /// The block's height.
    pub height: Height,
    /// The round of consensus in which it was decided; 0 in `solo`.
    pub round: u32,
    /// The block.
    pub block: BlockId,
}

/// One validator's signature in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CommitSignature {
    /// The validator's alias.
    pub validator: AliasId,
    /// Its signature over the [`Vote`].
    pub signature: Signature,
}

/// What makes a block final: signatures of more than two thirds of the power.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Certificate {
    /// The block's height.
    pub height: Height,
    /// The round in which it was decided.
    pub round: u32,
    /// The block.
    pub block: BlockId,
    /// By ascending validator, none twice.
    #[encoding(list(MAX_VALIDATORS, "signatures"))]
    pub signatures: Vec<CommitSignature>,
}

impl Certificate {
    /// What each of the signatures is over.
    #[must_use]
    pub fn vote(&self, chain: ChainId) -> Vote {
        Vote {
            chain,
            height: self.height,
            round: self.round,
            block: self.block,
        }
    }

    fn check(&self) -> Result<(), DecodeError> {
        let list = &self.signatures;
        ensure(
            list.is_sorted_by(|first, next| first.validator < next.validator),
            "certificate",
            "validators are not in ascending order, or stand twice",
        )
    }
}
