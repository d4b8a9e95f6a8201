//! A connection whose other side is known, and which ends when that side does not hold any more.

use std::any::Any;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::TlsStream;
use tokio_util::sync::{CancellationToken, DropGuard, WaitForCancellationFutureOwned};
use tonic::transport::server::Connected;

use super::Party;

/// A connection under TLS.
pub struct Session {
    stream: TlsStream<TcpStream>,
    peer: Party,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    idle: Option<Idle>,
    /// Told once this is dropped.
    _open: DropGuard,
    /// Dropped with this.
    _held: Option<Box<dyn Any + Send + Sync>>,
}

/// How long nothing may arrive, and until when.
struct Idle {
    most: Duration,
    end: Pin<Box<Sleep>>,
}

impl Session {
    /// `cut` ends the connection; `closed` learns of its end.
    pub(super) fn new(
        stream: TlsStream<TcpStream>,
        peer: Party,
        cut: &CancellationToken,
        closed: CancellationToken,
    ) -> Self {
        Self {
            stream,
            peer,
            cut: Box::pin(cut.clone().cancelled_owned()),
            idle: None,
            _open: closed.drop_guard(),
            _held: None,
        }
    }

    /// Keeps something as long as the connection is open: its place among those allowed, say.
    #[must_use]
    pub fn holding(self, held: impl Any + Send + Sync) -> Self {
        let _held = Some(Box::new(held) as Box<dyn Any + Send + Sync>);
        Self { _held, ..self }
    }

    /// Ends the connection when nothing arrives for so long. Must be called on a runtime.
    #[must_use]
    pub fn idle(self, most: Duration) -> Self {
        let end = Box::pin(sleep(most));
        let idle = Some(Idle { most, end });
        Self { idle, ..self }
    }

    /// The other side.
    #[must_use]
    pub fn peer(&self) -> &Party {
        &self.peer
    }
}

impl Connected for Session {
    type ConnectInfo = Party;

    fn connect_info(&self) -> Party {
        self.peer.clone()
    }
}

impl AsyncRead for Session {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Whoever keeps a connection open reads from it: here it is woken.
        if self.cut.as_mut().poll(context).is_ready() {
            let reason = "the other side's certificate does not hold any more";
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::ConnectionAborted,
                reason,
            )));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(idle) = &mut self.idle else {
            return read;
        };
        if read.is_ready() && buffer.filled().len() > before {
            let end = Instant::now() + idle.most;
            idle.end.as_mut().reset(end);
        } else if read.is_pending() && idle.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Session {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
