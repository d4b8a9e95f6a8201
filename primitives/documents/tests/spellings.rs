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

/// How numbers of each country are written in its own letters and papers.
const EVERYDAY: [(Source, Option<&str>, &str, &str, &str); 33] = [
    (
        Registration,
        None,
        "HU",
        "Cg. 01-10-041043",
        "hu-reg:0110041043",
    ),
    (
        Registration,
        None,
        "HU",
        "Cégjegyzékszám: 01-10-041043",
        "hu-reg:0110041043",
    ),
    (
        Registration,
        None,
        "RO",
        "J40/8302/23.10.1997",
        "ro-j:J40/8302/1997",
    ),
    (
        Registration,
        None,
        "RO",
        "Nr. Reg. Com. J40/8302/1997",
        "ro-j:J40/8302/1997",
    ),
    (
        Registration,
        None,
        "RO",
        "Nr. de ordine în Registrul Comerțului: J40/8302/1997",
        "ro-j:J40/8302/1997",
    ),
    (
        Registration,
        None,
        "MY",
        "201901234567 (1234567-A)",
        "my-brn:201901234567",
    ),
    (
        Registration,
        None,
        "MY",
        "201901234567 (123456-A)",
        "my-brn:201901234567",
    ),
    (
        Registration,
        None,
        "IT",
        "REA n. MI-2053691",
        "it-rea:MI2053691",
    ),
    (
        Registration,
        None,
        "IT",
        "R.E.A. NA-123456",
        "it-rea:NA123456",
    ),
    (
        Registration,
        None,
        "IT",
        "REA Nr. NO-245678",
        "it-rea:NO245678",
    ),
    (
        Registration,
        None,
        "PL",
        "KRS 0000028860, Sąd Rejonowy Łódź",
        "pl-krs:0000028860",
    ),
    (Registration, Some("RCS"), "LU", "B 12345", "lu-rcs:B12345"),
    (
        Registration,
        None,
        "LU",
        "R.C.S. Luxembourg B 12345",
        "lu-rcs:B12345",
    ),
    (
        Registration,
        None,
        "BG",
        "ЕИК 175074752",
        "bg-eik:175074752",
    ),
    (Registration, None, "MT", "C12345 Malta", "mt-reg:C12345"),
    (Registration, None, "CY", "ΗΕ 12345", "cy-reg:HE12345"),
    (
        Registration,
        None,
        "GB",
        "00445790 England",
        "gb-company:00445790",
    ),
    (
        Registration,
        None,
        "GB",
        "445790 England and Wales",
        "gb-company:00445790",
    ),
    (
        Registration,
        None,
        "DE",
        "HRB 33517 des Amtsgerichts Leipzig",
        "de-hr:HRB33517@LEIPZIG",
    ),
    (
        Registration,
        None,
        "DE",
        "Local Court of Munich, HRB 33517",
        "de-hr:HRB33517@MUENCHEN",
    ),
    (
        Registration,
        None,
        "DE",
        "HRB 33517 Frankfurt/M.",
        "de-hr:HRB33517@FRANKFURTAMMAIN",
    ),
    (
        Registration,
        None,
        "DE",
        "AG Offenbach a.M., HRB 33517",
        "de-hr:HRB33517@OFFENBACH",
    ),
    (Tax, Some("UID"), "AT", "ATU13585627", "at-vat:U13585627"),
    (Tax, None, "RU", "ИНН 7707083893", "ru-inn:7707083893"),
    (Tax, None, "RU", "7707083893/773601001", "ru-inn:7707083893"),
    (
        Tax,
        None,
        "RU",
        "ИНН/КПП 7707083893/773601001",
        "ru-inn:7707083893",
    ),
    (
        Tax,
        None,
        "RU",
        "ИНН 7707083893 КПП 773601001",
        "ru-inn:7707083893",
    ),
    (
        Tax,
        Some("VAT"),
        "FR",
        "TVA intracom. FR40303265045",
        "fr-siren:303265045",
    ),
    (
        Tax,
        Some("VAT"),
        "FI",
        "ALV-nro FI20774740",
        "fi-y:20774740",
    ),
    (
        Tax,
        Some("VAT"),
        "HU",
        "Adószám: HU12892312",
        "hu-vat:12892312",
    ),
    (
        Tax,
        Some("VAT"),
        "ES",
        "CIF/NIF ESB58378431",
        "es-nif:B58378431",
    ),
    (
        Tax,
        Some("VAT"),
        "LT",
        "PVM kodas LT119511515",
        "lt-vat:119511515",
    ),
    (
        Tax,
        Some("VAT"),
        "BG",
        "ДДС № BG175074752",
        "bg-eik:175074752",
    ),
];

/// What looks like one of those and is none: words that say another country, another register or another court.
const OTHERS: [(Source, Option<&str>, &str, &str, &str); 11] = [
    (
        Registration,
        None,
        "GB",
        "83026 Scotland",
        "gb-company:00083026",
    ),
    (Registration, None, "IT", "N. NO-245678", "it-rea:NO245678"),
    (
        Registration,
        None,
        "MY",
        "201901234567 (1234567)",
        "my-brn:201901234567",
    ),
    (Tax, None, "RU", "7707083893/77360100", "ru-inn:7707083893"),
    (
        Registration,
        None,
        "DE",
        "HRB 33517 XX Kiel",
        "de-hr:HRB33517XX@KIEL",
    ),
    (
        Registration,
        None,
        "DE",
        "HRB 33517 RZ Lübeck",
        "de-hr:HRB33517RZ@LUEBECK",
    ),
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
        .chain(EVERYDAY)
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

/// Nine digits are a whole ΑΦΜ: where its check digit is wrong, they are no number of the ΓΕΜΗ that lacks zeros.
#[test]
fn a_wrong_tax_number_is_no_register_number_of_greece() {
    let of = |value: &str| {
        let ids = identify(&Written {
            source: Registration,
            schemes: [None, None],
            value,
            country: Some("GR"),
        });
        let told = ids.iter().map(|id| {
            let warned = id.warning(sealane_documents::Place::default);
            (id.canonical(), id.is_strict(), warned.map(|one| one.rule))
        });
        told.collect::<Vec<_>>()
    };
    let right = ("gr-afm:094019245".to_owned(), true, None);
    assert_eq!(of("094019245"), [right]);
    let wrong = ("gr-afm:094019246".to_owned(), false, Some("SL-ID-CHECK"));
    assert_eq!(of("094019246"), [wrong]);
    for gemi in ["ΓΕΜΗ 94019246000", "121602401000", "GEMI: 000094019246"] {
        let found = of(gemi);
        assert!(
            found[0].1 && found[0].0.starts_with("gr-gemi:"),
            "{found:?}"
        );
    }
}
