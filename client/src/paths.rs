//! Where a field stands, for people: `lines[3].quantity`, `seller.ids`. The words are those of
//! `sealane document show --json`.

use sealane_crypto::keys::Place;
use sealane_types::schema::{Kind, header_field, line_field};

/// The path of a place in a record of this kind.
#[must_use]
pub fn path(kind: Kind, place: Place) -> String {
    match place {
        Place::LineCount => "line_count".to_owned(),
        Place::Header(slot) => match header_field(kind, slot.into()) {
            Some(field) => field.path.to_owned(),
            None => format!("reserved[{slot}]"),
        },
        Place::Line { line, slot } => {
            let field = line_field(kind, slot.into());
            format!(
                "lines[{line}].{}",
                field.map_or("reserved", |field| field.path)
            )
        }
    }
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
        let short = Place::Line { line: 0, slot: 6 };
        assert_eq!(path(Kind::ReceiptAdvice, short), "lines[0].short_quantity");
        assert_eq!(path(Kind::Invoice, Place::Header(4)), "buyer.ids");
        assert_eq!(path(Kind::Waybill, Place::Header(18)), "transport.vessel");
        assert_eq!(path(Kind::Waybill, Place::Header(24)), "reserved[24]");
    }
}
