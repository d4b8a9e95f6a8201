//! A home's records, searched: what its journal has, what its keys open of them, and where they stand on the chain.

use sealane_crypto::keys::{FieldKey, Place};
use sealane_crypto::sealing::{FieldState, open_fields};
use sealane_types::fields::FieldValue;
use sealane_types::ids::{AliasId, RecordId};
use sealane_types::schema::{Kind, slot};

use super::{Bank, RecordState};
use crate::error::ClientError;
use crate::home::customers::Customers;

/// The fields that a list shows.
const SHOWN: [usize; 3] = [slot::NUMBER, slot::ISSUE_DATE, slot::PAYABLE];

/// Which records are listed: those that meet all that is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// A part of the document's number, whatever its case.
    pub number: Option<String>,
    /// The bank's name for its customer: of the sealer, or of the seller where the record is held or financed.
    pub customer: Option<String>,
    /// Where it stands, in the words of [`RecordState::word`].
    pub state: Option<String>,
    /// The first day of issue, in days since 1970.
    pub from: Option<i32>,
    /// The last day of issue.
    pub until: Option<i32>,
    /// Only what this bank holds or has financed, ended ones too.
    pub financings: bool,
}

/// A part of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 1.
    pub number: usize,
    /// Records of a page.
    pub size: usize,
}

/// A record in a list.
#[derive(Debug, Clone)]
pub struct ListedRecord {
    /// The record.
    pub record: RecordId,
    /// The kind of document.
    pub kind: Kind,
    /// The document's number.
    pub number: Option<String>,
    /// Its day of issue, in days since 1970.
    pub issued: Option<i32>,
    /// Its payable amount.
    pub payable: Option<FieldValue>,
    /// The customer, by the bank's name; `None` where it is the bank's own.
    pub customer: Option<String>,
    /// Where it stands on the chain.
    pub state: RecordState,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The records of the page, the newest first.
    pub records: Vec<ListedRecord>,
    /// How many were found, on all pages.
    pub all: usize,
}

/// What this home knows of a record without the chain.
struct Local {
    record: RecordId,
    kind: Kind,
    sealer: AliasId,
    number: Option<String>,
    issued: Option<i32>,
    payable: Option<FieldValue>,
}

impl Bank {
    /// The records that this home made, the newest first, as far as the search finds them.
    ///
    /// # Errors
    /// When a file of the home is damaged, or the node does not answer or lies.
    pub async fn records(&self, search: &Search, page: Page) -> Result<Found, ClientError> {
        let book = self.home().customers()?;
        let mut local = self.local(search)?;
        let begin = page.number.saturating_sub(1).saturating_mul(page.size);
        // what only the home decides needs no answer about other pages
        let decided = search.customer.is_none() && search.state.is_none() && !search.financings;
        let mut all = local.len();
        if decided {
            local = local.into_iter().skip(begin).take(page.size).collect();
        }
        let ids: Vec<RecordId> = local.iter().map(|one| one.record).collect();
        let states = self.record_states(&ids).await?;
        let each = local.into_iter().zip(states);
        let mut records: Vec<ListedRecord> = each
            .map(|(local, state)| listed(local, state, &book))
            .collect();
        if !decided {
            records.retain(|one| self.is_wanted(one, search));
            all = records.len();
            records = records.into_iter().skip(begin).take(page.size).collect();
        }
        Ok(Found { records, all })
    }

    /// The home's own records that fit by number and date, the newest first.
    fn local(&self, search: &Search) -> Result<Vec<Local>, ClientError> {
        let entries = self.home().journal().entries()?;
        let mut found = Vec::new();
        for entry in entries.into_iter().rev() {
            let local = self.known_here(&entry.record.0)?;
            found.extend(local.filter(|one| one.fits(search)));
        }
        Ok(found)
    }

    fn known_here(&self, id: &RecordId) -> Result<Option<Local>, ClientError> {
        let Some(record) = self.home().record(id)? else {
            return Ok(None);
        };
        let mut local = Local {
            record: *id,
            kind: record.header.kind,
            sealer: record.header.sealer,
            number: None,
            issued: None,
            payable: None,
        };
        let Some(key) = self.home().record_key(&record) else {
            return Ok(Some(local));
        };
        let places = SHOWN.iter().filter_map(|slot| u8::try_from(*slot).ok());
        let keys: Vec<FieldKey> = places.map(|slot| key.field(Place::Header(slot))).collect();
        for (place, state) in open_fields(&record, &keys).into_fields() {
            match (place, state) {
                (_, FieldState::Open(Some(FieldValue::Number(number)))) => {
                    local.number = Some(number);
                }
                (_, FieldState::Open(Some(FieldValue::Date(day)))) => local.issued = Some(day),
                (_, FieldState::Open(Some(amount @ FieldValue::Amount { .. }))) => {
                    local.payable = Some(amount);
                }
                _ => {}
            }
        }
        Ok(Some(local))
    }

    fn is_wanted(&self, one: &ListedRecord, search: &Search) -> bool {
        let own = self.home().alias();
        let held = one.state.financing.as_ref();
        let is = |wanted: &Option<String>, has: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == has
        };
        is(&search.customer, one.customer.as_deref())
            && is(&search.state, Some(one.state.word()))
            && (!search.financings || held.is_some_and(|held| held.bank == own))
    }
}

impl Local {
    fn fits(&self, search: &Search) -> bool {
        let number = search.number.as_ref().is_none_or(|part| {
            let part = part.to_lowercase();
            let number = self.number.as_ref();
            number.is_some_and(|number| number.to_lowercase().contains(&part))
        });
        let day = |fits: &dyn Fn(i32) -> bool| self.issued.is_some_and(fits);
        let from = search.from.is_none_or(|from| day(&|issued| issued >= from));
        let until = search
            .until
            .is_none_or(|until| day(&|issued| issued <= until));
        number && from && until
    }
}

fn listed(local: Local, state: RecordState, book: &Customers) -> ListedRecord {
    let alias = state.financing.as_ref().map(|held| held.alias);
    let behind = alias.and_then(|alias| book.behind(&alias));
    let customer = behind.or_else(|| book.behind(&local.sealer));
    ListedRecord {
        record: local.record,
        kind: local.kind,
        number: local.number,
        issued: local.issued,
        payable: local.payable,
        customer: customer.map(|customer| customer.name.clone()),
        state,
    }
}
