//! The entry: bytes to document.

use crate::document::Document;
use crate::encoding;
use crate::fault::{Class, Fault, Faults, Place, ReadError};
use crate::{json, pdf, replaced, xml};

mod despatch;
mod due;
mod earlier;
mod envelope;
mod extract;
mod format;
mod header;
mod lines;
mod nature;
mod numbers;
mod order;
mod payee;
mod places;
mod strays;
mod tax;
mod values;

use crate::limits::MAX_BYTES;

/// Reads a document: XML or JSON, XML in a `StandardBusinessDocument` envelope, or a PDF with embedded XML.
/// `name` is the file's name, for messages; of a file in a PDF, its own name stands behind it.
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
    let Some(start) = pdf::start(bytes) else {
        return plain(bytes, name);
    };
    let (inner, content) = pdf::embedded(&bytes[start..])
        .or_else(|fault| match start {
            0 => Err(fault),
            // some programs count from the file's first byte
            _ => pdf::embedded(bytes).map_err(|_| fault),
        })
        .map_err(alone)?;
    plain(&content, &format!("{name}: {inner}"))
}

/// Reads a document that no PDF is around.
fn plain(bytes: &[u8], name: &str) -> Result<Document, ReadError> {
    let refused = |faults: Faults| ReadError {
        file: name.to_owned(),
        faults: faults.kept,
        more: faults.more,
    };
    parse(bytes).map_err(refused)
}

fn parse(bytes: &[u8]) -> Result<Document, Faults> {
    let alone = |fault| Faults {
        kept: vec![fault],
        more: 0,
    };
    if let Some(fault) = format::foreign(bytes) {
        return Err(alone(fault));
    }
    let text = encoding::decode(bytes).map_err(alone)?;
    let start = text.trim_start();
    match start.as_bytes().first() {
        Some(b'<') => {
            let tree = xml::parse(&text).map_err(alone)?;
            replaced::in_xml(&tree).map_err(alone)?;
            let root = envelope::content(tree.root_element()).map_err(alone)?;
            order::coded(extract::document(root)?, root)
        }
        Some(b'{' | b'[') => {
            replaced::in_json(&text).map_err(alone)?;
            json::document(&text)
        }
        _ => Err(alone(format::unknown(start))),
    }
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
