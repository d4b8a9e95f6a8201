//! Who is to be paid, where a document says so in more than one place.

use sealane_types::names::plain_name;

use crate::document::Party;
use crate::fault::{Class, Fault, Place};
use crate::read::values::{Times, Values};
use crate::xml::Node;

impl Values<'_> {
    /// The payee of the document or of its payment terms (Factur-X EXTENDED): the first that is not the seller, as a
    /// record has room for one and the other is whom nobody expects. Several are told.
    pub(super) fn payee(&mut self, root: Node<'_, '_>, seller: &Party) -> Option<Party> {
        let schema = self.schema;
        let own = self.node(root, schema.header("payee"), Times::Once);
        let terms = schema.header("terms_payee").iter();
        let terms: Vec<_> = terms.flat_map(|path| self.all(root, path)).collect();
        let nodes: Vec<_> = own.into_iter().chain(terms).collect();
        let mut payees: Vec<(Party, Node<'_, '_>)> = Vec::new();
        for node in nodes {
            let payee = self.party_at(node);
            if payee != Party::default() || says(node) {
                payees.push((payee, node));
            }
        }
        let others: Vec<_> = payees
            .iter()
            .filter(|(payee, _)| !is_same(payee, seller))
            .collect();
        let Some((first, at)) = others.first() else {
            return payees.into_iter().next().map(|(payee, _)| payee);
        };
        if others.iter().any(|(other, _)| !is_same(other, first)) {
            let at = *at;
            self.warnings.add(|| Fault {
                class: Class::Value,
                place: Place::element(at),
                rule: "SL-PAYEE",
                problem:
                    "the document is to be paid to more than one, and this payee alone is read"
                        .to_owned(),
                advice: "Ask the sender who is paid how much.",
            });
        }
        Some(first.clone())
    }
}

/// Whether an element says anything at all.
fn says(node: Node<'_, '_>) -> bool {
    let mut texts = node.descendants().filter_map(|one| one.text());
    texts.any(|text| !text.trim().is_empty())
}

/// Whether two parties are one by all that both say: the same plain name, and no numbers of which none is the other's.
fn is_same(one: &Party, other: &Party) -> bool {
    let name = |party: &Party| party.name.as_deref().map(plain_name);
    let mut ids = one.ids.iter().map(|id| id.canonical());
    let shares = ids.any(|id| other.ids.iter().any(|own| own.canonical() == id));
    let named = one.name.is_none() || name(one) == name(other);
    named && (shares || (one.ids.is_empty() && one.name.is_some()))
}
