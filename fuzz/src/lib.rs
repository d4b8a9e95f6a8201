//! Every decoder of bytes that come from outside, each as a *target*: a function over any bytes that must come back
//! without a panic, in bounded time and memory, and the bytes to begin with.
//!
//! `make fuzz` gives each target a minute under libFuzzer; what that finds is written down in `finds.txt`, and tried
//! again by `make test`, with every seed, cut short and altered.

mod certificates;
pub mod seeds;
pub mod targets;

/// A decoder that is fuzzed.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, by which `make fuzz` calls it.
    pub name: &'static str,
    /// Takes any bytes; a panic is a find.
    pub take: fn(&[u8]),
    /// What fuzzing begins with: what the decoder accepts, or nearly.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: [Target; 15] = [
    Target {
        name: "document",
        take: targets::document,
        seeds: seeds::documents,
    },
    Target {
        name: "pdf",
        take: targets::document,
        seeds: seeds::pdfs,
    },
    Target {
        name: "identifier",
        take: targets::identifier,
        seeds: seeds::identifiers,
    },
    Target {
        name: "check",
        take: targets::check,
        seeds: seeds::checks,
    },
    Target {
        name: "workflow",
        take: targets::workflow,
        seeds: seeds::workflows,
    },
    Target {
        name: "encoding",
        take: targets::encoding,
        seeds: seeds::encodings,
    },
    Target {
        name: "state",
        take: targets::state,
        seeds: seeds::states,
    },
    Target {
        name: "packet",
        take: targets::packet,
        seeds: seeds::packets,
    },
    Target {
        name: "verifying-key",
        take: targets::verifying_key,
        seeds: seeds::verifying_keys,
    },
    Target {
        name: "state-proof",
        take: targets::state_proof,
        seeds: seeds::state_proofs,
    },
    Target {
        name: "handover",
        take: targets::handover,
        seeds: seeds::handover,
    },
    Target {
        name: "keystore",
        take: targets::keystore,
        seeds: seeds::keystores,
    },
    Target {
        name: "desk",
        take: targets::desk,
        seeds: seeds::desk,
    },
    Target {
        name: "proof",
        take: targets::proof,
        seeds: seeds::proofs,
    },
    Target {
        name: "certificate",
        take: certificates::take,
        seeds: certificates::seeds,
    },
];

/// The target of this name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

/// What fuzzing found of a target: lines of `finds.txt`, each its name, the bytes in hexadecimal, and what was wrong.
#[must_use]
pub fn finds(name: &str) -> Vec<Vec<u8>> {
    let lines = include_str!("../finds.txt").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    let mut found = Vec::new();
    for line in lines {
        let mut words = line.split_whitespace();
        if words.next() == Some(name) {
            let bytes = words.next().map(hex::decode);
            found.push(bytes.and_then(Result::ok).expect("finds.txt has bytes"));
        }
    }
    found
}
