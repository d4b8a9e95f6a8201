//! Certificates as an operator handles them: without one nobody is let in, a revoked one is cut off, and renewing
//! while work is under way loses nothing.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::time::{Duration, Instant};

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{CANNOT, DONE, INVALID, sealane};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};

/// How long a node may take to notice what changed.
const NOTICE: Duration = Duration::from_secs(20);

fn shown(path: &std::path::Path) -> String {
    path.display().to_string()
}

/// Whether the bank's node answers it.
fn answers(bank: &Bank) -> bool {
    bank.run(&["member", "list"]).code == DONE
}

#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + NOTICE;
    while !holds() {
        assert!(Instant::now() < deadline, "not within {NOTICE:?}: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn who_has_no_certificate_or_a_revoked_one_is_not_let_in() {
    let network = Network::start(2);
    let (a, b) = (network.bank('a'), network.bank('b'));
    let (dir, authority) = (
        shown(&network.folder()),
        shown(&network.folder().join("authority")),
    );
    assert!(answers(&a) && answers(&b));

    let words = [
        "certificate",
        "revoke",
        "--authority",
        &authority,
        "home",
        "bank-b",
        "--all",
        "--dir",
        &dir,
    ];
    let _ = sealane(&words).expect(DONE);
    until("bank-b is cut off", || !answers(&b));
    let refused = b.run(&["member", "list"]).expect(CANNOT);
    assert!(refused.words().contains("revoked"), "{refused}");
    assert!(answers(&a), "others stay");
    let again = sealane(&words).expect(INVALID);
    assert!(again.words().contains("nothing was revoked"), "{again}");
    let mut other = words;
    (other[4], other[5]) = ("node", "bank-b");
    let other = sealane(&other).expect(INVALID);
    let words = other.words();
    assert!(
        words.contains("has issued no certificate to the node bank-b"),
        "{words}"
    );

    // a new key, and a certificate that went by file between the member and the authority
    let (asked, issued) = (
        shown(&network.desk().join("b.csr")),
        shown(&network.desk().join("b.pem")),
    );
    let _ = b
        .run(&["certificate", "request", "--out", &asked])
        .expect(DONE);
    let words = [
        "certificate",
        "issue",
        "--authority",
        &authority,
        &asked,
        "--out",
        &issued,
    ];
    let _ = sealane(&words).expect(DONE);
    let of_another = a.run(&["certificate", "install", &issued]).expect(INVALID);
    assert!(
        of_another.words().contains("no key that was made here"),
        "{of_another}"
    );
    let _ = b.run(&["certificate", "install", &issued]).expect(DONE);
    assert!(answers(&b), "let in again");

    fs::remove_dir_all(b.home.join("tls")).unwrap();
    let without = b.run(&["member", "list"]).expect(CANNOT);
    assert!(without.words().contains("certificate request"), "{without}");
}

#[test]
fn renewing_all_certificates_while_a_bank_works_loses_nothing() {
    let network = Network::start(1);
    let a = network.bank('a');
    let record = a.seal(&Invoice::new("INV-RENEWED"));
    let dir = shown(&network.folder());
    let working = a.begin(&["finance", &record]);
    for _ in 0..4 {
        let _ = sealane(&["certificate", "renew", "--dir", &dir]).expect(DONE);
        std::thread::sleep(Duration::from_millis(700));
    }
    let _ = working.wait().expect(DONE);
    until("the new certificates are in use", || answers(&a));
    let counts = Blocks::read(&a.home).counts();
    assert_eq!(counts[&record].financed, 1);
    let (listed, authority) = (
        ["certificate", "list", "--authority"],
        network.folder().join("authority"),
    );
    let listed = sealane(&[&listed[..], &[&shown(&authority)]].concat()).expect(DONE);
    assert_eq!(listed.data["issued"].as_array().unwrap().len(), 2 + 4 * 2);
}

#[test]
fn a_home_takes_no_other_node_than_its_own() {
    let (one, two) = (Network::start(1), Network::start(1));
    let a = one.bank('a');
    a.speak_to(two.port());
    let refused = a.run(&["member", "list"]).expect(CANNOT);
    assert!(refused.words().contains("certificate"), "{refused}");
}
