//! Serving on a listener.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sealane_wire::MAX_MESSAGE;
use sealane_wire::tls::Credentials;
use sealane_wire::v1::node_server::NodeServer;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;
use tower_layer::layer_fn;

use crate::backend::Backend;
use crate::callers::Callers;
use crate::greet::Greeter;
use crate::guard::Guarded;
use crate::limits::Limits;
use crate::service::Service;

/// Streams that a caller has opened and reset before they were looked at, and streams that this side has reset for the caller's
/// errors: beyond, the connection is ended (HTTP/2 rapid reset, CVE-2023-44487 and CVE-2025-8671). CONTINUATION frames
/// without end (CVE-2024-27316) and empty frames (CVE-2019-9518) end a connection by h2's own limits.
const RESETS: usize = 20;
const ERRORS: usize = 256;

/// Why the API ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("the transport: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The API cannot describe itself.
    #[error("the API's description: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves until `shutdown` resolves, then lets requests that run come to their end. Each connection shows a
/// certificate that holds; beside the node's API there are gRPC's health checks (`grpc.health.v1`) and server reflection
/// (`grpc.reflection.v1`, and `grpc.reflection.v1alpha` for clients that know only that).
///
/// # Errors
/// When the transport fails as a whole; a connection's failure is its own.
pub async fn serve<B: Backend>(
    listener: TcpListener,
    credentials: Arc<Credentials>,
    backend: Arc<B>,
    limits: Limits,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let (accepted, sessions) = mpsc::channel(1);
    let callers = Callers::new(limits);
    // whoever is still greeted keeps no node that has stopped
    let counted = Arc::downgrade(&backend);
    let greeter = Greeter::new(
        listener,
        credentials,
        limits,
        Arc::clone(&callers),
        Arc::new(move || {
            if let Some(backend) = counted.upgrade() {
                backend.turned_away();
            }
        }),
        accepted,
    );
    let greeting = tokio::spawn(greeter.run());
    let (health, checks) = tonic_health::server::health_reporter();
    health.set_serving::<NodeServer<Service<B>>>().await;
    let service = NodeServer::new(Service::new(backend, limits))
        .max_decoding_message_size(MAX_MESSAGE)
        .max_encoding_message_size(MAX_MESSAGE);
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(sealane_wire::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let (reflection, earlier) = (described().build_v1()?, described().build_v1alpha()?);
    let stopping = async move {
        shutdown.await;
        greeting.abort();
        health.set_not_serving::<NodeServer<Service<B>>>().await;
    };
    let guard = move |inner| Guarded {
        inner,
        callers: Arc::clone(&callers),
    };
    Server::builder()
        .layer(layer_fn(guard))
        .max_concurrent_streams(limits.streams)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(20)))
        .http2_max_header_list_size(16 << 10)
        .http2_max_pending_accept_reset_streams(Some(RESETS))
        .http2_max_local_error_reset_streams(Some(ERRORS))
        .add_service(service)
        .add_service(checks)
        .add_service(reflection)
        .add_service(earlier)
        .serve_with_incoming_shutdown(ReceiverStream::new(sessions), stopping)
        .await?;
    Ok(())
}
