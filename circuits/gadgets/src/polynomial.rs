//! Tables as polynomials: looking up among n keys takes some 2·√n rows for the powers of what is looked up, and √n for
//! each polynomial in it (baby steps and giant steps, [Paterson and Stockmeyer, 1973](https://doi.org/10.1137/0202007)).

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};

use crate::{System, Wire};

/// Powers of a wire: `1, x, …, x^(k−1)` and `x^k`.
#[derive(Debug, Clone)]
pub struct Powers {
    small: Vec<Wire>,
    giant: Wire,
}

impl Powers {
    /// The powers for polynomials of some degree: `k − 1` rows.
    pub fn of(system: &mut System, x: &Wire, degree: usize) -> Self {
        let count = (degree + 1).isqrt().max(1);
        let mut small = vec![Wire::one()];
        for _ in 1..count {
            let last = small.last().expect("begins with 1").clone();
            small.push(system.product(&last, x));
        }
        let last = small.last().expect("begins with 1").clone();
        let giant = system.product(&last, x);
        Self { small, giant }
    }

    /// A polynomial, its coefficients lowest first: a row for each block of `k` coefficients but one.
    #[must_use]
    pub fn evaluate(&self, system: &mut System, coefficients: &[Fr]) -> Wire {
        let mut sum = Wire::constant(Fr::ZERO);
        for block in coefficients.chunks(self.small.len()).rev() {
            let block = Wire::combined(block.iter().copied().zip(&self.small));
            sum = &system.product(&sum, &self.giant) + &block;
        }
        sum
    }
}

/// The coefficients of `Π (x − rootᵢ)`.
#[must_use]
pub fn vanishing(roots: &[Fr]) -> Vec<Fr> {
    let mut coefficients = vec![Fr::ONE];
    for root in roots {
        coefficients.insert(0, Fr::ZERO);
        for index in 1..coefficients.len() {
            let next = coefficients[index];
            coefficients[index - 1] -= *root * next;
        }
    }
    coefficients
}

/// The coefficients of the polynomial of least degree through points of different `x` (Lagrange).
///
/// # Panics
/// When two points have one `x`: an error of the circuit.
#[must_use]
pub fn through(points: &[(Fr, Fr)]) -> Vec<Fr> {
    let roots: Vec<Fr> = points.iter().map(|(x, _)| *x).collect();
    let all = vanishing(&roots);
    let mut sum = vec![Fr::ZERO; points.len()];
    for (x, y) in points {
        let others = divided(&all, *x);
        let at = evaluate(&others, *x).inverse().expect("different keys");
        let factor = *y * at;
        let pairs = sum.iter_mut().zip(&others);
        pairs.for_each(|(sum, coefficient)| *sum += factor * coefficient);
    }
    sum
}

/// `polynomial / (x − root)`, which divides it (Horner's scheme).
fn divided(polynomial: &[Fr], root: Fr) -> Vec<Fr> {
    let mut quotient = vec![Fr::ZERO; polynomial.len() - 1];
    let mut carry = Fr::ZERO;
    for (index, slot) in quotient.iter_mut().enumerate().rev() {
        carry = polynomial[index + 1] + root * carry;
        *slot = carry;
    }
    quotient
}

/// A polynomial's value.
#[must_use]
pub fn evaluate(coefficients: &[Fr], x: Fr) -> Fr {
    let step = |sum: Fr, coefficient: &Fr| sum * x + coefficient;
    coefficients.iter().rev().fold(Fr::ZERO, step)
}
