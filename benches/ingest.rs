//! Ingest: the bytes of an invoice to canonical fields.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use rayon::prelude::*;
use sealane_benches::documents::example;
use sealane_documents::{canonical, read};

/// Files of the folder.
const INVOICES: usize = 1_000;

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

/// What `document show` does with a folder: small invoices, on one core and on all.
fn folder(criterion: &mut Criterion) {
    let text = String::from_utf8(example("invoice-other.xml")).expect("the example is UTF-8");
    let number = read(text.as_bytes(), "other")
        .expect("the example is valid")
        .id;
    let files: Vec<Vec<u8>> = (0..INVOICES)
        .map(|file| {
            text.replace(&number, &format!("{number}-{file}"))
                .into_bytes()
        })
        .collect();
    let one = |bytes: &Vec<u8>| {
        read(black_box(bytes), "small")
            .expect("it is valid")
            .lines
            .len()
    };
    let mut group = criterion.benchmark_group("folder of small invoices");
    group.throughput(Throughput::Elements(INVOICES as u64));
    group.bench_function("one core", |bencher| {
        bencher.iter(|| files.iter().map(one).sum::<usize>());
    });
    group.bench_function("all cores", |bencher| {
        bencher.iter(|| files.par_iter().map(one).sum::<usize>());
    });
    group.finish();
}

fn main() {
    sealane_benches::run(20, |criterion| {
        ingest(criterion);
        folder(criterion);
    });
}
