//! What an answer to an order says of the whole order, against what it says of the lines.

use sealane_types::schema::Kind;

use crate::codes::LineStatus;
use crate::document::{Document, Syntax};
use crate::fault::{Class, Fault, Faults};
use crate::places::{Places, Spot};

/// The order has arrived, and is not answered yet (UNCL 4343, as Peppol uses it).
const RECEIVED: &str = "AB";

/// Warns of an answer's code that is not understood, and of one that all lines contradict.
pub(crate) fn check(document: &Document, places: &dyn Places, warnings: &mut Faults) {
    // a Cross Industry Order's code says which kind it is, and its lines the rest
    if document.kind != Kind::OrderResponse || document.syntax == Syntax::Cii {
        return;
    }
    let Some(code) = document.type_code.as_deref() else {
        return;
    };
    let shown: String = code.chars().take(40).collect();
    let mut warn = |problem: String, advice: &'static str| {
        warnings.add(|| Fault {
            class: Class::Value,
            place: places.at(Spot::Header("type_code")),
            rule: "SL-ANSWER",
            problem,
            advice,
        });
    };
    let Some(answer) = LineStatus::of_answer(code) else {
        if code.trim() != RECEIVED {
            warn(
                format!(
                    "the answer's code {shown:?} is not understood: it neither accepts nor refuses the order"
                ),
                "Ask the sender for AP (accepted), CA (with changes) or RE (refused), or UNTDID 1225's 29, 30, 27.",
            );
        }
        return;
    };
    let lines: Vec<_> = document.lines.iter().filter(|line| line.counts()).collect();
    let all = |status| !lines.is_empty() && lines.iter().all(|line| line.status == Some(status));
    let against = match answer {
        LineStatus::Accepted if all(LineStatus::Rejected) => {
            "accepts the order, and every line is rejected"
        }
        LineStatus::Rejected if all(LineStatus::Accepted) => {
            "refuses the order, and every line is accepted"
        }
        _ => return,
    };
    warn(
        format!("the answer's code {shown:?} {against}"),
        "Ask the sender which of the two holds.",
    );
}
