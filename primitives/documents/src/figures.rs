//! The numbers of a document that arithmetic is about, each with the element it stands in.

use crate::decimal::Decimal;
use crate::fault::Place;
use crate::xml::Node;

/// A number and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Figure<'a, 'input> {
    /// The number.
    pub value: Decimal,
    /// The element.
    pub node: Node<'a, 'input>,
}

impl Figure<'_, '_> {
    /// Its place in the file.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::element(self.node)
    }
}

/// A tax category: its code, and its rate in per cent.
#[derive(Debug, Clone, Default)]
pub struct TaxCategory {
    /// UNCL 5305 code (`S`, `Z`, `E`, …).
    pub code: Option<String>,
    /// The rate in per cent.
    pub rate: Option<Decimal>,
}

/// An allowance or a charge.
#[derive(Debug, Clone)]
pub struct AllowanceFigures {
    /// Whether it is a charge.
    pub charge: bool,
    /// Its amount.
    pub amount: Decimal,
    /// Its tax category.
    pub tax: TaxCategory,
}

/// The numbers of one line.
#[derive(Debug, Clone)]
pub struct LineFigures<'a, 'input> {
    /// The line.
    pub node: Node<'a, 'input>,
    /// Whether it counts in sums; lines that group others do not.
    pub counts: bool,
    /// Quantity.
    pub quantity: Option<Decimal>,
    /// Price.
    pub price: Option<Decimal>,
    /// Units that the price is for.
    pub base: Option<Decimal>,
    /// Total without tax.
    pub total: Option<Figure<'a, 'input>>,
    /// Allowances and charges.
    pub allowances: Vec<AllowanceFigures>,
    /// Its tax category.
    pub tax: TaxCategory,
}

/// One entry of the tax breakdown.
#[derive(Debug, Clone)]
pub struct SubtotalFigures<'a, 'input> {
    /// The entry.
    pub node: Node<'a, 'input>,
    /// What is taxed.
    pub taxable: Option<Figure<'a, 'input>>,
    /// The tax.
    pub tax: Option<Figure<'a, 'input>>,
    /// Category and rate.
    pub category: TaxCategory,
}

/// All numbers of a document.
#[derive(Debug, Clone)]
pub struct Figures<'a, 'input> {
    /// The root element.
    pub root: Node<'a, 'input>,
    /// Its lines.
    pub lines: Vec<LineFigures<'a, 'input>>,
    /// Allowances and charges of the document.
    pub allowances: Vec<AllowanceFigures>,
    /// Its tax breakdown.
    pub subtotals: Vec<SubtotalFigures<'a, 'input>>,
    /// BT-106.
    pub lines_total: Option<Figure<'a, 'input>>,
    /// BT-107.
    pub allowances_total: Option<Figure<'a, 'input>>,
    /// BT-108.
    pub charges_total: Option<Figure<'a, 'input>>,
    /// BT-109.
    pub tax_exclusive: Option<Figure<'a, 'input>>,
    /// BT-110, in the document's currency.
    pub tax: Option<Figure<'a, 'input>>,
    /// BT-112.
    pub tax_inclusive: Option<Figure<'a, 'input>>,
    /// BT-113.
    pub prepaid: Option<Figure<'a, 'input>>,
    /// BT-114.
    pub rounding: Option<Figure<'a, 'input>>,
    /// Claims of third parties that the payable amount collects (XRechnung's extension, BG-DEX-09).
    pub third_party: Vec<Decimal>,
    /// BT-115.
    pub payable: Option<Figure<'a, 'input>>,
}
