//! Proofs of cross-checks.

use std::path::Path;

use ark_serialize::CanonicalSerialize;
use sealane_checks::compile::{DocumentWitness, Plan, blank, synthesize};
use sealane_checks::{Instance, limits};
use sealane_crypto::random;
use sealane_gadgets::{Mode, System, digest};
use sealane_setup::{KeyProgress, Pins, load_or_generate_for};
use sealane_statements::cross_check::CrossCheckStatement;

use crate::ProveError;
use crate::prover::{Core, Proof, ProveProgress};

/// The prover of one check at one size.
pub struct CheckProver<'a> {
    core: Core,
    instance: &'a Instance<'a>,
    plan: Plan,
}

impl<'a> CheckProver<'a> {
    /// Opens a check's circuit with its test keys, from the cache folder or made anew and put there.
    ///
    /// # Errors
    /// When the instance is too large to be compiled, or there are no keys, or no threads.
    pub fn open(
        instance: &'a Instance<'a>,
        pins: Option<&Pins>,
        cache: &Path,
        progress: &mut dyn FnMut(KeyProgress),
    ) -> Result<Self, ProveError> {
        if instance.work() > limits::COMPILED {
            return Err(ProveError::TooLarge {
                found: instance.work(),
                limit: limits::COMPILED,
            });
        }
        let rows = || blank(instance);
        let name = instance.circuit_name();
        let keys = load_or_generate_for(&name, rows, pins, cache, progress)?;
        Ok(Self {
            core: Core::new(keys)?,
            instance,
            plan: Plan::of(instance),
        })
    }

    /// What the statement is made of.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The verifying key's identifier.
    #[must_use]
    pub fn verifying_key_id(&self) -> [u8; 32] {
        self.core.keys().verifying_key_id()
    }

    /// The verifying key's canonical bytes, compressed.
    #[must_use]
    pub fn verifying_key_bytes(&self) -> Vec<u8> {
        self.core.keys().verifying_key_bytes()
    }

    /// The digest of the circuit's rows.
    #[must_use]
    pub fn circuit_digest(&self) -> [u8; 32] {
        digest(&self.instance.circuit_name(), &blank(self.instance))
    }

    /// What should be pinned of these keys.
    #[must_use]
    pub fn pins(&self) -> Pins {
        self.core.keys().pins()
    }

    /// Bytes of the proving key, as it lies in the cache.
    #[must_use]
    pub fn key_bytes(&self) -> usize {
        self.core.keys().proving_key().uncompressed_size()
    }

    /// How many rows the circuit has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.core.keys().matrices()[0].len()
    }

    /// Proves which requirements these records meet.
    ///
    /// # Errors
    /// The requirement whose stated bit is not the circuit's; or as [`ProveError`] says. A witness that does not open the
    /// records is found when the proof is verified.
    pub fn prove(
        &self,
        statement: &CrossCheckStatement,
        witnesses: &[DocumentWitness],
        progress: &mut dyn FnMut(ProveProgress),
    ) -> Result<Proof, ProveError> {
        progress(ProveProgress::Checking);
        self.check_known(statement, witnesses)?;
        progress(ProveProgress::Witness);
        let mut system = System::new(Mode::Values);
        let bits = synthesize(&mut system, self.instance, &self.plan, statement, witnesses);
        let mut pairs = bits.iter().zip(&statement.bits);
        if let Some(number) = pairs.position(|(found, stated)| found != stated) {
            let (requirement, _) = &self.plan.requirements()[number];
            return Err(ProveError::Requirement {
                requirement: requirement.clone(),
                met: bits[number],
            });
        }
        let mut rng = random::generator()?;
        self.core.prove(&system, &mut rng, progress)
    }

    /// That every leaf that the circuit opens is known: the first that is not.
    fn check_known(
        &self,
        statement: &CrossCheckStatement,
        witnesses: &[DocumentWitness],
    ) -> Result<(), ProveError> {
        let taken = self.plan.taken(statement);
        for (number, (position, witness)) in self.plan.positions().iter().zip(witnesses).enumerate()
        {
            if statement.records[number].is_none() {
                continue;
            }
            let opened = self.plan.places(number);
            let mut hidden =
                opened.filter(|place| !taken[number].contains(place) && !witness.knows(*place));
            if let Some(place) = hidden.next() {
                let document = self.instance.check().documents[position.document]
                    .name
                    .clone();
                return Err(ProveError::Unknown { document, place });
            }
        }
        Ok(())
    }
}
