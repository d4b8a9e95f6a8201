//! How reading ends, whatever the syntax: the rules that look at a whole document.

use crate::arithmetic::{Check, Lists};
use crate::document::Document;
use crate::fault::Faults;
use crate::places::Places;
use crate::required::{Required, Stated};
use crate::signs;
use crate::type_code;

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
    type_code::check(&document, places, &mut faults);
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
