//! Sources: lints on, sizes within reason, nothing of this machine in them.

use super::{none, root, texts, tracked};

/// Lines that a source may have before it must be split; tests may have more.
const LINES: usize = 500;

#[test]
fn files_stay_short() {
    let mut findings = Vec::new();
    for (path, text) in texts(&[".rs"]) {
        let lines = text.lines().count();
        let limit = if path.contains("test") || path.starts_with("benches/") {
            2 * LINES
        } else {
            LINES
        };
        if lines > limit {
            findings.push(format!("{path}: {lines} lines, at most {limit}"));
        }
    }
    none(&findings, "split these files by what they are about:");
}

#[test]
fn every_package_takes_the_workspace_lints_and_says_what_it_is() {
    let mut findings = Vec::new();
    for (path, text) in texts(&["Cargo.toml"]) {
        if path == "Cargo.toml" {
            continue;
        }
        let manifest: toml::Table = text.parse().unwrap();
        // libFuzzer calls a C function, which a macro writes: that package forbids unsafe code but there
        let own_lints = path == "fuzz/Cargo.toml";
        let lints = manifest.get("lints");
        if !own_lints && lints.and_then(|lints| lints.get("workspace")).is_none() {
            findings.push(format!("{path}: add [lints] workspace = true"));
        }
        let own = manifest.get("dependencies").and_then(toml::Value::as_table);
        let pinned = own
            .into_iter()
            .flatten()
            .filter(|(_, value)| value.is_str() || value.get("version").is_some());
        findings.extend(
            pinned.map(|(name, _)| format!("{path}: {name}'s version belongs in the workspace")),
        );
        let main = ["src/lib.rs", "src/main.rs"].iter().find_map(|name| {
            std::fs::read_to_string(root().join(&path).with_file_name("").join(name)).ok()
        });
        if main.is_some_and(|text| !text.starts_with("//! ")) {
            findings.push(format!(
                "{path}: the crate root starts with its documentation (//!)"
            ));
        }
    }
    none(&findings, "packages:");
}

/// A file of tests that its suite does not name would run never.
#[test]
fn every_file_of_tests_is_in_its_suite() {
    let sources = texts(&[".rs"]);
    let suites = sources
        .iter()
        .filter(|(path, _)| path.ends_with("tests/suite.rs"));
    let mut findings = Vec::new();
    for (suite, text) in suites {
        let folder = suite.trim_end_matches("suite.rs");
        for (path, _) in &sources {
            let beside = path.strip_prefix(folder).filter(|name| !name.contains('/'));
            let Some(name) = beside.and_then(|name| name.strip_suffix(".rs")) else {
                continue;
            };
            let own = ["suite", "tidy", "torture"].contains(&name);
            if !own && !text.lines().any(|line| line == format!("mod {name};")) {
                findings.push(format!("{path} is not in {suite}"));
            }
        }
    }
    assert!(sources.len() > 100, "there are sources");
    none(&findings, "add these modules, or nobody runs them:");
}

#[test]
fn nothing_of_this_machine_is_in_a_file() {
    let folders = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
    ];
    let hosts = [
        concat!("crates", ".io"),
        concat!("npmjs", ".com"),
        concat!("registry", ".npm"),
        concat!("pypi", ".org"),
    ];
    let mut findings = Vec::new();
    for path in tracked() {
        if path == "Cargo.lock" || path == "LICENSE" {
            continue; // the lock file names its registry; cargo writes it
        }
        let Ok(text) = std::fs::read_to_string(root().join(&path)) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            let found = folders
                .iter()
                .chain(&hosts)
                .filter(|word| line.contains(*word));
            findings.extend(found.map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    none(
        &findings,
        "paths of a machine and hosts of registries stay out of the project:",
    );
}

#[test]
fn nothing_is_left_unfinished_in_the_code() {
    let words = [
        concat!("todo", "!("),
        concat!("unimpl", "emented!("),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
    ];
    let mut findings = Vec::new();
    for (path, text) in texts(&[".rs"]) {
        for (number, line) in text.lines().enumerate() {
            let found = words.iter().filter(|word| line.contains(*word));
            findings.extend(found.map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    none(&findings, "finish it, or leave it out and say so:");
}
