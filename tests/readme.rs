//! The demo's transcript in the README is today's: the same steps in the same order. However the demo ends, it leaves nothing
//! behind. And the README's day of a bank is played as it stands there.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sealane_tests::command::{DONE, program, root, sealane};
use sealane_tests::page::{Desk, Shell, blocks, copy_folder, marked, section};
use serde_json::Value;

/// The transcript between the README's mark and the end of its block.
fn transcript() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let marked = readme
        .split_once("<!-- demo transcript")
        .expect("the README marks the demo's transcript")
        .1;
    let block = marked
        .split_once("```")
        .expect("a block follows the mark")
        .1;
    block
        .split_once("```")
        .expect("the block ends")
        .0
        .to_owned()
}

fn steps(demo: &Value) -> Vec<(String, String)> {
    let steps = demo["steps"].as_array().expect("the demo has steps");
    let text = |step: &Value, key: &str| step[key].as_str().unwrap_or_default().to_owned();
    steps
        .iter()
        .map(|step| (text(step, "name"), text(step, "title")))
        .collect()
}

#[test]
fn the_demo_tells_what_the_readme_shows() {
    let demo = sealane(&["demo"]).expect(DONE);
    let steps = steps(&demo.data);
    for name in ["duplicate", "alert"] {
        assert!(
            steps.iter().any(|(step, _)| step == name),
            "the demo has no step {name}: {demo}"
        );
    }
    let shown = transcript();
    let mut rest = shown.as_str();
    for (name, title) in &steps {
        let found = rest.find(title.as_str()).filter(|_| !title.is_empty());
        let at = found.unwrap_or_else(|| {
            panic!("the README's transcript lacks step {name} ({title:?}) at its place:\n{shown}")
        });
        rest = &rest[at + title.len()..];
    }
}

#[test]
fn a_banks_day_runs_as_typed() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let day = section(&readme, "A bank's day");
    let played = blocks(day, "day");
    let commands = marked(day).filter(|(mark, _)| *mark != "text").count();
    assert_eq!(played.len(), commands, "a block of commands is not played");
    let desk = Desk::new();
    copy_folder(&root().join("examples"), &desk.folder().join("examples"));
    let mut shell = Shell::open(desk.folder());
    for block in &played {
        shell.plays(block);
    }
}

/// The demo without `--json`, its temporary folders in `folder`.
fn demo_in(folder: &Path) -> Child {
    let mut command = Command::new(program());
    command.arg("demo").env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = command.stderr(Stdio::null()).spawn();
    child.expect("the program can be started")
}

/// The processes of the nodes under `folder`, as their pid files name them.
fn nodes(folder: &Path) -> Vec<u32> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "node.pid") {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                found.extend(text.trim().parse::<u32>());
            }
        }
    }
    found
}

fn lives(process: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = state.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with('Z')
}

/// Waits until the demo has four nodes.
fn running_nodes(folder: &Path) -> Vec<u32> {
    for _ in 0..3_000 {
        let found = nodes(folder);
        if found.len() == 4 {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the demo does not start its nodes");
}

/// Neither a node nor a file is left.
fn nothing_is_left(folder: &Path, nodes: &[u32]) {
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    for node in nodes {
        assert!(!lives(*node), "node {node} runs on");
    }
}

#[test]
fn a_demo_that_is_ended_takes_its_nodes_and_its_folder_with_it() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = tempfile::tempdir().unwrap();
        let mut demo = demo_in(folder.path());
        let nodes = running_nodes(folder.path());
        let mut kill = Command::new("kill");
        let kill = kill.args([format!("-{signal}"), demo.id().to_string()]);
        assert!(kill.status().unwrap().success());
        assert_eq!(demo.wait().unwrap().code(), Some(code), "{signal}");
        nothing_is_left(folder.path(), &nodes);
    }
}

#[test]
fn a_demo_that_nobody_reads_any_more_ends_and_says_so_by_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = demo_in(folder.path());
    let nodes = running_nodes(folder.path());
    drop(demo.stdout.take());
    assert_eq!(demo.wait().unwrap().code(), Some(1));
    nothing_is_left(folder.path(), &nodes);
}

/// Whatever is printed: into a closed pipe and onto a full disk nothing panics, and the exit code is not 0.
#[test]
fn output_that_cannot_be_written_is_a_failure_and_no_panic() {
    let example = root().join("examples/invoice-ubl.xml");
    let example = example.to_str().unwrap();
    let commands: [&[&str]; 6] = [
        &["document", "show", example],
        &["--json", "document", "show", example],
        &["taste", example],
        &["--help"],
        &["completions", "bash"],
        &["--json", "document", "show", "no-such-file"],
    ];
    for arguments in commands {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let closed = std::io::pipe().unwrap().1;
        let sinks: [(Stdio, Stdio); 2] = [
            (full.unwrap().into(), Stdio::piped()),
            (closed.try_clone().unwrap().into(), closed.into()),
        ];
        for (out, errors) in sinks {
            let mut command = Command::new(program());
            command.args(arguments).stdin(Stdio::null());
            let output = command.stdout(out).stderr(errors).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let code = output.status.code();
            assert!(
                matches!(code, Some(1 | 2)),
                "{arguments:?}: {code:?} {said}"
            );
            assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        }
    }
}
