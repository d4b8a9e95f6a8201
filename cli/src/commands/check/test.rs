//! `sealane check test`: a declaration, evaluated on the documents beside it, proven and attacked; a standard check
//! on the documents in this folder.

use std::path::Path;

use sealane_checks::{Handed, Instance, Sizes};
use sealane_types::schema::{CHECK_LINES, line_bucket};
use serde_json::json;

use super::outcomes::{self, outcomes_json, outcomes_text, read_named, refused};
use super::rehearse::{self, Rehearsal};
use super::samples::{self, Sample};
use crate::outcome::{Failure, Report};

const TOO_LONG: &str = "Evaluated on plain documents. Documents of more than 128 lines are proven in parts, and not rehearsed here: try the check on \
    shorter ones.";

/// Reads the check in `file`, or the standard check of this name, evaluates it, and unless that is all that is asked
/// for, proves and attacks it.
pub fn run(file: &Path, evaluate_alone: bool) -> Result<Report, Failure> {
    let name = file.display().to_string();
    let (source, check) = read_named(file)?;
    let standard = outcomes::standard(&name);
    let stem = standard.map_or(file, |standard| Path::new(standard.name));
    let found = samples::find(stem, &check)?;
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
    let in_parts = sizes.are_parts();
    let rehearsal = match evaluate_alone || in_parts {
        true => None,
        false => Some(rehearse::run(&instance, &found)?),
    };
    let data = json!({
        "ok": true, "check": check.name, "version": check.version, "met": said.holds(),
        "requirements": outcomes_json(&said),
        "documents": documents, "lines": sizes.longest(), "in_parts": in_parts, "bits": instance.bits(),
        "rehearsal": rehearsal.as_ref().map(Rehearsal::to_json),
    });
    let head = format!(
        "{} version {}, on {}",
        check.name,
        check.version,
        documents.join(", ")
    );
    let size = format!(
        "For documents of up to {} lines no value takes more than {} of 250 bits.",
        sizes.longest(),
        instance.bits()
    );
    let rehearsed = rehearsal.map_or_else(
        || match in_parts {
            true => TOO_LONG.to_owned(),
            false => "Evaluated on plain documents; nothing was proven.".to_owned(),
        },
        |rehearsal| rehearsal.text(),
    );
    let text = format!("{head}\n{}\n{size}\n{rehearsed}", outcomes_text(&said));
    Ok(Report { text, data })
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
    let most = CHECK_LINES[CHECK_LINES.len() - 1];
    let sizes = sizes.and_then(|(lines, documents)| match lines > most {
        true => Sizes::in_parts(most, documents),
        false => Sizes::new(lines, documents),
    });
    sizes.ok_or_else(|| Failure::invalid("there are more lines or documents than a check takes: at most 1,024 lines a document, and 8 documents in a list"))
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
