//! A registration whose legal entity has an address of its own: that of the register.

use super::{Doubt, LegalId, Strength, Written, identify};

/// As [`identify`], by the country of the register's own address, which is nearer than that of the party. Where the two
/// say different things of a number, what it gives are hints.
#[must_use]
pub fn identify_registered(written: &Written<'_>, nearer: Option<&str>) -> Vec<LegalId> {
    let Some(nearer) = nearer.filter(|code| !code.trim().is_empty()) else {
        return identify(written);
    };
    let mut ids = identify(&Written {
        country: Some(nearer),
        ..*written
    });
    let differ = written.country.is_some() && identify(written) != ids;
    for id in ids.iter_mut().filter(|id| differ && id.is_strict()) {
        (id.strength, id.doubt) = (Strength::Loose, Some(Doubt::Country));
    }
    ids
}
