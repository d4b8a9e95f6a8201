//! Paths mean the places that the specification says, and places are named so that the same is meant again.

use super::*;

fn shape() -> Shape {
    Shape {
        kind: Kind::Invoice,
        bucket: Bucket::new(8).expect("a bucket"),
        lines: 3,
    }
}

fn places(paths: &str) -> BTreeSet<Place> {
    shape().places(paths).expect(paths)
}

fn refused(path: &str) -> String {
    shape().places(path).expect_err(path).to_string()
}

#[test]
fn words_of_checks_and_of_single_places_are_read() {
    let header = |slots: &[u8]| slots.iter().copied().map(Place::Header).collect();
    assert_eq!(places("id"), header(&[0]));
    assert_eq!(places("seller"), header(&[3]));
    assert_eq!(places(" buyer , seller.name"), header(&[4, 6]));
    assert_eq!(places("seller.ids"), header(&[3]));
    let references = header(&[10]);
    assert_eq!(places("order_references"), references);
    assert_eq!(places("order_references[0]"), references);
    assert_eq!(places("line_count"), BTreeSet::from([Place::LineCount]));
    assert_eq!(places("all").len(), 89);
    let carries = Shape {
        kind: Kind::Waybill,
        ..shape()
    };
    let carrier = carries.places("carrier,transport.vessel");
    assert_eq!(carrier, Ok(header(&[5, 18])));
}

#[test]
fn all_lines_are_every_slot_and_the_number_of_lines_and_one_line_is_one() {
    let quantities = places("lines[*].quantity");
    assert_eq!(quantities.len(), 9);
    assert!(quantities.contains(&Place::Line { line: 7, slot: 4 }));
    assert!(quantities.contains(&Place::LineCount));
    assert_eq!(places("lines").len(), 57);
    assert_eq!(places("lines"), places("lines[*]"));
    let one = Place::Line { line: 2, slot: 5 };
    assert_eq!(places("lines[2].price"), BTreeSet::from([one]));
    assert_eq!(places("lines[2]").len(), 7);
    let beyond = refused("lines[3].price");
    assert!(beyond.contains("has 3 lines"), "{beyond}");
}

#[test]
fn what_is_no_field_is_refused_with_the_nearest_one() {
    for (path, meant) in [
        ("sellr", "`seller`"),
        ("payable_amout", "`payable_amount`"),
        ("lines[*].qantity", "`lines[*].quantity`"),
        ("lines.price", "`lines[*].price`"),
        ("", "there are: all, lines"),
        ("id,,seller", "there are"),
        ("transport.vessel", "there are"),
        ("lines[x].price", "lines["),
        ("lines[99999999999999999999].price", "there are"),
        ("linesman", "`lines`"),
    ] {
        let said = refused(path);
        assert!(said.contains(meant), "{path}: {said}");
    }
}

#[test]
fn names_mean_exactly_the_places_that_they_are_of() {
    for (paths, said) in [
        ("all", "all"),
        ("seller", "seller.ids"),
        ("seller.ids,id", "id seller.ids"),
        ("lines", "lines"),
        (
            "lines[*].total,lines[*].quantity",
            "lines[*].quantity lines[*].total",
        ),
        ("line_count", "line_count"),
        ("lines[1].id,line_count", "lines[1].id line_count"),
        ("buyer,id,lines[*].id", "id buyer.ids lines[*].id"),
    ] {
        let meant = places(paths);
        let names = names(Kind::Invoice, shape().bucket, &meant);
        assert_eq!(names.join(" "), said);
        assert_eq!(places(&names.join(",")), meant, "{paths}");
    }
}
