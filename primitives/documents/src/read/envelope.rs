//! The envelope that Peppol and others send documents in: UN/CEFACT's Standard Business Document Header
//! (SBDH 1.3; Peppol's Business Message Envelope 2.0).
//!
//! The sender and the receiver that it names are addresses of the transport, often a service provider's:
//! nothing of the header is read, and none of its identifiers becomes a party's.

use crate::fault::{Class, Fault, Place};
use crate::xml::Node;

const NAMESPACE: &str = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";

/// The document in an envelope; any other root is itself.
///
/// # Errors
/// When the envelope holds no document, or several.
pub fn content<'a, 'input>(root: Node<'a, 'input>) -> Result<Node<'a, 'input>, Fault> {
    let is = |node: &Node<'_, '_>, name: &str| {
        node.tag_name().name() == name && node.tag_name().namespace() == Some(NAMESPACE)
    };
    if !is(&root, "StandardBusinessDocument") {
        return Ok(root);
    }
    let parts = root.children().filter(Node::is_element);
    let mut documents = parts.filter(|part| !is(part, "StandardBusinessDocumentHeader"));
    let Some(first) = documents.next() else {
        let problem = "the envelope holds no document".to_owned();
        return Err(fault(root, problem));
    };
    if let Some(second) = documents.next() {
        let (one, other) = (first.tag_name().name(), second.tag_name().name());
        let problem = format!("the envelope holds more than one document: {one} and {other}");
        return Err(fault(second, problem));
    }
    Ok(first)
}

fn fault(node: Node<'_, '_>, problem: String) -> Fault {
    Fault {
        class: Class::Unknown,
        place: Place::element(node),
        rule: "SL-ENVELOPE",
        problem,
        advice: "Give an envelope with one document in it, or the document alone.",
    }
}
