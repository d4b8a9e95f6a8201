#![allow(clippy::unwrap_used)]
use super::*;

mod zeros;

fn read(source: Source, scheme: Option<&str>, value: &str, country: Option<&str>) -> Vec<String> {
    let ids = identify(&Written {
        source,
        schemes: [scheme, None],
        value,
        country,
    });
    let mark = |id: &LegalId| if id.is_strict() { "" } else { "?" };
    ids.iter()
        .map(|id| format!("{}{}", id.canonical(), mark(id)))
        .collect()
}

#[test]
fn every_pattern_of_the_table_compiles() {
    let table = table();
    assert_eq!(table.schemes.len(), 163);
    for scheme in &table.schemes {
        let steps = scheme.derive.iter().chain(&scheme.hint);
        let steps = steps.flat_map(|step| [step.from.as_ref(), step.except.as_ref()]);
        let own = [
            Some(&scheme.form),
            scheme.lead.as_ref(),
            scheme.tail.as_ref(),
            scheme.group_form.as_ref(),
            scheme.several.as_ref(),
            scheme.words.as_ref(),
        ];
        own.into_iter().chain(steps).flatten().for_each(|pattern| {
            pattern.regex();
        });
    }
    table.vat_lead.regex();
    assert!(
        table
            .courts
            .values()
            .all(|court| table.courts.contains_key(court))
    );
    let mut own = table.letters.keys();
    assert!(own.all(|court| table.courts.get(court) == Some(court)));
    let mut lettered = table.lettered.iter();
    assert!(lettered.all(|court| table.letters.contains_key(court)));
}

#[test]
fn a_wrong_check_digit_warns_and_joins_nothing() {
    let ids = identify(&Written {
        source: Source::Tax,
        schemes: [Some("VAT"), None],
        value: "DE123456789",
        country: Some("DE"),
    });
    assert_eq!(ids.len(), 1);
    assert_eq!(
        (ids[0].canonical().as_str(), ids[0].is_strict()),
        ("de-vat:123456789", false)
    );
    let warning = ids[0].warning(Place::default).unwrap().to_string();
    for part in [
        "DE123456789",
        "MOD 11,10",
        "SL-ID-CHECK",
        "unless a bank has vouched",
    ] {
        assert!(warning.contains(part), "{warning}");
    }
}

#[test]
fn a_register_number_is_read_with_its_court() {
    let read = |value: &str| read(Source::Registration, None, value, Some("DE"));
    assert_eq!(read("HRB 5 GI, Essen"), ["de-hr-bare:HRB5GI?"]);
    assert_eq!(read("HRB 5, Gießen"), ["de-hr:HRB5@GIESSEN"]);
    assert_eq!(
        read("Amtsgericht Charlottenburg, HRB Nr. 0123456 B"),
        ["de-hr:HRB123456@CHARLOTTENBURG"]
    );
    assert_eq!(read("HRB 33517"), ["de-hr-bare:HRB33517?"]);
    assert_eq!(read("München HRB 5 Köln"), ["de-hr-bare:HRB5?"]);
    let labelled = super::tests::read(
        Source::Registration,
        Some("HRB"),
        "33517 Leipzig",
        Some("DE"),
    );
    assert_eq!(labelled, ["de-hr:HRB33517@LEIPZIG"]);
}

#[test]
fn a_nearer_label_goes_first() {
    let both = |nearer: &str, farther: &str| {
        let ids = identify(&Written {
            source: Source::Tax,
            schemes: [Some(nearer), Some(farther)],
            value: "DK43452754",
            country: None,
        });
        ids.first().map(LegalId::canonical)
    };
    assert_eq!(both("DK:SE", "VAT").unwrap(), "dk-cvr:43452754");
    assert_eq!(both("GLN", "VAT").unwrap(), "dk-cvr:43452754");
    assert_eq!(both("4711", "VAT").unwrap(), "dk-cvr:43452754");
    assert_eq!(both("DK:CPR", "VAT"), None);
}

#[test]
fn what_is_too_long_is_no_identifier() {
    let long = "1".repeat(MAX_CANONICAL);
    assert!(read(Source::Identification, Some("0177"), &long, None).is_empty());
    assert!(
        read(
            Source::Identification,
            Some("0177"),
            &"é1".repeat(100_000),
            None
        )
        .is_empty()
    );
}

#[test]
fn strict_ones_stand_first_in_the_stated_order() {
    let parts = [
        ("duns", "801054064"),
        ("lei", "1961005C5OEL4TEFE199"),
        ("nl-kvk", "65597105"),
        ("nl-vat", "791101812B01"),
        ("nl-vat", "NL791101812B01"),
    ];
    let ids = parts
        .iter()
        .flat_map(|(scheme, value)| from_parts(scheme, value, None));
    let ids: Vec<String> = ordered(ids.collect())
        .iter()
        .map(LegalId::canonical)
        .collect();
    assert_eq!(
        ids,
        [
            "nl-vat:791101812B01",
            "nl-kvk:65597105",
            "lei:1961005C5OEL4TEFE199",
            "nl-rsin:791101812",
            "duns:801054064"
        ]
    );
}

#[test]
fn what_a_clerk_types_is_strict_or_refused_with_a_reason() {
    let right = |text: &str, country| parse_typed(text, country).unwrap().canonical();
    assert_eq!(right("de-vat:DE129273398", None), "de-vat:129273398");
    assert_eq!(right("vat:DE129273398", None), "de-vat:129273398");
    assert_eq!(right("VAT: 129 273 398", Some("DE")), "de-vat:129273398");
    assert_eq!(right("be-kbo:0683.473.480", None), "be-cbe:0683473480");
    assert_eq!(right("DK:SE:DK43452754", None), "dk-cvr:43452754");
    assert_eq!(
        right("reg:HRB 33517 Leipzig", Some("de")),
        "de-hr:HRB33517@LEIPZIG"
    );
    let said = |text: &str, country| parse_typed(text, country).unwrap_err().to_string();
    assert!(said("DE129273398", None).contains("scheme"));
    assert!(said("nonsense:1", Some("SE")).contains("se-org"));
    assert!(said("vat:DE123456789", None).contains("check digit"));
    assert!(said("gln:5790032698164", None).contains("alone"));
    assert!(said("de-vat:000000000", None).contains("nobody"));
    assert!(said("reg:77121", Some("KE")).contains("not in the table"));
    // a digit left out of a number without a check digit gives another company's number
    let short = said("nl-kvk:9081726", None);
    assert!(
        short.contains("nl-kvk:09081726") && short.contains("Write all digits"),
        "{short}"
    );
    assert_eq!(right("nl-kvk:09081726", None), "nl-kvk:09081726");
    let short = parse_confirmed("nl-kvk:9081726", None).unwrap();
    assert_eq!(short.canonical(), "nl-kvk:09081726");
    assert_eq!(
        right("be-kbo:683.473.480", None),
        "be-cbe:0683473480",
        "its check digit fits"
    );
    let confirmed = parse_confirmed("vat:DE123456789", None).unwrap();
    assert!(confirmed.is_strict() && confirmed.doubt.is_some());
    assert!(parse_confirmed("gln:5790032698164", None).is_err());
}

#[test]
fn countries_have_three_letters_too() {
    let of = |country| read(Source::Tax, Some("VAT"), "129273398", Some(country));
    assert_eq!(of("DEU"), of("DE"));
    assert_eq!(of("DEU"), ["de-vat:129273398"]);
    let malaysian = |country| {
        read(
            Source::Identification,
            Some("TIN"),
            "C2584563222",
            Some(country),
        )
    };
    assert_eq!(malaysian("MYS"), ["my-tin:C2584563222"]);
    assert_eq!(malaysian("DEU"), ["x:TIN:C2584563222?"]);
    let table = table();
    for code in table.countries.keys() {
        let three = table
            .territories
            .iter()
            .filter(|(from, to)| from.len() == 3 && *to == code);
        assert_eq!(three.count(), 1, "{code}");
    }
}

/// Northern Ireland has a code of its own in lists of countries, and none of its own registers.
#[test]
fn northern_ireland_is_in_the_registers_of_the_kingdom() {
    let vat = |value| read(Source::Tax, Some("VAT"), value, Some("XI"));
    assert_eq!(vat("220143037"), vat("XI220143037"));
    assert_eq!(vat("220143037"), ["gb-vat:220143037"]);
    let company = |country| read(Source::Registration, None, "NI012345", Some(country));
    assert_eq!(company("XI"), company("GB"));
    assert_eq!(company("XI"), ["gb-company:NI012345"]);
    let of = |code: &str| super::clean::country(code, &table().territories);
    for (code, state) in [("1A", "XK"), ("CX", "AU"), ("BV", "NO"), ("UM", "US")] {
        assert_eq!(of(code).as_deref(), Some(state));
    }
}

#[test]
fn indonesia_s_business_number_is_no_tax_number() {
    let of = |value| read(Source::Tax, None, value, Some("ID"));
    assert!(of("9120300270417").iter().all(|id| id.ends_with('?')));
    assert_eq!(of("01.300.927.0-417.000"), of("0013009270417000"));
}

#[test]
fn everyday_spellings_are_understood() {
    for (scheme, value, country, id) in [
        (Some("VAT"), "CHE-116.281.710 VAT", "CH", "ch-uid:116281710"),
        (
            Some("VAT"),
            "CHE-116.281.710 MWST/TVA/IVA",
            "CH",
            "ch-uid:116281710",
        ),
        (Some("VAT"), "UK220143037", "GB", "gb-vat:220143037"),
        (Some("VAT ID"), "DE129273398", "DE", "de-vat:129273398"),
        (Some("VATIN"), "DE129273398", "DE", "de-vat:129273398"),
        (Some("CVR-nr."), "13585628", "DK", "dk-cvr:13585628"),
        (Some("KvK nr."), "24381190", "NL", "nl-kvk:24381190"),
        (
            Some("Organisasjonsnummer"),
            "987654325",
            "NO",
            "no-org:987654325",
        ),
        (Some("184"), "13585628", "DK", "dk-cvr:13585628"),
    ] {
        let ids = read(Source::Identification, scheme, value, Some(country));
        assert_eq!(ids.first().map(String::as_str), Some(id), "{value}");
    }
}

#[test]
fn a_court_s_letters_belong_to_its_numbers() {
    let read = |value: &str| read(Source::Registration, None, value, Some("DE"));
    for (court, letters) in [
        ("Kiel", "KI"),
        ("Flensburg", "FL"),
        ("Lübeck", "HL"),
        ("Pinneberg", "EL"),
        ("Bremen", "HB"),
        ("Potsdam", "P"),
        ("Cottbus", "CB"),
        ("Neuruppin", "NP"),
        ("Frankfurt (Oder)", "FF"),
    ] {
        let bare = read(&format!("Amtsgericht {court} HRB 7214"));
        assert_eq!(bare, ["de-hr-bare:HRB7214?"], "{court}");
        let whole = read(&format!("HRB 7214 {letters}, {court}"));
        assert!(
            whole[0].starts_with(&format!("de-hr:HRB7214{letters}@")),
            "{whole:?}"
        );
    }
    assert_eq!(
        read("HRB 7214, Charlottenburg"),
        ["de-hr:HRB7214@CHARLOTTENBURG"]
    );
    assert_eq!(
        read("HRB 7214, Frankfurt am Main"),
        ["de-hr:HRB7214@FRANKFURTAMMAIN"]
    );
    let said = parse_typed("reg:HRB 7214 Kiel", Some("DE"))
        .unwrap_err()
        .to_string();
    assert!(said.contains("KI"), "{said}");
}

#[test]
fn words_around_a_number_are_left_out() {
    let (tax, registration) = (Source::Tax, Source::Registration);
    for (source, scheme, value, country, id) in [
        (
            registration,
            None,
            "FN 123456a, Handelsgericht Wien",
            "AT",
            "at-fn:123456A",
        ),
        (
            registration,
            None,
            "FN 34567 h beim Landesgericht Linz",
            "AT",
            "at-fn:34567H",
        ),
        (
            registration,
            None,
            "Firmenbuchnummer: FN 123456a",
            "AT",
            "at-fn:123456A",
        ),
        (
            registration,
            None,
            "Handelsgericht Wien, FN 123456a",
            "AT",
            "at-fn:123456A",
        ),
        (
            registration,
            Some("FN"),
            "123456a (Firmenbuchgericht Wien)",
            "AT",
            "at-fn:123456A",
        ),
        (
            registration,
            None,
            "RPM Bruxelles 0683.473.480",
            "BE",
            "be-cbe:0683473480",
        ),
        (
            registration,
            None,
            "0683.473.480 RPM Bruxelles",
            "BE",
            "be-cbe:0683473480",
        ),
        (
            tax,
            Some("VAT"),
            "BE 0683.473.480 RPR Gent",
            "BE",
            "be-cbe:0683473480",
        ),
        (
            tax,
            Some("VAT"),
            "TVA BE 0683.473.480, RPM Bruxelles",
            "BE",
            "be-cbe:0683473480",
        ),
        (
            tax,
            Some("VAT"),
            "USt-IdNr. DE 129 273 398",
            "DE",
            "de-vat:129273398",
        ),
        (
            tax,
            Some("VAT"),
            "P.I. 00743110157",
            "IT",
            "it-cf:00743110157",
        ),
        (tax, Some("P.I."), "00743110157", "IT", "it-cf:00743110157"),
        (tax, None, "P.I.: IT 00743110157", "IT", "it-cf:00743110157"),
        (
            tax,
            Some("VAT"),
            "C.F. e P.IVA 00743110157",
            "IT",
            "it-cf:00743110157",
        ),
        (
            registration,
            None,
            "C.F./P.I. 00743110157",
            "IT",
            "it-cf:00743110157",
        ),
        (
            tax,
            Some("VAT"),
            "NIP-UE: PL 526-025-02-74",
            "PL",
            "pl-nip:5260250274",
        ),
        (
            tax,
            Some("NIP-UE"),
            "PL5260250274",
            "PL",
            "pl-nip:5260250274",
        ),
        (tax, None, "NIP UE PL5260250274", "", "pl-nip:5260250274"),
        (
            tax,
            Some("VAT"),
            "登録番号 T6700150000005",
            "JP",
            "jp-cn:6700150000005",
        ),
        (
            tax,
            None,
            "登録番号：Ｔ６７００１５０００００05",
            "JP",
            "jp-cn:6700150000005",
        ),
        (
            tax,
            Some("登録番号"),
            "T6700150000005",
            "JP",
            "jp-cn:6700150000005",
        ),
        (
            registration,
            None,
            "登録番号 T6700150000005",
            "JP",
            "jp-cn:6700150000005",
        ),
        (
            registration,
            None,
            "法人番号 6700150000005",
            "JP",
            "jp-cn:6700150000005",
        ),
        (tax, Some("VAT"), "SE5560125790", "SE", "se-org:5560125790"),
        (tax, Some("VAT"), "SE5560125790", "", "se-org:5560125790"),
        (
            tax,
            Some("SE:VAT"),
            "556012-5790",
            "SE",
            "se-org:5560125790",
        ),
        (
            tax,
            Some("VAT"),
            "SE 556012-5790 01",
            "SE",
            "se-org:5560125790",
        ),
        (
            tax,
            Some("VAT"),
            "SE556012579002",
            "SE",
            "se-vat:556012579002",
        ),
    ] {
        let country = Some(country).filter(|country| !country.is_empty());
        let ids = read(source, scheme, value, country);
        assert_eq!(ids.first().map(String::as_str), Some(id), "{value}");
    }
    let wrong = read(tax, Some("VAT"), "SE5560125791", Some("SE"));
    assert_eq!(wrong, ["se-org:5560125791?"]);
}

/// Words before a number make no other company of it.
#[test]
fn words_before_a_number_are_no_letters_of_it() {
    let company = |value: &str| read(Source::Registration, None, value, Some("GB"));
    for word in ["No.", "№", "Nr", "RN", "CN", "CH", "EN", "EW", "ZZ"] {
        for id in company(&format!("{word} 445790")) {
            assert!(id.ends_with('?'), "{word}: {id}");
        }
    }
    for (written, right) in [
        ("00445790", "00445790"),
        ("Co. 445790", "00445790"),
        ("UK 445790", "00445790"),
        ("Company No 445790", "00445790"),
        ("Registered in England No. 445790", "00445790"),
        ("Registered in Scotland No. 83026", "SC083026"),
        ("Registered in Scotland No. SC083026", "SC083026"),
        ("Registered in Northern Ireland No. 12345", "NI012345"),
        ("SC83026", "SC083026"),
        ("OC301234", "OC301234"),
    ] {
        assert_eq!(
            company(written),
            [format!("gb-company:{right}")],
            "{written}"
        );
    }
    let rea = |label, value: &str| read(Source::Registration, label, value, Some("IT"));
    for word in ["No.", "PI", "RI", "CR"] {
        let bare = rea(None, &format!("{word} 245678"));
        assert!(bare.iter().all(|id| id.ends_with('?')), "{bare:?}");
    }
    for word in ["CF", "NR", "ZZ"] {
        let bare = rea(None, &format!("{word} 245678"));
        assert!(!bare.iter().any(|id| id.starts_with("it-rea")), "{bare:?}");
    }
    assert_eq!(rea(None, "MI-2053691"), ["it-rea:MI2053691"]);
    assert_eq!(rea(None, "REA NO-245678"), ["it-rea:NO245678"]);
    assert_eq!(rea(Some("REA"), "CR 245678"), ["it-rea:CR245678"]);
}

/// Only letters that a court's numbers have are letters of a number.
#[test]
fn words_behind_a_court_s_number_are_no_letters_of_it() {
    let read = |value: &str| read(Source::Registration, None, value, Some("DE"));
    for written in [
        "HRB 33517 am Amtsgericht Leipzig",
        "HRB 33517 in Leipzig",
        "HRB 33517 zu Leipzig",
        "HRB 33517 vom AG Leipzig",
        "HRB 33517 bei AG Leipzig",
        "HRB 33517 RG Leipzig",
        "HRB 33517 Reg. Leipzig",
        "HRB 33517 D-Leipzig",
        "Leipzig HRB 33517 KG",
        "HRB 33 517 Leipzig",
    ] {
        assert_eq!(read(written), ["de-hr:HRB33517@LEIPZIG"], "{written}");
    }
    assert_eq!(read("GnR 33517 eG Leipzig"), ["de-hr:GNR33517@LEIPZIG"]);
    assert_eq!(read("HRB 12 300 München"), ["de-hr:HRB12300@MUENCHEN"]);
    assert_eq!(read("HRB 7214 NM, Kiel"), ["de-hr:HRB7214NM@KIEL"]);
    for written in [
        "HRB 123 Bad Essen",
        "HRB 1234 in Lübeck",
        "HRB 1234 in Kiel",
        "HRB 1234 zu Potsdam",
        "HRB 1234 in Bremen",
        "HRB 1234 XY Leipzig",
    ] {
        let hints = read(written);
        let all = hints.iter().all(|id| id.starts_with("de-hr-bare:"));
        assert!(all && hints.len() == 1, "{written}: {hints:?}");
    }
}

#[test]
fn a_check_sign_of_the_other_kind_does_not_fit() {
    let nif = |value: &str| read(Source::Tax, Some("VAT"), value, Some("ES"));
    assert_eq!(nif("B28015865"), ["es-nif:B28015865"]);
    assert_eq!(nif("B2801586E"), ["es-nif:B2801586E?"]);
    assert_eq!(nif("P2807900B"), ["es-nif:P2807900B"]);
    assert_eq!(nif("P28079002"), ["es-nif:P28079002?"]);
    let trn = read(Source::Tax, None, "100000000000003", Some("AE"));
    assert_eq!(trn, Vec::<String>::new(), "a test number");
}
