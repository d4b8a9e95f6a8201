//! The kinds of secrets that a keystore holds.

use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::genesis::Suite;
use zeroize::Zeroizing;

use crate::keys::InstitutionSecret;
use crate::oprf::{KeyShare, ShareKey};
use crate::random::RandomError;
use crate::signature::SigningKey;

/// A secret with bytes of its own and a label, so that one is never taken for another.
pub trait StoredSecret: Sized {
    /// What it is; stands in the file.
    const LABEL: &'static str;

    /// The secret's canonical bytes.
    fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>>;

    /// Reads the secret's canonical bytes.
    ///
    /// # Errors
    /// When they are not of this kind.
    fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError>;
}

/// What an institution's home keeps.
#[derive(Debug)]
pub struct InstitutionSecrets {
    /// What all keys of records come from.
    pub secret: InstitutionSecret,
    /// What signs transactions.
    pub signing: SigningKey,
}

impl InstitutionSecrets {
    /// New secrets.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate(suite: Suite) -> Result<Self, RandomError> {
        Ok(Self {
            secret: InstitutionSecret::generate(suite)?,
            signing: SigningKey::generate()?,
        })
    }
}

impl StoredSecret for InstitutionSecrets {
    const LABEL: &'static str = "institution";

    fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(65));
        (self.secret.suite().id() as u8).encode(&mut bytes);
        self.secret.export().encode(&mut bytes);
        self.signing.seed().encode(&mut bytes);
        bytes
    }

    fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let suite = Suite::decode(&mut reader)?;
        let secret = Zeroizing::new(reader.array::<32>("institution secret")?);
        let seed = Zeroizing::new(reader.array::<32>("signing seed")?);
        reader.finish()?;
        Ok(Self {
            secret: InstitutionSecret::import(suite, &secret),
            signing: SigningKey::from_seed(&seed),
        })
    }
}

/// What a validator's node keeps beside its share of the fingerprint key.
#[derive(Debug)]
pub struct ValidatorSecrets {
    /// What signs blocks, votes and answers.
    pub signing: SigningKey,
}

impl StoredSecret for ValidatorSecrets {
    const LABEL: &'static str = "validator";

    fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.signing.seed().to_vec())
    }

    fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let seed = Zeroizing::new(reader.array::<32>("signing seed")?);
        reader.finish()?;
        let signing = SigningKey::from_seed(&seed);
        Ok(Self { signing })
    }
}

/// What a node's connections are authenticated with, kept for itself once the signing key that it came from is gone.
#[derive(Clone)]
pub struct NetworkSeed(pub Zeroizing<[u8; 32]>);

impl std::fmt::Debug for NetworkSeed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("NetworkSeed(secret)")
    }
}

impl StoredSecret for NetworkSeed {
    const LABEL: &'static str = "connections";

    fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_vec())
    }

    fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let seed = Zeroizing::new(reader.array::<32>("connections' seed")?);
        reader.finish()?;
        Ok(Self(seed))
    }
}

impl StoredSecret for KeyShare {
    const LABEL: &'static str = "share of the fingerprint key";

    fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.to_secret_bytes()
    }

    fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_secret_bytes(bytes)
    }
}

impl StoredSecret for ShareKey {
    const LABEL: &'static str = "key for a round of the fingerprint key";

    fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.to_secret_bytes()
    }

    fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::from_secret_bytes(bytes)
    }
}
