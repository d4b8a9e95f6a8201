//! The privacy search: unusual values are planted in an invoice; after its whole story nothing that
//! the node or the other bank holds, and nothing that passed between client and node, has them in
//! any form. The same search finds every form where it is put on purpose.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use sealane_crypto::commitment::leaf_inputs;
use sealane_crypto::curve::FingerprintInput;
use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::invoice::{Invoice, Line};
use sealane_tests::network::Network;
use sealane_tests::proxy::{Proxy, Recording};
use sealane_tests::search::{Needle, Planted, Search, forms, input_forms};
use sealane_tests::traffic;
use sealane_types::fields::FieldValue;
use sealane_types::schema::{CanonicalFields, slot};

const DATE: &str = "8731-11-23";
const NUMBER: &str = "ZQX/7731-WALRUS";
const SELLER: &str = "Obsidian Tarragon Importers";
const SELLER_ID: &str = "GB771930284";
const BUYER_ID: &str = "IE663920175";
const ORDER: &str = "PO-HALCYON-90817";
const DESPATCH: &str = "DA-MERIDIAN-55102";
const PAYABLE: &str = "83719462.57";

fn invoice() -> Invoice {
    let line = |item: &str, quantity: &str, price: &str, total: &str| Line {
        item: item.to_owned(),
        quantity: quantity.to_owned(),
        price: price.to_owned(),
        total: total.to_owned(),
    };
    Invoice {
        number: NUMBER.to_owned(),
        date: DATE.to_owned(),
        seller: SELLER.to_owned(),
        seller_id: SELLER_ID.to_owned(),
        buyer: "Quixotic Lanthanum Traders".to_owned(),
        buyer_id: BUYER_ID.to_owned(),
        order: Some(ORDER.to_owned()),
        despatch: Some(DESPATCH.to_owned()),
        payable: PAYABLE.to_owned(),
        lines: vec![
            line(
                "Vermilion zeppelin gaskets",
                "73519.284617",
                "719.3826",
                "52888484.58",
            ),
            line(
                "Ultramarine sextant housings",
                "9182.736455",
                "3357.4821",
                "30830977.99",
            ),
            // numbers that fit four bytes
            line(
                "Indigo barometer sleeves",
                "1234.567891",
                "0.1834",
                "226.42",
            ),
        ],
        ..Invoice::new("planted")
    }
}

/// What the document writes.
const WRITTEN: [&str; 17] = [
    NUMBER,
    DATE,
    SELLER,
    SELLER_ID,
    BUYER_ID,
    "Quixotic Lanthanum Traders",
    ORDER,
    DESPATCH,
    PAYABLE,
    "Vermilion zeppelin gaskets",
    "Ultramarine sextant housings",
    "73519.284617",
    "3357.4821",
    "52888484.58",
    "30830977.99",
    "Indigo barometer sleeves",
    "1234.567891",
];

/// The invoice as sealing takes it.
fn canonical() -> CanonicalFields {
    let document = sealane_documents::read(invoice().ubl().as_bytes(), "planted.xml").unwrap();
    sealane_documents::canonical(&document).unwrap()
}

/// Every field of the invoice that is unusual enough to be told from chance, and what it writes.
fn planted() -> Vec<Planted> {
    let fields = canonical();
    let in_lines = fields.lines.iter().flatten();
    let all = fields.header.iter().chain(in_lines).flatten();
    let mut planted: Vec<Planted> = all.filter_map(unusual).collect();
    planted.extend(WRITTEN.map(|written| Planted {
        written: written.to_owned(),
        field: FieldValue::Text(written.to_owned()),
    }));
    planted
}

fn unusual(field: &FieldValue) -> Option<Planted> {
    let written = match field {
        FieldValue::Text(text) | FieldValue::Number(text) | FieldValue::LegalId(text) => {
            text.clone()
        }
        FieldValue::References(list) => list.first()?.clone(),
        FieldValue::Integer(value) => value.to_string(),
        FieldValue::Date(day) => day.to_string(),
        FieldValue::Amount { value, .. }
        | FieldValue::Quantity { value, .. }
        | FieldValue::Price { value, .. } => value.to_string(),
    };
    let field = field.clone();
    (written.chars().count() >= 6).then_some(Planted { written, field })
}

/// `x` and `P` of the invoice by every rule: known, they could be searched for by guessing.
fn inputs() -> Vec<FingerprintInput> {
    let header = canonical().header;
    let of = |slot: usize| leaf_inputs(header[slot].as_ref().expect("the invoice has it"));
    let ([seller, _], [buyer, _]) = (of(slot::SELLER_IDS), of(slot::BUYER_IDS));
    let ([strict, loose], [date, _]) = (of(slot::NUMBER), of(slot::ISSUE_DATE));
    let [amount, currency] = of(slot::PAYABLE);
    let ([order, _], [despatch, _]) = (of(slot::ORDER_REFERENCES), of(slot::DESPATCH_REFERENCES));
    vec![
        FingerprintInput::Strict {
            seller,
            number: strict,
            date,
        },
        FingerprintInput::WithoutDate {
            seller,
            number: loose,
        },
        FingerprintInput::PartiesAmountDate {
            seller,
            buyer,
            amount,
            currency,
            date,
        },
        FingerprintInput::OrderReference { seller, order },
        FingerprintInput::TransportDocument { seller, despatch },
    ]
}

fn search() -> Search {
    let mut needles: Vec<Needle> = planted().iter().flat_map(forms).collect();
    needles.extend(inputs().iter().flat_map(input_forms));
    needles.sort();
    needles.dedup();
    Search::new(needles)
}

/// Bank A's whole story with the planted invoice, and bank B's with another, in each other's sight.
fn story(network: &Network) -> Vec<Recording> {
    let (a, b) = (network.bank('a'), network.bank('b'));
    let proxy = Proxy::start(network.port(), network.node_home(), &a.home);
    a.speak_to(proxy.port());
    b.speak_to(proxy.port());
    let invoice = invoice();
    let file = a.file(&invoice);
    let _ = a.run(&["inquire", &file]).expect(DONE);
    let sealed = a.run(&["seal", &file]).expect(DONE);
    let record = sealed.text("record").to_owned();
    let _ = a.run(&["finance", &record]).expect(DONE);
    let shown = a.run(&["record", "show", &record]).expect(DONE);
    assert!(
        shown.words().contains(&NUMBER.to_lowercase()),
        "its own home opens it:\n{shown}"
    );
    // a refused transaction and a release leave traces too
    let corrected = Invoice {
        date: "8731-11-24".to_owned(),
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

/// The node's RocksDB: the folder that holds `CURRENT`.
fn store_of(home: &Path) -> std::path::PathBuf {
    let folders = walkdir::WalkDir::new(home)
        .into_iter()
        .filter_map(Result::ok);
    let mut stores = folders.filter(|entry| entry.path().join("CURRENT").is_file());
    stores.next().expect("a node has a store").into_path()
}

#[test]
fn planted_values_are_nowhere_in_what_others_hold() {
    let search = search();
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
        "{} forms of {} values, in {carried} bytes of traffic and all files: none found",
        search.needles().len(),
        planted().len()
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
    let file = network.bank('a').file(&invoice());
    let found = search.bytes("the invoice", &fs::read(file).unwrap());
    for written in [NUMBER, SELLER, PAYABLE, "73519.284617"] {
        assert!(
            found.iter().any(|line| line.contains(written)),
            "{written} was not found in the invoice itself"
        );
    }
}
