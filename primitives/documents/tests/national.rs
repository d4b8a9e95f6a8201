//! Documents of national profiles that claim no EN 16931, each with what makes it unlike the others. Written
//! for this project after the profiles' own pages; companies and people are invented.

use sealane_documents::{ClaimKind, Decimal, Document, LineStatus, canonical, read, to_text};
use sealane_types::fields::FieldValue;
use sealane_types::schema::{Kind, slot};

fn number(text: &str) -> Option<Decimal> {
    Some(Decimal::parse(text).expect("a number"))
}

fn party(role: &str, name: &str, country: &str) -> String {
    format!(
        "<cac:{role}><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:{role}>"
    )
}

fn ubl(root: &str, body: &str) -> String {
    format!(
        "<{root} xmlns='urn:oasis:names:specification:ubl:schema:xsd:{root}-2' xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'><cbc:ID>N-1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>{body}</{root}>"
    )
}

fn parsed(text: &str) -> Document {
    read(text.as_bytes(), "national.xml").expect("it is valid where it comes from")
}

fn line(total: &str, currency: &str) -> String {
    format!(
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode='PCE'>10</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID='{currency}'>{total}</cbc:LineExtensionAmount><cac:Item><cbc:Name>Goods</cbc:Name></cac:Item></cac:InvoiceLine>"
    )
}

fn tax(amount: &str, breakdown: &str) -> String {
    format!(
        "<cac:TaxTotal><cbc:TaxAmount currencyID='PEN'>{amount}</cbc:TaxAmount>{breakdown}</cac:TaxTotal>"
    )
}

#[test]
fn jordan_writes_its_currency_in_two_letters() {
    let body = format!(
        "<cbc:InvoiceTypeCode name='012'>388</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>JOD</cbc:DocumentCurrencyCode>{}{}<cac:TaxTotal><cbc:TaxAmount currencyID='JO'>16.000000000</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID='JO'>100.000000000</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID='JO'>116.000000000</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID='JO'>116.000000000</cbc:PayableAmount></cac:LegalMonetaryTotal>{}",
        party("AccountingSupplierParty", "Petra Soap", "JO"),
        party("AccountingCustomerParty", "Aqaba Hotels", "JO"),
        line("100.000000000", "JO"),
    );
    let document = parsed(&ubl("Invoice", &body));
    assert_eq!(document.currency.as_deref(), Some("JOD"));
    assert_eq!(document.totals.tax, number("16"));
    assert_eq!(document.totals.payable, number("116"));
    let claims =
        format!("<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>{body}");
    let error = read(ubl("Invoice", &claims).as_bytes(), "claims.xml").map(|_| ());
    let error = error.expect_err("under EN 16931 it is another currency");
    assert!(
        error.faults.iter().any(|fault| fault.rule == "SL-CURRENCY"),
        "{error}"
    );
}

#[test]
fn peru_states_no_total_without_tax_and_a_total_for_each_tax() {
    let body = format!(
        "<cbc:CustomizationID>2.0</cbc:CustomizationID><cbc:InvoiceTypeCode listID='0101'>01</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>PEN</cbc:DocumentCurrencyCode>{}{}{}{}<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID='PEN'>100.00</cbc:LineExtensionAmount><cbc:TaxInclusiveAmount currencyID='PEN'>123.50</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID='PEN'>123.50</cbc:PayableAmount></cac:LegalMonetaryTotal>{}",
        party("AccountingSupplierParty", "Textiles Andinos", "PE"),
        party("AccountingCustomerParty", "Bodega del Sur", "PE"),
        tax("18.00", ""),
        tax("5.50", ""),
        line("100.00", "PEN"),
    );
    let document = parsed(&ubl("Invoice", &body));
    assert_eq!(document.totals.tax, number("23.50"));
    assert_eq!(document.kind, Kind::Invoice);
}

#[test]
fn a_saudi_invoice_to_the_public_names_no_buyer() {
    let body = format!(
        "<cbc:ProfileID>reporting:1.0</cbc:ProfileID><cbc:InvoiceTypeCode name='0200000'>388</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>SAR</cbc:DocumentCurrencyCode>{}<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID='SAR'>115.00</cbc:PayableAmount></cac:LegalMonetaryTotal>{}",
        party("AccountingSupplierParty", "Najd Bakery", "SA"),
        line("100.00", "SAR"),
    );
    let document = parsed(&ubl("Invoice", &body));
    assert_eq!(document.buyer.name, None);
    let rules: Vec<_> = document.warnings.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["BR-07"]);
}

#[test]
fn a_malaysian_credit_note_stands_in_an_invoice() {
    let body = |code: &str, country: &str| {
        let body = format!(
            "<cbc:InvoiceTypeCode listVersionID='1.1'>{code}</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>MYR</cbc:DocumentCurrencyCode>{}{}<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID='MYR'>100.00</cbc:PayableAmount></cac:LegalMonetaryTotal>{}",
            party("AccountingSupplierParty", "Pinang Rubber", country),
            party("AccountingCustomerParty", "Johor Tyres", country),
            line("100.00", "MYR"),
        );
        parsed(&ubl("Invoice", &body)).kind
    };
    assert_eq!(body("01", "MYS"), Kind::Invoice);
    for code in ["02", "04", "12", "14"] {
        assert_eq!(body(code, "MYS"), Kind::CreditNote, "{code}");
        assert_eq!(
            body(code, "CO"),
            Kind::Invoice,
            "{code}: Colombia's exports have 02"
        );
        assert_eq!(body(code.trim_start_matches('0'), "MY"), Kind::CreditNote);
    }
}

#[test]
fn a_plain_credit_note_needs_no_totals_on_lines() {
    let body = format!(
        "<cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>{}{}<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID='USD'>10.00</cbc:PayableAmount></cac:LegalMonetaryTotal><cac:CreditNoteLine><cbc:ID>1</cbc:ID><cbc:CreditedQuantity>1</cbc:CreditedQuantity></cac:CreditNoteLine>",
        party("AccountingSupplierParty", "Lakeside Mills", "US"),
        party("AccountingCustomerParty", "Bay Bakeries", "US"),
    );
    assert_eq!(parsed(&ubl("CreditNote", &body)).lines[0].total, None);
}

#[test]
fn a_receipt_says_what_was_turned_down_and_what_was_missing() {
    let receipt = |unit: &str| {
        let body = format!(
            "<cac:DespatchDocumentReference><cbc:ID>LS-9</cbc:ID></cac:DespatchDocumentReference>{}{}<cac:ReceiptLine><cbc:ID>1</cbc:ID><cbc:ReceivedQuantity unitCode='C62'>10</cbc:ReceivedQuantity><cbc:ShortQuantity unitCode='C62'>2</cbc:ShortQuantity><cbc:RejectedQuantity unitCode='{unit}'>3</cbc:RejectedQuantity><cac:OrderLineReference><cbc:LineID>4</cbc:LineID><cac:OrderReference><cbc:ID>PO-71</cbc:ID></cac:OrderReference></cac:OrderLineReference><cac:DespatchLineReference><cbc:LineID>7</cbc:LineID><cac:DocumentReference><cbc:ID>LS-10</cbc:ID></cac:DocumentReference></cac:DespatchLineReference></cac:ReceiptLine>",
            party("DespatchSupplierParty", "Bergwald", "DE"),
            party("DeliveryCustomerParty", "Hafenkontor", "SE"),
        );
        read(ubl("ReceiptAdvice", &body).as_bytes(), "receipt.xml")
    };
    let document = receipt("C62").expect("a receipt");
    let line = &document.lines[0];
    assert_eq!((line.rejected, line.short), (number("3"), number("2")));
    assert_eq!(line.order.as_deref(), Some("PO-71"));
    assert_eq!(line.despatch.as_deref(), Some("LS-10"));
    assert_eq!(line.despatch_line.as_deref(), Some("7"));
    assert_eq!(document.despatch_references, ["LS-9", "LS-10"]);
    let error = receipt("KGM").map(|_| ()).expect_err("another unit");
    assert_eq!(error.faults[0].rule, "SL-UNIT", "{error}");
}

#[test]
fn a_turkish_receipt_joins_the_despatch_advice_by_its_number() {
    const UUID: &str = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
    let receipt = |uuids: &[&str], numbers: &[&str], line: &str| {
        let despatch = |id: &&str| {
            format!(
                "<cac:DespatchDocumentReference><cbc:ID>{id}</cbc:ID></cac:DespatchDocumentReference>"
            )
        };
        let number = |(code, id): (&str, &&str)| {
            format!(
                "<cac:AdditionalDocumentReference><cbc:ID>{id}</cbc:ID><cbc:DocumentTypeCode>{code}</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>"
            )
        };
        let uuids: String = uuids.iter().map(despatch).collect();
        let coded = numbers.iter().map(|id| number(("DespatchAdviceID", id)));
        let others = [number(("OrderID", &"PO-9"))].into_iter();
        let numbers: String = others.chain(coded).collect();
        let of = match line {
            "" => String::new(),
            of => format!("<cac:DocumentReference><cbc:ID>{of}</cbc:ID></cac:DocumentReference>"),
        };
        let body = format!(
            "{uuids}{numbers}{}{}<cac:ReceiptLine><cbc:ID>1</cbc:ID><cbc:ReceivedQuantity unitCode='C62'>10</cbc:ReceivedQuantity><cac:DespatchLineReference><cbc:LineID>7</cbc:LineID>{of}</cac:DespatchLineReference></cac:ReceiptLine>",
            party("DespatchSupplierParty", "Ege Kumaş", "TR"),
            party("DeliveryCustomerParty", "Bursa Tekstil", "TR"),
        );
        parsed(&ubl("ReceiptAdvice", &body))
    };
    let joined = receipt(&[UUID], &["GIB2026000000023"], "");
    assert_eq!(joined.despatch_references, ["GIB2026000000023"]);
    assert!(joined.warnings.is_empty(), "{:?}", joined.warnings);
    let by_line = receipt(&[UUID], &["GIB2026000000023"], UUID);
    assert_eq!(by_line.despatch_references, ["GIB2026000000023"]);
    assert_eq!(
        by_line.lines[0].despatch.as_deref(),
        Some("GIB2026000000023")
    );
    let number_alone = receipt(&[], &["GIB2026000000023"], "");
    assert_eq!(number_alone.despatch_references, ["GIB2026000000023"]);
    let plain = receipt(&["LS-9"], &["GIB2026000000023"], "");
    assert_eq!(plain.despatch_references, ["LS-9"]);
    for numbers in [&[][..], &["GIB2026000000023", "GIB2026000000024"]] {
        let untold = receipt(&[UUID], numbers, "");
        assert_eq!(untold.despatch_references, [UUID]);
        let rules: Vec<_> = untold.warnings.iter().map(|one| one.rule).collect();
        assert_eq!(rules, ["SL-UUID"]);
    }
}

#[test]
fn answers_to_orders_say_what_becomes_of_each_line() {
    let answer = |status: &str| {
        let body = format!(
            "<cbc:OrderResponseCode>CA</cbc:OrderResponseCode><cac:OrderReference><cbc:ID>PO-71</cbc:ID></cac:OrderReference>{}{}<cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID>{status}<cbc:Quantity unitCode='C62'>4</cbc:Quantity></cac:LineItem></cac:OrderLine>",
            party("SellerSupplierParty", "Bergwald", "DE"),
            party("BuyerCustomerParty", "Hafenkontor", "SE"),
        );
        parsed(&ubl("OrderResponse", &body))
    };
    for (code, status) in [
        (
            "<cbc:LineStatusCode>1</cbc:LineStatusCode>",
            LineStatus::Added,
        ),
        (
            "<cbc:LineStatusCode>CA</cbc:LineStatusCode>",
            LineStatus::Changed,
        ),
        (
            "<cbc:LineStatusCode>5</cbc:LineStatusCode>",
            LineStatus::Accepted,
        ),
        (
            "<cbc:LineStatusCode>7</cbc:LineStatusCode>",
            LineStatus::Rejected,
        ),
        (
            "<cbc:LineStatusCode listID='UNCL1225'>27</cbc:LineStatusCode>",
            LineStatus::Rejected,
        ),
    ] {
        let document = answer(code);
        assert_eq!(document.lines[0].status, Some(status), "{code}");
        assert!(document.warnings.is_empty(), "{code}");
    }
    let unknown = answer("<cbc:LineStatusCode>42</cbc:LineStatusCode>");
    assert_eq!(unknown.lines[0].status, None);
    assert_eq!(unknown.warnings[0].rule, "SL-LINE-STATUS");
    assert!(answer("").warnings.is_empty());
}

#[test]
fn an_order_of_un_cefact_is_read() {
    let party =
        |role: &str, name: &str| format!("<ram:{role}><ram:Name>{name}</ram:Name></ram:{role}>");
    let text = format!(
        "<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm='urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100' xmlns:ram='urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128' xmlns:udt='urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128'><rsm:ExchangedDocument><ram:ID>PO-71</ram:ID><ram:TypeCode>220</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format='203'>202602011045</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Tisch</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>100.00</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery><ram:RequestedQuantity unitCode='C62'>4</ram:RequestedQuantity></ram:SpecifiedLineTradeDelivery></ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement>{}{}</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>400.00</ram:LineTotalAmount><ram:GrandTotalAmount>476.00</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:SCRDMCCBDACIOMessageStructure>",
        party("SellerTradeParty", "Bergwald"),
        party("BuyerTradeParty", "Hafenkontor"),
    );
    let document = parsed(&text);
    assert_eq!(
        (document.kind, document.id.as_str()),
        (Kind::Order, "PO-71")
    );
    assert_eq!(document.issue_date.to_string(), "2026-02-01");
    assert_eq!(document.lines[0].quantity, number("4"));
    assert_eq!(document.totals.payable, number("476.00"));
    assert_eq!(document.currency.as_deref(), Some("EUR"));
}

fn invoice(code: &str, line: &str) -> String {
    let body = format!(
        "<cbc:InvoiceTypeCode>{code}</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>TRY</cbc:DocumentCurrencyCode>{}{}<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID='TRY'>100.00</cbc:PayableAmount></cac:LegalMonetaryTotal>{line}",
        party("AccountingSupplierParty", "Ege Kumaş", "TR"),
        party("AccountingCustomerParty", "Bursa Tekstil", "TR"),
    );
    ubl("Invoice", &body)
}

fn sealed_code(document: &Document) -> Option<FieldValue> {
    let fields = canonical(document).expect("it fits");
    fields.header[slot::TYPE_CODE].clone()
}

#[test]
fn a_type_code_is_understood_or_sealed_as_one_that_nobody_finances() {
    let of = |code: &str| parsed(&invoice(code, &line("100.00", "TRY")));
    for code in ["0381", "３８１", "Credit note"] {
        assert_eq!(of(code).kind, Kind::CreditNote, "{code}");
        assert_eq!(sealed_code(&of(code)), Some(FieldValue::Integer(381)));
    }
    // an invoice of the one who returns the goods, which nobody finances
    let back = of("IADE");
    assert_eq!(back.claim_kind(), Some(ClaimKind::Credit));
    assert_eq!(sealed_code(&back), Some(FieldValue::Integer(381)));
    assert!(to_text(&back).contains("cannot be financed"));
    assert_eq!(sealed_code(&of("SATIS")), None);
    for (word, code) in [("Proforma 9", 325), ("Fatura 9", 0)] {
        let unclaimed = of(word);
        let sealed = sealed_code(&unclaimed);
        assert_eq!(sealed, Some(FieldValue::Integer(code)), "{word}");
        assert_eq!(unclaimed.claim_kind(), Some(ClaimKind::NoClaim));
        assert!(to_text(&unclaimed).contains("cannot be financed"));
    }
}

fn priced(currency: &str, unit: &str) -> String {
    let price = format!(
        "<cac:Price><cbc:PriceAmount currencyID='{currency}'>10.00</cbc:PriceAmount><cbc:BaseQuantity unitCode='{unit}'>1</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>"
    );
    invoice(
        "380",
        &line("100.00", "TRY").replace("</cac:InvoiceLine>", &price),
    )
}

#[test]
fn a_price_is_in_the_document_s_currency_and_for_the_line_s_unit() {
    let document = parsed(&priced("TRY", "PCE"));
    assert_eq!(document.lines[0].price, number("10"));
    let error = read(priced("EUR", "PCE").as_bytes(), "price.xml").expect_err("another currency");
    assert_eq!(error.faults[0].rule, "SL-CURRENCY");
    let document = parsed(&priced("TRY", "KGM"));
    assert_eq!(
        (document.lines[0].price, document.lines[0].base_quantity),
        (None, None)
    );
    assert!(document.warnings.iter().any(|one| one.rule == "SL-UNIT"));
}

#[test]
fn an_unreadable_amount_is_not_missing_as_well() {
    let text = invoice("380", &line("100.00", "TRY"))
        .replace(">100.00</cbc:Payable", ">100,00</cbc:Payable");
    let error = read(text.as_bytes(), "comma.xml").expect_err("no number");
    let rules: Vec<_> = error.faults.iter().map(|fault| fault.rule).collect();
    assert_eq!(rules, ["SL-NUMBER"], "{error}");
}

#[test]
fn a_time_after_a_date_is_left_out_and_no_zone_is_made_up() {
    let of = |date: &str| {
        let text = invoice("380", &line("100.00", "TRY")).replace("2026-03-02", date);
        read(text.as_bytes(), "date.xml").map(|document| document.issue_date.to_string())
    };
    for date in [
        "2026-03-02T00:00:00",
        "2026-03-02T23:59:59.5+03:00",
        "2026-03-02Z",
        "2026-03-02-14:00",
    ] {
        assert_eq!(of(date).as_deref(), Ok("2026-03-02"), "{date}");
    }
    for date in [
        "2026-03-02+25:99",
        "2026-03-02T25:00:00",
        "2026-03-02T00:00",
        "2026-03-02T00:00:00.",
        "2026-03-02é",
    ] {
        assert!(of(date).is_err(), "{date}");
    }
}

#[test]
fn an_entry_of_the_breakdown_in_another_currency_is_told() {
    let entry = "<cac:TaxTotal><cbc:TaxAmount currencyID='TRY'>0.00</cbc:TaxAmount><cac:TaxSubtotal><cbc:TaxableAmount currencyID='TRY'>100.00</cbc:TaxableAmount><cbc:TaxAmount currencyID='EUR'>0.00</cbc:TaxAmount></cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>";
    let text = invoice("380", &line("100.00", "TRY")).replace("<cac:LegalMonetaryTotal>", entry);
    let document = parsed(&text);
    assert!(document.taxes.is_empty());
    assert!(
        document
            .warnings
            .iter()
            .any(|one| one.rule == "SL-CURRENCY")
    );
}

#[test]
fn what_turns_text_around_is_shown_as_what_it_is() {
    let text =
        invoice("380", &line("100.00", "TRY")).replace("Ege Kumaş", "Ege\u{202e}Kumaş\u{2066}");
    let shown = to_text(&parsed(&text));
    assert!(shown.contains("Ege\\u{202e}Kumaş\\u{2066}"), "{shown}");
    assert!(!shown.contains(['\u{202e}', '\u{2066}']));
}

#[test]
fn what_is_not_read_is_called_by_its_name() {
    let ubl = "urn:oasis:names:specification:ubl:schema:xsd";
    let of_ubl = format!("<Reminder xmlns='{ubl}:Reminder-2'/>");
    for (file, name) in [
        (&b"<p:FatturaElettronica xmlns:p='http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2'/>"[..], "FatturaPA"),
        (b"<ORDERS05><IDOC BEGIN='1'/></ORDERS05>", "SAP IDoc"),
        (b"EDI_DC40  100000", "SAP IDoc"),
        (of_ubl.as_bytes(), "UBL document of another kind"),
        (b"<Invoice xmlns='http://www.ebinterface.at/schema/6p0/'/>", "ebInterface"),
        (b"<x:CrossIndustryDocument xmlns:x='urn:ferd:CrossIndustryDocument:invoice:1p0'/>", "Cross Industry message of another version"),
        (b"<NFe/>", "NF-e"),
        (b"<html/>", "web page"),
        (b"UNA:+.? 'UNB+UNOC:3", "UN/EDIFACT"),
        (b"\r\n UNH+1+INVOIC", "UN/EDIFACT"),
        (b"ISA*00*", "ANSI X12"),
        (b"{1:F01BANKDEFF", "SWIFT MT"),
        (b"PK\x03\x04", "ZIP"),
        (b"\x30\x82\x01\x02", "signed envelope"),
        (b"<NFer/>", "none of "),
        (b"<x/>", "none of "),
        (b"hello", "neither XML nor JSON"),
    ] {
        let error = read(file, "file").expect_err(name).to_string();
        assert!(error.contains(name), "{name}: {error}");
        assert!(error.contains("sealane document new"), "{error}");
    }
}

#[test]
fn a_picture_is_told_to_be_typed_in() {
    for start in [
        &b"\xff\xd8\xff\xe0"[..],
        b"\x89PNG\r\n\x1a\n",
        b"II*\0",
        b"MM\0*",
    ] {
        let error = read(start, "scan").expect_err("a picture");
        assert!(error.to_string().contains("document new"), "{error}");
    }
}
