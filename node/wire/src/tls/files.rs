//! The files of one side: its key and certificate, and whom it believes.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use zeroize::Zeroizing;

use super::list::List;
use super::{Party, TlsError, words};

pub(super) const IDENTITY: &str = "identity.pem";
pub(super) const AUTHORITY: &str = "authority.pem";
pub(super) const REVOKED: &str = "revoked.pem";
/// The key of a certificate that was asked for.
pub(super) const REQUESTED: &str = "requested.key";
/// Largest file that is read, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// What one side's files say.
#[derive(PartialEq, Eq)]
pub(super) struct Files {
    pub(super) identity: Zeroizing<Vec<u8>>,
    pub(super) authority: Vec<u8>,
    pub(super) revoked: Vec<u8>,
}

impl Files {
    /// Reads the three files of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, TlsError> {
        Ok(Self {
            identity: Zeroizing::new(read(&folder.join(IDENTITY))?),
            authority: read(&folder.join(AUTHORITY))?,
            revoked: read(&folder.join(REVOKED))?,
        })
    }

    /// This side's certificates, its own first, and its key.
    pub(super) fn identity(
        &self,
        folder: &Path,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let path = folder.join(IDENTITY);
        let chain = certificates(&path, &self.identity)?;
        let key = PrivateKeyDer::from_pem_slice(&self.identity);
        let key = key.map_err(|_| damaged(&path, "has no whole private key"))?;
        if chain.is_empty() {
            return Err(damaged(&path, "has no certificate"));
        }
        Ok((chain, key))
    }

    /// The authorities that are believed.
    pub(super) fn authorities(
        &self,
        folder: &Path,
    ) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        certificates(&folder.join(AUTHORITY), &self.authority)
    }

    /// Revocation lists, of whomever.
    pub(super) fn lists(&self, folder: &Path) -> Result<Vec<List>, TlsError> {
        let path = folder.join(REVOKED);
        let lists = CertificateRevocationListDer::pem_slice_iter(&self.revoked);
        let lists = lists.map(|list| {
            let list = list.map_err(|_| damaged(&path, CUT))?;
            List::read(list).map_err(|why| damaged(&path, &why))
        });
        lists.collect()
    }
}

const CUT: &str = "is damaged or cut off";

/// What is wrong with a file, and what mends it.
pub(super) fn damaged(path: &Path, what: &str) -> TlsError {
    let remedy = match path.ends_with(IDENTITY) {
        true => "have a new certificate issued (sealane certificate request)",
        false => "install what the authority publishes (sealane certificate install)",
    };
    TlsError::file(
        path,
        format!("{what}: put it back from a backup, or {remedy}"),
    )
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let size = fs::metadata(path).map_err(|error| unread(path, error))?;
    if size.len() > MAX_FILE {
        return Err(TlsError::file(
            path,
            format!("longer than {MAX_FILE} bytes"),
        ));
    }
    fs::read(path).map_err(|error| unread(path, error))
}

/// Why a file cannot be read.
fn unread(path: &Path, error: io::Error) -> TlsError {
    match error.kind() {
        io::ErrorKind::PermissionDenied => TlsError::file(path, words::of_owner(&error)),
        _ => TlsError::io(path, error),
    }
}

/// Why a file, or the folder for it, cannot be made.
fn unwritten(path: &Path, error: io::Error) -> TlsError {
    match error.kind() {
        io::ErrorKind::PermissionDenied => TlsError::file(path, words::of_owner(&error)),
        io::ErrorKind::NotFound => {
            let reason =
                "cannot be made: no file and no folder can be made there. Name another folder";
            TlsError::file(path, reason)
        }
        _ => TlsError::io(path, error),
    }
}

/// Writes a file whole, durably, for its owner alone. What a process that was killed here left half written is removed.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let held = fs::File::open(folder)?;
        // until the end, so that nobody removes what is being written; where folders have no locks, nobody removes any
        if held.lock().is_ok() {
            remove_unfinished(folder);
        }
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        held.sync_all()
    };
    written().map_err(|error| unwritten(path, error))
}

/// What the names of files begin with that are being written.
const UNFINISHED: &str = ".tmp";

/// Removes what processes that were killed left half written, keys among it, unless somebody writes just now.
pub(super) fn sweep(folder: &Path) {
    let Ok(held) = fs::File::open(folder) else {
        return;
    };
    if held.try_lock().is_ok() {
        remove_unfinished(folder);
    }
}

/// As [`sweep`], for who holds the folder's lock. What cannot be removed stays: the next one tries again.
fn remove_unfinished(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let ending = name.strip_prefix(UNFINISHED).unwrap_or_default();
        if ending.len() == 6 && ending.chars().all(|sign| sign.is_ascii_alphanumeric()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

pub(super) fn certificates(
    path: &Path,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.map_err(|_| damaged(path, CUT))
}

/// Whether a side's folder has a certificate.
#[must_use]
pub fn is_equipped(folder: &Path) -> bool {
    folder.join(IDENTITY).exists()
}

/// Makes a new key in a side's folder and gives the request for its certificate (PKCS #10, as PEM). The key is used
/// from [`install`](super::install) on; what was used before stays until then.
///
/// # Errors
/// When the name is none of a network, or the disk fails.
pub fn request(folder: &Path, party: &Party) -> Result<String, TlsError> {
    let certificate = |error: rcgen::Error| TlsError::Certificate(format!("{party}: {error}"));
    let name = party.dns_name();
    if name.starts_with('-') || party.name().ends_with('-') {
        let reason = format!("{party}: a certificate's name neither begins nor ends with '-'");
        return Err(TlsError::Certificate(reason));
    }
    let mut params = CertificateParams::new(vec![name.clone()]).map_err(certificate)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().map_err(certificate)?;
    let asked = params.serialize_request(&key).map_err(certificate)?;
    let pem = Zeroizing::new(key.serialize_pem());
    write(&folder.join(REQUESTED), pem.as_bytes())?;
    asked.pem().map_err(certificate)
}

/// A certificate's parts.
pub(super) fn parsed(der: &[u8]) -> Result<X509Certificate<'_>, TlsError> {
    let parsed = X509Certificate::from_der(der);
    let (_, parsed) = parsed.map_err(|error| TlsError::Certificate(error.to_string()))?;
    Ok(parsed)
}
