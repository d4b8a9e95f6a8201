//! The payloads of a financing's way: present, answer, finance, release.

use crate::encoding::{Decode, DecodeError, Encode, Tagged, ensure, invalid};
use crate::fingerprint::{Mask, Rule, SLOTS};
use crate::ids::{
    AliasId, ChainId, DleqProof, Epoch, FieldBytes, Height, PointBytes, ProofBytes, RecordId,
    ShareIndex, Signature, TradeId, VerifyingKeyId,
};

/// Most waivers of a financing: one for each looser rule, and one for each of the five things that a document says.
const MAX_WAIVERS: usize = Rule::ALL.len() - 1 + 5;

/// A record's blinded fingerprints and the proof that they are its own.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct PresentBlinded {
    /// The record.
    pub record: RecordId,
    /// The seller's alias: the party of the document that a bank vouches for.
    pub alias: AliasId,
    /// The alias' commitment to its identifiers that the proof is about: the one that is current, or one that was when the
    /// record was sealed.
    pub alias_commitment: FieldBytes,
    /// Which fingerprint slots apply.
    pub mask: Mask,
    /// A hiding commitment to payable amount and currency.
    pub amount_commitment: FieldBytes,
    /// `S = s·G`.
    pub blinding: PointBytes,
    /// `B_i = P_i + s·H_i` for the slots of the mask, in order.
    #[encoding(list(SLOTS, "blinded fingerprints"))]
    pub blinded: Vec<PointBytes>,
    /// The circuit's verifying key.
    pub verifying_key: VerifyingKeyId,
    /// The Groth16 proof of the financing statement.
    pub proof: ProofBytes,
}

/// A validator's share of `Z_i = k·B_i` for a presented set.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Answer {
    /// The record whose set is answered.
    pub record: RecordId,
    /// The key epoch that the share belongs to.
    pub epoch: Epoch,
    /// Which holder of that epoch answers.
    pub index: ShareIndex,
    /// `k_j·B_i` for the slots of the mask, in order.
    #[encoding(list(SLOTS, "answers"))]
    pub answers: Vec<PointBytes>,
    /// The composite proof that all have the discrete logarithm of `K_j`.
    pub proof: DleqProof,
}

/// Takes a record's fingerprints for the financing bank, which signs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Finance {
    /// The record.
    pub record: RecordId,
    /// `T_i = Z_i − s·V_i` for the slots of the mask, in order.
    #[encoding(list(SLOTS, "fingerprints"))]
    pub fingerprints: Vec<PointBytes>,
    /// The composite proof that `log_G S = log_{V_i} (Z_i − T_i)`.
    pub proof: DleqProof,
    /// Where given, the record is held, below this height; else it is financed.
    pub hold_until: Option<Height>,
    /// Since which other record the financing lasts: the first one of those whose financing it takes over, or that its own
    /// hold has taken over. The ledger refuses it where that has ended by then, or is another.
    pub since: Option<RecordId>,
    /// What the bank finances over, ascending, none twice.
    #[encoding(list(MAX_WAIVERS, "waivers"))]
    pub waivers: Vec<Waiver>,
    /// The signature of the seller's alias over [`Consent`]; needed where the alias is neither the sealer's nor of a
    /// customer of the financing bank.
    pub consent: Option<Signature>,
    /// Where given, the bank demands that this trade stands where its workflow lets it be financed, and that the record is
    /// its invoice.
    pub trade: Option<TradeId>,
}

/// What the key of a seller's alias signs so that a bank that it is no customer of may finance under it: the bytes are
/// this struct's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode)]
pub struct Consent {
    /// The chain.
    pub chain: ChainId,
    /// The record.
    pub record: RecordId,
    /// The financing bank.
    pub bank: AliasId,
}

/// What a bank finances over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "waiver")]
pub enum Waived {
    /// The alert of a looser rule.
    #[encoding(others)]
    Alert(Rule),
    /// The document's type says that the claim is assigned already, to a factor.
    Assigned = 0x40,
    /// The document names a payee who is neither its seller nor the financing bank.
    Payee = 0x41,
    /// The document corrects an invoice, and its record does not take over the bank's financing of that invoice.
    Correction = 0x42,
    /// The document says that it is a copy.
    Copy = 0x43,
    /// Credit notes that the bank has may take back all that the document asks for.
    Credited = 0x44,
}

impl Waived {
    /// The number in a transaction: of an alert its rule's.
    #[must_use]
    pub fn number(self) -> u8 {
        self.tag()
    }

    /// The rule, where it is an alert.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        match self {
            Self::Alert(rule) => Some(rule),
            Self::Assigned | Self::Payee | Self::Correction | Self::Copy | Self::Credited => None,
        }
    }
}

/// Why a bank finances over something.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct Waiver {
    /// What is waived.
    pub waived: Waived,
    /// The bank's reason, public; 1 to [`crate::trade::MAX_REASON`] bytes of one line of text.
    #[encoding(read = crate::trade::reason(reader))]
    pub reason: String,
}

/// Ends a financing.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Release {
    /// The record.
    pub record: RecordId,
    /// Why.
    pub reason: ReleaseReason,
}

/// Why a financing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "release reason")]
pub enum ReleaseReason {
    /// The money came back; the document is never financed again.
    Repaid = 1,
    /// The bank or its customer stepped back; the document is free again.
    Withdrawn = 2,
    /// It should not have been taken; the document is free again.
    Mistaken = 3,
}

impl ReleaseReason {
    /// The word of the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Repaid => "repaid",
            Self::Withdrawn => "withdrawn",
            Self::Mistaken => "mistaken",
        }
    }
}

impl PresentBlinded {
    fn check(&self) -> Result<(), DecodeError> {
        let (points, slots) = (self.blinded.len(), self.mask.count());
        if points == slots {
            return Ok(());
        }
        let reason = format!("{points} points for {slots} slots");
        invalid("blinded fingerprints", reason)
    }
}

impl Answer {
    fn check(&self) -> Result<(), DecodeError> {
        ensure(self.index.0 > 0, "share index", "indices count from 1")
    }
}

impl Finance {
    fn check(&self) -> Result<(), DecodeError> {
        let waivers = &self.waivers;
        ensure(
            waivers.is_sorted_by(|first, next| first.waived < next.waived),
            "waivers",
            "they are not in ascending order, or one stands twice",
        )
    }
}

impl Waiver {
    fn check(&self) -> Result<(), DecodeError> {
        let strict = self.waived.rule().is_some_and(Rule::is_strict);
        ensure(!strict, "waiver", "the strict rule cannot be waived")
    }
}

#[cfg(test)]
mod tests;
