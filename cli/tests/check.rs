//! `sealane check` as its users type it: in a folder of their own, without a home and without a network.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a command came to: exit code, the JSON object, and what stands on standard error.
struct Said {
    code: i32,
    data: Value,
    errors: String,
}

fn run(folder: &Path, words: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealane"));
    let output = command
        .current_dir(folder)
        .args(words)
        .env_remove("SEALANE_HOME")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Said {
        code: output.status.code().unwrap(),
        data: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What a refusal says.
fn message(said: &Said) -> String {
    said.data["message"].as_str().unwrap().to_owned()
}

fn requirement<'a>(said: &'a Said, id: &str) -> &'a Value {
    let list = said.data["requirements"].as_array().unwrap();
    list.iter().find(|one| one["id"] == id).unwrap()
}

fn replace(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from:?} is in {}", path.display());
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn the_standard_checks_are_listed_without_a_home() {
    let folder = tempfile::tempdir().unwrap();
    let said = run(folder.path(), &["--json", "check", "list"]);
    assert_eq!(said.code, 0);
    let names: Vec<&str> = said.data["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| check["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"invoice-waybill") && names.len() == 13,
        "{names:?}"
    );
    let text = run(folder.path(), &["check", "list"]);
    let text = text.data.as_str().unwrap();
    assert!(
        text.contains("Waybills by carrier") && text.contains("sealane check publish"),
        "{text}"
    );
}

#[test]
fn what_new_writes_is_met_and_a_change_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["--json", "check", "new", "my-check"]);
    assert_eq!(
        (made.code, made.data["files"].as_array().unwrap().len()),
        (0, 5)
    );
    let said = run(
        folder.path(),
        &["--json", "check", "test", "my-check.check"],
    );
    assert_eq!((said.code, &said.data["met"]), (0, &Value::Bool(true)));
    assert_eq!(said.data["check"], "my-check");
    let rehearsal = &said.data["rehearsal"];
    assert_eq!(rehearsal["not_met"], Value::Array(Vec::new()));
    assert_eq!(rehearsal["attacks"]["accepted"], Value::Array(Vec::new()));
    assert_eq!(rehearsal["attacks"]["unnoticed"], 0);
    assert!(rehearsal["attacks"]["false_bits"].as_u64().unwrap() > 5);
    let parts = rehearsal["by_requirement"].as_array().unwrap().iter();
    let sum: u64 = parts
        .map(|part| part["constraints"].as_u64().unwrap())
        .sum();
    assert_eq!(rehearsal["constraints"], sum);
    assert_eq!(requirement(&said, "line-totals")["standing"], "met");
    assert_eq!(
        requirement(&said, "order.sealer")["standing"],
        "not evaluated"
    );
    assert_eq!(requirement(&said, "delivery.distinct")["standing"], "met");

    replace(
        &folder.path().join("my-check.delivery.2.json"),
        "\"15\"",
        "\"14\"",
    );
    let said = run(
        folder.path(),
        &["--json", "check", "test", "my-check.check"],
    );
    assert_eq!((said.code, &said.data["met"]), (0, &Value::Bool(false)));
    let found = requirement(&said, "line-totals");
    assert_eq!(found["standing"], "not met");
    let found = &found["discrepancies"][0];
    assert_eq!(found["why"], "out-of-tolerance");
    assert_eq!(found["sides"][0]["value"], "7400 EUR");
    assert_eq!(found["sides"][1]["value"], "7215 EUR");
    let places = found["sides"][1]["places"].as_array().unwrap();
    let place = places.iter().find(|place| place["number"] == 1).unwrap();
    assert_eq!(
        (&place["document"], &place["path"]),
        (&"delivery".into(), &"lines[0].quantity".into())
    );
    assert_eq!(
        said.data["rehearsal"]["not_met"],
        serde_json::json!(["line-totals"])
    );
    let words = ["check", "test", "--evaluate", "my-check.check"];
    let text = run(folder.path(), &words);
    let text = text.data.as_str().unwrap();
    for part in [
        "✗ line-totals",
        "✓ names-order",
        "7215 EUR",
        "nothing was proven",
        "– order.sealer",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
}

#[test]
fn nothing_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.delivery.2.json"), "kept").unwrap();
    let said = run(folder.path(), &["--json", "check", "new", "mine"]);
    assert_eq!(said.code, 2);
    assert!(
        said.data["message"]
            .as_str()
            .unwrap()
            .contains("mine.delivery.2.json exists already")
    );
    assert_eq!(
        std::fs::read_to_string(folder.path().join("mine.delivery.2.json")).unwrap(),
        "kept"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is half written"
    );
    for name in [
        "",
        "../up",
        "a/b",
        "Upper",
        "all",
        "a b",
        "a-",
        "x version 2 \"y\" #",
        &"a".repeat(41),
    ] {
        let said = run(folder.path(), &["--json", "check", "new", name]);
        assert_eq!(said.code, 2, "{name:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_fault_is_shown_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["check", "new", "mine"]);
    replace(
        &folder.path().join("mine.check"),
        "billed.total",
        "billed.totl",
    );
    let said = run(folder.path(), &["check", "test", "mine.check"]);
    assert_eq!(said.code, 2);
    for part in ["mine.check:27:13", "^^^^^^^^^^^", "did you mean `total`?"] {
        assert!(
            said.errors.contains(part),
            "no {part:?} in\n{}",
            said.errors
        );
    }
    let said = run(folder.path(), &["--json", "check", "test", "mine.check"]);
    let fault = &said.data["details"]["faults"][0];
    assert_eq!(
        (said.code, &fault["line"], &fault["column"]),
        (2, &27.into(), &13.into())
    );
}

#[test]
fn what_is_missing_or_no_document_is_said() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["check", "new", "mine"]);
    let test = || run(folder.path(), &["--json", "check", "test", "mine.check"]);
    let order = folder.path().join("mine.order.json");
    let moved = folder.path().join("away");
    std::fs::rename(&order, &moved).unwrap();
    let said = test();
    assert!(
        said.code == 2
            && message(&said).contains("put an Order beside the check, as mine.order.json"),
        "{}",
        message(&said)
    );
    let said = run(folder.path(), &["--json", "check", "test", "mine"]);
    assert!(
        said.code == 2 && message(&said).contains("There is mine.check: name that file"),
        "{}",
        message(&said)
    );
    std::fs::write(&order, "{\"kind\": 1}").unwrap();
    assert_eq!(test().code, 2);
    std::fs::rename(folder.path().join("mine.invoice.json"), &order).unwrap();
    std::fs::copy(&moved, folder.path().join("mine.invoice.json")).unwrap();
    let said = test();
    assert!(
        message(&said).contains("order: this is Invoice, not Order"),
        "{}",
        message(&said)
    );
    std::fs::write(folder.path().join("mine.order.xml"), "<x/>").unwrap();
    assert!(message(&test()).contains("only one document is allowed here"));
    let said = run(folder.path(), &["--json", "check", "test", "none.check"]);
    assert!(said.code == 2 && message(&said).contains("sealane check list"));
    std::fs::write(folder.path().join("bytes.check"), [0xff, 0xfe, 0]).unwrap();
    let said = run(folder.path(), &["--json", "check", "test", "bytes.check"]);
    assert!(said.code == 2 && message(&said).contains("UTF-8"));
}

#[test]
fn a_standard_check_is_named_with_its_present_version_too() {
    let folder = tempfile::tempdir().unwrap();
    let test = |name| {
        run(
            folder.path(),
            &["--json", "check", "test", "--evaluate", name],
        )
    };
    let listed = run(folder.path(), &["--json", "check", "list"]);
    let checks = listed.data["checks"].as_array().unwrap();
    let mut found = checks.iter();
    let found = found.find(|check| check["name"] == "invoice-order");
    let version = found.unwrap()["version"].as_u64().unwrap();
    let named = format!("invoice-order@{version}");
    let present = test(&named);
    assert!(
        message(&present).contains("as invoice-order.order.json"),
        "{}",
        message(&present)
    );
    let other = test("invoice-order@99");
    assert!(
        message(&other).contains("neither a standard check"),
        "{}",
        message(&other)
    );
}

#[test]
fn a_check_is_listed_with_all_that_is_proven() {
    let folder = tempfile::tempdir().unwrap();
    let text = run(folder.path(), &["check", "list"]);
    let text = text.data.as_str().unwrap();
    let json = run(folder.path(), &["--json", "check", "list"]);
    for check in json.data["checks"].as_array().unwrap() {
        let documents = check["documents"].as_array().unwrap();
        let lists = documents.iter().filter(|one| one["list"] == true).count();
        let all = check["requirements"].as_array().unwrap().len() + documents.len() + lists;
        assert_eq!(check["proven_requirements"], all, "{check}");
        let name = check["name"].as_str().unwrap();
        let head = format!("{name} (version {}, {all} requirements,", check["version"]);
        assert!(text.contains(&head), "{head}: {text}");
    }
}

#[test]
fn a_standard_check_is_tried_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let test = || {
        let words = ["--json", "check", "test", "--evaluate", "invoice-order"];
        run(folder.path(), &words)
    };
    let said = test();
    assert_eq!(said.code, 2);
    assert!(
        message(&said).contains("invoice-order.order.json"),
        "{}",
        message(&said)
    );
    run(folder.path(), &["check", "new", "mine"]);
    for document in ["order", "invoice"] {
        let from = folder.path().join(format!("mine.{document}.json"));
        let to = folder.path().join(format!("invoice-order.{document}.json"));
        std::fs::copy(from, to).unwrap();
    }
    let said = test();
    assert_eq!(
        (said.code, &said.data["check"]),
        (0, &"invoice-order".into())
    );
}

#[test]
fn a_hostile_check_cannot_repaint_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("evil.check"),
        "check evil version 1 \u{1b}[2J\u{7}",
    )
    .unwrap();
    let said = run(folder.path(), &["check", "test", "evil.check"]);
    assert_eq!(said.code, 2);
    assert!(
        !said.errors.contains('\u{1b}') && !said.errors.contains('\u{7}'),
        "{:?}",
        said.errors
    );
}

/// The blocks of a page: their language and their text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let parts = page.split("```").skip(1).step_by(2);
    parts.map(|block| block.split_once('\n').unwrap()).collect()
}

#[test]
fn the_page_on_writing_checks_does_what_it_says() {
    let page = include_str!("../../docs/write-a-check.md");
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_sealane")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut last = String::new();
    let (mut compared, mut in_network) = (0, false);
    for (language, text) in blocks(page) {
        match language {
            "sh" => {
                in_network = false;
                let mut shell = Command::new("sh");
                let shell = shell.args(["-ec", text]).current_dir(folder.path());
                let output = shell.env("PATH", &path).output().unwrap();
                assert!(output.status.success(), "{text}\n{output:?}");
                last = String::from_utf8(output.stdout).unwrap();
            }
            "check" => std::fs::write(folder.path().join("on-terms.check"), text).unwrap(),
            "text" if in_network => {}
            "text" => {
                for line in text.lines() {
                    assert!(
                        last.lines().any(|said| said == line),
                        "no {line:?} in\n{last}"
                    );
                    compared += 1;
                }
            }
            "sh network" | "sh published" => in_network = true, // played in `tests/published.rs`, which has a network
            other => panic!("a block of {other:?}"),
        }
    }
    assert_eq!(compared, 8);
    assert!(
        last.contains(", 0 unnoticed") && last.contains(" 0 accepted."),
        "{last}"
    );
}
