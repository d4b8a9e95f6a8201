//! Whom one side believes: authorities, the newest revocation list of each (RFC 5280, section 5), and whether a
//! certificate holds by them.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{CertificateError, RootCertStore};
use rustls_pki_types::{CertificateDer, UnixTime};

use super::TlsError;
use super::files::{IDENTITY, REVOKED, damaged, parsed};
use super::list::{List, name};

/// The names of authorities.
pub(super) fn names(authorities: &[CertificateDer<'_>]) -> String {
    let names = authorities.iter().map(|authority| match parsed(authority) {
        Ok(authority) => name(authority.subject()),
        Err(_) => "one that is damaged".to_owned(),
    });
    match authorities {
        [] => "no authority".to_owned(),
        _ => names.collect::<Vec<_>>().join("; "),
    }
}

/// What judges certificates of callers, and of who is called.
pub(super) struct Judges {
    pub(super) clients: Arc<dyn ClientCertVerifier>,
    pub(super) servers: Arc<WebPkiServerVerifier>,
}

/// Why one side's own certificate does not fit its authorities and their lists.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// None of the authorities issued it.
    Authority,
    /// Of the authority that issued it there is no list.
    NoList,
    /// Another reason.
    Other(String),
}

impl Unfit {
    /// For people, with what to do about the files in this folder.
    pub(super) fn told(
        &self,
        folder: &Path,
        chain: &[CertificateDer<'_>],
        authorities: &[CertificateDer<'_>],
    ) -> TlsError {
        let issuer = issuer(chain).unwrap_or_default();
        match self {
            Self::Authority => TlsError::file(
                folder.join(IDENTITY),
                format!(
                    "the certificate is of {issuer}, and authority.pem beside it has {}: put back the files of this network from a backup, or have \
                 a new certificate issued by its authority (sealane certificate request)",
                    names(authorities)
                ),
            ),
            Self::NoList => {
                let none =
                    format!("has no revocation list of {issuer}, which issued the own certificate");
                damaged(&folder.join(REVOKED), &none)
            }
            Self::Other(why) => damaged(
                &folder.join(IDENTITY),
                &format!("the certificate cannot be used: {why}"),
            ),
        }
    }
}

impl Judges {
    /// Judges by these authorities, and these lists, of which there is one at least: without any, nobody would count
    /// as revoked.
    pub(super) fn new(
        authorities: Vec<CertificateDer<'static>>,
        lists: &[List],
    ) -> Result<Self, String> {
        if lists.is_empty() {
            return Err("there is no revocation list".to_owned());
        }
        let mut roots = RootCertStore::empty();
        for authority in authorities {
            roots.add(authority).map_err(|error| error.to_string())?;
        }
        let roots = Arc::new(roots);
        let revoked = || lists.iter().map(|list| list.der.clone());
        let provider = Arc::new(ring::default_provider());
        let servers =
            WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider))
                .with_crls(revoked())
                .build()
                .map_err(|error| error.to_string())?;
        let clients = WebPkiClientVerifier::builder_with_provider(roots, provider)
            .with_crls(revoked())
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { clients, servers })
    }

    /// Whether one side's own certificate, the first of these, is revoked; why it does not fit these authorities. Its
    /// end is another matter: clocks are wrong at times, and whoever meets it looks at it.
    pub(super) fn is_revoked(&self, chain: &[CertificateDer<'_>]) -> Result<bool, Unfit> {
        let other = |error: &dyn std::fmt::Display| Unfit::Other(error.to_string());
        let (own, between) = chain.split_first().ok_or_else(|| other(&"is missing"))?;
        let held = parsed(own).map_err(|error| other(&error))?;
        let held = held.validity();
        let seconds = |at: i64| u64::try_from(at).unwrap_or(0);
        let now = UnixTime::now().as_secs();
        let at = now
            .max(seconds(held.not_before.timestamp()))
            .min(seconds(held.not_after.timestamp()));
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(at));
        match self.clients.verify_client_cert(own, between, at) {
            Ok(_) => Ok(false),
            Err(rustls::Error::InvalidCertificate(reason)) => match reason {
                CertificateError::Revoked => Ok(true),
                CertificateError::UnknownRevocationStatus => Err(Unfit::NoList),
                CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                    Err(Unfit::Authority)
                }
                reason => Err(other(&reason)),
            },
            Err(error) => Err(other(&error)),
        }
    }
}

/// The name of the authority that a certificate says to be of.
pub(super) fn issuer(chain: &[CertificateDer<'_>]) -> Result<String, TlsError> {
    let own = chain.first().map_or(&[][..], |own| own);
    Ok(name(parsed(own)?.issuer()))
}
