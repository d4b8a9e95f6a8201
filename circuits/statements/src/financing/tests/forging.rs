//! A dishonest prover: for each named constraint a false witness that breaks it alone, so that the circuit
//! without it would accept. And what a prover may choose: the sign of a root.

use super::*;

/// The context: the one public input that the circuit reads and does not compute.
const CONTEXT: usize = 2;

/// Takes the public inputs over from what the rows compute: a forger states what its false witness gives.
fn restated(system: &System) -> Vec<Fr> {
    let mut instance = system.instance().to_vec();
    for row in system.rows() {
        let stated = row.variables().find_map(|variable| match variable {
            Variable::Instance(index) if index != 0 && index != CONTEXT => Some(index),
            _ => None,
        });
        if let Some(index) = stated {
            // the row is linear in it: its values at 0 and 1 say where it holds
            let mut at = |value| {
                instance[index] = value;
                let [a, b, c] = [0, 1, 2].map(|side| {
                    let value = |variable: &Variable| match variable {
                        Variable::Instance(index) => instance[*index],
                        Variable::Witness(index) => system.assignment()[*index],
                    };
                    let terms = row.sides[side].iter();
                    terms
                        .map(|(variable, factor)| value(variable) * factor)
                        .sum::<Fr>()
                });
                a * b - c
            };
            let (zero, one) = (at(Fr::ZERO), at(Fr::ONE));
            let slope = (one - zero).inverse().expect("the row tells the input");
            instance[index] = -zero * slope;
        }
    }
    instance
}

/// The constraints that a forger's restated witness breaks.
fn broken_by(forced: BTreeMap<usize, Fr>, witness: &FinancingWitness) -> BTreeSet<&'static str> {
    let statement = witness.compute(context()).expect("maps");
    let mut system = System::forging(forced);
    synthesize(&mut system, &statement, witness);
    let instance = restated(&system);
    let broken = system
        .rows()
        .iter()
        .filter(|row| !row.holds(&instance, system.assignment()));
    broken.map(|row| row.name).collect()
}

/// The witness variables that `name` adds.
fn added_by(system: &System, name: &str) -> Vec<usize> {
    let owners = system.owners().iter().enumerate();
    owners
        .filter(|(_, owner)| **owner == name)
        .map(|(index, _)| index)
        .collect()
}

/// The variable of a leaf's presence: the first of the four that are allocated for each leaf of values.
fn presence_variable(system: &System, slot: usize) -> usize {
    let position = VALUES.iter().position(|opened| *opened == slot);
    added_by(system, System::UNNAMED)[4 * position.expect("opened")]
}

#[test]
fn leaving_out_any_named_constraint_lets_a_false_witness_through() {
    let honest = witness(&invoice());
    let system = circuit(&statement(&honest), &honest);
    let mut noticed = BTreeSet::new();
    let undecided = determinacy::undecided(&system);
    for name in CONSTRAINTS {
        let mut added = added_by(&system, name);
        added.retain(|index| !undecided.contains(index));
        let Some(last) = added.last() else { continue };
        for index in [added[0], added[added.len() / 2], *last] {
            let forged = system.assignment()[index] + Fr::from(2_u8);
            let broken = broken_by(BTreeMap::from([(index, forged)]), &honest);
            assert_eq!(broken, BTreeSet::from([name]), "variable {index}");
        }
        noticed.insert(name);
    }
    noticed.extend(forged_presences(&system, &honest));
    noticed.extend(forged_marks(&system, &honest));
    noticed.extend(forged_documents());
    noticed.extend(forged_statements(&honest));
    assert_eq!(noticed, BTreeSet::from(CONSTRAINTS));
}

/// C3, C4 add no variable: a presence is forged.
fn forged_presences(system: &System, honest: &FinancingWitness) -> Vec<&'static str> {
    let forge = |slot, value, witness: &FinancingWitness| {
        let variable = presence_variable(system, slot);
        broken_by(BTreeMap::from([(variable, value)]), witness)
    };
    let two = Fr::from(2_u8);
    let twice = forge(header::ORDER_REFERENCES, two, honest);
    assert_eq!(twice, BTreeSet::from(["C3"]));
    for required in REQUIRED {
        assert_eq!(forge(required, Fr::ZERO, honest), BTreeSet::from(["C4"]));
    }
    vec!["C3", "C4"]
}

/// The variables of the marks: before those of the fill-ups, which come last.
fn mark_variables(system: &System) -> Vec<usize> {
    let unnamed = added_by(system, System::UNNAMED);
    unnamed[unnamed.len() - 15..unnamed.len() - 7].to_vec()
}

/// C24 adds no variable: a mark is forged that is neither 0 nor 1, in the commitment too.
fn forged_marks(system: &System, honest: &FinancingWitness) -> Vec<&'static str> {
    for variable in mark_variables(system) {
        let forced = BTreeMap::from([(variable, Fr::from(2_u8))]);
        assert_eq!(broken_by(forced, honest), BTreeSet::from(["C24"]));
    }
    vec!["C24"]
}

/// A mark that is not the commitment's: it has another commitment, and no other row would notice.
#[test]
fn no_identifier_is_marked_looser_than_its_bank_has_committed_to() {
    let honest = witness(&invoice());
    let mut forged = honest.clone();
    forged.marks = Marks::new(0b110, true, false).expect("later places");
    let stated = forged.compute(context()).expect("maps");
    assert_ne!(stated.alias(), statement(&honest).alias());
    assert_eq!(circuit(&stated, &forged).broken(), [""; 0]);
    let stated = FinancingStatement {
        alias: statement(&honest).alias(),
        ..stated
    };
    assert_eq!(circuit(&stated, &forged).broken(), ["C11"]);
    assert_eq!(stated.check(&forged), Err(FinancingError::Alias));
}

/// All else honest: a credit note, a stranger's identifier, an alias with a gap.
fn forged_documents() -> Vec<&'static str> {
    let credit_note = with(|invoice| invoice.type_code = Some(381));
    let broken = broken_by(BTreeMap::new(), &witness(&credit_note));
    assert_eq!(broken, BTreeSet::from(["C6"]));
    let stranger = with(|invoice| invoice.seller[0] = "no-org:1".to_owned());
    let broken = broken_by(BTreeMap::new(), &witness(&stranger));
    assert_eq!(broken, BTreeSet::from(["C12"]));
    let mut gap = witness(&invoice());
    gap.alias[6] = element("no-org:1");
    let broken = broken_by(BTreeMap::new(), &gap);
    assert_eq!(broken, BTreeSet::from(["C13"]));
    vec!["C6", "C12", "C13"]
}

/// A place that holds an identifier said to be empty, so that a fill-up would stand for it: C13 alone notices. And a place that is empty said
/// to hold one.
#[test]
fn no_identifier_is_hidden_behind_a_fill_up() {
    let honest = witness(&invoice());
    let system = circuit(&statement(&honest), &honest);
    let added = added_by(&system, "C13");
    // for each place its inverse and its bit; then of each later place whether it is real
    for (place, bit) in added[..14].chunks(2).map(|pair| pair[1]).enumerate() {
        let real = system.assignment()[bit];
        assert_eq!(real, Fr::from(u8::from(place < 3)));
        let forced = BTreeMap::from([(bit, Fr::ONE - real)]);
        assert_eq!(broken_by(forced, &honest), BTreeSet::from(["C13"]));
    }
    // with the inverse at 0 too, its own row holds, and the second one does not
    let forced = BTreeMap::from([(added[4], Fr::ZERO), (added[5], Fr::ZERO)]);
    assert_eq!(broken_by(forced, &honest), BTreeSet::from(["C13"]));
}

/// C5, C23: the statement is forged, and nothing is restated.
fn forged_statements(honest: &FinancingWitness) -> Vec<&'static str> {
    let mut masked = statement(honest);
    masked.mask = Mask::of(0);
    assert_eq!(circuit(&masked, honest).broken(), ["C5"]);
    let mut pointed = statement(honest);
    pointed.blinded[3] = Some(Point::generator());
    assert_eq!(circuit(&pointed, honest).broken(), ["C23"]);
    vec!["C5", "C23"]
}

/// The sign of Elligator's root is the prover's: both signs are accepted, and give points that share the
/// coordinate `v` that alone becomes the fingerprint.
#[test]
fn both_signs_of_a_root_give_one_fingerprint() {
    let honest = witness(&invoice());
    let honest_statement = statement(&honest);
    let system = circuit(&honest_statement, &honest);
    let roots: Vec<usize> = added_by(&system, "C17")
        .chunks(7)
        .map(|slot| slot[6])
        .collect();
    assert_eq!(roots.len(), SLOTS);
    let forced = roots
        .iter()
        .map(|root| (*root, -system.assignment()[*root]));
    let mut mirrored = System::forging(forced.collect());
    synthesize(&mut mirrored, &honest_statement, &honest);
    let instance = restated(&mirrored);
    let mut rows = mirrored.rows().iter();
    assert!(rows.all(|row| row.holds(&instance, mirrored.assignment())));
    let k = sealane_crypto::curve::Scalar::from_uniform(&[9; 64]);
    let s = honest.blinding.scalar();
    let bases = sealane_crypto::curve::slot_bases();
    for (slot, point) in honest.points().expect("maps").iter().enumerate() {
        let blinding = bases[slot].times(&s);
        let other = blinding - *point;
        let [u, v] = [instance[8 + 2 * slot], instance[9 + 2 * slot]];
        assert_eq!([u, v], [other.u(), other.v()]);
        let honest = honest_statement.blinded()[slot].expect("all apply");
        assert_ne!(honest, other);
        // T = k·B − s·(k·H)
        let unblind = |b: Point| b.times(&k) - bases[slot].times(&k).times(&s);
        assert_eq!(unblind(honest).v(), unblind(other).v(), "one fingerprint");
    }
}

/// A second witness for the same record gives the same point and fingerprint, whatever its `s`.
#[test]
fn another_blinding_gives_other_points_and_the_same_fingerprint() {
    let one = witness(&invoice());
    let mut two = one.clone();
    two.blinding = Blinding::from_bytes([0x3c; 32]);
    let [a, b] = [statement(&one), statement(&two)];
    assert_ne!(a.commitment(), b.commitment());
    let bases = sealane_crypto::curve::slot_bases();
    for (left, right) in a.presented().zip(b.presented()) {
        assert_ne!(left.2, right.2);
        let slot = left.0.number();
        let [left, right] = [(left.2, &one), (right.2, &two)]
            .map(|(b, w)| b - bases[slot].times(&w.blinding.scalar()));
        assert_eq!(left, right);
        assert_eq!(left, one.points().expect("maps")[slot]);
    }
}
