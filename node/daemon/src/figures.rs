//! What a node looks at once a second, whether or not blocks come.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealane_ledger::state::Key;
use sealane_types::alias::Alias;
use sealane_types::block::ValidatorSet;
use sealane_types::ids::Height;
use tokio::sync::watch;

use crate::chain::Chain;
use crate::fault::ChainError;
use crate::view::value;

/// How often it looks.
const FIGURES: Duration = Duration::from_secs(1);
/// How often it says that no peer has the next block.
const AGAIN: Duration = Duration::from_secs(3600);

/// Keeps the figures that say what is so at this moment, forgets what waits too long, and says where nobody has the
/// next block, until the node stops.
pub(crate) async fn keep(chain: Arc<Chain>, mut stopping: watch::Receiver<bool>) {
    let (mut known, mut told) = (None, None);
    loop {
        let metrics = &chain.metrics;
        let forgotten = chain.mempool.forget_old(Instant::now());
        if forgotten > 0 {
            tracing::warn!(
                forgotten,
                "transactions that waited longer than `age` of [waiting] are forgotten"
            );
        }
        if let Err(error) = name_validators(&chain, &mut known).await {
            tracing::debug!(%error, "the validators' names cannot be read");
        }
        say_nowhere(&chain, &mut told);
        metrics.now(chain.mempool.len(), chain.gossip.reached_validators());
        let stop = stopping.wait_for(|stop| *stop);
        if tokio::time::timeout(FIGURES, stop).await.is_ok() {
            return;
        }
    }
}

/// Reads whose votes count, where that is not `known` already.
async fn name_validators(
    chain: &Chain,
    known: &mut Option<ValidatorSet>,
) -> Result<(), ChainError> {
    let set = chain.rules().validators.clone();
    if known.as_ref() == Some(&set) {
        return Ok(());
    }
    let (store, height, read) = (Arc::clone(&chain.store), chain.tip().height, set.clone());
    let names = chain.bridge.run(move || {
        let mut names = BTreeSet::new();
        for one in read.validators() {
            let alias: Option<Alias> = value(&store, height, &Key::alias(&one.alias))?;
            names.extend(alias.map(|alias| alias.name));
        }
        Ok::<_, ChainError>(names)
    });
    chain.gossip.count(names.await??);
    *known = Some(set);
    Ok(())
}

/// Says that no peer has the next block; `told` is for which and when it was said last.
fn say_nowhere(chain: &Chain, told: &mut Option<(Height, Instant)>) {
    let next = chain.tip().height.next();
    if !chain.gossip.is_nowhere(next) {
        return;
    }
    let again = |(height, at): &(Height, Instant)| *height != next || at.elapsed() >= AGAIN;
    if told.as_ref().is_none_or(again) {
        *told = Some((next, Instant::now()));
        tracing::error!(
            "no validator's node that answers has block {next}: each began with a snapshot above it, and this node cannot follow. Stop it, move \
             `data` and `consensus` away, write begin = \"snapshot\" at the top of node.toml and start it; or name a peer that has all blocks"
        );
    }
}
