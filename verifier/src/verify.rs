//! Verification, alone and in batches.

use ark_bls12_381::Fr;
use ark_ff::{Field, PrimeField};
use rayon::prelude::*;
use sealane_crypto::curve::encode_element;
use sealane_crypto::hash::hash;
use sealane_crypto::random::{self, RandomError};
use sealane_crypto::tags;
use sealane_statements::cross_check::Publishes;
use sealane_statements::financing::{FinancingStatement, StatementError};
use thiserror::Error;

use crate::key::VerifyingKey;
use crate::pairing::{First, Loops, Second, Width, first, is_one, miller_loops, second, sum_of};
use crate::proof::{PROOF_BYTES, Proof, ProofError, UncheckedFinancing};

/// Why a proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The statement's bytes are none.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The proof's bytes are none.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The proof does not show the statement.
    #[error("the proof does not show the statement under this verifying key")]
    Refused,
}

/// A statement that was verified: only [`Verifier`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<S>(S);

impl<S> Verified<S> {
    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &S {
        &self.0
    }

    /// The statement, no longer marked as verified.
    #[must_use]
    pub fn into_statement(self) -> S {
        self.0
    }
}

/// A statement whose points and numbers are what they should be, with its public inputs and its proof.
struct Decoded<S = FinancingStatement> {
    statement: S,
    claim: Claim,
}

/// What the pairing equation is about.
struct Claim {
    inputs: Vec<Fr>,
    proof: Proof,
}

/// Most pairs whose Miller loops share their squarings, on one core.
const TOGETHER: usize = 16;

/// A verifying key, prepared.
pub struct Verifier {
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

impl Verifier {
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

    /// The verifier of financings under the test key.
    #[must_use]
    pub fn financing_test() -> Self {
        Self::new(&VerifyingKey::financing_test())
    }

    /// The verifying key's identifier.
    #[must_use]
    pub fn key_id(&self) -> [u8; 32] {
        self.id
    }

    /// What a cache of verified financings may be keyed by: every byte of the key, statement and proof.
    #[must_use]
    pub fn cache_key(&self, financing: &UncheckedFinancing) -> [u8; 32] {
        hash(
            tags::BATCH_WEIGHTS,
            &[b"cache", &self.id, &financing.transcript()],
        )
    }

    /// As [`Verifier::cache_key`], of a cross-check.
    #[must_use]
    pub fn cross_check_key(
        &self,
        statement: &impl Publishes,
        proof: &[u8; PROOF_BYTES],
    ) -> [u8; 32] {
        let transcript = transcript(statement, proof);
        hash(tags::BATCH_WEIGHTS, &[b"check", &self.id, &transcript])
    }

    /// Verifies one financing.
    ///
    /// # Errors
    /// When its bytes are none, or the proof does not show the statement.
    pub fn verify(
        &self,
        financing: &UncheckedFinancing,
    ) -> Result<Verified<FinancingStatement>, VerifyError> {
        self.verify_decoded(decode(financing)?)
    }

    /// Verifies the proof of a cross-check, whose statement the caller has made of what the ledger knows.
    ///
    /// # Errors
    /// When the proof's bytes are none, or it does not show the statement under this key.
    pub fn verify_cross_check<S: Publishes>(
        &self,
        statement: S,
        proof: &[u8; PROOF_BYTES],
    ) -> Result<Verified<S>, VerifyError> {
        self.verify_decoded(decode_cross_check(statement, proof)?)
    }

    fn verify_decoded<S>(&self, decoded: Decoded<S>) -> Result<Verified<S>, VerifyError> {
        self.hold(&decoded.claim)?;
        Ok(Verified(decoded.statement))
    }

    /// `e(A, B) = e(α, β) · e(inputs, γ) · e(C, δ)`.
    fn hold(&self, claim: &Claim) -> Result<(), VerifyError> {
        if claim.inputs.len() + 1 != self.inputs.len() {
            return Err(VerifyError::Refused); // another circuit's statement
        }
        let Proof { a, b, c } = claim.proof;
        let numbers: Vec<Fr> = [Fr::ONE]
            .into_iter()
            .chain(claim.inputs.iter().copied())
            .collect();
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

    /// Verifies many financings at once; the answers are those of [`Verifier::verify`], in order.
    ///
    /// # Errors
    /// When the operating system gives no randomness for the weights.
    pub fn verify_batch(
        &self,
        financings: &[UncheckedFinancing],
    ) -> Result<Vec<Result<Verified<FinancingStatement>, VerifyError>>, RandomError> {
        let decoded: Vec<_> = financings.par_iter().map(decode).collect();
        let transcripts: Vec<u8> = financings
            .iter()
            .flat_map(UncheckedFinancing::transcript)
            .collect();
        self.verify_all(decoded, &transcripts)
    }

    /// Verifies many proofs of one cross-check at once; the answers are those of [`Verifier::verify_cross_check`], in order.
    ///
    /// # Errors
    /// When the operating system gives no randomness for the weights.
    pub fn verify_cross_checks<S: Publishes + Send>(
        &self,
        claims: Vec<(S, [u8; PROOF_BYTES])>,
    ) -> Result<Vec<Result<Verified<S>, VerifyError>>, RandomError> {
        let transcripts = claims.iter();
        let transcripts = transcripts.flat_map(|(statement, proof)| transcript(statement, proof));
        let transcripts: Vec<u8> = transcripts.collect();
        let decoded = claims
            .into_par_iter()
            .map(|(statement, proof)| decode_cross_check(statement, &proof));
        self.verify_all(decoded.collect(), &transcripts)
    }

    fn verify_all<S: Send>(
        &self,
        decoded: Vec<Result<Decoded<S>, VerifyError>>,
        transcripts: &[u8],
    ) -> Result<Vec<Result<Verified<S>, VerifyError>>, RandomError> {
        let entropy = random::bytes::<32>()?;
        let fits = |claim: &&Claim| claim.inputs.len() + 1 == self.inputs.len();
        let valid = decoded.iter().flatten().map(|decoded| &decoded.claim);
        let valid: Vec<&Claim> = valid.filter(fits).collect();
        let seed = hash(
            tags::BATCH_WEIGHTS,
            &[b"seed", &*entropy, &self.id, transcripts],
        );
        let hold = self.all_hold(&valid, &weights(&seed, valid.len()));
        let answer = |decoded: Result<Decoded<S>, VerifyError>| {
            let decoded = decoded?;
            match hold && fits(&&decoded.claim) {
                true => Ok(Verified(decoded.statement)),
                false => self.verify_decoded(decoded),
            }
        };
        Ok(decoded.into_par_iter().map(answer).collect())
    }

    /// `Π e(wᵢ·Aᵢ, Bᵢ) = e(Σwᵢ·α, β) · e(Σwᵢ·inputsᵢ, γ) · e(Σwᵢ·Cᵢ, δ)`.
    fn all_hold(&self, decoded: &[&Claim], weights: &[Fr]) -> bool {
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
    fn weighted_rest(&self, decoded: &[&Claim], weights: &[Fr]) -> Loops {
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
    fn weighted_inputs(&self, decoded: &[&Claim], weights: &[Fr]) -> Vec<Fr> {
        let mut sums = vec![Fr::from(0_u8); self.inputs.len()];
        for (decoded, weight) in decoded.iter().zip(weights) {
            sums[0] += weight;
            let pairs = sums[1..].iter_mut().zip(&decoded.inputs);
            pairs.for_each(|(sum, input)| *sum += *weight * input);
        }
        sums
    }
}

/// `Π e(wᵢ·Aᵢ, Bᵢ)`.
fn weighted_loops(decoded: &[&Claim], weights: &[Fr]) -> Loops {
    let pairs = decoded.iter().zip(weights);
    miller_loops(pairs.map(|(decoded, weight)| {
        let Proof { a, b, .. } = decoded.proof;
        (sum_of(&[a], &[*weight], Width::Weight), b)
    }))
}

fn decode(financing: &UncheckedFinancing) -> Result<Decoded, VerifyError> {
    let (statement, proof) = rayon::join(
        || FinancingStatement::decode(&financing.statement),
        || Proof::decode(&financing.proof),
    );
    let statement = statement?;
    let claim = Claim {
        inputs: statement.public_inputs(),
        proof: proof?,
    };
    Ok(Decoded { statement, claim })
}

/// Every byte of a cross-check's public inputs and proof.
fn transcript(statement: &impl Publishes, proof: &[u8; PROOF_BYTES]) -> Vec<u8> {
    let inputs = statement.inputs();
    let mut bytes = (inputs.len() as u64).to_le_bytes().to_vec();
    bytes.extend(inputs.iter().flat_map(encode_element));
    bytes.extend(proof);
    bytes
}

fn decode_cross_check<S: Publishes>(
    statement: S,
    proof: &[u8; PROOF_BYTES],
) -> Result<Decoded<S>, VerifyError> {
    let claim = Claim {
        inputs: statement.inputs(),
        proof: Proof::decode(proof)?,
    };
    Ok(Decoded { statement, claim })
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

    /// Whether the batch equation holds under the given weights, for financings that decode.
    pub(crate) fn holds_under(
        verifier: &Verifier,
        financings: &[UncheckedFinancing],
        weights: &[Fr],
    ) -> bool {
        let decoded: Vec<Claim> = financings
            .iter()
            .map(|f| decode(f).expect("decodes").claim)
            .collect();
        verifier.all_hold(&decoded.iter().collect::<Vec<_>>(), weights)
    }

    /// The weights of a seed.
    pub(crate) fn weights_of(seed: &[u8; 32], count: usize) -> Vec<Fr> {
        weights(seed, count)
    }
}
