//! What befalls the nodes of a network: links that stop, processes that stand still, folders of another day.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::consortium::Consortium;
use crate::links::Links;
use crate::network::free_port;

impl Consortium {
    /// Makes a network whose nodes reach one another only over links that can be stopped, and starts it.
    ///
    /// # Panics
    /// When it cannot be made or a node does not start.
    #[must_use]
    pub fn start_linked(banks: u8) -> (Self, Links) {
        Self::start_over(banks, Links::default())
    }

    /// As [`Consortium::start_linked`], over links that keep everything that passes.
    ///
    /// # Panics
    /// As [`Consortium::start_linked`].
    #[must_use]
    pub fn start_recorded(banks: u8) -> (Self, Links) {
        Self::start_over(banks, Links::recorded())
    }

    fn start_over(banks: u8, links: Links) -> (Self, Links) {
        let network = Self::make(banks, 0);
        for at in 0..network.size() {
            lead(&network.node_folder(at).join("node.toml"), at, &links);
        }
        (network.begun(), links)
    }

    /// As many banks, each with a node; none runs yet.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn resting(banks: u8) -> Self {
        Self::make(banks, 0)
    }

    /// Validators that run twice: the same network, with the same keys, at other ports. None of it runs yet.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn twins(&self) -> Self {
        let twins = self.twin(copy);
        let ports: Vec<_> = (0..self.size())
            .map(|_| [free_port(), free_port()])
            .collect();
        for at in 0..twins.size() {
            let path = twins.node_folder(at).join("node.toml");
            change(&path, |config| {
                set(config, "listen", ports[at][0]);
                let consensus = config
                    .get_mut("consensus")
                    .and_then(|one| one.as_table_mut());
                set(consensus.expect("a section"), "listen", ports[at][1]);
            });
            twins.bank(at).speak_to(ports[at][0]);
            of_peers(&path, |to, peer| {
                set(peer, "api", ports[to][0]);
                set(peer, "consensus", ports[to][1]);
            });
        }
        twins
    }

    /// Where a node has its configuration, keys and data.
    #[must_use]
    pub fn node_folder(&self, at: usize) -> PathBuf {
        self.bank(at).home.join("node")
    }

    /// A node's process stands still (SIGSTOP) until it is continued.
    pub fn pause(&self, at: usize) {
        self.signal(at, "-STOP");
    }

    /// A node's process goes on.
    pub fn go_on(&self, at: usize) {
        self.signal(at, "-CONT");
    }

    fn signal(&self, at: usize, signal: &str) {
        let process = self.process(at).to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// Ends a node with SIGTERM, as an operator does who installs another program, and starts it again.
    ///
    /// # Panics
    /// When it does not end well, or does not start.
    pub fn restart_node(&mut self, at: usize) {
        self.signal(at, "-TERM");
        let ended = self.wait_for(at);
        assert!(ended.success(), "node {at} ended with {ended}");
        self.start_node(at);
    }

    /// As [`Consortium::join`], over links to the others.
    ///
    /// # Panics
    /// When it cannot join.
    pub fn join_linked(&mut self, home: &Path, links: &Links) -> usize {
        let at = self.join_resting(home, &[]);
        lead(&self.node_folder(at).join("node.toml"), at, links);
        self.start_node(at);
        at
    }

    /// Copies a node's data and its engine's folder, as a backup would; the node does not run.
    ///
    /// # Panics
    /// When the copy cannot be made.
    #[must_use]
    pub fn backup(&self, at: usize, name: &str) -> PathBuf {
        let to = self.desk().join(name);
        for folder in ["data", "consensus"] {
            copy(&self.node_folder(at).join(folder), &to.join(folder));
        }
        to
    }

    /// Puts a backup in the place of what a node has; the node does not run.
    ///
    /// # Panics
    /// When it cannot be.
    pub fn restore(&self, at: usize, backup: &Path) {
        self.wipe(at);
        for folder in ["data", "consensus"] {
            copy(&backup.join(folder), &self.node_folder(at).join(folder));
        }
    }

    /// All nodes' heights.
    #[must_use]
    pub fn heights(&self) -> Vec<u64> {
        (0..self.size()).map(|at| self.height(at)).collect()
    }

    /// Waits until a node has a height.
    ///
    /// # Panics
    /// When it does not reach it in time.
    #[track_caller]
    pub fn reaches(&self, at: usize, height: u64, patience: Duration) {
        let begun = Instant::now();
        while self.height(at) < height {
            let late = begun.elapsed() > patience;
            assert!(
                !late,
                "node {at} has height {} and does not reach {height}",
                self.height(at)
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A node's log.
    #[must_use]
    pub fn log_of(&self, at: usize) -> String {
        fs::read_to_string(self.bank(at).home.join("node.log")).unwrap_or_default()
    }
}

/// Puts a link before every address of a peer, for consensus and for the API.
fn lead(path: &Path, own: usize, links: &Links) {
    of_peers(path, |to, peer| {
        for what in ["consensus", "api"] {
            let address = peer[what].as_str().and_then(|text| text.parse().ok());
            let address: SocketAddr = address.expect("an address");
            set(peer, what, links.lead(own, to, address.port()));
        }
    });
}

fn change(path: &Path, change: impl FnOnce(&mut toml::Table)) {
    let text = fs::read_to_string(path).expect("a node has a configuration");
    let mut config: toml::Table = text.parse().expect("a configuration is TOML");
    change(&mut config);
    let text = toml::to_string(&config).expect("TOML");
    fs::write(path, text).expect("a configuration can be written");
}

/// Changes each peer of a configuration, given its place among the nodes: `node-c` is the third.
fn of_peers(path: &Path, mut with: impl FnMut(usize, &mut toml::Table)) {
    change(path, |config| {
        let consensus = config.get_mut("consensus");
        let peers = consensus.and_then(|one| one.get_mut("peers"));
        let peers = peers.and_then(|peers| peers.as_array_mut());
        for peer in peers.expect("a node has peers") {
            let peer = peer.as_table_mut().expect("a peer is a table");
            let name = peer["name"].as_str().expect("a peer has a name");
            let letter = name.bytes().last().expect("a name is not empty");
            with(usize::from(letter - b'a'), peer);
        }
    });
}

fn set(table: &mut toml::Table, what: &str, port: u16) {
    table.insert(what.to_owned(), format!("127.0.0.1:{port}").into());
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the desk can be written");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy(&from, &to),
            false => drop(fs::copy(&from, &to).expect("a file can be copied")),
        }
    }
}
