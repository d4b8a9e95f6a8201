//! Properties of reading: one document is one document in UBL, in CII and in JSON; what is shown is read again
//! as the same; totals of tax mean the same in any order.

use std::fmt::Write as _;

use proptest::prelude::*;
use sealane_documents::{Document, Syntax, read, to_json};

/// A line: quantity, price in cents, an allowance in cents, and whether it names an order of its own.
type Line = (u32, u32, u32, bool);

fn cents(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", value.abs() / 100, value.abs() % 100)
}

fn total(line: &Line) -> i64 {
    i64::from(line.0) * i64::from(line.1) - i64::from(line.2)
}

/// Lines, and a charge of the document, all at 20 %.
#[derive(Debug, Clone)]
struct Invoice {
    lines: Vec<Line>,
    charge: u32,
    claims: bool,
    /// What is wrong with the payable amount, in cents.
    off: i64,
}

impl Invoice {
    fn sums(&self) -> [i64; 4] {
        let lines: i64 = self.lines.iter().map(total).sum();
        let net = lines + i64::from(self.charge);
        let tax = (net * 20 + 50).div_euclid(100);
        [lines, net, tax, net + tax]
    }

    fn claim(&self) -> &'static str {
        if self.claims {
            "URN:cen.eu:en16931:2017"
        } else {
            "urn:example:plain"
        }
    }

    fn ubl(&self) -> String {
        let [lines, net, tax, gross] = self.sums();
        let amount = |name: &str, value: i64| {
            format!("<cbc:{name} currencyID='EUR'>{}</cbc:{name}>", cents(value))
        };
        let party = |role: &str, name: &str| {
            let tax = match name {
                "Bergwald" => {
                    "<cac:PartyTaxScheme><cbc:CompanyID>DE811907980</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
                }
                _ => "",
            };
            format!(
                "<cac:{role}><cac:Party><cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>{tax}<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:{role}>"
            )
        };
        let category = |name: &str| {
            format!("<cac:{name}><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent></cac:{name}>")
        };
        let mut text = format!(
            "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2' xmlns:cac='urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2' xmlns:cbc='urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2'><cbc:CustomizationID>{}</cbc:CustomizationID><cbc:ID>P-1</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{}{}<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>{}{}</cac:AllowanceCharge><cac:TaxTotal>{}<cac:TaxSubtotal>{}{}{}</cac:TaxSubtotal></cac:TaxTotal><cac:LegalMonetaryTotal>{}{}{}{}{}</cac:LegalMonetaryTotal>",
            self.claim(),
            party("AccountingSupplierParty", "Bergwald"),
            party("AccountingCustomerParty", "Hafenkontor"),
            amount("Amount", self.charge.into()),
            category("TaxCategory"),
            amount("TaxAmount", tax),
            amount("TaxableAmount", net),
            amount("TaxAmount", tax),
            category("TaxCategory"),
            amount("LineExtensionAmount", lines),
            amount("TaxExclusiveAmount", net),
            amount("TaxInclusiveAmount", gross),
            amount("ChargeTotalAmount", self.charge.into()),
            amount("PayableAmount", gross + self.off),
        );
        for (index, line) in self.lines.iter().enumerate() {
            let order = if line.3 {
                format!(
                    "<cac:OrderLineReference><cbc:LineID>{index}</cbc:LineID><cac:OrderReference><cbc:ID>PO-{index}</cbc:ID></cac:OrderReference></cac:OrderLineReference>"
                )
            } else {
                String::new()
            };
            let _ = write!(
                text,
                "<cac:InvoiceLine><cbc:ID>{index}</cbc:ID><cbc:InvoicedQuantity unitCode='C62'>{}</cbc:InvoicedQuantity>{}{order}<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>{}</cac:AllowanceCharge><cac:Item><cbc:Name>Ware {index}</cbc:Name>{}</cac:Item><cac:Price>{}</cac:Price></cac:InvoiceLine>",
                line.0,
                amount("LineExtensionAmount", total(line)),
                amount("Amount", line.2.into()),
                category("ClassifiedTaxCategory"),
                amount("PriceAmount", line.1.into()),
            );
        }
        text + "</Invoice>"
    }

    fn cii(&self) -> String {
        let [lines, net, tax, gross] = self.sums();
        let amount = |name: &str, value: i64| format!("<ram:{name}>{}</ram:{name}>", cents(value));
        let party = |role: &str, name: &str| {
            let tax = match name {
                "Bergwald" => {
                    "<ram:SpecifiedTaxRegistration><ram:ID schemeID='VA'>DE811907980</ram:ID></ram:SpecifiedTaxRegistration>"
                }
                _ => "",
            };
            format!(
                "<ram:{role}><ram:Name>{name}</ram:Name><ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>{tax}</ram:{role}>"
            )
        };
        let category = "<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>20</ram:RateApplicablePercent>";
        let mut text = format!(
            "<rsm:CrossIndustryInvoice xmlns:rsm='urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100' xmlns:ram='urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100' xmlns:udt='urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100'><rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>{}</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext><rsm:ExchangedDocument><ram:ID>P-1</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format='102'>20260302</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction>",
            self.claim()
        );
        for (index, line) in self.lines.iter().enumerate() {
            let order = if line.3 {
                format!(
                    "<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-{index}</ram:IssuerAssignedID><ram:LineID>{index}</ram:LineID></ram:BuyerOrderReferencedDocument>"
                )
            } else {
                String::new()
            };
            let _ = write!(
                text,
                "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{index}</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct><ram:Name>Ware {index}</ram:Name></ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement>{order}<ram:NetPriceProductTradePrice>{}</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement><ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode='C62'>{}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax>{category}</ram:ApplicableTradeTax><ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>{}</ram:SpecifiedTradeAllowanceCharge><ram:SpecifiedTradeSettlementLineMonetarySummation>{}</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>",
                amount("ChargeAmount", line.1.into()),
                line.0,
                amount("ActualAmount", line.2.into()),
                amount("LineTotalAmount", total(line)),
            );
        }
        let _ = write!(
            text,
            "<ram:ApplicableHeaderTradeAgreement>{}{}</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:ApplicableTradeTax>{}{}{category}</ram:ApplicableTradeTax><ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>true</udt:Indicator></ram:ChargeIndicator>{}<ram:CategoryTradeTax>{category}</ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge><ram:SpecifiedTradeSettlementHeaderMonetarySummation>{}{}{}<ram:TaxTotalAmount currencyID='EUR'>{}</ram:TaxTotalAmount>{}{}</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>",
            party("SellerTradeParty", "Bergwald"),
            party("BuyerTradeParty", "Hafenkontor"),
            amount("CalculatedAmount", tax),
            amount("BasisAmount", net),
            amount("ActualAmount", self.charge.into()),
            amount("LineTotalAmount", lines),
            amount("ChargeTotalAmount", self.charge.into()),
            amount("TaxBasisTotalAmount", net),
            cents(tax),
            amount("GrandTotalAmount", gross),
            amount("DuePayableAmount", gross + self.off),
        );
        text
    }
}

fn invoices() -> impl Strategy<Value = Invoice> {
    let line = (1..50_u32, 100..100_000_u32, 0..100_u32, any::<bool>());
    let off = prop_oneof![3 => Just(0), 1 => -5..5_i64];
    (
        prop::collection::vec(line, 1..6),
        0..10_000_u32,
        any::<bool>(),
        off,
    )
        .prop_map(|(lines, charge, claims, off)| Invoice {
            lines,
            charge,
            claims,
            off,
        })
}

/// What is read, or the rules that refuse it, without where it stands.
fn outcome(text: &str) -> Result<Document, Vec<(&'static str, String)>> {
    match read(text.as_bytes(), "one") {
        Ok(mut document) => {
            document.syntax = Syntax::Json;
            for warning in &mut document.warnings {
                warning.place = sealane_documents::Place::default();
            }
            Ok(document)
        }
        Err(error) => {
            let faults = error.faults.into_iter();
            Err(faults.map(|fault| (fault.rule, fault.problem)).collect())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn one_document_is_one_in_every_format(invoice in invoices()) {
        let ubl = outcome(&invoice.ubl());
        prop_assert_eq!(&ubl, &outcome(&invoice.cii()));
        prop_assert_eq!(ubl.is_ok(), invoice.off == 0 || !invoice.claims);
        // Where nothing binds, it is read and can be shown; then it claims again, in JSON.
        let plain = Invoice { claims: false, ..invoice.clone() };
        let mut shown = to_json(&read(plain.ubl().as_bytes(), "plain.xml").expect("nothing binds"));
        prop_assert_eq!(outcome(&shown.to_string()), outcome(&plain.ubl()));
        shown["customization"] = invoice.claim().into();
        prop_assert_eq!(outcome(&shown.to_string()), ubl);
    }

    #[test]
    fn totals_of_tax_mean_the_same_in_any_order(
        taxes in prop::collection::vec((0..1_000_i64, any::<bool>()), 1..6),
        turn in 0..6_usize,
    ) {
        let of = |taxes: &[(i64, bool)]| {
            let totals = taxes.iter().map(|(tax, listed)| {
                let tax = cents(*tax);
                let entry = if *listed {
                    format!("<cac:TaxSubtotal><cbc:TaxAmount currencyID='EUR'>{tax}</cbc:TaxAmount></cac:TaxSubtotal>")
                } else {
                    String::new()
                };
                format!("<cac:TaxTotal><cbc:TaxAmount currencyID='EUR'>{tax}</cbc:TaxAmount>{entry}</cac:TaxTotal>")
            });
            let invoice = Invoice { lines: vec![(1, 100, 0, false)], charge: 0, claims: false, off: 0 };
            let text = invoice.ubl();
            let (from, to) = (text.find("<cac:TaxTotal>").expect("one"), text.find("<cac:LegalMonetaryTotal>").expect("one"));
            let text = format!("{}{}{}", &text[..from], totals.collect::<String>(), &text[to..]);
            read(text.as_bytes(), "taxes.xml").expect("plain UBL").totals.tax
        };
        let mut turned = taxes.clone();
        turned.rotate_left(turn % taxes.len());
        prop_assert_eq!(of(&turned), of(&taxes));
    }
}
