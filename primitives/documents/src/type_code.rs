//! What the type code of an invoice or credit note says: UNTDID 1001, the codes and words of countries beside it.

use sealane_types::schema::{FINANCEABLE, Kind};
use sealane_types::text::{loose_number, plain};

use crate::claim::Claim;
use crate::document::{Document, Syntax};
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};
use words::{CREDIT, OFFERS, ORDINARY, PRO_FORMA, RETURNS};

mod words;

/// UNTDID 1001 codes of credit notes.
const CREDIT_NOTES: [u32; 13] = [
    81, 83, 261, 262, 296, 308, 381, 396, 420, 458, 502, 503, 532,
];
/// Codes that EN 16931's list of invoices (BR-CL-01) has beside those that can be financed.
const NOT_FINANCEABLE: [u32; 12] = [71, 102, 130, 325, 395, 456, 457, 553, 751, 817, 870, 935];
/// Invoices that the buyer writes: self-billed invoice (389), its correction (471), prepayment invoice (500) and debit
/// note (527).
const SELF_BILLED: [u32; 4] = [389, 471, 500, 527];
/// Invoices whose claim is assigned to a factor: factored invoice (393) and its correction (472).
const FACTORED: [u32; 2] = [393, 472];
/// Both: self-billed factored invoice (501) and its correction (473).
const SELF_BILLED_FACTORED: [u32; 2] = [473, 501];
/// Invoices that state an earlier invoice anew, with other values: corrected invoice (384), and the corrections of a
/// self-billed (471), a factored (472) and a self-billed factored invoice (473).
const CORRECTIONS: [i64; 4] = [384, 471, 472, 473];
/// Pro forma invoice (UNTDID 1001): as an invoice, and not claiming payment.
const PRO_FORMA_CODE: u32 = 325;

/// What a type code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeCode {
    /// Nothing beyond an ordinary invoice: no code, or a country's own code or word for one.
    Ordinary,
    /// A number of UNTDID 1001, or of no list that is known.
    Number(u32),
    /// Goods that go back, as Turkey writes it in an invoice: sealed as a credit note, so that nobody finances it.
    Return,
    /// A word for a pro forma, a draft, an estimate or a quotation: sealed as a pro forma, so that nobody finances it.
    Offer,
    /// A word that is not understood.
    Unknown,
    /// No claim, whatever the code is: a test, or a supply for which nobody pays ([`crate::NoClaim`]).
    NoClaim,
}

/// A credit note (381).
const CREDIT_NOTE: TypeCode = TypeCode::Number(381);

impl TypeCode {
    /// What a code says in an invoice or credit note of a seller in `country`, as written, under a claim. Digits of
    /// any script count, leading zeros and what cannot be seen do not. Countries' own codes count where no
    /// specification binds that has UNTDID 1001's.
    #[must_use]
    pub fn of(code: Option<&str>, country: Option<&str>, claim: Claim) -> Self {
        let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
            return Self::Ordinary;
        };
        if let Some(number) = number(code) {
            let own = national(number, country).filter(|_| !claim.demands_totals);
            return own.unwrap_or(Self::Number(number));
        }
        match letters(code).as_str() {
            word if ORDINARY.contains(&word) => Self::Ordinary,
            word if CREDIT.contains(&word) => CREDIT_NOTE,
            word if RETURNS.contains(&word) => Self::Return,
            word if OFFERS.contains(&word) || word.contains(PRO_FORMA) => Self::Offer,
            _ => Self::Unknown,
        }
    }

    /// Whether it says credit note.
    #[must_use]
    pub fn is_credit_note(self) -> bool {
        matches!(self, Self::Number(code) if CREDIT_NOTES.contains(&code))
    }

    /// Whether UNTDID 1001's lists of invoices and credit notes have it; no code is none that they lack.
    fn is_listed(self) -> bool {
        match self {
            Self::Number(code) => {
                let mut lists = CREDIT_NOTES.iter().chain(&NOT_FINANCEABLE);
                lists.any(|listed| *listed == code) || FINANCEABLE.contains(&u64::from(code))
            }
            Self::Ordinary | Self::Return | Self::Offer | Self::Unknown | Self::NoClaim => false,
        }
    }

    /// Whether it is known what it says: no word that is not understood, and no number that UNTDID 1001's lists of
    /// invoices and credit notes lack.
    #[must_use]
    pub fn is_understood(self) -> bool {
        match self {
            Self::Ordinary | Self::Return | Self::Offer | Self::NoClaim => true,
            Self::Number(_) => self.is_listed(),
            Self::Unknown => false,
        }
    }

    /// What is sealed: nothing for an ordinary invoice, zero for what is not understood, the code of a pro forma, which
    /// claims no payment, for what states no claim.
    #[must_use]
    pub fn sealed(self) -> Option<i64> {
        match self {
            Self::Ordinary => None,
            Self::Number(code) => Some(i64::from(code)),
            Self::Return => Some(381),
            Self::Offer => Some(i64::from(PRO_FORMA_CODE)),
            Self::Unknown => Some(0),
            Self::NoClaim => Some(325),
        }
    }
}

/// The number that a code is, if it is one of at most three digits.
fn number(code: &str) -> Option<u32> {
    let text = plain(code);
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits.then(|| text.trim_start_matches('0'))?;
    match digits.len() {
        0 => Some(0),
        1..=3 => digits.parse().ok(),
        _ => None,
    }
}

/// A word by its letters alone, without their marks.
fn letters(code: &str) -> String {
    let bare = |letter: char| match letter {
        'Ç' | 'Ć' | 'Č' => 'C',
        'Ğ' => 'G',
        'İ' | 'Í' => 'I',
        'Ö' | 'Ó' => 'O',
        'Ş' | 'Š' => 'S',
        'Ü' | 'Ú' => 'U',
        'É' | 'È' => 'E',
        'Á' | 'À' | 'Ã' | 'Ä' => 'A',
        other => other,
    };
    loose_number(code).chars().map(bare).collect()
}

/// A country's own codes: Malaysia's `MyInvois`, Peru's catalogue 01, Colombia's DIAN.
fn national(code: u32, country: Option<&str>) -> Option<TypeCode> {
    let country = country.unwrap_or_default().trim().to_ascii_uppercase();
    Some(match (country.as_str(), code) {
        ("MY" | "MYS", 1) | ("PE" | "PER", 1 | 3) | ("CO" | "COL", 1..=4) => TypeCode::Ordinary,
        ("MY" | "MYS", 2 | 4) | ("PE" | "PER", 7) | ("CO" | "COL", 91) => CREDIT_NOTE,
        ("MY" | "MYS", 3) | ("PE" | "PER", 8) | ("CO" | "COL", 92) => TypeCode::Number(383),
        ("MY" | "MYS", 11 | 13) => TypeCode::Number(389),
        ("MY" | "MYS", 12 | 14) => TypeCode::Number(261),
        _ => return None,
    })
}

/// Whether a document's name says what it is, so that it stands for a type code that is missing: a word for a kind of
/// document, or a paper that asks for no payment of its own.
pub(crate) fn tells(name: &str) -> bool {
    let of = TypeCode::of(Some(name), None, Claim::default());
    number(name).is_none() && (of != TypeCode::Unknown || asks_for_nothing(name))
}

/// Whether a document's name says a paper that asks for no payment of its own: a pro forma, a quotation, a draft, a copy,
/// a reminder.
pub(crate) fn asks_for_nothing(name: &str) -> bool {
    words::asks_for_nothing(name, letters)
}

/// Under EN 16931 a code of neither list is a fault (BR-CL-01). Elsewhere a type that is not understood is a warning: the
/// document is read, and nobody finances it. Where no specification demands a type code (BR-04), its absence is a
/// warning: a pro forma without one cannot be told from an invoice.
pub(crate) fn check(
    document: &Document,
    places: &dyn Places,
    faults: &mut Faults,
    warnings: &mut Faults,
) {
    let Some(written) = document
        .type_code
        .as_deref()
        .filter(|_| document.is_invoice())
    else {
        return untyped(document, places, warnings);
    };
    let code = document.written_type_code();
    let shown: String = written.chars().take(40).collect();
    if document.claims_en16931() {
        if code.is_listed() {
            return;
        }
        return faults.add(|| Fault {
            class: Class::Value,
            place: places.at(Spot::Header("type_code")),
            rule: "BR-CL-01",
            problem: format!(
                "the type code {shown:?} is none of UNTDID 1001's invoices and credit notes"
            ),
            advice: "Write the code of the list: 380 for an invoice, 381 for a credit note.",
        });
    }
    if code.is_understood() || document.kind != Kind::Invoice {
        return;
    }
    warnings.add(|| Fault {
        class: Class::Value,
        place: places.at(Spot::Header("type_code")),
        rule: "SL-TYPE",
        problem: format!(
            "the type {shown:?} is not understood, so that the document cannot be financed"
        ),
        advice: WRITE_A_CODE,
    });
}

/// Warns of an invoice without a type code. The project's own JSON says by its kind that it is an invoice.
fn untyped(document: &Document, places: &dyn Places, warnings: &mut Faults) {
    let told = document.type_code.is_some() || document.claim().demands_type_code;
    if told || document.kind != Kind::Invoice || document.syntax == Syntax::Json {
        return;
    }
    warnings.add(|| Fault {
        class: Class::Missing,
        place: places.at(Spot::Header("type_code")),
        rule: "SL-TYPE",
        problem: "the document does not say that it claims payment: it has no type code, and is taken for an invoice"
            .to_owned(),
        advice: "Ask the sender whether it is an invoice (UNTDID 1001: 380) or a pro forma, a draft or an offer (325).",
    });
}

/// What to do about a type that is not understood.
const WRITE_A_CODE: &str = "Ask the sender for the document with its UNTDID 1001 code: 380 for an invoice, 386 for a prepayment, 383 for a \
                            debit note, 384 for a correction, 381 for a credit note.";

/// Why an invoice of a sealed type code cannot be financed, and what to do about it; `None` where it can.
#[must_use]
pub fn no_claim(code: Option<i64>) -> Option<String> {
    let code = code.filter(|_| !ClaimKind::of_sealed(code).is_claim())?;
    let known = u32::try_from(code).map_or(TypeCode::Unknown, TypeCode::Number);
    Some(if code == 0 {
        format!("its type is not understood. {WRITE_A_CODE} Then seal that one")
    } else if code == i64::from(PRO_FORMA_CODE) {
        "it is a pro forma, draft or offer (UNTDID 1001 type code 325), which claims no payment. Ask the sender for the invoice \
         itself, and seal that one"
            .to_owned()
    } else if known.is_credit_note() {
        format!("by its type code {code} it is a credit note, which claims nothing of its buyer")
    } else if known.is_listed() {
        format!(
            "a document of UNTDID 1001 type code {code} states no claim. Ask the sender for the invoice itself, and seal that one"
        )
    } else {
        format!(
            "its type code {code} is none of UNTDID 1001's invoices and credit notes. {WRITE_A_CODE} Then seal that one"
        )
    })
}

/// Whether the type code of a sealed invoice says that it corrects another one: both state one claim.
#[must_use]
pub fn is_correction(code: Option<i64>) -> bool {
    code.is_some_and(|code| CORRECTIONS.contains(&code))
}

/// What kind of claim an invoice's type code states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// The seller's own claim.
    Own,
    /// The seller's claim on an invoice that the buyer wrote (389, 471, 500, 527): the buyer may seal it.
    SelfBilled,
    /// A claim that is already assigned to a factor (393, 472).
    Factored,
    /// Written by the buyer, and assigned already (473, 501).
    SelfBilledFactored,
    /// No claim that can be financed: every code that [`FINANCEABLE`] lacks, such as a pro forma (325), a report of
    /// goods or services (553) or an invoice for customs (935), words for these, and what is not understood.
    NoClaim,
    /// A credit note.
    Credit,
}

impl ClaimKind {
    /// The kind of claim of an invoice or credit note; `None` for other documents.
    #[must_use]
    pub fn of(kind: Kind, code: TypeCode) -> Option<Self> {
        match kind {
            Kind::CreditNote => return Some(Self::Credit),
            Kind::Invoice => {}
            _ => return None,
        }
        Some(Self::of_code(code))
    }

    /// The kind of claim that the type code of a sealed invoice says; nothing is sealed of an ordinary one.
    #[must_use]
    pub fn of_sealed(code: Option<i64>) -> Self {
        let number = |code: i64| u32::try_from(code).map_or(TypeCode::Unknown, TypeCode::Number);
        Self::of_code(code.map_or(TypeCode::Ordinary, number))
    }

    /// The kind of claim of an invoice with this code.
    pub(crate) fn of_code(code: TypeCode) -> Self {
        match code {
            TypeCode::Ordinary => Self::Own,
            TypeCode::Return => Self::Credit,
            TypeCode::Offer => Self::NoClaim,
            TypeCode::Number(code) if SELF_BILLED.contains(&code) => Self::SelfBilled,
            TypeCode::Number(code) if FACTORED.contains(&code) => Self::Factored,
            TypeCode::Number(code) if SELF_BILLED_FACTORED.contains(&code) => {
                Self::SelfBilledFactored
            }
            TypeCode::Number(code) if FINANCEABLE.contains(&u64::from(code)) => Self::Own,
            code if code.is_credit_note() => Self::Credit,
            TypeCode::Number(_) | TypeCode::Unknown | TypeCode::NoClaim => Self::NoClaim,
        }
    }

    /// Whether there is a claim that could be financed.
    #[must_use]
    pub fn is_claim(self) -> bool {
        !matches!(self, Self::NoClaim | Self::Credit)
    }

    /// Whether it says that the claim has been assigned to a factor.
    #[must_use]
    pub fn is_factored(self) -> bool {
        matches!(self, Self::Factored | Self::SelfBilledFactored)
    }

    /// Whether the buyer writes it, so that the buyer may seal it.
    #[must_use]
    pub fn is_self_billed(self) -> bool {
        matches!(self, Self::SelfBilled | Self::SelfBilledFactored)
    }
}

#[cfg(test)]
mod tests;
