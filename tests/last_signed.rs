//! The mark of the last signature on a running network of four: a validator whose data is made anew, whose engine's log is
//! lost or cut, and whose mark is lost or older than what the chain has of its key.
#![allow(clippy::unwrap_used)]

use std::fs;

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{DONE, root};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_tests::votes::until;
use sealane_types::encoding::{Decode as _, Reader};
use sealane_types::ids::{AliasId, ChainId, Height};

/// What the log says where something is not signed.
const REFUSED: &str = "nothing is signed here";

/// Height, round and step of a signature; the steps are proposal, prevote and precommit.
type Place = (u64, u32, u8);

/// A validator of the network, and another one that runs all the time and is asked.
struct Pair {
    network: Consortium,
    validator: usize,
    alias: AliasId,
    witness: usize,
    documents: u32,
}

impl Pair {
    /// The validator is the one that proposes the next block in its first round; nothing waits to be proposed.
    fn of(network: Consortium) -> Self {
        let level = || {
            let heights = network.heights();
            let last = network.blocks(0).blocks.pop().unwrap();
            let same = heights.iter().all(|one| *one == last.header.height.0);
            (same && last.transactions.is_empty()).then_some(last.header.height.0)
        };
        until("the network rests", || level().is_some());
        let genesis = network.blocks(0).genesis;
        let seats = genesis.validators.validators();
        let next = network.height(0) + 1;
        let alias = seats[(next % seats.len() as u64) as usize].alias;
        let is_it = |at: &usize| {
            let name = network.name(*at).replace("bank", "node");
            genesis.named(&name).unwrap().id == alias
        };
        let validator = (0..network.size()).find(is_it).unwrap();
        let witness = (validator + 1) % network.size();
        Self {
            network,
            validator,
            alias,
            witness,
            documents: 0,
        }
    }

    /// The other two.
    fn others(&self) -> [usize; 2] {
        [2, 3].map(|further| (self.validator + further) % self.network.size())
    }

    /// A document that nobody has sealed yet.
    fn document(&mut self) -> Invoice {
        self.documents += 1;
        Invoice::new(&format!("INV-MARKED-{}", self.documents))
    }

    fn mark(&self) -> Place {
        let bytes = fs::read(self.mark_file()).unwrap();
        let mut reader = Reader::new(&bytes[b"sl-mark\x01".len()..]);
        let _ = ChainId::decode(&mut reader).unwrap();
        let height = Height::decode(&mut reader).unwrap();
        let round = u32::decode(&mut reader).unwrap();
        (height.0, round, u8::decode(&mut reader).unwrap())
    }

    fn mark_file(&self) -> std::path::PathBuf {
        self.network.node_folder(self.validator).join("signed")
    }

    fn refusals(&self) -> usize {
        self.network.log(self.validator).matches(REFUSED).count()
    }

    /// The validator has not stopped by itself.
    fn runs(&mut self) {
        let over = self.network.is_over(self.validator);
        assert!(!over, "{}", self.network.log(self.validator));
    }

    fn signed(&self, height: u64) -> bool {
        let home = self.network.bank(self.witness).home;
        Blocks::signers(&home, height).contains(&self.alias)
    }

    /// Blocks, until one above this height has the validator's signature; its height.
    fn until_it_signs_above(&mut self, height: u64) -> u64 {
        let mut next = height + 1;
        for _ in 0..60 {
            self.runs();
            let invoice = self.document();
            let _ = self.network.bank(self.witness).seal(&invoice);
            while next <= self.network.height(self.witness) {
                if self.signed(next) {
                    return next;
                }
                next += 1;
            }
        }
        panic!("validator {} signs nothing above {height}", self.validator);
    }

    /// Starts the validator, which stops by itself; what its log says then.
    fn stops(&mut self) -> String {
        let at = self.validator;
        let before = self.network.log(at).len();
        if self.network.try_start(at).is_ok() {
            until("it stops", || self.network.is_over(at));
        }
        self.network.log(at)[before..].to_owned()
    }

    /// Does what the message and the manual say; the validator then follows, signs nothing up to the height that it
    /// was told, and signs again above it.
    fn does_what_is_said(&mut self, said: &str) {
        for words in [
            "has a signature of this validator's key at height",
            "Stop every other node that has this key, and put back the newest copy of the mark. If it is lost, type: \
             sealane --home HOME validator mark HEIGHT, with the height that the others have plus 1",
        ] {
            assert!(said.contains(words), "no word of {words:?}:\n{said}");
        }
        let manual = fs::read_to_string(root().join("docs/operate.md")).unwrap();
        let manual = manual.split_whitespace().collect::<Vec<_>>().join(" ");
        let step = "type `sealane --home HOME validator mark HEIGHT` with that height plus 1, and start the node";
        assert!(manual.contains(step), "the manual says something else");
        let height = self.network.height(self.witness);
        let told = (height + 1).to_string();
        let bank = self.network.bank(self.validator);
        let _ = bank.run(&["validator", "mark", &told]).expect(DONE);
        self.network.start_node(self.validator);
        let _ = self.until_it_signs_above(height + 1);
        assert!(!self.signed(height + 1), "it signed at {told}");
        assert!(self.mark().0 > height + 1);
    }
}

/// The validator proposes at a height that is not decided, as only two of four run. Its folders are made anew, its log is
/// lost, its log is cut: at that height it signs nothing else than before.
fn memory_is_lost(pair: &mut Pair) {
    let (at, others) = (pair.validator, pair.others());
    let height = pair.network.height(at) + 1;
    others
        .iter()
        .for_each(|other| pair.network.kill_node(*other));
    let bank = pair.network.bank(at);
    let submit = |pair: &mut Pair| {
        let file = bank.file(&pair.document());
        bank.begin(&["seal", &file])
    };
    let waiting = submit(pair);
    until("it votes for its block", || pair.mark() >= (height, 0, 1));
    pair.network.kill_node(at);
    let _ = waiting.kill();
    let mark = pair.mark();
    assert_eq!(mark, (height, 0, 1), "two of four cannot go on");
    let node = pair.network.node_folder(at);
    for folders in [&["data", "consensus"][..], &["consensus"]] {
        let before = pair.refusals();
        for folder in folders {
            fs::remove_dir_all(node.join(folder)).unwrap();
        }
        pair.network.start_node(at);
        until("it has the chain", || pair.network.height(at) + 1 == height);
        let waiting = submit(pair);
        until("it wants to propose another block", || {
            pair.refusals() > before
        });
        pair.network.kill_node(at);
        let _ = waiting.kill();
        assert_eq!(pair.mark(), mark, "{folders:?}");
    }
    let said = pair.network.log(at);
    let refused = format!("another one at height {height}, round 0, proposal is refused");
    assert!(said.contains(&refused), "{said}");
    let log = node.join("consensus/votes.log");
    let bytes = fs::read(&log).unwrap();
    fs::write(&log, &bytes[..bytes.len() / 2]).unwrap();
    pair.network.start_node(at);
    others
        .iter()
        .for_each(|other| pair.network.start_node(*other));
    let _ = pair.until_it_signs_above(height);
    for other in [others[0], others[1], pair.witness] {
        let said = pair.network.log(other);
        for contradiction in ["a validator voted twice", "a validator proposed twice"] {
            assert!(!said.contains(contradiction), "node {other}:\n{said}");
        }
    }
}

/// The mark is put back from a backup after the validator has signed more; then it is lost, with and without the data.
fn the_mark_is_lost(pair: &mut Pair) {
    let backup = fs::read(pair.mark_file()).unwrap();
    let height = pair.mark().0;
    let _ = pair.until_it_signs_above(height);
    let at = pair.validator;
    pair.network.kill_node(at);
    fs::write(pair.mark_file(), backup).unwrap();
    let said = pair.stops();
    pair.does_what_is_said(&said);
    pair.network.kill_node(at);
    fs::remove_file(pair.mark_file()).unwrap();
    let said = pair.stops();
    assert!(said.contains("it says nothing was signed"), "{said}");
    pair.network.wipe(at);
    let said = pair.stops();
    pair.does_what_is_said(&said);
}

#[test]
fn a_validator_signs_nothing_at_or_under_its_mark_and_stops_where_the_mark_is_lost() {
    let mut pair = Pair::of(Consortium::start(4));
    memory_is_lost(&mut pair);
    the_mark_is_lost(&mut pair);
    for at in 0..4 {
        let said = pair.network.log(at);
        assert!(
            !said.contains("with invalid signature"),
            "node {at}: {said}"
        );
    }
    let _ = pair.network.agreed();
}
