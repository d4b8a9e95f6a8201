//! An invoice whose values are so unusual that they are found nowhere by chance, and every form of every value that it
//! writes, fingerprint inputs included.

use sealane_crypto::commitment::{input_element, leaf_inputs};
use sealane_crypto::curve::FingerprintInput;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, slot};

use crate::invoice::{Invoice, Line};
use crate::search::{Needle, Planted, forms, input_forms};

/// The planted invoice.
#[must_use]
pub fn invoice() -> Invoice {
    let line = |item: &str, quantity: &str, price: &str, total: &str| Line {
        item: item.to_owned(),
        quantity: quantity.to_owned(),
        price: price.to_owned(),
        total: total.to_owned(),
    };
    Invoice {
        number: "ZQX/7731-WALRUS".to_owned(),
        date: "2187-11-23".to_owned(),
        seller: "Obsidian Tarragon Importers".to_owned(),
        seller_id: "GB771930264".to_owned(),
        buyer: "Quixotic Lanthanum Traders".to_owned(),
        buyer_id: "IE6639201B".to_owned(),
        order: Some("PO-HALCYON-90817".to_owned()),
        despatch: Some("DA-MERIDIAN-55102".to_owned()),
        payable: "83719462.57".to_owned(),
        lines: vec![
            line(
                "Vermilion zeppelin gaskets",
                "73519.284617",
                "719.3826",
                "52888484.58",
            ),
            line(
                "Ultramarine sextant housings",
                "9182.736455",
                "3357.4821",
                "30830977.99",
            ),
            // numbers that fit four bytes
            line(
                "Indigo barometer sleeves",
                "1234.567891",
                "0.1834",
                "226.42",
            ),
        ],
        ..Invoice::new("planted")
    }
}

/// The planted invoice as another seller's: its own number, parties and references.
#[must_use]
pub fn invoice_of(name: &str) -> Invoice {
    let (planted, own) = (invoice(), Invoice::new(name));
    Invoice {
        number: format!("{}-{name}", planted.number),
        seller: format!("{} of {name}", planted.seller),
        seller_id: own.seller_id,
        buyer_id: own.buyer_id,
        order: planted.order.map(|order| format!("{order}-{name}")),
        despatch: planted
            .despatch
            .map(|despatch| format!("{despatch}-{name}")),
        ..planted
    }
}

/// Every form of every value of an invoice that is unusual enough to be told from chance, and of its fingerprints'
/// inputs.
#[must_use]
pub fn needles(invoice: &Invoice) -> Vec<Needle> {
    let fields = canonical(invoice);
    let mut needles: Vec<Needle> = values(invoice, &fields).iter().flat_map(forms).collect();
    needles.extend(inputs(&fields).iter().flat_map(input_forms));
    needles.sort();
    needles.dedup();
    needles
}

/// The invoice as sealing takes it.
fn canonical(invoice: &Invoice) -> CanonicalFields {
    let document = sealane_documents::read(invoice.ubl().as_bytes(), "planted.xml");
    let document = document.expect("an invoice of tests is a document");
    sealane_documents::canonical(&document).expect("its values are canonical")
}

/// Fields, and what the document writes for them.
fn values(invoice: &Invoice, fields: &CanonicalFields) -> Vec<Planted> {
    let in_lines = fields.lines.iter().flatten();
    let all = fields.header.iter().chain(in_lines).flatten();
    let mut values: Vec<Planted> = all.filter_map(unusual).collect();
    values.extend(written(invoice).into_iter().map(|written| Planted {
        field: FieldValue::Text(written.clone()),
        written,
    }));
    values
}

fn unusual(field: &FieldValue) -> Option<Planted> {
    let written = match field {
        FieldValue::Text(text) | FieldValue::Number(text) | FieldValue::Name(text) => text.clone(),
        FieldValue::References(list) | FieldValue::LegalIds(list) => list.first()?.clone(),
        FieldValue::LineReference { line, .. } => line.clone(),
        FieldValue::Integer(value) => value.to_string(),
        FieldValue::Date(day) => day.to_string(),
        FieldValue::Amount { value, .. }
        | FieldValue::Quantity { value, .. }
        | FieldValue::Price { value, .. } => value.to_string(),
    };
    let field = field.clone();
    (written.chars().count() >= 6).then_some(Planted { written, field })
}

/// What the document writes, where it is long enough to be told from chance.
fn written(invoice: &Invoice) -> Vec<String> {
    let header = [
        &invoice.number,
        &invoice.date,
        &invoice.seller,
        &invoice.seller_id,
        &invoice.buyer,
        &invoice.buyer_id,
        &invoice.payable,
    ];
    let references = [&invoice.order, &invoice.despatch];
    let lines = invoice.lines.iter();
    let lines = lines.flat_map(|line| [&line.item, &line.quantity, &line.price, &line.total]);
    let all = header.into_iter().chain(references.into_iter().flatten());
    let all = all.chain(lines).filter(|text| text.chars().count() >= 9);
    all.cloned().collect()
}

/// `x` and `P` of the invoice by every rule: known, they could be searched for by guessing.
fn inputs(fields: &CanonicalFields) -> Vec<FingerprintInput> {
    let header = &fields.header;
    let value = |slot: usize| header[slot].as_ref().expect("the invoice has it");
    let of = |slot: usize| leaf_inputs(value(slot));
    let first = |slot: usize| {
        let ids = value(slot).identifiers().expect("a party's slot");
        input_element(&ids[0])
    };
    let (seller, buyer) = (first(slot::SELLER_IDS), first(slot::BUYER_IDS));
    let ([strict, loose], [date, _]) = (of(slot::NUMBER), of(slot::ISSUE_DATE));
    let [amount, currency] = of(slot::PAYABLE);
    let ([order, _], [despatch, _]) = (of(slot::ORDER_REFERENCES), of(slot::DESPATCH_REFERENCES));
    vec![
        FingerprintInput::Strict {
            seller,
            number: strict,
            date,
        },
        FingerprintInput::WithoutDate {
            seller,
            number: loose,
        },
        FingerprintInput::PartiesAmountDate {
            seller,
            buyer,
            amount,
            currency,
            date,
        },
        FingerprintInput::OrderReference { seller, order },
        FingerprintInput::TransportDocument { seller, despatch },
    ]
}
