//! A check in parts: published, proven over records of several parts, and refused wherever a part of the proof is another.

use sealane_checks::Sizes;
use sealane_types::cross_check::CheckProof as ProofOfCheck;
use sealane_types::cross_check::parts::PartsProof;
use sealane_types::cross_check::{CheckRef, CrossCheck};
use sealane_types::receipt::Refusal;
use sealane_types::transaction::Payload;
use serde_json::{Value, json};

use super::checks::{fault, wait};
use super::long::invoice_of;
use super::*;
use crate::flows::{CheckText, CrossCheckFault};
use crate::home::journal::Action;

const LINES: &str = "check lines version 1
\"The invoice's lines.\"
document invoice is Invoice by seller
require counted \"It has twenty lines.\"
    count(line in invoice.lines) = 20
require summed \"They come to more than is stated.\"
    sum(line.total for line in invoice.lines) > invoice.totals.lines
require once \"Each has an id of its own.\"
    all line in invoice.lines: count(other in invoice.lines where other.id = line.id) = 1
";

const DATED: &str = "check dated version 1
\"The invoice has a date.\"
document invoice is Invoice by seller
require dated \"It has a date.\"
    present invoice.issue_date
";

/// The requirements' bits: the sealer's, then those declared.
const MET: [bool; 4] = [true; 4];

fn text() -> CheckText {
    CheckText::Own(LINES.to_owned())
}

fn sizes() -> Sizes {
    Sizes::in_parts(16, 1).expect("sizes")
}

/// An invoice of 20 lines, whose ids begin again after `ids`.
fn invoice(ids: usize) -> Vec<u8> {
    let mut invoice: Value = serde_json::from_slice(&invoice_of(20)).expect("an invoice");
    let lines = invoice["lines"].as_array_mut().expect("lines");
    for (number, line) in lines.iter_mut().enumerate() {
        line["id"] = json!((number % ids + 1).to_string());
    }
    invoice["id"] = json!(format!("PARTS-{ids}"));
    invoice.to_string().into_bytes()
}

async fn sealed(bank: &Bank, bytes: &[u8]) -> RecordId {
    let sealed = bank.seal("invoice.json", bytes, None, &Silent).await;
    sealed.expect("sealed").record
}

fn named(record: RecordId) -> [(String, Vec<RecordId>); 1] {
    [("invoice".to_owned(), vec![record])]
}

/// Another proof than the right one.
type Lie = fn(&mut PartsProof);

#[tokio::test]
async fn a_published_check_in_parts_is_proven_over_two_parts() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, &invoice(20)).await;
    let early = fault(a.submit_check(text(), &named(record), &Silent).await);
    assert!(
        matches!(early, CrossCheckFault::NotPublished { .. }),
        "{early}"
    );
    let published = a.publish_check(&text(), sizes(), 4, &Silent).await;
    let (definition, voted) = published.expect("proposed");
    assert_eq!(definition.check.to_string(), "lines@1/16+");
    let vote = b.vote(voted.proposal, true, &Silent).await;
    assert!(vote.expect("voted").approved);
    wait(&a).await;

    let submitted = a.submit_check(text(), &named(record), &Silent).await;
    let submitted = submitted.expect("proven");
    let first = submitted.proven.bits();
    assert_eq!(
        first,
        [false, true, true, true],
        "whose customer is the seller?"
    );
    let outcome = b.check_outcome(&text(), &named(record), &Silent).await;
    let outcome = outcome.expect("asked").expect("it stands there");
    let bits = outcome.requirements.iter().map(|(_, _, met)| *met);
    assert_eq!(bits.collect::<Vec<bool>>(), first);

    let other = sealed(&a, &invoice(19)).await;
    let submitted = a.submit_check(text(), &named(other), &Silent).await;
    let submitted = submitted.expect("proven");
    assert_eq!(
        submitted.proven.bits(),
        [false, true, true, false],
        "two lines have one id"
    );
    assert_eq!(MET.len(), first.len());
    let ProofOfCheck::Parts(right) = &submitted.proven.proof else {
        panic!("it is in parts");
    };
    assert_eq!(
        right.steps.len(),
        4 + 2,
        "four pairs of parts, and two parts folded"
    );
    let again = sealed(&a, &invoice(18)).await;
    refused(&a, &definition.check, again, right).await;
}

/// The right proof of another record, and what else is none.
async fn refused(bank: &Bank, check: &CheckRef, record: RecordId, other: &PartsProof) {
    let proven = bank.submit_check(text(), &named(record), &Silent).await;
    let proven = proven.expect("proven").proven;
    let (ProofOfCheck::Parts(right), bits) = (&proven.proof, proven.bits()) else {
        panic!("it is in parts");
    };
    let lies: [Lie; 8] = [
        |proof| proof.steps.truncate(5),
        |proof| proof.steps.push(proof.steps[0].clone()),
        |proof| proof.steps.swap(0, 1),
        |proof| proof.steps[0].commitment = proof.steps[1].commitment,
        |proof| proof.steps[5].proof = proof.steps[4].proof,
        |proof| proof.last = proof.steps[0].proof,
        |proof| proof.nodes[0][0].nodes.swap(0, 1),
        |proof| proof.nodes[0].clear(),
    ];
    let mut wrong: Vec<(PartsProof, Vec<bool>)> = lies
        .iter()
        .map(|lie| {
            let mut proof = PartsProof::clone(right);
            lie(&mut proof);
            (proof, bits.clone())
        })
        .collect();
    wrong.push((other.clone(), bits.clone()));
    for bit in 0..bits.len() {
        let mut bits = bits.clone();
        bits[bit] = !bits[bit];
        wrong.push((PartsProof::clone(right), bits));
    }
    for (number, (proof, bits)) in wrong.into_iter().enumerate() {
        let said = CrossCheck {
            check: check.clone(),
            records: vec![vec![record]],
            bits,
            proof: ProofOfCheck::Parts(Box::new(proof)),
        };
        let payload = Payload::CrossCheck(Box::new(said));
        let sent = bank
            .transact_and_close(Action::CrossCheck, payload, &Silent)
            .await;
        assert_eq!(refusal(sent), Refusal::WrongProof, "lie {number}");
    }
}

#[tokio::test]
async fn a_proof_file_of_a_long_document_holds_elsewhere() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, &invoice_of(129)).await;
    let check = CheckText::Own(DATED.to_owned());
    let proven = a.prove_check(check, &named(record), &Silent).await;
    let proven = proven.expect("proven");
    assert!(proven.sizes.are_parts() && proven.sizes.lines() == 128);
    let verified = b.verify_check(&proven.file, None, &Silent).await;
    let verified = verified.expect("it holds");
    assert_eq!(verified.requirements.len(), 2);
    assert!(verified.requirements[1].2);
    let mut other = proven.file.clone();
    *other.last_mut().expect("a file") ^= 1;
    assert!(b.verify_check(&other, None, &Silent).await.is_err());
}

#[tokio::test]
async fn a_check_that_cannot_be_taken_in_parts_is_refused_at_its_place() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let three = LINES.replace(
        "count(other in invoice.lines where other.id = line.id) = 1",
        "any other in invoice.lines where other.id = line.id:\n        any third in invoice.lines: third.id = other.id",
    );
    let proposed = a
        .publish_check(&CheckText::Own(three), sizes(), 4, &Silent)
        .await;
    let refused = fault(proposed).to_string();
    for said in [
        "three documents",
        "the check's text:10:13",
        "two documents at a time",
    ] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
}
