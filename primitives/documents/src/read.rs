//! The entry: bytes to document.

use std::borrow::Cow;

use crate::document::Document;
use crate::encoding;
use crate::fault::{Class, Fault, Place, ReadError};
use crate::{json, xml};

mod extract;
mod header;
mod lines;
mod places;
mod tax;
mod values;

pub(crate) use tax::MAX_ENTRIES as MAX_TAX_ENTRIES;
pub(crate) use values::iso_date;

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Reads a document. `name` is the file's name, for messages.
///
/// # Errors
/// When the bytes are no document that Sealane reads, a field that it uses is missing or malformed, or
/// the amounts do not add up in a document that claims EN 16931.
pub fn read(bytes: &[u8], name: &str) -> Result<Document, ReadError> {
    let alone = |fault| ReadError {
        file: name.to_owned(),
        faults: vec![fault],
        more: 0,
    };
    if bytes.len() > MAX_BYTES {
        return Err(alone(too_large(bytes.len())));
    }
    let text = text(bytes).map_err(alone)?;
    let start = text.trim_start();
    let result = match start.as_bytes().first() {
        Some(b'<') => {
            let tree = xml::parse(&text).map_err(alone)?;
            extract::document(tree.root_element())
        }
        Some(b'{' | b'[') => json::document(&text),
        _ => return Err(alone(unknown(start))),
    };
    result.map_err(|faults| ReadError {
        file: name.to_owned(),
        faults: faults.kept,
        more: faults.more,
    })
}

fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if bytes.starts_with(b"%PDF") {
        let advice = "Take the XML out of the PDF (factur-x.xml or xrechnung.xml) and give that.";
        return Err(not_ours("the file is a PDF".into(), advice));
    }
    encoding::decode(bytes)
}

fn too_large(bytes: usize) -> Fault {
    Fault {
        class: Class::Limit,
        place: Place::default(),
        rule: "SL-LIMIT",
        problem: format!("the file has {bytes} bytes, at most {MAX_BYTES} are read"),
        advice: "Take attachments out of the document, or split it.",
    }
}

const FORMATS: &str =
    "Give a UBL 2.x document, a UN/CEFACT Cross Industry Invoice, or Sealane's own JSON.";

fn unknown(start: &str) -> Fault {
    if start.is_empty() {
        return not_ours("the file is empty".into(), FORMATS);
    }
    let edifact = start.starts_with("UNA") || start.starts_with("UNB");
    let what = if edifact {
        "it is UN/EDIFACT"
    } else {
        "it begins with neither '<' nor '{'"
    };
    not_ours(format!("the file is neither XML nor JSON: {what}"), FORMATS)
}

fn not_ours(problem: String, advice: &'static str) -> Fault {
    Fault {
        class: Class::Unknown,
        place: Place::default(),
        rule: "SL-FORMAT",
        problem,
        advice,
    }
}
