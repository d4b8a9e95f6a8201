//! Codes that say what became of a line, UNTDID 1229; currencies in which somebody pays, ISO 4217.

use sealane_types::fields::Currency;

/// ISO 4217's units of account that the table of currencies has: amounts are stated in them, and nobody pays in them.
const UNITS_OF_ACCOUNT: [&str; 3] = ["CLF", "UYI", "UYW"];

/// The currency of a code, if somebody can pay in it: one in use, and neither a fund nor a unit of account.
#[must_use]
pub fn money(code: &str) -> Option<Currency> {
    Currency::listed(code).filter(|_| !UNITS_OF_ACCOUNT.contains(&code))
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

    /// What the response code of an answer to an order says of the whole order: Peppol's `AP`, `CA`, `RE`, UNTDID
    /// 1225's 29, 30, 27, or the words of the project's JSON. `None` for what is no answer yet (`AB`, received).
    #[must_use]
    pub fn of_answer(code: &str) -> Option<Self> {
        match code.trim() {
            code @ ("AP" | "CA" | "RE" | "accepted" | "changed" | "rejected") => Self::parse(code),
            code => Self::parse_1225(code),
        }
    }

    /// The code of an answer that says this of the whole order (UNTDID 1225), as it is sealed; none for what is said
    /// of lines alone.
    #[must_use]
    pub fn answer(self) -> Option<u32> {
        match self {
            Self::Rejected => Some(27),
            Self::Accepted => Some(29),
            Self::Changed => Some(30),
            Self::Added | Self::Group | Self::Information => None,
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
        for (code, sealed) in [
            ("AP", Some(29)),
            (" CA ", Some(30)),
            ("RE", Some(27)),
            ("29", Some(29)),
            ("30", Some(30)),
            ("27", Some(27)),
            ("accepted", Some(29)),
            ("added", None),
            ("AB", None),
            ("5", None),
        ] {
            let answer = LineStatus::of_answer(code).and_then(LineStatus::answer);
            assert_eq!(answer, sealed, "{code}");
        }
        for code in ["", "2", "29", "DETAIL", "NoStatus", "AB"] {
            assert_eq!(LineStatus::parse(code), None, "{code}");
        }
    }
}
