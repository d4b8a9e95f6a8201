//! Another passphrase for a home's keystores.

use std::path::Path;
use std::time::Duration;

use super::disk::Lock;
use super::{HomeError, Keys, Unlock, read_config};

/// Locks the keystores of the home in `folder` by another passphrase. A run that was killed is typed again with the same
/// passphrases: what it had changed stays. Where another process works in the home, it waits at most `wait`.
///
/// # Errors
/// When there is no home, it is at work or has a key file, the passphrase does not open it, the new one is too short, or the
/// disk fails.
pub fn change(folder: &Path, unlock: &Unlock, new: &str, wait: Duration) -> Result<(), HomeError> {
    let config = read_config(folder)?;
    let _lock = Lock::take_within(folder, wait)?;
    Ok(Keys::lock_anew(folder, &config, unlock, new)?)
}
