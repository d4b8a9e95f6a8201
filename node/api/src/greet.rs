//! Connections, from their first byte until both sides know each other.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sealane_wire::tls::{Credentials, Session, TlsError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;

/// How long a caller may take to show who it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pause after the system refused a connection: it has no descriptor left, say.
const PAUSE: Duration = Duration::from_millis(100);

/// Greets callers, each apart from the others, and hands their connections on.
pub(crate) struct Greeter {
    pub(crate) listener: TcpListener,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) accepted: mpsc::Sender<io::Result<Session>>,
}

impl Greeter {
    /// Greets until nobody takes connections any more.
    pub(crate) async fn run(self) {
        // closed only with the semaphore, which lives as long as this
        while let Ok(permit) = Arc::clone(&self.connections).acquire_owned().await {
            match self.listener.accept().await {
                Ok((stream, from)) => {
                    let greeting = greet(Arc::clone(&self.credentials), stream, permit);
                    let accepted = self.accepted.clone();
                    tokio::spawn(async move {
                        match greeting.await {
                            // an error means that the API stops
                            Ok(session) => drop(accepted.send(Ok(session)).await),
                            Err(error) => tracing::warn!(%from, %error, "a caller is not let in"),
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not made");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            if self.accepted.is_closed() {
                return;
            }
        }
    }
}

async fn greet(
    credentials: Arc<Credentials>,
    stream: TcpStream,
    permit: OwnedSemaphorePermit,
) -> Result<Session, TlsError> {
    stream.set_nodelay(true).map_err(TlsError::Handshake)?;
    let late = |_| TlsError::Handshake(io::ErrorKind::TimedOut.into());
    let session = timeout(PATIENCE, credentials.accept(stream)).await;
    Ok(session.map_err(late)??.holding(permit))
}
