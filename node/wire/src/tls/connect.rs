//! Calling a node.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::codegen::http::Uri;
use tonic::transport::{Channel, Endpoint};
use tower_service::Service;

use super::{Credentials, Session, TlsError};

/// How long a call may take until both sides know each other.
const PATIENCE: Duration = Duration::from_secs(5);

/// Calls the node of one name, each time with the certificates of that time.
#[derive(Debug, Clone)]
pub struct Connector {
    credentials: Arc<Credentials>,
    node: Arc<str>,
}

/// A way to a node, at an address like `https://127.0.0.1:7411`, that is opened when it is first used, and again
/// when it was lost.
///
/// # Errors
/// When the address is none.
pub fn channel(
    address: &str,
    node: &str,
    credentials: &Arc<Credentials>,
    adjust: impl FnOnce(Endpoint) -> Endpoint,
) -> Result<Channel, TlsError> {
    let unfit = |reason: &dyn std::fmt::Display| {
        TlsError::Certificate(format!("{address} is not an address of a node: {reason}"))
    };
    let place = address.strip_prefix("https://");
    let place = place.ok_or_else(|| unfit(&"it does not begin with https://"))?;
    let endpoint = Endpoint::from_shared(format!("http://{place}"));
    let endpoint = endpoint.map_err(|error| unfit(&error))?;
    let connector = Connector {
        credentials: Arc::clone(credentials),
        node: node.into(),
    };
    Ok(adjust(endpoint).connect_with_connector_lazy(connector))
}

async fn connect(connector: Connector, uri: Uri) -> Result<TokioIo<Session>, TlsError> {
    let place = uri.authority().map(ToString::to_string).unwrap_or_default();
    let unreached = |error| TlsError::io(&place, error);
    let stream = TcpStream::connect(&place).await.map_err(unreached)?;
    stream.set_nodelay(true).map_err(unreached)?;
    let session = connector.credentials.connect(stream, &connector.node).await;
    session.map(TokioIo::new)
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Session>;
    type Error = TlsError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TlsError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TlsError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // Files that cannot be used just now leave what was read before.
        if let Err(error) = self.credentials.refresh() {
            tracing::warn!(%error, "the certificates stay as they were");
        }
        let connecting = connect(self.clone(), uri);
        Box::pin(async move {
            let limit = tokio::time::timeout(PATIENCE, connecting).await;
            let late = |_| TlsError::Handshake(io::ErrorKind::TimedOut.into());
            limit.map_err(late)?
        })
    }
}
