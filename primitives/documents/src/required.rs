//! Fields that must be there: a fault where the rule binds, a warning where a reader would miss them.

use sealane_types::schema::Kind;
use sealane_types::text::names_nothing;

use crate::claim::Claim;
use crate::document::{Document, Line, Syntax};
use crate::fault::{Class, Fault, Faults, MAX_FAULTS};
use crate::places::{Places, Spot};

mod parties;

/// Fields that a file states, where the document cannot tell: its values stand in for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stated {
    /// The issue date.
    pub issue_date: bool,
    /// The currency, at its own place.
    pub currency: bool,
    /// The type code, at its own place.
    pub type_code: bool,
    /// A number for taxes of the seller or of who represents it.
    pub seller_tax: bool,
    /// Whether lines, allowances and entries of the tax breakdown are listed, so that their tax
    /// categories can be demanded.
    pub taxes: bool,
    /// The countries of seller and buyer.
    pub countries: [bool; 2],
    /// The parties' numbers, by what they are.
    pub numbers: Numbers,
}

/// Which numbers of parties a file states; where it does not tell what a number is, those that its numbers may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    /// An identifier of the seller, of its registration or for VAT (BT-29, BT-30, BT-31).
    pub seller: bool,
    /// The buyer's VAT number (BT-48).
    pub buyer_vat: bool,
    /// The buyer's VAT number or that of its registration (BT-47).
    pub buyer: bool,
    /// For certain a VAT number of seller, buyer or tax representative.
    pub any_vat: bool,
}

/// Categories whose lines, allowances and charges demand a number for taxes of the seller, with the rule of each of
/// the three.
const SELLER_TAXED: [(&str, [&str; 3]); 8] = [
    ("S", ["BR-S-02", "BR-S-03", "BR-S-04"]),
    ("Z", ["BR-Z-02", "BR-Z-03", "BR-Z-04"]),
    ("E", ["BR-E-02", "BR-E-03", "BR-E-04"]),
    ("AE", ["BR-AE-02", "BR-AE-03", "BR-AE-04"]),
    ("K", ["BR-IC-02", "BR-IC-03", "BR-IC-04"]),
    ("G", ["BR-G-02", "BR-G-03", "BR-G-04"]),
    ("L", ["BR-AF-02", "BR-AF-03", "BR-AF-04"]),
    ("M", ["BR-AG-02", "BR-AG-03", "BR-AG-04"]),
];

/// Checks one document.
pub(crate) struct Required<'d> {
    document: &'d Document,
    claim: Claim,
    places: &'d dyn Places,
    stated: Stated,
    invoice: bool,
    standard: bool,
}

/// Whether it binds, whether it is there, the rule, what it is, and where it should stand.
type Demand = (bool, bool, &'static str, &'static str, Spot);

impl<'d> Required<'d> {
    pub fn new(document: &'d Document, stated: Stated, places: &'d dyn Places) -> Self {
        Self {
            document,
            claim: document.claim(),
            places,
            stated,
            invoice: document.is_invoice(),
            standard: document.claims_en16931(),
        }
    }

    /// Number and date always; of invoices those that Sealane uses and that a specification demands which
    /// the document claims.
    pub fn check(&self, faults: &mut Faults, warnings: &mut Faults) {
        self.demand(&self.header(), faults);
        self.number(faults);
        self.names(faults, warnings);
        self.demand(&self.totals(), faults);
        self.buyer(faults, warnings);
        for (index, line) in self.document.lines.iter().enumerate() {
            self.line(index, line, faults);
        }
        if self.standard && self.stated.taxes {
            self.taxes(faults);
            self.seller_tax(faults);
            self.buyer_tax(faults);
            self.no_tax(faults);
        }
        if self.standard {
            self.parties(faults);
        }
    }

    /// BR-S-02 and its like: who charges tax, or says why there is none, has a number for taxes.
    fn seller_tax(&self, faults: &mut Faults) {
        if self.stated.seller_tax || self.claim.peppol_gst {
            return;
        }
        for (code, rules) in SELLER_TAXED {
            if let Some(which) = self.first_with(code) {
                let what = format!("tax category {code}: the seller's VAT number");
                self.missing(faults, rules[which], &what, Spot::Header("seller_tax"));
            }
        }
    }

    /// An invoice's number like `N/A` names none: two of them are not one invoice, as their fingerprints would say.
    fn number(&self, faults: &mut Faults) {
        let number = &self.document.id;
        if !self.invoice || number.is_empty() || !names_nothing(number) {
            return;
        }
        faults.add(|| Fault {
            class: Class::Value,
            place: self.places.at(Spot::Header("id")),
            rule: "BR-02",
            problem: format!("the document's number {number:?} names nothing"),
            advice: "Ask the sender for the document's own number.",
        });
    }

    /// A name like `N/A`, or of signs alone, names nobody: where a name is demanded it is refused.
    fn names(&self, faults: &mut Faults, warnings: &mut Faults) {
        let document = self.document;
        let payee = document.payee.as_ref();
        let buyer = self.claim.demands_totals || document.syntax == Syntax::Cii;
        for (party, binds, rule, what, field) in [
            (Some(&document.seller), true, "BR-06", "seller", "seller"),
            (Some(&document.buyer), buyer, "BR-07", "buyer", "buyer"),
            (payee, self.standard, "BR-17", "payee", "payee"),
        ] {
            let name = party.and_then(|party| party.name.as_deref());
            let Some(name) = name.filter(|name| self.invoice && names_nothing(name)) else {
                continue;
            };
            // published examples black a name out with X
            let black = name.chars().all(|letter| matches!(letter, 'x' | 'X'));
            let target = if binds && !black {
                &mut *faults
            } else {
                &mut *warnings
            };
            target.add(|| Fault {
                class: Class::Value,
                place: self.places.at(Spot::Header(field)),
                rule,
                problem: format!("the {what}'s name {name:?} names nobody"),
                advice: "Ask the sender for the party's own name.",
            });
        }
    }

    fn demand(&self, demands: &[Demand], faults: &mut Faults) {
        for (binds, there, rule, what, spot) in demands {
            if *binds && !there {
                self.missing(faults, rule, what, *spot);
            }
        }
    }

    /// A field that is there and cannot be read is not missing: it has its fault already.
    fn missing(&self, faults: &mut Faults, rule: &'static str, what: &str, spot: Spot) {
        if faults.kept.len() < MAX_FAULTS && faults.kept.iter().any(is_unreadable) {
            let place = self.places.at(spot);
            let mut unreadable = faults.kept.iter().filter(|fault| is_unreadable(fault));
            if unreadable.any(|fault| fault.place == place) {
                return;
            }
        }
        faults.add(|| {
            let expected = self.places.expected(spot);
            let expected = expected
                .map(|path| format!(" ({path})"))
                .unwrap_or_default();
            Fault {
                class: Class::Missing,
                place: self.places.at(spot),
                rule,
                problem: format!("{what}{expected} is missing or empty"),
                advice: "Ask the sender to complete the document.",
            }
        });
    }

    fn header(&self) -> [Demand; 6] {
        let document = self.document;
        let seller = &document.seller;
        let named = seller.name.is_some() || (!self.claim.demands_totals && !seller.ids.is_empty());
        let payee = document
            .payee
            .as_ref()
            .is_none_or(|payee| payee.name.is_some());
        [
            (
                true,
                !document.id.is_empty(),
                "BR-02",
                "the document's number",
                Spot::Header("id"),
            ),
            (
                true,
                self.stated.issue_date,
                "BR-03",
                "the issue date",
                Spot::Header("issue_date"),
            ),
            (
                self.invoice && self.claim.demands_type_code,
                self.stated.type_code,
                if self.claim.pint { "IBR-04" } else { "BR-04" },
                "the type code",
                Spot::Header("type_code"),
            ),
            (
                self.invoice && self.is_specified(),
                self.stated.currency,
                "BR-05",
                "the currency",
                Spot::Header("currency"),
            ),
            (
                self.invoice,
                named,
                "BR-06",
                "the seller's name",
                Spot::Header("seller"),
            ),
            (
                self.standard,
                payee,
                "BR-17",
                "the payee's name",
                Spot::Header("payee"),
            ),
        ]
    }

    /// UBL itself leaves currency and totals open; the other formats and specifications built on UBL do not.
    fn is_specified(&self) -> bool {
        self.claim.demands_totals || self.document.syntax != Syntax::Ubl
    }

    fn totals(&self) -> [Demand; 5] {
        let totals = &self.document.totals;
        let ubl = self.document.syntax == Syntax::Ubl;
        let cii = self.document.syntax == Syntax::Cii;
        let demanded = self.invoice && (self.claim.demands_totals || cii);
        [
            (
                self.standard || (demanded && ubl),
                totals.lines.is_some(),
                "BR-12",
                "the sum of the lines",
                Spot::Header("lines_total"),
            ),
            (
                demanded,
                totals.tax_exclusive.is_some(),
                "BR-13",
                "the total without tax",
                Spot::Header("tax_exclusive"),
            ),
            (
                demanded,
                totals.tax_inclusive.is_some(),
                "BR-14",
                "the total with tax",
                Spot::Header("tax_inclusive"),
            ),
            (
                self.invoice,
                totals.payable.is_some(),
                "BR-15",
                "the payable amount",
                Spot::Header("payable"),
            ),
            (
                self.standard || (self.invoice && ubl),
                !self.document.lines.is_empty(),
                "BR-16",
                "every line",
                Spot::Header("lines"),
            ),
        ]
    }

    /// Without a specification that demands it, an invoice to the public names no buyer.
    fn buyer(&self, faults: &mut Faults, warnings: &mut Faults) {
        if !self.invoice || self.document.buyer.name.is_some() {
            return;
        }
        let target = if self.claim.demands_totals || self.document.syntax == Syntax::Cii {
            faults
        } else {
            warnings
        };
        self.missing(target, "BR-07", "the buyer's name", Spot::Header("buyer"));
    }

    /// EXTENDED demands amounts of lines that count alone, and lets a price be negative.
    fn line(&self, index: usize, line: &Line, faults: &mut Faults) {
        let field = |name| Spot::LineField(index, name);
        let counts = line.counts();
        let standard = self.standard && counts;
        let extended = self.claim.extended;
        let rule = |core, own| if extended { own } else { core };
        // UBL demands a total of invoice lines, and none of a credit note's.
        let plain_credit = self.document.kind == Kind::CreditNote && !self.claim.demands_totals;
        self.demand(
            &[
                (
                    self.invoice,
                    line.id.is_some(),
                    "BR-21",
                    "the line's identifier",
                    field("id"),
                ),
                (
                    standard,
                    line.quantity.is_some(),
                    rule("BR-22", "BR-FXEXT-BR-22"),
                    "the quantity",
                    field("quantity"),
                ),
                (
                    standard,
                    line.unit.is_some(),
                    rule("BR-23", "BR-FXEXT-BR-23"),
                    "the quantity's unit code",
                    field("quantity"),
                ),
                (
                    self.invoice && counts && !plain_credit,
                    line.total.is_some(),
                    rule("BR-24", "BR-FXEXT-BR-24"),
                    "the line's total",
                    field("total"),
                ),
                (
                    self.standard,
                    line.item.is_some(),
                    "BR-25",
                    "the item's name",
                    field("item"),
                ),
                (
                    standard,
                    line.price.is_some(),
                    rule("BR-26", "BR-FXEXT-BR-26"),
                    "the net price",
                    field("price"),
                ),
                (
                    standard && self.stated.taxes,
                    line.tax.code.is_some(),
                    rule("BR-CO-04", "BR-FXEXT-CO-04"),
                    "the tax category",
                    field("tax_category"),
                ),
            ],
            faults,
        );
        if let Some(price) = line.price.filter(|price| standard && price.is_negative()) {
            if extended {
                return;
            }
            faults.add(|| Fault {
                class: Class::Value,
                place: self.places.at(field("price")),
                rule: "BR-27",
                problem: format!("the net price {price} is negative"),
                advice: "Make the quantity negative instead.",
            });
        }
    }

    /// Each entry of the tax breakdown is whole, and there is one; allowances and charges of the document
    /// have a category.
    fn taxes(&self, faults: &mut Faults) {
        let taxes = &self.document.taxes;
        if taxes.is_empty() {
            let spot = Spot::Header("taxes");
            self.missing(faults, "BR-CO-18", "the tax breakdown", spot);
        }
        for (index, entry) in taxes.iter().enumerate() {
            let category = &entry.category;
            let at = |field| Spot::Tax(index, field);
            let rated = category.rate.is_some() || category.code.as_deref() == Some("O");
            self.demand(
                &[
                    (
                        true,
                        entry.taxable.is_some(),
                        "BR-45",
                        "what is taxed",
                        at("taxable"),
                    ),
                    (true, entry.tax.is_some(), "BR-46", "the tax", at("tax")),
                    (
                        true,
                        category.code.is_some(),
                        "BR-47",
                        "the tax category",
                        at("tax_category"),
                    ),
                    (true, rated, "BR-48", "the tax rate", at("tax_rate")),
                ],
                faults,
            );
        }
        for (index, one) in self.document.allowances.iter().enumerate() {
            if one.tax.code.is_none() {
                let rule = if one.charge { "BR-37" } else { "BR-32" };
                let spot = Spot::Allowance(index);
                self.missing(faults, rule, "the tax category", spot);
            }
        }
    }
}

/// Whether it is of a number that is there and none.
fn is_unreadable(fault: &Fault) -> bool {
    fault.rule == "SL-NUMBER"
}
