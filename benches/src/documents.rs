//! Documents to measure on.

use std::path::Path;

use sealane_documents::{canonical, read};
use sealane_statements::financing::fixture;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, slot};

/// The project's own example, a file of its `examples` folder.
///
/// # Panics
/// When the file is not there.
#[must_use]
pub fn example(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let path = root
        .expect("the package lies in the workspace")
        .join("examples")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The example invoice, read.
///
/// # Panics
/// When it is not valid.
#[must_use]
pub fn invoice() -> CanonicalFields {
    let name = "invoice-ubl.xml";
    let document = read(&example(name), name).expect("the example is valid");
    canonical(&document).expect("the example fits its schema")
}

/// The example invoice with this many lines, its own over and over.
///
/// # Panics
/// Never: the example has lines.
#[must_use]
pub fn invoice_of(lines: usize) -> CanonicalFields {
    let mut fields = invoice();
    let own = fields.lines.clone();
    fields.lines = own.into_iter().cycle().take(lines).collect();
    fields
}

/// An invoice to which all twelve fingerprint slots apply, and that shares no fingerprint with one of another number.
#[must_use]
pub fn full(number: usize) -> CanonicalFields {
    let mut fields = fixture::invoice().fields();
    renumber(&mut fields, number);
    fields
}

/// Gives a document a number, a buyer and references of its own. Its seller stays, as somebody's customer.
pub fn renumber(fields: &mut CanonicalFields, number: usize) {
    fields.header[slot::NUMBER] = Some(FieldValue::Number(format!("BENCH-{number}")));
    if let Some(FieldValue::LegalIds(ids)) = &mut fields.header[slot::BUYER_IDS] {
        ids[0] = format!("nl-kvk:{number:08}");
    }
    for (at, name) in [
        (slot::ORDER_REFERENCES, "ORDER"),
        (slot::DESPATCH_REFERENCES, "DESPATCH"),
    ] {
        if let Some(FieldValue::References(all)) = &mut fields.header[at] {
            all[0] = format!("BENCH-{name}-{number}");
        }
    }
}
