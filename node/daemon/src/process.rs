//! What a node's process sets up around it: the priority of its threads, and the signals that end it.

/// How much the threads give way that work for callers: at 10, one gets a tenth of what another gets that wants the same core.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Lets this thread give way to those that decide and execute blocks. Linux has a priority for each thread; elsewhere it is the
/// process', and stays. Set, not added: a thread that is started by one of these has it already.
pub(crate) fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

/// How many threads work for callers, of each kind: one less than there are cores, so that a core is left for deciding and
/// executing blocks however much callers ask for. A thread that has to give way still holds a core for milliseconds first.
pub(crate) fn for_callers() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.saturating_sub(1).max(1)
}

/// A runtime of its own for the API, whose threads give way.
pub(crate) fn api_runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("sealane-api")
        .worker_threads(for_callers())
        .max_blocking_threads(for_callers())
        .on_thread_start(give_way)
        .build()
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
