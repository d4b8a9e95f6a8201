//! Licences and duplicate versions of everything that is compiled, from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::{none, root};

/// Licences that a bank can take over; an expression passes where one of its alternatives is here
/// and every conjunct of that alternative too.
const LICENCES: [&str; 17] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA", // libFuzzer's, in fuzzing programs alone
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Packages that Cargo.lock names for the sake of others' optional features, and that nothing here compiles
/// (`cargo tree -e all --target all` does not reach them).
const NOT_COMPILED: [&str; 1] = ["attohttpc"];

/// `cargo metadata` of this workspace.
fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "cargo metadata failed: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn passes(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" OR ").any(|alternative| {
        alternative
            .split(" AND ")
            .all(|licence| LICENCES.contains(&licence.trim()))
    })
}

#[test]
fn every_package_has_a_licence_that_a_bank_can_take() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20, "cargo metadata lists the packages");
    let mut findings = Vec::new();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none");
        let compiled = !NOT_COMPILED.iter().any(|name| package["name"] == *name);
        if compiled && !passes(licence) {
            findings.push(format!(
                "{} {}: {licence}",
                package["name"], package["version"]
            ));
        }
    }
    none(
        &findings,
        "find another package, or have the licence allowed in tests/tidy/packages.rs:",
    );
}

#[test]
fn duplicate_versions_are_the_known_ones() {
    let known: BTreeSet<&str> = include_str!("duplicates.txt")
        .lines()
        .filter_map(|line| line.split('#').next())
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let metadata = metadata();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        versions
            .entry(name)
            .or_default()
            .insert(package["version"].as_str().unwrap());
    }
    let twice: BTreeMap<_, _> = versions
        .into_iter()
        .filter(|(_, set)| set.len() > 1)
        .collect();
    let mut findings: Vec<String> = twice
        .iter()
        .filter(|(name, _)| !known.contains(*name))
        .map(|(name, set)| format!("{name}: {set:?} (new)"))
        .collect();
    let gone = known.iter().filter(|name| !twice.contains_key(*name));
    findings.extend(gone.map(|name| format!("{name} is no longer there twice: strike it out")));
    none(
        &findings,
        "bring them to one version, or say why not in tests/tidy/duplicates.txt:",
    );
}

#[test]
fn a_licence_expression_is_read_as_spdx_means_it() {
    assert!(passes("MIT OR GPL-3.0"));
    assert!(passes("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!passes("GPL-3.0-or-later"));
    assert!(!passes("MIT AND GPL-3.0"));
}

#[test]
fn the_program_lacks_the_engine_that_lies() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--locked",
            "--offline",
            "--workspace",
            "--edges",
            "features,normal,build",
            "--target",
            "all",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "cargo tree failed: {said}");
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(
        tree.contains("arc-malachitebft-app-channel"),
        "the tree shows the engine"
    );
    let lying = |line: &&str| {
        let feature = line.contains("feature \"byzantine\"");
        feature || line.contains("arc-malachitebft-engine-byzantine")
    };
    let found: Vec<_> = tree.lines().filter(lying).map(str::to_owned).collect();
    none(
        &found,
        "no build of the workspace may have the engine that lies (byzantine/ builds it with its own feature):",
    );
}
