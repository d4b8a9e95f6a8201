//! What the tests of whole networks stand on: the `sealane` binary, a network in a temporary folder
//! whose node can be killed, invoices written for tests, a recording proxy, a search for planted
//! values, and a chain in memory that verifies and applies blocks as a node does.
//!
//! Everything here fails a test by panicking with what went wrong: it is no library for anybody else.

pub mod blocks;
pub mod chain;
pub mod command;
pub mod consortium;
pub mod deals;
pub mod disk;
pub mod faults;
pub mod figures;
pub mod floods;
pub mod held;
pub mod history;
pub mod invoice;
pub mod keys;
pub mod links;
pub mod network;
pub mod newcomer;
pub mod page;
pub mod planted;
pub mod proxy;
pub mod random;
pub mod search;
pub mod store;
pub mod trade;
pub mod traffic;
pub mod votes;
