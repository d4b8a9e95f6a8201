//! Serving on a listener.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sealane_wire::MAX_MESSAGE;
use sealane_wire::tls::Credentials;
use sealane_wire::v1::node_server::NodeServer;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;

use crate::backend::Backend;
use crate::greet::Greeter;
use crate::service::Service;

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

/// What the API allows at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections; who calls beyond that waits.
    pub connections: usize,
    /// Requests that are worked on.
    pub requests: usize,
    /// Submissions that wait for their receipt.
    pub waits: usize,
    /// Streams of one connection.
    pub streams: u32,
    /// Streams of blocks, in all.
    pub follows: usize,
    /// Streams of blocks of one caller.
    pub follows_each: usize,
    /// How long a stream of blocks waits for its reader.
    pub patience: Duration,
    /// Time for a request, waiting aside.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            requests: 256,
            waits: 4096,
            streams: 256,
            follows: 64,
            follows_each: 8,
            patience: Duration::from_secs(60),
            time: Duration::from_secs(10),
        }
    }
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
    let greeter = Greeter {
        listener,
        credentials,
        connections: Arc::new(Semaphore::new(limits.connections)),
        accepted,
    };
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
    Server::builder()
        .max_concurrent_streams(limits.streams)
        .initial_stream_window_size(1 << 20)
        .initial_connection_window_size(4 << 20)
        .http2_keepalive_interval(Some(Duration::from_secs(30)))
        .http2_keepalive_timeout(Some(Duration::from_secs(20)))
        .http2_max_header_list_size(16 << 10)
        .add_service(service)
        .add_service(checks)
        .add_service(reflection)
        .add_service(earlier)
        .serve_with_incoming_shutdown(ReceiverStream::new(sessions), stopping)
        .await?;
    Ok(())
}
