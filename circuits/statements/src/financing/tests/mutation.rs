//! Every witness variable and every public input changed: the rows that hold it must notice.

use super::*;

/// The rows that hold each witness variable.
fn holders(system: &System) -> Vec<Vec<usize>> {
    let mut holders = vec![Vec::new(); system.assignment().len()];
    for (index, row) in system.rows().iter().enumerate() {
        for variable in row.variables() {
            if let Variable::Witness(witness) = variable {
                holders[witness].push(index);
            }
        }
    }
    holders
}

fn noticed(system: &System, assignment: &[Fr], rows: &[usize]) -> bool {
    let mut rows = rows.iter().map(|row| &system.rows()[*row]);
    rows.any(|row| !row.holds(system.instance(), assignment))
}

fn systems() -> [System; 2] {
    let mut bare = with_sellers(1);
    for absent in [slot::BUYER_IDS, slot::TYPE_CODE] {
        bare.header[absent] = None;
    }
    [invoice(), bare].map(|fields| {
        let witness = witness(&fields);
        circuit(Shape::Full, &statement(&witness), &witness)
    })
}

/// RELIABILITY 12. Nothing is on the explained list: no variable of this circuit can change alone. The sign
/// of Elligator's root, which is free, changes thousands with it.
#[test]
fn no_witness_variable_changes_alone() {
    let mut rng = test_rng();
    for system in systems() {
        let holders = holders(&system);
        let mut assignment = system.assignment().to_vec();
        for witness in 0..assignment.len() {
            let honest = assignment[witness];
            let changes = [
                Fr::ZERO,
                Fr::ONE,
                -honest,
                honest + Fr::ONE,
                Fr::rand(&mut rng),
            ];
            for changed in changes.into_iter().filter(|changed| *changed != honest) {
                assignment[witness] = changed;
                let noticed = noticed(&system, &assignment, &holders[witness]);
                let owner = system.owners()[witness];
                assert!(
                    noticed,
                    "witness {witness} of {owner}: {honest} may be {changed}"
                );
            }
            assignment[witness] = honest;
        }
    }
}

/// RELIABILITY 12, pairs: two variables of one row, or two of any, changed together.
#[test]
fn no_sampled_pair_of_witness_variables_changes() {
    let mut rng = test_rng();
    let [system, _] = systems();
    let holders = holders(&system);
    let mut assignment = system.assignment().to_vec();
    for _ in 0..4_000 {
        let row = &system.rows()[rng.gen_range(0..system.rows().len())];
        let near: Vec<usize> = row
            .variables()
            .filter_map(|variable| match variable {
                Variable::Witness(index) => Some(index),
                Variable::Instance(_) => None,
            })
            .collect();
        let one = near[rng.gen_range(0..near.len())];
        let other = match rng.gen_range(0..3) {
            0 => rng.gen_range(0..assignment.len()),
            _ => near[rng.gen_range(0..near.len())],
        };
        let before = [assignment[one], assignment[other]];
        let negated = rng.r#gen::<bool>();
        for index in [one, other] {
            assignment[index] = match negated {
                true => -system.assignment()[index],
                false => Fr::rand(&mut rng),
            };
        }
        let same = [assignment[one], assignment[other]] == before;
        let rows: Vec<usize> = [&holders[one][..], &holders[other][..]].concat();
        assert!(
            same || noticed(&system, &assignment, &rows),
            "{one} and {other}"
        );
        [assignment[one], assignment[other]] = before;
        assignment[one] = system.assignment()[one];
    }
}

/// RELIABILITY 17, and the pattern "public input that no row uses".
#[test]
fn every_public_input_is_bound() {
    for system in systems() {
        for input in 1..system.instance().len() {
            let mut instance = system.instance().to_vec();
            for change in [Fr::ONE, Fr::from(7_u8), -Fr::ONE.double()] {
                instance[input] = system.instance()[input] + change;
                let mut rows = system.rows().iter();
                let noticed = rows.any(|row| !row.holds(&instance, system.assignment()));
                assert!(noticed, "public input {input}");
            }
        }
    }
}
