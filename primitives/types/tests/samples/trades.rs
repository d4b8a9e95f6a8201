//! Workflows and trades.

use sealane_types::alias::Role;
use sealane_types::receipt::{Refusal, TradeRefusal};
use sealane_types::schema::Kind;
use sealane_types::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};
use sealane_types::transaction::Payload;
use sealane_types::workflow::{
    Deadline, Financed, Move, Party, Required, Slot, Stage, Step, Versioned, Waivable, Workflow,
};

use super::bytes;

/// A small workflow: an order, deliveries, an invoice; financeable when a check holds.
pub fn workflow() -> Workflow {
    let party = |name: &str, role| Party {
        name: name.to_owned(),
        role,
    };
    let slot = |name: &str, kind, by, list| Slot {
        name: name.to_owned(),
        kind,
        by,
        list,
    };
    let stage = |name: &str, deadline: Option<(u16, u8)>| Stage {
        name: name.to_owned(),
        deadline: deadline.map(|(days, then)| Deadline { days, then }),
    };
    let step = |name: &str, by, from: &[u8], document, to| Step {
        name: name.to_owned(),
        by,
        from: from.to_vec(),
        document,
        to,
    };
    Workflow {
        id: Versioned::new("small-trade", 2).unwrap(),
        about: "An order, its deliveries and its invoice.".to_owned(),
        parties: vec![
            party("buyer", Role::Company),
            party("seller", Role::Company),
            party("bank", Role::Bank),
        ],
        documents: vec![
            slot("order", Kind::Order, 0, false),
            slot("delivery", Kind::DespatchAdvice, 1, true),
            slot("invoice", Kind::Invoice, 1, false),
        ],
        stages: vec![
            stage("opened", Some((30, 7))),
            stage("ordered", None),
            stage("delivered", None),
            stage("invoiced", None),
            stage("financeable", None),
            stage("financed", None),
            stage("paid", None),
            stage("over", None),
        ],
        steps: vec![
            step("order", 0, &[0], Some(0), 1),
            step("deliver", 1, &[1, 2], Some(1), 2),
            step("bill", 1, &[2], Some(2), 3),
            step("cancel", 0, &[1, 3], None, 7),
        ],
        checks: vec![Required {
            check: Versioned::new("invoice-despatch", 1).unwrap(),
            documents: vec![0, 1, 2],
        }],
        moves: vec![Move {
            from: 3,
            to: 4,
            checks: vec![0],
        }],
        waivers: vec![Waivable {
            check: 0,
            requirements: vec!["billed-once".to_owned(), "line-totals".to_owned()],
            by: vec![2],
        }],
        financing: Some(Financed {
            document: 2,
            by: 2,
            at: 4,
            financed: 5,
            paid: 6,
        }),
    }
}

pub fn payloads() -> [Payload; 4] {
    let trade = bytes(1);
    [
        Payload::OpenTrade(OpenTrade {
            workflow: workflow().id,
            parties: vec![bytes(2), bytes(3), bytes(4)],
        }),
        Payload::TakeStep(TakeStep {
            trade,
            step: "deliver".to_owned(),
            records: vec![bytes(5), bytes(6)],
        }),
        Payload::CorrectTrade(CorrectTrade {
            trade,
            record: bytes(7),
        }),
        Payload::Waive(WaiveRequirement {
            trade,
            check: 3,
            requirement: "invoice.sealer".to_owned(),
            reason: "geprüft".to_owned(),
        }),
    ]
}

pub fn refusals() -> Vec<Refusal> {
    let stage = "delivered".to_owned();
    let all = [
        TradeRefusal::NoWorkflow,
        TradeRefusal::WrongParties,
        TradeRefusal::UnfitParty {
            party: "seller".to_owned(),
            alias: bytes(1),
        },
        TradeRefusal::UnknownTrade,
        TradeRefusal::NoStep,
        TradeRefusal::NotThisParty {
            party: "buyer".to_owned(),
        },
        TradeRefusal::WrongStage {
            stage: stage.clone(),
        },
        TradeRefusal::WrongRecords,
        TradeRefusal::OtherKind { record: bytes(1) },
        TradeRefusal::InATrade {
            record: bytes(1),
            trade: bytes(2),
        },
        TradeRefusal::NotACorrection,
        TradeRefusal::NothingToWaive,
        TradeRefusal::MayNotWaive,
        TradeRefusal::TooManyWaivers { most: 16 },
        TradeRefusal::NotFinanceableYet {
            stage,
            demanded: "financeable".to_owned(),
        },
        TradeRefusal::NotItsInvoice,
    ];
    all.into_iter().map(Refusal::Trade).collect()
}
