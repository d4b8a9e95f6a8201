//! What a document says that a bank must have a reason to finance over, or should know before it finances.

use sealane_documents::ClaimKind;
use sealane_documents::type_code::{is_correction, no_claim};
use sealane_statements::financing::Seller;
use sealane_types::transaction::Waived;

use super::{Claimed, Concern};
use crate::error::ClientError;
use crate::flows::Bank;
use crate::flows::earlier::{Earlier, list, said};

impl Bank {
    /// What the document says that the bank must have a reason to finance over. `earlier` are the invoices that it names.
    pub(in crate::flows) fn concerns(
        &self,
        claimed: &Claimed,
        seller: &Seller,
        earlier: &Earlier,
    ) -> Result<Vec<Concern>, ClientError> {
        let mut concerns = Vec::new();
        let mut add = |what, words| concerns.push(Concern { what, words });
        let assigned = ClaimKind::of_sealed(claimed.code).is_factored();
        if let Some(code) = claimed.code.filter(|_| assigned) {
            let words = format!(
                "the document's type {code} says that the claim is assigned already, to a factor"
            );
            add(Waived::Assigned, words);
        }
        let both = correction(claimed, earlier)
            .into_iter()
            .chain(unknown(earlier));
        let both: Vec<String> = both.collect();
        if !both.is_empty() {
            add(Waived::Correction, both.join(". Beside that, "));
        }
        if claimed.copy {
            let words = "the document says that it is a copy: ask your customer for the original and seal that; if there is none, \
                         compare the copy with the buyer's";
            add(Waived::Copy, words.to_owned());
        }
        let credits = &earlier.credits;
        if credits.may_cover_all() {
            let words = format!(
                "{}. Ask your customer and the buyer what is still owed",
                credits.said("this invoice")
            );
            add(Waived::Credited, words);
        }
        if let Some(payee) = self.other_payee(claimed, seller)? {
            let words = format!("the document is to be paid to {payee}");
            add(Waived::Payee, words);
        }
        Ok(concerns)
    }

    /// The payee that the document names, where that is neither its seller nor this bank, in words. Who has the seller's
    /// number under another name is not the seller: a factor's account may stand under it.
    fn other_payee(
        &self,
        claimed: &Claimed,
        seller: &Seller,
    ) -> Result<Option<String>, ClientError> {
        let payee = &claimed.payee;
        if !payee.is_named() {
            return Ok(None);
        }
        let own = self.home().opening_of(&self.home().alias())?;
        if own.is_some_and(|own| payee.meets(own.identifiers())) {
            return Ok(None);
        }
        let has_number =
            payee.meets(seller.opening.identifiers()) || payee.meets(&claimed.seller.identifiers);
        let name = claimed.seller.name.as_deref();
        let is_seller = match has_number {
            // a name that is not the seller's may be whose account it is
            true => payee.name.is_none() || name.is_none() || payee.has_name(name),
            false => payee.identifiers.is_empty() && payee.has_name(name),
        };
        if is_seller {
            return Ok(None);
        }
        let shown = payee.name.iter().chain(&payee.identifiers);
        let shown: Vec<&str> = shown.map(String::as_str).collect();
        let shown = shown.join(", ");
        Ok(Some(match has_number {
            true => format!(
                "{shown}: the number is the seller's and the name is not, so that you must ask whose account it is"
            ),
            false => format!("{shown}, who is neither its seller nor this bank"),
        }))
    }
}

/// That a document of this sealed type code states a claim; said before anything is sent or proven.
pub(in crate::flows) fn must_claim(code: Option<i64>) -> Result<(), ClientError> {
    match no_claim(code) {
        Some(why) => Err(ClientError::NotFinanceable(why)),
        None => Ok(()),
    }
}

/// Why a correction needs a reason: nothing where it takes over this bank's own financing of all that it corrects, as the
/// two are then financed once.
fn correction(claimed: &Claimed, earlier: &Earlier) -> Option<String> {
    if !is_correction(claimed.code) || earlier.is_taken_over(claimed) {
        return None;
    }
    let corrects = match claimed.preceding.is_empty() {
        true => "corrects an invoice, which it does not name".to_owned(),
        false => format!("corrects invoice {}", list(&claimed.preceding)),
    };
    let taken = list(&earlier.taken_over);
    let open = match earlier.open.is_empty() {
        true => "the corrected invoice".to_owned(),
        false => format!("invoice {}", list(&earlier.open)),
    };
    let missing = match (earlier.taken_over.is_empty(), earlier.replaces) {
        (true, None) => {
            "It is not sealed in the place of a record that this bank finances now".to_owned()
        }
        (true, Some(older)) => {
            format!("Record {older}, in whose place it is sealed, is not financed by this bank now")
        }
        (false, _) if claimed.preceding.is_empty() => format!(
            "It takes over this bank's financing of invoice {taken}, which is not among the invoices that it names"
        ),
        (false, _) => {
            format!("It takes over this bank's financing of invoice {taken}, and not one of {open}")
        }
    };
    let advice = match earlier.taken_over.is_empty() {
        true => {
            "If this bank finances the corrected invoice, seal this one in its place (sealane seal FILE --replaces ID) and do not \
             release the other; if it does not, ask whether another bank does: ask your customer for that invoice, and inquire \
             about it (sealane inquire FILE)"
                .to_owned()
        }
        false => format!(
            "Ask whether {open} is financed elsewhere: ask your customer for it, and inquire about it (sealane inquire FILE)"
        ),
    };
    Some(format!(
        "the document {corrects}, and only one of the two may be financed. {missing}. {advice}"
    ))
}

/// Why a document needs a reason that stands in the place of older records, correction or not: nobody knows whether their
/// invoices are financed.
fn unknown(earlier: &Earlier) -> Option<String> {
    if earlier.unknown.is_empty() {
        return None;
    }
    let older = earlier.unknown.iter();
    let older: Vec<String> = older
        .map(|(record, invoice)| said(record, invoice.as_ref()))
        .collect();
    Some(format!(
        "the document stands in the place of {}, of which nobody knows whether it is financed, as it was never presented, and only one \
         of the two may be financed. Ask your customer for the older invoice, and inquire about it (sealane inquire FILE); say in the \
         reason what you found",
        older.join(" and ")
    ))
}

/// What a bank should know before it finances: the credit notes of the invoice that leave something of it, and the earlier
/// invoices that it names.
pub(in crate::flows) fn remark(claimed: &Claimed, earlier: &Earlier) -> Option<String> {
    let both = credited(earlier)
        .into_iter()
        .chain(names_earlier(claimed, earlier));
    let both: Vec<String> = both.collect();
    (!both.is_empty()).then(|| both.join(". Beside that, "))
}

/// The credit notes that this home can read, where they leave something of the invoice.
fn credited(earlier: &Earlier) -> Option<String> {
    let credits = &earlier.credits;
    let leaves = !credits.is_empty() && !credits.may_cover_all();
    leaves.then(|| {
        format!(
            "{}. The buyer pays no more than that",
            credits.said("this invoice")
        )
    })
}

/// Of an invoice that is no correction and names earlier ones (EN 16931, BG-3): a final invoice after a prepayment does, and
/// so does a correction under another type.
fn names_earlier(claimed: &Claimed, earlier: &Earlier) -> Option<String> {
    if is_correction(claimed.code) || earlier.open.is_empty() {
        return None;
    }
    let open = list(&earlier.open);
    Some(format!(
        "the document names invoice {open} as an earlier one. It may be the final invoice after a prepayment, or a correction that \
         does not call itself one. Find out what the buyer still owes, and whether invoice {open} is financed, here or elsewhere: \
         ask your customer for it, and inquire about it (sealane inquire FILE)"
    ))
}
