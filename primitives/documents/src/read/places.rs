//! Where the fields of an XML document stand.

use crate::fault::Place;
use crate::places::{Places, Spot};
use crate::read::values::all;
use crate::table::{Schema, paths};
use crate::xml::Node;

/// The elements of one document, by what they hold.
pub(super) struct XmlPlaces<'a, 'input> {
    /// The declared schema.
    pub schema: &'static Schema,
    /// The root.
    pub root: Node<'a, 'input>,
    /// Its lines.
    pub lines: Vec<Node<'a, 'input>>,
    /// Its allowances and charges.
    pub allowances: Vec<Node<'a, 'input>>,
    /// The entries of its tax breakdown.
    pub taxes: Vec<Node<'a, 'input>>,
    /// The total of tax in its currency.
    pub tax: Option<Node<'a, 'input>>,
}

impl<'a, 'input> XmlPlaces<'a, 'input> {
    fn first(&self, base: Node<'a, 'input>, at: &[String]) -> Option<Node<'a, 'input>> {
        let mut found = at.iter().flat_map(|path| all(self.schema, base, path));
        found.next()
    }

    fn line(&self, index: usize) -> Node<'a, 'input> {
        let outer = self.lines.get(index).copied().unwrap_or(self.root);
        let inner = self.first(outer, self.schema.line("inner"));
        inner.unwrap_or(outer)
    }

    fn node(&self, spot: Spot) -> Node<'a, 'input> {
        let or = |base: Node<'a, 'input>, at: &[String]| self.first(base, at).unwrap_or(base);
        match spot {
            Spot::Root => self.root,
            Spot::Header("tax") => self.tax.unwrap_or(self.root),
            Spot::Header(field) => or(self.root, self.schema.header(field)),
            Spot::Line(index) => self.line(index),
            Spot::LineField(index, field) => or(self.line(index), self.schema.line(field)),
            Spot::Allowance(index) => self.allowances.get(index).copied().unwrap_or(self.root),
            Spot::Tax(index, field) => {
                let entry = self.taxes.get(index).copied().unwrap_or(self.root);
                or(entry, paths(&self.schema.table.subtotal, field))
            }
        }
    }
}

impl Places for XmlPlaces<'_, '_> {
    fn at(&self, spot: Spot) -> Place {
        Place::element(self.node(spot))
    }

    fn expected(&self, spot: Spot) -> Option<&str> {
        let table = self.schema.table;
        let at: &[String] = match spot {
            Spot::Root | Spot::Line(_) => &[],
            Spot::Header("lines") => &self.schema.line,
            Spot::Header("taxes") => paths(&table.subtotal, "at"),
            Spot::Header(field) => self.schema.header(field),
            Spot::LineField(_, field) => self.schema.line(field),
            Spot::Allowance(_) => paths(&table.allowance, "tax_category"),
            Spot::Tax(_, field) => paths(&table.subtotal, field),
        };
        at.first().map(String::as_str)
    }
}
