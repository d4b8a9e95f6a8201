//! `sealane network`: a network in a folder.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use sealane_client::chain::{NodeClient, NodeStatus, Seen, Trust};
use sealane_client::home::{read_config, read_genesis};
use sealane_client::network::{self, Options, Protect};
use sealane_node::{Config, InitOptions};
use serde_json::json;

use super::processes;
use crate::args::NetworkCommand;
use crate::outcome::{Failure, Report};

/// The node's home in a network's folder.
const NODE: &str = "node";

/// What a network is to have.
pub struct Plan {
    /// Banks, `bank-a` and on.
    pub banks: u8,
    /// The node's port; 0 for a free one.
    pub port: u16,
    /// Protects each home's keystore; without it, a key file beside it does.
    pub passphrase: Option<String>,
}

/// Runs a `network` command.
pub async fn run(command: NetworkCommand) -> Result<Report, Failure> {
    match command {
        NetworkCommand::Init {
            dir,
            banks,
            port,
            passphrase,
        } => init(&dir, banks, port, passphrase),
        NetworkCommand::Start { dir } => start(&dir).await,
        NetworkCommand::Status { dir } => status(&dir).await,
        NetworkCommand::Stop { dir } => stop(&dir),
    }
}

fn init(dir: &Path, banks: u8, port: u16, passphrase: bool) -> Result<Report, Failure> {
    let passphrase = if passphrase {
        Some(new_passphrase()?)
    } else {
        None
    };
    let protected = passphrase.is_some();
    let plan = Plan {
        banks,
        port,
        passphrase,
    };
    let homes = create(dir, &plan)?;
    let names: Vec<String> = homes
        .iter()
        .map(|home| home.display().to_string())
        .collect();
    let keys = if protected {
        "Keystores are protected by the passphrase."
    } else {
        "Each home's keystore is opened by the key file in it: guard both."
    };
    let text = format!(
        "A network with one node and {banks} banks is in {}.\n  {}\n{keys}\nNext: sealane network start --dir {}",
        dir.display(),
        names.join("\n  "),
        dir.display()
    );
    Ok(Report {
        text,
        data: json!({"ok": true, "dir": dir.display().to_string(), "homes": names}),
    })
}

/// A passphrase from the environment, or asked for twice.
fn new_passphrase() -> Result<String, Failure> {
    if let Ok(passphrase) = std::env::var("SEALANE_PASSPHRASE") {
        return Ok(passphrase);
    }
    let ask = |prompt| {
        rpassword::prompt_password(prompt).map_err(|error| {
            Failure::invalid(format!(
                "no passphrase: {error}. Set SEALANE_PASSPHRASE where no terminal is."
            ))
        })
    };
    let first = ask("A passphrase for the homes: ")?;
    if first != ask("The same again: ")? {
        return Err(Failure::invalid(
            "the two passphrases differ; nothing was made",
        ));
    }
    Ok(first)
}

/// Makes a network: a node's home and the banks', whose paths it gives.
pub fn create(dir: &Path, plan: &Plan) -> Result<Vec<PathBuf>, Failure> {
    let empty = std::fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
    if !empty {
        return Err(Failure::invalid(format!(
            "{}: is not empty. Name a folder that does not exist yet.",
            dir.display()
        )));
    }
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port(plan.port)?));
    let mut options = Options::local(plan.banks, &format!("http://{listen}"));
    if let Some(passphrase) = &plan.passphrase {
        options.protect = Protect::Passphrase(passphrase.clone());
    }
    let created = network::create(dir, &options).map_err(Failure::cannot)?;
    let options = InitOptions {
        genesis: created.genesis,
        config: Config::new(listen),
        signing: created.signing,
        share: created.share,
    };
    sealane_node::init(&dir.join(NODE), options).map_err(Failure::cannot)?;
    Ok(created.homes)
}

/// The port asked for, or one that is free now.
fn free_port(wanted: u16) -> Result<u16, Failure> {
    let bound =
        TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).and_then(|listener| listener.local_addr());
    let bound = bound.map_err(|error| {
        Failure::cannot(format!(
            "port {wanted} on loopback cannot be used: {error}. Choose another with --port."
        ))
    })?;
    Ok(bound.port())
}

async fn start(dir: &Path) -> Result<Report, Failure> {
    let home = node_home(dir)?;
    let address = processes::start(&home)?;
    let pid = processes::running(&home).map(|pid| pid.as_raw_nonzero().get());
    let text = format!(
        "The node listens at {address} (process {}, log {}).",
        pid.unwrap_or(0),
        home.join("node.log").display()
    );
    Ok(Report {
        text,
        data: json!({"ok": true, "nodes": [{"name": NODE, "address": address, "pid": pid}]}),
    })
}

fn stop(dir: &Path) -> Result<Report, Failure> {
    let stopped = processes::stop(&node_home(dir)?)?;
    let text = if stopped {
        "The node has stopped."
    } else {
        "The node was not running."
    };
    Ok(Report {
        text: text.to_owned(),
        data: json!({"ok": true, "stopped": stopped}),
    })
}

async fn status(dir: &Path) -> Result<Report, Failure> {
    let home = node_home(dir)?;
    let Some(pid) = processes::running(&home) else {
        return Err(Failure::cannot(format!(
            "{}: its node does not run. Start it: sealane network start --dir {}",
            home.display(),
            dir.display()
        )));
    };
    let status = ask(dir).await?;
    let text = format!(
        "{}  height {}  {} transactions wait  last block {} ms ago  process {}\nnetwork {}  chain {}",
        status.validator,
        status.height,
        status.waiting,
        status.lag_ms,
        pid.as_raw_nonzero(),
        status.chain_name,
        status.chain
    );
    let node = json!({
        "name": status.validator, "height": status.height, "peers": status.peers, "validators": status.validators, "lag": status.lag_ms,
        "pid": pid.as_raw_nonzero().get(), "waiting": status.waiting, "version": status.version, "block": status.block,
    });
    Ok(Report {
        text,
        data: json!({"ok": true, "chain": status.chain, "chain_name": status.chain_name, "test_keys": status.test_keys, "nodes": [node]}),
    })
}

/// What the node says of itself, asked through the first bank's configuration.
async fn ask(dir: &Path) -> Result<NodeStatus, Failure> {
    let bank = dir.join("bank-a");
    let config = read_config(&bank).map_err(Failure::invalid)?;
    let genesis = read_genesis(&bank).map_err(Failure::invalid)?;
    let seen = Seen::open(&bank).map_err(Failure::cannot)?;
    let node = NodeClient::new(&config.node, Trust::in_genesis(&genesis), seen)
        .map_err(Failure::cannot)?;
    node.status().await.map_err(Failure::cannot)
}

fn node_home(dir: &Path) -> Result<PathBuf, Failure> {
    let home = dir.join(NODE);
    if !home.is_dir() {
        return Err(Failure::invalid(format!(
            "{}: no network is here. Make one: sealane network init --dir {}",
            dir.display(),
            dir.display()
        )));
    }
    // an absolute path, so that the process can be told by its command line from wherever it is asked for
    home.canonicalize()
        .map_err(|error| Failure::cannot(format!("{}: {error}", home.display())))
}
