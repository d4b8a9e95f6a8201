//! Where the story is played: a temporary folder, what has been told, and what was measured.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::commands::network::nodes::nodes_of;
use crate::commands::processes;
use crate::outcome::Failure;

/// One step as it came out.
struct Step {
    name: &'static str,
    title: String,
    holds: bool,
    data: Value,
}

/// The story so far.
pub struct Stage {
    folder: TempDir,
    as_json: bool,
    began: Instant,
    steps: Vec<Step>,
    measured: Vec<(&'static str, &'static str, String)>,
}

impl Stage {
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
        })
    }

    /// The temporary folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tells one step: a title, what came of it, and whether that is what must come of it.
    pub fn tell(
        &mut self,
        name: &'static str,
        title: &str,
        lines: &[String],
        holds: bool,
        data: Value,
    ) {
        if !self.as_json {
            println!(
                "{} {}. {title}",
                if holds { "✓" } else { "✗" },
                self.steps.len() + 1
            );
            for line in lines {
                println!("     {line}");
            }
        }
        self.steps.push(Step {
            name,
            title: title.to_owned(),
            holds,
            data,
        });
    }

    /// Notes a figure for the table.
    pub fn measure(&mut self, key: &'static str, label: &'static str, value: impl Into<String>) {
        self.measured.push((key, label, value.into()));
    }

    /// Whether any step came out otherwise than it must.
    pub fn failed(&self) -> bool {
        self.steps.iter().any(|step| !step.holds)
    }

    /// Stops what runs in the folder.
    pub fn close(&mut self) {
        for node in nodes_of(self.folder()).unwrap_or_default() {
            if let Err(failure) = processes::stop(&node.folder) {
                eprintln!("sealane: {}", failure.message);
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
