//! What makes a document doubtful as a whole, beside its amounts: what it says that it is, its dates, its answer, its quantities.

use crate::document::Document;
use crate::fault::Faults;
use crate::places::Places;
use crate::{answers, nature, odd_dates, order_code, quantities};

/// All of it.
pub(crate) fn check(
    document: &Document,
    places: &dyn Places,
    faults: &mut Faults,
    warnings: &mut Faults,
) {
    nature::check(document, places, faults, warnings);
    odd_dates::check(document, places, faults, warnings);
    answers::check(document, places, warnings);
    order_code::check(document, places, faults);
    quantities::check(document, places, faults);
}
