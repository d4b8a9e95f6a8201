//! What a bank's guesses have cost: its inquiries of a day, its financings of a day, its debt.

use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{BlockTime, Day};

/// What counts against a bank's quotas on the last day on which anything did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
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

/// Against which quota a record's set counts. Every set begins as an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "quota of a set")]
pub enum Counted {
    /// An inquiry of this day.
    Inquiry {
        /// The day of its block.
        day: Day,
    } = 1,
    /// A financing, which gave the inquiry back.
    Financing {
        /// The time of the block that financed it.
        since: BlockTime,
    } = 2,
    /// An inquiry again, as its financing ended early; whatever becomes of it, nothing comes back.
    Ended = 3,
}
