//! A trade of two banks' customers: opened, moved, proven, waived, demanded and shown.

use sealane_checks::Sizes;
use sealane_ledger::consortium::check_source;
use sealane_ledger::state::{CheckEntry, CheckTextEntry, Key, OutcomeEntry, Writes};
use sealane_types::cross_check::{CheckRef, CheckShape, Circuit, Compiled, DocumentShape};
use sealane_types::encoding::Encode;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, BlockTime, Digest, Height, RecordId, TradeId};
use sealane_types::receipt::{ChangeFault, Refusal, TradeRefusal};
use sealane_types::schema::{Kind, SCHEMA_VERSION};
use sealane_types::workflow::{Versioned, Workflow};

use super::checks::{fault, wait};
use super::{INVOICE, World, known, refusal};
use crate::flows::{Bank, CheckText, CrossCheckFault, FinanceOptions, NewCustomer, Player};
use crate::home::customers::CustomerRole;
use crate::progress::Silent;
use crate::workflows::read;

const ORDER: &[u8] = include_bytes!("../../../../examples/order.xml");

const SALE: &str = r#"
name = "sale"
version = 1
about = "An order and its invoice."
party = [{ name = "buyer", role = "company" }, { name = "seller", role = "company" }, { name = "bank", role = "bank" }]
document = [{ name = "order", kind = "Order", by = "buyer" }, { name = "invoice", kind = "Invoice", by = "seller" }]
stage = [{ name = "opened", deadline = { days = 30, then = "lapsed" } }, { name = "ordered" }, { name = "invoiced" }, { name = "financeable" }, { name = "financed" }, { name = "paid" }, { name = "lapsed" }]
step = [
    { name = "order", by = "buyer", from = ["opened"], document = "order", to = "ordered" },
    { name = "invoice", by = "seller", from = ["ordered"], document = "invoice", to = "invoiced" },
]
check = [{ name = "invoice-order@2", documents = ["order", "invoice"] }]
move = [{ from = "invoiced", to = "financeable", checks = ["invoice-order@2"] }]
waiver = [{ check = "invoice-order@2", requirements = ["dates"], by = ["bank"] }]
financing = { document = "invoice", by = "bank", at = "financeable", financed = "financed", paid = "paid" }
"#;

fn check() -> CheckRef {
    "invoice-order@2/16".parse().expect("a check")
}

/// The check stands on the chain as if members had agreed on it.
fn publish_check(world: &World) {
    let document = |kind| DocumentShape {
        kind,
        schema_version: SCHEMA_VERSION,
        list: false,
        header: vec![0],
        count: false,
        columns: Vec::new(),
    };
    let entry = CheckEntry {
        from: Height(0),
        until: None,
        source: Digest::new([1; 32]),
        compiled: Compiled::One {
            shape: CheckShape {
                documents: vec![document(Kind::Order), document(Kind::Invoice)],
                requirements: vec!["dates".to_owned(), "lines-total".to_owned()],
            },
            circuit: Circuit {
                digest: Digest::new([2; 32]),
                verifying_key: vec![3; 344],
            },
        },
    };
    let text = CheckText::standard("invoice-order").expect("a standard check");
    let text = CheckTextEntry {
        source: check_source(text.source().expect("its text")),
        void: None,
    };
    let writes = Writes::from([
        (Key::check(&check()), Some(entry.to_bytes())),
        (Key::check_text("invoice-order", 2), Some(text.to_bytes())),
    ]);
    world.node.served().chain.commit(Vec::new(), writes);
}

async fn customer(bank: &Bank, name: &str, number: &str) -> AliasId {
    let new = NewCustomer {
        name: name.to_owned(),
        role: CustomerRole::Company,
        identifiers: vec![("vat".to_owned(), number.to_owned())],
        reading: crate::flows::Reading::default(),
    };
    let registered = bank.register(&new, &Silent).await;
    registered.expect("registered").alias
}

async fn sealed(bank: &Bank, sealer: AliasId, document: &[u8]) -> RecordId {
    let sealed = bank.seal_as(sealer, "a.xml", document, None, &Silent).await;
    sealed.expect("sealed").record
}

/// The outcome stands on the chain as if a proof had been taken; what real proofs do there, `super::checks` tries.
fn proven(world: &World, prover: AliasId, order: RecordId, invoice: RecordId, dates: bool) {
    let outcome = OutcomeEntry {
        bits: vec![dates, true],
        prover,
        at: Height(1),
        opened: 0,
    };
    let key = Key::outcome(&check(), &[vec![order], vec![invoice]]);
    let writes = Writes::from([(key, Some(outcome.to_bytes()))]);
    world.node.served().chain.commit(Vec::new(), writes);
}

fn sale() -> Workflow {
    read(SALE).expect("a workflow")
}

async fn published(a: &Bank, b: &Bank) -> Versioned {
    let voted = a
        .publish_workflow(sale(), 4, &Silent)
        .await
        .expect("proposed");
    assert_eq!((voted.votes, voted.banks, voted.approved), (1, 2, false));
    b.vote(voted.proposal, true, &Silent).await.expect("voted");
    sale().id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trade_is_opened_moved_waived_and_demanded_by_the_homes_of_its_parties() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let too_soon = a.publish_workflow(sale(), 4, &Silent).await;
    let too_soon = too_soon.expect_err("no check").to_string();
    let advice = "invoice-order@2 is not published: sealane check publish invoice-order";
    assert!(too_soon.ends_with(advice), "{too_soon}");
    publish_check(&world);
    let id = published(&a, &b).await;
    let buyer = customer(&a, "acme", "DE129273398").await;
    let seller = customer(&b, "best", "NL868172637B01").await;
    known(&b, "invoice.xml", INVOICE).await; // with the rest of what the invoice shows
    let order = sealed(&a, buyer, ORDER).await;
    let invoice = sealed(&b, seller, INVOICE).await;
    assert_eq!(a.workflows().await.expect("listed")[0].workflow, sale());

    let party = |name: &str, alias: &str| (name.to_owned(), alias.to_owned());
    let some = [party("buyer", "acme"), party("bank", "bank-b")];
    let missing = a
        .open_trade(&id, &some, &Silent)
        .await
        .expect_err("no seller");
    assert_eq!((missing.name(), missing.exit_code()), ("parties", 2));
    let all = [
        party("buyer", "acme"),
        party("seller", &seller.to_string()),
        party("bank", "bank-b"),
    ];
    let opened = a.open_trade(&id, &all, &Silent).await.expect("opened");
    let trade = opened.trade;
    assert_eq!(opened.stage, "opened");
    let stranger = [
        party("buyer", "acme"),
        party("seller", "best"),
        party("bank", "bank-b"),
    ];
    let stranger = a
        .open_trade(&id, &stranger, &Silent)
        .await
        .expect_err("whose?");
    assert_eq!((stranger.name(), stranger.exit_code()), ("no-player", 2));
    let view = a.trade(&trade).await.expect("shown");
    let player = |place: usize| {
        let player: &Player = &view.players[place];
        (player.alias, player.name.as_deref(), player.bank.as_str())
    };
    assert_eq!(player(0), (buyer, Some("acme"), "bank-a"));
    assert_eq!(
        player(1),
        (seller, None, "bank-b"),
        "its bank alone knows it"
    );
    assert_eq!(player(2).1, Some("bank-b"));
    let month = 30 * 86_400_000;
    let lapses = ("lapsed".to_owned(), BlockTime(view.entry.since.0 + month));
    assert_eq!(view.deadline, Some(lapses));
    let text = CheckText::standard("invoice-order").expect("a standard check");
    let too_soon = a
        .records_for_check(&trade, &text)
        .await
        .expect_err("no order");
    assert_eq!(
        (too_soon.name(), too_soon.exit_code()),
        ("check-of-trade", 2)
    );

    let not_ours = refusal(b.take_step(&trade, "order", &[order], &Silent).await);
    let buyers = TradeRefusal::NotThisParty {
        party: "buyer".to_owned(),
    };
    assert_eq!(not_ours, Refusal::Trade(buyers));
    let ordered = a.take_step(&trade, "order", &[order], &Silent).await;
    assert_eq!(ordered.expect("taken").stage, "ordered");
    let billed = b.take_step(&trade, "invoice", &[invoice], &Silent).await;
    assert_eq!(billed.expect("taken").stage, "invoiced");

    let records = a.records_for_check(&trade, &text).await.expect("all there");
    let records_of = |name: &str, id| (name.to_owned(), vec![id]);
    assert_eq!(
        records,
        [records_of("order", order), records_of("invoice", invoice)]
    );
    let other = CheckText::standard("credit-note").expect("a standard check");
    let other = a
        .records_for_check(&trade, &other)
        .await
        .expect_err("not asked for");
    assert!(
        other.to_string().contains("it asks for invoice-order@2"),
        "{other}"
    );

    let options = FinanceOptions {
        trade: Some(trade),
        ..FinanceOptions::default()
    };
    let unproven = b
        .finance(&invoice, &options, &Silent)
        .await
        .expect_err("too soon");
    let unproven = unproven.to_string();
    assert!(
        unproven.contains("invoice-order@2: not proven over"),
        "{unproven}"
    );
    proven(&world, buyer, order, invoice, false);
    let view = b.trade(&trade).await.expect("shown");
    assert!(view.checks[0].proven && !view.checks[0].holds());
    assert_eq!(view.checks[0].unmet, ["dates"]);
    let early = b
        .finance(&invoice, &options, &Silent)
        .await
        .expect_err("stopped");
    assert!(
        early
            .to_string()
            .contains("invoice-order@2: not met are dates"),
        "{early}"
    );
    let state = b.record_state(&invoice).await.expect("it stands there");
    assert!(state.set.is_none(), "nothing was done for it");
    assert_eq!(early.refusal().map(Refusal::code), Some(74), "{early}");
    let check: Versioned = "invoice-order@2".parse().expect("a check");
    let buyer_may_not = a.waive(&trade, &check, "dates", "so", &Silent).await;
    assert_eq!(refusal(buyer_may_not), TradeRefusal::MayNotWaive.into());
    let waived = b.waive(&trade, &check, "dates", "agreed", &Silent).await;
    assert_eq!(waived.expect("waived").stage, "financeable");
    let view = a.trade(&trade).await.expect("shown");
    assert_eq!(view.checks[0].waived, ["dates"]);
    assert_eq!(view.entry.waivers[0].reason, "agreed");

    b.finance(&invoice, &options, &Silent)
        .await
        .expect("financed");
    for bank in [&a, &b] {
        let lines = bank.trades().await.expect("listed");
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (lines[0].trade, lines[0].stage.as_str()),
            (trade, "financed")
        );
    }
    assert_eq!(b.trades().await.expect("listed")[0].party, "seller, bank");
    // parties and steps are shown; who is behind them is not, nor what the documents say
    super::shown::nobody_reads(&world, &["129273398", "868172637"]);
    for document in [ORDER, INVOICE] {
        let read = sealane_documents::read(document, "a.xml").expect("a document");
        let seller = read.seller.name.expect("it has a name");
        super::shown::nobody_reads(&world, &[&read.id, &seller]);
    }
    let unknown = refusal(a.trade(&TradeId::new([9; 32])).await);
    assert_eq!(unknown, TradeRefusal::UnknownTrade.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_void_check_takes_trades_back_for_whoever_reads_them_and_what_asks_for_it_is_refused() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    publish_check(&world);
    let id = published(&a, &b).await;
    let buyer = customer(&a, "acme", "DE129273398").await;
    let seller = customer(&b, "best", "NL868172637B01").await;
    known(&b, "invoice.xml", INVOICE).await;
    let order = sealed(&a, buyer, ORDER).await;
    let invoice = sealed(&b, seller, INVOICE).await;
    proven(&world, buyer, order, invoice, true);
    let parties = [
        ("buyer".to_owned(), "acme".to_owned()),
        ("seller".to_owned(), seller.to_string()),
        ("bank".to_owned(), "bank-b".to_owned()),
    ];
    let opened = a.open_trade(&id, &parties, &Silent).await.expect("opened");
    let trade = opened.trade;
    let ordered = a.take_step(&trade, "order", &[order], &Silent).await;
    assert_eq!(ordered.expect("taken").stage, "ordered");
    let billed = b.take_step(&trade, "invoice", &[invoice], &Silent).await;
    assert_eq!(billed.expect("taken").stage, "financeable");

    let check: Versioned = "invoice-order@2".parse().expect("a check");
    let change = Change::VoidCheck(check.clone());
    let voted = a.propose(change, 4, &Silent).await.expect("proposed");
    b.vote(voted.proposal, true, &Silent).await.expect("voted");
    wait(&a).await;
    let since = a.voids(std::slice::from_ref(&check)).await.expect("asked")[0];
    let since = since.expect("it is void");
    for bank in [&a, &b] {
        let view = bank.trade(&trade).await.expect("shown");
        assert_eq!(view.workflow.stage(view.entry.stage), "invoiced");
        assert_eq!(
            (view.entry.since, view.checks[0].void),
            (since, Some(since))
        );
        let lines = bank.trades().await.expect("listed");
        assert_eq!(
            lines[0].stage, "invoiced",
            "without its proofs being asked for"
        );
    }
    let options = FinanceOptions {
        trade: Some(trade),
        ..FinanceOptions::default()
    };
    let late = b.finance(&invoice, &options, &Silent).await;
    let late = late.expect_err("it fell");
    assert_eq!(late.refusal().map(Refusal::code), Some(74), "{late}");
    assert!(
        late.to_string().contains("invoice-order@2 is void since"),
        "{late}"
    );
    let again = refusal(a.open_trade(&id, &parties, &Silent).await);
    assert_eq!(again, TradeRefusal::VoidCheck { check }.into());

    let text = || CheckText::standard("invoice-order").expect("a standard check");
    let named = [("order".to_owned(), vec![order])];
    for refused in [
        fault(a.prove_check(text(), &named, &Silent).await),
        fault(a.submit_check(text(), &named, &Silent).await),
    ] {
        let said = refused.to_string();
        assert!(matches!(refused, CrossCheckFault::Void { .. }), "{said}");
        assert!(
            said.starts_with("the check invoice-order@2 is void since 20"),
            "{said}"
        );
    }
    let void = ChangeFault::CheckVoid;
    let sizes = Sizes::new(8, 1).expect("sizes");
    let other_size = refusal(a.publish_check(&text(), sizes, 4, &Silent).await);
    assert_eq!(other_size, Refusal::ChangeFails { fault: void });
    let next = read(&SALE.replace("version = 1", "version = 2")).expect("a workflow");
    let asks = a
        .publish_workflow(next, 4, &Silent)
        .await
        .expect_err("it asks for it");
    assert_eq!(asks.refusal(), Some(&Refusal::ChangeFails { fault: void }));
    assert!(
        asks.to_string().contains("Ask for another version of it"),
        "{asks}"
    );
}
