//! Our rows as arkworks' key generator takes them.

use ark_bls12_381::Fr;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Result, Variable as Theirs,
};
use sealane_gadgets::{System, Variable};

/// A finished system, to be written into arkworks' constraint system row by row.
pub(crate) struct Rows<'a>(pub &'a System);

impl ConstraintSynthesizer<Fr> for Rows<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<()> {
        for value in &self.0.instance()[1..] {
            let _named_by_order = cs.new_input_variable(|| Ok(*value))?;
        }
        for value in self.0.assignment() {
            let _named_by_order = cs.new_witness_variable(|| Ok(*value))?;
        }
        for row in self.0.rows() {
            let [a, b, c] = &row.sides;
            cs.enforce_r1cs_constraint(|| sum(a), || sum(b), || sum(c))?;
        }
        Ok(())
    }
}

fn sum(terms: &[(Variable, Fr)]) -> LinearCombination<Fr> {
    let theirs = |variable: &Variable| match variable {
        &Variable::ONE => Theirs::one(),
        Variable::Instance(index) => Theirs::instance(*index),
        Variable::Witness(index) => Theirs::witness(*index),
    };
    let terms = terms
        .iter()
        .map(|(variable, factor)| (*factor, theirs(variable)));
    LinearCombination(terms.collect())
}
