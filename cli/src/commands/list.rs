//! `sealane record list` and `sealane financing list`.

use chrono::NaiveDate;
use sealane_client::flows::{Found, ListedRecord, Page, Search};
use serde_json::{Value, json};

use super::desk::{Desk, open_to_read};
use super::shown::{date, value_text};
use crate::args::ListArgs;
use crate::outcome::{Failure, Report};

/// The records that a home made, or its financings.
pub async fn run(desk: &Desk, args: ListArgs, financings: bool) -> Result<Report, Failure> {
    let search = Search {
        number: args.number,
        customer: args.customer,
        state: args.state,
        from: args.from.as_deref().map(day).transpose()?,
        until: args.until.as_deref().map(day).transpose()?,
        financings,
    };
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let page = Page {
        number: count(args.page),
        size: count(args.per_page),
    };
    let bank = open_to_read(desk)?;
    Ok(report(&bank.records(&search, page).await?, page))
}

/// Days since 1970.
fn day(text: &str) -> Result<i32, Failure> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    let days = date
        .ok()
        .map(|date| (date - NaiveDate::default()).num_days());
    let days = days.and_then(|days| i32::try_from(days).ok());
    days.ok_or_else(|| Failure::invalid(format!("{text:?} is no date: write YYYY-MM-DD")))
}

fn report(found: &Found, page: Page) -> Report {
    let pages = found.all.div_ceil(page.size).max(1);
    let mut lines: Vec<String> = found.records.iter().map(line).collect();
    lines.push(match found.all {
        0 => "Nothing was found.".to_owned(),
        all => format!("{all} found; page {} of {pages}", page.number),
    });
    let records: Vec<Value> = found.records.iter().map(data).collect();
    Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "records": records, "found": found.all, "page": page.number, "pages": pages}),
    }
}

fn amount(one: &ListedRecord) -> Option<String> {
    let payable = one.payable.as_ref();
    payable.map(|value| value_text("payable_amount", value))
}

fn line(one: &ListedRecord) -> String {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    format!(
        "{}  {}  {}  {}  {}  {}  {}",
        one.record,
        one.state.word(),
        one.kind.name(),
        or_dash(one.number.clone()),
        or_dash(one.issued.map(date)),
        or_dash(amount(one)),
        or_dash(one.customer.clone())
    )
}

fn data(one: &ListedRecord) -> Value {
    json!({
        "record": one.record.to_string(), "state": one.state.word(), "kind": one.kind.name(), "number": one.number,
        "issue_date": one.issued.map(date), "payable_amount": amount(one), "customer": one.customer,
    })
}
