//! A bank's customers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What a customer is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CustomerKind {
    /// It writes orders and invoices
    Company,
    /// It writes delivery notes and bills of lading
    Carrier,
    /// Not a customer: the bank only asks about its documents, and finances nothing under this alias
    Asked,
}

/// Legal identifiers, as a clerk types them.
#[derive(Debug, Args)]
pub struct IdentifierArgs {
    /// A legal identifier, as `sealane document show` prints it: be-kbo:0683.473.480, vat:DE129273398, lei:… Give the
    /// number in the company register of its country and the LEI first, from a register extract; up to seven, each once. Without any,
    /// duplicates are recognised only by name, number and amount
    #[arg(long = "id", value_name = "SCHEME:VALUE")]
    pub identifiers: Vec<String>,
    /// The country of identifiers that do not name one, as two letters
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
    /// The identifiers were compared with the register extract: accept them even if a check digit does not fit
    #[arg(long)]
    pub confirmed: bool,
}

#[derive(Debug, Subcommand)]
pub enum AliasCommand {
    /// Register a customer: an alias on the chain with a hiding commitment to its legal identifiers
    Register {
        /// The bank's own name for it; it does not leave this home
        name: String,
        /// What it is
        #[arg(long, value_enum, default_value = "company")]
        role: CustomerKind,
        #[command(flatten)]
        identifiers: IdentifierArgs,
        /// Another customer has one of these identifiers too, as in a tax group, or is to be registered anew. Without
        /// this, the command asks on a terminal, and elsewhere stops
        #[arg(long)]
        shared: bool,
    },
    /// Add legal identifiers to a customer. Documents inquired about or financed before keep the earlier ones
    ///
    /// To give such a document the new ones too, seal it anew with --replaces and finance the new record. A document
    /// that was only sealed takes them when it is inquired about or financed. Aliases for one trade are not changed:
    /// changing them all at once would link them to each other.
    Amend {
        /// The customer
        name: String,
        #[command(flatten)]
        identifiers: IdentifierArgs,
    },
    /// Sign, with a customer's key, that another bank may finance a record under the customer's alias
    Consent {
        /// The customer, or its alias
        name: String,
        /// The record, as that bank names it
        record: String,
        /// The bank that finances, by its name or alias
        #[arg(long, value_name = "BANK")]
        to: String,
        /// Where to write the consent; the other bank passes it to `sealane finance --consent`
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// List the customers with their identifiers, aliases and their standing
    List,
    /// Suspend all aliases of a customer
    Suspend {
        /// The customer
        name: String,
    },
    /// Let a suspended customer act again
    Resume {
        /// The customer
        name: String,
    },
    /// Close all aliases of a customer, for good
    Close {
        /// The customer
        name: String,
    },
}
