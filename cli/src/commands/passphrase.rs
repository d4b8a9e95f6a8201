//! `sealane passphrase`, and passphrases that are asked for.

use std::path::Path;

use sealane_client::error::ClientError;
use sealane_client::home::unlock::PASSPHRASE;
use sealane_client::home::{Protection, Unlock, check_passphrase, passphrase, read_config};
use serde_json::json;

use super::desk::{Desk, unlock};
use crate::outcome::{Failure, Report};

/// Gives the new passphrase where nobody can be asked.
const NEW: &str = "SEALANE_NEW_PASSPHRASE";

/// `sealane passphrase`
pub fn change(desk: &Desk) -> Result<Report, Failure> {
    let folder = desk.home()?;
    let present = present(folder)?;
    let new = new("The new passphrase: ", NEW)?;
    let given = match &present {
        Unlock::Passphrase(given) => Some(given.clone()),
        Unlock::Environment | Unlock::Ask(_) => std::env::var(PASSPHRASE).ok(),
    };
    if given.as_ref() == Some(&new) {
        return Err(Failure::invalid(
            "the new passphrase is the same as the present one; nothing was changed",
        ));
    }
    let changed = passphrase::change(folder, &present, &new, desk.wait);
    changed.map_err(ClientError::Home)?;
    let home = folder.display().to_string();
    Ok(Report {
        text: format!(
            "The keystore of {home} opens with the new passphrase. Backups of it open with the old one: destroy them."
        ),
        data: json!({"ok": true, "home": home}),
    })
}

/// The passphrase that opens the keystore now, asked for before the new one. A home with a key file has none, which is told
/// later.
fn present(folder: &Path) -> Result<Unlock, Failure> {
    let config = read_config(folder).map_err(ClientError::Home)?;
    if std::env::var_os(PASSPHRASE).is_some() || config.keystore != Protection::Passphrase {
        return Ok(unlock());
    }
    let prompt = format!("The present passphrase of {}: ", config.name);
    Ok(Unlock::Passphrase(ask(&prompt, PASSPHRASE)?))
}

/// A new passphrase, from a variable of the environment or asked for twice. None is short.
pub fn new(prompt: &str, variable: &str) -> Result<String, Failure> {
    let given = match std::env::var(variable) {
        Ok(given) => given,
        Err(_) => asked(prompt, variable)?,
    };
    check_passphrase(&given).map_err(Failure::invalid)?;
    Ok(given)
}

fn ask(prompt: &str, variable: &str) -> Result<String, Failure> {
    rpassword::prompt_password(prompt).map_err(|error| {
        Failure::invalid(format!(
            "a passphrase cannot be asked for: {error}. Where no terminal is, set {variable}."
        ))
    })
}

fn asked(prompt: &str, variable: &str) -> Result<String, Failure> {
    let first = ask(prompt, variable)?;
    check_passphrase(&first).map_err(Failure::invalid)?;
    match first == ask("The same again: ", variable)? {
        true => Ok(first),
        false => Err(Failure::invalid(
            "the two passphrases differ; nothing was changed",
        )),
    }
}
