use proptest::prelude::*;

use super::*;

#[test]
fn what_looks_the_same_is_the_same_number() {
    let one = "FV-12/ZĄB/2026";
    for other in [
        "fv-12/zą\u{62}/2026",
        "FV-12/ZA\u{328}B/2026",
        "FV\u{2011}12/ZĄB/2026",
        "FV\u{2212}12\u{2215}ZĄB/2026",
        "\u{feff}FV-12/Z\u{200b}ĄB/2026\u{a0}",
        "ＦＶ－１２／ＺĄＢ／２０２６",
        "FV-١٢/ZĄB/٢٠٢٦",
        "FV-12/ΖĄВ/2026",
        "fv-12/ζąв/2026",
    ] {
        assert_eq!(strict_number(other), one, "{other:?}");
    }
    assert_eq!(strict_number(" inv\u{2009}\u{a0} 42\t"), "INV 42");
    assert_ne!(strict_number("INV 42"), strict_number("INV42"));
    assert_eq!(loose_number("INV 42"), loose_number("inv-42"));
    assert_ne!(strict_number("1-12"), strict_number("11-2"));
    let cyrillic = "АВЕКМНОРСТУХІЈЅԚԜӀҮ";
    assert_eq!(strict_number(cyrillic), "ABEKMHOPCTYXIJSQWIY");
    assert_eq!(loose_number("авекмнорстух"), "ABEKMHOPCTYX");
    assert_eq!(strict_number("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧͿ"), "ABEZHIKMNOPTYXJ");
    assert_eq!(strict_number("НАКЛАДНАЯ"), strict_number("HAKЛAДHAЯ"));
}

#[test]
fn references_keep_what_parts_two_groups_of_digits() {
    let same = |texts: &[&str]| {
        let forms: Vec<String> = texts.iter().map(|text| reference(text)).collect();
        assert!(forms.windows(2).all(|pair| pair[0] == pair[1]), "{forms:?}");
        forms[0].clone()
    };
    let apart = [
        same(&[
            "1-12",
            "1/12",
            " 1 12",
            "1.12",
            "1 - 12",
            "1\u{2011}12",
            "١٫١٢",
        ]),
        same(&["11-2", "11/2"]),
        same(&["112", "112."]),
        same(&["PO-88", "po 88", "PO88", "p.o. 88"]),
        same(&["PO-2026-0117", "po 2026/0117", "PO2026 0117"]),
        same(&["PO-20260117"]),
        same(&["2026-A-17", "2026a17"]),
    ];
    let forms: std::collections::HashSet<&String> = apart.iter().collect();
    assert_eq!(forms.len(), apart.len(), "{apart:?}");
    assert_eq!(
        (reference("1/12"), reference("-")),
        ("1-12".into(), String::new())
    );
}

#[test]
fn placeholders_name_nothing() {
    for nothing in [
        "NA",
        "n/a",
        "N.A.",
        "#NO#",
        "XXXX",
        "x",
        "0",
        "000-0",
        "-",
        "",
        " ",
        "none",
        "Ｎ／Ａ",
        "TBD",
        "٠",
        "keine",
        "ohne",
        "telefonisch",
        "mündlich",
        "s/n",
        "n/d",
        "nd",
        "brak",
        "ingen",
        "geen",
        "n.v.t.",
        "sans",
        "néant",
        "senza",
        "No aplica",
        "ninguna",
    ] {
        assert!(names_nothing(nothing), "{nothing:?}");
    }
    for number in ["NA1", "PO-0", "10", "9", "XX1", "NOVA", "1", "SN-1", "ND 7"] {
        assert!(!names_nothing(number), "{number:?}");
    }
}

#[test]
fn every_single_sign_is_normalised_once() {
    for letter in (0..=0x0010_FFFF).filter_map(char::from_u32) {
        let text = letter.to_string();
        let (strict, loose) = (strict_number(&text), loose_number(&text));
        assert_eq!(strict_number(&strict), strict, "{letter:?}");
        assert_eq!(loose_number(&loose), loose, "{letter:?}");
        let between = reference(&format!("1{letter}2"));
        assert_eq!(reference(&between), between, "{letter:?}");
        assert_eq!(plain(&plain(&text)), plain(&text), "{letter:?}");
    }
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(text in "\\PC{0,12}|[\\s\\S]{0,12}") {
        let (strict, loose) = (strict_number(&text), loose_number(&text));
        prop_assert_eq!(strict_number(&strict), &strict[..]);
        prop_assert_eq!(loose_number(&loose), &loose[..]);
        prop_assert_eq!(loose_number(&strict), &loose[..]);
        let form = reference(&text);
        prop_assert_eq!(reference(&form), &form[..]);
        prop_assert_eq!(reference(&strict), &form[..]);
        prop_assert_eq!(form.replace('-', ""), loose);
    }
}
