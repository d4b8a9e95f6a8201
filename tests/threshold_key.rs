//! The fingerprint key among real nodes: they generate it, one of them away; it passes to other holders while
//! inquiries are under way, and what was financed before stays financed (RELIABILITY 24).
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::invoice::Invoice;
use sealane_types::receipt::Outcome;
use sealane_types::transaction::Payload;

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
