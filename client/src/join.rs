//! A newcomer: a home with fresh keys, and a request that members propose to admit.

use std::path::Path;

use sealane_crypto::random;
use sealane_crypto::tags;
use sealane_types::alias::{Alias, Possession, Role, Standing, check_name};
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::genesis::Genesis;
use sealane_types::governance::Change;
use sealane_types::ids::{AliasId, ChainId, Signature};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::home::hexed::Hexed;
use crate::home::{Config, Home, Keys, Protection};
use crate::network::{NetworkError, NodeOptions, Protect};

/// The version of request files that this program writes and reads.
const VERSION: u32 = 1;
/// Longest request file, in bytes.
pub const MAX_REQUEST_FILE: usize = 1 << 14;

/// Why a file is no request that can be proposed.
#[derive(Debug, Error)]
pub enum RequestError {
    /// Not a request's JSON.
    #[error("the file is no request to join: {0}")]
    Form(String),
    /// Canonical bytes that are none.
    #[error("the request cannot be read: {0}")]
    Part(#[from] DecodeError),
    /// For another network.
    #[error("the request is for another network than this home's")]
    OtherNetwork,
    /// What it shows for people does not follow from its bytes.
    #[error("the request's words do not follow from its bytes: it was changed")]
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

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sealane_request: u32,
    name: String,
    role: String,
    alias: String,
    bytes: Hexed,
}

/// What a request's bytes are.
struct Request {
    chain: ChainId,
    alias: Alias,
    possession: Signature,
}

impl Encode for Request {
    fn encode(&self, out: &mut Vec<u8>) {
        self.chain.encode(out);
        self.alias.encode(out);
        self.possession.encode(out);
    }
}

impl Decode for Request {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            chain: ChainId::decode(reader)?,
            alias: Alias::decode(reader)?,
            possession: Signature::decode(reader)?,
        })
    }
}

impl Request {
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
    let said = Possession {
        chain,
        alias: id,
        key: keys.public(),
    };
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
        possession: keys.sign(tags::SIGN_POSSESSION, &said.to_bytes()),
    };
    let (protection, passphrase) = match newcomer.protect {
        Protect::KeyFiles => (Protection::KeyFile("key.txt".into()), None),
        Protect::Passphrase(passphrase) => (Protection::Passphrase, Some(passphrase.as_str())),
    };
    let (chain, alias) = (chain.to_string(), id.to_string());
    let config = Config::new(newcomer.name, node, &chain, &alias, protection)?;
    Home::create(folder, &config, genesis, &keys, passphrase)?;
    let text = serde_json::to_string_pretty(&request.file()).expect("texts have a form");
    Ok(text + "\n")
}

/// The change that admits whoever made this request.
///
/// # Errors
/// When it is none, or of another network. Whether its keys hold is the ledger's to check.
pub fn admission(text: &[u8], chain: ChainId) -> Result<Change, RequestError> {
    let form = |error: serde_json::Error| RequestError::Form(error.to_string());
    if text.len() > MAX_REQUEST_FILE {
        return Err(RequestError::Form(format!(
            "it has more than {MAX_REQUEST_FILE} bytes"
        )));
    }
    let file: File = serde_json::from_slice(text).map_err(form)?;
    let request = Request::from_bytes(&file.bytes.0)?;
    if request.file() != file {
        return Err(RequestError::Changed);
    }
    if request.chain != chain {
        return Err(RequestError::OtherNetwork);
    }
    Ok(Change::Admit {
        alias: Box::new(request.alias),
        possession: request.possession,
    })
}
