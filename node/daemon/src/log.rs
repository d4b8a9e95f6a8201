//! The log: what is told, where it goes, and how that changes while the node runs.

pub(crate) mod dials;
pub(crate) mod level;
mod lossy;
pub(crate) mod quiet;
mod rotating;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::dials::Dials;
use self::level::filter;
use self::lossy::Lossy;
use self::rotating::Rotating;
use crate::config::read_config;

/// How often the configuration is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Bytes of the file beyond which the next one is begun, and how many older ones are kept.
const FILE: u64 = 16 << 20;
const OLDER: u32 = 4;

/// Where the lines go, where they go to standard error.
static ERRORS: OnceLock<Arc<Lossy>> = OnceLock::new();

/// Tells of what another level chooses, once the log is set up.
static CHANGE: OnceLock<Box<dyn Fn(EnvFilter) -> bool + Send + Sync>> = OnceLock::new();

/// Sends the log to standard error, or to a file that is followed by others of the same name with a number (`node.log.1` is the
/// newest of them), as lines for people or (`json`) as objects for programs. `RUST_LOG` chooses what is told; without it, what
/// happens to blocks and all faults. Call it once. What goes to standard error never waits for who reads it: lines that
/// find no room are lost, and their number is told with the next one.
///
/// # Errors
/// When the file cannot be opened, or no thread can be made.
pub fn start_log(json: bool, file: Option<&Path>) -> io::Result<()> {
    match file {
        None => {
            let errors = Arc::new(Lossy::to(io::stderr(), json)?);
            let _ = ERRORS.set(Arc::clone(&errors));
            set_up(json, errors);
        }
        Some(file) => set_up(json, Mutex::new(Rotating::open(file, FILE, OLDER)?)),
    }
    Ok(())
}

/// Waits a moment for the lines of the log that are still to be written; whether all are. Where they are not, nobody
/// reads standard error, and whatever else is said there would wait too.
#[must_use]
pub fn finish_log() -> bool {
    ERRORS.get().is_none_or(|errors| errors.finish())
}

fn set_up<W>(json: bool, writer: W)
where
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    let usual = || filter("info").unwrap_or_default();
    let asked = std::env::var(EnvFilter::DEFAULT_ENV).ok();
    let asked = asked.filter(|asked| !asked.trim().is_empty());
    let chosen = asked.as_deref().map(filter);
    let wrong = chosen
        .as_ref()
        .and_then(|chosen| chosen.as_ref().err().cloned());
    let filter = chosen.and_then(Result::ok).unwrap_or_else(usual);
    dials::follow_engine(asked.as_deref().unwrap_or_default());
    let builder = fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer);
    let change: Box<dyn Fn(EnvFilter) -> bool + Send + Sync>;
    // A second subscriber is refused; the first goes on.
    let set = match json {
        true => {
            let builder = builder.json().with_filter_reloading();
            let handle = builder.reload_handle();
            change = Box::new(move |filter| handle.reload(filter).is_ok());
            builder.finish().with(Dials).try_init()
        }
        false => {
            let builder = builder.with_filter_reloading();
            let handle = builder.reload_handle();
            change = Box::new(move |filter| handle.reload(filter).is_ok());
            builder.finish().with(Dials).try_init()
        }
    };
    if let Some(wrong) = wrong {
        tracing::warn!("RUST_LOG: {wrong}. The log begins with `info`");
    }
    if set.is_ok() {
        let _ = CHANGE.set(change);
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            tracing::error!(%panic, "a fault of this program");
            if finish_log() {
                usual(panic);
            }
        }));
    }
}

/// Looks at the configuration until the node stops, and takes over what it says of the log. What it says at start counts where
/// `RUST_LOG` says nothing.
pub(crate) async fn follow(
    path: PathBuf,
    first: Option<String>,
    mut stopping: watch::Receiver<bool>,
) {
    if let Some(level) = first
        .as_deref()
        .filter(|_| std::env::var_os("RUST_LOG").is_none())
    {
        take_over(level);
    }
    let mut now = first;
    loop {
        let stop = stopping.wait_for(|stop| *stop);
        if tokio::time::timeout(LOOK, stop).await.is_ok() {
            return;
        }
        let read = path.clone();
        let config = tokio::task::spawn_blocking(move || read_config(&read)).await;
        // what is wrong with the file, those who follow the peers tell
        let Ok(Ok(config)) = config else { continue };
        if config.log != now {
            take_over(config.log.as_deref().unwrap_or("info"));
            now = config.log;
        }
    }
}

fn take_over(level: &str) {
    let changed = match (filter(level), CHANGE.get()) {
        (Ok(filter), Some(change)) => {
            dials::follow_engine(level);
            change(filter)
        }
        _ => false,
    };
    if changed {
        // so that it is told at every level but the one of errors alone
        tracing::warn!("the log's level is now {level}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::level::check_level;

    #[test]
    fn a_level_is_a_word_or_directives_of_parts_that_there_are() {
        for level in [
            "off",
            "error",
            "warn",
            "info",
            "debug",
            "trace",
            "sealane_api=debug",
            "sealane=info",
            "sealane_node::gossip=trace",
            "warn,sealane=info,arc_malachitebft_engine=debug",
            "sealane_api[call]=debug",
        ] {
            assert_eq!(check_level(level), Ok(()), "{level}");
        }
        for level in [
            "",
            " ",
            "loud=very",
            "a=b=c",
            "warnings",
            "sealane_api",
            "warn,infos",
            "sealane_apis=debug",
            "warn,nobody=debug",
            "sealane=loud",
        ] {
            assert!(check_level(level).is_err(), "{level}");
        }
        for (level, advice) in [
            ("warnings", "\"warnings\" is neither a level nor a part"),
            ("warn,infos", "\"infos\" is neither a level nor a part"),
            ("sealane_api", "write its level too, like sealane_api=debug"),
        ] {
            let told = check_level(level).expect_err("no level");
            assert!(told.contains(advice), "{told}");
        }
        let info = filter("info").expect("a level").to_string();
        assert!(
            info.contains("sealane=info") && info.contains("warn"),
            "{info}"
        );
    }

    #[test]
    fn no_level_keeps_errors_from_the_log() {
        for level in ["off", "sealane_api=debug", "sealane=off,off"] {
            let filter = filter(level).expect("a level").to_string();
            assert!(filter.contains("error"), "{level}: {filter}");
            assert!(!filter.contains("off"), "{level}: {filter}");
        }
    }
}
