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

/// `make` with these words, which finds this build's program and compiles nothing: its cargo is a script that notes
/// what it is told.
fn make(words: &[&str], target: &Path, cargo: &Path) -> (Option<i32>, String) {
    let output = Command::new("make")
        .args(words)
        .current_dir(root())
        .env("CARGO", cargo)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("MAKEFLAGS")
        .env_remove("MAKELEVEL")
        .env_remove("FILE")
        .output()
        .expect("make can be started");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

/// An executable script.
fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// `build` is taken for done (`-o`): what is installed is the program under test.
#[test]
fn make_install_puts_the_program_where_the_shell_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let (prefix, cargo) = (folder.path().join("prefix"), folder.path().join("cargo"));
    script(&cargo, "exit 1");
    let own = program();
    let target = own.parent().and_then(Path::parent).unwrap();
    let place = format!("PREFIX={}", prefix.display());
    let (code, said) = make(&["-o", "build", "install", &place], target, &cargo);
    assert_eq!(code, Some(0), "{said}");
    let installed = prefix.join("bin/sealane");
    assert!(
        said.contains(&format!("Installed {}.", installed.display())),
        "{said}"
    );
    assert!(
        said.contains("add") && said.contains("to PATH"),
        "it is not there yet: {said}"
    );
    assert_eq!(
        std::fs::read(&installed).unwrap(),
        std::fs::read(&own).unwrap()
    );
    let path = format!(
        "{}:{}",
        prefix.join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let found = Command::new("sh")
        .args(["-c", "sealane --version"])
        .env("PATH", path)
        .output();
    assert!(found.unwrap().status.success());
}

#[test]
fn make_taste_looks_at_its_file_before_it_compiles_and_keeps_a_program_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (target, cargo) = (folder.path().join("target"), folder.path().join("cargo"));
    let noted = folder.path().join("noted");
    script(&cargo, &format!("echo \"$*\" >> {}", noted.display()));
    let tasting = target.join("taste/release/sealane");
    let builds = || {
        let noted = std::fs::read_to_string(&noted).unwrap_or_default();
        let builds = noted.lines().filter(|line| line.starts_with("build"));
        builds.map(str::to_owned).collect::<Vec<_>>()
    };
    for words in [["taste", "FILE=nowhere.xml"], ["taste", "nowhere.xml"]] {
        let (code, said) = make(&words, &target, &cargo);
        assert_ne!(code, Some(0), "{said}");
        assert!(
            said.contains("There is no file nowhere.xml that can be read."),
            "{said}"
        );
        assert!(!said.contains("Compiling"), "{said}");
        assert_eq!(builds(), Vec::<String>::new(), "nothing is compiled for it");
    }
    script(&tasting, "echo \"tasted $*\"");
    let (code, said) = make(&["taste", "FILE=examples/order.xml"], &target, &cargo);
    assert_eq!(
        (code, said.trim()),
        (Some(0), "tasted taste examples/order.xml")
    );
    let [build] = &builds()[..] else {
        panic!("{:?}", builds());
    };
    let own = format!("--target-dir {}", target.join("taste").display());
    assert!(build.ends_with(&own), "{build}");
    assert!(
        !target.join("release").exists(),
        "the whole program is left alone"
    );
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
