//! What a node's process sets up around it: the log, and the signals that end it.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Sends the log to standard error, as lines for people or (`json`) as objects for programs. `RUST_LOG`
/// chooses what is told; without it, what happens to blocks and all faults. Call it once.
pub fn log_to_stderr(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber is refused; the first goes on.
    let _ = match json {
        true => builder.json().try_init(),
        false => builder.with_ansi(false).try_init(),
    };
}

/// Resolves when the process is told to end: SIGTERM, or SIGINT from the keyboard.
pub async fn signals() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "no handler for SIGTERM; only SIGINT ends the node in order");
            // Without any handler the process ends at the signal, which loses nothing either.
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
