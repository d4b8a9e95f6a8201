//! Handing fields over: cards, contacts, grants and imports.
//!
//! ```text
//! receiver   card ──► file ──► sender   contact add: the card's signature against the chain's key
//! sender     grant: own record → field keys, who its sealer is → file, noted first
//! receiver   import: file → record and aliases as the chain proves them → checked → kept
//! ```
//!
//! Nothing of it is on the chain. `specs/handover.md` says what is checked and why.

use std::collections::BTreeSet;

use sealane_crypto::handover::{Card, CardError, Checked, Handover, HandoverError, Known};
use sealane_crypto::keys::{Place, RecordKey};
use sealane_crypto::sealing::{open_field, record_digest};
use sealane_ledger::state::Key;
use sealane_types::alias::{Alias, check_name};
use sealane_types::encoding::Encode;
use sealane_types::fields::FieldValue;
use sealane_types::ids::{AliasId, ReceivingKey, RecordId};
use sealane_types::record::Record;
use sealane_types::schema::Kind;

use super::Bank;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::fields::{self, Shape};
use crate::home::contacts::Contact;
use crate::home::grants::Given;
use crate::paths;
use crate::work::on_processor;

mod fault;
mod idle;

pub use fault::HandoverFault;
pub use idle::Idle;

/// Fields given, as a file for their receiver.
#[derive(Debug)]
pub struct Grant {
    /// The hand-over file.
    pub file: Vec<u8>,
    /// The record.
    pub record: RecordId,
    /// Its kind of document.
    pub kind: Kind,
    /// To whom.
    pub to: Contact,
    /// The fields, in the fewest words.
    pub fields: Vec<String>,
    /// The legal identifiers that the receiver learns: whose record it is.
    pub identifiers: Vec<String>,
}

/// Fields taken from a hand-over file.
#[derive(Debug)]
pub struct Import {
    /// The record.
    pub record: RecordId,
    /// Its kind of document.
    pub kind: Kind,
    /// Who sealed it, by its legal identifiers.
    pub identifiers: Vec<String>,
    /// Who handed over, by its name on the chain or its alias.
    pub from: String,
    /// The fields, in the fewest words; also those that are wrong.
    pub fields: Vec<String>,
    /// Fields that their sealer encoded wrongly, each with the reason.
    pub wrong: Vec<(String, String)>,
    /// Whether all of it was here before.
    pub already: bool,
    /// Of a credit note, which of the invoices that it credits are financed, and what to do.
    pub warnings: Vec<String>,
}

impl Bank {
    /// This home's card: the key that hand-over files for it are encrypted to, signed.
    ///
    /// # Errors
    /// When the home is not on the chain, or the node does not answer or lies.
    pub async fn card(&self) -> Result<Vec<u8>, ClientError> {
        let own = self.own_alias().await?;
        let home = self.home();
        let key = home.signing_as(&own.key).ok_or(HandoverFault::OtherKey)?;
        let card = Card::new(home.chain(), own.id, &home.receiving(), key);
        Ok(card.to_bytes())
    }

    /// Checks a card against the chain and keeps its alias as a contact, under its name on the chain or another.
    ///
    /// # Errors
    /// When the card does not hold, the name is taken, or the node does not answer or lies.
    pub async fn add_contact(
        &self,
        card: &[u8],
        name: Option<&str>,
    ) -> Result<Contact, ClientError> {
        let home = self.home();
        let card = Card::read(card, home.chain()).map_err(HandoverFault::from)?;
        let alias = self.alias(&card.alias()).await?;
        let alias = alias.ok_or(HandoverFault::Card(CardError::Signature))?;
        let held = card.check(home.genesis().suite, &alias.key);
        held.map_err(HandoverFault::from)?;
        let name = name.unwrap_or(&alias.name);
        check_name(name).map_err(|_| HandoverFault::NameNeeded)?;
        let mut book = home.contacts()?;
        let other = book.named(name).map(Contact::alias);
        let member = match self.member(name).await {
            Err(ClientError::NoMember(_)) => None,
            found => Some(found?),
        };
        if [other, member]
            .into_iter()
            .flatten()
            .any(|id| id != alias.id)
        {
            return Err(HandoverFault::NameTaken(name.to_owned()).into());
        }
        let contact = Contact::new(name, &card);
        book.note(contact.clone());
        home.keep_contacts(&book)?;
        Ok(contact)
    }

    /// Gives fields of a record of this home's, its own or a customer's, to a contact. What is given is noted before
    /// the file is made.
    ///
    /// # Errors
    /// When the record is another home's, the contact or a field is not known, or the node does not answer or lies.
    pub async fn grant(&self, id: &RecordId, to: &str, paths: &str) -> Result<Grant, ClientError> {
        let (contact, receiver) = self.contact(to).await?;
        let (_, record) = self.proven_record(id).await?;
        let key = self.home().record_key(&record);
        let key = key.ok_or(ClientError::NotOurs(*id))?;
        let header = &record.header;
        let on_chain = self.alias_of_record(&header.sealer).await?;
        let sealer = self
            .home()
            .opening_as(&header.sealer, &on_chain.commitment)?;
        let sealer = sealer.ok_or(HandoverFault::Identity)?;
        let places = shape(&record, &key).places(paths);
        let places = places.map_err(HandoverFault::from)?;
        let own = self.own_alias().await?;
        let signing = self.home().signing_as(&own.key);
        let signing = signing.ok_or(HandoverFault::OtherKey)?;
        let identifiers = sealer.identifiers().to_vec();
        let handover = Handover {
            chain: self.home().chain(),
            record: *id,
            digest: record_digest(&record),
            sender: own.id,
            receiver,
            sealer,
            fields: places
                .iter()
                .map(|place| (*place, key.field(*place)))
                .collect(),
        };
        let file = handover.seal(self.home().genesis().suite, signing);
        let file = file.map_err(HandoverFault::from)?;
        let (kind, fields) = (
            header.kind,
            fields::names(header.kind, header.bucket, &places),
        );
        self.home().keep_given(Given {
            record: *id,
            kind,
            bucket: header.bucket,
            receiver: contact.alias(),
            to: contact.name.clone(),
            places,
        })?;
        Ok(Grant {
            file,
            record: *id,
            kind,
            to: contact,
            fields,
            identifiers,
        })
    }

    /// Opens a hand-over file made for this home, compares all of it with the chain, and keeps it. Taken again, it
    /// changes nothing.
    ///
    /// # Errors
    /// When something in it does not fit, or the node does not answer or lies.
    pub async fn import(&self, file: &[u8]) -> Result<Import, ClientError> {
        let home = self.home();
        let opened = Handover::open(file, home.chain(), &home.receiving());
        let opened = opened.map_err(HandoverFault::from)?;
        let (_, record) = self.proven_record(&opened.record()).await?;
        let sealer = self.alias_of_record(&record.header.sealer).await?;
        let sender = self.alias(&opened.sender()).await?;
        let sender = sender.ok_or(HandoverFault::File(HandoverError::Sender))?;
        let from = name_or_id(&sender);
        let check = move || {
            let known = Known {
                record: &record,
                sealer: &sealer,
                sender: &sender,
            };
            opened.check(&known).map(|checked| (checked, record))
        };
        let (checked, record) = on_processor(check).await?.map_err(HandoverFault::from)?;
        let import = self.keep(checked, record, from)?;
        // with all that was ever handed over of it
        let record = home.imported(&import.record)?.map(|kept| kept.record);
        let warnings = match record {
            Some(record) => self.told_of_credit_note(&record).await?,
            None => Vec::new(),
        };
        Ok(Import { warnings, ..import })
    }

    fn keep(&self, checked: Checked, record: Record, from: String) -> Result<Import, ClientError> {
        let Checked { handover, evidence } = checked;
        let (id, kind) = (record.id(), record.header.kind);
        let places: BTreeSet<Place> = handover.fields.keys().copied().collect();
        let reason = |fault: &sealane_crypto::sealing::Evidence| {
            (paths::path(kind, fault.place()), fault.fault().to_string())
        };
        let import = Import {
            record: id,
            kind,
            identifiers: handover.sealer.identifiers().to_vec(),
            fields: fields::names(kind, record.header.bucket, &places),
            wrong: evidence.iter().map(reason).collect(),
            already: false,
            warnings: Vec::new(),
            from,
        };
        let more = self.home().keep_imported(handover, &import.from, record)?;
        Ok(Import {
            already: !more,
            ..import
        })
    }

    /// A contact by this home's name for it, or by its name on the chain; and its receiving key, if its card holds under
    /// the key that the chain names for its alias now. Whoever stole an earlier key, and made the card with it, gets
    /// nothing once the key is changed.
    async fn contact(&self, name: &str) -> Result<(Contact, ReceivingKey), ClientError> {
        let book = self.home().contacts()?;
        let unknown = || HandoverFault::NoContact(name.to_owned());
        let found = match book.named(name) {
            Some(found) => found.clone(),
            None => {
                check_name(name).map_err(|_| unknown())?;
                let member = self.member(name).await?;
                book.with(&member).cloned().ok_or_else(unknown)?
            }
        };
        let alias = self.alias(&found.alias()).await?.ok_or_else(unknown)?;
        if let Some(why) = self.idle(&alias).await? {
            let name = found.name;
            return Err(HandoverFault::NotActive { name, why }.into());
        }
        let (chain, suite) = (self.home().chain(), self.home().genesis().suite);
        let card = Card::read(found.card(), chain);
        let receiving = card.and_then(|card| card.check(suite, &alias.key));
        match receiving {
            Ok(receiving) => Ok((found, receiving)),
            Err(_) => Err(HandoverFault::CardLapsed(found.name).into()),
        }
    }

    /// Why the alias may not act in the next block, if it may not.
    async fn idle(&self, alias: &Alias) -> Result<Option<Idle>, ClientError> {
        let state = self.node().state(&[Key::alias(&alias.bank)]).await?;
        let bank = state.read(0).map_err(|lie| self.node().lies(lie))?;
        let missing = || {
            self.node()
                .lies(Lie::Missing("bank that vouches for an alias"))
        };
        let bank: Alias = bank.ok_or_else(missing)?;
        Ok(Idle::of(alias, &bank, state.next_height()))
    }

    /// This home's own alias as the chain has it; a new signing key that it names is followed.
    async fn own_alias(&self) -> Result<Alias, ClientError> {
        let own = self.alias(&self.home().alias()).await?;
        let own = own.ok_or(HandoverFault::NotAdmitted)?;
        self.home().follow_key(&own.key)?;
        Ok(own)
    }

    /// The alias of a record on the chain.
    pub(super) async fn alias_of_record(&self, sealer: &AliasId) -> Result<Alias, ClientError> {
        let found = self.alias(sealer).await?;
        found.ok_or_else(|| {
            self.node()
                .lies(Lie::Missing("alias of a record's sealer"))
                .into()
        })
    }
}

/// The name on the chain, or the alias where it has none.
pub(super) fn name_or_id(alias: &Alias) -> String {
    match alias.name.is_empty() {
        true => alias.id.to_string(),
        false => alias.name.clone(),
    }
}

/// What the paths of an own record depend on.
fn shape(record: &Record, key: &RecordKey) -> Shape {
    let header = &record.header;
    let lines = match open_field(record, Place::LineCount, &key.field(Place::LineCount)) {
        Ok(Some(FieldValue::Integer(lines))) => usize::try_from(lines).ok(),
        _ => None, // its own record is wrong there: the import says so
    };
    Shape {
        kind: header.kind,
        bucket: header.bucket,
        lines: lines.map_or(header.bucket.lines(), |lines| {
            lines.min(header.bucket.lines())
        }),
    }
}
