//! Cross-checks: a small language in which a requirement on documents of several parties is declared once.
//!
//! ```text
//! text → Declaration → Check → Instance → Evaluation
//!       parse         resolve  Instance::new  Instance::evaluate
//! ```
//!
//! `specs/checks/README.md` says what every word means. The native evaluation follows it, and so do the constraints, which
//! [`compile`] makes from the same [`typed::Check`] in the same order (`specs/circuits/cross-check.md`).
//!
//! Declarations and documents come from strangers: lengths, depth, nodes and work are limited ([`limits`]), and nothing panics.

pub mod ast;
pub mod attack;
pub mod compile;
pub mod currency;
pub mod date;
pub mod evaluate;
pub mod fault;
pub mod field;
#[cfg(feature = "fixtures")]
pub mod fixture;
pub mod instance;
pub mod known;
pub mod limits;
mod parse;
mod print;
pub mod readable;
pub mod rehearsal;
mod resolve;
pub mod standard;
mod token;
pub mod typed;

pub use evaluate::{Evaluation, HandError, Handed};
pub use instance::{Instance, Sizes};
pub use parse::parse;
pub use resolve::resolve;

use fault::Faults;
use typed::Check;

/// Reads and checks a declaration.
///
/// # Errors
/// What is wrong with it; [`Faults::render`] shows where.
pub fn read(source: &str) -> Result<Check, Faults> {
    resolve(&parse(source).map_err(Faults::from)?)
}
