//! A chain in memory: blocks of signed transactions, verified as a node verifies them and applied to
//! a state that lives in a map. Four banks, and validators who hold shares of the fingerprint key.

use std::collections::BTreeMap;

use sealane_crypto::identity::{AliasOpening, Marks};
use sealane_crypto::keys::InstitutionSecret;
use sealane_crypto::oprf::{Answered, KeyPublic, KeySecret, KeyShare, Parties, Question};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::chain::Tip;
use sealane_ledger::consortium::validators_at;
use sealane_ledger::sharing::{present, slot_keys, writes_of};
use sealane_ledger::state::{BlindedSet, Completed, Key, Writes};
use sealane_ledger::{
    Applied, Effect, InvalidBlock, apply, genesis_writes, next_sequence, protocol, verify_block,
};
use sealane_statements::financing::Seller;
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::encoding::{Decode, Encode as _};
use sealane_types::fingerprint::Rule;
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{
    AliasId, BlockTime, Epoch, FieldBytes, RecordId, StateRoot, VerifyingKeyId,
};
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::record::Record;
use sealane_types::sharing::{Confirm, FingerprintKey, ShareHolder};
use sealane_types::transaction::{Finance, Payload, Transaction, TransactionBody, Waived, Waiver};
use sealane_verifier::Keys;

use crate::deals::witness;
use crate::invoice::SELLER_ID;

/// The banks.
pub const BANKS: [AliasId; 4] = [
    AliasId::new([1; 32]),
    AliasId::new([2; 32]),
    AliasId::new([3; 32]),
    AliasId::new([4; 32]),
];
/// Answered sets that a bank has a day.
pub const QUOTA: u32 = 6;
/// Sets that a bank may finance a day.
pub const FINANCINGS: u32 = 100;

/// The id of validator `number`, from 0.
#[must_use]
pub fn validator(number: u8) -> AliasId {
    AliasId::new([100 + number; 32])
}

/// The key with which an alias signs.
#[must_use]
pub fn signing_key(alias: &AliasId) -> SigningKey {
    SigningKey::from_seed(alias.as_bytes())
}

/// What an institution derives its keys from.
#[must_use]
pub fn secret(alias: &AliasId) -> InstitutionSecret {
    InstitutionSecret::import(Suite::International, alias.as_bytes())
}

/// The seller of tests' invoices, as a customer of this bank: its alias there, and what opens that.
///
/// # Panics
/// Never: it has one identifier.
#[must_use]
pub fn seller(bank: &AliasId) -> Seller {
    let alias = AliasId::new([50 + bank.as_bytes()[0]; 32]);
    let identifiers = [format!("de-vat:{}", &SELLER_ID[2..])];
    let material = secret(bank).identity_blinding(&alias, identifiers.len());
    let opening = AliasOpening::new(&identifiers, Marks::NONE, material).expect("one identifier");
    Seller { alias, opening }
}

fn alias(id: AliasId, name: String, role: Role, bank: AliasId) -> Alias {
    let commitment = match role {
        Role::Company => seller(&bank).opening.commitment(),
        _ => FieldBytes::new([0; 32]),
    };
    Alias {
        id,
        name,
        role,
        key: signing_key(&id).public(),
        commitment,
        bank,
        standing: Standing::Active,
        until: None,
    }
}

/// Genesis, and a fingerprint key as if a round had given it, shared `threshold` of `holders`; with 1 of 1 it is
/// the same in every run.
///
/// # Panics
/// When the threshold does not fit.
#[must_use]
pub fn genesis(
    key: VerifyingKeyId,
    threshold: u16,
    holders: u16,
) -> (Genesis, FingerprintKey, Vec<KeyShare>) {
    let dealt = KeySecret::from_seed(&[9; 32]).deal(Epoch(1), threshold, holders);
    let (public, shares) = dealt.expect("a threshold that fits");
    let (public, keys) = public.encode();
    let banks = BANKS.iter().zip(["bank-a", "bank-b", "bank-c", "bank-d"]);
    let mut aliases: Vec<Alias> = banks
        .map(|(id, name)| alias(*id, name.to_owned(), Role::Bank, *id))
        .collect();
    let customers = BANKS
        .iter()
        .zip(["seller-a", "seller-b", "seller-c", "seller-d"]);
    let customers = customers
        .map(|(bank, name)| alias(seller(bank).alias, name.to_owned(), Role::Company, *bank));
    aliases.extend(customers);
    let (mut validators, mut held) = (Vec::new(), Vec::new());
    for (number, public) in (0..).zip(keys) {
        let id = validator(number);
        aliases.push(alias(
            id,
            format!("node-{number}"),
            Role::Validator,
            BANKS[0],
        ));
        validators.push(Validator {
            alias: id,
            key: signing_key(&id).public(),
            power: 1,
        });
        held.push(ShareHolder {
            validator: id,
            public,
        });
    }
    let genesis = Genesis {
        name: "adversaries".to_owned(),
        suite: Suite::International,
        time: BlockTime(1_772_000_000_000),
        aliases,
        validators: ValidatorSet::new(validators).expect("distinct validators"),
        parameters: Parameters {
            inquiries_per_day: QUOTA,
            financings_per_day: FINANCINGS,
            max_hold_blocks: 1000,
            max_block_transactions: 1000,
            max_block_bytes: 16 << 20,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![key],
        },
        governance: Governance::Members,
    };
    genesis.check().expect("a genesis that fits together");
    let dealt = FingerprintKey {
        epoch: Epoch(1),
        threshold,
        public,
        holders: held,
    };
    (genesis, dealt, shares)
}

/// A chain at some height.
pub struct Chain<'a> {
    /// How it began.
    pub genesis: Genesis,
    threshold: u16,
    /// The validators' shares.
    pub shares: Vec<KeyShare>,
    /// All values.
    pub state: BTreeMap<Key, Vec<u8>>,
    /// The last block.
    pub tip: Tip,
    /// What the last block led to.
    pub effects: Vec<Effect>,
    /// Records that were sealed in its blocks.
    records: BTreeMap<RecordId, Record>,
    proofs: &'a Keys,
}

impl<'a> Chain<'a> {
    /// A chain with one validator: the same id in every run.
    #[must_use]
    pub fn new(proofs: &'a Keys) -> Self {
        Self::shared(proofs, 1, 1)
    }

    /// A chain whose fingerprint key is shared `threshold` of `holders`.
    #[must_use]
    pub fn shared(proofs: &'a Keys, threshold: u16, holders: u16) -> Self {
        let (genesis, key, shares) = genesis(
            VerifyingKeyId::new(proofs.test_key_id()),
            threshold,
            holders,
        );
        let mut state = BTreeMap::new();
        write(&mut state, genesis_writes(&genesis));
        let tip = Tip::genesis(&genesis, StateRoot::new([0; 32]));
        let public = KeyPublic::restore(&key).expect("a key");
        let said = shares.iter().zip(&key.holders);
        let said = said.map(|(share, holder)| {
            let said = share.confirm(&public, &tip.chain, &holder.validator);
            said.expect("the system has randomness")
        });
        let said: Vec<Confirm> = said.collect();
        write(&mut state, writes_of(&key, &said));
        Self {
            genesis,
            threshold,
            shares,
            state,
            tip,
            effects: Vec::new(),
            records: BTreeMap::new(),
            proofs,
        }
    }

    /// A value of the state.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn read<T: Decode>(&self, key: &Key) -> Option<T> {
        let bytes = self.state.get(key)?;
        Some(T::from_bytes(bytes).expect("the ledger wrote it"))
    }

    /// Signs a payload with the signer's next sequence.
    #[must_use]
    pub fn sign(&self, signer: AliasId, payload: Payload) -> Transaction {
        self.sign_after(0, signer, payload)
    }

    /// Signs a payload that comes after `before` others of this signer in the same block.
    #[must_use]
    pub fn sign_after(&self, before: u64, signer: AliasId, payload: Payload) -> Transaction {
        let mut sequence = next_sequence(&self.state, &signer);
        sequence.0 += before;
        sign(TransactionBody {
            chain: self.tip.chain,
            signer,
            sequence,
            payload,
        })
    }

    /// Makes a block of these, verifies and applies it; one outcome for each.
    ///
    /// # Errors
    /// When it is no block.
    ///
    /// # Panics
    /// When a verified block does not apply.
    pub fn block(&mut self, transactions: Vec<Transaction>) -> Result<Vec<Outcome>, InvalidBlock> {
        let now = BlockTime(self.tip.time.0 + 1000);
        for transaction in &transactions {
            if let Payload::SealRecord(record) = &transaction.body.payload {
                self.records.insert(record.id(), (**record).clone());
            }
        }
        let block = self.tip.next_block(now, transactions);
        let verified = verify_block(&self.state, &self.tip, block, self.proofs, &[7; 32])?;
        let applied = apply(&self.state, &verified).expect("verified against this state");
        let Applied {
            writes,
            receipts,
            effects,
        } = applied;
        write(&mut self.state, writes);
        let (header, root) = (verified.header(), StateRoot::new([0; 32]));
        let coming = validators_at(&self.state, header.height.next().next());
        self.tip = Tip::after(header, &receipts, root, &coming);
        self.effects = effects;
        Ok(receipts
            .into_iter()
            .map(|receipt| receipt.outcome)
            .collect())
    }

    /// A block with one transaction of this signer.
    ///
    /// # Errors
    /// The refusal of the rules.
    ///
    /// # Panics
    /// When it is no block.
    pub fn send(&mut self, signer: AliasId, payload: Payload) -> Result<Done, Refusal> {
        let transaction = self.sign(signer, payload);
        let outcomes = self
            .block(vec![transaction])
            .expect("an honest proposer's block");
        match outcomes.into_iter().next() {
            Some(Outcome::Done(done)) => Ok(done),
            Some(Outcome::Refused(refusal)) => Err(refusal),
            None => panic!("a block has a receipt for each transaction"),
        }
    }

    /// The set that a record presented, as the question it asks.
    ///
    /// # Panics
    /// When it presented none.
    #[must_use]
    pub fn question(&self, record: &RecordId) -> Question {
        let set: BlindedSet = self
            .read(&Key::blinded_set(record))
            .expect("a presented record");
        protocol::question(self.tip.chain, record, &set)
    }

    /// The first `t` validators answer.
    ///
    /// # Panics
    /// When an answer is refused.
    pub fn answer(&mut self, record: &RecordId) {
        let threshold = usize::from(self.threshold);
        for number in 0..threshold {
            let answer = self.shares[number].answer(&self.question(record));
            let answer = answer.expect("the system has randomness");
            let signer = validator(u8::try_from(number).expect("few validators"));
            let done = self.send(signer, Payload::Answer(answer));
            assert!(matches!(done, Ok(Done::Answered { .. })), "{done:?}");
        }
    }

    /// The combined answer.
    ///
    /// # Panics
    /// When there is none yet.
    #[must_use]
    pub fn answered(&self, record: &RecordId) -> Answered {
        let set: BlindedSet = self
            .read(&Key::blinded_set(record))
            .expect("a presented record");
        let completed: Completed = self
            .read(&Key::completed(record))
            .expect("an answered record");
        let key = present(&self.state).expect("a fingerprint key").public;
        protocol::answered(self.tip.chain, record, &set, &key, &completed)
    }

    /// What `bank` sends to finance a record of its own.
    ///
    /// # Panics
    /// When the record is not answered.
    #[must_use]
    pub fn finance(&self, bank: AliasId, record: &RecordId) -> Finance {
        let parties = Parties { sealer: bank, bank };
        let keys = slot_keys(&self.state).expect("a fingerprint key");
        let sealed = self.records.get(record).expect("a sealed record");
        let witness = witness(&bank, sealed);
        let finished = self
            .answered(record)
            .finish(&keys, witness.blinding(), parties);
        let finished = finished.expect("the blinding is the record's");
        Finance {
            record: *record,
            fingerprints: finished.points,
            proof: finished.proof,
            hold_until: None,
            since: None,
            waivers: Vec::new(),
            consent: None,
            trade: None,
        }
    }
}

/// Waivers of all looser rules.
#[must_use]
pub fn waivers() -> Vec<Waiver> {
    let loose = Rule::ALL.into_iter().filter(|rule| !rule.is_strict());
    loose
        .map(|rule| Waiver {
            waived: Waived::Alert(rule),
            reason: "both originals were seen".to_owned(),
        })
        .collect()
}

/// Signs a body with its signer's key.
#[must_use]
pub fn sign(body: TransactionBody) -> Transaction {
    let signature = signing_key(&body.signer).sign(tags::SIGN_TRANSACTION, &body.to_bytes());
    Transaction { body, signature }
}

pub(crate) fn write(state: &mut BTreeMap<Key, Vec<u8>>, writes: Writes) {
    for (key, value) in writes {
        match value {
            Some(value) => state.insert(key, value),
            None => state.remove(&key),
        };
    }
}
