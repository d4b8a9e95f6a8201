//! Numbers that could be taken for others, by the signs in them: refused where they are read.

use sealane_types::text::{unclear, unclear_name};

use crate::document::{Document, Party};
use crate::fault::{Class, Fault, Faults};
use crate::identifiers::Doubt;
use crate::places::{Places, Spot};

/// Refuses the document's number, its references and the identifiers of its parties that are not clear: two documents
/// that look the same on paper would be two.
pub(crate) fn check(document: &Document, places: &dyn Places, faults: &mut Faults) {
    let mut clear = |what: &str, number: &str, spot: Spot| {
        let Some(unclear) = unclear(number) else {
            return;
        };
        faults.add(|| Fault {
            class: Class::Value,
            place: places.at(spot),
            rule: "SL-SIGNS",
            problem: format!("{what} {number:?} {unclear}"),
            advice: "Ask the sender to write the number in one alphabet and the digits 0 to 9, with signs that can be seen.",
        });
    };
    clear("the document's number", &document.id, Spot::Header("id"));
    for (field, list) in [
        ("order_references", &document.order_references),
        ("despatch_references", &document.despatch_references),
        ("billing_references", &document.billing_references),
    ] {
        for one in list {
            clear("the reference", one, Spot::Header(field));
        }
    }
    for (index, line) in document.lines.iter().enumerate() {
        for (field, one) in [
            ("order", &line.order),
            ("order_line", &line.order_line),
            ("despatch", &line.despatch),
            ("despatch_line", &line.despatch_line),
        ] {
            if let Some(one) = one {
                clear("the reference", one, Spot::LineField(index, field));
            }
        }
    }
    let payee = document.payee.as_ref();
    let parties: [(&'static str, Option<&Party>); 3] = [
        ("seller", Some(&document.seller)),
        ("buyer", Some(&document.buyer)),
        ("payee", payee),
    ];
    for (field, party) in parties {
        for id in party.into_iter().flat_map(|party| &party.ids) {
            clear("the identifier", &id.written, Spot::Header(field));
        }
    }
    for (field, party) in parties {
        for id in party.into_iter().flat_map(|party| &party.ids) {
            let Some(doubt @ Doubt::Alphabet(_)) = &id.doubt else {
                continue;
            };
            faults.add(|| Fault {
                class: Class::Value,
                place: places.at(Spot::Header(field)),
                rule: "SL-SIGNS",
                problem: format!("the identifier {:?} is none of {}: {doubt}", id.written, id.scheme),
                advice: "Ask the sender to write the identifier in the letters A to Z and the digits 0 to 9.",
            });
        }
    }
    // a name may have words of two alphabets, but not two in one word: what only looks like a letter makes another name
    let name = document.seller.name.as_deref().unwrap_or_default();
    if let Some(unclear) = unclear_name(name) {
        faults.add(|| Fault {
            class: Class::Value,
            place: places.at(Spot::Header("seller")),
            rule: "SL-SIGNS",
            problem: format!("the seller's name {name:?} {unclear}"),
            advice: "Ask the sender to write each word of the name in one alphabet that is in use.",
        });
    }
}
