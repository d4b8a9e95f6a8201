//! libFuzzer's program: `SEALANE_FUZZ=TARGET sealane-fuzz FOLDER [-max_total_time=60 …]`. With `SEALANE_FUZZ_SEEDS=FOLDER`
//! it writes the target's seeds and finds there first. `make fuzz` runs it for each target.
#![no_main]
#![allow(unsafe_code)] // the C function that libFuzzer calls, from its macro

use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use sealane_fuzz::{Target, finds, named};

static TARGET: OnceLock<Target> = OnceLock::new();

fn begin() -> Target {
    let name = std::env::var("SEALANE_FUZZ").unwrap_or_default();
    let Some(target) = named(&name) else {
        panic!("SEALANE_FUZZ names no target: {name:?}");
    };
    target
}

/// Writes seeds and finds where libFuzzer takes its corpus from.
fn write_seeds(folder: &Path, target: &Target) {
    let seeds = (target.seeds)().into_iter().chain(finds(target.name));
    for (at, seed) in seeds.enumerate() {
        let path = folder.join(format!("seed-{at}"));
        std::fs::write(&path, seed).expect("the folder can be written to");
    }
}

fuzz_target!(
    init: {
        let target = begin();
        if let Some(folder) = std::env::var_os("SEALANE_FUZZ_SEEDS") {
            write_seeds(Path::new(&folder), &target);
        }
        let _ = TARGET.set(target);
    },
    |bytes: &[u8]| {
        let target = TARGET.get_or_init(begin);
        (target.take)(bytes);
    }
);
