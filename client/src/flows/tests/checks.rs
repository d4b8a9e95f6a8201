//! Checks on the chain: published by two banks, proven, and not blocked by a field that was sealed wrongly.

use sealane_checks::Sizes;
use sealane_types::governance::Change;
use sealane_types::ids::{Digest, ProposalId};

use sealane_types::cross_check::{CheckDefinition, CheckShape, Circuit, Compiled, CrossCheck};
use sealane_types::transaction::Payload;

use super::*;
use crate::flows::{CheckText, CrossCheckFault, NewCustomer};
use crate::home::customers::CustomerRole;
use crate::home::journal::Action;

const DATED: &str = "check dated version 1
\"The invoice has a number and a date.\"
document invoice is Invoice by seller
require numbered \"It has a number.\"
    present invoice.id
require dated \"It has a date.\"
    present invoice.issue_date
";

fn text() -> CheckText {
    CheckText::Own(DATED.to_owned())
}

fn sizes() -> Sizes {
    Sizes::new(16, 1).expect("sizes")
}

fn named(record: RecordId) -> [(String, Vec<RecordId>); 1] {
    [("invoice".to_owned(), vec![record])]
}

pub(super) fn fault<T: std::fmt::Debug>(result: Result<T, ClientError>) -> CrossCheckFault {
    match result.expect_err("it does not fit") {
        ClientError::CrossCheck(fault) => fault,
        other => panic!("{other}"),
    }
}

/// Makes another definition of one.
type Forging = fn(&mut CheckDefinition);

fn forge(one: &mut CheckDefinition, forging: fn(&mut CheckShape, &mut Circuit)) {
    let Compiled::One { shape, circuit } = &mut one.compiled else {
        panic!("it is published in one");
    };
    forging(shape, circuit);
}

/// Blocks, until the change of the last proposal holds.
pub(super) async fn wait(bank: &Bank) {
    for number in 0..4 {
        let customer = NewCustomer {
            name: format!("filler-{number}"),
            role: CustomerRole::Company,
            identifiers: vec![("nl-kvk".to_owned(), format!("9000000{number}"))],
            reading: crate::flows::Reading::default(),
        };
        let _ = bank.register(&customer, &Silent).await.expect("registered");
    }
}

#[tokio::test]
async fn a_field_that_was_sealed_wrongly_blocks_a_check_until_it_is_reported() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed_wrongly(&a, 2).await;
    let blocked = fault(a.prove_check(text(), &named(record), &Silent).await);
    assert!(matches!(&blocked, CrossCheckFault::Wrong(wrong) if wrong[0].fields == ["issue_date"]));
    let nothing = fault(b.report_record(&record, &Silent).await);
    assert!(
        matches!(nothing, CrossCheckFault::Sound(_)),
        "it has no key"
    );
    let reported = a.report_record(&record, &Silent).await.expect("reported");
    let paths: Vec<&str> = reported.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(paths, ["issue_date"]);
    let again = fault(a.report_record(&record, &Silent).await);
    assert!(matches!(again, CrossCheckFault::Sound(_)), "{again}");
    assert_eq!(world.counted("open-field"), (1, 0));
    let proven = a.prove_check(text(), &named(record), &Silent).await;
    let proven = proven.expect("the field is taken out");
    let ids = proven.evaluation.outcomes.iter().map(|one| one.id.as_str());
    let bits: Vec<(&str, bool)> = ids.zip(proven.bits()).collect();
    assert_eq!(bits[1..], [("numbered", true), ("dated", false)]);
    let verified = b.verify_check(&proven.file, None, &Silent).await;
    let verified = verified.expect("another bank takes it out too");
    assert!(!verified.requirements[2].2);
}

#[tokio::test]
async fn a_published_check_is_proven_onto_the_chain_once() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    let early = fault(a.submit_check(text(), &named(record), &Silent).await);
    assert!(
        matches!(early, CrossCheckFault::NotPublished { .. }),
        "{early}"
    );
    let published = a.publish_check(&text(), sizes(), 4, &Silent).await;
    let (definition, voted) = published.expect("proposed");
    assert!(!voted.approved);
    assert!(
        b.vote(voted.proposal, true, &Silent)
            .await
            .expect("voted")
            .approved
    );
    wait(&a).await;
    let all = b.published_checks().await.expect("asked");
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0].definition, all[0].from), (&definition, voted.at));
    let outcome = b.check_outcome(&text(), &named(record), &Silent).await;
    assert!(outcome.expect("asked").is_none());
    let proven = a
        .prove_check(text(), &named(record), &Silent)
        .await
        .expect("proven");
    for lie in 0..proven.bits().len() {
        let mut bits = proven.bits();
        bits[lie] = !bits[lie];
        let said = CrossCheck {
            check: definition.check.clone(),
            records: vec![vec![record]],
            bits,
            proof: proven.proof.clone(),
        };
        let payload = Payload::CrossCheck(Box::new(said));
        let refused = a
            .transact_and_close(Action::CrossCheck, payload, &Silent)
            .await;
        assert_eq!(refusal(refused), Refusal::WrongProof);
    }
    let first = a
        .submit_check(text(), &named(record), &Silent)
        .await
        .expect("proven");
    let again = a
        .submit_check(text(), &named(record), &Silent)
        .await
        .expect("found");
    assert_eq!((again.at, again.transaction), (first.at, None));
    assert_eq!(world.counted("cross-check"), (1, 3));
    let outcome = b.check_outcome(&text(), &named(record), &Silent).await;
    let outcome = outcome.expect("asked").expect("it stands there");
    assert_eq!((outcome.at, outcome.prover), (first.at, a.home().alias()));
    let bits: Vec<bool> = outcome
        .requirements
        .iter()
        .map(|(_, _, met)| *met)
        .collect();
    assert_eq!(bits, first.proven.bits());
    let by_name = b.published_text("dated", 1).await.expect("its text");
    assert_eq!(by_name, text());
    assert!(b.published_text("dated", 2).await.is_err());
    let _ = a
        .seal("invoice.xml", ALTERED, Some(record), &Silent)
        .await
        .expect("replaced");
    let replaced = refusal(a.submit_check(text(), &named(record), &Silent).await);
    assert!(matches!(replaced, Refusal::Replaced { .. }), "{replaced}");
}

#[tokio::test]
async fn a_proposal_that_is_not_what_its_text_says_is_not_approved() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let published = a.publish_check(&text(), sizes(), 50, &Silent).await;
    let (right, _) = published.expect("proposed");
    let changes: [(&str, Forging); 3] = [
        ("circuit", |one| {
            forge(one, |_, circuit| circuit.digest = Digest::new([7; 32]))
        }),
        ("requirements", |one| {
            forge(one, |shape, _| shape.requirements[1].push('x'))
        }),
        ("name, version", |one| {
            one.source = one.source.replace("check dated", "check date")
        }),
    ];
    for (number, (part, change)) in (1..).zip(changes) {
        let mut forged = right.clone();
        change(&mut forged);
        let change = Change::PublishCheck(Box::new(forged));
        // another text under the same name is refused once the first is published, not before
        let proposed = a.propose(change, 50, &Silent).await.expect("proposed");
        assert_eq!(proposed.proposal, ProposalId(number));
        let refused = fault(b.vote(proposed.proposal, true, &Silent).await);
        assert!(refused.to_string().contains(part), "{refused}");
        assert!(matches!(refused, CrossCheckFault::OtherDefinition { .. }));
        assert!(
            !b.vote(proposed.proposal, false, &Silent)
                .await
                .expect("against")
                .approved
        );
    }
    assert_eq!(world.counted("vote"), (3, 0));
}
