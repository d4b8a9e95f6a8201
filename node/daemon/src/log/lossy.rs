//! A log that nobody reads: its lines wait in a queue of their own, and whoever says something never waits for a
//! reader.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime as _, SystemTime};

/// Most lines that wait to be written; what comes beyond is lost.
const LINES: usize = 4096;
/// How long the end of the process waits for them, and how often it looks.
const MOMENT: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(5);

/// Takes lines, and has a thread of its own write them.
#[derive(Debug)]
pub(super) struct Lossy {
    lines: SyncSender<Vec<u8>>,
    /// How many lines wait, the one that is being written among them.
    waiting: Arc<AtomicU64>,
    /// How many were lost since the last that was taken.
    lost: AtomicU64,
    json: bool,
}

impl Lossy {
    /// Whose lines go there, as lines for people or (`json`) as objects.
    ///
    /// # Errors
    /// When no thread can be made.
    pub(super) fn to(there: impl Write + Send + 'static, json: bool) -> io::Result<Self> {
        let (lines, taken) = sync_channel(LINES);
        let waiting = Arc::new(AtomicU64::new(0));
        let left = Arc::clone(&waiting);
        let carry = move || carry(&taken, there, &left);
        thread::Builder::new()
            .name("sealane-log".to_owned())
            .spawn(carry)?;
        Ok(Self {
            lines,
            waiting,
            lost: AtomicU64::new(0),
            json,
        })
    }

    /// Waits a moment until nothing waits any more; whether that is so.
    pub(super) fn finish(&self) -> bool {
        let begun = Instant::now();
        while self.waiting.load(Ordering::Acquire) > 0 {
            if begun.elapsed() >= MOMENT {
                return false;
            }
            thread::sleep(LOOK);
        }
        true
    }

    fn take(&self, line: &[u8]) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        let mut bytes = match lost {
            0 => Vec::new(),
            lost => self.gap(lost).into_bytes(),
        };
        bytes.extend_from_slice(line);
        self.waiting.fetch_add(1, Ordering::AcqRel);
        if self.lines.try_send(bytes).is_err() {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            self.lost
                .fetch_add(lost.saturating_add(1), Ordering::Relaxed);
        }
    }

    /// The line that stands for those that were lost.
    fn gap(&self, lost: u64) -> String {
        let mut at = String::new();
        let _ = SystemTime.format_time(&mut Writer::new(&mut at)); // a string takes all
        let said = format!("{lost} lines of the log were lost here, as nobody read standard error");
        let target = module_path!();
        match self.json {
            true => format!(
                "{{\"timestamp\":\"{at}\",\"level\":\"WARN\",\"fields\":{{\"message\":\"{said}\"}},\"target\":\"{target}\"}}\n"
            ),
            false => format!("{at}  WARN {target}: {said}\n"),
        }
    }
}

fn carry(lines: &Receiver<Vec<u8>>, mut there: impl Write, waiting: &AtomicU64) {
    while let Ok(line) = lines.recv() {
        // a reader that is gone has no use for a fault, and the node goes on
        let _ = there.write_all(&line).and_then(|()| there.flush());
        waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Write for &Lossy {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.take(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Says that it was given something, and takes it once it may.
    struct Slow {
        given: Sender<()>,
        may: Receiver<()>,
        text: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.given.send(());
            let _ = self.may.recv(); // and as much as comes, once nobody holds it back
            self.text.lock().expect("whole").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Whoever said something waited for whoever read standard error: the whole node, and its end.
    #[test]
    fn nobody_waits_for_a_reader_that_does_not_read_and_what_was_lost_is_told() {
        for json in [false, true] {
            let (given, was_given) = channel();
            let (go, may) = channel();
            let text = Arc::new(Mutex::new(Vec::new()));
            let there = Slow {
                given,
                may,
                text: Arc::clone(&text),
            };
            let log = Lossy::to(there, json).expect("a thread");
            let mut writer = &log;
            writer.write_all(b"0\n").expect("taken");
            was_given.recv().expect("the first one is being written");
            for line in 1..=LINES + 7 {
                writer
                    .write_all(format!("{line}\n").as_bytes())
                    .expect("taken");
            }
            assert!(!log.finish(), "the end does not wait for ever");
            drop(go); // now it reads
            assert!((0..100).any(|_| log.finish()), "all is written");
            writer.write_all(b"last\n").expect("taken");
            assert!((0..100).any(|_| log.finish()), "all is written");
            let text = String::from_utf8(text.lock().expect("whole").clone()).expect("text");
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.len(), 1 + LINES + 2);
            assert_eq!(lines[LINES], LINES.to_string());
            assert!(lines[LINES + 1].contains("7 lines of the log were lost"));
            assert_eq!(lines[LINES + 1].starts_with('{'), json);
            assert_eq!(lines[LINES + 2], "last");
        }
    }
}
