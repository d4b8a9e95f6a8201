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
fn letters_that_look_the_same_are_the_same_whatever_marks_they_bear() {
    for (one, others) in [
        ("RÖ-1", &["RӦ-1", "rӧ-1", "RО\u{308}-1", "RΟ\u{308}-1"][..]),
        ("STRASSE 1", &["STRAẞE 1", "straße 1", "Strasse 1"]),
        ("ÈËÏĂÄĔÖŸÇ", &["ЀЁЇӐӒӖӦӰҪ", "ѐёїӑӓӗӧӱҫ"]),
        ("ÁÉÍÓÝÏŸ", &["ΆΈΊΌΎΪΫ", "άέίόύϊϋ"]),
        ("ÃÕ", &["\u{391}\u{342}\u{39F}\u{342}"]),
        ("VGFMCC", &["ѴԌϜϺϹС", "ѵԍϝϻϲс"]),
        ("ĐĐĐ", &["ĐÐƉ", "đðɖ"]),
        (
            "ISTANBUL",
            &["İSTANBUL", "istanbul", "i\u{307}stanbul", "ıstanbul"],
        ),
        ("RIN", &["ʀɪɴ", "🅡🅘🅝", "🆁🅸🅽"]),
        ("ƟAEƏ", &["ѲӔӘ", "ΘÆƏ", "өӕә"]),
        (
            "FV-12/7",
            &[
                "FV\u{2500}12/7",
                "FV\u{6D4}12/7",
                "FV\u{2574}12\u{27CB}7",
                "FV-12/7\u{FFF0}",
                "FV-12\u{E0FFF}/7\u{E0000}",
                "F\u{2065}V-12/7",
            ],
        ),
    ] {
        for other in others {
            assert_eq!(strict_number(other), one, "{other:?}");
        }
    }
    assert_ne!(strict_number("RÖ-1"), strict_number("RO-1"));
    assert_ne!(strict_number("Й-1"), strict_number("И-1"));
}

#[test]
fn a_number_of_one_alphabet_with_defined_signs_is_clear() {
    for clear in [
        "INV-2026/17",
        "INV-2026\u{FFF0}",
        "НАКЛАДНАЯ 12",
        "НАКЛАДНАЯ INV-12",
        "РО-12",
        "PО-12",
        "INVОІСЕ",
        "invоісе",
        "ΤΔΑ A 12",
        "Счёт № 12",
        "請求書INV12",
        "송장A-12",
        "فاتورة INV-12",
        "חשבונית A12",
        "ＦＶ－１２",
        "Nº 12",
        "straße 7",
        "µ12",
    ] {
        assert_eq!(unclear(clear), None, "{clear:?}");
    }
    for (mixed, first, other) in [
        ("INVЖ-1", "Latin", "Cyrillic"),
        ("1-Жinv", "Cyrillic", "Latin"),
        ("I\u{200B}N\u{200B}Ж", "Latin", "Cyrillic"),
        ("inν-12", "Latin", "Greek"),
        ("PΩ12", "Latin", "Greek"),
        ("ЖΩ", "Cyrillic", "Greek"),
        ("INᏤ", "Latin", "Cherokee"),
        ("IՄ", "Latin", "Armenian"),
        ("Iꓠ", "Latin", "Lisu"),
        ("IⲚ", "Latin", "Coptic"),
        ("INVҎ", "Latin", "Cyrillic"),
    ] {
        match unclear(mixed) {
            Some(Unclear::Mixed {
                first: a, other: b, ..
            }) => {
                assert_eq!((a, b), (first, other), "{mixed:?}");
            }
            clear => panic!("{mixed:?}: {clear:?}"),
        }
    }
    for sign in [
        '\u{E000}',
        '\u{F8FF}',
        '\u{10FFFD}',
        '\u{FFFE}',
        '\u{378}',
        '\u{2FE0}',
    ] {
        let number = format!("INV-1{sign}");
        assert_eq!(unclear(&number), Some(Unclear::Sign(sign)));
    }
    // Canadian syllabics, Tifinagh, Old Italic, Cherokee, Lisu, Coptic, clicks
    for letter in ['ᐯ', 'ⵔ', '𐌅', 'Ꭱ', 'ꓠ', 'Ⲛ', 'ǀ'] {
        for number in [format!("V-{letter}-2026"), format!("0{letter}01")] {
            assert_eq!(unclear(&number), Some(Unclear::Foreign(letter)), "{number}");
        }
        assert_eq!(
            unclear_name(&format!("Nordwind {letter}")),
            Some(Unclear::Foreign(letter))
        );
    }
    for name in [
        "Nordwind Ж",
        "ООО Ромашка",
        "Żubr",
        "株式会社",
        "ไทย",
        "हिन्दी",
        "ლარი",
        "ℓ-12 ™ ①",
    ] {
        assert_eq!(unclear_name(name), None, "{name}");
    }
    assert_eq!(strict_number("VF-〇1〇1"), strict_number("VF-0101"));
    let said = unclear("INV\u{E000}").map(|one| one.to_string());
    assert!(said.is_some_and(|said| said.contains("U+E000")));
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

/// Whether the forms of a text are their own forms.
pub(super) fn is_folded_once(text: &str) -> Result<(), TestCaseError> {
    let (strict, loose, form) = (strict_number(text), loose_number(text), reference(text));
    prop_assert_eq!(strict_number(&strict), &strict[..]);
    prop_assert_eq!(loose_number(&loose), &loose[..]);
    prop_assert_eq!(loose_number(&strict), &loose[..]);
    prop_assert_eq!(reference(&form), &form[..]);
    prop_assert_eq!(reference(&strict), &form[..]);
    Ok(())
}

/// Letters of the alphabets that meet, with marks, and what is left out.
const MEETING: &str = "[A-Za-z0-9 \u{300}-\u{345}\u{370}-\u{3FF}\u{400}-\u{52F}\u{1F00}-\u{1FFF}\u{C0}-\u{24F}ẞſ\u{FFF0}\u{E000}]{0,12}";

proptest! {
    #[test]
    fn letters_that_meet_are_normalised_once(text in MEETING) {
        is_folded_once(&text)?;
    }

    #[test]
    fn normalising_twice_is_normalising_once(text in "\\PC{0,12}|[\\s\\S]{0,12}") {
        is_folded_once(&text)?;
        prop_assert_eq!(reference(&text).replace('-', ""), loose_number(&text));
    }
}
