//! The acts of the story, each a step with what must come of it.

use std::time::{Duration, Instant};

use sealane_client::error::ClientError;
use sealane_client::flows::{Bank, FinanceOptions, Financed, NewCustomer, Reading};
use sealane_client::home::customers::CustomerRole;
use sealane_documents::Document;
use sealane_types::ids::RecordId;
use sealane_types::receipt::Refusal;
use sealane_types::transaction::ReleaseReason;
use serde_json::json;

use super::consortium::{bring_it_back, kill_a_node, open_the_network};
use super::evidence::{search, secrets};
use super::story::{Stopwatch, Story, millis, seconds};
use super::{Cast, Script, trade};
use crate::outcome::Failure;

/// Plays all acts. An error is a failure of the machine; a step that comes out wrong is told and noted.
pub async fn play(story: &mut Story, cast: &Cast) -> Result<(), Failure> {
    let [bank_a, bank_b, bank_c] = open_the_network(story).await?;
    let document = document(&cast.invoice)?;
    known(&bank_a, &cast.invoice).await?;
    let sealed = seal(story, &bank_a, cast, &document).await?;
    let financed = finance(story, &bank_a, sealed).await?;
    duplicate(story, &bank_b, &cast.same).await?;
    let banks = trade::Banks {
        buyer: bank_a,
        carrier: bank_b,
        seller: bank_c,
    };
    trade::play(story, &banks).await?;
    let (bank_a, bank_b) = (banks.buyer, banks.carrier);
    kill_a_node(story)?;
    alert(story, &bank_b, &cast.altered).await?;
    different(story, &bank_b, &cast.other).await?;
    receipt(story, &financed)?;
    release(story, &bank_a, sealed).await?;
    bring_it_back(story).await
}

async fn seal(
    story: &mut Story,
    bank: &Bank,
    cast: &Cast,
    document: &Document,
) -> Result<RecordId, Failure> {
    let begun = Instant::now();
    let sealed = bank
        .seal(
            &cast.invoice.name,
            &cast.invoice.bytes,
            None,
            &Stopwatch::default(),
        )
        .await?;
    let took = begun.elapsed();
    let words = secrets(document);
    let (bytes_b, found_b) = search(&story.folder().join("bank-b"), &words);
    let (bytes_node, found_node) = search(&story.folder().join("bank-a").join("node"), &words);
    let holds = found_b == 0 && found_node == 0 && !words.is_empty();
    let lines = [
        format!(
            "{} is sealed field by field; record {}.",
            cast.invoice.name,
            short(&sealed.record)
        ),
        format!(
            "Its seller, buyer, number and amount: {} words to look for.",
            words.len()
        ),
        format!(
            "Bank B's disk, its node included, {} kB: {found_b} of them. Bank A's own node, {} kB: {found_node} of them.",
            bytes_b / 1000,
            bytes_node / 1000
        ),
    ];
    let data = json!({"record": sealed.record.to_string(), "words": words.len(), "found_at_bank_b": found_b, "found_at_node": found_node});
    story.tell("sealed", "Bank A seals an invoice", &lines, holds, data)?;
    story.measure("seal", "seal, from file to final block", seconds(took));
    Ok(sealed.record)
}

async fn finance(story: &mut Story, bank: &Bank, record: RecordId) -> Result<Financed, Failure> {
    let watch = Stopwatch::default();
    let begun = Instant::now();
    let financed = bank
        .finance(&record, &FinanceOptions::default(), &watch)
        .await?;
    let took = begun.elapsed();
    let presented = financed
        .presented
        .ok_or_else(|| Failure::cannot("the demo's record was presented before"))?;
    let proving = presented.proving;
    let lines = [
        format!(
            "A proof of {} bytes, made in {}: this record is an invoice with an amount above zero,",
            presented.proof_bytes,
            seconds(proving)
        ),
        "and the blinded points are those of its own fingerprints.".to_owned(),
    ];
    let data = json!({"milliseconds": millis(proving), "bytes": presented.proof_bytes});
    story.tell(
        "proven",
        "Bank A proves that it may be financed",
        &lines,
        presented.proof_bytes > 0,
        data,
    )?;
    let lines = [
        format!(
            "The nodes answered, each under its share of the fingerprint key; {} fingerprints are taken at height {}.",
            financed.fingerprints.len(),
            financed.height
        ),
        format!(
            "Bank A has a receipt that holds without any network. In all: {}.",
            seconds(took)
        ),
    ];
    let data = json!({"height": financed.height.0, "fingerprints": financed.fingerprints.len(), "milliseconds": millis(took)});
    story.tell(
        "financed",
        "Bank A finances it",
        &lines,
        !financed.fingerprints.is_empty(),
        data,
    )?;
    story.measure(
        "prove",
        "prove one financing, twelve slots",
        seconds(proving),
    );
    story.measure(
        "finance",
        "finance, from command to final block",
        seconds(took),
    );
    story.measure(
        "bytes",
        "the two financing transactions",
        format!(
            "{} bytes",
            presented.transaction_bytes + financed.transaction_bytes
        ),
    );
    Ok(financed)
}

/// The document's seller is a customer of this bank, with the identifiers that it shows: a bank knows whose documents it is
/// offered.
async fn known(bank: &Bank, script: &Script) -> Result<(), Failure> {
    let seller = document(script)?.seller;
    let ids: Vec<_> = seller
        .strict_ids()
        .map(|id| (id.scheme.clone(), id.value.clone()))
        .collect();
    let shown: Vec<String> = seller.strict_ids().map(|id| id.canonical()).collect();
    let (reading, silent) = (Reading::default(), Stopwatch::default());
    let book = bank.home().customers().map_err(ClientError::from)?;
    if let Some(customer) = book.known_by(&shown) {
        let name = customer.name.clone();
        bank.amend(&name, &ids, &reading, &silent).await?;
        return Ok(());
    }
    let customer = NewCustomer {
        name: seller.name.clone().unwrap_or_else(|| script.name.clone()),
        role: CustomerRole::Company,
        identifiers: ids,
        reading,
    };
    bank.register(&customer, &silent).await?;
    Ok(())
}

/// Seals a document at a bank and tries to finance it: the refusal, and the time since the bank began to look.
async fn attempt(
    bank: &Bank,
    script: &Script,
) -> Result<(Option<Refusal>, String, Duration), Failure> {
    known(bank, script).await?;
    let sealed = bank
        .seal(&script.name, &script.bytes, None, &Stopwatch::default())
        .await?;
    let watch = Stopwatch::default();
    match bank
        .finance(&sealed.record, &FinanceOptions::default(), &watch)
        .await
    {
        Ok(financed) => Ok((
            None,
            format!("financed at height {}", financed.height),
            watch.since_looking(),
        )),
        Err(ClientError::Refused(refused)) => {
            let said = refused.to_string();
            Ok((Some(refused.reason), said, watch.since_looking()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn duplicate(story: &mut Story, bank: &Bank, script: &Script) -> Result<(), Failure> {
    let (refusal, said, took) = attempt(bank, script).await?;
    let holds = matches!(refusal, Some(Refusal::Duplicate { .. }));
    let lines = [
        format!(
            "The customer offers the same invoice to bank B, as {}.",
            script.name
        ),
        capital(&said),
        "Bank B found that by itself, in the log of taken fingerprints: nothing was submitted, so nobody else learns it."
            .to_owned(),
    ];
    let data = json!({"refused": holds, "message": said, "milliseconds": millis(took)});
    story.tell(
        "duplicate",
        "Bank B is offered the same invoice, and is refused",
        &lines,
        holds,
        data,
    )?;
    story.measure(
        "duplicate",
        "a duplicate found, from the fingerprints",
        seconds(took),
    );
    Ok(())
}

async fn alert(story: &mut Story, bank: &Bank, script: &Script) -> Result<(), Failure> {
    let (refusal, said, _) = attempt(bank, script).await?;
    let rules: Vec<u8> = match &refusal {
        Some(Refusal::Alert { rules }) => rules.iter().map(|rule| rule.number()).collect(),
        _ => Vec::new(),
    };
    let holds = !rules.is_empty();
    let lines = [
        format!(
            "{} differs in a field that the exact fingerprint covers, so that one does not find it.",
            script.name
        ),
        capital(&said),
    ];
    let data = json!({"alerted": holds, "rules": rules, "message": said});
    story.tell(
        "alert",
        "An altered copy does not slip through",
        &lines,
        holds,
        data,
    )?;
    Ok(())
}

async fn different(story: &mut Story, bank: &Bank, script: &Script) -> Result<(), Failure> {
    let (refusal, said, _) = attempt(bank, script).await?;
    let holds = refusal.is_none();
    let lines = [format!("{}: {said}.", script.name)];
    story.tell(
        "different",
        "A different invoice is financed by bank B",
        &lines,
        holds,
        json!({"financed": holds, "message": said}),
    )?;
    Ok(())
}

fn receipt(story: &mut Story, financed: &Financed) -> Result<(), Failure> {
    let bytes = crate::files::read(&financed.receipt)?;
    let begun = Instant::now();
    let good = sealane_client::receipt::verify(&bytes, None);
    let took = begun.elapsed();
    let mut altered = bytes.clone();
    let at = altered
        .windows(8)
        .position(|window| window.iter().all(u8::is_ascii_hexdigit))
        .unwrap_or(0);
    altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
    let bad = sealane_client::receipt::verify(&altered, None);
    let holds = good.is_ok() && bad.is_err();
    let lines = [format!(
        "Transaction, inclusion proof, header and certificate hold ({}); with one digit changed, they do not.",
        seconds(took)
    )];
    story.tell(
        "receipt",
        "Bank A's receipt is checked offline",
        &lines,
        holds,
        json!({"verified": good.is_ok(), "altered_refused": bad.is_err()}),
    )?;
    story.measure("receipt", "a receipt checked offline", seconds(took));
    Ok(())
}

async fn release(story: &mut Story, bank: &Bank, record: RecordId) -> Result<(), Failure> {
    let released = bank
        .release(&record, ReleaseReason::Repaid, &Stopwatch::default())
        .await?;
    let height = released.height.map(|height| height.0);
    let lines =
        ["Repaid: the financing has ended, and its fingerprints stay taken for good.".to_owned()];
    story.tell(
        "released",
        "The customer pays, and bank A releases",
        &lines,
        height.is_some(),
        json!({"height": height}),
    )?;
    Ok(())
}

fn document(script: &Script) -> Result<Document, Failure> {
    sealane_documents::read(&script.bytes, &script.name).map_err(Failure::invalid)
}

fn short(record: &RecordId) -> String {
    format!("{}…", &record.to_string()[..16])
}

/// A message as a sentence of its own.
fn capital(said: &str) -> String {
    let mut letters = said.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect::<String>() + "."
    })
}
