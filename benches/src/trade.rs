//! A bank that seals, proves and finances, and the one validator that answers it.

use std::sync::LazyLock;
use std::time::Duration;

use sealane_crypto::identity::{AliasOpening, Marks};
use sealane_crypto::keys::{InstitutionSecret, Period};
use sealane_crypto::oprf::{
    Answered, Blinded, KeyPublic, KeySecret, KeyShare, Parties, Question, SlotKeys,
};
use sealane_crypto::sealing::{Heading, Openings, Sealed};
use sealane_prover::{Prover, default_directory};
use sealane_statements::financing::{
    CIRCUIT, FinancingStatement, FinancingWitness, Seller, fixture,
};
use sealane_types::fields::FieldValue;
use sealane_types::fingerprint::Mask;
use sealane_types::genesis::Suite;
use sealane_types::ids::{
    AliasId, ChainId, Epoch, FieldBytes, PointBytes, ProofBytes, VerifyingKeyId,
};
use sealane_types::record::Record;
use sealane_types::schema::{CanonicalFields, slot};
use sealane_types::sharing::Confirm;
use sealane_types::transaction::{Answer, Finance, PresentBlinded};

/// The bank.
pub const BANK: AliasId = AliasId::new([1; 32]);
/// November 2026, in months since January 1970.
const MONTH: Period = Period::new(682);

/// Opens the prover, with keys from the cache; says so where it has to make them.
///
/// # Panics
/// When there are no keys.
#[must_use]
pub fn prover() -> Prover {
    let directory = default_directory().expect("a cache folder");
    let mut said = false;
    let mut progress = |step| {
        if !said && step == sealane_prover::KeyProgress::Generating {
            said = true;
            eprintln!("making the test keys of {CIRCUIT} (once on this machine)");
        }
    };
    Prover::open(&directory, &mut progress).expect("test keys")
}

/// A financing, from its record to the transaction that takes its fingerprints.
#[derive(Debug, Clone)]
pub struct Trade {
    /// The record.
    pub record: Record,
    /// What its financing rests on.
    pub witness: FinancingWitness,
    /// What presents its fingerprints, blinded and proven.
    pub present: PresentBlinded,
    /// What the validator answers.
    pub answer: Answer,
    /// What takes them.
    pub finance: Finance,
    /// How long the proof took.
    pub proving: Duration,
}

/// What every bank of the benches derives its keys from.
fn secret() -> InstitutionSecret {
    InstitutionSecret::import(Suite::International, &[5; 32])
}

/// The alias of a bank's one customer.
#[must_use]
pub fn customer(bank: &AliasId) -> AliasId {
    AliasId::new([50 + bank.as_bytes()[0]; 32])
}

/// The seller of the benches' invoices, as a customer of this bank.
#[must_use]
pub fn seller(bank: &AliasId) -> Seller {
    seller_with(bank, &fixture::invoice().alias)
}

/// A bank's customer with these legal identifiers.
fn seller_with(bank: &AliasId, identifiers: &[String]) -> Seller {
    let alias = customer(bank);
    let material = secret().identity_blinding(&alias, identifiers.len());
    let opening = AliasOpening::new(identifiers, Marks::NONE, material);
    Seller {
        alias,
        opening: opening.expect("at most seven, none twice"),
    }
}

/// A bank's keys, its customer, and the fingerprint key of a chain with one validator.
pub struct Office {
    chain: ChainId,
    bank: AliasId,
    secret: InstitutionSecret,
    seller: Seller,
    /// The fingerprint key.
    pub public: KeyPublic,
    /// The whole of it, in one share.
    pub share: KeyShare,
    /// What the last step takes the blinding away with.
    pub slot_keys: SlotKeys,
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
        Self {
            chain,
            bank,
            secret: secret(),
            seller: seller(&bank),
            public,
            share,
            slot_keys: SLOT_KEYS.clone(),
        }
    }

    /// The same office, whose customer has the legal identifiers that a document's seller shows.
    ///
    /// # Panics
    /// When there are more than seven, or one stands twice.
    #[must_use]
    pub fn selling(mut self, fields: &CanonicalFields) -> Self {
        if let Some(FieldValue::LegalIds(ids)) = &fields.header[slot::SELLER_IDS] {
            self.seller = seller_with(&self.bank, ids);
        }
        self
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
    pub fn claim(&self, openings: &Openings) -> (FinancingStatement, FinancingWitness) {
        let witness = FinancingWitness::of(openings, &self.seller, &self.secret);
        let witness = witness.expect("an invoice");
        let statement = witness
            .statement(openings.context())
            .expect("may be financed");
        (statement, witness)
    }

    /// What the financing of a record rests on, found again from the record.
    ///
    /// # Panics
    /// When it is no invoice of this office.
    #[must_use]
    pub fn witness(&self, record: &Record) -> FinancingWitness {
        let header = &record.header;
        let grants = self.secret.grants();
        let schema = grants.schema(header.kind, header.schema_version);
        let key = schema.period(MONTH).record(&header.salt);
        let openings = Openings::recover(record, &key).expect("our own record");
        let witness = FinancingWitness::of(&openings, &self.seller, &self.secret);
        witness.expect("an invoice")
    }

    /// Finances a document, all of it but the chain.
    ///
    /// # Panics
    /// When it may not be financed.
    #[must_use]
    pub fn trade(&self, prover: &Prover, fields: &CanonicalFields) -> Trade {
        let (record, openings) = self.seal(fields).into_parts();
        let (statement, witness) = self.claim(&openings);
        let begun = std::time::Instant::now();
        let proof = prover
            .prove_financing(&statement, &witness, &mut |_| ())
            .expect("it holds");
        let proving = begun.elapsed();
        let public = statement.encode();
        let present = PresentBlinded {
            record: record.id(),
            alias: self.seller.alias,
            alias_commitment: FieldBytes::new(public.alias),
            mask: Mask::new(public.mask).expect("a document's mask"),
            amount_commitment: FieldBytes::new(public.amount_commitment),
            blinding: PointBytes::new(public.commitment),
            blinded: public.blinded.into_iter().map(PointBytes::new).collect(),
            verifying_key: VerifyingKeyId::new(prover.verifying_key_id()),
            proof: ProofBytes::new(*proof.bytes()),
        };
        let question = self.question(&present);
        let answer = self.share.answer(&question).expect("randomness");
        let finance = self.finance(&witness, self.answered(question, &answer));
        Trade {
            record,
            witness,
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
            present.alias,
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
    pub fn finance(&self, witness: &FinancingWitness, answered: Answered) -> Finance {
        let record = answered.question().record();
        let parties = Parties {
            sealer: self.bank,
            bank: self.bank,
        };
        let finished = answered
            .finish(&self.slot_keys, witness.blinding(), parties)
            .expect("our own blinding");
        Finance {
            record,
            fingerprints: finished.points,
            proof: finished.proof,
            hold_until: None,
            since: None,
            waivers: Vec::new(),
            consent: None,
            trade: None,
        }
    }
}

/// The slot keys that belong to [`key`], on whatever chain.
static SLOT_KEYS: LazyLock<SlotKeys> = LazyLock::new(|| {
    let (public, share) = key();
    let (chain, holder) = (ChainId::new([0; 32]), AliasId::new([0; 32]));
    let said = confirmation(&chain, &holder);
    let part = public.check_confirmation(&chain, &holder, share.index(), &said);
    let part = part.expect("our own share");
    SlotKeys::combine(&public, &[part]).expect("one of one")
});

/// What the one holder of [`key`] says on a chain once it has its share: with its parts of the slot keys.
///
/// # Panics
/// When the operating system gives no randomness.
#[must_use]
pub fn confirmation(chain: &ChainId, holder: &AliasId) -> Confirm {
    let (public, share) = key();
    let said = share.confirm(&public, chain, holder);
    said.expect("randomness")
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
