//! Each target takes its seeds and finds, whole, cut short and altered. What libFuzzer does for hours is done here for
//! seconds, from one seed, so that a decoder that panics is noticed by `make test`.
#![allow(missing_docs)]

use sealane_fuzz::{TARGETS, Target, finds};

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((value ^ (value >> 31)) >> 16).expect("48 bits")
    }
}

/// One change: a bit, a byte, a cut, a piece doubled, or a length that is far too large.
fn alter(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.next() % (bytes.len() + 1);
    match random.next() % 5 {
        0 if at < bytes.len() => bytes[at] ^= 1 << (random.next() % 8),
        1 if at < bytes.len() => bytes[at] = random.next().to_le_bytes()[0],
        2 => bytes.truncate(at),
        3 => {
            let end = (at + random.next() % 16).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => bytes.splice(at..at, [0xff; 4]).for_each(drop),
    }
}

fn try_all(target: &Target) {
    let seeds: Vec<Vec<u8>> = (target.seeds)();
    assert!(!seeds.is_empty(), "{} has seeds", target.name);
    let found = finds(target.name);
    let mut random = Random(7);
    let each = 3000 / seeds.len() + 1;
    for seed in seeds.iter().chain(&found) {
        (target.take)(seed);
        for _ in 0..each {
            let mut bytes = seed.clone();
            for _ in 0..=random.next() % 3 {
                alter(&mut bytes, &mut random);
            }
            (target.take)(&bytes);
        }
    }
}

macro_rules! tests {
    ($($test:ident $name:literal),* $(,)?) => {
        $(#[test] fn $test() {
            try_all(&sealane_fuzz::named($name).expect("a target"));
        })*

        #[test]
        fn every_target_has_a_test() {
            let tested = [$($name),*];
            assert_eq!(TARGETS.map(|target| target.name), tested);
        }
    };
}

tests! {
    documents "document", pdfs "pdf", identifiers "identifier", checks "check", workflows "workflow", encodings "encoding",
    state "state", packets "packet", verifying_keys "verifying-key", state_proofs "state-proof", handover "handover",
    keystores "keystore", desk "desk",
    proofs "proof", certificates "certificate",
}
