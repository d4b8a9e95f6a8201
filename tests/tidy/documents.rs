//! Documents are true and readable: links lead somewhere, named paths exist, anchors resolve, vectors are read, and
//! lines of prose end in time.

use std::collections::BTreeSet;
use std::path::Path;

use super::{none, root, texts, tracked};

/// Columns that no line of prose reaches.
const COLUMNS: usize = 120;

/// The targets of a Markdown text's links.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("](") {
        rest = &rest[start + 2..];
        let Some(end) = rest.find(')') else { break };
        found.push(rest[..end].split('#').next().unwrap().trim().to_owned());
    }
    found
}

/// The numbered lines of a Markdown text that are neither code nor a table.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut in_code = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let start = line.trim_start();
        if start.starts_with("```") {
            in_code = !in_code;
        } else if !in_code && !start.starts_with('|') {
            found.push((number + 1, line));
        }
    }
    found
}

#[test]
fn lines_of_prose_end_before_column_120() {
    let mut findings = Vec::new();
    for (path, text) in texts(&[".md"]) {
        let long = prose(&text)
            .into_iter()
            .filter(|(_, line)| line.chars().count() >= COLUMNS);
        findings.extend(long.map(|(number, line)| {
            let columns = line.chars().count();
            format!("{path}:{number}: {columns} columns")
        }));
    }
    none(&findings, "break these lines of prose:");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut findings = Vec::new();
    for (path, text) in texts(&[".md"]) {
        let folder = root().join(Path::new(&path).parent().unwrap());
        let dead = links(&text).into_iter().filter(|target| {
            !target.is_empty() && !target.contains("://") && !folder.join(target).exists()
        });
        findings.extend(dead.map(|target| format!("{path}: {target}")));
    }
    none(&findings, "these links lead nowhere:");
}

#[test]
fn paths_named_in_documents_exist() {
    const TOPS: [&str; 14] = [
        "cli/",
        "client/",
        "node/",
        "ledger/",
        "prover/",
        "verifier/",
        "circuits/",
        "primitives/",
        "specs/",
        "tests/",
        "benches/",
        "examples/",
        ".ci/",
        "docs/",
    ];
    let mut findings = Vec::new();
    for (path, text) in texts(&[".md"]) {
        if path == "CHANGELOG.md" {
            continue; // it speaks of what was
        }
        let quoted = text.split('`').skip(1).step_by(2);
        let named = quoted.filter(|word| TOPS.iter().any(|top| word.starts_with(top)));
        let plain = named.filter(|word| !word.contains(['<', '*', '{', ' ', '\n', '…', '$']));
        let missing =
            plain.filter(|word| !root().join(word.split([':', '#']).next().unwrap()).exists());
        findings.extend(missing.map(|word| format!("{path}: `{word}`")));
    }
    none(&findings, "these paths are named and do not exist:");
}

#[test]
fn every_spec_anchor_resolves_and_every_constraint_is_cited() {
    let specs: Vec<(String, String)> = texts(&[".md"])
        .into_iter()
        .filter(|(path, _)| path.starts_with("specs/"))
        .collect();
    let mut cited = BTreeSet::new();
    let mut findings = Vec::new();
    for (path, text) in texts(&[".rs"]) {
        for (number, line) in text.lines().enumerate() {
            let Some((_, anchors)) = line.split_once(concat!("// spe", "cs: ")) else {
                continue;
            };
            for anchor in anchors.split([',', ' ']).filter(|word| word.contains('#')) {
                let (name, mark) = anchor.split_once('#').unwrap();
                let file = specs
                    .iter()
                    .find(|(path, _)| path.ends_with(&format!("/{name}.md")));
                let found = file.is_some_and(|(_, text)| text.contains(&format!("**{mark}**")));
                if !found {
                    findings.push(format!("{path}:{}: {anchor}", number + 1));
                }
                cited.insert(anchor.to_owned());
            }
        }
    }
    for (path, text) in specs
        .iter()
        .filter(|(path, _)| path.starts_with("specs/circuits/"))
    {
        let name = Path::new(path).file_stem().unwrap().to_str().unwrap();
        let marks = text.split("**").filter(|word| is_constraint(word));
        let missing = marks.filter(|mark| !cited.contains(&format!("{name}#{mark}")));
        findings.extend(missing.map(|mark| format!("{path}: {mark} is cited nowhere in the code")));
    }
    none(
        &findings,
        concat!(
            "anchors of the form `// spe",
            "cs: name#C1` must match `**C1**` in specs/**/name.md:"
        ),
    );
}

fn is_constraint(word: &str) -> bool {
    let digits = word.strip_prefix(['C', 'K']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn every_test_vector_is_read_by_something() {
    let sources = texts(&[".rs"]);
    let vectors = tracked()
        .into_iter()
        .filter(|path| path.starts_with("specs/vectors/"));
    let unread = vectors.filter(|path| {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        name != "README.md" && !sources.iter().any(|(_, text)| text.contains(name))
    });
    none(
        &unread.collect::<Vec<_>>(),
        "no source names these vectors:",
    );
}

/// The last section of `specs/privacy.md` names a test for each line.
#[test]
fn the_tests_that_the_privacy_page_names_are_there() {
    let page = std::fs::read_to_string(root().join("specs/privacy.md")).unwrap();
    let (_, table) = page.split_once("## Which test covers which line").unwrap();
    let names = table.split('`').skip(1).step_by(2);
    let names: Vec<&str> = names.filter(|name| name.matches('_').count() > 2).collect();
    assert!(names.len() > 20, "{names:?}");
    let sources = texts(&[".rs"]);
    let is_there = |name: &&str| {
        let line = format!("fn {name}(");
        sources.iter().any(|(_, text)| text.contains(&line))
    };
    let missing = names
        .into_iter()
        .filter(|name| !name.contains('/') && !is_there(name));
    let missing: Vec<String> = missing.map(str::to_owned).collect();
    none(&missing, "no test has this name:");
}
