//! A check becomes void: what no transaction touches stands elsewhere from then on, as the workflow says.

use sealane_types::governance::Change;
use sealane_types::ids::{BlockTime, Height};
use sealane_types::receipt::{ChangeFault, Done, TradeRefusal};
use sealane_types::schema::Kind;
use sealane_types::transaction::ReleaseReason::Withdrawn;
use sealane_types::workflow::{Move, Versioned, Workflow};

use super::net::*;
use super::{judged, refused};
use crate::consortium::check_change;
use crate::state::{CheckEntry, Key};
use crate::tests::governing::{agree, propose, vote};
use crate::tests::world::*;

const ALL: [&[u8]; 3] = [&[11], &[21, 22], &[31]];

fn named(name: &str) -> Versioned {
    Versioned::new(name, 1).unwrap()
}

#[test]
fn a_trade_at_financeable_falls_untouched_and_says_since_when() {
    let mut net = Net::at("financeable");
    let before = net.written(1);
    let since = net.void("invoice-order");
    assert!(since > before.since);
    assert_eq!(net.written(1), before, "nothing has written it");
    assert_eq!(net.standing(), ("invoiced".to_owned(), since));
    let mut earlier = net.written(1);
    net.stand(&mut earlier, BlockTime(since.0 - 1));
    assert_eq!(earlier, before, "its checks held until then");
    let void = judged(&net, ORDER);
    assert_eq!((void.void, void.proven), (Some(since), false));
    assert!(!void.holds());
    assert!(judged(&net, DELIVERY).holds(), "only one of them is void");
}

#[test]
fn what_touches_a_trade_writes_where_it_stands_and_no_proof_brings_it_back() {
    let mut net = Net::at("financeable");
    let since = net.void("invoice-order");
    net.prove("invoice-waybill", 32, &ALL, MET).unwrap();
    assert_eq!(net.moved, [(trade(1), "invoiced".to_owned())]);
    let written = net.written(1);
    assert_eq!((written.stage, written.since), (place("invoiced"), since));

    let mut net = Net::at("invoiced");
    net.prove("invoice-waybill", 16, &ALL, MET).unwrap();
    net.void("invoice-order");
    // the rules of proofs refuse this one; did they not, it would not count
    net.prove("invoice-order", 8, &[&[11], &[31]], MET).unwrap();
    assert_eq!(net.written(1).stage, place("invoiced"));
}

#[test]
fn waiving_what_a_void_check_asks_for_gives_nothing() {
    let mut net = Net::at("invoiced");
    net.prove("invoice-waybill", 16, &ALL, MET).unwrap();
    let order: [&[u8]; 2] = [&[11], &[31]];
    let unmet = [true, false, false];
    net.prove("invoice-order", 8, &order, unmet).unwrap();
    let waived = net.waive(BUYER, ORDER, "dates");
    assert_eq!(waived, traded(1, "invoiced"));
    net.void("invoice-order");
    let nothing = net.waive(BUYER, ORDER, "lines-total");
    assert_eq!(nothing, refused(TradeRefusal::NothingToWaive));
    assert!(judged(&net, ORDER).waived.is_empty());
}

/// Where checks decide, a deadline of 30 days as at *delivered*.
fn with_deadline(stage: &'static str) -> impl FnOnce(&mut Workflow) {
    move |workflow| {
        let deadline = workflow.stages[usize::from(place("delivered"))].deadline;
        workflow.stages[usize::from(place(stage))].deadline = deadline;
    }
}

#[test]
fn a_deadline_before_the_void_counts_and_one_after_it_runs_from_the_void() {
    let mut net = Net::at("financeable");
    let since = net.written(1).since;
    net.world.wait(90 * DAY);
    net.void("invoice-order");
    let lapsed = BlockTime(since.0 + 90 * DAY);
    assert_eq!(net.standing(), ("lapsed".to_owned(), lapsed));

    let mut net = Net::following(with_deadline("invoiced")).led_to("financeable");
    net.world.wait(80 * DAY);
    let void = net.void("invoice-order");
    net.world.tip.time.0 = void.0 + 30 * DAY - 1;
    assert_eq!(net.standing(), ("invoiced".to_owned(), void));
    net.world.wait(1);
    let lapsed = BlockTime(void.0 + 30 * DAY);
    assert_eq!(net.standing(), ("lapsed".to_owned(), lapsed));
}

#[test]
fn what_is_financed_stays_and_falls_once_its_financing_is_withdrawn() {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.finance(BANK_A, 31, Some(1)).unwrap();
    let written = net.written(1);
    net.void("invoice-order");
    assert_eq!(net.standing(), ("financed".to_owned(), written.since));
    net.world.release(BANK_A, 31, Withdrawn).unwrap();
    assert_eq!(net.written(1).stage, place("invoiced"));
}

/// Demands the trade in the block so many before the change's height.
fn demanded(before: u64) -> (Net, Result<Done, sealane_types::receipt::Refusal>) {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    let change = Change::VoidCheck(named("invoice-order"));
    let at = net.world.height() + 5;
    let Ok(Done::Proposed { proposal, .. }) = propose(&mut net.world, BANK_A, 4, change) else {
        panic!("it can be proposed");
    };
    vote(&mut net.world, BANK_B, proposal.0, true).unwrap();
    while net.world.height() + before + 1 < at {
        drop(net.world.block(Vec::new()));
    }
    assert_eq!(net.written(1).stage, place("financeable"));
    let done = net.finance(BANK_A, 31, Some(1));
    assert_eq!(net.world.height() + before, at);
    (net, done)
}

#[test]
fn the_demand_of_a_financing_is_refused_in_the_very_block() {
    let (net, done) = demanded(0);
    let late = TradeRefusal::NotFinanceableYet {
        stage: "invoiced".to_owned(),
        demanded: "financeable".to_owned(),
    };
    assert_eq!(done, refused(late));
    assert_eq!(net.stage(1), "invoiced");
    let (net, done) = demanded(1);
    assert_eq!(done, Ok(Done::Financed { took_over: None }));
    assert_eq!(net.stage(1), "financed", "in the block that writes it");
}

#[test]
fn a_trade_at_an_end_stays_there_even_where_checks_led_to_it() {
    let mut net = Net::at("financeable");
    net.step(BUYER, 1, "cancel", &[]).unwrap();
    net.void("invoice-order");
    assert_eq!(net.stage(1), "cancelled");

    let mut net = Net::following(|workflow| {
        let end = usize::from(place("financeable"));
        workflow.financing = None;
        workflow.stages.truncate(end + 1);
        workflow
            .stages
            .iter_mut()
            .for_each(|one| one.deadline = None);
        workflow.steps.retain(|step| step.name != "cancel");
        assert!(workflow.is_end(place("financeable")));
    })
    .led_to("financeable");
    net.void("invoice-order");
    net.void("invoice-waybill");
    assert_eq!(net.stage(1), "financeable");
}

/// One check leads from *invoiced* to *reopened*, the other from there to *financeable*.
fn chained(workflow: &mut Workflow) {
    let (first, second) = (place("reopened"), place("financeable"));
    workflow.stages[usize::from(place("opened"))].deadline = None;
    workflow.moves[0].to = first;
    workflow.moves[0].checks = vec![ORDER];
    workflow.moves.push(Move {
        from: first,
        to: second,
        checks: vec![DELIVERY],
    });
}

#[test]
fn a_trade_falls_at_each_void_as_far_back_as_its_checks_do_not_hold() {
    let mut net = Net::following(chained).led_to("financeable");
    let since = net.written(1).since;
    net.void("invoice-order");
    let held = ("financeable".to_owned(), since);
    assert_eq!(net.standing(), held, "the move that leads there holds");
    let second = net.void("invoice-waybill");
    assert_eq!(net.standing(), ("invoiced".to_owned(), second));

    let mut net = Net::following(chained).led_to("financeable");
    let first = net.void("invoice-waybill");
    assert_eq!(net.standing(), ("reopened".to_owned(), first));
    let second = net.void("invoice-order");
    assert_eq!(net.standing(), ("invoiced".to_owned(), second));
}

/// What becomes of records that an ended trade gave away changes nothing of where it ended.
#[test]
fn a_trade_that_gave_its_records_away_is_at_its_end_for_good() {
    let mut net = Net::following(chained).led_to("financeable");
    net.open(2).unwrap();
    let since = net.void("invoice-waybill");
    net.world.wait(5 * DAY);
    let lapsed = ("lapsed".to_owned(), BlockTime(since.0 + 5 * DAY));
    assert_eq!(net.standing(), lapsed, "after days at reopened");
    assert_eq!(net.step(BUYER, 2, "order", &[11]), traded(2, "ordered"));
    net.seal(BUYER, 12, Kind::Order, Some(11));
    assert_eq!(net.standing(), lapsed);
}

#[test]
fn a_void_check_is_retired_at_all_sizes_and_no_workflow_asks_for_it_any_more() {
    let mut net = Net::at("financeable");
    let fault = |net: &Net, change| check_change(&net.world.state, &change, Height(9)).err();
    let unknown = Change::VoidCheck(named("no-such"));
    assert_eq!(fault(&net, unknown), Some(ChangeFault::NoCheck));
    let read = |net: &Net, check| -> CheckEntry { net.world.read(&Key::check(&check)).unwrap() };
    let retired = check("invoice-waybill", 8, 1);
    agree(&mut net.world, Change::RetireCheck(retired.clone()));
    let before = read(&net, retired.clone());
    assert_eq!(net.stage(1), "financeable", "retired, its proofs count");

    let at = Height(net.world.height() + 4);
    net.void("invoice-waybill");
    for (lines, documents) in [(8, 2), (16, 2), (32, 8)] {
        let size = check("invoice-waybill", lines, documents);
        assert_eq!(read(&net, size).until, Some(at), "{lines}");
    }
    assert_eq!(read(&net, retired), before, "it was retired earlier");
    assert_eq!(read(&net, check("invoice-order", 8, 1)).until, None);

    let again = Change::VoidCheck(named("invoice-waybill"));
    assert_eq!(fault(&net, again), Some(ChangeFault::CheckVoid));
    let mut next = workflow();
    next.id = "sale@2".parse().unwrap();
    let next = Change::PublishWorkflow(Box::new(next));
    assert_eq!(fault(&net, next), Some(ChangeFault::CheckVoid));
    let check = named("invoice-waybill");
    assert_eq!(net.open(2), refused(TradeRefusal::VoidCheck { check }));
}
