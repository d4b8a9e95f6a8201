//! Fields pass from one home to another, exactly those that were given, and what does not fit is refused.

use sealane_crypto::handover::{Card, CardError, HandoverError};
use sealane_crypto::keys::{InstitutionSecret, Place};
use sealane_crypto::signature::SigningKey;
use sealane_types::alias::Standing;
use sealane_types::encoding::Encode;

use super::*;
use crate::flows::{HandoverFault, Import, NewCustomer, Shown};
use crate::home::contacts::Contact;
use crate::home::customers::CustomerRole;
use crate::home::grants::{Given, Granted};

/// What was wrong with a hand-over.
fn fault<T: std::fmt::Debug>(result: Result<T, ClientError>, code: u8) -> HandoverFault {
    let error = result.expect_err("it does not fit");
    assert_eq!(error.exit_code(), code, "{error}");
    match error {
        ClientError::Handover(fault) => fault,
        other => panic!("{other}"),
    }
}

fn file_fault<T: std::fmt::Debug>(result: Result<T, ClientError>) -> HandoverError {
    match fault(result, 2) {
        HandoverFault::File(error) => error,
        other => panic!("{other}"),
    }
}

/// `a` has `b`'s card.
pub(super) async fn acquainted(a: &Bank, b: &Bank) {
    let card = b.card().await.expect("a card");
    a.add_contact(&card, None).await.expect("it holds");
}

pub(super) async fn given(a: &Bank, record: &RecordId, paths: &str) -> Vec<u8> {
    let grant = a.grant(record, "bank-b", paths).await;
    grant.expect("given").file
}

async fn taken(b: &Bank, file: &[u8]) -> Import {
    b.import(file).await.expect("it holds")
}

fn granted(bank: &Bank, record: &RecordId) -> Granted {
    let granted = bank.home().granted(record).expect("read");
    granted.expect("it was given")
}

fn paths_of(bank: &Bank, record: &RecordId) -> Vec<Place> {
    let fields = granted(bank, record).fields.into_iter();
    fields.map(|(place, _)| place).collect()
}

#[tokio::test]
async fn exactly_the_fields_given_arrive_and_further_ones_are_added() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    acquainted(&a, &b).await;
    assert!(b.home().granted(&record).expect("read").is_none());
    let file = given(&a, &record, "id,lines[0].quantity").await;
    let import = taken(&b, &file).await;
    assert_eq!(import.fields, ["id", "lines[0].quantity"]);
    assert_eq!((import.from.as_str(), import.already), ("bank-a", false));
    let shown = b.record_show(&record).await.expect("shown");
    let paths: Vec<&str> = shown.fields.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, ["id", "lines[0].quantity"]);
    assert_eq!(shown.hidden, granted(&b, &record).record.leaves().len() - 2);
    let own = a.record_show(&record).await.expect("shown");
    for field in &shown.fields {
        assert!(own.fields.contains(field), "{field:?}");
    }
    // the same file once more changes nothing, also with the process begun anew
    assert!(taken(&b, &file).await.already);
    let line = Place::Line { line: 0, slot: 4 };
    assert_eq!(paths_of(&b, &record), [Place::Header(0), line]);
    let more = given(&a, &record, "issue_date,id").await;
    assert!(!taken(&b, &more).await.already);
    assert!(taken(&b, &file).await.already, "nothing is forgotten");
    drop(b);
    let b = world.bank("bank-b");
    let all = [Place::Header(0), Place::Header(2), line];
    assert_eq!(paths_of(&b, &record), all);
    // and the giver knows what it gave
    let noted: Vec<Given> = a.home().all_given().expect("read");
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].places.iter().copied().collect::<Vec<_>>(), all);
    assert_eq!(noted[0].receiver, b.home().alias());
    assert_eq!(b.home().all_imported().expect("read").len(), 1);
    assert_eq!(count(&world.home("bank-b").join("records")), 0);
}

#[tokio::test]
async fn an_own_record_is_read_as_a_granted_one() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    let own = granted(&a, &record);
    assert_eq!(own.fields.len(), own.record.leaves().len());
    assert!(own.evidence.is_empty());
    acquainted(&a, &b).await;
    taken(&b, &given(&a, &record, "all").await).await;
    let other = granted(&b, &record);
    assert_eq!(own.fields, other.fields);
    assert_eq!((own.record, own.sealer), (other.record, other.sealer));
}

#[tokio::test]
async fn a_customer_s_record_is_given_by_its_bank_with_who_the_customer_is() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let acme = NewCustomer {
        name: "acme".to_owned(),
        role: CustomerRole::Company,
        identifiers: vec![("vat".to_owned(), "DE 129273398".to_owned())],
        reading: crate::flows::Reading::default(),
    };
    let alias = a.register(&acme, &Silent).await.expect("registered").alias;
    let sealed = a.seal_as(alias, "invoice.xml", INVOICE, None, &Silent);
    let record = sealed.await.expect("sealed").record;
    acquainted(&a, &b).await;
    let import = taken(&b, &given(&a, &record, "seller").await).await;
    assert_eq!(import.identifiers, ["de-vat:129273398"]);
    let on_chain = b.alias(&alias).await.expect("proven").expect("there");
    for bank in [&a, &b] {
        let commitment = granted(bank, &record).sealer.commitment();
        assert_eq!(commitment, on_chain.commitment);
    }
    assert_eq!(b.home().opening_of(&alias).expect("read"), None);
    // a book that says something else than what the alias was registered with is not handed on
    let mut book = a.home().customers().expect("read");
    book.customers[0].identifiers.clear();
    a.home().keep_customers(&book).expect("kept");
    let lost = a.grant(&record, "bank-b", "seller").await;
    let lost = lost.expect_err("it does not fit");
    let other = ClientError::Seller(crate::flows::SellerFault::OtherAlias(alias));
    assert_eq!(lost.to_string(), other.to_string());
}

#[tokio::test]
async fn nothing_is_given_to_whom_may_not_act_and_a_key_of_another_home_signs_nothing() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let acme = NewCustomer {
        name: "acme".to_owned(),
        role: CustomerRole::Carrier,
        identifiers: vec![("vat".to_owned(), "DE129274202".to_owned())],
        reading: crate::flows::Reading::default(),
    };
    let alias = a.register(&acme, &Silent).await.expect("registered").alias;
    let key = a.home().customer_key(&alias);
    let card = Card::new(a.home().chain(), alias, &a.home().receiving(), &key).to_bytes();
    let nameless = fault(b.add_contact(&card, None).await, 2);
    assert!(matches!(nameless, HandoverFault::NameNeeded), "{nameless}");
    b.add_contact(&card, Some("carrier")).await.expect("kept");
    let record = sealed(&b, INVOICE).await;
    let grant = b.grant(&record, "carrier", "id").await.expect("given");
    let import = a.import(&grant.file).await.expect("it holds");
    assert_eq!(import.from, "bank-b");
    let suspended = a.set_standing("acme", Standing::Suspended, &Silent).await;
    assert_eq!(suspended.expect("suspended"), 1);
    let refused = fault(b.grant(&record, "carrier", "id").await, 3);
    let why = "carrier gets nothing, as it may not act on the chain: it is suspended";
    assert_eq!(refused.to_string(), why);
    let own = b.alias(&b.home().alias()).await.expect("proven");
    let own = own.expect("there").key;
    assert!(b.home().signing_as(&own).is_some());
    assert!(a.home().signing_as(&own).is_none());
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_kept() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    let unknown = a.grant(&record, "bank-b", "id").await;
    assert!(matches!(fault(unknown, 2), HandoverFault::NoContact(name) if name == "bank-b"));
    acquainted(&a, &b).await;
    acquainted(&b, &a).await;
    let typo = fault(a.grant(&record, "bank-b", "sellr").await, 2).to_string();
    assert!(typo.contains("did you mean `seller`?"), "{typo}");
    let foreign = b.grant(&record, "bank-a", "id").await;
    assert!(matches!(foreign, Err(ClientError::NotOurs(_))));
    assert!(a.home().all_given().expect("read").is_empty());
    let file = given(&a, &record, "id").await;
    assert_eq!(file_fault(a.import(&file).await), HandoverError::Closed);
    let elsewhere = World::new().await;
    let refused = elsewhere.bank("bank-b").import(&file).await;
    assert_eq!(file_fault(refused), HandoverError::OtherChain);
    let cut = file_fault(b.import(&file[..20]).await);
    assert!(matches!(cut, HandoverError::Form(_)));
    assert!(b.home().all_imported().expect("read").is_empty());
}

#[tokio::test]
async fn a_contact_is_an_alias_whose_card_holds_under_a_name_of_its_own() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let card = b.card().await.expect("a card");
    let mut altered = card.clone();
    altered[80] ^= 1; // of the receiving key's holder
    let refused = fault(a.add_contact(&altered, None).await, 2);
    assert!(refused.to_string().contains("not signed"), "{refused}");
    let foreign = World::new().await.bank("bank-a").card().await;
    let foreign = a.add_contact(&foreign.expect("a card"), None).await;
    assert!(matches!(
        fault(foreign, 2),
        HandoverFault::Card(CardError::OtherChain)
    ));
    for name in ["bank-a", "node-a"] {
        let taken = fault(a.add_contact(&card, Some(name)).await, 2);
        assert!(matches!(taken, HandoverFault::NameTaken(_)), "{taken}");
    }
    let none = fault(a.add_contact(&card, Some("Bank B")).await, 2);
    assert!(matches!(none, HandoverFault::NameNeeded), "{none}");
    assert!(a.home().contacts().expect("read").contacts.is_empty());
    let own = a.add_contact(&card, Some("uncle")).await.expect("kept");
    assert_eq!(own.alias(), b.home().alias());
    let record = sealed(&a, INVOICE).await;
    for name in ["uncle", "bank-b"] {
        let grant = a.grant(&record, name, "id").await.expect("given");
        assert_eq!(grant.to.name, "uncle");
    }
    let stranger = fault(a.grant(&record, "Bank B", "id").await, 2);
    assert!(matches!(stranger, HandoverFault::NoContact(_)));
    a.add_contact(&card, None).await.expect("renamed");
    assert_eq!(a.home().contacts().expect("read").contacts.len(), 1);
}

/// A card that was made with a key which the chain names no more: a thief's, say, from before the key was changed.
#[tokio::test]
async fn a_card_of_an_earlier_key_gets_nothing_until_a_new_card_comes() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed(&a, INVOICE).await;
    let earlier = SigningKey::from_seed(&[7; 32]);
    let thief = InstitutionSecret::import(a.home().genesis().suite, &[9; 32]).receiving();
    let card = Card::new(a.home().chain(), b.home().alias(), &thief, &earlier);
    let mut book = a.home().contacts().expect("read");
    book.note(Contact::new("bank-b", &card));
    a.home().keep_contacts(&book).expect("kept");
    let lapsed = fault(a.grant(&record, "bank-b", "id").await, 3);
    assert!(matches!(lapsed, HandoverFault::CardLapsed(name) if name == "bank-b"));
    assert!(a.home().all_given().expect("read").is_empty());
    acquainted(&a, &b).await;
    let import = taken(&b, &given(&a, &record, "id").await).await;
    assert_eq!(import.fields, ["id"]);
}

#[tokio::test]
async fn a_field_that_was_encoded_wrongly_is_told_kept_as_evidence_and_the_rest_works() {
    let world = World::new().await;
    let (a, b) = (world.bank("bank-a"), world.bank("bank-b"));
    let record = sealed_wrongly(&a, 2).await;
    acquainted(&a, &b).await;
    let import = taken(&b, &given(&a, &record, "id,issue_date").await).await;
    let [(path, reason)] = &import.wrong[..] else {
        panic!("{:?}", import.wrong);
    };
    assert_eq!(path, "issue_date");
    assert!(reason.contains("does not decrypt"), "{reason}");
    let granted = granted(&b, &record);
    assert_eq!(granted.fields.len(), 1);
    assert!(granted.evidence[0].verify(&granted.record).is_ok());
    let shown = b.record_show(&record).await.expect("shown");
    let mismatch = |shown: &Shown| matches!(shown, Shown::Mismatch { .. });
    assert!(shown.fields.iter().any(|field| mismatch(&field.shown)));
}
