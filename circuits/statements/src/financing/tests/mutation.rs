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

fn systems() -> [(System, FinancingWitness); 3] {
    let empty = with(|invoice| {
        invoice.seller.clear();
        invoice.buyer.clear();
        invoice.type_code = None;
    });
    let mut marks = marked(invoice(), 0b100, true);
    marks.marks = Marks::new(0b100, true, true).expect("a later place");
    [invoice(), empty, marks].map(|invoice| {
        let witness = witness(&invoice);
        (circuit(&statement(&witness), &witness), witness)
    })
}

/// What may change alone, as it decides nothing: the inverses that stand beside a 0, one for each place without an identifier, and
/// the fill-ups of the places that hold one.
fn explained(system: &System, witness: &FinancingWitness) -> BTreeSet<usize> {
    let mut explained = determinacy::undecided(system);
    let owners = system.owners().iter().enumerate();
    let unnamed = owners.filter(|(_, owner)| **owner == System::UNNAMED);
    let unnamed: Vec<usize> = unnamed.map(|(at, _)| at).collect();
    let fills = &unnamed[unnamed.len() - witness.fills.len()..];
    let real = fills.iter().enumerate();
    let real = real.filter(|(place, _)| witness.is_real(*place));
    explained.extend(real.map(|(_, at)| *at));
    explained
}

/// RELIABILITY 12. Nothing else than the explained changes alone. The sign of Elligator's root, which is free, changes thousands with it.
#[test]
fn no_witness_variable_changes_alone() {
    let mut rng = test_rng();
    for (system, witness) in systems() {
        let holders = holders(&system);
        let mut assignment = system.assignment().to_vec();
        let explained = explained(&system, &witness);
        for witness in (0..assignment.len()).filter(|at| !explained.contains(at)) {
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
    let [(system, witness), ..] = systems();
    let holders = holders(&system);
    let explained = explained(&system, &witness);
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
        if explained.contains(&one) {
            continue;
        }
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
    for (system, _) in systems() {
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
