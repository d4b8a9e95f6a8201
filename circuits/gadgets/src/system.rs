//! Rows with names, and the assignment beside them.

use std::collections::BTreeMap;

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};

use sealane_crypto::curve::encode_element;
use sealane_crypto::hash::hash;
use sealane_crypto::tags;

use crate::wire::{Variable, Wire};

/// What a system keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Rows and assignment: for key generation and tests.
    Rows,
    /// The assignment alone: for proving, where the rows are known already.
    Values,
}

/// One constraint `⟨a, z⟩ · ⟨b, z⟩ = ⟨c, z⟩`.
#[derive(Debug, Clone)]
pub struct Row {
    /// The constraint of the specification that this row is part of, `C1` say.
    pub name: &'static str,
    /// What the row is for, where a circuit is made of several parts: a cross-check's requirement, say.
    pub part: usize,
    /// The three linear combinations.
    pub sides: [Vec<(Variable, Fr)>; 3],
}

impl Row {
    /// Whether the row holds.
    #[must_use]
    pub fn holds(&self, instance: &[Fr], witness: &[Fr]) -> bool {
        let value = |(variable, coefficient): &(Variable, Fr)| match variable {
            Variable::Instance(index) => instance[*index] * coefficient,
            Variable::Witness(index) => witness[*index] * coefficient,
        };
        let [a, b, c] = &self.sides;
        let side = |terms: &[(Variable, Fr)]| terms.iter().map(value).sum::<Fr>();
        side(a) * side(b) == side(c)
    }

    /// The variables of the row, some of them perhaps more than once.
    pub fn variables(&self) -> impl Iterator<Item = Variable> + '_ {
        self.sides.iter().flatten().map(|(variable, _)| *variable)
    }
}

/// The three sparse matrices: for each row, coefficients with the index of their variable, instance
/// variables first.
pub type Matrices = [Vec<Vec<(Fr, usize)>>; 3];

/// A constraint system in the making.
#[derive(Debug)]
pub struct System {
    mode: Mode,
    instance: Vec<Fr>,
    witness: Vec<Fr>,
    rows: Vec<Row>,
    name: &'static str,
    part: usize,
    owners: Vec<&'static str>,
    forced: BTreeMap<usize, Fr>,
}

impl System {
    /// The owner of variables that no constraint adds: the witness proper.
    pub const UNNAMED: &'static str = "witness";

    /// An empty system.
    #[must_use]
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            instance: vec![Fr::ONE],
            witness: Vec::new(),
            rows: Vec::new(),
            name: Self::UNNAMED,
            part: 0,
            owners: Vec::new(),
            forced: BTreeMap::new(),
        }
    }

    /// A system whose prover is dishonest: the witness variables of these indices take these values,
    /// and what is computed from them follows. For tests of what the rows refuse.
    #[must_use]
    pub fn forging(forced: BTreeMap<usize, Fr>) -> Self {
        Self {
            forced,
            ..Self::new(Mode::Rows)
        }
    }

    /// As [`System::forging`], for the values alone.
    #[must_use]
    pub fn forging_values(forced: BTreeMap<usize, Fr>) -> Self {
        Self {
            forced,
            ..Self::new(Mode::Values)
        }
    }

    /// Adds a public input.
    pub fn input(&mut self, value: Fr) -> Wire {
        let variable = Variable::Instance(self.instance.len());
        self.instance.push(value);
        self.wire(variable, value)
    }

    /// Adds a witness variable, bound by nothing yet.
    pub fn witness(&mut self, value: Fr) -> Wire {
        let index = self.witness.len();
        let value = self.forced.get(&index).copied().unwrap_or(value);
        self.witness.push(value);
        if self.mode == Mode::Rows {
            self.owners.push(self.name);
        }
        self.wire(Variable::Witness(index), value)
    }

    fn wire(&self, variable: Variable, value: Fr) -> Wire {
        let terms = match self.mode {
            Mode::Rows => vec![(variable, Fr::ONE)],
            Mode::Values => Vec::new(),
        };
        Wire::from_terms(terms, value)
    }

    /// Adds the rows of `part` under `name`.
    pub fn named<T>(&mut self, name: &'static str, part: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.name, name);
        let result = part(self);
        self.name = before;
        result
    }

    /// What the rows that follow are for.
    pub fn set_part(&mut self, part: usize) {
        self.part = part;
    }

    /// Adds the row `a · b = c`.
    pub fn enforce(&mut self, a: &Wire, b: &Wire, c: &Wire) {
        if self.mode == Mode::Rows {
            let sides = [a, b, c].map(|side| side.terms().to_vec());
            let (name, part) = (self.name, self.part);
            self.rows.push(Row { name, part, sides });
        }
    }

    /// Lets sides A and B of a row change places.
    pub(crate) fn exchange_row(&mut self, row: usize) {
        self.rows[row].sides.swap(0, 1);
    }

    /// Adds the row `a · 1 = b`.
    pub fn enforce_equal(&mut self, a: &Wire, b: &Wire) {
        self.enforce(a, &Wire::one(), b);
    }

    /// `a · b`: one variable and one row; none where a factor is constant.
    pub fn product(&mut self, a: &Wire, b: &Wire) -> Wire {
        match (a.is_constant(), b.is_constant()) {
            (true, _) => b * a.value(),
            (_, true) => a * b.value(),
            (false, false) => {
                let product = self.witness(a.value() * b.value());
                self.enforce(a, b, &product);
                product
            }
        }
    }

    /// A variable `q` with the row `divisor · q = dividend`. Where the divisor can be 0 together with
    /// the dividend, `q` is **free**: each caller says why that cannot be.
    pub fn quotient(&mut self, dividend: &Wire, divisor: &Wire) -> Wire {
        let inverse = divisor.value().inverse().unwrap_or(Fr::ZERO);
        let quotient = self.witness(dividend.value() * inverse);
        self.enforce(divisor, &quotient, dividend);
        quotient
    }

    /// The public part of the assignment; the first is the constant 1.
    #[must_use]
    pub fn instance(&self) -> &[Fr] {
        &self.instance
    }

    /// The secret part of the assignment.
    #[must_use]
    pub fn assignment(&self) -> &[Fr] {
        &self.witness
    }

    /// For each witness variable the name of the constraint that added it; none in [`Mode::Values`].
    #[must_use]
    pub fn owners(&self) -> &[&'static str] {
        &self.owners
    }

    /// Both parts in one, instance first, as a prover takes it.
    #[must_use]
    pub fn full_assignment(&self) -> Vec<Fr> {
        [&self.instance[..], &self.witness[..]].concat()
    }

    /// The rows; none in [`Mode::Values`].
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The names of the constraints that the assignment breaks, each once, in the order of their rows.
    #[must_use]
    pub fn broken(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for row in &self.rows {
            if !row.holds(&self.instance, &self.witness) && !names.contains(&row.name) {
                names.push(row.name);
            }
        }
        names
    }

    /// The same assignment without the rows of one name: what a circuit that forgot a constraint would check. For tests.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self {
            mode: self.mode,
            instance: self.instance.clone(),
            witness: self.witness.clone(),
            rows: self
                .rows
                .iter()
                .filter(|row| row.name != name)
                .cloned()
                .collect(),
            name: self.name,
            part: self.part,
            owners: self.owners.clone(),
            forced: self.forced.clone(),
        }
    }

    /// The rows as matrices.
    #[must_use]
    pub fn matrices(&self) -> Matrices {
        let public = self.instance.len();
        let index = |variable: Variable| match variable {
            Variable::Instance(index) => index,
            Variable::Witness(index) => public + index,
        };
        let side = |side: usize| {
            let terms = |row: &Row| {
                let terms = row.sides[side].iter();
                terms
                    .map(|(variable, factor)| (*factor, index(*variable)))
                    .collect()
            };
            self.rows.iter().map(terms).collect()
        };
        [side(0), side(1), side(2)]
    }
}

/// A digest of the rows, whatever their names, and of the number of variables: what proving and verifying keys
/// belong to. Covers `name`, the numbers of public inputs, witness variables and rows, then row by row
/// and side by side the number of terms, and each term's variable and coefficient.
#[must_use]
pub fn digest(name: &str, system: &System) -> [u8; 32] {
    let mut bytes = Vec::new();
    let counts = [
        system.instance.len(),
        system.witness.len(),
        system.rows.len(),
    ];
    let put = |number: usize, bytes: &mut Vec<u8>| {
        bytes.extend((number as u64).to_le_bytes());
    };
    counts.iter().for_each(|count| put(*count, &mut bytes));
    for side in system.matrices() {
        for row in side {
            put(row.len(), &mut bytes);
            for (coefficient, index) in row {
                put(index, &mut bytes);
                bytes.extend(encode_element(&coefficient));
            }
        }
    }
    hash(tags::CIRCUIT_DIGEST, &[name.as_bytes(), &bytes])
}
