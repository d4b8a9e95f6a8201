//! The secret keys of a member, opened as their owner opens them, in every form in which they could lie elsewhere.

use std::fs;
use std::path::Path;

use sealane_crypto::keystore::{
    InstitutionSecrets, KeyFile, StoredSecret, Unlock, ValidatorSecrets, load,
};
use sealane_crypto::oprf::{KeyShare, ShareKey};

use crate::search::{Needle, bytes_forms};

/// Bytes of every secret key here.
const KEY: usize = 32;

/// Every form of every secret key in a member's home and in its node's, as they are now.
///
/// # Panics
/// When one cannot be opened.
#[must_use]
pub fn keys_of(home: &Path) -> Vec<Needle> {
    let node = home.join("node");
    let mut needles = Vec::new();
    for folder in [home, &node] {
        needles.extend(age_key(&folder.join("key.txt")));
        needles.extend(certificate_key(&folder.join("tls/identity.pem")));
    }
    needles.extend(stored::<InstitutionSecrets>(
        &home.join("keystore.age"),
        home,
    ));
    needles.extend(stored::<ValidatorSecrets>(
        &node.join("validator.age"),
        &node,
    ));
    for entry in fs::read_dir(node.join("shares")).into_iter().flatten() {
        let path = entry.expect("a folder can be listed").path();
        match path.to_string_lossy().ends_with(".share.age") {
            true => needles.extend(stored::<KeyShare>(&path, &node)),
            false => needles.extend(stored::<ShareKey>(&path, &node)),
        }
    }
    needles
}

/// The key file's own key, as `age` writes it.
fn age_key(path: &Path) -> Vec<Needle> {
    let text = fs::read_to_string(path).expect("a home has a key file");
    let key = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY"));
    let key = key.expect("a key file has a key");
    let forms = [key.to_owned(), key.to_lowercase()];
    let needle = |key: String| Needle {
        what: format!("the key of {}", path.display()),
        bytes: key.into_bytes(),
    };
    forms.map(needle).into()
}

/// What a keystore has inside: whole keys at its end.
fn stored<S: StoredSecret>(path: &Path, home: &Path) -> Vec<Needle> {
    let key = KeyFile::read(&home.join("key.txt")).expect("a home has a key file");
    let secret: S = match load(path, &Unlock::KeyFile(key)) {
        Ok(secret) => secret,
        Err(_) if !path.exists() => return Vec::new(), // erased since it was listed
        Err(error) => panic!("{}: {error}", path.display()),
    };
    let bytes = secret.to_secret_bytes();
    let what = format!("{} of {}", S::LABEL, home.display());
    let keys = bytes.rchunks_exact(KEY);
    keys.flat_map(|key| bytes_forms(&what, key)).collect()
}

/// The private key of a certificate: as its file has it, and the number itself.
fn certificate_key(path: &Path) -> Vec<Needle> {
    let text = fs::read_to_string(path).expect("a home has a certificate");
    let (_, after) = text.split_once("PRIVATE KEY-----").expect("with its key");
    let (body, _) = after.split_once("-----END").expect("the key's end");
    let what = format!("the key of {}", path.display());
    let mut needles: Vec<Needle> = lines(body, &what).collect();
    let der = from_base64(body);
    // an octet string of 32 bytes, in PKCS #8 of either kind of key
    let at = der
        .windows(2)
        .position(|head| head == [0x04, KEY as u8])
        .expect("a key of 32 bytes");
    needles.extend(bytes_forms(&what, &der[at + 2..at + 2 + KEY]));
    needles
}

/// The lines of a text that are long enough to be told from chance.
fn lines<'a>(text: &'a str, what: &'a str) -> impl Iterator<Item = Needle> + 'a {
    let long = text.lines().filter(|line| line.len() >= 32);
    long.map(|line| Needle {
        what: what.to_owned(),
        bytes: line.as_bytes().to_vec(),
    })
}

fn from_base64(text: &str) -> Vec<u8> {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let value = |letter: u8| LETTERS.iter().position(|one| *one == letter);
    let bits = text.bytes().filter_map(value);
    let bits: Vec<u8> = bits
        .flat_map(|six| (0..6).rev().map(move |bit| (six >> bit & 1) as u8))
        .collect();
    let bytes = bits.chunks_exact(8);
    bytes
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read() {
        assert_eq!(from_base64("Y29w\ncGVy\n"), b"copper");
    }
}
