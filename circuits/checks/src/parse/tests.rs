//! The specification and the editors' grammar have the words and fields that the code has.

use super::WORDS;
use crate::field::{header_fields, line_fields, roles};
use crate::limits;
use sealane_types::schema::Kind;

const SPECIFICATION: &str = include_str!("../../../../specs/checks/README.md");
const EDITORS: &str = include_str!("../../../../specs/checks/sealane-check.tmLanguage.json");

#[test]
fn every_word_is_in_the_grammar_and_in_the_editors() {
    let (_, rest) = SPECIFICATION.split_once("```ebnf").expect("a grammar");
    let (grammar, _) = rest.split_once("```").expect("its end");
    for word in WORDS {
        assert!(
            grammar.contains(&format!("\"{word}\"")),
            "`{word}` in specs/checks/README.md"
        );
        let bare = EDITORS
            .split(['|', '(', ')', '\\'])
            .any(|part| part == word);
        assert!(bare, "`{word}` in the editors' grammar");
    }
    for kind in Kind::ALL {
        let known = EDITORS
            .split(['|', '(', ')'])
            .any(|part| part == kind.name());
        assert!(known, "{} in the editors' grammar", kind.name());
    }
}

#[test]
fn every_field_and_role_is_in_the_specification() {
    for kind in Kind::ALL {
        for field in header_fields(kind).chain(line_fields(kind)) {
            let part = field.path.rsplit('.').next().expect("a name");
            let parts = [format!("`{}`", field.path), format!("`.{part}`")];
            let named = parts.iter().any(|name| SPECIFICATION.contains(name));
            let like = ["name", "ids"].contains(&part) || part.ends_with("[0]");
            assert!(named || like, "{} in specs/checks/README.md", field.path);
        }
        for (role, _) in roles(kind) {
            assert!(SPECIFICATION.contains(&format!("`{role}`")), "{role}");
        }
    }
}

#[test]
fn limits_are_those_of_the_specification() {
    let said = [
        format!(
            "{} documents, {} requirements",
            limits::DOCUMENTS,
            limits::REQUIREMENTS
        ),
        format!("nested {} deep", limits::DEPTH),
        format!("texts of {} bytes, names of {}", limits::TEXT, limits::NAME),
        format!("(at most {})", limits::LIST),
        "must be below 2²⁵⁰".to_owned(),
        format!("At most {} are", limits::DISCREPANCIES),
        format!(
            "at most {} digits before and {} after",
            limits::DIGITS,
            limits::DECIMALS
        ),
    ];
    for part in said {
        assert!(
            SPECIFICATION.contains(&part),
            "{part:?} in specs/checks/README.md"
        );
    }
    assert_eq!((limits::BYTES, limits::NODES), (64 * 1024, 4096));
    assert_eq!((limits::BITS, limits::WORK), (250, 1 << 22));
}
