//! Invoices written for tests, as UBL.

use std::fmt::Write as _;

/// The seller of tests' invoices, a customer of all banks.
pub const SELLER: &str = "Kettle & Sons";
/// Its VAT identifier.
pub const SELLER_ID: &str = "DE129273398";

/// One line of an invoice.
#[derive(Debug, Clone)]
pub struct Line {
    /// The item's name.
    pub item: String,
    /// The quantity, as written.
    pub quantity: String,
    /// The unit price, as written.
    pub price: String,
    /// The line's total, as written.
    pub total: String,
}

/// An invoice or credit note of one seller to one buyer.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// The document's number.
    pub number: String,
    /// Issue date, `YYYY-MM-DD`.
    pub date: String,
    /// UN/CEFACT 1001 type code: 380 an invoice, 381 a credit note.
    pub type_code: String,
    /// The seller's name.
    pub seller: String,
    /// The seller's VAT identifier.
    pub seller_id: String,
    /// The buyer's name.
    pub buyer: String,
    /// The buyer's VAT identifier.
    pub buyer_id: String,
    /// The order, where it names one.
    pub order: Option<String>,
    /// The despatch advice, where it names one.
    pub despatch: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// The payable amount, as written.
    pub payable: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Invoice {
    /// An invoice of two lines with this number, of one seller that all banks know; each number has a buyer and references of
    /// its own, so that no two of them share a fingerprint by any rule.
    #[must_use]
    pub fn new(number: &str) -> Self {
        let line = |item: &str, quantity: &str, price: &str, total: &str| Line {
            item: item.to_owned(),
            quantity: quantity.to_owned(),
            price: price.to_owned(),
            total: total.to_owned(),
        };
        Self {
            number: number.to_owned(),
            date: "2026-03-02".to_owned(),
            type_code: "380".to_owned(),
            seller: SELLER.to_owned(),
            seller_id: SELLER_ID.to_owned(),
            buyer: format!("Quayside Stores of {number}"),
            buyer_id: vat(number),
            order: Some(format!("PO-{number}")),
            despatch: Some(format!("DA-{number}")),
            currency: "EUR".to_owned(),
            payable: "1250.50".to_owned(),
            lines: vec![
                line("Copper kettle, 2 l", "10", "100.00", "1000.00"),
                line("Brass lid", "25", "10.02", "250.50"),
            ],
        }
    }

    /// The document as UBL 2.1: a credit note where the type code is one's, an invoice else.
    #[must_use]
    pub fn ubl(&self) -> String {
        let credit = self.type_code == "381";
        let (name, line, quantity) = match credit {
            true => ("CreditNote", "CreditNoteLine", "CreditedQuantity"),
            false => ("Invoice", "InvoiceLine", "InvoicedQuantity"),
        };
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name} \
             xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{name}-2\" \
             xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
             xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n"
        );
        self.put_header(&mut text, name);
        self.put_party(
            &mut text,
            "AccountingSupplierParty",
            &self.seller,
            &self.seller_id,
        );
        self.put_party(
            &mut text,
            "AccountingCustomerParty",
            &self.buyer,
            &self.buyer_id,
        );
        self.put_total(&mut text);
        for (at, written) in self.lines.iter().enumerate() {
            put_line(&mut text, at + 1, written, &self.currency, [line, quantity]);
        }
        put(&mut text, &format!("</{name}>"));
        text
    }

    fn put_header(&self, text: &mut String, name: &str) {
        put(text, &format!("<cbc:ID>{}</cbc:ID>", escaped(&self.number)));
        put(
            text,
            &format!("<cbc:IssueDate>{}</cbc:IssueDate>", self.date),
        );
        put(
            text,
            &format!(
                "<cbc:{name}TypeCode>{}</cbc:{name}TypeCode>",
                self.type_code
            ),
        );
        put(
            text,
            &format!(
                "<cbc:DocumentCurrencyCode>{}</cbc:DocumentCurrencyCode>",
                self.currency
            ),
        );
        if let Some(order) = &self.order {
            let id = escaped(order);
            put(
                text,
                &format!("<cac:OrderReference><cbc:ID>{id}</cbc:ID></cac:OrderReference>"),
            );
        }
        if let Some(despatch) = &self.despatch {
            let id = escaped(despatch);
            let reference = "cac:DespatchDocumentReference";
            put(
                text,
                &format!("<{reference}><cbc:ID>{id}</cbc:ID></{reference}>"),
            );
        }
    }

    fn put_party(&self, text: &mut String, role: &str, name: &str, id: &str) {
        let (name, id) = (escaped(name), escaped(id));
        put(text, &format!("<cac:{role}><cac:Party>"));
        put(
            text,
            &format!("<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>"),
        );
        put(
            text,
            &format!(
                "<cac:PartyTaxScheme><cbc:CompanyID>{id}</cbc:CompanyID>\
                 <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
            ),
        );
        put(
            text,
            &format!(
                "<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity>"
            ),
        );
        put(text, &format!("</cac:Party></cac:{role}>"));
    }

    fn put_total(&self, text: &mut String) {
        let (currency, payable) = (&self.currency, &self.payable);
        put(
            text,
            &format!(
                "<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID=\"{currency}\">{payable}</cbc:PayableAmount>\
                 </cac:LegalMonetaryTotal>"
            ),
        );
    }
}

fn put_line(
    text: &mut String,
    id: usize,
    written: &Line,
    currency: &str,
    [line, quantity]: [&str; 2],
) {
    let Line {
        item,
        quantity: amount,
        price,
        total,
    } = written;
    let item = escaped(item);
    put(
        text,
        &format!(
            "<cac:{line}><cbc:ID>{id}</cbc:ID><cbc:{quantity} unitCode=\"C62\">{amount}</cbc:{quantity}>\
             <cbc:LineExtensionAmount currencyID=\"{currency}\">{total}</cbc:LineExtensionAmount>\
             <cac:Item><cbc:Name>{item}</cbc:Name></cac:Item>\
             <cac:Price><cbc:PriceAmount currencyID=\"{currency}\">{price}</cbc:PriceAmount></cac:Price></cac:{line}>"
        ),
    );
}

fn put(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes all text");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A German VAT identifier that depends on all of the text, with its check digit (ISO 7064, MOD 11,10).
fn vat(text: &str) -> String {
    let mixed = text
        .bytes()
        .fold(14_695_981_039_346_656_037_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
        });
    let number = format!("{}", 10_000_000 + mixed % 90_000_000);
    let product = number.bytes().fold(10, |product, digit| {
        let sum = match (product + u32::from(digit - b'0')) % 10 {
            0 => 10,
            sum => sum,
        };
        2 * sum % 11
    });
    format!("DE{number}{}", (11 - product) % 10)
}
