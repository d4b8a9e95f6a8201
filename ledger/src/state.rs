//! The ledger's state: keys, small values, and how both are read and written.

mod checks;
mod consortium;
mod entries;
mod key;
mod members;
mod overlay;
mod quota;
mod sharing;
mod trades;

pub use checks::{CheckEntry, CheckTextEntry, OpenedFields, OutcomeEntry};
pub use consortium::{
    Consortium, MAX_SCHEDULED, MAX_TURNS, ProposalEntry, ProposalStage, Scheduled, Turns, Voters,
};
pub use entries::{
    Answers, BlindedSet, Completed, Few, Financing, LogHead, LooseEntry, MAX_LOOSE_RECORDS,
    RecordEntry, Share, Stage,
};
pub use key::{About, Key};
pub use members::{Earlier, EarlierCommitment, MAX_AMENDMENTS};
pub(crate) use overlay::StateExt;
pub use overlay::{Overlay, StateRead, Writes};
pub use quota::{Counted, QuotaEntry};
pub use sharing::{Blame, Dealt, Decided, Fault, FaultKind, Holder, MAX_FAULTS, Round, SlotKeys};
pub use trades::{MAX_WAIVERS, TradeEntry, WaiverEntry, WorkflowEntry};

#[cfg(test)]
mod tests;
