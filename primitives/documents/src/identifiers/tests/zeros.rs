//! Zeros that lead digits, and nines: two spellings of one number are one identifier, and no number is taken for none.

use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::super::table::{Scheme, table};
use super::*;

/// Schemes in which a zero more or less makes another number, and why.
const APART: [(&str, &str); 8] = [
    (
        "euid",
        "as its register issued it, whole; what is known to be a national number follows from it",
    ),
    (
        "eori",
        "as a customs office issued it, whole; each state makes its own",
    ),
    (
        "fr-ctc",
        "an address: what stands behind the SIREN is the holder's own text",
    ),
    (
        "fi-ovt",
        "eight digits with their check digit, then a text of up to five signs of the holder's own",
    ),
    (
        "de-widnr",
        "nine digits with their check digit, then five digits and a text of the holder's own",
    ),
    (
        "hk-brc",
        "eleven digits or sixteen: the length says which part is which",
    ),
    (
        "bg-vat",
        "a person's ten digits begin with the year of birth, a company's nine do not",
    ),
    (
        "cz-dic",
        "a person's ten digits begin with the year of birth, a company's eight do not",
    ),
];

/// Numbers that are made of each scheme's form.
const SAMPLES: usize = 300;

fn strict(scheme: &str, text: &str) -> Option<String> {
    let first = from_parts(scheme, text, None).into_iter().next()?;
    first.is_strict().then(|| first.canonical())
}

/// The places at which a run of digits begins.
fn runs(text: &str) -> Vec<usize> {
    let mut before = false;
    let starts = text.char_indices().filter(|(_, letter)| {
        let starts = letter.is_ascii_digit() && !before;
        before = letter.is_ascii_digit();
        starts
    });
    starts.map(|(at, _)| at).collect()
}

/// The text with one zero and two more, and with one and all fewer, at the front of each run of digits.
fn spellings(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for at in runs(text) {
        let (front, back) = text.split_at(at);
        all.extend([format!("{front}0{back}"), format!("{front}00{back}")]);
        let mut rest = back;
        while let Some(less) = rest
            .strip_prefix('0')
            .filter(|less| less.starts_with(|next: char| next.is_ascii_digit()))
        {
            rest = less;
            all.push(format!("{front}{rest}"));
        }
    }
    all
}

/// The number with zeros at the front of each run of digits, one and three.
fn with_zeros(text: &str) -> [String; 2] {
    [1, 3].map(|count| {
        let mut text = text.to_owned();
        for at in runs(&text) {
            let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
            let zeros = count.min(digits);
            text.replace_range(at..at + zeros, &"0".repeat(zeros));
        }
        text
    })
}

fn meets(scheme: &Scheme, runner: &mut TestRunner) -> Vec<(String, String)> {
    let form = scheme.form.regex().as_str();
    let form = form
        .strip_prefix("^(?:")
        .and_then(|form| form.strip_suffix(")$"));
    let numbers = string_regex(form.unwrap()).unwrap();
    let mut apart = Vec::new();
    for _ in 0..SAMPLES {
        let number = numbers.new_tree(runner).unwrap().current();
        let [one, three] = with_zeros(&number);
        for text in [number, one, three] {
            let Some(own) = strict(&scheme.id, &text) else {
                continue;
            };
            let others = spellings(&text).into_iter();
            let others = others.filter_map(|other| strict(&scheme.id, &other));
            let (kind, _) = own.split_once(':').unwrap();
            let same_kind = |other: &String| other.split_once(':').unwrap().0 == kind;
            let others = others.filter(same_kind).filter(|other| *other != own);
            apart.extend(others.map(|other| (own.clone(), other)));
        }
    }
    apart
}

#[test]
fn a_zero_that_leads_digits_makes_no_other_company() {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let mut wrong = Vec::new();
    for scheme in table().schemes.iter().filter(|one| one.strict) {
        if APART.iter().any(|(id, _)| *id == scheme.id) {
            continue;
        }
        let apart = meets(scheme, &mut runner);
        wrong.extend(apart.first().map(|one| (apart.len(), one.clone())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn spellings_of_one_register_number_are_one() {
    for (scheme, spelt, canonical) in [
        (
            "cy-reg",
            &["HE12345", "HE 012345", "HE0012345"][..],
            "cy-reg:HE12345",
        ),
        ("cy-reg", &["S7", "S 000007"], "cy-reg:S7"),
        (
            "euid",
            &["CYDRCOR.HE12345", "CYDRCOR.HE012345"],
            "cy-reg:HE12345",
        ),
        ("euid", &["MTROC.C12345", "MTROC.C012345"], "mt-reg:C12345"),
        (
            "it-rea",
            &["MI12345", "MI-012345", "REA MI 0012345"],
            "it-rea:MI12345",
        ),
        ("is-vsk", &["12345", "012345", "IS12345"], "is-vsk:012345"),
        ("lu-rcs", &["B12345", "B 012345"], "lu-rcs:B12345"),
        ("mt-reg", &["C12345", "C 012345"], "mt-reg:C12345"),
        (
            "gb-company",
            &["IP12345R", "IP 12345 R"],
            "gb-company:IP12345R",
        ),
        (
            "gb-company",
            &["IP2345R", "IP02345R"],
            "gb-company:IP02345R",
        ),
        ("gb-company", &["SP1234RS"], "gb-company:SP1234RS"),
        (
            "my-tin",
            &["C2584563222", "C02584563222"],
            "my-tin:C2584563222",
        ),
        (
            "ro-j",
            &["J8/123/2005", "J08/000123/2005"],
            "ro-j:J8/123/2005",
        ),
    ] {
        for text in spelt {
            assert_eq!(strict(scheme, text).as_deref(), Some(canonical), "{text}");
        }
    }
    for (scheme, none) in [
        ("gb-company", "IP012345R"),
        ("sg-uen", "053098765X"),
        ("bg-vat", "0202594000"),
        ("cz-dic", "0045123891"),
        ("cz-dic", "025123891"),
        ("ru-inn", "007707083893"),
        ("cy-reg", "HE000000"),
    ] {
        assert_eq!(strict(scheme, none), None, "{none}");
    }
}

/// Numbers of registers that grow are issued beside each other, also 99999; where they fill the width nobody has them.
#[test]
fn nines_name_nobody_only_where_they_fill_the_width() {
    for (scheme, number, canonical) in [
        ("lu-rcs", "B99999", "lu-rcs:B99999"),
        ("lu-rcs", "B 999999", "lu-rcs:B999999"),
        ("cy-reg", "HE99999", "cy-reg:HE99999"),
        ("ie-cro", "99999", "ie-cro:99999"),
        ("ie-cro", "999999", "ie-cro:999999"),
        ("it-rea", "MI999999", "it-rea:MI999999"),
        ("gb-company", "00099999", "gb-company:00099999"),
        ("gb-company", "99999", "gb-company:00099999"),
        ("at-fn", "99999a", "at-fn:99999A"),
    ] {
        assert_eq!(
            strict(scheme, number).as_deref(),
            Some(canonical),
            "{number}"
        );
    }
    for (scheme, number) in [
        ("lu-rcs", "B9999999"),
        ("cy-reg", "HE999999"),
        ("ie-cro", "9999999"),
        ("gb-company", "99999999"),
        ("nl-kvk", "99999999"),
        ("fo-v", "999999"),
        ("li-vat", "99999"),
        ("it-rea", "MI9999999"),
        ("cy-reg", "HE00000"),
        ("ie-cro", "00000"),
    ] {
        let none = from_parts(scheme, number, None);
        assert!(none.is_empty(), "{number}: {none:?}");
    }
}
