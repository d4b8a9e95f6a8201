//! Ids and identifiers as a person types them.

use std::str::FromStr;

use sealane_types::ids::{RecordId, TradeId};
use sealane_types::workflow::Versioned;

use crate::outcome::Failure;

/// A record's id.
pub(super) fn record_id(text: &str) -> Result<RecordId, Failure> {
    RecordId::from_str(text).map_err(|error| {
        Failure::invalid(format!(
            "{text:?} is not a record's id, which is {} lower-case hexadecimal digits. `sealane seal` prints it.",
            error.expected
        ))
    })
}

/// A trade's id.
pub(super) fn trade_id(text: &str) -> Result<TradeId, Failure> {
    TradeId::from_str(text).map_err(|error| {
        Failure::invalid(format!(
            "{text:?} is not a trade's id, which is {} lower-case hexadecimal digits. `sealane trade list` shows this home's trades.",
            error.expected
        ))
    })
}

/// `NAME@VERSION`
pub(super) fn versioned(text: &str) -> Result<Versioned, Failure> {
    text.parse().map_err(Failure::invalid)
}

/// `SCHEME:VALUE` each.
pub(super) fn identifiers(given: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let split = |one: &String| {
        let parts = one.split_once(':');
        let parts = parts.map(|(scheme, value)| (scheme.to_owned(), value.to_owned()));
        parts.ok_or_else(|| {
            Failure::invalid(format!(
                "{one:?} is not an identifier: give SCHEME:VALUE, as `sealane document show` prints it"
            ))
        })
    };
    given.iter().map(split).collect()
}
