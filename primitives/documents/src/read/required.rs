//! Fields that must be there.

use sealane_types::schema::Kind;

use crate::document::{Document, Syntax};
use crate::read::values::{Times, Values};
use crate::xml::{self, Node};

/// Whether more than plain UBL binds a document: UBL itself leaves currency and totals open, and every
/// specification built on it demands them.
fn is_specified(document: &Document) -> bool {
    let plain = |claim: &str| claim.starts_with("urn:oasis:names:specification:ubl");
    document.syntax != Syntax::Ubl
        || document
            .customization
            .as_deref()
            .is_some_and(|claim| !plain(claim))
}

impl Values<'_> {
    /// Fields that must be there: number and date always; of invoices those that Sealane uses and EN 16931
    /// demands.
    pub fn required(&mut self, root: Node<'_, '_>, document: &Document) {
        let invoice = matches!(document.kind, Kind::Invoice | Kind::CreditNote);
        let (standard, ubl) = (self.standard, document.syntax == Syntax::Ubl);
        let specified = invoice && is_specified(document);
        let totals = &document.totals;
        let declared = self.text(root, self.schema.header("currency"), Times::First);
        let date = self.node(root, self.schema.header("issue_date"), Times::First);
        let dated = date.is_some_and(|node| xml::text(node).is_some());
        let demands = [
            (
                true,
                !document.id.is_empty(),
                "BR-02",
                "the document's number",
                "id",
            ),
            (true, dated, "BR-03", "the issue date", "issue_date"),
            (
                specified,
                declared.is_some(),
                "BR-05",
                "the currency",
                "currency",
            ),
            (
                invoice,
                document.seller.name.is_some(),
                "BR-06",
                "the seller's name",
                "seller",
            ),
            (
                invoice,
                document.buyer.name.is_some(),
                "BR-07",
                "the buyer's name",
                "buyer",
            ),
            (
                standard || (specified && ubl),
                totals.lines.is_some(),
                "BR-12",
                "the sum of the lines",
                "lines_total",
            ),
            (
                specified,
                totals.tax_exclusive.is_some(),
                "BR-13",
                "the total without tax",
                "tax_exclusive",
            ),
            (
                specified,
                totals.tax_inclusive.is_some(),
                "BR-14",
                "the total with tax",
                "tax_inclusive",
            ),
            (
                invoice,
                totals.payable.is_some(),
                "BR-15",
                "the payable amount",
                "payable",
            ),
        ];
        for (applies, there, rule, what, field) in demands {
            if applies && !there {
                self.missing(root, rule, what, self.schema.header(field));
            }
        }
        if (standard || (invoice && ubl)) && document.lines.is_empty() {
            self.missing(root, "BR-16", "every line", &self.schema.line);
        }
        self.required_lines(root, document);
    }

    fn required_lines(&mut self, root: Node<'_, '_>, document: &Document) {
        let nodes: Vec<_> = self
            .schema
            .line
            .iter()
            .flat_map(|path| self.all(root, path))
            .collect();
        let standard = self.standard;
        let invoice = matches!(document.kind, Kind::Invoice | Kind::CreditNote);
        for (line, node) in document.lines.iter().zip(nodes) {
            let demands = [
                (
                    invoice,
                    line.id.is_some(),
                    "BR-21",
                    "the line's identifier",
                    "id",
                ),
                (
                    standard,
                    line.quantity.is_some(),
                    "BR-22",
                    "the quantity",
                    "quantity",
                ),
                (
                    standard,
                    line.unit.is_some(),
                    "BR-23",
                    "the quantity's unit code",
                    "quantity",
                ),
                (
                    invoice,
                    line.total.is_some(),
                    "BR-24",
                    "the line's total",
                    "total",
                ),
                (
                    standard,
                    line.item.is_some(),
                    "BR-25",
                    "the item's name",
                    "item",
                ),
                (
                    standard,
                    line.price.is_some(),
                    "BR-26",
                    "the net price",
                    "price",
                ),
            ];
            for (applies, there, rule, what, field) in demands {
                if applies && !there {
                    self.missing(node, rule, what, self.schema.line(field));
                }
            }
            if let Some(price) = line.price.filter(|price| standard && price.is_negative()) {
                let problem = format!("the net price {price} is negative");
                self.value_fault(
                    node,
                    "BR-27",
                    problem,
                    "Make the quantity negative instead.",
                );
            }
        }
    }
}
