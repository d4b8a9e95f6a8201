//! Determinacy: from the free inputs that the specification names, every other variable of the rows follows. That no variable changes alone
//! does not show this: two could change together.

use super::*;

/// How a variable follows from those known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// As the one unknown of a row that is linear in it.
    Linear,
    /// As a square root.
    Root,
}

/// The variables that follow, in what way; and those that nothing determines.
struct Following {
    by_name: BTreeMap<(How, &'static str), usize>,
    lost: Vec<Variable>,
    /// Rows that hold for what follows without determining anything: what they check.
    checks: usize,
}

/// Goes through the rows until nothing more follows, from what `free` says is free.
fn follow(system: &System, free: &BTreeSet<Variable>) -> Following {
    let mut known = free.clone();
    known.insert(Variable::ONE);
    let mut by_name = BTreeMap::new();
    let mut left: Vec<&Row> = system.rows().iter().collect();
    let mut checks = 0;
    loop {
        let before = left.len();
        left.retain(|row| match unknown(system, row, &known) {
            Unknown::None => {
                checks += 1;
                false
            }
            Unknown::Follows(variable, how) => {
                known.insert(variable);
                *by_name.entry((how, row.name)).or_default() += 1;
                false
            }
            Unknown::Open => true,
        });
        if left.len() == before {
            break;
        }
    }
    let instance = (1..system.instance().len()).map(Variable::Instance);
    let witness = (0..system.assignment().len()).map(Variable::Witness);
    let lost = instance.chain(witness).filter(|one| !known.contains(one));
    Following {
        by_name,
        lost: lost.collect(),
        checks,
    }
}

enum Unknown {
    None,
    Follows(Variable, How),
    Open,
}

/// What a row says of its one unknown.
fn unknown(system: &System, row: &Row, known: &BTreeSet<Variable>) -> Unknown {
    let value = |variable: &Variable| match variable {
        Variable::Instance(index) => system.instance()[*index],
        Variable::Witness(index) => system.assignment()[*index],
    };
    let sum = |side: &[(Variable, Fr)]| -> Fr {
        side.iter()
            .map(|(variable, factor)| value(variable) * factor)
            .sum()
    };
    let is_known = |side: &[(Variable, Fr)]| side.iter().all(|(one, _)| known.contains(one));
    let [a, b, c] = &row.sides;
    // where a side is 0, the other says nothing
    let vanishes = [a, b]
        .iter()
        .any(|side| is_known(side) && sum(side) == Fr::ZERO);
    let told: Vec<&(Variable, Fr)> = match vanishes {
        true => c.iter().collect(),
        false => row.sides.iter().flatten().collect(),
    };
    let open: BTreeSet<Variable> = told
        .into_iter()
        .map(|(variable, _)| *variable)
        .filter(|variable| !known.contains(variable))
        .collect();
    let mut open = open.into_iter();
    let (Some(variable), None) = (open.next(), open.next()) else {
        return match open.len() == 0 && row_is_known(row, known, vanishes) {
            true => Unknown::None,
            false => Unknown::Open,
        };
    };
    let factor = |side: &[(Variable, Fr)]| -> Fr {
        let terms = side.iter().filter(|(one, _)| *one == variable);
        terms.map(|(_, factor)| *factor).sum()
    };
    let [of_a, of_b, of_c] = match vanishes {
        true => [Fr::ZERO, Fr::ZERO, factor(c)],
        false => [factor(a), factor(b), factor(c)],
    };
    if of_a != Fr::ZERO && of_b != Fr::ZERO {
        return Unknown::Follows(variable, How::Root);
    }
    // (of_a·x + …)·B = of_c·x + …, or with A: its factor must not be 0
    let slope = of_a * sum(b) + of_b * sum(a) - of_c;
    match slope == Fr::ZERO {
        true => Unknown::Open,
        false => Unknown::Follows(variable, How::Linear),
    }
}

fn row_is_known(row: &Row, known: &BTreeSet<Variable>, vanishes: bool) -> bool {
    let skipped = if vanishes { 2 } else { 0 };
    let told = row.sides[skipped..].iter().flatten();
    told.into_iter()
        .all(|(variable, _)| known.contains(variable))
}

/// What the specification names as free: what is no constraint's own variable, and the bits of the blinding.
fn free(system: &System) -> BTreeSet<Variable> {
    let owners = system.owners().iter().enumerate();
    let free = owners.filter(|(_, owner)| [System::UNNAMED, "C19"].contains(owner));
    let mut free: BTreeSet<Variable> = free.map(|(at, _)| Variable::Witness(at)).collect();
    free.insert(Variable::Instance(2)); // the context
    free
}

/// The witness variables that decide nothing.
pub(super) fn undecided(system: &System) -> BTreeSet<usize> {
    let lost = follow(system, &free(system)).lost.into_iter();
    let witness = lost.filter_map(|variable| match variable {
        Variable::Witness(at) => Some(at),
        Variable::Instance(_) => None,
    });
    witness.collect()
}

fn shapes() -> Vec<(Invoice, usize)> {
    // with how many inverses that stand beside a 0 in both of their rows, and so decide nothing: one for each empty place of the
    // alias, and where document, alias or buyer have no identifier
    let empty = with(|invoice| {
        invoice.seller.clear();
        invoice.alias.clear();
        invoice.buyer.clear();
    });
    vec![
        (invoice(), 4),
        (of_places(7, 7), 0),
        (of_places(7, 0), 1),
        (of_places(1, 0), 7),
        (with(|invoice| invoice.buyer.clear()), 5),
        (marked(of_places(7, 7), 0x7e, true), 0),
        (empty, 10),
    ]
}

#[test]
fn everything_follows_from_the_free_inputs() {
    for (invoice, undecided) in shapes() {
        let witness = witness(&invoice);
        let system = circuit(&statement(&witness), &witness);
        let following = follow(&system, &free(&system));
        // nothing else is lost than those inverses, each in C5, C13 or C14
        let names: BTreeSet<&str> = following
            .lost
            .iter()
            .map(|variable| match variable {
                Variable::Witness(at) => system.owners()[*at],
                Variable::Instance(_) => "public",
            })
            .collect();
        assert!(
            names.is_subset(&BTreeSet::from(["C5", "C13", "C14"])),
            "{names:?}"
        );
        assert_eq!(following.lost.len(), undecided);
        for variable in &following.lost {
            decides_nothing(&system, *variable);
        }
        // squares: the bits of the amount (0 or 1, and their sum says which), Elligator's choice (one candidate has a root), its
        // root (either sign: one fingerprint)
        let roots: BTreeMap<&str, usize> = following
            .by_name
            .iter()
            .filter(|((how, _), _)| *how == How::Root)
            .map(|((_, name), count)| (*name, *count))
            .collect();
        assert_eq!(roots, BTreeMap::from([("C7", 63), ("C17", 2 * SLOTS)]));
        assert!(following.checks > 0, "rows that only check");
    }
}

/// The variable has any value: it stands beside a side that is 0.
fn decides_nothing(system: &System, variable: Variable) {
    let Variable::Witness(at) = variable else {
        panic!("a public input follows from nothing");
    };
    let mut assignment = system.assignment().to_vec();
    assignment[at] += Fr::from(12_345_u16);
    let mut rows = system.rows().iter();
    assert!(rows.all(|row| row.holds(system.instance(), &assignment)));
}

/// Without any one of the rows that determine something, something is lost: the test can fail.
#[test]
fn without_a_named_constraint_something_no_longer_follows() {
    let witness = witness(&invoice());
    let system = circuit(&statement(&witness), &witness);
    let free = free(&system);
    let lost = follow(&system, &free).lost.len();
    // those that add variables of their own or bind public inputs; C3, C4, C6, C12 and C24 only check what follows
    let binding = [
        "C1", "C2", "C5", "C7", "C8", "C9", "C10", "C11", "C13", "C14", "C15", "C16", "C17", "C18",
        "C20", "C21", "C22", "C23",
    ];
    for name in binding {
        let without = system.without(name);
        let following = follow(&without, &free);
        assert!(following.lost.len() > lost, "{name}");
    }
}
