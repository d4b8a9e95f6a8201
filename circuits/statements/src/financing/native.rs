//! The financing statement in plain arithmetic: what the constraints say, under the same names, with an
//! exact error for each.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};
use sealane_crypto::commitment::{amount_commitment, record_root};
use sealane_crypto::curve::{FingerprintInput, INVOICE_GROUP, Point};
use sealane_crypto::identity;
use sealane_crypto::poseidon::{Capacity, hash};
use sealane_crypto::tags;
use sealane_types::fingerprint::{self, SLOTS};
use sealane_types::schema::{Kind, PAYABLE_BITS};
use thiserror::Error;

use super::shape::{PARTIES, REQUIRED, VALUES, header, position};
use super::statement::{FinancingStatement, Mask};
use super::witness::FinancingWitness;
use super::{FINANCEABLE, Slot};

/// Why a record cannot be financed, or a statement is not about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FinancingError {
    /// Only invoices are financed.
    #[error("a {} of schema version {} cannot be financed: only an Invoice of version 2 can", .0.name(), .1)]
    Kind(Kind, u16),
    /// C1, C2: a leaf's opening is not the record's.
    #[error("the opening of header slot {0} does not give the record's leaf")]
    Leaf(usize),
    /// C3: presence is neither 0 nor 1.
    #[error("the presence of header slot {0} is neither 0 nor 1")]
    Presence(usize),
    /// C4: a field is missing without which there is no financing.
    #[error("the document has no {}, without which there is no financing", field(*.0))]
    Missing(usize),
    /// C5: the mask is not that of what is known.
    #[error("the mask {stated:#06x} is not the record's {actual:#06x}")]
    Mask {
        /// What the statement says.
        stated: u16,
        /// What the record gives.
        actual: u16,
    },
    /// C6: a document of this type code is not financed.
    #[error(
        "a document of UNTDID 1001 type code {0} is not financed (credit notes, pro-formas and reports are not)"
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
    /// C11: the alias' commitment is another.
    #[error("the seller's alias has another commitment than its opening gives: was it amended?")]
    Alias,
    /// C12: an identifier of the document is not the seller's alias'.
    #[error(
        "identifier {} of the document's seller is not among the alias': add it to the customer's file, or ask",
        .0 + 1
    )]
    Stranger(usize),
    /// C13: the alias' identifiers have a gap.
    #[error("the alias has nothing at place {0} and an identifier after it")]
    Gap(usize),
    /// C14: the document's identifiers do not begin at the first place.
    #[error("the seller's identifiers in the document do not begin at the first place")]
    NotFirst,
    /// C18: a fingerprint's input maps to a point of small order.
    #[error("the fingerprint of slot {0} maps to no point of prime order")]
    Unmappable(usize),
    /// C20: `S` is not the blinding scalar's.
    #[error("S is not the blinding scalar times the generator")]
    Commitment,
    /// C21 to C23: a blinded point is not the record's, or is where none may be.
    #[error("the blinded point of slot {0} is not the record's")]
    Blinded(usize),
    /// The operating system gives no randomness, with which secret scalars are masked.
    #[error("the operating system gives no randomness")]
    Random,
}

/// A header slot in the words of `document show`.
fn field(header_slot: usize) -> &'static str {
    match header_slot {
        header::NUMBER => "number (id)",
        header::ISSUE_DATE => "issue date (issue_date)",
        header::SELLER_NAME => "name of the seller (seller.name)",
        header::PAYABLE => "payable amount (payable_amount)",
        _ => "required field",
    }
}

impl FinancingWitness {
    /// Whether the record may be financed at all with this alias, and its openings are its own: C1 to C4, C6, C7, C12 to C14.
    ///
    /// # Errors
    /// The first requirement that is not met.
    pub fn check(&self) -> Result<(), FinancingError> {
        for slot in VALUES.into_iter().chain(PARTIES) {
            let leaf = &self.leaves[slot];
            // specs: financing#C1, financing#C2
            if leaf.content.hash(&position(slot)) != Some(leaf.hash) {
                return Err(FinancingError::Leaf(slot));
            }
        }
        for slot in VALUES {
            // specs: financing#C3
            let presence = self.values(slot).presence;
            if presence != Fr::ZERO && presence != Fr::ONE {
                return Err(FinancingError::Presence(slot));
            }
        }
        // specs: financing#C4
        if let Some(slot) = REQUIRED.into_iter().find(|slot| !self.is_present(*slot)) {
            return Err(FinancingError::Missing(slot));
        }
        self.check_type_code()?;
        self.check_amount()?;
        self.check_seller()
    }

    fn check_type_code(&self) -> Result<(), FinancingError> {
        let code = self.values(header::TYPE_CODE).v1;
        // specs: financing#C6
        let allowed = FINANCEABLE.iter().any(|allowed| code == Fr::from(*allowed));
        if self.is_present(header::TYPE_CODE) && !allowed {
            return Err(FinancingError::TypeCode(code.into_bigint().as_ref()[0]));
        }
        Ok(())
    }

    fn check_amount(&self) -> Result<(), FinancingError> {
        let amount = self.values(header::PAYABLE).v1;
        // specs: financing#C7
        if amount == Fr::ZERO || amount.into_bigint().num_bits() > PAYABLE_BITS {
            return Err(FinancingError::Amount);
        }
        Ok(())
    }

    fn check_seller(&self) -> Result<(), FinancingError> {
        let shown = self.identifiers(header::SELLER_IDS);
        // specs: financing#C12
        let stranger = |id: &Fr| *id != Fr::ZERO && !self.alias.contains(id);
        if let Some(at) = shown.iter().position(stranger) {
            return Err(FinancingError::Stranger(at));
        }
        // specs: financing#C13
        let gap = |pair: &[Fr]| pair[0] == Fr::ZERO && pair[1] != Fr::ZERO;
        if let Some(at) = self.alias.windows(2).position(gap) {
            return Err(FinancingError::Gap(at));
        }
        // specs: financing#C14
        if shown[0] == Fr::ZERO && shown.iter().any(|id| *id != Fr::ZERO) {
            return Err(FinancingError::NotFirst);
        }
        Ok(())
    }

    fn is_present(&self, slot: usize) -> bool {
        self.values(slot).presence == Fr::ONE
    }

    /// Whether a place of the alias takes a real strict fingerprint: it holds an identifier that is not looser.
    pub(super) fn is_real(&self, place: usize) -> bool {
        // specs: financing#C13
        self.alias[place] != Fr::ZERO && !self.marks.is_looser(place)
    }

    /// The seller's identifier in the looser rules: the document's first, else the alias' first.
    pub(super) fn seller(&self) -> Fr {
        // specs: financing#C14
        let [first, ..] = self.identifiers(header::SELLER_IDS);
        match first == Fr::ZERO {
            true => self.alias[0],
            false => first,
        }
    }

    /// Whether a slot applies.
    pub(super) fn applies(&self, slot: Slot) -> bool {
        let known = self.seller() != Fr::ZERO;
        match slot {
            Slot::Strict(_) | Slot::NameNumberAmount => true,
            Slot::WithoutDate => known,
            Slot::PartiesAmountDate => known && self.identifiers(header::BUYER_IDS)[0] != Fr::ZERO,
            Slot::OrderReference => known && self.is_present(header::ORDER_REFERENCES),
            Slot::TransportDocument => known && self.is_present(header::DESPATCH_REFERENCES),
        }
    }

    /// The mask of what is known.
    fn mask(&self) -> Mask {
        let slots = Slot::ALL.into_iter().filter(|slot| self.applies(*slot));
        let bits = slots.fold(0, |bits, slot| bits | 1 << slot.number());
        let shows = self.identifiers(header::SELLER_IDS)[0] != Fr::ZERO;
        let lacks = !shows && !self.marks.has_primary();
        let strict = self.applies(Slot::WithoutDate) && (self.marks.is_bare() || lacks);
        Mask::of(bits | u16::from(strict) << fingerprint::Mask::STRICT_NAME)
    }

    /// The record root under `context`.
    pub(super) fn root(&self, context: Fr) -> Fr {
        let leaves = self.leaves.map(|leaf| leaf.hash);
        // specs: financing#C8
        let group = hash(&Capacity::new(tags::GROUP_NODE), &leaves);
        let groups = [group, self.rest.second_group];
        let header = hash(&Capacity::new(tags::HEADER_NODE), &groups);
        // specs: financing#C9
        let below = [self.rest.line_count, header, self.rest.lines_root];
        record_root(context, self.rest.salt, below)
    }

    fn amount_commitment(&self) -> Fr {
        let payable = self.values(header::PAYABLE);
        // specs: financing#C10
        amount_commitment(payable.v1, payable.v2, self.rest.amount_blinding)
    }

    pub(super) fn alias_commitment(&self) -> Fr {
        // specs: financing#C11
        let blinding = identity::marked_blinding(self.marks, self.alias_secret);
        identity::commitment(&self.alias, blinding)
    }

    /// The rule's input.
    pub(super) fn input(&self, slot: Slot) -> FingerprintInput {
        let number = self.values(header::NUMBER);
        let payable = self.values(header::PAYABLE);
        let date = self.values(header::ISSUE_DATE).v1;
        let seller = self.seller();
        // specs: financing#C15, financing#C16
        match slot {
            Slot::Strict(place) if !self.is_real(place) => FingerprintInput::FillUp {
                fill: self.fills[place],
                number: number.v1,
                date,
            },
            Slot::Strict(place) => FingerprintInput::Strict {
                seller: self.alias[place],
                number: number.v1,
                date,
            },
            Slot::WithoutDate => FingerprintInput::WithoutDate {
                seller,
                number: number.v2,
            },
            Slot::PartiesAmountDate => FingerprintInput::PartiesAmountDate {
                seller,
                buyer: self.identifiers(header::BUYER_IDS)[0],
                amount: payable.v1,
                currency: payable.v2,
                date,
            },
            Slot::OrderReference => FingerprintInput::OrderReference {
                seller,
                order: self.values(header::ORDER_REFERENCES).v1,
            },
            Slot::TransportDocument => FingerprintInput::TransportDocument {
                seller,
                despatch: self.values(header::DESPATCH_REFERENCES).v1,
            },
            Slot::NameNumberAmount => FingerprintInput::NameNumberAmount {
                name: self.values(header::SELLER_NAME).v2,
                number: number.v2,
                amount: payable.v1,
                currency: payable.v2,
            },
        }
    }

    /// `P` of a slot.
    pub(super) fn point(&self, slot: Slot) -> Result<Point, FinancingError> {
        // specs: financing#C17, financing#C18
        let point = self.input(slot).point(INVOICE_GROUP);
        point.ok_or(FinancingError::Unmappable(slot.number()))
    }

    /// The statement that this witness proves for a record with `context`.
    ///
    /// # Errors
    /// When the record cannot be financed with this alias.
    pub fn statement(&self, context: Fr) -> Result<FinancingStatement, FinancingError> {
        self.check()?;
        self.compute(context)
    }

    /// What the circuit's outputs are for this witness, whether or not it may be financed.
    pub(super) fn compute(&self, context: Fr) -> Result<FinancingStatement, FinancingError> {
        let mask = self.mask();
        let points = self.points()?;
        // specs: financing#C19, financing#C20, financing#C21, financing#C22
        let set = self.blinding.blind(&points);
        let (commitment, all) = set.map_err(|_| FinancingError::Random)?;
        let mut blinded = [None; SLOTS];
        for slot in mask.slots() {
            // specs: financing#C23
            blinded[slot.number()] = Some(all[slot.number()]);
        }
        Ok(FinancingStatement {
            root: self.root(context),
            context,
            alias: self.alias_commitment(),
            mask,
            amount_commitment: self.amount_commitment(),
            commitment,
            blinded,
        })
    }
}

impl FinancingStatement {
    /// Whether `witness` proves this statement: what the circuit checks, in plain arithmetic.
    ///
    /// # Errors
    /// The first constraint that does not hold.
    pub fn check(&self, witness: &FinancingWitness) -> Result<(), FinancingError> {
        let actual = witness.statement(self.context)?;
        // specs: financing#C5
        if self.mask != actual.mask {
            let (stated, actual) = (self.mask.bits(), actual.mask.bits());
            return Err(FinancingError::Mask { stated, actual });
        }
        let same = [
            (self.root == actual.root, FinancingError::Root),
            (
                self.amount_commitment == actual.amount_commitment,
                FinancingError::AmountCommitment,
            ),
            (self.alias == actual.alias, FinancingError::Alias),
            (
                self.commitment == actual.commitment,
                FinancingError::Commitment,
            ),
        ];
        if let Some((_, error)) = same.into_iter().find(|(same, _)| !same) {
            return Err(error);
        }
        match (0..SLOTS).find(|slot| self.blinded[*slot] != actual.blinded[*slot]) {
            Some(slot) => Err(FinancingError::Blinded(slot)),
            None => Ok(()),
        }
    }
}
