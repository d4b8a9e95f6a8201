//! Elements with a name that Sealane reads, at its place, in another namespace or other capitals: `<InvoiceTypeCode>`
//! without its prefix, `<cbc:invoiceTypeCode>`. No reader reads them, and a person does: they must not vanish in silence.

use std::collections::BTreeMap;

use crate::fault::{Class, Fault, Place};
use crate::read::values::Values;
use crate::table::{Paths, Schema, paths};
use crate::xml::Node;

/// Fields that say what a document is: without them it would be another.
const GRAVE: [&str; 6] = [
    "type_code",
    "misplaced_type_code",
    "copy",
    "test",
    "purpose",
    "document_status",
];

/// The declared paths, step by step.
#[derive(Default)]
struct Tree<'t> {
    below: Vec<(&'t str, Tree<'t>)>,
    grave: bool,
}

impl<'t> Tree<'t> {
    fn add(&mut self, path: &'t str, grave: bool) -> &mut Self {
        let path = path.split_once("/@").map_or(path, |(path, _)| path);
        let steps = path.split('/');
        let steps = steps.filter(|step| !step.is_empty() && !step.starts_with('@'));
        steps.fold(self, |tree, step| {
            let at = tree.below.iter().position(|(name, _)| *name == step);
            let at = at.unwrap_or_else(|| {
                tree.below.push((step, Tree::default()));
                tree.below.len() - 1
            });
            let next = &mut tree.below[at].1;
            next.grave |= grave;
            next
        })
    }

    /// All paths of a schema.
    fn of(schema: &'t Schema) -> Self {
        let mut tree = Self::default();
        for (field, path) in schema.header_paths() {
            tree.add(path, GRAVE.contains(&field));
        }
        let party = &schema.table.party;
        for role in ["seller", "buyer", "invoiced", "payee", "terms_payee"] {
            for path in schema.header(role) {
                let outer = tree.add(path, false);
                for inner in inner(&party.inner) {
                    party.paths().for_each(|path| {
                        outer.add(inner, false).add(path, false);
                    });
                    let taxes = outer.add(inner, false).add(&party.tax, false);
                    taxes.add(&party.tax_value, false);
                    party.tax_scheme.iter().for_each(|path| {
                        taxes.add(path, false);
                    });
                }
            }
        }
        for path in schema
            .header("allowance")
            .iter()
            .chain(schema.header("charge"))
        {
            tree.add(path, false).all(&schema.table.allowance);
        }
        for path in paths(&schema.table.subtotal, "at") {
            tree.add(path, false).all(&schema.table.subtotal);
        }
        for path in &schema.line {
            let outer = tree.add(path, false);
            for inner in inner(schema.line("inner")) {
                let line = outer.add(inner, false);
                for (_, path) in schema.line_paths() {
                    line.add(path, false);
                }
                for path in schema.line("allowance") {
                    line.add(path, false).all(&schema.table.allowance);
                }
            }
        }
        tree
    }

    fn all(&mut self, fields: &'t BTreeMap<String, Paths>) {
        for (field, paths) in fields {
            let own = paths.iter().filter(|_| field != "at");
            own.for_each(|path| {
                self.add(path, false);
            });
        }
    }
}

/// The element that others may stand in, or none.
fn inner(paths: &[String]) -> Vec<&str> {
    match paths {
        [] => vec![""],
        some => some.iter().map(String::as_str).collect(),
    }
}

impl Values<'_> {
    /// Refuses such elements where they say what the document is, and warns of the others.
    pub fn strays(&mut self, root: Node<'_, '_>) {
        let schema = self.schema;
        let tree = Tree::of(schema);
        self.walk(root, &tree, &schema.table.child_namespace);
    }

    fn walk(&mut self, node: Node<'_, '_>, tree: &Tree<'_>, namespace: &str) {
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            let own = child.tag_name().namespace();
            let ours = own.is_some_and(|own| own.starts_with(namespace));
            let right = tree.below.iter().find(|(step, _)| *step == name);
            if let Some((_, below)) = right.filter(|_| ours) {
                self.walk(child, below, namespace);
                continue;
            }
            let alike = |(step, _): &&(&str, Tree<'_>)| step.eq_ignore_ascii_case(name);
            if let Some((step, below)) = tree.below.iter().find(alike) {
                self.stray(child, step, below.grave);
            }
        }
    }

    fn stray(&mut self, node: Node<'_, '_>, step: &str, grave: bool) {
        let list = if grave {
            &mut self.faults
        } else {
            &mut self.warnings
        };
        list.add(|| {
            let name = node.tag_name().name();
            let namespace = node.tag_name().namespace().unwrap_or_default();
            let shown: String = namespace.chars().take(120).collect();
            let within = match shown.is_empty() {
                true => "in no namespace".to_owned(),
                false => format!("in the namespace {shown}"),
            };
            Fault {
                class: Class::Value,
                place: Place::element(node),
                rule: "SL-NAMESPACE",
                problem: format!("{name} {within} is not the format's {step}, and is not read"),
                advice: "Ask the sender for a document that its format's schema allows: names, capitals and namespaces count.",
            }
        });
    }
}
