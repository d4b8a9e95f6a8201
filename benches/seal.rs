//! Sealing: canonical fields to a record and its openings, by the number of lines it is padded to.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion};
use sealane_benches::documents::invoice_of;
use sealane_benches::grouped;
use sealane_benches::trade::Office;
use sealane_types::encoding::Encode;
use sealane_types::ids::ChainId;
use sealane_types::schema::LINE_BUCKETS;

fn seal(criterion: &mut Criterion) {
    let office = Office::new(ChainId::new([3; 32]));
    let mut group = criterion.benchmark_group("seal");
    for lines in LINE_BUCKETS {
        let fields = invoice_of(lines);
        let bytes = office.seal(&fields).record().to_bytes().len();
        println!("a record of {lines} lines: {} bytes", grouped(bytes as u64));
        group.bench_with_input(
            BenchmarkId::new("lines", lines),
            &fields,
            |bencher, fields| {
                bencher.iter(|| office.seal(black_box(fields)));
            },
        );
    }
    group.finish();
}

fn main() {
    sealane_benches::run(10, seal);
}
