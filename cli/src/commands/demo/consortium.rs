//! The network of the story: four nodes, one of which dies and comes back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sealane_client::flows::Bank;
use sealane_client::home::Unlock;
use serde_json::json;

use super::story::{Story, millis, seconds};
use crate::args::Nodes;
use crate::commands::network::nodes::{self, ask, first_block, first_key, nodes_of};
use crate::commands::network::{self, Plan};
use crate::commands::processes;
use crate::outcome::Failure;

/// Four banks, each with its own node; the homes of the first three.
pub(super) async fn open_the_network(story: &mut Story) -> Result<[Bank; 3], Failure> {
    let plan = Plan {
        banks: 4,
        regulators: 0,
        identifiers: BTreeMap::new(),
        nodes: Nodes::Each,
        port: 0,
        passphrase: None,
    };
    let folder = story.folder().to_owned();
    network::create(&folder, &plan)?;
    let begun = Instant::now();
    let started = nodes::start(nodes_of(&folder)?)?;
    let decides = first_block(&folder).await?;
    let began = begun.elapsed();
    let shared = first_key(&folder).await?.is_ok();
    let addresses: Vec<String> = started.into_iter().map(|(_, address)| address).collect();
    let open =
        |name: &str| Bank::open(&folder.join(name), &Unlock::Environment).map_err(Failure::from);
    let banks = [open("bank-a")?, open("bank-b")?, open("bank-c")?];
    let lines = [
        format!(
            "Four nodes, each its own process, listen at {}.",
            addresses.join(", ")
        ),
        format!(
            "They have decided their first block together; after {}.",
            seconds(began)
        ),
        format!(
            "Then they have generated the fingerprint key, which nobody knows: any three compute a fingerprint, two cannot. Ready after {}.",
            seconds(begun.elapsed())
        ),
        "The proving keys are test keys from a public seed: good for a story, not for money."
            .to_owned(),
    ];
    story.tell(
        "network",
        "Four banks, each with its own node",
        &lines,
        decides && shared,
        json!({"addresses": addresses}),
    )?;
    Ok(banks)
}

/// The node that is killed, and comes back.
fn victim(story: &Story) -> PathBuf {
    story.folder().join("bank-d").join("node")
}

/// A node dies without a warning.
pub(super) fn kill_a_node(story: &mut Story) -> Result<(), Failure> {
    processes::kill(&victim(story))?;
    let lines = [
        "SIGKILL, as if the power had gone. Three of four nodes are left, more than two thirds."
            .to_owned(),
    ];
    story.tell(
        "killed",
        "The node of bank D is killed",
        &lines,
        processes::running(&victim(story)).is_none(),
        json!({"node": "node-d"}),
    )?;
    Ok(())
}

/// The node is started again.
pub(super) async fn bring_it_back(story: &mut Story) -> Result<(), Failure> {
    let folder = story.folder().to_owned();
    let goal = ask(&folder.join("bank-a")).await?.height;
    let begun = Instant::now();
    processes::start(&victim(story))?;
    let mut height = 0;
    while height < goal && begun.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        height = ask(&folder.join("bank-d")).await?.height;
    }
    let took = begun.elapsed();
    let lines = [format!(
        "Started again, it has taken what it missed from the others after {}: it is at height {height}; they were at {goal} when it started.",
        seconds(took)
    )];
    let data = json!({"height": height, "goal": goal, "milliseconds": millis(took)});
    story.tell(
        "recovered",
        "The killed node comes back and catches up",
        &lines,
        height >= goal,
        data,
    )?;
    story.measure(
        "recover",
        "a killed node back at the others' height",
        seconds(took),
    );
    Ok(())
}
