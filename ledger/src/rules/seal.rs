//! A record comes onto the chain.

use sealane_types::receipt::{Done, Refusal};

use super::{At, record, signer};
use crate::effects::Effect;
use crate::state::{Key, Overlay, RecordEntry, StateRead};
use crate::verified::VerifiedRecord;

pub(super) fn execute(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    sealed: &VerifiedRecord,
) -> Result<Done, Refusal> {
    let header = &sealed.header;
    let signer = signer(state, at);
    if !signer.role.seals() {
        return Err(Refusal::RoleForbids { role: signer.role });
    }
    if header.sealer != signer.id || header.bank != signer.bank {
        return Err(Refusal::NotTheSealer);
    }
    if state.get(&Key::record(&sealed.id)).is_some() {
        return Err(Refusal::RecordExists);
    }
    let mut entry = RecordEntry {
        digest: sealed.digest,
        context: sealed.context,
        sealer: header.sealer,
        bank: header.bank,
        height: at.height,
        kind: header.kind,
        schema_version: header.schema_version,
        bucket: header.bucket,
        first_of_line: sealed.id,
        replaces: header.replaces,
        replaced_by: None,
    };
    if let Some(older) = header.replaces {
        let mut replaced = record(state, &older)?;
        let same = (replaced.sealer, replaced.bank, replaced.kind);
        if same != (entry.sealer, entry.bank, entry.kind) {
            return Err(Refusal::CannotReplace);
        }
        if let Some(by) = replaced.replaced_by {
            return Err(Refusal::AlreadyReplaced { by });
        }
        replaced.replaced_by = Some(sealed.id);
        entry.first_of_line = replaced.first_of_line;
        state.put(Key::record(&older), &replaced);
    }
    state.put(Key::record(&sealed.id), &entry);
    effects.push(Effect::RecordSealed { record: sealed.id });
    Ok(Done::Sealed)
}
