//! The state's values about the fingerprint key: rounds, and who is blamed for what.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use sealane_types::fingerprint::SLOTS;
use sealane_types::ids::{AliasId, BlockTime, Epoch, Height, PointBytes, ShareIndex};
use sealane_types::sharing::{FingerprintKey, MAX_HOLDERS};

/// Most faults that are named; older ones are counted alone.
pub const MAX_FAULTS: usize = 8;

/// A round in which the fingerprint key is generated or handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Its epoch: no other round has it.
    pub epoch: Epoch,
    /// The epoch whose holders deal; none where the key is generated.
    pub from: Option<Epoch>,
    /// `t` of the new epoch.
    pub threshold: u16,
    /// The holders; the one at position `i` has index `i + 1`.
    pub holders: Vec<Holder>,
    /// Since when its day runs: the block that opened it; for genesis' own since all keys stand.
    pub begun: Option<BlockTime>,
    /// Since when all keys stand.
    pub ready: Option<BlockTime>,
    /// Who dealt, in the order of the chain.
    pub dealt: Vec<Dealt>,
    /// Which dealings count, once that is decided.
    pub decided: Option<Decided>,
    /// Whether its day was over before all holders had confirmed: it takes no step any more.
    pub lapsed: bool,
}

/// The slot keys `V_i = k·H_i` of a fingerprint key. Re-sharing changes no `k`, so they stand for all of its epochs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotKeys {
    /// The epoch whose holders published them.
    pub epoch: Epoch,
    /// The holders whose parts they are combined from; the parts stay in the state, with their proofs.
    pub holders: Vec<ShareIndex>,
    /// `V_i`, by the slot's number.
    pub points: Vec<PointBytes>,
}

/// A holder of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The validator.
    pub validator: AliasId,
    /// Its key for this round.
    pub key: Option<PointBytes>,
    /// Whether it has shown that it has its share.
    pub confirmed: bool,
}

/// A dealing, which has a place of its own in the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dealt {
    /// The dealer.
    pub dealer: ShareIndex,
    /// Whether a complaint about it was upheld.
    pub disqualified: bool,
}

/// The dealings that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Their dealers, in the order of the chain.
    pub dealers: Vec<ShareIndex>,
    /// The key that they give; none where they give no key, until one of them is disqualified.
    pub key: Option<FingerprintKey>,
}

/// What a validator did wrong, by the ledger's own finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blame {
    /// How many faults.
    pub count: u32,
    /// The last [`MAX_FAULTS`], the newest last.
    pub last: Vec<Fault>,
}

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// In which block.
    pub height: Height,
}

/// Kinds of faults. Numbers never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
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
    const ALL: [Self; 4] = [
        Self::BadShare,
        Self::FalseComplaint,
        Self::WrongDealing,
        Self::WrongAnswer,
    ];

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

impl Encode for Round {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.from.encode(out);
        self.threshold.encode(out);
        put_list(out, &self.holders);
        self.begun.encode(out);
        self.ready.encode(out);
        put_list(out, &self.dealt);
        self.decided.encode(out);
        self.lapsed.encode(out);
    }
}

impl Decode for Round {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Epoch::decode(reader)?,
            from: Option::decode(reader)?,
            threshold: u16::decode(reader)?,
            holders: reader.list(MAX_HOLDERS, "holders")?,
            begun: Option::decode(reader)?,
            ready: Option::decode(reader)?,
            dealt: reader.list(MAX_HOLDERS, "dealings")?,
            decided: Option::decode(reader)?,
            lapsed: bool::decode(reader)?,
        })
    }
}

impl Encode for SlotKeys {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        put_list(out, &self.holders);
        put_list(out, &self.points);
    }
}

impl Decode for SlotKeys {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Epoch::decode(reader)?,
            holders: reader.list(MAX_HOLDERS, "holders")?,
            points: reader.list(SLOTS, "slot keys")?,
        })
    }
}

impl Encode for Holder {
    fn encode(&self, out: &mut Vec<u8>) {
        self.validator.encode(out);
        self.key.encode(out);
        self.confirmed.encode(out);
    }
}

impl Decode for Holder {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            validator: AliasId::decode(reader)?,
            key: Option::decode(reader)?,
            confirmed: bool::decode(reader)?,
        })
    }
}

impl Encode for Dealt {
    fn encode(&self, out: &mut Vec<u8>) {
        self.dealer.encode(out);
        self.disqualified.encode(out);
    }
}

impl Decode for Dealt {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            dealer: ShareIndex::decode(reader)?,
            disqualified: bool::decode(reader)?,
        })
    }
}

impl Encode for Decided {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.dealers);
        self.key.encode(out);
    }
}

impl Decode for Decided {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            dealers: reader.list(MAX_HOLDERS, "dealers")?,
            key: Option::decode(reader)?,
        })
    }
}

impl Encode for Blame {
    fn encode(&self, out: &mut Vec<u8>) {
        self.count.encode(out);
        put_list(out, &self.last);
    }
}

impl Decode for Blame {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            count: u32::decode(reader)?,
            last: reader.list(MAX_FAULTS, "faults")?,
        })
    }
}

impl Encode for Fault {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.kind as u8);
        self.height.encode(out);
    }
}

impl Decode for Fault {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = u8::decode(reader)?;
        let kind = FaultKind::ALL
            .into_iter()
            .find(|kind| *kind as u8 == number);
        let kind = kind.ok_or_else(|| DecodeError::Invalid {
            what: "fault",
            reason: format!("no kind has number {number}"),
        })?;
        let height = Height::decode(reader)?;
        Ok(Self { kind, height })
    }
}
