//! A connection whose bytes are counted for its caller, and which is read later when they are too many: frames of HTTP/2 cost
//! time also where no call comes of them (floods of settings, pings, resets: CVE-2019-9512, 9515, CVE-2023-44487).

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use sealane_wire::tls::{Party, Session};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};
use tonic::transport::server::Connected;

use crate::callers::Account;

/// What a new connection counts as, in bytes: both sides have shown certificates for it.
const CONNECTION: usize = 16 << 10;
/// The longest pause until it is looked again whether the caller still owes: a call may have taken what was read.
const LOOK: Duration = Duration::from_millis(50);

/// The connection.
pub(crate) struct Metered {
    session: Session,
    account: Arc<Account>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Metered {
    pub(crate) fn new(session: Session, account: Arc<Account>) -> Self {
        account.charge_frames(CONNECTION, Instant::now());
        Self {
            session,
            account,
            pause: None,
        }
    }
}

impl Connected for Metered {
    type ConnectInfo = Party;

    fn connect_info(&self) -> Party {
        self.session.connect_info()
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while let Some(wait) = self.account.pause(Instant::now()) {
            let pause = self
                .pause
                .get_or_insert_with(|| Box::pin(sleep(wait.min(LOOK))));
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        self.pause = None;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.session).poll_read(context, buffer);
        let count = buffer.filled().len() - before;
        if count > 0 {
            self.account.charge_frames(count, Instant::now());
        }
        read
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.session).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.session).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.session).poll_shutdown(context)
    }
}
