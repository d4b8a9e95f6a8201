//! What a client checks of an answer: a value, or its absence, under a state root; and what making the proof takes.

use std::hint::black_box;

use criterion::Criterion;
use sealane_benches::chain::{Chain, VALIDATOR};
use sealane_ledger::state::Key;
use sealane_types::ids::{AliasId, RecordId};
use sealane_wire::proof::verify;

fn query(criterion: &mut Criterion) {
    let chain = Chain::new();
    let (store, height) = (chain.store(), chain.height());
    let root = store.root(height).expect("the store can be read");
    let keys = [
        ("present", Key::alias(&VALIDATOR)),
        ("absent", Key::record(&RecordId::new([0x77; 32]))),
        ("absent alias", Key::alias(&AliasId::new([0x31; 32]))),
    ];
    let mut group = criterion.benchmark_group("query");
    for (name, key) in keys {
        let key = key.as_bytes();
        let proven = store.prove(height, key).expect("the store can be read");
        println!("{name}: a proof of {} bytes", proven.proof.len());
        let value = proven.value.as_deref();
        group.bench_function(format!("make the proof, {name}"), |bencher| {
            bencher.iter(|| {
                store
                    .prove(height, black_box(key))
                    .expect("the store can be read")
            });
        });
        group.bench_function(format!("check the proof, {name}"), |bencher| {
            bencher.iter(|| verify(&root, key, value, black_box(&proven.proof)).expect("it holds"));
        });
    }
    group.finish();
}

fn main() {
    sealane_benches::run(20, query);
}
