//! An XML tree to a document, by its declared schema.

use chrono::NaiveDate;
use sealane_types::fields::Currency;
use sealane_types::schema::Kind;

use crate::arithmetic;
use crate::decimal::Decimal;
use crate::document::{Document, Line, Party, Totals, Transport, claims};
use crate::fault::{Class, Fault, Faults, Place};
use crate::figures::{Figure, Figures, SubtotalFigures};
use crate::read::values::{Times, Values};
use crate::table::{Schema, schemas};
use crate::xml::{self, Node};

/// UN/CEFACT 1001 codes of credit notes.
const CREDIT_NOTES: [&str; 13] = [
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
];

/// Most entries of a tax breakdown; each is compared with each line.
const MAX_SUBTOTALS: usize = 256;

/// Reads a document from its root element.
pub fn document(root: Node<'_, '_>) -> Result<Document, Faults> {
    let schema = schema_of(root)?;
    let mut values = Values {
        schema,
        faults: Faults::default(),
        standard: false,
    };
    let mut document = values.header(root);
    let (lines, figures) = values.body(root, &document);
    document.lines = lines;
    document.totals = totals(&figures);
    values.required(root, &document);
    let mut warnings = Faults::default();
    if matches!(document.kind, Kind::Invoice | Kind::CreditNote) {
        let target = if values.standard {
            &mut values.faults
        } else {
            &mut warnings
        };
        arithmetic::check(&figures, target);
    }
    arithmetic::check_lines(&figures, &mut warnings);
    if !values.faults.is_empty() {
        return Err(values.faults);
    }
    document.warnings = warnings.kept;
    document.more_warnings = warnings.more;
    Ok(document)
}

fn schema_of(root: Node<'_, '_>) -> Result<&'static Schema, Faults> {
    let (name, namespace) = (root.tag_name().name(), root.tag_name().namespace());
    let found = schemas()
        .iter()
        .find(|schema| schema.root == name && namespace == Some(&schema.namespace));
    found.ok_or_else(|| {
        let mut faults = Faults::default();
        let known: Vec<&str> = schemas().iter().map(|schema| schema.root.as_str()).collect();
        let shown = namespace.unwrap_or("no namespace");
        faults.add(|| Fault {
            class: Class::Unknown,
            place: Place::element(root),
            rule: "SL-ROOT",
            problem: format!("the root element is {name} in {shown}, which is none of {}", known.join(", ")),
            advice: "Give a UBL 2.x document of one of these kinds, or a UN/CEFACT Cross Industry Invoice (D16B).",
        });
        faults
    })
}

fn totals(figures: &Figures<'_, '_>) -> Totals {
    let value = |figure: Option<Figure<'_, '_>>| figure.map(|figure| figure.value);
    Totals {
        lines: value(figures.lines_total),
        allowances: value(figures.allowances_total),
        charges: value(figures.charges_total),
        tax_exclusive: value(figures.tax_exclusive),
        tax: value(figures.tax),
        tax_inclusive: value(figures.tax_inclusive),
        prepaid: value(figures.prepaid),
        rounding: value(figures.rounding),
        third_party: None,
        payable: value(figures.payable),
    }
}

impl Values<'_> {
    fn header(&mut self, root: Node<'_, '_>) -> Document {
        let schema = self.schema;
        let mut once = |field: &str| self.text(root, schema.header(field), Times::Once);
        let (id, type_code) = (once("id"), once("type_code"));
        let (copy, currency) = (once("copy"), once("currency"));
        let (customization, profile) = (once("customization"), once("profile"));
        self.standard = matches!(schema.kind, Kind::Invoice | Kind::CreditNote)
            && customization.as_deref().is_some_and(claims);
        let buyer_reference = self.text(root, schema.header("buyer_reference"), Times::First);
        let credit = schema.kind == Kind::Invoice
            && type_code
                .as_deref()
                .is_some_and(|code| CREDIT_NOTES.contains(&code));
        Document {
            kind: if credit {
                Kind::CreditNote
            } else {
                schema.kind
            },
            syntax: schema.syntax,
            type_code,
            id: id.unwrap_or_default(),
            issue_date: self
                .date_at(root, "issue_date", Times::Once)
                .unwrap_or_default(),
            due_date: self.date_at(root, "due_date", Times::First),
            copy: matches!(copy.as_deref(), Some("true" | "1")),
            seller: self.party(root, "seller").unwrap_or_default(),
            buyer: self.party(root, "buyer").unwrap_or_default(),
            payee: self
                .party(root, "payee")
                .filter(|payee| *payee != Party::default()),
            currency: self.currency(root, currency),
            totals: Totals::default(),
            order_references: self.texts(root, schema.header("order_references")),
            despatch_references: self.texts(root, schema.header("despatch_references")),
            billing_references: self.texts(root, schema.header("billing_references")),
            buyer_reference,
            tolerance: None,
            customization,
            profile,
            transport: self.transport(root),
            lines: Vec::new(),
            warnings: Vec::new(),
            more_warnings: 0,
        }
    }

    fn date_at(&mut self, root: Node<'_, '_>, field: &str, times: Times) -> Option<NaiveDate> {
        let node = self.node(root, self.schema.header(field), times)?;
        xml::text(node)?;
        self.date(node)
    }

    /// The declared currency, else the payable amount's.
    fn currency(&mut self, root: Node<'_, '_>, declared: Option<String>) -> Option<String> {
        let payable = self.node(root, self.schema.header("payable"), Times::First);
        let amount = payable.and_then(|node| node.attribute("currencyID"));
        let currency = declared.or_else(|| amount.map(str::to_owned))?;
        if Currency::new(&currency).is_none() {
            let problem = format!("{currency:?} is no currency code");
            let at = self.node(root, self.schema.header("currency"), Times::First);
            self.value_fault(
                at.or(payable).unwrap_or(root),
                "SL-CURRENCY",
                problem,
                "Write three capital letters of ISO 4217.",
            );
        }
        Some(currency)
    }

    fn transport(&mut self, root: Node<'_, '_>) -> Transport {
        let schema = self.schema;
        let mut first = |field: &str| self.text(root, schema.header(field), Times::First);
        Transport {
            port_of_loading: first("port_of_loading"),
            port_of_discharge: first("port_of_discharge"),
            vessel: first("vessel"),
            goods: first("goods"),
            shipment_date: self.date_at(root, "shipment_date", Times::First),
            expiry_date: None,
        }
    }

    fn body<'a, 'input>(
        &mut self,
        root: Node<'a, 'input>,
        document: &Document,
    ) -> (Vec<Line>, Figures<'a, 'input>) {
        let schema = self.schema;
        let nodes: Vec<_> = schema
            .line
            .iter()
            .flat_map(|path| self.all(root, path))
            .collect();
        let (lines, line_figures): (Vec<_>, Vec<_>) =
            nodes.into_iter().map(|node| self.line(node)).unzip();
        let currency = document.currency.as_deref();
        let mut allowances = self.allowances(root, schema.header("allowance"));
        allowances.extend(self.charges(root, schema.header("charge")));
        let mut total = |field: &str| {
            let figure = self.figure(root, schema.header(field));
            self.check_currency(figure, currency);
            figure
        };
        let figures = Figures {
            root,
            lines_total: total("lines_total"),
            allowances_total: total("allowances_total"),
            charges_total: total("charges_total"),
            tax_exclusive: total("tax_exclusive"),
            tax_inclusive: total("tax_inclusive"),
            prepaid: total("prepaid"),
            rounding: total("rounding"),
            payable: total("payable"),
            tax: self.tax(root, currency),
            allowances,
            third_party: self.third_party(root, document),
            subtotals: self.subtotals(root, currency),
            lines: line_figures,
        };
        for line in &figures.lines {
            self.check_currency(line.total, currency);
        }
        (lines, figures)
    }

    /// The tax breakdown in the document's currency.
    fn subtotals<'a, 'input>(
        &mut self,
        root: Node<'a, 'input>,
        currency: Option<&str>,
    ) -> Vec<SubtotalFigures<'a, 'input>> {
        let at = crate::table::paths(&self.schema.table.subtotal, "at");
        let own = |node: &Node<'_, '_>| {
            let mut amounts = node
                .children()
                .filter_map(|child| child.attribute("currencyID"));
            amounts.all(|written| currency.is_none_or(|currency| currency == written))
        };
        let found = at.iter().flat_map(|path| self.all(root, path));
        let found: Vec<_> = found.filter(own).take(MAX_SUBTOTALS + 1).collect();
        if found.len() > MAX_SUBTOTALS {
            let problem = format!("the tax breakdown has more than {MAX_SUBTOTALS} entries");
            self.value_fault(
                root,
                "SL-LIMIT",
                problem,
                "A tax breakdown has one entry for each category and rate.",
            );
            return Vec::new();
        }
        found.into_iter().map(|node| self.subtotal(node)).collect()
    }

    /// Third parties' claims, where XRechnung's extension is claimed, which alone counts them.
    fn third_party(&mut self, root: Node<'_, '_>, document: &Document) -> Vec<Decimal> {
        let claim = document.customization.as_deref().unwrap_or_default();
        if !claim.contains(":extension:xrechnung_") {
            return Vec::new();
        }
        let paths = self.schema.header("third_party");
        let nodes: Vec<_> = paths.iter().flat_map(|path| self.all(root, path)).collect();
        nodes
            .into_iter()
            .filter_map(|node| self.decimal(node))
            .collect()
    }
}
