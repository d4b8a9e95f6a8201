//! A chain of one validator and two banks, for tests that run whole nodes.

#![allow(clippy::unwrap_used, dead_code)]

use std::path::Path;
use std::time::Duration;

use sealane_crypto::curve::encode_element;
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::chain_id;
use sealane_node::{Config, InitOptions, NodeHome, init};
use sealane_types::block::{Validator, ValidatorSet};
use sealane_types::encoding::Encode;
use sealane_types::genesis::{Alias, Genesis, Parameters, Role, Standing, Suite, TestKeys};
use sealane_types::governance::Governance;
use sealane_types::ids::{AliasId, BlockTime, FieldBytes, RecordId, Sequence, VerifyingKeyId};
use sealane_types::transaction::{Payload, Release, ReleaseReason, Transaction, TransactionBody};
use sealane_wire::MAX_MESSAGE;
use sealane_wire::tls::{self, Authority, Credentials, Party};
use sealane_wire::v1::GetStatusRequest;
use sealane_wire::v1::node_client::NodeClient;
use tonic::transport::Channel;

pub const BANKS: [AliasId; 2] = [AliasId::new([1; 32]), AliasId::new([2; 32])];
pub const VALIDATOR: AliasId = AliasId::new([3; 32]);

/// Everybody's keys, and how their chain begins.
pub struct World {
    pub genesis: Genesis,
    pub banks: [SigningKey; 2],
}

/// The key of the one validator.
pub fn validator_key() -> SigningKey {
    SigningKey::from_seed(&[30; 32])
}

impl World {
    pub fn new() -> Self {
        Self::beginning(BlockTime(1_000))
    }

    /// A chain that begins at a time: one that begins now is due no block before it has transactions.
    pub fn beginning(time: BlockTime) -> Self {
        let banks = [[10; 32], [20; 32]].map(|seed| SigningKey::from_seed(&seed));
        let alias = |id, name: &str, role, key: &SigningKey, bank| Alias {
            id,
            name: name.to_owned(),
            role,
            key: key.public(),
            commitment: FieldBytes::new(encode_element(&7_u64.into())),
            bank,
            standing: Standing::Active,
            until: None,
        };
        let test_key = sealane_verifier::VerifyingKey::financing_test().id();
        let genesis = Genesis {
            name: "test".to_owned(),
            suite: Suite::International,
            time,
            aliases: vec![
                alias(BANKS[0], "bank-a", Role::Bank, &banks[0], BANKS[0]),
                alias(BANKS[1], "bank-b", Role::Bank, &banks[1], BANKS[1]),
                alias(
                    VALIDATOR,
                    "node-a",
                    Role::Validator,
                    &validator_key(),
                    BANKS[0],
                ),
            ],
            validators: ValidatorSet::new(vec![Validator {
                alias: VALIDATOR,
                key: validator_key().public(),
                power: 1,
            }])
            .unwrap(),
            parameters: Parameters {
                inquiries_per_day: 100,
                financings_per_day: 1_000,
                max_hold_blocks: 1_000,
                max_block_transactions: 200,
                max_block_bytes: 4 << 20,
                test_keys: TestKeys::Allowed,
                verifying_keys: vec![VerifyingKeyId::new(test_key)],
            },
            governance: Governance::Members,
        };
        Self { genesis, banks }
    }

    /// What a node's home is made from: with the key of the one validator.
    pub fn options(&self) -> InitOptions {
        let mut config = Config::new("127.0.0.1:0".parse().unwrap());
        config.batch_ms = 2;
        InitOptions {
            genesis: self.genesis.clone(),
            config,
            signing: validator_key(),
        }
    }

    pub fn sign(&self, bank: usize, sequence: u64, payload: Payload) -> Transaction {
        let body = TransactionBody {
            chain: chain_id(&self.genesis),
            signer: BANKS[bank],
            sequence: Sequence(sequence),
            payload,
        };
        let signature = self.banks[bank].sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        Transaction { body, signature }
    }

    /// A transaction that the rules refuse and that uses its sequence up all the same.
    pub fn release(&self, bank: usize, sequence: u64, number: u64) -> Transaction {
        let mut record = [0; 32];
        record[..8].copy_from_slice(&number.to_le_bytes());
        let payload = Payload::Release(Release {
            record: RecordId::new(record),
            reason: ReleaseReason::Withdrawn,
        });
        self.sign(bank, sequence, payload)
    }
}

/// Makes a node's home with its certificate, and one for a bank's home that asks it.
pub fn make(home: &Path, options: InitOptions) -> NodeHome {
    let made = init(home, options).unwrap();
    let mut authority = Authority::create(&home.join("authority"), "test").unwrap();
    let (node, bank) = (Party::Node(made.name()), Party::Home("bank-a".to_owned()));
    tls::equip(&home.join(tls::FOLDER), &node, &mut authority, 1).unwrap();
    tls::equip(&home.join("bank-a"), &bank, &mut authority, 1).unwrap();
    made
}

/// A client of the node in a home, once it answers.
pub async fn connect(home: &Path) -> NodeClient<Channel> {
    connect_to(home, "node-a").await
}

/// As [`connect`], to a node of another name.
pub async fn connect_to(home: &Path, name: &str) -> NodeClient<Channel> {
    let bank = Credentials::open(&home.join("bank-a")).unwrap();
    loop {
        if let Ok(address) = std::fs::read_to_string(home.join("address")) {
            let address = format!("https://{address}");
            let channel = tls::channel(&address, name, &bank, |endpoint| endpoint).unwrap();
            let mut client = NodeClient::new(channel).max_decoding_message_size(MAX_MESSAGE);
            if client.get_status(GetStatusRequest {}).await.is_ok() {
                return client;
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
