//! Requests that members propose, as files: a newcomer's, with its fresh home; a validator's; and that of a member or
//! validator for a new key.

use std::path::Path;

use sealane_crypto::identity::{self, Marks};
use sealane_crypto::random;
use sealane_types::alias::{Alias, Role, Standing, check_name};
use sealane_types::encoding::{Decode, DecodeError, Encode};
use sealane_types::genesis::Genesis;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, ChainId, PublicKey, Signature};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::chain::NodeOptions;
use crate::home::hexed::Hexed;
use crate::home::{Config, Home, Keys, Protection};
use crate::network::{NetworkError, Protect};

/// The version of request files that this program writes and reads.
const VERSION: u32 = 1;
/// Longest request file, in bytes.
pub const MAX_REQUEST_FILE: usize = 1 << 14;

/// Why a file is no request that can be proposed.
#[derive(Debug, Error)]
pub enum RequestError {
    /// Not a request's JSON.
    #[error("the file is not a request: {0}")]
    Form(String),
    /// A request for something else.
    #[error("the file is a request for something else: propose it with `sealane proposal new {0}`")]
    Other(&'static str),
    /// Canonical bytes that are none.
    #[error("the request cannot be read: {0}")]
    Part(#[from] DecodeError),
    /// For another network.
    #[error("the request is for another network than this home's")]
    OtherNetwork,
    /// What it shows for people does not follow from its bytes.
    #[error("the request's readable part does not match its signed bytes: it was changed")]
    Changed,
}

/// Who wants to join.
#[derive(Debug, Clone)]
pub struct Newcomer<'a> {
    /// Its name on the network.
    pub name: &'a str,
    /// A role that no bank vouches for.
    pub role: Role,
    /// Its legal identifiers in their canonical form.
    pub identifiers: &'a [String],
    /// How its keystore is protected.
    pub protect: &'a Protect,
}

/// What a request to be admitted is, as a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sealane_request: u32,
    name: String,
    role: String,
    alias: String,
    bytes: Hexed,
}

/// What a request for a new key is, as a file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    sealane_key_request: u32,
    alias: String,
    key: String,
    bytes: Hexed,
}

/// What a request's bytes are.
#[derive(Encode, Decode)]
struct Request {
    chain: ChainId,
    alias: Alias,
    possession: Signature,
}

/// A key's word that it is this alias' on this chain; a request's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct KeyClaim {
    /// The chain.
    pub chain: ChainId,
    /// The alias.
    pub alias: AliasId,
    /// The key.
    pub key: PublicKey,
    /// Its signature over [`sealane_types::alias::Possession`].
    pub possession: Signature,
}

/// What a person reads beside the bytes follows from them.
trait Shown {
    type File: Serialize + for<'de> Deserialize<'de> + PartialEq;

    fn file(&self) -> Self::File;

    fn text(&self) -> String {
        let text = serde_json::to_string_pretty(&self.file());
        text.expect("texts have a form") + "\n"
    }
}

impl Shown for Request {
    type File = File;

    fn file(&self) -> File {
        File {
            sealane_request: VERSION,
            name: self.alias.name.clone(),
            role: self.alias.role.name().to_owned(),
            alias: self.alias.id.to_string(),
            bytes: Hexed(self.to_bytes()),
        }
    }
}

impl Shown for KeyClaim {
    type File = KeyFile;

    fn file(&self) -> KeyFile {
        KeyFile {
            sealane_key_request: VERSION,
            alias: self.alias.to_string(),
            key: self.key.to_string(),
            bytes: Hexed(self.to_bytes()),
        }
    }
}

/// Makes a newcomer's home in `folder`, and gives its request's text. The home works once it is admitted.
///
/// # Errors
/// When there is a home, a name or identifier does not fit, or the disk fails.
pub fn join(
    folder: &Path,
    genesis: &Genesis,
    node: &NodeOptions,
    newcomer: &Newcomer<'_>,
) -> Result<String, NetworkError> {
    check_name(newcomer.name)?;
    if !newcomer.role.is_own_bank() {
        return Err(NetworkError::Genesis(DecodeError::Invalid {
            what: "role",
            reason: format!("a {} is registered by its bank", newcomer.role.name()),
        }));
    }
    let keys = Keys::generate(genesis.suite)?;
    let id = AliasId::new(*random::bytes()?);
    let chain = sealane_ledger::chain_id(genesis);
    let request = Request {
        chain,
        alias: Alias {
            id,
            name: newcomer.name.to_owned(),
            role: newcomer.role,
            key: keys.public(),
            commitment: keys.commitment(&id, newcomer.identifiers)?,
            bank: id,
            standing: Standing::Active,
            until: None,
        },
        possession: keys.possess(chain, id),
    };
    let (protection, passphrase) = match newcomer.protect {
        Protect::KeyFiles => (Protection::KeyFile("key.txt".into()), None),
        Protect::Passphrase(passphrase) => (Protection::Passphrase, Some(passphrase.as_str())),
    };
    let (chain, alias) = (chain.to_string(), id.to_string());
    let config = Config::new(newcomer.name, node, &chain, &alias, protection)?;
    let own = newcomer.identifiers;
    Home::create(folder, &config, genesis, &keys, own, passphrase)?;
    Ok(request.text())
}

/// The text of the request of a validator of this bank to be admitted.
///
/// # Errors
/// When the name does not fit, or there is no randomness.
pub fn validator_request(
    bank: AliasId,
    name: &str,
    claim: &KeyClaim,
) -> Result<String, NetworkError> {
    check_name(name)?;
    let request = Request {
        chain: claim.chain,
        alias: Alias {
            id: claim.alias,
            name: name.to_owned(),
            role: Role::Validator,
            key: claim.key,
            // a node has no identifiers of its own; its commitment hides that
            commitment: identity::commit(&[], Marks::NONE, &*random::bytes()?)?,
            bank,
            standing: Standing::Active,
            until: None,
        },
        possession: claim.possession,
    };
    Ok(request.text())
}

/// The chain that begins so.
#[must_use]
pub fn chain_of(genesis: &Genesis) -> ChainId {
    sealane_ledger::chain_id(genesis)
}

/// The text of the request for a new key.
#[must_use]
pub fn key_request(claim: &KeyClaim) -> String {
    claim.text()
}

/// The change that admits whoever made this request.
///
/// # Errors
/// When it is none, or of another network. Whether its keys hold is the ledger's to check.
pub fn admission(text: &[u8], chain: ChainId) -> Result<Change, RequestError> {
    let value = value(text)?;
    if value.get("sealane_key_request").is_some() {
        return Err(RequestError::Other("key"));
    }
    let file: File = form(value)?;
    let request = Request::from_bytes(&file.bytes.0)?;
    check(&request, &file, request.chain, chain)?;
    Ok(Change::Admit {
        alias: Box::new(request.alias),
        possession: request.possession,
    })
}

/// The change that gives whoever made this request its new key.
///
/// # Errors
/// As [`admission`].
pub fn key_change(text: &[u8], chain: ChainId) -> Result<Change, RequestError> {
    let value = value(text)?;
    if value.get("sealane_request").is_some() {
        return Err(RequestError::Other("admit"));
    }
    let file: KeyFile = form(value)?;
    let claim = KeyClaim::from_bytes(&file.bytes.0)?;
    check(&claim, &file, claim.chain, chain)?;
    Ok(Change::SetKey {
        alias: claim.alias,
        key: claim.key,
        possession: claim.possession,
    })
}

fn value(text: &[u8]) -> Result<serde_json::Value, RequestError> {
    if text.len() > MAX_REQUEST_FILE {
        return Err(RequestError::Form(format!(
            "it has more than {MAX_REQUEST_FILE} bytes"
        )));
    }
    serde_json::from_slice(text).map_err(|error| RequestError::Form(error.to_string()))
}

fn form<T: for<'de> Deserialize<'de>>(value: serde_json::Value) -> Result<T, RequestError> {
    serde_json::from_value(value).map_err(|error| RequestError::Form(error.to_string()))
}

fn check<R: Shown>(
    request: &R,
    file: &R::File,
    of: ChainId,
    own: ChainId,
) -> Result<(), RequestError> {
    if request.file() != *file {
        return Err(RequestError::Changed);
    }
    match of == own {
        true => Ok(()),
        false => Err(RequestError::OtherNetwork),
    }
}

#[cfg(test)]
mod tests;
