//! Taking over what an authority gave: a certificate, authorities, revocation lists.

use std::fs;
use std::path::Path;

use rcgen::{KeyPair, PublicKeyData as _};
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use zeroize::Zeroizing;

use super::files::{
    AUTHORITY, Files, IDENTITY, REQUESTED, REVOKED, certificates, parsed, read, write,
};
use super::list::{List, newest};
use super::trust::{Judges, Unfit, issuer, names};
use super::{Authority, Party, TlsError, request};

/// Which authorities are believed once a file is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Those that were. A file of another one is refused; where none was believed yet, the file's are.
    Present,
    /// The file's beside those that were: an authority is replaced.
    Add,
    /// The file's and no others: it has been replaced.
    Only,
}

/// What [`install`] took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Installed {
    /// A certificate for the key that was requested.
    pub identity: bool,
    /// Authorities in the file.
    pub authorities: usize,
    /// Of these, authorities that were not believed here before.
    pub new: usize,
    /// Revocation lists.
    pub revoked: usize,
    /// Revocation lists that came with a certificate or an authority, and are older than those here, which stay.
    pub older: usize,
}

/// As [`install_with`], for the authorities that are believed here already.
///
/// # Errors
/// As [`install_with`].
pub fn install(folder: &Path, given: &[u8]) -> Result<Installed, TlsError> {
    install_with(folder, given, Trust::Present)
}

/// Takes over what an authority gave: a certificate for the key that was requested here, with the authority's own
/// and its revocation list, or these without a certificate. A process that runs notices within seconds. A
/// revocation list takes the place of older ones of the same authority alone (RFC 5280, section 5.2.3).
///
/// # Errors
/// When there is nothing in it for this side, it is of an authority that is not to be believed here, its revocation
/// list is older than the one here, this side's own certificate would not hold any more, or the disk fails. Nothing
/// is changed then, but where the disk fails.
pub fn install_with(folder: &Path, given: &[u8], trust: Trust) -> Result<Installed, TlsError> {
    let given = Given::read(given)?;
    let here = Here::read(folder)?;
    let identity = given.own.as_ref().map(|own| identity(folder, own));
    let identity = identity.transpose()?;
    let authorities = here.authorities(&given, trust)?;
    let (lists, older) = here.lists(&given, &authorities, trust)?;
    let new = |one: &&CertificateDer<'static>| !here.authorities.contains(*one);
    let new: Vec<_> = authorities.iter().filter(new).collect();
    if let Some(bare) = new.iter().find(|one| {
        let one = std::slice::from_ref(**one);
        !lists.iter().any(|list| list.is_of_any(one))
    }) {
        return Err(refused(format!(
            "the revocation list of {} is missing in the file: whoever it has let in would be refused; ask for the file that its authority \
             publishes (sealane certificate authority … --out FILE)",
            names(std::slice::from_ref(*bare))
        )));
    }
    check_own(&given, &here, &authorities, &lists)?;
    if authorities != here.authorities {
        let pem = encoded("CERTIFICATE", authorities.iter().map(|one| one.as_ref()));
        write(&folder.join(AUTHORITY), pem.as_bytes())?;
    }
    if lists != here.lists {
        let pem = encoded("X509 CRL", lists.iter().map(|one| one.der.as_ref()));
        write(&folder.join(REVOKED), pem.as_bytes())?;
    }
    if let Some(identity) = &identity {
        write(&folder.join(IDENTITY), identity)?;
        let requested = folder.join(REQUESTED);
        fs::remove_file(&requested).map_err(|error| TlsError::io(requested, error))?;
    }
    Ok(Installed {
        identity: identity.is_some(),
        authorities: given.authorities.len(),
        new: new.len(),
        revoked: given.lists.len() - older,
        older,
    })
}

fn refused(reason: String) -> TlsError {
    TlsError::Certificate(format!("{reason}; nothing was installed"))
}

fn encoded<'a>(tag: &str, blocks: impl Iterator<Item = &'a [u8]>) -> String {
    let blocks: Vec<pem::Pem> = blocks.map(|block| pem::Pem::new(tag, block)).collect();
    pem::encode_many(&blocks)
}

/// What is in the file.
struct Given {
    own: Option<pem::Pem>,
    authorities: Vec<CertificateDer<'static>>,
    lists: Vec<List>,
}

impl Given {
    fn read(given: &[u8]) -> Result<Self, TlsError> {
        let unread = |error: pem::PemError| TlsError::Certificate(format!("no PEM file: {error}"));
        let (mut own, mut authorities, mut lists) = (Vec::new(), Vec::new(), Vec::new());
        for block in pem::parse_many(given).map_err(unread)? {
            match block.tag() {
                "CERTIFICATE" if parsed(block.contents())?.is_ca() => {
                    authorities.push(CertificateDer::from(block.into_contents()));
                }
                "CERTIFICATE" => own.push(block),
                "X509 CRL" => {
                    let der = CertificateRevocationListDer::from(block.into_contents());
                    let list = List::read(der);
                    lists.push(list.map_err(|why| refused(format!("the file {why}")))?);
                }
                other => {
                    let reason = format!("a file of an authority holds no {other}");
                    return Err(TlsError::Certificate(reason));
                }
            }
        }
        if own.len() > 1 || own.len() + authorities.len() + lists.len() == 0 {
            let reason =
                "one certificate, authorities and revocation lists are expected in the file";
            return Err(TlsError::Certificate(reason.to_owned()));
        }
        let own = own.pop();
        Ok(Self {
            own,
            authorities,
            lists,
        })
    }
}

/// What is here already. A file that is damaged is as one that is missing: what is installed mends it.
struct Here {
    authorities: Vec<CertificateDer<'static>>,
    lists: Vec<List>,
    own: Vec<CertificateDer<'static>>,
}

impl Here {
    fn read(folder: &Path) -> Result<Self, TlsError> {
        let file = |name: &str| match read(&folder.join(name)) {
            Err(TlsError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Vec::new())
            }
            read => read,
        };
        let files = Files {
            identity: Zeroizing::new(file(IDENTITY)?),
            authority: file(AUTHORITY)?,
            revoked: file(REVOKED)?,
        };
        let authorities = files.authorities(folder).unwrap_or_default();
        let lists = files.lists(folder).unwrap_or_default();
        Ok(Self {
            lists: newest(&authorities, lists),
            authorities,
            own: certificates(folder, &files.identity).unwrap_or_default(),
        })
    }

    /// Which authorities are believed with what is given.
    fn authorities(
        &self,
        given: &Given,
        trust: Trust,
    ) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let known = |one: &&CertificateDer<'static>| self.authorities.contains(*one);
        let new = given.authorities.iter().filter(|one| !known(one));
        let new: Vec<_> = new.cloned().collect();
        if trust != Trust::Present && given.authorities.is_empty() {
            let reason = "the file has no certificate of an authority".to_owned();
            return Err(refused(reason));
        }
        match trust {
            Trust::Only => Ok(given.authorities.clone()),
            Trust::Present if !new.is_empty() && !self.authorities.is_empty() => {
                Err(refused(format!(
                    "the file is of {}, and here is believed {}. If it is another network's, it does not belong here. If the consortium replaces \
                     its authority, believe the new one beside the present one: sealane certificate install … --add-authority",
                    names(&new),
                    names(&self.authorities)
                )))
            }
            Trust::Present | Trust::Add => Ok([self.authorities.clone(), new].concat()),
        }
    }

    /// The lists that are in force with what is given, and how many of those given are not, as they are older.
    fn lists(
        &self,
        given: &Given,
        authorities: &[CertificateDer<'static>],
        trust: Trust,
    ) -> Result<(Vec<List>, usize), TlsError> {
        let mut lists = newest(authorities, self.lists.clone());
        let mut older = 0;
        for list in &given.lists {
            if !list.is_of_any(authorities) {
                return Err(refused(format!(
                    "the revocation list in the file is of {}, and here is believed {}",
                    list.by,
                    names(authorities)
                )));
            }
            match lists.iter_mut().find(|one| one.is_beside(list)) {
                None => lists.push(list.clone()),
                Some(one) if list.may_follow(one) => *one = list.clone(),
                Some(_) if given.own.is_some() || trust != Trust::Present => older += 1,
                Some(one) => {
                    return Err(refused(format!(
                        "the revocation list in the file has number {}, and the one here number {}: an older list would let in again who was \
                         revoked since. Install the newest that {} has signed (revoked.pem in the authority's folder)",
                        list.number, one.number, one.by
                    )));
                }
            }
        }
        Ok((lists, older))
    }
}

/// That this side's own certificate, the one in the file or else the one here, fits what is believed.
fn check_own(
    given: &Given,
    here: &Here,
    authorities: &[CertificateDer<'static>],
    lists: &[List],
) -> Result<(), TlsError> {
    let own = match &given.own {
        Some(own) => vec![CertificateDer::from(own.contents().to_vec())],
        // what is only a newer list of the same authorities makes nothing worse
        None if authorities == here.authorities || here.own.is_empty() => return Ok(()),
        None => here.own.clone(),
    };
    let whose = match given.own {
        Some(_) => "the certificate in the file",
        None => "this side's own certificate",
    };
    let unfit = |why: &dyn std::fmt::Display| Err(refused(format!("{whose} {why}")));
    let judges = match Judges::new(authorities.to_vec(), lists) {
        Ok(judges) => judges,
        Err(why) => return unfit(&format!("cannot be checked: {why}, or no authority")),
    };
    match judges.is_revoked(&own) {
        Ok(true) if given.own.is_some() => unfit(&"is revoked: have a new one issued"),
        Ok(_) => Ok(()),
        Err(Unfit::Authority) => unfit(&format!(
            "is of {}, and {} would be believed: nobody could connect",
            issuer(&own)?,
            names(authorities)
        )),
        Err(Unfit::NoList) => unfit(&format!(
            "is of {}, of which there is no revocation list",
            issuer(&own)?
        )),
        Err(Unfit::Other(why)) => unfit(&format!("cannot be used: {why}")),
    }
}

/// The requested key with its certificate, as one file: they are never seen apart.
fn identity(folder: &Path, own: &pem::Pem) -> Result<Zeroizing<Vec<u8>>, TlsError> {
    let present = folder.join(IDENTITY);
    let present = match present.exists() {
        true => certificates(&present, &read(&present)?).unwrap_or_default(),
        false => Vec::new(),
    };
    if present.iter().any(|one| one.as_ref() == own.contents()) {
        let reason = "this certificate is installed already: nothing is to be done";
        return Err(TlsError::Certificate(reason.to_owned()));
    }
    let requested = folder.join(REQUESTED);
    if !requested.exists() {
        return Err(refused(
            "the certificate in the file belongs to no key that was made here: ask for a new one with sealane certificate request, and \
             install what the authority gives for that request"
                .to_owned(),
        ));
    }
    let key = Zeroizing::new(read(&requested)?);
    let pair = std::str::from_utf8(&key).ok().map(KeyPair::from_pem);
    let pair = pair.and_then(Result::ok).ok_or_else(|| {
        let reason =
            "is not a private key: ask for a new certificate with sealane certificate request";
        TlsError::file(&requested, reason)
    })?;
    if parsed(own.contents())?.public_key().raw != pair.subject_public_key_info() {
        return Err(refused(
            "the certificate is not for the key that was requested here last: each sealane certificate request makes a new key. Install what \
             the authority gives for the last request, or request again and have that one issued"
                .to_owned(),
        ));
    }
    let mut file = key;
    file.extend_from_slice(pem::encode(own).as_bytes());
    Ok(file)
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
