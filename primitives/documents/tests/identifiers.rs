//! The pairs of `data/identifiers.json`: how documents write numbers, and which of them are one company.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sealane_documents::identifiers::{Source, Written, from_parts, identify, schemes};
use serde_json::Value;

const PAIRS: &str = include_str!("data/identifiers.json");

/// The strict keys of a written form, and all its keys.
fn keys(form: &Value) -> (BTreeSet<String>, BTreeSet<String>) {
    let source = match (form["tax"].as_bool(), form["in"].as_str()) {
        (Some(true), _) => Source::Tax,
        (_, Some("registration")) => Source::Registration,
        _ => Source::Identification,
    };
    let ids = identify(&Written {
        source,
        schemes: [form["scheme"].as_str(), None],
        value: form["value"].as_str().expect("each form has a value"),
        country: form["country"].as_str(),
    });
    let strict = ids.iter().filter(|id| id.is_strict());
    let strict = strict.map(|id| id.canonical()).collect();
    (strict, ids.iter().map(|id| id.canonical()).collect())
}

fn pairs() -> Vec<Value> {
    let all: Value = serde_json::from_str(PAIRS).expect("the pairs are JSON");
    all["cases"].as_array().expect("a list").clone()
}

#[test]
fn every_pair_has_its_answer() {
    let pairs = pairs();
    assert_eq!(pairs.len(), 248);
    let mut wrong = Vec::new();
    for pair in &pairs {
        let ((strict_a, all_a), (strict_b, all_b)) = (keys(&pair["a"]), keys(&pair["b"]));
        let same = !strict_a.is_disjoint(&strict_b);
        let hint = !all_a.is_disjoint(&all_b);
        let agrees = pair["same"].as_bool() == Some(same)
            && pair["hint"]
                .as_bool()
                .is_none_or(|expected| expected == hint);
        if !agrees {
            wrong.push(format!(
                "{pair}\n  {strict_a:?} {all_a:?}\n  {strict_b:?} {all_b:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What a form gives is given again by its canonical form, by the scheme alone.
fn assert_stable(source: Source, scheme: Option<&str>, value: &str, country: Option<&str>) {
    let first = identify(&Written {
        source,
        schemes: [scheme, None],
        value,
        country,
    });
    for id in &first {
        assert!(id.canonical().len() <= 96);
        let again = from_parts(&id.scheme, &id.value, None);
        let same = again
            .first()
            .map(|again| (again.canonical(), again.is_strict() || !id.is_strict()));
        assert_eq!(
            same,
            Some((id.canonical(), true)),
            "{value:?} under {scheme:?} in {country:?}"
        );
    }
    assert!(first.iter().filter(|id| id.is_strict()).count() <= 1);
}

#[test]
fn normalising_twice_is_normalising_once_on_the_pairs() {
    for form in pairs().iter().flat_map(|pair| [&pair["a"], &pair["b"]]) {
        for source in [Source::Tax, Source::Registration, Source::Identification] {
            let value = form["value"].as_str().expect("each form has a value");
            assert_stable(
                source,
                form["scheme"].as_str(),
                value,
                form["country"].as_str(),
            );
        }
    }
}

#[test]
fn a_label_of_several_schemes_gives_the_same_number_again() {
    assert_stable(Source::Tax, Some("0230"), "01A", None);
}

/// Countries of schemes whose numbers are by law numbers of another country's register.
const JOINED: [[&str; 2]; 2] = [["CH", "LI"], ["FR", "MC"]];

#[test]
fn no_strict_identities_of_two_countries_meet() {
    let countries: BTreeSet<String> = schemes()
        .map(|(id, _)| id[..2].to_uppercase())
        .filter(|code| !["LE", "GL", "GS", "DU", "BI", "EU", "EO"].contains(&code.as_str()))
        .collect();
    let mut met = 0;
    for form in pairs().iter().flat_map(|pair| [&pair["a"], &pair["b"]]) {
        let value = form["value"].as_str().expect("each form has a value");
        let bare = value.trim_start_matches(|letter: char| !letter.is_numeric());
        for source in [Source::Tax, Source::Registration] {
            let mut seen: Vec<(String, String)> = Vec::new();
            for country in &countries {
                let ids = identify(&Written {
                    source,
                    schemes: [None, None],
                    value: bare,
                    country: Some(country),
                });
                for id in ids.into_iter().filter(|id| id.is_strict()) {
                    for (other, canonical) in seen
                        .iter()
                        .filter(|(_, canonical)| *canonical == id.canonical())
                    {
                        let pair = [other.as_str(), country.as_str()];
                        assert!(JOINED.contains(&pair), "{canonical} in {pair:?}");
                        met += 1;
                    }
                    seen.push((country.clone(), id.canonical()));
                }
            }
        }
    }
    assert!(
        met > 0,
        "a Swiss number of a company in Liechtenstein meets itself"
    );
}

fn labels() -> impl Strategy<Value = Option<String>> {
    let all: Vec<Option<String>> = schemes()
        .map(|(id, _)| Some(id.to_owned()))
        .chain(
            ["VAT", "0002", "0230", "GST", "TIN", "HRB", "0177", "x"]
                .map(|one| Some(one.to_owned())),
        )
        .chain([None])
        .collect();
    proptest::sample::select(all)
}

fn country() -> impl Strategy<Value = Option<&'static str>> {
    const ALL: [&str; 14] = [
        "DE", "FR", "GB", "RO", "AU", "SE", "CH", "NL", "MX", "IE", "KE", "RE", "XX", "é",
    ];
    proptest::option::of(proptest::sample::select(&ALL[..]))
}

fn source() -> impl Strategy<Value = Source> {
    const ALL: [Source; 3] = [Source::Tax, Source::Registration, Source::Identification];
    proptest::sample::select(&ALL[..])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_normalised_once(
        source in source(),
        label in labels(),
        value in "[A-Z]{0,4}[0-9]{2,15}[A-Z]{0,3}|[\\s\\S]{0,20}|(HRB|J|FR|GB|CHE)[0-9 /.@A-Za-zß\u{301}²]{0,20}",
        country in country(),
    ) {
        assert_stable(source, label.as_deref(), &value, country);
    }
}
