//! `sealane node`: a node's process.

use std::path::{Path, PathBuf};

use sealane_node::NodeHome;

use crate::args::{NodeArgs, NodeCommand};
use crate::outcome::{Failure, Report};

/// Runs the node of `home` until SIGTERM or SIGINT, or does what else is asked of it.
pub async fn run(home: Option<PathBuf>, args: NodeArgs, as_json: bool) -> Result<Report, Failure> {
    let folder =
        home.ok_or_else(|| Failure::invalid("a node needs its home: sealane node --home DIR"))?;
    if let Some(NodeCommand::Log { level }) = args.command {
        return log(&folder, &level);
    }
    sealane_node::start_log(as_json, args.log_file.as_deref())
        .map_err(|error| Failure::cannot(format!("the log's file: {error}")))?;
    let home = NodeHome::open(&super::validator::node_folder(&folder)).map_err(Failure::invalid)?;
    sealane_node::run(home, sealane_node::signals())
        .await
        .map_err(Failure::cannot)?;
    Ok(Report {
        text: String::new(),
        data: serde_json::json!({"ok": true, "stopped": true}),
    })
}

/// Sets what the log tells, also while the node runs.
fn log(folder: &Path, level: &str) -> Result<Report, Failure> {
    sealane_node::check_level(level).map_err(Failure::invalid)?;
    sealane_node::set_log(&super::validator::node_folder(folder), level)
        .map_err(Failure::invalid)?;
    Ok(Report {
        text: format!(
            "The node's log tells `{level}` within two seconds, and after the next start."
        ),
        data: serde_json::json!({"ok": true, "log": level}),
    })
}
