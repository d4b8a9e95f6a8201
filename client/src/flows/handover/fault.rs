//! Why fields are not handed over.

use sealane_crypto::handover::{CardError, HandoverError};
use sealane_crypto::suite::SealToError;
use thiserror::Error;

use super::idle::Idle;
use crate::fields::PathError;

/// Why fields are not handed over.
#[derive(Debug, Error)]
pub enum HandoverFault {
    /// The file gives nothing.
    #[error("the hand-over file is refused: {0}")]
    File(#[from] HandoverError),
    /// The card is not believed.
    #[error("the card is refused: {0}")]
    Card(#[from] CardError),
    /// The alias' signing key is another than that which signed the card.
    #[error(
        "the key that signed the card of {0} is no longer its key on the chain, so nothing is disclosed to it: ask it for a new card \
         (sealane --home THEIRS card --out FILE), over a channel that you trust, then run sealane contact add FILE"
    )]
    CardLapsed(String),
    /// The paths name no fields.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Nobody's card is here under this name.
    #[error(
        "this home has no card of {0:?}: ask for it (sealane --home THEIRS card --out FILE), then run sealane contact add FILE; \
         sealane contact list shows the contacts"
    )]
    NoContact(String),
    /// The name is another's.
    #[error("another contact or a member has the name {0:?}; choose another name with --name")]
    NameTaken(String),
    /// The alias has no name on the chain, or the one given is none.
    #[error("give the contact a name of a-z, 0-9 and -: --name NAME")]
    NameNeeded,
    /// This home is not on the chain yet.
    #[error("this home's alias is not on the chain: the members have not admitted it")]
    NotAdmitted,
    /// The chain names a key that this home has not.
    #[error(
        "the chain names another signing key than this home's keystore.age has; restore the newest one"
    )]
    OtherKey,
    /// The home cannot open its alias' commitment.
    #[error(
        "this home does not know the legal identifiers that the record's sealer was admitted with (identity.bin, \
         customers.bin); restore the newest ones"
    )]
    Identity,
    /// The receiver may not act.
    #[error("{name} gets nothing, as it may not act on the chain: {why}")]
    NotActive {
        /// Its name.
        name: String,
        /// Why.
        why: Idle,
    },
    /// Nothing can be encrypted to the receiver.
    #[error(transparent)]
    Seal(#[from] SealToError),
}

impl HandoverFault {
    /// The command line's exit code.
    #[must_use]
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an error without a code of its own is one of input"
    )]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::OtherKey | Self::Identity | Self::Seal(_) => 1,
            Self::NotAdmitted | Self::NotActive { .. } | Self::CardLapsed(_) => 3,
            _ => 2,
        }
    }

    /// A word for programs, which never changes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "handover",
            Self::Card(_) | Self::CardLapsed(_) => "card",
            Self::Path(_) => "fields",
            Self::NoContact(_) => "no-contact",
            Self::NameTaken(_) | Self::NameNeeded => "contact-name",
            Self::NotAdmitted => "not-admitted",
            Self::OtherKey => "other-key",
            Self::Identity => "identity",
            Self::NotActive { .. } => "not-active",
            Self::Seal(_) => "receiver",
        }
    }
}
