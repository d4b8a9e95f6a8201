//! Cross-checks over records on the chain.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum CheckOnChain {
    /// Prove a check over records on the chain. This home must have all fields that the check reads
    ///
    /// With --submit the outcome goes onto the chain: everybody sees which requirements are met, and no value. The
    /// check must be published. With --out the proof is written to a file for somebody else to verify. Exit code 0
    /// also if requirements are not met. The check's keys are test keys, with which anybody can forge proofs.
    Prove {
        /// A standard check's name, NAME@VERSION of a published one, or a declaration's file
        check: String,
        /// A document of the check, and its record; several of a list. Give it for each document, or --trade instead
        #[arg(
            long = "record",
            value_name = "NAME=ID[,ID...]",
            required_unless_present = "trade"
        )]
        records: Vec<String>,
        /// The records that stand in this trade, whose workflow asks for the check, instead of --record
        #[arg(long, value_name = "TRADE", conflicts_with = "records")]
        trade: Option<String>,
        /// Where to write the proof, unless it is only submitted
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Put the outcome on the chain
        #[arg(long)]
        submit: bool,
    },
    /// Show the outcome on the chain of a check over records: which requirements are met
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
    /// Propose that the network accepts proofs of a check: compile it, and put its text, circuit and key to the vote
    ///
    /// Each member's home compiles the check too before it approves (sealane proposal vote NUMBER). Each version of a
    /// check is published on its own.
    Publish {
        /// A standard check's name, or a declaration's file
        check: String,
        /// The most lines that a document may have: 8, 16, 32 or 128. With 16+, 32+ or 128+ documents of any length
        /// are proven in parts of that many lines
        #[arg(long, default_value = "16")]
        lines: String,
        /// The most documents that a list may have
        #[arg(long, default_value_t = 1)]
        documents: usize,
        /// Proofs are accepted this many blocks later; without enough votes by then, the proposal lapses
        #[arg(long = "in", value_name = "BLOCKS", default_value_t = 100)]
        notice: u64,
    },
    /// Propose to stop accepting a published check's proofs; those on the chain go on counting, unless it becomes void
    ///
    /// With --void, for a check that proves what is not so: no proof of it counts any more, at any size and in open
    /// trades too. A trade that rests on it falls back to the stage before; one that is financed stays so. There is no
    /// way back: publish the next version of the check, and a version of the workflow that asks for it.
    Retire {
        /// The check at its sizes, as `check published` prints it: invoice-order@1/16. With --void: NAME@VERSION
        check: String,
        /// Its proofs count no more
        #[arg(long)]
        void: bool,
        /// The change takes effect this many blocks later; without enough votes by then, the proposal lapses
        #[arg(long = "in", value_name = "BLOCKS", default_value_t = 100)]
        notice: u64,
    },
    /// List the checks that the network has published, when it accepts their proofs, and which are void
    Published,
    /// Verify a check's proof against the chain: which records, sealed by whom, meet which requirements
    ///
    /// Exit code 0 if the proof is valid, also if requirements are not met. A proof is about a check's conditions,
    /// not about the sentences that describe them. The check's keys are test keys, with which anybody can forge
    /// proofs.
    Verify {
        /// The proof, as `check prove` wrote it
        file: PathBuf,
        /// The check that the proof must be of, with the same text: a standard check's name, NAME@VERSION of a
        /// published one, or a declaration's file
        #[arg(long)]
        check: Option<String>,
    },
}
