//! The project's own examples: each is read and fits a record, and they stand to one another as the demo
//! tells.

use sealane_documents::{Document, canonical, read, to_json, to_text};
use sealane_types::fields::loose_number;
use sealane_types::schema::{CanonicalFields, Kind, slot};
use serde_json::Value;

fn example(name: &str) -> Document {
    let path = format!("{}/../../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).expect("the examples stand in the repository");
    read(&bytes, name).expect(name)
}

fn fields(name: &str) -> CanonicalFields {
    canonical(&example(name)).expect(name)
}

/// The strict rule's inputs: seller's identifiers, number, issue date.
const STRICT: [usize; 5] = [
    slot::NUMBER,
    slot::ISSUE_DATE,
    slot::SELLER_IDS,
    slot::SELLER_IDS + 1,
    slot::SELLER_IDS + 2,
];

#[test]
fn every_example_is_read_without_warnings_and_fits() {
    for (name, kind, lines) in [
        ("order.xml", Kind::Order, 12),
        ("despatch-advice.xml", Kind::DespatchAdvice, 12),
        ("invoice-ubl.xml", Kind::Invoice, 12),
        ("invoice-cii.xml", Kind::Invoice, 12),
        ("invoice-altered.xml", Kind::Invoice, 12),
        ("invoice-other.xml", Kind::Invoice, 4),
        ("credit-note.xml", Kind::CreditNote, 1),
        ("bill-of-lading.json", Kind::BillOfLading, 3),
        ("bill-of-lading-ubl.xml", Kind::BillOfLading, 3),
        ("waybill.xml", Kind::Waybill, 1),
        ("letter-of-credit.json", Kind::LetterOfCredit, 0),
    ] {
        let document = example(name);
        assert_eq!(
            (document.kind, document.lines.len()),
            (kind, lines),
            "{name}"
        );
        assert!(
            document.warnings.is_empty(),
            "{name}: {:?}",
            document.warnings
        );
        assert_eq!(fields(name).lines.len(), lines, "{name}");
        let bound = matches!(kind, Kind::Invoice | Kind::CreditNote);
        assert_eq!(document.claims_en16931(), bound, "{name}");
    }
}

/// The example invoice with so many lines, which claims no standard: its totals are those of twelve.
fn invoice_of(lines: usize) -> Vec<u8> {
    let mut invoice = to_json(&example("invoice-ubl.xml"));
    invoice["customization"] = Value::Null;
    let own = invoice["lines"].as_array().expect("lines").clone();
    let own = own.into_iter().cycle().take(lines);
    invoice["lines"] = own.collect();
    invoice.to_string().into_bytes()
}

#[test]
fn a_long_invoice_fits_and_a_longer_one_is_refused_with_the_limit() {
    for lines in [129, 300, 1024] {
        let document = read(&invoice_of(lines), "long.json").expect("an invoice");
        let fields = canonical(&document).expect("it fits");
        assert_eq!(fields.lines.len(), lines);
        assert_eq!(fields.lines[lines - 1], fields.lines[(lines - 1) % 12]);
    }
    let document = read(&invoice_of(1025), "long.json").expect("an invoice");
    let refused = canonical(&document)
        .expect_err("a line too many")
        .to_string();
    assert!(
        refused.contains("1025") && refused.contains("1024"),
        "{refused}"
    );
}

#[test]
fn the_invoice_is_one_in_both_syntaxes() {
    let (ubl, cii) = (fields("invoice-ubl.xml"), fields("invoice-cii.xml"));
    assert_eq!(ubl.header, cii.header);
    assert_eq!(ubl.lines, cii.lines);
}

#[test]
fn the_bill_of_lading_is_one_in_both_syntaxes() {
    let (json, ubl) = (
        fields("bill-of-lading.json"),
        fields("bill-of-lading-ubl.xml"),
    );
    assert_eq!(json.header, ubl.header);
    assert_eq!(json.lines, ubl.lines);
}

#[test]
fn a_waybill_says_who_sends_what_by_whom_and_on_which_order() {
    let waybill = example("waybill.xml");
    assert_eq!(
        waybill.seller.name.as_deref(),
        Some("Brugman Scheepsbenodigdheden B.V.")
    );
    assert_eq!(waybill.buyer.name.as_deref(), Some("Havbryn Verft AS"));
    let carrier = waybill.payee.expect("a carrier");
    assert_eq!(carrier.name.as_deref(), Some("Noordkaap Lijndiensten N.V."));
    assert_eq!(waybill.order_references, ["HV-77120"]);
    assert_eq!(waybill.despatch_references, ["DA-88307"]);
    assert_eq!(waybill.lines[0].order_line.as_deref(), Some("4"));
    let transport = waybill.transport;
    assert_eq!(transport.port_of_loading.as_deref(), Some("NLRTM"));
    assert_eq!(transport.port_of_discharge.as_deref(), Some("NOOSL"));
    let departed = transport.shipment_date.expect("a departure");
    assert_eq!(departed.to_string(), "2026-03-21");
}

#[test]
fn the_altered_copy_meets_the_invoice_only_loosely() {
    let (invoice, altered) = (example("invoice-ubl.xml"), example("invoice-altered.xml"));
    assert_eq!(invoice.seller.ids, altered.seller.ids);
    assert_eq!(loose_number(&invoice.id), loose_number(&altered.id));
    assert_ne!(invoice.issue_date, altered.issue_date);
}

#[test]
fn the_other_invoice_shares_no_rule_with_the_first() {
    let (first, other) = (fields("invoice-ubl.xml"), fields("invoice-other.xml"));
    assert_eq!(
        first.header[slot::SELLER_IDS],
        other.header[slot::SELLER_IDS]
    );
    for slot in [
        slot::NUMBER,
        slot::ISSUE_DATE,
        slot::PAYABLE,
        slot::ORDER_REFERENCES,
        slot::DESPATCH_REFERENCES,
    ] {
        assert!(
            first.header[slot].is_some() && first.header[slot] != other.header[slot],
            "slot {slot}"
        );
    }
    assert!(
        STRICT
            .iter()
            .any(|slot| first.header[*slot] != other.header[*slot])
    );
}

#[test]
fn the_trade_documents_name_one_another() {
    let (order, despatch, invoice) = (
        example("order.xml"),
        example("despatch-advice.xml"),
        example("invoice-ubl.xml"),
    );
    assert_eq!(despatch.order_references.first(), Some(&order.id));
    assert_eq!(invoice.order_references.first(), Some(&order.id));
    assert_eq!(invoice.despatch_references.first(), Some(&despatch.id));
    assert_eq!(
        example("credit-note.xml").billing_references.first(),
        Some(&invoice.id)
    );
    for (ordered, invoiced) in order.lines.iter().zip(&invoice.lines) {
        assert_eq!(invoiced.order_line, ordered.id);
        assert_eq!(
            (invoiced.quantity, invoiced.price),
            (ordered.quantity, ordered.price)
        );
    }
}

/// The Cross Industry Invoice with these texts in place of others, each of which must stand in it.
fn cii(changes: &[(&str, &str)]) -> Document {
    let path = format!(
        "{}/../../examples/invoice-cii.xml",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut text = std::fs::read_to_string(path).expect("the example");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    read(text.as_bytes(), "invoice.xml").expect("the schema allows it")
}

/// UN/CEFACT's schema lets a date be a string in a format or a date and time of XML Schema, and an indicator a word or a
/// string: all of them say the same.
#[test]
fn each_choice_of_the_schema_is_read_in_cii() {
    let plain = to_json(&cii(&[]));
    let date_times = [
        (
            "<udt:DateTimeString format=\"102\">20260302</udt:DateTimeString>",
            "<udt:DateTime>2026-03-02T00:00:00</udt:DateTime>",
        ),
        (
            "<udt:DateTimeString format=\"102\">20260401</udt:DateTimeString>",
            "<udt:DateTime>2026-04-01T00:00:00Z</udt:DateTime>",
        ),
    ];
    assert_eq!(to_json(&cii(&date_times)), plain);
    for (no, yes) in [("false", "true"), ("0", "1"), ("False", "TRUE")] {
        let string = |word| format!("<udt:IndicatorString>{word}</udt:IndicatorString>");
        let (no, yes) = (string(no), string(yes));
        let indicators = [
            ("<udt:Indicator>false</udt:Indicator>", no.as_str()),
            ("<udt:Indicator>true</udt:Indicator>", yes.as_str()),
        ];
        assert_eq!(to_json(&cii(&indicators)), plain, "{no}");
    }
}

/// Factur-X BASIC WL and MINIMUM have no lines: nothing is told of sums over them, and a wrong total is told.
#[test]
fn profiles_without_lines_are_right_without_them() {
    let path = format!(
        "{}/../../examples/invoice-cii.xml",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).expect("the example");
    let (from, to) = (
        text.find("<ram:IncludedSupplyChainTradeLineItem>")
            .expect("lines"),
        text.rfind("</ram:IncludedSupplyChainTradeLineItem>")
            .expect("lines")
            + 39,
    );
    let text = format!("{}{}", &text[..from], &text[to..]);
    let start = text
        .find("<ram:ID>urn:cen.eu:en16931:2017")
        .expect("what it claims");
    let end = start + text[start..].find("</ram:ID>").expect("its end");
    for profile in ["urn:factur-x.eu:1p0:basicwl", "urn:factur-x.eu:1p0:minimum"] {
        let own = format!("{}<ram:ID>{profile}{}", &text[..start], &text[end..]);
        let told = |text: &str| {
            let document = read(text.as_bytes(), "basic-wl.xml").expect("it is read");
            assert!(document.lines.is_empty());
            let warnings = document.warnings.into_iter();
            warnings.map(|one| one.rule).collect::<Vec<_>>()
        };
        assert_eq!(told(&own), [""; 0], "{profile}");
        let wrong = own.replace(
            "<ram:LineTotalAmount>37062.85",
            "<ram:LineTotalAmount>37062.86",
        );
        assert_eq!(told(&wrong), ["BR-CO-13"], "{profile}");
    }
}

#[test]
fn a_type_that_is_not_understood_is_told_with_what_to_write() {
    let invoice = example("invoice-ubl.xml");
    let with = |type_code: &str| {
        let mut json = to_json(&invoice);
        json["customization"] = Value::Null;
        json["type_code"] = type_code.into();
        read(json.to_string().as_bytes(), "invoice.json").expect("it is read")
    };
    for type_code in [
        "VAT invoice",
        "Final invoice",
        "Schlussrechnung",
        "Abschlagsrechnung",
        "Debit note",
        "Nota de débito",
        "請求書",
        "310",
    ] {
        let document = with(type_code);
        let [warning] = &document.warnings[..] else {
            panic!("{type_code}: {:?}", document.warnings);
        };
        assert_eq!(warning.rule, "SL-TYPE");
        assert!(
            warning
                .problem
                .contains(&format!("{type_code:?} is not understood"))
        );
        assert!(warning.advice.contains("UNTDID 1001 code: 380"));
        let text = to_text(&document);
        let said = format!("type code {type_code}: not understood, cannot be financed");
        assert!(text.contains(&said) && !text.contains("no claim"), "{text}");
    }
    for no_claim in ["325", "Proforma", "Quotation", "Draft", "935"] {
        let document = with(no_claim);
        assert!(document.warnings.is_empty(), "{no_claim}");
        let text = to_text(&document);
        assert!(
            text.contains("states no claim, cannot be financed"),
            "{text}"
        );
    }
    for claim in ["380", "Invoice", "386"] {
        assert!(
            !to_text(&with(claim)).contains("cannot be financed"),
            "{claim}"
        );
    }
}
