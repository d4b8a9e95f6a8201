//! Credit notes that this home can read, against the invoices that they credit: by number and date (EN 16931, BT-25 and
//! BT-26), seller and currency.
//!
//! No fingerprint tells of a credit note, as it has none, and the ledger does not know what a document names. This home
//! does: it opens the credit notes that it sealed, and those whose fields were handed over to it.

use sealane_ledger::state::Stage as FinancingStage;
use sealane_types::fields::Currency;
use sealane_types::ids::RecordId;
use sealane_types::record::Record;
use sealane_types::schema::{AMOUNT_SCALE, Kind};

use super::earlier::said;
use super::invoice::Invoice;
use super::seller::Claimed;
use super::{Bank, RecordState};
use crate::error::ClientError;
use crate::home::journal::{Action, Entry};
use crate::refused::name_of;

/// An amount of money in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Money {
    minor: i128,
    currency: Currency,
}

/// A credit note, as far as it concerns one invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Credit {
    note: Invoice,
    /// What it takes back; `None` where this home cannot read that.
    amount: Option<Money>,
    /// The other invoices among which it divides that, in a way that no reference says.
    beside: Vec<Invoice>,
}

/// The credit notes of one invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Credits {
    notes: Vec<Credit>,
    /// What the invoice asks for.
    payable: Option<Money>,
}

impl std::fmt::Display for Money {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let decimals = usize::try_from(self.currency.minor_units()).unwrap_or_default();
        let digits = self.minor.unsigned_abs().to_string();
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, rest) = digits.split_at(digits.len() - decimals);
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if rest.is_empty() { "" } else { "." };
        write!(to, "{sign}{whole}{point}{rest} {}", self.currency.code())
    }
}

impl Claimed {
    /// What the invoice asks to be paid.
    fn asks_for(&self) -> Option<Money> {
        let (minor, currency) = self.payable()?;
        Some(Money { minor, currency })
    }

    /// What a credit note takes back: what it says is payable, or its total with tax where that is more, as some of it may
    /// have been paid back before. Some write these below zero.
    fn takes_back(&self) -> Option<Money> {
        let Money { minor, currency } = self.asks_for()?;
        let places = AMOUNT_SCALE.saturating_sub(currency.minor_units());
        let with_tax = self.with_tax().unwrap_or_default().abs() / 10_i128.pow(places);
        let minor = minor.abs().max(with_tax);
        Some(Money { minor, currency })
    }

    /// What of this credit note concerns an invoice, whose seller is also known by the identifiers `more`; nothing where it
    /// does not name the invoice, or is another seller's or of another currency.
    fn credits(&self, invoice: &Self, more: &[String]) -> Option<Credit> {
        let named = self.preceding().iter();
        let (of_it, beside): (Vec<&Invoice>, Vec<&Invoice>) =
            named.partition(|one| one.is(invoice.itself()));
        let amount = self.takes_back();
        let currencies = amount.zip(invoice.asks_for());
        let one_currency = currencies.is_none_or(|(one, other)| one.currency == other.currency);
        let is_credited = !of_it.is_empty() && one_currency && self.has_seller(invoice, more);
        is_credited.then(|| Credit {
            note: self.itself().clone(),
            amount,
            beside: beside.into_iter().cloned().collect(),
        })
    }
}

impl Credits {
    /// Whether any credit note names the invoice.
    pub(super) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// What is left of the invoice; `None` where this home cannot tell.
    fn left(&self) -> Option<Money> {
        let Money { minor, currency } = self.payable?;
        let taken: Option<Vec<Money>> = self.notes.iter().map(|note| note.amount).collect();
        let taken = taken?.into_iter().map(|taken| taken.minor);
        let minor = taken.fold(minor, i128::saturating_sub).max(0);
        Some(Money { minor, currency })
    }

    /// Whether nothing may be left of the invoice: also where it is not known how much the credit notes take back.
    pub(super) fn may_cover_all(&self) -> bool {
        !self.is_empty() && self.left().is_none_or(|left| left.minor == 0)
    }

    /// Which credit notes credit the invoice, called `it`, by how much, and what is left.
    pub(super) fn said(&self, it: &str) -> String {
        let notes: Vec<String> = self.notes.iter().map(|note| note.said(it)).collect();
        let left = match self.left() {
            Some(left) => format!(": {left} is left"),
            None => String::new(),
        };
        format!("{}{left}", notes.join(" and "))
    }

    fn add(&mut self, credit: Credit) {
        // one credit note may stand in several records
        if self.notes.iter().all(|known| !known.note.is(&credit.note)) {
            self.notes.push(credit);
        }
    }
}

impl Credit {
    fn said(&self, it: &str) -> String {
        let beside: String = self.beside.iter().map(|one| format!(", {one}")).collect();
        let together = if beside.is_empty() { "" } else { " together" };
        let amount = match self.amount {
            Some(amount) => amount.to_string(),
            None => "an amount that this home cannot read".to_owned(),
        };
        format!(
            "credit note {} credits {it}{beside} by {amount}{together}",
            self.note
        )
    }
}

/// An invoice that this home can read, and that a bank may finance.
struct Financed {
    record: RecordId,
    says: Claimed,
    /// By which identifiers this home knows its seller, beside those that it shows.
    seller: Vec<String>,
}

impl Bank {
    /// The credit notes that this home can read of an invoice, whose seller is also known by the identifiers `more`.
    ///
    /// # Errors
    /// When a file of the home is damaged.
    pub(super) fn credits_of(
        &self,
        invoice: &Claimed,
        more: &[String],
    ) -> Result<Credits, ClientError> {
        let payable = invoice.asks_for();
        let mut credits = Credits {
            payable,
            ..Credits::default()
        };
        for note in self.credit_notes()? {
            if let Some(credit) = self.readable(&note)?.credits(invoice, more) {
                credits.add(credit);
            }
        }
        Ok(credits)
    }

    /// What to know of a credit note that is sealed: which of the invoices that it credits are held or financed.
    ///
    /// # Errors
    /// When a file of the home is damaged, or the node does not answer or lies.
    pub(super) async fn told_of_credit_note(
        &self,
        note: &Record,
    ) -> Result<Vec<String>, ClientError> {
        if note.header.kind != Kind::CreditNote {
            return Ok(Vec::new());
        }
        let note = self.readable(note)?;
        let mut credited = self.perhaps_financed()?;
        credited.retain(|one| note.credits(&one.says, &one.seller).is_some());
        let ids: Vec<RecordId> = credited.iter().map(|one| one.record).collect();
        let states = self.record_states(&ids).await?;
        let mut told = Vec::new();
        for (invoice, state) in credited.iter().zip(&states) {
            told.extend(self.told_of_credited(invoice, state)?);
        }
        Ok(told)
    }

    /// Of one invoice that a credit note names; nothing where nobody holds or finances it.
    fn told_of_credited(
        &self,
        invoice: &Financed,
        state: &RecordState,
    ) -> Result<Option<String>, ClientError> {
        let live = state.financing.as_ref();
        let live = live.filter(|financing| financing.stage.is_live(state.next_height));
        let Some(financing) = live else {
            return Ok(None);
        };
        let credits = self.credits_of(&invoice.says, &invoice.seller)?;
        let record = invoice.record;
        let what = said(&record, Some(invoice.says.itself()));
        let held = matches!(financing.stage, FinancingStage::Held { .. });
        let does = if held { "holds" } else { "finances" };
        if financing.bank != self.home().alias() {
            let bank = name_of(&financing.bank, self.home().genesis());
            let how = credits.said("it");
            return Ok(Some(format!("{bank} {does} {what}: {how}. Tell {bank}")));
        }
        let advice = match (credits.may_cover_all(), held) {
            (true, true) => format!("End the hold (sealane release {record} --reason withdrawn)"),
            (true, false) => format!(
                "Have your customer pay the money back, then end the financing (sealane release {record} --reason repaid; any other \
                 reason would free the invoice for every bank)"
            ),
            (false, _) => "Settle the difference with your customer".to_owned(),
        };
        let how = credits.said("it");
        Ok(Some(format!("this bank {does} {what}: {how}. {advice}")))
    }

    /// What this home can read of a record, by its own keys or by those that were handed over.
    fn readable(&self, record: &Record) -> Result<Claimed, ClientError> {
        let (opened, _) = self.opened(record)?;
        Ok(Claimed::of(opened))
    }

    /// The credit notes of this home, and those of which fields were handed over; none that was replaced here.
    fn credit_notes(&self) -> Result<Vec<Record>, ClientError> {
        let entries = self.home().journal().entries()?;
        let entries: Vec<&Entry> = entries.iter().filter(|one| !one.is_refused()).collect();
        let is_replaced = |id: RecordId| {
            let mut newer = entries.iter().filter_map(|one| one.replaces.as_ref());
            newer.any(|older| older.0 == id)
        };
        // what was presented is an invoice
        let unpresented = entries
            .iter()
            .filter(|one| one.last(Action::Present).is_none());
        let mut notes = Vec::new();
        for entry in unpresented {
            notes.extend(self.home().record(&entry.record.0)?);
        }
        let imported = self.home().all_imported()?.into_iter();
        notes.extend(imported.map(|one| one.record));
        notes.retain(|one| one.header.kind == Kind::CreditNote && !is_replaced(one.id()));
        Ok(notes)
    }

    /// The invoices for which this home has sent a financing, and those of which fields were handed over.
    fn perhaps_financed(&self) -> Result<Vec<Financed>, ClientError> {
        let mut records = Vec::new();
        for entry in self.home().journal().entries()? {
            if entry.last(Action::Finance).is_some() {
                records.extend(self.home().record(&entry.record.0)?);
            }
        }
        let imported = self.home().all_imported()?.into_iter();
        records.extend(imported.map(|one| one.record));
        let invoices = records
            .iter()
            .filter(|one| one.header.kind == Kind::Invoice);
        let book = self.home().customers()?;
        let financed = invoices.map(|one| {
            let says = self.readable(one)?;
            let known = book.known_by(says.seller_identifiers());
            Ok(Financed {
                record: one.id(),
                seller: known.map_or_else(Vec::new, |known| known.identifiers.clone()),
                says,
            })
        });
        financed.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(minor: i128) -> Option<Money> {
        money(minor, "EUR")
    }

    fn money(minor: i128, currency: &str) -> Option<Money> {
        let currency = Currency::new(currency)?;
        Some(Money { minor, currency })
    }

    fn credit(number: &str, amount: Option<Money>) -> Credit {
        Credit {
            note: Invoice {
                number: number.to_owned(),
                issued: None,
            },
            amount,
            beside: Vec::new(),
        }
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        for (minor, currency, shown) in [
            (33_275, "EUR", "332.75 EUR"),
            (5, "EUR", "0.05 EUR"),
            (-120, "EUR", "-1.20 EUR"),
            (1_500, "JPY", "1500 JPY"),
            (1_500, "KWD", "1.500 KWD"),
        ] {
            let shown_now = money(minor, currency).expect("a currency").to_string();
            assert_eq!(shown_now, shown);
        }
    }

    #[test]
    fn what_is_left_is_what_all_credit_notes_leave_each_counted_once() {
        let mut credits = Credits {
            payable: euros(10_000),
            ..Credits::default()
        };
        assert!(!credits.may_cover_all());
        credits.add(credit("CN-1", euros(4_000)));
        credits.add(credit("cn 1", euros(4_000)));
        assert_eq!(credits.left(), euros(6_000));
        assert_eq!(
            credits.said("this invoice"),
            "credit note CN-1 credits this invoice by 40.00 EUR: 60.00 EUR is left"
        );
        assert!(!credits.may_cover_all());
        credits.add(credit("CN-2", euros(6_001)));
        assert_eq!(credits.left(), euros(0));
        assert!(credits.may_cover_all());
    }

    #[test]
    fn an_amount_that_cannot_be_read_may_be_all_of_it() {
        let mut credits = Credits {
            payable: euros(10_000),
            ..Credits::default()
        };
        let mut unread = credit("CN-1", None);
        unread.beside.push(credit("VF-2", None).note);
        credits.add(unread);
        assert!(credits.may_cover_all());
        assert_eq!(
            credits.said("it"),
            "credit note CN-1 credits it, VF-2 by an amount that this home cannot read together"
        );
    }
}
