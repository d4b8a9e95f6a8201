//! The bridge from tokio to the processor: rayon pools of a set size. Proofs, signatures and execution run there and
//! never on tokio's threads. Blocks have one pool; what is handed in is checked in another, of threads that give way: blocks are
//! executed in time however much is handed in.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use sealane_crypto::random::RandomError;
use sealane_store::StoreError;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::process;

/// Why work on the bridge gave nothing.
#[derive(Debug, Error)]
pub enum BridgeError {
    /// The work met a fault of the machine.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The work panicked: a fault of this program.
    #[error("a fault of this program: {0}")]
    Panicked(String),
    /// The pool is gone.
    #[error("the pool has stopped")]
    Stopped,
}

/// A fault of the machine that the ledger's traits have no error for.
#[derive(Debug, Error)]
pub enum Fault {
    /// The state could not be read.
    #[error("reading the state: {0}")]
    Read(#[source] StoreError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(RandomError),
}

/// The pool.
#[derive(Debug)]
pub(crate) struct Bridge(ThreadPool);

impl Bridge {
    /// The pool for blocks, with this many threads; one per core where it is 0.
    pub(crate) fn new(threads: usize) -> Result<Self, ThreadPoolBuildError> {
        let builder = ThreadPoolBuilder::new().num_threads(threads);
        let named = builder.thread_name(|index| format!("sealane-work-{index}"));
        named.build().map(Self)
    }

    /// The pool for what is handed in, with as many threads; they give way to all others.
    pub(crate) fn giving_way(threads: usize) -> Result<Self, ThreadPoolBuildError> {
        let builder = ThreadPoolBuilder::new().num_threads(threads);
        let named = builder.thread_name(|index| format!("sealane-check-{index}"));
        let lowered = named.start_handler(|_| process::give_way());
        lowered.build().map(Self)
    }

    /// Runs work on the pool; parallel iterators inside it stay on the pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, BridgeError> {
        let (give, result) = oneshot::channel();
        self.0.spawn(move || {
            // Who asked may have gone away; then nobody wants the result.
            let _ = give.send(catch_unwind(AssertUnwindSafe(work)));
        });
        let done = result.await.map_err(|_| BridgeError::Stopped)?;
        done.map_err(explain)
    }
}

/// Ends the work on the bridge. The ledger reads, and asks about proofs, through traits without errors, so
/// that it cannot take a fault for an absence or a refusal; this carries the fault past it.
pub(crate) fn fail(fault: Fault) -> ! {
    resume_unwind(Box::new(fault))
}

fn explain(payload: Box<dyn Any + Send>) -> BridgeError {
    let payload = match payload.downcast::<Fault>() {
        Ok(fault) => return BridgeError::Fault(*fault),
        Err(other) => other,
    };
    let words = payload.downcast_ref::<String>().cloned();
    let words = words.or_else(|| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
    });
    BridgeError::Panicked(words.unwrap_or_else(|| "without words".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_read_error_and_a_panic_come_back_as_errors() {
        let bridge = Bridge::new(1).expect("a thread");
        assert_eq!(bridge.run(|| 2 + 2).await.expect("runs"), 4);
        let read = bridge.run(|| -> () { fail(Fault::Read(StoreError::EmptyValue)) });
        assert!(matches!(
            read.await,
            Err(BridgeError::Fault(Fault::Read(StoreError::EmptyValue)))
        ));
        let fault = bridge
            .run(|| -> () { resume_unwind(Box::new("why")) })
            .await;
        assert!(matches!(fault, Err(BridgeError::Panicked(words)) if words == "why"));
        assert_eq!(bridge.run(|| 1).await.expect("the pool lives on"), 1);
    }
}
