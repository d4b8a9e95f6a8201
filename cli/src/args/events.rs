//! Following the chain's events.

use clap::Args;

/// Which events, and from where.
#[derive(Debug, Args)]
pub struct EventsArgs {
    /// Begin with the block of this height (default 1); with --resume, the first time only
    #[arg(long, value_name = "HEIGHT", value_parser = clap::value_parser!(u64).range(1..))]
    pub from: Option<u64>,
    /// Continue after the last event that was printed with --resume, even if that command was killed. Give each
    /// reader its own NAME
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "events"
    )]
    pub resume: Option<String>,
    /// Only events about this record; may be given several times
    #[arg(long = "record", value_name = "ID")]
    pub records: Vec<String>,
    /// At the chain's end wait for new events, and reconnect whenever the connection is lost
    #[arg(long)]
    pub follow: bool,
}
