//! `sealane document show DIR`: reads every file of a folder and says what became of each.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use rayon::prelude::*;
use sealane_documents::{Document, ReadError, read};
use serde_json::{Value, json};

use crate::files;
use crate::outcome::{Failure, Report};
use crate::terminal;

/// Most folders inside one another that are looked into.
const MAX_DEPTH: usize = 64;

/// What became of one file.
struct Outcome {
    /// The file, from the folder that was named.
    file: String,
    result: Result<Read, String>,
}

/// A document, as far as the summary tells of it.
struct Read {
    kind: &'static str,
    id: String,
    warnings: usize,
}

/// Reads all files below `dir` on all cores and sums them up. Exit code 2 if one is refused.
pub fn show(dir: &Path, as_json: bool) -> Result<Report, Failure> {
    let mut paths = Vec::new();
    gather(dir, 0, &mut paths)?;
    if paths.is_empty() {
        return Err(Failure::invalid(format!(
            "{}: there are no files in this folder. Name a folder with documents.",
            dir.display()
        )));
    }
    let bar = match as_json {
        true => ProgressBar::hidden(),
        false => terminal::bar(paths.len(), "reading"),
    };
    let each = paths.par_iter().map(|path| {
        let outcome = outcome(dir, path);
        bar.inc(1);
        outcome
    });
    let outcomes: Vec<Outcome> = each.collect();
    bar.finish_and_clear();
    finish(dir, &outcomes, as_json)
}

/// The files below a folder, in the order of their paths; what is hidden or a link is left out.
fn gather(dir: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error| Failure::invalid(format!("{}: cannot be read: {error}", dir.display()));
    if depth > MAX_DEPTH {
        let problem = format!("{}: more than {MAX_DEPTH} folders deep", dir.display());
        return Err(Failure::invalid(problem));
    }
    let entries = std::fs::read_dir(dir).map_err(failed)?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(failed)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            gather(&entry.path(), depth + 1, paths)?;
        } else if kind.is_file() {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn outcome(dir: &Path, path: &Path) -> Outcome {
    let below = path.strip_prefix(dir).unwrap_or(path);
    let file = below.display().to_string();
    let result = match files::read(path) {
        Err(failure) => Err(failure.message),
        Ok(bytes) => read(&bytes, &file)
            .map(summary)
            .map_err(|error| reason(&error)),
    };
    Outcome { file, result }
}

fn summary(document: Document) -> Read {
    Read {
        kind: document.kind.name(),
        warnings: document.warnings.len() + document.more_warnings,
        id: document.id,
    }
}

/// The first fault on one line, and how many more there are.
fn reason(error: &ReadError) -> String {
    let mut faults = error.faults.iter();
    let first = faults.next().map(ToString::to_string).unwrap_or_default();
    let more = error.more + faults.count();
    match more {
        0 => first,
        more => format!("{first} (and {more} more)"),
    }
}

fn finish(dir: &Path, outcomes: &[Outcome], as_json: bool) -> Result<Report, Failure> {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused = Vec::new();
    let mut warned = 0;
    for outcome in outcomes {
        match &outcome.result {
            Ok(read) => {
                *kinds.entry(read.kind).or_default() += 1;
                warned += usize::from(read.warnings > 0);
            }
            Err(reason) => refused.push((outcome.file.as_str(), reason.as_str())),
        }
    }
    let read = outcomes.len() - refused.len();
    let text = text(&kinds, &refused, read, warned);
    let data = json!({
        "ok": refused.is_empty(),
        "folder": dir.display().to_string(),
        "files": outcomes.len(),
        "read": read,
        "refused": refused.len(),
        "with_warnings": warned,
        "kinds": kinds,
        "documents": outcomes.iter().filter_map(told).collect::<Vec<_>>(),
        "refusals": refused.iter().map(|(file, reason)| json!({"file": file, "reason": reason})).collect::<Vec<_>>(),
    });
    if refused.is_empty() {
        return Ok(Report { text, data });
    }
    if !as_json {
        terminal::line(&text)?;
    }
    let mut failure = Failure::invalid(format!(
        "{} of {} files in {} are refused",
        refused.len(),
        outcomes.len(),
        dir.display()
    ));
    failure.details = data;
    Err(failure)
}

fn told(outcome: &Outcome) -> Option<Value> {
    let read = outcome.result.as_ref().ok()?;
    Some(json!({
        "file": outcome.file, "kind": read.kind, "id": read.id, "warnings": read.warnings,
    }))
}

fn text(
    kinds: &BTreeMap<&str, usize>,
    refused: &[(&str, &str)],
    read: usize,
    warned: usize,
) -> String {
    let mut out = String::new();
    for (file, reason) in refused {
        let _ = writeln!(out, "refused  {}: {}", shown(file), shown(reason));
    }
    let _ = write!(out, "{read} read, {} refused", refused.len());
    if warned > 0 {
        let _ = write!(out, ", {warned} of them read with warnings");
    }
    for (kind, count) in kinds {
        let _ = write!(out, "\n{count:>9}  {kind}");
    }
    out
}

/// On one line, and without what could repaint the terminal.
fn shown(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '\n' => out.push(' '),
            letter if letter.is_control() => out.extend(letter.escape_default()),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ORDER: &str =
        r#"{"kind":"Order","id":"PO-1","issue_date":"2026-03-02","seller":{},"buyer":{}}"#;

    #[test]
    fn a_folder_is_read_in_order_and_summed_up() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("b/deep");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(dir.path().join("c.json"), ORDER).unwrap();
        std::fs::write(deep.join("a.json"), ORDER).unwrap();
        std::fs::write(dir.path().join(".hidden"), "x").unwrap();
        let report = show(dir.path(), true).unwrap();
        assert_eq!(report.text, "2 read, 0 refused\n        2  Order");
        assert_eq!(report.data["documents"][0]["file"], "b/deep/a.json");
        assert_eq!(report.data["documents"][1]["id"], "PO-1");

        std::fs::write(dir.path().join("b/no\ndocument.txt"), "hello").unwrap();
        let failure = show(dir.path(), true).err().unwrap();
        assert_eq!(failure.code as u8, 2);
        assert_eq!(
            (&failure.details["read"], &failure.details["refused"]),
            (&json!(2), &json!(1))
        );
        let refusal = &failure.details["refusals"][0];
        assert_eq!(refusal["file"], "b/no\ndocument.txt");
        assert!(refusal["reason"].as_str().unwrap().contains("[SL-FORMAT]"));
        let refused = [("b/no\ndocument.txt", "because\nof that")];
        let text = text(&BTreeMap::new(), &refused, 2, 1);
        assert!(
            text.starts_with("refused  b/no document.txt: because of that\n2 read, 1 refused, ")
        );
    }

    #[test]
    fn an_empty_folder_is_no_success() {
        let dir = tempfile::tempdir().unwrap();
        assert!(show(dir.path(), true).is_err());
    }
}
