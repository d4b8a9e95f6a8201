//! The privacy search: unusual values are planted in an invoice; after its whole story nothing that
//! the node or the other bank holds, and nothing that passed between client and node, has them in
//! any form. The same search finds every form where it is put on purpose.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::held::store_of;
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::Network;
use sealane_tests::planted;
use sealane_tests::proxy::{Proxy, Recording};
use sealane_tests::search::{Needle, Search};
use sealane_tests::traffic;

/// Bank A's whole story with the planted invoice, and bank B's with another, in each other's sight.
fn story(network: &Network) -> Vec<Recording> {
    let (a, b) = (network.bank('a'), network.bank('b'));
    let proxy = Proxy::start(network.port(), network.node_home(), &a.home);
    a.speak_to(proxy.port());
    b.speak_to(proxy.port());
    let invoice = planted::invoice();
    a.knows("planted", &invoice.seller_id);
    let file = a.file(&invoice);
    let _ = a.run(&["inquire", &file]).expect(DONE);
    let sealed = a.run(&["seal", &file]).expect(DONE);
    let record = sealed.text("record").to_owned();
    let _ = a.run(&["finance", &record]).expect(DONE);
    let shown = a.run(&["record", "show", &record]).expect(DONE);
    assert!(
        shown.words().contains(&invoice.number.to_lowercase()),
        "its own home opens it:\n{shown}"
    );
    // a refused transaction and a release leave traces too
    let corrected = Invoice {
        date: "2187-11-24".to_owned(),
        ..invoice
    };
    let (_, alerted) = a.seal_and_finance(&corrected);
    let _ = alerted.expect(REFUSED);
    let (_, financed) = b.seal_and_finance(&Invoice::new("INV-OF-B"));
    let _ = financed.expect(DONE);
    let _ = b.run(&["record", "show", &record]).expect(DONE);
    let _ = a
        .run(&["release", &record, "--reason", "repaid"])
        .expect(DONE);
    proxy.recordings()
}

/// Everything that others hold, searched.
fn searched(network: &Network, recordings: &[Recording], search: &Search) -> Vec<String> {
    let mut found = search.folder(network.node_home());
    found.extend(search.folder(&network.folder().join("bank-b")));
    found.extend(search.bytes("the node's log", &fs::read(network.log()).unwrap()));
    let store = store_of(network.node_home());
    let in_store = search.store(&store);
    assert!(
        in_store.entries > 50 && in_store.bytes > 10_000,
        "the store is nearly empty: {in_store:?}"
    );
    found.extend(in_store.found);
    for (at, recording) in recordings.iter().enumerate() {
        found.extend(search.bytes(&format!("recording {at}"), &recording.bytes));
        for (stream, body) in traffic::bodies(&recording.bytes) {
            found.extend(search.bytes(&format!("recording {at}, stream {stream}"), &body));
        }
    }
    found
}

#[test]
fn planted_values_are_nowhere_in_what_others_hold() {
    let search = Search::new(planted::needles(&planted::invoice()));
    assert!(
        search.needles().len() > 300,
        "{} forms",
        search.needles().len()
    );
    let mut network = Network::start(2);
    let recordings = story(&network);
    let carried: usize = recordings
        .iter()
        .map(|recording| recording.bytes.len())
        .sum();
    assert!(carried > 50_000, "the proxy recorded {carried} bytes only");
    network.stop_node();
    let found = searched(&network, &recordings, &search);
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.join("\n")
    );
    println!(
        "{} forms of what is planted, in {carried} bytes of traffic and all files: none found",
        search.needles().len()
    );
    every_planted_leak_is_found(&network, &search);
    the_own_home_holds_them(&network, &search);
}

/// In a copy of what was searched, each form is put where it could leak, and is found there.
fn every_planted_leak_is_found(network: &Network, search: &Search) {
    let log = network.desk().join("leaking.log");
    let store = network.desk().join("leaking-store");
    write_store(&store, search.needles());
    for needle in search.needles() {
        let text = [
            b"2026-03-02 INFO sealed ",
            &needle.bytes[..],
            b" at height 12\n",
        ]
        .concat();
        fs::write(&log, &text).unwrap();
        let seen = |found: Vec<String>| found.iter().any(|line| line.ends_with(&needle.what));
        assert!(
            seen(search.bytes("log", &fs::read(&log).unwrap())),
            "not found in a log: {}",
            needle.what
        );
        assert!(
            seen(search.bytes("body", &recorded(&needle.bytes))),
            "not found in traffic: {}",
            needle.what
        );
    }
    let in_store = search.store(&store);
    for needle in search.needles() {
        let seen = in_store
            .found
            .iter()
            .any(|line| line.ends_with(&needle.what));
        assert!(seen, "not found in a store: {}", needle.what);
    }
    let in_files = search.folder(&store);
    assert!(
        in_files.len() < in_store.found.len(),
        "tables are not compressed here: is the store's search needed?"
    );
}

/// A store that leaks every needle in a value, written out and compressed as the node's is.
fn write_store(folder: &Path, needles: &[Needle]) {
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    options.set_compression_type(rocksdb::DBCompressionType::Lz4);
    let store = rocksdb::DB::open(&options, folder).unwrap();
    for (at, needle) in needles.iter().enumerate() {
        let value = [&b"header "[..], &needle.bytes, b" trailer"].concat();
        store.put((at as u64).to_be_bytes(), value).unwrap();
    }
    store.flush().unwrap();
    store.compact_range::<&[u8], &[u8]>(None, None);
}

/// A request's body as the proxy would record it, cut in two by the end of a frame.
fn recorded(body: &[u8]) -> Vec<u8> {
    let frame = |payload: &[u8]| {
        let length = (payload.len() as u32).to_be_bytes();
        [&length[1..], &[0, 0, 0, 0, 0, 1], payload].concat()
    };
    let (first, second) = body.split_at(body.len() / 2);
    let bytes = [frame(first), frame(second)].concat();
    let bodies = traffic::bodies(&bytes);
    bodies.into_values().next().unwrap()
}

/// The search is not blind to real files: the paper that bank A's customer handed in has the values.
fn the_own_home_holds_them(network: &Network, search: &Search) {
    let invoice = planted::invoice();
    let file = network.bank('a').file(&invoice);
    let found = search.bytes("the invoice", &fs::read(file).unwrap());
    let quantity = &invoice.lines[0].quantity;
    for written in [&invoice.number, &invoice.seller, &invoice.payable, quantity] {
        assert!(
            found.iter().any(|line| line.contains(written)),
            "{written} was not found in the invoice itself"
        );
    }
}

/// Four banks with nodes of their own, two of which finance: what one of them must keep to itself is in nothing that
/// another holds, in no log, and in nothing that passes between nodes (I5).
#[test]
fn nothing_of_a_member_is_in_what_others_hold_or_nodes_send() {
    let history = History::begin(0);
    let (mut network, links) = Consortium::start_recorded(4);
    for (at, name) in [(0, "A"), (1, "B")] {
        let (bank, invoice) = (network.bank(at), planted::invoice_of(name));
        let file = bank.file(&invoice);
        history.keeps(&invoice);
        let sealed = history.run(&bank, name, Deed::Seal, &file).expect(DONE);
        let record = sealed.text("record");
        let _ = history.run(&bank, name, Deed::Finance, record).expect(DONE);
    }
    let _ = history.check(&network.agreed());
    network.keys_into(&history);
    network.kill_all();
    let held = network.held(&links.carried());
    let sum = history.check_secrets(&held);
    assert!(
        sum.needles > 600 && sum.places > 40 && sum.bytes > 1_000_000,
        "too little was searched: {sum:?}"
    );
    println!("{sum:?}: nothing found");
}
