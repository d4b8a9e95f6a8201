//! `sealane certificate`.

use std::path::PathBuf;

use clap::Subcommand;

/// Who may connect: certificates of nodes and homes, issued by the consortium's authority.
#[derive(Debug, Subcommand)]
pub enum CertificateCommand {
    /// Make a new key for --home (a member's home, or a node's folder) and a request for its certificate
    Request {
        /// Where to write the request, which goes to the authority
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// At the authority: issue the certificate that a request asks for. First make sure that the request comes from
    /// the party that it names
    Issue {
        /// The authority's folder: DIR/authority where the network was made
        #[arg(long, value_name = "DIR")]
        authority: PathBuf,
        /// The request
        request: PathBuf,
        /// Where to write the certificate, which goes back to that party
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How many days it is valid
        #[arg(long, default_value_t = sealane_wire::tls::DAYS)]
        days: u32,
    },

    /// Install in --home what the authority issued: a certificate or a revocation list. A running node needs no
    /// restart. An older revocation list, and a file of another authority, are refused
    Install {
        /// The authority's file
        file: PathBuf,
        /// The consortium replaces its authority: trust the file's authority beside the present one
        #[arg(long, conflicts_with = "only_authority")]
        add_authority: bool,
        /// The authority has been replaced: trust the file's authority, and no other any more
        #[arg(long)]
        only_authority: bool,
    },

    /// Make a new certificate authority, to replace the present one: its certificate and revocation list for everybody
    Authority {
        /// The new authority's folder, which has none yet
        #[arg(long, value_name = "DIR")]
        authority: PathBuf,
        /// The network's name, for people
        #[arg(long, value_name = "NAME", default_value = "sealane")]
        network: String,
        /// Where to write what everybody installs (certificate install --add-authority)
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },

    /// New keys and certificates for the nodes and homes of a network on this machine
    Renew {
        /// The network's folder
        #[arg(long)]
        dir: PathBuf,
        /// Only this one: `node node-a` or `home bank-a`, for example
        #[arg(num_args = 0..=2, value_names = ["KIND", "NAME"])]
        only: Vec<String>,
        /// How many days they are valid
        #[arg(long, default_value_t = sealane_wire::tls::DAYS)]
        days: u32,
    },

    /// At the authority: revoke certificates of a node or a home. Say which: the older ones, one by its serial, or all
    #[command(group(clap::ArgGroup::new("which").required(true)))]
    Revoke {
        /// The authority's folder
        #[arg(long, value_name = "DIR")]
        authority: PathBuf,
        /// `node` or `home`
        kind: String,
        /// Its name in the certificate: a home's is the member's (bank-a), a node's its own (node-a)
        name: String,
        /// All but the newest valid one: the node or home keeps access
        #[arg(long, group = "which")]
        older: bool,
        /// The one with this serial number (certificate list)
        #[arg(long, group = "which", value_name = "NUMBER")]
        serial: Option<u64>,
        /// All: its connections are cut and it cannot connect again
        #[arg(long, group = "which")]
        all: bool,
        /// Where to write the new revocation list; install it at every node and home (certificate install). Without --out and
        /// --dir it is in the authority's folder only
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Install the list at all nodes and homes of the network in this folder, where all are on one machine
        #[arg(long)]
        dir: Option<PathBuf>,
    },

    /// At the authority: list the certificates issued, until when they are valid, and which are revoked
    List {
        /// The authority's folder
        #[arg(long, value_name = "DIR")]
        authority: PathBuf,
    },
}
