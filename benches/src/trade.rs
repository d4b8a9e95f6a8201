//! A bank that seals, proves and finances, and the one validator that answers it.

use std::time::Duration;

use ark_bls12_381::Fr;
use sealane_crypto::keys::{InstitutionSecret, Period, Place};
use sealane_crypto::oprf::{Answered, Blinded, KeyPublic, KeySecret, KeyShare, Parties, Question};
use sealane_crypto::sealing::{Heading, Openings, Sealed};
use sealane_prover::{Prover, default_directory};
use sealane_statements::financing::{FinancingStatement, FinancingWitness, Shape};
use sealane_types::fingerprint::Mask;
use sealane_types::genesis::Suite;
use sealane_types::ids::{
    AliasId, ChainId, Epoch, FieldBytes, PointBytes, ProofBytes, VerifyingKeyId,
};
use sealane_types::record::Record;
use sealane_types::schema::CanonicalFields;
use sealane_types::transaction::{Answer, Finance, PresentBlinded};

/// The bank.
pub const BANK: AliasId = AliasId::new([1; 32]);
/// November 2026, in months since January 1970.
const MONTH: Period = Period::new(682);

/// Opens the prover of a circuit, with keys from the cache; says so where it has to make them.
///
/// # Panics
/// When there are no keys.
#[must_use]
pub fn prover(shape: Shape) -> Prover {
    let directory = default_directory().expect("a cache folder");
    let mut said = false;
    let mut progress = |step| {
        if !said && step == sealane_prover::Step::Generating {
            said = true;
            eprintln!(
                "making the test keys of {} (once on this machine)",
                shape.name()
            );
        }
    };
    Prover::open_shape(shape, &directory, &mut progress).expect("test keys")
}

/// A financing, from its record to the transaction that takes its fingerprints.
#[derive(Debug, Clone)]
pub struct Trade {
    /// The record.
    pub record: Record,
    /// What presents its fingerprints, blinded and proven.
    pub present: PresentBlinded,
    /// What the validator answers.
    pub answer: Answer,
    /// What takes them.
    pub finance: Finance,
    /// How long the proof took.
    pub proving: Duration,
}

/// A bank's keys, and the fingerprint key of a chain with one validator.
pub struct Office {
    chain: ChainId,
    bank: AliasId,
    secret: InstitutionSecret,
    /// The fingerprint key.
    pub public: KeyPublic,
    /// The whole of it, in one share.
    pub share: KeyShare,
}

impl Office {
    /// An office on a chain.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    #[must_use]
    pub fn new(chain: ChainId) -> Self {
        Self::of(chain, BANK)
    }

    /// A bank's office on a chain. However many share the chain's fingerprint key, what their answers combine to is what this
    /// one share of the same key gives: financings are made before the chain has begun.
    ///
    /// # Panics
    /// When the operating system gives no randomness.
    #[must_use]
    pub fn of(chain: ChainId, bank: AliasId) -> Self {
        let (public, share) = key();
        let secret = InstitutionSecret::import(Suite::International, &[5; 32]);
        Self {
            chain,
            bank,
            secret,
            public,
            share,
        }
    }

    /// Seals a document.
    ///
    /// # Panics
    /// When it does not fit.
    #[must_use]
    pub fn seal(&self, fields: &CanonicalFields) -> Sealed {
        let heading = Heading {
            chain: self.chain,
            sealer: self.bank,
            bank: self.bank,
            replaces: None,
        };
        Sealed::seal(fields, &heading, &self.secret, MONTH).expect("the document fits")
    }

    /// What the prover of a sealed document works on.
    ///
    /// # Panics
    /// When the document may not be financed.
    #[must_use]
    pub fn claim(
        &self,
        shape: Shape,
        fields: &CanonicalFields,
        openings: &Openings,
    ) -> (FinancingStatement, FinancingWitness) {
        let blinding = |slot: usize| -> Fr {
            let slot = u8::try_from(slot).expect("a header has 32 slots");
            openings
                .at(Place::Header(slot))
                .expect("all records have a header")
                .blinding
        };
        let witness = FinancingWitness::new(
            fields,
            &std::array::from_fn(blinding),
            openings.tree(),
            openings.salt(),
            openings.amount_blinding(),
            self.secret.blinding(&openings.header().salt),
        );
        let witness = witness.expect("an invoice");
        let statement = witness
            .statement(shape, openings.context())
            .expect("may be financed");
        (statement, witness)
    }

    /// Finances a document, all of it but the chain.
    ///
    /// # Panics
    /// When it may not be financed.
    #[must_use]
    pub fn trade(&self, prover: &Prover, fields: &CanonicalFields) -> Trade {
        let (record, openings) = self.seal(fields).into_parts();
        let (statement, witness) = self.claim(Shape::Full, fields, &openings);
        let begun = std::time::Instant::now();
        let proof = prover
            .prove_financing(&statement, &witness, &mut |_| ())
            .expect("it holds");
        let proving = begun.elapsed();
        let public = statement.encode();
        let present = PresentBlinded {
            record: record.id(),
            mask: Mask::new(public.mask).expect("a mask of the full circuit"),
            amount_commitment: FieldBytes::new(public.amount_commitment),
            blinding: PointBytes::new(public.commitment),
            blinded: public.blinded.into_iter().map(PointBytes::new).collect(),
            verifying_key: VerifyingKeyId::new(prover.verifying_key_id()),
            proof: ProofBytes::new(*proof.bytes()),
        };
        let question = self.question(&present);
        let answer = self.share.answer(&question).expect("randomness");
        let finance = self.finance(&record, self.answered(question, &answer));
        Trade {
            record,
            present,
            answer,
            finance,
            proving,
        }
    }

    /// The question that a presentation puts to the validators.
    ///
    /// # Panics
    /// When its points are none.
    #[must_use]
    pub fn question(&self, present: &PresentBlinded) -> Question {
        let blinded = Blinded::decode(present.mask, &present.blinding, &present.blinded);
        Question::new(
            self.chain,
            present.record,
            blinded.expect("the points are our own"),
        )
    }

    /// The question with its one answer.
    ///
    /// # Panics
    /// When the answer is wrong.
    #[must_use]
    pub fn answered(&self, question: Question, answer: &Answer) -> Answered {
        let checked = question
            .check_answer(&self.public, answer)
            .expect("the answer is our own");
        question
            .combine(&self.public, &[checked])
            .expect("one of one")
    }

    /// Takes the blinding away and shows it: the bank's last step.
    ///
    /// # Panics
    /// When the blinding is another's.
    #[must_use]
    pub fn finance(&self, record: &Record, answered: Answered) -> Finance {
        let parties = Parties {
            sealer: self.bank,
            bank: self.bank,
        };
        let blinding = self.secret.blinding(&record.header.salt);
        let finished = answered
            .finish(&blinding, parties)
            .expect("our own blinding");
        Finance {
            record: record.id(),
            fingerprints: finished.points,
            proof: finished.proof,
            hold_until: None,
            waivers: Vec::new(),
            trade: None,
        }
    }
}

/// The fingerprint key of a fixed seed, in one share.
///
/// # Panics
/// When the operating system gives no randomness.
#[must_use]
pub fn key() -> (KeyPublic, KeyShare) {
    let secret = KeySecret::from_seed(&[9; 32]);
    let (public, mut shares) = secret.deal(Epoch(1), 1, 1).expect("randomness");
    (public, shares.remove(0))
}
