//! What a specification identifier puts an invoice under: Peppol PINT's totals bind, and only registered extensions
//! replace rules of the core.
#![allow(clippy::unwrap_used)]

use sealane_documents::{Claim, Document, ReadError, read};

/// A Japanese invoice under this identifier with this payable amount, whose total is 1815.00.
fn invoice(customization: &str, payable: &str) -> Result<Document, ReadError> {
    read(xml(customization, payable).as_bytes(), "invoice.xml")
}

fn xml(customization: &str, payable: &str) -> String {
    format!(
        r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:CustomizationID>{customization}</b:CustomizationID><b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>JP</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Seller</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>JP</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Buyer</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
<a:TaxTotal><b:TaxAmount currencyID="EUR">165.00</b:TaxAmount><a:TaxSubtotal><b:TaxableAmount currencyID="EUR">1650.00</b:TaxableAmount><b:TaxAmount currencyID="EUR">165.00</b:TaxAmount><a:TaxCategory><b:ID>S</b:ID><b:Percent>10</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">1650.00</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="EUR">1650.00</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="EUR">1815.00</b:TaxInclusiveAmount><b:PayableAmount currencyID="EUR">{payable}</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="H87">10</b:InvoicedQuantity><b:LineExtensionAmount currencyID="EUR">1650.00</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>10</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:ClassifiedTaxCategory></a:Item><a:Price><b:PriceAmount currencyID="EUR">165.00</b:PriceAmount></a:Price></a:InvoiceLine></Invoice>"#
    )
}

#[test]
fn totals_of_a_pint_invoice_bind() {
    let pint = "urn:peppol:pint:billing-1@jp-1";
    invoice(pint, "1815.00").unwrap();
    let refused = invoice(pint, "9915.00").unwrap_err();
    let rules: Vec<&str> = refused.faults.iter().map(|fault| fault.rule).collect();
    assert_eq!(rules, ["IBR-CO-16"]);
    let read = invoice("urn:example:plain", "9915.00").unwrap();
    assert!(read.warnings.iter().any(|one| one.rule == "BR-CO-16"));
}

#[test]
fn only_registered_extensions_count() {
    let core = "urn:cen.eu:en16931:2017";
    let bis = format!("{core}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0");
    let extended = |text: &str| {
        let claim = Claim::of(Some(text));
        (claim.extended, claim.xrechnung_extension)
    };
    for text in [
        format!("{bis}#conformant#urn:factur-x.eu:1p0:extended"),
        format!("{bis}#factur-x.eu:1p0:extended"),
        format!("{core}#conformant#urn:factur-x.eu:1p0:extended-x"),
        format!("{core}#conformant#urn:x:factur-x.eu:1p0:extended"),
        format!("{core}#conformant#urn:x:extension:xrechnung_3.0"),
        format!("{bis}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"),
        "urn:x:extension:xrechnung_3.0".to_owned(),
    ] {
        assert_eq!(extended(&text), (false, false), "{text}");
    }
    for rest in [
        "#conformant#urn:factur-x.eu:1p0:extended",
        "#CONFORMANT#urn:Factur-X.eu:1p0:EXTENDED",
        ":compliant:factur-x.eu:1p0:extended",
        "#conformant#urn:zugferd.de:2p0:extended",
        "#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr",
    ] {
        assert_eq!(extended(&format!("{core}{rest}")), (true, false), "{rest}");
    }
    for rest in [
        "#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
        "#compliant#urn:xoev-de:kosit:standard:xrechnung_2.1#conformant#urn:xoev-de:kosit:extension:xrechnung_2.1",
    ] {
        assert_eq!(extended(&format!("{core}{rest}")), (false, true), "{rest}");
    }
}

const UBL: &str = r#"xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2""#;
const BIS: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";

/// An example under another specification identifier, its first line's total off by so many cents; what follows from
/// it is put right.
fn off_by(customization: &str, cents: i64) -> Result<Document, ReadError> {
    let total = format!("{}.{:02}", (100_000 + cents) / 100, (100_000 + cents) % 100);
    let tax = "210.00";
    let whole = format!("{}.{:02}", (121_000 + cents) / 100, (121_000 + cents) % 100);
    let xml = format!(
        r#"<Invoice {UBL}>
<b:CustomizationID>{customization}</b:CustomizationID><b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>NL</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyTaxScheme><b:CompanyID>NL868172637B01</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme><a:PartyLegalEntity><b:RegistrationName>Seller</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>NL</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Buyer</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
<a:TaxTotal><b:TaxAmount currencyID="EUR">{tax}</b:TaxAmount><a:TaxSubtotal><b:TaxableAmount currencyID="EUR">{total}</b:TaxableAmount><b:TaxAmount currencyID="EUR">{tax}</b:TaxAmount><a:TaxCategory><b:ID>S</b:ID><b:Percent>21</b:Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">{total}</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="EUR">{total}</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="EUR">{whole}</b:TaxInclusiveAmount><b:PayableAmount currencyID="EUR">{whole}</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="H87">100</b:InvoicedQuantity><b:LineExtensionAmount currencyID="EUR">{total}</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>21</b:Percent></a:ClassifiedTaxCategory></a:Item><a:Price><b:PriceAmount currencyID="EUR">100.00</b:PriceAmount><b:BaseQuantity unitCode="H87">10</b:BaseQuantity></a:Price></a:InvoiceLine></Invoice>"#
    );
    read(xml.as_bytes(), "invoice.xml")
}

fn rules(error: &ReadError) -> Vec<&str> {
    error.faults.iter().map(|fault| fault.rule).collect()
}

fn warned(document: &Document) -> Vec<&str> {
    document.warnings.iter().map(|one| one.rule).collect()
}

#[test]
fn peppol_billing_binds_the_totals_of_lines() {
    let selfbilling = BIS.replace("poacc:billing", "poacc:selfbilling");
    let restricted = format!("{BIS}#conformant#urn:example:more");
    for bis in [BIS, &selfbilling, &restricted, &BIS.to_uppercase()] {
        for cents in [-2, 2] {
            let read = off_by(bis, cents).unwrap();
            assert_eq!(warned(&read), ["SL-LINE-TOTAL"], "{bis} {cents}");
        }
        for cents in [-3, 3] {
            let refused = off_by(bis, cents).unwrap_err();
            assert_eq!(rules(&refused), ["PEPPOL-EN16931-R120"], "{bis} {cents}");
        }
    }
    for other in [
        "urn:cen.eu:en16931:2017",
        "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0",
        "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.01",
        "urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc:billing:international:sg:3.0",
        "urn:example:plain",
    ] {
        assert_eq!(
            warned(&off_by(other, 3).unwrap()),
            ["SL-LINE-TOTAL"],
            "{other}"
        );
    }
}

#[test]
fn who_charges_tax_has_a_number_for_taxes() {
    let xml = |id: &str, representative: &str, extra: &str| {
        let text = format!(
            r#"<Invoice {UBL}>
<b:CustomizationID>urn:cen.eu:en16931:2017</b:CustomizationID><b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>NL</b:IdentificationCode></a:Country></a:PostalAddress>{id}<a:PartyLegalEntity><b:RegistrationName>Seller</b:RegistrationName><b:CompanyID schemeID="0106">90817263</b:CompanyID></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>NL</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Buyer</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>{representative}{extra}
<a:TaxTotal><b:TaxAmount currencyID="EUR">0</b:TaxAmount><a:TaxSubtotal><b:TaxableAmount currencyID="EUR">100</b:TaxableAmount><b:TaxAmount currencyID="EUR">0</b:TaxAmount><a:TaxCategory><b:ID>Z</b:ID><b:Percent>0</b:Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">100</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="EUR">100</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="EUR">100</b:TaxInclusiveAmount><b:PayableAmount currencyID="EUR">100</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="H87">1</b:InvoicedQuantity><b:LineExtensionAmount currencyID="EUR">100</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name><a:ClassifiedTaxCategory><b:ID>Z</b:ID><b:Percent>0</b:Percent></a:ClassifiedTaxCategory></a:Item><a:Price><b:PriceAmount currencyID="EUR">100</b:PriceAmount></a:Price></a:InvoiceLine></Invoice>"#
        );
        read(text.as_bytes(), "invoice.xml")
    };
    let number = |value: &str| {
        format!(
            "<a:PartyTaxScheme><b:CompanyID>{value}</b:CompanyID><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:PartyTaxScheme>"
        )
    };
    let own = number("NL868172637B01");
    let of_other = format!(
        "<a:TaxRepresentativeParty><a:PartyName><b:Name>Representative</b:Name></a:PartyName>{own}</a:TaxRepresentativeParty>"
    );
    xml(&own, "", "").unwrap();
    xml("", &of_other, "").unwrap();
    assert_eq!(rules(&xml("", "", "").unwrap_err()), ["BR-Z-02"]);
    assert_eq!(rules(&xml(&number(" "), "", "").unwrap_err()), ["BR-Z-02"]);
    let standard = off_by("urn:cen.eu:en16931:2017", 0).unwrap();
    let mut json = sealane_documents::to_json(&standard);
    json["seller"]["ids"] = serde_json::json!([]);
    let refused = read(json.to_string().as_bytes(), "invoice.json").unwrap_err();
    assert_eq!(rules(&refused), ["BR-S-02", "BR-CO-26"]);
    json["customization"] = serde_json::json!("urn:example:plain");
    read(json.to_string().as_bytes(), "invoice.json").unwrap();
}

/// A Danish invoice of OIOUBL with these totals.
fn danish(customization: &str, stated: &str, totals: &str) -> Document {
    let xml = format!(
        r#"<Invoice {UBL}>
<b:CustomizationID>{customization}</b:CustomizationID><b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>DKK</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PartyLegalEntity><b:RegistrationName>Seller</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PartyLegalEntity><b:RegistrationName>Buyer</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>{totals}
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="DKK">3950.00</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="DKK">{stated}</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="DKK">5031.25</b:TaxInclusiveAmount><b:ChargeTotalAmount currencyID="DKK">75.00</b:ChargeTotalAmount><b:PayableAmount currencyID="DKK">5031.25</b:PayableAmount></a:LegalMonetaryTotal>
<a:AllowanceCharge><b:ChargeIndicator>true</b:ChargeIndicator><b:Amount currencyID="DKK">75.00</b:Amount></a:AllowanceCharge>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="EA">1</b:InvoicedQuantity><b:LineExtensionAmount currencyID="DKK">3950.00</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name></a:Item><a:Price><b:PriceAmount currencyID="DKK">3950.00</b:PriceAmount></a:Price></a:InvoiceLine></Invoice>"#
    );
    read(xml.as_bytes(), "invoice.xml").unwrap()
}

#[test]
fn oioubl_2_states_the_taxes_where_others_state_the_total_without_tax() {
    let tax = r#"<a:TaxTotal><b:TaxAmount currencyID="DKK">1006.25</b:TaxAmount></a:TaxTotal>"#;
    let shown = |document: &Document| {
        let amount = |one: Option<sealane_documents::Decimal>| one.map(|one| one.to_string());
        let totals = &document.totals;
        (amount(totals.tax_exclusive), amount(totals.tax))
    };
    let taxed = (None, Some("1006.25".to_owned()));
    for version in ["OIOUBL-2.02", "OIOUBL-2.1", " oioubl-2.01 "] {
        let document = danish(version, "1006.25", tax);
        assert_eq!(
            (shown(&document), warned(&document).len()),
            (taxed.clone(), 0),
            "{version}"
        );
        assert_eq!(shown(&danish(version, "1006.25", "")), taxed, "{version}");
        let document = danish(version, "4025.00", tax);
        assert_eq!(shown(&document), taxed, "{version}");
        assert_eq!(warned(&document), ["SL-OIOUBL-TAX"]);
        let wrong = tax.replace("1006.25", "1000.00");
        assert_eq!(warned(&danish(version, "1000.00", &wrong)), ["BR-CO-15"]);
    }
    for other in [
        "urn:fdc:oioubl.dk:trns:billing:invoice:3.0",
        "urn:example:plain",
    ] {
        let document = danish(other, "4025.00", tax);
        assert_eq!(shown(&document).0.as_deref(), Some("4025.00"), "{other}");
        assert!(
            warned(&document).is_empty(),
            "{other}: {:?}",
            document.warnings
        );
    }
}

#[test]
fn spellings_of_one_order_are_shown_once() {
    let json = |orders: &[&str]| {
        let document = serde_json::json!({
            "kind": "Invoice", "id": "R-1", "issue_date": "2026-03-02", "currency": "EUR", "payable_amount": "1.00",
            "seller": {"name": "Seller"}, "buyer": {"name": "Buyer"}, "order_references": orders,
            "lines": [{"id": "1", "total": "1.00"}],
        });
        let document = read(document.to_string().as_bytes(), "invoice.json").unwrap();
        let text = sealane_documents::to_text(&document);
        let line = text.lines().find(|line| line.starts_with("orders"));
        line.unwrap().split_once(' ').unwrap().1.trim().to_owned()
    };
    assert_eq!(
        json(&["PO-2026-0117", "po 2026 0117", "PO2026/0117"]),
        "PO-2026-0117"
    );
    assert_eq!(json(&["1-12", "11-2", "112", "1/12"]), "1-12, 11-2, 112");
}

#[test]
fn a_copy_says_what_it_needs() {
    let invoice = off_by("urn:example:plain", 0).unwrap();
    let mut json = sealane_documents::to_json(&invoice);
    json["copy"] = true.into();
    let copy = read(json.to_string().as_bytes(), "invoice.json").unwrap();
    let text = sealane_documents::to_text(&copy);
    assert!(text.contains("ask for the original"), "{text}");
    assert!(!sealane_documents::to_text(&invoice).contains("copy"));
}

/// Every element in which UBL names an earlier claim: a correction that names one beside the others must not hide it.
#[test]
fn earlier_claims_are_read_in_every_element_that_names_one() {
    let example = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/invoice-ubl.xml"
    ));
    let example = example.unwrap();
    for element in [
        "InvoiceDocumentReference",
        "SelfBilledInvoiceDocumentReference",
        "CreditNoteDocumentReference",
        "SelfBilledCreditNoteDocumentReference",
        "DebitNoteReference",
    ] {
        let reference = format!(
            "<cac:BillingReference><cac:{element}><cbc:ID>EARLIER-8</cbc:ID></cac:{element}></cac:BillingReference>"
        );
        let place = "<cac:AccountingSupplierParty>";
        assert!(example.contains(place), "the example's prefixes");
        let with = example.replacen(place, &format!("{reference}{place}"), 1);
        let document = read(with.as_bytes(), "invoice.xml").unwrap();
        assert!(
            document
                .billing_references
                .contains(&"EARLIER-8".to_owned()),
            "{element}"
        );
    }
}

/// Whoever writes `TRUE` means it, and what is neither yes nor no is refused.
#[test]
fn a_copy_says_so_in_any_letters() {
    let copy = |said: &str| {
        let place = "<b:ID>R-1</b:ID>";
        let with = format!("{place}<b:CopyIndicator>{said}</b:CopyIndicator>");
        let xml = xml("urn:example:plain", "1815.00").replacen(place, &with, 1);
        read(xml.as_bytes(), "invoice.xml")
    };
    for said in ["true", "TRUE", "True", "1", "yes"] {
        assert!(copy(said).unwrap().copy, "{said}");
    }
    for said in ["false", "FALSE", "0", "no"] {
        assert!(!copy(said).unwrap().copy, "{said}");
    }
    let refused = copy("perhaps").unwrap_err();
    assert_eq!(refused.faults[0].rule, "SL-COPY");
    assert!(
        refused.faults[0].problem.contains("\"perhaps\""),
        "{refused}"
    );
}

/// A bank must see that somebody else is to be paid, though the invoice gives no name and no legal identifier of it.
#[test]
fn a_payee_without_a_name_is_sealed_by_what_is_said_of_it() {
    use sealane_types::fields::FieldValue;
    use sealane_types::schema::slot;

    let sealed = |payee: &str| {
        let place = "<a:TaxTotal>";
        let with = format!("<a:PayeeParty>{payee}</a:PayeeParty>{place}");
        let xml = xml("urn:example:plain", "1815.00").replacen(place, &with, 1);
        let document = read(xml.as_bytes(), "invoice.xml").unwrap();
        let fields = sealane_documents::canonical(&document).unwrap();
        match &fields.header[slot::PAYEE_NAME] {
            Some(FieldValue::Name(name)) => Some(name.clone()),
            _ => None,
        }
    };
    let id = |scheme: &str, value: &str| {
        format!("<a:PartyIdentification><b:ID{scheme}>{value}</b:ID></a:PartyIdentification>")
    };
    for payee in [
        id(r#" schemeID="0088""#, "4012345000009"),
        id("", "FACTOR-99"),
        "<a:Contact><b:Name>ABC Factoring NV</b:Name></a:Contact>".to_owned(),
    ] {
        assert!(sealed(&payee).is_some(), "{payee}");
    }
    let named = "<a:PartyName><b:Name>ABC Factoring NV</b:Name></a:PartyName>";
    assert_eq!(sealed(named).as_deref(), Some("ABC Factoring NV"));
    assert_eq!(sealed(""), None);
}
