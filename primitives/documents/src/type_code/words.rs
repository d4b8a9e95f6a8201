//! Words that stand in place of a type code, by their letters alone and without their marks.

/// Words for an ordinary invoice, by their letters alone: Turkey's kinds of sale, and the plain names.
pub(super) const ORDINARY: [&str; 37] = [
    "SATIS",
    "TEVKIFAT",
    "ISTISNA",
    "OZELMATRAH",
    "IHRACKAYITLI",
    "SGK",
    "KOMISYONCU",
    "HKSSATIS",
    "HKSKOMISYONCU",
    "KONAKLAMAVERGISI",
    "SARJ",
    "SARJANLIK",
    "TEKNOLOJIDESTEK",
    "YTBSATIS",
    "YTBISTISNA",
    "YTBTEVKIFAT",
    "INVOICE",
    "COMMERCIALINVOICE",
    "SALESINVOICE",
    "STANDARDINVOICE",
    "TAXINVOICE",
    "STANDARD",
    "RECHNUNG",
    "HANDELSRECHNUNG",
    "FACTURE",
    "FACTURECOMMERCIALE",
    "FATTURA",
    "FACTURA",
    "FACTURACOMERCIAL",
    "FATURA",
    "FACTUUR",
    "FAKTURA",
    "FAKTURAVAT",
    "LASKU",
    "ARVE",
    "SZAMLA",
    "RACUN",
];
/// Words for a credit note, by their letters alone.
pub(super) const CREDIT: [&str; 27] = [
    "CREDIT",
    "CREDITNOTE",
    "CREDITMEMO",
    "CREDITINVOICE",
    "SELFBILLEDCREDITNOTE",
    "REFUND",
    "REFUNDNOTE",
    "GUTSCHRIFT",
    "RECHNUNGSGUTSCHRIFT",
    "STORNO",
    "STORNORECHNUNG",
    "AVOIR",
    "FACTUREDAVOIR",
    "NOTEDECREDIT",
    "NOTADECREDITO",
    "NOTACREDITO",
    "NOTADICREDITO",
    "NOTADICREDITOELETTRONICA",
    "CREDITNOTA",
    "CREDITFACTUUR",
    "KREDITNOTA",
    "KREDITNOTE",
    "KREDITFAKTURA",
    "KREDITTNOTA",
    "HYVITYSLASKU",
    "KREEDITARVE",
    "ABONO",
];

/// Words of papers that ask for no payment, by their letters alone: drafts, estimates, quotations. They are sealed as a pro
/// forma, and so is every word with [`PRO_FORMA`] in it.
pub(super) const OFFERS: [&str; 33] = [
    "DRAFT",
    "DRAFTINVOICE",
    "PRELIMINARYINVOICE",
    "PREINVOICE",
    "ESTIMATE",
    "QUOTE",
    "QUOTATION",
    "OFFER",
    "ENTWURF",
    "RECHNUNGSENTWURF",
    "VORRECHNUNG",
    "ANGEBOT",
    "KOSTENVORANSCHLAG",
    "BROUILLON",
    "PREFACTURE",
    "DEVIS",
    "OFFRE",
    "OFFREDEPRIX",
    "BORRADOR",
    "PREFACTURA",
    "PRESUPUESTO",
    "COTIZACION",
    "OFERTA",
    "BOZZA",
    "PREVENTIVO",
    "OFFERTA",
    "RASCUNHO",
    "ORCAMENTO",
    "CONCEPT",
    "CONCEPTFACTUUR",
    "OFFERTE",
    "TILBUD",
    "TARJOUS",
];
/// The letters of a pro forma invoice in any language.
pub(super) const PRO_FORMA: &str = "PROFORMA";
/// Parts of a document's name that say a paper which asks for no payment of its own, by their letters alone: no word of
/// another meaning has them.
const NOTHING_DUE: [&str; 33] = [
    PRO_FORMA,
    "DRAFT",
    "ESTIMATE",
    "QUOTATION",
    "PREINVOICE",
    "PRELIMINARYINVOICE",
    "ENTWURF",
    "ANGEBOT",
    "VORRECHNUNG",
    "KOSTENVORANSCHLAG",
    "BROUILLON",
    "PREFACTUR",
    "BORRADOR",
    "PRESUPUESTO",
    "COTIZACION",
    "PREVENTIVO",
    "RASCUNHO",
    "ORCAMENTO",
    "DUPLICA",
    "DUPLIKAT",
    "KOPIE",
    "REMINDER",
    "DUNNING",
    "MAHNUNG",
    "ERINNERUNG",
    "SOLLECITO",
    "RECORDATORIO",
    "STATEMENTOFACCOUNT",
    "KONTOAUSZUG",
    "LIEFERSCHEIN",
    "DELIVERYNOTE",
    "ORDERCONFIRMATION",
    "AUFTRAGSBESTATIGUNG",
];
/// The same, of words that are whole ones.
const NOTHING_DUE_ALONE: [&str; 9] = [
    "COPY",
    "COPIE",
    "COPIA",
    "KOPIA",
    "KOPI",
    "RAPPEL",
    "RELANCE",
    "AANMANING",
    "BETALINGSHERINNERING",
];

/// Whether a document's name says a paper that asks for no payment of its own; `letters` takes a word's letters.
pub(super) fn asks_for_nothing(name: &str, letters: impl Fn(&str) -> String) -> bool {
    let whole = letters(name);
    let mut words = name.split(|sign: char| !sign.is_alphabetic()).map(letters);
    NOTHING_DUE.iter().any(|part| whole.contains(part))
        || words.any(|word| {
            let word = word.as_str();
            NOTHING_DUE_ALONE.contains(&word) || OFFERS.contains(&word)
        })
}

/// Turkey's words for goods that go back: an invoice of the one who returns them, for what the other owes back.
pub(super) const RETURNS: [&str; 4] = ["IADE", "TEVKIFATIADE", "YTBIADE", "YTBTEVKIFATIADE"];
