//! `sealane node`: a node's process.

use std::path::PathBuf;

use sealane_node::NodeHome;

use crate::outcome::{Failure, Report};

/// Runs the node of `home` until SIGTERM or SIGINT.
pub async fn run(home: Option<PathBuf>, as_json: bool) -> Result<Report, Failure> {
    let folder =
        home.ok_or_else(|| Failure::invalid("a node needs its home: sealane node --home DIR"))?;
    sealane_node::log_to_stderr(as_json);
    let home = NodeHome::open(&super::validator::node_folder(&folder)).map_err(Failure::invalid)?;
    sealane_node::run(home, sealane_node::signals())
        .await
        .map_err(Failure::cannot)?;
    Ok(Report {
        text: String::new(),
        data: serde_json::json!({"ok": true, "stopped": true}),
    })
}
