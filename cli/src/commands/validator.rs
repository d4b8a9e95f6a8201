//! `sealane validator`: a bank's node becomes a validator, comes to a new key, and consents to fewer holders of the
//! fingerprint key.

use std::path::{Path, PathBuf};

use sealane_client::chain::{FingerprintKeyState, spread_in_words};
use sealane_client::home::{read_config, read_genesis};
use sealane_client::join::{KeyClaim, key_request, validator_request};
use sealane_crypto::random;
use sealane_node::{
    Claim, NodeHome, claim_key, claim_validator, consent_to_deal, count_peer, set_mark,
};
use sealane_types::alias::{Role, check_name};
use sealane_types::ids::{AliasId, ChainId, Epoch, Height};
use serde_json::json;

use super::network::nodes::NODE;
use super::network::nodes::{Node, ask, ask_key, nodes_of};
use crate::args::ValidatorCommand;
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs a `validator` command.
pub async fn run(home: Option<&Path>, command: ValidatorCommand) -> Result<Report, Failure> {
    let home = home.ok_or_else(|| {
        Failure::invalid("name the bank's home that the node is in: sealane --home DIR validator …")
    })?;
    match command {
        ValidatorCommand::Request { name, out, dir } => request(home, &name, &out, dir.as_deref()),
        ValidatorCommand::Rekey { out } => rekey(home, &out).await,
        ValidatorCommand::Mark { height, far } => mark(home, Height(height), far),
        ValidatorCommand::Consent { round } => consent(home, Epoch(round)).await,
    }
}

fn claimed(chain: ChainId, claim: &Claim) -> KeyClaim {
    KeyClaim {
        chain,
        alias: claim.alias,
        key: claim.key,
        possession: claim.possession,
    }
}

fn request(home: &Path, name: &str, out: &Path, dir: Option<&Path>) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    check_name(name).map_err(Failure::invalid)?;
    let folder = home.join(NODE);
    if !folder.join("node.toml").is_file() {
        return Err(Failure::invalid(format!(
            "{}: has no node. Give it one first: sealane network join --dir NETWORK --home {}",
            home.display(),
            files::word(home)
        )));
    }
    let others = dir.map(nodes_of).transpose()?.unwrap_or_default();
    let bank = bank_of(home)?;
    let genesis = read_genesis(home).map_err(Failure::of_files)?;
    let fresh = random::bytes::<32>().map_err(Failure::cannot)?;
    let claim = claim_validator(&folder, AliasId::new(*fresh)).map_err(Failure::of_files)?;
    let chain = sealane_client::join::chain_of(&genesis);
    let text = validator_request(bank, name, &claimed(chain, &claim)).map_err(Failure::of_files)?;
    files::write_new(out, &text)?;
    let node = NodeHome::open(&folder).map_err(Failure::of_files)?;
    let (peer, called) = (node.as_peer(), node.name());
    let id = peer.map(|peer| peer.id).unwrap_or_default();
    let mut told = 0;
    for Node { folder, .. } in others {
        told += usize::from(count_peer(&folder, &id).map_err(Failure::cannot)?);
    }
    let rest = match told {
        0 => format!(
            "At each other validator's node, in node.toml, remove the line `observer = true` from the entry of {called} \
             (id = \"{id}\"). It applies this within seconds, and then passes transactions on to {called}."
        ),
        told => format!("{told} other nodes pass transactions on to it within seconds."),
    };
    let shown = files::word(out);
    let text = format!(
        "Restart the node {called}: it is then the validator {name}, and follows the chain as before until it has voting power.\n\
         Give the members {shown}: sealane proposal new admit {shown}\n\
         and once it is admitted: sealane proposal new power {name} 1, and sealane proposal new share --holders …,{name}\n{rest}"
    );
    let data = json!({
        "ok": true, "name": name, "alias": claim.alias.to_string(), "request": out.display().to_string(), "peer": id, "nodes_told": told,
    });
    Ok(Report { text, data })
}

/// The alias of the bank whose home this is; whether it is a bank the chain says, and genesis already of those in it.
fn bank_of(home: &Path) -> Result<AliasId, Failure> {
    let config = read_config(home).map_err(Failure::of_files)?;
    let genesis = read_genesis(home).map_err(Failure::of_files)?;
    let shown = home.join("home.toml");
    let alias: Result<AliasId, _> = config.alias.parse();
    let alias =
        alias.map_err(|error| Failure::invalid(format!("{}: alias: {error}", shown.display())))?;
    match genesis.alias(&alias) {
        Some(known) if known.role != Role::Bank => Err(Failure::invalid(format!(
            "{} is a {}; validators are nodes of banks",
            config.name,
            known.role.name()
        ))),
        _ => Ok(alias),
    }
}

async fn rekey(home: &Path, out: &Path) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    let folder = node_folder(home);
    let node = NodeHome::open(&folder).map_err(Failure::of_files)?;
    let chain = sealane_client::join::chain_of(node.genesis());
    let claim = claim_key(&folder).map_err(Failure::of_files)?;
    files::write_new(out, key_request(&claimed(chain, &claim)))?;
    let (name, shown) = (node.name(), files::word(out));
    let until = match ask(home).await {
        Ok(status) if status.wrong_key => {
            "nothing that it signs counts, as the chain names another key than the present one"
        }
        Ok(_) => "the node signs with the present key",
        Err(_) => "the node signs with the present key, if the chain names that one",
    };
    let text = format!(
        "A new signing key for the node {name}, {}, is in {}; until the change takes effect {until}.\n\
         Give the members {shown}: sealane proposal new key {shown}\n\
         From the height of the change on, the node signs with the new key by itself, and deletes the old one. \
         Back up the folder before that height.",
        claim.key,
        folder.display()
    );
    let data = json!({
        "ok": true, "name": name, "alias": claim.alias.to_string(), "key": claim.key.to_string(), "request": out.display().to_string(),
    });
    Ok(Report { text, data })
}

/// The node says what the round changes; the consent is written beside its shares, and nothing of it onto the chain.
async fn consent(home: &Path, epoch: Epoch) -> Result<Report, Failure> {
    let state = ask_key(home).await?;
    let open = state.round.as_ref().filter(|round| !round.lapsed);
    let open = open.map(|round| round.epoch);
    if open != Some(epoch) {
        let now = match open {
            Some(open) => format!("round {open} is"),
            None => "none is".to_owned(),
        };
        return Err(Failure::invalid(format!(
            "round {epoch} of the fingerprint key is not open: {now}. See sealane network status"
        )));
    }
    let Some((before, after)) = state.lowered() else {
        return Err(Failure::invalid(format!(
            "round {epoch} needs no consent: after it no fewer holders or banks have the fingerprint key, and no fewer answers are needed"
        )));
    };
    deals(home, &state)?;
    consent_to_deal(&node_folder(home), epoch).map_err(Failure::of_files)?;
    let (before, after) = (spread_in_words(&before), spread_in_words(&after));
    let text = format!(
        "This validator takes part in round {epoch} within seconds: the fingerprint key passes from {before}, to {after}.\n\
         The consent is for this round only. Until the node has dealt, it can be withdrawn by deleting shares/{epoch}.consent in its folder."
    );
    let data = json!({"ok": true, "round": epoch.0, "before": before, "after": after});
    Ok(Report { text, data })
}

/// Whether this validator is one that deals: only who holds the present key can pass it on.
fn deals(home: &Path, state: &FingerprintKeyState) -> Result<(), Failure> {
    let node = NodeHome::open(&node_folder(home)).map_err(Failure::of_files)?;
    let holds = |alias: &AliasId| {
        let present = state.present.as_ref();
        present.is_some_and(|key| key.index_of(alias).is_some())
    };
    let why = match node.validator() {
        None => "is an observer",
        Some(alias) if state.unable.contains_key(&alias) => "is suspended or closed",
        Some(alias) if !holds(&alias) => "holds no share of the present fingerprint key",
        Some(_) => return Ok(()),
    };
    Err(Failure::invalid(format!(
        "the node {} {why}: it deals nothing, and no consent of it is needed; nothing was written",
        node.name()
    )))
}

fn mark(home: &Path, height: Height, far: bool) -> Result<Report, Failure> {
    let folder = node_folder(home);
    if folder.join("address").exists() {
        return Err(Failure::invalid(format!(
            "{}: the node runs, or did not end in order. Stop it; where it does not run, remove the file `address` there",
            folder.display()
        )));
    }
    set_mark(&folder, height, far).map_err(Failure::of_files)?;
    let text = format!(
        "This validator signs nothing up to height {height}. Start its node: it follows the others, and votes from the next height on."
    );
    let data = json!({"ok": true, "height": height.0});
    Ok(Report { text, data })
}

/// The node's folder: this one, or that in a bank's home.
pub(super) fn node_folder(home: &Path) -> PathBuf {
    let inside = home.join(NODE);
    match inside.is_dir() {
        true => inside,
        false => home.to_owned(),
    }
}
