//! What is read and somebody must look at: dates of no trade, several due dates, names of nobody, answers that contradict
//! themselves, what no record holds.
#![allow(clippy::unwrap_used)]

use sealane_documents::{Document, ReadError, read};

const COMMON: &str = r#"xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2""#;

/// An invoice of this date and this seller, with `head` behind its date, `tail` behind its parties, and its payable amount.
fn invoice(date: &str, seller: &str, parts: (&str, &str, &str)) -> Result<Document, ReadError> {
    let (head, tail, payable) = parts;
    let party = |name: &str| {
        format!(
            "<a:Party>{}<a:PartyLegalEntity><b:RegistrationName>{name}</b:RegistrationName>{}</a:PartyLegalEntity></a:Party>",
            "<a:PostalAddress><a:Country><b:IdentificationCode>NL</b:IdentificationCode></a:Country></a:PostalAddress>",
            "<b:CompanyID>24256790</b:CompanyID><a:RegistrationAddress><a:Country><b:IdentificationCode>GB</b:IdentificationCode></a:Country></a:RegistrationAddress>"
        )
    };
    let xml = format!(
        r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {COMMON}><b:ID>R-1</b:ID><b:IssueDate>{date}</b:IssueDate>{head}<b:InvoiceTypeCode>380</b:InvoiceTypeCode><b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode><a:AccountingSupplierParty>{}</a:AccountingSupplierParty><a:AccountingCustomerParty>{}</a:AccountingCustomerParty>{tail}<a:LegalMonetaryTotal><b:PayableAmount currencyID="EUR">{payable}</b:PayableAmount></a:LegalMonetaryTotal><a:InvoiceLine><b:ID>1</b:ID><b:LineExtensionAmount currencyID="EUR">{payable}</b:LineExtensionAmount></a:InvoiceLine></Invoice>"#,
        party(seller),
        party("Buyer"),
    );
    read(xml.as_bytes(), "invoice.xml")
}

fn rules(read: &Result<Document, ReadError>) -> Vec<&'static str> {
    let faults = match read {
        Ok(document) => &document.warnings,
        Err(error) => &error.faults,
    };
    faults.iter().map(|one| one.rule).collect()
}

fn dated(date: &str, head: &str) -> Result<Document, ReadError> {
    invoice(date, "Seller", (head, "", "100"))
}

#[test]
fn dates_that_no_trade_has_are_refused_and_odd_ones_told() {
    for date in [
        "0001-01-01",
        "1899-12-31",
        "1969-12-31",
        "2200-01-01",
        "9999-12-31",
    ] {
        let read = dated(date, "");
        assert!(read.is_err(), "{date}");
        assert_eq!(rules(&read), ["SL-DATE"], "{date}");
    }
    let due = |date: &str| dated("2026-03-01", &format!("<b:DueDate>{date}</b:DueDate>"));
    for date in ["0001-01-01", "1969-12-31"] {
        assert!(due(date).is_err(), "{date}");
    }
    for date in ["2019-03-01", "2026-02-28", "2036-03-02", "9999-12-31"] {
        assert_eq!(rules(&due(date)), ["SL-DATE"], "{date}");
        assert!(due(date).is_ok(), "{date}");
    }
    for date in ["2026-03-01", "2026-06-30", "2036-03-01"] {
        assert!(rules(&due(date)).is_empty(), "{date}");
    }
    assert_eq!(rules(&dated("2126-01-01", "")), ["SL-DATE"]);
    assert!(rules(&dated("1970-01-01", "")).is_empty());
    let json = br#"{"kind":"LetterOfCredit","id":"1","issue_date":"2026-01-02","transport":{"expiry_date":"0026-01-02"},"seller":{},"buyer":{}}"#;
    let refused = read(json, "credit.json").unwrap_err();
    assert_eq!(refused.faults[0].place.path, "transport.expiry_date");
}

#[test]
fn of_several_due_dates_the_last_one_counts() {
    let due = |tail: &str| invoice("2026-03-01", "Seller", ("", tail, "100"));
    let means = |date: &str| {
        format!("<a:PaymentMeans><b:PaymentDueDate>{date}</b:PaymentDueDate></a:PaymentMeans>")
    };
    let terms = |date: &str| {
        format!("<a:PaymentTerms><b:PaymentDueDate>{date}</b:PaymentDueDate></a:PaymentTerms>")
    };
    for (tail, right, told) in [
        (terms("2026-05-01"), "2026-05-01", 0),
        (means("2026-05-01") + &terms("2026-05-01"), "2026-05-01", 0),
        (means("2026-04-01") + &means("2026-06-01"), "2026-06-01", 1),
        (means("2026-06-01") + &means("2026-04-01"), "2026-06-01", 1),
        (means("2026-04-01") + &terms("2026-07-01"), "2026-07-01", 1),
    ] {
        let read = due(&tail);
        assert_eq!(rules(&read), vec!["SL-DUE"; told], "{tail}");
        assert_eq!(read.unwrap().due_date.unwrap().to_string(), right, "{tail}");
    }
}

#[test]
fn a_name_of_nothing_names_no_seller() {
    for name in [
        "&#8203;", ".", "—", "&#x2800;", "&#x200f;", "N/A", "n.a.", "- -", "000", "unknown",
    ] {
        let read = invoice("2026-03-01", name, ("", "", "100"));
        assert!(read.is_err(), "{name}");
        assert_eq!(rules(&read), ["BR-06"], "{name}");
    }
    for name in ["O", "3M", "A", "Ω", "株式会社", "N26", "Nordsee"] {
        assert!(
            invoice("2026-03-01", name, ("", "", "100")).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn an_entity_s_own_country_counts_for_its_number() {
    let read = invoice("2026-03-01", "Seller", ("", "", "100")).unwrap();
    let id = &read.seller.ids[0];
    assert_eq!(id.canonical(), "gb-company:24256790");
    assert!(!id.is_strict());
    assert_eq!(read.seller.country.as_deref(), Some("NL"));
}

#[test]
fn answers_that_are_not_understood_or_contradict_their_lines_are_told() {
    let answer = |code: &str, lines: &[&str]| {
        let lines: Vec<String> = lines
            .iter()
            .map(|status| format!(r#"{{"status":"{status}"}}"#))
            .collect();
        let json = format!(
            r#"{{"kind":"OrderResponse","id":"1","issue_date":"2026-01-02","type_code":"{code}","seller":{{}},"buyer":{{}},"lines":[{}]}}"#,
            lines.join(",")
        );
        read(json.as_bytes(), "answer.json")
    };
    for (code, lines) in [
        ("Rejected", &["accepted"][..]),
        ("REJECTED", &[]),
        ("ap", &[]),
        ("XX", &[]),
        ("AP", &["rejected", "rejected"]),
        ("29", &["rejected"]),
        ("RE", &["accepted"]),
    ] {
        let read = answer(code, lines);
        assert_eq!(rules(&read), ["SL-ANSWER"], "{code} {lines:?}");
        assert!(read.is_ok());
    }
    for (code, lines) in [
        ("AP", &["accepted", "rejected"][..]),
        ("AP", &[]),
        ("AB", &["rejected"]),
        ("RE", &["rejected"]),
        ("CA", &["rejected"]),
        ("30", &["accepted"]),
    ] {
        assert!(rules(&answer(code, lines)).is_empty(), "{code} {lines:?}");
    }
}

#[test]
fn what_cannot_be_sealed_or_financed_is_told_when_it_is_read() {
    let first = |seller: &str, payable: &str| {
        let read = invoice("2026-03-01", seller, ("", "", payable));
        rules(&read).first().copied()
    };
    assert_eq!(first("Seller", "100.00"), None);
    assert_eq!(first("Seller", "0"), Some("SL-PAYABLE"));
    assert_eq!(first("Seller", "-1.00"), Some("SL-PAYABLE"));
    assert_eq!(first(&"S".repeat(3_000), "100.00"), Some("SL-SEAL"));
    assert_eq!(first("Seller", "999999999999999999"), Some("SL-SEAL"));
    let lines = vec!["{}"; 1_025].join(",");
    let json = format!(
        r#"{{"kind":"Order","id":"1","issue_date":"2026-01-02","seller":{{}},"buyer":{{}},"lines":[{lines}]}}"#
    );
    let read = read(json.as_bytes(), "order.json");
    assert_eq!(rules(&read), ["SL-SEAL"]);
}

#[test]
fn nobody_pays_in_units_of_account_and_funds() {
    let order = |currency: &str| {
        let json = format!(
            r#"{{"kind":"Order","id":"1","issue_date":"2026-01-02","currency":"{currency}","seller":{{}},"buyer":{{}}}}"#
        );
        read(json.as_bytes(), "order.json")
    };
    for code in [
        "CLF", "UYI", "UYW", "COU", "MXV", "USN", "CHE", "CHW", "BOV", "XXX",
    ] {
        let read = order(code);
        assert!(read.is_err(), "{code}");
        assert_eq!(rules(&read), ["SL-CURRENCY"], "{code}");
    }
    for code in ["CLP", "UYU", "COP", "MXN", "USD", "CHF", "BOB"] {
        assert!(order(code).is_ok(), "{code}");
    }
}

#[test]
fn a_list_of_documents_and_a_date_s_format_are_named() {
    let list = read(b" [{}]", "list.json").unwrap_err().to_string();
    assert!(list.contains("the file is a list"), "{list}");
}
