//! An answer of final blocks to a node that lags, altered in every part: nothing of it is taken, and the peer is at
//! fault.
//!
//! ```text
//! bytes ─▶ codec ─▶ the engine's check of range and heights ─▶ certificate ─▶ the block's bytes
//! ```

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use malachitebft_app_channel::app::types::core::{ThresholdParams, VoteExtensionPolicy};
use malachitebft_signing::VerifierExt as _;
use malachitebft_sync::co::{CoState, Gen};
use malachitebft_sync::handle::handle;
use malachitebft_sync::{
    Config, Effect, Input, Metrics, OutboundRequestId, PendingRequestEntry, Resume, State,
};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::{random, tags};
use sealane_ledger::chain::transactions_root;
use sealane_types::block::{Block, Validator, ValidatorSet, Vote};
use sealane_types::ids::{ChainId, RecordId, Sequence};
use sealane_types::transaction::{Payload, Release, ReleaseReason, Transaction, TransactionBody};
use tempfile::TempDir;

use super::*;
use crate::engine::Signer;
use crate::malachite::context::Seats;
use crate::malachite::guard::Guard;
use crate::malachite::host::proposals::block_of;
use crate::malachite::scheme::Signatures;
use crate::mark::Mark;

const CHAIN: ChainId = ChainId::new([1; 32]);

/// The heights that are asked for.
fn range() -> RangeInclusive<At> {
    At(9)..=At(10)
}

struct Mute;

impl Signer for Mute {
    fn sign(&self, _: &Vote) -> Signature {
        signature(0)
    }

    fn sign_consensus(&self, _: Height, _: &[u8]) -> Signature {
        signature(0)
    }
}

/// Four validators, of whom three sign: no signature can be missed.
struct Network {
    keys: Vec<SigningKey>,
    seats: Seats,
    signatures: Signatures,
    _folder: TempDir,
}

impl Network {
    fn new() -> Self {
        let keys: Vec<_> = (1..=4).map(|at| SigningKey::from_seed(&[at; 32])).collect();
        let validator = |(at, key): (u8, &SigningKey)| Validator {
            alias: AliasId::new([at; 32]),
            key: key.public(),
            power: 1,
        };
        let set = ValidatorSet::new((1..).zip(&keys).map(validator).collect());
        let folder = TempDir::new().unwrap();
        let mark = Mark::open(&folder.path().join("signed"), CHAIN).unwrap();
        Self {
            seats: Seats::from(&set.unwrap()),
            signatures: Signatures::new(
                CHAIN,
                Arc::new(Mute),
                Guard::new(member(9), mark, Arc::new(())),
            ),
            keys,
            _folder: folder,
        }
    }

    fn certificate(&self, block: &Block) -> Certificate {
        let mut certificate = Certificate {
            height: block.header.height,
            round: 2,
            block: sealane_ledger::block_id(&block.header),
            signatures: Vec::new(),
        };
        let vote = certificate.vote(CHAIN).to_bytes();
        let signed = (1..).zip(&self.keys[..3]).map(|(at, key)| CommitSignature {
            validator: AliasId::new([at; 32]),
            signature: key.sign(tags::SIGN_VOTE, &vote),
        });
        certificate.signatures = signed.collect();
        certificate
    }

    fn value(&self, height: u64) -> RawDecidedValue<Context> {
        let block = block_with_a_transaction(height);
        let certificate = self.certificate(&block);
        RawDecidedValue::new(block.to_bytes().into(), synced(&certificate))
    }

    /// The honest answer, with its blocks changed.
    fn answer(&self, change: impl FnOnce(&mut Vec<RawDecidedValue<Context>>)) -> Bytes {
        self.answer_from(9, change)
    }

    fn answer_from(
        &self,
        first: u64,
        change: impl FnOnce(&mut Vec<RawDecidedValue<Context>>),
    ) -> Bytes {
        let mut values = vec![self.value(9), self.value(10)];
        change(&mut values);
        let response = ValueResponse::new(At(first), values);
        Wire.encode(&Response::<Context>::ValueResponse(response))
            .unwrap()
    }

    /// Whether all of the answer is taken. Where it is not, the peer's score has fallen.
    async fn takes(&self, bytes: Bytes) -> bool {
        let key = Keypair::generate_ed25519().public().to_peer_id();
        let peer = PeerId::from_bytes(&key.to_bytes()).unwrap();
        let asked = OutboundRequestId::new("asked");
        let rng = Box::new(random::generator().unwrap());
        let mut state = State::<Context>::new(rng, Config::default());
        let pending = PendingRequestEntry {
            range: range(),
            peer,
            excluded_peers: BTreeSet::new(),
            inflight: true,
        };
        state.pending_requests.insert(asked.clone(), pending);
        let before = state.peer_scorer.get_score(&peer);
        let response: Read<Response<Context>> = Wire.decode(bytes);
        let response = response.ok().map(|Response::ValueResponse(found)| found);
        let input = Input::ValueResponse(asked.clone(), peer, response);
        let mut taken = false;
        if let Some(response) = drive(&mut state, input) {
            taken = true;
            for (value, height) in response.values.iter().zip(9..) {
                if !self.holds(value, At(height)).await {
                    taken = false; // as the engine does, for a certificate, and for what the host says of a block
                    let fault = Input::PeerFault(peer, At(height), asked.clone());
                    assert!(drive(&mut state, fault).is_none());
                    break;
                }
            }
        }
        let blamed = state.peer_scorer.get_score(&peer) < before;
        assert_eq!(blamed, !taken, "whose fault it is");
        taken
    }

    async fn holds(&self, value: &RawDecidedValue<Context>, height: At) -> bool {
        let certified = self.signatures.verify_extended_commit_certificate(
            &Context { chain: CHAIN },
            &value.certificate,
            &self.seats,
            ThresholdParams::default(),
            VoteExtensionPolicy::Disabled,
        );
        certified.await.is_ok() && block_of(&value.value_bytes, height).is_some()
    }
}

fn block_with_a_transaction(height: u64) -> Block {
    let body = TransactionBody {
        chain: CHAIN,
        signer: AliasId::new([2; 32]),
        sequence: Sequence(3),
        payload: Payload::Release(Release {
            record: RecordId::new([3; 32]),
            reason: ReleaseReason::Repaid,
        }),
    };
    let mut block = crate::votes::tests::block(height, 5);
    block.transactions.push(Transaction {
        body,
        signature: signature(4),
    });
    block.header.transactions = transactions_root(&block.transactions);
    block
}

/// The response that goes on to consensus, if one does.
fn drive(state: &mut State<Context>, input: Input<Context>) -> Option<ValueResponse<Context>> {
    let metrics = Metrics::new(Duration::from_secs(10));
    let mut flow = Gen::new(|co| handle(co, state, &metrics, input));
    let mut step = flow.resume_with(Resume::default());
    let mut taken = None;
    loop {
        match step {
            CoState::Yielded(effect) => {
                let resume = match effect {
                    Effect::SendValueRequest(..) => Resume::ValueRequestId(None),
                    Effect::ProcessValueResponse(_, _, response, _) => {
                        taken = Some(response);
                        Resume::default()
                    }
                    _ => Resume::default(),
                };
                step = flow.resume_with(resume);
            }
            CoState::Complete(done) => {
                done.unwrap();
                return taken;
            }
        }
    }
}

/// Height, number, block, certificate with height, round and block, and every signature.
#[tokio::test]
async fn an_answer_with_any_byte_altered_cut_or_added_is_refused_and_its_peer_at_fault() {
    let network = Network::new();
    let honest = network.answer(|_| ());
    assert!(network.takes(honest.clone()).await);
    for at in 0..honest.len() {
        for bit in [0x01, 0x80] {
            let mut altered = honest.to_vec();
            altered[at] ^= bit;
            assert!(!network.takes(altered.into()).await, "byte {at}");
        }
        assert!(!network.takes(honest.slice(..at)).await, "cut to {at}");
    }
    let longer = Bytes::from([&honest[..], &[0]].concat());
    assert!(!network.takes(longer).await);
}

/// What is well-formed, and another answer than the one that was asked for.
#[tokio::test]
async fn another_range_number_order_round_or_set_of_signatures_is_refused_and_its_peer_at_fault() {
    let network = Network::new();
    let first_less = network.answer(|values| drop(values.pop()));
    assert!(network.takes(first_less).await, "fewer blocks are no lie");
    for first in [8, 10, 11, u64::MAX] {
        let other = network.answer_from(first, |_| ());
        assert!(!network.takes(other).await, "from {first}");
    }
    type Change = fn(&Network, &mut Vec<RawDecidedValue<Context>>);
    let changes: [(&str, Change); 11] = [
        ("none", |_, values| values.clear()),
        ("the second alone", |_, values| drop(values.remove(0))),
        ("one more", |network, values| values.push(network.value(11))),
        ("one twice", |_, values| values[1] = values[0].clone()),
        ("swapped", |_, values| values.swap(0, 1)),
        ("another's certificate", |_, values| {
            values[0].certificate = values[1].certificate.clone();
        }),
        ("another round", |_, values| {
            values[1].certificate.round = Round::new(1);
        }),
        ("too few signatures", |_, values| {
            values[1].certificate.commit_signatures.truncate(2);
        }),
        ("a signature twice", |_, values| {
            let signatures = &mut values[1].certificate.commit_signatures;
            signatures[2] = signatures[1].clone();
        }),
        ("a signature of another block", |_, values| {
            let other = values[0].certificate.commit_signatures[0].clone();
            values[1].certificate.commit_signatures[0] = other;
        }),
        ("other transactions under a true header", |_, values| {
            let mut block = block_with_a_transaction(10);
            block.transactions.clear();
            values[1].value_bytes = block.to_bytes().into();
        }),
    ];
    for (what, change) in changes {
        let altered = network.answer(|values| change(&network, values));
        assert!(!network.takes(altered).await, "{what}");
    }
}
