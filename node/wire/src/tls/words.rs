//! Why a connection is none: in words that say what to look at.

use std::error::Error;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as Tls};
use rustls_pki_types::UnixTime;
use time::OffsetDateTime;

use super::{Party, TlsError};

impl TlsError {
    /// The error of this kind that lies under another one, a failed call say.
    #[must_use]
    pub fn under<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let (mut cause, mut found) = (Some(error), None);
        while let Some(error) = cause {
            found = error.downcast_ref::<Self>().or(found);
            cause = error.source();
        }
        found
    }

    /// Whether it is another one than who was called that answered, with a certificate of its own.
    #[must_use]
    pub fn is_of_another(&self) -> bool {
        let Self::Handshake(error) = self else {
            return false;
        };
        matches!(
            tls(error),
            Some(Tls::InvalidCertificate(
                CertificateError::NotValidForNameContext { .. }
            ))
        )
    }

    /// Whether another one answered than who was called, or one with a certificate that is not believed: time alone does not
    /// mend that.
    #[must_use]
    pub fn is_of_a_certificate(&self) -> bool {
        let Self::Handshake(error) = self else {
            return false;
        };
        matches!(tls(error), Some(Tls::InvalidCertificate(_)))
    }
}

/// The first of the causes of an error, which the others stand on.
#[must_use]
pub fn deepest<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last
}

fn tls(error: &io::Error) -> Option<&Tls> {
    error.get_ref()?.downcast_ref()
}

/// What the system says of a file, and what to do where it is missing.
pub(super) fn of_disk(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => {
            "there is no such file; put it back from a backup, or have a new certificate issued (sealane certificate request)".to_owned()
        }
        _ => error.to_string(),
    }
}

/// What the system says of a file of another user, and what to do.
pub(super) fn of_owner(error: &io::Error) -> String {
    format!(
        "{error}: `tls/` and all that is in it must belong to the user that runs the node or uses the home, who reads and writes them"
    )
}

pub(super) fn of(error: &io::Error) -> String {
    if let Some(error) = tls(error) {
        return match error {
            Tls::InvalidCertificate(reason) => certificate(reason),
            Tls::AlertReceived(alert) => answered(*alert),
            other => format!("the connection is not secure: {other}"),
        };
    }
    match error.kind() {
        io::ErrorKind::TimedOut => {
            "no answer within 5 s: its process is stopped or has too much to do, the address is \
                                    another one's, or a firewall is between"
                .to_owned()
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => {
            format!("it closed the connection before both sides knew each other ({error})")
        }
        _ => format!("the connection is not secure: {error}"),
    }
}

/// What is wrong with the certificate that the other side shows.
fn certificate(reason: &CertificateError) -> String {
    match reason {
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => {
            let shown: Vec<String> = presented.iter().map(|name| party(name)).collect();
            let expected = party(&expected.to_str());
            format!(
                "it shows the certificate of {}, not of {expected}",
                shown.join(", ")
            )
        }
        CertificateError::ExpiredContext { time, not_after } => format!(
            "the certificate it shows was valid until {}, and by this machine's clock it is {}: it has to be renewed, or \
             this clock is wrong",
            date(not_after),
            date(time)
        ),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "the certificate it shows is valid from {} on, and by this machine's clock it is {}: this clock is wrong, or the \
             authority's was",
            date(not_before),
            date(time)
        ),
        CertificateError::Revoked => {
            "the certificate it shows is revoked; a running node takes a new one within seconds of its installation".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "the certificate it shows is of an authority that is not in tls/authority.pem here"
                .to_owned()
        }
        CertificateError::UnknownRevocationStatus => {
            "the certificate it shows is of an authority whose revocation list is not in tls/revoked.pem here: install what the \
             authority publishes (sealane certificate install)"
                .to_owned()
        }
        other => format!("the connection is not secure: the certificate it shows: {other}"),
    }
}

/// What the other side says of this side's certificate.
fn answered(alert: AlertDescription) -> String {
    let why = match alert {
        AlertDescription::CertificateExpired => {
            "has ended or is not valid yet, by its clock: compare both clocks, or have it renewed"
        }
        AlertDescription::CertificateRevoked => "is revoked: have a new one issued",
        AlertDescription::UnknownCA => "is of an authority that it does not know",
        other => return format!("the connection is not secure: it answers {other:?}"),
    };
    format!("it says that this side's certificate {why}")
}

/// A party from a name of a certificate, also where that stands in words like `DnsName("…")`.
fn party(name: &str) -> String {
    let plain = name.split('"').nth(1).unwrap_or(name);
    let party = Party::of_dns_name(plain);
    party.map_or_else(|| plain.to_owned(), |party| party.to_string())
}

fn date(time: &UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let date = OffsetDateTime::from_unix_timestamp(seconds);
    date.map_or_else(
        |_| format!("{seconds} s after 1970"),
        |date| {
            format!(
                "{} {:02}:{:02} UTC",
                date.date(),
                date.hour(),
                date.minute()
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls_pki_types::ServerName;

    use super::*;

    fn said(error: Tls) -> String {
        of(&io::Error::new(io::ErrorKind::InvalidData, error))
    }

    #[test]
    fn a_connection_that_fails_names_whom_and_the_clock() {
        let expected = ServerName::try_from("node-bb.node.sealane").expect("a name");
        let presented = vec!["DnsName(\"node-b.node.sealane\")".to_owned()];
        let other = CertificateError::NotValidForNameContext {
            expected,
            presented,
        };
        let other = Tls::InvalidCertificate(other);
        assert_eq!(
            said(other.clone()),
            "it shows the certificate of node node-b, not of node node-bb"
        );
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let ended = said(Tls::InvalidCertificate(CertificateError::ExpiredContext {
            time: at(1_800_000_000),
            not_after: at(1_700_000_000),
        }));
        let words =
            "until 2023-11-14 22:13 UTC, and by this machine's clock it is 2027-01-15 08:00 UTC";
        assert!(ended.contains(words), "{ended}");
        let early = CertificateError::NotValidYetContext {
            time: at(1),
            not_before: at(2),
        };
        assert!(said(Tls::InvalidCertificate(early)).contains("this clock is wrong"));
        let alert = said(Tls::AlertReceived(AlertDescription::CertificateExpired));
        assert!(alert.contains("compare both clocks"), "{alert}");
        let silent = of(&io::ErrorKind::TimedOut.into());
        assert!(silent.contains("its process is stopped"), "{silent}");
        assert!(!silent.contains("not secure"), "{silent}");
        let other = TlsError::Handshake(io::Error::other(other));
        assert!(other.is_of_a_certificate() && other.is_of_another());
        let revoked = Tls::InvalidCertificate(CertificateError::Revoked);
        assert!(said(revoked.clone()).contains("within seconds"));
        assert!(!TlsError::Handshake(io::Error::other(revoked)).is_of_another());
        assert!(!TlsError::Handshake(io::ErrorKind::TimedOut.into()).is_of_a_certificate());
    }
}
