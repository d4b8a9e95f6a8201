#![allow(clippy::unwrap_used)]
use sealane_types::fields::LineOf;
use sealane_types::schema::{line_slot, order_line_slot, receipt_line_slot};

use super::*;
use crate::{LegalId, Line, LineStatus};

fn invoice() -> Document {
    let text = br#"{"kind":"Invoice","id":" inv-0042 ","type_code":"380","issue_date":"2026-03-01","currency":"EUR",
        "payable_amount":"10.50","seller":{"name":"Norrvik Timber AB","ids":[{"scheme":"vat","value":"SE 5584631526-01"},{"scheme":"gln","value":"5790032698164"}]},
        "buyer":{"name":"Hafen Holz GmbH","ids":[]},"order_references":["po 1"],
        "lines":[{"id":"1","quantity":"2.5","unit":"MTR","price":"4.2","total":"10.50"}]}"#;
    crate::read(text, "invoice.json").unwrap()
}

#[test]
fn fields_stand_in_their_slots() {
    let fields = canonical(&invoice()).unwrap();
    let eur = Currency::new("EUR").unwrap();
    assert_eq!(
        fields.header[slot::NUMBER],
        Some(FieldValue::Number("INV-0042".into()))
    );
    assert_eq!(
        fields.header[slot::TYPE_CODE],
        Some(FieldValue::Integer(380))
    );
    assert_eq!(
        fields.header[slot::ISSUE_DATE],
        Some(FieldValue::Date(20_513))
    );
    assert_eq!(
        fields.header[slot::SELLER_IDS],
        Some(FieldValue::LegalIds(vec!["se-org:5584631526".into()]))
    );
    assert_eq!(fields.header[slot::BUYER_IDS], None, "a party without any");
    assert_eq!(
        fields.header[slot::BUYER_NAME],
        Some(FieldValue::Name("Hafen Holz GmbH".into()))
    );
    let payable = FieldValue::Amount {
        value: 1050,
        currency: eur,
    };
    assert_eq!(fields.header[slot::PAYABLE], Some(payable));
    assert_eq!(
        fields.header[slot::ORDER_REFERENCES],
        Some(FieldValue::References(vec!["PO 1".into()]))
    );
    let price = FieldValue::Price {
        value: 42_000_000_000,
        base: 1_000_000,
    };
    assert_eq!(fields.lines[0][line_slot::PRICE], Some(price));
    let quantity = FieldValue::Quantity {
        value: 2_500_000,
        unit: "MTR".into(),
    };
    assert_eq!(fields.lines[0][line_slot::QUANTITY], Some(quantity));
}

#[test]
fn payable_amounts_are_in_minor_units_exactly() {
    let mut document = invoice();
    for (currency, amount, units) in [
        ("JPY", "5", Some(5)),
        ("JPY", "5.00", Some(5)),
        ("JPY", "5.1", None),
        ("KWD", "1.005", Some(1005)),
        ("EUR", "1.005", None),
        ("EUR", "-7", Some(-700)),
    ] {
        document.currency = Some(currency.into());
        document.totals.payable = Some(Decimal::parse(amount).unwrap());
        let value = canonical(&document).map(|fields| fields.header[slot::PAYABLE].clone());
        match units {
            Some(units) => {
                let currency = Currency::new(currency).unwrap();
                assert_eq!(
                    value.unwrap(),
                    Some(FieldValue::Amount {
                        value: units,
                        currency
                    })
                );
            }
            None => assert!(
                matches!(value, Err(SealError::Number { field, .. }) if field == "payable_amount")
            ),
        }
    }
    document.currency = None;
    assert!(matches!(
        canonical(&document),
        Err(SealError::NoCurrency { .. })
    ));
}

#[test]
fn the_widest_payable_amount_is_just_below_two_to_the_63() {
    let mut document = invoice();
    document.totals.payable = Some(Decimal::parse("92233720368547758.07").unwrap());
    assert!(canonical(&document).is_ok());
    document.totals.payable = Some(Decimal::parse("92233720368547758.08").unwrap());
    assert!(matches!(
        canonical(&document),
        Err(SealError::Number { .. })
    ));
}

#[test]
fn seven_identifiers_are_sealed_and_an_eighth_is_refused() {
    let mut document = invoice();
    let id = |text: &str| {
        let (scheme, value) = text.split_once(':').unwrap();
        crate::identifiers::from_parts(scheme, value, None).remove(0)
    };
    let ids: Vec<LegalId> = [
        "de-vat:129273398",
        "de-hr:HRB1@LEIPZIG",
        "de-hr:HRB2@LEIPZIG",
        "de-hr:HRB3@LEIPZIG",
        "de-hr:HRB4@LEIPZIG",
        "de-hr:HRB5@LEIPZIG",
        "lei:1961005C5OEL4TEFE199",
        "se-org:5584631526",
    ]
    .map(id)
    .to_vec();
    document.seller.ids = ids[1..].to_vec();
    document.seller.ids.push(id("gln:5790032698164"));
    let sealed = canonical(&document).unwrap().header[slot::SELLER_IDS].clone();
    let expected: Vec<String> = ids[1..].iter().map(LegalId::canonical).collect();
    assert_eq!(
        sealed,
        Some(FieldValue::LegalIds(expected)),
        "a hint does not count"
    );
    document.seller.ids = ids;
    let refused = canonical(&document);
    assert!(
        matches!(refused, Err(SealError::TooManyIds { field, count: 8, .. }) if field == "seller.ids")
    );
    let mut long = id("lei:1961005C5OEL4TEFE199");
    long.value = "1".repeat(93);
    document.seller.ids = vec![long];
    let refused = canonical(&document);
    assert!(
        matches!(refused, Err(SealError::TooLong { field, bytes: 97, limit: 96 }) if field == "seller.ids[0]")
    );
}

#[test]
fn a_line_counts_in_the_order_that_it_names_or_in_the_only_one() {
    let mut document = invoice();
    let reference = |document: &Document, at: usize| {
        let fields = canonical(document).unwrap();
        match fields.lines[at][line_slot::ORDER_LINE].clone() {
            Some(FieldValue::LineReference { line, of }) => Some((line, of)),
            _ => None,
        }
    };
    let of = |number: &str| LineOf::Number(number.into());
    assert_eq!(reference(&document, 0), None, "no line, no reference");
    document.lines[0].order_line = Some(" 2 ".into());
    assert_eq!(reference(&document, 0), Some(("2".into(), of("PO 1"))));
    for (own, references, expected) in [
        (Some("po-88"), &["po 1"][..], of("PO-88")),
        (Some("po-88"), &[], of("PO-88")),
        (Some("--"), &["po 1"], LineOf::Unknown),
        (Some(" "), &["po 1"], of("PO 1")),
        (None, &[], LineOf::Any),
        (None, &["--"], LineOf::Unknown),
        (None, &["po 1", "PO-1"], of("PO 1")),
        (None, &["po 1", "po 2"], LineOf::Unknown),
        (None, &["1-12", "1/12"], of("1-12")),
        (None, &["1-12", "11-2"], LineOf::Unknown),
    ] {
        document.lines[0].order = own.map(str::to_owned);
        document.order_references = references.iter().map(|one| (*one).to_owned()).collect();
        let found = reference(&document, 0).map(|(_, of)| of);
        assert_eq!(found, Some(expected), "{own:?} {references:?}");
    }
    document.lines[0].despatch_line = Some("7".into());
    document.despatch_references = vec!["d-1".into(), "w-2".into()];
    let despatch = |document: &Document| {
        canonical(document).unwrap().lines[0][line_slot::DESPATCH_LINE].clone()
    };
    let line = || "7".to_owned();
    let unknown = FieldValue::LineReference {
        line: line(),
        of: LineOf::Unknown,
    };
    assert_eq!(despatch(&document), Some(unknown));
    document.lines[0].despatch = Some("d-1".into());
    let known = FieldValue::LineReference {
        line: line(),
        of: of("D-1"),
    };
    assert_eq!(despatch(&document), Some(known));
}

#[test]
fn kinds_have_their_own_slots_and_grouping_lines_are_no_lines() {
    let mut document = invoice();
    let ten = Decimal::parse("10");
    document.tolerance = Some(Decimal::parse("2.5").unwrap());
    document.totals.third_party = Some(ten.unwrap());
    document.totals.allowances = Some(ten.unwrap());
    document.lines[0].status = Some(LineStatus::Changed);
    document.lines[0].rejected = Some(ten.unwrap());
    document.lines[0].short = Some(Decimal::parse("0.5").unwrap());
    document.lines.insert(
        0,
        Line {
            status: Some(LineStatus::Group),
            ..Line::default()
        },
    );
    let fields = canonical(&document).unwrap();
    assert_eq!(fields.lines.len(), 1, "the group is left out");
    let currency = Currency::new("EUR").unwrap();
    let ten_euros = Some(FieldValue::Amount {
        value: 10_000_000,
        currency,
    });
    assert_eq!(fields.header[slot::THIRD_PARTY], ten_euros);
    assert_eq!(fields.header[slot::ALLOWANCES], ten_euros);
    assert_eq!(fields.header[slot::TOLERANCE], None);
    assert_eq!(fields.lines[0][line_slot::DESPATCH_LINE], None);
    assert!(matches!(
        fields.lines[0][line_slot::PRICE],
        Some(FieldValue::Price { .. })
    ));

    document.kind = Kind::Order;
    let order = canonical(&document).unwrap();
    assert_eq!(
        order.header[slot::TOLERANCE],
        Some(FieldValue::Integer(250))
    );
    let status = order.lines[0][order_line_slot::STATUS].clone();
    assert_eq!(status, Some(FieldValue::Integer(3)));
    document.tolerance = Some(Decimal::parse("2.505").unwrap());
    assert!(canonical(&document).is_err(), "never rounded");

    document.kind = Kind::ReceiptAdvice;
    let receipt = canonical(&document).unwrap();
    let quantity = |value| {
        let unit = "MTR".into();
        Some(FieldValue::Quantity { value, unit })
    };
    let line = &receipt.lines[0];
    assert_eq!(line[receipt_line_slot::REJECTED], quantity(10_000_000));
    assert_eq!(line[receipt_line_slot::SHORT], quantity(500_000));
}

#[test]
fn what_does_not_fit_is_refused_with_its_path() {
    let mut document = invoice();
    document.lines[0].quantity = Some(Decimal::parse("0.0000001").unwrap());
    assert!(
        matches!(canonical(&document), Err(SealError::Number { field, .. }) if field == "lines[0].quantity")
    );
    let mut document = invoice();
    document.lines[0].item = Some("x".repeat(MAX_TEXT + 1));
    assert!(
        matches!(canonical(&document), Err(SealError::TooLong { field, .. }) if field == "lines[0].item")
    );
    let mut document = invoice();
    document.order_references = vec!["1".into(); MAX_REFERENCES + 1];
    assert!(matches!(
        canonical(&document),
        Err(SealError::TooManyReferences { .. })
    ));
    let mut document = invoice();
    document.lines = vec![Line::default(); 1024];
    assert!(canonical(&document).is_ok());
    document.lines.push(Line::default());
    let refused = canonical(&document).expect_err("one too many");
    assert!(matches!(
        refused,
        SealError::TooManyLines {
            lines: 1025,
            limit: 1024
        }
    ));
    let said = refused.to_string();
    assert!(said.contains("1025") && said.contains("1024"), "{said}");
}

/// An answer's code is sealed as UNTDID 1225's number, whoever's word it is; what is no answer seals none.
#[test]
fn the_code_of_an_answer_is_one_number() {
    let sealed = |kind: &str, code: &str| {
        let text = format!(
            r#"{{"kind":"{kind}","id":"A-1","type_code":"{code}","issue_date":"2026-03-01","seller":{{"name":"A"}},"buyer":{{"name":"B"}}}}"#
        );
        let document = crate::read(text.as_bytes(), "answer.json").unwrap();
        canonical(&document).unwrap().header[slot::TYPE_CODE].clone()
    };
    for (code, number) in [
        ("AP", Some(29)),
        ("CA", Some(30)),
        ("RE", Some(27)),
        ("29", Some(29)),
        ("30", Some(30)),
        ("27", Some(27)),
        ("accepted", Some(29)),
        ("231", Some(231)),
        ("AB", None),
        ("ap", None),
    ] {
        let number = number.map(FieldValue::Integer);
        assert_eq!(sealed("OrderResponse", code), number, "{code}");
    }
    assert_eq!(sealed("Order", "AP"), None, "an order answers nothing");
}
