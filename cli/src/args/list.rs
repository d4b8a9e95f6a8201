//! Lists of records and financings.

use clap::{Args, Subcommand};

/// Where a record stands, in the words that `record show` prints.
const STATES: [&str; 11] = [
    "not-on-chain",
    "sealed",
    "presented",
    "answered",
    "held",
    "hold-ended",
    "financed",
    "repaid",
    "withdrawn",
    "mistaken",
    "taken-over",
];

/// What is searched for. Without anything, all is listed, the newest first.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// A part of the document's number, in capitals or not
    #[arg(long)]
    pub number: Option<String>,
    /// A customer, by the bank's name for it
    #[arg(long, value_name = "NAME")]
    pub customer: Option<String>,
    /// Where it stands; `not-on-chain`: sealed here, and its transaction is not in a block
    #[arg(long, value_parser = STATES)]
    pub state: Option<String>,
    /// Issued on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// Issued on this day or earlier
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub until: Option<String>,
    /// Which page of the list
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub page: u32,
    /// Records of a page
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub per_page: u32,
}

#[derive(Debug, Subcommand)]
pub enum FinancingCommand {
    /// What this bank holds and has financed, ended financings too
    List(ListArgs),
}
