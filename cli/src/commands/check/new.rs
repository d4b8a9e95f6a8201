//! `sealane check new`: a check that works, and documents that meet it.

use std::path::Path;

use sealane_checks::{parse, read};
use serde_json::json;

use crate::files;
use crate::outcome::{Failure, Report};

/// What is written, by the ending after the check's name.
const FILES: [(&str, &str); 5] = [
    (
        "check",
        include_str!("../../../../examples/checks/template.check"),
    ),
    (
        "order.json",
        include_str!("../../../../examples/checks/template.order.json"),
    ),
    (
        "delivery.1.json",
        include_str!("../../../../examples/checks/template.delivery.1.json"),
    ),
    (
        "delivery.2.json",
        include_str!("../../../../examples/checks/template.delivery.2.json"),
    ),
    (
        "invoice.json",
        include_str!("../../../../examples/checks/template.invoice.json"),
    ),
];

/// Writes the files into the current folder.
pub fn run(name: &str) -> Result<Report, Failure> {
    let check = named(name)?;
    let file = |ending: &str| format!("{name}.{ending}");
    let there = FILES.iter().map(|(ending, _)| file(ending));
    if let Some(taken) = there
        .into_iter()
        .find(|path| Path::new(path).symlink_metadata().is_ok())
    {
        return Err(Failure::invalid(format!(
            "{taken} exists already and is not overwritten. Choose another name or folder."
        )));
    }
    let mut written = Vec::new();
    for (ending, text) in FILES {
        let path = file(ending);
        let text = if ending == "check" { &check } else { text };
        if let Err(failure) = files::write_new(Path::new(&path), text) {
            // some of the files would stand in the way of the next try
            for path in &written {
                let _ = std::fs::remove_file(path);
            }
            return Err(failure);
        }
        written.push(path);
    }
    let text = format!(
        "{}\nTry it: sealane check test {name}.check\nThen change a quantity in one of the documents, and try again.",
        written.join("\n")
    );
    let data = json!({"ok": true, "name": name, "files": written});
    Ok(Report { text, data })
}

/// The template under this name, if it is a name.
fn named(name: &str) -> Result<String, Failure> {
    let source = FILES[0]
        .1
        .replacen("check template ", &format!("check {name} "), 1);
    let declared = parse(&source)
        .ok()
        .filter(|declaration| declaration.name.node == name);
    if declared.is_none() || read(&source).is_err() {
        return Err(Failure::invalid(format!(
            "{name:?} is not a valid name for a check: begin with a-z, then use a-z, 0-9 and single hyphens, at most 40 characters, \
             and not a keyword of the language."
        )));
    }
    Ok(source)
}
