//! The pages of `specs/schemas` and the code say the same.

use sealane_documents::table::schemas;
use sealane_types::fields::{MAX_IDENTIFIER, MAX_REFERENCES, MAX_TEXT};
use sealane_types::schema::{
    Field, FieldType, GROUP, Kind, MAX_LINES, PARTY_IDS, SCHEMA_VERSION, header_fields, line_fields,
};

const CANONICAL: &str = include_str!("../../../specs/schemas/canonical.md");
const JSON: &str = include_str!("../../../specs/schemas/json.md");

/// Rows `| slot | field | type |` of the table that follows `heading`.
fn rows(heading: &str) -> Vec<(usize, String, String)> {
    let (_, after) = CANONICAL.split_once(heading).expect("the page has it");
    let table = after
        .lines()
        .skip_while(|line| !line.starts_with("| slot"))
        .skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    let parse = |row: &str| {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let number = cells.next().expect("a slot").parse().expect("a number");
        let mut text = || cells.next().expect("a field and its type").to_owned();
        (number, text(), text())
    };
    rows.map(parse).collect()
}

fn same<'a>(heading: &str, code: impl Iterator<Item = &'a Field>) {
    let rows = rows(heading);
    let code: Vec<&Field> = code.collect();
    assert_eq!(rows.len(), code.len(), "{heading}");
    for ((slot, words, holds), field) in rows.iter().zip(code) {
        assert_eq!(
            (*slot, words.as_str()),
            (field.slot, field.words),
            "{heading}"
        );
        assert!(holds.starts_with(field.holds.words()), "{words}: {holds}");
    }
}

#[test]
fn the_slots_are_those_of_the_page() {
    let own = |kind, others| {
        let shared = move |field: &&Field| !line_fields(others).any(|other| other == *field);
        line_fields(kind).filter(shared)
    };
    same("# Canonical fields", header_fields(Kind::Order));
    let of_transport = header_fields(Kind::Waybill).filter(|field| field.slot >= GROUP);
    same("letters of credit have instead", of_transport);
    same("Slots of a line", line_fields(Kind::Invoice));
    same("orders and answers", own(Kind::Order, Kind::Invoice));
    same("receipt advices", own(Kind::ReceiptAdvice, Kind::Invoice));
}

#[test]
fn the_scales_and_limits_are_those_of_the_page() {
    let number = |one: FieldType| format!("| {} | {} | {} |", one.words(), one.scale(), one.bits());
    let rows = [
        format!(
            "| payable amount | of its currency | {} |",
            FieldType::Payable.bits()
        ),
        number(FieldType::Amount),
        number(FieldType::Price),
        number(FieldType::Quantity),
        format!("# Canonical fields, version {SCHEMA_VERSION}"),
        format!("legal identifiers at most {PARTY_IDS} of at most {MAX_IDENTIFIER} bytes"),
        format!(
            "at most {MAX_TEXT} bytes, references at most {MAX_REFERENCES} entries, lines at most {}",
            MAX_LINES
        ),
    ];
    for row in rows {
        assert!(CANONICAL.contains(&row), "{row}");
    }
}

#[test]
fn every_printed_key_is_on_the_page() {
    let text = br#"{"kind":"LetterOfCredit","id":"1","issue_date":"2026-01-02","seller":{},"buyer":{},"transport":{"goods":"x"},"lines":[{}]}"#;
    let shown =
        sealane_documents::to_json(&sealane_documents::read(text, "x.json").expect("it is whole"));
    let inside = [
        &shown,
        &shown["seller"],
        &shown["totals"],
        &shown["transport"],
        &shown["lines"][0],
    ];
    for key in inside
        .iter()
        .flat_map(|object| object.as_object().expect("an object").keys())
    {
        assert!(
            JSON.contains(&format!("`{key}`")) || JSON.contains(&format!("\"{key}\"")),
            "{key}"
        );
    }
}

#[test]
fn the_declared_schemas_cover_the_xml_kinds() {
    let mut kinds: Vec<&str> = schemas()
        .iter()
        .map(|schema| schema.root.as_str())
        .collect();
    kinds.sort_unstable();
    let expected = [
        "BillOfLading",
        "CreditNote",
        "CrossIndustryInvoice",
        "DespatchAdvice",
        "Invoice",
        "Order",
        "OrderResponse",
        "ReceiptAdvice",
        "SCRDMCCBDACIOMessageStructure",
        "Waybill",
    ];
    assert_eq!(kinds, expected);
    for schema in schemas() {
        assert!(
            !schema.header("id").is_empty() && !schema.header("issue_date").is_empty(),
            "{}",
            schema.root
        );
        assert!(
            !schema.line.is_empty() && !schema.line("quantity").is_empty(),
            "{}",
            schema.root
        );
    }
}
