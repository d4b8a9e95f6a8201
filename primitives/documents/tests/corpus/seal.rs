//! Which valid documents can be sealed, and why the others cannot.

use sealane_documents::{Document, SealError, Syntax, canonical, to_json, to_text};

use super::index::Corpus;

#[test]
fn valid_documents_fit_their_records_but_for_too_many_identifiers() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let (mut fit, mut invoices, mut fit_invoices) = (0, 0, 0);
    let mut refused = Vec::new();
    for entry in corpus
        .entries()
        .iter()
        .filter(|entry| entry.is_ours() && entry.is_valid())
    {
        let Ok(document) = corpus.read(&entry.path) else {
            continue;
        };
        let invoice = entry.text("kind") == Some("Invoice");
        invoices += usize::from(invoice);
        match canonical(&document) {
            Ok(_) => {
                fit += 1;
                fit_invoices += usize::from(invoice);
            }
            Err(error) => refused.push((entry.path.clone(), error)),
        }
    }
    eprintln!("{fit} documents fit, {fit_invoices} of {invoices} invoices; not:");
    for (path, error) in &refused {
        eprintln!("  {path}: {error}");
    }
    let unexpected: Vec<_> = refused
        .iter()
        .filter(|(_, error)| !matches!(error, SealError::TooManyIds { .. }))
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert!(fit >= 290, "only {fit} fit");
}

#[test]
fn what_is_shown_can_be_read_back() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let mut read = 0;
    for entry in corpus
        .entries()
        .iter()
        .filter(|entry| entry.is_ours() && entry.is_valid())
    {
        let Ok(document) = corpus.read(&entry.path) else {
            continue;
        };
        read += 1;
        let shown = to_json(&document);
        let again =
            sealane_documents::read(shown.to_string().as_bytes(), "shown.json").expect(&entry.path);
        assert_eq!(canonical(&again), canonical(&document), "{}", entry.path);
        // Warnings are found anew; those on what XML alone can say are not.
        let plain = |document: &Document| Document {
            syntax: Syntax::Json,
            warnings: Vec::new(),
            more_warnings: 0,
            ..document.clone()
        };
        assert_eq!(plain(&again), plain(&document), "{}", entry.path);
        assert!(to_text(&document).lines().count() > 4, "{}", entry.path);
    }
    assert!(read >= 330, "only {read} were read");
}
