//! The older records in whose place a document stands, and the newer ones that stand in its: whether this home knows that
//! the invoice of one is financed beside it.
//!
//! A replacement under another number, date or seller has none of the older's strict fingerprints, so the ledger lets both
//! be financed, each by another bank. This home can tell: an older record that was presented has its fingerprints, which
//! only its own bank can compute, and the log says who has taken them. Of one that was never presented nobody knows.

use std::collections::BTreeSet;

use sealane_ledger::log::Taken as Taker;
use sealane_ledger::state::Key;
use sealane_statements::financing::Seller;
use sealane_types::fingerprint::Fingerprint;
use sealane_types::ids::RecordId;
use sealane_types::record::Record;

use super::earlier::{Earlier, Older, TakenBeside};
use super::seller::Claimed;
use super::taken::Taken;
use super::{Bank, SellerFault};
use crate::error::ClientError;
use crate::progress::Progress;
use crate::refused::Refused;

impl Bank {
    /// As [`Bank::earlier`], with what this home knows of the older records' invoices.
    ///
    /// # Errors
    /// When the home cannot be read, the node does not answer or lies, or the validators do not answer for an older record
    /// that was presented.
    pub(super) async fn looked_back(
        &self,
        record: &Record,
        claimed: &Claimed,
        seller: &Seller,
        progress: &dyn Progress,
    ) -> Result<Earlier, ClientError> {
        let (mut earlier, line) = self.earlier(record, claimed).await?;
        earlier.credits = self.credits_of(claimed, seller.opening.identifiers())?;
        let (over, others): (Vec<&Older>, Vec<&Older>) =
            line.iter().partition(|one| one.is_taken_over);
        let of_over = over.iter().filter_map(|one| one.claimed.as_ref());
        let covered: Vec<&Claimed> = of_over.chain([claimed]).collect();
        let mut looked = Vec::new();
        for older in others {
            if !is_covered(older, &covered, seller) {
                looked.push((older, self.prints_of(older, progress).await?));
            }
        }
        if looked.iter().any(|(_, prints)| prints.is_some()) {
            let own = over.iter().map(|one| one.record).chain([record.id()]);
            let own: BTreeSet<RecordId> = own.collect();
            let taken = self.taken().await?;
            let found = looked.iter().find_map(|(older, prints)| {
                let by = taker(&taken, prints.as_ref()?, &own)?;
                Some((*older, by))
            });
            earlier.taken = found.map(|(older, by)| TakenBeside {
                record: older.record,
                invoice: older.invoice(),
                is_newer: false,
                by,
            });
        }
        if earlier.taken.is_none() {
            earlier.taken = self.looked_ahead(record, claimed, &line).await?;
        }
        let is_known = |one: &Older| {
            let mut presented = looked.iter().filter(|(_, prints)| prints.is_some());
            presented.any(|(other, _)| one.is_same(other.claimed.as_ref()))
        };
        let unknown = looked
            .iter()
            .filter(|(older, prints)| prints.is_none() && !is_known(older));
        earlier.unknown = unknown
            .map(|(older, _)| (older.record, older.invoice()))
            .collect();
        Ok(earlier)
    }

    /// A record that this home has sealed in the place of one of the same invoice, where that record's line is financed: the
    /// invoice itself has been sealed anew, in a record of its own, and none of its fingerprints may be taken. It may have been
    /// typed in another way this time: numbers are compared as references, as rule 2 compares them.
    async fn looked_ahead(
        &self,
        record: &Record,
        claimed: &Claimed,
        line: &[Older],
    ) -> Result<Option<TakenBeside>, ClientError> {
        for entry in self.home().journal().entries()? {
            let newer = entry.record.0;
            let is_own = newer == record.id() || line.iter().any(|one| one.record == newer);
            let Some(replaced) = entry.replaces.filter(|_| !is_own) else {
                continue;
            };
            let same = match self.home().record(&replaced.0)? {
                Some(replaced) => self.claimed(&replaced)?.is_alike(claimed),
                None => false,
            };
            if !same {
                continue;
            }
            let Some(by) = self.last_of_line(&newer).await? else {
                continue;
            };
            if by.record == record.id() || line.iter().any(|one| one.record == by.record) {
                continue;
            }
            let newer = self.home().record(&by.record)?;
            let newer = newer.map(|newer| self.claimed(&newer)).transpose()?;
            return Ok(Some(TakenBeside {
                record: by.record,
                invoice: newer.map(|newer| newer.itself().clone()),
                is_newer: true,
                by,
            }));
        }
        Ok(None)
    }

    /// Who has what a record's line has: its last financing, where that counts.
    async fn last_of_line(&self, record: &RecordId) -> Result<Option<Taker>, ClientError> {
        let lies = |lie| self.node().lies(lie);
        let state = self.record_state(record).await?;
        let Some(entry) = &state.entry else {
            return Ok(None); // sealed here, and not on the chain yet
        };
        let line = [Key::financed_of_line(&entry.first_of_line)];
        let last: Option<RecordId> = self.node().state(&line).await?.read(0).map_err(lies)?;
        let Some(last) = last else {
            return Ok(None);
        };
        let state = self.record_state(&last).await?;
        let financing = state.financing.as_ref();
        let life = financing.and_then(|one| one.stage.at(state.next_height));
        Ok(financing.zip(life).map(|(one, life)| Taker {
            record: last,
            bank: one.bank,
            life,
        }))
    }

    /// The strict fingerprints of an older record; `None` where it was never presented, or this home cannot compute them.
    async fn prints_of(
        &self,
        older: &Older,
        progress: &dyn Progress,
    ) -> Result<Option<Vec<Fingerprint>>, ClientError> {
        let state = &older.state;
        let all = match (&state.financing, &state.set) {
            (Some(financing), _) => financing.fingerprints.0.clone(),
            (None, None) => return Ok(None),
            (None, Some(set)) => {
                let sealed = self.home().record(&older.record)?;
                let Some(sealed) = sealed else {
                    return Ok(None);
                };
                let opens = self.presented_seller(older.record, &set.alias, &set.alias_commitment);
                let seller = match opens {
                    Ok(seller) => seller,
                    Err(ClientError::Seller(SellerFault::PresentedElsewhere(_))) => {
                        return Ok(None);
                    }
                    Err(error) => return Err(error),
                };
                let (finished, _) = self.fingerprints(&sealed, seller, progress).await?;
                finished.fingerprints
            }
        };
        let strict = all.into_iter().filter(|print| print.rule.is_strict());
        Ok(Some(strict.collect()))
    }

    /// That no invoice in whose place a document stands, or which stands in its place, is financed beside it.
    ///
    /// # Errors
    /// The refusal, with the other record's invoice and who has it.
    pub(super) fn must_stand_alone(&self, earlier: &Earlier) -> Result<(), ClientError> {
        let Some(beside) = &earlier.taken else {
            return Ok(());
        };
        let own = beside.by.bank == self.home().alias();
        let refused = Refused::beside(&beside.said(), beside.by, own, self.home().genesis());
        Err(ClientError::Refused(Box::new(refused)))
    }
}

/// Whether the fingerprints of the document itself, or of what it takes over, are those of an older record.
fn is_covered(older: &Older, covered: &[&Claimed], seller: &Seller) -> bool {
    let set = older.state.set.as_ref();
    let same_seller = set.is_none_or(|set| set.alias == seller.alias);
    let mut covered = covered.iter();
    same_seller && covered.any(|other| older.is_same(Some(other)))
}

/// Who has one of these fingerprints, beside the records whose financing is this one's own.
fn taker(taken: &Taken, prints: &[Fingerprint], own: &BTreeSet<RecordId>) -> Option<Taker> {
    let all = prints.iter();
    let mut takers = all.flat_map(|print| taken.set.takers(*print, taken.height));
    takers.find(|taker| !own.contains(&taker.record))
}
