//! What whoever runs a node relies on: its figures.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use sealane_tests::blocks::Blocks;
use sealane_tests::command::DONE;
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Network, free_port};

/// What a web server says to a question.
fn ask(port: u16, question: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let request = format!("{question} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A figure without labels.
fn figure(text: &str, name: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("no {name} in\n{text}"));
    line.parse().unwrap()
}

#[test]
fn a_node_tells_prometheus_what_happened() {
    let mut network = Network::make(2);
    let config = network.node_home().join("node.toml");
    let text = fs::read_to_string(&config).unwrap();
    let port = free_port();
    fs::write(&config, format!("metrics = \"127.0.0.1:{port}\"\n{text}")).unwrap();
    network.start_node();
    let (a, b) = (network.bank('a'), network.bank('b'));
    let invoice = Invoice::new("INV-COUNTED");
    let _ = a.seal_and_finance(&invoice).1.expect(DONE);
    let _ = b.seal_and_finance(&invoice);
    let before = Blocks::read(&a.home);
    let answer = ask(port, "GET /metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.trim_end().ends_with("# EOF"),
        "the format's end: {answer}"
    );
    assert_eq!(answer.matches("# EOF").count(), 1);
    let refused = before.counts().values().map(|one| one.refused).sum::<u32>();
    assert!(refused > 0, "the second financing was refused");
    assert_eq!(
        figure(&answer, "sealane_transactions_refused_total"),
        f64::from(refused)
    );
    assert!(figure(&answer, "sealane_height") >= before.blocks.len() as f64);
    assert!(figure(&answer, "sealane_transactions_total") >= before.receipts.len() as f64);
    assert!(figure(&answer, "sealane_execute_seconds_count") > 0.0);
    let day = 24.0 * 3600.0;
    let left = figure(&answer, "sealane_certificate_left_seconds") / day;
    assert!((390.0..398.0).contains(&left), "{left} days");
    assert!(ask(port, "GET /").starts_with("HTTP/1.1 404"));
    assert!(ask(port, "POST /metrics").starts_with("HTTP/1.1 404"));
}
