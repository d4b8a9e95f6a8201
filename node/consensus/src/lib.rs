//! How blocks are decided: the trait behind which an engine stands, the engines `solo` and Malachite, the pool of
//! transactions that wait, and time.
//!
//! ```text
//! Engine                               Application (the node)
//!   ── is a block due? ──────────────▶   due, waiting
//!   ── make one ─────────────────────▶   propose      transactions of the pool, header of the tip
//!   ── may I vote for this one? ─────▶   validate     complete: header, signatures, proofs, rules
//!   ── it is final ──────────────────▶   decided      one atomic, synced write
//! ```
//!
//! Invariant: an engine signs at most one block a height and round. `solo` writes a block down
//! ([`VoteFile`]) before it signs, and after a crash decides that very block; Malachite's signatures each pass the
//! [`Mark`] of the last one.

// A new kind of action, change, outcome or refusal has an answer wherever these are told apart, or nothing compiles. Tests may
// look for one kind alone; matches over others' enums, which grow, are allowed one by one.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]

#[cfg(feature = "byzantine")]
pub mod byzantine;
mod clock;
mod engine;
mod malachite;
mod mark;
mod mempool;
mod solo;
mod votes;

pub use clock::{Clock, ManualClock, SystemClock};
pub use engine::{
    Application, ApplicationError, Engine, EngineError, LastFinal, Point, Points, Proposer, Signer,
    Verdict,
};
pub use malachite::{
    Malachite, NOT_SENT, Patience, PeerAddress, engine_figures, peer_id, read_packet,
};
pub use mark::{Mark, MarkError, Place, Said, Step};
pub use mempool::{
    Admission, Costs, Lane, Limits, Mempool, MempoolError, Passed, Passing, Waiting, cost,
};
pub use solo::{Pace, Solo};
pub use votes::{Intent, VoteFile, VotesError};
