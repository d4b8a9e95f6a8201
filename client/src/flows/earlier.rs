//! The earlier invoices that a document names, against those that this bank finances and whose financing the document's
//! record takes over; and the older records in whose place its record stands.
//!
//! A correction and the invoice that it corrects are one claim under two numbers. No fingerprint tells of that, as each is
//! of a number. The ledger knows of it in one case: the correction's record takes over the corrected one's financing, and
//! the corrected invoice stays taken. In any other case a person has to find out whether the other is financed, or this
//! home knows it ([`super::replacements`]).

use sealane_ledger::log::Taken;
use sealane_ledger::state::{Financing, Stage as FinancingStage};
use sealane_types::ids::RecordId;
use sealane_types::record::Record;

use super::credit::Credits;
use super::invoice::Invoice;
use super::seller::Claimed;
use super::{Bank, RecordState};
use crate::error::ClientError;

/// Invoices in one line of text.
pub(super) fn list(invoices: &[Invoice]) -> String {
    let all: Vec<String> = invoices.iter().map(Invoice::to_string).collect();
    all.join(", ")
}

/// An older record of a line of replacements.
#[derive(Debug, Clone)]
pub(super) struct Older {
    pub record: RecordId,
    /// What it says, where its record is in this home.
    pub claimed: Option<Claimed>,
    pub state: RecordState,
    /// Whether its financing by this bank is taken over.
    pub is_taken_over: bool,
}

/// A record whose invoice somebody has financed beside the document that stands in its place, or in whose place it stands.
#[derive(Debug, Clone)]
pub(super) struct TakenBeside {
    pub record: RecordId,
    /// Its invoice, where its record is in this home.
    pub invoice: Option<Invoice>,
    /// Whether it stands in the document's place, and not the document in its.
    pub is_newer: bool,
    /// Who has it.
    pub by: Taken,
}

impl Older {
    /// Its invoice.
    pub(super) fn invoice(&self) -> Option<Invoice> {
        self.claimed.as_ref().map(|one| one.itself().clone())
    }

    /// Whether it has the strict fingerprints of a document that says this, under one alias.
    pub(super) fn is_same(&self, other: Option<&Claimed>) -> bool {
        let both = self.claimed.as_ref().zip(other);
        both.is_some_and(|(one, other)| one.is_same(other))
    }
}

impl TakenBeside {
    /// The invoice and its record, and whose place which of the two takes, in words.
    pub(super) fn said(&self) -> String {
        let place = match self.is_newer {
            true => "which stands in this document's place",
            false => "in whose place this document stands",
        };
        format!("{}, {place}", said(&self.record, self.invoice.as_ref()))
    }
}

/// An older record and its invoice, in words.
pub(super) fn said(record: &RecordId, invoice: Option<&Invoice>) -> String {
    match invoice {
        Some(invoice) => format!("invoice {invoice} (record {record})"),
        None => format!("record {record}"),
    }
}

/// The earlier invoices that a document names, and what is known of the records in whose place its record stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Earlier {
    /// Those that are none of `taken_over`.
    pub open: Vec<Invoice>,
    /// The invoices whose financing by this bank the record takes over, the newest first.
    pub taken_over: Vec<Invoice>,
    /// The record in whose place this one is sealed.
    pub replaces: Option<RecordId>,
    /// The older records of which nobody knows whether their invoices are financed: they were never presented.
    pub unknown: Vec<(RecordId, Option<Invoice>)>,
    /// A record of the same claim whose invoice is financed beside this document.
    pub taken: Option<TakenBeside>,
    /// The credit notes of the document that this home can read.
    pub credits: Credits,
}

impl Earlier {
    fn new(named: &[Invoice], taken_over: Vec<Invoice>, replaces: Option<RecordId>) -> Self {
        let is_taken = |one: &&Invoice| taken_over.iter().any(|taken| taken.is(one));
        let open = named.iter().filter(|one| !is_taken(one)).cloned().collect();
        Self {
            open,
            taken_over,
            replaces,
            ..Self::default()
        }
    }

    /// Whether the document names earlier invoices, and all of them are taken over.
    pub(super) fn is_taken_over(&self, claimed: &Claimed) -> bool {
        !claimed.preceding().is_empty() && self.open.is_empty()
    }
}

impl Bank {
    /// The earlier invoices that an own record's document names, with the older records of its line.
    ///
    /// # Errors
    /// When the home cannot be read, or the node does not answer or lies.
    pub(super) async fn earlier(
        &self,
        record: &Record,
        claimed: &Claimed,
    ) -> Result<(Earlier, Vec<Older>), ClientError> {
        let replaces = record.header.replaces;
        let line = self.line(record).await?;
        let over = line.iter().filter(|older| older.is_taken_over);
        let over = over.filter_map(|older| older.claimed.as_ref());
        let taken_over = over.map(|older| older.itself().clone()).collect();
        let earlier = Earlier::new(claimed.preceding(), taken_over, replaces);
        Ok((earlier, line))
    }

    /// The older records of a record's line of replacements, the newest first, as far as they are in this home. Taken over
    /// are the financing of the one that this bank holds or finances now, and those that it took over in its turn; the
    /// record takes them over, or has taken them over by its hold.
    async fn line(&self, record: &Record) -> Result<Vec<Older>, ClientError> {
        let mut line = Vec::new();
        let mut next = record.header.replaces;
        while let Some(id) = next {
            let older = self.home().record(&id)?;
            next = older.as_ref().and_then(|older| older.header.replaces);
            let claimed = older.map(|older| self.claimed(&older)).transpose()?;
            line.push((id, claimed));
        }
        if line.is_empty() {
            return Ok(Vec::new());
        }
        let older = line.iter().map(|(id, _)| *id);
        let ids: Vec<RecordId> = [record.id()].into_iter().chain(older).collect();
        let states = self.record_states(&ids).await?;
        // a line has at most one
        let live = states.iter().find_map(|one| self.own_live(one));
        let goes_over = |one: &RecordState| {
            let is_live = self.own_live(one).is_some();
            live.zip(one.financing.as_ref()).is_some_and(|(live, one)| {
                let taken = matches!(one.stage, FinancingStage::TakenOver { .. });
                one.since == live.since && (taken || is_live)
            })
        };
        let all = line.into_iter().zip(&states[1..]);
        let all = all.map(|((record, claimed), state)| Older {
            record,
            claimed,
            is_taken_over: goes_over(state),
            state: state.clone(),
        });
        Ok(all.collect())
    }

    /// This bank's hold or financing of a record, where it lasts.
    fn own_live<'a>(&self, state: &'a RecordState) -> Option<&'a Financing> {
        let financing = state.financing.as_ref();
        financing.filter(|financing| {
            financing.bank == self.home().alias() && financing.stage.is_live(state.next_height)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_meet_however_they_are_written_and_no_two_that_differ() {
        let open = |named: &[&str], taken: &str| {
            let numbers = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
            let named = Invoice::named(numbers(named), "");
            let open = Earlier::new(&named, Invoice::named(numbers(&[taken]), ""), None).open;
            list(&open)
        };
        assert_eq!(open(&["vf-00900", "VF 00900"], "VF-00900"), "");
        assert_eq!(open(&["2026/12"], "2026-12"), "");
        assert_eq!(open(&["VF-00900", "VF-00901"], "VF-00900"), "VF-00901");
        assert_eq!(open(&["1-12"], "11-2"), "1-12");
    }

    #[test]
    fn a_number_of_another_day_is_another_invoice_where_both_days_are_known() {
        let of = |stated: &str| Invoice::named(vec!["VF-7".to_owned()], stated);
        for (named, taken, open) in [
            ("20260304", "20260304", ""),
            ("20250304", "20260304", "VF-7 of 2025-03-04"),
            ("00000000", "20260304", ""),
            ("", "20260304", ""),
            ("20250304", "", ""),
        ] {
            let found = Earlier::new(&of(named), of(taken), None).open;
            assert_eq!(list(&found), open, "{named} {taken}");
        }
    }
}
