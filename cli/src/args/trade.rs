//! Workflows and trades.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum WorkflowCommand {
    /// List the standard workflows and, with --home, those that the network's members have published
    List,
    /// Show a workflow's parties, documents, steps, checks and waivers
    Show {
        /// A standard workflow's name, a file, or NAME@VERSION of a published or standard one
        workflow: String,
    },
    /// Propose a workflow to the members, who vote with sealane proposal vote. Publish its checks first
    Publish {
        /// A standard workflow's name, or a file
        workflow: String,
        /// The change takes effect this many blocks later; without enough votes by then, the proposal lapses
        #[arg(long = "in", value_name = "BLOCKS", default_value_t = 100)]
        notice: u64,
    },
    /// Propose that no new trade can use a workflow; trades that are open go on
    Retire {
        /// NAME@VERSION
        workflow: String,
        /// The change takes effect this many blocks later
        #[arg(long = "in", value_name = "BLOCKS", default_value_t = 100)]
        notice: u64,
    },
}

#[derive(Debug, Subcommand)]
pub enum TradeCommand {
    /// Open a trade under a published workflow, as one of its parties
    Open {
        /// The workflow: NAME@VERSION
        workflow: String,
        /// Who takes which part: a party's name in the workflow, and an alias, a member's name, or this bank's name
        /// for a customer. Repeat it for each party
        #[arg(long = "party", value_name = "NAME=ALIAS", required = true)]
        parties: Vec<String>,
    },
    /// Take a step of a trade, with the records that belong to it
    Step {
        /// The trade, as `trade open` printed it
        trade: String,
        /// The step's name in the workflow
        step: String,
        /// The record that the step is taken with, as `seal` printed it; several of a list, separated by commas. A step
        /// without a document takes none
        #[arg(long = "record", value_name = "ID", value_delimiter = ',')]
        records: Vec<String>,
    },
    /// Replace a record in a trade by a corrected one (sealed with sealane seal FILE --replaces ID)
    Correct {
        /// The trade
        trade: String,
        /// The newer record
        #[arg(long, value_name = "ID")]
        record: String,
    },
    /// Let a trade go on although a requirement is not met. Everybody can read the reason on the chain
    Waive {
        /// The trade
        trade: String,
        /// The check: NAME@VERSION
        #[arg(long)]
        check: String,
        /// The requirement's id, as `trade show` prints it
        #[arg(long)]
        requirement: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Show a trade: its stage, the next steps and who takes them, which checks hold, what is not met, what is waived
    Show {
        /// The trade
        trade: String,
    },
    /// List the trades that name this home's bank or a customer of it
    List,
}
