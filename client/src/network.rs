//! A new network in a folder: every bank's home, the genesis, and what its node is made from. The
//! node's own home is written by the node's program; this crate cannot see it.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sealane_crypto::oprf::{KeyPublic, KeySecret, KeyShare, OprfError};
use sealane_crypto::random::{self, RandomError};
use sealane_crypto::signature::SigningKey;
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::encoding::DecodeError;
use sealane_types::genesis::{
    Alias, FingerprintKey, Genesis, Parameters, Role, ShareHolder, Suite, TestKeys,
};
use sealane_types::ids::{AliasId, BlockTime, Epoch, FieldBytes, PublicKey, VerifyingKeyId};
use thiserror::Error;

use crate::home::{Config, ConfigError, Home, HomeError, Keys, KeysError, Protection};

/// Why a network cannot be made.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// A home cannot be written.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The keys cannot be made or kept.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The configuration is not valid: the node's address.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The fingerprint key cannot be made.
    #[error(transparent)]
    Fingerprints(#[from] OprfError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The names or parameters make no genesis.
    #[error("the network cannot begin so: {0}")]
    Genesis(#[from] DecodeError),
}

/// How new keystores are protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protect {
    /// Each by a key file in its home.
    KeyFiles,
    /// All by this passphrase.
    Passphrase(String),
}

/// A validator's node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeOptions {
    /// The validator's name.
    pub name: String,
    /// Where it will listen, `http://127.0.0.1:7411` say.
    pub address: String,
}

/// What a new network has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Its name: lower-case letters, digits and `-`.
    pub name: String,
    /// Its banks' names; each has a home of that name.
    pub banks: Vec<String>,
    /// The validators' nodes: one that all banks use, or one for each bank, in their order.
    pub nodes: Vec<NodeOptions>,
    /// How the banks' keystores are protected.
    pub protect: Protect,
    /// The verifying keys whose proofs the chain accepts.
    pub verifying_keys: Vec<VerifyingKeyId>,
    /// Inquiries that a bank has on a day.
    pub inquiries_per_day: u32,
    /// Blocks that a hold lasts at most.
    pub max_hold_blocks: u64,
}

impl Options {
    /// A network for one machine: banks `bank-a`, `bank-b` and on, nodes `node-a` and on at these addresses (one
    /// for all banks, or one for each), key files, test keys, the verifying key of this build.
    #[must_use]
    pub fn local(banks: u8, addresses: &[String]) -> Self {
        let letters = (b'a'..=b'z').map(char::from);
        let names = letters.clone().take(banks.into());
        let nodes = letters.zip(addresses).map(|(letter, address)| NodeOptions {
            name: format!("node-{letter}"),
            address: address.clone(),
        });
        Self {
            name: "local".to_owned(),
            banks: names.map(|letter| format!("bank-{letter}")).collect(),
            nodes: nodes.collect(),
            protect: Protect::KeyFiles,
            verifying_keys: crate::proving::verifying_keys(),
            inquiries_per_day: 1_000,
            max_hold_blocks: 100_000,
        }
    }
}

/// A new network.
#[derive(Debug)]
pub struct Created {
    /// How its chain begins.
    pub genesis: Genesis,
    /// The banks' homes.
    pub homes: Vec<PathBuf>,
    /// What its validators have, in the order of the options.
    pub validators: Vec<ValidatorParts>,
}

/// What a validator has.
#[derive(Debug)]
pub struct ValidatorParts {
    /// The key that it signs with.
    pub signing: SigningKey,
    /// Its share of the fingerprint key.
    pub share: KeyShare,
}

/// Makes a network in `folder`: one home for each bank, and what its node is made from.
///
/// # Errors
/// When a home is there already, a name is not valid, or the disk fails.
pub fn create(folder: &Path, options: &Options) -> Result<Created, NetworkError> {
    let suite = Suite::International;
    let keys = options.banks.iter().map(|_| Keys::generate(suite));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let signing = options.nodes.iter().map(|_| SigningKey::generate());
    let signing = signing.collect::<Result<Vec<_>, _>>()?;
    let holders = u16::try_from(signing.len()).map_err(|_| OprfError::NotShares)?;
    let secret = KeySecret::generate()?;
    let (public, shares) = secret.deal(Epoch(0), threshold(holders), holders)?;
    let genesis = genesis(options, &keys, &signing, &public)?;
    let homes = options.banks.iter().map(|bank| folder.join(bank));
    let homes: Vec<PathBuf> = homes.collect();
    if let Some(there) = homes.iter().find(|home| home.join("home.toml").exists()) {
        return Err(HomeError::Exists(there.clone()).into());
    }
    for (at, (home, keys)) in homes.iter().zip(&keys).enumerate() {
        let node = options.nodes.get(at).or(options.nodes.first());
        let address = node.map_or("", |node| node.address.as_str());
        write_home(home, (&options.banks[at], address), keys, &genesis, options)?;
    }
    Ok(Created {
        genesis,
        homes,
        validators: signing
            .into_iter()
            .zip(shares)
            .map(|(signing, share)| ValidatorParts { signing, share })
            .collect(),
    })
}

/// How many of `holders` compute a fingerprint together: all but the third that may be Byzantine.
fn threshold(holders: u16) -> u16 {
    holders - holders.saturating_sub(1) / 3
}

fn write_home(
    home: &Path,
    (bank, address): (&str, &str),
    keys: &Keys,
    genesis: &Genesis,
    options: &Options,
) -> Result<(), NetworkError> {
    let (protection, passphrase) = match &options.protect {
        Protect::KeyFiles => (Protection::KeyFile("key.txt".into()), None),
        Protect::Passphrase(passphrase) => (Protection::Passphrase, Some(passphrase.as_str())),
    };
    let alias = genesis.named(bank).map(|alias| alias.id.to_string());
    let config = Config::new(
        bank,
        address,
        &sealane_ledger::chain_id(genesis).to_string(),
        &alias.unwrap_or_default(),
        protection,
    )?;
    Ok(Home::create(home, &config, genesis, keys, passphrase)?)
}

fn genesis(
    options: &Options,
    keys: &[Keys],
    signing: &[SigningKey],
    public: &KeyPublic,
) -> Result<Genesis, NetworkError> {
    let mut aliases = Vec::new();
    for (name, keys) in options.banks.iter().zip(keys) {
        let id = AliasId::new(*random::bytes()?);
        aliases.push(alias(id, name, Role::Bank, keys.public(), id)?);
    }
    let banks: Vec<AliasId> = aliases.iter().map(|bank| bank.id).collect();
    let one_or_each = options.nodes.len() == 1 || options.nodes.len() == banks.len();
    if banks.is_empty() || !one_or_each {
        return Err(NetworkError::Genesis(DecodeError::Invalid {
            what: "banks",
            reason: "a network needs at least one, and one node for all or one for each".to_owned(),
        }));
    }
    let mut validators = Vec::new();
    for ((node, signing), bank) in options.nodes.iter().zip(signing).zip(&banks) {
        let (id, key) = (AliasId::new(*random::bytes()?), signing.public());
        aliases.push(alias(id, &node.name, Role::Validator, key, *bank)?);
        validators.push(Validator {
            alias: id,
            key,
            power: 1,
        });
    }
    aliases.sort_by_key(|alias| alias.id);
    let holders_of = validators.iter().map(|validator| validator.alias);
    let holders_of: Vec<AliasId> = holders_of.collect();
    let (key, holders) = public.encode();
    let mut verifying_keys = options.verifying_keys.clone();
    verifying_keys.sort_unstable();
    let genesis = Genesis {
        name: options.name.clone(),
        suite: Suite::International,
        time: now(),
        aliases,
        validators: ValidatorSet::new(validators)?,
        fingerprint_key: FingerprintKey {
            epoch: public.epoch(),
            threshold: public.threshold(),
            public: key,
            holders: holders
                .into_iter()
                .zip(holders_of)
                .map(|(public, validator)| ShareHolder { validator, public })
                .collect(),
        },
        parameters: parameters(options, verifying_keys),
    };
    genesis.check()?;
    Ok(genesis)
}

fn parameters(options: &Options, verifying_keys: Vec<VerifyingKeyId>) -> Parameters {
    Parameters {
        inquiries_per_day: options.inquiries_per_day,
        max_hold_blocks: options.max_hold_blocks,
        max_block_transactions: 1024,
        max_block_bytes: 16 << 20,
        test_keys: TestKeys::Allowed,
        verifying_keys,
    }
}

/// An alias. Its commitment hides that it commits to no identifiers yet: a uniform number, as a later
/// part gives aliases their legal identifiers.
fn alias(
    id: AliasId,
    name: &str,
    role: Role,
    key: PublicKey,
    bank: AliasId,
) -> Result<Alias, RandomError> {
    let material = random::bytes::<64>()?;
    let element = sealane_crypto::commitment::blinding_element(&material);
    Ok(Alias {
        id,
        name: name.to_owned(),
        role,
        key,
        commitment: FieldBytes::new(sealane_crypto::curve::encode_element(&element)),
        bank,
    })
}

fn now() -> BlockTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    BlockTime(u64::try_from(millis).unwrap_or(u64::MAX))
}
