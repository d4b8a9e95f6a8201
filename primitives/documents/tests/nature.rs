//! What a document says that it is beside its type code: a test, a cancellation, a copy, a supply for which nobody pays,
//! an invoice that the buyer wrote; and what stands in no namespace of the format.
#![allow(clippy::unwrap_used)]

use sealane_documents::{ClaimKind, Document, NoClaim, ReadError, canonical, read, to_json};
use sealane_types::fields::FieldValue;
use sealane_types::schema::{Kind, slot};

const COMMON: &str = r#"xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2""#;

/// An invoice of a seller in `country`, with `head` among its first elements.
fn ubl(country: &str, head: &str) -> Result<Document, ReadError> {
    let party = |name: &str, country: &str| {
        format!(
            "<a:Party><a:PostalAddress><a:Country><b:IdentificationCode>{country}</b:IdentificationCode></a:Country></a:PostalAddress><a:PartyLegalEntity><b:RegistrationName>{name}</b:RegistrationName></a:PartyLegalEntity></a:Party>"
        )
    };
    let code = match head.to_lowercase().contains("invoicetypecode") {
        true => "",
        false => "<b:InvoiceTypeCode>380</b:InvoiceTypeCode>",
    };
    let xml = format!(
        r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {COMMON}>{head}{code}<b:ID>R-1</b:ID><b:IssueDate>2026-03-02</b:IssueDate><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode><a:AccountingSupplierParty>{}</a:AccountingSupplierParty><a:AccountingCustomerParty>{}</a:AccountingCustomerParty><a:LegalMonetaryTotal><b:PayableAmount currencyID="EUR">100.00</b:PayableAmount></a:LegalMonetaryTotal><a:InvoiceLine><b:ID>1</b:ID><b:InvoicedQuantity unitCode="H87">1</b:InvoicedQuantity><b:LineExtensionAmount currencyID="EUR">100.00</b:LineExtensionAmount><a:Item><b:Name>Rope</b:Name></a:Item></a:InvoiceLine></Invoice>"#,
        party("Seller", country),
        party("Buyer", "DE"),
    );
    read(xml.as_bytes(), "invoice.xml")
}

/// A Cross Industry Invoice with these texts in its context and its document.
fn cii(context: &str, document: &str) -> Result<Document, ReadError> {
    let party = "<r:Name>Seller</r:Name>";
    let xml = format!(
        r#"<s:CrossIndustryInvoice xmlns:s="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:u="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"><s:ExchangedDocumentContext>{context}<r:GuidelineSpecifiedDocumentContextParameter><r:ID>urn:factur-x.eu:1p0:minimum</r:ID></r:GuidelineSpecifiedDocumentContextParameter></s:ExchangedDocumentContext><s:ExchangedDocument><r:ID>I1</r:ID><r:TypeCode>380</r:TypeCode><r:IssueDateTime><u:DateTimeString format="102">20260301</u:DateTimeString></r:IssueDateTime>{document}</s:ExchangedDocument><s:SupplyChainTradeTransaction><r:ApplicableHeaderTradeAgreement><r:SellerTradeParty>{party}</r:SellerTradeParty><r:BuyerTradeParty>{party}</r:BuyerTradeParty></r:ApplicableHeaderTradeAgreement><r:ApplicableHeaderTradeSettlement><r:InvoiceCurrencyCode>EUR</r:InvoiceCurrencyCode><r:SpecifiedTradeSettlementHeaderMonetarySummation><r:TaxBasisTotalAmount>100</r:TaxBasisTotalAmount><r:GrandTotalAmount>100</r:GrandTotalAmount><r:DuePayableAmount>100</r:DuePayableAmount></r:SpecifiedTradeSettlementHeaderMonetarySummation></r:ApplicableHeaderTradeSettlement></s:SupplyChainTradeTransaction></s:CrossIndustryInvoice>"#
    );
    read(xml.as_bytes(), "invoice.xml")
}

fn despatch(root: &str, head: &str) -> Result<Document, ReadError> {
    let xml = format!(
        r#"<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2" {COMMON}><b:ID>D1</b:ID><b:IssueDate>2026-03-01</b:IssueDate>{head}</{root}>"#
    );
    read(xml.as_bytes(), "despatch.xml")
}

fn rules(read: &Result<Document, ReadError>) -> Vec<&'static str> {
    let faults = match read {
        Ok(document) => &document.warnings,
        Err(error) => &error.faults,
    };
    faults.iter().map(|one| one.rule).collect()
}

/// Read, with this type code sealed; and the same as JSON.
fn states(read: &Result<Document, ReadError>, why: Option<NoClaim>, code: Option<i64>) {
    let document = read.as_ref().unwrap();
    assert_eq!(document.no_claim, why);
    let json = to_json(document).to_string();
    let again = sealane_documents::read(json.as_bytes(), "shown.json").unwrap();
    for one in [document, &again] {
        assert_eq!(one.claim_kind().unwrap().is_claim(), why.is_none());
        let sealed = &canonical(one).unwrap().header[slot::TYPE_CODE];
        assert_eq!(*sealed, code.map(FieldValue::Integer));
    }
}

#[test]
fn a_test_states_no_claim() {
    let test = |yes: &str| {
        cii(
            &format!("<r:TestIndicator><u:Indicator>{yes}</u:Indicator></r:TestIndicator>"),
            "",
        )
    };
    for yes in ["true", "TRUE", "1"] {
        let read = test(yes);
        states(&read, Some(NoClaim::Test), Some(325));
        assert_eq!(rules(&read), ["SL-TEST"]);
    }
    states(&test("false"), None, Some(380));
    assert_eq!(rules(&test("perhaps")), ["SL-TEST"]);
    assert!(test("perhaps").is_err());
    let text = "<r:TestIndicator><u:IndicatorString>true</u:IndicatorString></r:TestIndicator>";
    states(&cii(text, ""), Some(NoClaim::Test), Some(325));

    let dian = |country: &str, code: &str| {
        ubl(
            country,
            &format!(
                "<b:ProfileExecutionID>{code}</b:ProfileExecutionID><b:InvoiceTypeCode>01</b:InvoiceTypeCode>"
            ),
        )
    };
    states(&dian("CO", "2"), Some(NoClaim::Test), Some(325));
    states(&dian("CO", "1"), None, None);
    states(&dian("PE", "2"), None, None);
    let order = br#"{"kind":"Order","id":"1","issue_date":"2026-01-02","no_claim":"test","seller":{},"buyer":{}}"#;
    let refused = sealane_documents::read(order, "order.json");
    assert!(refused.is_err() && rules(&refused) == ["SL-TEST"]);
}

#[test]
fn cancellations_are_refused_and_copies_told() {
    let purpose = |code: &str| cii("", &format!("<r:PurposeCode>{code}</r:PurposeCode>"));
    for code in ["1", "01", "3", "17"] {
        assert!(purpose(code).is_err(), "{code}");
        assert_eq!(rules(&purpose(code)), ["SL-PURPOSE"], "{code}");
    }
    for code in ["7", "31"] {
        assert!(purpose(code).unwrap().copy, "{code}");
    }
    for code in ["5", "4", "what"] {
        assert_eq!(rules(&purpose(code)), ["SL-PURPOSE"], "{code}");
        assert!(!purpose(code).unwrap().copy, "{code}");
    }
    let original = purpose("9");
    assert!(rules(&original).is_empty() && !original.unwrap().copy);
}

#[test]
fn a_document_that_is_cancelled_is_no_evidence() {
    let status = |word: &str| format!("<b:DocumentStatusCode>{word}</b:DocumentStatusCode>");
    for root in ["DespatchAdvice", "ReceiptAdvice", "OrderResponse"] {
        for word in ["Cancelled", "CANCELED", " cancelled "] {
            let read = despatch(root, &status(word));
            assert!(read.is_err(), "{root} {word}");
            assert_eq!(rules(&read), ["SL-STATUS"], "{root} {word}");
        }
        let disputed = despatch(root, &status("Disputed"));
        assert!(disputed.is_ok(), "{root}");
        assert_eq!(rules(&disputed), ["SL-STATUS"], "{root}");
        assert!(rules(&despatch(root, &status("NoStatus"))).is_empty());
    }
}

#[test]
fn saudi_transaction_codes_say_nominal_and_self_billed() {
    let zatca = |name: &str, code: &str| {
        ubl(
            "SA",
            &format!(r#"<b:InvoiceTypeCode name="{name}">{code}</b:InvoiceTypeCode>"#),
        )
    };
    states(&zatca("0101000", "388"), Some(NoClaim::Nominal), Some(325));
    states(&zatca("0201000", "388"), Some(NoClaim::Nominal), Some(325));
    states(&zatca("0110110", "388"), None, Some(388));
    let claim = |name: &str, code: &str| zatca(name, code).unwrap().claim_kind().unwrap();
    assert_eq!(claim("0100000", "388"), ClaimKind::Own);
    assert_eq!(claim("0100001", "388"), ClaimKind::SelfBilled);
    assert_eq!(claim("0100001", "383"), ClaimKind::SelfBilled);
    assert_eq!(claim("0100001", "381"), ClaimKind::Credit);
    states(&zatca("0100001", "388"), None, Some(389));
    for other in ["0301000", "01010", "010100x"] {
        states(&zatca(other, "388"), None, Some(388));
    }
}

#[test]
fn a_deemed_supply_of_the_emirates_states_no_claim() {
    let flags = |country: &str, flags: &str| {
        ubl(
            country,
            &format!(
                "<b:ProfileExecutionID>{flags}</b:ProfileExecutionID><b:InvoiceTypeCode>380</b:InvoiceTypeCode>"
            ),
        )
    };
    let deemed = flags("AE", "01000000");
    states(&deemed, Some(NoClaim::Deemed), Some(325));
    assert_eq!(rules(&deemed), ["SL-NO-CLAIM"]);
    states(&flags("AE", "10000001"), None, Some(380));
    states(&flags("DE", "01000000"), None, Some(380));
}

#[test]
fn what_stands_in_no_namespace_of_the_format_does_not_vanish() {
    for code in [
        "<InvoiceTypeCode xmlns=''>381</InvoiceTypeCode>",
        "<b:invoiceTypeCode>381</b:invoiceTypeCode>",
        "<x:InvoiceTypeCode xmlns:x='urn:x'>381</x:InvoiceTypeCode>",
        "<InvoiceTypeCode>381</InvoiceTypeCode>",
        "<x:CopyIndicator xmlns:x='urn:x'>true</x:CopyIndicator>",
        "<b:INVOICETYPECODE>381</b:INVOICETYPECODE><b:InvoiceTypeCode>380</b:InvoiceTypeCode>",
    ] {
        let read = ubl("DE", code);
        assert!(read.is_err(), "{code}");
        assert_eq!(rules(&read), ["SL-NAMESPACE"], "{code}");
    }
    for code in [
        "<DueDate>2026-04-01</DueDate>",
        "<a:payeeparty><a:PartyName/></a:payeeparty>",
        "<a:OrderReference><ID>4500</ID></a:OrderReference>",
    ] {
        let read = ubl("DE", code);
        assert!(read.is_ok(), "{code}");
        assert_eq!(rules(&read), ["SL-NAMESPACE"], "{code}");
    }
    let indicator = "<x:TestIndicator xmlns:x='urn:x'>true</x:TestIndicator>";
    assert_eq!(rules(&cii(indicator, "")), ["SL-NAMESPACE"]);
    assert!(cii(indicator, "").is_err());
    let fine = ubl(
        "DE",
        "<b:Note>x</b:Note><x:Colour xmlns:x='urn:x'>red</x:Colour>",
    );
    assert!(rules(&fine).is_empty());
    assert_eq!(fine.unwrap().kind, Kind::Invoice);
}

/// A character that no character is becomes no silent U+FFFD, in which two numbers are one.
#[test]
fn references_to_no_character_are_refused() {
    for reference in ["&#xD800;", "&#x110000;", "&#xFFFD;", "&#65533;"] {
        for at in [
            format!("<b:Note>{reference}</b:Note>"),
            format!("<b:Note languageID=\"{reference}\">x</b:Note>"),
        ] {
            let read = ubl("DE", &at);
            assert!(read.is_err(), "{at}");
            assert_eq!(rules(&read), ["SL-ENCODING"], "{at}");
        }
    }
    let json = |id: &str| {
        let text = format!(
            r#"{{"kind":"Order","id":"{id}","issue_date":"2026-01-02","seller":{{}},"buyer":{{}}}}"#
        );
        read(text.as_bytes(), "order.json")
    };
    for id in [r"A\ufffd", r"A\\\uFFFD", r"\uFffd1"] {
        assert_eq!(rules(&json(id)), ["SL-ENCODING"], "{id}");
        assert!(json(id).is_err());
    }
    for id in [r"A\\ufffd", r"A\u00e9", r"A\ud83d\ude00"] {
        assert!(json(id).is_ok(), "{id}");
    }
}
