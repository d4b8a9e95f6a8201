//! Cases made after public bug reports of other programs, each with its right answer. The files are the
//! project's own; companies and people in them are invented.

use sealane_documents::{Decimal, Document, ReadError, read, to_json};
use sealane_types::schema::Kind;

fn bytes(case: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/cases/{case}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the cases stand in the repository")
}

fn case(name: &str) -> Document {
    read(&bytes(name), name).expect(name)
}

fn refused(name: &str) -> ReadError {
    read(&bytes(name), name).map(|_| ()).expect_err(name)
}

fn rules(error: &ReadError) -> Vec<&'static str> {
    error.faults.iter().map(|fault| fault.rule).collect()
}

fn number(text: &str) -> Option<Decimal> {
    Some(Decimal::parse(text).expect("a number"))
}

/// The file with one text in place of another, which must stand in it.
fn changed(name: &str, from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes(name)).expect("UTF-8");
    assert!(text.contains(from), "{name} has no {from}");
    text.replacen(from, to, 1).into_bytes()
}

const ZATCA: &str = "01-zatca-two-tax-totals/invoice.xml";
const DIAN: &str = "02-tax-total-per-tax/invoice.xml";

#[test]
fn a_second_total_of_tax_that_repeats_the_first_is_read_once() {
    let document = case(ZATCA);
    assert_eq!(document.totals.tax, number("150.00"));
    assert_eq!(document.totals.payable, number("1150.00"));
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
}

#[test]
fn totals_of_several_taxes_are_added() {
    let document = case(DIAN);
    assert_eq!(document.totals.tax, number("27000.00"));
    assert_eq!(document.totals.payable, number("127000.00"));
    let rules: Vec<_> = document.warnings.iter().map(|one| one.rule).collect();
    assert!(
        !rules.contains(&"BR-CO-14") && !rules.contains(&"BR-CO-15"),
        "{rules:?}"
    );
}

#[test]
fn the_order_of_totals_of_tax_means_nothing() {
    for name in [ZATCA, DIAN] {
        let text = String::from_utf8(bytes(name)).expect("UTF-8");
        let from = text.find("<cac:TaxTotal>").expect("a total");
        let middle = from + text[from..].find("</cac:TaxTotal>").expect("its end") + 15;
        let to = middle + text[middle..].find("</cac:TaxTotal>").expect("a second") + 15;
        let turned = format!(
            "{}{}{}{}",
            &text[..from],
            &text[middle..to],
            &text[from..middle],
            &text[to..]
        );
        assert_ne!(turned, text);
        let turned = read(turned.as_bytes(), "turned.xml").expect(name);
        assert_eq!(turned.totals, case(name).totals, "{name}");
    }
}

#[test]
fn under_en_16931_a_second_total_in_one_currency_is_refused() {
    let claim = "<cbc:CustomizationID>urn:CEN.eu:EN16931:2017</cbc:CustomizationID><cbc:ProfileID>";
    let bytes = changed(ZATCA, "<cbc:ProfileID>", claim);
    let error = read(&bytes, "claims.xml")
        .map(|_| ())
        .expect_err("it claims");
    assert!(rules(&error).contains(&"BR-CO-15"), "{error}");
}

#[test]
fn orders_on_lines_are_read_alike_in_both_formats() {
    let orders = ["PO-71", "PO-88"];
    for name in ["ubl.xml", "cii.xml", "check/mine.invoice.xml"] {
        let document = case(&format!("10-orders-on-lines-ubl-and-cii/{name}"));
        assert_eq!(document.order_references, orders, "{name}");
        let of: Vec<_> = document
            .lines
            .iter()
            .map(|line| line.order.clone())
            .collect();
        assert_eq!(of, orders.map(|order| Some(order.to_owned())), "{name}");
        assert_eq!(document.lines[1].order_line.as_deref(), Some("1"));
    }
}

const EXTENDED: &str = "11-extended-rounding-tolerance/invoice.xml";

#[test]
fn extended_allows_a_cent_for_each_line_and_no_more() {
    let document = case(EXTENDED);
    assert_eq!(document.totals.lines, number("299.99"));
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
    let text = String::from_utf8(bytes(EXTENDED)).expect("UTF-8");
    let totals = |lines: &str, total: &str| {
        let text = text.replace("299.99", lines).replace("356.99", total);
        read(text.as_bytes(), "off.xml")
    };
    totals("299.97", "356.97").expect("three lines may be three cents off");
    let error = totals("299.96", "356.96")
        .map(|_| ())
        .expect_err("four cents");
    let rules = rules(&error);
    assert!(rules.contains(&"BR-FXEXT-CO-10"), "{error}");
    assert!(rules.contains(&"BR-FXEXT-S-08"), "{error}");
}

#[test]
fn the_core_allows_no_cent() {
    for claim in ["urn:cen.eu:en16931:2017", "URN:CEN.EU:EN16931:2017"] {
        let extended = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended";
        let bytes = changed(EXTENDED, extended, claim);
        let error = read(&bytes, "core.xml").map(|_| ()).expect_err(claim);
        assert_eq!(rules(&error), ["BR-CO-10"], "{error}");
    }
}

const GROUP: &str = "12-group-line-without-amounts/invoice.xml";

#[test]
fn a_group_line_needs_no_amounts_and_counts_in_no_sum() {
    for name in [GROUP, "12-group-line-without-amounts/with-amounts.xml"] {
        let document = case(name);
        assert_eq!(document.totals.lines, number("1000.00"), "{name}");
        let counted: Vec<_> = document.lines.iter().map(|line| line.counts()).collect();
        assert_eq!(counted, [false, true, true], "{name}");
        assert!(
            document.warnings.is_empty(),
            "{name}: {:?}",
            document.warnings
        );
    }
}

#[test]
fn without_the_extension_every_line_counts() {
    let extended = "#conformant#urn:factur-x.eu:1p0:extended";
    let bytes = changed(
        "12-group-line-without-amounts/with-amounts.xml",
        extended,
        "",
    );
    let error = read(&bytes, "core.xml")
        .map(|_| ())
        .expect_err("the group counts");
    assert!(rules(&error).contains(&"BR-CO-10"), "{error}");
    let error = read(&changed(GROUP, extended, ""), "core.xml")
        .map(|_| ())
        .expect_err("the group has no amounts");
    let rules = rules(&error);
    for rule in ["BR-22", "BR-23", "BR-24", "BR-26"] {
        assert!(rules.contains(&rule), "{rule}: {error}");
    }
}

#[test]
fn third_parties_amounts_are_part_of_the_payable_amount() {
    for (name, rule) in [
        ("factur-x-extended.xml", "BR-FXEXT-CO-16"),
        ("xrechnung-extension.xml", "BR-DEX-09"),
    ] {
        let name = format!("13-third-party-amount/{name}");
        let document = case(&name);
        assert_eq!(document.totals.third_party, number("50.00"), "{name}");
        assert_eq!(document.totals.payable, number("1240.00"), "{name}");
        let bytes = changed(&name, ">50.00<", ">49.00<");
        let error = read(&bytes, &name).map(|_| ()).expect_err("a wrong sum");
        assert_eq!(rules(&error), [rule], "{error}");
        let bytes = changed(&name, ">50.00<", ">50.000<");
        let error = read(&bytes, &name)
            .map(|_| ())
            .expect_err("a decimal too many");
        assert_eq!(rules(&error), ["BR-DEX-13"], "{error}");
    }
}

#[test]
fn the_core_collects_for_nobody() {
    let name = "13-third-party-amount/xrechnung-extension.xml";
    let extension = "#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
    let error = read(&changed(name, extension, ""), "core.xml")
        .map(|_| ())
        .expect_err("it claims no extension");
    assert_eq!(rules(&error), ["BR-CO-16"], "{error}");
}

const REASONS: &str = "14-two-exemption-reasons/invoice.xml";

#[test]
fn extended_has_an_entry_for_each_reason_of_an_exemption() {
    let document = case(REASONS);
    let taxable: Vec<_> = document.taxes.iter().map(|entry| entry.taxable).collect();
    assert_eq!(taxable, [number("400.00"), number("600.00")]);
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
    let bytes = changed(REASONS, "VATEX-EU-132", "VATEX-EU-135");
    let error = read(&bytes, "other.xml")
        .map(|_| ())
        .expect_err("the reasons differ");
    assert!(rules(&error).contains(&"BR-FXEXT-E-08"), "{error}");
}

#[test]
fn the_core_has_one_entry_for_a_category_without_tax() {
    let extended = "#conformant#urn:factur-x.eu:1p0:extended";
    let error = read(&changed(REASONS, extended, ""), "core.xml")
        .map(|_| ())
        .expect_err("two entries");
    let rules = rules(&error);
    assert!(
        rules.contains(&"BR-E-01") && rules.contains(&"BR-E-08"),
        "{error}"
    );
}

#[test]
fn a_base_of_the_gross_price_alone_is_none_of_the_net_price() {
    let name = "18-base-quantity-of-gross-price-only/invoice.xml";
    let document = case(name);
    let line = &document.lines[0];
    assert_eq!((line.price, line.base_quantity), (number("0.37"), None));
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
    // Where the amounts show that it is meant, it counts.
    let text = String::from_utf8(bytes(name)).expect("UTF-8");
    let text = text.replace(">0.37<", ">37.00<");
    let document = read(text.as_bytes(), "per-100.xml").expect("37.00 per 100");
    assert_eq!(document.lines[0].base_quantity, number("100"));
    assert!(document.warnings.is_empty(), "{:?}", document.warnings);
}

#[test]
fn type_codes_are_demanded() {
    for name in [
        "no-type-code.xml",
        "cii-no-type-code.xml",
        "credit-code-in-wrong-element.xml",
    ] {
        let error = refused(&format!("22-type-code-missing-or-misplaced/{name}"));
        assert_eq!(rules(&error), ["BR-04"], "{error}");
    }
}

#[test]
fn under_en_16931_a_type_code_is_of_its_list() {
    let name = "18-base-quantity-of-gross-price-only/invoice.xml";
    let code = |code: &str| changed(name, ">380<", &format!(">{code}<"));
    let error = read(&code("1"), "one.xml").expect_err("not of the list");
    assert_eq!(rules(&error), ["BR-CL-01"], "{error}");
    read(&code("0380"), "zero.xml").expect("a zero before it");
}

#[test]
fn a_credit_note_code_in_the_wrong_element_makes_no_invoice() {
    let name = "22-type-code-missing-or-misplaced/credit-code-in-wrong-element.xml";
    let plain = changed(name, "urn:cen.eu:en16931:2017", "urn:example:plain");
    let document = read(&plain, "plain.xml").expect("nothing demands the code");
    assert_eq!(document.kind, Kind::CreditNote);
    let both = "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:CreditNoteTypeCode>";
    let document = read(&changed(name, "<cbc:CreditNoteTypeCode>", both), "both.xml");
    assert_eq!(document.expect("both codes").kind, Kind::CreditNote);
    let shown = to_json(&read(&plain, "plain.xml").expect("read")).to_string();
    let shown = shown.replace("\"kind\":\"CreditNote\"", "\"kind\":\"Invoice\"");
    let document = read(shown.as_bytes(), "shown.json").expect("JSON");
    assert_eq!(document.kind, Kind::CreditNote);
}

#[test]
fn line_totals_with_four_decimals_are_refused_where_en_16931_binds() {
    let name = "25-line-total-with-four-decimals/invoice.xml";
    let error = refused(name);
    let only = error.faults.iter().all(|fault| fault.rule == "BR-DEC-23");
    assert!(only, "{error}");
    read(
        &changed(name, "urn:cen.eu:en16931:2017", "urn:example:plain"),
        "plain.xml",
    )
    .expect("nothing forbids them");
}

#[test]
fn a_line_names_the_order_that_its_number_counts_in() {
    let document = case("26-line-of-another-order/mine.invoice.xml");
    let named: Vec<_> = document
        .lines
        .iter()
        .map(|line| (line.order.as_deref(), line.order_line.as_deref()))
        .collect();
    assert_eq!(
        named,
        [(Some("PO-71"), Some("1")), (Some("PO-88"), Some("2"))]
    );
    let delivery = case("26-line-of-another-order/mine.delivery.1.xml");
    assert!(
        delivery
            .lines
            .iter()
            .all(|line| line.order.as_deref() == Some("PO-71"))
    );
}

#[test]
fn json_is_refused_by_the_rule_that_refuses_its_xml_and_in_its_words() {
    let xml = refused("33-wrong-totals-as-json/invoice.xml");
    let json = refused("33-wrong-totals-as-json/invoice.json");
    assert_eq!(rules(&xml), ["BR-CO-16"], "{xml}");
    assert_eq!(rules(&json), ["BR-CO-16"], "{json}");
    let said = |error: &ReadError| (error.faults[0].problem.clone(), error.faults[0].advice);
    assert_eq!(said(&json), said(&xml));
    assert_eq!(json.faults[0].place.path, "payable_amount");
}
