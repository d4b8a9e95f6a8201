#![allow(clippy::unwrap_used)]
use super::*;

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
        Some(FieldValue::LegalId("se-org:5584631526".into()))
    );
    assert_eq!(fields.header[slot::SELLER_IDS + 1], None);
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
fn a_fourth_identifier_is_refused_and_none_is_dropped() {
    let mut document = invoice();
    let ids = [
        "de-vat:129273398",
        "de-hr:HRB33517@LEIPZIG",
        "lei:1961005C5OEL4TEFE199",
        "se-org:5584631526",
        "gln:5790032698164",
    ]
    .map(|id| {
        let (scheme, value) = id.split_once(':').unwrap();
        crate::identifiers::from_parts(scheme, value, None).remove(0)
    });
    document.seller.ids = ids[1..].to_vec();
    assert!(canonical(&document).is_ok(), "a hint does not count");
    document.seller.ids = ids.to_vec();
    let refused = canonical(&document);
    assert!(
        matches!(refused, Err(SealError::TooManyIds { field, count: 4, .. }) if field == "seller.ids")
    );
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
