//! Cross-checks over records on the chain.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum CheckOnChain {
    /// Prove a check over records on the chain, of whose fields this home has all that the check reads. Exit code 0 also where
    /// requirements are not met
    ///
    /// The proof is a file: the ledger has no transaction for it yet. Its keys are test keys: everybody can forge with them.
    Prove {
        /// A standard check's name, or a declaration's file
        check: String,
        /// A document of the check, and its record; several of a list
        #[arg(long = "record", value_name = "NAME=ID[,ID...]", required = true)]
        records: Vec<String>,
        /// Where to write the proof
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Verify a check's proof against the chain: which records, sealed by whom, and which requirements they meet. Exit code 0
    /// when it holds, whatever they meet
    ///
    /// The proof binds what the check's text demands, not how its sentences put it. Its keys are test keys: everybody can forge with them.
    Verify {
        /// The proof, as `check prove` wrote it
        file: PathBuf,
        /// The check that it must be of, word for word: a standard check's name, or a declaration's file
        #[arg(long)]
        check: Option<String>,
    },
}
