//! What a bank's guesses have cost: its inquiries of a day, its financings of a day, its debt.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::ids::{BlockTime, Day};

/// What counts against a bank's quotas on the last day on which anything did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QuotaEntry {
    /// That day, of header time.
    pub day: Day,
    /// Sets that count as inquiries: presented and not financed, or financed and ended early.
    pub inquiries: u32,
    /// Sets that were financed.
    pub financings: u32,
    /// Financings that ended early when the day's inquiries were used up. Each takes one from a day's financings
    /// until an inquiry of a later day, left over, pays for it.
    pub debt: u32,
}

impl QuotaEntry {
    /// The entry as it stands on `day`, with so many inquiries a day: what each day since has left over pays debt.
    #[must_use]
    pub fn on(self, day: Day, inquiries_per_day: u32) -> Self {
        let Some(days) = day.0.checked_sub(self.day.0).filter(|days| *days > 0) else {
            return self;
        };
        let left = inquiries_per_day.saturating_sub(self.inquiries);
        let idle = inquiries_per_day.saturating_mul(days - 1);
        Self {
            day,
            inquiries: 0,
            financings: 0,
            debt: self.debt.saturating_sub(left.saturating_add(idle)),
        }
    }
}

impl Encode for QuotaEntry {
    fn encode(&self, out: &mut Vec<u8>) {
        self.day.encode(out);
        self.inquiries.encode(out);
        self.financings.encode(out);
        self.debt.encode(out);
    }
}

impl Decode for QuotaEntry {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            day: Day::decode(reader)?,
            inquiries: u32::decode(reader)?,
            financings: u32::decode(reader)?,
            debt: u32::decode(reader)?,
        })
    }
}

/// Against which quota a record's set counts. Every set begins as an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// An inquiry of this day.
    Inquiry {
        /// The day of its block.
        day: Day,
    },
    /// A financing, which gave the inquiry back.
    Financing {
        /// The time of the block that financed it.
        since: BlockTime,
    },
    /// An inquiry again, as its financing ended early; whatever becomes of it, nothing comes back.
    Ended,
}

impl Encode for Counted {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Inquiry { day } => {
                out.push(1);
                day.encode(out);
            }
            Self::Financing { since } => {
                out.push(2);
                since.encode(out);
            }
            Self::Ended => out.push(3),
        }
    }
}

impl Decode for Counted {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Inquiry {
                day: Day::decode(reader)?,
            },
            2 => Self::Financing {
                since: BlockTime::decode(reader)?,
            },
            3 => Self::Ended,
            tag => {
                return Err(DecodeError::Invalid {
                    what: "quota of a set",
                    reason: format!("no quota has tag {tag}"),
                });
            }
        })
    }
}
