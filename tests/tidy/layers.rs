//! The tower: a room uses only rooms below it.

use std::collections::BTreeMap;

use super::{none, root};

/// Rooms by floor, from the ground up; rooms on one floor do not see each other unless listed in
/// [`BESIDE`].
const FLOORS: [&[&str]; 12] = [
    &["sealane-derive"],
    &["sealane-types"],
    &["sealane-documents", "sealane-crypto"],
    &["sealane-gadgets"],
    &["sealane-statements"],
    &["sealane-checks"],
    &["sealane-setup"],
    &["sealane-prover", "sealane-verifier"],
    &["sealane-ledger"],
    &[
        "sealane-wire",
        "sealane-store",
        "sealane-consensus",
        "sealane-api",
        "sealane-node",
    ],
    &["sealane-client"],
    &["sealane"],
];

/// The order inside the node's own room: `api` serves over `wire`, the daemon composes all.
const BESIDE: [(&str, &str); 5] = [
    ("sealane-api", "sealane-wire"),
    ("sealane-node", "sealane-wire"),
    ("sealane-node", "sealane-store"),
    ("sealane-node", "sealane-consensus"),
    ("sealane-node", "sealane-api"),
];

/// What a room must not use although it stands lower, with the reason.
const NEVER: [(&str, &str, &str); 12] = [
    (
        "sealane-client",
        "sealane-store",
        "of the node the client uses wire only",
    ),
    (
        "sealane-client",
        "sealane-api",
        "of the node the client uses wire only",
    ),
    (
        "sealane-client",
        "sealane-node",
        "of the node the client uses wire only",
    ),
    (
        "sealane-client",
        "sealane-consensus",
        "of the node the client uses wire only",
    ),
    (
        "sealane-verifier",
        "sealane-gadgets",
        "the verifier builds without constraints",
    ),
    (
        "sealane-verifier",
        "sealane-setup",
        "the verifier holds no proving keys",
    ),
    ("sealane-verifier", "tokio", "the verifier has no runtime"),
    (
        "sealane-verifier",
        "ark-groth16",
        "its r1cs feature would bring the prover",
    ),
    ("sealane-ledger", "tokio", "the ledger has no I/O"),
    ("sealane-ledger", "rand", "the ledger has no randomness"),
    (
        "sealane-ledger",
        "getrandom",
        "the ledger has no randomness",
    ),
    (
        "sealane-ledger",
        "sealane-prover",
        "the ledger proves nothing",
    ),
];

/// Packages with their own (not development) dependencies.
fn rooms() -> BTreeMap<String, Vec<String>> {
    let members: toml::Table = std::fs::read_to_string(root().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let members = members["workspace"]["members"].as_array().unwrap();
    let read = |folder: &toml::Value| {
        let path = root().join(folder.as_str().unwrap()).join("Cargo.toml");
        let manifest: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let mut uses = Vec::new();
        for table in ["dependencies", "build-dependencies"] {
            let listed = manifest.get(table).and_then(toml::Value::as_table);
            uses.extend(listed.into_iter().flat_map(|table| table.keys().cloned()));
        }
        (name, uses)
    };
    members.iter().map(read).collect()
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let mut findings = Vec::new();
    for (room, uses) in rooms() {
        let beside = ["tests", "benches", "byzantine", "fuzz"];
        if beside.iter().any(|name| room == format!("sealane-{name}")) {
            continue; // they stand beside the tower
        }
        let Some(own) = floor(&room) else {
            findings.push(format!(
                "{room} has no floor: add it to FLOORS in tests/tidy/layers.rs"
            ));
            continue;
        };
        for used in &uses {
            let Some(other) = floor(used) else { continue };
            let beside = BESIDE.contains(&(room.as_str(), used.as_str()));
            if other >= own && !beside {
                findings.push(format!("{room} uses {used}, which is not below it"));
            }
        }
    }
    none(
        &findings,
        "move the code to the room where both can see it:",
    );
}

#[test]
fn rooms_keep_away_from_what_they_must_not_use() {
    let rooms = rooms();
    let broken = |(room, used, _): &&(&str, &str, &str)| {
        rooms
            .get(*room)
            .is_some_and(|uses| uses.iter().any(|name| name == used))
    };
    let say = |(room, used, why): &(&str, &str, &str)| format!("{room} uses {used}: {why}");
    let findings: Vec<String> = NEVER.iter().filter(broken).map(say).collect();
    none(&findings, "these dependencies are ruled out by the design:");
}

#[test]
fn algorithms_are_named_in_the_crypto_room_alone() {
    const ALGORITHMS: [&str; 9] = [
        "age",
        "blake2",
        "chacha20poly1305",
        "ed25519-consensus",
        "hkdf",
        "hpke",
        "sha2",
        "sha3",
        "blst",
    ];
    let allowed = |room: &str, used: &str| {
        // jmt asks its user for the hasher of the tree; the verifier may use a faster pairing
        room == "sealane-crypto"
            || (room == "sealane-store" && used == "sha2")
            || (room == "sealane-verifier" && used == "blst")
    };
    let mut findings = Vec::new();
    for (room, uses) in rooms() {
        let named = uses
            .iter()
            .filter(|used| ALGORITHMS.contains(&used.as_str()));
        findings.extend(
            named
                .filter(|used| !allowed(&room, used))
                .map(|used| format!("{room} names {used}")),
        );
    }
    none(
        &findings,
        "reach algorithms through the suite in primitives/crypto:",
    );
}

#[test]
fn the_ledger_is_pure() {
    const IMPURE: [&str; 9] = [
        "HashMap",
        "HashSet",
        "SystemTime",
        "Instant",
        "std::fs",
        "std::net",
        "std::env",
        "thread_rng",
        "tokio",
    ];
    let mut findings = Vec::new();
    for (path, text) in super::texts(&[".rs"]) {
        if !path.starts_with("ledger/src") || path.contains("test") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let found = IMPURE.iter().filter(|word| code.contains(*word));
            findings.extend(found.map(|word| format!("{path}:{}: {word}", number + 1)));
        }
    }
    none(
        &findings,
        "the ledger has no clock, randomness, I/O or unordered map:",
    );
}

#[test]
fn evaluation_and_compiler_take_nothing_from_each_other() {
    const CHECKS: &str = "circuits/checks/src";
    let apart = [("evaluate", "compile::"), ("compile", "evaluate::")];
    let mut findings = Vec::new();
    for (path, text) in super::texts(&[".rs"]) {
        let other = |(own, other): &(&str, &'static str)| {
            let inside = [format!("{CHECKS}/{own}.rs"), format!("{CHECKS}/{own}/")];
            let is_own = inside.iter().any(|start| path.starts_with(start));
            is_own.then_some(*other)
        };
        let Some(other) = apart.iter().find_map(other) else {
            continue;
        };
        let code = text.lines().map(|line| line.split("//").next());
        let named = code
            .enumerate()
            .filter(|(_, code)| code.is_some_and(|code| code.contains(other)));
        findings.extend(named.map(|(number, _)| format!("{path}:{}: {other}", number + 1)));
    }
    none(
        &findings,
        "each is the other's cross-check: move what both need above them:",
    );
}
