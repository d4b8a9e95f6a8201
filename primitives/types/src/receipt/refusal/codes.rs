//! The stable codes of refusals, and their bytes.

use super::{ChangeFault, DealingFault, Refusal, TradeRefusal};
use crate::alias::Role;
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use crate::fingerprint::Rule;
use crate::ids::{Height, RecordId, ShareIndex};
use crate::workflow::Versioned;

impl Refusal {
    /// The stable number of the reason.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::RecordExists => 1,
            Self::NotTheSealer => 2,
            Self::UnknownRecord => 3,
            Self::CannotReplace => 4,
            Self::AlreadyReplaced { .. } => 5,
            Self::WrongRoot => 6,
            Self::AlreadyPresented => 7,
            Self::QuotaUsedUp { .. } => 8,
            Self::NotFinanceable => 9,
            Self::UnknownVerifyingKey => 10,
            Self::WrongProof => 11,
            Self::NotPresented => 12,
            Self::NotAShareHolder => 13,
            Self::AlreadyAnswered => 14,
            Self::WrongAnswer { .. } => 15,
            Self::NotAnswered => 16,
            Self::NotABank => 17,
            Self::Replaced { .. } => 18,
            Self::Duplicate { .. } => 19,
            Self::Alert { .. } => 20,
            Self::RepeatedFingerprint => 21,
            Self::AlreadyFinanced => 22,
            Self::AlreadyHeld { .. } => 23,
            Self::OlderIsFinanced { .. } => 24,
            Self::NotTheHolder => 25,
            Self::HoldOutOfRange { .. } => 26,
            Self::HoldOverFinanced => 27,
            Self::NotFinanced => 28,
            Self::HoldNotRepaid => 29,
            Self::OtherChain => 30,
            Self::RoleForbids { .. } => 31,
            Self::NotActive => 32,
            Self::AliasExists => 33,
            Self::WrongKey => 34,
            Self::NotYourCustomer => 35,
            Self::Closed => 36,
            Self::UnknownProposal => 37,
            Self::AlreadyVoted => 38,
            Self::ProposalOver => 39,
            Self::HeightOutOfRange { .. } => 40,
            Self::ChangeFails { .. } => 41,
            Self::TooManyChanges => 42,
            Self::NoRound => 43,
            Self::NotInRound => 44,
            Self::KeysFixed => 45,
            Self::NotYet => 46,
            Self::AlreadyDealt => 47,
            Self::WrongDealing { .. } => 48,
            Self::NoDealing => 49,
            Self::FalseComplaint => 50,
            Self::AlreadyConfirmed => 51,
            Self::DealingsOver => 52,
            Self::NoCheck => 53,
            Self::WrongShape => 54,
            Self::NotOfTheCheck { .. } => 55,
            Self::AlreadyChecked => 56,
            Self::FieldsOpened => 57,
            Self::FieldSound => 58,
            Self::AlreadyOpened => 59,
            Self::Trade(refusal) => refusal.code(),
            Self::OneTrade => 76,
            Self::OtherCommitment => 77,
            Self::TooManyAmendments => 78,
            Self::NotVouchedFor => 79,
            Self::OnlyAsked => 80,
            Self::NoConsent => 81,
            Self::RepeatedBlinding => 82,
            Self::SameName => 83,
            Self::NoSlotKeys => 84,
            Self::SealedWrongly => 85,
            Self::FinancingsUsedUp { .. } => 86,
            Self::CheckVoid { .. } => 87,
            Self::GoesOnOtherwise => 89,
            Self::OlderIsTaken { .. } => 90,
        }
    }
}

impl Encode for Refusal {
    fn encode(&self, out: &mut Vec<u8>) {
        self.code().encode(out);
        match self {
            Self::AlreadyReplaced { by } | Self::Replaced { by } => by.encode(out),
            Self::QuotaUsedUp { quota } => quota.encode(out),
            Self::WrongAnswer { share } => share.encode(out),
            Self::Duplicate { rule } => rule.encode(out),
            Self::Alert { rules } => put_list(out, rules),
            Self::AlreadyHeld { until } => until.encode(out),
            Self::OlderIsFinanced { older } | Self::OlderIsTaken { older } => older.encode(out),
            Self::HoldOutOfRange { blocks } => blocks.encode(out),
            Self::RoleForbids { role } => role.encode(out),
            Self::HeightOutOfRange { least, most } => {
                least.encode(out);
                most.encode(out);
            }
            Self::ChangeFails { fault } => fault.encode(out),
            Self::WrongDealing { fault } => fault.encode(out),
            Self::NotOfTheCheck { record } => record.encode(out),
            Self::Trade(refusal) => refusal.put(out),
            Self::FinancingsUsedUp { quota, debt } => {
                quota.encode(out);
                debt.encode(out);
            }
            Self::CheckVoid { check } => check.encode(out),
            _ => {}
        }
    }
}

impl Decode for Refusal {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::RecordExists,
            2 => Self::NotTheSealer,
            3 => Self::UnknownRecord,
            4 => Self::CannotReplace,
            5 => Self::AlreadyReplaced {
                by: RecordId::decode(reader)?,
            },
            6 => Self::WrongRoot,
            7 => Self::AlreadyPresented,
            8 => Self::QuotaUsedUp {
                quota: u32::decode(reader)?,
            },
            9 => Self::NotFinanceable,
            10 => Self::UnknownVerifyingKey,
            11 => Self::WrongProof,
            12 => Self::NotPresented,
            13 => Self::NotAShareHolder,
            14 => Self::AlreadyAnswered,
            15 => Self::WrongAnswer {
                share: ShareIndex::decode(reader)?,
            },
            16 => Self::NotAnswered,
            17 => Self::NotABank,
            18 => Self::Replaced {
                by: RecordId::decode(reader)?,
            },
            19 => Self::Duplicate {
                rule: Rule::decode(reader)?,
            },
            20 => Self::Alert {
                rules: reader.list(Rule::ALL.len(), "rules")?,
            },
            21 => Self::RepeatedFingerprint,
            22 => Self::AlreadyFinanced,
            23 => Self::AlreadyHeld {
                until: Height::decode(reader)?,
            },
            24 => Self::OlderIsFinanced {
                older: RecordId::decode(reader)?,
            },
            25 => Self::NotTheHolder,
            26 => Self::HoldOutOfRange {
                blocks: u64::decode(reader)?,
            },
            27 => Self::HoldOverFinanced,
            28 => Self::NotFinanced,
            29 => Self::HoldNotRepaid,
            30 => Self::OtherChain,
            31 => Self::RoleForbids {
                role: Role::decode(reader)?,
            },
            32 => Self::NotActive,
            33 => Self::AliasExists,
            34 => Self::WrongKey,
            35 => Self::NotYourCustomer,
            36 => Self::Closed,
            37 => Self::UnknownProposal,
            38 => Self::AlreadyVoted,
            39 => Self::ProposalOver,
            40 => Self::HeightOutOfRange {
                least: u64::decode(reader)?,
                most: u64::decode(reader)?,
            },
            41 => Self::ChangeFails {
                fault: ChangeFault::decode(reader)?,
            },
            42 => Self::TooManyChanges,
            43 => Self::NoRound,
            44 => Self::NotInRound,
            45 => Self::KeysFixed,
            46 => Self::NotYet,
            47 => Self::AlreadyDealt,
            48 => Self::WrongDealing {
                fault: DealingFault::decode(reader)?,
            },
            49 => Self::NoDealing,
            50 => Self::FalseComplaint,
            51 => Self::AlreadyConfirmed,
            52 => Self::DealingsOver,
            53 => Self::NoCheck,
            54 => Self::WrongShape,
            55 => Self::NotOfTheCheck {
                record: RecordId::decode(reader)?,
            },
            56 => Self::AlreadyChecked,
            57 => Self::FieldsOpened,
            58 => Self::FieldSound,
            59 => Self::AlreadyOpened,
            76 => Self::OneTrade,
            77 => Self::OtherCommitment,
            78 => Self::TooManyAmendments,
            79 => Self::NotVouchedFor,
            80 => Self::OnlyAsked,
            81 => Self::NoConsent,
            82 => Self::RepeatedBlinding,
            83 => Self::SameName,
            84 => Self::NoSlotKeys,
            85 => Self::SealedWrongly,
            86 => Self::FinancingsUsedUp {
                quota: u32::decode(reader)?,
                debt: u32::decode(reader)?,
            },
            87 => Self::CheckVoid {
                check: Versioned::decode(reader)?,
            },
            89 => Self::GoesOnOtherwise,
            90 => Self::OlderIsTaken {
                older: RecordId::decode(reader)?,
            },
            tag => TradeRefusal::take(tag, reader).map(Self::Trade)?,
        })
    }
}
