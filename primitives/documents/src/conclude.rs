//! How reading ends, whatever the syntax: the rules that look at a whole document.

use crate::arithmetic::{Check, Lists};
use crate::document::Document;
use crate::fault::{Class, Fault, Faults};
use crate::nature;
use crate::places::{Places, Spot};
use crate::required::{Required, Stated};
use crate::signs;
use crate::type_code;

/// A currency that the table of currencies still has, for documents of before, and the first day on which no invoice is in
/// it any more: Bulgaria has the euro since 2026 (the Council of the European Union, 8 July 2025).
const WITHDRAWN: (&str, &str) = ("BGN", "2026-01-01");

/// An invoice in a currency that was no money any more when it was issued is a mistake in the amount by its rate.
fn withdrawn(document: &Document, places: &dyn Places, faults: &mut Faults) {
    let (currency, since) = WITHDRAWN;
    let is_late = document.issue_date.to_string().as_str() >= since;
    if !document.is_invoice() || document.currency.as_deref() != Some(currency) || !is_late {
        return;
    }
    faults.add(|| Fault {
        class: Class::Value,
        place: places.at(Spot::Header("currency")),
        rule: "SL-CURRENCY",
        problem: format!(
            "{currency} is money no more since {since}, and the document is of {}",
            document.issue_date
        ),
        advice: "Ask the sender for an invoice in euro.",
    });
}

/// What was found while the fields were read.
pub(crate) struct Findings {
    pub faults: Faults,
    pub warnings: Faults,
}

/// Checks type code, arithmetic and required fields. Under EN 16931 what does not add up is a fault, so are
/// totals under Peppol PINT; in other invoices it is a warning.
///
/// # Errors
/// With all faults, those found before among them, if there are any.
pub(crate) fn conclude(
    mut document: Document,
    found: Findings,
    lists: Lists,
    stated: Stated,
    places: &dyn Places,
) -> Result<Document, Faults> {
    let Findings {
        mut faults,
        mut warnings,
    } = found;
    if document.claim().self_billing {
        nature::self_bill(&mut document);
    }
    type_code::check(&document, places, &mut faults, &mut warnings);
    let check = Check::new(&document, lists, places);
    if document.claims_en16931() {
        check.amounts(&mut faults);
        check.decimals(&mut faults);
    } else if document.claim().pint && document.is_invoice() {
        check.totals(&mut faults);
        check.breakdown_of_tax(&mut warnings);
    } else if document.is_invoice() {
        check.amounts(&mut warnings);
    }
    withdrawn(&document, places, &mut faults);
    Required::new(&document, stated, places).check(&mut faults, &mut warnings);
    signs::check(&document, places, &mut faults);
    crate::doubtful::check(&document, places, &mut faults, &mut warnings);
    check.lines(&mut faults, &mut warnings);
    check.minor_units(&mut warnings);
    if !faults.is_empty() {
        return Err(faults);
    }
    crate::sealable::check(&document, places, &mut warnings);
    document.warnings = warnings.kept;
    document.more_warnings = warnings.more;
    Ok(document)
}
