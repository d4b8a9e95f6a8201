//! The largest instance of a standard check on documents that meet nothing: it ends, and what it lists is bounded.
#![allow(clippy::unwrap_used)]

use std::time::Instant;

use crate::support::{about, line, price, quantity, text, trade};
use sealane_checks::standard::STANDARD;
use sealane_checks::{Handed, Instance, Sizes, limits, read};
use sealane_types::schema::{CanonicalFields, Kind, line_slot};

/// A document of 128 lines, half of them about one line of the order, half about lines that it does not have.
fn full(kind: Kind, number: &str, pieces: i128) -> CanonicalFields {
    let lines = (0..128)
        .map(|number| {
            line(&[
                (line_slot::ID, text(&number.to_string())),
                (
                    line_slot::ORDER_LINE,
                    about(if number % 2 == 0 { "1" } else { "none" }),
                ),
                (line_slot::QUANTITY, quantity(pieces, "C62")),
                (line_slot::PRICE, price(10_000_000_000, 1_000_000)),
            ])
        })
        .collect();
    trade(kind, number, lines)
}

#[test]
fn it_ends_and_lists_a_bounded_number_of_places() {
    for name in ["invoices-in-order", "invoice-waybill"] {
        let source = STANDARD
            .iter()
            .find(|standard| standard.name == name)
            .unwrap()
            .source;
        let check = read(source).unwrap();
        let instance = Instance::new(&check, Sizes::new(128, 8).unwrap()).unwrap();
        let order = full(Kind::Order, "PO-1", 1);
        let list = |kind: Kind, count: usize, pieces: i128| -> Vec<CanonicalFields> {
            (0..count)
                .map(|number| full(kind, &format!("N-{number}"), pieces))
                .collect()
        };
        let waybills = list(Kind::Waybill, 8, 1);
        let invoices = list(
            Kind::Invoice,
            if name == "invoice-waybill" { 1 } else { 8 },
            2000,
        );
        fn unsealed(list: &[CanonicalFields]) -> Vec<Handed<'_>> {
            list.iter()
                .map(|fields| Handed {
                    fields,
                    sealer: None,
                    taken: &[],
                })
                .collect()
        }
        let handed = [
            unsealed(std::slice::from_ref(&order)),
            unsealed(&waybills),
            unsealed(&invoices),
        ];
        let begun = Instant::now();
        let said = instance.evaluate(&handed).unwrap();
        println!(
            "{name}: {:?}, {} bits of {}",
            begun.elapsed(),
            said.peak,
            instance.bits()
        );
        assert!(said.peak <= instance.bits());
        assert!(!said.holds());
        let listed = said
            .outcomes
            .iter()
            .flat_map(|outcome| &outcome.discrepancies);
        let places: usize = listed
            .flat_map(|one| &one.sides)
            .map(|side| side.places.len())
            .sum();
        assert!(places <= 2 * limits::PLACES, "{places} places");
        for outcome in &said.outcomes {
            assert!(outcome.discrepancies.len() <= limits::DISCREPANCIES);
        }
        let counted: usize = said.outcomes.iter().map(|outcome| outcome.more).sum();
        assert!(counted > 0, "what is not listed is counted");
    }
}
