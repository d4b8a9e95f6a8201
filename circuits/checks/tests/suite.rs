//! What the compiler of checks makes of checks and documents.

#[path = "support/circuit.rs"]
mod circuit;
#[path = "support/long_trade.rs"]
mod long_trade;
#[path = "support/naive.rs"]
mod naive;
#[path = "support/random.rs"]
mod random;
#[path = "support/steps.rs"]
mod steps;
mod support;
#[path = "support/trades.rs"]
mod trade_files;

mod attacks;
mod by_hand;
mod compiled;
mod credit;
mod documents_bits;
mod examples;
mod language;
mod largest;
mod lines;
mod operators;
mod parts;
mod parts_attacks;
mod parts_lies;
mod properties;
mod sets;
mod trades;
