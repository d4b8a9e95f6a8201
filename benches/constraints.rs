//! How many rows each named constraint of the financing circuit has. Nothing is timed.

use sealane_benches::grouped;
use sealane_statements::financing::CIRCUIT;
use sealane_statements::financing::constraints::{CONSTRAINTS, blank};

fn main() {
    let system = blank();
    let rows = grouped(system.rows().len() as u64);
    let witness = grouped(system.assignment().len() as u64);
    let public = system.instance().len() - 1;
    println!("{CIRCUIT}: {rows} rows, {witness} witness variables, {public} public inputs");
    println!("constraint      rows");
    for constraint in CONSTRAINTS {
        let rows = system.rows().iter().filter(|row| row.name == constraint);
        println!("{constraint:<10} {:>9}", grouped(rows.count() as u64));
    }
}
