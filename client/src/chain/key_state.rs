//! How the fingerprint key stands: present, and where its newest round is.

use std::collections::BTreeMap;
use std::fmt;

use sealane_ledger::sharing::Spread;
use sealane_ledger::state::{Holder, Key, Round};
use sealane_types::alias::{Alias, Standing};
use sealane_types::ids::{AliasId, Epoch};
use sealane_types::sharing::FingerprintKey;

use super::{NodeClient, NodeError};
use crate::receipt::rfc3339;

/// How the fingerprint key stands, proven by the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintKeyState {
    /// The present epoch's public key; none before the first stands.
    pub present: Option<FingerprintKey>,
    /// The round that is not finished: open, or lapsed.
    pub round: Option<Round>,
    /// The names of the holders that this round waits for, or waited for when it lapsed.
    pub waits_for: Vec<String>,
    /// The present holders that are suspended or closed, by name: they answer nothing.
    pub unable: BTreeMap<AliasId, String>,
    /// How widely the key is spread, and how widely it would be after this round: a re-sharing's.
    pub spreads: Option<(Spread, Spread)>,
}

impl NodeClient {
    /// How the fingerprint key stands.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn fingerprint_key(&self) -> Result<FingerprintKeyState, NodeError> {
        let lies = |lie| self.lies(lie);
        let state = self
            .state(&[Key::present_epoch(), Key::newest_round()])
            .await?;
        let present: Option<Epoch> = state.read(0).map_err(lies)?;
        let newest: Option<Epoch> = state.read(1).map_err(lies)?;
        let (at, of) = (present.unwrap_or_default(), newest.unwrap_or_default());
        let state = self
            .state(&[Key::fingerprint_key(at), Key::round(of)])
            .await?;
        let key: Option<FingerprintKey> = state.read(0).map_err(lies)?;
        let round: Option<Round> = state.read(1).map_err(lies)?;
        let round = round.filter(|round| Some(round.epoch) != present);
        let after = round.iter().flat_map(|round| &round.holders);
        let after: Vec<AliasId> = after.map(|one| one.validator).collect();
        let before = key.iter().flat_map(|key| &key.holders);
        let before: Vec<AliasId> = before.map(|one| one.validator).collect();
        let validators = self.validators(&before, &after).await?;
        let unable = unable(&before, &validators);
        let Some(round) = round else {
            return Ok(FingerprintKeyState {
                present: key,
                round: None,
                waits_for: Vec::new(),
                unable,
                spreads: None,
            });
        };
        let bank = |id: &AliasId| validators.get(id).map(|alias| alias.bank);
        let spreads = key.as_ref().filter(|_| round.from.is_some()).map(|key| {
            (
                Spread::of(&before, key.threshold, bank),
                Spread::of(&after, round.threshold, bank),
            )
        });
        let name = |holder: &Holder| {
            let found = validators.get(&holder.validator);
            found.map_or_else(|| holder.validator.to_string(), |alias| alias.name.clone())
        };
        let late = |holder: &&Holder| match round.ready {
            None => holder.key.is_none(),
            Some(_) => !holder.confirmed,
        };
        Ok(FingerprintKeyState {
            waits_for: round.holders.iter().filter(late).map(name).collect(),
            present: key,
            round: Some(round),
            unable,
            spreads,
        })
    }

    /// The aliases of validators.
    async fn validators(
        &self,
        before: &[AliasId],
        after: &[AliasId],
    ) -> Result<BTreeMap<AliasId, Alias>, NodeError> {
        let mut all = [before, after].concat();
        all.sort_unstable();
        all.dedup();
        let keys: Vec<Key> = all.iter().map(Key::alias).collect();
        let state = self.state(&keys).await?;
        let mut found = BTreeMap::new();
        for (at, id) in all.into_iter().enumerate() {
            let alias: Option<Alias> = state.read(at).map_err(|lie| self.lies(lie))?;
            found.extend(alias.map(|alias| (id, alias)));
        }
        Ok(found)
    }
}

impl FingerprintKeyState {
    /// How far the open round is, in a line; none where none is open.
    #[must_use]
    pub fn progress(&self) -> Option<String> {
        let round = self.round.as_ref().filter(|round| !round.lapsed)?;
        let what = match round.from {
            None => "generates the key",
            Some(_) => "shares the key anew",
        };
        Some(format!(
            "round {} {what}: {}",
            round.epoch,
            progress_of(round)
        ))
    }

    /// The spreads before and after the open round, where it lowers how widely the key is spread: operators consent to
    /// deal then.
    #[must_use]
    pub fn lowered(&self) -> Option<(Spread, Spread)> {
        self.round.as_ref().filter(|round| !round.lapsed)?;
        self.spreads
            .filter(|(before, after)| after.is_below(before))
    }
}

/// A spread in words.
#[must_use]
pub fn spread_in_words(spread: &Spread) -> String {
    format!(
        "{} holders of {} banks, any {} are enough",
        spread.holders, spread.banks, spread.answers
    )
}

/// How many holders there are, and how many of them answer an inquiry.
fn enough(holders: usize, answers: impl fmt::Display) -> String {
    match holders {
        1 => "1 holder, which answers alone".to_owned(),
        _ => format!("{holders} holders, any {answers} are enough"),
    }
}

/// One line says how the key stands, and one more each what a round that is not finished does, whom it waits for, until when,
/// and what is to be done.
impl fmt::Display for FingerprintKeyState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.present {
            Some(key) => write!(
                out,
                "fingerprint key (epoch {}): {}",
                key.epoch,
                enough(key.holders.len(), key.threshold)
            )?,
            None => out.write_str("fingerprint key: none yet")?,
        }
        if !self.unable.is_empty() {
            let names: Vec<&str> = self.unable.values().map(String::as_str).collect();
            let (count, names) = (names.len(), names.join(", "));
            write!(
                out,
                "\n  of them {count} cannot answer (suspended or closed): {names}"
            )?;
        }
        let Some(round) = &self.round else {
            return Ok(());
        };
        let missing = self.waits_for.join(", ");
        let epoch = round.epoch;
        if round.lapsed {
            return write!(
                out,
                "\n  round {epoch} lapsed: it was not complete after 24 hours; missing: {missing}\n  \
                 to do: members vote for another round: sealane proposal new share --holders NAMES"
            );
        }
        if let Some(progress) = self.progress() {
            write!(out, "\n  {progress}")?;
        }
        if !missing.is_empty() && (round.ready.is_none() || round.decided.is_some()) {
            write!(out, "\n  missing: {missing}")?;
        }
        if let Some(ends) = round.ends() {
            write!(out, "\n  it lapses at {}", rfc3339(ends))?;
        }
        if self.lowered().is_some() && round.decided.is_none() {
            write!(
                out,
                "\n  to do: fewer hold the key afterwards, so each holder's operator consents: \
                 sealane --home HOME validator consent {epoch}"
            )?;
        }
        Ok(())
    }
}

/// Those of the holders that may not act.
fn unable(holders: &[AliasId], validators: &BTreeMap<AliasId, Alias>) -> BTreeMap<AliasId, String> {
    let known = holders.iter().filter_map(|id| validators.get(id));
    let unable = known.filter(|alias| alias.standing != Standing::Active);
    unable.map(|alias| (alias.id, alias.name.clone())).collect()
}

/// How far an open round is.
fn progress_of(round: &Round) -> String {
    let n = round.holders.len();
    match (round.ready, &round.decided) {
        (None, _) => {
            let keys = round.holders.iter().filter(|one| one.key.is_some());
            format!("{} of {n} holders have registered a key", keys.count())
        }
        (_, None) => format!("{} have dealt shares so far", round.dealt.len()),
        (_, Some(_)) => format!(
            "{} of {n} holders have confirmed their share",
            round.confirmed()
        ),
    }
}

#[cfg(test)]
mod tests;
