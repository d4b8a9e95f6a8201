//! This validator's part in rounds of the fingerprint key: what the state after a block asks of it.
//!
//! Everything is found again from the chain and the home: a validator that was away, or died, goes on where the
//! chain stands. One step waits for a block at a time.

use std::collections::{BTreeMap, BTreeSet};

use sealane_crypto::oprf::{KeyPublic, KeyShare, Opened, Part, ShareKey, Sharing};
use sealane_ledger::sharing::{newest, open_round, present, spreads};
use sealane_ledger::state::{Key, Round, StateRead};
use sealane_types::encoding::Decode;
use sealane_types::ids::{AliasId, ChainId, Epoch, ShareIndex};
use sealane_types::sharing::{Dealing, FingerprintKey};
use sealane_types::transaction::Payload;

use crate::fault::ChainError;
use crate::shares::{Fate, Shares};
use crate::view::View;

/// How often a step that the rules refused, or that was lost, is sent again with the next block; then ever more
/// rarely.
const ATTEMPTS: u32 = 4;

/// A validator with its shares.
#[derive(Debug)]
pub(crate) struct Holder {
    chain: ChainId,
    alias: AliasId,
    shares: Shares,
    /// Dealings that were opened and are good.
    good: BTreeSet<(Epoch, ShareIndex)>,
    attempts: BTreeMap<(Epoch, SharingStep), u32>,
    /// What was erased last is what this left no use for.
    fate: Option<Fate>,
    /// The round in which this validator deals once its operator consents.
    awaits: Option<Epoch>,
    /// The epochs of which the log has said that this validator's share, or its key for the round, is missing.
    said: [Option<Epoch>; 2],
    /// Whether the chain is as far here as elsewhere: what an earlier block asks for may be long done.
    level: bool,
    /// Whether the present share is missing.
    lacks: bool,
}

/// What may be missing, by its place in [`Holder::said`].
#[derive(Debug, Clone, Copy)]
enum Lost {
    Share,
    RoundKey,
}

/// The steps of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SharingStep {
    Register,
    Deal,
    Complain(ShareIndex),
    Confirm(usize),
}

/// What comes of opening the dealings that count.
enum Parts {
    All(Vec<(ShareIndex, Part)>),
    Missing,
}

impl Holder {
    pub(crate) fn new(chain: ChainId, alias: AliasId, shares: Shares) -> Self {
        Self {
            chain,
            alias,
            shares,
            good: BTreeSet::new(),
            attempts: BTreeMap::new(),
            fate: None,
            awaits: None,
            said: [None; 2],
            level: false,
            lacks: false,
        }
    }

    /// Whether this node's chain is as far as the others' are. While it takes their blocks, it sees rounds that are long over,
    /// whose keys it has erased: nothing is missing then, and nothing is said to be.
    pub(crate) fn set_level(&mut self, level: bool) {
        self.level = level;
    }

    /// Whether the chain, as far as it is elsewhere, names this validator as a holder, and its share is not here.
    pub(crate) fn lacks_share(&self) -> bool {
        self.level && self.lacks
    }

    /// Whether the log is to say now that something of this epoch is missing: once, and only where no later block can show that
    /// it is not.
    fn is_to_be_said(&mut self, lost: Lost, epoch: Epoch) -> bool {
        let said = &mut self.said[lost as usize];
        let now = self.level && *said != Some(epoch);
        if now {
            *said = Some(epoch);
        }
        now
    }

    /// The share of the present epoch, from disk or from the dealings; what is no longer of use is erased. `known` is the epoch
    /// whose share is in memory, if there is one: for it the answer is `None`.
    pub(crate) fn present_share(
        &mut self,
        view: &View<'_>,
        known: Option<(Epoch, bool)>,
    ) -> Result<Option<(Epoch, Option<KeyShare>)>, ChainError> {
        let present = present(view);
        let found = match &present {
            Some(key) if known.is_none_or(|(epoch, _)| epoch != key.epoch) => {
                Some((key.epoch, self.share_of(view, key)?))
            }
            _ => None,
        };
        let has_share = match &found {
            Some((_, share)) => share.is_some(),
            None => known.is_some_and(|(_, has_share)| has_share),
        };
        let lacks = present.as_ref().filter(|_| !has_share);
        let lacks = lacks.filter(|key| key.index_of(&self.alias).is_some());
        self.lacks = lacks.is_some();
        if let Some(epoch) = lacks.map(|key| key.epoch)
            && self.is_to_be_said(Lost::Share, epoch)
        {
            tracing::error!(
                %epoch,
                "this validator's share of the fingerprint key is missing or damaged: put the newest backup of its shares/ back and start it \
                 again. Without one it answers no inquiry until the members vote for a new sharing (sealane proposal new share)"
            );
        }
        self.forget(view, present.map(|key| key.epoch), has_share)?;
        Ok(found)
    }

    /// The share that the present key names for this validator. One on disk may be another's: a node whose data was
    /// remade reads the chain again, and may have kept its share of dealings that count no more.
    fn share_of(
        &self,
        view: &View<'_>,
        key: &FingerprintKey,
    ) -> Result<Option<KeyShare>, ChainError> {
        let kept = self.shares.share(key.epoch)?;
        let kept = kept.filter(|share| fits(share, key, &self.alias));
        match kept {
            Some(share) => Ok(Some(share)),
            None => self.late_share(view, key),
        }
    }

    /// Erases what there is no use for any more. The shares of the present epoch stay, whatever becomes of a round
    /// that would replace it.
    fn forget(
        &mut self,
        view: &View<'_>,
        present: Option<Epoch>,
        has_share: bool,
    ) -> Result<(), ChainError> {
        let Some(round) = newest(view) else {
            return Ok(());
        };
        let fate = Fate {
            present,
            has_share,
            newest: round.epoch,
            open: !round.lapsed && present != Some(round.epoch),
        };
        if self.fate != Some(fate) {
            self.shares.forget(&fate)?;
            self.fate = Some(fate);
        }
        Ok(())
    }

    /// Whether the operator has consented since this validator has waited for that.
    pub(crate) fn consented(&self) -> bool {
        self.awaits.is_some_and(|epoch| self.shares.consents(epoch))
    }

    /// The share of the present epoch from its dealings.
    fn late_share(
        &self,
        view: &View<'_>,
        key: &FingerprintKey,
    ) -> Result<Option<KeyShare>, ChainError> {
        let round: Option<Round> = read(view, &Key::round(key.epoch))?;
        let Some(round) = round else {
            return Ok(None);
        };
        let Some(secret) = self.own_key(&round)? else {
            return Ok(None);
        };
        let share = self.derive(view, &round, &secret)?;
        let share = share.filter(|share| fits(share, key, &self.alias));
        if let Some(share) = &share {
            self.shares.keep(share)?;
        }
        Ok(share)
    }

    /// The share that comes of the dealings that count; none while that is not decided, or where one is bad.
    fn derive(
        &self,
        view: &View<'_>,
        round: &Round,
        secret: &ShareKey,
    ) -> Result<Option<KeyShare>, ChainError> {
        let parts = (
            round.decided.as_ref(),
            round.sharing(self.chain),
            round.index_of(&self.alias),
        );
        let (Some(decided), Some(sharing), Some(index)) = parts else {
            return Ok(None);
        };
        match self.open_all(view, round, (&sharing, secret, index), &decided.dealers)? {
            Parts::All(parts) => Ok(Some(sharing.share(round.origin(), index, &parts)?)),
            Parts::Missing => Ok(None),
        }
    }

    fn open_all(
        &self,
        view: &View<'_>,
        round: &Round,
        (sharing, secret, index): (&Sharing, &ShareKey, ShareIndex),
        dealers: &[ShareIndex],
    ) -> Result<Parts, ChainError> {
        let aliases = round.dealers(view);
        let mut parts = Vec::new();
        for dealer in dealers {
            let (alias, dealing) = dealt(view, round, &aliases, *dealer)?;
            match sharing.open(secret, index, &alias, &dealing)? {
                Opened::Good(part) => parts.push((*dealer, part)),
                Opened::Bad => return Ok(Parts::Missing),
            }
        }
        Ok(Parts::All(parts))
    }

    /// What the state asks this validator to put on the chain next, if anything.
    pub(crate) fn step(&mut self, view: &View<'_>) -> Result<Option<Payload>, ChainError> {
        let Some(round) = open_round(view) else {
            return Ok(None);
        };
        let found = match self.holder_key(&round)? {
            Found::Register(payload) => Some((SharingStep::Register, *payload)),
            Found::Key(secret) => match self.deal(view, &round)? {
                Some(deal) => Some((SharingStep::Deal, deal)),
                None => self.as_holder(view, &round, secret.as_ref())?,
            },
        };
        let Some((step, payload)) = found else {
            return Ok(None);
        };
        let epoch = round.epoch;
        let attempts = self.attempts.entry((epoch, step)).or_default();
        *attempts = attempts.saturating_add(1);
        if *attempts > ATTEMPTS && !attempts.is_power_of_two() {
            return Ok(None);
        }
        tracing::info!(%epoch, step = payload.name(), "a step of the fingerprint key's round");
        Ok(Some(payload))
    }

    /// This validator's key for the round, or what registers it; for one that is no holder neither.
    fn holder_key(&mut self, round: &Round) -> Result<Found, ChainError> {
        let mut holders = round.holders.iter();
        let Some(own) = holders.find(|holder| holder.validator == self.alias) else {
            return Ok(Found::Key(None));
        };
        if round.ready.is_none() {
            let secret = self.shares.make_round_key(round.epoch)?;
            if own.key != Some(secret.public()) {
                let said = secret.register(&self.chain, &self.alias)?;
                let register = Box::new(Payload::RegisterShareKey(said));
                return Ok(Found::Register(register));
            }
            return Ok(Found::Key(Some(secret)));
        }
        let secret = self.own_key(round)?;
        if secret.is_none() && self.is_to_be_said(Lost::RoundKey, round.epoch) {
            let epoch = round.epoch;
            tracing::error!(
                %epoch,
                "this validator has lost its key for the open round of the fingerprint key (shares/{epoch}.key.age is missing or damaged): it cannot \
                 confirm, and the round cannot end. The members vote for another round: sealane proposal new share"
            );
        }
        Ok(Found::Key(secret))
    }

    /// The key to which this validator's dealings of the round are sealed. One on disk may be another: a node whose data
    /// was remade reads the round again, whose key it has erased long ago, and makes one that nobody dealt to.
    fn own_key(&self, round: &Round) -> Result<Option<ShareKey>, ChainError> {
        let mut holders = round.holders.iter();
        let own = holders.find(|holder| holder.validator == self.alias);
        let secret = self.shares.round_key(round.epoch)?;
        Ok(secret.filter(|secret| own.is_some_and(|own| own.key == Some(secret.public()))))
    }

    /// Whether this validator deals in the round: of itself where the key is spread as widely as before, else once its
    /// operator consents.
    fn may_deal(&mut self, view: &View<'_>, round: &Round) -> bool {
        let epoch = round.epoch;
        let spreads = spreads(view, round).filter(|(before, after)| after.is_below(before));
        let Some((before, after)) = spreads.filter(|_| !self.shares.consents(epoch)) else {
            self.awaits = None;
            return true;
        };
        if self.awaits != Some(epoch) {
            tracing::warn!(
                %epoch, ?before, ?after,
                "a round would leave the fingerprint key with fewer holders, banks or answers: this node deals once its operator \
                 consents, `sealane --home HOME validator consent {epoch}`"
            );
            self.awaits = Some(epoch);
        }
        false
    }

    fn deal(&mut self, view: &View<'_>, round: &Round) -> Result<Option<Payload>, ChainError> {
        let parts = (
            round.sharing(self.chain),
            round.dealer_index(view, &self.alias),
        );
        let (Some(sharing), Some(dealer)) = parts else {
            return Ok(None);
        };
        let dealt = round.dealt.iter().any(|dealt| dealt.dealer == dealer);
        if dealt || (round.from.is_none() && round.decided.is_some()) {
            return Ok(None);
        }
        let share = match round.from {
            None => None,
            Some(epoch) => {
                let Some(share) = self.shares.share(epoch)? else {
                    return Ok(None); // it was away when it was to get it
                };
                if !self.may_deal(view, round) {
                    return Ok(None);
                }
                Some(share)
            }
        };
        let deal = sharing.deal(&self.alias, share.as_ref())?;
        Ok(Some(Payload::Deal(Box::new(deal))))
    }

    /// Complains about what is bad; once the dealings that count are good, keeps the share and says so.
    fn as_holder(
        &mut self,
        view: &View<'_>,
        round: &Round,
        secret: Option<&ShareKey>,
    ) -> Result<Option<(SharingStep, Payload)>, ChainError> {
        let parts = (
            secret,
            round.sharing(self.chain),
            round.index_of(&self.alias),
        );
        let (Some(secret), Some(sharing), Some(index)) = parts else {
            return Ok(None);
        };
        let aliases = round.dealers(view);
        for one in round.dealt.iter().filter(|dealt| !dealt.disqualified) {
            let dealer = one.dealer;
            if self.good.contains(&(round.epoch, dealer)) {
                continue;
            }
            let (alias, dealing) = dealt(view, round, &aliases, dealer)?;
            match sharing.open(secret, index, &alias, &dealing)? {
                Opened::Good(_) => drop(self.good.insert((round.epoch, dealer))),
                Opened::Bad => {
                    let said = sharing.complain(secret, index, (&alias, dealer), &dealing)?;
                    let (epoch, dealer) = (round.epoch, alias);
                    tracing::warn!(%epoch, %dealer, "a dealer dealt a bad share: complaining");
                    return Ok(Some((
                        SharingStep::Complain(said.dealer),
                        Payload::Complain(said),
                    )));
                }
            }
        }
        self.confirm(view, round, secret)
    }

    fn confirm(
        &self,
        view: &View<'_>,
        round: &Round,
        secret: &ShareKey,
    ) -> Result<Option<(SharingStep, Payload)>, ChainError> {
        let mut holders = round.holders.iter();
        let confirmed = holders.any(|one| one.validator == self.alias && one.confirmed);
        let key = round
            .decided
            .as_ref()
            .and_then(|decided| decided.key.as_ref());
        let Some(key) = key.filter(|_| !confirmed) else {
            return Ok(None);
        };
        let share = self.derive(view, round, secret)?;
        let Some(share) = share.filter(|share| fits(share, key, &self.alias)) else {
            return Ok(None);
        };
        self.shares.keep(&share)?; // on disk before anybody counts on it
        let public = KeyPublic::restore(key)?;
        let said = share.confirm(&public, &self.chain, &self.alias)?; // with its parts of the slot keys
        let disqualified = round
            .dealt
            .iter()
            .filter(|dealt| dealt.disqualified)
            .count();
        Ok(Some((
            SharingStep::Confirm(disqualified),
            Payload::Confirm(said),
        )))
    }
}

/// A holder's key, if this validator is one, or the transaction that registers it.
enum Found {
    Register(Box<Payload>),
    Key(Option<ShareKey>),
}

/// Whether this is the share that the key names for this validator.
fn fits(share: &KeyShare, key: &FingerprintKey, alias: &AliasId) -> bool {
    let public = KeyPublic::restore(key);
    let named = public.is_ok_and(|public| share.check(&public).is_ok());
    named && key.index_of(alias) == Some(share.index())
}

fn read<T: Decode>(view: &View<'_>, key: &Key) -> Result<Option<T>, ChainError> {
    let bytes = view.get(key);
    Ok(bytes.map(|bytes| T::from_bytes(&bytes)).transpose()?)
}

/// A dealer and its dealing.
fn dealt(
    view: &View<'_>,
    round: &Round,
    dealers: &[AliasId],
    dealer: ShareIndex,
) -> Result<(AliasId, Dealing), ChainError> {
    let missing = || ChainError::Damaged("a dealing is missing".to_owned());
    let at = usize::from(dealer.0).checked_sub(1);
    let alias = at.and_then(|at| dealers.get(at)).ok_or_else(missing)?;
    let dealing: Option<Dealing> = read(view, &Key::dealing(round.epoch, dealer))?;
    Ok((*alias, dealing.ok_or_else(missing)?))
}
