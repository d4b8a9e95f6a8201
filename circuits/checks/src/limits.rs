//! Limits on declarations and instances. What is beyond one is refused with its place, never cut.

/// Bytes of a declaration.
pub const BYTES: usize = 64 * 1024;
/// Documents of a declaration.
pub const DOCUMENTS: usize = 16;
/// Requirements of a declaration.
pub const REQUIREMENTS: usize = 64;
/// Conditions and sums inside one another.
pub const DEPTH: usize = 32;
/// Conditions and expressions in all.
pub const NODES: usize = 4096;
/// Bytes of a text: what a field holds.
pub const TEXT: usize = sealane_types::fields::MAX_TEXT;
/// Letters of a name.
pub const NAME: usize = 40;
/// Digits of a number before the point.
pub const DIGITS: usize = 18;
/// Digits of a number after the point.
pub const DECIMALS: usize = 10;
/// Days in one literal: some 270 years.
pub const DAYS: u32 = 100_000;
/// Documents that stand for one name.
pub const LIST: usize = 8;
/// Every intermediate value stays below two to this power.
pub const BITS: u64 = 250;
/// Combinations of lines that one instance looks at.
pub const WORK: u64 = 1 << 22;
/// Combinations of lines of an instance that is compiled: two or three constraints each, so keys of a few gigabytes at the most.
pub const COMPILED: u64 = 1 << 20;
/// Discrepancies that are listed of one requirement; the rest is counted.
pub const DISCREPANCIES: usize = 64;
/// Places that one evaluation lists in all; discrepancies beyond are counted.
pub const PLACES: usize = 100_000;
/// Faults that are told of one declaration; the rest is counted.
pub const FAULTS: usize = 20;
