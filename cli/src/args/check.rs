//! Cross-checks over records on the chain.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum CheckOnChain {
    /// Prove a check over records on the chain, of whose fields this home has all that the check reads. Exit code 0 also where
    /// requirements are not met
    ///
    /// With --submit the outcome goes onto the chain, where everybody sees which requirements are met, and no value; the check must be published. With
    /// --out the proof is a file, for whom it is shown. Its keys are test keys: everybody can forge with them.
    Prove {
        /// A standard check's name, NAME@VERSION of a published one, or a declaration's file
        check: String,
        /// A document of the check, and its record; several of a list
        #[arg(
            long = "record",
            value_name = "NAME=ID[,ID...]",
            required_unless_present = "trade"
        )]
        records: Vec<String>,
        /// The records that stand in this trade, whose workflow asks for the check, instead of --record
        #[arg(long, value_name = "TRADE", conflicts_with = "records")]
        trade: Option<String>,
        /// Where to write the proof
        #[arg(long, value_name = "FILE", required_unless_present = "submit")]
        out: Option<PathBuf>,
        /// Put the outcome on the chain
        #[arg(long)]
        submit: bool,
    },
    /// What stands on the chain of a check over records: which requirements are met
    Outcome {
        /// A standard check's name, NAME@VERSION of a published one, or a declaration's file
        check: String,
        /// A document of the check, and its record; several of a list, in any order
        #[arg(
            long = "record",
            value_name = "NAME=ID[,ID...]",
            required_unless_present = "trade"
        )]
        records: Vec<String>,
        /// The records that stand in this trade, whose workflow asks for the check, instead of --record
        #[arg(long, value_name = "TRADE", conflicts_with = "records")]
        trade: Option<String>,
    },
    /// Propose that the network takes a check's proofs: compile it, and put its text, circuit and verifying key to the vote
    ///
    /// Each member's home compiles it too before it approves: sealane proposal vote NUMBER. Another version of a check is another check. To end one:
    /// sealane proposal new retire-check NAME@VERSION/LINES
    Publish {
        /// A standard check's name, or a declaration's file
        check: String,
        /// For documents of up to so many lines: 8, 16, 32 or 128; 16+, 32+ or 128+ for documents of any length, in parts of so many
        #[arg(long, default_value = "16")]
        lines: String,
        /// For lists of up to so many documents
        #[arg(long, default_value_t = 1)]
        documents: usize,
        /// Its proofs are taken so many blocks later; without enough votes by then, the proposal lapses
        #[arg(long = "in", value_name = "BLOCKS", default_value_t = 100)]
        notice: u64,
    },
    /// The checks that the network has published, and from when to when it takes their proofs
    Published,
    /// Verify a check's proof against the chain: which records, sealed by whom, and which requirements they meet. Exit code 0
    /// when it holds, whatever they meet
    ///
    /// The proof binds what the check's text demands, not how its sentences put it. Its keys are test keys: everybody can forge with them.
    Verify {
        /// The proof, as `check prove` wrote it
        file: PathBuf,
        /// The check that it must be of, word for word: a standard check's name, NAME@VERSION of a published one, or a declaration's file
        #[arg(long)]
        check: Option<String>,
    },
}
