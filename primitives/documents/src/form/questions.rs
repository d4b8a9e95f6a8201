//! What a document of each kind is asked for.

use sealane_types::schema::Kind;

use Kind::{
    BillOfLading, CreditNote, DespatchAdvice, Invoice, LetterOfCredit, Order, OrderResponse,
    ReceiptAdvice, Waybill,
};

/// What an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Any text.
    Text,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A decimal number.
    Number,
    /// A code of ISO 4217.
    Currency,
    /// `scheme:value`.
    Id,
    /// `true` or `false`.
    Flag,
}

/// A question to whoever types a document in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The answer's key; of a line's field, `lines[].` and the field.
    pub key: &'static str,
    /// The question, without a question mark.
    pub ask: String,
    /// An answer that would be right.
    pub example: &'static str,
    /// What the answer holds.
    pub holds: Holds,
    /// Whether the document is refused without it.
    pub needed: bool,
    /// Whether there may be several answers.
    pub several: bool,
}

const ALL: &[Kind] = &Kind::ALL;
const NONE: &[Kind] = &[];
const BILLS: &[Kind] = &[Invoice, CreditNote];
const PRICED: &[Kind] = &[Order, OrderResponse, Invoice, CreditNote];
const AMOUNTS: &[Kind] = &[Order, OrderResponse, Invoice, CreditNote, LetterOfCredit];
const SHIPPED: &[Kind] = &[BillOfLading, Waybill];
const CREDIT: &[Kind] = &[LetterOfCredit];
const ROUTED: &[Kind] = &[BillOfLading, Waybill, LetterOfCredit];
const PAID: &[Kind] = &[Invoice, CreditNote, BillOfLading, Waybill, LetterOfCredit];
const AFTER_ORDERS: &[Kind] = &[
    OrderResponse,
    DespatchAdvice,
    ReceiptAdvice,
    Invoice,
    CreditNote,
    BillOfLading,
    Waybill,
    LetterOfCredit,
];
const AFTER_DESPATCH: &[Kind] = &[ReceiptAdvice, Invoice, CreditNote, BillOfLading, Waybill];
const WITH_LINES: &[Kind] = &[
    Order,
    OrderResponse,
    DespatchAdvice,
    ReceiptAdvice,
    Invoice,
    CreditNote,
    BillOfLading,
    Waybill,
];

/// Key, question, example, what it holds, kinds that are asked, kinds that need it. A party's role stands
/// for `{seller}`, `{buyer}` and `{payee}`.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Holds,
    &'static [Kind],
    &'static [Kind],
);

#[rustfmt::skip]
const ROWS: [Row; 46] = [
    ("id", "the document's number", "VF-2026-00418", Holds::Text, ALL, ALL),
    ("issue_date", "issued on", "2026-03-02", Holds::Date, ALL, ALL),
    ("type_code", "type code of UN/CEFACT 1001", "380", Holds::Text, &[Invoice], NONE),
    ("type_code", "type code of UN/CEFACT 1001", "381", Holds::Text, &[CreditNote], NONE),
    ("copy", "is it a copy", "false", Holds::Flag, BILLS, NONE),
    ("due_date", "due on", "2026-04-01", Holds::Date, BILLS, NONE),
    ("seller.name", "{seller}: name", "Brugman Scheepsbenodigdheden B.V.", Holds::Text, ALL, BILLS),
    ("seller.ids", "{seller}: legal identifier", "nl-kvk:24381190", Holds::Id, ALL, NONE),
    ("buyer.name", "{buyer}: name", "Havbryn Verft AS", Holds::Text, ALL, BILLS),
    ("buyer.ids", "{buyer}: legal identifier", "no-org:987654325", Holds::Id, ALL, NONE),
    ("payee.name", "{payee}, if another: name", "Noordkaap Lijndiensten N.V.", Holds::Text, PAID, NONE),
    ("payee.ids", "{payee}: legal identifier", "nl-kvk:24381190", Holds::Id, PAID, NONE),
    ("order_references", "number of an order", "HV-77120", Holds::Text, AFTER_ORDERS, NONE),
    ("despatch_references", "number of a despatch advice or transport document", "DA-88307", Holds::Text, AFTER_DESPATCH, NONE),
    ("billing_references", "number of an earlier invoice", "VF-2026-00400", Holds::Text, BILLS, NONE),
    ("billing_dates", "issue date of an earlier invoice, in the order of their numbers", "2026-01-15", Holds::Date, BILLS, NONE),
    ("buyer_reference", "the buyer's reference", "9921-NO", Holds::Text, PRICED, NONE),
    ("customization", "specification that it follows", "urn:cen.eu:en16931:2017", Holds::Text, BILLS, NONE),
    ("profile", "business process that it belongs to", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", Holds::Text, BILLS, NONE),
    ("transport.port_of_loading", "port of loading", "NLRTM", Holds::Text, ROUTED, NONE),
    ("transport.port_of_discharge", "port of discharge", "NOOSL", Holds::Text, ROUTED, NONE),
    ("transport.vessel", "vessel and voyage", "MS Nordlys 014W", Holds::Text, SHIPPED, NONE),
    ("transport.shipment_date", "shipped on, at the latest", "2026-03-21", Holds::Date, ROUTED, NONE),
    ("transport.expiry_date", "expires on", "2026-06-30", Holds::Date, CREDIT, NONE),
    ("transport.goods", "goods", "marine pumps", Holds::Text, ROUTED, NONE),
    ("lines[].id", "identifier", "1", Holds::Text, WITH_LINES, BILLS),
    ("lines[].item", "item", "Bilge pump 24 V", Holds::Text, WITH_LINES, NONE),
    ("lines[].quantity", "quantity", "12", Holds::Number, WITH_LINES, NONE),
    ("lines[].unit", "unit, UN/ECE Recommendation 20", "C62", Holds::Text, WITH_LINES, NONE),
    ("lines[].price", "net price", "185.00", Holds::Number, PRICED, NONE),
    ("lines[].base_quantity", "units that the price is for", "1", Holds::Number, PRICED, NONE),
    ("lines[].total", "total without tax", "2220.00", Holds::Number, PRICED, BILLS),
    ("lines[].order_line", "line of the order", "1", Holds::Text, AFTER_ORDERS, NONE),
    ("lines[].despatch_line", "line of the despatch advice", "1", Holds::Text, AFTER_DESPATCH, NONE),
    ("currency", "currency", "EUR", Holds::Currency, AMOUNTS, BILLS),
    ("totals.lines", "sum of the lines", "2220.00", Holds::Number, BILLS, NONE),
    ("totals.allowances", "allowances", "20.00", Holds::Number, BILLS, NONE),
    ("totals.charges", "charges", "10.00", Holds::Number, BILLS, NONE),
    ("totals.tax_exclusive", "total without tax", "2210.00", Holds::Number, BILLS, NONE),
    ("totals.tax", "tax", "464.10", Holds::Number, BILLS, NONE),
    ("totals.tax_inclusive", "total with tax", "2674.10", Holds::Number, BILLS, NONE),
    ("totals.prepaid", "paid beforehand", "600.00", Holds::Number, BILLS, NONE),
    ("totals.rounding", "rounding", "0.00", Holds::Number, BILLS, NONE),
    ("payable_amount", "amount to be paid", "2074.10", Holds::Number, AMOUNTS, BILLS),
    ("seller.other_ids", "{seller}: other identifier or address", "EM:ar@example.com", Holds::Text, NONE, NONE),
    ("buyer.other_ids", "{buyer}: other identifier or address", "EM:ap@example.com", Holds::Text, NONE, NONE),
];

/// Keys to which there may be several answers.
const SEVERAL: [&str; 4] = ["ids", "other_ids", "references", "billing_dates"];

/// What a kind is asked for, in the order of asking.
#[must_use]
pub fn questions(kind: Kind) -> Vec<Question> {
    let asked = ROWS.iter().filter(|row| row.4.contains(&kind));
    asked.map(|row| question(row, kind)).collect()
}

/// The question that a key answers, also of a kind that is not asked for it; none for keys that are not
/// asked for at all.
#[must_use]
pub fn of(kind: Kind, key: &str) -> Option<Question> {
    let plain = plain(key);
    let rows = || ROWS.iter().filter(|row| row.0 == plain);
    let own = rows().find(|row| row.4.contains(&kind));
    Some(question(own.or_else(|| rows().next())?, kind))
}

fn question(row: &Row, kind: Kind) -> Question {
    let (key, ask, example, holds, _, needed) = *row;
    let [seller, buyer, payee] = crate::show::roles(kind);
    let ask = ask
        .replace("{seller}", seller)
        .replace("{buyer}", buyer)
        .replace("{payee}", payee);
    Question {
        key,
        ask,
        example,
        holds,
        needed: needed.contains(&kind),
        several: SEVERAL.iter().any(|end| key.ends_with(end)),
    }
}

/// A key without numbers: `lines[3].item` to `lines[].item`, `seller.ids[0]` to `seller.ids`.
fn plain(key: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for letter in key.chars() {
        inside &= letter != ']';
        if !inside {
            plain.push(letter);
        }
        inside |= letter == '[';
    }
    plain
        .strip_suffix("[]")
        .map_or(plain.clone(), str::to_owned)
}
