//! Verification under one key, alone and in batches.

use ark_bls12_381::Fr;
use ark_ff::{Field, PrimeField};
use rayon::prelude::*;
use sealane_crypto::curve::encode_element;
use sealane_crypto::hash::hash;
use sealane_crypto::random::{self, RandomError};
use sealane_crypto::tags;
use thiserror::Error;

use crate::key::VerifyingKey;
use crate::pairing::{First, Loops, Second, Width, first, is_one, miller_loops, second, sum_of};
use crate::proof::{PROOF_BYTES, Proof, ProofError};

/// Why a proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The proof's bytes are none.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The proof does not show the statement.
    #[error("the proof does not show the statement under this verifying key")]
    Refused,
}

/// Public inputs, and the bytes of the proof that is to show them.
pub type Shown<'a> = (&'a [Fr], &'a [u8; PROOF_BYTES]);

/// What the pairing equation is about: the proof's points are in their groups.
struct Decoded<'a> {
    inputs: &'a [Fr],
    proof: Proof,
}

/// Most pairs whose Miller loops share their squarings, on one core.
const TOGETHER: usize = 16;

/// A verifying key, prepared.
pub struct PreparedKey {
    id: [u8; 32],
    minus_alpha: First,
    beta: Second,
    minus_gamma: Second,
    minus_delta: Second,
    /// The points of the constant 1 and of each public input.
    inputs: Vec<First>,
    /// `e(−α, β)` before the final power.
    alpha_beta: Loops,
}

impl PreparedKey {
    /// Prepares a key.
    #[must_use]
    pub fn new(key: &VerifyingKey) -> Self {
        let (minus_alpha, beta) = (first(&-key.alpha_g1), second(&key.beta_g2));
        Self {
            id: key.id(),
            minus_alpha,
            beta,
            minus_gamma: second(&-key.gamma_g2),
            minus_delta: second(&-key.delta_g2),
            inputs: key.gamma_abc_g1.iter().map(first).collect(),
            alpha_beta: miller_loops([(minus_alpha, beta)]),
        }
    }

    /// The financing circuit's test key.
    #[must_use]
    pub fn financing_test() -> Self {
        Self::new(&VerifyingKey::financing_test())
    }

    /// The verifying key's identifier.
    #[must_use]
    pub fn id(&self) -> [u8; 32] {
        self.id
    }

    /// What a cache of outcomes may be keyed by: every byte of key, public inputs and proof.
    #[must_use]
    pub fn cache_key(&self, inputs: &[Fr], proof: &[u8; PROOF_BYTES]) -> [u8; 32] {
        let transcript = transcript((inputs, proof));
        hash(tags::BATCH_WEIGHTS, &[b"cache", &self.id, &transcript])
    }

    /// Verifies one proof.
    ///
    /// # Errors
    /// When its bytes are none, or it does not show these public inputs.
    pub fn verify(&self, inputs: &[Fr], proof: &[u8; PROOF_BYTES]) -> Result<(), VerifyError> {
        self.hold(&decode((inputs, proof))?)
    }

    /// `e(A, B) = e(α, β) · e(inputs, γ) · e(C, δ)`.
    fn hold(&self, decoded: &Decoded<'_>) -> Result<(), VerifyError> {
        if !self.takes(decoded.inputs.len()) {
            return Err(VerifyError::Refused);
        }
        let Proof { a, b, c } = decoded.proof;
        let numbers = [&[Fr::ONE][..], decoded.inputs].concat();
        let (proof, inputs) = rayon::join(
            || miller_loops([(a, b), (c, self.minus_delta)]),
            || {
                let sum = sum_of(&self.inputs, &numbers, Width::Full);
                miller_loops([(sum, self.minus_gamma)])
            },
        );
        let all = proof * inputs * self.alpha_beta;
        is_one(&all).then_some(()).ok_or(VerifyError::Refused)
    }

    /// Whether the key takes so many public inputs: others are another circuit's.
    pub(crate) fn takes(&self, inputs: usize) -> bool {
        inputs + 1 == self.inputs.len()
    }

    /// Verifies many proofs at once; the answers are those of [`PreparedKey::verify`], in order.
    ///
    /// # Errors
    /// When the operating system gives no randomness for the weights.
    pub fn verify_batch(
        &self,
        batch: &[Shown<'_>],
    ) -> Result<Vec<Result<(), VerifyError>>, RandomError> {
        let entropy = random::bytes::<32>()?;
        let decoded: Vec<_> = batch.par_iter().map(|one| decode(*one)).collect();
        let fits = |one: &Decoded<'_>| self.takes(one.inputs.len());
        let valid = decoded.iter().flatten().filter(|one| fits(one));
        let valid: Vec<&Decoded<'_>> = valid.collect();
        let transcripts: Vec<u8> = batch.iter().flat_map(|one| transcript(*one)).collect();
        let seed = hash(
            tags::BATCH_WEIGHTS,
            &[b"seed", &*entropy, &self.id, &transcripts],
        );
        let hold = self.all_hold(&valid, &weights(&seed, valid.len()));
        let answer = |decoded: Result<Decoded<'_>, VerifyError>| {
            let decoded = decoded?;
            match hold && fits(&decoded) {
                true => Ok(()),
                false => self.hold(&decoded),
            }
        };
        Ok(decoded.into_par_iter().map(answer).collect())
    }

    /// `Π e(wᵢ·Aᵢ, Bᵢ) = e(Σwᵢ·α, β) · e(Σwᵢ·inputsᵢ, γ) · e(Σwᵢ·Cᵢ, δ)`.
    fn all_hold(&self, decoded: &[&Decoded<'_>], weights: &[Fr]) -> bool {
        if decoded.is_empty() {
            return true;
        }
        let proofs = decoded
            .par_chunks(TOGETHER)
            .zip(weights.par_chunks(TOGETHER));
        let proofs = proofs.map(|(decoded, weights)| weighted_loops(decoded, weights));
        let (proofs, rest) = rayon::join(
            || proofs.reduce(Loops::default, |one, other| one * other),
            || self.weighted_rest(decoded, weights),
        );
        is_one(&(proofs * rest))
    }

    /// `e(−Σwᵢ·α, β) · e(−Σwᵢ·inputsᵢ, γ) · e(−Σwᵢ·Cᵢ, δ)`.
    fn weighted_rest(&self, decoded: &[&Decoded<'_>], weights: &[Fr]) -> Loops {
        let sums = self.weighted_inputs(decoded, weights);
        let inputs = sum_of(&self.inputs, &sums, Width::Full);
        let ends: Vec<First> = decoded.iter().map(|decoded| decoded.proof.c).collect();
        let ends = sum_of(&ends, weights, Width::Weight);
        let start = sum_of(&[self.minus_alpha], &sums[..1], Width::Full);
        miller_loops([
            (start, self.beta),
            (inputs, self.minus_gamma),
            (ends, self.minus_delta),
        ])
    }

    /// For each point of the key the sum of weights times public inputs, the constant 1 first.
    fn weighted_inputs(&self, decoded: &[&Decoded<'_>], weights: &[Fr]) -> Vec<Fr> {
        let mut sums = vec![Fr::from(0_u8); self.inputs.len()];
        for (decoded, weight) in decoded.iter().zip(weights) {
            sums[0] += weight;
            let pairs = sums[1..].iter_mut().zip(decoded.inputs);
            pairs.for_each(|(sum, input)| *sum += *weight * input);
        }
        sums
    }
}

/// `Π e(wᵢ·Aᵢ, Bᵢ)`.
fn weighted_loops(decoded: &[&Decoded<'_>], weights: &[Fr]) -> Loops {
    let pairs = decoded.iter().zip(weights);
    miller_loops(pairs.map(|(decoded, weight)| {
        let Proof { a, b, .. } = decoded.proof;
        (sum_of(&[a], &[*weight], Width::Weight), b)
    }))
}

fn decode<'a>((inputs, proof): Shown<'a>) -> Result<Decoded<'a>, VerifyError> {
    let proof = Proof::decode(proof)?;
    Ok(Decoded { inputs, proof })
}

/// Every byte of public inputs and proof, unambiguously.
fn transcript((inputs, proof): Shown<'_>) -> Vec<u8> {
    let mut bytes = (inputs.len() as u64).to_le_bytes().to_vec();
    bytes.extend(inputs.iter().flat_map(encode_element));
    bytes.extend(proof);
    bytes
}

/// Weights of 128 bits, none 0, from a seed that nobody knows before the batch is fixed.
fn weights(seed: &[u8; 32], count: usize) -> Vec<Fr> {
    let weight = |index: usize| {
        let index = (index as u64).to_le_bytes();
        let bytes = hash(tags::BATCH_WEIGHTS, &[b"weight", seed, &index]);
        let (low, _) = bytes.split_at(16);
        let weight = Fr::from_le_bytes_mod_order(low);
        if weight == Fr::from(0_u8) {
            Fr::ONE
        } else {
            weight
        }
    };
    (0..count).map(weight).collect()
}

#[cfg(test)]
pub(crate) mod testing {
    //! What tests of cancelling pairs need: the equation under weights that they choose.

    use super::*;

    /// Whether the batch equation holds under the given weights, for proofs that decode.
    pub(crate) fn holds_under(key: &PreparedKey, batch: &[Shown<'_>], weights: &[Fr]) -> bool {
        let decoded: Vec<_> = batch
            .iter()
            .map(|one| decode(*one).expect("decodes"))
            .collect();
        key.all_hold(&decoded.iter().collect::<Vec<_>>(), weights)
    }

    /// The weights of a seed.
    pub(crate) fn weights_of(seed: &[u8; 32], count: usize) -> Vec<Fr> {
        weights(seed, count)
    }
}
