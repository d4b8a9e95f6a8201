//! Encrypting to a receiver's key: HPKE in base mode ([RFC 9180](https://www.rfc-editor.org/rfc/rfc9180)) with
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20Poly1305.
//!
//! What comes out is the encapsulated key (32 bytes), then the ciphertext, 16 bytes longer than the plaintext.
//!
//! The key pair is the X25519 form of an Ed25519 one, so that its holder can sign that it has it: the secret bytes are an Ed25519 seed
//! ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032), 5.1.5), the private key is the scalar of that, and the public key
//! the u-coordinate of the Ed25519 point ([RFC 7748](https://www.rfc-editor.org/rfc/rfc7748), 4.1). That both uses of one key do not
//! harm each other: Thormarker, *On using the same key pair for Ed25519 and an X25519 based KEM* (ePrint 2021/509), which is about
//! DHKEM(X25519) as here.

use curve25519_dalek::edwards::CompressedEdwardsY;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use sealane_types::ids::ReceivingKey;
use sha2::{Digest, Sha512};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::random::{self, RandomError};

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

const ENCAPSULATED: usize = 32;

/// Why nothing can be encrypted to a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealToError {
    /// Nobody's key: what is encrypted to it, everybody could read.
    #[error("the receiver's key is nobody's")]
    UnsoundKey,
    /// The operating system gave no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// The private key of 32 secret bytes: the scalar of the Ed25519 key with this seed. X25519 fixes its bits at each use.
fn private(secret: &[u8; 32]) -> PrivateKey {
    let mut digest = Zeroizing::new([0; 64]);
    digest.copy_from_slice(&Sha512::digest(secret));
    PrivateKey::from_bytes(&digest[..32]).expect("every 32 bytes are a scalar")
}

/// The public key of 32 secret bytes.
pub(super) fn receiving_key(secret: &[u8; 32]) -> ReceivingKey {
    ReceivingKey::new(
        X25519HkdfSha256::sk_to_pk(&private(secret))
            .to_bytes()
            .into(),
    )
}

/// The receiving key of whoever signs with an Ed25519 key; `None` where that is no point.
pub(super) fn receiving_key_of(signing: &[u8; 32]) -> Option<ReceivingKey> {
    let point = CompressedEdwardsY(*signing).decompress()?;
    Some(ReceivingKey::new(point.to_montgomery().to_bytes()))
}

/// Encrypts to a receiver.
pub(super) fn seal_to(
    receiver: &ReceivingKey,
    info: &[u8],
    bound: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, SealToError> {
    let key = PublicKey::from_bytes(receiver.as_bytes()).map_err(|_| SealToError::UnsoundKey)?;
    let mut random = random::generator()?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal::<
        ChaCha20Poly1305,
        HkdfSha256,
        X25519HkdfSha256,
        _,
    >(
        &OpModeS::Base, &key, info, plaintext, bound, &mut random
    )
    .map_err(|_| SealToError::UnsoundKey)?;
    Ok([&encapsulated.to_bytes()[..], &ciphertext].concat())
}

/// Decrypts what [`seal_to`] gave for the key of `secret`.
pub(super) fn open_sealed(
    secret: &[u8; 32],
    info: &[u8],
    bound: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    open(&private(secret), info, bound, sealed)
}

fn open(
    private: &PrivateKey,
    info: &[u8],
    bound: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, ciphertext) = sealed.split_at_checked(ENCAPSULATED)?;
    let encapsulated = EncappedKey::from_bytes(encapsulated).ok()?;
    let opened = hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        private,
        &encapsulated,
        info,
        ciphertext,
        bound,
    );
    opened.ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        hex::decode(hexadecimal).expect("hexadecimal")
    }

    /// RFC 9180, A.2.1, the first encryption.
    #[test]
    fn the_standard_s_own_example_opens() {
        let secret = bytes("1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df");
        let (secret, public) = X25519HkdfSha256::derive_keypair(&secret);
        let right = bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
        assert_eq!(public.to_bytes().to_vec(), right);
        let sealed = bytes(concat!(
            "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28"
        ));
        let (info, bound) = (b"Ode on a Grecian Urn", b"Count-0");
        let opened = open(&secret, info, bound, &sealed).expect("it opens");
        assert_eq!(&opened[..], b"Beauty is truth, truth beauty");
    }

    #[test]
    fn what_is_encrypted_opens_for_its_receiver_bound_to_the_same_bytes_alone() {
        let (secret, other) = ([1; 32], [2; 32]);
        let sealed = seal_to(&receiving_key(&secret), b"info", b"bound", b"value").expect("sound");
        let open = |secret, info: &[u8], bound: &[u8], sealed: &[u8]| {
            open_sealed(secret, info, bound, sealed).map(|bytes| bytes.to_vec())
        };
        assert_eq!(
            open(&secret, b"info", b"bound", &sealed),
            Some(b"value".to_vec())
        );
        assert_eq!(open(&other, b"info", b"bound", &sealed), None);
        assert_eq!(open(&secret, b"inof", b"bound", &sealed), None);
        assert_eq!(open(&secret, b"info", b"bonud", &sealed), None);
        for length in 0..sealed.len() {
            assert_eq!(open(&secret, b"info", b"bound", &sealed[..length]), None);
        }
        let again = seal_to(&receiving_key(&secret), b"info", b"bound", b"value").expect("sound");
        assert_ne!(sealed, again, "a fresh key each time");
    }

    /// The seed's Ed25519 key, as any library has it, is the receiving key in its other form.
    #[test]
    fn a_receiving_key_is_the_other_form_of_the_key_that_signs_for_it() {
        for secret in [[0; 32], [1; 32], [0xff; 32], [0x5a; 32]] {
            let signing = crate::signature::SigningKey::from_seed(&secret).public();
            let other = receiving_key_of(signing.as_bytes());
            assert_eq!(other, Some(receiving_key(&secret)));
        }
        let mut none = [0xff; 32];
        none[0] = 2;
        let points = (0..=u8::MAX).filter(|byte| {
            none[0] = *byte;
            receiving_key_of(&none).is_some()
        });
        assert!(points.count() < 256, "half of all bytes are no point");
    }

    #[test]
    fn nothing_is_encrypted_to_nobody_s_key() {
        let mut one = [0; 32];
        one[0] = 1;
        for small in [[0; 32], one] {
            let refused = seal_to(&ReceivingKey::new(small), b"", b"", b"value");
            assert_eq!(refused, Err(SealToError::UnsoundKey));
        }
    }
}
