//! `sealane taste`: one invoice sealed, proven and verified in this process, and an altered statement that fails.
//! No node, no home, nothing is kept but the proving keys in their cache.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sealane_crypto::curve::encode_element;
use sealane_crypto::identity::{AliasOpening, Marks};
use sealane_crypto::keys::{InstitutionSecret, Period};
use sealane_crypto::random;
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_documents::Document;
use sealane_documents::canonical::canonical;
use sealane_documents::identifiers::alias_flags;
use sealane_documents::type_code::no_claim;
use sealane_prover::{KeyProgress, Prover, default_directory};
use sealane_statements::financing::{
    FinancingStatement, FinancingWitness, Seller, UncheckedStatement,
};
use sealane_types::fields::FieldValue;
use sealane_types::fingerprint::SLOTS;
use sealane_types::genesis::Suite;
use sealane_types::ids::{AliasId, ChainId};
use sealane_types::schema::{CanonicalFields, Kind, slot};
use sealane_verifier::{PROOF_BYTES, PreparedKey};
use serde_json::{Value, json};

use super::document;
use crate::files;
use crate::outcome::{Failure, Report};
use crate::terminal::{self, Progress, Unwritten};

/// Seals, proves and verifies the invoice in `file`.
pub fn run(file: &Path, as_json: bool) -> Result<Report, Failure> {
    let document = document::open(file)?;
    check_claim(file, &document)?;
    let fields = canonical(&document)
        .map_err(|error| Failure::invalid(format!("{}: {error}", file.display())))?;
    let mut told = Told::new(as_json);
    told.line(
        "read",
        format!(
            "{} {}: {} lines",
            document.kind.name(),
            file.display(),
            fields.lines.len()
        ),
    );

    let begun = Instant::now();
    let secret = InstitutionSecret::generate(Suite::International).map_err(Failure::cannot)?;
    let sealed =
        Sealed::seal(&fields, &heading()?, &secret, this_month()).map_err(Failure::invalid)?;
    let leaves = sealed.record().leaves().len();
    told.line(
        "sealed",
        format!(
            "{leaves} fields, absent and padding fields included, each under its own key, in {}",
            shown(begun.elapsed())
        ),
    );

    let prover = prover(as_json)?;
    let begun = Instant::now();
    let seller = seller(&fields, &secret)?;
    let witness = FinancingWitness::of(sealed.openings(), &seller, &secret).map_err(refused)?;
    let statement = witness
        .statement(sealed.openings().context())
        .map_err(refused)?;
    let proof = prover
        .prove_financing(&statement, &witness, &mut |_| ())
        .map_err(refused)?;
    told.line(
        "proven",
        format!(
            "that it may be financed, that its seller is the party of an alias (made for this proof), and its blinded fingerprints ({} of {SLOTS} slots), in {}; {} bytes",
            statement.mask().slots().count(),
            shown(begun.elapsed()),
            proof.bytes().len()
        ),
    );

    let key = PreparedKey::financing_test();
    let mut said = statement.encode();
    let begun = Instant::now();
    let wrong = refusal(&key, &said, proof.bytes());
    let took = begun.elapsed();
    told.check(
        "verified",
        format!(
            "from {} public bytes and the proof alone, in {}",
            public_bytes(&said),
            shown(took)
        ),
        wrong.is_none(),
    );

    let altered = Sealed::seal(&one_unit_more(fields), &heading()?, &secret, this_month())
        .map_err(Failure::invalid)?;
    said.root = *altered.record().root.as_bytes();
    said.context = encode_element(&altered.openings().context());
    let reason = refusal(&key, &said, proof.bytes());
    let words = reason.as_deref();
    let words = words.unwrap_or("accepted, which must not happen");
    told.check(
        "altered",
        format!("the same proof for the invoice with its amount raised by one unit fails: {words}"),
        reason.is_some(),
    );
    told.end()
}

/// Why the proof does not show what these bytes say; `None` where it does.
fn refusal(
    key: &PreparedKey,
    said: &UncheckedStatement,
    proof: &[u8; PROOF_BYTES],
) -> Option<String> {
    match FinancingStatement::decode(said) {
        Ok(statement) => {
            let verified = key.verify(&statement.public_inputs(), proof);
            verified.err().map(|reason| reason.to_string())
        }
        Err(reason) => Some(reason.to_string()),
    }
}

/// That the document can be financed at all: an invoice that states a claim.
fn check_claim(file: &Path, document: &Document) -> Result<(), Failure> {
    let what = match document.claim_kind() {
        Some(claim) if claim.is_claim() => return Ok(()),
        Some(_) if document.kind == Kind::Invoice => {
            let why = no_claim(document.type_code().sealed()).unwrap_or_default();
            return Err(Failure::invalid(format!("{}: {why}", file.display())));
        }
        _ => format!("of kind {}", document.kind.name()),
    };
    Err(Failure::invalid(format!(
        "{}: is {what}; only invoices are financed, so taste takes an invoice. sealane document show {} shows what is read of this one",
        file.display(),
        files::word(file)
    )))
}

/// The document's seller as a customer of nobody: an alias, made for this proof alone, that commits to the identifiers that
/// the document shows.
fn seller(fields: &CanonicalFields, secret: &InstitutionSecret) -> Result<Seller, Failure> {
    let identifiers: &[String] = match &fields.header[slot::SELLER_IDS] {
        Some(FieldValue::LegalIds(all)) => all,
        _ => &[],
    };
    let alias = AliasId::new(*random::bytes().map_err(Failure::cannot)?);
    let material = secret.identity_blinding(&alias, identifiers.len());
    let flags = alias_flags(identifiers);
    let marks = Marks::new(flags.looser, flags.primary, flags.bare).unwrap_or_default();
    let opening = AliasOpening::new(identifiers, marks, material).map_err(Failure::invalid)?;
    Ok(Seller { alias, opening })
}

/// The same document with its payable amount raised by one minor unit.
fn one_unit_more(mut fields: CanonicalFields) -> CanonicalFields {
    if let Some(FieldValue::Amount { value, .. }) = &mut fields.header[slot::PAYABLE] {
        *value += 1;
    }
    fields
}

fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::invalid(format!("this document cannot be financed: {error}"))
}

fn heading() -> Result<Heading, Failure> {
    let bytes = || {
        random::bytes::<32>()
            .map(|bytes| *bytes)
            .map_err(Failure::cannot)
    };
    let alias = AliasId::new(bytes()?);
    Ok(Heading {
        chain: ChainId::new(bytes()?),
        sealer: alias,
        bank: alias,
        replaces: None,
    })
}

fn this_month() -> Period {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Period::at(u64::try_from(now.as_millis()).unwrap_or(0))
}

fn prover(as_json: bool) -> Result<Prover, Failure> {
    let cache = default_directory().map_err(Failure::cannot)?;
    let progress = (!as_json).then(|| Progress::start("looking for the proving keys"));
    let opened = Prover::open(&cache, &mut |now| {
        if let Some(progress) = &progress {
            progress.say(match now {
                KeyProgress::Circuit => "writing the circuit",
                KeyProgress::Loading => "loading the proving keys",
                KeyProgress::Generating => {
                    "making the proving keys, once on this machine (half a minute)"
                }
                KeyProgress::Writing => "keeping the proving keys",
            });
        }
    });
    opened.map_err(Failure::cannot)
}

fn public_bytes(statement: &UncheckedStatement) -> usize {
    // root, context, alias, amount and S; the mask; the points
    5 * 32 + 2 + 32 * statement.blinded.len()
}

fn shown(duration: Duration) -> String {
    format!("{}.{:03} s", duration.as_secs(), duration.subsec_millis())
}

/// What has been told, as text at once and as data at the end.
struct Told {
    as_json: bool,
    steps: Vec<Value>,
    holds: bool,
    unwritten: Option<Unwritten>,
}

impl Told {
    fn new(as_json: bool) -> Self {
        Self {
            as_json,
            steps: Vec::new(),
            holds: true,
            unwritten: None,
        }
    }

    fn line(&mut self, name: &str, text: String) {
        self.check(name, text, true);
    }

    fn check(&mut self, name: &str, text: String, holds: bool) {
        if !self.as_json {
            let sign = if holds { "✓" } else { "✗" };
            let written = terminal::line(&format!("{sign} {name:<9} {text}"));
            self.unwritten = self.unwritten.take().or(written.err());
        }
        self.holds &= holds;
        self.steps
            .push(json!({"name": name, "ok": holds, "message": text}));
    }

    fn end(self) -> Result<Report, Failure> {
        if let Some(failure) = self.unwritten {
            return Err(failure.into());
        }
        if !self.holds {
            return Err(Failure::cannot("a step failed: see ✗ above"));
        }
        let text = if self.as_json {
            String::new()
        } else {
            "The keys are test keys from a public seed: the soundness of this proof is not claimed."
                .to_owned()
        };
        Ok(Report {
            text,
            data: json!({"ok": true, "steps": self.steps}),
        })
    }
}
