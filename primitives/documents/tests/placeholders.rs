//! Numbers that people fill in where they have none: they name no company, also with a right check digit.
#![allow(clippy::unwrap_used)]

use sealane_documents::identifiers::{
    LegalId, Source, TypedError, Written, identify, parse_confirmed, parse_typed,
};

/// The canonical identifiers, hints with a question mark.
fn read(source: Source, scheme: Option<&str>, value: &str) -> Vec<String> {
    let ids = identify(&Written {
        source,
        schemes: [scheme, None],
        value,
        country: None,
    });
    let mark = |id: &LegalId| if id.is_strict() { "" } else { "?" };
    ids.iter()
        .map(|id| format!("{}{}", id.canonical(), mark(id)))
        .collect()
}

#[test]
fn a_placeholder_names_nobody_whatever_check_digit_it_has() {
    let tax = |value| read(Source::Tax, Some("VAT"), value);
    for value in [
        "PT999999990",
        "PT000000000",
        "ES00000000T",
        "ESX0000000T",
        "ES99999999R",
        "ESB00000000",
        "NL000000000B01",
        "SE000000000001",
        "SE999999999901",
        "SE000000000002",
        "IE0000000W",
        "IE9999999L",
        "ATU00000006",
        "BE0000000097",
        "GB000000097",
        "FR12000000000",
    ] {
        assert!(tax(value).is_empty(), "{value}: {:?}", tax(value));
        let typed = parse_typed(&format!("vat:{value}"), None);
        assert!(matches!(typed, Err(TypedError::Nothing(_))), "{value}");
        assert!(
            parse_confirmed(&format!("vat:{value}"), None).is_err(),
            "{value}"
        );
    }
    for (scheme, value) in [
        ("es-nif", "00000000T"),
        ("es-nif", "X0000000T"),
        ("pt-nif", "999999990"),
        ("fr-siret", "00000000000018"),
        ("fr-siret", "00000000000019"),
        ("0190", "00000001000000000000"),
        ("lei", "00000000000000000098"),
        ("au-abn", "10000000000"),
        ("jp-cn", "9000000000000"),
        ("ar-cuit", "23-00000000-0"),
    ] {
        let ids = read(Source::Identification, Some(scheme), value);
        assert!(ids.is_empty(), "{value}: {ids:?}");
        let refused = parse_confirmed(&format!("{scheme}:{value}"), None).unwrap_err();
        assert!(refused.to_string().contains("placeholder"), "{refused}");
    }
}

#[test]
fn zeros_that_are_a_company_s_stay_strict() {
    for (scheme, value, id) in [
        ("br-cnpj", "00.000.000/0001-91", "br-cnpj-root:00000000"),
        ("br-cnpj-root", "00000000", "br-cnpj-root:00000000"),
        ("gb-company", "00000006", "gb-company:00000006"),
        ("at-fn", "FN 99999 a", "at-fn:99999A"),
        ("pl-krs", "0000000019", "pl-krs:0000000019"),
    ] {
        assert_eq!(read(Source::Identification, Some(scheme), value), [id]);
        assert_eq!(
            parse_typed(&format!("{scheme}:{value}"), None)
                .unwrap()
                .canonical(),
            id
        );
    }
}
