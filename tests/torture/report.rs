//! What a long run did and came to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use sealane_tests::blocks::Blocks;
use sealane_tests::command::program_folder;
use sealane_tests::history::{Sought, Summary};

/// What happened so far.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<String>,
    kinds: BTreeMap<&'static str, usize>,
    slowest: Duration,
}

/// What the checker said.
#[derive(Debug)]
pub struct Verdict {
    pub summary: Summary,
    pub violations: Vec<String>,
    pub leaks: Vec<String>,
    pub sought: Sought,
}

impl Report {
    /// Something of a kind happened.
    pub fn add(&mut self, at: Duration, kind: &'static str, what: &str) {
        *self.kinds.entry(kind).or_default() += 1;
        let line = format!("{:>5} s  {kind}: {what}", at.as_secs());
        println!("{line}");
        self.lines.push(line);
    }

    /// All nodes decided again after so long.
    pub fn went_on(&mut self, after: Duration) {
        self.slowest = self.slowest.max(after);
    }

    /// How often something of this kind happened.
    pub fn count(&self, kind: &str) -> usize {
        self.kinds.get(kind).copied().unwrap_or_default()
    }

    /// Ends the report: prints it, and leaves it beside the program.
    pub fn end(mut self, seed: u64, node: &Blocks, verdict: &Verdict) {
        let Verdict {
            summary,
            violations,
            leaks,
            sought,
        } = verdict;
        let halt = longest_halt(node);
        let holds = |what: &str| {
            let against = violations.iter().chain(leaks);
            match against.filter(|line| line.contains(what)).count() {
                0 => format!("{what} holds"),
                count => format!("{what} IS VIOLATED {count} TIMES"),
            }
        };
        let mut text = String::new();
        let mut line = |what: String| writeln!(text, "{what}").unwrap();
        line(format!("seed {seed}"));
        line(format!(
            "{} blocks, {} transactions; {summary:?}",
            summary.blocks,
            node.receipts.len()
        ));
        for (kind, count) in &self.kinds {
            line(format!("{count:>5} × {kind}"));
        }
        line(format!(
            "longest time between two blocks: {:.1} s",
            halt.as_secs_f64()
        ));
        line(format!(
            "longest until all nodes went on: {:.1} s",
            self.slowest.as_secs_f64()
        ));
        line(format!("sought for I5: {sought:?}"));
        line(["I1:", "I2:", "I4:", "I5:"].map(holds).join(", "));
        println!("{text}");
        self.lines.push(text);
        self.lines.extend(violations.iter().chain(leaks).cloned());
        let path = program_folder().join("torture-report.txt");
        std::fs::write(&path, self.lines.join("\n")).unwrap();
        println!("the report is in {}", path.display());
    }
}

/// By the blocks' own times.
fn longest_halt(node: &Blocks) -> Duration {
    let times = node.blocks.iter().map(|block| block.header.time.0);
    let times: Vec<u64> = times.collect();
    let gaps = times.windows(2).map(|two| two[1] - two[0]);
    Duration::from_millis(gaps.max().unwrap_or_default())
}
