//! A chain with one validator, driven by hand over the real store: each stage of a block can be timed by itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::chain::Tip;
use sealane_ledger::sharing::writes_of;
use sealane_ledger::state::{Key, StateRead, Writes};
use sealane_ledger::{
    Applied, apply, chain_id, genesis_writes, next_sequence, transaction_id, verify_block,
};
use sealane_store::{BlockRows, Store, TransactionRow};
use sealane_types::block::{Block, Validator, ValidatorSet};
use sealane_types::encoding::Encode;
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{
    AliasId, BlockTime, ChainId, FieldBytes, Height, Sequence, StateRoot, VerifyingKeyId,
};
use sealane_types::sharing::{FingerprintKey, ShareHolder};
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use sealane_verifier::{Keys, VerifyingKey};
use tempfile::TempDir;

use crate::trade::{BANK, confirmation, customer, key, seller};

/// The validator.
pub const VALIDATOR: AliasId = AliasId::new([11; 32]);

/// A state of this many other keys lies in the tree, so that it has a depth.
const OTHERS: u64 = 10_000;

/// The key that an alias of a bench signs with.
#[must_use]
pub fn signing_key(alias: &AliasId) -> SigningKey {
    SigningKey::from_seed(alias.as_bytes())
}

/// A chain of one bank with a customer, and one validator, which holds the whole fingerprint key.
///
/// # Panics
/// Never: it is valid.
#[must_use]
pub fn genesis() -> Genesis {
    let nobody = FieldBytes::new([0; 32]);
    let alias = |id: AliasId, name: &str, role, commitment| Alias {
        id,
        name: name.to_owned(),
        role,
        key: signing_key(&id).public(),
        commitment,
        bank: BANK,
        standing: Standing::Active,
        until: None,
    };
    let validator = Validator {
        alias: VALIDATOR,
        key: signing_key(&VALIDATOR).public(),
        power: 1,
    };
    let genesis = Genesis {
        name: "bench".to_owned(),
        suite: Suite::International,
        time: BlockTime(1_790_000_000_000),
        aliases: vec![
            alias(BANK, "bank-a", Role::Bank, nobody),
            alias(VALIDATOR, "node-a", Role::Validator, nobody),
            alias(
                customer(&BANK),
                "seller-a",
                Role::Company,
                seller(&BANK).opening.commitment(),
            ),
        ],
        validators: ValidatorSet::new(vec![validator]).expect("one validator"),
        parameters: Parameters {
            inquiries_per_day: 1_000_000,
            financings_per_day: 1_000_000,
            max_hold_blocks: 1_000,
            max_block_transactions: 1_000,
            max_block_bytes: 4 << 20,
            test_keys: TestKeys::Allowed,
            verifying_keys: vec![VerifyingKeyId::new(VerifyingKey::financing_test().id())],
        },
        governance: Governance::Members,
    };
    genesis.check().expect("a chain can begin so");
    genesis
}

/// The key that the genesis' one validator holds whole.
fn fingerprint_key(genesis: &Genesis) -> FingerprintKey {
    let validator = genesis.validators.validators()[0].alias;
    let (public, _) = key();
    let (point, holders) = public.encode();
    let holder = |public: &_| ShareHolder {
        validator,
        public: *public,
    };
    FingerprintKey {
        epoch: public.epoch(),
        threshold: 1,
        public: point,
        holders: holders.iter().map(holder).collect(),
    }
}

/// How long the stages of one block took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Header, signatures, roots, proofs.
    pub verify: Duration,
    /// The rules.
    pub apply: Duration,
    /// The state's tree, and one synced batch.
    pub commit: Duration,
}

impl Times {
    /// All stages.
    #[must_use]
    pub fn all(&self) -> Duration {
        self.verify + self.apply + self.commit
    }
}

/// The state in the store.
struct View<'a>(&'a Store, Height);

impl StateRead for View<'_> {
    fn get(&self, key: &Key) -> Option<Vec<u8>> {
        self.0
            .value(self.1, key.as_bytes())
            .expect("the store can be read")
    }
}

/// A chain in a temporary folder.
pub struct Chain {
    _folder: TempDir,
    genesis: Genesis,
    store: Store,
    tip: Tip,
    keys: Keys,
}

impl Chain {
    /// At height 0, with other keys in the state.
    ///
    /// # Panics
    /// When the folder cannot be written.
    #[must_use]
    pub fn new() -> Self {
        Self::begin(genesis())
    }

    /// At height 0 of the chain of a genesis with one validator, with other keys in the state.
    ///
    /// # Panics
    /// When the folder cannot be written.
    #[must_use]
    pub fn begin(genesis: Genesis) -> Self {
        let folder = TempDir::with_prefix("sealane-bench-").expect("a temporary folder");
        let store = Store::open(folder.path(), chain_id(&genesis)).expect("a new folder");
        let mut writes = rows(&genesis_writes(&genesis));
        let key = fingerprint_key(&genesis);
        let said = confirmation(&chain_id(&genesis), &key.holders[0].validator);
        writes.extend(rows(&writes_of(&key, &[said])));
        writes.extend((0..OTHERS).map(|number| {
            let key = [&[0xff][..], &number.to_le_bytes()].concat();
            (key, Some(vec![7; 64]))
        }));
        let prepared = store.prepare(Height(0), &writes).expect("a new state");
        let tip = Tip::genesis(&genesis, prepared.root());
        store.begin(prepared).expect("a new folder");
        Self {
            _folder: folder,
            genesis,
            store,
            tip,
            keys: Keys::with_test_key(),
        }
    }

    /// Signs payloads of one alias for the next block.
    #[must_use]
    pub fn sign(&self, signer: AliasId, payloads: Vec<Payload>) -> Vec<Transaction> {
        let first = next_sequence(&View(&self.store, self.tip.height), &signer).0;
        let numbered = (first..).zip(payloads);
        numbered
            .map(|(at, payload)| signed(self.tip.chain, signer, Sequence(at), payload))
            .collect()
    }

    /// Makes, verifies, executes and commits the next block.
    ///
    /// # Panics
    /// When the block is none, or one of its transactions is refused.
    pub fn block(&mut self, transactions: Vec<Transaction>) -> Times {
        let now = BlockTime(self.tip.time.0 + 1);
        let block = self.tip.next_block(now, transactions);
        let view = View(&self.store, self.tip.height);
        let entropy = [1; 32];
        let begun = Instant::now();
        let verified = verify_block(&view, &self.tip, block.clone(), &self.keys, &entropy);
        let verified = verified.expect("the block follows");
        let refused = verified.transactions().iter().find_map(|one| one.refusal());
        assert!(refused.is_none(), "{refused:?}");
        let verify = begun.elapsed();
        let begun = Instant::now();
        let applied = apply(&view, &verified).expect("the state is the same");
        let apply = begun.elapsed();
        let begun = Instant::now();
        let state = self.commit(&block, &applied);
        let commit = begun.elapsed();
        let coming = self.genesis.validators.clone();
        self.tip = Tip::after(&block.header, &applied.receipts, state, &coming);
        Times {
            verify,
            apply,
            commit,
        }
    }

    fn commit(&self, block: &Block, applied: &Applied) -> StateRoot {
        let pairs = block.transactions.iter().zip(&applied.receipts);
        let row = |(transaction, receipt): (&Transaction, &sealane_types::receipt::Receipt)| {
            TransactionRow {
                id: transaction_id(&transaction.body),
                bytes: transaction.to_bytes(),
                receipt: receipt.to_bytes(),
                sealed: None,
            }
        };
        let rows_of_block = BlockRows {
            header: block.header.to_bytes(),
            certificate: vec![0; 140],
            transactions: pairs.map(row).collect(),
            ..BlockRows::default()
        };
        for receipt in &applied.receipts {
            let outcome = &receipt.outcome;
            let done = matches!(outcome, sealane_types::receipt::Outcome::Done(_));
            assert!(done, "{outcome:?}");
        }
        let prepared = self
            .store
            .prepare(block.header.height, &rows(&applied.writes));
        let prepared = prepared.expect("the height follows");
        let root = prepared.root();
        self.store
            .commit(prepared, &rows_of_block)
            .expect("the folder can be written");
        root
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The chain's id.
    #[must_use]
    pub fn id(&self) -> ChainId {
        self.tip.chain
    }

    /// The last block's height.
    #[must_use]
    pub fn height(&self) -> Height {
        self.tip.height
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

fn rows(writes: &Writes) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
    let rows = writes.iter();
    rows.map(|(key, value)| (key.as_bytes().to_vec(), value.clone()))
        .collect()
}

/// A payload, signed.
#[must_use]
pub fn signed(
    chain: ChainId,
    signer: AliasId,
    sequence: Sequence,
    payload: Payload,
) -> Transaction {
    let body = TransactionBody {
        chain,
        signer,
        sequence,
        payload,
    };
    let signature = signing_key(&signer).sign(tags::SIGN_TRANSACTION, &body.to_bytes());
    Transaction { body, signature }
}
