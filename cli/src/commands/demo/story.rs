//! Where the story is played: a temporary folder, what has been told, and what was measured.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sealane_client::progress::{Activity, Event, Progress};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};

use crate::commands::network::nodes::nodes_of;
use crate::commands::processes;
use crate::outcome::Failure;
use crate::terminal;

/// One step as it came out.
struct Told {
    name: &'static str,
    title: String,
    holds: bool,
    data: Value,
}

/// The story so far.
pub struct Story {
    folder: TempDir,
    as_json: bool,
    began: Instant,
    steps: Vec<Told>,
    measured: Vec<(&'static str, &'static str, String)>,
    ending: Arc<AtomicBool>,
}

impl Story {
    /// An empty stage in a temporary folder.
    pub fn new(as_json: bool) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("sealane-demo-").tempdir();
        let folder =
            folder.map_err(|error| Failure::cannot(format!("no temporary folder: {error}")))?;
        Ok(Self {
            folder,
            as_json,
            began: Instant::now(),
            steps: Vec::new(),
            measured: Vec::new(),
            ending: Arc::default(),
        })
    }

    /// The temporary folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tells one step: a title, what came of it, and whether that is what must come of it.
    ///
    /// # Errors
    /// When nobody reads any more: the story ends then.
    pub fn tell(
        &mut self,
        name: &'static str,
        title: &str,
        lines: &[String],
        holds: bool,
        data: Value,
    ) -> Result<(), Failure> {
        if !self.as_json {
            let sign = if holds { "✓" } else { "✗" };
            terminal::line(&format!("{sign} {}. {title}", self.steps.len() + 1))?;
            for line in lines {
                terminal::line(&format!("     {line}"))?;
            }
        }
        self.steps.push(Told {
            name,
            title: title.to_owned(),
            holds,
            data,
        });
        Ok(())
    }

    /// Notes a figure for the table.
    pub fn measure(&mut self, key: &'static str, label: &'static str, value: impl Into<String>) {
        self.measured.push((key, label, value.into()));
    }

    /// Whether any step came out otherwise than it must.
    pub fn failed(&self) -> bool {
        self.steps.iter().any(|step| !step.holds)
    }

    /// Where a signal ends the story (Ctrl-C, `kill`, a terminal that is closed), takes its nodes and its folder away before the
    /// process ends. Nodes have process groups of their own, so that the signal does not reach them.
    pub fn leave_nothing_behind(&self) {
        let (folder, ending) = (self.folder().to_owned(), Arc::clone(&self.ending));
        tokio::spawn(async move {
            let code = ended().await;
            ending.store(true, Ordering::Relaxed);
            terminal::remark("sealane: ending; the demo's nodes and its folder are taken away");
            for _ in 0..2 {
                kill_all(&folder);
                let _ = std::fs::remove_dir_all(&folder);
                // a node may have been starting
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            std::process::exit(code);
        });
    }

    /// Where a signal ends the story, whatever the story came to because of it does not count: the process is about to end.
    pub async fn wait_for_the_end(&self) {
        if self.ending.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    /// Stops what runs in the folder.
    pub fn close(&mut self) {
        for node in nodes_of(self.folder()).unwrap_or_default() {
            if let Err(failure) = processes::stop(&node.folder) {
                terminal::remark(&format!("sealane: {}", failure.message));
            }
        }
        self.measure("story", "the whole story", seconds(self.began.elapsed()));
    }

    /// The closing table, and all steps as data.
    pub fn table(&self) -> (String, Value) {
        let width = self
            .measured
            .iter()
            .map(|(_, label, _)| label.chars().count())
            .max()
            .unwrap_or(0);
        let mut text = String::from("\n  Measured\n");
        for (_, label, value) in &self.measured {
            text.push_str(&format!("  {label:<width$}  {value}\n"));
        }
        let steps: Vec<Value> = self
            .steps
            .iter()
            .map(|step| json!({"name": step.name, "title": step.title, "ok": step.holds, "data": step.data}))
            .collect();
        let measured: serde_json::Map<String, Value> = self
            .measured
            .iter()
            .map(|(key, _, value)| ((*key).to_owned(), json!(value)))
            .collect();
        (
            text.trim_end().to_owned(),
            json!({"steps": steps, "measured": measured}),
        )
    }
}

/// Whatever ended the story: what is left of it dies with it, and the folder after it.
impl Drop for Story {
    fn drop(&mut self) {
        kill_all(self.folder());
    }
}

fn kill_all(folder: &Path) {
    for node in nodes_of(folder).unwrap_or_default() {
        let _ = processes::kill(&node.folder); // none runs
    }
}

/// Waits for a signal that ends the process; the exit code that shells give to such an end.
async fn ended() -> i32 {
    let signals = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let [interrupt, terminate, hangup] = signals.map(|kind| async move {
        match signal(kind) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await, // without a handler the signal ends the process at once
        }
        128 + kind.as_raw_value()
    });
    tokio::select! {
        code = interrupt => code,
        code = terminate => code,
        code = hangup => code,
    }
}

/// A duration in seconds with two decimals, or in milliseconds below one second.
pub fn seconds(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis == 0 {
        "under 1 ms".to_owned()
    } else if millis < 1000 {
        format!("{millis} ms")
    } else {
        format!("{}.{:02} s", millis / 1000, millis % 1000 / 10)
    }
}

/// When each activity of a flow began.
#[derive(Default)]
pub(super) struct Stopwatch(Mutex<Vec<(Activity, Instant)>>);

impl Progress for Stopwatch {
    fn report(&self, event: &Event) {
        let mut marks = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        marks.push((event.activity, Instant::now()));
    }
}

impl Stopwatch {
    /// Since the last time that the log of taken fingerprints was fetched.
    pub(super) fn since_looking(&self) -> Duration {
        let marks = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let looked = marks
            .iter()
            .rev()
            .find(|(activity, _)| *activity == Activity::FetchingTaken);
        looked.map(|(_, at)| at.elapsed()).unwrap_or_default()
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
