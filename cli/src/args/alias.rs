//! A bank's customers.

use clap::{Subcommand, ValueEnum};

/// What a customer is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CustomerKind {
    /// It writes orders and invoices
    Company,
    /// It writes delivery notes and bills of lading
    Carrier,
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
        /// A legal identifier, as `sealane document show` prints them: vat:DE129273398, be-kbo:0683.473.480, lei:1961005C5OEL4TEFE199. Up to seven
        #[arg(long = "id", value_name = "SCHEME:VALUE", required = true)]
        identifiers: Vec<String>,
    },
    /// The customers, their aliases, and where these stand
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
