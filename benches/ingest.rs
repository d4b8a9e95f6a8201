//! Ingest: the bytes of an invoice to canonical fields.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use sealane_benches::documents::example;
use sealane_documents::{canonical, read};

fn ingest(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ingest");
    for name in ["invoice-ubl.xml", "invoice-cii.xml"] {
        let bytes = example(name);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let document = read(black_box(&bytes), name).expect("the example is valid");
                canonical(&document).expect("the example fits its schema")
            });
        });
    }
    group.finish();
}

fn main() {
    sealane_benches::run(20, ingest);
}
