//! `sealane network join`: one more node for a network that runs.

use std::path::Path;

use sealane_client::chain::NodeOptions;
use sealane_client::home::{read_config, read_genesis, speak_through};
use sealane_client::network::AUTHORITY;
use sealane_crypto::signature::SigningKey;
use sealane_node::{Begin, Config, Consensus, InitOptions, NodeHome, Peer, add_peer, peer_id};
use sealane_wire::tls::{self, Authority, Party};
use serde_json::json;

use super::nodes::{NODE, Node, hold, nodes_of};
use crate::files;
use crate::outcome::{Failure, Report};

/// Each step can be made again: a command that was killed is typed again, and goes on with the node's keys and ports
/// that are there. The other nodes hear of the node last.
pub(super) fn run(dir: &Path, home: &Path, begin: Begin) -> Result<Report, Failure> {
    let folder = home.join(NODE);
    let inside = folder.canonicalize().unwrap_or_else(|_| folder.clone());
    let mut others = nodes_of(dir)?;
    others.retain(|node| node.folder != inside); // what is left of a command that was killed
    let name = read_config(home).map_err(Failure::of_files)?.name;
    let authority = Authority::open(&dir.join(AUTHORITY));
    let mut authority = authority.map_err(Failure::of_files)?;
    let own = match folder.join("node.toml").is_file() {
        true => begun(&folder, &name, &others)?,
        false => make(dir, home, (&name, begin), &others)?,
    };
    let api = own.api;
    let parties = [
        (folder, Party::Node(name.clone())),
        (home.to_owned(), Party::Home(name.clone())),
    ];
    for (folder, party) in parties {
        let equipped = tls::equip(&folder.join(tls::FOLDER), &party, &mut authority, tls::DAYS);
        equipped.map_err(Failure::cannot)?;
    }
    let node = NodeOptions {
        name: name.clone(),
        address: format!("https://{api}"),
    };
    speak_through(home, &node).map_err(Failure::cannot)?;
    for Node { folder, .. } in &others {
        add_peer(folder, own.clone()).map_err(Failure::cannot)?;
    }
    let text = format!(
        "{name} has a node of its own, which listens at {api}; the other nodes accept it within seconds.\n\
         Next: sealane network start --dir {}",
        files::word(dir)
    );
    let data = json!({"ok": true, "name": name, "address": api.to_string()});
    Ok(Report { text, data })
}

/// Makes the node of a home: an observer, with two free ports.
fn make(
    dir: &Path,
    home: &Path,
    (name, begin): (&str, Begin),
    others: &[Node],
) -> Result<Peer, Failure> {
    let genesis = read_genesis(home).map_err(Failure::of_files)?;
    let signing = SigningKey::generate().map_err(Failure::cannot)?;
    let id = peer_id(&signing).map_err(Failure::cannot)?;
    let ports = (hold(0)?, hold(0)?);
    let api = ports.0.local_addr().map_err(Failure::cannot)?;
    let consensus = ports.1.local_addr().map_err(Failure::cannot)?;
    let mut peers = Vec::new();
    for Node { folder, .. } in others {
        let node = NodeHome::open(folder).map_err(Failure::cannot)?;
        // before anything is written: a home must not be left speaking through a node that cannot follow
        let peer = node.as_peer().ok_or_else(|| {
            Failure::invalid(format!(
                "{}: its one node decides alone, and other nodes cannot follow it. Nodes can be added to a network in which each bank \
                 has its own: sealane network init --nodes each",
                dir.display()
            ))
        })?;
        peers.extend(Some(peer).filter(|peer| !peer.observer));
    }
    let listen = Consensus {
        listen: consensus,
        peers,
    };
    let options = InitOptions {
        genesis,
        config: Config {
            begin,
            ..Config::of_observer(name, api, listen)
        },
        signing,
    };
    sealane_node::init(&home.join(NODE), options).map_err(Failure::of_files)?;
    Ok(Peer {
        name: name.to_owned(),
        id,
        consensus,
        observer: true,
        api,
    })
}

/// The node that a command began to join, which was killed: an observer of this name that a validator does not know
/// yet.
fn begun(folder: &Path, name: &str, others: &[Node]) -> Result<Peer, Failure> {
    let node = NodeHome::open(folder).map_err(Failure::of_files)?;
    let own = node
        .as_peer()
        .filter(|own| own.observer && own.name == name);
    if let Some(own) = own {
        for Node { folder, .. } in others {
            let other = NodeHome::open(folder).map_err(Failure::cannot)?;
            let mut peers = other.config().consensus.iter().flat_map(|one| &one.peers);
            let validates = other.config().observer.is_none();
            if validates && !peers.any(|peer| peer.id == own.id) {
                return Ok(own);
            }
        }
    }
    Err(Failure::invalid(format!(
        "{}: there is a node's home already, and the other nodes know it; choose another home",
        folder.display()
    )))
}
