//! `sealane check test`: a declaration, evaluated on the documents beside it, proven and attacked.

use std::path::Path;

use sealane_checks::evaluate::{Discrepancy, Outcome, Place, Side, Standing};
use sealane_checks::fault::{Faults, position};
use sealane_checks::{Evaluation, Handed, Instance, Sizes, read};
use sealane_types::schema::line_bucket;
use serde_json::{Value, json};

use super::rehearse::{self, Rehearsal};
use super::samples::{self, Sample};
use crate::files;
use crate::outcome::{Failure, Report};

/// Reads the check in `file`, evaluates it, and unless that is all that is asked for, proves and attacks it.
pub fn run(file: &Path, evaluate_alone: bool) -> Result<Report, Failure> {
    let name = file.display().to_string();
    let source = String::from_utf8(files::read(file)?);
    let source =
        source.map_err(|_| Failure::invalid(format!("{name}: this is no text in UTF-8.")))?;
    let check = read(&source).map_err(|faults| refused(&faults, &name, &source))?;
    let found = samples::find(file, &check)?;
    let sizes = sizes(&found)?;
    let instance = Instance::new(&check, sizes);
    let instance = instance.map_err(|fault| refused(&fault.into(), &name, &source))?;
    let handed: Vec<Vec<Handed<'_>>> = found.iter().map(|samples| unsealed(samples)).collect();
    let said = instance.evaluate(&handed);
    let said = said.map_err(|error| Failure::invalid(format!("{name}: {error}")))?;
    let documents: Vec<String> = found
        .iter()
        .flatten()
        .map(|sample| sample.path.display().to_string())
        .collect();
    let rehearsal = match evaluate_alone {
        true => None,
        false => Some(rehearse::run(&instance, &found)?),
    };
    let data = json!({
        "ok": true, "check": check.name, "version": check.version, "met": said.holds(),
        "requirements": said.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
        "documents": documents, "lines": sizes.lines(), "bits": instance.bits(),
        "rehearsal": rehearsal.as_ref().map(Rehearsal::to_json),
    });
    let head = format!(
        "{} version {}, on {}",
        check.name,
        check.version,
        documents.join(", ")
    );
    let size = format!(
        "For documents of up to {} lines no value takes more than {} bits of 250.",
        sizes.lines(),
        instance.bits()
    );
    let rehearsed = rehearsal.map_or_else(
        || "Evaluated on plain documents; nothing was proven.".to_owned(),
        |rehearsal| rehearsal.text(),
    );
    let text = format!("{head}\n{}\n{size}\n{rehearsed}", outcomes_text(&said));
    Ok(Report { text, data })
}

/// What is wrong with a declaration, as text with carets and as data.
fn refused(faults: &Faults, name: &str, source: &str) -> Failure {
    let mut failure = Failure::invalid(faults.render(name, source));
    let one = faults.kept.iter().map(|fault| {
        let (line, column) = position(source, fault.span.start);
        json!({"line": line, "column": column, "problem": fault.problem, "help": fault.help})
    });
    failure.details = json!({"file": name, "faults": one.collect::<Vec<_>>(), "more": faults.more});
    failure
}

/// The smallest sizes that take the documents.
fn sizes(found: &[Vec<Sample>]) -> Result<Sizes, Failure> {
    let lines = found
        .iter()
        .flatten()
        .map(|sample| sample.fields.lines.len())
        .max();
    let documents = found.iter().map(Vec::len).max();
    let sizes = lines.and_then(line_bucket).zip(documents);
    let sizes = sizes.and_then(|(lines, documents)| Sizes::new(lines, documents));
    sizes.ok_or_else(|| Failure::invalid("there are more lines or documents than a check takes"))
}

fn unsealed(samples: &[Sample]) -> Vec<Handed<'_>> {
    let fields = samples.iter().map(|sample| &sample.fields);
    let handed = fields.map(|fields| Handed {
        fields,
        sealer: None,
        taken: &[],
    });
    handed.collect()
}

fn outcomes_text(said: &Evaluation) -> String {
    let mut lines = Vec::new();
    for outcome in &said.outcomes {
        let mark = match outcome.standing {
            Standing::Met => '✓',
            Standing::NotMet => '✗',
            Standing::NotEvaluated => '–',
        };
        let why = match outcome.standing {
            Standing::NotEvaluated => " (not evaluated: plain documents have no sealer)",
            _ => "",
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

fn outcome_json(outcome: &Outcome) -> Value {
    json!({
        "id": outcome.id, "sentence": outcome.sentence, "standing": outcome.standing.words(),
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
