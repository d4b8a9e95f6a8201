//! Cases after public bug reports about who a party is and which number a document has. Each folder's README says what
//! happened elsewhere and what is right here; two documents meet where a fingerprint rule would have equal inputs.

use std::collections::BTreeSet;
use std::path::Path;

use sealane_documents::{Document, canonical, read};
use sealane_types::fields::{FieldValue, loose_number, strict_number};
use sealane_types::schema::slot;

fn case(folder: &str, file: &str) -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/cases")
        .join(folder)
        .join(file);
    let bytes = std::fs::read(&path).expect("the case is there");
    read(&bytes, file).expect("the case is read")
}

/// The inputs of the strict rule: one for each strict identifier of the seller.
fn strict(document: &Document) -> BTreeSet<[String; 3]> {
    let (number, date) = (strict_number(&document.id), document.issue_date.to_string());
    let ids = document.seller.strict_ids();
    ids.map(|id| [id.canonical(), number.clone(), date.clone()])
        .collect()
}

/// The inputs of the rule of orders: seller and first order.
fn by_order(document: &Document) -> BTreeSet<[String; 2]> {
    let order = document
        .order_references
        .first()
        .map(|order| loose_number(order));
    let ids = document.seller.strict_ids();
    ids.filter_map(|id| Some([id.canonical(), order.clone()?]))
        .collect()
}

fn meet<T: Ord>(left: &BTreeSet<T>, right: &BTreeSet<T>) -> bool {
    !left.is_disjoint(right)
}

/// All of these are one invoice of one seller.
fn one_invoice(folder: &str, files: &[&str]) {
    let documents: Vec<Document> = files.iter().map(|file| case(folder, file)).collect();
    for (document, file) in documents.iter().zip(files) {
        assert!(
            meet(&strict(&documents[0]), &strict(document)),
            "{folder}/{file}"
        );
        let seals = canonical(document).expect("it fits").header;
        let sealed = seals[slot::SELLER_IDS].clone().expect("a seller");
        assert_eq!(
            Some(sealed),
            canonical(&documents[0]).expect("it fits").header[slot::SELLER_IDS],
            "{file}"
        );
    }
}

#[test]
fn case_03_na_names_no_order() {
    let folder = "03-order-reference-NA";
    let (first, second) = (case(folder, "first.xml"), case(folder, "second.xml"));
    assert!(first.order_references.is_empty() && second.order_references.is_empty());
    assert!(!meet(&by_order(&first), &by_order(&second)));
    assert!(!meet(&strict(&first), &strict(&second)));
    let mut made = first.clone();
    made.order_references = vec!["n/a".into(), "PO-1".into(), "#NO#".into()];
    let sealed = canonical(&made).expect("it fits").header[slot::ORDER_REFERENCES].clone();
    assert_eq!(sealed, Some(FieldValue::References(vec!["PO-1".into()])));
}

#[test]
fn case_04_with_and_without_the_country() {
    one_invoice(
        "04-vat-number-with-and-without-country",
        &["with.xml", "without.xml"],
    );
}

#[test]
fn case_05_swiss_suffixes() {
    one_invoice("05-swiss-vat-suffix", &["plain.xml", "de.xml", "fr.xml"]);
}

#[test]
fn case_06_danish_vat_numbers() {
    one_invoice("06-danish-0198-and-DK-SE", &["oioubl.xml", "peppol.xml"]);
}

#[test]
fn case_07_belgian_codes() {
    one_invoice(
        "07-belgian-9956-and-0208",
        &["today.xml", "older.xml", "oldest.xml"],
    );
}

#[test]
fn case_08_what_looks_the_same_is_the_same_number() {
    let files = [
        "plain.xml",
        "decomposed.xml",
        "fullwidth.xml",
        "hyphen-2011.xml",
        "nbsp.xml",
        "zero-width.xml",
    ];
    let folder = "08-unicode-in-number";
    let documents = files.map(|file| case(folder, file));
    for (document, file) in documents.iter().zip(files) {
        assert_eq!(
            loose_number(&document.id),
            loose_number(&documents[0].id),
            "{file}"
        );
        // A space inside a number is a separator, which the looser rules leave out.
        let separator = file == "nbsp.xml";
        assert_eq!(
            meet(&strict(&documents[0]), &strict(document)),
            !separator,
            "{file}"
        );
    }
}

#[test]
fn case_09_one_register_number_at_two_courts() {
    let folder = "09-same-HRB-number-two-courts";
    let (kiel, leipzig) = (case(folder, "kiel.xml"), case(folder, "leipzig.xml"));
    assert_eq!(kiel.id, leipzig.id);
    assert!(!meet(&strict(&kiel), &strict(&leipzig)));
    for document in [&kiel, &leipzig] {
        assert_eq!(strict(document).len(), 1, "the VAT number alone");
        assert!(
            document
                .seller
                .ids
                .iter()
                .any(|id| id.canonical() == "de-hr-bare:HRB33517" && !id.is_strict())
        );
    }
}

#[test]
fn case_31_equal_digits_of_two_countries() {
    let folder = "31-one-vat-number-two-countries";
    let (faroe, iceland) = (case(folder, "faroe.xml"), case(folder, "iceland.xml"));
    assert_eq!(faroe.id, iceland.id);
    assert!(!strict(&faroe).is_empty() && !strict(&iceland).is_empty());
    assert!(!meet(&strict(&faroe), &strict(&iceland)));
}
