//! Following the chain's events.

use clap::Args;

/// Which events, and from where.
#[derive(Debug, Args)]
pub struct EventsArgs {
    /// Begin with the block of this height, 1 where left out; with --resume, the first time only
    #[arg(long, value_name = "HEIGHT", value_parser = clap::value_parser!(u64).range(1..))]
    pub from: Option<u64>,
    /// Go on after the last event that was printed with --resume, also when that was killed. With a NAME, readers have a place each
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "events"
    )]
    pub resume: Option<String>,
    /// Only what is about this record; may be given several times
    #[arg(long = "record", value_name = "ID")]
    pub records: Vec<String>,
    /// Wait for the next ones at the chain's end, and connect again whenever the connection is lost
    #[arg(long)]
    pub follow: bool,
}
