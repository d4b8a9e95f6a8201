//! Signatures: Ed25519 as [ZIP-215](https://zips.z.cash/zip-0215) verifies it, so that a batch and
//! its members verified one by one never disagree, on any node.
//!
//! What is signed is the tag's length (one byte), the tag and the message: a signature for one
//! purpose is none for another.

use std::hint::black_box;

use ed25519_consensus::{VerificationKey, VerificationKeyBytes, batch};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sealane_types::alias::{Amendment, Possession, Vouched};
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, ChainId, PublicKey, Signature};
use sealane_types::transaction::Consent;
use subtle::{Choice, ConstantTimeEq};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::hash::hash;
use crate::random::{self, RandomError};
use crate::tags;

/// Signatures of a batch that are wrong, by their position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("signatures at {0:?} are wrong")]
pub struct WrongSignatures(pub Vec<usize>);

/// A key that signs. It is overwritten when dropped and shows nothing of itself.
pub struct SigningKey(Box<ed25519_consensus::SigningKey>);

impl SigningKey {
    /// The key of a seed of 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Box::new((*seed).into()))
    }

    /// A new key.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomError> {
        Ok(Self::from_seed(&*random::bytes()?))
    }

    /// The seed, for a keystore.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(*self.0.as_bytes())
    }

    /// 32 secret bytes for another use, which `tag` names: they tell nothing of the key.
    #[must_use]
    pub fn derive(&self, tag: &[u8]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hash(tag, &[&*self.seed()]))
    }

    /// The key that verifies.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.0.verification_key().to_bytes())
    }

    /// Signs `message` for the purpose that `tag` names.
    #[must_use]
    pub fn sign(&self, tag: &[u8], message: &[u8]) -> Signature {
        Signature::new(self.0.sign(&tagged(tag, message)).to_bytes())
    }

    /// Its word that it is this member's key on this chain.
    #[must_use]
    pub fn possess(&self, chain: ChainId, alias: AliasId) -> Signature {
        self.possess_as(chain, alias, None)
    }

    /// Its word that it is this alias' key on this chain, and a customer's of this bank where that is vouched for.
    #[must_use]
    pub fn possess_as(
        &self,
        chain: ChainId,
        alias: AliasId,
        vouched: Option<Vouched>,
    ) -> Signature {
        let said = Possession {
            chain,
            alias,
            key: self.public(),
            vouched,
        };
        self.sign(tags::SIGN_POSSESSION, &said.to_bytes())
    }

    /// Its word that its alias gets more legal identifiers.
    #[must_use]
    pub fn amend(&self, amendment: &Amendment) -> Signature {
        self.sign(tags::SIGN_AMENDMENT, &amendment.to_bytes())
    }

    /// Its word that a bank may finance this record under its alias.
    #[must_use]
    pub fn consent(&self, consent: &Consent) -> Signature {
        self.sign(tags::SIGN_CONSENT, &consent.to_bytes())
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        self.0.zeroize();
        *self.0 = [0; 32].into(); // zeroize leaves the half of the hash that nonces come from
        black_box(&self.0);
    }
}

impl ConstantTimeEq for SigningKey {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_bytes().ct_eq(other.0.as_bytes())
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SigningKey(secret of {})", self.public())
    }
}

fn tagged(tag: &[u8], message: &[u8]) -> Vec<u8> {
    let length = u8::try_from(tag.len()).expect("tags are shorter than 256 bytes");
    [&[length], tag, message].concat()
}

/// Whether `signature` is `key`'s over `message` for the purpose that `tag` names.
#[must_use]
pub fn verify(tag: &[u8], key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    verifies(key, &tagged(tag, message), signature)
}

fn verifies(key: &PublicKey, bytes: &[u8], signature: &Signature) -> bool {
    let key = VerificationKey::try_from(*key.as_bytes());
    let signature = ed25519_consensus::Signature::from(*signature.as_bytes());
    key.is_ok_and(|key| key.verify(&signature, bytes).is_ok())
}

/// Whether `key` is a point that only the holder of a secret can sign for. ZIP-215 also reads points of
/// small order, for which anybody can sign: such keys are refused where keys are registered.
#[must_use]
pub fn is_sound_key(key: &PublicKey) -> bool {
    let mut of_nobody = [0; 64];
    of_nobody[0] = 1; // R is the identity, s is 0: right for every message, if 8·A is the identity
    let decodes = VerificationKey::try_from(*key.as_bytes()).is_ok();
    decodes && !verifies(key, b"", &Signature::new(of_nobody))
}

/// One signature of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The purpose.
    pub tag: &'a [u8],
    /// Whose signature it is said to be.
    pub key: &'a PublicKey,
    /// What is signed.
    pub message: &'a [u8],
    /// The signature.
    pub signature: &'a Signature,
}

/// Verifies many signatures at once; if the batch fails, one by one.
///
/// The batch's weights come from `entropy`, which no one else may know beforehand (node-local
/// randomness), and from all that is verified.
///
/// # Errors
/// Names every signature that is wrong: the same ones that [`verify`] calls wrong.
pub fn verify_batch(batch: &[Signed<'_>], entropy: &[u8; 32]) -> Result<(), WrongSignatures> {
    let mut verifier = batch::Verifier::new();
    let mut seed = hash(tags::SIGNATURE_WEIGHTS, &[entropy]);
    for signed in batch {
        let bytes = tagged(signed.tag, signed.message);
        let signature = signed.signature.as_bytes();
        let parts: [&[u8]; 4] = [&seed, signed.key.as_bytes(), signature, &bytes];
        seed = hash(tags::SIGNATURE_WEIGHTS, &parts);
        let key = VerificationKeyBytes::from(*signed.key.as_bytes());
        verifier.queue((key, (*signature).into(), &bytes));
    }
    if verifier.verify(ChaCha20Rng::from_seed(seed)).is_ok() {
        return Ok(());
    }
    let wrong = |(_, signed): &(usize, &Signed<'_>)| {
        !verify(signed.tag, signed.key, signed.message, signed.signature)
    };
    let wrong = batch.iter().enumerate().filter(wrong);
    let wrong: Vec<usize> = wrong.map(|(at, _)| at).collect();
    match wrong.is_empty() {
        true => Ok(()), // each is right by itself, and that is what counts
        false => Err(WrongSignatures(wrong)),
    }
}

#[cfg(test)]
mod tests;
