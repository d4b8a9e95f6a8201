//! Handing fields over: cards, contacts, grants, imports.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum HandoverCommand {
    /// Disclose fields of a sealed record to somebody, in a file that only they can open
    ///
    /// A disclosure cannot be taken back.
    Grant {
        /// The record, as `seal` printed it: sealed by this home's bank or by a customer
        id: String,
        /// The receiver: a contact, or a member whose card this home has
        #[arg(long, value_name = "NAME")]
        to: String,
        /// The fields, as `document show` and checks name them: id,seller,lines[*].quantity; lines; all
        #[arg(long, value_name = "PATHS")]
        fields: String,
        /// Where to write the file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// Import fields that somebody disclosed to this home, checked against the chain
    Import {
        /// The file, as `grant` wrote it
        file: PathBuf,
    },

    /// List what was disclosed to this home, and what it disclosed to whom
    Grants,

    /// Write this home's card, with which others can disclose fields to it
    Card {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// The parties to which this home can disclose fields
    #[command(subcommand)]
    Contact(ContactCommand),
}

#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Check a card's signature against the chain, and keep the card
    Add {
        /// The card
        file: PathBuf,
        /// This home's own name for the contact: a-z, 0-9 and -. Default: its name on the chain
        #[arg(long)]
        name: Option<String>,
    },
    /// List the contacts
    List,
}
