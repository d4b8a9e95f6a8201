//! How many rows each named constraint of the financing circuits has. Nothing is timed.

use sealane_benches::grouped;
use sealane_statements::financing::Shape;
use sealane_statements::financing::constraints::{CONSTRAINTS, blank};

fn main() {
    let circuits = [Shape::Full, Shape::OneFingerprint].map(|shape| (shape.name(), blank(shape)));
    for (name, system) in &circuits {
        let rows = grouped(system.rows().len() as u64);
        let witness = grouped(system.assignment().len() as u64);
        let public = system.instance().len() - 1;
        println!("{name}: {rows} rows, {witness} witness variables, {public} public inputs");
    }
    println!("constraint      full   one fingerprint");
    for constraint in CONSTRAINTS {
        let [full, one] = [0, 1].map(|at| {
            let (_, system) = &circuits[at];
            let rows = system.rows().iter().filter(|row| row.name == constraint);
            grouped(rows.count() as u64)
        });
        println!("{constraint:<10} {full:>9} {one:>17}");
    }
}
