//! A bank's desk: one command at a time, typed again while the network does not answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sealane_tests::command::{CANNOT, DONE, Outcome};
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::Bank;

/// How long a command may be typed again and again.
pub const PATIENCE: Duration = Duration::from_secs(600);
/// How long a desk is left to whoever waits for it, after each command.
const OTHERS: Duration = Duration::from_millis(50);
/// Of so many records one is financed: proving takes most of the machine.
const FINANCED: u32 = 8;

/// A bank whose home several parts of the test use.
#[derive(Debug)]
pub struct Desk {
    pub name: String,
    pub bank: Bank,
    busy: Mutex<()>,
}

impl Desk {
    pub fn new(name: String, bank: Bank) -> Self {
        let busy = Mutex::default();
        Self { name, bank, busy }
    }

    /// Types a command until it is done, or refused.
    pub fn types(&self, words: &[&str]) -> Outcome {
        self.until_told(|| self.bank.run(words))
    }

    /// As [`Desk::types`], written down in the history.
    pub fn deed(&self, history: &History, document: &str, deed: Deed, argument: &str) -> Outcome {
        self.until_told(|| history.run(&self.bank, document, deed, argument))
    }

    fn until_told(&self, run: impl Fn() -> Outcome) -> Outcome {
        let begun = Instant::now();
        loop {
            let outcome = {
                let _busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
                run()
            };
            thread::sleep(OTHERS);
            if outcome.code != CANNOT {
                return outcome;
            }
            assert!(begun.elapsed() < PATIENCE, "not done in time:\n{outcome}");
        }
    }

    /// Seals an invoice; the record.
    pub fn seals(&self, history: &History, document: &str, invoice: &Invoice) -> String {
        let file = self.bank.file(invoice);
        let sealed = self.deed(history, document, Deed::Seal, &file);
        sealed.expect(DONE).text("record").to_owned()
    }

    /// Hands in records, and finances some, until it is told to stop.
    pub fn works(&self, history: &History, over: &AtomicBool) {
        let mut number = 0;
        while !over.load(Ordering::Relaxed) {
            number += 1;
            let document = format!("INV-{}-{number}", self.name);
            let record = self.seals(history, &document, &Invoice::new(&document));
            if number % FINANCED == 3 {
                let financed = self.deed(history, &document, Deed::Finance, &record);
                let _ = financed.expect(DONE);
            }
        }
    }
}
