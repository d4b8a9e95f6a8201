//! The fingerprint key among real nodes: they generate it, one of them away; it passes to other holders while
//! inquiries are under way, and what was financed before stays financed (RELIABILITY 24).
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sealane_crypto::curve::Scalar;
use sealane_crypto::oprf::{ShareKey, Sharing};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::sharing::{open_round, present};
use sealane_ledger::state::{Blame, FaultKind, Key};
use sealane_ledger::{chain_id, next_sequence};
use sealane_tests::blocks::{State, submit};
use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_tests::proofs::Proofs;
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, ScalarBytes};
use sealane_types::receipt::{Done, Outcome};
use sealane_types::sharing::Dealing;
use sealane_types::transaction::{Payload, Transaction, TransactionBody};

const PATIENCE: Duration = Duration::from_secs(240);

/// The files of a node's shares.
fn shares(network: &Consortium, at: usize) -> Vec<String> {
    let folder = network.bank(at).home.join("node").join("shares");
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).ok()?.flatten();
        let mut names: Vec<String> = entries
            .map(|one| one.file_name().into_string().unwrap())
            .collect();
        names.sort();
        Some(names)
    };
    names(&folder).unwrap_or_default()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn count(network: &Consortium, of: fn(&Payload) -> bool) -> usize {
    let blocks = network.blocks(0);
    let done = blocks
        .receipts
        .iter()
        .filter(|(payload, receipt)| of(payload) && matches!(receipt.outcome, Outcome::Done(_)));
    done.count()
}

#[test]
fn a_key_passes_on_under_way_and_a_duplicate_stays_one() {
    let network = Consortium::start(4);
    let (a, b, c) = (network.bank(0), network.bank(1), network.bank(2));
    let before = Invoice::new("INV-1");
    let _ = a.seal_and_finance(&before).1.expect(DONE);
    for at in 0..4 {
        assert_eq!(shares(&network, at), ["1.share.age"]);
    }
    let words = [
        "proposal",
        "new",
        "--in",
        "16",
        "share",
        "--holders",
        "node-c,node-a,node-b",
    ];
    let _ = a.run(&words).expect(DONE);
    for bank in [&b, &c] {
        let _ = bank.run(&["proposal", "vote", "0"]).expect(DONE);
    }
    // financings go on until the new shares are there, and one is always under way
    let mut number = 1;
    let is_confirmation = |payload: &Payload| matches!(payload, Payload::Confirm(_));
    until("the key is not handed on", || {
        number += 1;
        let (_, financed) = b.seal_and_finance(&Invoice::new(&format!("INV-{number}")));
        let _ = financed.expect(DONE);
        count(&network, is_confirmation) == 4 + 3
    });
    assert!(number > 2, "a round needs several blocks");
    until("old shares are erased", || {
        (0..4).all(|at| !shares(&network, at).contains(&"1.share.age".to_owned()))
    });
    for at in 0..3 {
        assert_eq!(shares(&network, at), ["2.share.age"]);
    }
    assert_eq!(
        shares(&network, 3),
        Vec::<String>::new(),
        "it holds no share any more"
    );
    let again = c.seal_and_finance(&before).1.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
    let again = c.seal_and_finance(&Invoice::new("INV-2")).1.expect(REFUSED);
    assert!(again.words().contains("bank-b"), "{}", again.words());
    let _ = c.seal_and_finance(&Invoice::new("INV-NEW")).1.expect(DONE);
    let _ = network.agreed();
}

#[test]
fn three_of_four_generate_a_key_and_the_fourth_gets_its_share_when_it_is_back() {
    let mut network = Consortium::make(4, 0);
    // two of four decide nothing: the fourth hands its key for the round to the first, and is gone before it deals
    network.start_node(0);
    network.start_node(3);
    until("a key for the round", || {
        shares(&network, 3) == ["1.key.age"]
    });
    thread::sleep(Duration::from_secs(2));
    network.kill_node(3);
    [1, 2].into_iter().for_each(|at| network.start_node(at));
    let begun = Instant::now();
    until("no key", || {
        (0..3).all(|at| shares(&network, at) == ["1.share.age"])
    });
    let took = begun.elapsed();
    println!("three of four have made the key after {took:?}");
    assert!(took > Duration::from_secs(60), "two windows of 40 s");
    let registered = |payload: &Payload| matches!(payload, Payload::RegisterShareKey(_));
    let dealt = |payload: &Payload| matches!(payload, Payload::Deal(_));
    assert_eq!(
        (count(&network, registered), count(&network, dealt)),
        (4, 3)
    );
    let (a, b) = (network.bank(0), network.bank(1));
    let _ = a.seal_and_finance(&Invoice::new("INV-1")).1.expect(DONE);
    network.start_node(3);
    until("no late share", || shares(&network, 3) == ["1.share.age"]);
    network.kill_node(2);
    let again = b.seal_and_finance(&Invoice::new("INV-1")).1.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
}

/// A validator whose node does not run: a test signs what it likes with its key.
struct ByHand<'a> {
    network: &'a Consortium,
    proofs: Proofs,
    genesis: Genesis,
    alias: AliasId,
    key: SigningKey,
}

impl<'a> ByHand<'a> {
    fn of(network: &'a Consortium, at: usize, name: &str) -> Self {
        let genesis = network.blocks(0).genesis;
        Self {
            network,
            proofs: Proofs::open(),
            alias: genesis.named(name).unwrap().id,
            genesis,
            key: network.node_key(at),
        }
    }

    /// By a node's blocks.
    fn state(&self, at: usize) -> State {
        self.network.blocks(at).replay(&self.proofs)
    }

    fn sends(&self, payload: Payload) -> Outcome {
        let body = TransactionBody {
            chain: chain_id(&self.genesis),
            signer: self.alias,
            sequence: next_sequence(&self.state(0), &self.alias),
            payload,
        };
        let signature = self.key.sign(tags::SIGN_TRANSACTION, &body.to_bytes());
        let bytes = Transaction { body, signature }.to_bytes();
        let (_, receipt) = submit(&self.network.bank(0).home, &bytes).unwrap();
        receipt.outcome
    }

    fn registers(&self) -> Outcome {
        let epoch = open_round(&self.state(0)).unwrap().epoch;
        let key = ShareKey::generate(epoch).unwrap();
        let said = key.register(&chain_id(&self.genesis), &self.alias);
        self.sends(Payload::RegisterShareKey(said.unwrap()))
    }

    /// What dealing needs, once all have registered.
    fn sharing(&self) -> Sharing {
        let chain = chain_id(&self.genesis);
        let of = || open_round(&self.state(0))?.sharing(chain);
        until("not all keys for the round", || of().is_some());
        of().unwrap()
    }

    /// What a node's state blames a validator for.
    fn blame(&self, at: usize, name: &str) -> Vec<FaultKind> {
        let validator = self.genesis.named(name).unwrap().id;
        let state = self.state(at);
        let blame = state.get(&Key::blame(&validator));
        let blame = blame.map(|bytes| Blame::from_bytes(bytes).unwrap());
        let faults = blame.unwrap_or_default().last;
        faults.iter().map(|fault| fault.kind).collect()
    }
}

#[test]
fn a_validator_that_deals_a_bad_share_is_blamed_by_all_nodes_and_the_key_is_made_without_it() {
    let mut network = Consortium::make(4, 0);
    (0..3).for_each(|at| network.start_node(at));
    network.reaches(0, 1, PATIENCE);
    let bad = ByHand::of(&network, 3, "node-d");
    assert_eq!(bad.registers(), Outcome::Done(Done::ShareKeyRegistered));
    // a number that is no share: its receiver alone can see it
    let number = ScalarBytes::new(Scalar::from_uniform(&[1; 64]).encode());
    let sharing = bad.sharing();
    let holders = open_round(&bad.state(0)).unwrap().holders;
    let another = holders.iter().position(|one| one.validator != bad.alias);
    let spoil = |dealing: &mut Dealing| dealing.shares[another.unwrap()] = number;
    let deal = sharing.deal_spoilt(&bad.alias, None, &spoil).unwrap();
    let dealt = bad.sends(Payload::Deal(Box::new(deal)));
    assert_eq!(dealt, Outcome::Done(Done::Dealt));
    for at in 0..3 {
        until("nobody is blamed", || {
            bad.blame(at, "node-d") == [FaultKind::BadShare]
        });
        for honest in ["node-a", "node-b", "node-c"] {
            assert_eq!(bad.blame(at, honest), [], "{honest}, by node {at}");
        }
    }
    until("no key", || present(&bad.state(0)).is_some());
    let (a, b) = (network.bank(0), network.bank(1));
    let _ = a.seal_and_finance(&Invoice::new("INV-1")).1.expect(DONE);
    let again = b.seal_and_finance(&Invoice::new("INV-1")).1.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
}
