//! What the type code of an order says: UNTDID 1001 has orders of several kinds, and changes and answers beside them.

use sealane_types::schema::Kind;

use crate::document::{Document, Syntax};
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};

/// An order, as Order-X 1.0 allows it.
pub(crate) const ORDER: &str = "220";
/// An answer to an order.
pub(crate) const RESPONSE: &str = "231";
/// What to give instead of a change.
pub(crate) const ADVICE: &str = "Give the whole order (type code 220) or the answer to it (231).";
/// Orders of UNTDID 1001: purchase order, order, blanket, spot, lease, rush, repair, call-off, consignment, sample and
/// swap order, standing order.
const ORDERS: [&str; 12] = [
    "105", ORDER, "221", "222", "223", "224", "225", "226", "227", "228", "229", "258",
];
/// Parts of words for what is no order: by their letters alone, in capitals.
const OTHERS: [&str; 10] = [
    "CANCEL",
    "CHANGE",
    "RESPONSE",
    "CONFIRMATION",
    "QUOT",
    "OFFER",
    "PROFORMA",
    "DRAFT",
    "INVOICE",
    "STORNO",
];

/// Why a type code is none of an order.
pub(crate) fn why_not(code: &str) -> String {
    match code {
        "230" => "the document is a change of an order".to_owned(),
        RESPONSE => "the document is the answer to an order, and not the order".to_owned(),
        code => {
            let shown: String = code.chars().take(40).collect();
            format!("{shown:?} is not a type code of an order")
        }
    }
}

/// Refuses an order whose type code says that it is none. A Cross Industry Order has got its kind by it.
pub(crate) fn check(document: &Document, places: &dyn Places, faults: &mut Faults) {
    let code = document.type_code.as_deref().map(str::trim);
    let code = code.filter(|code| !code.is_empty());
    let Some(code) =
        code.filter(|_| document.kind == Kind::Order && document.syntax != Syntax::Cii)
    else {
        return;
    };
    let number = code.trim_start_matches('0');
    let is_number = code.bytes().all(|digit| digit.is_ascii_digit());
    let letters: String = code.chars().filter(char::is_ascii_alphabetic).collect();
    let word = letters.to_ascii_uppercase();
    let is_other = match is_number {
        true => !ORDERS.contains(&number),
        false => OTHERS.iter().any(|part| word.contains(part)),
    };
    if is_other {
        faults.add(|| Fault {
            class: Class::Unknown,
            place: places.at(Spot::Header("type_code")),
            rule: "SL-KIND",
            problem: why_not(number),
            advice: ADVICE,
        });
    }
}
