//! An XML tree to a document, by its declared schema.

use chrono::NaiveDate;
use sealane_types::schema::Kind;
use sealane_types::text::names_nothing;

use crate::arithmetic::Lists;
use crate::claim::Claim;
use crate::codes::money;
use crate::conclude::{Findings, conclude};
use crate::decimal::Decimal;
use crate::document::{Document, Totals, Transport};
use crate::fault::{Class, Fault, Faults, Place};
use crate::read::format::unknown_root;
use crate::read::places::XmlPlaces;
use crate::read::values::{Times, Values};
use crate::required::Stated;
use crate::table::{Schema, schemas};
use crate::type_code::{self, TypeCode};
use crate::xml::{self, Node};

/// Reads a document from its root element.
pub fn document(root: Node<'_, '_>) -> Result<Document, Faults> {
    let schema = schema_of(root)?;
    let mut values = Values {
        schema,
        faults: Faults::default(),
        warnings: Faults::default(),
        claim: Claim::default(),
        currency: None,
        standard: false,
    };
    let (mut document, stated) = values.header(root);
    values.nature(root, &mut document);
    values.strays(root);
    let places = values.body(root, schema, &mut document);
    values.name_despatches(root, &mut document);
    let lists = Lists {
        allowances: true,
        taxes: true,
    };
    let found = Findings {
        faults: values.faults,
        warnings: values.warnings,
    };
    conclude(document, found, lists, stated, &places)
}

fn schema_of(root: Node<'_, '_>) -> Result<&'static Schema, Faults> {
    let (name, namespace) = (root.tag_name().name(), root.tag_name().namespace());
    let found = schemas()
        .iter()
        .find(|schema| schema.root == name && namespace == Some(&schema.namespace));
    found.ok_or_else(|| Faults {
        kept: vec![unknown_root(root)],
        more: 0,
    })
}

impl Values<'_> {
    fn header(&mut self, root: Node<'_, '_>) -> (Document, Stated) {
        let schema = self.schema;
        let mut once = |field: &str| self.text(root, schema.header(field), Times::Once);
        let (id, type_code) = (once("id"), once("type_code"));
        let misplaced = once("misplaced_type_code");
        let (says_copy, declared) = (once("copy"), once("currency"));
        let (customization, profile) = (once("customization"), once("profile"));
        self.claim = Claim::of(customization.as_deref()).with_profile(profile.as_deref());
        let stated_code = type_code.is_some();
        let type_code = type_code.or_else(|| self.name_for_code(root, misplaced.as_deref()));
        let copy = self.is_copy(root, says_copy.as_deref());
        self.standard =
            matches!(schema.kind, Kind::Invoice | Kind::CreditNote) && self.claim.en16931;
        let buyer_reference = self.text(root, schema.header("buyer_reference"), Times::First);
        let country = self.text(root, schema.header("seller_country"), Times::First);
        let claim = self.claim;
        let says_credit = |code: &Option<String>| {
            TypeCode::of(code.as_deref(), country.as_deref(), claim).is_credit_note()
        };
        let credit =
            schema.kind == Kind::Invoice && (says_credit(&type_code) || says_credit(&misplaced));
        let stated = Stated {
            issue_date: self.is_stated(root, "issue_date"),
            currency: declared.is_some(),
            type_code: stated_code,
            seller_tax: self.is_anywhere(root, "seller_tax"),
            taxes: true,
            countries: [
                self.has_country(root, "seller"),
                self.has_country(root, "buyer"),
            ],
            numbers: self.numbers(root),
        };
        self.currency = self.currency(root, declared);
        let (billing_references, billing_dates) = self.earlier(root);
        let seller = self.party(root, "seller").unwrap_or_default();
        let document = Document {
            kind: if credit {
                Kind::CreditNote
            } else {
                schema.kind
            },
            syntax: schema.syntax,
            type_code: type_code.or(misplaced),
            id: id.unwrap_or_default(),
            issue_date: self
                .date_at(root, "issue_date", Times::Once)
                .unwrap_or_default(),
            due_date: self.due_date(root),
            copy,
            no_claim: None,
            payee: self.payee(root, &seller),
            seller,
            buyer: self.buyer(root).unwrap_or_default(),
            currency: self.currency.clone(),
            totals: Totals::default(),
            allowances: Vec::new(),
            taxes: Vec::new(),
            order_references: self.references(root, "order_references"),
            despatch_references: self.references(root, "despatch_references"),
            billing_references,
            billing_dates,
            buyer_reference,
            tolerance: None,
            customization,
            profile,
            transport: self.transport(root),
            lines: Vec::new(),
            warnings: Vec::new(),
            more_warnings: 0,
        };
        (document, stated)
    }

    /// The name of an invoice without a type code, where it says what the document is and nothing demands a code.
    fn name_for_code(&mut self, root: Node<'_, '_>, misplaced: Option<&str>) -> Option<String> {
        let demanded = self.claim.demands_type_code || self.schema.kind != Kind::Invoice;
        if demanded || misplaced.is_some() {
            return None;
        }
        let mut names = ["type_name", "document_name"].into_iter();
        names.find_map(|field| {
            let name = self.text(root, self.schema.header(field), Times::First);
            name.filter(|name| type_code::tells(name))
        })
    }

    /// Whether the document says that it is a copy. Whoever writes `TRUE` means it; what is neither yes nor no is refused.
    fn is_copy(&mut self, root: Node<'_, '_>, said: Option<&str>) -> bool {
        match said.map(|said| said.trim().to_lowercase()).as_deref() {
            None | Some("false" | "0" | "no") => false,
            Some("true" | "1" | "yes") => true,
            Some(other) => {
                self.faults.add(|| Fault {
                    class: Class::Value,
                    place: Place::element(root),
                    rule: "SL-COPY",
                    problem: format!("CopyIndicator is {other:?}, which is neither true nor false"),
                    advice: "Ask the sender whether it is a copy: true, or an original: false.",
                });
                false
            }
        }
    }

    fn is_stated(&mut self, root: Node<'_, '_>, field: &str) -> bool {
        let node = self.node(root, self.schema.header(field), Times::First);
        node.is_some_and(|node| xml::text(node).is_some())
    }

    /// Whether it stands at one of its places, and says something there.
    fn is_anywhere(&self, root: Node<'_, '_>, field: &str) -> bool {
        !self.texts(root, self.schema.header(field)).is_empty()
    }

    /// The documents that a field refers to; placeholders (`NA`, `XXXX`, `0` …) refer to none.
    fn references(&self, root: Node<'_, '_>, field: &str) -> Vec<String> {
        let mut found = self.texts(root, self.schema.header(field));
        found.retain(|reference| !names_nothing(reference));
        found
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
        if money(&currency).is_none() {
            let shown: String = currency.chars().take(40).collect();
            let problem = format!("{shown:?} is not a currency in use of ISO 4217");
            let at = self.node(root, self.schema.header("currency"), Times::First);
            self.value_fault(
                at.or(payable).unwrap_or(root),
                "SL-CURRENCY",
                problem,
                "Write the three capital letters of a currency in use, such as EUR.",
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

    /// Lines, amounts, allowances and taxes.
    fn body<'a, 'input>(
        &mut self,
        root: Node<'a, 'input>,
        schema: &'static Schema,
        document: &mut Document,
    ) -> XmlPlaces<'a, 'input> {
        let at = schema.line.iter();
        let lines: Vec<_> = at.flat_map(|path| self.all(root, path)).collect();
        document.lines = lines.iter().map(|node| self.line(*node)).collect();
        document.totals = self.totals(root);
        let (tax, tax_node) = self.tax(root);
        document.totals.tax = tax;
        self.oioubl_tax(root, &mut document.totals);
        let taxes = self.entries(root);
        document.taxes = taxes.iter().map(|node| self.entry(*node)).collect();
        let at = schema.header("allowance");
        let (mut found, mut allowances) = self.allowances(root, at, "BR-31", "BR-36");
        // Charges where nothing else stands need no indicator.
        for path in schema.header("charge") {
            for node in self.all(root, path) {
                found.push(self.allowance(node, true, "BR-36"));
                allowances.push(node);
            }
        }
        document.allowances = found;
        XmlPlaces {
            schema,
            root,
            lines,
            allowances,
            taxes,
            tax: tax_node,
        }
    }

    fn totals(&mut self, root: Node<'_, '_>) -> Totals {
        let schema = self.schema;
        let mut amount = |field: &str| self.amount(root, schema.header(field));
        Totals {
            lines: amount("lines_total"),
            allowances: amount("allowances_total"),
            charges: amount("charges_total"),
            tax_exclusive: amount("tax_exclusive"),
            tax: None,
            tax_inclusive: amount("tax_inclusive"),
            prepaid: amount("prepaid"),
            rounding: amount("rounding"),
            third_party: self.third_party(root),
            payable: self.amount(root, schema.header("payable")),
        }
    }

    /// Third parties' claims, where an extension is claimed that counts them: elsewhere the same elements
    /// mean other things.
    fn third_party(&mut self, root: Node<'_, '_>) -> Option<Decimal> {
        if !(self.claim.xrechnung_extension || self.claim.extended) {
            return None;
        }
        let at = self.schema.header("third_party_at");
        let nodes: Vec<_> = at.iter().flat_map(|path| self.all(root, path)).collect();
        let mut sum = None;
        for node in nodes {
            let paths = self.schema.header("third_party_amount");
            let Some(amount) = self.amount(node, paths) else {
                if self.standard {
                    self.missing(node, "BR-DEX-11", "the third party's amount", paths);
                }
                continue;
            };
            sum = match sum {
                None => Some(amount),
                Some(sum) => amount.plus(sum),
            };
            if sum.is_none() {
                let problem = "the sum of third parties' amounts is too large".to_owned();
                self.value_fault(node, "SL-NUMBER", problem, "Write smaller amounts.");
                return None;
            }
        }
        sum
    }
}
