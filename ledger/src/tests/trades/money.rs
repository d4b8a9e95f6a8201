//! Banks demand a trade, and financings move it.

use sealane_types::receipt::{Done, Refusal, TradeRefusal};
use sealane_types::schema::Kind;
use sealane_types::transaction::ReleaseReason::{Mistaken, Repaid, Withdrawn};

use super::{net::*, only, refused, stands_at};
use crate::tests::world::*;

const FINANCED: Result<Done, Refusal> = Ok(Done::Financed { took_over: None });

fn not_there(stage: &str) -> Result<Done, Refusal> {
    refused(TradeRefusal::NotFinanceableYet {
        stage: stage.to_owned(),
        demanded: "financeable".to_owned(),
    })
}

#[test]
fn a_bank_that_demands_the_trade_finances_only_where_it_is_financeable() {
    let mut net = Net::at("invoiced");
    net.ready(31, SELLER);
    assert_eq!(net.finance(BANK_A, 31, Some(1)), not_there("invoiced"));
    net.prove_all();
    assert_eq!(net.finance(BANK_B, 31, Some(1)), only("bank"));
    let unknown = net.finance(BANK_A, 31, Some(9));
    assert_eq!(unknown, refused(TradeRefusal::UnknownTrade));
    net.seal(SELLER, 41, Kind::Invoice, None);
    net.ready(41, SELLER);
    let other = net.want(BANK_A, 41, strict(&[4]), Some(1));
    assert_eq!(other, refused(TradeRefusal::NotItsInvoice));
    assert_eq!(net.finance(BANK_A, 31, Some(1)), FINANCED);
    assert_eq!(net.stage(1), "financed");
    assert_eq!(net.finance(BANK_A, 31, Some(1)), not_there("financed"));
}

#[test]
fn a_demand_is_judged_in_the_block_of_the_financing() {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.seal(BUYER, 12, Kind::Order, Some(11));
    assert_eq!(net.finance(BANK_A, 31, Some(1)), not_there("invoiced"));
    assert_eq!(
        net.finance(BANK_A, 31, None),
        FINANCED,
        "nobody must demand"
    );
    assert_eq!(
        net.stage(1),
        "invoiced",
        "and the trade waits for its checks"
    );
}

#[test]
fn a_hold_demands_the_trade_and_does_not_move_it() {
    let mut net = Net::at("invoiced");
    net.ready(31, SELLER);
    let until = net.world.height() + 8;
    let hold = || strict(&[1]).hold(until);
    assert_eq!(net.want(BANK_A, 31, hold(), Some(1)), not_there("invoiced"));
    net.prove_all();
    assert!(net.want(BANK_A, 31, hold(), Some(1)).is_ok());
    assert_eq!((net.stage(1).as_str(), net.moved.len()), ("financeable", 0));
    assert_eq!(net.finance(BANK_A, 31, Some(1)), FINANCED);
    assert_eq!(net.stage(1), "financed");
}

#[test]
fn a_released_financing_moves_the_trade_by_its_reason() {
    for (reason, stage) in [
        (Repaid, "paid"),
        (Withdrawn, "financeable"),
        (Mistaken, "financeable"),
    ] {
        let mut net = Net::at("financeable");
        net.ready(31, SELLER);
        net.finance(BANK_A, 31, Some(1)).unwrap();
        net.world.release(BANK_A, 31, reason).unwrap();
        assert_eq!(net.stage(1), stage);
        if stage == "financeable" {
            assert_eq!(net.finance(BANK_A, 31, Some(1)), FINANCED, "again");
        }
    }
}

#[test]
fn a_withdrawn_financing_goes_no_further_back_than_its_checks_allow_and_no_less() {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.finance(BANK_A, 31, Some(1)).unwrap();
    net.seal(BUYER, 12, Kind::Order, Some(11));
    assert_eq!(net.stage(1), "financed", "financed is financed");
    assert_eq!(net.correct(BUYER, 12), traded(1, "financed"));
    net.world.release(BANK_A, 31, Withdrawn).unwrap();
    assert_eq!(net.stage(1), "invoiced", "the order is another one now");
}

#[test]
fn what_was_financed_before_its_checks_is_financed_the_moment_they_hold() {
    for (reason, stage) in [
        (None, "financed"),
        (Some(Repaid), "paid"),
        (Some(Withdrawn), "financeable"),
    ] {
        let mut net = Net::at("invoiced");
        net.ready(31, SELLER);
        assert_eq!(net.finance(BANK_B, 31, None), FINANCED, "any bank");
        assert_eq!(net.stage(1), "invoiced");
        if let Some(reason) = reason {
            net.world.release(BANK_B, 31, reason).unwrap();
        }
        assert_eq!(net.stage(1), "invoiced");
        net.prove_all();
        assert_eq!(net.stage(1), stage);
    }
}

#[test]
fn a_financed_invoice_is_corrected_once_the_newer_one_took_the_financing_over() {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.finance(BANK_A, 31, Some(1)).unwrap();
    net.seal(SELLER, 32, Kind::Invoice, Some(31));
    assert_eq!(net.stage(1), "financed");
    assert_eq!(net.correct(SELLER, 32), stands_at("financed"));
    net.ready(32, SELLER);
    let took_over = Some(id(31));
    let over = net.finance(BANK_A, 32, None);
    assert_eq!(over, Ok(Done::Financed { took_over }));
    assert_eq!((net.stage(1).as_str(), net.moved.len()), ("financed", 0));
    assert_eq!(net.correct(SELLER, 32), traded(1, "financed"));
    assert_eq!(net.written(1).records[2], [id(32)]);
    net.world.release(BANK_A, 32, Withdrawn).unwrap();
    assert_eq!(
        net.stage(1),
        "invoiced",
        "nothing is proven of the newer one"
    );

    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.finance(BANK_A, 31, Some(1)).unwrap();
    net.seal(SELLER, 32, Kind::Invoice, Some(31));
    net.ready(32, SELLER);
    net.finance(BANK_A, 32, None).unwrap();
    net.world.release(BANK_A, 32, Repaid).unwrap();
    assert_eq!(
        net.stage(1),
        "paid",
        "though the trade never had the newer one"
    );
}

#[test]
fn a_cancelled_trade_is_not_moved_by_its_invoices_financing() {
    let mut net = Net::at("financeable");
    net.ready(31, SELLER);
    net.step(BUYER, 1, "cancel", &[]).unwrap();
    assert_eq!(net.finance(BANK_A, 31, Some(1)), not_there("cancelled"));
    assert_eq!(net.finance(BANK_A, 31, None), FINANCED);
    assert_eq!(net.stage(1), "cancelled");
}

/// A hold on the correction of a repaid invoice once hid that it was repaid: the trade was financed again, or its order
/// went into another trade.
#[test]
fn a_correction_of_a_repaid_invoice_changes_nothing_of_that() {
    let mut net = Net::at("invoiced");
    net.ready(31, SELLER);
    assert_eq!(net.finance(BANK_A, 31, None), FINANCED, "past the trade");
    net.world.release(BANK_A, 31, Repaid).unwrap();
    net.seal(SELLER, 32, Kind::Invoice, Some(31));
    net.ready(32, SELLER);
    let until = net.world.height() + 8;
    let held = net.want(BANK_A, 32, strict(&[7]).hold(until), None);
    assert_eq!(held, Err(Refusal::OlderIsTaken { older: id(31) }));
    assert_eq!(net.correct(SELLER, 32), traded(1, "invoiced"));
    net.prove("invoice-order", 8, &[&[11], &[32]], MET).unwrap();
    net.prove("invoice-waybill", 16, &[&[11], &[21, 22], &[32]], MET)
        .unwrap();
    assert_eq!(net.stage(1), "paid");
}
