//! An engine that lies, for tests of the honest ones. Behind a feature that no shipped program has.
//!
//! | attack | where it is done |
//! | --- | --- |
//! | votes twice, withholds votes or proposals | Malachite's own proxy before the network |
//! | proposes twice | here: a second block with another time is sent first; the proxy proposes it too |
//! | forgets its lock | here: where the engine votes for nothing, the proposed block gets the vote |
//! | lies to a node that lags | here: blocks with another time, or true headers over other transactions, under the true certificates |
//! | never commits | here: a precommit for a block becomes one for nothing |

use std::sync::{Mutex, OnceLock, PoisonError};

use malachitebft_app_channel::app::types::ProposedValue;
use malachitebft_app_channel::app::types::core::{NilOrVal, Round};
use malachitebft_engine_byzantine::Amnesia;
pub use malachitebft_engine_byzantine::{ByzantineConfig, Trigger};
use rand::rngs::StdRng;
use sealane_ledger::block_id;
use sealane_types::block::Block;
use sealane_types::ids::{AliasId, BlockId, BlockTime};

use crate::malachite::{At, Context};

struct Attack {
    config: ByzantineConfig,
    /// Who lies. What others said is told again as it was: the engine makes their votes anew to check certificates.
    own: OnceLock<AliasId>,
    amnesia: Amnesia<Context>,
    random: Mutex<StdRng>,
    /// The last block that it was locked on: it saw that two thirds want it.
    locked: Mutex<Option<(At, Round, BlockId)>>,
    /// The last block that had a second, and that one.
    second: Mutex<Option<(BlockId, BlockId)>>,
    sync: Sync,
}

static ATTACK: OnceLock<Attack> = OnceLock::new();

/// Whether blocks are sent as they are to nodes that lag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// As they are.
    Honest,
    /// With another time in them, or with their true headers over other transactions, under the certificate of the true
    /// ones.
    Lies,
}

/// Sets what every engine of this process does, before the first is started.
///
/// # Panics
/// When it is set already.
pub fn arm(config: ByzantineConfig, sync: Sync) {
    let attack = Attack {
        own: OnceLock::new(),
        amnesia: Amnesia::new(config.ignore_locks.clone(), config.seed),
        random: Mutex::new(malachitebft_engine_byzantine::config::make_rng(config.seed)),
        locked: Mutex::default(),
        second: Mutex::default(),
        sync,
        config,
    };
    assert!(ATTACK.set(attack).is_ok(), "an attack is set once");
}

/// Whether this process lies.
pub(crate) fn armed() -> bool {
    ATTACK.get().is_some()
}

/// What the proxy of the engine of `own` does; nothing unless it is armed.
pub(crate) fn at_the_network(own: AliasId) -> ByzantineConfig {
    let Some(attack) = ATTACK.get() else {
        return ByzantineConfig::default();
    };
    let _ = attack.own.set(own); // one engine in this process
    attack.config.clone()
}

/// The attack, where it is its own vote.
fn of_voter(voter: AliasId) -> Option<&'static Attack> {
    ATTACK
        .get()
        .filter(|attack| attack.own.get() == Some(&voter))
}

impl Attack {
    /// Where the engine precommits a block, it is locked on it from then on, whatever becomes of that vote.
    fn lock(&self, height: At, round: Round, block: BlockId) {
        let lock = Some((height, round, block));
        *self.locked.lock().unwrap_or_else(PoisonError::into_inner) = lock;
    }

    /// What it votes for although the engine would not: said where that is another block than it is locked on.
    fn forget(&self, height: At, round: Round) -> Option<BlockId> {
        let block = self.amnesia.try_override_nil_prevote(height, round)?;
        let locked = *self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, before, own)) = locked.filter(|lock| lock.0 == height && lock.2 != block) {
            tracing::warn!(%height, %round, %before, %own, %block, "BYZANTINE: forgetting its lock");
        }
        Some(block)
    }

    fn fires(&self, trigger: &Trigger, height: At, round: Round) -> bool {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        trigger.fires(height, round, &mut random)
    }
}

/// A valid proposal has come, or was made.
pub(crate) fn proposed(value: &ProposedValue<Context>) {
    if let Some(attack) = ATTACK.get() {
        let (height, round) = (value.height, value.round);
        attack
            .amnesia
            .record_proposed_value(height, round, value.value.0);
    }
}

/// What `voter` prevotes where the engine would prevote `value`.
pub(crate) fn prevote(
    height: At,
    round: Round,
    value: NilOrVal<BlockId>,
    voter: AliasId,
) -> NilOrVal<BlockId> {
    let forgotten = || of_voter(voter)?.forget(height, round);
    match value {
        NilOrVal::Nil => forgotten().map_or(NilOrVal::Nil, NilOrVal::Val),
        block => block,
    }
}

/// What `voter` precommits where the engine would precommit `value`.
pub(crate) fn precommit(
    height: At,
    round: Round,
    value: NilOrVal<BlockId>,
    voter: AliasId,
) -> NilOrVal<BlockId> {
    if let (Some(attack), NilOrVal::Val(block)) = (of_voter(voter), value) {
        attack.lock(height, round, block);
    }
    let refuses = |attack: &Attack| {
        let trigger = &attack.config.force_precommit_nil;
        attack.fires(trigger, height, round)
    };
    match of_voter(voter).is_some_and(refuses) {
        true => {
            tracing::warn!(%height, %round, "BYZANTINE: precommitting nothing");
            NilOrVal::Nil
        }
        false => value,
    }
}

/// A second block to propose beside `first`, which is as valid.
pub(crate) fn second_block(height: At, round: Round, first: &Block) -> Option<Block> {
    let attack = ATTACK.get()?;
    let trigger = &attack.config.equivocate_proposals;
    if !attack.fires(trigger, height, round) {
        return None;
    }
    tracing::warn!(%height, %round, "BYZANTINE: proposing a second block");
    let mut second = first.clone();
    second.header.time = BlockTime(first.header.time.0.saturating_add(1));
    let ids = (block_id(&first.header), block_id(&second.header));
    *attack.second.lock().unwrap_or_else(PoisonError::into_inner) = Some(ids);
    Some(second)
}

/// What is sent to a node that lags where it is to have `block`.
pub(crate) fn sync_block(mut block: Block) -> Block {
    if ATTACK.get().is_some_and(|attack| attack.sync == Sync::Lies) {
        let height = block.header.height;
        tracing::warn!(%height, "BYZANTINE: lying to a node that lags");
        match block.transactions.pop() {
            Some(_) => {} // the header is the true one
            None => block.header.time = BlockTime(block.header.time.0.saturating_add(1)),
        }
    }
    block
}

/// The second block that was sent beside `first`; `first` itself where there was none.
pub(crate) fn second_of(first: &BlockId) -> BlockId {
    let sent = ATTACK
        .get()
        .and_then(|attack| *attack.second.lock().unwrap_or_else(PoisonError::into_inner));
    match sent {
        Some((one, second)) if one == *first => second,
        _ => *first,
    }
}
