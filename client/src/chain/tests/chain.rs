//! A small chain with one validator and a real state tree, made by hand: what an honest node would
//! serve. The test chooses what each block writes.

use std::time::{SystemTime, UNIX_EPOCH};

use jmt::mock::MockTreeStore;
use jmt::{KeyHash, Sha256Jmt};
use prost_ics23::Message;
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::chain::Tip;
use sealane_ledger::merkle::InclusionProof;
use sealane_ledger::state::Writes;
use sealane_ledger::{block_id, chain_id, genesis_writes, transaction_id};
use sealane_types::block::{Block, Certificate, CommitSignature, Validator, ValidatorSet};
use sealane_types::encoding::Encode;
use sealane_types::genesis::{
    Alias, FingerprintKey, Genesis, Parameters, Role, ShareHolder, Suite, TestKeys,
};
use sealane_types::ids::{
    AliasId, BlockTime, Epoch, FieldBytes, PointBytes, Sequence, Signature, StateRoot,
    VerifyingKeyId,
};
use sealane_types::receipt::{Done, Outcome, Receipt};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use sealane_wire::v1;
use sha2::Sha256;

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
    pub blocks: Vec<Final>,
    sequence: u64,
    tip: Tip,
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
    };
    let point = PointBytes::new([5; 32]);
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
        fingerprint_key: FingerprintKey {
            epoch: Epoch(1),
            threshold: 1,
            public: point,
            holders: vec![ShareHolder {
                validator: VALIDATOR,
                public: point,
            }],
        },
        parameters: Parameters {
            inquiries_per_day: 10,
            max_hold_blocks: 100,
            max_block_transactions: 64,
            max_block_bytes: 1 << 22,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![VERIFYING_KEY],
        },
    }
}

impl TestChain {
    /// Genesis and one empty block.
    pub fn new() -> Self {
        let (bank, validator) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
        let genesis = genesis(&bank, &validator);
        let mut chain = Self {
            tip: Tip::genesis(&genesis, StateRoot::new([0; 32])),
            genesis,
            bank,
            validator,
            blocks: Vec::new(),
            sequence: 0,
            store: MockTreeStore::default(),
            version: 0,
        };
        let writes = genesis_writes(&chain.genesis);
        chain.tip.state = chain.write(writes);
        chain.block(Vec::new(), Vec::new(), Writes::new());
        chain
    }

    /// Writes into the tree; the root after.
    fn write(&mut self, writes: Writes) -> StateRoot {
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
        self.store.write_tree_update_batch(batch).expect("in memory");
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
        self.tip = Tip::after(&block.header, &receipts, state);
        self.blocks.push(Final {
            block,
            receipts,
            certificate,
        });
    }

    fn certify(&self, block: &Block) -> Certificate {
        let mut certificate = Certificate {
            height: block.header.height,
            round: 0,
            block: block_id(&block.header),
            signatures: vec![CommitSignature {
                validator: VALIDATOR,
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
        let transactions: Vec<_> = shown.block.transactions.iter().map(Encode::to_bytes).collect();
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
