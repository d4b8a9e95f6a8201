//! What a specification identifier puts an invoice under: Peppol PINT's totals bind, and only registered extensions
//! replace rules of the core.
#![allow(clippy::unwrap_used)]

use sealane_documents::{Claim, Document, ReadError, read};

/// A Japanese invoice under this identifier with this payable amount, whose total is 1815.00.
fn invoice(customization: &str, payable: &str) -> Result<Document, ReadError> {
    let xml = format!(
        r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<b:CustomizationID>{customization}</b:CustomizationID><b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate><b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<a:AccountingSupplierParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>JP</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Seller</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingSupplierParty>
<a:AccountingCustomerParty><a:Party><a:PostalAddress><a:Country><b:IdentificationCode>JP</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>Buyer</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
<a:TaxTotal><b:TaxAmount currencyID="EUR">165.00</b:TaxAmount><a:TaxSubtotal><b:TaxableAmount currencyID="EUR">1650.00</b:TaxableAmount><b:TaxAmount currencyID="EUR">165.00</b:TaxAmount><a:TaxCategory><b:ID>S</b:ID><b:Percent>10</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
<a:LegalMonetaryTotal><b:LineExtensionAmount currencyID="EUR">1650.00</b:LineExtensionAmount><b:TaxExclusiveAmount currencyID="EUR">1650.00</b:TaxExclusiveAmount><b:TaxInclusiveAmount currencyID="EUR">1815.00</b:TaxInclusiveAmount><b:PayableAmount currencyID="EUR">{payable}</b:PayableAmount></a:LegalMonetaryTotal>
<a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="H87">10</b:InvoicedQuantity><b:LineExtensionAmount currencyID="EUR">1650.00</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name><a:ClassifiedTaxCategory><b:ID>S</b:ID><b:Percent>10</b:Percent><a:TaxScheme><b:ID>VAT</b:ID></a:TaxScheme></a:ClassifiedTaxCategory></a:Item><a:Price><b:PriceAmount currencyID="EUR">165.00</b:PriceAmount></a:Price></a:InvoiceLine></Invoice>"#
    );
    read(xml.as_bytes(), "invoice.xml")
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
