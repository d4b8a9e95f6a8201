//! What waits for long is passed on again: those it was passed on to may have been restarted since, and this node may
//! have no turn of its own, as an observer or without power. And the operator hears of a vote that stops this program.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_consensus::Costs;
use sealane_types::ids::TxId;
use tokio::sync::watch;

use crate::chain::Chain;
use crate::rules::Foretold;

/// How long a transaction waits before it is passed on again, at least; at most twice that.
const LONG: Duration = Duration::from_secs(5);
/// How often it is said that this program does not know what the members have voted for.
const REMIND: Duration = Duration::from_secs(3600);
/// Most that are passed on at a time, the oldest first, and their bytes.
const MOST: usize = 256;
const BYTES: usize = 4 << 20;

/// Looks at what waits until the node stops.
pub(crate) async fn follow(chain: Arc<Chain>, mut stopping: watch::Receiver<bool>) {
    let mut before = BTreeSet::<TxId>::new();
    let (mut foretold, mut told) = (Foretold::default(), None::<Instant>);
    loop {
        let stop = stopping.wait_for(|stop| *stop);
        if tokio::time::timeout(LONG, stop).await.is_ok() {
            return;
        }
        let waiting = chain.mempool.peek(MOST, BYTES, usize::MAX, Costs::ANY);
        let long = waiting.iter().filter(|one| before.contains(&one.id));
        long.for_each(|one| chain.gossip.pass_on(&one.transaction));
        before = waiting.iter().map(|one| one.id).collect();
        if told.is_none_or(|told| told.elapsed() > REMIND) {
            let (store, height) = (Arc::clone(&chain.store), chain.tip().height);
            let look = move || (foretold.look(&store, height), foretold);
            let Ok((found, looked)) = tokio::task::spawn_blocking(look).await else {
                return; // the runtime ends
            };
            foretold = looked;
            // a store that fails is told of by whoever writes to it
            if let Ok(Some((at, what))) = found {
                told = Some(Instant::now());
                tracing::warn!(
                    "this node stops before height {at}: the members have voted for {what}. Install the version that knows it before"
                );
            }
        }
        if let Err(error) = chain.attend_consent().await {
            tracing::error!(%error, "this validator's dealing is not made; the next block brings another attempt");
        }
    }
}
