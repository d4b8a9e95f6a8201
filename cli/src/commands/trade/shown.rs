//! `sealane trade show`: where a trade stands, what is next and from whom.

use sealane_client::flows::{Player, TradeView, void_since};
use sealane_client::receipt::rfc3339;
use sealane_types::ids::RecordId;
use serde_json::{Value, json};

use crate::commands::shown::void_json;
use crate::commands::workflow::shown::{check, document, party, step_data};
use crate::outcome::Report;

/// A trade, with what is next.
pub(super) fn shown(view: &TradeView) -> Report {
    let (workflow, entry) = (&view.workflow, &view.entry);
    let stage = workflow.stage(entry.stage);
    let mut lines = vec![format!("trade {}", view.trade)];
    lines.push(format!("  {} stands at {stage}", workflow.id));
    if let Some((then, at)) = &view.deadline {
        let at = rfc3339(*at);
        lines.push(format!("  if nothing happens: {then} from {at} on"));
    }
    for (place, (one, player)) in workflow.parties.iter().zip(&view.players).enumerate() {
        let joined = match has_joined(view, place) {
            true => "",
            false => "  (has not taken part yet)",
        };
        lines.push(format!("  {}: {}{joined}", one.name, who(player)));
    }
    for (slot, records) in workflow.documents.iter().zip(&entry.records) {
        for record in records {
            lines.push(format!("  {}: record {record}", slot.name));
        }
    }
    for (place, required) in workflow.checks.iter().enumerate() {
        lines.push(format!(
            "  check {}: {}",
            required.check,
            known(view, place)
        ));
    }
    for waiver in &entry.waivers {
        let check = check(workflow, waiver.check);
        let (id, reason) = (&waiver.requirement, &waiver.reason);
        let by = view.players.iter().find(|one| one.alias == waiver.by);
        let by = by.map_or_else(|| waiver.by.to_string(), who);
        lines.push(format!("  waived {id} of {check} by {by}: {reason}"));
    }
    lines.push(next(view));
    Report {
        text: lines.join("\n"),
        data: data(view),
    }
}

/// A party: a member or own customer by name, else the bank that vouches for it; with its alias.
fn who(player: &Player) -> String {
    let Player { alias, name, bank } = player;
    match name {
        Some(name) if name == bank => name.clone(),
        Some(name) => format!("{name}, alias {alias}"),
        None => format!("a customer of {bank}, alias {alias}"),
    }
}

/// Whether a party has taken part. The bank that finances does so by financing, which is no step.
fn has_joined(view: &TradeView, place: usize) -> bool {
    let (workflow, entry) = (&view.workflow, &view.entry);
    let financed = workflow.financing.is_some_and(|financing| {
        usize::from(financing.by) == place
            && [financing.financed, financing.paid].contains(&entry.stage)
    });
    financed || entry.joined & (1 << place) != 0
}

fn known(view: &TradeView, place: usize) -> String {
    let judged = &view.checks[place];
    if let Some(since) = judged.void {
        return void_since(since);
    }
    if !judged.proven {
        return "not proven over these records".to_owned();
    }
    if judged.holds() {
        return "holds".to_owned();
    }
    format!("stopped: not met are {}", judged.unmet.join(", "))
}

/// What is missing, and from whom.
fn next(view: &TradeView) -> String {
    let (workflow, stage) = (&view.workflow, view.entry.stage);
    if workflow.is_end(stage) {
        return "  It is over.".to_owned();
    }
    let mut lines = corrections(view);
    for step in workflow
        .steps
        .iter()
        .filter(|step| step.from.contains(&stage))
    {
        let with = step
            .document
            .map(|place| format!(" with {}", document(workflow, place)));
        let (by, to) = (party(workflow, step.by), workflow.stage(step.to));
        lines.push(format!(
            "  next: {by} can {}{} → {to}",
            step.name,
            with.unwrap_or_default()
        ));
    }
    let ends = dead_ends(view);
    if !ends.is_empty() {
        lines.extend(ends);
    } else if let Some(one) = workflow.move_from(stage) {
        let open = one
            .checks
            .iter()
            .filter(|place| !view.checks[usize::from(**place)].holds());
        let open: Vec<String> = open.map(|place| check(workflow, *place)).collect();
        let to = workflow.stage(one.to);
        lines.push(format!(
            "  by itself → {to} when these hold: {}",
            open.join(", ")
        ));
        let checks = || one.checks.iter();
        lines.extend(checks().filter_map(|place| provable(view, *place)));
        lines.extend(checks().flat_map(|place| waivable(view, *place)));
        if checks().any(|place| !view.checks[usize::from(*place)].unmet.is_empty()) {
            lines.push(
                "  next: the sealer of a wrong document can correct it (sealane seal FILE --replaces ID, then sealane trade correct)"
                    .to_owned(),
            );
        }
    }
    if let Some(financing) = workflow.financing.filter(|one| one.at == stage) {
        let by = party(workflow, financing.by);
        lines.push(format!(
            "  next: {by} can finance its {} (sealane finance ID --trade {})",
            document(workflow, financing.document),
            view.trade
        ));
    }
    if let Some(financing) = workflow.financing.filter(|one| one.financed == stage) {
        let record = view.entry.records[usize::from(financing.document)].first();
        let record = record.map(ToString::to_string).unwrap_or_default();
        lines.push(format!(
            "  next: {} can release its financing once it is repaid (sealane release {record} --reason repaid)",
            party(workflow, financing.by)
        ));
    }
    lines.join("\n")
}

/// Moves that do not happen any more, as a check of theirs is void, and what is to be done; of a financed trade none.
fn dead_ends(view: &TradeView) -> Vec<String> {
    let (workflow, stage) = (&view.workflow, view.entry.stage);
    if workflow.financing.is_some_and(|one| one.financed == stage) {
        return Vec::new();
    }
    let is_void = |place: &&u8| view.checks[usize::from(**place)].void.is_some();
    let moves = workflow.moves.iter();
    let mut lines: Vec<String> = moves
        .filter_map(|one| {
            let check = check(workflow, *one.checks.iter().find(is_void)?);
            let (from, to) = (workflow.stage(one.from), workflow.stage(one.to));
            Some(format!(
                "  {from} → {to} does not happen any more, as {check} is void"
            ))
        })
        .collect();
    if !lines.is_empty() {
        lines.push(
            "  next: end this trade, or let it lapse, and open another under a workflow that asks for another version of the check \
             (sealane workflow list)"
                .to_owned(),
        );
    }
    lines
}

/// Records of the trade that count no longer, until what replaces them is put into their places.
fn corrections(view: &TradeView) -> Vec<String> {
    let one = |(older, newer): &(RecordId, RecordId)| {
        format!(
            "  next: record {older} has been replaced: its sealer must put {newer} in its place (sealane trade correct {} --record {newer})",
            view.trade
        )
    };
    view.replaced.iter().map(one).collect()
}

/// How a check is proven whose records are all there.
fn provable(view: &TradeView, place: u8) -> Option<String> {
    let required = view.workflow.checks.get(usize::from(place))?;
    let there = |document: &u8| !view.entry.records[usize::from(*document)].is_empty();
    let ready = required.documents.iter().all(there) && view.replaced.is_empty();
    (ready && !view.checks[usize::from(place)].proven).then(|| {
        let (check, trade) = (&required.check, view.trade);
        format!(
            "  next: a home that was given the fields can prove {check} (sealane check prove {check} --trade {trade} --submit)"
        )
    })
}

/// Who may waive what of a check's unmet requirements.
fn waivable(view: &TradeView, place: u8) -> Vec<String> {
    let workflow = &view.workflow;
    let rules = || workflow.waivers.iter().filter(|rule| rule.check == place);
    let unmet = &view.checks[usize::from(place)].unmet;
    let lines = unmet.iter().filter_map(|id| {
        let by = rules()
            .filter(|rule| rule.covers(id))
            .flat_map(|rule| &rule.by);
        let by: Vec<&str> = by.map(|at| party(workflow, *at)).collect();
        (!by.is_empty()).then(|| {
            format!(
                "  next: {} can waive {id} of {}",
                by.join(" or "),
                check(workflow, place)
            )
        })
    });
    lines.collect()
}

fn data(view: &TradeView) -> Value {
    let (workflow, entry) = (&view.workflow, &view.entry);
    let parties = workflow.parties.iter().zip(&view.players).enumerate();
    let parties = parties.map(|(place, (one, player))| {
        json!({
            "party": one.name, "alias": player.alias.to_string(), "name": player.name, "bank": player.bank, "joined": has_joined(view, place),
        })
    });
    let deadline = view.deadline.as_ref();
    let deadline = deadline
        .map(|(then, at)| json!({"then": then, "at": rfc3339(*at), "at_milliseconds": at.0}));
    let replaced = view.replaced.iter();
    let replaced = replaced
        .map(|(older, newer)| json!({"record": older.to_string(), "by": newer.to_string()}));
    let documents = workflow.documents.iter().zip(&entry.records);
    let documents = documents.map(|(slot, records)| {
        let records: Vec<String> = records.iter().map(ToString::to_string).collect();
        json!({"document": slot.name, "kind": slot.kind.name(), "records": records})
    });
    let checks = workflow.checks.iter().zip(&view.checks);
    let checks = checks.map(|(required, judged)| {
        json!({
            "check": required.check.to_string(), "proven": judged.proven, "holds": judged.holds(), "unmet": judged.unmet,
            "waived": judged.waived, "void": void_json(judged.void),
        })
    });
    let waivers = entry.waivers.iter().map(|waiver| {
        json!({
            "check": check(workflow, waiver.check), "requirement": waiver.requirement, "by": waiver.by.to_string(),
            "height": waiver.at.0, "reason": waiver.reason,
        })
    });
    let next = workflow
        .steps
        .iter()
        .filter(|step| step.from.contains(&entry.stage));
    let next = next.map(|step| step_data(workflow, step));
    json!({
        "ok": true, "trade": view.trade.to_string(), "workflow": workflow.id.to_string(), "stage": workflow.stage(entry.stage),
        "over": workflow.is_end(entry.stage), "opened": entry.opened.0, "since_milliseconds": entry.since.0, "deadline": deadline,
        "replaced": replaced.collect::<Vec<_>>(),
        "parties": parties.collect::<Vec<_>>(), "documents": documents.collect::<Vec<_>>(), "checks": checks.collect::<Vec<_>>(),
        "waivers": waivers.collect::<Vec<_>>(), "next": next.collect::<Vec<_>>(),
    })
}
