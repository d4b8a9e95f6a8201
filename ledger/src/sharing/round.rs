//! A round of the fingerprint key as a machine of its own: who has done what, which dealings count, and when the epoch
//! may be present. It judges no point and no proof, and reads no state, so that a test can search all of its states.

use sealane_crypto::oprf::{Origin, Sharing};
use sealane_types::ids::{AliasId, BlockTime, ChainId, Epoch, PointBytes, ShareIndex};
use sealane_types::receipt::Refusal;
use sealane_types::sharing::{FingerprintKey, threshold};

use crate::protocol;
use crate::state::{Dealt, Decided, Holder, Key, Round, StateExt, StateRead};

/// Milliseconds of header time that silent dealers of a generation are waited for: a proposer's clock may be ahead by
/// 30 s, and 10 are left.
pub const WINDOW: u64 = 40_000;
/// Milliseconds of header time after which a round that is not complete lapses.
pub const DAY: u64 = 24 * 60 * 60 * 1000;
/// The epoch of the round that genesis opens.
const FIRST: Epoch = Epoch(1);

impl Round {
    /// A round in which nobody has done anything: of these holders, whose key comes from this epoch, or is new.
    pub(crate) fn opened(epoch: Epoch, from: Option<Epoch>, holders: &[AliasId]) -> Self {
        let holder = |validator: &AliasId| Holder {
            validator: *validator,
            key: None,
            confirmed: false,
        };
        let count = u16::try_from(holders.len()).expect("at most 64 holders");
        Self {
            epoch,
            from,
            threshold: threshold(count),
            holders: holders.iter().map(holder).collect(),
            begun: None,
            ready: None,
            dealt: Vec::new(),
            decided: None,
            lapsed: false,
        }
    }

    /// The index of this validator among the holders.
    #[must_use]
    pub fn index_of(&self, validator: &AliasId) -> Option<ShareIndex> {
        let mut holders = (1..).map(ShareIndex).zip(&self.holders);
        let found = holders.find(|(_, holder)| holder.validator == *validator);
        found.map(|(index, _)| index)
    }

    /// Whether the key is new or handed on.
    #[must_use]
    pub fn origin(&self) -> Origin {
        match self.from {
            None => Origin::Generation,
            Some(_) => Origin::Resharing,
        }
    }

    /// Who deals; the dealer at position `j` has index `j + 1`.
    #[must_use]
    pub fn dealers(&self, state: &dyn StateRead) -> Vec<AliasId> {
        match self.old(state) {
            None => self.holders.iter().map(|one| one.validator).collect(),
            Some(old) => old.holders.iter().map(|one| one.validator).collect(),
        }
    }

    /// The index of this validator among the dealers.
    #[must_use]
    pub fn dealer_index(&self, state: &dyn StateRead, validator: &AliasId) -> Option<ShareIndex> {
        let dealers = self.dealers(state);
        let mut dealers = (1..).map(ShareIndex).zip(&dealers);
        let found = dealers.find(|(_, dealer)| *dealer == validator);
        found.map(|(index, _)| index)
    }

    /// The key that is handed on.
    #[must_use]
    pub fn old(&self, state: &dyn StateRead) -> Option<FingerprintKey> {
        self.from
            .and_then(|epoch| state.read(&Key::fingerprint_key(epoch)))
    }

    /// `K_j` of a dealer that hands its share on.
    pub(crate) fn constant(
        &self,
        state: &dyn StateRead,
        dealer: ShareIndex,
    ) -> Option<sealane_crypto::curve::Point> {
        self.old(state)
            .and_then(|old| protocol::key(&old).holder(dealer))
    }

    /// The round as the holders' and dealers' steps take it; none before all keys stand.
    ///
    /// # Panics
    /// When the state holds points that were never checked, which the ledger does not write.
    #[must_use]
    pub fn sharing(&self, chain: ChainId) -> Option<Sharing> {
        let keys = self.holders.iter().map(|holder| holder.key);
        let keys: Vec<PointBytes> = keys.collect::<Option<_>>()?;
        let sharing = Sharing::new(chain, self.epoch, self.threshold, &keys);
        Some(sharing.expect("keys were checked before they were written"))
    }

    /// How many holders have confirmed.
    #[must_use]
    pub fn confirmed(&self) -> usize {
        self.holders
            .iter()
            .filter(|holder| holder.confirmed)
            .count()
    }

    /// A holder's key; the last one makes the round ready.
    pub(crate) fn register(
        &mut self,
        who: &AliasId,
        key: PointBytes,
        time: BlockTime,
    ) -> Result<(), Refusal> {
        let ready = self.ready.is_some();
        let own = self.holder(who)?;
        if ready {
            return Err(Refusal::KeysFixed);
        }
        own.key = Some(key);
        if self.holders.iter().all(|holder| holder.key.is_some()) {
            self.ready = Some(time);
            self.begun = self.begun.or(Some(time));
        }
        Ok(())
    }

    fn holder(&mut self, who: &AliasId) -> Result<&mut Holder, Refusal> {
        let mut holders = self.holders.iter_mut();
        let own = holders.find(|holder| holder.validator == *who);
        own.ok_or(Refusal::NotInRound)
    }

    /// Notes a dealing; [`Round::decide`] comes after it.
    pub(crate) fn deal(&mut self, dealer: ShareIndex) -> Result<(), Refusal> {
        if self.dealt.iter().any(|dealt| dealt.dealer == dealer) {
            return Err(Refusal::AlreadyDealt);
        }
        if self.from.is_none() && self.decided.is_some() {
            return Err(Refusal::DealingsOver);
        }
        let disqualified = false;
        self.dealt.push(Dealt {
            dealer,
            disqualified,
        });
        Ok(())
    }

    /// A complaint about this dealer's dealing was found right; [`Round::decide`] comes after it.
    pub(crate) fn disqualify(&mut self, dealer: ShareIndex) -> Result<(), Refusal> {
        let mut dealt = self.dealt.iter_mut();
        let dealt = dealt.find(|one| one.dealer == dealer && !one.disqualified);
        dealt.ok_or(Refusal::NoDealing)?.disqualified = true;
        Ok(())
    }

    /// Decides which dealings count, as far as that can be at this time: `old` is the threshold of the epoch whose
    /// holders deal. Where they become others, nobody has confirmed. `key` is what these dealings give; or the dealing that must be
    /// set aside first, if one of them is to be.
    pub(crate) fn decide(
        &mut self,
        old: Option<u16>,
        time: BlockTime,
        key: impl Fn(&Self, &[ShareIndex]) -> Result<FingerprintKey, Option<ShareIndex>>,
    ) {
        let before = self.decided.as_ref();
        let stands = before.filter(|decided| decided.key.is_some());
        let mut aside = Vec::new();
        let decided = loop {
            let Some(dealers) = self.qualified(old, time, &aside) else {
                break None;
            };
            if stands.is_some_and(|decided| decided.dealers == dealers) {
                return;
            }
            match key(self, &dealers) {
                Ok(key) => {
                    let key = Some(key);
                    break Some(Decided { dealers, key });
                }
                Err(Some(dealer)) if dealers.contains(&dealer) => aside.push(dealer),
                Err(_) => break Some(Decided { dealers, key: None }),
            }
        };
        if before == decided.as_ref() {
            return;
        }
        self.decided = decided;
        let holders = self.holders.iter_mut();
        holders.for_each(|holder| holder.confirmed = false);
    }

    /// A holder has shown that it has its share of this key.
    pub(crate) fn confirm(&mut self, who: &AliasId, key: &FingerprintKey) -> Result<(), Refusal> {
        let decided = self.decided.as_ref();
        // a dealing may have been disqualified earlier in the block: the key is another one then, even where this
        // share stays
        if decided.and_then(|decided| decided.key.as_ref()) != Some(key) {
            return Err(Refusal::NotYet);
        }
        let own = self.holder(who)?;
        if own.confirmed {
            return Err(Refusal::AlreadyConfirmed);
        }
        own.confirmed = true;
        Ok(())
    }

    /// The key, once all holders have confirmed it. Of fewer than all `f` may be bad ones' confirmations, and `t`
    /// honest ones are then not known to have shares: specs/threshold-key.md, *What it rests on*.
    pub(crate) fn complete(&self) -> Option<&FingerprintKey> {
        let decided = self.decided.as_ref();
        let decided = decided.filter(|_| self.confirmed() == self.holders.len());
        decided.and_then(|decided| decided.key.as_ref())
    }

    /// The day of a round begins with the block that opened it. Genesis' own begins with the last holder's key.
    pub(crate) fn begin(&mut self, time: BlockTime) {
        if self.epoch != FIRST {
            self.begun = self.begun.or(Some(time));
        }
    }

    /// A round that is not complete when its day is over lapses.
    pub(crate) fn lapse(&mut self, time: BlockTime) {
        self.lapsed |= self.ends().is_some_and(|end| time >= end);
    }

    /// When the round lapses, if it is not complete by then.
    #[must_use]
    pub fn ends(&self) -> Option<BlockTime> {
        self.begun.map(|begun| after(begun, DAY))
    }

    /// How long silent dealers of a generation are waited for.
    pub(crate) fn waits_until(&self) -> Option<BlockTime> {
        let generated = self.from.is_none();
        self.ready
            .filter(|_| generated)
            .map(|ready| after(ready, WINDOW))
    }

    /// Dealers that dealt and are not disqualified, in the order of the chain.
    fn standing(&self) -> Vec<ShareIndex> {
        let standing = self.dealt.iter().filter(|dealt| !dealt.disqualified);
        standing.map(|dealt| dealt.dealer).collect()
    }

    /// One more than can be bad.
    fn enough(&self) -> usize {
        self.holders.len() - usize::from(self.threshold) + 1
    }

    /// The dealers whose dealings count, those set aside left out, if that can be decided at this time.
    pub(crate) fn qualified(
        &self,
        old: Option<u16>,
        time: BlockTime,
        aside: &[ShareIndex],
    ) -> Option<Vec<ShareIndex>> {
        let mut standing = self.standing();
        standing.retain(|dealer| !aside.contains(dealer));
        if let Some(needed) = old.map(usize::from) {
            standing.truncate(needed);
            return (standing.len() == needed).then_some(standing);
        }
        let all = self.dealt.len() == self.holders.len();
        let over = self.waits_until().is_some_and(|until| time >= until);
        let late = over && self.dealt.len() >= usize::from(self.threshold);
        ((all || late) && standing.len() >= self.enough()).then_some(standing)
    }
}

fn after(begun: BlockTime, wait: u64) -> BlockTime {
    BlockTime(begun.0.saturating_add(wait))
}
