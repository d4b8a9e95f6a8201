//! Connections, from their first byte until both sides know each other.
//!
//! ```text
//! accepted ──first byte──▶ TLS ──certificate──▶ open
//!   by address               by address          by caller
//! ```
//!
//! Nobody waits for another's turn: whoever has shown no certificate yet has a place that a newer one takes, where one
//! address has too many or all have. A caller with a certificate needs it for milliseconds, and one that is silent is never in
//! its way, as both have places of their own.

use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use sealane_wire::tls::{Credentials, Party, Session, TlsError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::callers::Callers;
use crate::limits::Limits;
use crate::meter::Metered;
use crate::places::{Full, Place, Places};
use crate::refusals::Refusals;

/// The pause after the system refused a connection: it has no descriptor left, say.
const PAUSE: Duration = Duration::from_millis(100);
/// How often the log tells who was not let in, and how long the first ones are gathered.
const TOLD: Duration = Duration::from_secs(60);
const GATHERED: Duration = Duration::from_secs(5);

/// Greets callers, each apart from the others, and hands their connections on.
pub(crate) struct Greeter {
    listener: TcpListener,
    credentials: Arc<Credentials>,
    limits: Limits,
    /// Those that have sent nothing yet.
    silent: Arc<Places<IpAddr>>,
    /// Those that are showing a certificate.
    speaking: Arc<Places<IpAddr>>,
    open: Arc<Places<Party>>,
    refused: Arc<Refusals>,
    /// Told of each that was not let in.
    count: Arc<dyn Fn() + Send + Sync>,
    callers: Arc<Callers>,
    accepted: mpsc::Sender<io::Result<Metered>>,
}

impl Greeter {
    pub(crate) fn new(
        listener: TcpListener,
        credentials: Arc<Credentials>,
        limits: Limits,
        callers: Arc<Callers>,
        count: Arc<dyn Fn() + Send + Sync>,
        accepted: mpsc::Sender<io::Result<Metered>>,
    ) -> Self {
        Self {
            silent: Places::new(limits.unidentified, limits.unidentified_each),
            speaking: Places::new(limits.unidentified, limits.unidentified_each),
            open: Places::new(limits.connections, limits.connections_each),
            refused: Arc::default(),
            listener,
            credentials,
            limits,
            callers,
            count,
            accepted,
        }
    }

    /// Greets until nobody takes connections any more.
    pub(crate) async fn run(self) {
        let mut next = Instant::now() + GATHERED;
        while !self.accepted.is_closed() {
            tokio::select! {
                biased;
                () = sleep_until(next) => {
                    let told = self.refused.told();
                    let pause = if told.is_some() { TOLD } else { GATHERED };
                    next = Instant::now() + pause;
                    if let Some(told) = told {
                        tracing::warn!("{told}");
                    }
                }
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, from)) => self.admit(stream, network(from.ip())),
                    Err(error) => {
                        tracing::warn!(%error, "a connection was not made");
                        tokio::time::sleep(PAUSE).await;
                    }
                },
            }
        }
    }

    fn admit(&self, stream: TcpStream, from: IpAddr) {
        let greeting = Greeting {
            place: self.silent.push(from),
            speaking: Arc::clone(&self.speaking),
            open: Arc::clone(&self.open),
            credentials: Arc::clone(&self.credentials),
            from,
        };
        let (accepted, refused) = (self.accepted.clone(), Arc::clone(&self.refused));
        let (callers, count) = (Arc::clone(&self.callers), Arc::clone(&self.count));
        let (patience, idle) = (self.limits.handshake, self.limits.idle);
        tokio::spawn(async move {
            let greeted = timeout(patience, greeting.run(stream)).await;
            let late = |_| Err(TlsError::Handshake(io::ErrorKind::TimedOut.into()));
            match greeted.unwrap_or_else(late) {
                Ok(session) => {
                    let caller = Some(session.peer().clone());
                    let account = callers.account(caller, Instant::now().into_std());
                    let metered = Metered::new(session.idle(idle), account);
                    // an error means that the API stops
                    drop(accepted.send(Ok(metered)).await);
                }
                Err(error) => {
                    refused.note(from, &error.to_string());
                    count();
                    tracing::debug!(%from, %error, "a caller is not let in");
                }
            }
        });
    }
}

/// Whom an address belongs to: of IPv6, who has one address has 2^64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let bits = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(bits))
        }
        plain => plain,
    }
}

/// One connection that has shown no certificate yet.
struct Greeting {
    place: Place<IpAddr>,
    speaking: Arc<Places<IpAddr>>,
    open: Arc<Places<Party>>,
    credentials: Arc<Credentials>,
    from: IpAddr,
}

fn in_the_way() -> TlsError {
    let reason = "it was silent, or slow, while many others came";
    TlsError::Handshake(io::Error::new(io::ErrorKind::ConnectionAborted, reason))
}

/// A connection whose place among the silent ones was taken away, if it has spoken meanwhile: where many come at once,
/// what it said has arrived before anybody looked.
fn spoken(stream: TcpStream) -> Result<TcpStream, TlsError> {
    let stream = stream.into_std().map_err(TlsError::Handshake)?;
    match stream.peek(&mut [0]) {
        Ok(1..) => TcpStream::from_std(stream).map_err(TlsError::Handshake),
        _ => Err(in_the_way()),
    }
}

impl Greeting {
    async fn run(mut self, mut stream: TcpStream) -> Result<Session, TlsError> {
        stream.set_nodelay(true).map_err(TlsError::Handshake)?;
        let mut first = [0];
        tokio::select! {
            biased;
            spoke = stream.peek(&mut first) => drop(spoke.map_err(TlsError::Handshake)?),
            () = self.place.taken_away() => stream = spoken(stream)?,
        }
        self.place = self.speaking.push(self.from);
        let session = tokio::select! {
            session = self.credentials.accept(stream) => session?,
            () = self.place.taken_away() => return Err(in_the_way()),
        };
        let place = self.open.take(session.peer().clone());
        let place = place.map_err(|full| {
            let reason = match full {
                Full::Own => "its caller has as many connections as one may have",
                Full::All => "this node has as many connections as it takes",
            };
            TlsError::Handshake(io::Error::other(reason))
        })?;
        Ok(session.holding(place))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// Both have lost their place before anybody looked at them.
    #[tokio::test]
    async fn what_was_said_before_its_place_was_taken_away_counts() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let connect = async || {
            let caller = TcpStream::connect(address).await.expect("it listens");
            (caller, listener.accept().await.expect("a caller").0)
        };
        let ((_silent, nothing), (mut speaks, said)) = (connect().await, connect().await);
        speaks.write_all(&[22]).await.expect("open");
        assert!(spoken(nothing).is_err());
        let said = spoken(said).expect("a byte has arrived");
        assert_eq!(said.peek(&mut [0]).await.expect("it is there still"), 1);
    }
}
