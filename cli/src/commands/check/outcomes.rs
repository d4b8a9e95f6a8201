//! Declarations that are read, and what an evaluation says of documents: for people and for programs.

use std::path::Path;

use sealane_checks::evaluate::{Discrepancy, Fulfilment, Outcome, Place, Side};
use sealane_checks::fault::{Faults, position};
use sealane_checks::standard::{STANDARD, Standard};
use sealane_checks::typed::Check;
use sealane_checks::{Evaluation, read};
use serde_json::{Value, json};

use crate::files;
use crate::outcome::Failure;

/// A standard check by its name, or the declaration in a file: its text, and the check that it is.
pub(super) fn read_named(check: &Path) -> Result<(String, Check), Failure> {
    let name = check.display().to_string();
    if let Some(standard) = standard(&name) {
        let source = standard.source.to_owned();
        let check = read(&source).map_err(|faults| refused(&faults, &name, &source))?;
        return Ok((source, check));
    }
    if !check.exists() {
        return Err(Failure::invalid(format!(
            "{name:?} is neither a standard check (sealane check list shows them) nor a file{}; sealane check new NAME writes a template",
            beside(&name)
        )));
    }
    read_file(check)
}

/// The standard check that is named: by its name, or as NAME@VERSION with the version that this program has.
pub(super) fn standard(text: &str) -> Option<Standard> {
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    let found = STANDARD
        .into_iter()
        .find(|standard| standard.name == name)?;
    let is_present = |version: &str| {
        let check = read(found.source);
        check.is_ok_and(|check| check.version.to_string() == version)
    };
    version.is_none_or(is_present).then_some(found)
}

/// What is said after a name that is no file, where a declaration of that name stands beside.
pub(super) fn beside(name: &str) -> String {
    let file = format!("{name}.check");
    match Path::new(&file).is_file() {
        true => format!(". There is {file}: name that file"),
        false => String::new(),
    }
}

/// So many documents in a list, in words.
pub(super) fn in_a_list(documents: usize) -> String {
    let documents_word = if documents == 1 {
        "document"
    } else {
        "documents"
    };
    format!("{documents} {documents_word} in a list")
}

/// A declaration's text, and the check that it is.
pub(super) fn read_file(file: &Path) -> Result<(String, Check), Failure> {
    let name = file.display().to_string();
    let source = String::from_utf8(files::read(file)?);
    let source =
        source.map_err(|_| Failure::invalid(format!("{name}: this is not text in UTF-8.")))?;
    let check = read(&source).map_err(|faults| refused(&faults, &name, &source))?;
    Ok((source, check))
}

/// What is wrong with a declaration, as text with carets and as data.
pub(super) fn refused(faults: &Faults, name: &str, source: &str) -> Failure {
    let mut failure = Failure::invalid(faults.render(name, source));
    let one = faults.kept.iter().map(|fault| {
        let (line, column) = position(source, fault.span.start);
        json!({"line": line, "column": column, "problem": fault.problem, "help": fault.help})
    });
    failure.details = json!({"file": name, "faults": one.collect::<Vec<_>>(), "more": faults.more});
    failure
}

/// Each requirement with its discrepancies, for people.
pub(super) fn outcomes_text(said: &Evaluation) -> String {
    let mut lines = Vec::new();
    for outcome in &said.outcomes {
        let mark = match outcome.fulfilment {
            Fulfilment::Met => '✓',
            Fulfilment::NotMet => '✗',
            Fulfilment::NotEvaluated => '–',
        };
        let why = match outcome.fulfilment {
            Fulfilment::NotEvaluated => " (not evaluated: plain documents have no sealer)",
            Fulfilment::Met | Fulfilment::NotMet => "",
        };
        lines.push(format!("{mark} {}: {}{why}", outcome.id, outcome.sentence));
        lines.extend(
            outcome
                .discrepancies
                .iter()
                .map(|one| format!("      {one}")),
        );
        if outcome.more > 0 {
            lines.push(format!("      and {} more", outcome.more));
        }
    }
    lines.join("\n")
}

/// The same for programs.
pub(super) fn outcomes_json(said: &Evaluation) -> Vec<Value> {
    said.outcomes.iter().map(outcome_json).collect()
}

fn outcome_json(outcome: &Outcome) -> Value {
    json!({
        "id": outcome.id, "sentence": outcome.sentence, "standing": outcome.fulfilment.words(),
        "discrepancies": outcome.discrepancies.iter().map(discrepancy_json).collect::<Vec<_>>(),
        "more": outcome.more,
    })
}

fn discrepancy_json(found: &Discrepancy) -> Value {
    let place = |place: &Place| {
        json!({
            "document": place.document, "number": place.number, "path": place.path,
            "value": place.value,
        })
    };
    let side = |side: &Side| json!({"value": side.value, "places": side.places.iter().map(place).collect::<Vec<_>>()});
    json!({
        "why": found.why.name(), "message": found.to_string(),
        "sides": found.sides.iter().map(side).collect::<Vec<_>>(),
    })
}
