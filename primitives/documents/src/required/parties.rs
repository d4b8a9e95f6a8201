//! What EN 16931 demands of the parties and of the categories without tax.

use crate::document::TaxCategory;
use crate::fault::{Class, Fault, Faults};
use crate::places::Spot;
use crate::required::Required;

/// Categories whose lines, allowances and charges demand a number of the buyer, with the rule of each of the three.
const BUYER_TAXED: [(&str, [&str; 3]); 2] = [
    ("AE", ["BR-AE-02", "BR-AE-03", "BR-AE-04"]),
    ("K", ["BR-IC-02", "BR-IC-03", "BR-IC-04"]),
];
/// The category of what is outside the scope of VAT.
const NO_TAX: &str = "O";

impl Required<'_> {
    /// Lines, allowances and charges, each with 0, 1 or 2 for which it is, and its tax category.
    fn taxed(&self) -> impl Iterator<Item = (usize, &TaxCategory)> {
        let lines = self.document.lines.iter().map(|line| (0, &line.tax));
        let allowances = self.document.allowances.iter();
        let allowances = allowances.map(|one| (if one.charge { 2 } else { 1 }, &one.tax));
        lines.chain(allowances)
    }

    /// Which is the first that has a category.
    pub(super) fn first_with(&self, code: &str) -> Option<usize> {
        let mut taxed = self.taxed();
        let found = taxed.find(|(_, tax)| tax.code.as_deref() == Some(code));
        found.map(|(which, _)| which)
    }

    /// The buyer's half of BR-AE-02, BR-IC-02 and their like: who owes the tax in the seller's place has a number.
    pub(super) fn buyer_tax(&self, faults: &mut Faults) {
        let numbers = self.stated.numbers;
        for (code, rules) in BUYER_TAXED {
            let (stated, what) = match code {
                "K" => (numbers.buyer_vat, "the buyer's VAT number"),
                _ => (numbers.buyer, "the buyer's VAT or registration number"),
            };
            if let Some(which) = self.first_with(code).filter(|_| !stated) {
                let what = format!("tax category {code}: {what}");
                self.missing(faults, rules[which], &what, Spot::Header("buyer"));
            }
        }
    }

    /// BR-O-02 to -04 and -11 to -14: what is outside the scope of VAT has no VAT number beside it, and nothing that is
    /// within. EXTENDED lets both stand in one invoice.
    pub(super) fn no_tax(&self, faults: &mut Faults) {
        let value = |spot, rule, problem: &str| Fault {
            class: Class::Value,
            place: self.places.at(spot),
            rule,
            problem: problem.to_owned(),
            advice: "Ask the sender which of the two holds: category O is outside the scope of VAT, E is exempt from it.",
        };
        if self.claim.extended {
            return;
        }
        if let Some(which) = self
            .first_with(NO_TAX)
            .filter(|_| self.stated.numbers.any_vat)
        {
            let rule = ["BR-O-02", "BR-O-03", "BR-O-04"][which];
            let problem =
                "tax category O: a VAT number stands beside what is outside the scope of VAT";
            faults.add(|| value(Spot::Header("seller_tax"), rule, problem));
        }
        let entries = self.document.taxes.iter().map(|entry| &entry.category);
        let codes: Vec<&str> = entries.filter_map(|one| one.code.as_deref()).collect();
        if !codes.contains(&NO_TAX) {
            return;
        }
        if codes.iter().any(|code| *code != NO_TAX) {
            let problem = "tax category O stands in the breakdown beside another category";
            faults.add(|| value(Spot::Header("taxes"), "BR-O-11", problem));
        }
        let others = self.taxed().find(|(_, tax)| {
            let code = tax.code.as_deref();
            code.is_some_and(|code| code != NO_TAX)
        });
        if let Some((which, _)) = others {
            let rule = ["BR-O-12", "BR-O-13", "BR-O-14"][which];
            let problem = "the breakdown has tax category O, and a line, an allowance or a charge another one";
            faults.add(|| value(Spot::Header("taxes"), rule, problem));
        }
    }

    /// Who the seller is (BR-CO-26), and where the parties are (BR-09, BR-11).
    pub(super) fn parties(&self, faults: &mut Faults) {
        let [seller, buyer] = self.stated.countries;
        self.demand(
            &[
                (
                    true,
                    seller,
                    "BR-09",
                    "the seller's country",
                    Spot::Header("seller"),
                ),
                (
                    true,
                    buyer,
                    "BR-11",
                    "the buyer's country",
                    Spot::Header("buyer"),
                ),
                (
                    true,
                    self.stated.numbers.seller,
                    "BR-CO-26",
                    "the seller's identifier, registration or VAT number",
                    Spot::Header("seller"),
                ),
            ],
            faults,
        );
    }
}
