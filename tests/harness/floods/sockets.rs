//! Strangers: sockets without a certificate.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::target::Target;
use super::{Tally, side_by_side};

/// Sockets that stay open.
const SOCKETS: usize = 2000;

/// Sockets that say nothing; those that the node drops are replaced.
pub(super) async fn silent(target: &Target, tally: &Tally) {
    let mut open: Vec<TcpStream> = Vec::new();
    while tally.goes_on() {
        let before = open.len();
        open.retain(|socket| {
            let read = socket.try_read(&mut [0]);
            read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
        });
        for _ in open.len()..before {
            tally.refused("dropped", "the node dropped a silent socket");
        }
        while open.len() < SOCKETS && tally.goes_on() {
            let socket = timeout(
                Duration::from_millis(200),
                TcpStream::connect(target.address),
            );
            let Ok(Ok(socket)) = socket.await else { break };
            open.push(socket);
            tally.made(1);
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// What is no beginning of TLS: bytes of all kinds, plain HTTP/2, and a record that is announced and does not come.
const NO_TLS: [&[u8]; 4] = [
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    &[0xff; 4096],
    &[22, 3, 3, 0x40, 0, 1, 0, 0x3f, 0xfc],
    b"GET / HTTP/1.1\r\nHost: node\r\n\r\n",
];

/// Sixteen at a time that send garbage before TLS.
pub(super) async fn garbage(target: Arc<Target>, tally: Arc<Tally>) {
    let task = |number: usize| {
        let (target, tally) = (Arc::clone(&target), Arc::clone(&tally));
        async move {
            let mut turn = number;
            while tally.goes_on() {
                turn += 1;
                send_garbage(&target, &tally, NO_TLS[turn % NO_TLS.len()]).await;
            }
        }
    };
    side_by_side(16, task).await;
}

async fn send_garbage(target: &Target, tally: &Tally, bytes: &[u8]) {
    let Ok(mut socket) = TcpStream::connect(target.address).await else {
        return sleep(Duration::from_millis(20)).await;
    };
    tally.made(1);
    let said = async {
        socket.write_all(bytes).await?;
        let mut answer = [0; 64];
        while socket.read(&mut answer).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    // the announced record is waited for, as long as the node waits for a certificate: it is given up here
    if timeout(Duration::from_millis(500), said).await.is_ok() {
        tally.refused("dropped", "the node ended the connection");
    }
}
