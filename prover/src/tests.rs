//! Proofs are made of what holds, and of nothing else; the stored proof is one of them.

use std::sync::LazyLock;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sealane_statements::financing::fixture::{context, invoice, witness};
use sealane_statements::financing::{FinancingError, FinancingStatement, FinancingWitness};

use super::*;

static PROVER: LazyLock<Prover> = LazyLock::new(|| {
    let directory = default_directory().expect("a cache folder");
    Prover::open(&directory, &mut |_| ()).expect("test keys")
});

fn example() -> (FinancingStatement, FinancingWitness) {
    let witness = witness(&invoice());
    let statement = witness.statement(context()).expect("financeable");
    (statement, witness)
}

/// The proof of the fixture with fixed randomness is the one in `specs/vectors/`, byte for byte: circuit, keys,
/// witness and encoding are what they were.
#[test]
fn the_stored_proof_is_made_again() {
    let (statement, witness) = example();
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let mut steps = Vec::new();
    let mut progress = |step| steps.push(step);
    let proof = PROVER.prove_financing_with(&statement, &witness, &mut rng, &mut progress);
    let proof = proof.expect("holds");
    let bytes = statement.encode();
    let mut text = format!("root {}\n", hex::encode(bytes.root));
    text += &format!("context {}\n", hex::encode(bytes.context));
    text += &format!("alias {}\n", hex::encode(bytes.alias));
    text += &format!("mask {:04x}\n", bytes.mask);
    text += &format!(
        "amount-commitment {}\n",
        hex::encode(bytes.amount_commitment)
    );
    text += &format!("commitment {}\n", hex::encode(bytes.commitment));
    for point in bytes.blinded {
        text += &format!("blinded {}\n", hex::encode(point));
    }
    text += &format!("proof {}\n", hex::encode(proof.bytes()));
    assert_eq!(text, include_str!("../../specs/vectors/financing-v2.proof"));
    use ProveProgress::{Checking, Proving, Verifying, Witness};
    assert_eq!(steps, [Checking, Witness, Proving, Verifying]);
}

#[test]
fn proofs_of_one_statement_differ() {
    let (statement, witness) = example();
    let [one, two] = [0; 2].map(|_| PROVER.prove_financing(&statement, &witness, &mut |_| ()));
    assert_ne!(one.expect("holds"), two.expect("holds"));
}

#[test]
fn what_does_not_hold_is_refused_with_its_reason_before_anything_is_proven() {
    let (statement, _) = example();
    let mut credit_note = invoice();
    credit_note.type_code = Some(381);
    let mut steps = Vec::new();
    let mut progress = |step| steps.push(step);
    let refused = PROVER.prove_financing(&statement, &witness(&credit_note), &mut progress);
    let reason = refused.expect_err("a credit note");
    assert!(matches!(
        reason,
        ProveError::Statement(FinancingError::TypeCode(381))
    ));
    assert!(reason.to_string().contains("381"));
    assert_eq!(steps, [ProveProgress::Checking]);
    let mut other = invoice();
    other.number = Some("INV-0043".to_owned());
    let refused = PROVER.prove_financing(&statement, &witness(&other), &mut |_| ());
    assert!(matches!(
        refused,
        Err(ProveError::Statement(FinancingError::Root))
    ));
    let mut stranger = invoice();
    stranger.seller[1] = "no-org:987654321".to_owned();
    let refused = PROVER.prove_financing(&statement, &witness(&stranger), &mut |_| ());
    let reason = refused.expect_err("no identifier of the alias").to_string();
    assert!(reason.contains("identifier 2"), "{reason}");
}
