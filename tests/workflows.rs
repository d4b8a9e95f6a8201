//! The manual's page on trades, played: its commands in one shell on a network, what it says that they print, and where the trade stands after each block.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use sealane_tests::command::{DONE, INVALID, REFUSED, program_folder, root, sealane};
use sealane_tests::network::Network;

/// What the shell prints after each block: this, the exit code, the trade's id.
const OVER: &str = "-- over:";

/// What the page has somebody type, with its exit code, and what it shows of the answer.
struct Block {
    typed: String,
    code: i32,
    shown: String,
}

/// The blocks marked for `scene` or for both, each with the `text` that follows it.
fn blocks(scene: &str) -> Vec<Block> {
    let page = fs::read_to_string(root().join("docs/run-a-trade.md")).unwrap();
    let parts = page.split("```").skip(1).step_by(2);
    let mut blocks: Vec<Option<Block>> = Vec::new();
    for (mark, text) in parts.map(|part| part.split_once('\n').unwrap()) {
        if mark == "text" {
            if let Some(block) = blocks.last_mut().unwrap() {
                block.shown = text.to_owned();
            }
            continue;
        }
        let mut words = mark.split(' ').skip(1);
        let of_this = words
            .next()
            .is_some_and(|word| [scene, "both"].contains(&word));
        let code = match words.next() {
            None => DONE,
            Some("refused") => REFUSED,
            Some(other) => panic!("what is {other:?}?"),
        };
        let block = Block {
            typed: text.to_owned(),
            code,
            shown: String::new(),
        };
        blocks.push(of_this.then_some(block));
    }
    blocks.into_iter().flatten().collect()
}

/// One shell in the network's folder, as a reader of the page has it.
struct Shell {
    child: Child,
    stdin: ChildStdin,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Shell {
    fn open(network: &Network) -> Self {
        let path = std::env::var("PATH").unwrap();
        let mut child = Command::new("sh")
            .arg("-e")
            .current_dir(network.desk())
            .env("PATH", format!("{}:{path}", program_folder().display()))
            .env_remove("SEALANE_HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            stdin,
            lines,
        }
    }

    /// Types a block; gives what it printed, and the trade's id as soon as the reader has one.
    fn typed(&mut self, block: &Block) -> (Vec<String>, String) {
        let Block { typed, code, .. } = block;
        // a block that must be done ends the shell at its first failure
        let otherwise = if *code == DONE { "" } else { "|| code=$?" };
        let script = format!(
            "code=0\n{{\n{typed}}} </dev/null 2>&1 {otherwise}\necho \"{OVER} $code ${{trade-}}\"\n"
        );
        self.stdin.write_all(script.as_bytes()).unwrap();
        let mut said = Vec::new();
        for line in self.lines.by_ref().map(Result::unwrap) {
            let Some(over) = line.strip_prefix(OVER) else {
                said.push(line);
                continue;
            };
            let (ended, trade) = over.trim_start().split_once(' ').unwrap();
            assert_eq!(ended, code.to_string(), "{typed}\n{}", said.join("\n"));
            return (said, trade.to_owned());
        }
        panic!("it failed:\n{typed}\n{}", said.join("\n"));
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a line is as the page shows it; `…` stands for anything.
fn is_like(line: &str, shown: &str) -> bool {
    let mut pieces = shown.split('…');
    let first = pieces.next().unwrap();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let mut open = false;
    for piece in pieces {
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
        open = piece.is_empty();
    }
    open || rest.is_empty()
}

/// The page's lines are among those that were printed, in the page's order.
fn as_shown(said: &[String], block: &Block) {
    let mut rest = said.iter();
    for shown in block.shown.lines() {
        let found = rest.any(|line| is_like(line, shown));
        let Block { typed, .. } = block;
        assert!(
            found,
            "no line {shown:?} (there):\n{typed}\n{}",
            said.join("\n")
        );
    }
}

/// Plays a scene and gives the trade's stage after each block, as a bank that opened nothing reads it.
fn play(scene: &str, network: &Network) -> Vec<String> {
    for folder in fs::read_dir(root().join("examples/workflows")).unwrap() {
        let folder = folder.unwrap();
        let to = network.desk().join(folder.file_name());
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    let (mut shell, reader) = (Shell::open(network), network.bank('b'));
    let published = |words: [&str; 2], key: &str| {
        let seen = reader.run(&words).expect(DONE);
        let all = seen.data[key].as_array().unwrap().clone();
        all.iter().filter(|one| one["from"].is_u64()).count()
    };
    let checks_now = || published(["check", "published"], "checks");
    let workflows_now = || published(["workflow", "list"], "workflows");
    let (mut checks, mut stages) = (0, Vec::new());
    for block in blocks(scene) {
        // what the page says to wait for
        if block.typed.contains(" workflow publish ") {
            network.busy_until("checks", || checks_now() == checks);
        }
        if [" workflow list", " trade open "]
            .iter()
            .any(|word| block.typed.contains(word))
        {
            network.busy_until("workflow", || workflows_now() == 1);
        }
        let (said, trade) = shell.typed(&block);
        as_shown(&said, &block);
        checks += block.typed.matches(" check publish ").count();
        if !trade.is_empty() {
            let seen = reader.run(&["trade", "show", &trade]).expect(DONE);
            stages.push(seen.text("stage").to_owned());
        }
    }
    stages
}

#[test]
fn the_page_leads_from_an_order_to_its_payment() {
    let stages = play("trade", &Network::start(3));
    let stopped = ["invoiced"; 9]; // billed, granted, proven twice, seen, refused, corrected, proven, refused
    let before = ["opened", "ordered", "confirmed", "delivered", "delivered"];
    let after = ["financeable", "financed", "paid"];
    assert_eq!(stages, [&before[..], &stopped, &after].concat());
}

#[test]
fn the_page_leads_through_a_letter_of_credit() {
    let id = "bank-a=vat:IT09325180744";
    let page = fs::read_to_string(root().join("docs/run-a-trade.md")).unwrap();
    let begins = format!("sealane network init --dir net --banks 3 --nodes one --id {id}\n");
    assert!(page.contains(&begins));
    let network = Network::start_with(3, &["--id", id]);
    let stages = play("credit", &network);
    let steps = ["opened", "applied", "issued", "shipped", "presented"];
    let after = ["presented", "complying", "financed", "paid"];
    assert_eq!(stages, [&steps[..], &after].concat());
}

#[test]
fn identifiers_of_nobody_or_that_are_none_make_no_network() {
    let folder = tempfile::tempdir().unwrap();
    let net = folder.path().join("net").display().to_string();
    let refused = |id: &str| {
        let words = ["network", "init", "--dir", &net, "--banks", "2", "--id", id];
        let said = sealane(&words).expect(INVALID).words();
        assert!(!folder.path().join("net").exists(), "{said}");
        said
    };
    let stranger = refused("bank-z=vat:IT09325180744");
    assert!(stranger.contains("bank-a, bank-b"), "{stranger}");
    assert!(refused("vat:IT09325180744").contains("name=scheme:value"));
    assert!(refused("bank-a=vat:").contains("names nobody"));
}
