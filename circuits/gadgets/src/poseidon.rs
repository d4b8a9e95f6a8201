//! One permutation of Poseidon: three rows for each S-box, 24·w + 168 in all. The capacity is a constant, so
//! its first S-box costs nothing. Additions and the matrix cost nothing.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Zero};
use sealane_crypto::poseidon::{Capacity, FULL_ROUNDS, PARTIAL_ROUNDS, Parameters, ROUNDS};

use crate::{System, Variable, Wire};

/// The digest of `inputs`, as `sealane_crypto::poseidon::hash` computes it.
///
/// # Panics
/// When there is no width of `inputs.len() + 1`.
pub fn hash(system: &mut System, capacity: &Capacity, inputs: &[Wire]) -> Wire {
    let first = Wire::constant(capacity.element(inputs.len()));
    hash_under(system, &first, inputs)
}

/// The digest of `inputs` under a capacity element that is no constant: three rows more.
///
/// # Panics
/// When there is no width of `inputs.len() + 1`.
pub fn hash_under(system: &mut System, first: &Wire, inputs: &[Wire]) -> Wire {
    let parameters = Parameters::of(inputs.len() + 1);
    let mut state = State::new(std::iter::once(first).chain(inputs));
    for round in 0..ROUNDS {
        state.add(parameters.round_constants(round));
        let boxes = if Parameters::is_full(round) {
            parameters.width()
        } else {
            1
        };
        state.apply_boxes(system, boxes);
        state.multiply(parameters.matrix());
    }
    state.wire(1)
}

fn fifth_power(system: &mut System, x: &Wire) -> Wire {
    let square = system.product(x, x);
    let fourth = system.product(&square, &square);
    system.product(&fourth, x)
}

/// The state as a dense matrix over the variables that it depends on: during the partial rounds every
/// element depends on all of them, so sparse sums would be sorted again and again.
struct State {
    /// The variables, the constant 1 first.
    variables: Vec<Variable>,
    /// For each element, one coefficient a variable.
    coefficients: Vec<Vec<Fr>>,
    values: Vec<Fr>,
    constants: Vec<bool>,
}

impl State {
    fn new<'a>(wires: impl Iterator<Item = &'a Wire> + Clone) -> Self {
        let all = wires.clone().flat_map(Wire::terms);
        let mut variables: Vec<Variable> = all.map(|(variable, _)| *variable).collect();
        variables.push(Variable::ONE);
        variables.sort_unstable();
        variables.dedup();
        let row = |wire: &Wire| {
            let mut row = vec![Fr::ZERO; variables.len()];
            for (variable, coefficient) in wire.terms() {
                let at = variables.binary_search(variable);
                row[at.expect("collected above")] = *coefficient;
            }
            row
        };
        Self {
            coefficients: wires.clone().map(row).collect(),
            values: wires.clone().map(Wire::value).collect(),
            constants: wires.map(Wire::is_constant).collect(),
            variables,
        }
    }

    fn wire(&self, element: usize) -> Wire {
        let value = self.values[element];
        if self.constants[element] {
            return Wire::constant(value);
        }
        let pairs = self.variables.iter().zip(&self.coefficients[element]);
        let mut terms: Vec<(Variable, Fr)> = pairs
            .filter(|(_, coefficient)| !coefficient.is_zero())
            .map(|(variable, coefficient)| (*variable, *coefficient))
            .collect();
        terms.sort_unstable_by_key(|(variable, _)| *variable);
        Wire::from_terms(terms, value)
    }

    fn add(&mut self, constants: &[Fr]) {
        for (element, constant) in constants.iter().enumerate() {
            self.coefficients[element][0] += constant;
            self.values[element] += constant;
        }
    }

    /// Puts the first `boxes` elements through the S-box; each becomes a variable of its own.
    fn apply_boxes(&mut self, system: &mut System, boxes: usize) {
        let width = self.values.len();
        let powers: Vec<Wire> = (0..boxes)
            .map(|element| fifth_power(system, &self.wire(element)))
            .collect();
        if boxes == width {
            *self = Self::new(powers.iter());
            return;
        }
        for (element, power) in powers.iter().enumerate() {
            self.replace(element, power);
        }
    }

    fn replace(&mut self, element: usize, wire: &Wire) {
        self.values[element] = wire.value();
        self.constants[element] = wire.is_constant();
        self.coefficients[element].fill(Fr::ZERO);
        for (variable, coefficient) in wire.terms() {
            if *variable == Variable::ONE {
                self.coefficients[element][0] = *coefficient;
                continue;
            }
            self.variables.push(*variable);
            self.coefficients
                .iter_mut()
                .for_each(|row| row.push(Fr::ZERO));
            let last = self.coefficients[element].last_mut();
            *last.expect("pushed above") = *coefficient;
        }
    }

    fn multiply(&mut self, matrix: &[Vec<Fr>]) {
        let columns = self.variables.len();
        let mut coefficients = vec![vec![Fr::ZERO; columns]; self.values.len()];
        for (target, row) in coefficients.iter_mut().zip(matrix) {
            for (factor, source) in row.iter().zip(&self.coefficients) {
                let pairs = target.iter_mut().zip(source);
                pairs.for_each(|(sum, term)| *sum += *factor * term);
            }
        }
        let product = |row: &Vec<Fr>| row.iter().zip(&self.values).map(|(a, b)| *a * b).sum();
        self.values = matrix.iter().map(product).collect();
        self.coefficients = coefficients;
        let all = self.constants.iter().all(|constant| *constant);
        self.constants.fill(all);
    }
}

/// Rows of one permutation of width `width` whose inputs are all variables.
#[must_use]
pub fn rows(width: usize) -> usize {
    3 * (FULL_ROUNDS * width + PARTIAL_ROUNDS - 1)
}
