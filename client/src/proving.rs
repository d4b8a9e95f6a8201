//! Making a record's blinded set and its proof: work for the processor.

use std::sync::{Arc, Mutex};

use sealane_crypto::keys::{InstitutionSecret, RecordKey};
use sealane_crypto::sealing::Openings;
use sealane_prover::{KeyProgress, ProveError, ProveProgress, Prover, default_directory};
use sealane_statements::financing::{FinancingStatement, FinancingWitness, Seller};
use sealane_types::fingerprint::Mask;
use sealane_types::ids::{FieldBytes, PointBytes, ProofBytes, VerifyingKeyId};
use sealane_types::record::Record;
use sealane_types::transaction::PresentBlinded;

use crate::error::ClientError;

/// Loads the proving keys, or makes them the first time on this machine (half a minute), so that
/// what follows does not wait for them.
///
/// # Errors
/// When there are no keys, or no threads.
pub fn prepare_prover() -> Result<(), ClientError> {
    prover(&mut |_| ()).map(|_| ())
}

/// The process' one prover.
fn prover(progress: &mut dyn FnMut(KeyProgress)) -> Result<Arc<Prover>, ClientError> {
    static PROVER: Mutex<Option<Arc<Prover>>> = Mutex::new(None);
    let mut slot = PROVER
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(prover) = &*slot {
        return Ok(prover.clone());
    }
    let cache = default_directory().map_err(ProveError::from)?;
    let prover = Arc::new(Prover::open(&cache, progress)?);
    *slot = Some(prover.clone());
    Ok(prover)
}

/// All that proving a record's financing takes.
pub(crate) struct Proving {
    /// The record.
    pub record: Record,
    /// Its key.
    pub key: RecordKey,
    /// Whose document it is.
    pub seller: Seller,
    /// What fill-ups and the blinding derive from.
    pub secret: InstitutionSecret,
}

impl Proving {
    /// What the statement rests on: the same each time for one record and one commitment of the alias.
    pub(crate) fn witness(&self) -> Result<(FinancingWitness, Openings), ClientError> {
        let openings = Openings::recover(&self.record, &self.key);
        let openings = openings.map_err(|error| ClientError::Sealing(error.to_string()))?;
        let witness = FinancingWitness::of(&openings, &self.seller, &self.secret);
        Ok((witness.map_err(ProveError::from)?, openings))
    }

    /// Checks natively, then proves. `progress` is told in words.
    pub(crate) fn prove(
        self,
        mut progress: impl FnMut(&'static str),
    ) -> Result<PresentBlinded, ClientError> {
        progress("opening the record");
        let (witness, openings) = self.witness()?;
        let statement = witness.statement(openings.context());
        let statement = statement.map_err(ProveError::from)?;
        let prover = prover(&mut |now| progress(key_words(now)))?;
        let proof = prover.prove_financing(&statement, &witness, &mut |now| {
            progress(prove_words(now));
        })?;
        let proof = ProofBytes::new(*proof.bytes());
        let key = VerifyingKeyId::new(prover.verifying_key_id());
        presented(&self.record, &self.seller, &statement, key, proof)
    }
}

fn presented(
    record: &Record,
    seller: &Seller,
    statement: &FinancingStatement,
    verifying_key: VerifyingKeyId,
    proof: ProofBytes,
) -> Result<PresentBlinded, ClientError> {
    let shown = statement.encode();
    let mask = Mask::new(shown.mask);
    let mask = mask.ok_or_else(|| ClientError::Proving("no set has this mask".to_owned()))?;
    Ok(PresentBlinded {
        record: record.id(),
        alias: seller.alias,
        alias_commitment: seller.opening.commitment(),
        mask,
        amount_commitment: FieldBytes::new(shown.amount_commitment),
        blinding: PointBytes::new(shown.commitment),
        blinded: shown.blinded.into_iter().map(PointBytes::new).collect(),
        verifying_key,
        proof,
    })
}

impl From<ProveError> for ClientError {
    fn from(error: ProveError) -> Self {
        if let ProveError::Statement(reason) = error {
            return Self::NotFinanceable(reason.to_string());
        }
        Self::Proving(error.to_string())
    }
}

pub(crate) fn key_words(now: KeyProgress) -> &'static str {
    match now {
        KeyProgress::Circuit => "writing the circuit",
        KeyProgress::Loading => "loading the proving keys",
        KeyProgress::Generating => "making the proving keys, once on this machine",
        KeyProgress::Writing => "keeping the proving keys",
    }
}

pub(crate) fn prove_words(now: ProveProgress) -> &'static str {
    match now {
        ProveProgress::Checking => "checking the statement",
        ProveProgress::Witness => "assigning the circuit",
        ProveProgress::Proving => "making the proof",
        ProveProgress::Verifying => "verifying the proof",
    }
}
