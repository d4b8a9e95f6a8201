//! Proving, step by step.

use std::path::Path;

use ark_bls12_381::{Bls12_381, Fr};
use ark_ff::UniformRand;
use ark_groth16::{Groth16, PreparedVerifyingKey, prepare_verifying_key};
use ark_serialize::CanonicalSerialize;
use rand_core::{CryptoRng, RngCore};
use sealane_crypto::random;
use sealane_gadgets::{Mode, System};
use sealane_setup::{CircuitKeys, KeyProgress, load_or_generate};
use sealane_statements::financing::{FinancingStatement, FinancingWitness, constraints};

use zeroize::Zeroizing;

use crate::ProveError;

/// Bytes of a proof: A and C in G1 (48 each), B in G2 (96), compressed.
pub const PROOF_BYTES: usize = 192;

/// A Groth16 proof, compressed: A, B, C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof([u8; PROOF_BYTES]);

impl Proof {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; PROOF_BYTES] {
        &self.0
    }
}

/// What the prover is doing, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProveProgress {
    /// Checking the statement in plain arithmetic.
    Checking,
    /// Assigning the circuit's variables.
    Witness,
    /// Making the proof: most of the time.
    Proving,
    /// Verifying the proof.
    Verifying,
}

/// A circuit's keys, and the threads that prove with them.
pub(crate) struct Core {
    keys: CircuitKeys,
    verifying_key: PreparedVerifyingKey<Bls12_381>,
    pool: rayon::ThreadPool,
}

impl Core {
    pub(crate) fn new(keys: CircuitKeys) -> Result<Self, ProveError> {
        let verifying_key = prepare_verifying_key(&keys.proving_key().vk);
        let pool = rayon::ThreadPoolBuilder::new()
            .thread_name(|index| format!("prover-{index}"))
            .build()?;
        Ok(Self {
            keys,
            verifying_key,
            pool,
        })
    }

    pub(crate) fn keys(&self) -> &CircuitKeys {
        &self.keys
    }

    /// Proves what a system's assignment says, and verifies the proof.
    pub(crate) fn prove(
        &self,
        system: &System,
        rng: &mut (impl RngCore + CryptoRng),
        progress: &mut dyn FnMut(ProveProgress),
    ) -> Result<Proof, ProveError> {
        progress(ProveProgress::Proving);
        let [r, s] = [Fr::rand(rng), Fr::rand(rng)];
        let proof = self.pool.install(|| self.groth16(system, r, s))?;
        progress(ProveProgress::Verifying);
        let inputs = &system.instance()[1..];
        match Groth16::<Bls12_381>::verify_proof(&self.verifying_key, &proof, inputs) {
            Ok(true) => Ok(compressed(&proof)),
            Ok(false) => Err(ProveError::Unverified),
            Err(reason) => Err(ProveError::Groth16(reason.to_string())),
        }
    }

    fn groth16(
        &self,
        system: &System,
        r: Fr,
        s: Fr,
    ) -> Result<ark_groth16::Proof<Bls12_381>, ProveError> {
        let matrices = self.keys.matrices();
        let proof = Groth16::<Bls12_381>::create_proof_with_reduction_and_matrices(
            self.keys.proving_key(),
            r,
            s,
            matrices,
            system.instance().len(),
            matrices[0].len(),
            &Zeroizing::new(system.full_assignment()),
        );
        proof.map_err(|reason| ProveError::Groth16(reason.to_string()))
    }
}

/// The prover of financings.
pub struct Prover {
    core: Core,
}

impl Prover {
    /// Opens the financing circuit with its test keys, from the cache folder or made anew and put there.
    ///
    /// # Errors
    /// When there are no keys, or no threads.
    pub fn open(cache: &Path, progress: &mut dyn FnMut(KeyProgress)) -> Result<Self, ProveError> {
        let core = Core::new(load_or_generate(cache, progress)?)?;
        Ok(Self { core })
    }

    /// The verifying key's identifier.
    #[must_use]
    pub fn verifying_key_id(&self) -> [u8; 32] {
        self.core.keys().verifying_key_id()
    }

    /// Proves a financing with randomness from the operating system.
    ///
    /// # Errors
    /// The first constraint that the witness does not meet; or as [`ProveError`] says.
    pub fn prove_financing(
        &self,
        statement: &FinancingStatement,
        witness: &FinancingWitness,
        progress: &mut dyn FnMut(ProveProgress),
    ) -> Result<Proof, ProveError> {
        let mut rng = random::generator()?;
        self.prove_financing_with(statement, witness, &mut rng, progress)
    }

    /// Proves a financing with the caller's randomness, on which the proof's zero knowledge rests.
    ///
    /// # Errors
    /// As [`Prover::prove_financing`].
    pub fn prove_financing_with(
        &self,
        statement: &FinancingStatement,
        witness: &FinancingWitness,
        rng: &mut (impl RngCore + CryptoRng),
        progress: &mut dyn FnMut(ProveProgress),
    ) -> Result<Proof, ProveError> {
        progress(ProveProgress::Checking);
        statement.check(witness)?;
        progress(ProveProgress::Witness);
        let mut system = System::new(Mode::Values);
        constraints::synthesize(&mut system, statement, witness);
        self.core.prove(&system, rng, progress)
    }
}

fn compressed(proof: &ark_groth16::Proof<Bls12_381>) -> Proof {
    let mut bytes = [0; PROOF_BYTES];
    let written = proof.serialize_compressed(&mut bytes[..]);
    written.expect("a proof has 192 bytes");
    Proof(bytes)
}
