//! An alias' hiding commitment to its legal identifiers: `H8(id₁ … id₇, blinding)`.
//!
//! An identifier stands in it as in a record's leaf (`scheme:value`, hashed to a field element), so that a
//! cross-check can show that a party of a document is the one committed to. What is absent is 0, which no
//! identifier hashes to but with negligible chance; the order is ascending and equal ones count once, so
//! equal sets under one blinding have one commitment. `specs/members.md` says what it hides.

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_types::fields::LeafInput;
use sealane_types::ids::FieldBytes;
use thiserror::Error;

use crate::commitment::{blinding_element, input_element};
use crate::curve::encode_element;
use crate::poseidon::{Capacity, hash};
use crate::tags;

/// Most legal identifiers of an alias.
pub const MAX_IDENTIFIERS: usize = 7;

/// More than [`MAX_IDENTIFIERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an alias has at most {MAX_IDENTIFIERS} different legal identifiers, not {0}")]
pub struct TooManyIdentifiers(pub usize);

/// The commitment to identifiers in their canonical form `scheme:value`, under 64 bytes of key material.
///
/// # Errors
/// When there are more than [`MAX_IDENTIFIERS`] different ones.
pub fn commit(
    identifiers: &[String],
    material: &[u8; 64],
) -> Result<FieldBytes, TooManyIdentifiers> {
    let commitment = commitment(&elements(identifiers)?, blinding_element(material));
    Ok(FieldBytes::new(encode_element(&commitment)))
}

/// Identifiers as they stand in a commitment: ascending, equal ones once, zeros after them.
///
/// # Errors
/// When there are more than [`MAX_IDENTIFIERS`] different ones.
pub fn elements(identifiers: &[String]) -> Result<[Fr; MAX_IDENTIFIERS], TooManyIdentifiers> {
    let mut sorted = identifiers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() > MAX_IDENTIFIERS {
        return Err(TooManyIdentifiers(sorted.len()));
    }
    let mut elements = [Fr::ZERO; MAX_IDENTIFIERS];
    for (element, identifier) in elements.iter_mut().zip(sorted) {
        *element = input_element(&LeafInput::Text(identifier));
    }
    Ok(elements)
}

/// The commitment to identifiers as elements.
#[must_use]
pub fn commitment(identifiers: &[Fr; MAX_IDENTIFIERS], blinding: Fr) -> Fr {
    let mut inputs = [Fr::ZERO; MAX_IDENTIFIERS + 1];
    inputs[..MAX_IDENTIFIERS].copy_from_slice(identifiers);
    inputs[MAX_IDENTIFIERS] = blinding;
    hash(&Capacity::new(tags::ALIAS), &inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn a_set_of_identifiers_has_one_commitment_and_another_set_another() {
        let (key, other) = ([1; 64], [2; 64]);
        let both = commit(&ids(&["vat:DE1", "0088:4"]), &key);
        assert_eq!(both, commit(&ids(&["0088:4", "vat:DE1", "vat:DE1"]), &key));
        assert_ne!(both, commit(&ids(&["vat:DE1"]), &key), "one is missing");
        assert_ne!(both, commit(&ids(&["vat:DE1", "0088:5"]), &key));
        assert_ne!(
            both,
            commit(&ids(&["vat:DE1", "0088:4"]), &other),
            "it hides"
        );
        let none = commit(&[], &key).expect("none at all is a set too");
        assert_ne!(Ok(none), commit(&[], &other));
    }

    #[test]
    fn more_identifiers_than_fit_are_refused_and_not_cut() {
        let many: Vec<String> = (0..8).map(|number| format!("0088:{number}")).collect();
        assert_eq!(commit(&many, &[1; 64]), Err(TooManyIdentifiers(8)));
        assert!(commit(&many[..7], &[1; 64]).is_ok());
    }
}
