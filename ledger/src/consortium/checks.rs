//! Checks are published and retired. Whether a text is what its shape, digest and key say, each member's home finds out
//! before it votes; the ledger sees that the parts fit one another.

use sealane_crypto::hash::hash;
use sealane_crypto::tags;
use sealane_statements::cross_check::parts;
use sealane_types::cross_check::{CheckDefinition, CheckRef, Circuit, Compiled};
use sealane_types::genesis::TestKeys;
use sealane_types::ids::{BlockTime, Digest, Height};
use sealane_types::receipt::ChangeFault;
use sealane_types::schema::CHECK_LINES;
use sealane_types::workflow::Versioned;
use sealane_verifier::{MAX_INPUTS, VerifyingKey};

use super::change::{Changed, parameters};
use crate::cross_check::layout;
use crate::state::{CheckEntry, CheckTextEntry, Key, Overlay, StateExt, StateRead};
use crate::trade::all_sizes;

/// The digest of a check's text.
#[must_use]
pub fn check_source(source: &str) -> Digest {
    Digest::new(hash(tags::CHECK_SOURCE, &[source.as_bytes()]))
}

pub(super) fn publish(
    state: &mut Overlay<'_>,
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
    let other: Option<CheckTextEntry> = state.read(&text);
    if other.is_some_and(|other| other.void.is_some()) {
        return Err(ChangeFault::CheckVoid);
    }
    let key = Key::check(check);
    if state.get(&key).is_some() || other.is_some_and(|other| other.source != source) {
        return Err(ChangeFault::CheckExists);
    }
    let circuits = circuits(check, &definition.compiled)?;
    // all are counted before the first is decoded
    if circuits.iter().any(|(_, inputs)| *inputs > MAX_INPUTS) {
        return Err(ChangeFault::CheckShape);
    }
    let counted = |(circuit, inputs): &(&Circuit, usize)| {
        VerifyingKey::inputs_of(&circuit.verifying_key) == Some(*inputs)
    };
    if !circuits.iter().all(counted) {
        return Err(ChangeFault::CheckKey);
    }
    for (circuit, inputs) in circuits {
        VerifyingKey::decode_for(&circuit.verifying_key, inputs)
            .map_err(|_| ChangeFault::CheckKey)?;
    }
    let entry = CheckEntry {
        from,
        until: None,
        source,
        compiled: definition.compiled.clone(),
    };
    let void = None;
    state.put(text, &CheckTextEntry { source, void });
    state.put(key, &entry);
    Ok(())
}

/// Each circuit with how many public inputs its proofs have.
fn circuits<'a>(
    check: &CheckRef,
    compiled: &'a Compiled,
) -> Result<Vec<(&'a Circuit, usize)>, ChangeFault> {
    match compiled {
        Compiled::One { shape, circuit } => Ok(vec![(circuit, layout(shape, check).input_count())]),
        Compiled::Parts { shape, circuits } => {
            let sizes = (shape.lines, usize::from(shape.documents));
            if sizes != (check.lines, check.documents()) {
                return Err(ChangeFault::CheckShape);
            }
            let passes = (0..shape.passes.len()).map(Some).chain([None]);
            let inputs = passes.map(|pass| parts::input_count(shape, pass));
            Ok(circuits.iter().zip(inputs).collect())
        }
    }
}

pub(super) fn retire(state: &mut Overlay<'_>, check: &CheckRef, until: Height) -> Changed {
    let entry: Option<CheckEntry> = state.read(&Key::check(check));
    let entry = entry.filter(|entry| entry.until.is_none());
    let mut entry = entry.ok_or(ChangeFault::NoCheck)?;
    entry.until = Some(until);
    state.put(Key::check(check), &entry);
    Ok(())
}

/// Proofs of the check count no more from the block after the one of this time on, at whatever size, and all sizes are
/// retired.
pub(super) fn void(
    state: &mut Overlay<'_>,
    check: &Versioned,
    (until, time): (Height, BlockTime),
) -> Changed {
    let text = Key::check_text(check.name(), check.version());
    let entry: Option<CheckTextEntry> = state.read(&text);
    let entry = entry.ok_or(ChangeFault::NoCheck)?;
    if entry.void.is_some() {
        return Err(ChangeFault::CheckVoid);
    }
    let void = Some(time);
    state.put(text, &CheckTextEntry { void, ..entry });
    for size in all_sizes(check, 1) {
        let key = Key::check(&size);
        let entry: Option<CheckEntry> = state.read(&key);
        if let Some(mut entry) = entry.filter(|entry| entry.until.is_none()) {
            entry.until = Some(until);
            state.put(key, &entry);
        }
    }
    Ok(())
}
