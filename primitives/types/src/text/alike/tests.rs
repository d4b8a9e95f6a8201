//! Signs that look like others: the same number and name, or refused.

use proptest::prelude::*;
use unicode_normalization::char::is_public_assigned;
use unicode_security::skeleton;

use crate::names::plain_name;
use crate::text::unicode::is_new;
use crate::text::{Unclear, digit, loose_number, reference, strict_number, unclear, unclear_name};

#[test]
fn a_number_with_signs_that_look_like_ascii_is_the_number_in_ascii() {
    for (one, others) in [
        (
            "VF_431",
            &["VF\u{2CD}431", "VF\u{FF3F}431", "vf\u{640}431"][..],
        ),
        (
            "VF-432",
            &[
                "VF\u{2014}432",
                "VF\u{30FC}432",
                "VF\u{FF70}432",
                "VF\u{4E00}432",
                "VF\u{3161}432",
                "VF\u{1173}432",
                "VF\u{2C9}432",
                "VF\u{A7F7}432",
                "VF\u{31D0}432",
            ],
        ),
        (
            "INVO12",
            &[
                "INV\u{D20}12",
                "INV\u{101D}12",
                "INV\u{5E1}12",
                "INV\u{585}12",
                "INV\u{555}12",
                "INV\u{3147}12",
                "INV\u{110B}12",
                "INV\u{647}12",
            ],
        ),
        (
            "VF'43",
            &[
                "VF\u{2BC}43",
                "VF\u{A78C}43",
                "VF\u{A78B}43",
                "VF\u{2019}43",
                "VF\u{2BF}43",
            ],
        ),
        ("VF:43", &["VF\u{2D0}43", "VF\u{2236}43", "VF\u{589}43"]),
        ("VF,43", &["VF\u{201A}43", "VF\u{2CF}43"]),
        ("VF\"43", &["VF\u{201C}43", "VF\u{2EE}43"]),
        ("VF/43", &["VF\u{30CE}43", "VF\u{4E3F}43"]),
        ("VF3X", &["VFЗX", "vfзx", "VF3\u{D7}"]),
        ("R-31", &["г-31", "r-31"]),
        ("6-31", &["б-31"]),
        ("송장-12", &["송장\u{2014}12", "송장\u{30FC}12"]),
    ] {
        for other in others {
            assert_eq!(strict_number(other), one, "{other:?}");
            assert_eq!(loose_number(other), loose_number(one), "{other:?}");
            assert_eq!(reference(other), reference(one), "{other:?}");
        }
    }
    for number in [
        "VF\u{2CD}431",
        "VF\u{30FC}432",
        "INV\u{D20}12",
        "VF\u{2BC}43",
        "INV\u{585}12",
    ] {
        assert_eq!(unclear(number), None, "{number:?}");
    }
}

#[test]
fn a_number_that_only_looks_like_one_in_ascii_is_refused() {
    for (number, why) in [
        ("INV\u{D15}12", "Malayalam"),
        ("INV-\u{D15}-12", "Malayalam"),
        ("INV\u{1000}12", "Myanmar"),
        ("VF-\u{1000}-12", "Myanmar"),
        ("VF-\u{9EA}31", "looks like '8'"),
        ("\u{9EA}\u{9ED}", "looks like '8'"),
        ("\u{3BD}-12", "looks like 'V'"),
        ("\u{3C5}1-12", "looks like 'U'"),
        ("VF𝛎31", "Greek"),
        ("VFſ31", "looks like 'F'"),
        ("INVГ12", "Cyrillic"),
        ("INVΣ12", "Greek"),
        ("חשבוניתA12", "Hebrew and Latin"),
        ("カ송-12", "Katakana and Hangul"),
    ] {
        let said = unclear(number).map(|said| said.to_string());
        assert!(
            said.clone().is_some_and(|said| said.contains(why)),
            "{number:?}: {said:?}"
        );
    }
    for clear in [
        "২০২৬/৪৭",
        "٢٠٢٦/١٥",
        "فاتورة ٥٧",
        "ใบแจ้งหนี้ INV-12",
        "ก-12",
        "期間ビール12",
        "INVビール12",
        "12 г.",
        "Счёт№12",
        "τιμολόγιο έναντι 12",
        "Դոկ-12",
    ] {
        assert_eq!(unclear(clear), None, "{clear:?}");
    }
}

#[test]
fn everyday_spellings_of_one_letter_are_one() {
    for (one, other) in [
        ("N° 12", "Nº 12"),
        ("N˚ 12", "No 12"),
        ("FȘ-12", "FŞ-12"),
        ("FȚ-12", "fţ-12"),
        ("Ă-12", "Ǎ-12"),
        ("Ğ-12", "Ǧ-12"),
        ("Ы-12", "ЬІ-12"),
        ("Ю-12", "ІО-12"),
        ("ÆR-1", "AER-1"),
        ("П-12", "Π-12"),
        ("ΓΦΛ-1", "ГФЛ-1"),
        ("12·34", "12•34"),
    ] {
        assert_eq!(
            strict_number(one),
            strict_number(other),
            "{one:?} {other:?}"
        );
        assert_eq!((unclear(one), unclear(other)), (None, None), "{one:?}");
    }
}

#[test]
fn what_prints_like_a_letter_and_is_none_is_refused() {
    for (number, why) in [
        ("Τ\u{2206}Α-12", "type \"Δ\""),
        ("Τ\u{2211}-12", "U+2211"),
        ("Τ\u{220F}-12", "type \"Π\""),
        ("\u{221E}-12", "\"oo\""),
        ("INV-\u{FFFC}42", "U+FFFC"),
        ("12\u{2052}34", "U+2052"),
        ("SO\u{338}-12", "U+0338"),
        ("FVL\u{338}-12", "U+0338"),
        ("D\u{335}X-12", "U+0335"),
        ("VF-12-\u{335}34", "U+0335"),
        ("C\u{306}-1", "U+0306"),
        ("\u{A732}-12", "U+A732"),
        ("B\u{A74E}K-12", "U+A74E"),
        ("א 12 34", "groups of digits"),
        ("34 12 א", "groups of digits"),
        ("فاتورة 12-34", "groups of digits"),
    ] {
        let said = unclear(number).map(|said| said.to_string());
        let fits = said.as_ref().is_some_and(|said| said.contains(why));
        assert!(fits, "{number:?}: {said:?}");
    }
    for name in ["∆ΕΛΤΑ ΤΡΟΦΙΜΑ", "\u{A732}RHUS"] {
        assert!(unclear_name(name).is_some(), "{name:?}");
    }
}

#[test]
fn everyday_numbers_and_names_are_accepted() {
    for number in [
        "ΤΔΑ-12",
        "ΤΙΜ Α/1052",
        "ΘΕΣΣΑΛΟΝΙΚΗ 7",
        "Τιμολόγιο ΤΠΥ 88",
        "Счёт № 12 от 05.03.2026 г.",
        "СФ-2026/117",
        "ЄДРПОУ-12",
        "Рахунок №Ґ-7",
        "Ђ-12/26",
        "0000004711",
        "ÇĞİŞ-2026",
        "FVŁ/12/2026",
        "ŻÓŁĆ 7",
        "Hóa đơn số 12",
        "HĐ-0012",
        "Ể-12",
        "SØ-12",
        "ÅÄÖ-1",
        "Ž-15/Č",
        "ŐŰ-3",
        "חשבונית 1234",
        "חשבונית 12/34",
        "חשבונית 12-34",
        "فاتورة ٢٠٢٦/١٥",
        "فاتورة رقم ١٥",
        "發票 AB-12345678",
        "第12号",
        "請求書No.2026-015",
        "송장 2026-15",
        "ใบกำกับ 12/26",
        "इनवॉयस 12-34",
        "Nr. 12½",
        "12 € 7",
        "12 ¥ 7",
        "12 £",
        "§ 12",
        "N° F2026-12",
        "Rech.–Nr. 7",
        "12 г.",
        "0000123/01.03.2026г.",
    ] {
        assert_eq!(unclear(number), None, "{number:?}");
    }
    for name in [
        "ΔΕΛΤΑ ΤΡΟΦΙΜΑ Α.Ε.",
        "Çelik İnşaat A.Ş.",
        "Żółć Sp. z o.o.",
        "Công ty Cổ phần Sữa",
        "חברת החשמל 12-34",
        "شركة النور ٢ ١",
        "株式会社日立",
        "Øresund A/S",
        "S.C. Țiriac S.R.L.",
        "Ọ̀ṣun Foods",
        "ООО «Юг»",
        "4° Nord",
        "Tüv® & Söhne™",
    ] {
        assert_eq!(unclear_name(name), None, "{name:?}");
    }
}

#[test]
fn capitals_that_print_apart_are_two_numbers() {
    for (one, other) in [
        ("ΤΓ-77", "ΤΥ-77"),
        ("Σ-12", "Ο-12"),
        ("Б19", "619"),
        ("Г-12", "R-12"),
        ("Γ-12", "Y-12"),
        ("Г-12", "Υ-12"),
    ] {
        assert_ne!(strict_number(one), strict_number(other), "{one}");
        assert_ne!(loose_number(one), loose_number(other), "{one}");
    }
    // in small letters these print alike
    for (one, other) in [
        ("г-12", "r-12"),
        ("б19", "619"),
        ("γ-77", "y-77"),
        ("σ-1", "o-1"),
        ("г\u{200b}-1", "r-1"),
    ] {
        assert_eq!(strict_number(one), strict_number(other), "{one}");
    }
    assert_eq!(strict_number("г\u{200b}ж-1"), strict_number("ГЖ-1"));
}

#[test]
fn one_letter_of_another_script_makes_no_other_name() {
    for other in [
        "Acme F\u{585}undry",
        "ACME F\u{555}UNDRY",
        "Acme F\u{D20}undry",
        "Acme F\u{43E}undry",
        "Acm\u{435} Foundry",
        "Acme\u{2CD}Foundry",
        "Acme\u{30FC}Foundry",
        "Acme\u{4E00}Foundry",
        "\u{2BF}Acme Foundry",
        "Acme\u{A78C} Foundry",
    ] {
        assert_eq!(plain_name(other), "ACME FOUNDRY", "{other:?}");
        assert_eq!(unclear_name(other), None, "{other:?}");
    }
    for other in [
        "Acme Foundr\u{3B3}",
        "Acme F\u{1000}undry",
        "Acme Fo\u{578}ndry",
        "Acme Fo\u{57D}\u{578}dry",
        "Acme Fou\u{5D9}ndry",
        "Яndex",
        "Acme \u{A7DD}",
    ] {
        assert!(unclear_name(other).is_some(), "{other:?}");
    }
    for clear in [
        "µTech GmbH",
        "АБВ™",
        "Nordwind Ж",
        "日立ABC",
        "Об\u{2BC}єкт",
    ] {
        assert_eq!(unclear_name(clear), None, "{clear:?}");
    }
    // a letter among others of its script stays one
    for (one, other) in [
        ("サッポロビール", "サッポロビル"),
        ("第一汽车", "第汽车"),
        ("イノベ", "イベ"),
        ("דיין", "דן"),
        ("А. З. Иванов", "А. 3. Иванов"),
    ] {
        assert_ne!(plain_name(one), plain_name(other), "{one}");
    }
    assert_eq!(plain_name("ビール株式会社"), "ビール");
    assert_eq!(plain_name("А.З. Иванов"), plain_name("АЗ Иванов"));
}

/// Each assigned sign that looks like a single one of ASCII.
fn lookalikes() -> impl Iterator<Item = (char, char)> {
    let all = ('\u{80}'..=char::MAX).filter(|sign| is_public_assigned(*sign));
    all.filter_map(|sign| {
        let text = sign.to_string();
        let mut looks = skeleton(&text);
        let look = looks.next().filter(char::is_ascii)?;
        looks.next().is_none().then_some((sign, look))
    })
}

#[test]
fn whatever_unicode_says_looks_like_ascii_is_the_same_or_refused() {
    let (mut all, mut apart) = (0, Vec::new());
    for (sign, look) in lookalikes() {
        let number = format!("VF{sign}31");
        // digits that look like a point, a raised letter, and dashes of two or three strokes or none
        let other = "٠۰ᶺ᐀⹀〜゠︱".contains(sign);
        if other || unclear(&number).is_some() {
            continue;
        }
        all += 1;
        let mut looks = vec![look.to_string()];
        match look {
            'l' => looks.extend(["I", "1", "|"].map(str::to_owned)),
            'O' | 'o' => looks.push("0".to_owned()),
            _ => {}
        }
        let same = |look: &String| {
            let plain = format!("VF{look}31");
            strict_number(&plain) == strict_number(&number)
        };
        if !looks.iter().any(same) {
            apart.push((sign, u32::from(sign)));
        }
    }
    assert!(apart.is_empty(), "{apart:X?}");
    assert!(all > 300, "{all}");
}

/// What Sealane compared as one before it took Unicode's table, capitals and signs without capitals.
const BEFORE: &[(&str, char)] = &[
    ("АΑᴀⱭ", 'A'),
    ("ВΒʙ", 'B'),
    ("СϹϲᴄ", 'C'),
    ("Ԁᴅ", 'D'),
    ("ЕΕᴇ", 'E'),
    ("Ϝꜰ", 'F'),
    ("ԌɢꞬ", 'G'),
    ("НΗҺʜ", 'H'),
    ("ІΙӀꞮɪƖ", 'I'),
    ("ЈͿᴊ", 'J'),
    ("КΚᴋ", 'K'),
    ("ʟ", 'L'),
    ("МΜϺᴍ", 'M'),
    ("Νɴ", 'N'),
    ("ОΟᴏ", 'O'),
    ("РΡᴘ", 'P'),
    ("Ԛꞯ", 'Q'),
    ("Ʀ", 'R'),
    ("Ѕꜱ", 'S'),
    ("ТΤᴛ", 'T'),
    ("ᴜ", 'U'),
    ("Ѵᴠ", 'V'),
    ("Ԝᴡ", 'W'),
    ("ХΧ", 'X'),
    ("УҮΥʏ", 'Y'),
    ("Ζᴢ", 'Z'),
    ("〇", '0'),
    ("ÐƉ", 'Đ'),
    ("Ҫ", 'Ç'),
    ("Ӕ", 'Æ'),
    ("Ә", 'Ə'),
    ("ѲӨΘ", 'Ɵ'),
    ("Ӡ", 'Ʒ'),
    ("🅐🅰🇦", 'A'),
];

#[test]
fn what_was_the_same_is_the_same() {
    for (signs, one) in BEFORE {
        for sign in signs.chars() {
            for around in [["", ""], ["VF", "1"], ["Ж", ""], ["", "\u{308}"]] {
                let [sign, one] = [sign, *one].map(|sign| around.join(&sign.to_string()));
                assert_eq!(strict_number(&sign), strict_number(&one), "{sign}");
                assert_eq!(loose_number(&sign), loose_number(&one), "{sign}");
                let zero = one.contains('0') || one.contains('Ʒ');
                assert!(zero || plain_name(&sign) == plain_name(&one), "{sign}");
            }
        }
    }
}

#[test]
fn ascii_is_as_it_is() {
    for (text, strict, loose, form) in [
        ("inv 0O1lI|m", "INV 0O1LI|M", "INV0O1LIM", "INV0O1LIM"),
        ("VF_431", "VF_431", "VF431", "VF431"),
        (" rn-12//7 ", "RN-12//7", "RN127", "RN12-7"),
        (
            "a'b\"c:d,e.f`g~h",
            "A'B\"C:D,E.F`G~H",
            "ABCDEFGH",
            "ABCDEFGH",
        ),
        ("VF\t 1\u{7f}2", "VF 12", "VF12", "VF12"),
    ] {
        assert_eq!(strict_number(text), strict);
        assert_eq!(loose_number(text), loose);
        assert_eq!(reference(text), form);
        assert_eq!(unclear(text), None);
        assert_eq!(unclear_name(text), None);
    }
    assert_eq!(plain_name("O'Neil & Sons 1l_0O Ltd."), "& 0O 1L ONEIL SONS");
    for (one, other) in [("0", "O"), ("1", "l"), ("1", "I"), ("m", "rn"), ("|", "l")] {
        assert_ne!(strict_number(one), strict_number(other));
    }
}

#[test]
fn a_sign_that_some_of_the_tables_do_not_know_is_no_letter_and_refused() {
    let new: Vec<char> = ('\u{80}'..=char::MAX)
        .filter(|sign| is_new(*sign))
        .collect();
    for sign in &new {
        let number = format!("VF{sign}31");
        assert!(is_public_assigned(*sign), "{sign:?}");
        assert_eq!(unclear(&number), Some(Unclear::Sign(*sign)));
        assert_eq!(unclear_name(&number), Some(Unclear::Sign(*sign)));
        assert_eq!(strict_number(&number), "VF\u{FFFD}31");
        assert_eq!(loose_number(&number), "VF31");
        assert_eq!(plain_name(&number), "31 VF");
        assert!(!sign.is_alphanumeric() && digit(*sign).is_none());
    }
    // 159,801 characters of Unicode 17.0 and 65 control codes
    let known = ('\0'..=char::MAX).filter(|sign| is_public_assigned(*sign) && !is_new(*sign));
    assert_eq!(known.count(), 159_801 + 65);
}

/// Letters and signs that look like each other, of scripts with and without capitals.
const LOOKS: &str = "[A-Za-z0-9 _'|\u{2B0}-\u{2FF}\u{300}-\u{345}\u{370}-\u{3FF}\u{400}-\u{52F}\u{531}-\u{58A}\
    \u{591}-\u{5F4}\u{610}-\u{6FF}\u{900}-\u{DFF}\u{1000}-\u{11FF}\u{2010}-\u{2060}\u{3005}-\u{318F}\u{4E00}-\u{4E40}\
    \u{A700}-\u{A7FF}\u{AC00}-\u{AC40}\u{A7E2}\u{1DFE4}]{0,12}";

proptest! {
    #[test]
    fn signs_that_look_alike_are_folded_once(text in LOOKS) {
        let (strict, loose, form) = (strict_number(&text), loose_number(&text), reference(&text));
        prop_assert_eq!(strict_number(&strict), &strict[..]);
        prop_assert_eq!(loose_number(&loose), &loose[..]);
        prop_assert_eq!(loose_number(&strict), &loose[..]);
        prop_assert_eq!(reference(&form), &form[..]);
        prop_assert_eq!(reference(&strict), &form[..]);
        let _ = (unclear(&text), unclear_name(&text));
    }

    #[test]
    fn ascii_is_folded_by_capitals_alone(text in "[ -~]{0,16}") {
        let words: Vec<&str> = text.split_whitespace().collect();
        prop_assert_eq!(strict_number(&text), words.join(" ").to_ascii_uppercase());
    }
}
