//! A whole network in a temporary folder: a real node on loopback, in a thread of this process, and two banks' homes.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use sealane_client::flows::Bank;
use sealane_client::home::unlock::Unlock;
use sealane_client::network::{Options, create};
use sealane_node::{Config, InitOptions, NodeHome, init, run};
use sealane_wire::tls::{self, Party};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// A running network. It stops when dropped.
pub struct Network {
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    node: Option<JoinHandle<()>>,
}

impl Network {
    /// Makes a network and waits until its node listens.
    ///
    /// # Panics
    /// When it cannot be made, or its node does not listen within a minute.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("sealane-bench-").expect("a temporary folder");
        let address = free_address();
        let options = Options::local(2, &[format!("https://{address}")], 0, &[]);
        let mut created = create(folder.path(), &options).expect("a new network");
        let validator = created.validators.into_iter().next().expect("one node");
        let options = InitOptions {
            genesis: created.genesis,
            config: Config::new(address),
            signing: validator.signing,
            share: Some(validator.share),
        };
        let home = init(&folder.path().join("node-a"), options).expect("a new node");
        let (node, own) = (Party::Node(home.name()), home.folder().join(tls::FOLDER));
        tls::equip(&own, &node, &mut created.authority, 1).expect("a certificate");
        let listens = home.folder().join("address");
        let (stop, stopped) = oneshot::channel();
        let node = std::thread::spawn(move || serve(home, stopped));
        let begun = Instant::now();
        while !listens.exists() {
            assert!(
                !node.is_finished() && begun.elapsed() < Duration::from_secs(60),
                "the node does not listen"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Self {
            folder,
            stop: Some(stop),
            node: Some(node),
        }
    }

    /// Opens a bank's home.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn bank(&self, name: &str) -> Bank {
        let home: PathBuf = self.folder.path().join(name);
        Bank::open(&home, &Unlock::Environment).expect("the bank's home opens")
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(()); // the node may have ended by itself
        }
        if let Some(node) = self.node.take() {
            let _ = node.join();
        }
    }
}

fn serve(home: NodeHome, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let shutdown = async {
        let _ = stopped.await; // dropped or sent: both mean stop
    };
    let ended = runtime.block_on(run(home, shutdown));
    ended.expect("the node runs until it is stopped");
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a listener has an address")
}
