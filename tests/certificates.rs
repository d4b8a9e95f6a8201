//! Certificates as an operator handles them: without one nobody is let in, a revoked one is cut off, and renewing
//! while work is under way loses nothing.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::time::{Duration, Instant};

use sealane_tests::blocks::Blocks;
use sealane_tests::command::{CANNOT, DONE, INVALID, sealane};
use sealane_tests::consortium::issue;
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
    let again = sealane(&words).expect(DONE);
    assert_eq!(again.data["already"], true, "{again}");
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
    issue(&authority, &asked, &issued);
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

/// What `certificate install` takes, and what of it would let a revoked bank in again, or cut a bank off.
#[test]
fn an_older_list_no_list_and_another_authority_s_files_change_nothing() {
    let (network, other) = (Network::start(2), Network::start(1));
    let (a, b) = (network.bank('a'), network.bank('b'));
    let dir = shown(&network.folder());
    let authority = shown(&network.folder().join("authority"));
    let (node, tls) = (shown(network.node_home()), network.node_home().join("tls"));
    let install = |words: &[&str]| {
        let first = ["--home", &node, "certificate", "install"];
        sealane(&[&first[..], words].concat())
    };
    let older = shown(&network.folder().join("older.pem"));
    fs::copy(network.folder().join("authority/revoked.pem"), &older).unwrap();
    let revoke = ["certificate", "revoke", "--authority", &authority];
    let whom = ["home", "bank-b", "--all", "--dir", &dir];
    let _ = sealane(&[&revoke[..], &whom].concat()).expect(DONE);
    until("bank-b is cut off", || !answers(&b));
    let list = fs::read(tls.join("revoked.pem")).unwrap();

    let refused = install(&[&older]).expect(INVALID);
    assert!(
        refused.words().contains("an older list would let in again"),
        "{refused}"
    );
    let foreign = shown(&other.folder().join("authority/revoked.pem"));
    let refused = install(&[&foreign]).expect(INVALID);
    assert!(
        refused.words().contains("nothing was installed"),
        "{refused}"
    );
    let foreign = shown(&other.folder().join("authority/authority.pem"));
    for how in [&[][..], &["--only-authority"], &["--add-authority"]] {
        let refused = install(&[&[&foreign[..]], how].concat()).expect(INVALID);
        assert!(
            refused.words().contains("nothing was installed"),
            "{refused}"
        );
    }
    assert_eq!(fs::read(tls.join("revoked.pem")).unwrap(), list);
    for damaged in ["", "garbage\n"] {
        fs::write(tls.join("revoked.pem"), damaged).unwrap();
        std::thread::sleep(NOTICE / 2);
        assert!(!answers(&b), "bank-b is let in again");
        assert!(answers(&a));
    }
    let _ = install(&[&shown(&network.folder().join("authority/revoked.pem"))]).expect(DONE);
    assert_eq!(fs::read(tls.join("revoked.pem")).unwrap(), list);
}

/// The manual's way to another authority: nobody is cut off.
#[test]
fn an_authority_is_replaced_while_the_node_runs() {
    let network = Network::start(1);
    let a = network.bank('a');
    let place = |name: &str| shown(&network.folder().join(name));
    let (authority, public) = (place("authority-2"), place("authority-2.pem"));
    let make = [
        "certificate",
        "authority",
        "--authority",
        &authority,
        "--out",
        &public,
    ];
    let _ = sealane(&make).expect(DONE);
    let sides = [shown(&a.home), shown(network.node_home())];
    let at = |side: &str, words: &[&str]| {
        let _ = sealane(&[&["--home", side, "certificate"], words].concat()).expect(DONE);
    };
    for side in &sides {
        at(side, &["install", &public, "--add-authority"]);
    }
    std::thread::sleep(NOTICE / 2);
    for side in &sides {
        let (asked, issued) = (place("asked.csr"), place("issued.pem"));
        at(side, &["request", "--out", &asked]);
        issue(&authority, &asked, &issued);
        at(side, &["install", &issued]);
        until("both know each other", || answers(&a));
    }
    std::thread::sleep(NOTICE / 2);
    for side in &sides {
        at(side, &["install", &public, "--only-authority"]);
    }
    std::thread::sleep(NOTICE / 2);
    assert!(answers(&a));
    let old = place("authority/revoked.pem");
    let first = ["--home", &sides[1], "certificate", "install", &old];
    let refused = sealane(&first).expect(INVALID);
    assert!(
        refused.words().contains("nothing was installed"),
        "{refused}"
    );
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
