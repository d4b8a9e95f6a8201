//! Why it is not clear under whose alias a document is financed, or why it cannot be under that.

use std::fmt;

use sealane_types::ids::{AliasId, RecordId};
use sealane_types::text::word;
use sealane_types::transaction::Waived;
use thiserror::Error;

/// Something that a document says, over which it is financed only for a reason that goes on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// What must be waived.
    pub what: Waived,
    /// What the document says, and what to do about it.
    pub words: String,
}

impl Concern {
    /// The word that `--waive` takes: of an alert its rule's number.
    #[must_use]
    pub fn option(&self) -> String {
        Self::option_of(&self.what)
    }

    /// The word that `--waive` takes for this.
    #[must_use]
    pub fn option_of(what: &Waived) -> String {
        match what {
            Waived::Assigned => "assigned".to_owned(),
            Waived::Payee => "payee".to_owned(),
            Waived::Correction => "correction".to_owned(),
            Waived::Copy => "copy".to_owned(),
            Waived::Credited => "credited".to_owned(),
            Waived::Alert(rule) => rule.number().to_string(),
        }
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, option) = (&self.words, self.option());
        write!(to, "{words}: finance it only with --waive {option}=REASON")
    }
}

/// Why a document is not presented or financed under somebody's alias.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SellerFault {
    /// No customer has an identifier of the document.
    #[error(
        "no customer of this bank is the document's seller ({}): register it with sealane alias register NAME --id SCHEME:VALUE, \
         or name the seller with --customer NAME", said(.0)
    )]
    Nobody(Vec<String>),
    /// The document shows no identifier of its seller.
    #[error(
        "the document shows no legal identifier of its seller: name the seller with --customer NAME; the document is then financed \
         under the identifiers in that customer's file"
    )]
    NoIdentifier,
    /// It is the name of one inquiry, whose alias is for that one alone.
    #[error(
        "{0} is no customer: the name is that of one inquiry. Everybody would see that what is done under it again concerns the same \
         seller. To inquire about another document, leave the name out; to seal or finance one, register the seller first: sealane \
         alias register NAME --id SCHEME:VALUE"
    )]
    AskedBefore(String),
    /// The document does not name the customer under whose alias it is to be sealed or presented.
    #[error(
        "the document does not name {customer} as its {party}, who is {shown}: find out whose document it is; if it is \
         {customer}'s all the same, give --confirmed"
    )]
    NotNamed {
        /// The customer.
        customer: String,
        /// The party that seals such a document: its seller, buyer, carrier or issuer.
        party: &'static str,
        /// What the document shows of that party.
        shown: String,
    },
    /// The document shows an identifier that the alias has not.
    #[error(
        "the document says that the seller has {}, which is not among the identifiers of your customer {customer}. Compare it with the \
         register's extract. If it is {customer}'s, add it: {}. If it is not, ask {customer} who wrote the document, and do not \
         finance it under {customer}",
        .missing.join(" and "),
        .missing.iter().map(|id| amend(customer, id)).collect::<Vec<_>>().join(", ")
    )]
    Lacks {
        /// The customer.
        customer: String,
        /// The identifiers.
        missing: Vec<String>,
    },
    /// The document shows an identifier that the alias for one trade, under which it was sealed, has not.
    #[error(
        "the document says that the seller has {}, which the alias for one trade, under which the record was sealed, has not: such an \
         alias is never amended, and another of {customer}'s would be joined with it. {}Seal the document anew, and not in this \
         record's place (sealane seal FILE --as {named} --one-trade, or without --one-trade under the standing alias), and finance \
         that record",
        .missing.join(" and "), before_anew(customer, missing, *in_file), named = word(customer)
    )]
    OneTradeLacks {
        /// The customer.
        customer: String,
        /// The identifiers.
        missing: Vec<String>,
        /// Whether the customer's file has them all by now.
        in_file: bool,
    },
    /// The alias is not on the chain.
    #[error(
        "{0} is not on the chain yet: run sealane alias register again, with the same identifiers"
    )]
    NotOnChain(String),
    /// The alias on the chain is not as this home registered it.
    #[error(
        "alias {0} has another bank, key, role or other identifiers on the chain than this home registered: tell the other banks"
    )]
    OtherAlias(AliasId),
    /// An opening that was handed over, and the alias was amended since.
    #[error(
        "the identifiers of alias {0} that were disclosed to this home do not fit its commitment on the chain, because its bank has \
         amended the alias: ask that bank to disclose them again"
    )]
    Stale(AliasId),
    /// An opening that was handed over marks identifiers otherwise than the table of schemes.
    #[error(
        "the bank of alias {0} has not marked the alias' identifiers as the rules demand (specs/schemas/identifiers.md, Of an alias), so \
         that a duplicate could go unnoticed: do not finance under this alias, and tell that bank"
    )]
    Marked(AliasId),
    /// The set was presented under an alias whose opening is not here.
    #[error(
        "record {0} was presented under an alias whose identifiers this home does not have: finance it from the home that presented it"
    )]
    PresentedElsewhere(RecordId),
    /// It was presented under another alias than is asked for.
    #[error(
        "record {record} was presented under another alias than {customer}'s, and each record is presented once: seal the document \
         with --as {named}", named = word(customer)
    )]
    PresentedAsOther {
        /// The record.
        record: RecordId,
        /// Who is asked for.
        customer: String,
    },
    /// The older record is another customer's.
    #[error(
        "record {record} was sealed for {found}, so it cannot be replaced by one of {name}'s: what replaces a record is sealed \
         for the same customer"
    )]
    SealedForOther {
        /// The older record.
        record: RecordId,
        /// Whose it is.
        found: String,
        /// Whose the replacement would be.
        name: String,
    },
    /// The key of another bank's customer has not agreed.
    #[error(
        "alias {alias} is a customer's of another bank, whose key must consent that this bank finances record {record}. Ask that bank to \
         run: sealane alias consent {alias} {record} --to {bank} --out FILE. Then give --consent FILE"
    )]
    NeedsConsent {
        /// The alias.
        alias: AliasId,
        /// The record.
        record: RecordId,
        /// This bank.
        bank: AliasId,
    },
    /// A file that should hold a consent holds none for this.
    #[error(
        "the file holds no consent of alias {alias} that this bank finances record {record} on this chain"
    )]
    OtherConsent {
        /// The alias.
        alias: AliasId,
        /// The record.
        record: RecordId,
    },
    /// Consents are signed where the alias' key is.
    #[error(
        "{0} is neither a customer of this bank nor one of its aliases; see sealane alias list"
    )]
    NotOurAlias(String),
    /// What the document says needs a reason.
    #[error("{0}")]
    Needs(Concern),
}

impl SellerFault {
    /// The command line's exit code.
    #[must_use]
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an error without a code of its own is one of input"
    )]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::OtherAlias(_) | Self::Marked(_) | Self::Needs(_) | Self::NeedsConsent { .. } => 3,
            _ => 2,
        }
    }

    /// A word for programs, which never changes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nobody(_) | Self::NoIdentifier => "no-seller",
            Self::NotNamed { .. } => "not-named",
            Self::AskedBefore(_) => "asked-before",
            Self::Lacks { .. } | Self::OneTradeLacks { .. } => "seller-lacks-identifier",
            Self::NotOnChain(_) | Self::OtherAlias(_) | Self::NotOurAlias(_) => "seller-alias",
            Self::Stale(_)
            | Self::Marked(_)
            | Self::PresentedElsewhere(_)
            | Self::PresentedAsOther { .. } => "seller-opening",
            Self::SealedForOther { .. } => "sealed-for-other",
            Self::NeedsConsent { .. } | Self::OtherConsent { .. } => "seller-consent",
            Self::Needs(_) => "needs-waiver",
        }
    }
}

/// What comes before a document is sealed anew under an alias that has all identifiers: these must be in the file.
fn before_anew(customer: &str, missing: &[String], in_file: bool) -> String {
    match in_file {
        true => String::new(),
        false => format!(
            "Compare {} with the register's extract; if it is not {customer}'s, do not finance the document. If it is, add it to \
             {customer}'s file first ({}, which leaves this record's alias as it is). ",
            missing.join(" and "),
            amend(customer, "SCHEME:VALUE")
        ),
    }
}

/// The command that adds an identifier to a customer's file.
fn amend(customer: &str, id: &str) -> String {
    format!("sealane alias amend {} --id {}", word(customer), word(id))
}

fn said(identifiers: &[String]) -> String {
    identifiers.join(", ")
}
