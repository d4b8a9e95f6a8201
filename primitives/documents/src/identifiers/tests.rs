#![allow(clippy::unwrap_used)]
use super::*;

fn form(
    source: Source,
    scheme: Option<&str>,
    value: &str,
    country: Option<&str>,
) -> Option<String> {
    LegalId::new(source, scheme, value, country).map(|id| id.canonical())
}

#[test]
fn vat_numbers_are_one_however_their_scheme_is_spelt() {
    for scheme in ["VAT", "VA", "vat", " VA ", "GST"] {
        let id = form(Source::Tax, Some(scheme), "DK 123.456-789 mva", None);
        assert_eq!(id.as_deref(), Some("vat:DK123456789MVA"));
    }
    let id = form(Source::Identification, Some("DK:SE"), "DK1", None);
    assert_eq!(id.as_deref(), Some("vat:DK1"));
}

#[test]
fn a_company_number_is_one_with_and_without_its_scheme() {
    let forms = [
        form(Source::Registration, Some("0184"), "DK16356706", None),
        form(Source::Registration, Some("DK:CVR"), "16356706", Some("SE")),
        form(Source::Registration, None, "DK 16356706", Some("DK")),
        form(Source::Identification, Some("CVR"), "16 35 67 06", None),
    ];
    for id in forms {
        assert_eq!(id.as_deref(), Some("reg-dk:16356706"));
    }
    let nameless = form(Source::Registration, None, "HRB 123", None);
    assert_eq!(nameless.as_deref(), Some("reg:HRB123"));
    let swedish = form(Source::Registration, None, "16356706", Some("SE"));
    assert_eq!(swedish.as_deref(), Some("reg-se:16356706"));
}

#[test]
fn what_numbers_no_party_is_no_legal_identifier() {
    assert_eq!(
        form(Source::Identification, None, "549910", Some("DE")),
        None
    );
    assert_eq!(
        form(Source::Identification, Some("SEPA"), "DE98ZZZ", None),
        None
    );
    assert_eq!(
        form(Source::Tax, Some("TAX"), "Approved for F-tax", None),
        None
    );
    assert_eq!(form(Source::Tax, Some("VAT"), " - ", None), None);
    let gln = form(Source::Identification, Some("GLN"), "5790000436101", None);
    assert_eq!(gln.as_deref(), Some("0088:5790000436101"));
    let tax = form(Source::Tax, Some("FC"), "201/113/40209", None);
    assert_eq!(tax.as_deref(), Some("tax:20111340209"));
}

#[test]
fn equal_ones_count_once_in_the_stated_order() {
    let made = [
        (Source::Identification, Some("0088"), "5790000436101"),
        (Source::Tax, Some("FC"), "NL16356706"),
        (Source::Registration, Some("0106"), "NL16356706"),
        (Source::Identification, Some("0106"), "16356706"),
        (Source::Tax, Some("VAT"), "nl16356706"),
    ];
    let ids =
        made.map(|(source, scheme, value)| LegalId::new(source, scheme, value, None).unwrap());
    let forms: Vec<String> = ordered(ids.to_vec())
        .iter()
        .map(LegalId::canonical)
        .collect();
    assert_eq!(
        forms,
        ["vat:NL16356706", "reg-nl:16356706", "0088:5790000436101"]
    );
}
