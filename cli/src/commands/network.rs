//! `sealane network`: a network in a folder.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sealane_client::chain::{NodeClient, NodeStatus, Seen, Trust};
use sealane_client::home::{read_config, read_genesis};
use sealane_client::network::{self, Options, Protect};
use sealane_node::{Config, Consensus, InitOptions, Peer, peer_id};
use serde_json::json;

use super::processes;
use crate::args::{NetworkCommand, Nodes};
use crate::outcome::{Failure, Report};

/// The folder of a node: in the network's folder where there is one for all, else in its bank's home.
const NODE: &str = "node";

/// What a network is to have.
pub struct Plan {
    /// Banks, `bank-a` and on.
    pub banks: u8,
    /// One node for all, or one for each.
    pub nodes: Nodes,
    /// The first node's port, the others' after it; 0 for free ones.
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
            nodes,
            port,
            passphrase,
        } => {
            let usual = if banks < 4 { Nodes::One } else { Nodes::Each };
            init(&dir, banks, nodes.unwrap_or(usual), port, passphrase)
        }
        NetworkCommand::Start { dir } => start(&dir).await,
        NetworkCommand::Status { dir } => status(&dir).await,
        NetworkCommand::Stop { dir } => stop(&dir),
    }
}

fn init(
    dir: &Path,
    banks: u8,
    nodes: Nodes,
    port: u16,
    passphrase: bool,
) -> Result<Report, Failure> {
    let passphrase = if passphrase {
        Some(new_passphrase()?)
    } else {
        None
    };
    let protected = passphrase.is_some();
    let plan = Plan {
        banks,
        nodes,
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
    let has = match nodes {
        Nodes::One => format!("one node and {banks} banks"),
        Nodes::Each => format!("{banks} banks, each with its own node,"),
    };
    let text = format!(
        "A network with {has} is in {}.\n  {}\n{keys}\nNext: sealane network start --dir {}",
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
    let count = match plan.nodes {
        Nodes::One => 1,
        Nodes::Each => plan.banks.into(),
    };
    let places = places(count, plan.port)?;
    let addresses = places.iter().map(|place| format!("http://{}", place.api));
    let addresses: Vec<String> = addresses.collect();
    let mut options = Options::local(plan.banks, &addresses);
    if let Some(passphrase) = &plan.passphrase {
        options.protect = Protect::Passphrase(passphrase.clone());
    }
    let created = network::create(dir, &options).map_err(Failure::cannot)?;
    let ids = created
        .validators
        .iter()
        .map(|parts| peer_id(&parts.signing));
    let ids = ids
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::cannot)?;
    for (at, parts) in created.validators.into_iter().enumerate() {
        let (folder, config) = match plan.nodes {
            Nodes::One => (dir.join(NODE), Config::new(places[at].api)),
            Nodes::Each => (created.homes[at].join(NODE), of_several(&places, &ids, at)),
        };
        let options = InitOptions {
            genesis: created.genesis.clone(),
            config,
            signing: parts.signing,
            share: parts.share,
        };
        sealane_node::init(&folder, options).map_err(Failure::cannot)?;
    }
    Ok(created.homes)
}

/// Where a node listens.
struct Place {
    name: String,
    api: SocketAddr,
    consensus: SocketAddr,
}

/// Two ports on loopback for each node: from `first` on, or free ones.
fn places(count: usize, first: u16) -> Result<Vec<Place>, Failure> {
    let ports = 2 * u16::try_from(count).unwrap_or(u16::MAX / 2);
    let wanted = (0..ports).map(|number| {
        if first == 0 {
            0
        } else {
            first.saturating_add(number)
        }
    });
    // all are held until all are found, so that none is given twice
    let held = wanted.map(hold).collect::<Result<Vec<_>, _>>()?;
    let addresses = held.iter().map(TcpListener::local_addr);
    let addresses = addresses
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::cannot)?;
    let letters = (b'a'..=b'z').map(char::from);
    let place = |(letter, pair): (char, &[SocketAddr])| Place {
        name: format!("node-{letter}"),
        api: pair[0],
        consensus: pair[1],
    };
    Ok(letters.zip(addresses.chunks(2)).map(place).collect())
}

fn hold(port: u16) -> Result<TcpListener, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        Failure::cannot(format!(
            "port {port} on loopback cannot be used: {error}. Choose another with --port."
        ))
    })
}

/// The configuration of one of several nodes.
fn of_several(places: &[Place], ids: &[String], own: usize) -> Config {
    let others = places.iter().enumerate().filter(|(at, _)| *at != own);
    let peer = |(at, place): (usize, &Place)| Peer {
        name: place.name.clone(),
        id: ids[at].clone(),
        consensus: place.consensus,
        api: place.api,
    };
    let consensus = Consensus {
        listen: places[own].consensus,
        peers: others.map(peer).collect(),
    };
    Config::of_several(places[own].api, consensus)
}

async fn start(dir: &Path) -> Result<Report, Failure> {
    let (mut lines, mut nodes) = (Vec::new(), Vec::new());
    let (running, resting): (Vec<_>, Vec<_>) = nodes_of(dir)?
        .into_iter()
        .partition(|node| processes::running(&node.folder).is_some());
    if resting.is_empty() {
        return Err(Failure::invalid(format!(
            "{}: all of its nodes run already. Stop them first (sealane network stop).",
            dir.display()
        )));
    }
    for Node { name, .. } in running {
        lines.push(format!("The {name} runs already."));
    }
    for Node { name, folder, .. } in resting {
        let address = processes::start(&folder)?;
        let pid = processes::running(&folder).map(|pid| pid.as_raw_nonzero().get());
        lines.push(format!(
            "The {name} listens at {address} (process {}, log {}).",
            pid.unwrap_or(0),
            folder.join("node.log").display()
        ));
        nodes.push(json!({"name": name, "address": address, "pid": pid}));
    }
    lines.push(match first_block(dir).await? {
        true => "The chain has blocks: banks can begin.".to_owned(),
        false => "No block yet: more than two thirds of the nodes must run.".to_owned(),
    });
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "nodes": nodes}),
    })
}

/// Waits until a node that runs has a block; `false` if none has within ten seconds.
async fn first_block(dir: &Path) -> Result<bool, Failure> {
    for _ in 0..100 {
        for Node { folder, bank, .. } in nodes_of(dir)? {
            if processes::running(&folder).is_some() && ask(&bank).await?.height > 0 {
                return Ok(true);
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

fn stop(dir: &Path) -> Result<Report, Failure> {
    let (mut lines, mut any) = (Vec::new(), false);
    for Node { name, folder, .. } in nodes_of(dir)? {
        let stopped = processes::stop(&folder)?;
        any |= stopped;
        lines.push(match stopped {
            true => format!("The {name} has stopped."),
            false => format!("The {name} was not running."),
        });
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "stopped": any}),
    })
}

async fn status(dir: &Path) -> Result<Report, Failure> {
    let (mut lines, mut nodes, mut chain) = (Vec::new(), Vec::new(), None);
    for Node { name, folder, bank } in nodes_of(dir)? {
        let asked = match processes::running(&folder) {
            Some(pid) => Some((pid.as_raw_nonzero(), ask(&bank).await?)),
            None => None,
        };
        let Some((pid, status)) = asked else {
            lines.push(format!("{name}  does not run"));
            nodes.push(json!({"name": name, "pid": null, "height": null, "peers": null, "validators": null, "lag": null}));
            continue;
        };
        lines.push(format!(
            "{}  height {}  {} of {} other nodes reached  {} transactions wait  last block {} ms ago  process {pid}",
            status.validator,
            status.height,
            status.peers,
            status.validators.saturating_sub(1),
            status.waiting,
            status.lag_ms,
        ));
        nodes.push(json!({
            "name": status.validator, "height": status.height, "peers": status.peers, "validators": status.validators, "lag": status.lag_ms,
            "pid": pid.get(), "waiting": status.waiting, "version": status.version, "block": status.block,
        }));
        chain = Some(status);
    }
    let Some(status) = chain else {
        return Err(Failure::cannot(format!(
            "{}: no node of it runs. Start them: sealane network start --dir {}",
            dir.display(),
            dir.display()
        )));
    };
    lines.push(format!(
        "network {}  chain {}",
        status.chain_name, status.chain
    ));
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "chain": status.chain, "chain_name": status.chain_name, "test_keys": status.test_keys, "nodes": nodes}),
    })
}

/// What a node says of itself, asked through the configuration of a bank that uses it.
async fn ask(bank: &Path) -> Result<NodeStatus, Failure> {
    let config = read_config(bank).map_err(Failure::invalid)?;
    let genesis = read_genesis(bank).map_err(Failure::invalid)?;
    let seen = Seen::open(bank).map_err(Failure::cannot)?;
    let node = NodeClient::new(&config.node, Trust::in_genesis(&genesis), seen)
        .map_err(Failure::cannot)?;
    node.status().await.map_err(Failure::cannot)
}

/// A node of a network's folder.
struct Node {
    /// What it is called in messages.
    name: String,
    /// Its folder.
    folder: PathBuf,
    /// The home of a bank that uses it.
    bank: PathBuf,
}

/// The nodes in a network's folder.
fn nodes_of(dir: &Path) -> Result<Vec<Node>, Failure> {
    // absolute paths, so that a process can be told by its command line from wherever it is asked for
    let dir = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    if dir.join(NODE).is_dir() {
        return Ok(vec![Node {
            name: "node".to_owned(),
            folder: dir.join(NODE),
            bank: dir.join("bank-a"),
        }]);
    }
    let banks = ('a'..='z').map(|letter| dir.join(format!("bank-{letter}")));
    let banks = banks.filter(|bank| bank.join(NODE).is_dir());
    let node = |bank: PathBuf| Node {
        name: format!("node of {}", bank.file_name().unwrap_or_default().display()),
        folder: bank.join(NODE),
        bank,
    };
    let nodes: Vec<Node> = banks.map(node).collect();
    match nodes.is_empty() {
        false => Ok(nodes),
        true => Err(Failure::invalid(format!(
            "{}: no network is here. Make one: sealane network init --dir {}",
            dir.display(),
            dir.display()
        ))),
    }
}
