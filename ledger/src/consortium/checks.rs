//! Checks are published and retired. Whether a text is what its shape, digest and key say, each member's home finds out
//! before it votes; the ledger sees that the parts fit one another.

use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_types::cross_check::{CheckDefinition, CheckRef};
use sealane_types::genesis::TestKeys;
use sealane_types::ids::{Digest, Height};
use sealane_types::receipt::ChangeFault;
use sealane_types::schema::CHECK_LINES;
use sealane_verifier::{MAX_INPUTS, VerifyingKey};

use super::change::{Changed, parameters};
use crate::cross_check::layout;
use crate::state::{CheckEntry, Key, Overlay, StateExt, StateRead};

/// The digest of a check's text.
#[must_use]
pub fn check_source(source: &str) -> Digest {
    Digest::new(hash(tags::CHECK_SOURCE, &[source.as_bytes()]))
}

pub(super) fn publish<S: StateRead>(
    state: &mut Overlay<'_, S>,
    definition: &CheckDefinition,
    from: Height,
) -> Changed {
    if parameters(state).test_keys == TestKeys::Refused {
        return Err(ChangeFault::TestKeys);
    }
    let check = &definition.check;
    if !CHECK_LINES.contains(&check.lines.lines()) {
        return Err(ChangeFault::CheckLines);
    }
    let source = check_source(&definition.source);
    let text = Key::check_text(check.name(), check.version);
    let other: Option<Digest> = state.read(&text);
    let key = Key::check(check);
    if state.get(&key).is_some() || other.is_some_and(|other| other != source) {
        return Err(ChangeFault::CheckExists);
    }
    let inputs = layout(&definition.shape, check).input_count();
    if inputs > MAX_INPUTS {
        return Err(ChangeFault::CheckShape);
    }
    VerifyingKey::decode_for(&definition.verifying_key, inputs)
        .map_err(|_| ChangeFault::CheckKey)?;
    let entry = CheckEntry {
        from,
        until: None,
        source,
        shape: definition.shape.clone(),
        circuit: definition.circuit,
        verifying_key: definition.verifying_key.clone(),
    };
    state.put(text, &source);
    state.put(key, &entry);
    Ok(())
}

pub(super) fn retire<S: StateRead>(
    state: &mut Overlay<'_, S>,
    check: &CheckRef,
    until: Height,
) -> Changed {
    let entry: Option<CheckEntry> = state.read(&Key::check(check));
    let entry = entry.filter(|entry| entry.until.is_none());
    let mut entry = entry.ok_or(ChangeFault::NoCheck)?;
    entry.until = Some(until);
    state.put(Key::check(check), &entry);
    Ok(())
}
