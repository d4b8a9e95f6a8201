//! Handing fields over: cards, contacts, grants, imports.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum HandoverCommand {
    /// Give fields of a sealed record to somebody, as a file that they alone can open
    ///
    /// It cannot be taken back.
    Grant {
        /// The record, as `seal` printed it: of this home's, or of a customer's
        id: String,
        /// To whom: a contact, or a member whose card is here
        #[arg(long, value_name = "NAME")]
        to: String,
        /// The fields, as `document show` and checks name them: id,seller,lines[*].quantity; lines; all
        #[arg(long, value_name = "PATHS")]
        fields: String,
        /// Where to write the file
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// Take over fields that somebody gave to this home, checked against the chain
    Import {
        /// The file, as `grant` wrote it
        file: PathBuf,
    },

    /// What was given here, and to whom this home gave what
    Grants,

    /// Write this home's card: with it others can give it fields
    Card {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// To whom this home can give fields
    #[command(subcommand)]
    Contact(ContactCommand),
}

#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Keep a card, once its signature is checked against the chain
    Add {
        /// The card
        file: PathBuf,
        /// This home's own name for them: a-z, 0-9 and -; their name on the chain where left out
        #[arg(long)]
        name: Option<String>,
    },
    /// Who they are
    List,
}
