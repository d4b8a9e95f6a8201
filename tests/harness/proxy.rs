//! A proxy on loopback between homes and their node that records every byte of both directions as the node sees
//! it: it has the node's certificate for the homes, and a home's for the node.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use sealane_wire::tls::{self, Credentials, Session};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// One direction of one connection.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Whether a client sent it.
    pub from_client: bool,
    /// All bytes, in order.
    pub bytes: Vec<u8>,
}

type Recordings = Arc<Mutex<Vec<Recording>>>;

/// A proxy that runs until the test ends.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    recordings: Recordings,
}

impl Proxy {
    /// Listens on a free port and carries to the node with this home, which listens on `to`, as the member whose home
    /// is `home` would.
    ///
    /// # Panics
    /// When loopback has no free port, or a certificate is missing.
    #[must_use]
    pub fn start(to: u16, node: &Path, home: &Path) -> Self {
        let open = |home: &Path| Credentials::open(&home.join(tls::FOLDER)).expect("certificates");
        let (node, home) = (open(node), open(home));
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0));
        let listener = listener.expect("loopback has a free port");
        let port = listener.local_addr().expect("a listener has an address");
        listener
            .set_nonblocking(true)
            .expect("a socket can be told so");
        let recordings = Recordings::default();
        let all = Arc::clone(&recordings);
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build();
            let runtime = runtime.expect("a runtime for the proxy");
            runtime.block_on(serve(listener, to, node, home, all));
        });
        Self {
            port: port.port(),
            recordings,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything until now.
    ///
    /// # Panics
    /// Never: no thread panics while it holds the lock.
    #[must_use]
    pub fn recordings(&self) -> Vec<Recording> {
        self.recordings.lock().expect("no holder panics").clone()
    }
}

async fn serve(
    listener: std::net::TcpListener,
    to: u16,
    node: Arc<Credentials>,
    home: Arc<Credentials>,
    all: Recordings,
) {
    let listener = TcpListener::from_std(listener).expect("a listener for the runtime");
    let name = node.party();
    while let Ok((client, _)) = listener.accept().await {
        let Ok(client) = node.accept(client).await else {
            continue;
        };
        let Ok(server) = TcpStream::connect(("127.0.0.1", to)).await else {
            continue;
        };
        let Ok(server) = home.connect(server, name.name()).await else {
            continue;
        };
        let (from_client, to_client) = tokio::io::split(client);
        let (from_server, to_server) = tokio::io::split(server);
        tokio::spawn(carry(from_client, to_server, true, Arc::clone(&all)));
        tokio::spawn(carry(from_server, to_client, false, Arc::clone(&all)));
    }
}

async fn carry(
    mut from: ReadHalf<Session>,
    mut to: WriteHalf<Session>,
    from_client: bool,
    all: Recordings,
) {
    let at = {
        let mut all = all.lock().expect("no holder panics");
        all.push(Recording {
            from_client,
            bytes: Vec::new(),
        });
        all.len() - 1
    };
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        all.lock().expect("no holder panics")[at]
            .bytes
            .extend_from_slice(&buffer[..read]);
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}
