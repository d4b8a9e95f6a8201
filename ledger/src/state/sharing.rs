//! The state's values about the fingerprint key: rounds, and who is blamed for what.

use sealane_types::encoding::{Decode, Encode};
use sealane_types::fingerprint::SLOTS;
use sealane_types::ids::{AliasId, BlockTime, Epoch, Height, PointBytes, ShareIndex};
use sealane_types::sharing::{FingerprintKey, MAX_HOLDERS};

/// Most faults that are named; older ones are counted alone.
pub const MAX_FAULTS: usize = 8;

/// A round in which the fingerprint key is generated or handed on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Round {
    /// Its epoch: no other round has it.
    pub epoch: Epoch,
    /// The epoch whose holders deal; none where the key is generated.
    pub from: Option<Epoch>,
    /// `t` of the new epoch.
    pub threshold: u16,
    /// The holders; the one at position `i` has index `i + 1`.
    #[encoding(list(MAX_HOLDERS, "holders"))]
    pub holders: Vec<Holder>,
    /// Since when its day runs: the block that opened it; for genesis' own since all keys stand.
    pub begun: Option<BlockTime>,
    /// Since when all keys stand.
    pub ready: Option<BlockTime>,
    /// Who dealt, in the order of the chain.
    #[encoding(list(MAX_HOLDERS, "dealings"))]
    pub dealt: Vec<Dealt>,
    /// Which dealings count, once that is decided.
    pub decided: Option<Decided>,
    /// Whether its day was over before all holders had confirmed: it takes no step any more.
    pub lapsed: bool,
}

/// The slot keys `V_i = k·H_i` of a fingerprint key. Re-sharing changes no `k`, so they stand for all of its epochs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SlotKeys {
    /// The epoch whose holders published them.
    pub epoch: Epoch,
    /// The holders whose parts they are combined from; the parts stay in the state, with their proofs.
    #[encoding(list(MAX_HOLDERS, "holders"))]
    pub holders: Vec<ShareIndex>,
    /// `V_i`, by the slot's number.
    #[encoding(list(SLOTS, "slot keys"))]
    pub points: Vec<PointBytes>,
}

/// A holder of a round.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Holder {
    /// The validator.
    pub validator: AliasId,
    /// Its key for this round.
    pub key: Option<PointBytes>,
    /// Whether it has shown that it has its share.
    pub confirmed: bool,
}

/// A dealing, which has a place of its own in the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Dealt {
    /// The dealer.
    pub dealer: ShareIndex,
    /// Whether a complaint about it was upheld.
    pub disqualified: bool,
}

/// The dealings that count.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Decided {
    /// Their dealers, in the order of the chain.
    #[encoding(list(MAX_HOLDERS, "dealers"))]
    pub dealers: Vec<ShareIndex>,
    /// The key that they give; none where they give no key, until one of them is disqualified.
    pub key: Option<FingerprintKey>,
}

/// What a validator did wrong, by the ledger's own finding.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Blame {
    /// How many faults.
    pub count: u32,
    /// The last [`MAX_FAULTS`], the newest last.
    #[encoding(list(MAX_FAULTS, "faults"))]
    pub last: Vec<Fault>,
}

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// In which block.
    pub height: Height,
}

/// Kinds of faults. Numbers never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "fault")]
pub enum FaultKind {
    /// It dealt a bad share; a complaint was upheld.
    BadShare = 1,
    /// It complained about a good share, or showed nothing.
    FalseComplaint = 2,
    /// Its dealing was refused.
    WrongDealing = 3,
    /// Its answer to a blinded set was refused.
    WrongAnswer = 4,
}

impl FaultKind {
    /// What it is, in a few words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BadShare => "dealt a bad share",
            Self::FalseComplaint => "complained falsely",
            Self::WrongDealing => "dealt wrongly",
            Self::WrongAnswer => "answered wrongly",
        }
    }
}
