//! A network of several nodes, each a process that is started and killed here, and their banks' homes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sealane_types::receipt::{Done, Outcome};
use sealane_types::transaction::Payload;
use sealane_wire::v1::GetStatusResponse;
use tempfile::TempDir;

use crate::blocks::Blocks;
use crate::command::{DONE, program, sealane};
use crate::network::Bank;

/// How long a node may take to listen, or to catch up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A network in which each bank has its own node.
#[derive(Debug)]
pub struct Consortium {
    folder: TempDir,
    nodes: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    name: String,
    home: PathBuf,
    process: Option<Child>,
}

/// Has an authority issue the certificate that a request asks for.
///
/// # Panics
/// When it does not.
pub fn issue(authority: &str, asked: &str, issued: &str) {
    let words = [
        "certificate",
        "issue",
        "--authority",
        authority,
        asked,
        "--out",
        issued,
    ];
    let _ = sealane(&words).expect(DONE);
}

impl Consortium {
    /// Makes a network of so many banks, each with its node, and starts all nodes.
    ///
    /// # Panics
    /// When it cannot be made or a node does not start.
    #[must_use]
    pub fn start(banks: u8) -> Self {
        Self::start_with(banks, 0)
    }

    /// As [`Consortium::start`], with regulators whose observing nodes come after the banks'.
    ///
    /// # Panics
    /// As [`Consortium::start`].
    #[must_use]
    pub fn start_with(banks: u8, regulators: u8) -> Self {
        Self::make(banks, regulators).begun()
    }

    /// Makes a network whose nodes do not run yet.
    pub fn make(banks: u8, regulators: u8) -> Self {
        let folder = TempDir::with_prefix("sealane-test-").expect("a temporary folder");
        let network = folder.path().join("net");
        let shown = network.display().to_string();
        let (of_banks, of_regulators) = (banks.to_string(), regulators.to_string());
        let words = [
            "network",
            "init",
            "--dir",
            &shown,
            "--banks",
            &of_banks,
            "--regulators",
            &of_regulators,
            "--nodes",
            "each",
        ];
        let _ = sealane(&words).expect(DONE);
        let named = |what: &'static str, count: u8| {
            let letters = (b'a'..).take(count.into()).map(char::from);
            letters.map(move |letter| format!("{what}-{letter}"))
        };
        let names = named("bank", banks).chain(named("regulator", regulators));
        let member = |name: String| Member {
            home: network.join(&name),
            name,
            process: None,
        };
        let nodes = names.map(member).collect();
        Self { folder, nodes }
    }

    /// Waits until so many holders have confirmed a share of the fingerprint key: all of the first round.
    ///
    /// # Panics
    /// When they do not.
    pub fn wait_for_key(&self, confirmations: usize) {
        let deadline = Instant::now() + 2 * PATIENCE; // silent dealers are waited for 40 s
        loop {
            let blocks = self.blocks(0);
            let confirmed = blocks.receipts.iter().filter(|(payload, receipt)| {
                let done = matches!(receipt.outcome, Outcome::Done(Done::Confirmed { .. }));
                done && matches!(payload, Payload::Confirm(_))
            });
            if confirmed.count() >= confirmations {
                return;
            }
            assert!(Instant::now() < deadline, "no fingerprint key");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The same network once more, in another folder and at other ports, with the same keys: its nodes are twins of this
    /// one's. None runs yet.
    pub(crate) fn twin(&self, make: impl FnOnce(&Path, &Path)) -> Self {
        let folder = TempDir::with_prefix("sealane-test-").expect("a temporary folder");
        let network = folder.path().join("net");
        make(&self.network(), &network);
        let twin = |node: &Member| Member {
            name: node.name.clone(),
            home: network.join(&node.name),
            process: None,
        };
        let nodes = self.nodes.iter().map(twin).collect();
        Self { folder, nodes }
    }

    /// The network with all nodes running, the banks' customers registered, and all of it at every node.
    ///
    /// # Panics
    /// When a node does not start.
    #[must_use]
    pub fn begun(mut self) -> Self {
        (0..self.size()).for_each(|at| self.start_node(at));
        let deadline = Instant::now() + PATIENCE;
        while (0..self.size()).any(|at| self.height(at) == 0) {
            assert!(Instant::now() < deadline, "no first block");
            std::thread::sleep(Duration::from_millis(100));
        }
        let banks = self
            .nodes
            .iter()
            .filter(|node| node.name.starts_with("bank-"));
        self.wait_for_key(banks.count());
        let is_bank = |at: &usize| self.nodes[*at].name.starts_with("bank-");
        for at in (0..self.size()).filter(is_bank) {
            self.bank(at).knows_the_seller();
        }
        self.wait_until_all_level();
        self
    }

    /// How many nodes it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.nodes.len()
    }

    /// A member's name.
    #[must_use]
    pub fn name(&self, at: usize) -> String {
        self.nodes[at].name.clone()
    }

    /// A bank's home.
    #[must_use]
    pub fn bank(&self, at: usize) -> Bank {
        Bank::at(&self.nodes[at].home, self.folder.path())
    }

    /// A folder for files of the test's own.
    #[must_use]
    pub fn desk(&self) -> &Path {
        self.folder.path()
    }

    /// Gives a home in the network's folder a node of its own, which is started; its place among the nodes.
    ///
    /// # Panics
    /// When it cannot be.
    pub fn join(&mut self, home: &Path) -> usize {
        self.join_with(home, &[])
    }

    /// As [`Consortium::join`], with more words for `network join`.
    ///
    /// # Panics
    /// As [`Consortium::join`].
    pub fn join_with(&mut self, home: &Path, more: &[&str]) -> usize {
        let at = self.join_resting(home, more);
        self.start_node(at);
        at
    }

    /// As [`Consortium::join_with`]; the node does not run yet.
    pub(crate) fn join_resting(&mut self, home: &Path, more: &[&str]) -> usize {
        let dir = home.parent().expect("a home is in the network's folder");
        let (dir, shown) = (dir.display().to_string(), home.display().to_string());
        let words = ["network", "join", "--dir", &dir, "--home", &shown];
        let _ = sealane(&[&words, more].concat()).expect(DONE);
        let name = home.file_name().expect("a home has a name");
        self.nodes.push(Member {
            name: name.to_string_lossy().into_owned(),
            home: home.to_path_buf(),
            process: None,
        });
        self.nodes.len() - 1
    }

    /// The network's folder.
    #[must_use]
    pub fn network(&self) -> PathBuf {
        self.folder.path().join("net")
    }

    /// A home that is not one of the network's own.
    #[must_use]
    pub fn guest(&self, home: &Path) -> Bank {
        Bank::at(home, self.folder.path())
    }

    /// The network's authority issues what a home asks for in this file, and the home takes it.
    ///
    /// # Panics
    /// When it cannot be.
    pub fn let_in(&self, home: &Bank, request: &Path) {
        let authority = self.network().join("authority").display().to_string();
        let (asked, issued) = (request.display().to_string(), request.with_extension("pem"));
        let issued = issued.display().to_string();
        issue(&authority, &asked, &issued);
        let _ = home.run(&["certificate", "install", &issued]).expect(DONE);
    }

    /// Starts a node that does not run, and waits until it listens.
    ///
    /// # Panics
    /// When it ends or stays silent.
    pub fn start_node(&mut self, at: usize) {
        if let Err(words) = self.try_start(at) {
            panic!("the node does not listen:\n{words}");
        }
    }

    /// As [`Consortium::start_node`], with another program: one that takes a home as `sealane node` does.
    ///
    /// # Panics
    /// When it ends or stays silent.
    pub fn start_as(&mut self, at: usize, program: &mut Command) {
        if let Err(words) = self.nodes[at].begin(program) {
            panic!("the node does not listen:\n{words}");
        }
    }

    /// Starts a node that may refuse to start.
    ///
    /// # Errors
    /// Its last words, when it ends or stays silent.
    pub fn try_start(&mut self, at: usize) -> Result<(), String> {
        self.nodes[at].begin(Command::new(program()).arg("node"))
    }

    /// Ends a node with SIGKILL.
    ///
    /// # Panics
    /// When it had ended by itself.
    pub fn kill_node(&mut self, at: usize) {
        let node = &mut self.nodes[at];
        let mut child = node.process.take().expect("the node runs");
        let ended = child.try_wait().expect("a child can be asked");
        assert!(
            ended.is_none(),
            "the node had ended by itself ({ended:?}):\n{}",
            node.last_words()
        );
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
    }

    /// Ends all nodes with SIGKILL, one right after the other.
    pub fn kill_all(&mut self) {
        (0..self.size()).for_each(|at| self.kill_node(at));
    }

    /// Makes a node that does not run forget the chain: its data and the engine's folder are removed.
    ///
    /// # Panics
    /// When they cannot be.
    pub fn wipe(&self, at: usize) {
        let node = self.nodes[at].home.join("node");
        for folder in ["data", "consensus"] {
            fs::remove_dir_all(node.join(folder)).expect("a node's folders can be removed");
        }
    }

    /// Until a node has what the first one has.
    ///
    /// # Panics
    /// When it does not follow.
    pub fn wait_until_level(&self, at: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.height(at) < self.height(0) {
            assert!(Instant::now() < deadline, "node {at} does not follow");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// What the node holds of the chain.
    #[must_use]
    pub fn blocks(&self, at: usize) -> Blocks {
        Blocks::read(&self.nodes[at].home)
    }

    /// How many blocks the node has.
    #[must_use]
    pub fn height(&self, at: usize) -> u64 {
        Blocks::height(&self.nodes[at].home)
    }

    /// What the node says of itself.
    #[must_use]
    pub fn status(&self, at: usize) -> GetStatusResponse {
        Blocks::status(&self.nodes[at].home)
    }

    /// What a node has said since it was made.
    ///
    /// # Panics
    /// When it has no log.
    #[must_use]
    pub fn log(&self, at: usize) -> String {
        fs::read_to_string(self.nodes[at].log()).expect("a node has a log")
    }

    /// The process of a node that runs.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn process(&self, at: usize) -> u32 {
        let process = self.nodes[at].process.as_ref();
        process.expect("the node runs").id()
    }

    /// Waits for the end of a node that was told to end.
    pub(crate) fn wait_for(&mut self, at: usize) -> std::process::ExitStatus {
        let child = self.nodes[at].process.take();
        let mut child = child.expect("the node runs");
        child.wait().expect("a child can be waited for")
    }

    /// Whether a node that was started has ended by itself; it runs no more then.
    ///
    /// # Panics
    /// When it was not started.
    pub fn has_ended(&mut self, at: usize) -> bool {
        let node = &mut self.nodes[at];
        let child = node.process.as_mut().expect("the node was started");
        let ended = child.try_wait().expect("a child can be asked").is_some();
        if ended {
            node.process = None;
        }
        ended
    }

    /// Whether a node does not run: it was not started, or has ended by itself.
    pub fn is_over(&mut self, at: usize) -> bool {
        self.nodes[at].process.is_none() || self.has_ended(at)
    }

    /// Until each node has what any of them had.
    fn wait_until_all_level(&self) {
        let heights = || (0..self.size()).map(|at| self.height(at));
        let goal = heights().max().expect("there are nodes");
        let deadline = Instant::now() + PATIENCE;
        while heights().any(|height| height < goal) {
            let heights: Vec<_> = heights().collect();
            assert!(
                Instant::now() < deadline,
                "not caught up to {goal}: {heights:?}"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// What every node holds once each of them has what any of them had.
    ///
    /// # Panics
    /// When one does not catch up, or two of them have different blocks at one height.
    #[must_use]
    pub fn agreed(&self) -> Vec<Blocks> {
        self.wait_until_all_level();
        let all: Vec<Blocks> = (0..self.size()).map(|at| self.blocks(at)).collect();
        for (at, other) in all.iter().enumerate() {
            other.check();
            let pairs = all[0].blocks.iter().zip(&other.blocks);
            for (one, two) in pairs {
                let height = one.header.height;
                assert_eq!(one, two, "nodes 0 and {at} differ at height {height}");
            }
        }
        all
    }
}

impl Member {
    fn begin(&mut self, program: &mut Command) -> Result<(), String> {
        let address = self.home.join("node").join("address");
        let _ = fs::remove_file(&address);
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log());
        let log = log.expect("the node's log can be written");
        let both = log.try_clone().expect("a file can be shared");
        let child = program
            .arg("--home")
            .arg(&self.home)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(both)
            .spawn();
        let mut child = child.expect("the node can be started");
        let deadline = Instant::now() + PATIENCE;
        while !fs::read_to_string(&address).is_ok_and(|text| !text.is_empty()) {
            let ended = child.try_wait().expect("a child can be asked");
            if ended.is_some() || Instant::now() > deadline {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("({ended:?})\n{}", self.last_words()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.process = Some(child);
        Ok(())
    }

    fn log(&self) -> PathBuf {
        Path::new(&self.home).join("node.log")
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Consortium {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            if let Some(mut child) = node.process.take() {
                let _ = child.kill();
                let _ = child.wait();
            }
            if std::thread::panicking() {
                eprintln!(
                    "the last words of node {}:\n{}",
                    node.name,
                    node.last_words()
                );
            }
        }
    }
}
