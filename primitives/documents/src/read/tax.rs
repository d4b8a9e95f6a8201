//! Totals of tax and the tax breakdown of an XML document, in its currency.

use crate::decimal::Decimal;
use crate::document::Totals;
use crate::fault::{Class, Fault, Place};
use crate::limits::MAX_TAX_ENTRIES;
use crate::read::values::{Times, Values};
use crate::table::{Paths, paths};
use crate::xml::Node;

/// One total of tax.
struct Total<'a, 'input> {
    node: Node<'a, 'input>,
    value: Decimal,
    has_breakdown: bool,
}

impl Values<'_> {
    /// The total tax in the document's currency, and where it stands.
    ///
    /// Under EN 16931 there is one. UBL itself has one for each tax, which are added; one without a breakdown
    /// that equals the sum of the others repeats it (Saudi Arabia's second total, in the tax currency, which
    /// is the document's most often). CII states each taxes' amounts in the breakdown alone, so that totals
    /// of one currency are one total.
    pub fn tax<'a, 'input>(
        &mut self,
        root: Node<'a, 'input>,
    ) -> (Option<Decimal>, Option<Node<'a, 'input>>) {
        let found = self.schema.header("tax");
        let nodes: Vec<_> = found.iter().flat_map(|path| self.all(root, path)).collect();
        let own = nodes
            .into_iter()
            .filter(|node| self.is_own_currency(*node))
            .collect::<Vec<_>>();
        let breakdowns = self.schema.header("tax_breakdown");
        let totals: Vec<Total<'_, '_>> = own
            .into_iter()
            .filter_map(|node| {
                let value = self.decimal(node)?;
                let group = node.parent()?;
                let inside = |path: &String| !self.all(group, path).is_empty();
                let has_breakdown = breakdowns.iter().any(inside);
                Some(Total {
                    node,
                    value,
                    has_breakdown,
                })
            })
            .collect();
        let at = totals.first().map(|total| total.node);
        let (Some(first), Some(second)) = (totals.first(), totals.get(1)) else {
            return (totals.first().map(|total| total.value), at);
        };
        if self.standard {
            let problem = "a second total of tax is in the same currency".to_owned();
            let advice = "Keep one total of tax per currency.";
            self.value_fault(second.node, "BR-CO-15", problem, advice);
            return (Some(first.value), at);
        }
        if breakdowns.is_empty() {
            if let Some(other) = totals.iter().find(|other| other.value != first.value) {
                let problem = "a second total of tax contradicts the first".to_owned();
                self.value_fault(other.node, "SL-ONCE", problem, "Keep the right one alone.");
            }
            return (Some(first.value), at);
        }
        let sum = added(&totals);
        if sum.is_none() {
            let problem = "the sum of the totals of tax is too large".to_owned();
            self.value_fault(second.node, "SL-NUMBER", problem, "Write smaller amounts.");
        }
        (sum, at)
    }

    /// OIOUBL 2 calls the sum of the taxes `TaxExclusiveAmount`: it is the total tax, and no total without tax. Where
    /// the totals of tax say otherwise they count.
    pub fn oioubl_tax(&mut self, root: Node<'_, '_>, totals: &mut Totals) {
        if !self.claim.oioubl {
            return;
        }
        let Some(stated) = totals.tax_exclusive.take() else {
            return;
        };
        let tax = *totals.tax.get_or_insert(stated);
        let at = self.node(root, self.schema.header("tax_exclusive"), Times::First);
        if let Some(node) = at.filter(|_| tax != stated) {
            self.warnings.add(|| Fault {
                class: Class::Arithmetic,
                place: Place::element(node),
                rule: "SL-OIOUBL-TAX",
                problem: format!(
                    "in OIOUBL 2 this is the sum of the taxes, and {stated} is not {tax}"
                ),
                advice: "Ask the sender for a document whose amounts add up.",
            });
        }
    }

    /// The entries of the tax breakdown in the document's currency.
    pub fn entries<'a, 'input>(&mut self, root: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
        let at: &Paths = match self.schema.table.subtotal.get("at") {
            Some(at) => at,
            None => return Vec::new(),
        };
        let own = |node: &Node<'_, '_>| node.children().all(|child| self.is_own_currency(child));
        let found = at.iter().flat_map(|path| self.all(root, path));
        let (mut found, others): (Vec<_>, Vec<_>) = found.partition(own);
        for other in others {
            self.left_out(other);
        }
        found.truncate(MAX_TAX_ENTRIES + 1);
        if found.len() <= MAX_TAX_ENTRIES {
            return found;
        }
        let problem = format!("the tax breakdown has more than {MAX_TAX_ENTRIES} entries");
        let advice = "A tax breakdown has one entry for each category and rate.";
        self.value_fault(root, "SL-LIMIT", problem, advice);
        Vec::new()
    }

    /// Warns of an entry that is left out for its currency, though it or the total that it belongs to is in the
    /// document's: a breakdown in the tax currency as a whole is no part of this one.
    fn left_out(&mut self, entry: Node<'_, '_>) {
        let Some(currency) = self.currency.clone() else {
            return;
        };
        let own = |node: Node<'_, '_>| {
            let mut amounts = node.children();
            amounts.any(|amount| amount.attribute("currencyID") == Some(currency.as_str()))
        };
        if !own(entry) && !entry.parent().is_some_and(own) {
            return;
        }
        self.warnings.add(|| Fault {
            class: Class::Value,
            place: Place::element(entry),
            rule: "SL-CURRENCY",
            problem: format!("an entry of the tax breakdown has amounts that are not in {currency}"),
            advice: "The entry is left out; ask the sender for all amounts in the document's currency.",
        });
    }

    /// One entry of the tax breakdown.
    pub fn entry(&mut self, node: Node<'_, '_>) -> crate::document::TaxEntry {
        let table = &self.schema.table.subtotal;
        let taxable = self.figure(node, paths(table, "taxable"));
        let tax = self.figure(node, paths(table, "tax"));
        crate::document::TaxEntry {
            taxable: taxable.map(|(value, _)| value),
            tax: tax.map(|(value, _)| value),
            category: self.category(node, table),
        }
    }
}

/// The sum of the totals, those left out that repeat it.
fn added(totals: &[Total<'_, '_>]) -> Option<Decimal> {
    let sum = |whole: bool| {
        let of = totals.iter().filter(|total| total.has_breakdown == whole);
        let values = of.map(|total| total.value);
        values.into_iter().try_fold(Decimal::ZERO, Decimal::plus)
    };
    let broken_down = sum(true)?;
    let is_listed = totals.iter().any(|total| total.has_breakdown);
    let plain = totals.iter().filter(|total| !total.has_breakdown);
    let plain: Vec<Decimal> = plain.map(|total| total.value).collect();
    if is_listed && plain.iter().all(|value| *value == broken_down) {
        return Some(broken_down);
    }
    broken_down.plus(sum(false)?)
}
