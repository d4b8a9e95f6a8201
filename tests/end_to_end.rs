//! A record's way through a real network, honestly and once: `sealane` commands against one node
//! process and the homes of two banks.
#![allow(clippy::unwrap_used)]

use std::fs;

use sealane_tests::blocks::{Blocks, submit};
use sealane_tests::command::{CANNOT, DONE, INVALID, Outcome, REFUSED, refused_for, sealane};
use sealane_tests::invoice::Invoice;
use sealane_tests::network::{Bank, Network};
use sealane_types::encoding::Encode as _;

/// What `inquire` answers.
#[track_caller]
fn inquire(bank: &Bank, invoice: &Invoice) -> String {
    let said = bank.run(&["inquire", &bank.file(invoice)]).expect(DONE);
    let taken = said.text("answer") == "taken";
    assert_eq!(
        said.data["next"].is_null(),
        taken,
        "what is taken is not financed: {said}"
    );
    said.text("answer").to_owned()
}

#[track_caller]
fn finance(bank: &Bank, record: &str) -> Outcome {
    bank.run(&["finance", record])
}

/// One network for everything that needs a node that runs: making one costs more than most steps.
#[test]
fn a_record_goes_its_way() {
    let mut network = Network::start(2);
    let (a, b) = (network.bank('a'), network.bank('b'));
    an_invoice_is_financed_once(&a, &b);
    a_withdrawn_financing_frees_and_a_repaid_one_never(&a, &b);
    a_hold_becomes_a_financing(&a, &b);
    a_corrected_invoice_takes_the_financing_over(&a, &b);
    a_similar_invoice_rings_until_it_is_waived(&a, &b);
    what_is_to_be_paid_to_another_needs_a_reason(&a);
    a_documents_warnings_are_told(&a, &b);
    what_is_no_invoice_is_not_financed(&a);
    wrong_input_is_named(&a);
    the_same_bytes_count_once_and_others_never(&network);
    network.kill_node();
    without_a_node_nothing_is_pretended(&a);
    network.start_node();
    assert_eq!(
        inquire(&b, &Invoice::new("INV-HONEST-1")),
        "taken",
        "after a restart"
    );
}

fn an_invoice_is_financed_once(a: &Bank, b: &Bank) {
    let invoice = Invoice::new("INV-HONEST-1");
    let record = a.seal(&invoice);
    let again = a.run(&["seal", &a.file(&invoice)]).expect(DONE);
    assert_eq!(
        again.text("record"),
        record,
        "the same document is sealed once"
    );
    assert_eq!(inquire(b, &invoice), "free", "sealed is not financed");

    let financed = finance(a, &record).expect(DONE);
    let receipt = financed.text("receipt").to_owned();
    the_receipt_holds(&receipt);
    let again = finance(a, &record).expect(DONE);
    assert_eq!(
        again.text("receipt"),
        receipt,
        "typing it again is no second financing"
    );

    let of_b = b.seal(&invoice);
    refused_for(finance(b, &of_b), "bank-a");
    assert_eq!(inquire(b, &invoice), "taken");
    let shown = a.run(&["record", "show", &record]).expect(DONE);
    assert!(
        shown.words().contains("inv-honest-1"),
        "its own home opens it:\n{shown}"
    );
    let shown = b.run(&["record", "show", &record]).expect(DONE);
    assert!(
        !shown.words().contains("inv-honest-1"),
        "another home does not:\n{shown}"
    );
    refused_for(b.run(&["release", &record, "--reason", "repaid"]), "hold");
}

/// Offline: in an empty folder, without a home.
fn the_receipt_holds(receipt: &str) {
    let _ = sealane(&["receipt", "verify", receipt]).expect(DONE);
    let bytes = fs::read(receipt).unwrap();
    let altered = format!("{receipt}.altered");
    for at in [bytes.len() / 3, bytes.len() / 2, bytes.len() - 100] {
        let mut other = bytes.clone();
        other[at] = if other[at] == b'1' { b'2' } else { b'1' };
        fs::write(&altered, other).unwrap();
        let said = sealane(&["receipt", "verify", &altered]);
        assert!(
            [INVALID, REFUSED].contains(&said.code),
            "a receipt with byte {at} changed:\n{said}"
        );
    }
    fs::remove_file(altered).unwrap();
}

fn a_withdrawn_financing_frees_and_a_repaid_one_never(a: &Bank, b: &Bank) {
    let invoice = Invoice::new("INV-LIFE-2");
    let (of_a, financed) = a.seal_and_finance(&invoice);
    let _ = financed.expect(DONE);
    let _ = a
        .run(&["release", &of_a, "--reason", "withdrawn"])
        .expect(DONE);
    assert_eq!(inquire(b, &invoice), "free", "withdrawn is free again");

    let (of_b, financed) = b.seal_and_finance(&invoice);
    let _ = financed.expect(DONE);
    let _ = b
        .run(&["release", &of_b, "--reason", "repaid"])
        .expect(DONE);
    assert_eq!(inquire(a, &invoice), "taken", "repaid is final");
    let again = finance(a, &of_a);
    refused_for(again, "bank-b");
}

fn a_hold_becomes_a_financing(a: &Bank, b: &Bank) {
    let invoice = Invoice::new("INV-HOLD-3");
    let record = a.seal(&invoice);
    let held = a.run(&["finance", &record, "--hold", "500"]).expect(DONE);
    assert_eq!(inquire(b, &invoice), "taken", "held: {held}");
    let of_b = b.seal(&invoice);
    refused_for(finance(b, &of_b), "bank-a");
    let financed = finance(a, &record).expect(DONE);
    the_receipt_holds(financed.text("receipt"));
    let _ = a
        .run(&["release", &record, "--reason", "mistaken"])
        .expect(DONE);
    let _ = finance(b, &of_b).expect(DONE);
}

fn a_corrected_invoice_takes_the_financing_over(a: &Bank, b: &Bank) {
    let invoice = Invoice::new("INV-CORRECTED-4");
    let (older, financed) = a.seal_and_finance(&invoice);
    let _ = financed.expect(DONE);
    let corrected = Invoice {
        payable: "1200.00".to_owned(),
        ..invoice.clone()
    };
    let sealed = a
        .run(&["seal", &a.file(&corrected), "--replaces", &older])
        .expect(DONE);
    let newer = sealed.text("record").to_owned();
    assert_ne!(older, newer);
    let _ = finance(a, &newer).expect(DONE);
    refused_for(a.run(&["release", &older, "--reason", "repaid"]), "neither");
    let of_b = b.seal(&invoice);
    refused_for(finance(b, &of_b), "bank-a");
}

fn a_similar_invoice_rings_until_it_is_waived(a: &Bank, b: &Bank) {
    let invoice = Invoice::new("INV-ALERT-5");
    let (_, financed) = a.seal_and_finance(&invoice);
    let _ = financed.expect(DONE);
    let altered = Invoice {
        date: "2026-03-09".to_owned(),
        ..invoice
    };
    assert_eq!(inquire(b, &altered), "similar");
    let record = b.seal(&altered);
    let said = finance(b, &record);
    refused_for(said.clone(), "similar");
    assert!(said.words().contains("--waive 4=reason"), "{said}");
    let one = "2=the customer showed both originals";
    refused_for(b.run(&["finance", &record, "--waive", one]), "similar");
    let all =
        ["2", "3", "4", "5", "6"].map(|rule| format!("{rule}=the customer showed both originals"));
    let mut words = vec!["finance", record.as_str()];
    words.extend(all.iter().flat_map(|waiver| ["--waive", waiver.as_str()]));
    let _ = b.run(&words).expect(DONE);
}

fn what_is_to_be_paid_to_another_needs_a_reason(a: &Bank) {
    let invoice = Invoice::new("INV-PAYEE-8");
    let payee = "</cac:AccountingCustomerParty>\n<cac:PayeeParty><cac:PartyName><cbc:Name>Fast Factors</cbc:Name>\
                 </cac:PartyName></cac:PayeeParty>";
    let text = invoice.ubl();
    let file = a.file(&invoice);
    fs::write(&file, text.replace("</cac:AccountingCustomerParty>", payee)).unwrap();
    let sealed = a.run(&["seal", &file]).expect(DONE);
    let record = sealed.text("record");
    let said = finance(a, record).expect(REFUSED);
    for words in ["paid to Fast Factors", "--waive payee=REASON"] {
        assert!(said.text("message").contains(words), "{said}");
    }
    let asked = a.run(&["inquire", &file]).expect(DONE);
    assert_eq!(asked.data["concerns"][0]["waive"], "payee", "{asked}");
    assert!(asked.text("next").contains("--waive payee=REASON"));
    let waiver = "payee=the factor has handed it back";
    let _ = a.run(&["finance", record, "--waive", waiver]).expect(DONE);
}

fn a_documents_warnings_are_told(a: &Bank, b: &Bank) {
    let mut invoice = Invoice::new("INV-WARNED-9");
    invoice.lines[0].quantity = "11".to_owned();
    let file = a.file(&invoice);
    let shown = a.run(&["document", "show", &file]).expect(DONE);
    let warnings = &shown.data["warnings"];
    let first = warnings[0].as_str().unwrap();
    assert!(first.contains("[SL-LINE-TOTAL]"), "{shown}");
    let sealed = a.run(&["seal", &file]).expect(DONE);
    assert_eq!(&sealed.data["warnings"], warnings);
    let financed = finance(a, sealed.text("record")).expect(DONE);
    assert_eq!(&financed.data["warnings"], warnings);
    let asked = b.run(&["inquire", &b.file(&invoice)]).expect(DONE);
    let told = asked.data["warnings"][0].as_str().unwrap();
    assert!(
        told.ends_with(first.rsplit(": ").next().unwrap()),
        "{asked}"
    );
}

fn what_is_no_invoice_is_not_financed(a: &Bank) {
    let note = Invoice {
        type_code: "381".to_owned(),
        ..Invoice::new("CN-6")
    };
    let (_, financed) = a.seal_and_finance(&note);
    assert!(
        [INVALID, REFUSED].contains(&financed.code),
        "a credit note:\n{financed}"
    );
    let nothing = Invoice {
        payable: "0.00".to_owned(),
        ..Invoice::new("INV-ZERO-7")
    };
    let (_, financed) = a.seal_and_finance(&nothing);
    assert!(
        [INVALID, REFUSED].contains(&financed.code),
        "nothing to pay:\n{financed}"
    );
}

#[test]
fn shells_can_complete_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let said = sealane(&["completions", shell]).expect(DONE);
        for word in ["finance", "proposal", "one-trade"] {
            assert!(said.text("script").contains(word), "{shell}: no {word}");
        }
    }
    let _ = sealane(&["completions", "tcl"]).expect(INVALID);
}

fn wrong_input_is_named(a: &Bank) {
    let path = a.home.join("../../scribble.xml");
    fs::write(&path, "<Invoice><unfinished>").unwrap();
    let scribble = path.to_str().unwrap();
    for words in [
        vec!["seal", scribble],
        vec!["inquire", scribble],
        vec!["finance", "not an id"],
        vec!["release", "12", "--reason", "repaid"],
        vec!["receipt", "verify", scribble],
        vec!["release"],
    ] {
        let said = a.run(&words).expect(INVALID);
        assert!(!said.text("message").is_empty());
    }
    let unknown = "ab".repeat(32);
    let said = finance(a, &unknown);
    assert!(
        [INVALID, REFUSED].contains(&said.code),
        "a record that nobody sealed:\n{said}"
    );
}

/// RELIABILITY.md 20: a transaction's id says nothing of its signature's bytes, and a node that remembers
/// ids must not take one for the other.
fn the_same_bytes_count_once_and_others_never(network: &Network) {
    let before = Blocks::read(&network.bank('a').home);
    before.check();
    let transactions = before.blocks.iter().flat_map(|block| &block.transactions);
    for transaction in transactions.take(4) {
        let mut altered = transaction.to_bytes();
        *altered.last_mut().unwrap() ^= 1;
        // the node may say no, or show the one that is on the chain; never take the altered one for it
        if let Ok((bytes, _)) = submit(&network.bank('a').home, &altered) {
            assert_eq!(bytes, transaction.to_bytes(), "another signature was taken");
        }
        let (bytes, again) = submit(&network.bank('a').home, &transaction.to_bytes()).unwrap();
        assert_eq!(bytes, transaction.to_bytes());
        let first = before
            .receipts
            .iter()
            .find(|(_, receipt)| receipt.transaction == again.transaction);
        assert_eq!(
            first.map(|(_, receipt)| receipt),
            Some(&again),
            "the receipt is the first one"
        );
        let mut trailing = transaction.to_bytes();
        trailing.push(0);
        assert!(
            submit(&network.bank('a').home, &trailing).is_err(),
            "trailing bytes"
        );
    }
    let after = Blocks::read(&network.bank('a').home);
    after.check();
    assert_eq!(
        after.receipts.len(),
        before.receipts.len(),
        "nothing was added"
    );
}

fn without_a_node_nothing_is_pretended(a: &Bank) {
    let invoice = Invoice::new("INV-DOWN-8");
    let said = a.run(&["seal", &a.file(&invoice)]).expect(CANNOT);
    assert!(said.words().contains("node"), "{said}");
    let _ = a.run(&["inquire", &a.file(&invoice)]).expect(CANNOT);
}
