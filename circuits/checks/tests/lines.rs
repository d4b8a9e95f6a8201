//! A line is named by its identifier and the document that it counts in: a line of another order joins nothing, natively and in the
//! circuit, in checks that were written before.
#![allow(clippy::unwrap_used)]

use crate::support;

use crate::circuit::{Party, Record, claim, natively, records, run};
use crate::support::{Trade, about, about_of, line, of, quantity, text, trade};
use sealane_checks::attack::Target;
use sealane_checks::compile::Plan;
use sealane_checks::evaluate::{Fulfilment, Why};
use sealane_checks::typed::Check;
use sealane_checks::{Evaluation, Handed, Instance, Sizes, read};
use sealane_documents::{Document, canonical};
use sealane_gadgets::Mode;
use sealane_types::fields::{FieldValue, LineOf};
use sealane_types::schema::{CanonicalFields, Kind, line_slot, order_line_slot, slot};

/// A check written without a word of orders of lines, an order, its delivery, and an invoice whose second line bills line 2 of PO-88.
const SOURCE: &str = include_str!("data/line-of-another-order/mine.check");
const ORDER: &[u8] = include_bytes!("data/line-of-another-order/mine.order.xml");
const DELIVERY: &[u8] = include_bytes!("data/line-of-another-order/mine.delivery.1.xml");
const INVOICE: &[u8] = include_bytes!("data/line-of-another-order/mine.invoice.xml");

fn document(bytes: &[u8], orders: &[&str]) -> CanonicalFields {
    let mut document: Document = sealane_documents::read(bytes, "mine.xml").unwrap();
    for (line, order) in document.lines.iter_mut().zip(orders) {
        line.order = Some((*order).to_owned()); // as the file says
    }
    canonical(&document).unwrap()
}

/// The documents, the invoice's second line billing a line of this order.
fn documents(billed: &str) -> [CanonicalFields; 3] {
    [
        document(ORDER, &[]),
        document(DELIVERY, &["PO-71", "PO-71"]),
        document(INVOICE, &["PO-71", billed]),
    ]
}

fn evaluate(check: &Check, documents: &[CanonicalFields; 3]) -> Evaluation {
    let instance = Instance::new(check, Sizes::new(8, 1).unwrap()).unwrap();
    let handed = documents.each_ref().map(|fields| {
        vec![Handed {
            fields,
            sealer: None,
            taken: &[],
        }]
    });
    instance.evaluate(&handed).unwrap()
}

#[test]
fn line_2_of_another_order_is_not_line_2() {
    let check = read(SOURCE).unwrap();
    let totals = |billed: &str| {
        let said = evaluate(&check, &documents(billed));
        let outcome = said.outcome("line-totals").unwrap().clone();
        (outcome.fulfilment, outcome.discrepancies)
    };
    for own in ["PO-71", "po 71"] {
        assert_eq!(totals(own).0, Fulfilment::Met, "{own}");
    }
    let (fulfilment, found) = totals("PO-88");
    assert_eq!(fulfilment, Fulfilment::NotMet);
    assert_eq!((found.len(), found[0].why), (1, Why::None));
    let said = found[0].to_string();
    assert!(
        said.contains("invoice lines[1].order_line = 2 of PO-88"),
        "{said}"
    );
    // the delivery's lines must be of the order too
    let mut all = documents("PO-71");
    all[1].lines[1][line_slot::ORDER_LINE] = about_of("2", of("PO-88"));
    let said = evaluate(&check, &all);
    for id in ["deliveries-ordered", "line-totals"] {
        assert_eq!(
            said.outcome(id).unwrap().fulfilment,
            Fulfilment::NotMet,
            "{id}"
        );
    }
    // one that nobody knows joins nothing, not even itself
    all[1].lines[1][line_slot::ORDER_LINE] = about_of("2", LineOf::Unknown);
    all[2].lines[1][line_slot::ORDER_LINE] = about_of("2", LineOf::Unknown);
    let said = evaluate(&check, &all);
    for id in ["deliveries-ordered", "billed-once", "line-totals"] {
        assert_eq!(
            said.outcome(id).unwrap().fulfilment,
            Fulfilment::NotMet,
            "{id}"
        );
    }
}

/// The bits of the documents, natively, and a statement of them that a circuit proves or refuses.
fn with_records<T>(
    documents: &[CanonicalFields; 3],
    act: impl FnOnce(&Instance<'_>, &Plan, &[Option<Record>], &[bool]) -> T,
) -> T {
    let check = read(SOURCE).unwrap();
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    let plan = Plan::of(&instance);
    let of_party = |fields: &CanonicalFields, slot: usize| match &fields.header[slot] {
        Some(FieldValue::LegalIds(ids)) => ids.clone(),
        _ => Vec::new(),
    };
    let sealers = [slot::BUYER_IDS, slot::SELLER_IDS, slot::SELLER_IDS];
    let parties = documents.iter().zip(sealers).map(|(fields, slot)| {
        let sealer = of_party(fields, slot);
        vec![Party { fields, sealer }]
    });
    let parties: Vec<Vec<Party<'_>>> = parties.collect();
    let records = records(&plan, &parties);
    let bits = natively(&instance, &plan, &parties, &records);
    act(&instance, &plan, &records, &bits)
}

#[test]
fn a_proof_over_po_71_finds_no_line_of_po_88_and_no_forged_witness_does() {
    let own = with_records(&documents("PO-71"), |instance, plan, records, bits| {
        let (statement, witnesses) = claim(plan, records, bits.to_vec());
        let (system, found) = run(Mode::Rows, instance, plan, &statement, &witnesses);
        assert_eq!((&found[..], system.broken()), (bits, Vec::new()));
        (found, witnesses)
    });
    assert!(own.0.iter().all(|bit| *bit), "{:?}", own.0);
    with_records(&documents("PO-88"), |instance, plan, records, bits| {
        let (statement, witnesses) = claim(plan, records, bits.to_vec());
        let (system, found) = run(Mode::Rows, instance, plan, &statement, &witnesses);
        assert_eq!((&found[..], system.broken()), (bits, Vec::new()));
        let wrong: Vec<&str> = plan
            .requirements()
            .iter()
            .zip(bits)
            .filter_map(|((id, _), bit)| (!bit).then_some(id.as_str()))
            .collect();
        assert_eq!(wrong, ["line-totals"]);
        // to claim that it is met
        let met = vec![true; bits.len()];
        let (claimed, _) = claim(plan, records, met.clone());
        let (system, _) = run(Mode::Rows, instance, plan, &claimed, &witnesses);
        assert_eq!(system.broken(), ["K15"]);
        // to show an invoice that says PO-71 in place of the one that was sealed
        let (system, found) = run(Mode::Rows, instance, plan, &claimed, &own.1);
        assert_eq!((found, system.broken()), (met, vec!["K4"]));
        // to force any variable and compute all others from it
        let target = Target {
            instance,
            plan,
            statement: &statement,
            witnesses: &witnesses,
        };
        let report = target.forge(&target.circuit(), 12, &mut |_, _| true);
        assert_eq!(report.holes, []);
        assert!(report.stopped_by_one.contains_key("K8"), "{report:?}");
    });
}

/// Of a join's two sides the documents, and whether it holds.
#[test]
fn references_join_lines_of_their_document_and_references_to_the_same() {
    let joined =
        "any billed in invoice.lines: any ordered in order.lines: ordered.id = billed.order_line";
    let sent = "any billed in invoice.lines: any sent in delivery.lines: sent.order_line = billed.order_line";
    let apart = "any billed in invoice.lines: any sent in delivery.lines: sent.order_line != billed.order_line";
    let (any, unknown) = (LineOf::Any, LineOf::Unknown);
    for (one, other, to_order, to_sent, differs) in [
        (any.clone(), any.clone(), true, true, false),
        (any.clone(), of("PO-1"), true, true, false),
        (any.clone(), of("PO-2"), true, true, false),
        (any, unknown.clone(), true, false, false),
        (of("PO 1"), of("PO-1"), true, true, false),
        (of("PO-1"), of("PO-2"), true, false, true),
        (of("PO-2"), of("PO-2"), false, true, false),
        (unknown.clone(), unknown, false, false, false),
    ] {
        let said = format!("{one:?} {other:?}");
        let made = Trade {
            order: trade(
                Kind::Order,
                "PO-1",
                vec![line(&[(line_slot::ID, text("2"))])],
            ),
            delivery: vec![trade(
                Kind::Waybill,
                "W-1",
                vec![line(&[(line_slot::ORDER_LINE, about_of("2", other))])],
            )],
            invoice: trade(
                Kind::Invoice,
                "INV-1",
                vec![line(&[(line_slot::ORDER_LINE, about_of("2", one))])],
            ),
        };
        assert_eq!(made.met(joined), to_order, "{said}");
        assert_eq!(made.met(sent), to_sent, "{said}");
        assert_eq!(made.met(apart), differs, "{said}");
    }
}

#[test]
fn an_order_without_a_number_joins_only_who_names_none() {
    let ordered = line(&[(line_slot::ID, text("1"))]);
    let join =
        "any billed in invoice.lines: any ordered in order.lines: billed.order_line = ordered.id";
    for (reference, met) in [
        (about("1"), true),
        (about("2"), false),
        (about_of("1", of("PO-1")), false),
    ] {
        let mut made = Trade {
            order: trade(Kind::Order, "PO-1", vec![ordered.clone()]),
            invoice: trade(
                Kind::Invoice,
                "INV-1",
                vec![line(&[(line_slot::ORDER_LINE, reference)])],
            ),
            ..Trade::default()
        };
        made.order.header[slot::NUMBER] = None;
        assert_eq!(made.met(join), met);
    }
}

#[test]
fn status_quantities_and_new_amounts_are_read() {
    let mut made = Trade::default();
    made.order.lines = vec![line(&[(
        order_line_slot::STATUS,
        Some(FieldValue::Integer(7)),
    )])];
    made.order.header[slot::TOLERANCE] = Some(FieldValue::Integer(250));
    made.invoice.header[slot::THIRD_PARTY] = support::euros(10_000_000);
    made.invoice.header[slot::SELLER_NAME] = Some(FieldValue::Name("Norrvik AB".into()));
    for condition in [
        "all ordered in order.lines: ordered.status in (1, 7)",
        "order.tolerance = 250",
        "invoice.totals.third_party = 10",
        "absent invoice.totals.charges and absent invoice.totals.allowances",
        "invoice.seller.name = \"Norrvik AB\"",
    ] {
        assert!(made.met(condition), "{condition}");
    }
    let receipt = "check r version 1 \"A test.\"
document receipt is ReceiptAdvice by buyer
require it \"It holds.\"
    all got in receipt.lines: got.rejected_quantity + got.short_quantity <= got.quantity";
    let check = read(receipt).unwrap();
    let instance = Instance::new(&check, Sizes::new(8, 1).unwrap()).unwrap();
    for (short, unit, met) in [(2, "C62", true), (3, "C62", false), (2, "KGM", false)] {
        let mut fields = trade(Kind::ReceiptAdvice, "R-1", Vec::new());
        fields.lines = vec![line(&[
            (4, quantity(3_000_000, "C62")),
            (5, quantity(1_000_000, "C62")),
            (6, quantity(short * 1_000_000, unit)),
        ])];
        let plan = Plan::of(&instance);
        let parties = vec![vec![Party {
            fields: &fields,
            sealer: vec!["vat:B1".to_owned()],
        }]];
        let records = records(&plan, &parties);
        let bits = natively(&instance, &plan, &parties, &records);
        assert_eq!(bits, [true, met], "{short} {unit}");
        let (statement, witnesses) = claim(&plan, &records, bits.clone());
        let (system, found) = run(Mode::Rows, &instance, &plan, &statement, &witnesses);
        assert_eq!((found, system.broken()), (bits, Vec::new()));
    }
    for (kind, field) in [
        ("Order", "all x in d.lines: present x.despatch_line"),
        ("Invoice", "all x in d.lines: present x.status"),
        ("ReceiptAdvice", "all x in d.lines: present x.price"),
        ("Waybill", "present d.totals.charges"),
        ("OrderResponse", "present d.tolerance"),
    ] {
        let source = format!(
            "check r version 1 \"A test.\"\ndocument d is {kind} by seller\nrequire it \"It holds.\"\n{field}"
        );
        assert!(read(&source).is_err(), "{kind}: {field}");
    }
}
