//! An alias' hiding commitment to its legal identifiers: `H8(id₁ … id₇, r)` with `r = H2(marks, ρ)`.
//!
//! An identifier stands in it as in a record's leaf (`scheme:value`, hashed to a field element), so that a proof can show that a party of a
//! document is the one committed to. What is absent is 0, which no identifier hashes to but with negligible chance. The order is that
//! of registration: an amendment fills the next free place and moves none, so that a place keeps its fingerprints. None stands
//! twice. The marks say which of them are looser in fingerprints ([`Marks`]); the statement of a financing opens them, cross-checks
//! take `r` as it is. `specs/members.md` says what the commitment hides.

use std::fmt;

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_types::encoding::{Decode, DecodeError, Encode, invalid};
use sealane_types::fields::LeafInput;
use sealane_types::ids::FieldBytes;
use sealane_types::schema::PARTY_IDS;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::commitment::{blinding_element, input_element};
use crate::curve::encode_element;
use crate::poseidon::{Capacity, hash};
use crate::tags;

/// Most legal identifiers of an alias.
pub const MAX_IDENTIFIERS: usize = PARTY_IDS;

pub use sealane_types::fields::MAX_IDENTIFIER;

/// Why identifiers are not an alias'.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// More than [`MAX_IDENTIFIERS`].
    #[error("an alias has at most {MAX_IDENTIFIERS} different legal identifiers, not {0}")]
    TooMany(usize),
    /// One stands twice, which would give one fingerprint twice.
    #[error("the legal identifier {0} stands twice: give it once")]
    Twice(String),
}

/// What the bank that vouches for an alias says of its identifiers as a whole, by a table that the circuit does not know
/// (`specs/schemas/identifiers.md`, *In fingerprints*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Marks(u8);

impl Marks {
    /// None: every identifier is strict, and no register's number is known to be among them.
    pub const NONE: Self = Self(0);
    const PRIMARY: u8 = 1;
    const BARE: u8 = 1 << MAX_IDENTIFIERS;

    /// `looser` has bit i set where the identifier at place i (1 to 6) takes no strict fingerprint: many companies share it, or it is the
    /// root of several registrations, and a company register's number stands before it. The first place is never looser, so that
    /// an alias with an identifier has a strict fingerprint. `primary`: the registers' numbers are among them by which extracts show the
    /// company. `bare`: another bank's file may hold the same numbers and share no strict fingerprint, so that a hit by name
    /// counts as strict. `None` for other bits.
    #[must_use]
    pub fn new(looser: u8, primary: bool, bare: bool) -> Option<Self> {
        let possible = looser & 1 == 0 && looser < Self::BARE;
        let primary = if primary { Self::PRIMARY } else { 0 };
        let bare = if bare { Self::BARE } else { 0 };
        possible.then_some(Self(looser | primary | bare))
    }

    /// As one number, as the commitment's blinding hashes it: bit 0 for `primary`, bit i for a looser place i, bit 7 for `bare`.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// Whether the identifier at a place takes no strict fingerprint.
    #[must_use]
    pub fn is_looser(self, place: usize) -> bool {
        place > 0 && place < MAX_IDENTIFIERS && self.0 >> place & 1 == 1
    }

    /// Whether the registers' numbers are among the identifiers by which extracts show the company.
    #[must_use]
    pub fn has_primary(self) -> bool {
        self.0 & Self::PRIMARY != 0
    }

    /// Whether a hit by name counts as strict, whatever the document shows.
    #[must_use]
    pub fn is_bare(self) -> bool {
        self.0 & Self::BARE != 0
    }
}

/// The commitment to identifiers in their canonical form `scheme:value` with their marks, under 64 bytes of key material.
///
/// # Errors
/// When there are more than [`MAX_IDENTIFIERS`], or one stands twice.
pub fn commit(
    identifiers: &[String],
    marks: Marks,
    material: &[u8; 64],
) -> Result<FieldBytes, IdentityError> {
    let blinding = marked_blinding(marks, blinding_element(material));
    let commitment = commitment(&elements(identifiers)?, blinding);
    Ok(FieldBytes::new(encode_element(&commitment)))
}

/// `r = H2(marks, ρ)`: the blinding of an alias' commitment, which binds the marks.
#[must_use]
pub fn marked_blinding(marks: Marks, secret: Fr) -> Fr {
    let inputs = [Fr::from(marks.bits()), secret];
    hash(&Capacity::new(tags::ALIAS_MARKS), &inputs)
}

/// Identifiers as they stand in a commitment: in their order, zeros after them.
///
/// # Errors
/// When there are more than [`MAX_IDENTIFIERS`], or one stands twice.
pub fn elements(identifiers: &[String]) -> Result<[Fr; MAX_IDENTIFIERS], IdentityError> {
    check(identifiers)?;
    let mut elements = [Fr::ZERO; MAX_IDENTIFIERS];
    for (element, identifier) in elements.iter_mut().zip(identifiers) {
        *element = input_element(&LeafInput::Text(identifier.clone()));
    }
    Ok(elements)
}

fn check(identifiers: &[String]) -> Result<(), IdentityError> {
    if identifiers.len() > MAX_IDENTIFIERS {
        return Err(IdentityError::TooMany(identifiers.len()));
    }
    for (at, identifier) in identifiers.iter().enumerate() {
        if identifiers[..at].contains(identifier) {
            return Err(IdentityError::Twice(identifier.clone()));
        }
    }
    Ok(())
}

/// The commitment to identifiers as elements, under the blinding `r`.
#[must_use]
pub fn commitment(identifiers: &[Fr; MAX_IDENTIFIERS], blinding: Fr) -> Fr {
    let mut inputs = [Fr::ZERO; MAX_IDENTIFIERS + 1];
    inputs[..MAX_IDENTIFIERS].copy_from_slice(identifiers);
    inputs[MAX_IDENTIFIERS] = blinding;
    hash(&Capacity::new(tags::ALIAS), &inputs)
}

/// What opens an alias' commitment: its identifiers, their marks, and the key material of the blinding. Whoever has it knows who
/// the alias is, and can show it.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[encoding(check)]
pub struct AliasOpening {
    #[encoding(list(MAX_IDENTIFIERS, OPENING), text(MAX_IDENTIFIER, OPENING))]
    identifiers: Vec<String>,
    marks: Marks,
    #[encoding(put = material.encode(out), read = reader.array(OPENING).map(Zeroizing::new))]
    material: Zeroizing<[u8; 64]>,
}

/// What errors call an opening.
const OPENING: &str = "opening of an alias";

impl AliasOpening {
    fn check(&self) -> Result<(), DecodeError> {
        check(&self.identifiers).or_else(|fault| invalid(OPENING, fault.to_string()))
    }

    /// The opening of a commitment to these identifiers, in the order of registration, with these marks, under this material.
    ///
    /// # Errors
    /// When there are more than [`MAX_IDENTIFIERS`], or one stands twice.
    pub fn new(
        identifiers: &[String],
        marks: Marks,
        material: Zeroizing<[u8; 64]>,
    ) -> Result<Self, IdentityError> {
        check(identifiers)?;
        Ok(Self {
            identifiers: identifiers.to_vec(),
            marks,
            material,
        })
    }

    /// The identifiers in their canonical form `scheme:value`, in the order of registration.
    #[must_use]
    pub fn identifiers(&self) -> &[String] {
        &self.identifiers
    }

    /// The identifiers as they stand in the commitment, by place.
    ///
    /// # Panics
    /// Never: no opening has more than an alias can have.
    #[must_use]
    pub fn elements(&self) -> [Fr; MAX_IDENTIFIERS] {
        elements(&self.identifiers)
            .expect("no opening has more identifiers than an alias, or one twice")
    }

    /// The marks of the identifiers.
    #[must_use]
    pub fn marks(&self) -> Marks {
        self.marks
    }

    /// ρ: what the commitment's blinding is made of, beside the marks.
    #[must_use]
    pub fn secret(&self) -> Fr {
        blinding_element(&self.material)
    }

    /// `r`: the commitment's blinding.
    #[must_use]
    pub fn blinding(&self) -> Fr {
        marked_blinding(self.marks, self.secret())
    }

    /// The commitment that it opens.
    #[must_use]
    pub fn commitment(&self) -> FieldBytes {
        let commitment = commit(&self.identifiers, self.marks, &self.material);
        commitment.expect("no opening has more identifiers than an alias can have")
    }
}

impl Drop for AliasOpening {
    fn drop(&mut self) {
        self.identifiers.zeroize();
    }
}

impl fmt::Debug for AliasOpening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AliasOpening(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    #[test]
    fn identifiers_in_their_order_have_one_commitment_and_others_another() {
        let (key, other) = ([1; 64], [2; 64]);
        let both = commit(&ids(&["vat:DE1", "0088:4"]), Marks::NONE, &key);
        assert_eq!(
            both,
            commit(&ids(&["vat:DE1", "0088:4"]), Marks::NONE, &key)
        );
        assert_ne!(
            both,
            commit(&ids(&["0088:4", "vat:DE1"]), Marks::NONE, &key),
            "places"
        );
        assert_ne!(
            both,
            commit(&ids(&["vat:DE1"]), Marks::NONE, &key),
            "one is missing"
        );
        assert_ne!(
            both,
            commit(&ids(&["vat:DE1", "0088:5"]), Marks::NONE, &key)
        );
        assert_ne!(
            both,
            commit(&ids(&["vat:DE1", "0088:4"]), Marks::NONE, &other),
            "it hides"
        );
        let none = commit(&[], Marks::NONE, &key).expect("none at all is a set too");
        assert_ne!(Ok(none), commit(&[], Marks::NONE, &other));
    }

    #[test]
    fn more_identifiers_than_fit_and_one_twice_are_refused() {
        let many: Vec<String> = (0..8).map(|number| format!("0088:{number}")).collect();
        assert_eq!(
            commit(&many, Marks::NONE, &[1; 64]),
            Err(IdentityError::TooMany(8))
        );
        assert!(commit(&many[..7], Marks::NONE, &[1; 64]).is_ok());
        let twice = ids(&["vat:DE1", "0088:4", "vat:DE1"]);
        let refused = IdentityError::Twice("vat:DE1".to_owned());
        assert_eq!(commit(&twice, Marks::NONE, &[1; 64]), Err(refused.clone()));
        let opening = AliasOpening::new(&twice, Marks::NONE, Zeroizing::new([1; 64]));
        assert_eq!(opening, Err(refused));
    }

    #[test]
    fn an_added_identifier_moves_none() {
        let before = elements(&ids(&["vat:DE1", "0088:4"])).expect("two");
        let after = elements(&ids(&["vat:DE1", "0088:4", "0007:1"])).expect("three");
        assert_eq!(before[..2], after[..2]);
        assert_eq!((before[2], after[3]), (Fr::ZERO, Fr::ZERO));
        assert_ne!(after[2], Fr::ZERO);
    }

    #[test]
    fn an_opening_opens_its_commitment_and_is_read_from_its_exact_bytes_alone() {
        let given = ids(&["vat:DE1", "0088:4"]);
        let opening = AliasOpening::new(&given, Marks::NONE, Zeroizing::new([1; 64])).expect("two");
        assert_eq!(
            Ok(opening.commitment()),
            commit(&given, Marks::NONE, &[1; 64])
        );
        assert_eq!(opening.identifiers(), given);
        assert_eq!(format!("{opening:?}"), "AliasOpening(secret)");
        let bytes = opening.to_bytes();
        assert_eq!(AliasOpening::from_bytes(&bytes), Ok(opening));
        for length in 0..bytes.len() {
            assert!(AliasOpening::from_bytes(&bytes[..length]).is_err());
        }
        for count in [8, u32::MAX] {
            let refused = AliasOpening::from_bytes(&[&count.to_le_bytes(), &bytes[4..]].concat());
            let Err(DecodeError::TooLong { length, .. }) = refused else {
                panic!("{refused:?}");
            };
            assert_eq!(length, count as usize);
        }
        let twice = AliasOpening {
            identifiers: ids(&["0088:4", "0088:4"]),
            marks: Marks::NONE,
            material: Zeroizing::new([1; 64]),
        };
        assert!(AliasOpening::from_bytes(&twice.to_bytes()).is_err());
        let many: Vec<String> = (0..8).map(|number| format!("0088:{number}")).collect();
        assert!(AliasOpening::new(&many, Marks::NONE, Zeroizing::new([1; 64])).is_err());
    }

    #[test]
    fn marks_are_of_later_places_and_change_the_commitment() {
        let given = ids(&["de-hr:HRB1@MÜNCHEN", "gb-vat:1"]);
        let opening = |marks| AliasOpening::new(&given, marks, Zeroizing::new([1; 64]));
        let mut seen = Vec::new();
        for marks in (0..=u8::MAX).map(Marks) {
            let looser = marks.bits() & 0b0111_1110;
            let again = Marks::new(looser, marks.has_primary(), marks.is_bare());
            assert_eq!(again, Some(marks));
            let opening = opening(marks).expect("two");
            assert_eq!(
                AliasOpening::from_bytes(&opening.to_bytes()),
                Ok(opening.clone())
            );
            assert!(!seen.contains(&opening.commitment()));
            seen.push(opening.commitment());
            assert!(!marks.is_looser(0));
        }
        assert_eq!(Marks::new(1, false, false), None, "the first place");
        assert_eq!(Marks::new(0x80, false, false), None, "the eighth");
        let marks = Marks::new(0b10, true, false).expect("the second place");
        assert!(marks.is_looser(1) && !marks.is_looser(2) && marks.has_primary());
        assert!(!marks.is_bare() && !marks.is_looser(7));
    }
}
