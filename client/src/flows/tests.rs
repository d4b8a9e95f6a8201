//! The flows against the ledger's own rules, in one process; killed at every request to the node,
//! before and after the node has done its work, and typed again.

mod aliases;
mod checks;
mod corrections;
mod credits;
mod handover;
mod lists;
mod long;
mod members;
mod parts;
mod sellers;
mod shown;
mod told;
mod trade;

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use sealane_types::fingerprint::Rule;
use sealane_types::ids::RecordId;
use sealane_types::receipt::{Life, Outcome, Refusal};
use sealane_types::record::Record;
use sealane_types::transaction::{ReleaseReason, Waived, Waiver};
use tempfile::TempDir;

use super::{Answer, Bank, FinanceOptions, Financed, NewCustomer, Reading};
use crate::chain::tests::chain::TestChain;
use crate::chain::tests::liar::{Dies, Liar, equip, listen};
use crate::error::ClientError;
use crate::home::customers::CustomerRole;
use crate::home::journal::{Action, Origin};
use crate::home::{Home, Unlock};
use crate::network::{Options, create};
use crate::progress::{Activity, Event, Silent};
use crate::receipt;

const INVOICE: &[u8] = include_bytes!("../../../examples/invoice-ubl.xml");
const INVOICE_CII: &[u8] = include_bytes!("../../../examples/invoice-cii.xml");
const ALTERED: &[u8] = include_bytes!("../../../examples/invoice-altered.xml");
const OTHER: &[u8] = include_bytes!("../../../examples/invoice-other.xml");
const CREDIT_NOTE: &[u8] = include_bytes!("../../../examples/credit-note.xml");

pub(crate) struct World {
    folder: TempDir,
    pub(crate) node: Liar,
}

impl World {
    /// Two banks and a node.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (listener, address) = listen().await;
        let options = Options::local(2, &[address], 0, &[]);
        let mut created = create(folder.path(), &options).expect("a network");
        let own = equip(&folder.path().join("liar"), &mut created.authority);
        let node = Liar::serve(listener, own, TestChain::of(created));
        Self { folder, node }
    }

    pub(crate) fn home(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn bank(&self, name: &str) -> Bank {
        Bank::open(&self.home(name), &Unlock::Environment).expect("a home")
    }

    /// Transactions of this kind that are done, and refused.
    fn counted(&self, name: &str) -> (usize, usize) {
        let served = self.node.served();
        let (mut done, mut refused) = (0, 0);
        for block in &served.chain.blocks {
            for (transaction, receipt) in block.block.transactions.iter().zip(&block.receipts) {
                if transaction.body.payload.name() == name {
                    match receipt.outcome {
                        Outcome::Done(_) => done += 1,
                        Outcome::Refused(_) => refused += 1,
                    }
                }
            }
        }
        (done, refused)
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Refusal {
    let error = result.expect_err("refused");
    assert_eq!(error.exit_code(), 3, "{error}");
    error.refusal().expect("by the rules").clone()
}

fn plain() -> FinanceOptions {
    FinanceOptions::default()
}

/// The document's seller is a customer of this bank, with the identifiers that the document shows.
pub(super) async fn known(bank: &Bank, name: &str, document: &[u8]) {
    let document = sealane_documents::read(document, name).expect("a document");
    let ids = document.seller.strict_ids();
    let identifiers: Vec<_> = ids
        .map(|id| (id.scheme.clone(), id.value.clone()))
        .collect();
    let shown: Vec<String> = document
        .seller
        .strict_ids()
        .map(|id| id.canonical())
        .collect();
    let reading = Reading::default();
    let book = bank.home().customers().expect("a book");
    if let Some(customer) = book.known_by(&shown) {
        let amended = bank.amend(&customer.name, &identifiers, &reading, &Silent);
        amended.await.expect("amended");
        return;
    }
    let customer = NewCustomer {
        name: format!("seller {}", book.customers.len()),
        role: CustomerRole::Company,
        identifiers,
        reading,
    };
    let _ = bank.register(&customer, &Silent).await.expect("registered");
}

async fn sealed(bank: &Bank, document: &[u8]) -> RecordId {
    known(bank, "invoice.xml", document).await;
    let sealed = bank.seal("invoice.xml", document, None, &Silent).await;
    sealed.expect("sealed").record
}

/// A record of `bank`'s on the chain that holds something undecryptable at this leaf.
async fn sealed_wrongly(bank: &Bank, leaf: usize) -> RecordId {
    let fields = bank.ingest("invoice.xml", INVOICE, bank.home().alias(), &Silent);
    let fields = fields.await.expect("a document").fields;
    let now = std::time::SystemTime::now();
    let honest = bank.home().sealer(bank.home().alias(), None, now);
    let honest = honest.seal(&fields).expect("it fits");
    let mut leaves = honest.leaves().to_vec();
    leaves[leaf].ciphertext[0] ^= 1;
    let wrong = Record::new(honest.header.clone(), leaves, honest.root).expect("same sizes");
    bank.home().keep_record(&wrong).expect("kept");
    let digest = bank.home().document_digest(b"wrong");
    let journal = bank.home().journal();
    let entry = journal.begin(wrong.id(), Origin::Seal, digest, None);
    let put = bank.ensure_sealed(&entry.expect("begun"), &Silent).await;
    put.expect("the ledger cannot see it").id()
}

#[tokio::test]
async fn an_invoice_is_financed_once_and_the_second_bank_finds_out_by_itself_by_whom() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    let again = a
        .seal("copy.xml", INVOICE, None, &Silent)
        .await
        .expect("known");
    assert_eq!((again.record, again.already), (record, true));

    let financed = a
        .finance(&record, &plain(), &Silent)
        .await
        .expect("financed");
    assert!(!financed.already && financed.presented.is_some());
    let bytes = std::fs::read(&financed.receipt).expect("a receipt");
    let summary = receipt::verify(&bytes, Some(a.home().genesis())).expect("holds");
    assert_eq!(
        (summary.outcome.as_str(), summary.bank.as_str()),
        ("financed", "bank-a")
    );
    assert_eq!(summary.fingerprints.len(), financed.fingerprints.len());
    let again = a
        .finance(&record, &plain(), &Silent)
        .await
        .expect("done before");
    assert!(again.already);
    assert_eq!(again.receipt, financed.receipt);

    for form in [INVOICE, INVOICE_CII] {
        let record = sealed(&b, form).await;
        let error = b.finance(&record, &plain(), &Silent).await;
        let error = error.expect_err("a duplicate");
        assert!(
            error
                .to_string()
                .contains("bank-a has financed this document")
        );
        let told = error.refusal().expect("by the rules");
        let rule = Rule::Strict;
        assert_eq!(told, &Refusal::Duplicate { rule });
    }
    assert_eq!(world.counted("finance"), (1, 0), "bank B submitted nothing");
}

#[tokio::test]
async fn inquiries_answer_free_taken_and_similar_and_send_no_fingerprint() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    known(&a, "invoice.xml", INVOICE).await;
    known(&b, "altered.xml", ALTERED).await;
    let free = a
        .inquire("invoice.xml", INVOICE, None, &Silent)
        .await
        .expect("answered");
    assert_eq!((&free.answer, free.compared), (&Answer::Free, 0));
    let record = sealed(&a, INVOICE).await;
    assert_eq!(record, free.record, "the throwaway record is financed");
    a.finance(&record, &plain(), &Silent)
        .await
        .expect("financed");

    let taken = b
        .inquire("invoice.xml", INVOICE, None, &Silent)
        .await
        .expect("answered");
    let Answer::Taken(since) = taken.answer else {
        panic!("{taken:?}")
    };
    assert_eq!(
        (since.bank_name.as_str(), since.life),
        ("bank-a", Life::Financed)
    );
    let similar = b
        .inquire("altered.xml", ALTERED, None, &Silent)
        .await
        .expect("answered");
    let Answer::Similar(found) = &similar.answer else {
        panic!("{similar:?}")
    };
    assert!(found.iter().all(|one| !one.rule.is_strict()));
    let told = refusal(b.finance(&similar.record, &plain(), &Silent).await);
    let Refusal::Alert { rules } = told else {
        panic!("{told:?}")
    };
    assert_eq!(rules, found.iter().map(|one| one.rule).collect::<Vec<_>>());
    assert_eq!(world.counted("finance"), (1, 0), "bank B submitted nothing");
    let waived = FinanceOptions {
        hold_blocks: None,
        waivers: rules
            .iter()
            .rev()
            .map(|rule| Waiver {
                waived: Waived::Alert(*rule),
                reason: "seen".to_owned(),
            })
            .collect(),
        ..plain()
    };
    b.finance(&similar.record, &waived, &Silent)
        .await
        .expect("financed over the alert");
    let other = b
        .inquire("other.xml", OTHER, None, &Silent)
        .await
        .expect("answered");
    assert!(!matches!(other.answer, Answer::Taken(_)), "{other:?}");
    assert_eq!(other.compared, 2);
    let credit = b.inquire("credit.xml", CREDIT_NOTE, None, &Silent).await;
    assert_eq!(refusal(credit), Refusal::NotFinanceable);
}

#[tokio::test]
async fn a_hold_becomes_a_financing_and_is_released_once() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    let hold = FinanceOptions {
        hold_blocks: Some(50),
        ..plain()
    };
    let held = a.finance(&record, &hold, &Silent).await.expect("held");
    assert!(held.held_until.is_some());
    assert!(
        a.finance(&record, &hold, &Silent)
            .await
            .expect("held before")
            .already
    );
    let financed = a
        .finance(&record, &plain(), &Silent)
        .await
        .expect("financed");
    assert!(financed.held_until.is_none() && !financed.already);
    assert_ne!(financed.receipt, held.receipt);

    let reason = ReleaseReason::Repaid;
    assert_eq!(
        refusal(b.release(&record, reason, &Silent).await),
        Refusal::NotTheHolder
    );
    assert!(
        a.release(&record, reason, &Silent)
            .await
            .expect("released")
            .height
            .is_some()
    );
    assert!(
        a.release(&record, reason, &Silent)
            .await
            .expect("before")
            .height
            .is_none()
    );
    assert_eq!(
        refusal(a.finance(&record, &plain(), &Silent).await),
        Refusal::AlreadyFinanced
    );
    assert_eq!(world.counted("release"), (1, 0));
    let shown = a.record_show(&record).await.expect("shown");
    assert_eq!((shown.hidden, shown.state.word()), (0, "repaid"));
    assert!(shown.fields.iter().any(|field| field.path == "seller.ids"));
    let shown = b.record_show(&record).await;
    assert!(
        matches!(shown, Err(ClientError::Node(_)))
            || shown.is_ok_and(|view| view.fields.is_empty())
    );
}

#[tokio::test]
async fn a_replacement_is_asked_for_by_name_and_found_again() {
    let world = World::new().await;
    let a = world.bank("bank-a");
    let first = sealed(&a, INVOICE).await;
    let replace = || a.seal("invoice.xml", ALTERED, Some(first), &Silent);
    let second = replace().await.expect("sealed");
    assert_eq!((second.replaces, second.already), (Some(first), false));
    let again = replace().await.expect("known");
    assert_eq!((again.record, again.already), (second.record, true));
    let told = refusal(a.finance(&first, &plain(), &Silent).await);
    assert_eq!(told, Refusal::Replaced { by: second.record });
}

/// Works with the node dying at its `at`th request from now. Whether the work came to its end.
async fn killed_at(world: &World, at: usize, when: Dies, work: impl Future<Output = ()>) -> bool {
    {
        let mut served = world.node.served();
        served.dies = Some((served.requests + at, when));
        served.dead = false;
    }
    let killed = async {
        while !world.node.served().dead {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let through = tokio::select! {
        () = work => true,
        () = killed => false,
    };
    world.node.served().dies = None;
    through
}

/// Types `seal` and `finance` with the node dying. Whether both came through.
async fn typed(world: &World, at: usize, when: Dies) -> bool {
    let work = async {
        let bank = world.bank("bank-a");
        let sealed = bank.seal("invoice.xml", INVOICE, None, &Silent).await;
        let record = sealed.expect("sealed").record;
        let financed = bank
            .finance(&record, &plain(), &Silent)
            .await
            .expect("financed");
        let bytes = std::fs::read(&financed.receipt).expect("a receipt");
        receipt::verify(&bytes, Some(bank.home().genesis())).expect("holds");
    };
    killed_at(world, at, when, work).await
}

#[tokio::test]
async fn killed_at_every_request_and_typed_again_nothing_is_sent_twice() {
    for when in [Dies::Before, Dies::After] {
        let world = World::new().await;
        known(&world.bank("bank-a"), "invoice.xml", INVOICE).await;
        let mut at = 1;
        while !typed(&world, at, when).await {
            at += 1;
            assert!(at < 40, "it never comes through");
        }
        assert!(at > 3, "it was killed at several requests");
        for step in ["seal", "present", "finance"] {
            assert_eq!(world.counted(step), (1, 0), "{step}, {when:?}");
        }
        let home = Home::open(&world.home("bank-a"), &Unlock::Environment).expect("a home");
        assert_eq!(home.journal().outbox().expect("read"), None);
        assert_eq!(count(&world.home("bank-a").join("receipts")), 1);
        assert_eq!(count(&world.home("bank-a").join("records")), 1);
    }
}

/// A financing that no block has is judged again before it is sent again: by then another bank may have the document, and the
/// refusal would show everybody that the two are one.
#[tokio::test]
async fn a_financing_of_an_earlier_run_that_another_bank_was_faster_with_is_given_up() {
    let world = World::new().await;
    let record = sealed(&world.bank("bank-a"), INVOICE).await;
    let home = world.home("bank-a");
    let waits = || {
        let home = Home::open(&home, &Unlock::Environment).expect("a home");
        let outbox = home.journal().outbox().expect("read");
        outbox.is_some_and(|outbox| outbox.action == Action::Finance)
    };
    for at in 1.. {
        assert!(at < 40, "nothing is killed with a financing in the outbox");
        killed_at(&world, at, Dies::Before, async {
            let bank = world.bank("bank-a");
            let _ = bank.finance(&record, &plain(), &Silent).await;
        })
        .await;
        if waits() {
            break;
        }
    }
    let b = world.bank("bank-b");
    let of_b = sealed(&b, INVOICE).await;
    let done = b.finance(&of_b, &plain(), &Silent).await;
    done.expect("free: bank A's was never sent");
    let told = Mutex::new(Vec::new());
    let hear = |event: &Event| told.lock().expect("one thread").push(event.clone());
    let a = world.bank("bank-a");
    a.seal("invoice.xml", ALTERED, None, &hear)
        .await
        .expect("sealed");
    let told = told.into_inner().expect("one thread");
    let gone = told.iter().find(|event| event.activity == Activity::Warned);
    let gone = &gone.expect("it is said").detail;
    let parts = ["is given up", "bank-b has financed"];
    assert!(parts.iter().all(|part| gone.contains(part)), "{gone}");
    drop(a);
    assert!(!waits());
    let a = world.bank("bank-a");
    let refused = refusal(a.finance(&record, &plain(), &Silent).await);
    assert!(matches!(refused, Refusal::Duplicate { .. }), "{refused:?}");
    assert_eq!(world.counted("finance"), (1, 0), "bank A submitted nothing");
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("a folder").count()
}
