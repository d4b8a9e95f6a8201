//! The fingerprint key among real nodes: they generate it, and wait for one that is away; it passes to fewer holders,
//! with their operators' consent, while inquiries are under way, and what was financed before stays financed
//! (RELIABILITY 24).
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sealane_crypto::curve::Scalar;
use sealane_crypto::oprf::{KeyPublic, Opened, ShareKey, Sharing};
use sealane_crypto::signature::SigningKey;
use sealane_crypto::tags;
use sealane_ledger::sharing::{open_round, present};
use sealane_ledger::state::{Blame, FaultKind, Key};
use sealane_ledger::{chain_id, next_sequence};
use sealane_tests::blocks::{State, submit};
use sealane_tests::command::{DONE, INVALID, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_types::encoding::{Decode as _, Encode as _};
use sealane_types::genesis::Genesis;
use sealane_types::ids::{AliasId, ScalarBytes, ShareIndex};
use sealane_types::receipt::{Done, Outcome};
use sealane_types::sharing::Dealing;
use sealane_types::transaction::{Payload, Transaction, TransactionBody};
use sealane_verifier::Keys;

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
    let mut network = Consortium::start(5);
    let (a, b, c) = (network.bank(0), network.bank(1), network.bank(2));
    let before = Invoice::new("INV-1");
    let _ = a.seal_and_finance(&before).1.expect(DONE);
    for at in 0..5 {
        assert_eq!(shares(&network, at), ["1.share.age"]);
    }
    let share = ["proposal", "new", "--in", "16", "share", "--holders"];
    let few = a.run(&[&share[..], &["node-a"]].concat()).expect(REFUSED);
    assert!(few.words().contains("four holders of three banks"), "{few}");
    let holders = "node-c,node-a,node-b,node-d";
    let _ = a.run(&[&share[..], &[holders]].concat()).expect(DONE);
    for at in 1..4 {
        let _ = network
            .bank(at)
            .run(&["proposal", "vote", "0"])
            .expect(DONE);
    }
    // financings go on until the new shares are there, and one is always under way
    let mut number = 1;
    let mut until_counted = |what: &str, of: fn(&Payload) -> bool, all: usize| {
        until(what, || {
            number += 1;
            let (_, financed) = b.seal_and_finance(&Invoice::new(&format!("INV-{number}")));
            let _ = financed.expect(DONE);
            count(&network, of) == all
        });
    };
    let is_key = |payload: &Payload| matches!(payload, Payload::RegisterShareKey(_));
    let is_deal = |payload: &Payload| matches!(payload, Payload::Deal(_));
    let is_confirmation = |payload: &Payload| matches!(payload, Payload::Confirm(_));
    until_counted("no keys for the round", is_key, 5 + 4);
    // fewer hold the key afterwards: no node deals without its operator
    let _ = b.seal_and_finance(&Invoice::new("INV-B")).1.expect(DONE);
    let _ = b.seal_and_finance(&Invoice::new("INV-C")).1.expect(DONE);
    assert_eq!(count(&network, is_deal), 5);
    let other = a.run(&["validator", "consent", "3"]).expect(INVALID);
    assert!(other.words().contains("round 2 is"), "{other}");
    for at in 0..4 {
        let consent = ["validator", "consent", "2"];
        let consented = network.bank(at).run(&consent).expect(DONE);
        let words = consented.words();
        assert!(words.contains("5 holders of 5 banks"), "{words}");
    }
    until_counted("the key is not handed on", is_confirmation, 5 + 4);
    until("old shares are erased", || {
        (0..5).all(|at| !shares(&network, at).contains(&"1.share.age".to_owned()))
    });
    for at in 0..4 {
        assert_eq!(shares(&network, at), ["2.share.age"]);
    }
    assert_eq!(
        shares(&network, 4),
        Vec::<String>::new(),
        "it holds no share any more"
    );
    let again = c.seal_and_finance(&before).1.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
    let again = c.seal_and_finance(&Invoice::new("INV-2")).1.expect(REFUSED);
    assert!(again.words().contains("bank-b"), "{}", again.words());
    let _ = c.seal_and_finance(&Invoice::new("INV-NEW")).1.expect(DONE);
    // a holder whose disk is lost but for its keys and shares reads both rounds again
    network.kill_node(1);
    network.wipe(1);
    network.start_node(1);
    network.wait_until_level(1);
    until("it keeps its share", || {
        shares(&network, 1) == ["2.share.age"]
    });
    let _ = b
        .seal_and_finance(&Invoice::new("INV-AFTER"))
        .1
        .expect(DONE);
    let _ = network.agreed();
}

#[test]
fn a_key_waits_for_a_holder_that_is_away_and_nobody_counts_on_it_before() {
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
    // silent dealers are waited for once, so three deal; then each of them has its share
    until("not three shares", || {
        (0..3).all(|at| shares(&network, at) == ["1.key.age", "1.share.age"])
    });
    let registered = |payload: &Payload| matches!(payload, Payload::RegisterShareKey(_));
    let dealt = |payload: &Payload| matches!(payload, Payload::Deal(_));
    let confirmed = |payload: &Payload| matches!(payload, Payload::Confirm(_));
    until("not three confirmations", || {
        count(&network, confirmed) == 3
    });
    assert_eq!(
        (count(&network, registered), count(&network, dealt)),
        (4, 3)
    );
    let a = network.bank(0);
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(45) {
        let number = begun.elapsed().as_millis();
        let _ = a.seal(&Invoice::new(&format!("INV-WAIT-{number}")));
        thread::sleep(Duration::from_secs(5));
    }
    let proofs = Keys::with_test_key();
    assert_eq!(present(&network.blocks(0).replay(&proofs, 2).0), None);
    network.start_node(3);
    until("no key", || {
        (0..4).all(|at| shares(&network, at) == ["1.share.age"])
    });
    let b = network.bank(1);
    let _ = a.seal_and_finance(&Invoice::new("INV-1")).1.expect(DONE);
    network.kill_node(2);
    let again = b.seal_and_finance(&Invoice::new("INV-1")).1.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
}

/// A validator whose node does not run: a test signs what it likes with its key.
struct ByHand<'a> {
    network: &'a Consortium,
    proofs: Keys,
    genesis: Genesis,
    alias: AliasId,
    key: SigningKey,
}

impl<'a> ByHand<'a> {
    fn of(network: &'a Consortium, at: usize, name: &str) -> Self {
        let genesis = network.blocks(0).genesis;
        Self {
            network,
            proofs: Keys::with_test_key(),
            alias: genesis.named(name).unwrap().id,
            genesis,
            key: network.node_key(at),
        }
    }

    /// By a node's blocks.
    fn state(&self, at: usize) -> State {
        self.network.blocks(at).replay(&self.proofs, 2).0
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

    /// Registers a key for the round, which is kept.
    fn registers(&self) -> ShareKey {
        let epoch = open_round(&self.state(0)).unwrap().epoch;
        let key = ShareKey::generate(epoch).unwrap();
        let said = key.register(&chain_id(&self.genesis), &self.alias);
        let done = self.sends(Payload::RegisterShareKey(said.unwrap()));
        assert_eq!(done, Outcome::Done(Done::ShareKeyRegistered));
        key
    }

    /// Confirms its share, which comes of the dealings that count.
    fn confirms(&self, own: &ShareKey) -> Outcome {
        let (state, chain) = (self.state(0), chain_id(&self.genesis));
        let round = open_round(&state).unwrap();
        let sharing = round.sharing(chain).unwrap();
        let index = round.index_of(&self.alias).unwrap();
        let (dealers, decided) = (round.dealers(&state), round.decided.as_ref().unwrap());
        let part = |dealer: &ShareIndex| {
            let alias = dealers[usize::from(dealer.0) - 1];
            let dealing = state.get(&Key::dealing(round.epoch, *dealer)).unwrap();
            let dealing = Dealing::from_bytes(dealing).unwrap();
            match sharing.open(own, index, &alias, &dealing).unwrap() {
                Opened::Good(part) => (*dealer, part),
                Opened::Bad => panic!("an honest node dealt badly"),
            }
        };
        let parts: Vec<_> = decided.dealers.iter().map(part).collect();
        let share = sharing.share(round.origin(), index, &parts).unwrap();
        let key = KeyPublic::restore(decided.key.as_ref().unwrap()).unwrap();
        let said = share.confirm(&key, &chain, &self.alias).unwrap();
        self.sends(Payload::Confirm(said))
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
    let own = bad.registers();
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
    let confirmed = |payload: &Payload| matches!(payload, Payload::Confirm(_));
    until("not three confirmations", || {
        count(&network, confirmed) >= 3
    });
    assert_eq!(present(&bad.state(0)), None, "it holds a share too");
    until("not three confirmations that count", || {
        let round = open_round(&bad.state(0)).unwrap();
        round.confirmed() == 3
    });
    let last = Outcome::Done(Done::Confirmed { present: true });
    assert_eq!(bad.confirms(&own), last);
    let (a, b) = (network.bank(0), network.bank(1));
    let _ = a.seal_and_finance(&Invoice::new("INV-1")).1.expect(DONE);
    let again = b.seal_and_finance(&Invoice::new("INV-1")).1.expect(REFUSED);
    assert!(again.words().contains("bank-a"), "{}", again.words());
}
