//! `sealane member` and `sealane proposal`: who is a member, and what members vote on.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// A role that members admit.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MemberRole {
    /// Seals, finances, vouches for customers, votes
    Bank,
    /// Reads what the law allows it to read
    Regulator,
    /// Keeps nodes running
    Operator,
    /// Follows and verifies
    Observer,
}

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// List the members and their standing
    List,
    /// Make a new member's home, and the request with which a member can propose to admit it
    Request {
        /// The folder to make the home in
        #[arg(long)]
        dir: PathBuf,
        /// The home of a member of the network, from which genesis and the node's address are copied
        #[arg(long, value_name = "HOME")]
        from: PathBuf,
        /// The new member's name: a-z, 0-9 and -
        #[arg(long)]
        name: String,
        /// Its role
        #[arg(long, value_enum)]
        role: MemberRole,
        /// A legal identifier; up to seven
        #[arg(long = "id", value_name = "SCHEME:VALUE")]
        identifiers: Vec<String>,
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make a new signing key for --home, and the request with which a member can propose it. Once approved, the home
    /// uses it by itself; its records and customers do not change
    Rekey {
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// A member's standing.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum StandingWord {
    /// It may act
    Active,
    /// Not for now
    Suspended,
    /// Never again
    Closed,
}

/// Who decides.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum GovernanceWord {
    /// More than two thirds of the banks
    Members,
    /// A leading member, with more than half of the banks
    Leader,
    /// A named authority alone
    Authority,
}

#[derive(Debug, Subcommand)]
pub enum ProposalCommand {
    /// Propose a change; the proposer's own vote counts as for it
    New {
        /// The change takes effect this many blocks later; without enough votes by then, the proposal lapses
        #[arg(
            long = "in",
            value_name = "BLOCKS",
            default_value_t = 100,
            global = true
        )]
        notice: u64,
        /// Propose also what this program does not know, so that nodes that run it stop at that height
        #[arg(long, global = true)]
        unknown: bool,
        /// The change
        #[command(subcommand)]
        change: ChangeCommand,
    },
    /// List all proposals and their state
    List,
    /// What one proposal would change, who has voted, and when it holds
    Show {
        /// The proposal's number
        number: u32,
    },
    /// Vote for a proposal, or against it; a vote is final
    Vote {
        /// The proposal's number
        number: u32,
        /// Against it
        #[arg(long)]
        against: bool,
        /// Vote for it although this program does not know it, so that nodes that run it stop at that height
        #[arg(long, conflicts_with = "against")]
        unknown: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum ChangeCommand {
    /// Admit whoever made this request (sealane member request, sealane validator request)
    Admit {
        /// The request
        file: PathBuf,
    },
    /// Give whoever made this request its new signing key (sealane member rekey, sealane validator rekey)
    Key {
        /// The request
        file: PathBuf,
    },
    /// Suspend a member, let it act again, or close it for good
    Standing {
        /// The member
        member: String,
        /// The new standing
        #[arg(value_enum)]
        standing: StandingWord,
    },
    /// Give a member another role
    Role {
        /// The member
        member: String,
        /// Its new role
        #[arg(value_enum)]
        role: MemberRole,
    },
    /// Give a validator another voting power; 0 takes it out of the set
    Power {
        /// The validator, for example node-a
        member: String,
        /// Its voting power
        power: u32,
    },
    /// Change quotas and limits; those that are not given stay
    Limits {
        /// Inquiries of a bank in one day: blinded sets that are answered for it
        #[arg(long)]
        inquiries_per_day: Option<u32>,
        /// Financings of a bank in one day
        #[arg(long)]
        financings_per_day: Option<u32>,
        /// The most blocks that a hold may last
        #[arg(long)]
        max_hold_blocks: Option<u64>,
        /// The most transactions in a block
        #[arg(long)]
        max_block_transactions: Option<u32>,
        /// The most bytes of a block
        #[arg(long)]
        max_block_bytes: Option<u32>,
    },
    /// Accept the proofs of a circuit
    AcceptCircuit {
        /// Its verifying key's id
        id: String,
    },
    /// Stop accepting the proofs of a circuit
    RetireCircuit {
        /// Its verifying key's id
        id: String,
    },
    /// Change who decides
    Governance {
        /// The form
        #[arg(value_enum)]
        form: GovernanceWord,
        /// The leading member, or the authority
        member: Option<String>,
    },
    /// Raise the protocol's version: nodes that do not know it stop
    Protocol {
        /// The version
        version: u32,
    },
    /// Re-share the fingerprint key, so that these validators hold its shares
    Share {
        /// The validators' names, separated by commas: node-a,node-b,node-c,node-d
        #[arg(long, required = true, value_delimiter = ',', value_name = "NAMES")]
        holders: Vec<String>,
    },
}
