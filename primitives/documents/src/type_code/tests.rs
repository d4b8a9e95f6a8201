use super::*;

fn of(code: &str, country: &str) -> TypeCode {
    TypeCode::of(Some(code), Some(country), Claim::default())
}

#[test]
fn type_codes_say_whose_claim_it_is() {
    let of = |code| ClaimKind::of(Kind::Invoice, TypeCode::Number(code)).expect("an invoice");
    for (code, kind) in [
        (380, ClaimKind::Own),
        (389, ClaimKind::SelfBilled),
        (471, ClaimKind::SelfBilled),
        (500, ClaimKind::SelfBilled),
        (527, ClaimKind::SelfBilled),
        (393, ClaimKind::Factored),
        (472, ClaimKind::Factored),
        (473, ClaimKind::SelfBilledFactored),
        (501, ClaimKind::SelfBilledFactored),
        (381, ClaimKind::Credit),
    ] {
        assert_eq!(of(code), kind, "{code}");
        assert_eq!(ClaimKind::of_sealed(Some(code.into())), kind, "{code}");
        let listed = FINANCEABLE.contains(&u64::from(code));
        assert_eq!(listed, kind.is_claim(), "the circuit agrees on {code}");
    }
    assert_eq!(ClaimKind::of_sealed(None), ClaimKind::Own);
    for none in [0, -389, i64::MAX] {
        assert_eq!(ClaimKind::of_sealed(Some(none)), ClaimKind::NoClaim);
    }
    for code in [71, 102, 130, 325, 553, 751, 817, 870, 935, 1, 0] {
        assert_eq!(of(code), ClaimKind::NoClaim, "{code}");
    }
    assert!(of(501).is_factored() && of(501).is_self_billed());
    assert!(!of(553).is_claim() && of(380).is_claim());
    assert_eq!(ClaimKind::of(Kind::Order, TypeCode::Number(220)), None);
    let credit = ClaimKind::of(Kind::CreditNote, TypeCode::Number(380));
    assert_eq!(credit, Some(ClaimKind::Credit));
}

#[test]
fn spellings_of_a_number_are_one_code() {
    for code in ["381", "0381", " 381 ", "３８１", "٣٨١", "3\u{200b}81"] {
        assert_eq!(of(code, "DE"), TypeCode::Number(381), "{code}");
    }
    assert_eq!(of("03800", "DE"), TypeCode::Unknown);
    assert_eq!(of("38O", "DE").sealed(), Some(0));
    assert_eq!(of(" ", "DE").sealed(), None);
}

#[test]
fn words_are_understood_or_said_not_to_be() {
    for word in ["IADE", "İade", "Tevkifat iade"] {
        assert_eq!(of(word, "TR"), TypeCode::Return, "{word}");
    }
    for word in [
        "Credit note",
        "credit-note",
        "Gutschrift",
        "Nota de crédito",
    ] {
        assert!(of(word, "TR").is_credit_note(), "{word}");
    }
    for word in [
        "SATIS",
        "Satış",
        "OZELMATRAH",
        "İstisna",
        "Commercial invoice",
    ] {
        assert_eq!(of(word, "TR"), TypeCode::Ordinary, "{word}");
    }
    assert_eq!(of("whatever", "TR"), TypeCode::Unknown);
}

/// By name as by number: none of these claims a payment, in any language, and none is an ordinary invoice.
#[test]
fn pro_formas_drafts_and_offers_are_no_claims() {
    for word in [
        "Pro forma",
        "PROFORMA",
        "Pro-forma invoice",
        "Proforma-Rechnung",
        "Facture pro forma",
        "Faktura pro forma",
        "Factura proforma",
        "Draft",
        "draft invoice",
        "Entwurf",
        "Estimate",
        "Quotation",
        "Quote",
        "Angebot",
        "Devis",
        "Presupuesto",
        "Cotización",
        "Preventivo",
        "Orçamento",
        "325",
    ] {
        let code = of(word, "DE");
        assert!(code.is_understood(), "{word}");
        assert_eq!(code.sealed(), Some(325), "{word}");
        let kind = ClaimKind::of(Kind::Invoice, code);
        assert_eq!(kind, Some(ClaimKind::NoClaim), "{word}");
    }
    let why = no_claim(Some(325)).expect("no claim");
    assert!(
        why.contains("pro forma") && why.contains("claims no payment"),
        "{why}"
    );
}

#[test]
fn what_is_not_understood_says_so_and_what_to_write() {
    for word in [
        "VAT invoice",
        "Final invoice",
        "Schlussrechnung",
        "Abschlagsrechnung",
        "Debit note",
        "Nota de débito",
        "請求書",
    ] {
        let code = of(word, "DE");
        assert!(!code.is_understood(), "{word}");
        assert_eq!(code.sealed(), Some(0), "{word}");
    }
    assert!(!of("310", "DE").is_understood() && of("380", "DE").is_understood());
    let why = no_claim(Some(0)).expect("no claim");
    assert!(
        why.contains("not understood") && why.contains("UNTDID 1001 code: 380"),
        "{why}"
    );
    assert!(!why.contains("code 0"), "{why}");
    let why = no_claim(Some(310)).expect("no claim");
    assert!(why.contains("310 is none of UNTDID 1001's"), "{why}");
    assert!(
        no_claim(Some(935))
            .expect("no claim")
            .contains("states no claim")
    );
    assert!(
        no_claim(Some(381))
            .expect("no claim")
            .contains("credit note")
    );
    for claim in [None, Some(380), Some(389), Some(393)] {
        assert_eq!(no_claim(claim), None);
    }
}

#[test]
fn a_country_s_own_codes_are_not_untdid_1001() {
    for country in ["PE", "MYS", "MY", "CO"] {
        assert_eq!(of("01", country).sealed(), None, "{country}");
    }
    assert_eq!(of("01", "DE").sealed(), Some(1));
    assert!(of("07", "PE").is_credit_note() && of("14", "MYS").is_credit_note());
    let claim = Claim::of(Some("urn:peppol:pint:billing-1@my-1"));
    let bound = TypeCode::of(Some("01"), Some("MY"), claim);
    assert_eq!(bound, TypeCode::Number(1));
}
