//! The middle act: a seller, a buyer and a carrier, each the customer of another bank, bring an order, a delivery and an
//! invoice into a trade. It stops while the invoice bills more than was delivered, goes on once it is corrected, and is financed.

use std::time::{Duration, Instant};

use sealane_checks::Sizes;
use sealane_client::error::ClientError;
use sealane_client::flows::{
    Bank, CheckText, FinanceOptions, NewCustomer, Reading, SubmittedCheck, Voted,
};
use sealane_client::home::customers::CustomerRole;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, Height, RecordId, TradeId};
use sealane_types::workflow::Versioned;
use serde_json::json;

use super::Script;
use super::story::{Stopwatch, Story, millis, seconds};
use crate::outcome::Failure;

const CHECK: &str = "invoice-waybill";
/// The requirement that the second invoice breaks.
const TOTALS: &str = "line-totals";

/// How long a node may be behind the others.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

macro_rules! example {
    ($name:literal) => {
        Script {
            name: concat!("examples/trade/", $name).to_owned(),
            bytes: include_bytes!(concat!("../../../../examples/trade/", $name)).to_vec(),
        }
    };
}

const WORKFLOW: &str = include_str!("../../../../examples/trade/workflow.toml");

/// The banks of the trade: the buyer's, the carrier's, the seller's.
pub(super) struct Banks {
    pub buyer: Bank,
    pub carrier: Bank,
    pub seller: Bank,
}

impl Banks {
    /// Waits until each bank's node has what every other has: what one bank did is then there for the next, which reads it
    /// from a node of its own.
    async fn level(&self) -> Result<(), Failure> {
        let all = [&self.buyer, &self.carrier, &self.seller];
        let mut highest = Height(0);
        for bank in all {
            highest = highest.max(tip(bank).await?);
        }
        let begun = Instant::now();
        for bank in all {
            while tip(bank).await? < highest {
                if begun.elapsed() > PATIENCE {
                    let behind = "a node is behind the others, and does not catch up";
                    return Err(Failure::cannot(behind));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }
}

async fn tip(bank: &Bank) -> Result<Height, Failure> {
    let tip = bank.node().tip().await.map_err(ClientError::from)?;
    Ok(tip.header().height)
}

/// Whose records the trade has, and what it is.
struct Trade {
    order: RecordId,
    delivery: RecordId,
    id: TradeId,
}

/// The members agree on a check and a workflow; a trade stops, is corrected, and is financed.
pub(super) async fn play(story: &mut Story, banks: &Banks) -> Result<(), Failure> {
    let text = CheckText::standard(CHECK).ok_or_else(|| Failure::cannot("no such check"))?;
    let aliases = agree(story, banks, &text).await?;
    let trade = begun(story, banks, &aliases).await?;
    let wrong = seal(
        &banks.seller,
        "seller",
        &example!("invoice-too-much.json"),
        None,
    )
    .await?;
    stops(story, banks, &text, &trade, wrong).await?;
    goes_on(story, banks, &text, &trade, wrong).await
}

/// A check and a workflow are published, and the customers registered: the aliases of buyer, carrier and seller.
async fn agree(
    story: &mut Story,
    banks: &Banks,
    text: &CheckText,
) -> Result<[AliasId; 3], Failure> {
    let silent = Stopwatch::default();
    let sizes = Sizes::new(8, 1).ok_or_else(|| Failure::cannot("no such sizes"))?;
    let begun = Instant::now();
    let (definition, proposed) = banks.buyer.publish_check(text, sizes, 8, &silent).await?;
    let check = voted(banks, &proposed).await?;
    let aliases = registered(banks).await?;
    let workflow = sealane_client::workflows::read(WORKFLOW).map_err(Failure::invalid)?;
    let (name, checks) = (workflow.id.to_string(), definition.check.to_string());
    banks.level().await?;
    let change = Change::PublishWorkflow(Box::new(workflow));
    let proposed = banks.buyer.propose(change, 8, &silent).await?;
    let workflow = voted(banks, &proposed).await?;
    let lines = [
        format!("Bank A proposes the check {checks}: its text, its circuit and its verifying key."),
        "Banks B and C compile the text themselves, find the same circuit and key, and approve."
            .to_owned(),
        format!(
            "Then the workflow {name}: who does what in a trade, and that it is financeable as long as the check holds."
        ),
        format!("In all {}.", seconds(begun.elapsed())),
    ];
    let data = json!({"check": checks, "circuit": definition.compiled.circuits()[0].digest.to_string(), "workflow": name});
    let title = "The banks agree on a check and on a workflow";
    story.tell("published", title, &lines, check && workflow, data)?;
    Ok(aliases)
}

/// Banks B and C vote for it.
async fn voted(banks: &Banks, proposed: &Voted) -> Result<bool, Failure> {
    let mut approved = proposed.approved;
    for bank in [&banks.carrier, &banks.seller] {
        banks.level().await?;
        let voted = bank
            .vote(proposed.proposal, true, &Stopwatch::default())
            .await?;
        approved |= voted.approved;
    }
    Ok(approved)
}

async fn registered(banks: &Banks) -> Result<[AliasId; 3], Failure> {
    let register = async |bank: &Bank, name: &str, role, ids: &[(&str, &str)]| {
        let own = |(scheme, value): &(&str, &str)| ((*scheme).to_owned(), (*value).to_owned());
        let customer = NewCustomer {
            name: name.to_owned(),
            role,
            identifiers: ids.iter().map(own).collect(),
            reading: Reading::default(),
        };
        let registered = bank.register(&customer, &Stopwatch::default()).await;
        registered.map(|registered| registered.alias)
    };
    let (company, carrier) = (CustomerRole::Company, CustomerRole::Carrier);
    let buyer = [("vat", "DE318274655"), ("de-hr", "HRB 99127 Hamburg")];
    Ok([
        register(&banks.buyer, "buyer", company, &buyer).await?,
        register(
            &banks.carrier,
            "carrier",
            carrier,
            &[("se-org", "5590192836")],
        )
        .await?,
        register(
            &banks.seller,
            "seller",
            company,
            &[("vat", "SE559102837701")],
        )
        .await?,
    ])
}

/// Order and delivery are sealed, handed over to the seller's bank, and in a trade.
async fn begun(story: &mut Story, banks: &Banks, aliases: &[AliasId; 3]) -> Result<Trade, Failure> {
    let silent = Stopwatch::default();
    let order = seal(&banks.buyer, "buyer", &example!("order.json"), None).await?;
    let delivery = seal(&banks.carrier, "carrier", &example!("delivery.json"), None).await?;
    banks.level().await?;
    let card = banks.seller.card().await?;
    for (bank, record) in [(&banks.buyer, order), (&banks.carrier, delivery)] {
        let contact = bank.add_contact(&card, None).await?;
        let grant = bank.grant(&record, &contact.name, "all").await?;
        let _ = banks.seller.import(&grant.file).await?;
    }
    let workflow = Versioned::new("delivered-and-billed", 1);
    let workflow = workflow.ok_or_else(|| Failure::cannot("no such workflow"))?;
    let [buyer, carrier, seller] = aliases.map(|alias| alias.to_string());
    let parties = [
        ("buyer", buyer),
        ("carrier", carrier),
        ("seller", seller),
        ("bank", "bank-c".to_owned()),
    ];
    let parties = parties.map(|(party, alias)| (party.to_owned(), alias));
    banks.level().await?;
    let opened = banks.buyer.open_trade(&workflow, &parties, &silent).await?;
    let id = opened.trade;
    let _ = banks
        .buyer
        .take_step(&id, "order", &[order], &silent)
        .await?;
    banks.level().await?;
    let delivered = banks
        .carrier
        .take_step(&id, "deliver", &[delivery], &silent)
        .await?;
    let lines = [
        "The buyer (bank A's customer) seals an order of 100 table tops and opens a trade with it; the carrier (bank B's) delivers 90.".to_owned(),
        "Both banks hand the fields over to the seller's bank C, each as a file that C alone opens.".to_owned(),
    ];
    let data = json!({"order": order.to_string(), "delivery": delivery.to_string(), "trade": id.to_string(), "stage": delivered.stage});
    let holds = delivered.stage == "delivered";
    story.tell(
        "trade",
        "A buyer, a carrier and a seller trade",
        &lines,
        holds,
        data,
    )?;
    Ok(Trade {
        order,
        delivery,
        id,
    })
}

async fn seal(
    bank: &Bank,
    customer: &str,
    script: &Script,
    replaces: Option<RecordId>,
) -> Result<RecordId, Failure> {
    let silent = Stopwatch::default();
    let sealer = bank.alias_of(customer, false, &silent).await?;
    let sealed = bank
        .seal_as(sealer, &script.name, &script.bytes, replaces, &silent)
        .await?;
    Ok(sealed.record)
}

fn named(trade: &Trade, invoice: RecordId) -> [(String, Vec<RecordId>); 3] {
    [
        ("order", trade.order),
        ("delivery", trade.delivery),
        ("invoice", invoice),
    ]
    .map(|(name, record)| (name.to_owned(), vec![record]))
}

/// The requirements that are not met, by the prover's own evaluation.
fn unmet(submitted: &SubmittedCheck) -> Vec<String> {
    let outcomes = submitted.proven.evaluation.outcomes.iter();
    let pairs = outcomes.zip(submitted.proven.bits());
    let unmet = pairs.filter(|(_, met)| !met);
    unmet.map(|(outcome, _)| outcome.id.clone()).collect()
}

/// Bank C finances the trade's invoice, and demands that the trade is financeable.
async fn finance(
    banks: &Banks,
    trade: &Trade,
    invoice: RecordId,
) -> Result<Option<String>, Failure> {
    let options = FinanceOptions {
        trade: Some(trade.id),
        ..FinanceOptions::default()
    };
    let silent = Stopwatch::default();
    match banks.seller.finance(&invoice, &options, &silent).await {
        Ok(_) => Ok(None),
        Err(ClientError::Refused(refused)) => Ok(Some(refused.reason.to_string())),
        Err(error) => Err(error.into()),
    }
}

/// 100 are billed: the trade stays where it is, with that discrepancy.
async fn stops(
    story: &mut Story,
    banks: &Banks,
    text: &CheckText,
    trade: &Trade,
    invoice: RecordId,
) -> Result<(), Failure> {
    let silent = Stopwatch::default();
    banks.level().await?;
    let _ = banks
        .seller
        .take_step(&trade.id, "invoice", &[invoice], &silent)
        .await?;
    let proven = banks
        .seller
        .submit_check(text.clone(), &named(trade, invoice), &silent)
        .await?;
    let found = proven.proven.evaluation.outcomes.iter();
    let found: Vec<String> = found
        .flat_map(|outcome| &outcome.discrepancies)
        .map(ToString::to_string)
        .collect();
    banks.level().await?;
    let seen = banks.carrier.trade(&trade.id).await?;
    let shown: Vec<String> = seen
        .checks
        .iter()
        .flat_map(|one| one.unmet.clone())
        .collect();
    let stands = seen.workflow.stage(seen.entry.stage).to_owned();
    let refused = finance(banks, trade, invoice).await?;
    let holds = unmet(&proven) == [TOTALS]
        && shown == [TOTALS]
        && stands == "invoiced"
        && refused.is_some();
    let lines = [
        "The seller bills 100 for the 90 delivered, and bank C proves what comes of it.".to_owned(),
        format!("Bank C, which may see it, sees: {}.", found.join("; ")),
        format!(
            "Bank B and all others see: the trade stands at {stands}, as {} is not met. No value.",
            shown.join(", ")
        ),
        format!(
            "Bank C would finance it: {}.",
            refused.as_deref().unwrap_or("it did")
        ),
    ];
    let data =
        json!({"unmet": shown, "stage": stands, "seen_by_the_prover": found, "refused": refused});
    let title = "100 are billed, 90 were delivered: the trade stops";
    story.tell("stops", title, &lines, holds, data)?;
    Ok(())
}

/// The invoice is corrected: the trade goes on by itself, and is financed.
async fn goes_on(
    story: &mut Story,
    banks: &Banks,
    text: &CheckText,
    trade: &Trade,
    wrong: RecordId,
) -> Result<(), Failure> {
    let silent = Stopwatch::default();
    let invoice = seal(
        &banks.seller,
        "seller",
        &example!("invoice.json"),
        Some(wrong),
    )
    .await?;
    let _ = banks
        .seller
        .correct_trade(&trade.id, &invoice, &silent)
        .await?;
    let proven = banks
        .seller
        .submit_check(text.clone(), &named(trade, invoice), &silent)
        .await?;
    let stage_of = async || {
        banks.level().await?;
        let seen = banks.carrier.trade(&trade.id).await?;
        Ok::<_, Failure>(seen.workflow.stage(seen.entry.stage).to_owned())
    };
    let agreed = stage_of().await?;
    let refused = finance(banks, trade, invoice).await?;
    let financed = stage_of().await?;
    let proving = proven.proven.proving;
    let holds = unmet(&proven).is_empty()
        && agreed == "financeable"
        && financed == "financed"
        && refused.is_none();
    let lines = [
        "The seller corrects the invoice: it bills 90.".to_owned(),
        format!(
            "Bank C proves in {}: who sealed what, and that the invoice's total is the order's price times the quantity delivered: {} requirements, all met.",
            seconds(proving),
            proven.proven.bits().len()
        ),
        format!(
            "The chain shows a bit for each, and no value. The trade stands at {agreed} by itself; financed by bank C, at {financed}."
        ),
    ];
    let data = json!({"stage": agreed, "then": financed, "milliseconds": millis(proving)});
    let title = "Order, delivery and invoice agree: the trade is financed";
    story.tell("agrees", title, &lines, holds, data)?;
    story.measure(
        "check",
        "prove one cross-check, three documents",
        seconds(proving),
    );
    Ok(())
}
