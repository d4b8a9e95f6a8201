//! Every invalid file of the index is refused, with place and rule, or let through by the checked list
//! `specs/schemas/let-through.md`.

use std::collections::BTreeSet;

use super::index::{Corpus, listed};

#[test]
fn invalid_documents_are_refused_or_listed() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    let listed = listed("# Documents published as invalid that Sealane reads");
    let mut read = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for entry in corpus.entries().iter().filter(|entry| !entry.is_valid()) {
        tried += 1;
        match corpus.read(&entry.path) {
            Ok(_) => {
                read.insert(entry.path.clone());
            }
            Err(error) => {
                let told = error
                    .faults
                    .iter()
                    .all(|fault| !fault.rule.is_empty() && !fault.problem.is_empty());
                let placed = error.faults.iter().all(|fault| {
                    fault.rule == "SL-FORMAT"
                        || fault.place.position.is_some()
                        || !fault.place.path.is_empty()
                });
                if !(told && placed) {
                    wrong.push(error.to_string());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "without place or rule: {wrong:?}");
    assert!(tried >= 190, "only {tried} were tried");
    let read: BTreeSet<&str> = read.iter().map(String::as_str).collect();
    let unlisted: Vec<_> = read.difference(&listed).collect();
    let refused: Vec<_> = listed.difference(&read).collect();
    assert!(unlisted.is_empty(), "read, but not listed: {unlisted:#?}");
    assert!(
        refused.is_empty(),
        "listed, but refused or absent: {refused:#?}"
    );
}

#[test]
fn the_rule_that_is_broken_is_named() {
    let Some(corpus) = Corpus::open() else {
        return;
    };
    for (path, rule) in [
        (
            "si-ubl/invalid/Invoice/SI-UBL-2.0_BR-S-08_error.xml",
            "BR-S-08",
        ),
        (
            "zugferd-facturx/invalid/Invoice/invalidXRV30.xml",
            "BR-CO-16",
        ),
        (
            "xrechnung/invalid/Invoice/ubl-inv-br-dex-03-test-16-remove.xml",
            "BR-CO-10",
        ),
        (
            "xrechnung/invalid/Invoice/ubl-inv-br-de-16-test-bt-102-67-code-Z.xml",
            "BR-Z-01",
        ),
        (
            "peppol-sg/invalid/Invoice/SG_INV_example_16b_-_GST_in_SGD_With_Several_Errors.xml",
            "BR-CO-17",
        ),
        (
            "si-ubl/invalid/Invoice/SI-UBL-2.0_UBL-SR-11_error_multiple_legalentity_companyid.xml",
            "UBL-SR-11",
        ),
        (
            "si-ubl/invalid/Invoice/SI-UBL-2.0_UBL-SR-15_error_multiple_legalentity_registrationname.xml",
            "UBL-SR-15",
        ),
        (
            "si-ubl/invalid/Invoice/SI-UBL-INV-1.2-error-BII2-T10-R003.xml",
            "BR-02",
        ),
        (
            "peppol-bis3-billing/invalid/Invoice/vat-category-O-invalid-bytes.xml",
            "SL-ENCODING",
        ),
        (
            "zugferd-facturx/invalid/Invoice/not_validating_full_invoice_based_onTest_EeISI_300_CENfullmodel.ubl.xml",
            "BR-CO-10",
        ),
    ] {
        let error = corpus.read(path).expect_err(path);
        assert!(
            error.faults.iter().any(|fault| fault.rule == rule),
            "{error}"
        );
        assert!(
            error
                .faults
                .iter()
                .all(|fault| fault.place.position.is_some()),
            "{error}"
        );
    }
}
