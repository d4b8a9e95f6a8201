//! Random documents and random checks that are well typed, from a seed. Values come from few, so that they meet.
#![allow(clippy::unwrap_used)]

use sealane_types::fields::{Currency, FieldValue, LineOf};
use sealane_types::schema::{CanonicalFields, Kind, line_slot, slot};

use crate::support::{document, line};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    fn one<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    fn often(&mut self) -> bool {
        self.below(8) > 0
    }
}

/// A number of few: small ones, large ones, and now and then one that no field may hold.
fn number(random: &mut Random) -> i128 {
    let unit = random.one(&[1_000_000, 1_000_000, 1, 500_000]);
    match random.below(40) {
        0 => (1 << 80) - 1,
        1 => 1 - (1 << 80),
        2 => 1 << 80,
        _ => i128::try_from(random.below(7)).unwrap() * unit - 2 * unit,
    }
}

fn money(random: &mut Random) -> Option<FieldValue> {
    let code = random.one(&["EUR", "EUR", "EUR", "EUR", "JPY"]);
    let (value, currency) = (number(random), Currency::new(code).unwrap());
    random
        .often()
        .then_some(FieldValue::Amount { value, currency })
}

fn payable(random: &mut Random) -> Option<FieldValue> {
    let mut value = money(random);
    if let Some(FieldValue::Amount { value, .. }) = &mut value {
        *value = *value / 10_000 % (1 << 64);
    }
    value
}

fn goods(random: &mut Random) -> Option<FieldValue> {
    let unit = random
        .one(&["C62", "C62", "C62", "C62", "C62", "KGM", ""])
        .to_owned();
    let value = number(random);
    random
        .often()
        .then_some(FieldValue::Quantity { value, unit })
}

fn price(random: &mut Random) -> Option<FieldValue> {
    let value = number(random) * 10_000 % (1 << 81);
    let base = random.one(&[
        1_000_000,
        1_000_000,
        2_000_000,
        3_000_000,
        0,
        -1_000_000,
        1 << 80,
    ]);
    random.often().then_some(FieldValue::Price { value, base })
}

fn text(random: &mut Random) -> Option<FieldValue> {
    let text = random.one(&["1", "1", "2", "3"]).to_owned();
    random.often().then_some(FieldValue::Text(text))
}

/// A line of one of the orders, of any, or of one that is not known.
fn reference(random: &mut Random) -> Option<FieldValue> {
    let line = random.one(&["1", "1", "2", "3"]).to_owned();
    let number = |number: &str| LineOf::Number(number.to_owned());
    let of = [
        LineOf::Any,
        LineOf::Any,
        number("PO-1"),
        number("PO 1"),
        number("PO-2"),
        LineOf::Unknown,
    ];
    let of = random.one(&of);
    random
        .often()
        .then_some(FieldValue::LineReference { line, of })
}

/// What stands in a line's third slot.
fn second(random: &mut Random, kind: Kind) -> Option<FieldValue> {
    if kind != Kind::Order {
        return reference(random);
    }
    let status = random.one(&[1, 3, 5, 7]);
    random.often().then_some(FieldValue::Integer(status))
}

/// No, few or seven identifiers, some of them alike.
fn party(random: &mut Random) -> Option<FieldValue> {
    let pool = [
        "vat:1", "vat:2", "reg:3", "vat:S1", "vat:B1", "vat:C1", "lei:7", "vat:S2",
    ];
    let keep = random.one(&[0, 3, 6, 6, 7]);
    let mut ids: Vec<String> = Vec::new();
    for id in pool {
        if random.below(8) >= keep && ids.len() < 7 {
            ids.push(id.to_owned());
        }
    }
    (!ids.is_empty()).then_some(FieldValue::LegalIds(ids))
}

fn date(random: &mut Random) -> Option<FieldValue> {
    let day = i32::try_from(random.below(5)).unwrap() + 20_511;
    random.often().then_some(FieldValue::Date(day))
}

/// A random document, with up to `lines` lines.
pub fn any_document(random: &mut Random, kind: Kind, lines: usize) -> CanonicalFields {
    let mut made = document(kind);
    let numbers = ["PO-1", "PO 1", "PO-2"];
    made.header[slot::NUMBER] = random
        .often()
        .then(|| FieldValue::Number(random.one(&numbers).to_owned()));
    made.header[slot::ORDER_REFERENCES] = random.often().then(|| {
        let count = random.below(3);
        FieldValue::References(
            (0..count)
                .map(|_| random.one(&numbers).to_owned())
                .collect(),
        )
    });
    made.header[slot::ISSUE_DATE] = date(random);
    made.header[slot::DUE_DATE] = date(random);
    made.header[slot::TYPE_CODE] = random
        .often()
        .then(|| FieldValue::Integer(random.one(&[380, 381, -1, i64::MIN])));
    made.header[slot::CURRENCY] = random
        .often()
        .then(|| FieldValue::Text(random.one(&["EUR", "EUR", "EUR", "JPY", "eur"]).into()));
    made.header[slot::PAYABLE] = payable(random);
    for place in [slot::SELLER_IDS, slot::BUYER_IDS, slot::PAYEE_IDS] {
        made.header[place] = party(random);
    }
    made.header[slot::SELLER_NAME] = random.often().then(|| {
        let name = random.one(&["Norrvik AB", "Norrvik AB", "AB Norrvik"]);
        FieldValue::Name(name.into())
    });
    if kind != Kind::Waybill {
        made.header[slot::LINES_TOTAL] = money(random);
        made.header[slot::TAX] = money(random);
        made.header[slot::CHARGES] = money(random);
    }
    if kind == Kind::Order {
        made.header[slot::TOLERANCE] = random
            .often()
            .then(|| FieldValue::Integer(random.one(&[0, 250])));
    }
    if random.below(12) == 0 {
        // a sealer that encodes wrongly
        let place = random.one(&[
            slot::NUMBER,
            slot::ISSUE_DATE,
            slot::PAYABLE,
            slot::SELLER_IDS,
            slot::CURRENCY,
        ]);
        made.header[place] = Some(FieldValue::Integer(1));
    }
    let count = random.below(lines + 1);
    made.lines = (0..count)
        .map(|_| {
            line(&[
                (line_slot::ID, text(random)),
                (line_slot::ORDER_LINE, reference(random)),
                (line_slot::DESPATCH_LINE, second(random, kind)),
                (line_slot::ITEM, text(random)),
                (line_slot::QUANTITY, goods(random)),
                (line_slot::PRICE, price(random)),
                (line_slot::TOTAL, money(random)),
            ])
        })
        .collect();
    made
}

/// Writes random conditions over `order`, `delivery` (a list) and `invoice`.
pub struct Author<'a> {
    pub random: &'a mut Random,
    lines: Vec<String>,
    documents: Vec<String>,
    made: usize,
    nested: usize,
}

impl<'a> Author<'a> {
    pub fn new(random: &'a mut Random) -> Self {
        Self {
            random,
            lines: Vec::new(),
            documents: Vec::new(),
            made: 0,
            nested: 0,
        }
    }

    /// A condition of this depth at most.
    pub fn condition(&mut self, depth: usize) -> String {
        let form = if depth == 0 {
            self.random.below(8)
        } else {
            self.random.below(14)
        };
        match form {
            0 => self.related("number"),
            1 => self.related("date"),
            2 => format!(
                "{} within {} of {}",
                self.amount(1),
                self.tolerance(),
                self.wide(1)
            ),
            3 => format!(
                "{} within {} of {}",
                self.quantity(1),
                self.tolerance(),
                self.quantity(1)
            ),
            4 => self.symbols(),
            5 => self.parties(),
            6 => {
                let word = self.random.one(&["present", "absent"]);
                format!("{word} {}", self.any_field())
            }
            7 => self.listed(),
            8 => format!(
                "({} and {})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
            9 => format!(
                "({} or {})",
                self.condition(depth - 1),
                self.condition(depth - 1)
            ),
            10 => {
                let (one, other) = (self.any_field(), self.any_field());
                format!("(if present {one}, {other}: {})", self.condition(depth - 1))
            }
            _ => self.quantified(depth - 1),
        }
    }

    fn quantified(&mut self, depth: usize) -> String {
        let word = self.random.one(&["all", "any", "one"]);
        let (binding, is_line) = self.bind(depth.min(1));
        let body = self.condition(depth);
        self.unbind(is_line);
        format!("({word} {binding}: {body})")
    }

    /// Binds a new name, which stays bound until [`Author::unbind`].
    fn bind(&mut self, depth: usize) -> (String, bool) {
        self.made += 1;
        let mut name = format!("x{}", self.made);
        let is_line = self.random.below(4) > 0;
        let list = if is_line {
            let mut lists = vec![
                "order.lines".to_owned(),
                "delivery.lines".into(),
                "invoice.lines".into(),
            ];
            lists.extend(
                self.documents
                    .iter()
                    .map(|document| format!("{document}.lines")),
            );
            let list = self.random.one(&lists);
            if list == "order.lines" {
                name = format!("o{}", self.made); // its lines have a status
            }
            self.lines.push(name.clone());
            list
        } else {
            self.documents.push(name.clone());
            "delivery".to_owned()
        };
        let filter = match (self.random.below(4), self.joined(&name)) {
            (0, _) => String::new(),
            (1, Some(join)) if is_line => join,
            _ => format!(" where {}", self.condition(depth)),
        };
        (format!("{name} in {list}{filter}"), is_line)
    }

    /// What ties a line to the one around it, as joins do; random conditions hardly ever do.
    fn joined(&self, name: &str) -> Option<String> {
        let outer = self.lines.iter().rev().find(|line| *line != name)?;
        let (own, other) = match self.made % 3 {
            0 => ("order_line", "order_line"),
            1 => ("order_line", "id"),
            _ => ("id", "order_line"),
        };
        Some(format!(" where {name}.{own} = {outer}.{other}"))
    }

    fn unbind(&mut self, is_line: bool) {
        if is_line {
            self.lines.pop();
        } else {
            self.documents.pop();
        }
    }

    fn related(&mut self, what: &str) -> String {
        let relation = self.random.one(&["=", "!=", "<", "<=", ">", ">="]);
        let (left, right) = match (what, self.random.below(5)) {
            ("date", _) => (self.date(), self.date()),
            (_, 0) => (self.integer(), self.integer()),
            (_, 1) => (self.quantity(2), self.quantity(2)),
            (_, 2) => (self.wide(2), self.wide(2)),
            (_, 3) if !self.lines.is_empty() => {
                (self.line_field("price"), self.line_field("price"))
            }
            _ => (self.amount(2), self.wide(2)),
        };
        format!("{left} {relation} {right}")
    }

    fn tolerance(&mut self) -> String {
        self.random
            .one(&["0", "0.01", "1", "0.5", "5%", "100%", "33.3%"])
            .to_owned()
    }

    fn document(&mut self) -> String {
        let mut known = vec!["order".to_owned(), "invoice".into()];
        known.extend(self.documents.iter().cloned());
        self.random.one(&known)
    }

    fn line_field(&mut self, field: &str) -> String {
        format!("{}.{field}", self.random.one(&self.lines.clone()))
    }

    fn date(&mut self) -> String {
        let field = self.random.one(&["issue_date", "due_date"]);
        let days = self.random.one(&["", "", " + 1 days", " - 2 days"]);
        format!("{}.{field}{days}", self.document())
    }

    fn integer(&mut self) -> String {
        let orders = self.lines.iter().filter(|name| name.starts_with('o'));
        let orders: Vec<String> = orders.cloned().collect();
        match self.random.below(5) {
            0 if !orders.is_empty() => return format!("{}.status", self.random.one(&orders)),
            0 => return "order.tolerance".to_owned(),
            1 | 2 => return format!("{}.type_code", self.document()),
            _ => {}
        }
        let (binding, is_line) = self.bind(0);
        self.unbind(is_line);
        format!("count({binding}) + {}", self.random.below(3))
    }

    fn quantity(&mut self, depth: usize) -> String {
        let simple = depth == 0 || self.random.below(3) > 0;
        if simple && !self.lines.is_empty() {
            let field = self.line_field("quantity");
            return field + self.random.one(&["", "", " + 1", " - 0.5"]);
        }
        self.summed("quantity")
    }

    fn summed(&mut self, field: &str) -> String {
        self.made += 1;
        let name = format!("x{}", self.made);
        let list = self
            .random
            .one(&["order.lines", "delivery.lines", "invoice.lines"]);
        self.lines.push(name.clone());
        self.nested += 1;
        let filter = match (self.random.below(3), self.joined(&name)) {
            (1, Some(join)) => join,
            (2, _) if self.nested < 3 => format!(" where {}", self.condition(0)),
            _ => String::new(),
        };
        self.nested -= 1;
        self.lines.pop();
        format!("sum({name}.{field} for {name} in {list}{filter})")
    }

    fn amount(&mut self, depth: usize) -> String {
        match self.random.below(4) {
            0 if !self.lines.is_empty() => self.line_field("total"),
            1 if depth > 0 => self.summed("total"),
            2 if depth > 0 => {
                let sign = self.random.one(&["+", "-"]);
                format!("{} {sign} {}", self.amount(0), self.amount(0))
            }
            3 => format!("{}.payable_amount", self.document()),
            _ => {
                let field = self
                    .random
                    .one(&["totals.lines", "totals.tax", "totals.charges"]);
                format!("{}.{field}", self.random.one(&["order", "invoice"]))
            }
        }
    }

    /// An amount, or a price times a quantity.
    fn wide(&mut self, depth: usize) -> String {
        if self.lines.is_empty() || self.random.below(2) == 0 {
            return self.amount(depth);
        }
        let price = self.line_field("price");
        let quantity = match self.random.below(2) {
            0 => self.line_field("quantity"),
            _ => self.summed("quantity"),
        };
        match self.random.below(2) {
            0 => format!("{price} * {quantity}"),
            _ => format!("{quantity} * {price}"),
        }
    }

    fn symbols(&mut self) -> String {
        let relation = self.random.one(&["=", "!="]);
        let (left, right) = match self.random.below(5) {
            4 => (
                format!("{}.seller.name", self.document()),
                format!("{}.seller.name", self.document()),
            ),
            0 if !self.lines.is_empty() => {
                let (one, other) = self.random.one(&[
                    ("id", "id"),
                    ("id", "item"),
                    ("order_line", "id"),
                    ("id", "order_line"),
                    ("order_line", "item"),
                    ("order_line", "order_line"),
                ]);
                (self.line_field(one), self.line_field(other))
            }
            1 => (
                format!("{}.id", self.document()),
                format!("{}.order_references[0]", self.document()),
            ),
            2 => (
                format!("{}.order_references", self.document()),
                format!("{}.order_references", self.document()),
            ),
            _ => {
                let field = self.random.one(&["currency", "id"]);
                (
                    format!("{}.{field}", self.document()),
                    format!("{}.{field}", self.document()),
                )
            }
        };
        format!("{left} {relation} {right}")
    }

    fn parties(&mut self) -> String {
        let word = self.random.one(&["is", "is not"]);
        let (one, other) = (
            self.random.one(&["seller", "buyer", "payee"]),
            self.random.one(&["seller", "buyer"]),
        );
        format!(
            "{}.{one} {word} {}.{other}",
            self.document(),
            self.document()
        )
    }

    fn listed(&mut self) -> String {
        match self.random.below(4) {
            3 if !self.lines.is_empty() => {
                let field = self.random.one(&["id", "order_line"]);
                format!("{} in (\"1\", \"3\")", self.line_field(field))
            }
            0 => format!("{}.type_code in (380, -1)", self.document()),
            1 => format!("{}.currency in (\"EUR\", \"USD\")", self.document()),
            _ => format!("{}.id in (\"PO-1\", \"X\")", self.document()),
        }
    }

    fn any_field(&mut self) -> String {
        if !self.lines.is_empty() && self.random.below(2) == 0 {
            let field = self
                .random
                .one(&["id", "order_line", "quantity", "price", "total"]);
            return self.line_field(field);
        }
        let field = self.random.one(&[
            "id",
            "due_date",
            "currency",
            "seller",
            "payable_amount",
            "order_references",
        ]);
        format!("{}.{field}", self.document())
    }
}
