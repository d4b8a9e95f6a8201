//! The consortium's certificate authority: one member keeps it, away from the nodes.
//!
//! ```text
//! authority/authority.key     its private key                       guard it: who has it lets anybody in
//! authority/authority.pem     its certificate
//! authority/revoked.pem       its revocation list, signed anew at each change
//! authority/register.json     what it issued, and what of it was revoked
//! ```

use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams,
    CertificateSigningRequestParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::files::{read, sweep, write};
use super::{Party, TlsError};

const KEY: &str = "authority.key";
const CERTIFICATE: &str = "authority.pem";
const REVOKED: &str = "revoked.pem";
const REGISTER: &str = "register.json";
/// Days that the authority's own certificate holds.
const OWN_DAYS: i64 = 20 * 365;
/// Most days that a certificate of a node or home holds.
const MAX_DAYS: u32 = 3 * 366;
/// Clocks differ: a certificate holds from a day before it is made.
const SLACK: Duration = Duration::DAY;

/// The authority.
#[derive(Debug)]
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
    register: Register,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    /// How many revocation lists were signed.
    lists: u64,
    issued: Vec<Issued>,
}

/// A certificate that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// Its serial number.
    pub serial: u64,
    /// The name in it.
    pub name: String,
    /// When it was issued, in seconds since 1970; an older register does not say.
    #[serde(default)]
    pub made: Option<i64>,
    /// When it ends, in seconds since 1970.
    pub ends: i64,
    /// When it was revoked, in seconds since 1970.
    pub revoked: Option<i64>,
    /// What goes to the one who asked: the certificate, the authority's own, its revocation list.
    #[serde(skip)]
    pub bundle: String,
}

/// Which certificates of a party are revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that hold: the party is cut off.
    All,
    /// All but the newest that holds: the party has a new one already, and stays.
    Older,
    /// The one with this serial number.
    Serial(u64),
}

fn failed(error: rcgen::Error) -> TlsError {
    TlsError::Certificate(error.to_string())
}

impl Authority {
    /// Makes an authority in a folder that has none.
    ///
    /// # Errors
    /// When there is one, or the disk fails.
    pub fn create(folder: &Path, network: &str) -> Result<Self, TlsError> {
        let path = folder.join(KEY);
        if path.exists() {
            return Err(TlsError::file(path, "an authority is here already"));
        }
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        // Revocation lists are found by their authority's name, so it is this authority's alone: one that takes the
        // place of another is believed beside it for a while.
        let key_id: String = key.public_key_raw()[1..]
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let name = format!("Sealane network {network}, authority {key_id}");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let now = OffsetDateTime::now_utc();
        params.not_before = now - SLACK;
        params.not_after = now + Duration::days(OWN_DAYS);
        let certificate = params.self_signed(&key).map_err(failed)?;
        write(&folder.join(CERTIFICATE), certificate.pem().as_bytes())?;
        let pem = Zeroizing::new(key.serialize_pem());
        let mut authority = Self {
            folder: folder.to_owned(),
            certificate: certificate.pem(),
            register: Register::default(),
            issuer: Issuer::new(params, key),
        };
        authority.keep()?;
        // last: a folder without it holds no authority, and is made again
        write(&path, pem.as_bytes())?;
        Ok(authority)
    }

    /// Opens the authority of a folder.
    ///
    /// # Errors
    /// When there is none, or its files are damaged.
    pub fn open(folder: &Path) -> Result<Self, TlsError> {
        let path = folder.join(KEY);
        if !path.exists() {
            let reason = "no certificate authority is here";
            return Err(TlsError::file(folder, reason));
        }
        sweep(folder);
        let text = |path: &Path| -> Result<Zeroizing<String>, TlsError> {
            let text = String::from_utf8(read(path)?);
            let text = text.map_err(|error| TlsError::file(path, error))?;
            Ok(Zeroizing::new(text))
        };
        let key = KeyPair::from_pem(&text(&path)?);
        let key = key.map_err(|error| TlsError::file(&path, error))?;
        let path = folder.join(CERTIFICATE);
        let certificate = text(&path)?.to_string();
        let issuer = Issuer::from_ca_cert_pem(&certificate, key);
        let issuer = issuer.map_err(|error| TlsError::file(&path, error))?;
        let path = folder.join(REGISTER);
        let register = serde_json::from_slice(&read(&path)?);
        Ok(Self {
            folder: folder.to_owned(),
            issuer,
            certificate,
            register: register.map_err(|error| TlsError::file(&path, error))?,
        })
    }

    /// Issues a certificate for `days` to who asks with this request. That the one who asks is who it names is for
    /// the person at the authority to see to.
    ///
    /// # Errors
    /// When the request is none, names nobody of a network, or the disk fails.
    pub fn issue(&mut self, request: &str, days: u32) -> Result<Issued, TlsError> {
        if days == 0 || days > MAX_DAYS {
            let reason = format!("a certificate holds 1 to {MAX_DAYS} days, not {days}");
            return Err(TlsError::Certificate(reason));
        }
        let ends = OffsetDateTime::now_utc() + Duration::days(days.into());
        self.issue_until(request, ends)
    }

    pub(super) fn issue_until(
        &mut self,
        request: &str,
        ends: OffsetDateTime,
    ) -> Result<Issued, TlsError> {
        let asked = CertificateSigningRequestParams::from_pem(request);
        let asked = asked.map_err(|error| {
            TlsError::Certificate(format!("this is not a request for a certificate: {error}"))
        })?;
        let party = match asked.params.subject_alt_names.as_slice() {
            [SanType::DnsName(name)] => Party::of_dns_name(name.as_str()),
            _ => None,
        };
        let party = party.ok_or_else(|| {
            let reason = "the request names no node and no home of a network";
            TlsError::Certificate(reason.to_owned())
        })?;
        let number = self.register.issued.len() as u64 + 1;
        let params = leaf(&party, number, ends)?;
        let certificate = params.signed_by(&asked.public_key, &self.issuer);
        let certificate = certificate.map_err(failed)?;
        let mut issued = Issued {
            serial: number,
            name: party.dns_name(),
            made: Some(OffsetDateTime::now_utc().unix_timestamp()),
            ends: ends.unix_timestamp(),
            revoked: None,
            bundle: String::new(),
        };
        self.register.issued.push(issued.clone());
        let list = self.keep()?;
        issued.bundle = format!("{}{}{list}", certificate.pem(), self.certificate);
        Ok(issued)
    }

    /// Revokes certificates of a party that hold; the serial numbers of those, and how many of its certificates hold on. Nodes
    /// must be given the new list.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn revoke(&mut self, party: &Party, which: Which) -> Result<(Vec<u64>, usize), TlsError> {
        let now = OffsetDateTime::now_utc().unix_timestamp();
        let name = party.dns_name();
        let holds = |one: &Issued| one.name == name && one.revoked.is_none() && one.ends > now;
        let newest = self.register.issued.iter().rev().find(|one| holds(one));
        let newest = newest.map(|one| one.serial);
        let chosen = |one: &Issued| match which {
            Which::All => true,
            Which::Older => Some(one.serial) != newest,
            Which::Serial(serial) => one.serial == serial,
        };
        let (mut revoked, mut left) = (Vec::new(), 0);
        for one in self.register.issued.iter_mut().filter(|one| holds(one)) {
            match chosen(one) {
                true => {
                    one.revoked = Some(now);
                    revoked.push(one.serial);
                }
                false => left += 1,
            }
        }
        self.keep().map(|_| (revoked, left))
    }

    /// What was issued, oldest first.
    #[must_use]
    pub fn issued(&self) -> &[Issued] {
        &self.register.issued
    }

    /// The authority's certificate and its revocation list, as PEM.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn published(&self) -> Result<String, TlsError> {
        let path = self.folder.join(REVOKED);
        let list = String::from_utf8(read(&path)?);
        let list = list.map_err(|error| TlsError::file(path, error))?;
        Ok(format!("{}{list}", self.certificate))
    }

    /// Keeps the register, and signs a new revocation list, which it gives. The register comes first: what was
    /// revoked in it is in each later list.
    fn keep(&mut self) -> Result<String, TlsError> {
        self.register.lists += 1;
        let register = serde_json::to_vec_pretty(&self.register);
        let register = register.map_err(|error| TlsError::Certificate(error.to_string()))?;
        write(&self.folder.join(REGISTER), &register)?;
        let now = OffsetDateTime::now_utc();
        let revoked = self.register.issued.iter().filter_map(|one| {
            let time = OffsetDateTime::from_unix_timestamp(one.revoked?).ok()?;
            Some(RevokedCertParams {
                serial_number: SerialNumber::from(one.serial),
                revocation_time: time,
                reason_code: None,
                invalidity_date: None,
            })
        });
        let list = CertificateRevocationListParams {
            this_update: now - SLACK,
            next_update: now + Duration::days(OWN_DAYS),
            crl_number: SerialNumber::from(self.register.lists),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuer).and_then(|list| list.pem());
        let list = list.map_err(failed)?;
        write(&self.folder.join(REVOKED), list.as_bytes())?;
        Ok(list)
    }
}

/// What a certificate of a party says: only a node's is one to listen with.
fn leaf(party: &Party, number: u64, ends: OffsetDateTime) -> Result<CertificateParams, TlsError> {
    let name = party.dns_name();
    let mut params = CertificateParams::new(vec![name.clone()]).map_err(failed)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(number));
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    if matches!(party, Party::Node(_)) {
        let listens = ExtendedKeyUsagePurpose::ServerAuth;
        params.extended_key_usages.push(listens);
    }
    params.not_before = OffsetDateTime::now_utc() - SLACK;
    params.not_after = ends;
    Ok(params)
}
