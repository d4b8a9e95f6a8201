//! `sealane passphrase`, and passphrases that are asked for.

use sealane_client::error::ClientError;
use sealane_client::home::{check_passphrase, passphrase};
use serde_json::json;

use super::desk::{Desk, unlock};
use crate::outcome::{Failure, Report};

/// Gives the new passphrase where nobody can be asked.
const NEW: &str = "SEALANE_NEW_PASSPHRASE";

/// `sealane passphrase`
pub fn change(desk: &Desk) -> Result<Report, Failure> {
    let folder = desk.home()?;
    let new = new("The new passphrase: ", NEW)?;
    let changed = passphrase::change(folder, &unlock(), &new, desk.wait);
    changed.map_err(ClientError::Home)?;
    let home = folder.display().to_string();
    Ok(Report {
        text: format!(
            "The keystore of {home} opens with the new passphrase. Backups of it open with the old one: destroy them."
        ),
        data: json!({"ok": true, "home": home}),
    })
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

fn asked(prompt: &str, variable: &str) -> Result<String, Failure> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt).map_err(|error| {
            Failure::invalid(format!(
                "a passphrase cannot be asked for: {error}. Where no terminal is, set {variable}."
            ))
        })
    };
    let first = ask(prompt)?;
    match first == ask("The same again: ")? {
        true => Ok(first),
        false => Err(Failure::invalid(
            "the two passphrases differ; nothing was changed",
        )),
    }
}
