//! A network in a temporary folder: one node that is started and killed here, and banks' homes.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::command::{DONE, Outcome, Running, program, sealane, start};
use crate::invoice::{Invoice, SELLER_ID};

/// How long a node may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A network of one node.
#[derive(Debug)]
pub struct Network {
    folder: TempDir,
    node_home: PathBuf,
    node: Option<Child>,
    port: u16,
}

impl Network {
    /// Makes a network with this many banks and starts its node.
    #[must_use]
    pub fn start(banks: u8) -> Self {
        Self::start_with(banks, &[])
    }

    /// As [`Network::start`], with more in the node's `node.toml`.
    ///
    /// # Panics
    /// When it cannot be made or started.
    #[must_use]
    pub fn start_configured(banks: u8, more: &str) -> Self {
        let network = Self::made(banks, &[]);
        let path = network.node_home.join("node.toml");
        let text = fs::read_to_string(&path).expect("node.toml can be read");
        fs::write(&path, format!("{text}\n{more}")).expect("node.toml can be written");
        network.begun(banks)
    }

    /// As [`Network::start`], with more words for `sealane network init`.
    ///
    /// # Panics
    /// When it cannot be made or started.
    #[must_use]
    pub fn start_with(banks: u8, more: &[&str]) -> Self {
        Self::made(banks, more).begun(banks)
    }

    fn begun(mut self, banks: u8) -> Self {
        self.start_node();
        for letter in (b'a'..).take(banks.into()).map(char::from) {
            self.bank(letter).knows_the_seller();
        }
        self
    }

    /// Makes a network with this many banks; its node does not run yet.
    ///
    /// # Panics
    /// When `sealane network init` fails.
    #[must_use]
    pub fn make(banks: u8) -> Self {
        Self::made(banks, &[])
    }

    fn made(banks: u8, more: &[&str]) -> Self {
        let folder = TempDir::with_prefix("sealane-test-").expect("a temporary folder");
        let (network, port) = (folder.path().join("net"), free_port());
        let shown = network.display().to_string();
        let (banks, asked) = (banks.to_string(), port.to_string());
        let words = [
            "network", "init", "--dir", &shown, "--banks", &banks, "--port", &asked,
        ];
        let _ = sealane(&[&words[..], more].concat()).expect(DONE);
        let node_home = node_home(&network);
        Self {
            folder,
            node_home,
            node: None,
            port,
        }
    }

    /// The network's folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("net")
    }

    /// A folder for the test's own files.
    #[must_use]
    pub fn desk(&self) -> &Path {
        self.folder.path()
    }

    /// The node's home.
    #[must_use]
    pub fn node_home(&self) -> &Path {
        &self.node_home
    }

    /// The node's port on loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The node's process.
    ///
    /// # Panics
    /// When it does not run.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.node.as_ref().expect("the node runs").id()
    }

    /// A bank's home.
    #[must_use]
    pub fn bank(&self, letter: char) -> Bank {
        let home = self.folder().join(format!("bank-{letter}"));
        assert!(home.is_dir(), "no home {}", home.display());
        Bank {
            home,
            desk: self.desk().to_owned(),
        }
    }

    /// As [`Bank::busy_until`], by the first bank.
    pub fn busy_until(&self, what: &str, so: impl FnMut() -> bool) {
        self.bank('a').busy_until(what, so);
    }

    /// Starts the node and waits until it listens.
    ///
    /// # Panics
    /// When it ends or stays silent.
    pub fn start_node(&mut self) {
        let address = self.node_home.join("address");
        let _ = fs::remove_file(&address);
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log());
        let log = log.expect("the node's log can be written");
        let both = log.try_clone().expect("a file can be shared");
        let child = Command::new(program())
            .arg("node")
            .arg("--home")
            .arg(&self.node_home)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(both)
            .spawn();
        let mut child = child.expect("the node can be started");
        let deadline = Instant::now() + PATIENCE;
        while !fs::read_to_string(&address).is_ok_and(|text| !text.is_empty()) {
            let ended = child.try_wait().expect("a child can be asked");
            let late = Instant::now() > deadline;
            assert!(
                ended.is_none() && !late,
                "the node does not listen ({ended:?}):\n{}",
                self.last_words()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        self.node = Some(child);
    }

    /// Ends the node with SIGKILL.
    ///
    /// # Panics
    /// When it had ended by itself.
    pub fn kill_node(&mut self) {
        let mut child = self.node.take().expect("the node runs");
        let ended = child.try_wait().expect("a child can be asked");
        assert!(
            ended.is_none(),
            "the node had ended by itself ({ended:?}):\n{}",
            self.last_words()
        );
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
    }

    /// Whether the node has ended by itself; it runs no more then.
    ///
    /// # Panics
    /// When it was not started.
    pub fn has_ended(&mut self) -> bool {
        let child = self.node.as_mut().expect("the node was started");
        let ended = child.try_wait().expect("a child can be asked").is_some();
        if ended {
            self.node = None;
        }
        ended
    }

    /// Ends the node with SIGTERM and waits until it has closed its store.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn stop_node(&mut self) {
        let mut child = self.node.take().expect("the node runs");
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(child.id().to_string())
            .status();
        assert!(asked.is_ok_and(|status| status.success()), "kill -TERM");
        let ended = child.wait().expect("a child can be waited for");
        assert!(
            ended.success(),
            "the node ended with {ended}:\n{}",
            self.last_words()
        );
    }

    /// The node's log.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("node.log")
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(mut child) = self.node.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("the node's last words:\n{}", self.last_words());
        }
    }
}

/// A bank's home, and the commands its clerk types.
#[derive(Debug, Clone)]
pub struct Bank {
    /// The home's folder.
    pub home: PathBuf,
    desk: PathBuf,
}

impl Bank {
    /// The bank with this home; its files are written to `desk`.
    #[must_use]
    pub(crate) fn at(home: &Path, desk: &Path) -> Self {
        Self {
            home: home.to_owned(),
            desk: desk.to_owned(),
        }
    }

    fn words<'a>(&'a self, words: &[&'a str]) -> Vec<&'a str> {
        let home = self
            .home
            .to_str()
            .expect("temporary folders have plain names");
        [&["--home", home], words].concat()
    }

    /// Makes the seller of tests' invoices a customer of this bank.
    ///
    /// # Panics
    /// When it cannot be registered.
    #[track_caller]
    pub fn knows_the_seller(&self) {
        self.knows("kettle", SELLER_ID);
    }

    /// Makes a company with this VAT identifier a customer of this bank.
    ///
    /// # Panics
    /// When it cannot be registered.
    #[track_caller]
    pub fn knows(&self, name: &str, vat: &str) {
        let id = format!("vat:{vat}");
        let _ = self
            .run(&["alias", "register", name, "--id", &id, "--shared"])
            .expect(DONE);
    }

    /// Runs `sealane --home HOME` with these words.
    #[must_use]
    pub fn run(&self, words: &[&str]) -> Outcome {
        sealane(&self.words(words))
    }

    /// Starts `sealane --home HOME` with these words and leaves it running.
    #[must_use]
    pub fn begin(&self, words: &[&str]) -> Running {
        start(&self.words(words))
    }

    /// Blocks, until this is so: an idle network makes one a minute. Each customer of this bank brings some.
    ///
    /// # Panics
    /// When it is not so after twenty customers.
    pub fn busy_until(&self, what: &str, mut so: impl FnMut() -> bool) {
        static CUSTOMERS: AtomicU32 = AtomicU32::new(0);
        for _ in 0..20 {
            if so() {
                return;
            }
            let number = CUSTOMERS.fetch_add(1, Ordering::Relaxed);
            let (name, id) = (format!("filler-{number}"), format!("nl-kvk:9{number:07}"));
            let words = ["alias", "register", &name, "--id", &id];
            let _ = self.run(&words).expect(DONE);
        }
        panic!("not {what} after twenty blocks and more");
    }

    /// Blocks, until every change that the members have approved has taken effect.
    ///
    /// # Panics
    /// When one does not.
    pub fn until_in_effect(&self) {
        self.busy_until("in effect", || {
            let listed = self.run(&["proposal", "list"]).expect(DONE);
            let all = listed.data["proposals"].as_array();
            let mut all = all.expect("there is a list").iter();
            all.all(|one| one["stage"] != "approved")
        });
    }

    /// Writes an invoice to a file, as a customer would hand it in.
    ///
    /// # Panics
    /// When the disk refuses.
    #[must_use]
    pub fn file(&self, invoice: &Invoice) -> String {
        let plain: String = invoice
            .number
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect();
        let home = self
            .home
            .file_name()
            .expect("a home has a name")
            .to_string_lossy();
        let path = self
            .desk
            .join(format!("{home}-{plain}-{}.xml", invoice.payable));
        fs::write(&path, invoice.ubl()).expect("a file can be written");
        path.to_str()
            .expect("temporary folders have plain names")
            .to_owned()
    }

    /// Seals an invoice and gives the record's id.
    #[must_use]
    #[track_caller]
    pub fn seal(&self, invoice: &Invoice) -> String {
        let sealed = self.run(&["seal", &self.file(invoice)]).expect(DONE);
        sealed.text("record").to_owned()
    }

    /// Seals and finances an invoice; gives the record's id and what `finance` said.
    #[must_use]
    #[track_caller]
    pub fn seal_and_finance(&self, invoice: &Invoice) -> (String, Outcome) {
        self.knows_the_seller();
        let record = self.seal(invoice);
        let financed = self.run(&["finance", &record]);
        (record, financed)
    }

    /// Makes the home speak to another port on loopback.
    ///
    /// # Panics
    /// When `home.toml` is not as expected.
    pub fn speak_to(&self, port: u16) {
        let path = self.home.join("home.toml");
        let text = fs::read_to_string(&path).expect("home.toml can be read");
        let line = text.lines().find(|line| line.starts_with("node = "));
        let line = line.expect("home.toml names the node");
        let other = format!("node = \"https://127.0.0.1:{port}\"");
        fs::write(&path, text.replace(line, &other)).expect("home.toml can be written");
    }
}

/// A port that nothing listens at just now, and that no later call of this process gives. It lies below those that the system
/// takes for outgoing connections: between the choice and the node's start, one of those could take any other.
///
/// # Panics
/// When loopback has none.
#[must_use]
pub fn free_port() -> u16 {
    const FIRST: u32 = 12_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // tests run as processes side by side: each begins somewhere else
    let begin = std::process::id().wrapping_mul(97) % COUNT;
    let ports = std::iter::repeat_with(|| NEXT.fetch_add(1, Ordering::Relaxed)).take(200);
    let mut ports = ports.map(|next| FIRST + (begin + next) % COUNT);
    let free = ports.find_map(|port| {
        let port = u16::try_from(port).ok()?;
        TcpListener::bind(("127.0.0.1", port)).ok().map(|_| port)
    });
    free.expect("loopback has a free port")
}

/// The home of the network's node: the folder that holds `node.toml`.
fn node_home(network: &Path) -> PathBuf {
    let homes = fs::read_dir(network).expect("the network has a folder");
    let homes = homes.filter_map(Result::ok).map(|entry| entry.path());
    let mut found = homes.filter(|home| home.join("node.toml").is_file());
    found.next().expect("network init makes a node's home")
}
