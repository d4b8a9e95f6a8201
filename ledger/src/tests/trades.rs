//! Trades follow their workflows: the whole path, and whoever leaves it.

mod money;
mod net;
mod random;
mod voids;

use sealane_types::governance::Change;
use sealane_types::ids::{BlockTime, Height};
use sealane_types::receipt::{ChangeFault, Done, Refusal, TradeRefusal};
use sealane_types::schema::Kind;
use sealane_types::transaction::ReleaseReason::{Mistaken, Repaid, Withdrawn};
use sealane_types::workflow::Workflow;

use super::governing::agree;
use super::world::*;
use crate::consortium::check_change;
use crate::state::{Key, MAX_WAIVERS, TradeEntry, WorkflowEntry};
use crate::trade::{Judged, judge, sizes};
use crate::verified::Action;
use net::*;

fn refused(refusal: TradeRefusal) -> Result<Done, Refusal> {
    Err(Refusal::Trade(refusal))
}

fn stands_at(stage: &str) -> Result<Done, Refusal> {
    let stage = stage.to_owned();
    refused(TradeRefusal::WrongStage { stage })
}

fn only(party: &str) -> Result<Done, Refusal> {
    let party = party.to_owned();
    refused(TradeRefusal::NotThisParty { party })
}

fn judged(net: &Net, check: u8) -> Judged {
    let time = net.world.tip.time;
    judge(&net.world.state, &workflow(), &net.written(1), check, time)
}

#[test]
fn the_workflow_of_these_tests_hangs_together() {
    workflow().check().unwrap();
}

#[test]
fn a_trade_goes_from_its_order_to_its_payment() {
    let mut net = Net::new();
    assert_eq!(net.open(1), traded(1, "opened"));
    assert_eq!(net.moved, [(trade(1), "opened".to_owned())]);
    net.seal(BUYER, 11, Kind::Order, None);
    assert_eq!(net.step(BUYER, 1, "order", &[11]), traded(1, "ordered"));
    net.seal(CARRIER, 21, Kind::Waybill, None);
    net.seal(CARRIER, 22, Kind::Waybill, None);
    let both = net.step(CARRIER, 1, "deliver", &[21, 22]);
    assert_eq!(both, traded(1, "delivered"));
    net.seal(SELLER, 31, Kind::Invoice, None);
    assert_eq!(net.step(SELLER, 1, "bill", &[31]), traded(1, "invoiced"));
    assert_eq!(net.written(1).joined, 0b0111);

    net.prove("invoice-order", 8, &[&[11], &[31]], MET).unwrap();
    assert_eq!((net.stage(1).as_str(), net.moved.len()), ("invoiced", 0));
    let records: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 16, &records, MET).unwrap();
    assert_eq!(net.moved, [(trade(1), "financeable".to_owned())]);

    net.ready(31, SELLER);
    let financed = net.finance(BANK_A, 31, Some(1));
    assert_eq!(financed, Ok(Done::Financed { took_over: None }));
    assert_eq!(net.moved, [(trade(1), "financed".to_owned())]);
    net.world.release(BANK_A, 31, Repaid).unwrap();
    assert_eq!(net.stage(1), "paid");
    assert_eq!(net.of_line(11), Some(trade(1)));
    for (alias, count) in [(BUYER, Some(1)), (BANK_A, Some(1)), (BANK_B, None)] {
        assert_eq!(net.world.read::<u32>(&Key::trades(&alias)), count);
    }
    let listed = net.world.read(&Key::trade_of_alias(&SELLER, 0));
    assert_eq!(listed, Some(trade(1)));
}

#[test]
fn proofs_count_whether_they_come_before_the_records_or_after() {
    let mut net = Net::at("delivered");
    net.seal(SELLER, 31, Kind::Invoice, None);
    net.prove_all();
    assert_eq!(net.stage(1), "delivered");
    assert_eq!(net.step(SELLER, 1, "bill", &[31]), traded(1, "financeable"));
}

#[test]
fn partial_shipments_come_in_one_by_one_and_all_of_them_count() {
    let mut net = Net::at("invoiced");
    assert_eq!(net.written(1).records[1], ids(&[21, 22]));
    net.prove("invoice-order", 8, &[&[11], &[31]], MET).unwrap();
    let some: [&[u8]; 3] = [&[11], &[21], &[31]];
    net.prove("invoice-waybill", 8, &some, MET).unwrap();
    assert_eq!(net.stage(1), "invoiced", "one delivery");
    let all: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 32, &all, MET).unwrap();
    assert_eq!(net.stage(1), "financeable", "at another size");

    let mut net = Net::at("delivered");
    for record in 23..=28 {
        net.seal(CARRIER, record, Kind::Waybill, None);
        assert!(net.step(CARRIER, 1, "deliver", &[record]).is_ok());
    }
    net.seal(CARRIER, 29, Kind::Waybill, None);
    let ninth = net.step(CARRIER, 1, "deliver", &[29]);
    assert_eq!(ninth, refused(TradeRefusal::WrongRecords));
    let none = net.step(CARRIER, 1, "deliver", &[]);
    assert_eq!(none, refused(TradeRefusal::WrongRecords));
}

#[test]
fn where_two_sizes_are_proven_a_requirement_is_met_if_neither_says_otherwise() {
    let mut net = Net::at("invoiced");
    net.prove("invoice-order", 8, &[&[11], &[31]], MET).unwrap();
    let all: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 16, &all, MET).unwrap();
    assert_eq!(net.stage(1), "financeable");
    net.prove("invoice-waybill", 32, &all, [true, false, true])
        .unwrap();
    assert_eq!(net.moved, [(trade(1), "invoiced".to_owned())]);
    assert_eq!(judged(&net, DELIVERY).unmet, ["line-totals"]);
}

#[test]
fn a_check_is_looked_for_at_the_sizes_of_circuits() {
    let found = sizes(&workflow().checks[0], &[vec![id(11)]]);
    let mut lines: Vec<usize> = found.iter().map(|check| check.lines.lines()).collect();
    lines.dedup();
    assert_eq!(lines, [8, 16, 32, 128]);
}

#[test]
fn a_correction_takes_the_older_records_place_and_proofs_over_it_count_no_longer() {
    let mut net = Net::at("financeable");
    net.seal(CARRIER, 23, Kind::Waybill, Some(22));
    assert_eq!(net.moved, [(trade(1), "invoiced".to_owned())], "it waits");
    let by_another = net.correct(SELLER, 23);
    assert_eq!(by_another, only("carrier"));
    assert_eq!(net.correct(CARRIER, 23), traded(1, "invoiced"));
    assert_eq!(net.written(1).records[1], ids(&[21, 23]));
    let same = net.correct(CARRIER, 23);
    assert_eq!(same, refused(TradeRefusal::NotACorrection), "already there");
    let older: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    let stale = net.prove("invoice-waybill", 32, &older, MET);
    assert_eq!(stale, Err(Refusal::Replaced { by: id(23) }));
    let newer: [&[u8]; 3] = [&[11], &[21, 23], &[31]];
    net.prove("invoice-waybill", 16, &newer, MET).unwrap();
    assert_eq!(net.stage(1), "financeable");

    net.seal(CARRIER, 24, Kind::Waybill, Some(23));
    net.seal(CARRIER, 25, Kind::Waybill, Some(24));
    let middle = net.correct(CARRIER, 24);
    assert_eq!(middle, Err(Refusal::Replaced { by: id(25) }));
    assert_eq!(
        net.correct(CARRIER, 25),
        traded(1, "invoiced"),
        "two at once"
    );
    net.seal(CARRIER, 26, Kind::Waybill, None);
    let foreign = net.correct(CARRIER, 26);
    assert_eq!(foreign, refused(TradeRefusal::NotACorrection));
    let unknown = net.correct(CARRIER, 99);
    assert_eq!(unknown, Err(Refusal::UnknownRecord));
    assert_eq!(net.step(BUYER, 1, "cancel", &[]), traded(1, "cancelled"));
    net.seal(CARRIER, 27, Kind::Waybill, Some(21));
    assert_eq!(net.correct(CARRIER, 27), stands_at("cancelled"));
}

#[test]
fn only_the_party_of_a_step_takes_it_and_only_at_its_stages() {
    let mut net = Net::at("ordered");
    net.seal(SELLER, 31, Kind::Invoice, None);
    net.seal(CARRIER, 21, Kind::Waybill, None);
    for other in [BUYER, SELLER, BANK_A, BANK_B, VALIDATORS[0]] {
        assert_eq!(net.step(other, 1, "deliver", &[21]), only("carrier"));
    }
    assert_eq!(net.step(SELLER, 1, "bill", &[31]), stands_at("ordered"));
    net.seal(BUYER, 12, Kind::Order, None);
    assert_eq!(net.step(BUYER, 1, "order", &[12]), stands_at("ordered"));
    let unknown = net.step(BUYER, 1, "pay", &[]);
    assert_eq!(unknown, refused(TradeRefusal::NoStep));
    let no_trade = net.step(BUYER, 9, "order", &[12]);
    assert_eq!(no_trade, refused(TradeRefusal::UnknownTrade));
    let with_records = net.step(BUYER, 1, "cancel", &[12]);
    assert_eq!(with_records, refused(TradeRefusal::WrongRecords));
    assert_eq!(net.step(BUYER, 1, "cancel", &[]), traded(1, "cancelled"));
    assert_eq!(
        net.step(CARRIER, 1, "deliver", &[21]),
        stands_at("cancelled")
    );
}

#[test]
fn a_step_brings_records_of_its_party_and_kind_that_are_not_replaced() {
    let mut net = Net::at("ordered");
    net.seal(CARRIER, 21, Kind::DespatchAdvice, None);
    let record = id(21);
    let other_kind = net.step(CARRIER, 1, "deliver", &[21]);
    assert_eq!(other_kind, refused(TradeRefusal::OtherKind { record }));
    net.seal(SELLER, 22, Kind::Waybill, None);
    let foreign = net.step(CARRIER, 1, "deliver", &[22]);
    assert_eq!(foreign, Err(Refusal::NotTheSealer));
    let unknown = net.step(CARRIER, 1, "deliver", &[23]);
    assert_eq!(unknown, Err(Refusal::UnknownRecord));
    net.seal(CARRIER, 24, Kind::Waybill, None);
    net.seal(CARRIER, 25, Kind::Waybill, Some(24));
    let replaced = net.step(CARRIER, 1, "deliver", &[24]);
    assert_eq!(replaced, Err(Refusal::Replaced { by: id(25) }));
    assert_eq!(
        net.step(CARRIER, 1, "deliver", &[25]),
        traded(1, "delivered")
    );
    net.seal(SELLER, 31, Kind::Invoice, None);
    net.seal(SELLER, 32, Kind::Invoice, None);
    let two = net.step(SELLER, 1, "bill", &[31, 32]);
    assert_eq!(two, refused(TradeRefusal::WrongRecords));
}

#[test]
fn a_record_and_its_line_are_in_one_trade_until_that_ends_unpaid() {
    let mut net = Net::at("delivered");
    assert!(net.open(2).is_ok());
    let in_a_trade = |record: u8| {
        let (record, trade) = (id(record), trade(1));
        refused(TradeRefusal::InATrade { record, trade })
    };
    assert_eq!(net.step(BUYER, 2, "order", &[11]), in_a_trade(11));
    net.seal(BUYER, 12, Kind::Order, Some(11));
    assert_eq!(net.step(BUYER, 2, "order", &[12]), in_a_trade(12));
    let twice = net.step(CARRIER, 1, "deliver", &[21]);
    assert_eq!(twice, in_a_trade(21), "nor in one trade twice");
    net.seal(CARRIER, 23, Kind::Waybill, None);
    let twice = net.step(CARRIER, 1, "deliver", &[23, 23]);
    assert_eq!(twice, in_a_trade(23));

    net.world.wait(30 * DAY);
    assert_eq!(net.stage(1), "lapsed");
    assert!(net.open(3).is_ok());
    assert_eq!(net.step(BUYER, 3, "order", &[12]), traded(3, "ordered"));
    assert_eq!(net.of_line(11), Some(trade(3)));
}

#[test]
fn what_was_paid_stays_in_its_trade() {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.finance(BANK_A, 31, Some(1)).unwrap();
    net.world.release(BANK_A, 31, Repaid).unwrap();
    net.open(2).unwrap();
    let (record, trade) = (id(11), trade(1));
    let again = net.step(BUYER, 2, "order", &[11]);
    assert_eq!(again, refused(TradeRefusal::InATrade { record, trade }));
}

/// A trade can be cancelled after its invoice was financed without it; its goods pay for that invoice all the same.
#[test]
fn what_is_financed_past_its_trade_stays_in_it_until_that_is_released() {
    let reasons = [(Withdrawn, true), (Mistaken, true), (Repaid, false)];
    let both = reasons
        .into_iter()
        .flat_map(|one| [(one, true), (one, false)]);
    for ((reason, free), speaks) in both {
        // whether the workflow speaks of a financing or not: then the buyer says that it has paid
        let pays = |workflow: &mut Workflow| {
            for (from, to) in [("financeable", "financed"), ("financed", "paid")] {
                let mut step = workflow.steps[3].clone();
                step.name = to.to_owned();
                (step.from, step.to) = (vec![place(from)], place(to));
                workflow.steps.push(step);
            }
            workflow.financing = None;
        };
        let with = |workflow: &mut Workflow| {
            if !speaks {
                pays(workflow);
            }
        };
        let mut net = Net::following(with).led_to("invoiced");
        net.ready(31, SELLER);
        net.finance(BANK_A, 31, None).unwrap();
        assert_eq!(net.step(BUYER, 1, "cancel", &[]), traded(1, "cancelled"));
        net.open(2).unwrap();
        let (record, trade) = (id(11), trade(1));
        let again = net.step(BUYER, 2, "order", &[11]);
        assert_eq!(again, refused(TradeRefusal::InATrade { record, trade }));
        net.world.release(BANK_A, 31, reason).unwrap();
        let again = net.step(BUYER, 2, "order", &[11]);
        assert_eq!(again.is_ok(), free, "{reason:?}: {again:?}");
    }
}

#[test]
fn a_trade_names_one_fitting_alias_for_each_party_and_its_opener() {
    let mut net = Net::new();
    let unfit = |party: &str, alias| {
        let party = party.to_owned();
        refused(TradeRefusal::UnfitParty { party, alias })
    };
    let wrong = || refused(TradeRefusal::WrongParties);
    assert_eq!(
        net.open_with(OTHER_SELLER, 1, &PARTIES),
        wrong(),
        "a stranger"
    );
    assert_eq!(net.open_with(BUYER, 1, &PARTIES[..3]), wrong());
    let twice = [BUYER, BUYER, CARRIER, BANK_A];
    assert_eq!(net.open_with(BUYER, 1, &twice), wrong());
    let no_carrier = [BUYER, SELLER, OTHER_SELLER, BANK_A];
    let refusal = unfit("carrier", OTHER_SELLER);
    assert_eq!(net.open_with(BUYER, 1, &no_carrier), refusal);
    let no_bank = [BUYER, SELLER, CARRIER, VALIDATORS[0]];
    let refusal = unfit("bank", VALIDATORS[0]);
    assert_eq!(net.open_with(BUYER, 1, &no_bank), refusal);
    let suspend = sealane_types::alias::SetStanding {
        alias: SELLER,
        standing: sealane_types::alias::Standing::Suspended,
    };
    net.send(BANK_B, Action::SetStanding(suspend)).unwrap();
    assert_eq!(net.open(1), unfit("seller", SELLER));
    let other = [BUYER, OTHER_SELLER, CARRIER, BANK_A];
    assert_eq!(net.open_with(CARRIER, 1, &other), traded(1, "opened"));
    assert_eq!(net.written(1).joined, 0b0100, "whoever opens it has joined");
}

#[test]
fn a_deadline_is_judged_when_the_trade_is_read() {
    let mut net = Net::new();
    net.open(1).unwrap();
    net.seal(BUYER, 11, Kind::Order, None);
    let opened = net.written(1).since.0;
    net.world.tip.time.0 = opened + 10 * DAY - 1;
    assert_eq!(net.stage(1), "opened");
    let before = net.world.state.clone();
    drop(net.world.block(Vec::new()));
    assert_eq!(net.stage(1), "reopened");
    assert_eq!(net.world.state, before, "an empty block writes nothing");
    assert_eq!(net.step(BUYER, 1, "order", &[11]), stands_at("reopened"));
    net.world.tip.time.0 = opened + 15 * DAY - 1;
    assert_eq!(
        net.stage(1),
        "reopened",
        "its days begin where the first end"
    );
    net.world.wait(1);
    assert_eq!(net.step(BUYER, 1, "order", &[11]), stands_at("lapsed"));

    let mut net = Net::new();
    net.open(1).unwrap();
    net.world.wait(15 * DAY);
    assert_eq!(net.stage(1), "lapsed", "both at once");
}

#[test]
fn a_second_delivery_begins_the_days_anew_and_a_correction_does_not() {
    let mut net = Net::at("delivered");
    net.world.wait(20 * DAY);
    net.seal(CARRIER, 24, Kind::Waybill, None);
    net.step(CARRIER, 1, "deliver", &[24]).unwrap();
    net.world.wait(20 * DAY);
    assert_eq!(net.stage(1), "delivered");
    net.seal(CARRIER, 25, Kind::Waybill, Some(24));
    net.correct(CARRIER, 25).unwrap();
    net.world.wait(10 * DAY);
    assert_eq!(net.stage(1), "lapsed");
}

#[test]
fn a_proof_moves_no_trade_whose_deadline_has_passed() {
    let mut net = Net::at("financeable");
    net.world.wait(90 * DAY);
    net.ready(31, SELLER);
    let demanded = net.finance(BANK_A, 31, Some(1));
    let (stage, demanded_stage) = ("lapsed".to_owned(), "financeable".to_owned());
    let late = TradeRefusal::NotFinanceableYet {
        stage,
        demanded: demanded_stage,
    };
    assert_eq!(demanded, refused(late));
    let all: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 32, &all, MET).unwrap();
    assert_eq!(net.stage(1), "lapsed");
}

#[test]
fn a_requirement_that_is_not_met_stops_the_trade_until_its_party_waives_it() {
    let mut net = Net::at("invoiced");
    let order: [&[u8]; 2] = [&[11], &[31]];
    let early = net.waive(BUYER, ORDER, "dates");
    assert_eq!(early, refused(TradeRefusal::NothingToWaive), "not proven");
    net.prove("invoice-order", 8, &order, [true, false, false])
        .unwrap();
    let all: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 16, &all, [false, false, true])
        .unwrap();
    assert_eq!(net.stage(1), "invoiced");
    assert_eq!(judged(&net, ORDER).unmet, ["dates", "lines-total"]);

    let no_party = || refused(TradeRefusal::MayNotWaive);
    for other in [SELLER, CARRIER, BANK_A, BANK_B] {
        assert_eq!(net.waive(other, ORDER, "dates"), no_party());
    }
    let met = net.waive(BUYER, ORDER, "invoice.sealer");
    assert_eq!(met, no_party(), "not among what may be waived");
    let brought = net.waive(BANK_A, DELIVERY, "delivery.distinct");
    assert_eq!(brought, no_party(), "what a document brings is not any");
    let met = net.waive(BANK_A, DELIVERY, "billed-once");
    assert_eq!(met, refused(TradeRefusal::NothingToWaive), "met");
    assert_eq!(net.waive(BUYER, 7, "dates"), no_party());

    assert_eq!(net.waive(BUYER, ORDER, "dates"), traded(1, "invoiced"));
    let again = net.waive(BUYER, ORDER, "dates");
    assert_eq!(again, refused(TradeRefusal::NothingToWaive));
    net.waive(BUYER, ORDER, "lines-total").unwrap();
    assert!(judged(&net, ORDER).holds());
    assert_eq!(judged(&net, ORDER).waived, ["dates", "lines-total"]);
    assert_eq!(
        net.waive(BANK_A, DELIVERY, "line-totals"),
        traded(1, "invoiced")
    );
    assert_eq!(judged(&net, DELIVERY).unmet, ["delivery.distinct"]);
    let kept = &net.written(1).waivers[0];
    let said = (kept.by, kept.requirement.as_str(), kept.reason.as_str());
    assert_eq!(said, (BUYER, "dates", "agreed by telephone"));

    net.seal(CARRIER, 23, Kind::Waybill, Some(22));
    net.correct(CARRIER, 23).unwrap();
    assert_eq!(net.written(1).waivers.len(), 2, "the order's are kept");
    let newer: [&[u8]; 3] = [&[11], &[21, 23], &[31]];
    net.prove("invoice-waybill", 16, &newer, [true, false, true])
        .unwrap();
    assert_eq!(net.stage(1), "invoiced", "it was waived for other records");
    let on = net.waive(BANK_A, DELIVERY, "line-totals");
    assert_eq!(on, traded(1, "financeable"));
    assert_eq!(net.moved, [(trade(1), "financeable".to_owned())]);
}

#[test]
fn a_trade_that_is_over_takes_no_waiver_and_a_trade_takes_few() {
    let mut net = Net::at("invoiced");
    let order: [&[u8]; 2] = [&[11], &[31]];
    net.prove("invoice-order", 8, &order, [true, false, true])
        .unwrap();
    let mut full = net.written(1);
    let one = crate::state::WaiverEntry {
        check: DELIVERY,
        requirement: "line-totals".to_owned(),
        by: BANK_A,
        at: Height(1),
        reason: "so".to_owned(),
    };
    full.waivers = vec![one; MAX_WAIVERS];
    let key = Key::trade(&trade(1));
    let entry = sealane_types::encoding::Encode::to_bytes(&full);
    let before = net.world.state.insert(key.clone(), entry).unwrap();
    let most = u8::try_from(MAX_WAIVERS).unwrap();
    let many = net.waive(BUYER, ORDER, "dates");
    assert_eq!(many, refused(TradeRefusal::TooManyWaivers { most }));
    net.world.state.insert(key, before);
    net.step(BUYER, 1, "cancel", &[]).unwrap();
    assert_eq!(net.waive(BUYER, ORDER, "dates"), stands_at("cancelled"));
}

#[test]
fn a_field_that_was_sealed_wrongly_takes_a_proof_its_worth() {
    let mut net = Net::at("financeable");
    let place = [3, 0xff, 0xff];
    let open = Action::OpenField {
        record: id(21),
        place,
    };
    net.send(BANK_B, open).unwrap();
    assert_eq!(net.moved, [(trade(1), "invoiced".to_owned())]);
    let all: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 16, &all, [true, false, true])
        .unwrap();
    assert_eq!(judged(&net, DELIVERY).unmet, ["line-totals"]);
}

type Spoil = fn(&mut Workflow);

#[test]
fn a_workflow_is_published_once_and_asks_for_checks_of_this_chain() {
    let net = Net::new();
    let publish = |workflow| Change::PublishWorkflow(Box::new(workflow));
    let fault = |change| check_change(&net.world.state, &change, Height(9)).err();
    let again = fault(publish(workflow()));
    assert_eq!(again, Some(ChangeFault::WorkflowExists));
    let next = |spoil: Spoil| {
        let mut next = workflow();
        next.id = "sale@2".parse().unwrap();
        spoil(&mut next);
        fault(publish(next))
    };
    assert_eq!(next(|_| {}), None);
    let spoilt: [Spoil; 6] = [
        |one| one.checks[0].check = "invoice-order@2".parse().unwrap(),
        |one| one.checks[0].documents = vec![2, 0],
        |one| one.checks[0].documents = vec![0],
        |one| one.checks[1].documents = vec![1, 0, 2],
        |one| one.waivers[0].requirements[0] = "accepted".to_owned(),
        |one| {
            one.documents[0].list = true; // the check takes one order
        },
    ];
    for (at, spoil) in spoilt.into_iter().enumerate() {
        assert_eq!(next(spoil), Some(ChangeFault::WorkflowCheck), "{at}");
    }
}

#[test]
fn trades_of_a_retired_workflow_go_on_and_no_other_is_opened() {
    let mut net = Net::at("ordered");
    let published: WorkflowEntry = net.world.read(&Key::workflow(&workflow().id)).unwrap();
    assert_eq!(published.until, None);
    let retire = Change::RetireWorkflow(workflow().id);
    agree(&mut net.world, retire.clone());
    let entry: WorkflowEntry = net.world.read(&Key::workflow(&workflow().id)).unwrap();
    assert!(entry.until > Some(entry.from));
    let fault = |change| check_change(&net.world.state, &change, Height(9)).err();
    assert_eq!(fault(retire), Some(ChangeFault::NoWorkflow));
    let publish = Change::PublishWorkflow(Box::new(workflow()));
    assert_eq!(fault(publish), Some(ChangeFault::WorkflowExists));
    assert_eq!(net.open(2), refused(TradeRefusal::NoWorkflow));
    net.seal(CARRIER, 21, Kind::Waybill, None);
    let goes_on = net.step(CARRIER, 1, "deliver", &[21]);
    assert_eq!(goes_on, traded(1, "delivered"));
}

#[test]
fn a_party_whose_role_is_another_now_acts_no_more() {
    let mut net = Net::at("invoiced");
    let all: [&[u8]; 3] = [&[11], &[21, 22], &[31]];
    net.prove("invoice-waybill", 16, &all, [true, false, true])
        .unwrap();
    let mut bank: sealane_types::alias::Alias = net.world.read(&Key::alias(&BANK_A)).unwrap();
    bank.role = sealane_types::genesis::Role::Observer;
    let bytes = sealane_types::encoding::Encode::to_bytes(&bank);
    net.world.state.insert(Key::alias(&BANK_A), bytes);
    let waived = net.waive(BANK_A, DELIVERY, "line-totals");
    assert_eq!(waived, refused(TradeRefusal::MayNotWaive));
}

/// A clock that stands still or runs over its end changes nothing else than the stage.
#[test]
fn times_at_the_end_of_the_range_are_no_fault() {
    let net = Net::at("delivered");
    let mut trade: TradeEntry = net.written(1);
    trade.since = BlockTime(u64::MAX);
    net.stand(&mut trade, BlockTime(0));
    assert_eq!(trade.stage, place("delivered"));
    net.stand(&mut trade, BlockTime(u64::MAX));
    assert_eq!(trade.stage, place("lapsed"));
}
