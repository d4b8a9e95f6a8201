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
    /// It is no customer: the bank only asks about its documents, and finances none under this alias
    Asked,
}

/// Legal identifiers that a clerk types.
#[derive(Debug, Args)]
pub struct IdentifierArgs {
    /// A legal identifier, as `sealane document show` prints them: be-kbo:0683.473.480, vat:DE129273398, lei:… The home
    /// register's number and the LEI first, from an extract; up to seven in all, each once. Without any, documents are known again by name, number and amount
    /// alone
    #[arg(long = "id", value_name = "SCHEME:VALUE")]
    pub identifiers: Vec<String>,
    /// The country of identifiers that name none, as two letters
    #[arg(long, value_name = "CC")]
    pub country: Option<String>,
    /// They were compared with the register's extract: one whose check digit does not fit is right as it stands
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
    },
    /// Add legal identifiers to a customer: they take the next places, and documents sealed by then keep the earlier ones
    ///
    /// Aliases for one trade stay as they are: amending them all at once would join them.
    Amend {
        /// The customer
        name: String,
        #[command(flatten)]
        identifiers: IdentifierArgs,
    },
    /// Sign with a customer's key that another bank may finance a record under its alias
    Consent {
        /// The customer, or its alias
        name: String,
        /// The record, as that bank names it
        record: String,
        /// The bank that finances, by its name or alias
        #[arg(long, value_name = "BANK")]
        to: String,
        /// Where the consent is written; the bank gives it to `sealane finance --consent`
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// The customers, their identifiers and aliases, and where these stand
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
