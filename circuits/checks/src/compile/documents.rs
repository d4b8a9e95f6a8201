//! The requirements that documents bring: that each was sealed by whom it names, and that those of a list are different.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_gadgets::{Wire, decide};
use sealane_types::schema::slot;

use super::{Compiler, Item};

impl Compiler<'_> {
    /// Their bits, in evaluation's order.
    pub(super) fn of_documents(&mut self) -> Vec<Wire> {
        let mut all = Vec::new();
        for document in 0..self.instance.check().documents.len() {
            self.system.set_part(all.len() + 1);
            all.push(self.sealers(document));
            if self.instance.check().documents[document].list {
                self.system.set_part(all.len() + 1);
                all.push(self.distinct(document));
            }
        }
        all
    }

    /// Of each document that is there: its party has an identifier, and each that it has is among its sealer's.
    fn sealers(&mut self, document: usize) -> Wire {
        let slot = self.instance.check().documents[document]
            .sealer
            .field()
            .slot;
        let positions: Vec<usize> = self.positions_of(document).collect();
        let mut bad = Vec::new();
        for position in positions {
            let sealed = self.sealed_by(position, slot);
            let used = self.documents[position].used.clone();
            bad.push(self.and(&used, &decide::not(&sealed)));
        }
        self.is_zero(&Wire::sum(&bad))
    }

    fn sealed_by(&mut self, position: usize, slot: usize) -> Wire {
        let item = Item::Document(position);
        let named = self.party_at(item, slot);
        let own = self.documents[position].identifiers.clone();
        // specs: cross-check#K6
        let foreign = self.system.named("K6", |system| {
            let foreign = named.ids.iter().map(|id| {
                // 0 where none is named, or where it is one of the alias'
                let mut product = id.clone();
                for one in &own {
                    product = system.product(&product, &(id - one));
                }
                decide::not(&decide::is_zero(system, &product))
            });
            Wire::sum(&foreign.collect::<Vec<_>>())
        });
        let known = self.is_zero(&foreign);
        let given = self.present(item, slot);
        self.and(&known, &given)
    }

    /// Of the documents that are there: each has a number, and no two have the same loose form.
    fn distinct(&mut self, document: usize) -> Wire {
        let positions: Vec<usize> = self.positions_of(document).collect();
        let mut bad = Vec::new();
        for (index, position) in positions.iter().enumerate() {
            let item = Item::Document(*position);
            let used = self.documents[*position].used.clone();
            let present = self.present(item, slot::NUMBER);
            bad.push(self.and(&used, &decide::not(&present)));
            for other in &positions[..index] {
                let [one, other] =
                    [item, Item::Document(*other)].map(|item| self.loose_form_of(item));
                bad.push(self.equal_symbols(one, other).1);
            }
        }
        match bad.is_empty() {
            true => Wire::constant(Fr::ZERO),
            false => self.is_zero(&Wire::sum(&bad)),
        }
    }

    fn loose_form_of(&mut self, item: Item) -> super::SymbolId {
        match self.field(item, &crate::field::NUMBER) {
            super::Value::Number { loose, .. } => loose,
            _ => unreachable!("a document's number is one"),
        }
    }
}
