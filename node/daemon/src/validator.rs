//! How a node becomes a validator that genesis does not name, and how a validator comes to a new key: what is written in
//! its folder before the members vote.

use std::path::Path;

use sealane_consensus::{Mark, MarkError};
use sealane_crypto::keystore::KeystoreError;
use sealane_ledger::chain_id;
use sealane_store::{Store, StoreError};
use sealane_types::ids::{AliasId, Epoch, Height, PublicKey, Signature};
use thiserror::Error;

use crate::config::{read_config, write_config};
use crate::home::files::CONFIG;
use crate::home::{HomeError, NodeHome};
use crate::keyring::KeyFiles;

/// Why a node's home cannot become a validator's, or get a new key.
#[derive(Debug, Error)]
pub enum ValidatorError {
    /// The home cannot be used, or written.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The keys cannot be read or written.
    #[error(transparent)]
    Keys(#[from] KeystoreError),
    /// The mark of the last signature cannot be set.
    #[error(transparent)]
    Mark(#[from] MarkError),
    /// What the chain has cannot be read.
    #[error(
        "how far this node's chain is cannot be read ({0}), so the height cannot be compared with it. If the height is right, \
         add --far"
    )]
    Store(#[from] StoreError),
    /// A node runs in the folder.
    #[error("{0}. A running node has its own mark in memory, and writes it over this one")]
    Running(#[source] StoreError),
    /// The height is far above the node's chain.
    #[error(
        "height {height} is {beyond} above the last block that this node has ({have}): the validator would sign nothing until the \
         network is there. Compare the height with the one that `sealane network status` tells at another bank. If it is \
         right, add --far"
    )]
    FarMark {
        /// The height asked for.
        height: Height,
        /// The last block's height here.
        have: Height,
        /// The difference.
        beyond: u64,
    },
    /// The height is beyond every chain's.
    #[error(
        "height {height} is {beyond} above the last block that this node has ({have}), and no chain has so many blocks: even with \
         --far it is at most {MOST} above. The validator would never sign again"
    )]
    NoMark {
        /// The height asked for.
        height: Height,
        /// The last block's height here.
        have: Height,
        /// The difference.
        beyond: u64,
    },
    /// It decides alone.
    #[error(
        "this node decides alone: what it signed is in its file `votes`, which belongs to its data"
    )]
    Alone,
    /// It is one from the beginning.
    #[error("this node is a validator since genesis: it needs no request")]
    Already,
    /// It has no vote, and so no key on the chain.
    #[error(
        "this node is an observer, whose key is not on the chain, so it cannot be changed. It becomes a validator by \
         `sealane validator request`"
    )]
    Observer,
}

/// A key, and its word that it is this alias'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The alias.
    pub alias: AliasId,
    /// The key.
    pub key: PublicKey,
    /// That key's signature over [`sealane_types::alias::Possession`].
    pub possession: Signature,
}

/// Makes the observer in `folder` the validator with this alias, and returns its key's proof of possession.
/// If it was made a validator before, the alias stays the same. A running node changes only when it is restarted.
///
/// # Errors
/// When there is no observer, or the disk fails.
pub fn claim_validator(folder: &Path, fresh: AliasId) -> Result<Claim, ValidatorError> {
    let home = NodeHome::open(folder)?;
    let observes = home.config().observer.is_some();
    let alias = match home.validator() {
        Some(alias) if home.genesis().alias(&alias).is_some() => {
            return Err(ValidatorError::Already);
        }
        Some(alias) => alias,
        None => fresh,
    };
    if observes {
        // genesis does not name its first key: peers know it by this one, whichever key signs later
        KeyFiles::of(folder).keep_network()?;
        let mut config = home.config().clone();
        config.name = config.observer.take();
        config.validator = Some(alias.to_string());
        write_config(&folder.join(CONFIG), &config)?;
    }
    let (key, chain) = (home.signing(), chain_id(home.genesis()));
    Ok(Claim {
        alias,
        key: key.public(),
        possession: key.possess(chain, alias),
    })
}

/// Makes a new signing key for the validator in `folder`, which waits there until the chain names it, and gives its word.
/// One that waits already stays the one. The node need not be started again.
///
/// # Errors
/// When the node is no validator's, or the disk fails.
pub fn claim_key(folder: &Path) -> Result<Claim, ValidatorError> {
    let home = NodeHome::open(folder)?;
    let alias = home.validator().ok_or(ValidatorError::Observer)?;
    if home.config().validator.is_none() {
        // from the new key on genesis does not tell whose node this is
        let mut config = home.config().clone();
        config.validator = Some(alias.to_string());
        write_config(&folder.join(CONFIG), &config)?;
    }
    let key = KeyFiles::of(folder).make_next()?;
    Ok(Claim {
        alias,
        key: key.public(),
        possession: key.possess(chain_id(home.genesis()), alias),
    })
}

/// Writes down that the operator of the validator in `folder` consents to deal in the round of this epoch, which
/// lowers how widely the fingerprint key is spread. The node takes it over within seconds; it is gone when the round
/// is over.
///
/// # Errors
/// When the node is no validator's, or the disk fails.
pub fn consent_to_deal(folder: &Path, epoch: Epoch) -> Result<(), ValidatorError> {
    let home = NodeHome::open(folder)?;
    home.validator().ok_or(ValidatorError::Observer)?;
    Ok(home.shares().consent(epoch)?)
}

/// How far above a node's last block its mark is set without being asked again: at the pace of an idle chain some 17
/// hours. A digit too many is beyond it, and would silence a validator until the network is there.
const NEAR: u64 = 1_000;

/// How far above a node's last block its mark can be at all: ten blocks a second for three years.
const MOST: u64 = 1_000_000_000;

/// Sets the mark of the last signature of the validator in `folder`, whose own is lost, so that it signs nothing up to
/// this height. The node does not run. `far` allows up to 1,000,000,000 above its data; else it is at most 1,000 above
/// the last block in the node's data.
///
/// # Errors
/// When the node is no validator's, the height is far above its data, its mark is at this height already, or the disk fails.
pub fn set_mark(folder: &Path, height: Height, far: bool) -> Result<(), ValidatorError> {
    let home = NodeHome::open(folder)?;
    home.validator().ok_or(ValidatorError::Observer)?;
    if home.config().consensus.is_none() {
        return Err(ValidatorError::Alone);
    }
    check_near(&home, height, far)?;
    Mark::set(&home.mark(), chain_id(home.genesis()), height)?;
    Ok(())
}

/// That no node runs here, which would write its own mark over this one, and that the height is near its chain, or meant to be
/// far from it.
fn check_near(home: &NodeHome, height: Height, far: bool) -> Result<(), ValidatorError> {
    let data = home.data();
    let have = match data.exists() {
        true => Store::open(&data, chain_id(home.genesis())).and_then(|store| store.height()),
        false => Ok(None),
    };
    let have = match have {
        Err(running @ StoreError::Locked { .. }) => return Err(ValidatorError::Running(running)),
        Err(_) if far => None, // what is left of the data says nothing
        have => have?,
    };
    let have = have.unwrap_or(Height(0));
    match height.0.saturating_sub(have.0) {
        beyond if beyond > MOST => Err(ValidatorError::NoMark {
            height,
            have,
            beyond,
        }),
        beyond if beyond > NEAR && !far => Err(ValidatorError::FarMark {
            height,
            have,
            beyond,
        }),
        _ => Ok(()),
    }
}

/// Lets transactions go to the peer with this id too, which becomes a validator: whether the node in `folder` has it as
/// an observer until now. It takes that over within seconds, also while it runs.
///
/// # Errors
/// When there is no node, or the disk fails.
pub fn count_peer(folder: &Path, id: &str) -> Result<bool, HomeError> {
    let path = folder.join(CONFIG);
    let mut config = read_config(&path)?;
    let peers = config.consensus.iter_mut().flat_map(|one| &mut one.peers);
    let mut found = false;
    for peer in peers.filter(|peer| peer.id == id && peer.observer) {
        (peer.observer, found) = (false, true);
    }
    if found {
        write_config(&path, &config)?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
