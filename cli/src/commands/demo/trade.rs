//! The middle act: a seller, a buyer and a carrier, each the customer of another bank, seal an order, a delivery and an
//! invoice, and the seller's bank proves on the chain whether they agree.

use std::time::Instant;

use sealane_checks::Sizes;
use sealane_client::flows::{Bank, CheckText, NewCustomer, SubmittedCheck};
use sealane_client::home::customers::CustomerRole;
use sealane_types::ids::RecordId;
use serde_json::{Value, json};

use super::Script;
use super::acts::{Stopwatch, millis};
use super::stage::{Stage, seconds};
use crate::outcome::Failure;

const CHECK: &str = "invoice-waybill";
/// The requirement that the second invoice breaks.
const TOTALS: &str = "line-totals";

macro_rules! example {
    ($name:literal) => {
        Script {
            name: concat!("examples/trade/", $name).to_owned(),
            bytes: include_bytes!(concat!("../../../../examples/trade/", $name)).to_vec(),
        }
    };
}

/// The banks of the trade: the buyer's, the carrier's, the seller's.
pub(super) struct Banks {
    pub buyer: Bank,
    pub carrier: Bank,
    pub seller: Bank,
}

/// A trade whose documents are sealed, each by its own party, and handed over to the seller's bank.
struct Trade {
    order: RecordId,
    delivery: RecordId,
    customers: [&'static str; 3],
}

/// The members agree on a check; the honest invoice passes it, and the one that bills more than was delivered does not.
pub(super) async fn play(stage: &mut Stage, banks: &Banks) -> Result<(), Failure> {
    let text = CheckText::standard(CHECK).ok_or_else(|| Failure::cannot("a standard check"))?;
    publish(stage, banks, &text).await?;
    let trade = sealed(stage, banks).await?;
    let honest = bill(banks, &trade, &text, &example!("invoice.json")).await?;
    agrees(stage, &honest);
    let wrong = bill(banks, &trade, &text, &example!("invoice-too-much.json")).await?;
    differs(stage, banks, &text, &trade, &wrong).await
}

async fn publish(stage: &mut Stage, banks: &Banks, text: &CheckText) -> Result<(), Failure> {
    let silent = Stopwatch::default();
    let sizes = Sizes::new(8, 1).ok_or_else(|| Failure::cannot("no such sizes"))?;
    let begun = Instant::now();
    let (definition, proposed) = banks.buyer.publish_check(text, sizes, 8, &silent).await?;
    let mut approved = proposed.approved;
    for bank in [&banks.carrier, &banks.seller] {
        approved |= bank.vote(proposed.proposal, true, &silent).await?.approved;
    }
    let check = definition.check.to_string();
    let lines = [
        format!("Bank A proposes {check}: its text, its circuit and its verifying key."),
        "Banks B and C compile the text themselves, find the same circuit and key, and approve."
            .to_owned(),
        format!(
            "From block {} on the ledger takes its proofs. In all {}.",
            proposed.at,
            seconds(begun.elapsed())
        ),
    ];
    let data =
        json!({"check": check, "at": proposed.at.0, "circuit": definition.circuit.to_string()});
    stage.tell(
        "published",
        "The banks agree on a check",
        &lines,
        approved,
        data,
    );
    Ok(())
}

async fn sealed(stage: &mut Stage, banks: &Banks) -> Result<Trade, Failure> {
    let customers = ["buyer", "carrier", "seller"];
    let ids: [&[(&str, &str)]; 3] = [
        &[("vat", "DE318274650"), ("reg-de", "HRB 99127")],
        &[("reg-se", "5590192837")],
        &[("vat", "SE559102837401")],
    ];
    let homes = [&banks.buyer, &banks.carrier, &banks.seller];
    for ((bank, name), ids) in homes.into_iter().zip(customers).zip(ids) {
        let role = match name {
            "carrier" => CustomerRole::Carrier,
            _ => CustomerRole::Company,
        };
        let own = |(scheme, value): &(&str, &str)| ((*scheme).to_owned(), (*value).to_owned());
        let customer = NewCustomer {
            name: name.to_owned(),
            role,
            identifiers: ids.iter().map(own).collect(),
        };
        let _ = bank.register(&customer, &Stopwatch::default()).await?;
    }
    let order = seal(&banks.buyer, customers[0], &example!("order.json")).await?;
    let delivery = seal(&banks.carrier, customers[1], &example!("delivery.json")).await?;
    let card = banks.seller.card().await?;
    for (bank, record) in [(&banks.buyer, order), (&banks.carrier, delivery)] {
        let contact = bank.add_contact(&card, None).await?;
        let grant = bank.grant(&record, &contact.name, "all").await?;
        let _ = banks.seller.import(&grant.file).await?;
    }
    let lines = [
        "The buyer (bank A's customer) seals an order of 100 table tops, the carrier (bank B's) a delivery of 90.".to_owned(),
        "Both banks hand the fields over to the seller's bank C, each as a file that C alone opens.".to_owned(),
    ];
    let data = json!({"order": order.to_string(), "delivery": delivery.to_string()});
    stage.tell(
        "trade",
        "Three parties seal their side of a trade",
        &lines,
        true,
        data,
    );
    Ok(Trade {
        order,
        delivery,
        customers,
    })
}

async fn seal(bank: &Bank, customer: &str, script: &Script) -> Result<RecordId, Failure> {
    let silent = Stopwatch::default();
    let sealer = bank.alias_of(customer, false, &silent).await?;
    let sealed = bank
        .seal_as(sealer, &script.name, &script.bytes, None, &silent)
        .await?;
    Ok(sealed.record)
}

/// The seller seals an invoice, and its bank proves the check over the three.
async fn bill(
    banks: &Banks,
    trade: &Trade,
    text: &CheckText,
    invoice: &Script,
) -> Result<SubmittedCheck, Failure> {
    let invoice = seal(&banks.seller, trade.customers[2], invoice).await?;
    let silent = Stopwatch::default();
    let submitted = banks
        .seller
        .submit_check(text.clone(), &named(trade, invoice), &silent)
        .await?;
    Ok(submitted)
}

fn named(trade: &Trade, invoice: RecordId) -> [(String, Vec<RecordId>); 3] {
    [
        ("order", trade.order),
        ("delivery", trade.delivery),
        ("invoice", invoice),
    ]
    .map(|(name, record)| (name.to_owned(), vec![record]))
}

/// The requirements that are not met.
fn unmet(submitted: &SubmittedCheck) -> Vec<String> {
    let outcomes = submitted.proven.evaluation.outcomes.iter();
    let pairs = outcomes.zip(submitted.proven.bits());
    let unmet = pairs.filter(|(_, met)| !met);
    unmet.map(|(outcome, _)| outcome.id.clone()).collect()
}

fn agrees(stage: &mut Stage, honest: &SubmittedCheck) {
    let (unmet, proving) = (unmet(honest), honest.proven.proving);
    let lines = [
        format!(
            "The seller bills 90. Bank C proves in {}: who sealed what, that the invoice names the order, and that its total is the order's price",
            seconds(proving)
        ),
        format!(
            "times the quantity delivered: {} requirements, all met. The chain shows the records and a bit for each, and no value.",
            honest.proven.bits().len()
        ),
    ];
    let data = json!({"height": honest.at.0, "unmet": unmet, "milliseconds": millis(proving)});
    stage.tell(
        "agrees",
        "Order, delivery and invoice agree",
        &lines,
        unmet.is_empty(),
        data,
    );
    stage.measure(
        "check",
        "prove one cross-check, three documents",
        seconds(proving),
    );
}

async fn differs(
    stage: &mut Stage,
    banks: &Banks,
    text: &CheckText,
    trade: &Trade,
    wrong: &SubmittedCheck,
) -> Result<(), Failure> {
    let outcomes = wrong.proven.evaluation.outcomes.iter();
    let found = outcomes.flat_map(|outcome| &outcome.discrepancies);
    let found: Vec<String> = found.map(ToString::to_string).collect();
    let invoice = wrong.proven.records.last().map(|one| one.record);
    let invoice = invoice.ok_or_else(|| Failure::cannot("the check has an invoice"))?;
    let seen = banks
        .carrier
        .check_outcome(text, &named(trade, invoice), &Stopwatch::default())
        .await?;
    let seen = seen.ok_or_else(|| Failure::cannot("the outcome stands on the chain"))?;
    let shown: Vec<&str> = seen
        .requirements
        .iter()
        .filter(|(_, _, met)| !met)
        .map(|(id, _, _)| id.as_str())
        .collect();
    let holds = unmet(wrong) == [TOTALS] && shown == [TOTALS] && !found.is_empty();
    let lines = [
        "The seller bills 100 for the 90 delivered.".to_owned(),
        format!("Bank C, which may see it, sees: {}.", found.join("; ")),
        format!(
            "Bank B and all others see on the chain: {} is not met. No value.",
            shown.join(", ")
        ),
    ];
    let found: Vec<Value> = found.into_iter().map(Value::from).collect();
    let data = json!({"unmet": unmet(wrong), "seen_by_the_prover": found, "seen_by_all": shown, "height": wrong.at.0});
    stage.tell(
        "differs",
        "100 are billed, 90 were delivered: the check says so",
        &lines,
        holds,
        data,
    );
    Ok(())
}
