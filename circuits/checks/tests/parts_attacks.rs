//! A dishonest prover of a check in parts: what it could try at a pair, at a fold and at the last proof, and what stops it.
//! Constraints that no forgery here needs alone are those of `attacks.rs` (K1 to K4, K6, K7, K10), or have tests in `parts_lies.rs` (P1).
#![allow(clippy::unwrap_used)]

use crate::long_trade::{At, BILLED_ORDERED, FOLD_FIRST, Fixture, LAST, SUMS_BEGIN, SUMS_GO_ON};
use ark_bls12_381::Fr;
use ark_ff::Field;
use sealane_checks::attack::{Attacked, Forged, change_each, forge};
use sealane_gadgets::{Mode, System};

fn circuit(at: &At<'_>) -> System {
    let mut system = System::new(Mode::Rows);
    let found = at.write(&mut system, &at.honest());
    assert_eq!(found, at.honest());
    assert_eq!(system.instance()[1..], at.proven.statement.public_inputs());
    assert_eq!(system.broken(), Vec::<&str>::new());
    system
}

fn nothing_changes_alone(at: &At<'_>) {
    let system = circuit(at);
    let report = change_each(&system);
    assert_eq!(report.changed, system.assignment().len());
    assert_eq!(report.unexplained, []);
    // factors for a difference that is 0; K6: whether an identifier is nothing
    let explained = ["K6", "K8", "K9", "K10", "K11", "K12", "K13", "K14"];
    let all = report.free.keys().all(|name| explained.contains(name));
    assert!(all, "{:?}", report.free);
    // nor may a public input be another for the same witnesses: the commitment that is given, say
    for input in 1..system.instance().len() {
        let mut instance = system.instance().to_vec();
        instance[input] += Fr::ONE;
        let mut rows = system.rows().iter();
        let noticed = rows.any(|row| !row.holds(&instance, system.assignment()));
        assert!(noticed, "public input {input}");
    }
}

/// Forces `each` variables of every constraint's, and sees that no row lets them be told.
fn forged(at: &At<'_>, each: usize) -> Forged<Vec<Fr>> {
    let each = std::env::var("EACH").map_or(each, |each| each.parse().unwrap());
    let forged = forge(at, &circuit(at), each, &mut |_, _| true);
    println!(
        "{} of {}: {:?}",
        forged.telling, forged.tried, forged.stopped_by_one
    );
    assert_eq!(forged.holes, []);
    forged
}

/// That rows of each of these names stop a forgery that no others would.
fn stop(forged: &Forged<Vec<Fr>>, names: &[&str]) {
    let alone = &forged.stopped_by_one;
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !alone.contains_key(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {alone:?}");
}

#[test]
fn nothing_changes_alone_in_a_pair() {
    let fixture = Fixture::new();
    nothing_changes_alone(&fixture.at(BILLED_ORDERED));
    nothing_changes_alone(&fixture.at(SUMS_GO_ON));
}

#[test]
fn nothing_changes_alone_in_a_fold_or_in_the_last() {
    let fixture = Fixture::new();
    nothing_changes_alone(&fixture.at(FOLD_FIRST));
    nothing_changes_alone(&fixture.at(LAST));
}

#[test]
fn no_forced_variable_adds_another_sum() {
    let fixture = Fixture::new();
    let forged = forged(&fixture.at(SUMS_GO_ON), 1);
    assert!(forged.telling > 8, "{}", forged.telling);
    stop(&forged, &["P2", "P3", "K8", "K12", "K14"]);
}

#[test]
fn a_sum_begins_with_any_unit_and_nothing_else_is_free() {
    let fixture = Fixture::new();
    let forged = forged(&fixture.at(SUMS_BEGIN), 1);
    assert!(forged.telling > 8, "{}", forged.telling);
    stop(&forged, &["P2", "K8", "K12"]);
}

#[test]
fn no_forced_variable_picks_another_line() {
    let fixture = Fixture::new();
    let forged = forged(&fixture.at(BILLED_ORDERED), 1);
    assert!(forged.telling > 8, "{}", forged.telling);
    stop(&forged, &["P2", "K8", "K12"]);
}

#[test]
fn no_forced_variable_folds_to_another_count() {
    let fixture = Fixture::new();
    let forged = forged(&fixture.at(FOLD_FIRST), 2);
    assert!(forged.telling > 8, "{}", forged.telling);
    stop(&forged, &["K5", "K8", "K11", "K12", "K14"]);
}

#[test]
fn no_forced_variable_makes_another_bit() {
    let fixture = Fixture::new();
    let forged = forged(&fixture.at(LAST), 3);
    assert!(forged.telling > 8, "{}", forged.telling);
    stop(&forged, &["P4", "K8", "K9", "K14"]);
}
