//! The one bridge from tokio to rayon: work for the processor runs in a pool of a set size, and
//! never on tokio's threads.

use std::sync::OnceLock;

use thiserror::Error;

/// Why work for the processor did not end.
#[derive(Debug, Error)]
pub enum WorkError {
    /// The pool's threads could not be started.
    #[error("the threads for proving could not be started: {0}")]
    Pool(String),
    /// The work panicked: a fault of this program.
    #[error(
        "the work stopped without an outcome; this is a fault of this program, please report it"
    )]
    Stopped,
}

/// The variable that sets the pool's size; without it, the number of processors.
pub const THREADS: &str = "SEALANE_THREADS";

fn pool() -> Result<&'static rayon::ThreadPool, WorkError> {
    static POOL: OnceLock<Result<rayon::ThreadPool, String>> = OnceLock::new();
    let build = || {
        let wanted = std::env::var(THREADS).ok();
        let threads = wanted.and_then(|text| text.parse().ok()).unwrap_or(0);
        let named = |index| format!("sealane-work-{index}");
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
        builder
            .thread_name(named)
            .build()
            .map_err(|error| error.to_string())
    };
    let pool = POOL.get_or_init(build).as_ref();
    pool.map_err(|reason| WorkError::Pool(reason.clone()))
}

/// Runs `work` in the pool and waits for its outcome without holding a thread of tokio.
///
/// # Errors
/// When the pool cannot be started, or the work panics.
pub async fn on_processor<T, F>(work: F) -> Result<T, WorkError>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let (give, take) = tokio::sync::oneshot::channel();
    pool()?.spawn(move || {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        if let Ok(outcome) = outcome {
            let _ = give.send(outcome); // nobody waits any more: the flow was dropped
        }
    });
    take.await.map_err(|_| WorkError::Stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_runs_on_the_pool_and_a_panic_is_an_error() {
        let name = || std::thread::current().name().map(str::to_owned);
        let ran = on_processor(name).await.expect("ran").expect("named");
        assert!(ran.starts_with("sealane-work-"), "{ran}");
        let panicked = on_processor(|| assert_eq!(1, 2, "on purpose")).await;
        assert!(matches!(panicked, Err(WorkError::Stopped)));
        on_processor(|| ()).await.expect("the pool lives on");
    }
}
