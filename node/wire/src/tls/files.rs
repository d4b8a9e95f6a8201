//! The files of one side: its key and certificate, and whom it believes.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use rcgen::{CertificateParams, DnType, KeyPair, PublicKeyData as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use zeroize::Zeroizing;

use super::{Authority, Party, TlsError};

const IDENTITY: &str = "identity.pem";
const AUTHORITY: &str = "authority.pem";
const REVOKED: &str = "revoked.pem";
/// The key of a certificate that was asked for.
const REQUESTED: &str = "requested.key";
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
        let key = key.map_err(|error| TlsError::file(&path, error))?;
        if chain.is_empty() {
            return Err(TlsError::file(path, "has no certificate"));
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

    /// Their revocation lists.
    pub(super) fn revoked(
        &self,
        folder: &Path,
    ) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
        let lists = CertificateRevocationListDer::pem_slice_iter(&self.revoked);
        let lists: Result<Vec<_>, _> = lists.collect();
        lists.map_err(|error| TlsError::file(folder.join(REVOKED), error))
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let size = fs::metadata(path).map_err(|error| TlsError::io(path, error))?;
    if size.len() > MAX_FILE {
        return Err(TlsError::file(
            path,
            format!("longer than {MAX_FILE} bytes"),
        ));
    }
    fs::read(path).map_err(|error| TlsError::io(path, error))
}

/// Writes a file whole, durably, for its owner alone.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        fs::File::open(folder)?.sync_all()
    };
    written().map_err(|error| TlsError::io(path, error))
}

fn certificates(path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    certificates.map_err(|error| TlsError::file(path, error))
}

/// Whether a side's folder has a certificate.
#[must_use]
pub fn is_equipped(folder: &Path) -> bool {
    folder.join(IDENTITY).exists()
}

/// Makes a new key in a side's folder and gives the request for its certificate (PKCS #10, as PEM). The key is used
/// from [`install`] on; what was used before stays until then.
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

/// What [`install`] took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installed {
    /// A certificate for the key that was requested.
    pub identity: bool,
    /// Authorities.
    pub authorities: usize,
    /// Revocation lists.
    pub revoked: usize,
}

/// Takes over what an authority gave: a certificate for the key that was requested here, with the authority's own
/// and its revocation list, or these without a certificate. A process that runs notices within seconds.
///
/// # Errors
/// When there is nothing in it for this side, or the disk fails.
pub fn install(folder: &Path, given: &[u8]) -> Result<Installed, TlsError> {
    let unread = |error: pem::PemError| TlsError::Certificate(format!("no PEM file: {error}"));
    let (mut own, mut authorities, mut revoked) = (Vec::new(), Vec::new(), Vec::new());
    for block in pem::parse_many(given).map_err(unread)? {
        match block.tag() {
            "CERTIFICATE" if parsed(block.contents())?.is_ca() => authorities.push(block),
            "CERTIFICATE" => own.push(block),
            "X509 CRL" => revoked.push(block),
            other => {
                let reason = format!("a file of an authority holds no {other}");
                return Err(TlsError::Certificate(reason));
            }
        }
    }
    if own.len() > 1 || own.len() + authorities.len() + revoked.len() == 0 {
        let reason = "one certificate, authorities and revocation lists are expected in the file";
        return Err(TlsError::Certificate(reason.to_owned()));
    }
    let identity = own.first().map(|own| identity(folder, own)).transpose()?;
    for (name, blocks) in [(AUTHORITY, &authorities), (REVOKED, &revoked)] {
        if !blocks.is_empty() {
            write(&folder.join(name), pem::encode_many(blocks).as_bytes())?;
        }
    }
    if let Some(identity) = &identity {
        write(&folder.join(IDENTITY), identity)?;
        let requested = folder.join(REQUESTED);
        fs::remove_file(&requested).map_err(|error| TlsError::io(requested, error))?;
    }
    Ok(Installed {
        identity: identity.is_some(),
        authorities: authorities.len(),
        revoked: revoked.len(),
    })
}

/// The requested key with its certificate, as one file: they are never seen apart.
fn identity(folder: &Path, own: &pem::Pem) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let requested = folder.join(REQUESTED);
    if !requested.exists() {
        let present = folder.join(IDENTITY);
        let present = match present.exists() {
            true => certificates(&present, &read(&present)?)?,
            false => Vec::new(),
        };
        let reason = match present.iter().any(|one| one.as_ref() == own.contents()) {
            true => "this certificate is installed already: nothing is to be done",
            false => {
                "the certificate in the file belongs to no key that was made here: ask for a new one with sealane certificate request, and \
                 install what the authority gives for that request"
            }
        };
        return Err(TlsError::Certificate(reason.to_owned()));
    }
    let key = Zeroizing::new(read(&requested)?);
    let pair = std::str::from_utf8(&key).ok().map(KeyPair::from_pem);
    let pair = pair.and_then(Result::ok);
    let pair = pair.ok_or_else(|| TlsError::file(&requested, "is not a private key"))?;
    if parsed(own.contents())?.public_key().raw != pair.subject_public_key_info() {
        let reason = "the certificate is not for the key that was requested here last";
        return Err(TlsError::Certificate(reason.to_owned()));
    }
    let mut file = key;
    file.extend_from_slice(pem::encode(own).as_bytes());
    Ok(file)
}

/// A certificate's parts.
pub(super) fn parsed(der: &[u8]) -> Result<X509Certificate<'_>, TlsError> {
    let parsed = X509Certificate::from_der(der);
    let (_, parsed) = parsed.map_err(|error| TlsError::Certificate(error.to_string()))?;
    Ok(parsed)
}

/// A key and certificate for a side whose folder is on the authority's machine.
///
/// # Errors
/// As [`request`], [`Authority::issue`] and [`install`].
pub fn equip(
    folder: &Path,
    party: &Party,
    authority: &mut Authority,
    days: u32,
) -> Result<(), TlsError> {
    let issued = authority.issue(&request(folder, party)?, days)?;
    install(folder, issued.bundle.as_bytes()).map(|_| ())
}
