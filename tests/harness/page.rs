//! A page of documentation, played: its commands in one shell, and what it shows of their answers.
//!
//! A block of commands is marked with the scene that it belongs to, and with how it ends where it is not done:
//! `sh trade`, `sh trade refused` (exit code 3), `sh day invalid` (exit code 2); `sh both` is in every scene. The block
//! `text` after it shows lines of what is printed, `…` for what differs from day to day. A block with no scene is not
//! played.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::command::{DONE, INVALID, REFUSED, program_folder, sealane};
use crate::network::Bank;

/// What the shell prints after each block: this, the exit code, the trade's id.
const OVER: &str = "-- over:";

/// What a page has somebody type, with its exit code, and what it shows of the answer.
#[derive(Debug)]
pub struct Block {
    /// The commands.
    pub typed: String,
    code: i32,
    shown: String,
}

/// The part of a page under a heading of the second level.
///
/// # Panics
/// When the page has no such heading.
#[must_use]
pub fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let parts = page.split("\n## ");
    let mut of = parts.filter_map(|part| part.strip_prefix(heading)?.strip_prefix('\n'));
    of.next()
        .unwrap_or_else(|| panic!("no heading {heading:?}"))
}

/// The marks and the texts of a page's blocks.
pub fn marked(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = page.split("```").skip(1).step_by(2);
    parts.map(|part| part.split_once('\n').expect("a block has lines"))
}

/// The blocks marked for `scene` or for both, each with the `text` that follows it.
///
/// # Panics
/// When a mark says something else.
#[must_use]
pub fn blocks(page: &str, scene: &str) -> Vec<Block> {
    let mut blocks: Vec<Option<Block>> = Vec::new();
    for (mark, text) in marked(page) {
        if mark == "text" {
            if let Some(Some(block)) = blocks.last_mut() {
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
            Some("invalid") => INVALID,
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

/// One shell in a folder, as a reader of a page has it.
#[derive(Debug)]
pub struct Shell {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Shell {
    /// A shell in `folder` that finds `sealane`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let path = std::env::var("PATH").expect("there is a PATH");
        let mut child = Command::new("sh")
            .arg("-e")
            .current_dir(folder)
            .env("PATH", format!("{}:{path}", program_folder().display()))
            .env_remove("SEALANE_HOME")
            .env_remove("SEALANE_PASSPHRASE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let stdin = child.stdin.take().expect("it is a pipe");
        let lines = BufReader::new(child.stdout.take().expect("it is a pipe")).lines();
        Self {
            child,
            stdin,
            lines,
        }
    }

    /// Types a block, which must end as the page says and print what it shows; gives the trade's id as soon as the
    /// reader has one, and nothing before.
    ///
    /// # Panics
    /// When it ends otherwise, or prints something else.
    pub fn plays(&mut self, block: &Block) -> String {
        let Block { typed, code, .. } = block;
        // a block that must be done ends the shell at its first failure
        let otherwise = if *code == DONE { "" } else { "|| code=$?" };
        let script = format!(
            "code=0\n{{\n{typed}}} </dev/null 2>&1 {otherwise}\necho \"{OVER} $code ${{trade-}}\"\n"
        );
        let written = self.stdin.write_all(script.as_bytes());
        written.expect("the shell reads");
        let mut said = Vec::new();
        for line in self.lines.by_ref() {
            let line = line.expect("it is text");
            let Some(over) = line.strip_prefix(OVER) else {
                said.push(line);
                continue;
            };
            let over = over.trim_start().split_once(' ');
            let (ended, trade) = over.expect("the shell's own line");
            assert_eq!(ended, code.to_string(), "{typed}\n{}", said.join("\n"));
            as_shown(&said, block);
            return trade.to_owned();
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

/// A folder in which a page makes a network of its own, `net`. Its nodes end with it, also when the page is not played
/// to its end.
#[derive(Debug)]
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// An empty folder.
    ///
    /// # Panics
    /// When the disk refuses.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::TempDir::with_prefix("sealane-test-");
        Self {
            folder: folder.expect("a temporary folder"),
        }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A home in the page's network.
    #[must_use]
    pub fn bank(&self, name: &str) -> Bank {
        Bank::at(&self.folder().join("net").join(name), self.folder())
    }
}

/// Copies a folder of examples with all that it holds.
///
/// # Panics
/// When the disk refuses.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be read") {
        let entry = entry.expect("a folder can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(&from, &to).expect("a file can be copied");
        }
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let net = self.folder().join("net");
        if net.is_dir() {
            let net = net.display().to_string();
            let _ = sealane(&["network", "stop", "--dir", &net]);
        }
    }
}

/// Whether a line is as the page shows it; `…` stands for anything.
fn is_like(line: &str, shown: &str) -> bool {
    let mut pieces = shown.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| line.strip_prefix(first)) else {
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
