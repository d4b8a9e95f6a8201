//! A validator's node whose engine lies: the node of a home, with an attack.
//!
//! `sealane-byzantine --home DIR --attack 'equivocate_votes = { mode = "always" }'`; the attacks are the fields
//! of Malachite's `ByzantineConfig`. `--lie-in-sync` sends nodes that lag other blocks than the true ones.

use std::path::PathBuf;

use clap::Parser;
use sealane_consensus::byzantine::{ByzantineConfig, Sync, arm};
use sealane_node::NodeHome;

/// A validator's node that lies.
#[derive(Debug, Parser)]
struct Arguments {
    /// The bank's home, whose node it is.
    #[arg(long)]
    home: PathBuf,
    /// What it does, as TOML.
    #[arg(long, default_value = "")]
    attack: String,
    /// Whether it lies to nodes that lag.
    #[arg(long)]
    lie_in_sync: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments {
        home,
        attack,
        lie_in_sync,
    } = Arguments::parse();
    let attack: ByzantineConfig = toml::from_str(&attack)?;
    let lies = attack.is_active() || lie_in_sync;
    anyhow::ensure!(lies, "an attack without any deed");
    arm(
        attack,
        if lie_in_sync {
            Sync::Lies
        } else {
            Sync::Honest
        },
    );
    sealane_node::start_log(false, None)?;
    let home = NodeHome::open(&home.join("node"))?;
    let ended = sealane_node::run(home, sealane_node::signals()).await;
    let _ = sealane_node::finish_log(); // lines that nobody reads are lost
    Ok(ended?)
}
