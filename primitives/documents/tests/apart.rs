//! Numbers without a check digit that are no strict identifiers: digits that stand apart, words of no register, zeros that
//! nobody wrote, few digits that nothing names, and a country that two addresses disagree on.
#![allow(clippy::unwrap_used)]

use sealane_documents::identifiers::{
    LegalId, Source, TypedError, Written, identify, identify_registered, parse_confirmed,
    parse_typed,
};

fn registration<'a>(value: &'a str, country: Option<&'a str>) -> Written<'a> {
    Written {
        source: Source::Registration,
        schemes: [None, None],
        value,
        country,
    }
}

fn strict(ids: &[LegalId]) -> Option<String> {
    let mut strict = ids.iter().filter(|id| id.is_strict());
    strict.next().map(LegalId::canonical)
}

/// The strict identifier of a registration without a scheme, if there is one.
fn of(country: &str, value: &str) -> Option<String> {
    strict(&identify(&registration(value, Some(country))))
}

fn is(country: &str, value: &str, right: &str) {
    assert_eq!(
        of(country, value).as_deref(),
        Some(right),
        "{country} {value}"
    );
}

fn none(country: &str, value: &str) {
    assert_eq!(of(country, value), None, "{country} {value}");
}

#[test]
fn digits_behind_a_slash_or_in_brackets_join_no_number() {
    for (country, value) in [
        ("GB", "445790 (2)"),
        ("GB", "1/445790"),
        ("GB", "[1] 445790"),
        ("GB", "445790; 2"),
        ("GB", "445790／2"),
        ("IE", "368047/1"),
        ("CY", "HE 1234/5"),
        ("MT", "C12345/1"),
        ("NL", "1700191 / 0"),
        ("RS", "0700191 (1)"),
        ("MY", "123456(7)-A"),
        ("LU", "B12345/6"),
    ] {
        none(country, value);
    }
    for (country, value, right) in [
        ("GB", "(00445790)", "gb-company:00445790"),
        ("GB", "Company No. 445 790", "gb-company:00445790"),
        ("IE", "(IE) 368047", "ie-cro:368047"),
        ("CY", "(HE) 1234", "cy-reg:HE1234"),
        ("RO", "J12 / 01234 / 2016", "ro-j:J12/1234/2016"),
        ("ZA", "2001/012345/07", "za-reg:200101234507"),
        ("BR", "33.000.167/0001-01", "br-cnpj-root:33000167"),
        ("DE", "HRB 33517 (Leipzig)", "de-hr:HRB33517@LEIPZIG"),
        ("AT", "FN 123456 a / HG Wien", "at-fn:123456A"),
    ] {
        is(country, value, right);
    }
    let typed = parse_typed("gb-company:445790 (2)", None).unwrap_err();
    assert!(matches!(typed, TypedError::Doubtful { .. }), "{typed}");
    assert!(typed.to_string().contains("brackets"), "{typed}");
}

#[test]
fn who_types_a_british_number_writes_its_zeros_or_confirms_it() {
    for text in ["reg:1089464", "gb-company:1089464"] {
        let short = parse_typed(text, Some("GB")).unwrap_err();
        assert!(matches!(short, TypedError::Short { .. }), "{text}: {short}");
        assert!(short.to_string().contains("gb-company:01089464"), "{short}");
        let confirmed = parse_confirmed(text, Some("GB")).unwrap();
        assert!(confirmed.is_strict(), "{text}");
        assert_eq!(confirmed.canonical(), "gb-company:01089464");
    }
    let whole = parse_typed("gb-company:01089464", None).unwrap();
    assert!(whole.is_strict());
    // what was printed as a hint stays one, with its reason
    let hint = identify(&registration("1089464", Some("GB")));
    assert_eq!(hint[0].canonical(), "gb-company:01089464");
    assert!(
        hint[0]
            .doubt
            .as_ref()
            .unwrap()
            .to_string()
            .contains("as short")
    );
}

#[test]
fn only_words_of_the_register_and_its_towns_stand_behind_a_dutch_number() {
    for word in ["CVR", "SIREN", "ROCNO", "VESTIGING", "PHONE", "ROTTERDAMX"] {
        none("NL", &format!("24256790 {word}"));
    }
    for word in [
        "Rotterdam",
        "te Amsterdam",
        "KvK Den Haag",
        "Handelsregister 's-Gravenhage",
        "(Utrecht)",
    ] {
        is("NL", &format!("24256790 {word}"), "nl-kvk:24256790");
    }
}

#[test]
fn zeros_that_nobody_wrote_make_no_company() {
    for (country, value) in [
        ("NL", "1234"),
        ("NL", "123456"),
        ("RS", "1234"),
        ("RS", "123456"),
        ("GB", "1234"),
        ("GB", "445790"),
        ("GB", "1089464"),
        ("GB", "Reg. No. 1089464"),
        ("XI", "1089464"),
        ("HK", "1234"),
        ("MY", "5B"),
        ("MY", "463-K"),
        ("AT", "12B"),
        ("IE", "123"),
        ("MT", "C12"),
    ] {
        none(country, value);
    }
    for (country, value, right) in [
        ("NL", "9081726", "nl-kvk:09081726"),
        ("RS", "7001912", "rs-mb:07001912"),
        ("GB", "01089464", "gb-company:01089464"),
        ("GB", "GB 1089464", "gb-company:01089464"),
        ("GB", "Company No. 1089464", "gb-company:01089464"),
        ("GB", "1089464 England", "gb-company:01089464"),
        ("GB", "SC83026", "gb-company:SC083026"),
        ("XI", "NI012345", "gb-company:NI012345"),
        ("MY", "3813-K", "my-brn-old:3813K"),
        ("AT", "FN 12 b", "at-fn:12B"),
        ("AT", "1234b", "at-fn:1234B"),
        ("MT", "C1234", "mt-reg:C1234"),
        ("DE", "HRB 123 München", "de-hr:HRB123@MUENCHEN"),
        ("CY", "HE 123", "cy-reg:HE123"),
    ] {
        is(country, value, right);
    }
}

#[test]
fn malaysia_s_registers_are_told_apart_by_their_width() {
    is("MY", "1298765-K", "my-brn-old:1298765K");
    let business = identify(&registration("001298765-K", Some("MY")));
    assert_eq!(business[0].canonical(), "my-rob:001298765K");
    assert_eq!(strict(&business), None);
    none("MY", "01298765-K");
}

#[test]
fn the_register_s_own_address_is_nearer_than_the_party_s() {
    let at = |value: &str, country: Option<&str>, nearer: Option<&str>| {
        identify_registered(&registration(value, country), nearer)
    };
    // eight digits are a number in both
    let two = at("24256790", Some("NL"), Some("GB"));
    assert_eq!(two[0].canonical(), "gb-company:24256790");
    assert_eq!(strict(&two), None);
    assert!(
        two[0]
            .doubt
            .as_ref()
            .unwrap()
            .to_string()
            .contains("two countries")
    );
    for (country, nearer) in [
        (Some("GB"), Some("GB")),
        (Some("UK"), Some("GB")),
        (Some("GB"), None),
        (Some("GB"), Some(" ")),
        (None, Some("GB")),
    ] {
        let one = at("24256790", country, nearer);
        assert_eq!(strict(&one).as_deref(), Some("gb-company:24256790"));
    }
    // a label says it whatever the addresses are
    let labelled = Written {
        schemes: [Some("0106"), None],
        ..registration("24256790", Some("DE"))
    };
    let labelled = identify_registered(&labelled, Some("GB"));
    assert_eq!(strict(&labelled).as_deref(), Some("nl-kvk:24256790"));
}
