//! Serving on a listener.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sealane_wire::MAX_MESSAGE;
use sealane_wire::v1::node_server::NodeServer;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use crate::backend::Backend;
use crate::service::Service;

/// What the API allows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests that are worked on.
    pub requests: usize,
    /// Submissions that wait for their receipt.
    pub waits: usize,
    /// Streams of one connection.
    pub streams: u32,
    /// Time for a request, waiting aside.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 256,
            waits: 4096,
            streams: 256,
            time: Duration::from_secs(10),
        }
    }
}

/// Serves until `shutdown` resolves, then lets requests that run come to their end.
///
/// # Errors
/// When the transport fails as a whole; a connection's failure is its own.
pub async fn serve<B: Backend>(
    listener: TcpListener,
    backend: Arc<B>,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), tonic::transport::Error> {
    let service = NodeServer::new(Service::new(backend, limits))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    Server::builder()
        .tcp_nodelay(true)
        .max_concurrent_streams(limits.streams)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(20)))
        .http2_max_header_list_size(16 << 10)
        .add_service(service)
        .serve_with_incoming_shutdown(TcpListenerStream::new(listener), shutdown)
        .await
}
