//! Dates that no trade has, or that somebody has mistyped.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use crate::document::Document;
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};

/// The first year of documents: dates are sealed as days since its beginning.
const FIRST: i32 = 1970;
/// The last year of an issue date.
const LAST: i32 = 2199;
/// Years after the issue date that a claim may fall due without a word.
const YEARS: u32 = 10;

/// Refuses dates before 1970 and issue dates after 2199; warns of an issue date that is still to come by this machine's
/// clock, a day for time zones aside, and of a due date before the issue date or ten years after it.
pub(crate) fn check(
    document: &Document,
    places: &dyn Places,
    faults: &mut Faults,
    warnings: &mut Faults,
) {
    let say = |field: &'static str, problem: String| Fault {
        class: Class::Value,
        place: places.at(Spot::Header(field)),
        rule: "SL-DATE",
        problem,
        advice: "Ask the sender for the right date.",
    };
    let issued = document.issue_date;
    for (field, what, date) in [
        ("issue_date", "issue date", Some(issued)),
        ("due_date", "due date", document.due_date),
        (
            "shipment_date",
            "shipment date",
            document.transport.shipment_date,
        ),
        ("expiry_date", "expiry date", document.transport.expiry_date),
    ] {
        let Some(date) = date else { continue };
        let late = field == "issue_date" && date.year() > LAST;
        if date.year() < FIRST || late {
            let problem = format!("the {what} {date} is none of a document of trade");
            faults.add(|| say(field, problem));
        }
    }
    if today().is_some_and(|today| issued - today > TimeDelta::days(1)) {
        let problem = format!("the issue date {issued} is still to come");
        warnings.add(|| say("issue_date", problem));
    }
    let Some(due) = document.due_date else { return };
    let latest = issued.checked_add_months(chrono::Months::new(12 * YEARS));
    if due < issued {
        let problem = format!("the due date {due} is before the issue date {issued}");
        warnings.add(|| say("due_date", problem));
    } else if latest.is_some_and(|latest| due > latest) {
        let problem = format!("the due date {due} is more than {YEARS} years after the issue date");
        warnings.add(|| say("due_date", problem));
    }
}

fn today() -> Option<NaiveDate> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = i64::try_from(now.ok()?.as_secs()).ok()?;
    DateTime::<Utc>::from_timestamp(seconds, 0).map(|now| now.date_naive())
}
