//! The earlier invoices that a document names, against those that this bank finances and whose financing the document's
//! record takes over.
//!
//! A correction and the invoice that it corrects are one claim under two numbers. No fingerprint tells of that, as each is
//! of a number. The ledger knows of it in one case: the correction's record takes over the corrected one's financing, and
//! the corrected invoice stays taken. In any other case a person has to find out whether the other is financed.

use sealane_crypto::keys::Place;
use sealane_crypto::sealing::{FieldState, open_record};
use sealane_ledger::state::{Financing, Stage};
use sealane_types::fields::FieldValue;
use sealane_types::ids::RecordId;
use sealane_types::record::Record;
use sealane_types::schema::slot;
use sealane_types::text::reference;

use super::seller::Claimed;
use super::{Bank, Standing};
use crate::error::ClientError;

/// The earlier invoices that a document names.
#[derive(Debug, Clone, Default)]
pub(super) struct Earlier {
    /// Those that are none of `taken_over`.
    pub open: Vec<String>,
    /// The invoices whose financing by this bank the record takes over, by their numbers, the newest first.
    pub taken_over: Vec<String>,
    /// The record in whose place this one is sealed.
    pub replaces: Option<RecordId>,
}

impl Earlier {
    fn new(named: &[String], taken_over: Vec<String>, replaces: Option<RecordId>) -> Self {
        let is_taken = |one: &&String| {
            let mut taken = taken_over.iter();
            taken.any(|taken| reference(taken) == reference(one))
        };
        let open = named.iter().filter(|one| !is_taken(one)).cloned().collect();
        Self {
            open,
            taken_over,
            replaces,
        }
    }

    /// Whether the document names earlier invoices, and all of them are taken over.
    pub(super) fn is_taken_over(&self, claimed: &Claimed) -> bool {
        !claimed.preceding().is_empty() && self.open.is_empty()
    }
}

impl Bank {
    /// The earlier invoices that an own record's document names.
    ///
    /// # Errors
    /// When the home cannot be read, or the node does not answer or lies.
    pub(super) async fn earlier(
        &self,
        record: &Record,
        claimed: &Claimed,
    ) -> Result<Earlier, ClientError> {
        let replaces = record.header.replaces;
        let taken_over = self.taken_over(record).await?;
        Ok(Earlier::new(claimed.preceding(), taken_over, replaces))
    }

    /// The numbers of the invoices whose financing a record takes over, or has taken over by its hold: the one of its line
    /// of replacements that this bank holds or finances now, and those that it took over in its turn.
    async fn taken_over(&self, record: &Record) -> Result<Vec<String>, ClientError> {
        let mut line = Vec::new();
        let mut next = record.header.replaces;
        while let Some(older) = next {
            let Some(older) = self.home().record(&older)? else {
                break;
            };
            next = older.header.replaces;
            line.push(older);
        }
        if line.is_empty() {
            return Ok(Vec::new());
        }
        let older = line.iter().map(Record::id);
        let ids: Vec<RecordId> = [record.id()].into_iter().chain(older).collect();
        let standings = self.standings(&ids).await?;
        // a line has at most one
        let Some(live) = standings.iter().find_map(|one| self.own_live(one)) else {
            return Ok(Vec::new());
        };
        let goes_over = |one: &Standing| {
            let is_live = self.own_live(one).is_some();
            let financing = one.financing.as_ref();
            financing.is_some_and(|financing| {
                let taken = matches!(financing.stage, Stage::TakenOver { .. });
                financing.since == live.since && (taken || is_live)
            })
        };
        let older = line.iter().zip(&standings[1..]);
        let older = older.filter(|(_, standing)| goes_over(standing));
        Ok(older
            .filter_map(|(record, _)| self.number(record))
            .collect())
    }

    /// This bank's hold or financing of a record, where it lasts.
    fn own_live<'a>(&self, standing: &'a Standing) -> Option<&'a Financing> {
        let financing = standing.financing.as_ref();
        financing.filter(|financing| {
            financing.bank == self.home().alias() && financing.stage.is_live(standing.next_height)
        })
    }

    /// The document number of an own record.
    fn number(&self, record: &Record) -> Option<String> {
        let key = self.home().record_key(record)?;
        let mut fields = open_record(record, &key).into_fields().into_iter();
        fields.find_map(|(place, state)| match (place, state) {
            (Place::Header(at), FieldState::Open(Some(FieldValue::Number(number))))
                if usize::from(at) == slot::NUMBER =>
            {
                Some(number)
            }
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_meet_however_they_are_written_and_no_two_that_differ() {
        let open = |named: &[&str], taken: &str| {
            let named: Vec<String> = named.iter().map(|one| (*one).to_owned()).collect();
            Earlier::new(&named, vec![taken.to_owned()], None).open
        };
        assert!(open(&["vf-00900", "VF 00900"], "VF-00900").is_empty());
        assert!(open(&["2026/12"], "2026-12").is_empty());
        assert_eq!(open(&["VF-00900", "VF-00901"], "VF-00900"), ["VF-00901"]);
        assert_eq!(open(&["1-12"], "11-2"), ["1-12"]);
    }
}
