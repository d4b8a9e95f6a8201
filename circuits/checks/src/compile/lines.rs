//! Lines of other documents: a line's number alone names none, so the document that it counts in is compared too.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_crypto::commitment::unknown_element;
use sealane_gadgets::{Wire, decide};

use super::value::{SymbolId, Value};
use super::{Compiler, Item};
use crate::field::{LINE_ID, NUMBER};

impl Compiler<'_> {
    /// A line reference: ready if its document is not one of several, nobody knows which.
    pub(super) fn line_reference(&mut self, present: &Wire, line: Wire, of: Wire) -> Value {
        let unknown = Wire::constant(unknown_element());
        // specs: cross-check#K8
        let unknown = self
            .system
            .named("K8", |system| decide::equal(system, present, &of, &unknown));
        let line = self.symbol(present - &unknown, line);
        let of = self.symbol(Wire::one(), of);
        Value::LineReference { line, of }
    }

    /// A line's identifier with its document's loose number.
    pub(super) fn numbered_line(&mut self, item: Item) -> Value {
        let Item::Line(position, _) = item else {
            unreachable!("lines alone have identifiers of lines");
        };
        let Value::Symbol(line) = self.field(item, &LINE_ID) else {
            unreachable!("a line's identifier is a text");
        };
        let of = self.loose_number_of(position);
        Value::NumberedLine { line, of }
    }

    fn loose_number_of(&mut self, position: usize) -> SymbolId {
        if let Some(known) = self.numbers.get(&position) {
            return *known;
        }
        let leaf = self.leaf(Item::Document(position), NUMBER.slot).clone();
        // specs: cross-check#K8
        let number = self.system.named("K8", |system| {
            system.product(&leaf.present, &leaf.values[1])
        });
        let number = self.symbol(Wire::one(), number);
        self.numbers.insert(position, number);
        number
    }

    /// Whether a reference is to a line: whether both are ready, and whether they are one too.
    pub(super) fn same_line(
        &mut self,
        (line, of): (SymbolId, SymbolId),
        (own, number): (SymbolId, SymbolId),
    ) -> (Wire, Wire) {
        let [reference, its] = [line, own].map(|id| self.symbols[id.0].ready.clone());
        let of_document = self.of_document(line, of, number);
        let (_, equal) = self.equal_symbols(of_document, own);
        (self.and(&reference, &its), equal)
    }

    /// A line reference that is ready only where it is of the document with this number, or of any.
    fn of_document(&mut self, line: SymbolId, of: SymbolId, number: SymbolId) -> SymbolId {
        if let Some(known) = self.lines_of.get(&(line, number)) {
            return *known;
        }
        let reference = self.symbols[line.0].clone();
        let [of, number_wire] = [of, number].map(|id| self.symbols[id.0].wire.clone());
        // specs: cross-check#K8
        let ready = self.system.named("K8", |system| {
            let apart = system.product(&of, &(&of - &number_wire));
            decide::equal(system, &reference.ready, &apart, &Wire::constant(Fr::ZERO))
        });
        let id = self.symbol(ready, reference.wire);
        self.lines_of.insert((line, number), id);
        id
    }

    /// Whether two references are to one line: whether both are ready, and whether they are equal too.
    pub(super) fn same_reference(
        &mut self,
        (one, of): (SymbolId, SymbolId),
        (other, number): (SymbolId, SymbolId),
    ) -> (Wire, Wire) {
        let (ready, lines) = self.equal_symbols(one, other);
        if one == other {
            return (ready, lines);
        }
        let key = (one.min(other), one.max(other));
        if let Some(known) = self.same_references.get(&key) {
            return (ready, known.clone());
        }
        let [of, number] = [of, number].map(|id| self.symbols[id.0].wire.clone());
        // specs: cross-check#K8
        let equal = self.system.named("K8", |system| {
            let both = system.product(&of, &number);
            let apart = system.product(&both, &(&of - &number));
            decide::equal(system, &lines, &apart, &Wire::constant(Fr::ZERO))
        });
        self.same_references.insert(key, equal.clone());
        (ready, equal)
    }
}
