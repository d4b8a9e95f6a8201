//! A new signing key for a home: made and kept here, named on the chain by vote.
//!
//! ```text
//! keystore-next.age    the new key, with the same institution secret
//! home.toml            rekeyed = true: the key need not be genesis' any more
//!   … the members vote; from the change's height on the chain names it …
//! keystore.age         the new key: the file takes the old one's place
//! ```
//!
//! A home that is killed in between has both keys, and signs with the one that the chain names.

use std::path::Path;
use std::time::Duration;

use sealane_types::ids::AliasId;

use super::disk::{self, Lock};
use super::{HomeError, Keys, Unlock, read_config, read_genesis};
use crate::join::{self, KeyClaim};

/// Makes a new signing key for the home in `folder`, and the text of the request for it. A key that waits already stays
/// the one: typed again, it asks for the same. Where another process works in the home, it waits at most `wait`.
///
/// # Errors
/// When there is no home, it is at work, its keystore does not open, or the disk fails.
pub fn rekey(folder: &Path, unlock: &Unlock, wait: Duration) -> Result<String, HomeError> {
    let mut config = read_config(folder)?;
    let _lock = Lock::take_within(folder, wait)?;
    let genesis = read_genesis(folder)?;
    let mixed = |what| HomeError::Mixed {
        path: folder.to_owned(),
        what,
    };
    let chain = sealane_ledger::chain_id(&genesis);
    if chain.to_string() != config.chain {
        return Err(mixed("genesis.bin is of another chain than home.toml"));
    }
    let alias: Result<AliasId, _> = config.alias.parse();
    let alias = alias.map_err(|_| mixed("home.toml names no alias"))?;
    let next = Keys::with_next(folder, &config, genesis.suite, unlock)?;
    if !config.rekeyed {
        config.rekeyed = true;
        disk::write_atomic(&folder.join("home.toml"), config.text().as_bytes())?;
    }
    let claim = KeyClaim {
        chain,
        alias,
        key: next.public(),
        possession: next.possess(chain, alias),
    };
    Ok(join::key_request(&claim))
}

#[cfg(test)]
mod tests;
