//! Workflows and trades.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum WorkflowCommand {
    /// The standard workflows, and with --home those that the network's members have published
    List,
    /// Parties, documents, steps, checks and waivers of a workflow
    Show {
        /// A standard workflow's name, a file, or NAME@VERSION of a published one
        workflow: String,
    },
    /// Propose a workflow to the members; they vote with sealane proposal vote. Its checks must be published before
    Publish {
        /// A standard workflow's name, or a file
        workflow: String,
        /// The change holds this many blocks later; without enough votes by then, the proposal lapses
        #[arg(long = "in", value_name = "BLOCKS", default_value_t = 100)]
        notice: u64,
    },
    /// Propose that no further trade follows a workflow; those that do go on
    Retire {
        /// NAME@VERSION
        workflow: String,
        /// The change holds this many blocks later
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
        /// Who plays a party: its name in the workflow, and an alias, a member's name, or a customer's of this bank
        #[arg(long = "party", value_name = "NAME=ALIAS", required = true)]
        parties: Vec<String>,
    },
    /// Take a step of a trade, with the records that it brings
    Step {
        /// The trade, as `trade open` printed it
        trade: String,
        /// The step's name in the workflow
        step: String,
        /// The records, as `seal` printed them: one for a document, several for a list
        #[arg(long = "record", value_name = "ID", value_delimiter = ',')]
        records: Vec<String>,
    },
    /// Put a corrected record in the place of the one that it replaces (sealane seal FILE --replaces ID)
    Correct {
        /// The trade
        trade: String,
        /// The newer record
        #[arg(long, value_name = "ID")]
        record: String,
    },
    /// Let a trade go on although a requirement is not met. The reason stands on the chain for all to read
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
    /// Where a trade stands, what is next and from whom, which checks hold, what is not met, and what is waived
    Show {
        /// The trade
        trade: String,
    },
    /// The trades that name this home or a customer of it
    List,
}
