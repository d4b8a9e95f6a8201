//! Style is a test: layers, licences, links, anchors and vectors (shared rules: the design's §4 and the
//! style page's 6, 13 to 15). Each rule says what to do about what it finds.
#![allow(clippy::unwrap_used)]

#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/packages.rs"]
mod packages;
#[path = "tidy/secrets.rs"]
mod secrets;
#[path = "tidy/sources.rs"]
mod sources;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file that git tracks or would track, relative to the root.
fn tracked() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the project's files");
    assert!(
        listed.status.success(),
        "git ls-files failed: run the tests inside a git checkout"
    );
    let text = String::from_utf8(listed.stdout).unwrap();
    let exists = |path: &&str| root().join(path).is_file();
    text.lines().filter(exists).map(str::to_owned).collect()
}

/// The tracked files that end so, with their text.
fn texts(endings: &[&str]) -> Vec<(String, String)> {
    let wanted = |path: &String| endings.iter().any(|ending| path.ends_with(ending));
    let read = |path: String| {
        let text = std::fs::read_to_string(root().join(&path)).ok()?;
        Some((path, text))
    };
    tracked()
        .into_iter()
        .filter(wanted)
        .filter_map(read)
        .collect()
}

/// Fails with every finding, a line each.
fn none(findings: &[String], advice: &str) {
    assert!(findings.is_empty(), "{advice}\n{}", findings.join("\n"));
}
