//! Proofs of checks in parts: one for each step, the keys of one pass in memory at a time.

use std::path::{Path, PathBuf};

use ark_bls12_381::Fr;
use ark_ff::UniformRand;
use sealane_checks::compile::parts::{PartRecord, Parts, PassWitness, Tally};
use sealane_crypto::random;
use sealane_gadgets::{Mode, System, digest};
use sealane_setup::{CircuitKeys, KeyProgress, load_or_generate_for};
use sealane_statements::cross_check::parts::{self, commitment};

use crate::ProveError;
use crate::prover::{Core, Proof};

/// What the prover of a check in parts is doing, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartsProgress {
    /// The keys of a circuit, by its number from 1, of so many.
    Keys {
        /// Which.
        circuit: usize,
        /// Of how many.
        of: usize,
        /// What is done for them.
        now: KeyProgress,
    },
    /// Going through all parts in plain arithmetic.
    Tallying {
        /// Steps gone through.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// Making proofs.
    Proving {
        /// Proofs made.
        done: usize,
        /// Of how many.
        of: usize,
    },
}

/// A published circuit's digest and verifying key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsCircuit {
    /// The digest of its rows.
    pub digest: [u8; 32],
    /// The verifying key's canonical bytes, compressed.
    pub verifying_key: Vec<u8>,
}

/// All proofs of an outcome.
#[derive(Debug, Clone)]
pub struct PartsProofs {
    /// The commitment that each step gives, and its proof: all but the last.
    pub steps: Vec<(Fr, Proof)>,
    /// The proof that gives the bits.
    pub last: Proof,
}

/// The prover of a check in parts.
pub struct PartsProver<'a> {
    parts: &'a Parts<'a>,
    cache: PathBuf,
}

impl<'a> PartsProver<'a> {
    /// With keys from the cache folder, or made anew and put there.
    #[must_use]
    pub fn new(parts: &'a Parts<'a>, cache: &Path) -> Self {
        Self {
            parts,
            cache: cache.to_owned(),
        }
    }

    /// All passes, and the last proof.
    fn passes(&self) -> impl Iterator<Item = Option<usize>> + use<> {
        (0..self.parts.shape().passes.len()).map(Some).chain([None])
    }

    fn keys(
        &self,
        pass: Option<usize>,
        progress: &mut dyn FnMut(PartsProgress),
    ) -> Result<CircuitKeys, ProveError> {
        let of = self.parts.shape().passes.len() + 1;
        let circuit = pass.map_or(of, |pass| pass + 1);
        let name = self.parts.circuit_name(pass);
        let rows = || self.parts.blank(pass);
        Ok(load_or_generate_for(
            &name,
            rows,
            None,
            &self.cache,
            &mut |now| {
                progress(PartsProgress::Keys { circuit, of, now });
            },
        )?)
    }

    /// Digest and verifying key of each pass' circuit, and of the last proof's.
    ///
    /// # Errors
    /// When there are no keys.
    pub fn circuits(
        &self,
        progress: &mut dyn FnMut(PartsProgress),
    ) -> Result<Vec<PartsCircuit>, ProveError> {
        let circuit = |pass| {
            let keys = self.keys(pass, progress)?;
            let name = self.parts.circuit_name(pass);
            Ok(PartsCircuit {
                digest: digest(&name, &self.parts.blank(pass)),
                verifying_key: keys.verifying_key_bytes(),
            })
        };
        self.passes().map(circuit).collect()
    }

    /// Proves which requirements records meet.
    ///
    /// # Errors
    /// The requirement whose stated bit is not the circuits'; or as [`ProveError`] says. A witness that does not open the
    /// records is found when proofs are verified.
    ///
    /// # Panics
    /// When records are not by declared document, one or more for each: an error of the caller.
    pub fn prove(
        &self,
        records: &[Vec<PartRecord>],
        bits: &[bool],
        progress: &mut dyn FnMut(PartsProgress),
    ) -> Result<PartsProofs, ProveError> {
        let steps = self.parts.steps(records);
        let tallies = self.tallied(&steps, records, bits, progress)?;
        let mut proofs: Vec<Option<Proof>> = vec![None; steps.len()];
        let mut done = 0;
        for pass in self.passes() {
            let own = steps
                .iter()
                .enumerate()
                .filter(|(_, step)| step.pass == pass);
            let own: Vec<(usize, &parts::Step)> = own.collect();
            if own.is_empty() {
                continue;
            }
            let core = Core::new(self.keys(pass, progress)?)?;
            for (number, step) in own {
                progress(PartsProgress::Proving {
                    done,
                    of: steps.len(),
                });
                let blinding = tallies[number].as_ref().map(|tally| tally.blinding);
                let mut system = System::new(Mode::Values);
                self.step(&mut system, step, records, bits, &tallies, blinding);
                let mut rng = random::generator()?;
                proofs[number] = Some(core.prove(&system, &mut rng, &mut |_| ())?);
                done += 1;
            }
        }
        let mut proofs = proofs
            .into_iter()
            .map(|proof| proof.expect("every step has a pass"));
        let given = steps.iter().zip(&tallies).filter_map(|(step, tally)| {
            let (pass, tally) = (step.pass?, tally.as_ref()?);
            let chain = self.parts.chain(pass);
            Some(commitment(chain, &tally.cells, tally.blinding))
        });
        Ok(PartsProofs {
            steps: given.zip(&mut proofs).collect(),
            last: proofs.next().expect("the last step gives the bits"),
        })
    }

    /// What each step gives, hidden by fresh blindings; and that the bits are those of the circuits.
    fn tallied(
        &self,
        steps: &[parts::Step],
        records: &[Vec<PartRecord>],
        bits: &[bool],
        progress: &mut dyn FnMut(PartsProgress),
    ) -> Result<Vec<Option<Tally>>, ProveError> {
        let mut rng = random::generator()?;
        let mut tallies = Vec::with_capacity(steps.len());
        for (done, step) in steps.iter().enumerate() {
            progress(PartsProgress::Tallying {
                done,
                of: steps.len(),
            });
            let mut system = System::new(Mode::Values);
            let blinding = Some(Fr::rand(&mut rng));
            let found = self.step(&mut system, step, records, bits, &tallies, blinding);
            if step.pass.is_none()
                && let Some(number) = found
                    .bits
                    .iter()
                    .zip(bits)
                    .position(|(one, two)| one != two)
            {
                return Err(ProveError::Requirement {
                    requirement: self.parts.shape().head.requirements[number].clone(),
                    met: found.bits[number],
                });
            }
            tallies.push(found.tally);
        }
        Ok(tallies)
    }

    fn step(
        &self,
        system: &mut System,
        step: &parts::Step,
        records: &[Vec<PartRecord>],
        bits: &[bool],
        tallies: &[Option<Tally>],
        blinding: Option<Fr>,
    ) -> sealane_checks::compile::parts::Found {
        let statement = self.parts.statement(step, records, bits);
        let takes = self.parts.takes(step, tallies);
        let witness = PassWitness {
            documents: &self.parts.looked_at(step, records),
            takes: &takes,
            blinding: blinding.unwrap_or_default(),
        };
        self.parts
            .synthesize(system, step.pass, &statement, &witness)
    }
}
