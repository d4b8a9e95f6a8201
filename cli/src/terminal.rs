//! Progress on standard error: a spinner where a person watches, plain lines elsewhere, nothing with
//! `--json` unless it takes long enough to be worth a line.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

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
            eprintln!("{message}");
        } else {
            self.bar.set_message(message.to_owned());
        }
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
