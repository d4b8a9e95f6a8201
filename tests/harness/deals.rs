//! Invoices sealed and proven once for tests of the ledger: real records, real proofs. They are kept
//! in the target folder between runs, and taken from there only if they still verify.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use sealane_crypto::curve::encode_element;
use sealane_crypto::keys::{Period, RecordKey};
use sealane_crypto::sealing::{Heading, Openings, Sealed, check_record};
use sealane_ledger::presented;
use sealane_prover::{Prover, default_directory};
use sealane_statements::financing::FinancingWitness;
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::fingerprint::Mask;
use sealane_types::ids::{
    AliasId, ChainId, FieldBytes, PointBytes, ProofBytes, RecordId, Salt, VerifyingKeyId,
};
use sealane_types::record::Record;
use sealane_types::schema::CanonicalFields;
use sealane_types::transaction::{Payload, PresentBlinded};
use sealane_verifier::{Keys, Verifier as _};

use crate::chain::{secret, seller};
use crate::command::program_folder;
use crate::invoice::Invoice;

/// The month in which tests seal.
#[must_use]
pub fn period() -> Period {
    Period::at(1_772_000_000_000)
}

static PROVER: LazyLock<Prover> = LazyLock::new(|| {
    let folder = default_directory().expect("a folder for keys");
    Prover::open(&folder, &mut |_| ()).expect("the test keys")
});
/// One proof at a time: each uses all cores.
static PROVING: Mutex<()> = Mutex::new(());

/// A sealed invoice and the transaction that presents its blinded set.
#[derive(Debug, Clone)]
pub struct Deal {
    /// Who sealed it.
    pub bank: AliasId,
    /// The record.
    pub record: Record,
    /// Its blinded set, with a proof that holds.
    pub present: PresentBlinded,
}

impl Deal {
    /// The record's id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.record.id()
    }

    /// The record's salt.
    #[must_use]
    pub fn salt(&self) -> &Salt {
        &self.record.header.salt
    }

    /// What seals it.
    #[must_use]
    pub fn seal(&self) -> Payload {
        Payload::SealRecord(Box::new(self.record.clone()))
    }

    /// What presents it.
    #[must_use]
    pub fn present(&self) -> Payload {
        Payload::PresentBlinded(self.present.clone())
    }
}

/// The canonical fields of a test's invoice.
///
/// # Panics
/// When it is not read.
#[must_use]
pub fn fields(invoice: &Invoice) -> CanonicalFields {
    let document = sealane_documents::read(invoice.ubl().as_bytes(), "test.xml");
    let document = document.expect("a test's invoice is read");
    sealane_documents::canonical(&document).expect("a test's invoice fits")
}

/// Seals an invoice of `bank` for `chain`.
///
/// # Panics
/// When it cannot be sealed.
#[must_use]
pub fn seal(
    chain: ChainId,
    bank: AliasId,
    replaces: Option<RecordId>,
    invoice: &Invoice,
) -> Sealed {
    let heading = Heading {
        chain,
        sealer: bank,
        bank,
        replaces,
    };
    let sealed = Sealed::seal(&fields(invoice), &heading, &secret(&bank), period());
    sealed.expect("a test's invoice can be sealed")
}

/// The key of a record of `bank`.
#[must_use]
pub fn record_key(bank: &AliasId, record: &Record) -> RecordKey {
    let header = &record.header;
    let schema = secret(bank)
        .grants()
        .schema(header.kind, header.schema_version);
    schema.period(period()).record(&header.salt)
}

/// What a record of `bank` rests on, with that bank's customer as its seller.
///
/// # Panics
/// When it is no invoice of the tests' seller.
#[must_use]
pub fn witness(bank: &AliasId, record: &Record) -> FinancingWitness {
    let openings = Openings::recover(record, &record_key(bank, record));
    let openings = openings.expect("the bank's own record");
    witness_of(bank, &openings)
}

fn witness_of(bank: &AliasId, openings: &Openings) -> FinancingWitness {
    let witness = FinancingWitness::of(openings, &seller(bank), &secret(bank));
    witness.expect("an invoice of the tests' seller")
}

/// Proves a record's financing statement and gives the transaction that presents it.
///
/// # Panics
/// When it cannot be proven.
#[must_use]
pub fn prove(bank: &AliasId, record: &Record, openings: &Openings) -> PresentBlinded {
    let witness = witness_of(bank, openings);
    let statement = witness.statement(openings.context()).expect("financeable");
    let proof = {
        let _one = PROVING.lock().expect("no holder panics");
        PROVER
            .prove_financing(&statement, &witness, &mut |_| ())
            .expect("provable")
    };
    let bytes = statement.encode();
    PresentBlinded {
        record: record.id(),
        alias: seller(bank).alias,
        alias_commitment: FieldBytes::new(bytes.alias),
        mask: Mask::new(bytes.mask).expect("a document's mask"),
        amount_commitment: FieldBytes::new(bytes.amount_commitment),
        blinding: PointBytes::new(bytes.commitment),
        blinded: bytes.blinded.into_iter().map(PointBytes::new).collect(),
        verifying_key: VerifyingKeyId::new(PROVER.verifying_key_id()),
        proof: ProofBytes::new(*proof.bytes()),
    }
}

/// Seals and proves an invoice of `bank`.
#[must_use]
pub fn deal(chain: ChainId, bank: AliasId, invoice: &Invoice) -> Deal {
    let (record, openings) = seal(chain, bank, None, invoice).into_parts();
    let present = prove(&bank, &record, &openings);
    Deal {
        bank,
        record,
        present,
    }
}

/// As [`deal`], from the target folder where an earlier run left it. The invoice is told by its number.
///
/// # Panics
/// When the disk refuses.
#[must_use]
pub fn kept(proofs: &Keys, chain: ChainId, bank: AliasId, invoice: &Invoice) -> Deal {
    let folder = folder(VerifyingKeyId::new(proofs.test_key_id()), chain);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let path = folder.join(format!("{}-{}", bank.as_bytes()[0], invoice.number));
    let lock = File::create(path.with_extension("lock")).expect("the target folder can be written");
    lock.lock().expect("files can be locked");
    if let Some(deal) = read(&path, bank).filter(|deal| holds(proofs, deal)) {
        return deal;
    }
    let deal = deal(chain, bank, invoice);
    let bytes = (deal.record.to_bytes(), deal.present.to_bytes());
    let whole = [
        &(bytes.0.len() as u64).to_le_bytes()[..],
        &bytes.0,
        &bytes.1,
    ]
    .concat();
    let part = path.with_extension("part");
    fs::write(&part, whole).expect("the target folder can be written");
    fs::rename(&part, &path).expect("the target folder can be written");
    deal
}

fn folder(key: VerifyingKeyId, chain: ChainId) -> PathBuf {
    let short = |text: String| text[..16].to_owned();
    let name = format!("{}-{}", short(key.to_string()), short(chain.to_string()));
    program_folder().join("test-deals").join(name)
}

fn read(path: &Path, bank: AliasId) -> Option<Deal> {
    let bytes = fs::read(path).ok()?;
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (record, present) = rest.split_at_checked(length)?;
    let record = Record::from_bytes(record).ok()?;
    let present = PresentBlinded::from_bytes(present).ok()?;
    Some(Deal {
        bank,
        record,
        present,
    })
}

/// Whether today's code still takes it.
fn holds(proofs: &Keys, deal: &Deal) -> bool {
    let key = record_key(&deal.bank, &deal.record);
    let opens = Openings::recover(&deal.record, &key);
    let context = opens.map(|openings| openings.context());
    check_record(&deal.record).is_ok()
        && context.is_ok_and(|context| {
            let context = FieldBytes::new(encode_element(&context));
            let claim = presented(&deal.present, &context);
            claim.is_ok_and(|claim| proofs.hold(&[claim]) == [true])
        })
}
