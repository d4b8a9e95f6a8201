//! What a Cross Industry Order is: its root is one for orders, changes and answers, its type code tells.

use sealane_types::schema::Kind;

use crate::document::{Document, Syntax};
use crate::fault::{Class, Fault, Faults, Place};
use crate::order_code::{ADVICE, ORDER, RESPONSE, why_not};
use crate::xml::Node;

/// Gives a Cross Industry Order the kind of its type code; any other document stays as it is.
///
/// # Errors
/// When the code is that of a change, or of nothing that Sealane reads.
pub fn coded(mut document: Document, root: Node<'_, '_>) -> Result<Document, Faults> {
    if document.syntax != Syntax::Cii || document.kind != Kind::Order {
        return Ok(document);
    }
    match document.type_code.as_deref() {
        Some(ORDER) => {
            // What an order and its lines refer to as the order is itself.
            document.order_references.clear();
            for line in &mut document.lines {
                line.order = None;
                line.order_line = None;
            }
        }
        Some(RESPONSE) => document.kind = Kind::OrderResponse,
        other => return Err(unread(other, root)),
    }
    Ok(document)
}

fn unread(code: Option<&str>, root: Node<'_, '_>) -> Faults {
    let mut faults = Faults::default();
    faults.add(|| Fault {
        class: Class::Unknown,
        place: Place::element(root),
        rule: "SL-KIND",
        problem: match code {
            Some(code) => why_not(code),
            None => "the type code is missing, which says whether this is an order".to_owned(),
        },
        advice: ADVICE,
    });
    faults
}
