//! `sealane network`: a network in a folder.

mod join;
pub mod nodes;
pub mod status;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sealane_client::error::ClientError;
use sealane_client::flows::{Reading, canonical_identifiers};
use sealane_client::home::unlock::PASSPHRASE;
use sealane_client::network::{self, Options, Protect};
use sealane_crypto::signature::SigningKey;
use sealane_node::{Begin, Config, Consensus, InitOptions, Peer, peer_id};
use sealane_wire::tls::{self, Party};
use serde_json::json;

use self::nodes::{NODE, Node, first_block, first_key, hold, nodes_of};
use super::ids::identifiers;
use super::{passphrase, processes};
use crate::args::{NetworkCommand, Nodes};
use crate::files;
use crate::outcome::{Failure, Report};

/// How long nodes that listen are given before they are looked at again.
const SETTLED: Duration = Duration::from_secs(1);

/// What a network is to have.
pub struct Plan {
    /// Banks, `bank-a` and on.
    pub banks: u8,
    /// Regulators, `regulator-a` and on.
    pub regulators: u8,
    /// Legal identifiers of banks and regulators, by name.
    pub identifiers: BTreeMap<String, Vec<String>>,
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
            regulators,
            identifiers,
            nodes,
            port,
            passphrase,
        } => {
            let usual = if banks < 4 { Nodes::One } else { Nodes::Each };
            let plan = Plan {
                banks,
                regulators,
                identifiers: identified(&identifiers)?,
                nodes: nodes.unwrap_or(usual),
                port,
                passphrase: passphrase.then(asked_for).transpose()?,
            };
            init(&dir, &plan)
        }
        NetworkCommand::Join {
            dir,
            home,
            snapshot,
        } => {
            let begin = match snapshot {
                true => Begin::Snapshot,
                false => Begin::Blocks,
            };
            join::run(&dir, &home, begin)
        }
        NetworkCommand::Start { dir } => {
            tokio::select! {
                started = start(&dir) => started,
                _ = tokio::signal::ctrl_c() => Err(Failure::cannot(format!(
                    "interrupted: the nodes that were started run on. To stop them: sealane network stop --dir {}",
                    files::word(&dir)
                ))),
            }
        }
        NetworkCommand::Status { dir } => status::run(&dir).await,
        NetworkCommand::Stop { dir } => stop(&dir),
    }
}

fn asked_for() -> Result<String, Failure> {
    passphrase::new("A passphrase for the homes: ", PASSPHRASE)
}

/// `NAME=SCHEME:VALUE`, by name.
fn identified(given: &[String]) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in given {
        let (name, identifier) = one.split_once('=').ok_or_else(|| {
            Failure::invalid(format!(
                "--id {one:?}: write NAME=SCHEME:VALUE, bank-a=vat:IT09325180744 say"
            ))
        })?;
        let all = by_name.entry(name.trim().to_owned()).or_default();
        all.push(identifier.trim().to_owned());
    }
    let canonical = by_name.into_iter().map(|(name, given)| {
        let identifiers = canonical_identifiers(&identifiers(&given)?, &Reading::default())?;
        Ok((name, identifiers))
    });
    canonical.collect()
}

fn init(dir: &Path, plan: &Plan) -> Result<Report, Failure> {
    let homes = create(dir, plan)?;
    let names: Vec<String> = homes
        .iter()
        .map(|home| home.display().to_string())
        .collect();
    let keys = if plan.passphrase.is_some() {
        "Keystores are protected by the passphrase."
    } else {
        "Each home's keystore is opened by the key file beside it: protect both."
    };
    let banks = plan.banks;
    let has = match plan.nodes {
        Nodes::One => format!("one node and {banks} banks"),
        Nodes::Each => format!("{banks} banks, each with its own node,"),
    };
    let text = format!(
        "A network with {has} is in {}.\n  {}\n{keys}\nNext: sealane network start --dir {}",
        dir.display(),
        names.join("\n  "),
        files::word(dir)
    );
    Ok(Report {
        text,
        data: json!({"ok": true, "dir": dir.display().to_string(), "homes": names}),
    })
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
    let banks = usize::from(plan.banks);
    let (count, observers) = match plan.nodes {
        Nodes::One => (1, 0),
        Nodes::Each => (banks, usize::from(plan.regulators)),
    };
    let places = places(count, observers, plan.port)?;
    let addresses = places.iter().map(|place| format!("https://{}", place.api));
    let addresses: Vec<String> = addresses.collect();
    let (validators, watching) = addresses.split_at(count);
    let mut options = Options::local(plan.banks, validators, plan.regulators, watching);
    options.identifiers = plan.identifiers.clone();
    if let Some(passphrase) = &plan.passphrase {
        options.protect = Protect::Passphrase(passphrase.clone());
    }
    let mut created = network::create(dir, &options).map_err(ClientError::from)?;
    let mut parts = created.validators;
    for _ in 0..observers {
        parts.push(SigningKey::generate().map_err(Failure::cannot)?);
    }
    let ids = parts.iter().map(peer_id);
    let ids = ids
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::cannot)?;
    for (at, signing) in parts.into_iter().enumerate() {
        let (folder, config) = match plan.nodes {
            Nodes::One => (dir.join(NODE), Config::new(places[at].api)),
            Nodes::Each => (created.homes[at].join(NODE), of_several(&places, &ids, at)),
        };
        let options = InitOptions {
            genesis: created.genesis.clone(),
            config,
            signing,
        };
        let node = sealane_node::init(&folder, options).map_err(Failure::cannot)?;
        let (party, tls) = (Party::Node(node.name()), folder.join(tls::FOLDER));
        let equipped = tls::equip(&tls, &party, &mut created.authority, tls::DAYS);
        equipped.map_err(Failure::cannot)?;
    }
    Ok(created.homes)
}

/// Where a node listens.
struct Place {
    name: String,
    observer: bool,
    api: SocketAddr,
    consensus: SocketAddr,
}

/// Two ports on loopback for each node, validators first: from `first` on, or free ones.
fn places(validators: usize, observers: usize, first: u16) -> Result<Vec<Place>, Failure> {
    let ports = 2 * u16::try_from(validators + observers).unwrap_or(u16::MAX / 2);
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
    let letters = || (b'a'..=b'z').map(char::from);
    let named = |what: &'static str| letters().map(move |letter| format!("{what}-{letter}"));
    let names = named("node").take(validators).chain(named("observer"));
    let place = |(at, (name, pair)): (usize, (String, &[SocketAddr]))| Place {
        name,
        observer: at >= validators,
        api: pair[0],
        consensus: pair[1],
    };
    let pairs = names.zip(addresses.chunks(2)).enumerate();
    Ok(pairs.map(place).collect())
}

/// The configuration of one of several nodes. Observers are let in by validators, and not by one another.
fn of_several(places: &[Place], ids: &[String], own: usize) -> Config {
    let this = &places[own];
    let others = places.iter().enumerate();
    let others = others.filter(|(at, place)| *at != own && !(this.observer && place.observer));
    let peer = |(at, place): (usize, &Place)| Peer {
        name: place.name.clone(),
        id: ids[at].clone(),
        consensus: place.consensus,
        observer: place.observer,
        api: place.api,
    };
    let consensus = Consensus {
        listen: this.consensus,
        peers: others.map(peer).collect(),
    };
    match this.observer {
        true => Config::of_observer(&this.name, this.api, consensus),
        false => Config::of_several(this.api, consensus),
    }
}

async fn start(dir: &Path) -> Result<Report, Failure> {
    let (mut lines, mut started) = (Vec::new(), Vec::new());
    let (running, resting): (Vec<_>, Vec<_>) = nodes_of(dir)?
        .into_iter()
        .partition(|node| processes::running(&node.folder).is_some());
    if resting.is_empty() {
        return Err(Failure::invalid(format!(
            "{}: all of its nodes are running already. To restart them, stop them first: sealane network stop --dir {}",
            dir.display(),
            files::word(dir)
        )));
    }
    for Node { name, .. } in running {
        lines.push(format!("The {name} runs already."));
    }
    let mut folders = Vec::new();
    for (Node { name, folder, .. }, address) in nodes::start(resting)? {
        let pid = processes::running(&folder).map(|pid| pid.as_raw_nonzero().get());
        lines.push(format!(
            "The {name} listens at {address} (process {}, log {}).",
            pid.unwrap_or(0),
            folder.join("node.log").display()
        ));
        started.push(json!({"name": name, "address": address, "pid": pid}));
        folders.push(folder);
    }
    // what is wrong with a node's chain, peers or shares may come out only once it listens
    let all_run = || {
        let mut folders = folders.iter();
        folders.try_for_each(|folder| processes::must_run(folder))
    };
    tokio::time::sleep(SETTLED).await;
    all_run()?;
    lines.push(match first_block(dir).await? {
        true => match first_key(dir).await? {
            Ok(()) => "The chain has blocks and a fingerprint key: banks can begin.".to_owned(),
            Err(instead) => {
                format!(
                    "{instead} See: sealane network status --dir {}",
                    files::word(dir)
                )
            }
        },
        false => "No block yet: more than two thirds of the nodes must run.".to_owned(),
    });
    all_run()?;
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "nodes": started}),
    })
}

fn stop(dir: &Path) -> Result<Report, Failure> {
    let (mut lines, mut any) = (Vec::new(), false);
    for Node { name, folder, .. } in nodes_of(dir)? {
        let stopped = processes::stop(&folder)?;
        any |= stopped;
        lines.push(match stopped {
            true => format!("The {name} has stopped."),
            false => format!(
                "The {name} does not run, or was not started by `sealane network start`. A node that systemd runs is stopped with systemctl."
            ),
        });
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "stopped": any}),
    })
}
