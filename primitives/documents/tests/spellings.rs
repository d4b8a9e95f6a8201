//! Words, prefixes and spellings that documents write around a number leave the number as it is.

use sealane_documents::identifiers::{Source, Written, identify};

use Source::{Identification, Registration, Tax};

/// Place, label, country, what is written, and the strict identifier that it is.
const SPELLINGS: [(Source, Option<&str>, &str, &str, &str); 33] = [
    (
        Tax,
        Some("VAT"),
        "AT",
        "UID: ATU13585627",
        "at-vat:U13585627",
    ),
    (
        Tax,
        Some("VAT"),
        "AT",
        "UID-Nr. ATU 13585627",
        "at-vat:U13585627",
    ),
    (
        Tax,
        Some("VAT"),
        "CH",
        "CHE-116.281.710 TVA-MWST",
        "ch-uid:116281710",
    ),
    (
        Tax,
        Some("VAT"),
        "CH",
        "CHE-116.281.710 TVA/MWST/IVA",
        "ch-uid:116281710",
    ),
    (
        Tax,
        Some("VAT"),
        "CH",
        "TVA-MWST CHE-116.281.710",
        "ch-uid:116281710",
    ),
    (
        Tax,
        Some("VAT"),
        "CH",
        "CHE-116.281.710 VAT No.",
        "ch-uid:116281710",
    ),
    (
        Registration,
        None,
        "CH",
        "CHE-116.281.710 IVA/MWST",
        "ch-uid:116281710",
    ),
    (
        Tax,
        Some("VAT"),
        "SI",
        "ID za DDV: SI50223054",
        "si-vat:50223054",
    ),
    (
        Tax,
        Some("VAT"),
        "SI",
        "DDV št. SI50223054",
        "si-vat:50223054",
    ),
    (
        Tax,
        Some("VAT"),
        "SI",
        "Identifikacijska številka za DDV: SI50223054",
        "si-vat:50223054",
    ),
    (
        Tax,
        Some("VAT"),
        "SI",
        "Davčna številka 50223054",
        "si-vat:50223054",
    ),
    (
        Tax,
        Some("VAT"),
        "HR",
        "PDV ID broj: HR33392005961",
        "hr-oib:33392005961",
    ),
    (Tax, Some("VAT"), "CZ", "DIČ: CZ25123891", "cz-ico:25123891"),
    (
        Registration,
        None,
        "GB",
        "Registered in England No. 04587213",
        "gb-company:04587213",
    ),
    (
        Registration,
        None,
        "GB",
        "Registered in England and Wales No: 4587213",
        "gb-company:04587213",
    ),
    (
        Registration,
        None,
        "GB",
        "Registered in England & Wales 04587213",
        "gb-company:04587213",
    ),
    (
        Registration,
        None,
        "GB",
        "Company registered in Wales, number 04587213",
        "gb-company:04587213",
    ),
    (
        Registration,
        None,
        "GB",
        "Registered in Scotland No. SC123456",
        "gb-company:SC123456",
    ),
    (
        Registration,
        None,
        "GB",
        "Registered in Northern Ireland NI012345",
        "gb-company:NI012345",
    ),
    (
        Registration,
        None,
        "GB",
        "Registered in England under company no. 04587213",
        "gb-company:04587213",
    ),
    (
        Registration,
        None,
        "IE",
        "Registered in Ireland No. 123456",
        "ie-cro:123456",
    ),
    (
        Registration,
        None,
        "DE",
        "AG Muenchen, HR B 33517",
        "de-hr:HRB33517@MUENCHEN",
    ),
    (
        Registration,
        None,
        "DE",
        "HR B33517, Amtsgericht München",
        "de-hr:HRB33517@MUENCHEN",
    ),
    (
        Registration,
        None,
        "DE",
        "HR-A 33517 AG Koeln",
        "de-hr:HRA33517@KOELN",
    ),
    (
        Registration,
        None,
        "DE",
        "DE HRB 33517, Amtsgericht Leipzig",
        "de-hr:HRB33517@LEIPZIG",
    ),
    (
        Registration,
        None,
        "DE",
        "HR B 33517 B, Berlin (Charlottenburg)",
        "de-hr:HRB33517@CHARLOTTENBURG",
    ),
    (Registration, None, "AT", "AT FN122119m", "at-fn:122119M"),
    (Registration, None, "AT", "ATFN 122119 m", "at-fn:122119M"),
    (Registration, None, "AT", "FN AT122119m", "at-fn:122119M"),
    (
        Identification,
        Some("LEI"),
        "DE",
        "LEI529900T8BM49AURSDO55",
        "lei:529900T8BM49AURSDO55",
    ),
    (
        Identification,
        Some("0199"),
        "DE",
        "LEI: 5299 00T8 BM49 AURS DO55",
        "lei:529900T8BM49AURSDO55",
    ),
    (
        Identification,
        Some("LEI"),
        "DE",
        "LEI-Code 529900T8BM49AURSDO55",
        "lei:529900T8BM49AURSDO55",
    ),
    (
        Identification,
        Some("LEI"),
        "DE",
        "529900T8BM49AURSDO55",
        "lei:529900T8BM49AURSDO55",
    ),
];

/// What looks like one of those and is none: words that say another country, another register or another court.
const OTHERS: [(Source, Option<&str>, &str, &str, &str); 5] = [
    (
        Registration,
        None,
        "DE",
        "HR 33517 AG München",
        "de-hr:HRB33517@MUENCHEN",
    ),
    (
        Registration,
        None,
        "DE",
        "HR B 33517",
        "de-hr:HRB33517@MUENCHEN",
    ),
    (
        Registration,
        None,
        "DE",
        "HR A 33517 AG München",
        "de-hr:HRB33517@MUENCHEN",
    ),
    (Registration, None, "AT", "DE FN122119m", "at-fn:122119M"),
    (
        Tax,
        Some("VAT"),
        "AT",
        "UID: DE13585627",
        "at-vat:U13585627",
    ),
];

fn strict(
    (source, label, country, value, _): (Source, Option<&str>, &str, &str, &str),
) -> Vec<String> {
    let ids = identify(&Written {
        source,
        schemes: [label, None],
        value,
        country: Some(country),
    });
    let strict = ids.iter().filter(|id| id.is_strict());
    strict.map(|id| id.canonical()).collect()
}

#[test]
fn words_around_a_number_say_nothing_of_it() {
    let wrong: Vec<String> = SPELLINGS
        .into_iter()
        .filter(|case| strict(*case) != [case.4])
        .map(|case| format!("{:?} is {:?}, not {}", case.3, strict(case), case.4))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn other_words_say_another_number() {
    for case in OTHERS {
        assert!(!strict(case).contains(&case.4.to_owned()), "{:?}", case.3);
    }
}
