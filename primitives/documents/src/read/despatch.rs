//! The despatch advice that a receipt is about, where the receipt names it by its UUID: a record seals a document's
//! number and no UUID.

use sealane_types::schema::Kind;

use crate::document::Document;
use crate::fault::{Class, Fault, Place};
use crate::read::values::{Times, Values};
use crate::xml::Node;

/// What Turkey's UBL-TR calls a reference that has the number of the despatch advice answered.
const NUMBER_OF_DESPATCH: &str = "DespatchAdviceID";

impl Values<'_> {
    /// Puts numbers in the place of UUIDs in a receipt's references, where the receipt has a number for each; else
    /// says that nothing joins by a UUID.
    pub fn name_despatches(&mut self, root: Node<'_, '_>, document: &mut Document) {
        if document.kind != Kind::ReceiptAdvice {
            return;
        }
        let numbers = self.despatch_numbers(root);
        let references = &mut document.despatch_references;
        let uuids: Vec<String> = references
            .iter()
            .filter(|one| is_uuid(one))
            .cloned()
            .collect();
        if references.is_empty() {
            *references = numbers;
        } else if uuids.len() == numbers.len() {
            let number_of = |uuid: &str| {
                let at = uuids.iter().position(|own| own == uuid);
                at.map(|at| numbers[at].clone())
            };
            let lines = document.lines.iter_mut();
            let named = lines.filter_map(|line| line.despatch.as_mut());
            for reference in references.iter_mut().chain(named) {
                if let Some(number) = number_of(reference) {
                    *reference = number;
                }
            }
        } else if let Some(uuid) = uuids.first() {
            self.unnamed(root, uuid);
        }
    }

    /// The numbers of despatch advices in references of another kind.
    fn despatch_numbers(&mut self, root: Node<'_, '_>) -> Vec<String> {
        let schema = self.schema;
        let at = schema.header("despatch_number_at");
        let nodes: Vec<_> = at.iter().flat_map(|path| self.all(root, path)).collect();
        let mut numbers = Vec::new();
        for node in nodes {
            let code = self.text(node, schema.header("despatch_number_code"), Times::First);
            if code.is_some_and(|code| code.eq_ignore_ascii_case(NUMBER_OF_DESPATCH)) {
                numbers.extend(self.text(node, schema.header("despatch_number"), Times::First));
            }
        }
        numbers
    }

    fn unnamed(&mut self, root: Node<'_, '_>, uuid: &str) {
        let at = self.node(
            root,
            self.schema.header("despatch_references"),
            Times::First,
        );
        self.warnings.add(|| Fault {
            class: Class::Value,
            place: Place::element(at.unwrap_or(root)),
            rule: "SL-UUID",
            problem: format!(
                "the despatch advice is named by {uuid:?}, a UUID, and not by its number: it is read as a number, and joins a despatch advice only if that is its number"
            ),
            advice: "Ask for a receipt that names the despatch advice by its number; in UBL-TR an AdditionalDocumentReference with the code DespatchAdviceID.",
        });
    }
}

/// Whether a text has the form of a UUID (RFC 9562): 8, 4, 4, 4 and 12 hexadecimal digits between hyphens.
fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    let hexadecimal = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths.eq([8, 4, 4, 4, 12]) && parts.iter().all(hexadecimal)
}
