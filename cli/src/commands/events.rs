//! `sealane events`: what happens on the chain, a line each, as it happens.

use sealane_client::events::{Event, EventOptions, Events, Signer};
use sealane_client::progress;
use sealane_types::ids::Height;
use sealane_types::receipt::Outcome;
use serde_json::{Value, json};

use super::desk::Desk;
use super::ids::record_id;
use crate::args::EventsArgs;
use crate::outcome::{Failure, Report};
use crate::terminal;

/// `sealane events`
pub async fn run(desk: &Desk, args: EventsArgs, as_json: bool) -> Result<Report, Failure> {
    let records = args.records.iter().map(|text| record_id(text));
    let options = EventOptions {
        from: args.from.map(Height),
        cursor: args.resume,
        records: records.collect::<Result<_, _>>()?,
        follow: args.follow,
        wait: desk.wait,
    };
    let mut events = Events::open(desk.home()?, options)?;
    let again = |event: &progress::Event| {
        terminal::remark(&format!("{}: {}", event.activity.text(), event.detail));
    };
    let mut count = 0_u64;
    while let Some(event) = events.next(&again).await? {
        let line = match as_json {
            true => data(&event).to_string(),
            false => text(&event),
        };
        // where nobody reads any more the event is not acknowledged, and comes again
        terminal::line(&line)?;
        events.acknowledge(&event)?;
        count += 1;
    }
    if !as_json {
        let next = events.next_height();
        terminal::remark(&format!("{count} events; the next block to read is {next}"));
    }
    Ok(nothing_more())
}

/// The lines were all of it.
fn nothing_more() -> Report {
    Report {
        text: String::new(),
        data: Value::Null,
    }
}

fn text(event: &Event) -> String {
    let record = event.record.map(|record| record.to_string());
    let detail = event.detail.as_ref().map(|detail| format!("{detail}: "));
    format!(
        "{:>6}  {}  {:<12}  {:<18}  {}  {}{}",
        event.height().0,
        event.time_text(),
        who(&event.signer),
        event.what,
        record.as_deref().unwrap_or("-"),
        detail.unwrap_or_default(),
        event.outcome_text()
    )
}

/// A member by its name, a customer by its bank's and its alias.
fn who(signer: &Signer) -> String {
    match (&signer.name, &signer.bank) {
        (Some(name), _) => name.clone(),
        (None, Some(bank)) => format!("{}… of {bank}", &signer.alias.to_string()[..8]),
        (None, None) => signer.alias.to_string(),
    }
}

fn data(event: &Event) -> Value {
    let (outcome, reason) = match &event.outcome {
        Outcome::Done(_) => ("done", None),
        Outcome::Refused(reason) => ("refused", Some(reason.code())),
    };
    let signer = &event.signer;
    json!({
        "height": event.height().0, "position": event.position, "time": event.time_text(), "time_ms": event.time.0,
        "transaction": event.transaction.to_string(), "alias": signer.alias.to_string(), "name": signer.name, "bank": signer.bank,
        "what": event.what, "detail": event.detail, "record": event.record.map(|record| record.to_string()), "outcome": outcome, "reason": reason,
        "text": event.outcome_text(),
    })
}
