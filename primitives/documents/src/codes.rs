//! Codes that decide what a document is worth: UNTDID 1001 for documents, UNTDID 1229 for lines.

use sealane_types::schema::Kind;

/// UNTDID 1001 codes of credit notes.
pub(crate) const CREDIT_NOTES: [&str; 13] = [
    "81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532",
];
/// Codes of Malaysia's `MyInvois` for credit and refund notes, which stand in an `Invoice`.
const MALAYSIAN_CREDIT_NOTES: [&str; 4] = ["02", "04", "12", "14"];

/// Whether a type code says credit note. `country` is the seller's, as written.
pub(crate) fn is_credit_note(code: &str, country: Option<&str>) -> bool {
    let malaysian = matches!(country, Some("MYS" | "MY"));
    CREDIT_NOTES.contains(&code) || (malaysian && MALAYSIAN_CREDIT_NOTES.contains(&code))
}

/// What kind of claim an invoice's type code states (UNTDID 1001).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// The seller's own claim.
    Own,
    /// The seller's claim on an invoice that the buyer wrote (389, 471, 500): the buyer may seal it.
    SelfBilled,
    /// A claim that is already assigned to a factor (393, 472).
    Factored,
    /// Written by the buyer, and assigned already (473, 501).
    SelfBilledFactored,
    /// No claim: a pro forma (325), a report of goods or services (553), an invoice for customs (935).
    NoClaim,
    /// A credit note.
    Credit,
}

impl ClaimKind {
    /// The kind of claim of an invoice or credit note; `None` for other documents.
    #[must_use]
    pub fn of(kind: Kind, type_code: Option<&str>) -> Option<Self> {
        match kind {
            Kind::CreditNote => return Some(Self::Credit),
            Kind::Invoice => {}
            _ => return None,
        }
        Some(match type_code.unwrap_or_default() {
            "389" | "471" | "500" => Self::SelfBilled,
            "393" | "472" => Self::Factored,
            "473" | "501" => Self::SelfBilledFactored,
            "325" | "553" | "935" => Self::NoClaim,
            code if CREDIT_NOTES.contains(&code) => Self::Credit,
            _ => Self::Own,
        })
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

/// What a line of an order or its answer says of itself, or what an invoice's line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStatus {
    /// Added (UNTDID 1229: 1).
    Added,
    /// Changed (3; Peppol's CA).
    Changed,
    /// Accepted as it is (5; Peppol's AP).
    Accepted,
    /// Not accepted (7; Peppol's RE).
    Rejected,
    /// Groups other lines and counts in no sum (EXTENDED's GROUP).
    Group,
    /// Informs and counts in no sum (EXTENDED's INFORMATION).
    Information,
}

impl LineStatus {
    /// The status that a code or word says: UNTDID 1229's numbers, Peppol's letters, EXTENDED's words and the
    /// words of the project's JSON are one vocabulary. `None` for what says nothing that Sealane uses.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Some(match code.trim() {
            "1" | "added" => Self::Added,
            "3" | "CA" | "changed" => Self::Changed,
            "5" | "AP" | "accepted" => Self::Accepted,
            "7" | "RE" | "rejected" => Self::Rejected,
            "GROUP" | "group" => Self::Group,
            "INFORMATION" | "information" => Self::Information,
            _ => return None,
        })
    }

    /// The same for UNTDID 1225, in which older answers to orders write their lines' status.
    pub(crate) fn parse_1225(code: &str) -> Option<Self> {
        Some(match code.trim() {
            "27" => Self::Rejected,
            "29" => Self::Accepted,
            "30" => Self::Changed,
            _ => return None,
        })
    }

    /// What the type code of an answer to an order says of the whole order: Peppol's `AP`, `CA`, `RE`, or
    /// UNTDID 1225's 29, 30, 27. `None` for what is no answer yet (`AB`, received).
    #[must_use]
    pub fn of_answer(type_code: &str) -> Option<Self> {
        match type_code.trim() {
            code @ ("AP" | "CA" | "RE") => Self::parse(code),
            code => Self::parse_1225(code),
        }
    }

    /// Its word in the project's JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Group => "group",
            Self::Information => "information",
        }
    }

    /// Its number in UNTDID 1229; none for lines that group or inform.
    #[must_use]
    pub fn number(self) -> Option<u32> {
        match self {
            Self::Added => Some(1),
            Self::Changed => Some(3),
            Self::Accepted => Some(5),
            Self::Rejected => Some(7),
            Self::Group | Self::Information => None,
        }
    }

    /// Whether a line of this status counts in sums and is sealed.
    #[must_use]
    pub fn counts(self) -> bool {
        !matches!(self, Self::Group | Self::Information)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_numbers_and_words_are_one_vocabulary() {
        for (codes, status) in [
            (["AP", "5", "accepted"], LineStatus::Accepted),
            (["CA", "3", "changed"], LineStatus::Changed),
            (["RE", "7", "rejected"], LineStatus::Rejected),
        ] {
            for code in codes {
                assert_eq!(LineStatus::parse(code), Some(status), "{code}");
            }
            assert_eq!(LineStatus::parse(status.name()), Some(status));
            let number = status.number().expect("a number").to_string();
            assert_eq!(LineStatus::parse(&number), Some(status));
        }
        for (code, status) in [
            ("AP", Some(LineStatus::Accepted)),
            ("27", Some(LineStatus::Rejected)),
            ("AB", None),
            ("5", None),
        ] {
            assert_eq!(LineStatus::of_answer(code), status, "{code}");
        }
        for code in ["", "2", "29", "DETAIL", "NoStatus", "AB"] {
            assert_eq!(LineStatus::parse(code), None, "{code}");
        }
    }

    #[test]
    fn type_codes_say_whose_claim_it_is() {
        let of = |code| ClaimKind::of(Kind::Invoice, Some(code)).expect("an invoice");
        for (code, kind) in [
            ("380", ClaimKind::Own),
            ("389", ClaimKind::SelfBilled),
            ("500", ClaimKind::SelfBilled),
            ("393", ClaimKind::Factored),
            ("472", ClaimKind::Factored),
            ("473", ClaimKind::SelfBilledFactored),
            ("501", ClaimKind::SelfBilledFactored),
            ("553", ClaimKind::NoClaim),
            ("381", ClaimKind::Credit),
        ] {
            assert_eq!(of(code), kind, "{code}");
        }
        assert!(of("501").is_factored() && of("501").is_self_billed());
        assert!(!of("553").is_claim() && of("380").is_claim());
        assert_eq!(ClaimKind::of(Kind::Order, Some("220")), None);
        let credit = ClaimKind::of(Kind::CreditNote, Some("380"));
        assert_eq!(credit, Some(ClaimKind::Credit));
    }
}
