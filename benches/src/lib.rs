//! What the benches stand on: documents, financings made as a bank makes them, and a chain in memory that takes them.
//!
//! Everything here fails a bench by panicking with what went wrong: it is no library for anybody else.

pub mod chain;
pub mod consortium;
pub mod deals;
pub mod documents;
pub mod load;
pub mod network;
pub mod processes;
pub mod steps;
pub mod trade;

use std::time::Duration;

use criterion::Criterion;

/// Runs a file's benches with this many samples each; the command line may ask for others.
pub fn run(samples: usize, benches: fn(&mut Criterion)) {
    let mut criterion = Criterion::default()
        .sample_size(samples)
        .configure_from_args();
    benches(&mut criterion);
    criterion.final_summary();
}

/// A duration divided by a number of things, in microseconds, for people: `1,234`.
///
/// # Panics
/// When it took longer than half a million years.
#[must_use]
pub fn micros(duration: Duration, things: u32) -> String {
    let micros = (duration / things.max(1)).as_micros();
    grouped(u64::try_from(micros).expect("benches end"))
}

/// How many things a second, where `things` of them took `duration`.
///
/// # Panics
/// When there are too many to count.
#[must_use]
pub fn per_second(duration: Duration, things: u32) -> String {
    let nanos = duration.as_nanos().max(1);
    let rate = u128::from(things) * 1_000_000_000 / nanos;
    grouped(u64::try_from(rate).expect("fewer than 2^64 a second"))
}

/// The one of several measurements that so many of a hundred do not exceed.
#[must_use]
pub fn percentile(all: &[Duration], hundredths: usize) -> Duration {
    let mut all = all.to_vec();
    all.sort();
    let at = (all.len() * hundredths).div_ceil(100).max(1) - 1;
    all.get(at).copied().unwrap_or_default()
}

/// The middle one of several measurements.
#[must_use]
pub fn median(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// Runs work on one thread, as a validator with one core would.
///
/// # Panics
/// When no thread can be started.
pub fn on_one_core<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    pool.expect("a thread").install(work)
}

/// A number with its thousands apart.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number from the environment, for the size of a bench.
///
/// # Panics
/// When it is set and is none.
#[must_use]
pub fn number_from(variable: &str, usual: usize) -> usize {
    match std::env::var(variable) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{variable}={text}: a number is needed")),
        Err(_) => usual,
    }
}
