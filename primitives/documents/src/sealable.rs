//! What can be read and is no use all the same: a document that no record can hold, an invoice with nothing to pay.

use sealane_types::schema::Kind;

use crate::canonical::canonical;
use crate::decimal::Decimal;
use crate::document::Document;
use crate::fault::{Class, Fault, Faults, Place};
use crate::places::{Places, Spot};

/// Warns of it, before all else.
pub(crate) fn check(document: &Document, places: &dyn Places, warnings: &mut Faults) {
    let nothing = |payable: &Decimal| payable.is_zero() || payable.is_negative();
    let payable = document.totals.payable.filter(nothing);
    let payable = payable.filter(|_| document.kind == Kind::Invoice);
    if let Some(payable) = payable {
        warnings.put_first(Fault {
            class: Class::Value,
            place: places.at(Spot::Header("payable")),
            rule: "SL-PAYABLE",
            problem: format!("the payable amount is {payable}: the invoice cannot be financed"),
            advice: "Finance the invoice on which something is still to be paid.",
        });
    }
    if let Err(error) = canonical(document) {
        warnings.put_first(Fault {
            class: Class::Limit,
            place: Place::default(),
            rule: "SL-SEAL",
            problem: format!("the document cannot be sealed: {error}"),
            advice: "Ask the sender for a document that keeps the limit.",
        });
    }
}
