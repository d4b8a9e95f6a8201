//! The canonical document: what a trade document says, whatever its format.

use chrono::NaiveDate;
use sealane_types::schema::Kind;

use crate::decimal::Decimal;
use crate::fault::Warning;
use crate::identifiers::LegalId;

/// The format that a document was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// OASIS UBL 2.x.
    Ubl,
    /// UN/CEFACT Cross Industry Invoice D16B and compatible.
    Cii,
    /// The project's own JSON.
    Json,
}

impl Syntax {
    /// The name in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ubl => "UBL",
            Self::Cii => "CII",
            Self::Json => "Sealane JSON",
        }
    }
}

/// A party.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The legal name; else the trading name; else a person's.
    pub name: Option<String>,
    /// The legal identifiers, equal ones once, in the stated order.
    pub ids: Vec<LegalId>,
    /// Identifiers and electronic addresses that are no legal identifiers, as written.
    pub other_ids: Vec<OtherId>,
}

/// An identifier that is not a legal one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherId {
    /// The scheme as written.
    pub scheme: Option<String>,
    /// The value as written.
    pub value: String,
}

/// The amounts of a document as a whole, in its currency.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Sum of the line totals (BT-106).
    pub lines: Option<Decimal>,
    /// Sum of allowances of the document (BT-107).
    pub allowances: Option<Decimal>,
    /// Sum of charges of the document (BT-108).
    pub charges: Option<Decimal>,
    /// Total without tax (BT-109).
    pub tax_exclusive: Option<Decimal>,
    /// Total tax (BT-110).
    pub tax: Option<Decimal>,
    /// Total with tax (BT-112).
    pub tax_inclusive: Option<Decimal>,
    /// Paid beforehand (BT-113).
    pub prepaid: Option<Decimal>,
    /// Rounding of the payable amount (BT-114).
    pub rounding: Option<Decimal>,
    /// Amounts collected for third parties.
    pub third_party: Option<Decimal>,
    /// What is to be paid (BT-115).
    pub payable: Option<Decimal>,
}

/// What bills of lading, waybills and letters of credit say beside the rest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transport {
    /// Port of loading.
    pub port_of_loading: Option<String>,
    /// Port of discharge.
    pub port_of_discharge: Option<String>,
    /// Vessel and voyage.
    pub vessel: Option<String>,
    /// Date on board; the latest one that a letter of credit allows.
    pub shipment_date: Option<NaiveDate>,
    /// Expiry date of a letter of credit.
    pub expiry_date: Option<NaiveDate>,
    /// Description of the goods as a whole.
    pub goods: Option<String>,
}

/// What a line says of itself. The first four have numbers of UNTDID 1229.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStatus {
    /// The line was added.
    Added,
    /// The line was accepted with changes.
    Changed,
    /// The line was accepted.
    Accepted,
    /// The line was rejected.
    Rejected,
    /// The line groups others, and counts in no sum.
    Group,
    /// The line informs, and counts in no sum.
    Information,
}

impl LineStatus {
    /// The number in UNTDID 1229; none of a line that counts in no sum.
    #[must_use]
    pub fn number(self) -> Option<u8> {
        match self {
            Self::Added => Some(1),
            Self::Changed => Some(3),
            Self::Accepted => Some(5),
            Self::Rejected => Some(7),
            Self::Group | Self::Information => None,
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The line's identifier.
    pub id: Option<String>,
    /// The order's line that it is about.
    pub order_line: Option<String>,
    /// The order that [`Line::order_line`] counts in.
    pub order: Option<String>,
    /// The despatch advice's line that it is about.
    pub despatch_line: Option<String>,
    /// The despatch advice that [`Line::despatch_line`] counts in.
    pub despatch: Option<String>,
    /// What the line says of itself.
    pub status: Option<LineStatus>,
    /// The item's name.
    pub item: Option<String>,
    /// The quantity: ordered, confirmed, despatched, received or invoiced, as the kind has it.
    pub quantity: Option<Decimal>,
    /// The quantity that was rejected, of a receipt advice.
    pub rejected: Option<Decimal>,
    /// The quantity that was missing, of a receipt advice.
    pub short: Option<Decimal>,
    /// The unit of the quantities, UN/ECE Recommendation 20.
    pub unit: Option<String>,
    /// Price of [`Line::base_quantity`] units.
    pub price: Option<Decimal>,
    /// Number of units that the price is for; absent means one.
    pub base_quantity: Option<Decimal>,
    /// The line's total without tax.
    pub total: Option<Decimal>,
}

/// A trade document, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its kind.
    pub kind: Kind,
    /// The format that it was read from.
    pub syntax: Syntax,
    /// Its type code as written: UN/CEFACT 1001, or an answer's code.
    pub type_code: Option<String>,
    /// Its number.
    pub id: String,
    /// Its issue date.
    pub issue_date: NaiveDate,
    /// When it is due.
    pub due_date: Option<NaiveDate>,
    /// Whether it says that it is a copy.
    pub copy: bool,
    /// The seller; of a bill of lading or waybill the shipper, of a letter of credit the beneficiary.
    pub seller: Party,
    /// The buyer; of a bill of lading or waybill the consignee, of a letter of credit the applicant.
    pub buyer: Party,
    /// The payee where it is not the seller; of a bill of lading or waybill the carrier, of a
    /// letter of credit the issuing bank.
    pub payee: Option<Party>,
    /// Currency of all its amounts, ISO 4217.
    pub currency: Option<String>,
    /// Its amounts.
    pub totals: Totals,
    /// Orders that it refers to.
    pub order_references: Vec<String>,
    /// Despatch advices and transport documents that it refers to.
    pub despatch_references: Vec<String>,
    /// Invoices that it refers to.
    pub billing_references: Vec<String>,
    /// The buyer's reference.
    pub buyer_reference: Option<String>,
    /// Of an order: by how many percent quantities and amounts may exceed it.
    pub tolerance: Option<Decimal>,
    /// The specification that it claims to follow.
    pub customization: Option<String>,
    /// The business process that it claims to belong to.
    pub profile: Option<String>,
    /// What transport documents and letters of credit say beside.
    pub transport: Transport,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What does not add up but does not bind it.
    pub warnings: Vec<Warning>,
    /// How many warnings there are beyond those.
    pub more_warnings: usize,
}

impl Document {
    /// Whether EN 16931's rules bind it: it claims them.
    #[must_use]
    pub fn claims_en16931(&self) -> bool {
        matches!(self.kind, Kind::Invoice | Kind::CreditNote)
            && self.customization.as_deref().is_some_and(claims)
    }
}

/// Whether a specification identifier claims EN 16931: alone, or restricted or extended by another one.
pub(crate) fn claims(customization: &str) -> bool {
    customization.trim().starts_with("urn:cen.eu:en16931:2017")
}
