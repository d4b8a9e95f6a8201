//! A check in parts says of long documents what native evaluation says, and its steps cover every pair of lines.
#![allow(clippy::unwrap_used)]

use crate::steps;

use crate::circuit::{Party, Record, changed};
use crate::random::{Author, Random, any_document};
use crate::steps::{Proven, natively, part_records, prove, sealed};
use crate::support::{about, declaration, quantity, text};
use ark_bls12_381::Fr;
use sealane_checks::compile::parts::Parts;
use sealane_checks::fixture::trade;
use sealane_checks::read;
use sealane_checks::standard::{STANDARD, Standard};
use sealane_crypto::keys::Place;
use sealane_gadgets::Mode;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, Kind, LINE_SLOTS, line_slot};

const PART: usize = 16;

type Documents = Vec<Vec<CanonicalFields>>;
type Line = [Option<FieldValue>; LINE_SLOTS];

fn parties<'a>(random: &mut Random, documents: &'a Documents) -> Vec<Vec<Party<'a>>> {
    let ids = ["vat:S1", "vat:B1", "vat:C1", "vat:S2"];
    let one = |random: &mut Random, fields: &'a CanonicalFields| {
        let sealer = ids.iter().filter(|_| random.below(2) == 0);
        let sealer = sealer.map(|id| (*id).to_owned()).collect();
        Party { fields, sealer }
    };
    let all = documents.iter();
    all.map(|list| list.iter().map(|fields| one(random, fields)).collect())
        .collect()
}

/// Lines of random documents, spread over several parts: up to `most`.
fn long(random: &mut Random, kind: Kind, lines: usize, most: usize) -> CanonicalFields {
    let mut document = any_document(random, kind, lines);
    let more = random.below(most * 5 / 8);
    for _ in 0..more {
        let other = any_document(random, kind, lines);
        document.lines.extend(other.lines);
        document.lines.truncate(most);
    }
    document
}

/// Native bits and the circuits', in `mode`, for documents of up to `most` lines in parts of `lines`; `None` for a check that
/// cannot be taken in parts.
fn both(seed: u64, mode: Mode, lines: usize, most: usize) -> Option<Vec<bool>> {
    let mut random = Random(seed);
    let several = 1 + random.below(2);
    let deliveries = (0..several)
        .map(|_| long(&mut random, Kind::Waybill, 2, most))
        .collect();
    let documents = vec![
        vec![long(&mut random, Kind::Order, 3, most)],
        deliveries,
        vec![long(&mut random, Kind::Invoice, 3, most)],
    ];
    let source = declaration(&Author::new(&mut random).condition(2));
    let check = read(&source).unwrap();
    let parts = Parts::new(&check, lines, 3).ok()?;
    let handed = parties(&mut random, &documents);
    let records = sealed(&handed);
    let native = natively(&check, lines, &handed, &records);
    let (proven, broken) = prove(mode, &parts, &part_records(records), &native);
    let bits = &proven.last().unwrap().bits;
    assert_eq!(*bits, native, "seed {seed}\n{source}");
    assert_eq!(broken, Vec::<&str>::new(), "seed {seed}\n{source}");
    Some(native)
}

fn cases(default: u64) -> u64 {
    std::env::var("CASES").map_or(default, |cases| cases.parse().unwrap())
}

#[test]
fn the_passes_say_what_the_evaluation_says() {
    let mut outcomes = [0_u64; 2];
    let mut taken = 0;
    let cases = cases(300);
    for seed in 0..cases {
        if let Some(native) = both(seed, Mode::Values, PART, 32) {
            taken += 1;
            outcomes[usize::from(*native.last().unwrap())] += 1;
        }
    }
    println!("{taken} of {cases}: {outcomes:?}");
    assert!(
        taken > cases / 3,
        "{taken} of {cases} can be taken in parts"
    );
    assert!(
        outcomes.iter().all(|count| *count > taken / 20),
        "{outcomes:?}"
    );
}

#[test]
fn their_rows_hold_and_do_not_depend_on_the_witness() {
    for seed in 0..12 {
        let _ = both(7_000 + seed, Mode::Rows, PART, 32);
    }
}

#[test]
fn parts_of_another_size_say_the_same_of_longer_documents() {
    let taken = (0..12).filter(|seed| both(9_000 + seed, Mode::Values, 32, 100).is_some());
    assert!(taken.count() > 3);
    // few of those compare lines with lines
    let (met, proven) = of(&exactly(40), &trade(40), 32);
    assert!(met);
    assert_eq!(proven.len(), 4 * 4 + 4 + 1, "128 slots");
}

/// The last requirement's bit of these documents, which no party sealed, natively and in parts of `lines`; and the steps.
fn of(check: &str, documents: &[CanonicalFields; 3], lines: usize) -> (bool, Vec<Proven>) {
    with(check, documents, (lines, Mode::Rows))
}

fn with(
    check: &str,
    documents: &[CanonicalFields; 3],
    (lines, mode): (usize, Mode),
) -> (bool, Vec<Proven>) {
    let check = read(check).unwrap();
    let parts = Parts::new(&check, lines, 1).unwrap();
    let handed = documents.iter().map(|fields| {
        let sealer = Vec::new();
        vec![Party { fields, sealer }]
    });
    let handed: Vec<Vec<Party<'_>>> = handed.collect();
    let records = sealed(&handed);
    let native = natively(&check, lines, &handed, &records);
    let (proven, broken) = prove(mode, &parts, &part_records(records), &native);
    assert_eq!(broken, Vec::<&str>::new());
    assert_eq!(proven.last().unwrap().bits, native);
    (native[native.len() - 1], proven)
}

/// That there are so many invoice lines, and each bills one order line as it was ordered.
fn exactly(lines: usize) -> String {
    declaration(&format!(
        "count(billed in invoice.lines) = {lines}
         and (all billed in invoice.lines: one ordered in order.lines where ordered.id = billed.order_line:
             billed.quantity = ordered.quantity)"
    ))
}

#[test]
fn documents_may_end_where_a_part_does() {
    for (lines, parts) in [(8, 1), (16, 1), (17, 2), (32, 2)] {
        let (met, proven) = of(&exactly(lines), &trade(lines), PART);
        assert!(met, "{lines} lines");
        let pairs_folds_and_last = parts * parts + parts + 1;
        assert_eq!(proven.len(), pairs_folds_and_last, "{lines} lines");
    }
}

/// Each line's own tallies count, and every line's: a condition over random documents hardly ever hangs on one of them.
#[test]
fn joins_are_counted_line_by_line() {
    for seed in 0..cases(12) {
        let mut random = Random(50_000 + seed);
        let mut documents = trade(17 + random.below(16));
        for document in [0, 2] {
            for line in &mut documents[document].lines {
                let name = random.below(20).to_string();
                line[line_slot::ID] = text(&name);
                line[line_slot::ORDER_LINE] = about(&name);
                line[line_slot::QUANTITY] = quantity(1 + random.below(2) as i128, "C62");
            }
        }
        let [order, _, invoice] = &documents;
        let names =
            |billed: &Line, one: &Line| match (&billed[line_slot::ORDER_LINE], &one[line_slot::ID])
            {
                (Some(FieldValue::LineReference { line, .. }), Some(FieldValue::Text(id))) => {
                    line == id
                }
                _ => false,
            };
        let fits = |billed: &&Line| {
            let same = order.lines.iter();
            let all = same.filter(|one| names(billed, one));
            let all: Vec<&Line> = all.collect();
            all.len() == 1 && all[0][line_slot::QUANTITY] == billed[line_slot::QUANTITY]
        };
        let own = invoice.lines.iter().filter(fits).count();
        for (count, met) in [(own, true), (own + 1, false)] {
            let source = declaration(&format!(
                "count(billed in invoice.lines where
                    (one ordered in order.lines where ordered.id = billed.order_line: billed.quantity = ordered.quantity)) = {count}"
            ));
            let (found, _) = with(&source, &documents, (PART, Mode::Values));
            assert_eq!(found, met, "seed {seed}");
        }
    }
}

/// Line numbers above 255 take both bytes of a leaf's place.
#[test]
fn lines_are_counted_far_into_a_document() {
    let source = declaration("count(ordered in order.lines where present ordered.price) = 300");
    let mut documents = trade(100);
    let hundred = documents[0].lines.clone();
    documents[0].lines = [&hundred[..], &hundred, &hundred].concat();
    let (met, proven) = of(&source, &documents, PART);
    assert!(met);
    assert_eq!(proven.len(), 32 + 1, "512 slots");
    let counted = proven.iter().filter_map(|one| one.tally.as_ref());
    let counted: Vec<_> = counted.map(|tally| tally.cells[0]).collect();
    assert_eq!(counted[16..20], [272_u16, 288, 300, 300].map(Into::into));
}

#[test]
fn every_standard_check_can_be_taken_in_parts() {
    for Standard { name, source } in STANDARD {
        let check = read(source).unwrap();
        let parts = Parts::new(&check, PART, 1).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        let rows = |pass| parts.blank(pass).rows().len();
        let passes = (0..parts.shape().passes.len()).map(Some).chain([None]);
        let rows: Vec<usize> = passes.map(rows).collect();
        println!("{name}: {rows:?}");
    }
}

/// A sealer says another number of lines than its record can have: nothing is proven of it until the leaf is opened.
#[test]
fn a_number_of_lines_that_the_record_has_no_room_for_is_none() {
    let source = declaration("count(billed in invoice.lines) > 0");
    let check = read(&source).unwrap();
    let parts = Parts::new(&check, PART, 3).unwrap();
    let documents: Documents = [Kind::Order, Kind::Waybill, Kind::Invoice]
        .map(|kind| vec![sealane_checks::fixture::of_kind(kind, 20)])
        .into();
    let handed = parties(&mut Random(1), &documents);
    let room = [
        (20_i64, true),
        (32, true),
        (33, false),
        (1_000, false),
        (-5, false),
    ];
    for (lines, fits) in room {
        let mut records = sealed(&handed);
        let lie = Record::lying(&handed[2][0], 201, |place, values| match place {
            Place::LineCount => {
                changed(values, |[presence, _, v2]| [presence, Fr::from(lines), v2])
            }
            _ => values,
        });
        let lying = steps::part_record(&lie);
        records[2][0] = (lie, lying);
        let bits = natively(&check, PART, &handed, &records);
        let (_, broken) = prove(Mode::Rows, &parts, &part_records(records), &bits);
        assert_eq!(broken.contains(&"P1"), !fits, "{lines}: {broken:?}");
    }
}
