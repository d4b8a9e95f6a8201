//! Running `sealane` as its users do: arguments in; exit code, one JSON object and messages out.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// Exit code: done.
pub const DONE: i32 = 0;
/// Exit code: it could not be done.
pub const CANNOT: i32 = 1;
/// Exit code: the input is not valid.
pub const INVALID: i32 = 2;
/// Exit code: the network's rules refuse it.
pub const REFUSED: i32 = 3;

/// The workspace's root.
#[must_use]
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the package lies in the workspace")
}

/// The binary under test: beside this test's own executable, where the workspace's build puts it.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn program() -> PathBuf {
    let program = program_folder().join("sealane");
    assert!(
        program.is_file(),
        "there is no {}: build it first (cargo build --release -p sealane), or run `make test`",
        program.display()
    );
    program
}

/// Where the workspace's build puts programs; this test's own executable lies in a folder inside it.
///
/// # Panics
/// When this test runs from anywhere else.
#[must_use]
pub fn program_folder() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows its own path");
    let folder = own.parent().and_then(Path::parent);
    folder
        .expect("tests are built into a folder of the target folder")
        .to_owned()
}

/// What a command came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The arguments, for messages.
    pub said: String,
    /// The exit code; −1 where a signal ended it.
    pub code: i32,
    /// The object on standard output; null where there was none.
    pub data: Value,
    /// Standard error.
    pub errors: String,
}

impl Outcome {
    fn new(said: String, output: &Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout);
        Self {
            said,
            code: output.status.code().unwrap_or(-1),
            data: serde_json::from_str(text.trim()).unwrap_or(Value::Null),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same, if it ended with `code`.
    ///
    /// # Panics
    /// When it ended otherwise, or printed no object.
    #[must_use]
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        let right = self.code == code && self.data.is_object();
        assert!(
            right,
            "expected exit code {code} and one JSON object:\n{self}"
        );
        self
    }

    /// A text of the object.
    ///
    /// # Panics
    /// When there is none at `key`.
    #[must_use]
    #[track_caller]
    pub fn text(&self, key: &str) -> &str {
        let found = self.data.get(key).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no text at {key:?} of\n{self}"))
    }

    /// A whole number of the object.
    ///
    /// # Panics
    /// When there is none at `key`.
    #[must_use]
    #[track_caller]
    pub fn number(&self, key: &str) -> u64 {
        let found = self.data.get(key).and_then(Value::as_u64);
        found.unwrap_or_else(|| panic!("no number at {key:?} of\n{self}"))
    }

    /// Everything it printed, in lower case: for messages that must say something.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.data, self.errors).to_lowercase()
    }
}

/// The network's rules refused it, and said `why`.
///
/// # Panics
/// When it came out otherwise.
#[track_caller]
pub fn refused_for(outcome: Outcome, why: &str) {
    let outcome = outcome.expect(REFUSED);
    let said = outcome.words().contains(why);
    assert!(said, "no word of {why:?}:\n{outcome}");
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            said,
            code,
            data,
            errors,
        } = self;
        write!(out, "sealane {said}\nexit code {code}\n{data}\n{errors}")
    }
}

/// `sealane` with `--json` and these arguments, not started yet.
pub fn prepare<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(program());
    command.arg("--json").args(arguments);
    command
        .env_remove("SEALANE_HOME")
        .env_remove("SEALANE_PASSPHRASE");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs `sealane --json` with these arguments to its end.
pub fn sealane<A: AsRef<OsStr>>(arguments: &[A]) -> Outcome {
    let output = prepare(arguments).output();
    let output = output.expect("the program can be started");
    Outcome::new(said(arguments), &output)
}

/// Starts `sealane --json` and leaves it running.
pub fn start<A: AsRef<OsStr>>(arguments: &[A]) -> Running {
    let child = prepare(arguments).spawn();
    let child = child.expect("the program can be started");
    Running {
        said: said(arguments),
        child,
    }
}

/// A command that runs.
#[derive(Debug)]
pub struct Running {
    said: String,
    child: Child,
}

impl Running {
    /// Ends it with SIGKILL, if it has not ended by itself, and says what it printed until then.
    #[must_use]
    pub fn kill(mut self) -> Outcome {
        let _ = self.child.kill();
        self.wait()
    }

    /// Waits for its end.
    #[must_use]
    pub fn wait(self) -> Outcome {
        let output = self.child.wait_with_output();
        Outcome::new(self.said, &output.expect("a child can be waited for"))
    }
}

fn said<A: AsRef<OsStr>>(arguments: &[A]) -> String {
    let words: Vec<_> = arguments
        .iter()
        .map(|word| word.as_ref().to_string_lossy())
        .collect();
    words.join(" ")
}
