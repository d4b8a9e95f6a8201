//! Headers that their certificates make final.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealane_ledger::trust::{Certified, Trust};
use sealane_types::encoding::{Decode, DecodeError};
use sealane_wire::v1;

use super::Lie;

/// How far in the future the latest header may be.
const MAX_AHEAD: Duration = Duration::from_secs(60);
/// How old the latest header may be: a chain makes at least one block a minute.
const MAX_AGE: Duration = Duration::from_secs(180);

/// As [`Trust::certify`], for a header as it travels.
pub(super) fn certify(trust: &Trust, header: Option<v1::FinalHeader>) -> Result<Certified, Lie> {
    let header = header.ok_or(Lie::Missing("header"))?;
    Ok(trust.certify(&header.header, &header.certificate)?)
}

/// Checks the latest header's age by this machine's clock.
pub(super) fn check_age(latest: &Certified, now: SystemTime) -> Result<(), Lie> {
    let time = UNIX_EPOCH + Duration::from_millis(latest.header().time.0);
    let age = now.duration_since(time);
    match age {
        Ok(age) if age > MAX_AGE => Err(Lie::Stale {
            seconds: age.as_secs(),
            limit: MAX_AGE.as_secs(),
        }),
        Ok(_) => Ok(()),
        Err(ahead) if ahead.duration() > MAX_AHEAD => Err(Lie::Future {
            seconds: ahead.duration().as_secs(),
        }),
        Err(_) => Ok(()),
    }
}

/// Reads a value of at most `limit` bytes.
pub(super) fn decode<T: Decode>(bytes: &[u8], limit: usize, what: &'static str) -> Result<T, Lie> {
    let too_long = DecodeError::TooLong {
        what,
        length: bytes.len(),
        limit,
    };
    let form = |reason| Lie::Form { what, reason };
    if bytes.len() > limit {
        return Err(form(too_long));
    }
    T::from_bytes(bytes).map_err(form)
}
