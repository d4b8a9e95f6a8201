//! The payloads of a financing's way: present, answer, finance, release.

use super::invalid;
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_bytes, put_list};
use crate::fingerprint::{Mask, Rule, SLOTS};
use crate::ids::{
    AliasId, ChainId, DleqProof, Epoch, FieldBytes, Height, PointBytes, ProofBytes, RecordId,
    ShareIndex, Signature, TradeId, VerifyingKeyId,
};

/// Longest reason of a waiver, in bytes of UTF-8.
pub const MAX_REASON: usize = 256;
/// Most waivers of a financing: one for each looser rule, and one for each thing that the document says.
const MAX_WAIVERS: usize = Rule::ALL.len() - 1 + Waived::CLAIMS.len();

/// A record's blinded fingerprints and the proof that they are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub blinded: Vec<PointBytes>,
    /// The circuit's verifying key.
    pub verifying_key: VerifyingKeyId,
    /// The Groth16 proof of the financing statement.
    pub proof: ProofBytes,
}

/// A validator's share of `Z_i = k·B_i` for a presented set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The record whose set is answered.
    pub record: RecordId,
    /// The key epoch that the share belongs to.
    pub epoch: Epoch,
    /// Which holder of that epoch answers.
    pub index: ShareIndex,
    /// `k_j·B_i` for the slots of the mask, in order.
    pub answers: Vec<PointBytes>,
    /// The composite proof that all have the discrete logarithm of `K_j`.
    pub proof: DleqProof,
}

/// Takes a record's fingerprints for the financing bank, which signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finance {
    /// The record.
    pub record: RecordId,
    /// `T_i = Z_i − s·V_i` for the slots of the mask, in order.
    pub fingerprints: Vec<PointBytes>,
    /// The composite proof that `log_G S = log_{V_i} (Z_i − T_i)`.
    pub proof: DleqProof,
    /// Where given, the record is held, below this height; else it is financed.
    pub hold_until: Option<Height>,
    /// Since which other record the financing lasts: the first one of those whose financing it takes over, or that its own
    /// hold has taken over. The ledger refuses it where that has ended by then, or is another.
    pub since: Option<RecordId>,
    /// What the bank finances over, ascending, none twice.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// The chain.
    pub chain: ChainId,
    /// The record.
    pub record: RecordId,
    /// The financing bank.
    pub bank: AliasId,
}

/// What a bank finances over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Waived {
    /// The alert of a looser rule.
    Alert(Rule),
    /// The document's type says that the claim is assigned already, to a factor.
    Assigned,
    /// The document names a payee who is neither its seller nor the financing bank.
    Payee,
    /// The document corrects an invoice, and its record does not take over the bank's financing of that invoice.
    Correction,
    /// The document says that it is a copy.
    Copy,
}

impl Waived {
    /// What a document says and a bank can finance over, ascending. What does not stand here cannot be decoded.
    const CLAIMS: [Self; 4] = [Self::Assigned, Self::Payee, Self::Correction, Self::Copy];

    /// The number in a transaction: of an alert its rule's.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Alert(rule) => rule.number(),
            Self::Assigned => 0x40,
            Self::Payee => 0x41,
            Self::Correction => 0x42,
            Self::Copy => 0x43,
        }
    }

    /// What has this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        let mut claims = Self::CLAIMS.into_iter();
        let claim = claims.find(|claim| claim.number() == number);
        claim.or_else(|| Rule::from_number(number).map(Self::Alert))
    }

    /// The rule, where it is an alert.
    #[must_use]
    pub fn rule(self) -> Option<Rule> {
        match self {
            Self::Alert(rule) => Some(rule),
            Self::Assigned | Self::Payee | Self::Correction | Self::Copy => None,
        }
    }
}

/// Why a bank finances over something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What is waived.
    pub waived: Waived,
    /// The bank's reason, public; 1 to [`MAX_REASON`] bytes of one line of text.
    pub reason: String,
}

/// Ends a financing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The record.
    pub record: RecordId,
    /// Why.
    pub reason: ReleaseReason,
}

/// Why a financing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
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

impl Encode for PresentBlinded {
    fn encode(&self, out: &mut Vec<u8>) {
        self.record.encode(out);
        self.alias.encode(out);
        self.alias_commitment.encode(out);
        self.mask.encode(out);
        self.amount_commitment.encode(out);
        self.blinding.encode(out);
        put_list(out, &self.blinded);
        self.verifying_key.encode(out);
        self.proof.encode(out);
    }
}

impl Decode for PresentBlinded {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let present = Self {
            record: RecordId::decode(reader)?,
            alias: AliasId::decode(reader)?,
            alias_commitment: FieldBytes::decode(reader)?,
            mask: Mask::decode(reader)?,
            amount_commitment: FieldBytes::decode(reader)?,
            blinding: PointBytes::decode(reader)?,
            blinded: reader.list(SLOTS, "blinded fingerprints")?,
            verifying_key: VerifyingKeyId::decode(reader)?,
            proof: ProofBytes::decode(reader)?,
        };
        let (points, slots) = (present.blinded.len(), present.mask.count());
        if points != slots {
            let reason = format!("{points} points for {slots} slots");
            return invalid("blinded fingerprints", reason);
        }
        Ok(present)
    }
}

impl Encode for Answer {
    fn encode(&self, out: &mut Vec<u8>) {
        self.record.encode(out);
        self.epoch.encode(out);
        self.index.encode(out);
        put_list(out, &self.answers);
        self.proof.encode(out);
    }
}

impl Decode for Answer {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let answer = Self {
            record: RecordId::decode(reader)?,
            epoch: Epoch::decode(reader)?,
            index: ShareIndex::decode(reader)?,
            answers: reader.list(SLOTS, "answers")?,
            proof: DleqProof::decode(reader)?,
        };
        if answer.index.0 == 0 {
            return invalid("share index", "indices count from 1".to_owned());
        }
        Ok(answer)
    }
}

impl Encode for Finance {
    fn encode(&self, out: &mut Vec<u8>) {
        self.record.encode(out);
        put_list(out, &self.fingerprints);
        self.proof.encode(out);
        self.hold_until.encode(out);
        self.since.encode(out);
        put_list(out, &self.waivers);
        self.consent.encode(out);
        self.trade.encode(out);
    }
}

impl Decode for Finance {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let finance = Self {
            record: RecordId::decode(reader)?,
            fingerprints: reader.list(SLOTS, "fingerprints")?,
            proof: DleqProof::decode(reader)?,
            hold_until: Option::decode(reader)?,
            since: Option::decode(reader)?,
            waivers: reader.list(MAX_WAIVERS, "waivers")?,
            consent: Option::decode(reader)?,
            trade: Option::decode(reader)?,
        };
        let pairs = finance.waivers.iter().zip(finance.waivers.iter().skip(1));
        if pairs
            .into_iter()
            .any(|(first, next)| first.waived >= next.waived)
        {
            let reason = "they are not in ascending order, or one stands twice".to_owned();
            return invalid("waivers", reason);
        }
        Ok(finance)
    }
}

impl Encode for Consent {
    fn encode(&self, out: &mut Vec<u8>) {
        self.chain.encode(out);
        self.record.encode(out);
        self.bank.encode(out);
    }
}

impl Encode for Waiver {
    fn encode(&self, out: &mut Vec<u8>) {
        self.waived.number().encode(out);
        put_bytes(out, self.reason.as_bytes());
    }
}

impl Decode for Waiver {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = u8::decode(reader)?;
        let Some(waived) = Waived::from_number(number) else {
            return invalid("waiver", format!("nothing to waive has number {number}"));
        };
        let reason = crate::trade::reason(reader)?;
        if waived.rule().is_some_and(Rule::is_strict) {
            let reason = "the strict rule cannot be waived".to_owned();
            return invalid("waiver", reason);
        }
        Ok(Self { waived, reason })
    }
}

impl Encode for Release {
    fn encode(&self, out: &mut Vec<u8>) {
        self.record.encode(out);
        self.reason.encode(out);
    }
}

impl Decode for Release {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            record: RecordId::decode(reader)?,
            reason: ReleaseReason::decode(reader)?,
        })
    }
}

impl Encode for ReleaseReason {
    fn encode(&self, out: &mut Vec<u8>) {
        (*self as u8).encode(out);
    }
}

impl Decode for ReleaseReason {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Repaid,
            2 => Self::Withdrawn,
            3 => Self::Mistaken,
            tag => return invalid("release reason", format!("no reason has tag {tag}")),
        })
    }
}

#[cfg(test)]
mod tests;
