//! Cipher suites: which algorithms a chain uses. Genesis names one; keys carry it, and what is sealed,
//! opened or derived with a key goes through the key's suite.
//!
//! There is one suite so far, `international`. Its curve and its field hash are fixed by the proof system
//! too, so a further suite comes with circuits of its own.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use sealane_types::genesis::Suite;
use sealane_types::ids::{PublicKey, ReceivingKey, Signature};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{hash, signature};

mod receive;

pub use receive::SealToError;

/// Bytes by which a ciphertext is longer than its plaintext.
pub const AEAD_OVERHEAD: usize = 16;

/// A name that no suite has.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no cipher suite is called {name:?}; this program knows: {}", known())]
pub struct UnknownSuite {
    /// The name as given.
    pub name: String,
}

fn known() -> String {
    let names: Vec<&str> = ALL.iter().map(|suite| suite.name).collect();
    names.join(", ")
}

/// The algorithms of one suite, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithms {
    /// Hashes under a tag.
    pub hash: &'static str,
    /// Derives keys from keys.
    pub derivation: &'static str,
    /// Encrypts fields.
    pub encryption: &'static str,
    /// Encrypts hand-over files to their receiver.
    pub receiving: &'static str,
    /// Signs transactions and votes.
    pub signature: &'static str,
    /// Commits to fields.
    pub commitment: &'static str,
    /// Carries fingerprints.
    pub curve: &'static str,
}

type Hash = fn(&[u8], &[&[u8]]) -> [u8; 32];
type Derive = fn(&[u8; 32], &[u8], &[&[u8]], &mut [u8]);
type Encrypt = fn(&[u8; 32], &[u8], &[u8]) -> Vec<u8>;
type Decrypt = fn(&[u8; 32], &[u8], &[u8]) -> Option<Zeroizing<Vec<u8>>>;
type Receiving = fn(&[u8; 32]) -> ReceivingKey;
type ReceivingOf = fn(&[u8; 32]) -> Option<ReceivingKey>;
type SealTo = fn(&ReceivingKey, &[u8], &[u8], &[u8]) -> Result<Vec<u8>, SealToError>;
type OpenSealed = fn(&[u8; 32], &[u8], &[u8], &[u8]) -> Option<Zeroizing<Vec<u8>>>;
type Verify = fn(&[u8], &PublicKey, &[u8], &Signature) -> bool;

/// A cipher suite.
pub struct CipherSuite {
    id: Suite,
    name: &'static str,
    algorithms: Algorithms,
    hash: Hash,
    derive: Derive,
    encrypt: Encrypt,
    decrypt: Decrypt,
    receiving: Receiving,
    receiving_of: ReceivingOf,
    seal_to: SealTo,
    open_sealed: OpenSealed,
    verify: Verify,
}

static INTERNATIONAL: CipherSuite = CipherSuite {
    id: Suite::International,
    name: "international",
    algorithms: Algorithms {
        hash: "BLAKE2b",
        derivation: "HKDF-SHA-256",
        encryption: "ChaCha20-Poly1305",
        receiving: "HPKE: X25519, HKDF-SHA-256, ChaCha20-Poly1305",
        signature: "Ed25519 (ZIP-215)",
        commitment: "Poseidon over BLS12-381's scalar field",
        curve: "Jubjub",
    },
    hash: hash::hash,
    derive: hkdf_sha256,
    encrypt: chacha_encrypt,
    decrypt: chacha_decrypt,
    receiving: receive::receiving_key,
    receiving_of: receive::receiving_key_of,
    seal_to: receive::seal_to,
    open_sealed: receive::open_sealed,
    verify: signature::verify,
};

static ALL: [&CipherSuite; 1] = [&INTERNATIONAL];

impl CipherSuite {
    /// The suite that genesis names by its number.
    #[must_use]
    pub fn of(suite: Suite) -> &'static Self {
        match suite {
            Suite::International => &INTERNATIONAL,
        }
    }

    /// The suite of this name.
    ///
    /// # Errors
    /// When this program knows none.
    pub fn named(name: &str) -> Result<&'static Self, UnknownSuite> {
        let found = ALL.into_iter().find(|suite| suite.name == name);
        found.ok_or_else(|| UnknownSuite {
            name: name.to_owned(),
        })
    }

    /// Its number in genesis.
    #[must_use]
    pub fn id(&self) -> Suite {
        self.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its algorithms, for people.
    #[must_use]
    pub fn algorithms(&self) -> Algorithms {
        self.algorithms
    }

    /// 32 bytes over a tag and parts that cannot run into one another.
    #[must_use]
    pub fn hash(&self, tag: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        (self.hash)(tag, parts)
    }

    /// Whether a signature is right; see [`signature::verify`].
    #[must_use]
    pub fn verify(
        &self,
        tag: &[u8],
        key: &PublicKey,
        message: &[u8],
        signature: &Signature,
    ) -> bool {
        (self.verify)(tag, key, message, signature)
    }

    /// `N` bytes from a secret, for the purpose that `tag` names and the particulars in `parts`.
    pub(crate) fn derive<const N: usize>(
        &self,
        secret: &[u8; 32],
        tag: &[u8],
        parts: &[&[u8]],
    ) -> Zeroizing<[u8; N]> {
        let mut derived = Zeroizing::new([0; N]);
        (self.derive)(secret, tag, parts, &mut *derived);
        derived
    }

    /// Encrypts under a key that encrypts nothing else, ever: the nonce is constant.
    pub(crate) fn encrypt_once(&self, key: &[u8; 32], bound: &[u8], plaintext: &[u8]) -> Vec<u8> {
        (self.encrypt)(key, bound, plaintext)
    }

    /// Decrypts what [`CipherSuite::encrypt_once`] gave, bound to the same bytes; `None` for anything else.
    pub(crate) fn decrypt(
        &self,
        key: &[u8; 32],
        bound: &[u8],
        ciphertext: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        (self.decrypt)(key, bound, ciphertext)
    }

    /// The key that others encrypt to, of 32 secret bytes.
    pub(crate) fn receiving_key(&self, secret: &[u8; 32]) -> ReceivingKey {
        (self.receiving)(secret)
    }

    /// The receiving key of whoever signs with this key; `None` where it is no key.
    pub(crate) fn receiving_key_of(&self, signing: &PublicKey) -> Option<ReceivingKey> {
        (self.receiving_of)(signing.as_bytes())
    }

    /// Encrypts to a receiver, bound to `info` and `bound`, under a fresh key each time.
    pub(crate) fn seal_to(
        &self,
        receiver: &ReceivingKey,
        info: &[u8],
        bound: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, SealToError> {
        (self.seal_to)(receiver, info, bound, plaintext)
    }

    /// Decrypts what [`CipherSuite::seal_to`] gave for the key of `secret`; `None` for anything else.
    pub(crate) fn open_sealed(
        &self,
        secret: &[u8; 32],
        info: &[u8],
        bound: &[u8],
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        (self.open_sealed)(secret, info, bound, sealed)
    }
}

impl fmt::Debug for CipherSuite {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CipherSuite({})", self.name)
    }
}

/// HKDF ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869)): the tag is the salt; each part of the info
/// has its length before it, four bytes, little-endian.
fn hkdf_sha256(secret: &[u8; 32], tag: &[u8], parts: &[&[u8]], out: &mut [u8]) {
    let mut info = Vec::new();
    for part in parts {
        sealane_types::encoding::put_bytes(&mut info, part);
    }
    let expanded = Hkdf::<Sha256>::new(Some(tag), secret).expand(&info, out);
    expanded.expect("at most 64 bytes are asked for, and 8160 can be had");
}

/// [RFC 8439](https://www.rfc-editor.org/rfc/rfc8439) with a nonce of zeros.
fn chacha_encrypt(key: &[u8; 32], bound: &[u8], plaintext: &[u8]) -> Vec<u8> {
    let cipher = ChaCha20Poly1305::new(Key::from_slice(key));
    let payload = Payload {
        msg: plaintext,
        aad: bound,
    };
    let sealed = cipher.encrypt(&Nonce::default(), payload);
    sealed.expect("a field is far shorter than the cipher's limit of 256 GiB")
}

fn chacha_decrypt(key: &[u8; 32], bound: &[u8], ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = ChaCha20Poly1305::new(Key::from_slice(key));
    let payload = Payload {
        msg: ciphertext,
        aad: bound,
    };
    let opened = cipher.decrypt(&Nonce::default(), payload).ok()?;
    Some(Zeroizing::new(opened))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_found_by_name_or_number_and_an_unknown_one_is_refused() {
        let suite = CipherSuite::named("international").expect("known");
        assert_eq!(suite.id(), Suite::International);
        assert_eq!(CipherSuite::of(suite.id()).name(), "international");
        for name in ["guomi", "International", ""] {
            let refused = CipherSuite::named(name).expect_err("not known");
            let said = refused.to_string();
            assert!(
                said.contains(&format!("{name:?}")) && said.contains("international"),
                "{said}"
            );
        }
    }

    #[test]
    fn what_is_encrypted_opens_with_its_key_and_what_it_is_bound_to_alone() {
        let suite = CipherSuite::of(Suite::International);
        let sealed = suite.encrypt_once(&[1; 32], b"place", b"value");
        assert_eq!(sealed.len(), 5 + AEAD_OVERHEAD);
        let open = |key, bound: &[u8], sealed: &[u8]| {
            let opened = suite.decrypt(&[key; 32], bound, sealed);
            opened.map(|bytes| bytes.to_vec())
        };
        assert_eq!(open(1, b"place", &sealed), Some(b"value".to_vec()));
        assert_eq!(open(2, b"place", &sealed), None);
        assert_eq!(open(1, b"palce", &sealed), None);
        assert_eq!(open(1, b"place", &sealed[..20]), None);
        assert_eq!(open(1, b"place", &[]), None);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(open(1, b"place", &altered), None);
        }
    }

    #[test]
    fn derived_bytes_depend_on_secret_tag_parts_and_their_borders() {
        let suite = CipherSuite::of(Suite::International);
        let derive =
            |secret, tag: &[u8], parts: &[&[u8]]| *suite.derive::<32>(&[secret; 32], tag, parts);
        let honest = derive(1, b"tag", &[b"ab", b"c"]);
        assert_ne!(derive(2, b"tag", &[b"ab", b"c"]), honest);
        assert_ne!(derive(1, b"gat", &[b"ab", b"c"]), honest);
        assert_ne!(derive(1, b"tag", &[b"a", b"bc"]), honest);
        assert_ne!(derive(1, b"tag", &[b"abc"]), honest);
        assert_eq!(
            suite.derive::<64>(&[1; 32], b"tag", &[b"ab", b"c"])[..32],
            honest
        );
    }
}
