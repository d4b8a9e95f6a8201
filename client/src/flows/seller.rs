//! Whose document it is: the alias under which a record is presented and financed.
//!
//! ```text
//! --customer NAME        that customer: the sealer, where that is an alias of the customer's
//! else the sealer        where the document's identifiers are its own, or the document shows none
//! else a customer        whose identifiers include one of the document's
//! else an alias          whose opening was handed over with a record, and that has one of them
//! else, to ask           a new alias that says so; never one that was handed over, which would name another bank's customer
//! ```
//!
//! Every strict identifier that the document shows must be among the alias', which the proof shows; here that is said before
//! anything is proven.

use chrono::NaiveDate;
use sealane_crypto::identity::AliasOpening;
use sealane_crypto::keys::Place;
use sealane_crypto::sealing::{FieldState, Opened, open_record};
use sealane_documents::ClaimKind;
use sealane_documents::identifiers::in_registration_order;
use sealane_statements::financing::Seller;
use sealane_types::alias::Alias;
use sealane_types::fields::{Currency, FieldValue};
use sealane_types::ids::{AliasId, RecordId, Signature};
use sealane_types::record::Record;
use sealane_types::schema::slot;

use super::invoice::Invoice;
use super::named::{Party, must_be_seller};
use super::{Bank, Whose};
use crate::error::ClientError;
use crate::home::customers::{Customer, CustomerRole};
use crate::home::marks;
use crate::progress::Progress;

mod concern;
mod consent;
mod fault;

pub(super) use concern::{must_claim, remark};
pub use consent::Agreed;
pub use fault::{Concern, SellerFault};

/// What a document says of its parties.
#[derive(Debug, Clone, Default)]
pub(super) struct Claimed {
    code: Option<i64>,
    /// Its own number and date.
    itself: Invoice,
    /// The earlier invoices that it names: those that it corrects, if it is a correction.
    preceding: Vec<Invoice>,
    /// Whether it says that it is a copy.
    copy: bool,
    seller: Party,
    payee: Party,
    /// What is payable, in minor units.
    payable: Option<(i128, Currency)>,
    /// The total with tax, in millionths of its currency.
    with_tax: Option<i128>,
}

/// An alias of somebody who may be the seller.
struct Candidate {
    /// What a person calls it.
    name: String,
    alias: AliasId,
    /// By this home's own book, or as it was handed over.
    opening: Option<AliasOpening>,
    /// Whether this home keeps the alias' key.
    own: bool,
    /// Whether it is for one trade alone: nothing may join it with the customer's others, so that it is never amended.
    one_trade: bool,
}

/// What a seller's alias is looked for for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A financing.
    Finance,
    /// An inquiry. Everybody sees its alias, so that it is never another bank's customer's.
    Inquire,
}

/// The seller of a record, as the chain has its alias.
pub(super) struct Chosen {
    pub seller: Seller,
    /// As the chain has it.
    pub alias: Alias,
}

impl Claimed {
    /// What of an invoice or credit note opens.
    pub(super) fn of(opened: Opened) -> Self {
        let mut claimed = Self::default();
        let (mut preceding, mut dates) = (Vec::new(), String::new());
        for (place, state) in opened.into_fields() {
            let (Place::Header(at), FieldState::Open(Some(value))) = (place, state) else {
                continue;
            };
            match (usize::from(at), value) {
                (slot::BILLING_REFERENCES, FieldValue::References(all)) => preceding = all,
                (slot::BILLING_DATES, FieldValue::Text(all)) => dates = all,
                (at, value) => claimed.take(at, value),
            }
        }
        claimed.preceding = Invoice::named(preceding, &dates);
        claimed
    }

    fn take(&mut self, at: usize, value: FieldValue) {
        match (at, value) {
            (slot::TYPE_CODE, FieldValue::Integer(code)) => self.code = Some(code),
            (slot::COPY, FieldValue::Integer(copy)) => self.copy = copy != 0,
            (slot::NUMBER, FieldValue::Number(number)) => self.itself.number = number,
            (slot::ISSUE_DATE, FieldValue::Date(day)) => {
                self.itself.issued = NaiveDate::from_epoch_days(day);
            }
            (slot::SELLER_IDS, FieldValue::LegalIds(all)) => self.seller.identifiers = all,
            (slot::PAYEE_IDS, FieldValue::LegalIds(all)) => self.payee.identifiers = all,
            (slot::SELLER_NAME, FieldValue::Name(name)) => self.seller.name = Some(name),
            (slot::PAYEE_NAME, FieldValue::Name(name)) => self.payee.name = Some(name),
            (slot::PAYABLE, FieldValue::Amount { value, currency }) => {
                self.payable = Some((value, currency));
            }
            (slot::TAX_INCLUSIVE, FieldValue::Amount { value, .. }) => self.with_tax = Some(value),
            _ => {}
        }
    }

    /// Whether the buyer wrote it, under a number of its own.
    pub(super) fn is_self_billed(&self) -> bool {
        ClaimKind::of_sealed(self.code).is_self_billed()
    }

    /// That there is a claim to finance, by its type code.
    pub(super) fn must_claim(&self) -> Result<(), ClientError> {
        must_claim(self.code)
    }

    /// The earlier invoices that it names.
    pub(super) fn preceding(&self) -> &[Invoice] {
        &self.preceding
    }

    /// Its own number and date.
    pub(super) fn itself(&self) -> &Invoice {
        &self.itself
    }

    /// What is payable, in minor units.
    pub(super) fn payable(&self) -> Option<(i128, Currency)> {
        self.payable
    }

    /// The total with tax, in millionths of its currency.
    pub(super) fn with_tax(&self) -> Option<i128> {
        self.with_tax
    }

    /// The seller's legal identifiers that it shows.
    pub(super) fn seller_identifiers(&self) -> &[String] {
        &self.seller.identifiers
    }

    /// Whether it shows the seller of another document, who is also known by the identifiers `more`: by a number, or by name.
    pub(super) fn has_seller(&self, other: &Self, more: &[String]) -> bool {
        let (own, other) = (&self.seller, &other.seller);
        own.meets(&other.identifiers) || own.meets(more) || own.has_name(other.name.as_deref())
    }

    /// Whether a document that says this has the same strict fingerprints under one alias.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.itself == other.itself && self.seller.identifiers == other.seller.identifiers
    }

    /// Whether both can be one invoice, however it was typed: the same reference and date, and an identifier of the seller in
    /// common. Where one of them shows no identifier, the seller's name must be the same.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let (own, others) = (&self.seller, &other.seller);
        let same_seller = match own.identifiers.is_empty() || others.identifiers.is_empty() {
            true => own.has_name(others.name.as_deref()),
            false => own.meets(&others.identifiers),
        };
        same_seller && self.itself.is(&other.itself)
    }
}

impl Bank {
    /// What an own record says of its parties.
    pub(super) fn claimed(&self, record: &Record) -> Result<Claimed, ClientError> {
        let key = self.home().record_key(record);
        let key = key.ok_or_else(|| ClientError::NotOurs(record.id()))?;
        Ok(Claimed::of(open_record(record, &key)))
    }

    /// Under whose alias a record is presented.
    ///
    /// # Errors
    /// When nobody's file fits the document, the alias is not on the chain as this home has it, or the node does not answer.
    pub(super) async fn seller(
        &self,
        record: &Record,
        claimed: &Claimed,
        customer: Option<Whose<'_>>,
        purpose: Purpose,
    ) -> Result<Chosen, ClientError> {
        let candidate = self.candidate(record, claimed, customer, purpose)?;
        let alias = self.alias(&candidate.alias).await?;
        let name = || candidate.name.clone();
        let alias = alias.ok_or_else(|| SellerFault::NotOnChain(name()))?;
        let opening = match candidate.own {
            true => self.home().opening_as(&alias.id, &alias.commitment)?,
            false => candidate
                .opening
                .filter(|opening| opening.commitment() == alias.commitment),
        };
        let opening = opening.ok_or(match candidate.own {
            true => SellerFault::OtherAlias(alias.id),
            false => SellerFault::Stale(alias.id),
        })?;
        if opening.marks() != marks(opening.identifiers()) {
            return Err(SellerFault::Marked(alias.id).into());
        }
        let lacks = |id: &&String| !opening.identifiers().contains(id);
        let missing: Vec<String> = claimed
            .seller
            .identifiers
            .iter()
            .filter(lacks)
            .cloned()
            .collect();
        if !missing.is_empty() {
            let customer = (candidate.name, candidate.alias, candidate.one_trade);
            return Err(self.lacks(customer, missing)?.into());
        }
        let seller = Seller {
            alias: alias.id,
            opening,
        };
        Ok(Chosen { seller, alias })
    }

    /// That an alias has not what the document shows, and what to do: an alias for one trade stays as it was registered.
    fn lacks(
        &self,
        (customer, alias, one_trade): (String, AliasId, bool),
        missing: Vec<String>,
    ) -> Result<SellerFault, ClientError> {
        if !one_trade {
            return Ok(SellerFault::Lacks { customer, missing });
        }
        let book = self.home().customers()?;
        let file = book.behind(&alias);
        let is_in_file = |id: &String| file.is_some_and(|one| one.identifiers.contains(id));
        Ok(SellerFault::OneTradeLacks {
            in_file: missing.iter().all(is_in_file),
            customer,
            missing,
        })
    }

    fn candidate(
        &self,
        record: &Record,
        claimed: &Claimed,
        customer: Option<Whose<'_>>,
        purpose: Purpose,
    ) -> Result<Candidate, ClientError> {
        let shown = &claimed.seller.identifiers;
        let sealer = self.sealer_of(record)?;
        let bank = self.home().alias();
        let is_of = |sealer: &Candidate, name: &str| sealer.alias != bank && sealer.name == name;
        if let Some(whose) = customer {
            // what was sealed for a customer was confirmed then, and is presented under the alias that sealed it: another
            // of the same customer's would join the two
            if let Some(sealer) = sealer.filter(|sealer| is_of(sealer, whose.name)) {
                return Ok(sealer);
            }
            let named = self.customer(whose.name, purpose)?;
            must_be_seller(&claimed.seller, whose)?;
            return Ok(named);
        }
        let by_buyer = claimed.is_self_billed();
        if shown.is_empty() {
            // a bank that seals what is another's says whose it is
            let is_bank = record.header.sealer == bank;
            let own = sealer.filter(|_| !by_buyer && !is_bank);
            return own.ok_or_else(|| SellerFault::NoIdentifier.into());
        }
        let has = |one: &Candidate| {
            let opening = one.opening.as_ref();
            opening.is_some_and(|opening| claimed.seller.meets(opening.identifiers()))
        };
        if sealer.as_ref().is_some_and(has) {
            return sealer.ok_or_else(|| SellerFault::NoIdentifier.into());
        }
        let book = self.home().customers()?;
        if let Some(known) = book.known_by(shown) {
            // never another alias of the sealer's: it would join the two
            return match sealer.filter(|sealer| is_of(sealer, &known.name)) {
                Some(sealer) => Ok(sealer),
                None => self.customer(&known.name, purpose),
            };
        }
        let handed = self.handed_over(purpose)?.into_iter().find(has);
        handed.ok_or_else(|| SellerFault::Nobody(shown.clone()).into())
    }

    /// A customer by its name, or whose opening was handed over by its alias.
    fn customer(&self, name: &str, purpose: Purpose) -> Result<Candidate, ClientError> {
        let book = self.home().customers()?;
        if let Some(alias) = book.named(name).and_then(|one| one.standing_alias()) {
            return Ok(Candidate {
                name: name.to_owned(),
                alias,
                opening: self.home().opening_of(&alias)?,
                own: true,
                one_trade: false,
            });
        }
        let handed = self.handed_over(purpose)?.into_iter();
        let mut handed = handed.filter(|one| one.alias.to_string() == name);
        handed
            .next()
            .ok_or_else(|| ClientError::NoCustomer(name.to_owned()))
    }

    /// The record's own sealer, this home's own alias or a customer's.
    fn sealer_of(&self, record: &Record) -> Result<Option<Candidate>, ClientError> {
        let alias = record.header.sealer;
        let book = self.home().customers()?;
        let name = match alias == self.home().alias() {
            true => Some("this bank".to_owned()),
            false => book.behind(&alias).map(|customer| customer.name.clone()),
        };
        let opening = self.home().opening_of(&alias)?;
        let one_trade = book
            .behind(&alias)
            .is_some_and(|one| one.is_one_trade(&alias));
        Ok(name.map(|name| Candidate {
            name,
            alias,
            opening,
            own: true,
            one_trade,
        }))
    }

    /// Aliases whose openings came with records that were handed over; none to ask about.
    fn handed_over(&self, purpose: Purpose) -> Result<Vec<Candidate>, ClientError> {
        if purpose == Purpose::Inquire {
            return Ok(Vec::new());
        }
        let imported = self.home().all_imported()?.into_iter();
        let candidate = imported.map(|one| {
            let alias = one.record.header.sealer;
            Candidate {
                name: alias.to_string(),
                alias,
                opening: Some(one.sealer),
                own: false,
                one_trade: false,
            }
        });
        Ok(candidate.collect())
    }

    /// The seller that a set was presented with, as this home knew it then.
    pub(super) fn presented_seller(
        &self,
        record: RecordId,
        alias: &AliasId,
        commitment: &sealane_types::ids::FieldBytes,
    ) -> Result<Seller, ClientError> {
        let own = self.home().opening_as(alias, commitment)?;
        let opening = match own {
            Some(opening) => Some(opening),
            None => {
                let handed = self.handed_over(Purpose::Finance)?.into_iter();
                let mut handed = handed.filter_map(|one| one.opening);
                handed.find(|opening| opening.commitment() == *commitment)
            }
        };
        let opening = opening.ok_or(SellerFault::PresentedElsewhere(record))?;
        let alias = *alias;
        Ok(Seller { alias, opening })
    }

    /// Whom to ask about: as [`Bank::seller`], and where nobody's file fits, a new alias that says *asked*, with the
    /// identifiers that the document shows.
    pub(super) async fn asked_seller(
        &self,
        record: &Record,
        claimed: &Claimed,
        customer: Option<Whose<'_>>,
        progress: &dyn Progress,
    ) -> Result<Chosen, ClientError> {
        if let Some(whose) = customer {
            self.must_be_customer(whose.name)?;
        }
        let found = self.seller(record, claimed, customer, Purpose::Inquire);
        match found.await {
            Err(ClientError::Seller(SellerFault::Nobody(_) | SellerFault::NoIdentifier)) => {}
            found => return found,
        }
        let shown = &claimed.seller.identifiers;
        let name = self.asked_name(shown.first())?;
        let identifiers = in_registration_order(shown.clone());
        self.register_known(&name, CustomerRole::Asked, identifiers, progress)
            .await?;
        let asked = Some(asked_about(&name));
        self.seller(record, claimed, asked, Purpose::Inquire).await
    }

    /// That a name is not that of an earlier inquiry, whose alias would join the two for everybody.
    fn must_be_customer(&self, name: &str) -> Result<(), ClientError> {
        let book = self.home().customers()?;
        let is_asked = |one: &Customer| one.role == CustomerRole::Asked;
        match book.named(name).is_some_and(is_asked) {
            true => Err(SellerFault::AskedBefore(name.to_owned()).into()),
            false => Ok(()),
        }
    }

    /// What this home calls somebody it asks about: a new name each time, as each inquiry has an alias of its own, so that
    /// nobody sees which of them concern one seller.
    fn asked_name(&self, first: Option<&String>) -> Result<String, ClientError> {
        let book = self.home().customers()?;
        let name = match first {
            Some(first) => format!("asked {first}"),
            None => "asked".to_owned(),
        };
        let numbered = (2_u64..).map(|number| format!("{name} ({number})"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let free = names.find(|one| book.named(one).is_none());
        Ok(free.unwrap_or(name))
    }

    /// The signature of the seller's alias, where it is needed: checked here as the ledger will.
    pub(super) async fn consent(
        &self,
        record: &Record,
        alias: &AliasId,
        given: Option<&Agreed>,
    ) -> Result<Option<Signature>, ClientError> {
        let known = self.alias(alias).await?;
        let known = known.ok_or_else(|| SellerFault::NotOnChain(alias.to_string()))?;
        let bank = self.home().alias();
        if known.bank == bank || record.header.sealer == *alias {
            return Ok(None);
        }
        let record = record.id();
        let alias = *alias;
        let Some(given) = given else {
            return Err(SellerFault::NeedsConsent {
                alias,
                record,
                bank,
            }
            .into());
        };
        let said = self.said(record, bank);
        match given.is_of(&said, &known) {
            true => Ok(Some(given.signature)),
            false => Err(SellerFault::OtherConsent { alias, record }.into()),
        }
    }
}

/// One who is only asked about, under an alias that finances nothing: nobody need confirm that.
fn asked_about(name: &str) -> Whose<'_> {
    Whose {
        name,
        confirmed: true,
    }
}
