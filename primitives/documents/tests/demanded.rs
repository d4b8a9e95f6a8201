//! What EN 16931 and the specifications beside it demand of fields that Sealane uses: each rule refuses what breaks it,
//! and binds nobody who does not claim it.
#![allow(clippy::unwrap_used)]

use sealane_documents::{ClaimKind, Document, ReadError, read};
use sealane_types::schema::Kind;

const CORE: &str = "urn:cen.eu:en16931:2017";
const PLAIN: &str = "urn:example:plain";
const BII: &str = "urn:www.cenbii.eu:transaction:biitrns010:ver2.0";

const SELLER_VAT: &str = "<a:PartyTaxScheme><b:CompanyID>DE129273398</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>";
const BUYER_VAT: &str = "<a:PartyTaxScheme><b:CompanyID>FR40303265045</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>";
const TYPE: &str = "<b:InvoiceTypeCode>380</b:InvoiceTypeCode>";
const CATEGORY: &str = "<b:ID>K</b:ID><b:Percent>0</b:Percent>";
const SUBTOTAL: &str = r#"<a:TaxSubtotal><b:TaxableAmount currencyID="EUR">100</b:TaxableAmount><b:TaxAmount currencyID="EUR">0</b:TaxAmount><a:TaxCategory><b:ID>K</b:ID><b:Percent>0</b:Percent></a:TaxCategory></a:TaxSubtotal>"#;

/// An intra-community supply under this specification, with these texts in place of others.
fn invoice(customization: &str, changes: &[(&str, &str)]) -> Result<Document, ReadError> {
    let country = |code: &str| {
        format!(
            "<a:PostalAddress><a:Country><b:IdentificationCode>{code}</b:IdentificationCode></a:Country></a:PostalAddress>"
        )
    };
    let (germany, france) = (country("DE"), country("FR"));
    let mut xml = format!(
        r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><b:CustomizationID>{customization}</b:CustomizationID><b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate>{TYPE}<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party>{germany}{SELLER_VAT}<a:PartyLegalEntity><b:RegistrationName>Seller</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party>{france}{BUYER_VAT}<a:PartyLegalEntity><b:RegistrationName>Buyer</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
<a:TaxTotal><b:TaxAmount currencyID="EUR">0</b:TaxAmount>{SUBTOTAL}</a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">100</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="EUR">100</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="EUR">100</b:TaxInclusiveAmount><b:PayableAmount currencyID="EUR">100</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="H87">1</b:InvoicedQuantity><b:LineExtensionAmount currencyID="EUR">100</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name><a:ClassifiedTaxCategory>{CATEGORY}</a:ClassifiedTaxCategory></a:Item><a:Price><b:PriceAmount currencyID="EUR">100</b:PriceAmount></a:Price></a:InvoiceLine></Invoice>"#
    );
    for (from, to) in changes {
        assert!(xml.contains(from), "{from}");
        xml = xml.replace(from, to);
    }
    read(xml.as_bytes(), "invoice.xml")
}

fn told(read: &Result<Document, ReadError>) -> Vec<&'static str> {
    let faults = match read {
        Ok(document) => &document.warnings,
        Err(error) => &error.faults,
    };
    faults.iter().map(|one| one.rule).collect()
}

/// Refused by this rule alone under EN 16931, and read where nothing is claimed.
fn refused(changes: &[(&str, &str)], rule: &str) {
    let core = invoice(CORE, changes);
    assert!(core.is_err(), "{rule}");
    assert_eq!(told(&core), [rule]);
    let plain = invoice(PLAIN, changes);
    assert!(plain.is_ok(), "{rule}: {plain:?}");
}

fn taken(changes: &[(&str, &str)]) {
    let core = invoice(CORE, changes);
    assert!(core.is_ok(), "{core:?}");
}

#[test]
fn parties_are_somewhere_and_the_seller_is_somebody() {
    taken(&[]);
    refused(
        &[("<b:IdentificationCode>DE</b:IdentificationCode>", "")],
        "BR-09",
    );
    refused(
        &[("<b:IdentificationCode>FR</b:IdentificationCode>", "")],
        "BR-11",
    );
    let represented = format!(
        "</a:AccountingCustomerParty><a:TaxRepresentativeParty><a:PartyName><b:Name>Agent</b:Name></a:PartyName>{SELLER_VAT}</a:TaxRepresentativeParty>"
    );
    // the representative's VAT number comes after the seller's is gone
    let without = |number: &'static str| {
        [
            (SELLER_VAT, number),
            ("</a:AccountingCustomerParty>", represented.as_str()),
        ]
    };
    refused(&without(""), "BR-CO-26");
    let sepa = "<a:PartyIdentification><b:ID schemeID=\"SEPA\">DE98ZZZ09999999999</b:ID></a:PartyIdentification>";
    refused(&without(sepa), "BR-CO-26");
    let own = "<a:PartyIdentification><b:ID>12345</b:ID></a:PartyIdentification>";
    taken(&without(own));
    let tax = "<a:PartyTaxScheme><b:CompanyID>201/123/12340</b:CompanyID><a:TaxScheme><b:ID>FC</b:ID></a:TaxScheme></a:PartyTaxScheme>";
    refused(&without(tax), "BR-CO-26");
}

#[test]
fn a_vat_number_begins_with_its_country() {
    let number = |to: &'static str| [(">DE129273398<", to)];
    for wrong in [">129273398<", ">QQ129273398<", ">1<"] {
        refused(&number(wrong), "BR-CO-09");
    }
    let represented = "</a:AccountingCustomerParty><a:TaxRepresentativeParty><a:PartyTaxScheme><b:CompanyID>967611265</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme></a:TaxRepresentativeParty>";
    refused(&[("</a:AccountingCustomerParty>", represented)], "BR-CO-09");
    for right in [">EL094259216<", ">XI220143037<", ">de129273398<"] {
        taken(&number(right));
    }
}

#[test]
fn the_buyer_has_a_number_where_the_tax_is_the_buyers() {
    refused(&[(BUYER_VAT, "")], "BR-IC-02");
    let reverse = (CATEGORY, "<b:ID>AE</b:ID><b:Percent>0</b:Percent>");
    taken(&[reverse]);
    refused(&[reverse, (BUYER_VAT, "")], "BR-AE-02");
    let registered = (
        "<b:RegistrationName>Buyer</b:RegistrationName>",
        "<b:RegistrationName>Buyer</b:RegistrationName><b:CompanyID>303265045</b:CompanyID>",
    );
    taken(&[reverse, (BUYER_VAT, ""), registered]);
    refused(&[(BUYER_VAT, ""), registered], "BR-IC-02");
}

#[test]
fn what_is_outside_the_scope_of_vat_stands_alone() {
    let outside = (CATEGORY, "<b:ID>O</b:ID>");
    let registered = (
        "<b:RegistrationName>Seller</b:RegistrationName>",
        "<b:RegistrationName>Seller</b:RegistrationName><b:CompanyID>HRB 33517 Leipzig</b:CompanyID>",
    );
    let unnumbered = [outside, (SELLER_VAT, ""), (BUYER_VAT, ""), registered];
    taken(&unnumbered);
    refused(&[outside, (SELLER_VAT, ""), registered], "BR-O-02");
    refused(&[outside, (BUYER_VAT, "")], "BR-O-02");
    let other = SUBTOTAL
        .replace("<b:ID>K</b:ID>", "<b:ID>E</b:ID>")
        .replace(">100<", ">0<");
    let beside = format!("<b:ID>O</b:ID></a:TaxCategory></a:TaxSubtotal>{other}</a:TaxTotal>");
    let mut mixed = unnumbered.to_vec();
    mixed.push((
        "<b:ID>O</b:ID></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>",
        beside.as_str(),
    ));
    refused(&mixed, "BR-O-11");
    let allowance = r#"<a:AllowanceCharge><b:ChargeIndicator>false</b:ChargeIndicator><b:Amount currencyID="EUR">0</b:Amount><a:TaxCategory><b:ID>E</b:ID><b:Percent>0</b:Percent></a:TaxCategory></a:AllowanceCharge><a:LegalMonetaryTotal><b:AllowanceTotalAmount currencyID="EUR">0</b:AllowanceTotalAmount>"#;
    mixed.push(("<a:LegalMonetaryTotal>", allowance));
    let both = invoice(CORE, &mixed);
    let rules = told(&both);
    for rule in ["BR-O-11", "BR-O-13"] {
        assert!(both.is_err() && rules.contains(&rule), "{rules:?}");
    }
}

#[test]
fn a_type_code_is_demanded_where_a_specification_does() {
    for (customization, rule) in [
        ("urn:factur-x.eu:1p0:minimum", "BR-04"),
        ("urn:factur-x.eu:1p0:basicwl", "BR-04"),
        ("urn:zugferd.de:2p0:minimum", "BR-04"),
        ("urn:peppol:pint:billing-1@my-1", "IBR-04"),
        (CORE, "BR-04"),
    ] {
        assert!(invoice(customization, &[]).is_ok(), "{customization}");
        let untyped = invoice(customization, &[(TYPE, "")]);
        assert!(untyped.is_err(), "{customization}");
        assert_eq!(told(&untyped), [rule], "{customization}");
    }
    for customization in [BII, PLAIN] {
        let untyped = invoice(customization, &[(TYPE, "")]);
        assert_eq!(told(&untyped), ["SL-TYPE"], "{customization}");
        assert!(untyped.unwrap().claim_kind().unwrap().is_claim());
        assert!(told(&invoice(customization, &[])).is_empty());
    }
}

#[test]
fn an_invoice_for_self_billing_is_the_buyers() {
    let peppol = format!("{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0");
    let pint = "urn:peppol:pint:selfbilling-1@my-1";
    let code = |customization: &str, code: &str| {
        let written = format!("<b:InvoiceTypeCode>{code}</b:InvoiceTypeCode>");
        let document = invoice(customization, &[(TYPE, &written)]).unwrap();
        (
            document.kind,
            document.type_code.clone().unwrap(),
            document.claim_kind().unwrap(),
        )
    };
    for customization in [peppol.as_str(), pint] {
        for (written, own) in [
            ("380", "389"),
            ("389", "389"),
            ("384", "471"),
            ("386", "500"),
            ("383", "527"),
        ] {
            let read = (Kind::Invoice, own.to_owned(), ClaimKind::SelfBilled);
            assert_eq!(
                code(customization, written),
                read,
                "{customization} {written}"
            );
        }
        let factored = (
            Kind::Invoice,
            "501".to_owned(),
            ClaimKind::SelfBilledFactored,
        );
        assert_eq!(code(customization, "393"), factored);
        let pro_forma = (Kind::Invoice, "325".to_owned(), ClaimKind::NoClaim);
        assert_eq!(code(customization, "325"), pro_forma);
        for written in ["381", "261"] {
            let credit = (Kind::CreditNote, "261".to_owned(), ClaimKind::Credit);
            assert_eq!(code(customization, written), credit);
        }
    }
    assert_eq!(code(CORE, "380").2, ClaimKind::Own);
    let process = "<b:ProfileID>urn:peppol:bis:selfbilling</b:ProfileID><b:ID>R-1</b:ID>";
    let document = invoice(PLAIN, &[("<b:ID>R-1</b:ID>", process)]).unwrap();
    assert_eq!(document.claim_kind(), Some(ClaimKind::SelfBilled));
}

#[test]
fn a_rate_of_the_entry_counts_where_its_category_has_none() {
    let rate = |inner: &str, outer: &str| {
        let entry = format!("{outer}<a:TaxCategory><b:ID>K</b:ID>{inner}</a:TaxCategory>");
        let whole = format!("<a:TaxCategory>{CATEGORY}</a:TaxCategory>");
        let document = invoice(PLAIN, &[(&whole, &entry)]).unwrap();
        document.taxes[0].category.rate.map(|rate| rate.to_string())
    };
    let percent = |rate: &str| format!("<b:Percent>{rate}</b:Percent>");
    assert_eq!(rate("", &percent("7")), Some("7".to_owned()));
    assert_eq!(rate(&percent("0"), &percent("7")), Some("0".to_owned()));
    assert_eq!(rate("", ""), None);
}

#[test]
fn bii_rounds_the_total_with_tax() {
    let rounded = |customization: &str, total: &str, payable: &str| {
        let total = format!(r#"<b:TaxInclusiveAmount currencyID="EUR">{total}<"#);
        let sum = format!(
            r#"<b:PayableRoundingAmount currencyID="EUR">0.40</b:PayableRoundingAmount><b:PayableAmount currencyID="EUR">{payable}<"#
        );
        let read = invoice(
            customization,
            &[
                (r#"<b:TaxInclusiveAmount currencyID="EUR">100<"#, &total),
                (r#"<b:PayableAmount currencyID="EUR">100<"#, &sum),
            ],
        );
        told(&read)
    };
    assert!(rounded(BII, "100.40", "100.40").is_empty());
    assert!(rounded(BII, "100", "100.40").is_empty());
    assert_eq!(rounded(BII, "100.40", "100.80"), ["BR-CO-16"]);
    assert_eq!(rounded(BII, "100.50", "100.90"), ["BR-CO-15"]);
    assert_eq!(rounded(PLAIN, "100.40", "100.40"), ["BR-CO-15", "BR-CO-16"]);
}
