//! A TCP proxy on loopback that records every byte of both directions.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// One direction of one connection.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// Whether a client sent it.
    pub from_client: bool,
    /// All bytes, in order.
    pub bytes: Vec<u8>,
}

/// A proxy that runs until the test ends.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    recordings: Arc<Mutex<Vec<Recording>>>,
}

impl Proxy {
    /// Listens on a free port and carries to `to` on loopback.
    ///
    /// # Panics
    /// When loopback has no free port.
    #[must_use]
    pub fn start(to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let port = listener
            .local_addr()
            .expect("a listener has an address")
            .port();
        let recordings = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&recordings);
        thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                if let Ok(node) = TcpStream::connect(("127.0.0.1", to)) {
                    carry(&client, &node, true, &all);
                    carry(&node, &client, false, &all);
                }
            }
        });
        Self { port, recordings }
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

fn carry(from: &TcpStream, to: &TcpStream, from_client: bool, all: &Arc<Mutex<Vec<Recording>>>) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    let all = Arc::clone(all);
    let at = {
        let mut all = all.lock().expect("no holder panics");
        all.push(Recording {
            from_client,
            bytes: Vec::new(),
        });
        all.len() - 1
    };
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            all.lock().expect("no holder panics")[at]
                .bytes
                .extend_from_slice(&buffer[..read]);
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
