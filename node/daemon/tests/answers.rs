//! A validator answers what a final block asks, whenever its node dies in between: the record's steps from
//! *seal* to *finance* over the API of a real node.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sealane_crypto::identity::{AliasOpening, Marks};
use sealane_crypto::keys::{InstitutionSecret, Period};
use sealane_crypto::oprf::Parties;
use sealane_crypto::sealing::{Heading, Sealed};
use sealane_crypto::signature::SigningKey;
use sealane_ledger::chain_id;
use sealane_ledger::log::{LogEntry, TakenSet};
use sealane_ledger::protocol::answered;
use sealane_ledger::state::{BlindedSet, Completed, Key, SlotKeys};
use sealane_node::{NodeError, NodeHome, Point, Points, Surroundings, run_in};
use sealane_prover::{Prover, default_directory};
use sealane_statements::financing::{FinancingWitness, Seller};
use sealane_types::block::{BlockHeader, Certificate};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::fields::{Currency, FieldValue};
use sealane_types::fingerprint::Mask;
use sealane_types::genesis::{Alias, Role, Standing, Suite};
use sealane_types::ids::{
    AliasId, Epoch, FieldBytes, Height, PointBytes, ProofBytes, RecordId, VerifyingKeyId,
};
use sealane_types::receipt::{Done, Outcome, Receipt, Refusal};
use sealane_types::record::Record;
use sealane_types::schema::{CanonicalFields, Kind, SCHEMA_VERSION, slot};
use sealane_types::sharing::FingerprintKey;
use sealane_types::transaction::{Finance, Payload, PresentBlinded, Transaction};
use sealane_wire::code::ErrorCode;
use sealane_wire::proof::value_of;
use sealane_wire::v1::node_client::NodeClient;
use sealane_wire::v1::{GetRecordRequest, QueryStateRequest, SubmitRequest, TakenSinceRequest};
use support::{BANKS, World, connect, make};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;

/// The seller's identifier, which both banks know it by.
const SELLER_ID: &str = "no-org:123456785";

fn secret(bank: AliasId) -> InstitutionSecret {
    InstitutionSecret::import(Suite::International, bank.as_bytes())
}

/// The seller as a customer of this bank, and what opens its alias.
fn seller(bank: AliasId) -> Seller {
    let alias = AliasId::new([40 + bank.as_bytes()[0]; 32]);
    let identifiers = [SELLER_ID.to_owned()];
    let material = secret(bank).identity_blinding(&alias, identifiers.len());
    let opening = AliasOpening::new(&identifiers, Marks::NONE, material).unwrap();
    Seller { alias, opening }
}

/// A chain on which the seller is a customer of both banks.
fn world() -> World {
    let mut world = World::new();
    for (bank, name) in BANKS.into_iter().zip(["seller-a", "seller-b"]) {
        let seller = seller(bank);
        world.genesis.aliases.push(Alias {
            id: seller.alias,
            name: name.to_owned(),
            role: Role::Company,
            key: SigningKey::from_seed(seller.alias.as_bytes()).public(),
            commitment: seller.opening.commitment(),
            bank,
            standing: Standing::Active,
            until: None,
        });
    }
    world
}

fn invoice() -> CanonicalFields {
    let mut header = std::array::from_fn(|_| None);
    header[slot::NUMBER] = Some(FieldValue::Number("INV-77".to_owned()));
    header[slot::TYPE_CODE] = Some(FieldValue::Integer(380));
    header[slot::ISSUE_DATE] = Some(FieldValue::Date(20_100));
    header[slot::SELLER_IDS] = Some(FieldValue::LegalIds(vec![SELLER_ID.to_owned()]));
    header[slot::SELLER_NAME] = Some(FieldValue::Name("Nordfisk AS".to_owned()));
    header[slot::PAYABLE] = Some(FieldValue::Amount {
        value: 5_000,
        currency: Currency::new("EUR").unwrap(),
    });
    CanonicalFields {
        kind: Kind::Invoice,
        version: SCHEMA_VERSION,
        header,
        lines: Vec::new(),
    }
}

/// A bank's record of the invoice, and the presentation of its blinded set.
struct Prepared {
    record: Record,
    present: PresentBlinded,
    witness: FinancingWitness,
}

fn prepare(world: &World, prover: &Prover, bank: AliasId) -> Prepared {
    let (secret, seller) = (secret(bank), seller(bank));
    let heading = Heading {
        chain: chain_id(&world.genesis),
        sealer: bank,
        bank,
        replaces: None,
    };
    let period = Period::at(1_790_000_000_000);
    let sealed = Sealed::seal(&invoice(), &heading, &secret, period).unwrap();
    let (record, openings) = sealed.into_parts();
    let witness = FinancingWitness::of(&openings, &seller, &secret).unwrap();
    let statement = witness.statement(openings.context()).unwrap();
    let proof = prover.prove_financing(&statement, &witness, &mut |_| ());
    let shown = statement.encode();
    let present = PresentBlinded {
        record: record.id(),
        alias: seller.alias,
        alias_commitment: FieldBytes::new(shown.alias),
        mask: Mask::new(shown.mask).unwrap(),
        amount_commitment: FieldBytes::new(shown.amount_commitment),
        blinding: PointBytes::new(shown.commitment),
        blinded: shown.blinded.into_iter().map(PointBytes::new).collect(),
        verifying_key: VerifyingKeyId::new(prover.verifying_key_id()),
        proof: ProofBytes::new(*proof.unwrap().bytes()),
    };
    Prepared {
        record,
        present,
        witness,
    }
}

/// A node in this process.
struct Running {
    stop: oneshot::Sender<()>,
    node: JoinHandle<Result<(), NodeError>>,
}

fn start(home: &Path, points: Arc<dyn Points>) -> Running {
    let _ = std::fs::remove_file(home.join("address"));
    let home = NodeHome::open(home).unwrap();
    let (stop, stopped) = oneshot::channel();
    let surroundings = Surroundings {
        points,
        ..Surroundings::default()
    };
    let node = run_in(home, surroundings, async {
        let _ = stopped.await;
    });
    let node = tokio::spawn(node);
    Running { stop, node }
}

impl Running {
    async fn stop(self) {
        let _ = self.stop.send(());
        self.node.await.unwrap().unwrap();
    }
}

/// Ends the engine, once, right after a block is durable and before anybody acts on it.
#[derive(Default)]
struct EndAtCommit(AtomicBool);

impl Points for EndAtCommit {
    fn pass(&self, point: Point, _: Height) {
        if point == Point::Committed && self.0.swap(false, Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("ended"));
        }
    }
}

type Client = NodeClient<Channel>;

async fn submit(client: &mut Client, transaction: &Transaction) -> Result<Outcome, tonic::Status> {
    let request = SubmitRequest {
        transaction: transaction.to_bytes(),
        wait_ms: 20_000,
        relayed: false,
    };
    let answer = client.submit(request).await?.into_inner();
    let receipt = Receipt::from_bytes(&answer.committed.unwrap().receipt).unwrap();
    Ok(receipt.outcome)
}

/// A value that the node proves under a certified header.
async fn read<T: Decode>(world: &World, client: &mut Client, key: &Key) -> Option<T> {
    let keys = vec![key.as_bytes().to_vec()];
    let answer = client
        .query_state(QueryStateRequest { keys })
        .await
        .unwrap();
    let answer = answer.into_inner();
    let found = answer.header.unwrap();
    let header = BlockHeader::from_bytes(&found.header).unwrap();
    let certificate = Certificate::from_bytes(&found.certificate).unwrap();
    let validators = &world.genesis.validators;
    sealane_ledger::check_certificate(&certificate, &header, validators).unwrap();
    let value = value_of(&header.state, key.as_bytes(), &answer.entries[0]).unwrap();
    value.map(|bytes| T::from_bytes(bytes).unwrap())
}

/// Waits for the fingerprint key, which the node generates by itself: no set is presented before.
async fn has_key(world: &World, client: &mut Client) {
    for _ in 0..1_000 {
        let epoch: Option<Epoch> = read(world, client, &Key::present_epoch()).await;
        if epoch.is_some() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no fingerprint key");
}

async fn completed(world: &World, client: &mut Client, record: RecordId) -> Completed {
    for _ in 0..1_000 {
        if let Some(found) = read(world, client, &Key::completed(&record)).await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody answered");
}

async fn finance(world: &World, client: &mut Client, bank: usize, from: &Prepared) -> Outcome {
    let id = from.record.id();
    let completed = completed(world, client, id).await;
    let set: BlindedSet = read(world, client, &Key::blinded_set(&id)).await.unwrap();
    let chain = chain_id(&world.genesis);
    let key: FingerprintKey = read(world, client, &Key::fingerprint_key(completed.epoch))
        .await
        .unwrap();
    let keys: SlotKeys = read(world, client, &Key::slot_keys(&key.public))
        .await
        .unwrap();
    let keys = sealane_crypto::oprf::SlotKeys::decode(&key.public, &keys.points).unwrap();
    let answered = answered(chain, &id, &set, &key.public, &completed);
    let parties = Parties {
        sealer: BANKS[bank],
        bank: BANKS[bank],
    };
    let finished = answered
        .finish(&keys, from.witness.blinding(), parties)
        .unwrap();
    let finance = Finance {
        record: id,
        fingerprints: finished.points,
        proof: finished.proof,
        hold_until: None,
        since: None,
        waivers: Vec::new(),
        consent: None,
        trade: None,
    };
    let transaction = world.sign(bank, 2, Payload::Finance(finance));
    submit(client, &transaction).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_financed_once_although_the_node_dies_before_it_answers() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("node");
    let world = world();
    make(&home, world.options());
    let cache = default_directory().unwrap();
    let prover = Prover::open(&cache, &mut |_| ()).unwrap();
    let (first, second) = (
        prepare(&world, &prover, BANKS[0]),
        prepare(&world, &prover, BANKS[1]),
    );
    let end = Arc::new(EndAtCommit::default());
    let node = start(&home, end.clone());
    let mut client = connect(&home).await;
    for (bank, prepared) in [(0, &first), (1, &second)] {
        let seal = Payload::SealRecord(Box::new(prepared.record.clone()));
        let seal = world.sign(bank, 0, seal);
        let sealed = submit(&mut client, &seal).await.unwrap();
        assert_eq!(sealed, Outcome::Done(Done::Sealed));
        let id = prepared.record.id().as_bytes().to_vec();
        let record = client.get_record(GetRecordRequest { id }).await.unwrap();
        let record = Record::from_bytes(&record.into_inner().record).unwrap();
        assert_eq!(record, prepared.record);
    }
    has_key(&world, &mut client).await;
    wrong_proof(&world, &mut client, &first).await;

    // The set is final and durable, and the node is gone before it has made its answer.
    end.0.store(true, Ordering::SeqCst);
    let present = world.sign(0, 1, Payload::PresentBlinded(first.present.clone()));
    assert!(submit(&mut client, &present).await.is_err());
    assert!(node.node.await.unwrap().is_err());

    let node = start(&home, Arc::new(()));
    let mut client = connect(&home).await;
    let done = submit(&mut client, &present).await.unwrap();
    assert_eq!(done, Outcome::Done(Done::Presented));
    let financed = finance(&world, &mut client, 0, &first).await;
    assert_eq!(financed, Outcome::Done(Done::Financed { took_over: None }));

    let present = world.sign(1, 1, Payload::PresentBlinded(second.present.clone()));
    submit(&mut client, &present).await.unwrap();
    let refused = finance(&world, &mut client, 1, &second).await;
    assert!(
        matches!(refused, Outcome::Refused(Refusal::Duplicate { .. })),
        "{refused:?}"
    );
    taken(&world, &mut client).await;
    node.stop().await;
}

/// A proof that does not hold, or whose key is not there, is refused at the door, and costs its signer nothing.
async fn wrong_proof(world: &World, client: &mut Client, of: &Prepared) {
    let mut wrong = [of.present.clone(), of.present.clone()];
    wrong[0].amount_commitment = FieldBytes::new([0; 32]);
    wrong[1].verifying_key = VerifyingKeyId::new([1; 32]);
    for present in wrong {
        let wrong = world.sign(0, 1, Payload::PresentBlinded(present));
        let refused = submit(client, &wrong).await.unwrap_err();
        assert_eq!(ErrorCode::of(&refused), Some(ErrorCode::BadProof));
    }
}

/// The log of taken fingerprints rolls up to the digest that the state proves.
async fn taken(world: &World, client: &mut Client) {
    let answer = client.taken_since(TakenSinceRequest { index: 0 }).await;
    let answer = answer.unwrap().into_inner();
    let mut set = TakenSet::default();
    for entry in &answer.entries {
        set.follow(&LogEntry::from_bytes(entry).unwrap());
    }
    assert_eq!(answer.total, 1);
    let head = read(world, client, &Key::log()).await;
    assert_eq!(head.as_ref(), Some(set.head()));
}
