//! Which side of a row stands where. Sides A and B may change places; each variable on side B costs the prover a point of
//! G2, so few of them should stand there.

use std::collections::{BTreeMap, BTreeSet};

use crate::system::{Row, System};
use crate::wire::Variable;

/// The witness variables of one side.
fn variables(row: &Row, side: usize) -> BTreeSet<Variable> {
    let all = row.sides[side].iter().map(|(variable, _)| *variable);
    all.filter(|variable| matches!(variable, Variable::Witness(_)))
        .collect()
}

/// What a row would bring anew to side B: how many variables, and how often those are used elsewhere.
type Cost = (usize, std::cmp::Reverse<usize>);

impl System {
    /// Exchanges sides A and B of rows so that side B holds as few different variables as a greedy choice finds: first the rows
    /// whose one side brings nothing new, then the others by what they bring at least, in a fixed order. What the rows say does not
    /// change.
    pub fn exchange_sides(&mut self) {
        let mut on_b: BTreeSet<Variable> = BTreeSet::new();
        let mut uses: BTreeMap<Variable, usize> = BTreeMap::new();
        let mut open = Vec::new();
        for (at, row) in self.rows().iter().enumerate() {
            let sides = [variables(row, 0), variables(row, 1)];
            if sides[0] == sides[1] {
                on_b.extend(&sides[1]);
                continue;
            }
            for variable in sides.iter().flatten() {
                *uses.entry(*variable).or_default() += 1;
            }
            open.push((at, sides));
        }
        let mut exchanged = Vec::new();
        decide_clear(&mut open, &on_b, &mut exchanged);
        let least = |sides: &[BTreeSet<Variable>; 2]| {
            let new = sides.iter().map(|side| side.difference(&on_b).count());
            new.min().unwrap_or(0)
        };
        open.sort_by_key(|(at, sides)| (least(sides), *at));
        for (at, [a, b]) in open {
            let cost = |side: &BTreeSet<Variable>| -> Cost {
                let new: Vec<_> = side.difference(&on_b).collect();
                let used = new.iter().map(|variable| uses[variable]).sum();
                (new.len(), std::cmp::Reverse(used))
            };
            match cost(&a) < cost(&b) {
                true => {
                    exchanged.push(at);
                    on_b.extend(a);
                }
                false => on_b.extend(b),
            }
        }
        for at in exchanged {
            self.exchange_row(at);
        }
    }
}

/// Decides the rows whose one side brings nothing new.
fn decide_clear(
    open: &mut Vec<(usize, [BTreeSet<Variable>; 2])>,
    on_b: &BTreeSet<Variable>,
    exchanged: &mut Vec<usize>,
) {
    open.retain(|(at, [a, b])| {
        let (from_a, from_b) = (a.is_subset(on_b), b.is_subset(on_b));
        if from_a && !from_b {
            exchanged.push(*at);
        }
        !(from_a || from_b)
    });
}
