//! U+FFFD that a reference or an escape makes: it stands in place of what some program could not decode, as the sign
//! itself does, which [`crate::encoding`] refuses. The parser makes it of `&#xD800;` and `&#x110000;` too, which are no
//! characters.

use roxmltree::Document;

use crate::fault::{Class, Fault, Place};

const SIGN: char = char::REPLACEMENT_CHARACTER;

/// Refuses it in texts and attributes of a parsed document.
///
/// # Errors
/// When it stands anywhere.
pub(crate) fn in_xml(tree: &Document<'_>) -> Result<(), Fault> {
    for node in tree.root().descendants() {
        let mut values = node.attributes().map(|one| one.value());
        let text = node.text().filter(|_| node.is_text());
        if values.any(|value| value.contains(SIGN)) || text.is_some_and(|text| text.contains(SIGN))
        {
            let element = node.ancestors().find(|one| one.is_element());
            let place = element.map(Place::element).unwrap_or_default();
            return Err(fault(
                place,
                "a character reference here names no character",
            ));
        }
    }
    Ok(())
}

/// Refuses the escape `\uFFFD` in JSON text.
///
/// # Errors
/// When it stands anywhere.
pub(crate) fn in_json(text: &str) -> Result<(), Fault> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = bytes[at..].iter().position(|byte| *byte == b'\\') {
        at += step;
        let escape = bytes.get(at + 1..at + 6).unwrap_or_default();
        if escape.eq_ignore_ascii_case(b"ufffd") {
            let place = crate::encoding::place_of(bytes, at);
            return Err(fault(place, "the escape \\uFFFD here names no character"));
        }
        at = (at + 2).min(bytes.len());
    }
    Ok(())
}

fn fault(place: Place, problem: &str) -> Fault {
    Fault {
        class: Class::Encoding,
        place,
        rule: "SL-ENCODING",
        problem: format!(
            "{problem}: U+FFFD would stand in place of what some program could not decode"
        ),
        advice: "Ask the sender for the file with the letters themselves.",
    }
}
