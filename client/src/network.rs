//! A new network in a folder: every bank's home, the genesis, and what its node is made from. The
//! node's own home is written by the node's program; this crate cannot see it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sealane_crypto::identity::{self, IdentityError, Marks};
use sealane_crypto::random::{self, RandomError};
use sealane_crypto::signature::SigningKey;
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::encoding::DecodeError;
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{AliasId, BlockTime, FieldBytes, PublicKey, VerifyingKeyId};
use sealane_wire::tls::{self, Authority, Party, TlsError};
use thiserror::Error;

use crate::chain::NodeOptions;
use crate::home::{Config, ConfigError, Home, HomeError, Keys, KeysError, Protection};

/// The folder of the certificate authority in a network's.
pub const AUTHORITY: &str = "authority";

/// Why a network cannot be made.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// A home cannot be written.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The keys cannot be made or kept.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Certificates cannot be made.
    #[error(transparent)]
    Certificates(#[from] TlsError),
    /// The configuration is not valid: the node's address.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A commitment cannot be made.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Identifiers of an institution that the network has not.
    #[error(
        "identifiers are given for {0:?}, which is not a bank or regulator of the network; those are {1}"
    )]
    Stranger(String, String),
    /// The names or parameters make no genesis.
    #[error("the network cannot start with this genesis: {0}")]
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

/// What a new network has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Its name: lower-case letters, digits and `-`.
    pub name: String,
    /// Its banks' names; each has a home of that name.
    pub banks: Vec<String>,
    /// Its regulators' names; each has a home of that name.
    pub regulators: Vec<String>,
    /// Legal identifiers of banks and regulators, by name, in their canonical form: their aliases commit to them. A bank that
    /// seals as a party of a document (the issuer of a letter of credit) needs those by which documents name it.
    pub identifiers: BTreeMap<String, Vec<String>>,
    /// The validators' nodes: one that all use, or one for each bank, in their order.
    pub nodes: Vec<NodeOptions>,
    /// The regulators' observing nodes, in their order; none where all use one node.
    pub observers: Vec<NodeOptions>,
    /// How the banks' keystores are protected.
    pub protect: Protect,
    /// The verifying keys whose proofs the chain accepts.
    pub verifying_keys: Vec<VerifyingKeyId>,
    /// Inquiries that a bank has on a day.
    pub inquiries_per_day: u32,
    /// Financings that a bank has on a day.
    pub financings_per_day: u32,
    /// Blocks that a hold lasts at most.
    pub max_hold_blocks: u64,
}

impl Options {
    /// A network for one machine: banks `bank-a`, `bank-b` and on, nodes `node-a` and on at these addresses (one
    /// for all, or one for each bank), regulators `regulator-a` and on with their observing nodes, key files, test
    /// keys, the verifying key of this build.
    #[must_use]
    pub fn local(banks: u8, addresses: &[String], regulators: u8, observers: &[String]) -> Self {
        let letters = || (b'a'..=b'z').map(char::from);
        let names = |count: u8, what: &'static str| {
            let letters = letters().take(count.into());
            letters.map(|letter| format!("{what}-{letter}")).collect()
        };
        let nodes = |addresses: &[String], what: &'static str| {
            let named = letters().zip(addresses);
            let node = |(letter, address): (char, &String)| NodeOptions {
                name: format!("{what}-{letter}"),
                address: address.clone(),
            };
            named.map(node).collect()
        };
        Self {
            name: "local".to_owned(),
            banks: names(banks, "bank"),
            regulators: names(regulators, "regulator"),
            identifiers: BTreeMap::new(),
            nodes: nodes(addresses, "node"),
            observers: nodes(observers, "observer"),
            protect: Protect::KeyFiles,
            verifying_keys: verifying_keys(),
            inquiries_per_day: 1_000,
            financings_per_day: 10_000,
            max_hold_blocks: 100_000,
        }
    }
}

/// A new network.
#[derive(Debug)]
pub struct Created {
    /// How its chain begins.
    pub genesis: Genesis,
    /// The banks' homes, then the regulators'.
    pub homes: Vec<PathBuf>,
    /// The authority that lets nodes and homes in; its folder is [`AUTHORITY`] in the network's.
    pub authority: Authority,
    /// The keys that its validators sign with, in the order of the options. The fingerprint key they generate
    /// together once they run.
    pub validators: Vec<SigningKey>,
}

/// Makes a network in `folder`: one home for each bank, and what its node is made from.
///
/// # Errors
/// When a home is there already, a name is not valid, or the disk fails.
pub fn create(folder: &Path, options: &Options) -> Result<Created, NetworkError> {
    let suite = Suite::International;
    let institutions = options.banks.iter().chain(&options.regulators);
    check_identifiers(options)?;
    let keys = institutions.clone().map(|_| Keys::generate(suite));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let signing = options.nodes.iter().map(|_| SigningKey::generate());
    let signing = signing.collect::<Result<Vec<_>, _>>()?;
    let genesis = genesis(options, &keys, &signing)?;
    let homes = institutions.clone().map(|name| folder.join(name));
    let homes: Vec<PathBuf> = homes.collect();
    if let Some(there) = homes.iter().find(|home| home.join("home.toml").exists()) {
        return Err(HomeError::Exists(there.clone()).into());
    }
    let mut authority = Authority::create(&folder.join(AUTHORITY), &options.name)?;
    for (at, ((home, keys), name)) in homes.iter().zip(&keys).zip(institutions).enumerate() {
        let own = match at.checked_sub(options.banks.len()) {
            None => options.nodes.get(at),
            Some(at) => options.observers.get(at),
        };
        let node = own.or(options.nodes.first()).ok_or_else(no_banks)?;
        write_home(home, (name, node), keys, &genesis, options)?;
        let party = Party::Home(name.clone());
        tls::equip(&home.join(tls::FOLDER), &party, &mut authority, tls::DAYS)?;
    }
    Ok(Created {
        genesis,
        homes,
        authority,
        validators: signing,
    })
}

fn write_home(
    home: &Path,
    (name, node): (&str, &NodeOptions),
    keys: &Keys,
    genesis: &Genesis,
    options: &Options,
) -> Result<(), NetworkError> {
    let (protection, passphrase) = match &options.protect {
        Protect::KeyFiles => (Protection::KeyFile("key.txt".into()), None),
        Protect::Passphrase(passphrase) => (Protection::Passphrase, Some(passphrase.as_str())),
    };
    let alias = genesis.named(name).map(|alias| alias.id.to_string());
    let config = Config::new(
        name,
        node,
        &sealane_ledger::chain_id(genesis).to_string(),
        &alias.unwrap_or_default(),
        protection,
    )?;
    let identifiers = identifiers(options, name);
    Ok(Home::create(
        home,
        &config,
        genesis,
        keys,
        identifiers,
        passphrase,
    )?)
}

fn identifiers<'a>(options: &'a Options, name: &str) -> &'a [String] {
    options.identifiers.get(name).map_or(&[], Vec::as_slice)
}

fn check_identifiers(options: &Options) -> Result<(), NetworkError> {
    let known = || options.banks.iter().chain(&options.regulators);
    let mut named = options.identifiers.keys();
    match named.find(|name| known().all(|one| one != *name)) {
        None => Ok(()),
        Some(stranger) => {
            let known: Vec<&str> = known().map(String::as_str).collect();
            Err(NetworkError::Stranger(stranger.clone(), known.join(", ")))
        }
    }
}

fn genesis(
    options: &Options,
    keys: &[Keys],
    signing: &[SigningKey],
) -> Result<Genesis, NetworkError> {
    let mut aliases = Vec::new();
    let banks = options.banks.iter().map(|name| (name, Role::Bank));
    let regulators = options.regulators.iter();
    let regulators = regulators.map(|name| (name, Role::Regulator));
    for ((name, role), keys) in banks.chain(regulators).zip(keys) {
        let id = AliasId::new(*random::bytes()?);
        let commitment = keys.commitment(&id, identifiers(options, name))?;
        aliases.push(alias(id, name, role, (keys.public(), commitment), id));
    }
    let banks = aliases.iter().take(options.banks.len());
    let banks: Vec<AliasId> = banks.map(|bank| bank.id).collect();
    let one_or_each = options.nodes.len() == 1 || options.nodes.len() == banks.len();
    if banks.is_empty() || !one_or_each {
        return Err(no_banks());
    }
    let mut validators = Vec::new();
    for ((node, signing), bank) in options.nodes.iter().zip(signing).zip(&banks) {
        let (id, key) = (AliasId::new(*random::bytes()?), signing.public());
        // a node has no identifiers of its own; its commitment hides that
        let commitment = identity::commit(&[], Marks::NONE, &*random::bytes()?)?;
        let keys = (key, commitment);
        aliases.push(alias(id, &node.name, Role::Validator, keys, *bank));
        validators.push(Validator {
            alias: id,
            key,
            power: 1,
        });
    }
    aliases.sort_by_key(|alias| alias.id);
    let mut verifying_keys = options.verifying_keys.clone();
    verifying_keys.sort_unstable();
    let genesis = Genesis {
        name: options.name.clone(),
        suite: Suite::International,
        time: now(),
        aliases,
        validators: ValidatorSet::new(validators)?,
        parameters: parameters(options, verifying_keys),
        governance: Governance::Members,
    };
    genesis.check()?;
    Ok(genesis)
}

fn no_banks() -> NetworkError {
    NetworkError::Genesis(DecodeError::Invalid {
        what: "banks",
        reason: "a network needs at least one, and one node for all or one for each".to_owned(),
    })
}

fn parameters(options: &Options, verifying_keys: Vec<VerifyingKeyId>) -> Parameters {
    Parameters {
        inquiries_per_day: options.inquiries_per_day,
        financings_per_day: options.financings_per_day,
        max_hold_blocks: options.max_hold_blocks,
        max_block_transactions: 1024,
        max_block_bytes: 16 << 20,
        test_keys: TestKeys::Allowed,
        verifying_keys,
    }
}

/// An alias that is active from the beginning on.
fn alias(
    id: AliasId,
    name: &str,
    role: Role,
    (key, commitment): (PublicKey, FieldBytes),
    bank: AliasId,
) -> Alias {
    Alias {
        id,
        name: name.to_owned(),
        role,
        key,
        commitment,
        bank,
        standing: Standing::Active,
        until: None,
    }
}

fn now() -> BlockTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    BlockTime(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// The verifying keys of this build's circuits, as a new network accepts them.
pub(crate) fn verifying_keys() -> Vec<VerifyingKeyId> {
    let pinned = sealane_setup::Pins::financing().verifying_key;
    pinned.parse().into_iter().collect()
}
