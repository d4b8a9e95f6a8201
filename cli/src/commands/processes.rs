//! A network's processes on this machine: started in the background, found again by their pid files.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::files;
use crate::outcome::Failure;

/// The file in a node's home that holds its process id.
const PID_FILE: &str = "node.pid";
/// The file in a node's home that takes its log, which the node itself writes and begins anew; what it says before that, too.
const LOG_FILE: &str = "node.log";
/// The file in a node's home that holds the address it listens at.
const ADDRESS_FILE: &str = "address";
/// How long a node may take to listen, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The process of the node whose home this is, while it runs.
pub fn running(home: &Path) -> Option<Pid> {
    let text = fs::read_to_string(home.join(PID_FILE)).ok()?;
    let pid = Pid::from_raw(text.trim().parse().ok()?)?;
    test_kill_process(pid).ok()?;
    // a pid may have been given to another process since: ours has `node` and the home in its command line
    let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero()));
    match line {
        Ok(line) => names_node(&line, home).then_some(pid),
        Err(_) => Some(pid), // no /proc here: believe the file
    }
}

/// The process that was started for the node of `home` and has ended without being stopped, and the file of its log.
pub fn ended(home: &Path) -> Option<(String, PathBuf)> {
    let pid = fs::read_to_string(home.join(PID_FILE)).ok()?;
    let log = home.join(LOG_FILE);
    (running(home).is_none() && log.is_file()).then(|| (pid.trim().to_owned(), log))
}

fn names_node(command_line: &[u8], home: &Path) -> bool {
    let words: Vec<_> = command_line
        .split(|byte| *byte == 0)
        .map(String::from_utf8_lossy)
        .collect();
    words.iter().any(|word| word == "node")
        && words
            .iter()
            .any(|word| Path::new(word.as_ref()) == named(home))
}

/// The folder that a node's command line names: its bank's home where it is in one.
fn named(home: &Path) -> &Path {
    let parent = home
        .parent()
        .filter(|parent| parent.join("home.toml").is_file());
    parent.unwrap_or(home)
}

/// The file that says where the node of `home` listens, while it runs.
pub fn address_file(home: &Path) -> PathBuf {
    home.join(ADDRESS_FILE)
}

/// Starts the node of `home` in the background and waits until it listens; gives its address.
///
/// # Errors
/// When it runs already, cannot be started, or stops or stays silent before it listens.
pub fn start(home: &Path) -> Result<String, Failure> {
    let shown = home.display();
    if running(home).is_some() {
        return Err(Failure::invalid(format!(
            "{shown}: its node is running already. Stop it first (sealane network stop)."
        )));
    }
    let _ = fs::remove_file(address_file(home));
    let program = std::env::current_exe()
        .map_err(|error| Failure::cannot(format!("this program's own path is unknown: {error}")))?;
    let log = log_file(home)?;
    let said = log.metadata().map_or(0, |log| log.len());
    let errors = log
        .try_clone()
        .map_err(|error| Failure::cannot(format!("{shown}: {error}")))?;
    let mut child = Command::new(program)
        .arg("node")
        .arg("--home")
        .arg(named(home))
        .arg("--log-file")
        .arg(home.join(LOG_FILE))
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        .process_group(0)
        .spawn()
        .map_err(|error| {
            Failure::cannot(format!("{shown}: its node could not be started: {error}"))
        })?;
    files::write(&home.join(PID_FILE), child.id().to_string())?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Ok(address) = fs::read_to_string(address_file(home)) {
            return Ok(address.trim().to_owned());
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(Failure::cannot(format!(
                "{shown}: its node ended at once ({status}). The last lines of its log:\n{}",
                tail_since(home, said)
            )));
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            return Err(Failure::cannot(format!(
                "{shown}: its node does not listen after 30 s. The last lines of its log:\n{}",
                tail_since(home, said)
            )));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// That the node of `home`, which began to listen, still runs.
///
/// # Errors
/// When it has ended, with the last lines of its log.
pub fn must_run(home: &Path) -> Result<(), Failure> {
    match running(home) {
        Some(_) => Ok(()),
        None => Err(Failure::cannot(format!(
            "{}: its node ended soon after it had started. The last lines of its log:\n{}",
            home.display(),
            tail_since(home, 0)
        ))),
    }
}

/// Asks the node of `home` to stop and waits until it has; `false` where none runs.
///
/// # Errors
/// When it does not stop.
pub fn stop(home: &Path) -> Result<bool, Failure> {
    let Some(pid) = running(home) else {
        return Ok(false);
    };
    let failed = |error| {
        Failure::cannot(format!(
            "{}: its process {} cannot be stopped: {error}",
            home.display(),
            pid.as_raw_nonzero()
        ))
    };
    kill_process(pid, Signal::TERM).map_err(failed)?;
    let deadline = Instant::now() + PATIENCE;
    while running(home).is_some_and(|_| !is_zombie(pid)) {
        if Instant::now() > deadline {
            return Err(Failure::cannot(format!(
                "{}: its process {} does not stop within 30 s; see {LOG_FILE}",
                home.display(),
                pid.as_raw_nonzero()
            )));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = fs::remove_file(home.join(PID_FILE));
    Ok(true)
}

/// Ends the node of `home` at once, as a power cut would: nothing is asked, nothing is waited for but its end.
///
/// # Errors
/// When it does not run.
pub fn kill(home: &Path) -> Result<(), Failure> {
    let failed = |why: String| Failure::cannot(format!("{}: {why}", home.display()));
    let pid = running(home).ok_or_else(|| failed("its node is not running".to_owned()))?;
    kill_process(pid, Signal::KILL).map_err(|error| failed(error.to_string()))?;
    while running(home).is_some_and(|_| !is_zombie(pid)) {
        std::thread::sleep(Duration::from_millis(5));
    }
    fs::remove_file(home.join(PID_FILE)).map_err(|error| failed(error.to_string()))
}

/// A child of ours that has ended and was not waited for.
fn is_zombie(pid: Pid) -> bool {
    let stat =
        fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

fn log_file(home: &Path) -> Result<fs::File, Failure> {
    let path: PathBuf = home.join(LOG_FILE);
    let opened = fs::OpenOptions::new().create(true).append(true).open(&path);
    opened.map_err(|error| Failure::cannot(format!("{}: {error}", path.display())))
}

/// The last lines of a node's log after so many bytes, which an earlier run wrote; of a new file all.
fn tail_since(home: &Path, said: u64) -> String {
    let log = fs::read(home.join(LOG_FILE)).unwrap_or_default();
    let said = usize::try_from(said).unwrap_or(usize::MAX);
    let new = String::from_utf8_lossy(log.get(said..).unwrap_or(&log)).into_owned();
    let lines: Vec<&str> = new.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}
