//! A small chain with one validator and a real state tree, made by hand: what an honest node would
//! serve. The test chooses what each block writes.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use jmt::mock::MockTreeStore;
use jmt::{KeyHash, Sha256Jmt};
use prost_ics23::Message;
use sealane_crypto::oprf::{KeyPublic, KeySecret, KeyShare};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::chain::Tip;
use sealane_ledger::merkle::InclusionProof;
use sealane_ledger::sharing::writes_of;
use sealane_ledger::state::{BlindedSet, Key, Writes};
use sealane_ledger::{
    Effect, InvalidBlock, apply, block_id, chain_id, genesis_writes, next_sequence, transaction_id,
    verify_block,
};
use sealane_types::block::{Block, Certificate, CommitSignature, Validator, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{
    AliasId, BlockTime, Epoch, FieldBytes, RecordId, Sequence, Signature, StateRoot, VerifyingKeyId,
};
use sealane_types::receipt::{Done, Outcome, Receipt};
use sealane_types::sharing::{FingerprintKey, ShareHolder};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use sealane_verifier::Keys;
use sealane_wire::v1;
use sha2::Sha256;

use crate::network::Created;

pub(crate) const BANK: AliasId = AliasId::new([0xb0; 32]);
pub(crate) const VALIDATOR: AliasId = AliasId::new([0xe0; 32]);
pub(crate) const VERIFYING_KEY: VerifyingKeyId = VerifyingKeyId::new([0x77; 32]);

/// One final block.
pub(crate) struct Final {
    pub block: Block,
    pub receipts: Vec<Receipt>,
    pub certificate: Certificate,
}

/// The chain.
pub(crate) struct TestChain {
    pub genesis: Genesis,
    pub bank: SigningKey,
    pub validator: SigningKey,
    pub share: Option<KeyShare>,
    pub blocks: Vec<Final>,
    /// Bytes of the log of taken fingerprints.
    pub log: Vec<Vec<u8>>,
    sequence: u64,
    keys: Keys,
    tip: Tip,
    state: BTreeMap<Key, Vec<u8>>,
    store: MockTreeStore,
    version: u64,
}

fn genesis(bank: &SigningKey, validator: &SigningKey) -> Genesis {
    let alias = |id, name: &str, role, key: &SigningKey| Alias {
        id,
        name: name.to_owned(),
        role,
        key: key.public(),
        commitment: FieldBytes::new([0; 32]),
        bank: BANK,
        standing: Standing::Active,
        until: None,
    };
    let signs = Validator {
        alias: VALIDATOR,
        key: validator.public(),
        power: 1,
    };
    Genesis {
        name: "test".to_owned(),
        suite: Suite::International,
        time: BlockTime(1),
        aliases: vec![
            alias(BANK, "bank-a", Role::Bank, bank),
            alias(VALIDATOR, "node-a", Role::Validator, validator),
        ],
        validators: ValidatorSet::new(vec![signs]).expect("one validator"),
        parameters: Parameters {
            inquiries_per_day: 10,
            financings_per_day: 100,
            max_hold_blocks: 100,
            max_block_transactions: 128,
            max_block_bytes: 1 << 22,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![VERIFYING_KEY],
        },
        governance: Governance::Members,
    }
}

impl TestChain {
    /// Genesis and one empty block.
    pub fn new() -> Self {
        let (bank, validator) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]),
        );
        Self::beginning(genesis(&bank, &validator), bank, validator, None)
    }

    /// A network's chain, after one empty block; its validator answers blinded sets.
    pub fn of(created: Created) -> Self {
        let bank = SigningKey::from_seed(&[1; 32]); // the banks of this chain have homes
        let validator = created.validators.into_iter().next().expect("one node");
        let secret = KeySecret::from_seed(&[9; 32]);
        let (public, shares) = secret.deal(Epoch(1), 1, 1).expect("1 of 1");
        Self::beginning(
            created.genesis,
            bank,
            validator,
            shares.into_iter().next().map(|share| (public, share)),
        )
    }

    fn beginning(
        genesis: Genesis,
        bank: SigningKey,
        validator: SigningKey,
        key: Option<(KeyPublic, KeyShare)>,
    ) -> Self {
        let mut chain = Self {
            tip: Tip::genesis(&genesis, StateRoot::new([0; 32])),
            genesis,
            bank,
            validator,
            share: None,
            blocks: Vec::new(),
            log: Vec::new(),
            sequence: 0,
            keys: Keys::with_test_key(),
            state: BTreeMap::new(),
            store: MockTreeStore::default(),
            version: 0,
        };
        let mut writes = genesis_writes(&chain.genesis);
        if let Some((public, share)) = key {
            let validator = chain.genesis.validators.validators()[0].alias;
            let id = chain_id(&chain.genesis);
            let said = share
                .confirm(&public, &id, &validator)
                .expect("its own key");
            let (key, holders) = public.encode();
            let key = FingerprintKey {
                epoch: public.epoch(),
                threshold: public.threshold(),
                public: key,
                holders: vec![ShareHolder {
                    validator,
                    public: holders[0],
                }],
            };
            writes.extend(writes_of(&key, &[said]));
            chain.share = Some(share);
        }
        chain.tip.state = chain.write(writes);
        chain.block(Vec::new(), Vec::new(), Writes::new());
        chain
    }

    /// Writes into the tree; the root after.
    fn write(&mut self, writes: Writes) -> StateRoot {
        for (key, value) in &writes {
            match value {
                Some(value) => self.state.insert(key.clone(), value.clone()),
                None => self.state.remove(key),
            };
        }
        let tree = Sha256Jmt::new(&self.store);
        for key in writes.keys() {
            let hash = KeyHash::with::<Sha256>(key.as_bytes());
            self.store.put_key_preimage(hash, &key.as_bytes().to_vec());
        }
        let set = writes.into_iter().map(|(key, value)| {
            let hash = KeyHash::with::<Sha256>(key.as_bytes());
            (hash, value)
        });
        let (root, batch) = tree.put_value_set(set, self.version).expect("a tree");
        self.store
            .write_tree_update_batch(batch)
            .expect("in memory");
        self.version += 1;
        StateRoot::new(root.0)
    }

    /// Signs a payload with the bank's key.
    pub fn sign(&mut self, payload: Payload) -> Transaction {
        let body = TransactionBody {
            chain: chain_id(&self.genesis),
            signer: BANK,
            sequence: Sequence(self.sequence),
            payload,
        };
        self.sequence += 1;
        let signature = self.bank.sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        Transaction { body, signature }
    }

    /// A block with these transactions, all done, and the empty block after it. The place of the
    /// first.
    pub fn commit(&mut self, transactions: Vec<(Transaction, Done)>, writes: Writes) -> usize {
        let receipts = transactions.iter().map(|(transaction, done)| Receipt {
            transaction: transaction_id(&transaction.body),
            signer: transaction.body.signer,
            record: transaction.body.payload.record(),
            outcome: Outcome::Done(done.clone()),
        });
        let receipts = receipts.collect();
        let transactions = transactions.into_iter().map(|(transaction, _)| transaction);
        let at = self.blocks.len();
        self.block(transactions.collect(), receipts, writes);
        self.block(Vec::new(), Vec::new(), Writes::new());
        at
    }

    fn block(&mut self, transactions: Vec<Transaction>, receipts: Vec<Receipt>, writes: Writes) {
        let block = self.tip.next_block(now(), transactions);
        let state = match writes.is_empty() {
            true => self.tip.state,
            false => self.write(writes),
        };
        let certificate = self.certify(&block);
        self.tip = Tip::after(&block.header, &receipts, state, &self.genesis.validators);
        self.blocks.push(Final {
            block,
            receipts,
            certificate,
        });
    }

    /// Runs a transaction by the ledger's rules: its block, what the validator answers, and the empty
    /// block after. Financing proofs are taken for right: they are not this crate's to check.
    ///
    /// # Errors
    /// When the transaction can be in no block now.
    pub fn run(&mut self, transaction: Transaction) -> Result<(), InvalidBlock> {
        let mut waiting = vec![transaction];
        while !waiting.is_empty() {
            let block = self.tip.next_block(now(), std::mem::take(&mut waiting));
            let verified =
                verify_block(&self.state, &self.tip, block.clone(), &self.keys, &[7; 32])?;
            let applied = apply(&self.state, &verified).expect("verified against this state");
            for effect in applied.effects {
                match effect {
                    Effect::BlindedSetFinalised { record } => {
                        waiting.push(self.answer(&record, &applied.writes))
                    }
                    Effect::Logged { entry, .. } => self.log.push(entry.to_bytes()),
                    _ => {}
                }
            }
            self.block(block.transactions, applied.receipts, applied.writes);
        }
        self.block(Vec::new(), Vec::new(), Writes::new());
        Ok(())
    }

    /// The validator's answer to a set that a block just wrote.
    fn answer(&mut self, record: &RecordId, writes: &Writes) -> Transaction {
        let set = writes[&Key::blinded_set(record)]
            .as_ref()
            .expect("just presented");
        let set = BlindedSet::from_bytes(set).expect("the ledger's");
        let chain = chain_id(&self.genesis);
        let question = sealane_ledger::protocol::question(chain, record, &set);
        let share = self
            .share
            .as_ref()
            .expect("this chain's validator has a share");
        let signer = self.genesis.validators.validators()[0].alias;
        let body = TransactionBody {
            chain,
            signer,
            sequence: next_sequence(&self.state, &signer),
            payload: Payload::Answer(share.answer(&question).expect("randomness")),
        };
        let signature = self
            .validator
            .sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        Transaction { body, signature }
    }

    fn certify(&self, block: &Block) -> Certificate {
        let mut certificate = Certificate {
            height: block.header.height,
            round: 0,
            block: block_id(&block.header),
            signatures: vec![CommitSignature {
                validator: self.genesis.validators.validators()[0].alias,
                signature: Signature::new([0; 64]),
            }],
        };
        let vote = certificate.vote(block.header.chain).to_bytes();
        certificate.signatures[0].signature = self.validator.sign(tags::SIGN_VOTE, &vote);
        certificate
    }

    /// A header as it travels.
    pub fn header(&self, at: usize) -> v1::FinalHeader {
        let block = &self.blocks[at];
        v1::FinalHeader {
            header: block.block.header.to_bytes(),
            certificate: block.certificate.to_bytes(),
        }
    }

    /// A transaction as it travels.
    pub fn committed(&self, block: usize, position: usize) -> v1::CommittedTransaction {
        let shown = &self.blocks[block];
        let transactions: Vec<_> = shown
            .block
            .transactions
            .iter()
            .map(Encode::to_bytes)
            .collect();
        let receipts: Vec<_> = shown.receipts.iter().map(Encode::to_bytes).collect();
        let proof = |leaves: &[Vec<u8>]| {
            let proof = InclusionProof::new(leaves, position).expect("there");
            proof.to_bytes()
        };
        v1::CommittedTransaction {
            transaction_proof: proof(&transactions),
            receipt_proof: proof(&receipts),
            transaction: transactions[position].clone(),
            receipt: receipts[position].clone(),
            header: Some(self.header(block)),
            next_header: Some(self.header(block + 1)),
        }
    }

    /// A value of the state after all blocks but the last, or its absence, as it travels.
    pub fn entry_of(&self, key: Vec<u8>) -> v1::StateEntry {
        let tree = Sha256Jmt::new(&self.store);
        let found = tree.get_with_ics23_proof(key.clone(), self.version - 1);
        let (value, proof) = found.expect("a proof");
        v1::StateEntry {
            key,
            value,
            proof: proof.encode_to_vec(),
        }
    }

    /// The latest header as it travels: its state root is that of [`TestChain::entry_of`].
    pub fn latest(&self) -> v1::FinalHeader {
        self.header(self.blocks.len() - 1)
    }
}

/// This machine's time.
pub(crate) fn now() -> BlockTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = now.expect("after 1970").as_millis();
    BlockTime(u64::try_from(millis).expect("before year 584,000,000"))
}
