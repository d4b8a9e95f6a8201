//! A dishonest prover: for each named constraint a false witness that breaks it alone, so that the circuit
//! without it would accept. And what a prover may choose: the sign of a root.

use super::*;

/// Takes the public inputs over from what the rows compute: a forger states what its false witness gives.
/// A row that ends in a public input (plus a constant) says what that input must be.
fn restated(system: &System) -> Vec<Fr> {
    let mut instance = system.instance().to_vec();
    for row in system.rows() {
        let Some((input, constant)) = stated(row) else {
            continue;
        };
        instance[input] = Fr::ZERO;
        let side = |side: &[(Variable, Fr)]| -> Fr {
            let value = |variable: &Variable| match variable {
                Variable::Instance(index) => instance[*index],
                Variable::Witness(index) => system.assignment()[*index],
            };
            side.iter()
                .map(|(variable, factor)| value(variable) * factor)
                .sum()
        };
        let product = side(&row.sides[0]) * side(&row.sides[1]);
        instance[input] = product - constant;
    }
    instance
}

/// The public input that a row's third side is, and the constant added to it.
fn stated(row: &Row) -> Option<(usize, Fr)> {
    match row.sides[2].as_slice() {
        [(Variable::Instance(index), factor)] if *index != 0 && *factor == Fr::ONE => {
            Some((*index, Fr::ZERO))
        }
        [
            (Variable::ONE, constant),
            (Variable::Instance(index), factor),
        ] if *factor == Fr::ONE => Some((*index, *constant)),
        _ => None,
    }
}

/// The constraints that a forger's restated witness breaks.
fn broken_by(forced: BTreeMap<usize, Fr>, witness: &FinancingWitness) -> BTreeSet<&'static str> {
    let statement = witness.compute(Shape::Full, context()).expect("maps");
    let mut system = System::forging(forced);
    synthesize(&mut system, Shape::Full, &statement, witness);
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

/// The first variable of a leaf, its presence or its first identifier: four are allocated for each opened leaf, eight for one of
/// identifiers.
fn presence_variable(system: &System, slot: usize) -> usize {
    let opened = Shape::Full.opened();
    let before = opened.iter().take_while(|opened| **opened != slot);
    let variables = before.map(|opened| if is_legal_ids(*opened) { 8 } else { 4 });
    added_by(system, System::UNNAMED)[variables.sum::<usize>()]
}

#[test]
fn leaving_out_any_named_constraint_lets_a_false_witness_through() {
    let honest = witness(&invoice());
    let system = circuit(Shape::Full, &statement(&honest), &honest);
    let mut noticed = BTreeSet::new();
    for name in CONSTRAINTS {
        let added = added_by(&system, name);
        // whether there is a second identifier is C4's too
        let added = added[if name == "C2" { 2 } else { 0 }..].to_vec();
        let Some(last) = added.last() else { continue };
        for index in [added[0], added[added.len() / 2], *last] {
            let forged = system.assignment()[index] + Fr::from(2_u8);
            let broken = broken_by(BTreeMap::from([(index, forged)]), &honest);
            assert_eq!(broken, BTreeSet::from([name]), "variable {index}");
        }
        noticed.insert(name);
    }
    noticed.extend(forged_presences(&system, &honest));
    noticed.extend(forged_documents());
    noticed.extend(forged_statements(&honest));
    assert_eq!(noticed, BTreeSet::from(CONSTRAINTS));
}

/// C2, C3, C4: a presence is forged.
fn forged_presences(system: &System, honest: &FinancingWitness) -> Vec<&'static str> {
    let forge = |slot, after: usize, value| {
        let variable = presence_variable(system, slot) + after;
        broken_by(BTreeMap::from([(variable, value)]), honest)
    };
    let two = Fr::from(2_u8);
    let order = forge(slot::ORDER_REFERENCES, 0, two);
    assert_eq!(order, BTreeSet::from(["C2"]));
    for required in Shape::REQUIRED {
        assert_eq!(forge(required, 0, Fr::ZERO), BTreeSet::from(["C3"]));
    }
    let gap = forge(slot::SELLER_IDS, 1, Fr::ZERO);
    assert_eq!(gap, BTreeSet::from(["C4"]));
    vec!["C2", "C3", "C4"]
}

/// C6: a credit note, all else honest.
fn forged_documents() -> Vec<&'static str> {
    let fields = with(slot::TYPE_CODE, Some(FieldValue::Integer(381)));
    let broken = broken_by(BTreeMap::new(), &witness(&fields));
    assert_eq!(broken, BTreeSet::from(["C6"]));
    vec!["C6"]
}

/// C5, C18 add no variable: the statement is forged, and nothing is restated.
fn forged_statements(honest: &FinancingWitness) -> Vec<&'static str> {
    let mut masked = statement(honest);
    masked.mask = Mask::of(0);
    assert_eq!(circuit(Shape::Full, &masked, honest).broken(), ["C5"]);
    let mut pointed = statement(honest);
    pointed.blinded[3] = Some(Point::generator());
    assert_eq!(circuit(Shape::Full, &pointed, honest).broken(), ["C18"]);
    vec!["C5", "C18"]
}

/// The sign of Elligator's root is the prover's: both signs are accepted, and give points that share the
/// coordinate `v` that alone becomes the fingerprint.
#[test]
fn both_signs_of_a_root_give_one_fingerprint() {
    let honest = witness(&invoice());
    let honest_statement = statement(&honest);
    let system = circuit(Shape::Full, &honest_statement, &honest);
    let roots: Vec<usize> = added_by(&system, "C12")
        .chunks(7)
        .map(|slot| slot[6])
        .collect();
    assert_eq!(roots.len(), SLOTS);
    let forced = roots
        .iter()
        .map(|root| (*root, -system.assignment()[*root]));
    let mut mirrored = System::forging(forced.collect());
    synthesize(&mut mirrored, Shape::Full, &honest_statement, &honest);
    let instance = restated(&mirrored);
    assert!(
        mirrored
            .rows()
            .iter()
            .all(|row| row.holds(&instance, mirrored.assignment()))
    );
    let k = sealane_crypto::curve::Scalar::from_uniform(&[9; 64]);
    let r = honest.blinding.inverse();
    for (slot, b) in honest_statement.blinded().iter().enumerate() {
        let b = b.expect("all apply");
        let [u, v] = [instance[7 + 2 * slot], instance[8 + 2 * slot]];
        assert_eq!([u, v], [-b.u(), b.v()]);
        let other = -b;
        let [t, mirrored] = [b, other].map(|b| b.times(&k).times(&r));
        assert_eq!(t.v(), mirrored.v(), "one fingerprint");
    }
}

/// A second witness for the same record gives the same point and fingerprint, whatever its `r`.
#[test]
fn another_blinding_gives_other_points_and_the_same_fingerprint() {
    let one = witness(&invoice());
    let mut two = one.clone();
    two.blinding = sealane_crypto::curve::Blinding::from_bytes([0x3c; 32]);
    let [a, b] = [statement(&one), statement(&two)];
    assert_ne!(a.commitment(), b.commitment());
    for (left, right) in a.presented().zip(b.presented()) {
        assert_ne!(left.2, right.2);
        let [left, right] =
            [(left.2, &one), (right.2, &two)].map(|(b, w)| b.times(&w.blinding.inverse()));
        assert_eq!(left, right);
    }
}
