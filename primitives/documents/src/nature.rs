//! What makes an invoice state no claim, whatever its type code: that it is a test, or that nobody pays for the supply.

use sealane_types::schema::Kind;

use crate::document::Document;
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};
use crate::type_code::{ClaimKind, TypeCode};

/// Why an invoice states no claim, beside its type code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoClaim {
    /// It was made to try a system: UN/CEFACT's `TestIndicator`, the test environment of Colombia's DIAN.
    Test,
    /// A nominal supply, for which nobody pays: Saudi Arabia's ZATCA, KSA-2.
    Nominal,
    /// A deemed supply, for which nobody pays: PINT of the United Arab Emirates, BTAE-02.
    Deemed,
}

impl NoClaim {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Test, Self::Nominal, Self::Deemed];

    /// Its word in the project's JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Nominal => "nominal",
            Self::Deemed => "deemed",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Test => "the document says that it is a test",
            Self::Nominal => "the invoice is of a nominal supply, for which nobody pays",
            Self::Deemed => "the invoice is of a deemed supply, for which nobody pays",
        }
    }
}

/// Gives an invoice or credit note that the buyer wrote the code that says so, where its own code does not: UNTDID 1001's
/// code of the same document as self-billed. What claims no payment stays what it is.
pub(crate) fn self_bill(document: &mut Document) {
    let code = match document.kind {
        Kind::Invoice => self_billed(document.written_type_code()),
        Kind::CreditNote => match document.written_type_code() {
            TypeCode::Ordinary | TypeCode::Number(381) => Some("261"),
            _ => None,
        },
        _ => None,
    };
    if let Some(code) = code {
        document.type_code = Some(code.to_owned());
    }
}

fn self_billed(code: TypeCode) -> Option<&'static str> {
    match code {
        TypeCode::Number(383 | 527) => Some("527"),
        TypeCode::Number(386 | 500) => Some("500"),
        TypeCode::Number(384 | 471) => Some("471"),
        TypeCode::Number(393 | 501) => Some("501"),
        TypeCode::Number(472 | 473) => Some("473"),
        code => (ClaimKind::of_code(code) == ClaimKind::Own).then_some("389"),
    }
}

/// Says of an invoice that it states no claim; refuses a test of any other kind, which is evidence of nothing.
pub(crate) fn check(
    document: &Document,
    places: &dyn Places,
    faults: &mut Faults,
    warnings: &mut Faults,
) {
    let Some(why) = document.no_claim else {
        return;
    };
    let test = why == NoClaim::Test;
    let fault = |what: &str| Fault {
        class: Class::Value,
        place: places.at(Spot::Root),
        rule: if test { "SL-TEST" } else { "SL-NO-CLAIM" },
        problem: format!("{}{what}", why.words()),
        advice: "Ask the sender for the document of the trade itself.",
    };
    match document.kind {
        Kind::Invoice => {
            warnings.add(|| fault(": it states no claim and cannot be financed"));
        }
        Kind::CreditNote => warnings.add(|| fault("")),
        _ if test => faults.add(|| fault(", which shows nothing of a trade")),
        _ => {}
    }
}
