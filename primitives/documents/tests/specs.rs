//! The pages of `specs/schemas` and the code say the same.

use sealane_documents::table::schemas;
use sealane_types::fields::{MAX_REFERENCES, MAX_TEXT};
use sealane_types::schema::{
    AMOUNT_SCALE, MAX_LINES, NUMBER_BITS, PAYABLE_BITS, PRICE_SCALE, QUANTITY_SCALE, line_slot,
    slot, transport,
};

const CANONICAL: &str = include_str!("../../../specs/schemas/canonical.md");
const JSON: &str = include_str!("../../../specs/schemas/json.md");

/// Rows `| slot | field |` of the table that follows `heading`.
fn rows(heading: &str) -> Vec<(usize, String)> {
    let (_, after) = CANONICAL.split_once(heading).expect("the page has it");
    let table = after
        .lines()
        .skip_while(|line| !line.starts_with("| slot"))
        .skip(2);
    let rows = table.take_while(|line| line.starts_with('|'));
    let parse = |row: &str| {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let number = cells.next().expect("a slot").parse().expect("a number");
        (number, cells.next().expect("a field").to_owned())
    };
    rows.map(parse).collect()
}

fn same(heading: &str, code: &[(usize, &str)]) {
    let code: Vec<(usize, String)> = code
        .iter()
        .map(|(slot, name)| (*slot, (*name).to_owned()))
        .collect();
    assert_eq!(rows(heading), code, "{heading}");
}

#[test]
fn the_slots_are_those_of_the_page() {
    same(
        "# Canonical fields",
        &[
            (slot::NUMBER, "number"),
            (slot::TYPE_CODE, "type code"),
            (slot::ISSUE_DATE, "issue date"),
            (slot::SELLER_IDS, "seller's legal identifiers"),
            (slot::BUYER_IDS, "buyer's legal identifiers"),
            (slot::PAYABLE, "payable amount"),
            (slot::ORDER_REFERENCES, "order references"),
            (slot::DESPATCH_REFERENCES, "despatch references"),
            (slot::BILLING_REFERENCES, "billing references"),
            (slot::DUE_DATE, "due date"),
            (slot::CURRENCY, "currency"),
            (slot::COPY, "copy"),
            (slot::SELLER_NAME, "seller's name"),
            (slot::BUYER_NAME, "buyer's name"),
            (slot::PAYEE_NAME, "payee's name"),
            (slot::PAYEE_IDS, "payee's legal identifiers"),
            (slot::LINES_TOTAL, "lines total"),
            (slot::TAX_EXCLUSIVE, "total without tax"),
            (slot::TAX_INCLUSIVE, "total with tax"),
            (slot::TAX, "tax"),
            (slot::PREPAID, "prepaid"),
            (slot::ROUNDING, "rounding"),
            (slot::BUYER_REFERENCE, "buyer's reference"),
        ],
    );
    same(
        "letters of credit have instead",
        &[
            (transport::PORT_OF_LOADING, "port of loading"),
            (transport::PORT_OF_DISCHARGE, "port of discharge"),
            (transport::VESSEL, "vessel"),
            (transport::SHIPMENT_DATE, "shipment date"),
            (transport::EXPIRY_DATE, "expiry date"),
            (transport::GOODS, "goods"),
        ],
    );
    same(
        "Slots of a line",
        &[
            (line_slot::ID, "line identifier"),
            (line_slot::ORDER_LINE, "order line"),
            (line_slot::DESPATCH_LINE, "despatch line"),
            (line_slot::ITEM, "item"),
            (line_slot::QUANTITY, "quantity"),
            (line_slot::PRICE, "price"),
            (line_slot::TOTAL, "line total"),
        ],
    );
}

#[test]
fn the_scales_and_limits_are_those_of_the_page() {
    let rows = [
        format!("| payable amount | of its currency | {PAYABLE_BITS} |"),
        format!("| amount | {AMOUNT_SCALE} | {NUMBER_BITS} |"),
        format!("| price | {PRICE_SCALE} | {NUMBER_BITS} |"),
        format!("| quantity | {QUANTITY_SCALE} | {NUMBER_BITS} |"),
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
