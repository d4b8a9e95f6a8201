//! Cross Industry Invoices: who is paid and who pays where several places say so, what the document calls itself, and a
//! total of tax that is missing.
#![allow(clippy::unwrap_used)]

use sealane_documents::{ClaimKind, Document, ReadError, canonical, read};
use sealane_types::fields::FieldValue;
use sealane_types::schema::{Kind, slot};

const EXTENDED: &str = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended";
const PLAIN: &str = "urn:example:plain";
const CODE: &str = "<r:TypeCode>380</r:TypeCode>";
const TOTAL: &str = r#"<r:TaxTotalAmount currencyID="EUR">19</r:TaxTotalAmount>"#;
const SELLER: &str = "<r:Name>Rope &amp; Sail GmbH</r:Name>";

/// An invoice of 119 euros under this specification, with these texts in place of others.
fn invoice(customization: &str, changes: &[(&str, &str)]) -> Result<Document, ReadError> {
    let party = |name: &str, country: &str, vat: &str| {
        format!(
            r#"<r:Name>{name}</r:Name><r:PostalTradeAddress><r:CountryID>{country}</r:CountryID></r:PostalTradeAddress><r:SpecifiedTaxRegistration><r:ID schemeID="VA">{vat}</r:ID></r:SpecifiedTaxRegistration>"#
        )
    };
    let seller = party("Rope &amp; Sail GmbH", "DE", "DE129273398");
    let buyer = party("Yard SA", "FR", "FR40303265045");
    let mut xml = format!(
        r#"<s:CrossIndustryInvoice xmlns:s="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:u="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"><s:ExchangedDocumentContext><r:GuidelineSpecifiedDocumentContextParameter><r:ID>{customization}</r:ID></r:GuidelineSpecifiedDocumentContextParameter></s:ExchangedDocumentContext><s:ExchangedDocument><r:ID>I1</r:ID>{CODE}<r:IssueDateTime><u:DateTimeString format="102">20260301</u:DateTimeString></r:IssueDateTime></s:ExchangedDocument><s:SupplyChainTradeTransaction>
<r:IncludedSupplyChainTradeLineItem><r:AssociatedDocumentLineDocument><r:LineID>1</r:LineID></r:AssociatedDocumentLineDocument><r:SpecifiedTradeProduct><r:Name>Rope</r:Name></r:SpecifiedTradeProduct><r:SpecifiedLineTradeAgreement><r:NetPriceProductTradePrice><r:ChargeAmount>100</r:ChargeAmount></r:NetPriceProductTradePrice></r:SpecifiedLineTradeAgreement><r:SpecifiedLineTradeDelivery><r:BilledQuantity unitCode="H87">1</r:BilledQuantity></r:SpecifiedLineTradeDelivery><r:SpecifiedLineTradeSettlement><r:ApplicableTradeTax><r:CategoryCode>S</r:CategoryCode><r:RateApplicablePercent>19</r:RateApplicablePercent></r:ApplicableTradeTax><r:SpecifiedTradeSettlementLineMonetarySummation><r:LineTotalAmount>100</r:LineTotalAmount></r:SpecifiedTradeSettlementLineMonetarySummation></r:SpecifiedLineTradeSettlement></r:IncludedSupplyChainTradeLineItem>
<r:ApplicableHeaderTradeAgreement><r:SellerTradeParty>{seller}</r:SellerTradeParty><r:BuyerTradeParty>{buyer}</r:BuyerTradeParty></r:ApplicableHeaderTradeAgreement><r:ApplicableHeaderTradeSettlement><r:InvoiceCurrencyCode>EUR</r:InvoiceCurrencyCode><r:ApplicableTradeTax><r:CalculatedAmount>19</r:CalculatedAmount><r:TypeCode>VAT</r:TypeCode><r:BasisAmount>100</r:BasisAmount><r:CategoryCode>S</r:CategoryCode><r:RateApplicablePercent>19</r:RateApplicablePercent></r:ApplicableTradeTax><r:SpecifiedTradePaymentTerms><r:Description>30 days</r:Description></r:SpecifiedTradePaymentTerms><r:SpecifiedTradeSettlementHeaderMonetarySummation><r:LineTotalAmount>100</r:LineTotalAmount><r:TaxBasisTotalAmount>100</r:TaxBasisTotalAmount>{TOTAL}<r:GrandTotalAmount>119</r:GrandTotalAmount><r:DuePayableAmount>119</r:DuePayableAmount></r:SpecifiedTradeSettlementHeaderMonetarySummation></r:ApplicableHeaderTradeSettlement></s:SupplyChainTradeTransaction></s:CrossIndustryInvoice>"#
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

/// The payee's name, with payees of the header and of two payment terms.
fn payee(header: &str, terms: [&str; 2]) -> (Option<String>, Vec<&'static str>) {
    let party = |inner: &str| match inner.is_empty() {
        true => String::new(),
        false => format!("<r:PayeeTradeParty>{inner}</r:PayeeTradeParty>"),
    };
    let currency = "<r:InvoiceCurrencyCode>";
    let header = format!("{}{currency}", party(header));
    let one = "<r:Description>30 days</r:Description></r:SpecifiedTradePaymentTerms>";
    let two = format!(
        "<r:Description>30 days</r:Description>{}</r:SpecifiedTradePaymentTerms><r:SpecifiedTradePaymentTerms>{}</r:SpecifiedTradePaymentTerms>",
        party(terms[0]),
        party(terms[1])
    );
    let read = invoice(EXTENDED, &[(currency, &header), (one, &two)]);
    let rules = told(&read);
    let document = read.unwrap();
    (document.payee.and_then(|payee| payee.name), rules)
}

#[test]
fn a_payee_of_the_payment_terms_is_a_payee() {
    let factor = "<r:Name>Fast Factors</r:Name>";
    let bank = "<r:Name>Slow Bank</r:Name>";
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(payee("", ["", ""]).0, None);
    for (header, terms) in [
        ("", [factor, ""]),
        ("", ["", factor]),
        (factor, [factor, ""]),
        // the seller's own name does not hide the other
        (SELLER, [factor, ""]),
        (SELLER, [SELLER, factor]),
        (factor, ["", SELLER]),
    ] {
        assert_eq!(
            payee(header, terms),
            (name("Fast Factors"), vec![]),
            "{header} {terms:?}"
        );
    }
    assert_eq!(payee(SELLER, ["", ""]).0, name("Rope & Sail GmbH"));
    assert_eq!(
        payee(factor, [bank, ""]),
        (name("Fast Factors"), vec!["SL-PAYEE"])
    );
    // the seller's number under another name is somebody else's account
    let disguised = format!(
        "{factor}<r:SpecifiedTaxRegistration><r:ID schemeID=\"VA\">DE129273398</r:ID></r:SpecifiedTaxRegistration>"
    );
    assert_eq!(payee(SELLER, [&disguised, ""]).0, name("Fast Factors"));
}

#[test]
fn who_is_invoiced_is_the_buyer() {
    let with = |inner: &str| {
        let currency = "<r:InvoiceCurrencyCode>";
        let invoicee = format!("<r:InvoiceeTradeParty>{inner}</r:InvoiceeTradeParty>{currency}");
        let document = invoice(EXTENDED, &[(currency, &invoicee)]).unwrap();
        let ids = document.buyer.ids.iter().map(|id| id.canonical());
        (document.buyer.name.unwrap(), ids.collect::<Vec<_>>())
    };
    let own = vec!["fr-siren:303265045".to_owned()];
    let yard = ("Yard SA".to_owned(), own);
    assert_eq!(with(""), yard);
    assert_eq!(with("<r:Name>YARD S.A.</r:Name>"), yard);
    let other = with("<r:Name>Yard Holding SA</r:Name>");
    assert_eq!(other, ("Yard Holding SA".to_owned(), vec![]));
}

#[test]
fn the_name_of_a_document_stands_for_a_type_code() {
    let named = |name: &str| {
        let name = format!("<r:Name>{name}</r:Name>");
        let read = invoice(PLAIN, &[(CODE, &name)]);
        let rules = told(&read);
        (read.unwrap(), rules)
    };
    for name in ["Proforma", "PRO-FORMA-RECHNUNG Nr. 7", "Entwurf", "Devis"] {
        let (document, _) = named(name);
        let sealed = &canonical(&document).unwrap().header[slot::TYPE_CODE];
        assert_eq!(*sealed, Some(FieldValue::Integer(325)), "{name}");
        assert_eq!(document.claim_kind(), Some(ClaimKind::NoClaim), "{name}");
    }
    for name in ["Angebot 4711", "2. Mahnung", "Copy of invoice"] {
        let (document, rules) = named(name);
        assert_eq!(document.claim_kind(), Some(ClaimKind::NoClaim), "{name}");
        assert_eq!(rules, ["SL-TYPE"], "{name}");
    }
    let (invoice, rules) = named("Rechnung");
    assert_eq!(
        (invoice.claim_kind(), rules),
        (Some(ClaimKind::Own), vec![])
    );
    assert_eq!(named("Gutschrift").0.kind, Kind::CreditNote);
    for name in ["4711", "Lieferung nach Kiel", "381"] {
        let (document, rules) = named(name);
        assert_eq!(document.claim_kind(), Some(ClaimKind::Own), "{name}");
        assert_eq!(rules, ["SL-TYPE"], "{name}");
    }
}

#[test]
fn a_name_that_contradicts_the_type_code_is_told() {
    let rules = |code: &str, name: &str| {
        let both = format!("<r:TypeCode>{code}</r:TypeCode><r:Name>{name}</r:Name>");
        told(&invoice(PLAIN, &[(CODE, &both)]))
    };
    for name in [
        "Proforma invoice",
        "Rechnungsentwurf",
        "Zahlungserinnerung",
        "Invoice (copy)",
        "Quotation",
        "Orçamento",
        "Duplicata",
    ] {
        assert_eq!(rules("380", name), ["SL-TYPE"], "{name}");
    }
    for (code, name) in [
        ("380", "Rechnung"),
        ("380", "Invoice no. 7, as ordered"),
        ("325", "Proforma"),
        ("384", "Rechnungskorrektur"),
    ] {
        assert!(rules(code, name).is_empty(), "{code} {name}");
    }
    let written = "<r:TypeCode name='Proforma invoice'>380</r:TypeCode>";
    assert_eq!(told(&invoice(PLAIN, &[(CODE, written)])), ["SL-TYPE"]);
}

#[test]
fn a_total_of_tax_that_is_missing_is_told_by_the_breakdown() {
    let without = [
        (TOTAL, ""),
        ("<r:GrandTotalAmount>119<", "<r:GrandTotalAmount>100<"),
        ("<r:DuePayableAmount>119<", "<r:DuePayableAmount>100<"),
    ];
    let core = "urn:cen.eu:en16931:2017";
    assert!(invoice(core, &[]).is_ok());
    let refused = invoice(core, &without);
    assert!(refused.is_err());
    assert_eq!(told(&refused), ["BR-CO-14"]);
    assert_eq!(told(&invoice(PLAIN, &without)), ["BR-CO-14"]);
    let untaxed = [
        (TOTAL, ""),
        (">119<", ">100<"),
        ("<r:CalculatedAmount>19<", "<r:CalculatedAmount>0<"),
        (
            "<r:RateApplicablePercent>19<",
            "<r:RateApplicablePercent>0<",
        ),
        ("<r:CategoryCode>S<", "<r:CategoryCode>E<"),
    ];
    assert!(invoice(core, &untaxed).is_ok());
}
