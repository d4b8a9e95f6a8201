//! What is written: results on standard output, where a line that cannot be written is a failure; remarks and progress on standard
//! error, where it is none. Nothing else prints (`print!` and its like panic where the output is closed or full).
//!
//! Progress is a spinner where a person watches, plain lines elsewhere, nothing with `--json` unless it takes long enough to be
//! worth a line.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

#[cfg(feature = "network")]
pub mod ask;

/// Why a line of the result is not written: nobody reads any more, or the disk is full.
#[derive(Debug)]
pub struct Unwritten(io::Error);

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind() == ErrorKind::BrokenPipe {
            true => f.write_str(
                "not all of the output was read: the program that it was piped into has ended",
            ),
            false => write!(f, "the output cannot be written: {}", self.0),
        }
    }
}

/// Writes a line of the result.
///
/// # Errors
/// When it cannot be written.
pub fn line(text: &str) -> Result<(), Unwritten> {
    written(text, "\n").map_err(Unwritten)
}

/// Writes text that ends with a line's end already.
///
/// # Errors
/// When it cannot be written.
pub fn page(text: &str) -> io::Result<()> {
    written(text, "")
}

fn written(text: &str, end: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.write_all(end.as_bytes())?;
    out.flush()
}

/// Writes a line beside the result, for whoever reads it.
pub fn remark(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Shows what is going on.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Starts with a first message.
    pub fn start(message: &str) -> Self {
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(120));
        let progress = Self { bar };
        progress.say(message);
        progress
    }

    /// Goes on to the next message.
    pub fn say(&self, message: &str) {
        if self.bar.is_hidden() {
            remark(message);
        } else {
            self.bar.set_message(message.to_owned());
        }
    }

    /// Writes a line that stays, above what is going on.
    pub fn remark(&self, message: &str) {
        self.bar.suspend(|| remark(message));
    }
}

/// A bar over so many things, for work that tells each; hidden where no person watches.
pub fn bar(things: usize, message: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(things as u64);
    let style =
        ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} ({elapsed}, {eta} to go)");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(message);
    bar
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
