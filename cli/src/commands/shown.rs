//! A record for people: what everybody sees of it, and the values that this home can open.

use sealane_client::flows::{Bank, FieldView, RecordView, Shown, When};
use sealane_client::receipt::rfc3339;
use sealane_types::fields::{FieldValue, LineOf};
use sealane_types::ids::{BlockTime, Height};
use sealane_types::schema::{AMOUNT_SCALE, Field, PRICE_SCALE, QUANTITY_SCALE, slot};
use serde_json::{Value, json};

use crate::outcome::{Failure, Report};

/// The one amount of which the minor units are sealed.
const PAYABLE: Field = Field::of_header(slot::PAYABLE);

/// When a height was or will be, as text and as data.
pub(super) async fn when(bank: &Bank, height: Height) -> Result<(String, Value), Failure> {
    let when = bank.when(height).await?;
    let made = matches!(when, When::Was(_));
    let data = json!({"time": when.time(), "made": made});
    Ok((when.to_string(), data))
}

/// Since when a check is void, as data; null where its proofs count.
pub(super) fn void_json(void: Option<BlockTime>) -> Value {
    void.map_or(
        Value::Null,
        |since| json!({"since": rfc3339(since), "since_milliseconds": since.0}),
    )
}

/// A record as text and as data.
pub fn record(view: &RecordView) -> Report {
    let header = &view.header;
    let mut text = format!(
        "record {}\n  kind        {}, schema version {}, up to {} lines\n  state       {}\n  sealed by   {}",
        view.record,
        header.kind.name(),
        header.schema_version,
        header.bucket.lines(),
        view.state.word(),
        header.sealer
    );
    if let Some(older) = header.replaces {
        text.push_str(&format!("\n  replaces    {older}"));
    }
    if let Some(granted) = &view.granted {
        let (from, sealer) = (&granted.from, sealer(&granted.identifiers));
        text.push_str(&format!(
            "\n  that is     {sealer}\n  given by    {from}; {} fields are hidden",
            view.hidden
        ));
    } else if view.fields.is_empty() {
        text.push_str(&format!(
            "\n{} fields, none of which this home can open.",
            view.hidden
        ));
    }
    let width = view
        .fields
        .iter()
        .map(|field| field.path.len())
        .max()
        .unwrap_or(0);
    for field in &view.fields {
        let shown = match &field.shown {
            Shown::Value(value) => value_text(&field.path, value),
            Shown::Mismatch { reason, .. } => {
                format!(
                    "MISMATCH: {reason}. --json prints the evidence, which can be shown to others."
                )
            }
        };
        text.push_str(&format!("\n  {:<width$}  {shown}", field.path));
    }
    let fields: Vec<Value> = view.fields.iter().map(field_data).collect();
    let data = json!({
        "ok": true, "record": view.record.to_string(), "kind": header.kind.name(), "schema_version": header.schema_version,
        "lines_up_to": header.bucket.lines(), "lines": view.lines, "state": view.state.word(), "sealer": header.sealer.to_string(),
        "bank": header.bank.to_string(), "replaces": header.replaces.map(|older| older.to_string()),
        "fields": fields, "hidden": view.hidden, "given_by": view.granted.as_ref().map(|granted| &granted.from),
        "identifiers": view.granted.as_ref().map(|granted| &granted.identifiers),
    });
    Report { text, data }
}

fn field_data(field: &FieldView) -> Value {
    match &field.shown {
        Shown::Value(value) => json!({"path": field.path, "value": value_text(&field.path, value)}),
        Shown::Mismatch { reason, evidence } => {
            json!({"path": field.path, "mismatch": reason, "evidence": hex::encode(evidence)})
        }
    }
}

/// A value as a person writes it.
pub(super) fn value_text(path: &str, value: &FieldValue) -> String {
    match value {
        FieldValue::Text(text) | FieldValue::Number(text) | FieldValue::Name(text) => text.clone(),
        FieldValue::References(list) | FieldValue::LegalIds(list) => list.join(", "),
        FieldValue::LineReference { line, of } => match of {
            LineOf::Any => line.clone(),
            LineOf::Unknown => format!("{line} of an unknown document"),
            LineOf::Number(number) => format!("{line} of {number}"),
        },
        FieldValue::Integer(number) => number.to_string(),
        FieldValue::Date(day) => date(*day),
        FieldValue::Amount { value, currency } => {
            let scale = if path == PAYABLE.path {
                currency.minor_units()
            } else {
                AMOUNT_SCALE
            };
            format!("{} {}", decimal(*value, scale), currency.code())
        }
        FieldValue::Quantity { value, unit } => {
            format!("{} {unit}", decimal(*value, QUANTITY_SCALE))
                .trim_end()
                .to_owned()
        }
        FieldValue::Price { value, base } => {
            format!(
                "{} for {}",
                decimal(*value, PRICE_SCALE),
                decimal(*base, QUANTITY_SCALE)
            )
        }
    }
}

/// Units of 10^-scale as a decimal number, zeros at the end left out.
fn decimal(value: i128, scale: u32) -> String {
    let digits = format!(
        "{:0>width$}",
        value.unsigned_abs(),
        width = scale as usize + 1
    );
    let (whole, rest) = digits.split_at(digits.len() - scale as usize);
    let rest = rest.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

/// Days since 1970-01-01 as `YYYY-MM-DD` in the Gregorian calendar.
pub(super) fn date(day: i32) -> String {
    let date = chrono::DateTime::from_timestamp(i64::from(day) * 86_400, 0);
    date.map_or_else(
        || format!("day {day}"),
        |date| date.format("%Y-%m-%d").to_string(),
    )
}

/// A record's sealer in words.
pub(super) fn sealer(identifiers: &[String]) -> String {
    match identifiers.is_empty() {
        true => "an alias without legal identifiers".to_owned(),
        false => identifiers.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::{date, decimal};

    #[test]
    fn numbers_and_dates_read_as_people_write_them() {
        assert_eq!(decimal(1_234_500, 4), "123.45");
        assert_eq!(decimal(-5, 2), "-0.05");
        assert_eq!(decimal(700, 2), "7");
        assert_eq!(decimal(7, 0), "7");
        assert_eq!(date(20_778), "2026-11-21");
        assert_eq!(date(-1), "1969-12-31");
    }
}
