//! A bank's folder: configuration, genesis, keystore, own records, receipts and journal.
//!
//! ```text
//! home.toml       who this home is, and its node             config
//! genesis.bin     how the chain began                        canonical bytes
//! customers.bin   who stands behind the aliases it registered      encrypted
//! identity.bin    its own legal identifiers                        encrypted
//! contacts.bin    to whom it can hand fields over                  encrypted
//! grants/         fields that were imported, and what was given    encrypted
//! warnings/       what was told of its documents on sealing        encrypted
//! keystore.age    institution secret and signing key         encrypted
//! keystore-next.age    the same with a signing key that waits for a vote      encrypted
//! key.txt         what opens the keystore, where no passphrase does
//! records/        own sealed records, public bytes           ID.record
//! receipts/       receipts of financings                     ID.HEIGHT.json
//! journal/        what was begun, and the outbox             journal
//! taken.bin       the log of taken fingerprints, public      cache
//! seen.json       the highest block seen
//! cursors/        where readers of the chain's events stand; each holds its own
//! turns.bin       the changes of validators that were followed, public
//! tls/            its certificate for connections, and whom it believes
//! lock            held by the one process that works here; who only reads takes none, and writes nothing
//! ```
//!
//! No plaintext of a document is kept: what a home may read of its records it opens with its keys.

pub mod config;
pub mod contacts;
pub mod cursor;
pub mod customers;
pub mod disk;
mod fault;
pub mod grants;
pub(crate) mod hexed;
pub mod journal;
mod keys;
pub mod passphrase;
pub mod rekey;
mod secret_file;
pub mod unlock;
mod warnings;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sealane_crypto::identity::IdentityError;
use sealane_crypto::keys::{InstitutionSecret, RecordKey};
use sealane_crypto::sealing::Heading;
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{
    AliasId, ChainId, Digest, FieldBytes, Height, PublicKey, RecordId, Sequence, TxId,
};
use sealane_types::record::Record;
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use sealane_wire::tls::{self, Credentials};

use crate::chain::NodeOptions;

pub use self::config::{Config, ConfigError, Protection};
use self::customers::Customers;
use self::disk::Lock;
pub use self::fault::HomeError;
use self::journal::Journal;
pub use self::keys::{Keys, KeysError, Sealer, check_passphrase, marks};
pub use self::unlock::Unlock;

const CONFIG_LIMIT: u64 = 1 << 16;
const GENESIS_LIMIT: u64 = 4 << 20;
const RECORD_LIMIT: u64 = 4 << 20;
const CUSTOMERS: &str = "customers.bin";
const CUSTOMERS_LIMIT: u64 = 64 << 20;
const TAKEN_LIMIT: u64 = 1 << 30;

/// What a process does in a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It reads, beside others and beside the one that works there, and writes nothing.
    Read,
    /// It works there alone.
    Work {
        /// How long it waits where another process works there.
        wait: Duration,
    },
}

/// An open home: where this process works in it, it does so alone until the home is dropped.
#[derive(Debug)]
pub struct Home {
    folder: PathBuf,
    config: Config,
    genesis: Genesis,
    chain: ChainId,
    alias: AliasId,
    keys: Keys,
    journal: Journal,
    lock: Option<Lock>,
}

impl Home {
    /// Makes a home in `folder`, which must not have one. The keystore is protected as `config` says; `identifiers` are
    /// those that its alias' commitment is to.
    ///
    /// # Errors
    /// When there is a home, or the disk fails.
    pub fn create(
        folder: &Path,
        config: &Config,
        genesis: &Genesis,
        keys: &Keys,
        identifiers: &[String],
        passphrase: Option<&str>,
    ) -> Result<(), HomeError> {
        if folder.join("home.toml").exists() {
            return Err(HomeError::Exists(folder.to_owned()));
        }
        for part in ["", "records", "receipts", "journal"] {
            disk::make_folder(&folder.join(part))?;
        }
        disk::write_atomic(&folder.join("genesis.bin"), &genesis.to_bytes())?;
        keys.save(folder, config, passphrase)?;
        grants::keep_identity(folder, keys, identifiers)?;
        // last: a folder without it is no home, and is made again
        disk::write_atomic(&folder.join("home.toml"), config.text().as_bytes())?;
        Ok(())
    }

    /// Opens the home in `folder` to work there, and holds it.
    ///
    /// # Errors
    /// When there is none, another process works in it, the keystore does not open, or its files do
    /// not belong together.
    pub fn open(folder: &Path, unlock: &Unlock) -> Result<Self, HomeError> {
        let wait = Duration::ZERO;
        Self::open_for(folder, unlock, Access::Work { wait })
    }

    /// As [`Home::open`], to work there or only to read.
    ///
    /// # Errors
    /// As [`Home::open`]; who only reads is not kept out by another process.
    pub fn open_for(folder: &Path, unlock: &Unlock, access: Access) -> Result<Self, HomeError> {
        let config = read_config(folder)?;
        let lock = match access {
            Access::Read => None,
            Access::Work { wait } => Some(Lock::take_within(folder, wait)?),
        };
        let genesis = read_genesis(folder)?;
        let mixed = |what| HomeError::Mixed {
            path: folder.to_owned(),
            what,
        };
        let chain = sealane_ledger::chain_id(&genesis);
        if chain.to_string() != config.chain {
            return Err(mixed("genesis.bin is of another chain than home.toml"));
        }
        let keys = Keys::load(folder, &config, genesis.suite, unlock);
        let keys = keys.map_err(|error| HomeError::from(error).within(folder))?;
        let alias: AliasId = config
            .alias
            .parse()
            .map_err(|_| mixed("home.toml names no alias"))?;
        // a member that was admitted later is not in genesis: the chain knows its key
        let known = genesis.alias(&alias).filter(|_| !config.rekeyed);
        if known.is_some_and(|known| known.key != keys.public()) {
            return Err(mixed("the keystore's key is not the alias' in genesis"));
        }
        if lock.is_some() {
            tidy(folder)?;
        }
        Ok(Self {
            journal: Journal::open(&folder.join("journal")),
            folder: folder.to_owned(),
            config,
            genesis,
            chain,
            alias,
            keys,
            lock,
        })
    }

    /// Whether this process works here, and may write.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.lock.is_some()
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What `home.toml` says.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How the chain began.
    #[must_use]
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The chain.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        self.chain
    }

    /// The alias that this home signs as.
    #[must_use]
    pub fn alias(&self) -> AliasId {
        self.alias
    }

    /// What was begun here.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Who signs a payload: a record's sealer, which may be a customer's alias of this home, or the home's own.
    #[must_use]
    pub fn signer_of(&self, payload: &Payload) -> AliasId {
        if let Payload::SealRecord(record) = payload {
            return record.header.sealer;
        }
        self.alias
    }

    /// Signs a payload as [`Home::signer_of`] says; the transaction's id and bytes.
    #[must_use]
    pub fn sign(&self, sequence: Sequence, payload: Payload) -> (TxId, Vec<u8>) {
        self.sign_as(self.signer_of(&payload), sequence, payload)
    }

    /// Signs a payload for an alias of this home's: its own, or a customer's.
    #[must_use]
    pub fn sign_as(
        &self,
        signer: AliasId,
        sequence: Sequence,
        payload: Payload,
    ) -> (TxId, Vec<u8>) {
        let body = TransactionBody {
            chain: self.chain,
            signer,
            sequence,
            payload,
        };
        let id = sealane_ledger::transaction_id(&body);
        let (tag, message) = (tags::SIGN_TRANSACTION, body.to_bytes());
        let signature = match body.signer == self.alias {
            true => self.keys.signing().sign(tag, &message),
            false => self.customer_key(&body.signer).sign(tag, &message),
        };
        (id, Transaction { body, signature }.to_bytes())
    }

    /// Whether a signing key waits here for the height from which the chain names it.
    #[must_use]
    pub fn key_waits(&self) -> bool {
        self.keys.waits()
    }

    /// The chain names this key for the home's alias: the home signs with it, and the one before is gone from its disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn follow_key(&self, named: &PublicKey) -> Result<(), HomeError> {
        Ok(self.keys.follow(&self.folder, named)?)
    }

    /// A transaction of this home's own alias, signed with another of its keys than in `tried`: a proof of which key the
    /// chain names may be a block old. It is the same transaction, as its id covers no signature.
    #[must_use]
    pub fn signed_anew(&self, tried: &[Vec<u8>]) -> Option<Vec<u8>> {
        let transaction = Transaction::from_bytes(tried.first()?).ok()?;
        let body = transaction.body;
        let message = body.to_bytes();
        let own = self.keys.all().filter(|_| body.signer == self.alias);
        let signed = own.map(|key| {
            let signature = key.sign(tags::SIGN_TRANSACTION, &message);
            let body = body.clone();
            Transaction { body, signature }.to_bytes()
        });
        let mut fresh = signed.filter(|bytes| !tried.contains(bytes));
        fresh.next()
    }

    /// The key of a customer's alias, which this home keeps for it.
    #[must_use]
    pub fn customer_key(&self, alias: &AliasId) -> SigningKey {
        self.keys.secret().customer_key(alias)
    }

    /// The commitment of an alias of this home's to legal identifiers, in their order.
    ///
    /// # Errors
    /// When there are more than an alias can have, or one stands twice.
    pub fn commitment(
        &self,
        alias: &AliasId,
        identifiers: &[String],
    ) -> Result<FieldBytes, IdentityError> {
        self.keys.commitment(alias, identifiers)
    }

    /// Who stands behind the aliases that this home registered.
    ///
    /// # Errors
    /// When the disk fails or the book is damaged.
    pub fn customers(&self) -> Result<Customers, HomeError> {
        let book = self.secret_json(CUSTOMERS, CUSTOMERS_LIMIT)?;
        Ok(book.unwrap_or_default())
    }

    /// Keeps the book of customers.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_customers(&self, book: &Customers) -> Result<(), HomeError> {
        self.keep_secret_json(CUSTOMERS, book)
    }

    /// By what this home, and nobody else, knows a document again.
    #[must_use]
    pub fn document_digest(&self, document: &[u8]) -> Digest {
        self.keys.secret().document_digest(document)
    }

    /// What seals a document at `now` under an alias of this home's.
    #[must_use]
    pub fn sealer(&self, sealer: AliasId, replaces: Option<RecordId>, now: SystemTime) -> Sealer {
        let heading = Heading {
            chain: self.chain,
            sealer,
            bank: self.alias,
            replaces,
        };
        Sealer::new(self.keys.secret().clone(), heading, now)
    }

    /// What fill-ups and blindings of presented sets derive from.
    pub(crate) fn secret(&self) -> InstitutionSecret {
        self.keys.secret().clone()
    }

    /// The key of a record that this home sealed; `None` of any other.
    #[must_use]
    pub fn record_key(&self, record: &Record) -> Option<RecordKey> {
        self.keys.record_key(record, SystemTime::now())
    }

    /// Keeps an own record's public bytes.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_record(&self, record: &Record) -> Result<(), HomeError> {
        let path = self.record_path(&record.id());
        Ok(disk::write_atomic(&path, &record.to_bytes())?)
    }

    /// An own record.
    ///
    /// # Errors
    /// When the disk fails or the file is damaged.
    pub fn record(&self, id: &RecordId) -> Result<Option<Record>, HomeError> {
        let path = self.record_path(id);
        let Some(bytes) = disk::read_optional(&path, RECORD_LIMIT)? else {
            return Ok(None);
        };
        let damaged = |reason| HomeError::Damaged { path, reason };
        let record = Record::from_bytes(&bytes).map_err(damaged)?;
        Ok(Some(record).filter(|record| record.id() == *id))
    }

    /// Keeps a receipt; its path.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_receipt(
        &self,
        record: &RecordId,
        height: Height,
        bytes: &[u8],
    ) -> Result<PathBuf, HomeError> {
        let path = self.receipt_path(record, height);
        disk::write_atomic(&path, bytes)?;
        Ok(path)
    }

    /// Where the receipt of a financing in the block of this height is kept.
    #[must_use]
    pub fn receipt_path(&self, record: &RecordId, height: Height) -> PathBuf {
        self.folder
            .join("receipts")
            .join(format!("{record}.{height}.json"))
    }

    pub(crate) fn taken_cache(&self) -> Result<Option<Vec<u8>>, HomeError> {
        Ok(disk::read_optional(
            &self.folder.join("taken.bin"),
            TAKEN_LIMIT,
        )?)
    }

    pub(crate) fn keep_taken_cache(&self, bytes: &[u8]) -> Result<(), HomeError> {
        Ok(disk::write_atomic(&self.folder.join("taken.bin"), bytes)?)
    }

    fn record_path(&self, id: &RecordId) -> PathBuf {
        self.folder.join("records").join(format!("{id}.record"))
    }
}

/// Makes the folders that a home has, and removes what a kill left half written in them.
fn tidy(folder: &Path) -> Result<(), HomeError> {
    let parts = ["records", "receipts", grants::IMPORTED, grants::GIVEN];
    for part in parts.into_iter().chain(["journal", warnings::WARNINGS]) {
        disk::make_folder(&folder.join(part))?;
        disk::sweep(&folder.join(part))?;
    }
    Ok(disk::sweep(folder)?)
}

/// Reads a home's configuration without opening it: to name it, or to find its node.
///
/// # Errors
/// When there is no home, or `home.toml` cannot be used.
pub fn read_config(folder: &Path) -> Result<Config, HomeError> {
    if !folder.is_dir() {
        return Err(HomeError::none(folder));
    }
    let bytes = disk::read_optional(&folder.join("home.toml"), CONFIG_LIMIT)?;
    let bytes = bytes.ok_or_else(|| HomeError::none(folder))?;
    let config = Config::parse(&String::from_utf8_lossy(&bytes));
    config.map_err(|error| HomeError::from(error).within(folder))
}

/// Opens a home's certificate and whom it believes, without opening the home.
///
/// # Errors
/// When it has none yet, or the files cannot be used.
pub fn read_credentials(folder: &Path) -> Result<Arc<Credentials>, HomeError> {
    let tls = folder.join(tls::FOLDER);
    match tls::is_equipped(&tls) {
        true => Ok(Credentials::open(&tls)?),
        false => Err(HomeError::NoCertificate(folder.to_owned())),
    }
}

/// Makes the home in `folder` speak through another node.
///
/// # Errors
/// When there is no home, the address is none, or the disk fails.
pub fn speak_through(folder: &Path, node: &NodeOptions) -> Result<(), HomeError> {
    let config = read_config(folder)?.through(node)?;
    let path = folder.join("home.toml");
    Ok(disk::write_atomic(&path, config.text().as_bytes())?)
}

/// Reads a home's genesis without opening it.
///
/// # Errors
/// When it is absent or damaged.
pub fn read_genesis(folder: &Path) -> Result<Genesis, HomeError> {
    let path = folder.join("genesis.bin");
    let bytes = disk::read(&path, GENESIS_LIMIT)?;
    Genesis::from_bytes(&bytes).map_err(|reason| HomeError::Damaged { path, reason })
}
