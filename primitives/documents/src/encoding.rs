//! Bytes to text: the encoding that a byte order mark or an XML declaration names, strictly. A
//! declaration that the bytes contradict is refused, and nothing is ever replaced.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::fault::{Class, Fault, Place};

const ADVICE: &str = "Save the file as UTF-8 and declare it so.";
/// How far into the file an XML declaration is looked for.
const DECLARATION_BYTES: usize = 256;

/// The text of a file.
///
/// # Errors
/// When the encoding is unknown, is contradicted by the bytes, or the bytes are not text in it; and when
/// the text holds U+FFFD, which a program before this one put in place of what it could not decode.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let text = decode_bytes(bytes)?;
    match text.find(char::REPLACEMENT_CHARACTER) {
        None => Ok(text),
        Some(at) => {
            let problem =
                "U+FFFD stands here in place of bytes that some program could not decode".into();
            Err(fault(place_of(text.as_bytes(), at), problem))
        }
    }
}

fn decode_bytes(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if bytes.starts_with(&[0, 0, 0xfe, 0xff]) || bytes.starts_with(&[0xff, 0xfe, 0, 0]) {
        return Err(fault(
            Place::position(1, 1),
            "the file is in UTF-32, which is not read".into(),
        ));
    }
    if let Some((marked, length)) = Encoding::for_bom(bytes) {
        let text = strict(marked, &bytes[length..])?;
        let declared = declared(&text).map(str::to_owned);
        return agree(marked, declared.as_deref()).map(|()| text);
    }
    if bytes.starts_with(&[0, b'<']) {
        return unmarked(UTF_16BE, bytes);
    }
    if bytes.starts_with(&[b'<', 0]) {
        return unmarked(UTF_16LE, bytes);
    }
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    match declared(&head) {
        None => strict(UTF_8, bytes),
        Some(label) => strict(named(label)?, bytes),
    }
}

/// UTF-16 without a byte order mark: its first two bytes tell the byte order (XML 1.0, appendix F), but
/// only a declaration that names it says that this is what was meant.
fn unmarked<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Fault> {
    let text = strict(encoding, bytes)?;
    let Some(label) = declared(&text) else {
        let problem =
            "the file looks like UTF-16 but has neither a byte order mark nor a declaration".into();
        return Err(fault(Place::position(1, 1), problem));
    };
    if names(encoding, label) {
        return Ok(text);
    }
    let problem = format!(
        "the bytes are {}, the declaration says {label}",
        encoding.name()
    );
    Err(fault(Place::position(1, 1), problem))
}

/// Whether a declaration's label names this encoding.
fn names(encoding: &'static Encoding, label: &str) -> bool {
    let named = Encoding::for_label_no_replacement(label.as_bytes());
    // "UTF-16" stands for either byte order; encoding_rs takes it for the little-endian one.
    named == Some(encoding) || (encoding != UTF_8 && label.eq_ignore_ascii_case("utf-16"))
}

/// The encoding that a declaration names, for a file of single bytes without a byte order mark.
fn named(label: &str) -> Result<&'static Encoding, Fault> {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes());
    let Some(encoding) = encoding else {
        let problem = format!("the declaration names an unknown encoding, {label:?}");
        return Err(fault(Place::position(1, 1), problem));
    };
    if encoding == UTF_16LE || encoding == UTF_16BE {
        let problem = format!("the declaration says {label}, but the bytes are not UTF-16");
        return Err(fault(Place::position(1, 1), problem));
    }
    Ok(encoding)
}

fn agree(marked: &'static Encoding, declared: Option<&str>) -> Result<(), Fault> {
    let Some(label) = declared else {
        return Ok(());
    };
    if names(marked, label) {
        return Ok(());
    }
    let problem = format!(
        "the byte order mark says {}, the declaration says {label}",
        marked.name()
    );
    Err(fault(Place::position(1, 1), problem))
}

fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Fault> {
    if encoding == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Cow::Borrowed(text)),
            Err(error) => Err(not_utf8(bytes, error.valid_up_to())),
        };
    }
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| {
        let problem = format!(
            "the bytes are not text in the declared encoding {}",
            encoding.name()
        );
        fault(Place::default(), problem)
    })
}

fn not_utf8(bytes: &[u8], valid: usize) -> Fault {
    let problem = format!("byte {valid} is not valid UTF-8");
    fault(place_of(bytes, valid), problem)
}

/// The line and column of a byte.
pub(crate) fn place_of(bytes: &[u8], at: usize) -> Place {
    let before = &bytes[..at];
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let columns = String::from_utf8_lossy(&before[line_start..])
        .chars()
        .count();
    let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    Place::position(number(lines), number(columns))
}

/// The encoding that the XML declaration names, if there is one.
fn declared(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("<?xml")?;
    let declaration = &rest[..rest.find("?>")?];
    let (_, after) = declaration.split_once("encoding")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    after[1..].split(quote).next()
}

fn fault(place: Place, problem: String) -> Fault {
    Fault {
        class: Class::Encoding,
        place,
        rule: "SL-ENCODING",
        problem,
        advice: ADVICE,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let mut bytes = if big {
            vec![0xfe, 0xff]
        } else {
            vec![0xff, 0xfe]
        };
        for unit in text.encode_utf16() {
            bytes.extend(if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            });
        }
        bytes
    }

    #[test]
    fn declared_encodings_are_decoded() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        assert!(decode(latin).unwrap().contains('é'));
        let euro = b"<?xml version=\"1.0\" encoding=\"windows-1252\"?><a>\x80</a>";
        assert!(decode(euro).unwrap().contains('€'));
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>é</a>";
        assert_eq!(decode(&utf16(text, true)).unwrap(), text);
        assert_eq!(decode(&utf16(text, false)).unwrap(), text);
        assert_eq!(decode(b"\xef\xbb\xbf<a/>").unwrap(), "<a/>");
    }

    #[test]
    fn utf16_that_is_declared_needs_no_mark() {
        for (label, big) in [
            ("UTF-16", true),
            ("utf-16", false),
            ("UTF-16BE", true),
            ("UTF-16LE", false),
        ] {
            let text = format!("<?xml version=\"1.0\" encoding=\"{label}\"?><a>é</a>");
            assert_eq!(decode(&utf16(&text, big)[2..]).unwrap(), text);
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let cases: [Vec<u8>; 12] = [
            b"<?xml version='1.0' encoding='UTF-16'?><a/>".to_vec(),
            b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>".to_vec(),
            utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", true),
            b"<?xml version='1.0' encoding='UTF-8'?><a>\xe9</a>".to_vec(),
            b"<?xml version='1.0' encoding='klingon'?><a/>".to_vec(),
            utf16("<a/>", true)[2..].to_vec(),
            utf16("<?xml version='1.0'?><a/>", false)[2..].to_vec(),
            utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", false)[2..].to_vec(),
            utf16("<?xml version='1.0' encoding='UTF-16BE'?><a/>", false)[2..].to_vec(),
            b"\xff\xfe\x00\x00<\x00\x00\x00".to_vec(),
            utf16("<a/>", false)[..7].to_vec(),
            "<a>\u{fffd}</a>".as_bytes().to_vec(),
        ];
        for bytes in cases {
            assert_eq!(decode(&bytes).unwrap_err().class, Class::Encoding);
        }
    }

    #[test]
    fn the_place_of_a_wrong_byte_is_told() {
        let fault = decode(b"<a>\n  \xff</a>").unwrap_err();
        assert_eq!(fault.place, Place::position(2, 3));
    }
}
