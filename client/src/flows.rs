//! The flows of a record. Each can be killed at any moment and typed again:
//!
//! ```text
//! seal     Document → Record on disk → journal → outbox → block
//! alias    book of customers → outbox → block
//! inquire  seal, whose it is, present, answers → fingerprints, compared on this side with the taken set
//! finance  seal if needed → whose it is → present (proof) → answers → fingerprints, compared on this side with the taken set
//!          → outbox → block → receipt → outbox emptied
//! release  outbox → block
//! trade    the party's alias → outbox → block
//! ```
//!
//! What a run finds on the chain counts; the journal says only what this home began. See
//! [`crate::home::journal`] for why no step is ever sent as two transactions.

mod again;
mod aliases;
mod bank;
mod before_vote;
mod credit;
mod cross_check;
mod deliver;
mod earlier;
mod finance;
mod free;
mod governance;
mod handover;
mod inquire;
mod invoice;
mod list;
mod named;
mod present;
mod published;
mod record;
mod record_state;
mod release;
mod replacements;
mod report;
mod seal;
mod seller;
mod taken;
mod trade;
mod when;

pub use aliases::{AliasView, NewCustomer, Reading, Registered, canonical_identifiers};
pub use bank::Bank;
pub use before_vote::KeysOf;
pub use cross_check::{
    CheckOutcome, CheckProof, CheckText, CheckedRecord, CrossCheckFault, MAX_CHECK_PROOF,
    ProvenCheck, SubmittedCheck, VerifiedCheck, void_since,
};
pub use finance::{FinanceOptions, Financed};
pub use governance::{Governed, Voted};
pub use handover::{Grant, HandoverFault, Idle, Import};
pub use inquire::{Answer, Inquiry, Similar, Since};
pub use list::{Found, ListedRecord, Page, Search};
pub use named::Whose;
pub use present::Presented;
pub use published::PublishedCheck;
pub use record::{FieldView, GrantedBy, RecordView, Shown};
pub use record_state::RecordState;
pub use release::Released;
pub use report::ReportedField;
pub use seal::Sealed;
pub use sealane_ledger::state::{ProposalEntry, ProposalStage};
pub use seller::{Agreed, Concern, SellerFault};
pub use trade::{Player, TradeLine, TradeView, Traded};
pub use when::When;

#[cfg(test)]
pub(crate) mod tests;
