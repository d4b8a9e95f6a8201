//! Where the fields of a JSON document stand: its keys.

use crate::fault::Place;
use crate::places::{Places, Spot};

/// The keys are the same in every document.
pub(super) struct JsonPlaces;

impl Places for JsonPlaces {
    fn at(&self, spot: Spot) -> Place {
        match spot {
            Spot::Root => Place::default(),
            Spot::Header(field) => Place::field(header(field)),
            Spot::Line(index) => Place::field(format!("lines[{index}]")),
            Spot::LineField(index, "tax_category") => {
                Place::field(format!("lines[{index}].tax.code"))
            }
            Spot::LineField(index, "rejected") => {
                Place::field(format!("lines[{index}].rejected_quantity"))
            }
            Spot::LineField(index, "short") => {
                Place::field(format!("lines[{index}].short_quantity"))
            }
            Spot::LineField(index, field) => Place::field(format!("lines[{index}].{field}")),
            Spot::Allowance(index) => Place::field(format!("allowances[{index}]")),
            Spot::Tax(index, field) => Place::field(format!("taxes[{index}].{}", entry(field))),
        }
    }

    /// The place says it already.
    fn expected(&self, _spot: Spot) -> Option<&str> {
        None
    }
}

fn header(field: &'static str) -> &'static str {
    match field {
        "seller" => "seller.name",
        "seller_tax" => "seller.ids",
        "buyer" => "buyer.name",
        "payee" => "payee.name",
        "lines_total" => "totals.lines",
        "allowances_total" => "totals.allowances",
        "charges_total" => "totals.charges",
        "tax_exclusive" => "totals.tax_exclusive",
        "tax" => "totals.tax",
        "tax_inclusive" => "totals.tax_inclusive",
        "prepaid" => "totals.prepaid",
        "rounding" => "totals.rounding",
        "third_party" => "totals.third_party",
        "payable" => "payable_amount",
        "shipment_date" => "transport.shipment_date",
        "expiry_date" => "transport.expiry_date",
        other => other,
    }
}

fn entry(field: &'static str) -> &'static str {
    match field {
        "tax_category" => "category.code",
        "tax_rate" => "category.rate",
        other => other,
    }
}
