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
use sealane_types::schema::PAYABLE_BITS;

use super::fault::FinancingError;
use super::shape::{PARTIES, REQUIRED, VALUES, header, position};
use super::statement::{FinancingStatement, Mask};
use super::witness::FinancingWitness;
use super::{FINANCEABLE, Slot};

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
