//! Attacks on a compiled check, with records at hand: what a dishonest prover could try, and which named constraint stops it.
//!
//! - *Changes*: every witness variable is changed alone, and the rows that hold it are evaluated again. A change that no row notices
//!   is a second witness for the same statement; the specification says which variables decide nothing.
//! - *Forgeries*: one variable is forced to another value, everything after it is computed from that, and the statement claims the bits
//!   that come of it. Where they are not the true ones, some row must break. A forgery that breaks rows of one name alone shows
//!   what the circuit would accept without them.

use std::collections::{BTreeMap, BTreeSet};

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};
use sealane_gadgets::{Mode, System, Variable};
use sealane_statements::cross_check::CrossCheckStatement;

use crate::compile::{DocumentWitness, Plan, synthesize};
use crate::instance::Instance;

/// A statement with its witnesses: what is attacked.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The check at its size.
    pub instance: &'a Instance<'a>,
    /// Its plan.
    pub plan: &'a Plan,
    /// A true statement.
    pub statement: &'a CrossCheckStatement,
    /// Its witnesses.
    pub witnesses: &'a [DocumentWitness],
}

/// A false statement that every row accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The constraint that adds the variable that was forced.
    pub name: &'static str,
    /// The variable.
    pub variable: usize,
    /// The requirements whose bits were wrong.
    pub requirements: Vec<String>,
}

/// What the attacks found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Variables that were changed.
    pub changed: usize,
    /// How many of them can change, by the constraint that adds them, because the one row that holds them multiplies them by 0.
    pub free: BTreeMap<&'static str, usize>,
    /// Variables that can change and are explained by nothing: there must be none.
    pub unexplained: Vec<(&'static str, usize)>,
    /// Forgeries that were tried, and how many of them would have changed a bit.
    pub forged: usize,
    /// Those of them that would have changed a bit.
    pub false_bits: usize,
    /// False statements that every row accepts: there must be none.
    pub holes: Vec<Hole>,
    /// For each constraint, false statements that its rows alone refuse.
    pub stopped_by_one: BTreeMap<&'static str, usize>,
}

impl Target<'_> {
    /// The circuit with the rows of all, for the true statement.
    #[must_use]
    pub fn circuit(&self) -> System {
        let mut system = System::new(Mode::Rows);
        self.write(&mut system, &self.statement.bits);
        system
    }

    /// Changes every variable alone, in four ways.
    #[must_use]
    pub fn change_each(&self, system: &System) -> Report {
        change_each(system)
    }

    /// Forces variables, `each` of every constraint's and spread over them, and claims the bits that follow. `go_on` is told how many
    /// of how many are done, and ends it by saying no.
    #[must_use]
    pub fn forge(
        &self,
        system: &System,
        each: usize,
        go_on: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Report {
        let forged = forge(self, system, each, go_on);
        let hole = |(name, variable, bits): (&'static str, usize, Vec<bool>)| {
            let pairs = bits.iter().zip(&self.statement.bits).enumerate();
            let wrong = pairs.filter(|(_, (found, stated))| found != stated);
            let id = |(number, _): (usize, _)| self.plan.requirements()[number].0.clone();
            Hole {
                name,
                variable,
                requirements: wrong.map(id).collect(),
            }
        };
        Report {
            forged: forged.tried,
            false_bits: forged.telling,
            holes: forged.holes.into_iter().map(hole).collect(),
            stopped_by_one: forged.stopped_by_one,
            ..Report::default()
        }
    }
}

impl Attacked for Target<'_> {
    type Found = Vec<bool>;

    fn honest(&self) -> Vec<bool> {
        self.statement.bits.clone()
    }

    fn write(&self, system: &mut System, claimed: &Vec<bool>) -> Vec<bool> {
        let claimed = CrossCheckStatement {
            bits: claimed.clone(),
            ..self.statement.clone()
        };
        synthesize(system, self.instance, self.plan, &claimed, self.witnesses)
    }
}

/// A circuit over true witnesses, whatever it finds of them.
pub trait Attacked {
    /// What it finds: bits, or numbers that it commits to.
    type Found: PartialEq;

    /// What it finds of the true witnesses.
    fn honest(&self) -> Self::Found;

    /// Writes it for a statement that claims this; what it finds.
    fn write(&self, system: &mut System, claimed: &Self::Found) -> Self::Found;

    /// The public inputs that a verifier takes for those of the circuit written.
    fn demanded(&self, written: &System) -> Vec<Fr> {
        written.instance().to_vec()
    }
}

/// What forcing variables found.
#[derive(Debug, Clone)]
pub struct Forged<Found> {
    /// Forgeries that were tried.
    pub tried: usize,
    /// Those of them that would have changed what is found.
    pub telling: usize,
    /// Those of them that every row accepts: whose variable was forced, which, and what was found. There must be none.
    pub holes: Vec<(&'static str, usize, Found)>,
    /// For each constraint, forgeries that its rows alone refuse.
    pub stopped_by_one: BTreeMap<&'static str, usize>,
}

/// Changes every variable of a true statement's circuit alone, in four ways.
#[must_use]
pub fn change_each(system: &System) -> Report {
    let mut holders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, row) in system.rows().iter().enumerate() {
        for variable in row.variables() {
            if let Variable::Witness(witness) = variable {
                holders.entry(witness).or_default().push(index);
            }
        }
    }
    let mut report = Report::default();
    let mut assignment = system.assignment().to_vec();
    let none = Vec::new();
    for witness in 0..assignment.len() {
        let honest = assignment[witness];
        let rows = holders.get(&witness).unwrap_or(&none);
        let mut noticed = |change: Fr| {
            assignment[witness] = change;
            let broken = rows
                .iter()
                .any(|row| !system.rows()[*row].holds(system.instance(), &assignment));
            assignment[witness] = honest;
            broken
        };
        let all = changes(honest).into_iter().all(&mut noticed);
        report.changed += 1;
        if all {
            continue;
        }
        let name = system.owners()[witness];
        match rows[..] {
            [row] if is_multiplied_by_zero(system, row, witness) => {
                *report.free.entry(name).or_default() += 1;
            }
            _ => report.unexplained.push((name, witness)),
        }
    }
    report
}

/// Forces variables, `each` of every constraint's and spread over them, and claims what follows. `go_on` is told how many of how
/// many are done, and ends it by saying no.
pub fn forge<A: Attacked>(
    attacked: &A,
    system: &System,
    each: usize,
    go_on: &mut dyn FnMut(usize, usize) -> bool,
) -> Forged<A::Found> {
    let honest = attacked.honest();
    let mut forged = Forged {
        tried: 0,
        telling: 0,
        holes: Vec::new(),
        stopped_by_one: BTreeMap::new(),
    };
    let chosen = chosen(system, each);
    for (done, (name, variable)) in chosen.iter().enumerate() {
        if !go_on(done, chosen.len()) {
            break;
        }
        for change in changes(system.assignment()[*variable]).into_iter().take(2) {
            let forced = BTreeMap::from([(*variable, change)]);
            forged.tried += 1;
            let Some((found, broken)) = force(attacked, &honest, forced) else {
                continue;
            };
            forged.telling += 1;
            match broken[..] {
                [] => forged.holes.push((name, *variable, found)),
                [one] => *forged.stopped_by_one.entry(one).or_default() += 1,
                _ => {}
            }
        }
    }
    forged
}

/// Forces variables and claims what follows: what was found, and the names of the rows that break. `None` where it is what the
/// true witnesses give.
pub fn force<A: Attacked>(
    attacked: &A,
    honest: &A::Found,
    forced: BTreeMap<usize, Fr>,
) -> Option<(A::Found, Vec<&'static str>)> {
    let mut values = System::forging_values(forced.clone());
    let found = attacked.write(&mut values, honest);
    if found == *honest {
        return None;
    }
    let mut written = System::forging(forced);
    attacked.write(&mut written, &found);
    let broken = broken(&written, &attacked.demanded(&written));
    Some((found, broken))
}

/// The names of the constraints that break under these public inputs, each once, in the order of their rows.
fn broken(system: &System, inputs: &[Fr]) -> Vec<&'static str> {
    let mut names = Vec::new();
    for row in system.rows() {
        if !names.contains(&row.name) && !row.holds(inputs, system.assignment()) {
            names.push(row.name);
        }
    }
    names
}

/// Whether a row `a · b = c` holds the variable in `b` alone, and `a` is 0: the quotient of nothing by nothing.
fn is_multiplied_by_zero(system: &System, row: usize, witness: usize) -> bool {
    let [a, b, c] = &system.rows()[row].sides;
    let value = |(variable, factor): &(Variable, Fr)| match variable {
        Variable::Instance(index) => system.instance()[*index] * factor,
        Variable::Witness(index) => system.assignment()[*index] * factor,
    };
    let holds = |side: &[(Variable, Fr)]| {
        let mut terms = side.iter();
        terms.any(|(variable, _)| *variable == Variable::Witness(witness))
    };
    a.iter().map(value).sum::<Fr>() == Fr::ZERO && holds(b) && !holds(a) && !holds(c)
}

/// Other values for a variable: the other bit first.
fn changes(honest: Fr) -> [Fr; 4] {
    let other = if honest == Fr::ZERO {
        Fr::ONE
    } else {
        Fr::ZERO
    };
    [
        other,
        honest + Fr::ONE,
        -honest - Fr::ONE,
        honest.double() + Fr::from(7_u8),
    ]
}

/// `each` variables of every constraint, evenly spread, and as many that are the last which a gadget adds: what it decides often
/// hangs on that one.
fn chosen(system: &System, each: usize) -> Vec<(&'static str, usize)> {
    let owners = system.owners();
    let mut by_name: BTreeMap<&'static str, [Vec<usize>; 2]> = BTreeMap::new();
    for (variable, name) in owners.iter().enumerate() {
        let [all, last] = by_name.entry(name).or_default();
        all.push(variable);
        if owners.get(variable + 1) != Some(name) {
            last.push(variable);
        }
    }
    // one of each constraint, then a second of each: who ends early has tried all
    let mut chosen = BTreeSet::new();
    for (name, lists) in by_name {
        for list in lists {
            let step = list.len().div_ceil(each).max(1);
            let spread = list.into_iter().step_by(step).enumerate();
            chosen.extend(spread.map(|(turn, variable)| (turn, name, variable)));
        }
    }
    let pairs = chosen
        .into_iter()
        .map(|(_, name, variable)| (name, variable));
    pairs.collect()
}
