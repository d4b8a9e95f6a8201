//! Lines and allowances of an XML document.

use std::collections::BTreeMap;

use sealane_types::schema::Kind;
use sealane_types::text::names_nothing;

use crate::arithmetic::is_line_total;
use crate::codes::LineStatus;
use crate::decimal::Decimal;
use crate::document::{Allowance, Line, TaxCategory};
use crate::fault::{Class, Fault, Place};
use crate::read::values::{Times, Values};
use crate::table::{Paths, paths};
use crate::xml::{self, Node};

/// Words of status that say nothing: a line that counts, and UBL's own word for none.
const NO_STATUS: [&str; 2] = ["DETAIL", "NoStatus"];

impl Values<'_> {
    /// One line.
    pub fn line(&mut self, outer: Node<'_, '_>) -> Line {
        let schema = self.schema;
        let inner = self
            .node(outer, schema.line("inner"), Times::Once)
            .unwrap_or(outer);
        let quantity_node = self.node(inner, schema.line("quantity"), Times::Once);
        let unit = quantity_node.and_then(|node| node.attribute("unitCode"));
        let unit = unit.map(str::trim).filter(|unit| !unit.is_empty());
        let total = self.amount(inner, schema.line("total"));
        let (order, order_line) = self.reference(inner, outer, ["order_at", "order", "order_line"]);
        let (despatch, despatch_line) =
            self.reference(inner, outer, ["despatch_at", "despatch", "despatch_line"]);
        let mut line = Line {
            id: self.text(inner, schema.line("id"), Times::Once),
            order,
            order_line,
            despatch,
            despatch_line,
            status: self.status(inner),
            item: self.text(inner, schema.line("item"), Times::First),
            quantity: quantity_node.and_then(|node| self.decimal(node)),
            unit: unit.map(str::to_owned),
            rejected: None,
            short: None,
            price: self.amount(inner, schema.line("price")),
            base_quantity: None,
            total,
            allowances: self
                .allowances(inner, schema.line("allowance"), "BR-41", "BR-43")
                .0,
            tax: TaxCategory {
                code: self.text(inner, schema.line("tax_category"), Times::First),
                rate: self.rate(inner, schema.line("tax_rate")),
                reason_code: self.reason(inner, schema.line("exemption_code")),
                reason: self.reason(inner, schema.line("exemption")),
            },
        };
        line.base_quantity = self.base_quantity(inner, &line);
        if !self.is_price_of_unit(inner, &line) {
            (line.price, line.base_quantity) = (None, None);
        }
        if schema.kind == Kind::ReceiptAdvice {
            line.rejected = self.of_unit(inner, "rejected", &mut line.unit);
            line.short = self.of_unit(inner, "short", &mut line.unit);
        }
        line
    }

    /// The document that a line refers to and the line there, from one element: line numbers count within
    /// the document that stands beside them.
    fn reference(
        &mut self,
        inner: Node<'_, '_>,
        outer: Node<'_, '_>,
        [at, document, line]: [&str; 3],
    ) -> (Option<String>, Option<String>) {
        let schema = self.schema;
        let mut alone = None;
        let bases = if inner == outer {
            vec![inner]
        } else {
            vec![inner, outer]
        };
        for node in bases
            .into_iter()
            .flat_map(|base| schema.line(at).iter().flat_map(move |path| [(base, path)]))
            .flat_map(|(base, path)| self.all(base, path))
            .collect::<Vec<_>>()
        {
            let named = self.text(node, schema.line(document), Times::First);
            let named = named.filter(|named| !names_nothing(named));
            let number = self.text(node, schema.line(line), Times::First);
            if number.is_some() {
                return (named, number);
            }
            alone = alone.or(named);
        }
        (alone, None)
    }

    /// What the line says of itself; a code that says nothing that Sealane knows is warned of.
    fn status(&mut self, line: Node<'_, '_>) -> Option<LineStatus> {
        let node = self.node(line, self.schema.line("status"), Times::First)?;
        let code = xml::text(node)?;
        if NO_STATUS.contains(&code.as_str()) {
            return None;
        }
        let older = node.attribute("listID") == Some("UNCL1225");
        let status = if older {
            LineStatus::parse_1225(&code)
        } else {
            LineStatus::parse(&code)
        };
        let Some(status) = status else {
            let shown: String = code.chars().take(40).collect();
            self.warnings.add(|| Fault {
                class: Class::Value,
                place: Place::element(node),
                rule: "SL-LINE-STATUS",
                problem: format!("the line's status {shown:?} is none of 1, 3, 5, 7, AP, CA, RE"),
                advice: "It is left out; look at what it means for this line.",
            });
            return None;
        };
        Some(status).filter(|status| status.counts() || self.claim.has_group_lines())
    }

    /// A quantity beside the line's own, in the same unit.
    fn of_unit(
        &mut self,
        line: Node<'_, '_>,
        field: &str,
        unit: &mut Option<String>,
    ) -> Option<Decimal> {
        let (value, node) = self.figure(line, self.schema.line(field))?;
        let own = node.attribute("unitCode").map(str::trim);
        match (own.filter(|own| !own.is_empty()), &unit) {
            (Some(own), Some(written)) if own != written => {
                let problem = format!("the quantity is in {own}, the line's in {written}");
                let advice = "Ask the sender for quantities of a line in one unit.";
                self.value_fault(node, "SL-UNIT", problem, advice);
            }
            (Some(own), None) => *unit = Some(own.to_owned()),
            _ => {}
        }
        Some(value)
    }

    /// The units that a price is for; zero or less is a fault. CII has a second place for it, at the gross
    /// price: it counts where the net price has none and the line's total shows that it is meant.
    fn base_quantity(&mut self, node: Node<'_, '_>, line: &Line) -> Option<Decimal> {
        let own = self.positive(node, "base_quantity");
        if own.is_some() {
            return own;
        }
        let gross = self.positive(node, "gross_base_quantity")?;
        let (quantity, price, total) = (line.quantity?, line.price?, line.total?);
        let fits = |base| is_line_total(&line.allowances, quantity, price, base, total);
        let meant = fits(Decimal::ONE) == Some(false) && fits(gross) == Some(true);
        meant.then_some(gross)
    }

    /// Whether the price is for units of the line's quantity: only then do the two multiply. EN 16931 demands it of
    /// invoices (BT-150; Peppol's R130); elsewhere it is a warning.
    fn is_price_of_unit(&mut self, node: Node<'_, '_>, line: &Line) -> bool {
        let net = self.node(node, self.schema.line("base_quantity"), Times::Once);
        let gross = self.schema.line("gross_base_quantity");
        let base = match net {
            None if line.base_quantity.is_some() => self.node(node, gross, Times::Once),
            net => net,
        };
        let unit =
            |node: Node<'_, '_>| node.attribute("unitCode").map(str::trim).map(str::to_owned);
        let own = base.and_then(unit).filter(|own| !own.is_empty());
        let (Some(base), Some(own), Some(written)) = (base, own, &line.unit) else {
            return true;
        };
        if own == *written {
            return true;
        }
        let problem = format!("the price is for a quantity in {own}, the line's is in {written}");
        if self.standard {
            let rule = if self.claim.peppol {
                "PEPPOL-EN16931-R130"
            } else {
                "SL-UNIT"
            };
            let advice = "Ask the sender for a price per unit of the line's quantity.";
            self.value_fault(base, rule, problem, advice);
            return true;
        }
        self.warnings.add(|| Fault {
            class: Class::Value,
            place: Place::element(base),
            rule: "SL-UNIT",
            problem,
            advice: "The price is left out, as it does not multiply; ask for one per unit of the line's quantity.",
        });
        false
    }

    fn positive(&mut self, line: Node<'_, '_>, field: &str) -> Option<Decimal> {
        let (base, node) = self.figure(line, self.schema.line(field))?;
        if base.is_zero() || base.is_negative() {
            let problem = format!("a price for {base} units means nothing");
            let advice = "Write a base quantity above zero, or none.";
            self.value_fault(node, "SL-BASE", problem, advice);
            return None;
        }
        Some(base)
    }

    /// A number that may stand at one of the paths, and its element; an empty element is a fault.
    pub fn figure<'a, 'input>(
        &mut self,
        base: Node<'a, 'input>,
        paths: &[String],
    ) -> Option<(Decimal, Node<'a, 'input>)> {
        let node = self.node(base, paths, Times::Once)?;
        Some((self.decimal(node)?, node))
    }

    /// An amount that may stand at one of the paths, in the document's currency.
    pub fn amount(&mut self, base: Node<'_, '_>, paths: &[String]) -> Option<Decimal> {
        let (value, node) = self.figure(base, paths)?;
        self.check_currency(node);
        Some(value)
    }

    fn rate(&mut self, base: Node<'_, '_>, paths: &[String]) -> Option<Decimal> {
        let node = self.node(base, paths, Times::First)?;
        xml::text(node)?;
        self.decimal(node)
    }

    /// Why something has no tax; only EXTENDED tells reasons apart.
    fn reason(&mut self, base: Node<'_, '_>, paths: &[String]) -> Option<String> {
        let read = self.claim.extended;
        read.then(|| self.text(base, paths, Times::First)).flatten()
    }

    /// Allowances and charges at the paths, and their elements; the rules that demand an amount of either.
    pub fn allowances<'a, 'input>(
        &mut self,
        base: Node<'a, 'input>,
        at: &[String],
        allowance: &'static str,
        charge: &'static str,
    ) -> (Vec<Allowance>, Vec<Node<'a, 'input>>) {
        let table = &self.schema.table.allowance;
        let nodes: Vec<_> = at.iter().flat_map(|path| self.all(base, path)).collect();
        let (mut found, mut places) = (Vec::new(), Vec::new());
        for node in nodes {
            let indicator = self.text(node, paths(table, "charge"), Times::Once);
            let indicator = indicator.map(|said| said.to_lowercase());
            let (is_charge, rule) = match indicator.as_deref() {
                Some("true" | "1") => (true, charge),
                Some("false" | "0") => (false, allowance),
                _ => {
                    let what = "whether it is a charge or an allowance";
                    self.missing(node, "SL-CHARGE", what, paths(table, "charge"));
                    continue;
                }
            };
            found.push(self.allowance(node, is_charge, rule));
            places.push(node);
        }
        (found, places)
    }

    /// One allowance or charge; `rule` demands its amount.
    pub fn allowance(&mut self, node: Node<'_, '_>, charge: bool, rule: &'static str) -> Allowance {
        let table = &self.schema.table.allowance;
        let at = paths(table, "amount");
        let amount = self.amount(node, at);
        let stated = self.text(node, at, Times::First).is_some();
        if self.standard && !stated {
            self.missing(node, rule, "the amount", at);
        }
        Allowance {
            charge,
            amount: amount.unwrap_or(Decimal::ZERO),
            tax: self.category(node, table),
        }
    }

    /// The tax category of an allowance, a charge or an entry of the breakdown.
    pub fn category(&mut self, node: Node<'_, '_>, table: &BTreeMap<String, Paths>) -> TaxCategory {
        TaxCategory {
            code: self.text(node, paths(table, "tax_category"), Times::First),
            rate: self.rate(node, paths(table, "tax_rate")),
            reason_code: self.reason(node, paths(table, "exemption_code")),
            reason: self.reason(node, paths(table, "exemption")),
        }
    }
}
