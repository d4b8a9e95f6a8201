//! What waits for long is passed on again: those it was passed on to may have been restarted since, and this node may
//! have no turn of its own, as an observer or without power.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use sealane_consensus::Costs;
use sealane_types::ids::TxId;
use tokio::sync::watch;

use crate::chain::Chain;

/// How long a transaction waits before it is passed on again, at least; at most twice that.
const LONG: Duration = Duration::from_secs(5);
/// Most that are passed on at a time, the oldest first, and their bytes.
const MOST: usize = 256;
const BYTES: usize = 4 << 20;

/// Looks at what waits until the node stops.
pub(crate) async fn follow(chain: Arc<Chain>, mut stopping: watch::Receiver<bool>) {
    let mut before = BTreeSet::<TxId>::new();
    loop {
        let stop = stopping.wait_for(|stop| *stop);
        if tokio::time::timeout(LONG, stop).await.is_ok() {
            return;
        }
        let waiting = chain.mempool.peek(MOST, BYTES, usize::MAX, Costs::ANY);
        let long = waiting.iter().filter(|one| before.contains(&one.id));
        long.for_each(|one| chain.gossip.pass_on(&one.transaction));
        before = waiting.iter().map(|one| one.id).collect();
        if let Err(error) = chain.attend_consent().await {
            tracing::error!(%error, "this validator's dealing is not made; the next block brings another attempt");
        }
    }
}
