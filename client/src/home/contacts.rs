//! To whom this home can hand fields over: aliases and their cards, which are checked against the chain each time. With whom a bank deals is its own
//! business; the book is encrypted under the home's own secret.

use sealane_crypto::handover::Card;
use sealane_types::encoding::Encode;
use sealane_types::ids::AliasId;
use serde::{Deserialize, Serialize};

use super::hexed::{Hexed, Shown};
use super::{Home, HomeError};

const CONTACTS: &str = "contacts.bin";
const CONTACTS_LIMIT: u64 = 16 << 20;

/// Somebody to whom fields can be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// This home's name for it.
    pub name: String,
    alias: Shown<AliasId>,
    card: Hexed,
}

impl Contact {
    /// A contact with its card.
    #[must_use]
    pub fn new(name: &str, card: &Card) -> Self {
        Self {
            name: name.to_owned(),
            alias: Shown(card.alias()),
            card: Hexed(card.to_bytes()),
        }
    }

    /// Its alias.
    #[must_use]
    pub fn alias(&self) -> AliasId {
        self.alias.0
    }

    /// The bytes of its card, which says what hand-over files for it are encrypted to.
    #[must_use]
    pub fn card(&self) -> &[u8] {
        &self.card.0
    }
}

/// All contacts, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Each with a name and an alias of its own.
    pub contacts: Vec<Contact>,
}

impl Contacts {
    /// The contact of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Contact> {
        self.contacts.iter().find(|one| one.name == name)
    }

    /// The contact with this alias.
    #[must_use]
    pub fn with(&self, alias: &AliasId) -> Option<&Contact> {
        self.contacts.iter().find(|one| one.alias() == *alias)
    }

    /// Notes a contact, in the place of the one with its alias.
    pub fn note(&mut self, contact: Contact) {
        let known = |one: &&mut Contact| one.alias == contact.alias;
        match self.contacts.iter_mut().find(known) {
            Some(known) => *known = contact,
            None => self.contacts.push(contact),
        }
    }
}

impl Home {
    /// To whom this home can hand fields over.
    ///
    /// # Errors
    /// When the disk fails or the book is damaged.
    pub fn contacts(&self) -> Result<Contacts, HomeError> {
        let book = self.secret_json(CONTACTS, CONTACTS_LIMIT)?;
        Ok(book.unwrap_or_default())
    }

    /// Keeps the book of contacts.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_contacts(&self, book: &Contacts) -> Result<(), HomeError> {
        self.keep_secret_json(CONTACTS, book)
    }
}
