//! The node's certificates, taken over while it runs.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealane_wire::tls::{Credentials, FOLDER, Party, TlsError};
use tokio::sync::watch;

use crate::home::NodeHome;
use crate::metrics::Metrics;

/// How often the files are looked at, and connections are judged anew.
const LOOK: Duration = Duration::from_secs(2);
/// How long before its end the log begins to speak of it, and how often it does.
const EARLY: i64 = 30 * DAY;
const DAY: i64 = 24 * 3600;
const REMIND: Duration = Duration::from_secs(6 * 3600);
/// How often the log tells of files that still cannot be used.
const AGAIN: Duration = Duration::from_secs(600);

/// Opens the certificates of a node, which must be its own.
pub(crate) fn open(home: &NodeHome) -> Result<Arc<Credentials>, TlsError> {
    let credentials = Credentials::open(&home.folder().join(FOLDER))?;
    let (party, own) = (credentials.party(), Party::Node(home.name()));
    if party != own {
        let reason = format!(
            "{}: the certificate is of the {party}, and this is the {own}",
            home.folder().display()
        );
        return Err(TlsError::Certificate(reason));
    }
    Ok(credentials)
}

/// Looks at the files until the node stops.
pub(crate) async fn follow(
    credentials: Arc<Credentials>,
    metrics: Arc<Metrics>,
    mut stopping: watch::Receiver<bool>,
) {
    let (mut reminded, mut ends) = (None::<tokio::time::Instant>, credentials.ends());
    let mut unused = None::<(tokio::time::Instant, String)>;
    loop {
        let stop = stopping.wait_for(|stop| *stop);
        if tokio::time::timeout(LOOK, stop).await.is_ok() {
            return;
        }
        let looking = Arc::clone(&credentials);
        match tokio::task::spawn_blocking(move || looking.refresh()).await {
            Ok(Ok(cut)) => {
                unused = None;
                cut.iter().for_each(|party| {
                    tracing::info!("a connection of the {party} ends: its certificate was replaced, revoked, or has ended");
                });
            }
            Ok(Err(error)) => {
                let (now, error) = (tokio::time::Instant::now(), error.to_string());
                let told = |(at, told): &(_, String)| *told == error && now - *at < AGAIN;
                if !unused.as_ref().is_some_and(told) {
                    tracing::warn!(%error, "the files in tls/ cannot be used: this node goes on with its former certificate and revocation list");
                    unused = Some((now, error));
                }
            }
            Err(_) => return, // the runtime ends
        }
        if credentials.ends() != ends {
            ends = credentials.ends();
            let days = (ends - now()).div_euclid(DAY);
            tracing::info!("this node uses its new certificate, which is valid for {days} days");
        }
        let (begun, left) = (now() - credentials.begins(), credentials.ends() - now());
        let seconds = i32::try_from(left).unwrap_or(i32::MAX);
        metrics.certificate_left.set(seconds.into());
        let revoked = credentials.is_revoked();
        let due = revoked || left < EARLY || begun < 0;
        if due && reminded.is_none_or(|at| at.elapsed() > REMIND) {
            reminded = Some(tokio::time::Instant::now());
            tracing::warn!("{}", reminder(begun, left, revoked));
        }
    }
}

/// What is said of a certificate that is revoked, or began so many seconds ago and ends in so many.
fn reminder(begun: i64, left: i64, revoked: bool) -> String {
    if revoked {
        return "this node's certificate is revoked: nobody who has the list connects. Have a new one issued (sealane certificate request)"
            .to_owned();
    }
    if begun < 0 {
        return format!(
            "this node's certificate is valid only in {} days by this machine's clock: nobody connects. Set the clock right (NTP)",
            begun.unsigned_abs().div_ceil(DAY.unsigned_abs())
        );
    }
    let days = left.div_euclid(DAY);
    match left < 0 {
        true => format!(
            "this node's certificate has ended {} days ago by this machine's clock: nobody connects. Have it renewed, or set the \
             clock right",
            left.unsigned_abs() / DAY.unsigned_abs()
        ),
        false => format!("this node's certificate ends in {days} days: have it renewed"),
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_that_has_ended_does_not_end_soon() {
        assert!(reminder(DAY, DAY, false).contains("ends in 1 days"));
        let early = reminder(-400 * DAY, 800 * DAY, false);
        assert!(
            early.contains("only in 400 days") && early.contains("clock"),
            "{early}"
        );
        let ended = reminder(DAY, -104 * DAY, false);
        assert!(ended.contains("has ended 104 days ago"), "{ended}");
        assert!(ended.contains("clock"), "{ended}");
        assert!(reminder(DAY, DAY, true).contains("is revoked"));
    }
}
