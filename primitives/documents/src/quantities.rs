//! Quantities below zero, in documents of which none has a meaning: less than nothing is neither ordered, shipped, received
//! nor turned down. Invoices and credit notes have them, for what is taken back.

use crate::document::Document;
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};

/// Refuses them.
pub(crate) fn check(document: &Document, places: &dyn Places, faults: &mut Faults) {
    if document.is_invoice() {
        return;
    }
    for (index, line) in document.lines.iter().enumerate() {
        for (field, what, quantity) in [
            ("quantity", "quantity", line.quantity),
            ("rejected", "rejected quantity", line.rejected),
            ("short", "short quantity", line.short),
        ] {
            let Some(quantity) = quantity.filter(|quantity| quantity.is_negative()) else {
                continue;
            };
            faults.add(|| Fault {
                class: Class::Value,
                place: places.at(Spot::LineField(index, field)),
                rule: "SL-QUANTITY",
                problem: format!("the {what} {quantity} is below zero"),
                advice: "Ask the sender for the quantity itself, zero or more; what goes back stands in a credit note.",
            });
        }
    }
}
