//! Revocation lists (RFC 5280, section 5), and which is the newest of each authority.

use std::cmp::Ordering;

use rustls::crypto::ring;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::num_bigint::BigUint;
use x509_parser::prelude::FromDer as _;
use x509_parser::revocation_list::CertificateRevocationList;
use x509_parser::x509::X509Name;

/// A revocation list.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) der: CertificateRevocationListDer<'static>,
    /// Its authority's name, as DER.
    issuer: Vec<u8>,
    /// Its authority's name, for people.
    pub(super) by: String,
    /// Its number, which grows with each list of one authority (RFC 5280, section 5.2.3).
    pub(super) number: BigUint,
}

impl List {
    /// Reads a list; its signature is looked at by [`List::is_of`].
    pub(super) fn read(der: CertificateRevocationListDer<'static>) -> Result<Self, String> {
        let read = CertificateRevocationList::from_der(&der);
        let (_, list) = read.map_err(|error| format!("is no revocation list ({error})"))?;
        let number = list.crl_number().cloned();
        let number = number.ok_or("holds a revocation list without a number (RFC 5280, 5.2.3)")?;
        let (issuer, by) = (list.issuer().as_raw().to_vec(), name(list.issuer()));
        Ok(Self {
            issuer,
            by,
            number,
            der,
        })
    }

    /// Whether this authority signed it.
    fn is_of(&self, authority: &CertificateDer<'_>) -> bool {
        let Ok((_, list)) = CertificateRevocationList::from_der(&self.der) else {
            return false;
        };
        let Ok((_, authority)) = X509Certificate::from_der(authority) else {
            return false;
        };
        let key = &authority.public_key().subject_public_key.data;
        let (said, signature) = (list.tbs_cert_list.as_ref(), &list.signature_value.data);
        let algorithms = ring::default_provider().signature_verification_algorithms;
        let mut algorithms = algorithms.all.iter();
        authority.subject().as_raw() == self.issuer
            && algorithms.any(|one| one.verify_signature(key, said, signature).is_ok())
    }

    /// Whether one of these authorities signed it.
    pub(super) fn is_of_any(&self, authorities: &[CertificateDer<'_>]) -> bool {
        authorities.iter().any(|authority| self.is_of(authority))
    }

    /// Whether both are of one authority.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.issuer == other.issuer
    }

    /// Whether it may take the other one's place, of the same authority: it is newer, or the same.
    pub(super) fn may_follow(&self, other: &Self) -> bool {
        match self.number.cmp(&other.number) {
            Ordering::Less => false,
            Ordering::Equal => self.der == other.der,
            Ordering::Greater => true,
        }
    }
}

/// The newest list of each of these authorities; lists of others count nothing.
pub(super) fn newest(authorities: &[CertificateDer<'_>], lists: Vec<List>) -> Vec<List> {
    let mut newest: Vec<List> = Vec::new();
    for list in lists.into_iter().filter(|list| list.is_of_any(authorities)) {
        match newest.iter_mut().find(|one| one.is_beside(&list)) {
            Some(one) if one.number < list.number => *one = list,
            Some(_) => {}
            None => newest.push(list),
        }
    }
    newest
}

/// An authority's name in its certificate, without the kind of name.
pub(super) fn name(name: &X509Name<'_>) -> String {
    let common = name.iter_common_name().next();
    let common = common.and_then(|common| common.as_str().ok());
    common.map_or_else(|| name.to_string(), str::to_owned)
}
