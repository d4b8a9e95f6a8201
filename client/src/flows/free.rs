//! Before a financing is submitted: whether the log of taken fingerprints tells that it would be refused. What is refused
//! on the chain stands there with its fingerprints, and everybody can compare them.

use sealane_ledger::foretell::{Asked, Foretold, Known, barred, foretell};
use sealane_ledger::state::{BlindedSet, Key, OpenedFields, RecordEntry};
use sealane_types::alias::Alias;
use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::ids::{AliasId, Height, RecordId};
use sealane_types::receipt::Refusal;
use sealane_types::transaction::Waiver;

use super::Bank;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::progress::{Activity, Progress};
use crate::refused::Refused;

/// What a bank wants of a financing, beside its fingerprints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wished<'a> {
    /// What it finances over.
    pub waivers: &'a [Waiver],
    /// Held until this height, instead of financed.
    pub hold_until: Option<Height>,
    /// Since which other record it is to last.
    pub since: Option<RecordId>,
    /// Whether the seller's alias has signed for this bank.
    pub consented: bool,
}

/// Where the aliases stand among the keys that are read of a record; behind them the last of its line.
const ALIASES: std::ops::Range<usize> = 4..7;

impl Bank {
    /// That a record may be financed, or held until a height, as far as the log, the record's own state and the standing of
    /// its parties tell, waivers counted: judged on this side, by the ledger's own rules over the whole log. The node is
    /// asked for the log, and for this bank's own record and its seller's alias; it does not learn what is compared. The
    /// looser rules that ring, of which a waiver is needed.
    pub(super) async fn must_be_free(
        &self,
        record: &RecordId,
        fingerprints: &[Fingerprint],
        wished: Wished<'_>,
        progress: &dyn Progress,
    ) -> Result<Vec<Rule>, ClientError> {
        progress.begin(Activity::FetchingTaken);
        let bare = Wished {
            waivers: &[],
            ..wished
        };
        let mut found = self.in_the_way(record, fingerprints, Some(bare)).await?;
        let mut rung = Vec::new();
        if let Some(Foretold {
            refusal: Refusal::Alert { rules },
            ..
        }) = &found
        {
            rung.clone_from(rules);
            found = self.in_the_way(record, fingerprints, Some(wished)).await?;
        }
        match found {
            None => Ok(rung),
            Some(foretold) => {
                let mut refused = Refused::foretold(foretold, self.home().genesis());
                if self.is_self_billed(record)? {
                    refused = refused.of_self_billed();
                }
                Err(ClientError::Refused(Box::new(refused)))
            }
        }
    }

    /// The refusal of a financing that was submitted and lost a race, with who won it: the chain does not say, the log does.
    pub(super) async fn lost(
        &self,
        record: &RecordId,
        fingerprints: &[Fingerprint],
        refusal: Refusal,
    ) -> ClientError {
        let known = match matches!(refusal, Refusal::Duplicate { .. }) {
            true => self.in_the_way(record, fingerprints, None).await,
            false => Ok(None),
        };
        match known {
            Ok(Some(foretold)) if foretold.refusal == refusal => {
                let mut refused = Refused::foretold(foretold, self.home().genesis());
                if matches!(self.is_self_billed(record), Ok(true)) {
                    refused = refused.of_self_billed();
                }
                ClientError::Refused(Box::new(refused))
            }
            _ => self.refused(refusal),
        }
    }

    /// Whether an own record's document was written by its buyer.
    fn is_self_billed(&self, record: &RecordId) -> Result<bool, ClientError> {
        let sealed = self.home().record(record)?;
        let claimed = sealed.map(|sealed| self.claimed(&sealed)).transpose()?;
        Ok(claimed.is_some_and(|claimed| claimed.is_self_billed()))
    }

    /// What the rules would say of a financing now; nothing where it is free. Without wishes, as in an inquiry, who may act
    /// is not asked.
    pub(super) async fn in_the_way(
        &self,
        record: &RecordId,
        fingerprints: &[Fingerprint],
        wished: Option<Wished<'_>>,
    ) -> Result<Option<Foretold>, ClientError> {
        let (state, entry) = self.must_be_on_chain(record).await?;
        let Some(set) = &state.set else {
            return Err(self.refused(Refusal::NotPresented));
        };
        let known = self.known_of(record, entry, Some(set)).await?;
        let taken = self.taken().await?;
        let bank = self.home().alias();
        let is_wished = wished.is_some();
        let wished = wished.unwrap_or_else(|| Wished {
            waivers: &[],
            hold_until: None,
            since: known.since(bank, set.alias, record),
            consented: false,
        });
        let waived = wished
            .waivers
            .iter()
            .filter_map(|waiver| waiver.waived.rule());
        let asked = Asked {
            bank,
            record: *record,
            hold_until: wished.hold_until,
            since: wished.since,
            known: &known,
            set,
            fingerprints,
            waived: &waived.collect::<Vec<_>>(),
            consented: wished.consented,
        };
        let chain = self.node().trust().chain();
        let barred = is_wished.then(|| barred(chain, taken.height, asked));
        if let Some(refusal) = barred.flatten() {
            let taken = None;
            return Ok(Some(Foretold { refusal, taken }));
        }
        Ok(foretell(chain, &taken.entries, taken.height, asked))
    }

    /// Since which other record this bank's financing of a record would last now, under this seller's alias.
    pub(super) async fn goes_on_with(
        &self,
        record: &RecordId,
        seller: AliasId,
    ) -> Result<Option<RecordId>, ClientError> {
        let (_, entry) = self.must_be_on_chain(record).await?;
        let known = self.known_of(record, entry, None).await?;
        Ok(known.since(self.home().alias(), seller, record))
    }

    /// What the state has of a record, and of the seller of its set, beside the log of taken fingerprints, proven.
    async fn known_of(
        &self,
        record: &RecordId,
        entry: RecordEntry,
        set: Option<&BlindedSet>,
    ) -> Result<Known, ClientError> {
        let lies = |lie| self.node().lies(lie);
        let line = Key::financed_of_line(&entry.first_of_line);
        let bank = self.home().alias();
        let seller = set.map_or(bank, |set| set.alias);
        let state = self.node().state(&[line, Key::alias(&seller)]).await?;
        let last: Option<RecordId> = state.read(0).map_err(lies)?;
        // who vouches for an alias never changes; where it stands may, so it is read again with the rest
        let of_seller: Option<Alias> = state.read(1).map_err(lies)?;
        let vouches = of_seller.map_or(bank, |seller| seller.bank);
        let mut keys = vec![
            Key::parameters(),
            Key::quota(&entry.bank),
            Key::financing(record),
            Key::opened_fields(record),
            Key::alias(&bank),
            Key::alias(&seller),
            Key::alias(&vouches),
        ];
        keys.extend(last.as_ref().map(Key::financing));
        let state = self.node().state(&keys).await?;
        let parameters = state.read(0).map_err(lies)?;
        let of_last = match last {
            Some(last) => Some((last, state.read(ALIASES.end).map_err(lies)?)),
            None => None,
        };
        let mut aliases: Vec<Alias> = Vec::new();
        for at in ALIASES {
            aliases.extend(state.read::<Alias>(at).map_err(lies)?);
        }
        let opened: Option<OpenedFields> = state.read(3).map_err(lies)?;
        Ok(Known {
            entry,
            own: state.read(2).map_err(lies)?,
            last_of_line: of_last,
            aliases,
            opened: opened.unwrap_or_default(),
            quota: state.read(1).map_err(lies)?,
            parameters: parameters.ok_or_else(|| lies(Lie::Missing("parameters")))?,
            time: state.header().header().time,
        })
    }
}
