//! Where a field stands, for people: `lines[3].quantity`, `seller.ids[0]`. The words are those of
//! `sealane document show --json`.

use sealane_crypto::keys::Place;
use sealane_types::schema::{Kind, PARTY_IDS, line_slot, slot, transport};

/// The path of a place in a record of this kind.
#[must_use]
pub fn path(kind: Kind, place: Place) -> String {
    match place {
        Place::LineCount => "line_count".to_owned(),
        Place::Header(slot) => header_path(kind, slot.into()),
        Place::Line { line, slot } => format!("lines[{line}].{}", line_name(slot.into())),
    }
}

fn line_name(slot: usize) -> &'static str {
    match slot {
        line_slot::ID => "id",
        line_slot::ORDER_LINE => "order_line",
        line_slot::DESPATCH_LINE => "despatch_line",
        line_slot::ITEM => "item",
        line_slot::QUANTITY => "quantity",
        line_slot::PRICE => "price",
        line_slot::TOTAL => "total",
        _ => "reserved",
    }
}

fn header_path(kind: Kind, at: usize) -> String {
    for (party, first) in [
        ("seller", slot::SELLER_IDS),
        ("buyer", slot::BUYER_IDS),
        ("payee", slot::PAYEE_IDS),
    ] {
        if let Some(number) = at.checked_sub(first).filter(|number| *number < PARTY_IDS) {
            return format!("{party}.ids[{number}]");
        }
    }
    let carries = [Kind::BillOfLading, Kind::Waybill, Kind::LetterOfCredit].contains(&kind);
    let own = if carries {
        transport_name(at)
    } else {
        total_name(at)
    };
    let name = shared_name(at).or(own);
    name.map_or_else(|| format!("reserved[{at}]"), str::to_owned)
}

fn shared_name(at: usize) -> Option<&'static str> {
    Some(match at {
        slot::NUMBER => "id",
        slot::TYPE_CODE => "type_code",
        slot::ISSUE_DATE => "issue_date",
        slot::PAYABLE => "payable_amount",
        slot::ORDER_REFERENCES => "order_references",
        slot::DESPATCH_REFERENCES => "despatch_references",
        slot::BILLING_REFERENCES => "billing_references",
        slot::DUE_DATE => "due_date",
        slot::CURRENCY => "currency",
        slot::COPY => "copy",
        slot::SELLER_NAME => "seller.name",
        slot::BUYER_NAME => "buyer.name",
        slot::PAYEE_NAME => "payee.name",
        slot::BUYER_REFERENCE => "buyer_reference",
        _ => return None,
    })
}

fn total_name(at: usize) -> Option<&'static str> {
    Some(match at {
        slot::LINES_TOTAL => "totals.lines",
        slot::TAX_EXCLUSIVE => "totals.tax_exclusive",
        slot::TAX_INCLUSIVE => "totals.tax_inclusive",
        slot::TAX => "totals.tax",
        slot::PREPAID => "totals.prepaid",
        slot::ROUNDING => "totals.rounding",
        _ => return None,
    })
}

fn transport_name(at: usize) -> Option<&'static str> {
    Some(match at {
        transport::PORT_OF_LOADING => "transport.port_of_loading",
        transport::PORT_OF_DISCHARGE => "transport.port_of_discharge",
        transport::VESSEL => "transport.vessel",
        transport::SHIPMENT_DATE => "transport.shipment_date",
        transport::EXPIRY_DATE => "transport.expiry_date",
        transport::GOODS => "transport.goods",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sealane_types::record::Bucket;

    use super::*;

    #[test]
    fn every_place_of_every_kind_has_a_path_of_its_own() {
        let bucket = Bucket::new(8).expect("a bucket");
        for kind in Kind::ALL {
            let paths: BTreeSet<String> =
                Place::all(bucket).map(|place| path(kind, place)).collect();
            assert_eq!(paths.len(), bucket.leaves(), "{kind:?}");
        }
        let quantity = Place::Line { line: 3, slot: 4 };
        assert_eq!(path(Kind::Invoice, quantity), "lines[3].quantity");
        assert_eq!(path(Kind::Invoice, Place::Header(4)), "seller.ids[1]");
        assert_eq!(path(Kind::Waybill, Place::Header(24)), "transport.vessel");
    }
}
