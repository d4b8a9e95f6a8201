//! The fingerprint key's rounds: which dealings count, when an epoch is present, who is to blame.
//!
//! ```text
//! keys ─▶ dealings, complaints ─▶ decided (Q) ─▶ confirmations ─▶ the epoch is present
//!                     ▲ a dealing of Q is disqualified │
//!                     └────────────────────────────────┘
//! ```
//!
//! `specs/threshold-key.md` has the protocol. Windows of time are those of headers; what they decide is decided at
//! the end of a block, an empty one too, and [`due`] says when one must come.

use sealane_crypto::oprf::{self, CheckedSlotKeys, KeyPublic, OprfError, Origin, Sharing};
use sealane_types::ids::{AliasId, BlockTime, ChainId, Epoch, Height, PointBytes, ShareIndex};
use sealane_types::receipt::Refusal;
use sealane_types::sharing::{Confirm, Dealing, FingerprintKey, ShareHolder, threshold};

use crate::protocol;
use crate::state::{
    Blame, Decided, Fault, FaultKind, Holder, Key, MAX_FAULTS, Overlay, Round, SlotKeys, StateExt,
    StateRead, Writes,
};

/// Milliseconds of header time that silent dealers, and then silent holders, are waited for: a proposer's clock may
/// be ahead by 30 s, and 10 are left.
pub const WINDOW: u64 = 40_000;

/// The key of the present epoch; none before the first stands.
#[must_use]
pub fn present<S: StateRead + ?Sized>(state: &S) -> Option<FingerprintKey> {
    let epoch: Epoch = state.read(&Key::present_epoch())?;
    state.read(&Key::fingerprint_key(epoch))
}

/// The newest round, finished or not.
#[must_use]
pub fn newest<S: StateRead + ?Sized>(state: &S) -> Option<Round> {
    let epoch: Epoch = state.read(&Key::newest_round())?;
    state.read(&Key::round(epoch))
}

/// The round that is not finished, if there is one.
#[must_use]
pub fn open_round<S: StateRead + ?Sized>(state: &S) -> Option<Round> {
    let round = newest(state)?;
    let finished = state.get(&Key::fingerprint_key(round.epoch)).is_some();
    (!finished).then_some(round)
}

/// Begins a round among these validators: a generation where no key stands, else a re-sharing. It takes the place
/// of a round that is not finished.
pub(crate) fn begin<S: StateRead>(state: &mut Overlay<'_, S>, holders: &[AliasId]) {
    let before: Option<Epoch> = state.read(&Key::newest_round());
    let epoch = Epoch(before.map_or(1, |before| before.0.saturating_add(1)));
    let holder = |validator: &AliasId| Holder {
        validator: *validator,
        key: None,
        confirmed: false,
    };
    let count = u16::try_from(holders.len()).expect("at most 64 holders");
    let round = Round {
        epoch,
        from: state.read(&Key::present_epoch()),
        threshold: threshold(count),
        holders: holders.iter().map(holder).collect(),
        ready: None,
        dealt: Vec::new(),
        decided: None,
    };
    state.put(Key::newest_round(), &epoch);
    state.put(Key::round(epoch), &round);
}

impl Round {
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
    pub fn dealers<S: StateRead + ?Sized>(&self, state: &S) -> Vec<AliasId> {
        match self.old(state) {
            None => self.holders.iter().map(|one| one.validator).collect(),
            Some(old) => old.holders.iter().map(|one| one.validator).collect(),
        }
    }

    /// The index of this validator among the dealers.
    #[must_use]
    pub fn dealer_index<S: StateRead + ?Sized>(
        &self,
        state: &S,
        validator: &AliasId,
    ) -> Option<ShareIndex> {
        let dealers = self.dealers(state);
        let mut dealers = (1..).map(ShareIndex).zip(&dealers);
        let found = dealers.find(|(_, dealer)| *dealer == validator);
        found.map(|(index, _)| index)
    }

    /// The key that is handed on.
    #[must_use]
    pub fn old<S: StateRead + ?Sized>(&self, state: &S) -> Option<FingerprintKey> {
        self.from
            .and_then(|epoch| state.read(&Key::fingerprint_key(epoch)))
    }

    /// `K_j` of a dealer that hands its share on.
    pub(crate) fn constant<S: StateRead + ?Sized>(
        &self,
        state: &S,
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

    /// Dealers that dealt and are not disqualified, in the order of the chain.
    fn standing(&self) -> Vec<ShareIndex> {
        let standing = self.dealt.iter().filter(|dealt| !dealt.disqualified);
        standing.map(|dealt| dealt.dealer).collect()
    }

    /// One more than can be bad.
    fn enough(&self) -> usize {
        self.holders.len() - usize::from(self.threshold) + 1
    }

    /// The dealers whose dealings count, if that can be decided at this time.
    fn qualified<S: StateRead>(&self, state: &S, time: BlockTime) -> Option<Vec<ShareIndex>> {
        let mut standing = self.standing();
        if let Some(old) = self.old(state) {
            let needed = usize::from(old.threshold);
            standing.truncate(needed);
            return (standing.len() == needed).then_some(standing);
        }
        let all = self.dealt.len() == self.holders.len();
        let late = self.waited(time) && self.dealt.len() >= usize::from(self.threshold);
        ((all || late) && standing.len() >= self.enough()).then_some(standing)
    }

    fn waited(&self, time: BlockTime) -> bool {
        self.ready.is_some_and(|ready| time >= after(ready))
    }

    fn may_be_present(&self, time: BlockTime) -> bool {
        let Some(decided) = &self.decided else {
            return false;
        };
        let confirmed = self.confirmed();
        let all = confirmed == self.holders.len();
        confirmed >= usize::from(self.threshold) && (all || time >= after(decided.since))
    }
}

fn after(begun: BlockTime) -> BlockTime {
    BlockTime(begun.0.saturating_add(WINDOW))
}

/// The open round of this epoch.
pub(crate) fn of_epoch<S: StateRead>(state: &S, epoch: Epoch) -> Result<Round, Refusal> {
    let round = open_round(state).filter(|round| round.epoch == epoch);
    round.ok_or(Refusal::NoRound)
}

/// Writes the round, once it is decided which dealings count, as far as that can be now.
pub(crate) fn settle<S: StateRead>(
    state: &mut Overlay<'_, S>,
    chain: ChainId,
    time: BlockTime,
    round: &mut Round,
) {
    let dealers = round.qualified(state, time);
    let before = round.decided.as_ref().map(|decided| &decided.dealers);
    if before != dealers.as_ref() {
        let key = dealers
            .as_ref()
            .map(|dealers| key(state, chain, round, dealers));
        round.decided = dealers.zip(key).map(|(dealers, key)| Decided {
            since: time,
            dealers,
            key,
        });
        round
            .holders
            .iter_mut()
            .for_each(|holder| holder.confirmed = false);
    }
    state.put(Key::round(round.epoch), round);
}

/// The key that these dealings give. Who deals without knowing its own polynomial can make it none; honest holders
/// then cannot open their shares of that dealing, and complain.
fn key<S: StateRead>(
    state: &S,
    chain: ChainId,
    round: &Round,
    dealers: &[ShareIndex],
) -> Option<FingerprintKey> {
    let dealing = |index: &ShareIndex| {
        let dealing: Option<Dealing> = state.read(&Key::dealing(round.epoch, *index));
        (
            *index,
            dealing.expect("who dealt has a dealing in the state"),
        )
    };
    let dealings: Vec<_> = dealers.iter().map(dealing).collect();
    let public: KeyPublic = round
        .sharing(chain)?
        .combine(round.origin(), &dealings)
        .ok()?;
    let (key, shares) = public.encode();
    if round.old(state).is_some_and(|old| old.public != key) {
        return None; // each constant term was checked, so it cannot be
    }
    let holders = round.holders.iter().zip(shares);
    let holders = holders.map(|(holder, public)| ShareHolder {
        validator: holder.validator,
        public,
    });
    Some(FingerprintKey {
        epoch: round.epoch,
        threshold: round.threshold,
        public: key,
        holders: holders.collect(),
    })
}

/// Makes the epoch the present one if enough holders have confirmed; whether it is.
pub(crate) fn finish<S: StateRead>(
    state: &mut Overlay<'_, S>,
    time: BlockTime,
    round: &Round,
) -> bool {
    let decided = round
        .decided
        .as_ref()
        .filter(|_| round.may_be_present(time));
    let Some(key) = decided.and_then(|decided| decided.key.as_ref()) else {
        return false;
    };
    let confirmed = (1..).map(ShareIndex).zip(&round.holders);
    let confirmed = confirmed.filter(|(_, holder)| holder.confirmed);
    let confirmed: Vec<ShareIndex> = confirmed.map(|(index, _)| index).collect();
    put_present(state, key, &confirmed);
    true
}

/// Writes the key as the present one, with its slot keys. A key that is handed on keeps those it has.
fn put_present<S: StateRead>(
    state: &mut Overlay<'_, S>,
    key: &FingerprintKey,
    confirmed: &[ShareIndex],
) {
    let slot_keys = Key::slot_keys(&key.public);
    if state.get(&slot_keys).is_none() {
        let keys = combine_slot_keys(state, key, confirmed);
        state.put(slot_keys, &keys);
    }
    state.put(Key::fingerprint_key(key.epoch), key);
    state.put(Key::present_epoch(), &key.epoch);
}

/// The slot keys from the parts of the first `t` holders that have confirmed.
fn combine_slot_keys<S: StateRead>(
    state: &S,
    key: &FingerprintKey,
    confirmed: &[ShareIndex],
) -> SlotKeys {
    let holders: Vec<ShareIndex> = confirmed
        .iter()
        .copied()
        .take(key.threshold.into())
        .collect();
    let part = |index: &ShareIndex| {
        let said: Option<Confirm> = state.read(&Key::slot_keys_part(key.epoch, *index));
        let said = said.expect("who has confirmed has parts in the state");
        let part = CheckedSlotKeys::restore(key.epoch, *index, &said.slot_keys);
        part.expect("parts are checked before they are written")
    };
    let parts: Vec<_> = holders.iter().map(part).collect();
    let combined = oprf::SlotKeys::combine(&protocol::key(key), &parts);
    let combined = combined.expect("at least t distinct holders have confirmed");
    SlotKeys {
        epoch: key.epoch,
        holders,
        points: combined.encode(),
    }
}

/// The slot keys of the present fingerprint key; none before it stands.
#[must_use]
pub fn slot_keys<S: StateRead + ?Sized>(state: &S) -> Option<oprf::SlotKeys> {
    slot_keys_of(state, &present(state)?.public)
}

/// The slot keys that stand under this fingerprint key.
pub(crate) fn slot_keys_of<S: StateRead + ?Sized>(
    state: &S,
    key: &PointBytes,
) -> Option<oprf::SlotKeys> {
    let keys: SlotKeys = state.read(&Key::slot_keys(key))?;
    let keys = oprf::SlotKeys::restore(key, &keys.points);
    Some(keys.expect("slot keys are combined from checked parts"))
}

/// Checks slot keys that a state holds by the proofs of the holders who published them, so that whoever was given the state need
/// not believe it: with slot keys of another key or slot one document would have fingerprints without end. `key` is that of the
/// epoch that the slot keys name, `parts` what its holders said, in the order in which the slot keys name them.
///
/// # Errors
/// Names what does not hold.
pub fn check_slot_keys(
    chain: ChainId,
    key: &FingerprintKey,
    keys: &SlotKeys,
    parts: &[Confirm],
) -> Result<oprf::SlotKeys, OprfError> {
    let public = KeyPublic::decode(key)?;
    let mut checked = Vec::with_capacity(parts.len());
    for (index, said) in keys.holders.iter().zip(parts) {
        let holder = key.holder(*index).map(|holder| holder.validator);
        let holder = holder.ok_or(OprfError::WrongShare(*index))?;
        checked.push(public.check_confirmation(&chain, &holder, *index, said)?);
    }
    let combined = oprf::SlotKeys::combine(&public, &checked)?;
    match combined.encode() == keys.points {
        true => Ok(combined),
        false => Err(OprfError::NotShares),
    }
}

/// What the time of a block decides.
pub(crate) fn end_block<S: StateRead>(state: &mut Overlay<'_, S>, chain: ChainId, time: BlockTime) {
    let ripe = due(&*state).is_some_and(|due| time >= due);
    let Some(mut round) = open_round(&*state).filter(|_| ripe) else {
        return;
    };
    settle(state, chain, time, &mut round);
    finish(state, time, &round);
}

/// The time from which on a block would decide something of the open round by itself.
#[must_use]
pub fn due<S: StateRead>(state: &S) -> Option<BlockTime> {
    let round = open_round(state)?;
    let never = BlockTime(u64::MAX);
    match &round.decided {
        None => {
            round.qualified(state, never)?;
            round.ready.map(after)
        }
        Some(decided) => {
            let ripe = decided.key.is_some() && round.may_be_present(never);
            ripe.then(|| after(decided.since))
        }
    }
}

/// What makes a key the present one although no round gave it, with what its holders said in their order: for tests and
/// measurements, where one party deals it.
///
/// # Panics
/// When fewer than the key's threshold said something, or it is none.
#[doc(hidden)]
#[must_use]
pub fn writes_of(key: &FingerprintKey, said: &[Confirm]) -> Writes {
    let below = std::collections::BTreeMap::<Key, Vec<u8>>::new();
    let mut state = Overlay::new(&below);
    let holders: Vec<ShareIndex> = (1..).map(ShareIndex).take(said.len()).collect();
    for (index, said) in holders.iter().zip(said) {
        state.put(Key::slot_keys_part(key.epoch, *index), said);
    }
    put_present(&mut state, key, &holders);
    state.into_writes()
}

/// What a refusal blames its signer for.
pub(crate) fn fault(refusal: &Refusal) -> Option<FaultKind> {
    match refusal {
        Refusal::WrongAnswer { .. } => Some(FaultKind::WrongAnswer),
        Refusal::WrongDealing { .. } => Some(FaultKind::WrongDealing),
        Refusal::FalseComplaint => Some(FaultKind::FalseComplaint),
        _ => None,
    }
}

/// Notes a validator's fault.
pub(crate) fn blame<S: StateRead>(
    state: &mut Overlay<'_, S>,
    validator: &AliasId,
    kind: FaultKind,
    height: Height,
) {
    let mut blame: Blame = state.read(&Key::blame(validator)).unwrap_or_default();
    if blame.last.len() == MAX_FAULTS {
        blame.last.remove(0);
    }
    blame.last.push(Fault { kind, height });
    blame.count = blame.count.saturating_add(1);
    state.put(Key::blame(validator), &blame);
}
