//! A document for people and programs: what `sealane document show` prints.

use std::fmt::Write as _;

use serde_json::{Value, json};

use sealane_types::schema::Kind;
use sealane_types::text::{is_invisible, reference};

use crate::codes::LineStatus;
use crate::decimal::Decimal;
use crate::document::{Allowance, Document, Line, Party, TaxCategory, TaxEntry, Totals, Transport};
use crate::identifiers::LegalId;
use crate::nature::NoClaim;

/// The document as JSON: amounts and quantities as decimal strings, dates as `YYYY-MM-DD`, absent
/// fields as null. [`crate::read`] reads it back as Sealane JSON.
#[must_use]
pub fn to_json(document: &Document) -> Value {
    json!({
        "kind": document.kind.name(),
        "syntax": document.syntax.name(),
        "type_code": document.type_code,
        "id": document.id,
        "issue_date": document.issue_date.to_string(),
        "due_date": document.due_date.map(|date| date.to_string()),
        "copy": document.copy,
        "no_claim": document.no_claim.map(NoClaim::name),
        "seller": party(&document.seller),
        "buyer": party(&document.buyer),
        "payee": document.payee.as_ref().map(party),
        "currency": document.currency,
        "payable_amount": decimal(document.totals.payable),
        "totals": totals(&document.totals),
        "allowances": allowances(&document.allowances),
        "taxes": document.taxes.iter().map(tax_entry).collect::<Vec<_>>(),
        "order_references": document.order_references,
        "despatch_references": document.despatch_references,
        "billing_references": document.billing_references,
        "billing_dates": billing_dates(document),
        "buyer_reference": document.buyer_reference,
        "tolerance": decimal(document.tolerance),
        "customization": document.customization,
        "profile": document.profile,
        "transport": transport(&document.transport),
        "lines": document.lines.iter().map(line).collect::<Vec<_>>(),
        "warnings": document.told_warnings(),
    })
}

/// The dates of the earlier invoices; nothing where none is stated.
fn billing_dates(document: &Document) -> Vec<Option<String>> {
    let dates = &document.billing_dates;
    let stated = dates.iter().any(Option::is_some);
    let shown = dates.iter().filter(|_| stated);
    shown
        .map(|date| date.map(|date| date.to_string()))
        .collect()
}

fn decimal(value: Option<Decimal>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn party(party: &Party) -> Value {
    let legal = |one: &LegalId| {
        json!({
            "scheme": one.scheme,
            "value": one.value,
            "strict": one.is_strict(),
            "written": one.written,
            "doubt": one.doubt.as_ref().map(ToString::to_string),
        })
    };
    let ids = party.ids.iter().map(legal);
    let others = party
        .other_ids
        .iter()
        .map(|one| json!({ "scheme": one.scheme, "value": one.value }));
    json!({
        "name": party.name,
        "country": party.country,
        "ids": ids.collect::<Vec<_>>(),
        "other_ids": others.collect::<Vec<_>>(),
    })
}

fn totals(totals: &Totals) -> Value {
    json!({
        "lines": decimal(totals.lines),
        "allowances": decimal(totals.allowances),
        "charges": decimal(totals.charges),
        "tax_exclusive": decimal(totals.tax_exclusive),
        "tax": decimal(totals.tax),
        "tax_inclusive": decimal(totals.tax_inclusive),
        "prepaid": decimal(totals.prepaid),
        "rounding": decimal(totals.rounding),
        "third_party": decimal(totals.third_party),
    })
}

fn allowances(list: &[Allowance]) -> Vec<Value> {
    let shown = list.iter().map(|one| {
        json!({
            "charge": one.charge,
            "amount": one.amount.to_string(),
            "tax": category(&one.tax),
        })
    });
    shown.collect()
}

fn tax_entry(entry: &TaxEntry) -> Value {
    json!({
        "taxable": decimal(entry.taxable),
        "tax": decimal(entry.tax),
        "category": category(&entry.category),
    })
}

fn category(tax: &TaxCategory) -> Value {
    if *tax == TaxCategory::default() {
        return Value::Null;
    }
    json!({
        "code": tax.code,
        "rate": decimal(tax.rate),
        "reason_code": tax.reason_code,
        "reason": tax.reason,
    })
}

fn transport(transport: &Transport) -> Value {
    if *transport == Transport::default() {
        return Value::Null;
    }
    json!({
        "port_of_loading": transport.port_of_loading,
        "port_of_discharge": transport.port_of_discharge,
        "vessel": transport.vessel,
        "shipment_date": transport.shipment_date.map(|date| date.to_string()),
        "expiry_date": transport.expiry_date.map(|date| date.to_string()),
        "goods": transport.goods,
    })
}

fn line(line: &Line) -> Value {
    json!({
        "id": line.id,
        "order": line.order,
        "order_line": line.order_line,
        "despatch": line.despatch,
        "despatch_line": line.despatch_line,
        "status": line.status.map(LineStatus::name),
        "item": line.item,
        "quantity": decimal(line.quantity),
        "unit": line.unit,
        "rejected_quantity": decimal(line.rejected),
        "short_quantity": decimal(line.short),
        "price": decimal(line.price),
        "base_quantity": decimal(line.base_quantity),
        "total": decimal(line.total),
        "allowances": allowances(&line.allowances),
        "tax": category(&line.tax),
    })
}

/// The document as text for people. Control and format characters of the document
/// (those that turn the direction of text among them) are shown as `\u{…}`.
#[must_use]
pub fn to_text(document: &Document) -> String {
    let mut out = String::new();
    let code = document
        .type_code
        .as_ref()
        .map(|code| format!(", type code {code}{}", no_claim(document)));
    put(
        &mut out,
        document.kind.name(),
        &format!(
            "{} ({}{})",
            document.id,
            document.syntax.name(),
            code.unwrap_or_default()
        ),
    );
    put(&mut out, "issued", &document.issue_date.to_string());
    put_some(
        &mut out,
        "due",
        document.due_date.map(|date| date.to_string()),
    );
    if document.copy {
        let said = match document.kind {
            Kind::Invoice => {
                "yes: ask for the original; it is financed only with a reason (--waive copy=REASON)"
            }
            _ => "yes",
        };
        put(&mut out, "copy", said);
    }
    let [seller, buyer, payee] = roles(document.kind);
    let parties = [
        (seller, Some(&document.seller)),
        (buyer, Some(&document.buyer)),
        (payee, document.payee.as_ref()),
    ];
    for (role, party) in parties {
        put_some(&mut out, role, party.map(party_text));
    }
    let currency = document.currency.as_deref().unwrap_or("");
    for (name, value) in amounts(document) {
        put_some(
            &mut out,
            name,
            value.map(|value| format!("{value} {currency}")),
        );
    }
    let numbered = document.billing_references.iter().enumerate();
    let earlier = numbered.map(|(at, number)| {
        let date = document.billing_dates.get(at).copied().flatten();
        date.map_or(number.clone(), |date| format!("{number} of {date}"))
    });
    let lists = [
        ("orders", &document.order_references),
        ("deliveries", &document.despatch_references),
        ("invoices", &earlier.collect()),
    ];
    for (name, list) in lists {
        put_some(&mut out, name, (!list.is_empty()).then(|| once_each(list)));
    }
    put_some(&mut out, "reference", document.buyer_reference.clone());
    let tolerance = document.tolerance.map(|percent| format!("{percent} %"));
    put_some(&mut out, "tolerance", tolerance);
    transport_text(&mut out, &document.transport);
    for line in &document.lines {
        put(&mut out, "line", &line_text(line));
    }
    for warning in document.told_warnings() {
        put(&mut out, "warning", &warning);
    }
    out
}

/// Spellings of one number are shown once, as the first is written.
fn once_each(list: &[String]) -> String {
    let mut seen = std::collections::HashSet::new();
    let mut all = list.iter().map(String::as_str).collect::<Vec<_>>();
    all.retain(|number| seen.insert(reference(number)));
    all.join(", ")
}

/// What is said of an invoice whose type code states no claim.
fn no_claim(document: &Document) -> &'static str {
    let claim = document
        .claim_kind()
        .filter(|_| document.kind == Kind::Invoice);
    match claim {
        Some(claim) if claim.is_claim() => "",
        Some(_) if !document.type_code().is_understood() => {
            ": not understood, cannot be financed; write a code of UNTDID 1001, such as 380"
        }
        Some(_) => ": states no claim, cannot be financed",
        None => "",
    }
}

/// What the parties of a kind are called that stand as seller, buyer and payee.
pub(crate) fn roles(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::BillOfLading | Kind::Waybill => ["shipper", "consignee", "carrier"],
        Kind::LetterOfCredit => ["beneficiary", "applicant", "issuer"],
        _ => ["seller", "buyer", "payee"],
    }
}

fn amounts(document: &Document) -> [(&'static str, Option<Decimal>); 10] {
    let totals = &document.totals;
    [
        ("lines", totals.lines),
        ("allowances", totals.allowances),
        ("charges", totals.charges),
        ("without tax", totals.tax_exclusive),
        ("tax", totals.tax),
        ("with tax", totals.tax_inclusive),
        ("prepaid", totals.prepaid),
        ("rounding", totals.rounding),
        ("third parties", totals.third_party),
        ("payable", totals.payable),
    ]
}

fn transport_text(out: &mut String, transport: &Transport) {
    put_some(out, "loading", transport.port_of_loading.clone());
    put_some(out, "discharge", transport.port_of_discharge.clone());
    put_some(out, "vessel", transport.vessel.clone());
    put_some(
        out,
        "shipment",
        transport.shipment_date.map(|date| date.to_string()),
    );
    put_some(
        out,
        "expiry",
        transport.expiry_date.map(|date| date.to_string()),
    );
    put_some(out, "goods", transport.goods.clone());
}

fn party_text(party: &Party) -> String {
    let name = party.name.as_deref().unwrap_or("(no name)");
    let ids: Vec<String> = party
        .ids
        .iter()
        .map(|id| {
            let hint = if id.is_strict() {
                ""
            } else {
                " (not certain: it does not identify the company)"
            };
            format!("{}{hint}", id.canonical())
        })
        .collect();
    match ids.is_empty() {
        true => format!("{name} (no legal identifier)"),
        false => format!("{name} ({})", ids.join(", ")),
    }
}

fn line_text(line: &Line) -> String {
    let mut text = line.id.clone().unwrap_or_else(|| "-".into());
    let mut add = |before: &str, part: Option<String>| {
        if let Some(part) = part {
            text.push_str(before);
            text.push_str(&part);
        }
    };
    add("  ", line.item.clone());
    add("  ", decimal(line.quantity));
    add(" ", line.unit.clone());
    add(" at ", decimal(line.price));
    add(" per ", decimal(line.base_quantity));
    add(" = ", decimal(line.total));
    add("  order line ", line.order_line.clone());
    add("  of order ", line.order.clone());
    add("  despatch line ", line.despatch_line.clone());
    add("  of delivery ", line.despatch.clone());
    add("  rejected ", decimal(line.rejected));
    add("  short ", decimal(line.short));
    add("  ", line.status.map(|status| status.name().to_owned()));
    text
}

fn put_some(out: &mut String, name: &str, value: Option<String>) {
    if let Some(value) = value {
        put(out, name, &value);
    }
}

/// One line of output; what a document holds cannot break or repaint the terminal.
fn put(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, "{name:<13} ");
    for letter in value.chars() {
        if letter.is_control() || is_invisible(letter) || matches!(letter, '\u{2028}' | '\u{2029}')
        {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out.push('\n');
}
