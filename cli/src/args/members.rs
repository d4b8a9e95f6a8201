//! `sealane member` and `sealane proposal`: who is a member, and what members vote on.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// A role that members admit.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MemberRole {
    /// Seals, finances, vouches for customers, votes
    Bank,
    /// Reads what the law lets it read
    Regulator,
    /// Keeps nodes running
    Operator,
    /// Follows and verifies
    Observer,
}

#[derive(Debug, Subcommand)]
pub enum MemberCommand {
    /// Who they are, and where they stand
    List,
    /// Make a newcomer's home, and a file with which the members can propose to admit it
    Request {
        /// The folder to make the home in
        #[arg(long)]
        dir: PathBuf,
        /// The home of a member of the network: its genesis and its node's address are taken over
        #[arg(long, value_name = "HOME")]
        from: PathBuf,
        /// The newcomer's name: a-z, 0-9 and -
        #[arg(long)]
        name: String,
        /// What it wants to be
        #[arg(long, value_enum)]
        role: MemberRole,
        /// A legal identifier; up to seven
        #[arg(long = "id", value_name = "SCHEME:VALUE")]
        identifiers: Vec<String>,
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make a new signing key for --home, and a file with which the members can propose it. The home changes to it by
    /// itself; records and customers stay its own
    Rekey {
        /// Where to write the request
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Where a member stands.
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
    /// Propose a change; whoever proposes approves
    New {
        /// The change holds this many blocks later; without enough votes by then, the proposal lapses
        #[arg(
            long = "in",
            value_name = "BLOCKS",
            default_value_t = 100,
            global = true
        )]
        notice: u64,
        /// The change
        #[command(subcommand)]
        change: ChangeCommand,
    },
    /// All proposals, and where they stand
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
        /// What it shall be
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
        /// The validator: a member of that role, node-a say
        member: String,
        /// Its voting power
        power: u32,
    },
    /// Change quotas and limits; what is not named stays
    Limits {
        /// Blinded sets that a bank may have answered on one day
        #[arg(long)]
        inquiries_per_day: Option<u32>,
        /// Sets that a bank may finance on one day
        #[arg(long)]
        financings_per_day: Option<u32>,
        /// Blocks that a hold may last
        #[arg(long)]
        max_hold_blocks: Option<u64>,
        /// Transactions of a block
        #[arg(long)]
        max_block_transactions: Option<u32>,
        /// Bytes of a block
        #[arg(long)]
        max_block_bytes: Option<u32>,
    },
    /// Accept the proofs of a circuit
    AcceptCircuit {
        /// Its verifying key's id
        id: String,
    },
    /// Accept the proofs of a circuit no longer
    RetireCircuit {
        /// Its verifying key's id
        id: String,
    },
    /// Accept the proofs of a published check no longer
    RetireCheck {
        /// The check at its sizes, as `check published` prints it: invoice-order@1/16
        check: String,
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
    /// Hand the fingerprint key on: these validators shall hold its shares
    Share {
        /// The validators' names, in any order
        #[arg(long, required = true, value_delimiter = ',', value_name = "NAMES")]
        holders: Vec<String>,
    },
}
