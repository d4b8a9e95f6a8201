//! `sealane check`: cross-checks. Without a home and without a network declarations are read, evaluated on documents, compiled,
//! proven over records that are sealed for the rehearsal, and attacked; over records on a chain they are proven and verified.

use sealane_checks::read;
use sealane_checks::standard::STANDARD;
use sealane_checks::typed::Check;
use serde_json::{Value, json};

use crate::args::CheckCommand;
use crate::outcome::{Failure, Report};

mod new;
#[cfg(feature = "network")]
pub mod on_chain;
mod outcomes;
#[cfg(feature = "network")]
mod publishing;
mod rehearse;
mod samples;
mod test;
#[cfg(feature = "network")]
mod text;

/// What is said under the list of standard checks.
const NEXT: &str = "`sealane check test` tries a check out, `sealane check publish` proposes it to a network, `sealane check prove` proves it over records on a chain.";

/// Runs one of the commands.
pub fn run(command: CheckCommand) -> Result<Report, Failure> {
    match command {
        CheckCommand::List => list(),
        CheckCommand::New { name } => new::run(&name),
        CheckCommand::Test { file, evaluate } => test::run(&file, evaluate),
        #[cfg(feature = "network")]
        CheckCommand::OnChain(_) => unreachable!("dispatched with a runtime"),
    }
}

fn list() -> Result<Report, Failure> {
    let mut text = String::new();
    let mut data = Vec::new();
    for standard in STANDARD {
        let check = read(standard.source)
            .map_err(|faults| Failure::cannot(faults.render(standard.name, standard.source)))?;
        text.push_str(&described(&check));
        data.push(to_json(&check));
    }
    text.push_str(NEXT);
    let data = json!({"ok": true, "checks": data});
    Ok(Report { text, data })
}

fn described(check: &Check) -> String {
    let document = |document: &sealane_checks::typed::DocumentSlot| {
        let list = if document.list { "s" } else { "" };
        format!("{}{list} by {}", document.kind.name(), document.sealer_word)
    };
    let documents: Vec<String> = check.documents.iter().map(document).collect();
    format!(
        "{} (version {}, {} requirements, of them {} about who sealed each document{})\n    {}\n    {}\n",
        check.name,
        check.version,
        check.stated().len(),
        check.documents.len(),
        lists(check),
        check.sentence,
        documents.join(", ")
    )
}

/// How many requirements say that a list has no document twice.
fn lists(check: &Check) -> String {
    match check.documents.iter().filter(|one| one.list).count() {
        0 => String::new(),
        1 => " and 1 that a list has no document twice".to_owned(),
        lists => format!(" and {lists} that a list has no document twice"),
    }
}

fn to_json(check: &Check) -> Value {
    let documents = check.documents.iter().map(|document| {
        json!({
            "name": document.name, "kind": document.kind.name(), "list": document.list,
            "by": document.sealer_word,
        })
    });
    let requirements = check.requirements.iter();
    let requirements = requirements.map(|one| json!({"id": one.id, "sentence": one.sentence}));
    json!({
        "name": check.name, "version": check.version, "sentence": check.sentence,
        "documents": documents.collect::<Vec<_>>(),
        "requirements": requirements.collect::<Vec<_>>(), "proven_requirements": check.stated().len(),
    })
}
