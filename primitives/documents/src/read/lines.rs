//! Lines, allowances and the tax breakdown of an XML document.

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::document::Line;
use crate::figures::{AllowanceFigures, Figure, LineFigures, SubtotalFigures, TaxCategory};
use crate::read::values::{Times, Values};
use crate::table::{Paths, paths};
use crate::xml::{self, Node};

impl Values<'_> {
    /// One line: as a document's line, and as figures.
    pub fn line<'a, 'input>(&mut self, outer: Node<'a, 'input>) -> (Line, LineFigures<'a, 'input>) {
        let schema = self.schema;
        let inner = self
            .node(outer, schema.line("inner"), Times::Once)
            .unwrap_or(outer);
        let reference = |values: &mut Self, field: &str| {
            let inside = values.text(inner, schema.line(field), Times::First);
            inside.or_else(|| values.text(outer, schema.line(field), Times::First))
        };
        let quantity_node = self.node(inner, schema.line("quantity"), Times::Once);
        let unit = quantity_node.and_then(|node| node.attribute("unitCode"));
        let unit = unit.map(str::trim).filter(|unit| !unit.is_empty());
        let total = self.figure(inner, schema.line("total"));
        let status = self.text(inner, schema.line("status"), Times::First);
        let line = Line {
            id: self.text(inner, schema.line("id"), Times::Once),
            order_line: reference(self, "order_line"),
            despatch_line: reference(self, "despatch_line"),
            item: self.text(inner, schema.line("item"), Times::First),
            quantity: quantity_node.and_then(|node| self.decimal(node)),
            unit: unit.map(str::to_owned),
            price: self
                .figure(inner, schema.line("price"))
                .map(|price| price.value),
            base_quantity: self.base_quantity(inner),
            total: total.map(|total| total.value),
            ..Line::default()
        };
        let figures = LineFigures {
            node: inner,
            counts: !matches!(status.as_deref(), Some("GROUP" | "INFORMATION")),
            quantity: line.quantity,
            price: line.price,
            base: line.base_quantity,
            total,
            allowances: self.allowances(inner, schema.line("allowance")),
            tax: TaxCategory {
                code: self.text(inner, schema.line("tax_category"), Times::First),
                rate: self.rate(inner, schema.line("tax_rate")),
            },
        };
        (line, figures)
    }

    /// The units that a price is for; zero or less is a fault.
    fn base_quantity(&mut self, line: Node<'_, '_>) -> Option<Decimal> {
        let base = self.figure(line, self.schema.line("base_quantity"))?;
        if base.value.is_zero() || base.value.is_negative() {
            let problem = format!("a price for {} units means nothing", base.value);
            self.value_fault(
                base.node,
                "SL-BASE",
                problem,
                "Write a base quantity above zero, or none.",
            );
            return None;
        }
        Some(base.value)
    }

    /// A number that may stand at one of the paths; an empty element is a fault.
    pub fn figure<'a, 'input>(
        &mut self,
        base: Node<'a, 'input>,
        paths: &[String],
    ) -> Option<Figure<'a, 'input>> {
        let node = self.node(base, paths, Times::Once)?;
        let value = self.decimal(node)?;
        Some(Figure { value, node })
    }

    fn rate(&mut self, base: Node<'_, '_>, paths: &[String]) -> Option<Decimal> {
        let node = self.node(base, paths, Times::First)?;
        xml::text(node)?;
        self.decimal(node)
    }

    /// Allowances and charges at the paths.
    pub fn allowances(&mut self, base: Node<'_, '_>, at: &[String]) -> Vec<AllowanceFigures> {
        let table = &self.schema.table.allowance;
        let mut found = Vec::new();
        let nodes: Vec<_> = at.iter().flat_map(|path| self.all(base, path)).collect();
        for node in nodes {
            let charge = self.text(node, paths(table, "charge"), Times::Once);
            match charge.as_deref() {
                Some("true" | "1") => found.push(self.allowance(node, true)),
                Some("false" | "0") => found.push(self.allowance(node, false)),
                _ => self.missing(
                    node,
                    "SL-CHARGE",
                    "whether it is a charge or an allowance",
                    paths(table, "charge"),
                ),
            }
        }
        found
    }

    /// Charges at paths where nothing else stands.
    pub fn charges(&mut self, base: Node<'_, '_>, at: &[String]) -> Vec<AllowanceFigures> {
        let nodes: Vec<_> = at.iter().flat_map(|path| self.all(base, path)).collect();
        nodes
            .into_iter()
            .map(|node| self.allowance(node, true))
            .collect()
    }

    fn allowance(&mut self, node: Node<'_, '_>, charge: bool) -> AllowanceFigures {
        let table = &self.schema.table.allowance;
        let at = paths(table, "amount");
        if self.standard && self.node(node, at, Times::Once).is_none() {
            let rule = if charge { "BR-36" } else { "BR-31" };
            self.missing(node, rule, "the amount", at);
        }
        let amount = self
            .figure(node, at)
            .map_or(Decimal::ZERO, |figure| figure.value);
        let tax = self.category(node, table);
        AllowanceFigures {
            charge,
            amount,
            tax,
        }
    }

    fn category(&mut self, node: Node<'_, '_>, table: &BTreeMap<String, Paths>) -> TaxCategory {
        TaxCategory {
            code: self.text(node, paths(table, "tax_category"), Times::First),
            rate: self.rate(node, paths(table, "tax_rate")),
        }
    }

    /// One entry of the tax breakdown.
    pub fn subtotal<'a, 'input>(&mut self, node: Node<'a, 'input>) -> SubtotalFigures<'a, 'input> {
        let table = &self.schema.table.subtotal;
        SubtotalFigures {
            node,
            taxable: self.figure(node, paths(table, "taxable")),
            tax: self.figure(node, paths(table, "tax")),
            category: self.category(node, table),
        }
    }
}
