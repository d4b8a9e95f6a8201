//! The financing statement in plain arithmetic: what the constraints say, under the same names, with an
//! exact error for each.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use sealane_crypto::commitment::{LeafValues, amount_commitment, leaf_hash, record_root};
use sealane_crypto::curve::{INVOICE_GROUP, Point};
use sealane_crypto::poseidon::{Capacity, hash};
use sealane_crypto::tags;
use sealane_types::fingerprint::SLOTS;
use sealane_types::schema::{Kind, PAYABLE_BITS, SCHEMA_VERSION, slot};
use thiserror::Error;

use super::statement::{FinancingStatement, Mask};
use super::witness::FinancingWitness;
use super::{FINANCEABLE, Shape, Slot};

/// Why a record cannot be financed, or a statement is not about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FinancingError {
    /// Only invoices are financed.
    #[error("a {} of schema version {} cannot be financed: only an Invoice of version {SCHEMA_VERSION} can", .0.name(), .1)]
    Kind(Kind, u16),
    /// C1: a leaf's opening is not the record's.
    #[error("the opening of header slot {0} does not give the record's leaf")]
    Leaf(usize),
    /// C2: presence is neither 0 nor 1.
    #[error("the presence of header slot {0} is neither 0 nor 1")]
    Presence(usize),
    /// C3: a field is missing without which there is no financing.
    #[error("the document has no {}, without which there is no financing", field(*.0))]
    Missing(usize),
    /// C4: the seller's identifiers have a gap.
    #[error("the seller has a third identifier and no second")]
    Gap,
    /// C5: the mask is not that of the fields present.
    #[error("the mask {stated:#04x} is not the record's {actual:#04x}")]
    Mask {
        /// What the statement says.
        stated: u8,
        /// What the record gives.
        actual: u8,
    },
    /// C6: a document of this type code is not financed.
    #[error(
        "a document of UNTDID 1001 type code {0} is not financed (credit notes and pro-formas are not)"
    )]
    TypeCode(u64),
    /// C7: the payable amount is 0, negative or too large.
    #[error("the payable amount must be above 0 and below 2^63 minor units")]
    Amount,
    /// C8, C9: the record root is not that of the leaves.
    #[error("the leaves do not give the stated record root")]
    Root,
    /// C10: the commitment is not to the record's amount.
    #[error("the commitment is not to the record's payable amount and currency")]
    AmountCommitment,
    /// C13: a fingerprint's input maps to a point of small order.
    #[error("the fingerprint of slot {0} maps to no point of prime order")]
    Unmappable(usize),
    /// C15: `R` is not the blinding scalar's.
    #[error("R is not the blinding scalar times the generator")]
    Commitment,
    /// C16 to C18: a blinded point is not the record's, or is where none may be.
    #[error("the blinded point of slot {0} is not the record's")]
    Blinded(usize),
}

/// A header slot in the words of `document show`.
fn field(header_slot: usize) -> &'static str {
    match header_slot {
        slot::NUMBER => "number (id)",
        slot::ISSUE_DATE => "issue date (issue_date)",
        slot::SELLER_IDS => "legal identifier of the seller (seller.ids)",
        slot::PAYABLE => "payable amount (payable_amount)",
        _ => "required field",
    }
}

impl FinancingWitness {
    /// Whether the record may be financed at all, and its openings are its own: C1 to C4, C6, C7.
    ///
    /// # Errors
    /// The first requirement that is not met.
    pub fn check(&self, shape: Shape) -> Result<(), FinancingError> {
        for slot in shape.opened() {
            self.check_opening(slot)?;
        }
        // specs: financing#C3
        let absent = |slot: &usize| !self.opening(*slot).values.is_present();
        if let Some(slot) = Shape::REQUIRED.into_iter().find(absent) {
            return Err(FinancingError::Missing(slot));
        }
        // specs: financing#C4
        let [second, third] = [1, 2].map(|id| self.is_present((slot::SELLER_IDS, id)));
        if shape == Shape::Full && third && !second {
            return Err(FinancingError::Gap);
        }
        self.check_type_code()?;
        self.check_amount()
    }

    fn check_opening(&self, slot: usize) -> Result<(), FinancingError> {
        let opening = self.opening(slot);
        // specs: financing#C1
        let hash = leaf_hash(&Shape::position(slot), &opening.values, opening.blinding);
        if hash != opening.hash {
            return Err(FinancingError::Leaf(slot));
        }
        // specs: financing#C2
        match opening.values {
            LeafValues::Field { presence, .. } if presence != Fr::ZERO && presence != Fr::ONE => {
                return Err(FinancingError::Presence(slot));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_type_code(&self) -> Result<(), FinancingError> {
        let code = self.value(slot::TYPE_CODE, 0);
        // specs: financing#C6
        let allowed = FINANCEABLE.iter().any(|allowed| code == Fr::from(*allowed));
        if self.is_present((slot::TYPE_CODE, 0)) && !allowed {
            return Err(FinancingError::TypeCode(code.into_bigint().as_ref()[0]));
        }
        Ok(())
    }

    fn check_amount(&self) -> Result<(), FinancingError> {
        let amount = self.value(slot::PAYABLE, 0);
        // specs: financing#C7
        if amount == Fr::ZERO || amount.into_bigint().num_bits() > PAYABLE_BITS {
            return Err(FinancingError::Amount);
        }
        Ok(())
    }

    /// Whether a field is there, or one of a party's identifiers.
    fn is_present(&self, (slot, which): (usize, usize)) -> bool {
        match self.opening(slot).values {
            LeafValues::Field { presence, .. } => presence == Fr::ONE,
            LeafValues::Identifiers(ids) => ids[which] != Fr::ZERO,
        }
    }

    /// The mask of the fields that are present.
    fn mask(&self, shape: Shape) -> Mask {
        let applies = |slot: &&Slot| slot.needs().is_none_or(|field| self.is_present(field));
        let slots = shape.slots().iter().filter(applies);
        Mask::of(slots.fold(0, |bits, slot| bits | 1 << (*slot as u8)))
    }

    /// The record root under `context`.
    fn root(&self, context: Fr) -> Fr {
        let leaves = self.openings.map(|opening| opening.hash);
        // specs: financing#C8
        let group = hash(&Capacity::new(tags::GROUP_NODE), &leaves);
        let groups = [group, self.second_group];
        let header = hash(&Capacity::new(tags::HEADER_NODE), &groups);
        // specs: financing#C9
        record_root(
            context,
            self.salt,
            [self.line_count, header, self.lines_root],
        )
    }

    fn amount_commitment(&self) -> Fr {
        let [amount, currency] = [0, 1].map(|which| self.value(slot::PAYABLE, which));
        // specs: financing#C10
        amount_commitment(amount, currency, self.amount_blinding)
    }

    /// `P` of a slot.
    fn point(&self, slot: Slot) -> Result<Point, FinancingError> {
        // specs: financing#C11, financing#C12, financing#C13
        let point = slot.input(self).point(INVOICE_GROUP);
        point.ok_or(FinancingError::Unmappable(slot as usize))
    }

    /// The statement that this witness proves for a record with `context`.
    ///
    /// # Errors
    /// When the record cannot be financed.
    pub fn statement(
        &self,
        shape: Shape,
        context: Fr,
    ) -> Result<FinancingStatement, FinancingError> {
        self.check(shape)?;
        self.compute(shape, context)
    }

    /// What the circuit's outputs are for this witness, whether or not it may be financed.
    pub(super) fn compute(
        &self,
        shape: Shape,
        context: Fr,
    ) -> Result<FinancingStatement, FinancingError> {
        let mask = self.mask(shape);
        let r = self.blinding.scalar();
        let mut blinded = [None; SLOTS];
        for slot in mask.slots() {
            // specs: financing#C14, financing#C16, financing#C17, financing#C18
            blinded[slot as usize] = Some(self.point(slot)?.times(&r));
        }
        Ok(FinancingStatement {
            root: self.root(context),
            context,
            mask,
            amount_commitment: self.amount_commitment(),
            // specs: financing#C15
            commitment: self.blinding.commitment(),
            blinded,
        })
    }
}

impl FinancingStatement {
    /// Whether `witness` proves this statement: what the circuit checks, in plain arithmetic.
    ///
    /// # Errors
    /// The first constraint that does not hold.
    pub fn check(&self, shape: Shape, witness: &FinancingWitness) -> Result<(), FinancingError> {
        let actual = witness.statement(shape, self.context)?;
        // specs: financing#C5
        if self.mask != actual.mask {
            let (stated, actual) = (self.mask.bits(), actual.mask.bits());
            return Err(FinancingError::Mask { stated, actual });
        }
        if self.root != actual.root {
            return Err(FinancingError::Root);
        }
        if self.amount_commitment != actual.amount_commitment {
            return Err(FinancingError::AmountCommitment);
        }
        if self.commitment != actual.commitment {
            return Err(FinancingError::Commitment);
        }
        match (0..SLOTS).find(|slot| self.blinded[*slot] != actual.blinded[*slot]) {
            Some(slot) => Err(FinancingError::Blinded(slot)),
            None => Ok(()),
        }
    }
}
