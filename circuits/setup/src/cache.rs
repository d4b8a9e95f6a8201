//! Proving keys in files. A file is a header (what it is, the format's version, the body's digest) and the body: the
//! key uncompressed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use ark_bls12_381::Bls12_381;
use ark_groth16::ProvingKey;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize, Compress, Validate};
use sealane_crypto::hash::hash;
use sealane_crypto::tags;

use crate::SetupError;

/// What every file begins with; the last byte is the format's version.
const MAGIC: &[u8; 24] = b"sealane proving key \0\0\0\x01";
/// Bytes before the body: what it is, and its digest.
const HEADER: usize = MAGIC.len() + 32;
/// Largest file that is read: a key of two million rows.
const LIMIT: u64 = 2 << 30;

/// The cache folder: `SEALANE_CACHE`, or `sealane/keys` in the user's cache folder.
///
/// # Errors
/// When no environment variable says where that is.
pub fn default_directory() -> Result<PathBuf, SetupError> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(directory) = set("SEALANE_CACHE") {
        return Ok(directory);
    }
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let cache = cache.ok_or(SetupError::NoDirectory)?;
    Ok(cache.join("sealane").join("keys"))
}

/// The file of a circuit's key.
pub(crate) fn path(directory: &Path, circuit: &str) -> PathBuf {
    directory.join(format!("{circuit}.key"))
}

/// The key's bytes, uncompressed.
pub(crate) fn body(key: &ProvingKey<Bls12_381>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.uncompressed_size());
    let written = key.serialize_uncompressed(&mut bytes);
    written.expect("writing to memory does not fail");
    bytes
}

/// The digest under which a key is pinned.
pub(crate) fn body_digest(body: &[u8]) -> [u8; 32] {
    hash(tags::KEY_CACHE, &[body])
}

/// The circuit's key, if the file holds it, and it is the pinned one where one is: `None` where there is no file, or any other one.
pub(crate) fn read(
    directory: &Path,
    circuit: &str,
    pinned: Option<&str>,
) -> Option<ProvingKey<Bls12_381>> {
    let path = path(directory, circuit);
    if std::fs::metadata(&path).ok()?.len() > LIMIT {
        return None;
    }
    let bytes = std::fs::read(&path).ok()?;
    let (header, body) = bytes.split_at_checked(HEADER)?;
    let (magic, stated) = header.split_at(MAGIC.len());
    let digest = body_digest(body);
    let expected = pinned.is_none_or(|pinned| hex::encode(digest) == pinned);
    if magic != MAGIC || stated != digest || !expected {
        return None;
    }
    // The bytes are those of a key that this build made, whose points are multiples of the generators. Checking each
    // again would take as long as making them.
    let key = ProvingKey::deserialize_with_mode(body, Compress::No, Validate::No);
    key.ok()
}

/// Writes a key beside its place and then moves it there, so that a reader sees all of it or none.
pub(crate) fn write(
    directory: &Path,
    circuit: &str,
    key: &ProvingKey<Bls12_381>,
) -> std::io::Result<()> {
    std::fs::create_dir_all(directory)?;
    let body = body(key);
    let unfinished = directory.join(format!("{circuit}.{}.unfinished", std::process::id()));
    let mut file = std::fs::File::create(&unfinished)?;
    file.write_all(MAGIC)?;
    file.write_all(&body_digest(&body))?;
    file.write_all(&body)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path(directory, circuit))
}
