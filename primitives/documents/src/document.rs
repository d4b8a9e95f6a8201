//! The canonical document: what a trade document says, whatever its format.

use chrono::NaiveDate;
use sealane_types::schema::Kind;

use crate::claim::Claim;
use crate::codes::LineStatus;
use crate::decimal::Decimal;
use crate::fault::Warning;
use crate::identifiers::LegalId;
use crate::nature::NoClaim;
use crate::type_code::{ClaimKind, TypeCode};

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
    /// Two-letter country of its address.
    pub country: Option<String>,
    /// The legal identifiers, equal ones once, in the stated order: strict ones first, then hints.
    pub ids: Vec<LegalId>,
    /// Identifiers and electronic addresses that are no legal identifiers, as written.
    pub other_ids: Vec<OtherId>,
}

impl Party {
    /// The identifiers that say alone which company it is: what is sealed, and what fingerprints are made of.
    pub fn strict_ids(&self) -> impl Iterator<Item = &LegalId> {
        self.ids.iter().filter(|id| id.is_strict())
    }
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
    /// What the payable amount collects for third parties (XRechnung's BG-DEX-09, Factur-X's BT-179).
    pub third_party: Option<Decimal>,
    /// What is to be paid (BT-115).
    pub payable: Option<Decimal>,
}

/// A tax category: its code, its rate in per cent, and why it has no tax.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxCategory {
    /// UNCL 5305 code (`S`, `Z`, `E`, …).
    pub code: Option<String>,
    /// The rate in per cent.
    pub rate: Option<Decimal>,
    /// Code of the reason for an exemption; read where EXTENDED is claimed, which alone tells reasons apart.
    pub reason_code: Option<String>,
    /// The reason in words; read where EXTENDED is claimed.
    pub reason: Option<String>,
}

/// An allowance or a charge, of the document or of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Whether it is a charge.
    pub charge: bool,
    /// Its amount.
    pub amount: Decimal,
    /// Its tax category.
    pub tax: TaxCategory,
}

impl Allowance {
    /// What it adds: an allowance its amount below zero.
    #[must_use]
    pub fn signed(&self) -> Decimal {
        if self.charge {
            self.amount
        } else {
            self.amount.negated()
        }
    }
}

/// One entry of the tax breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxEntry {
    /// What is taxed (BT-116).
    pub taxable: Option<Decimal>,
    /// The tax (BT-117).
    pub tax: Option<Decimal>,
    /// Category, rate and reason.
    pub category: TaxCategory,
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

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The line's identifier.
    pub id: Option<String>,
    /// The order that [`Line::order_line`] counts in, where the line names it.
    pub order: Option<String>,
    /// The order's line that it is about.
    pub order_line: Option<String>,
    /// The despatch advice that [`Line::despatch_line`] counts in, where the line names it.
    pub despatch: Option<String>,
    /// The despatch advice's line that it is about.
    pub despatch_line: Option<String>,
    /// What it says of itself; lines that group or inform count in no sum and are not sealed.
    pub status: Option<LineStatus>,
    /// The item's name.
    pub item: Option<String>,
    /// The quantity: ordered, confirmed, despatched, received or invoiced, as the kind has it.
    pub quantity: Option<Decimal>,
    /// The quantity's unit, UN/ECE Recommendation 20; that of the next two also.
    pub unit: Option<String>,
    /// Of a receipt: the quantity that was turned down.
    pub rejected: Option<Decimal>,
    /// Of a receipt: the quantity that was missing.
    pub short: Option<Decimal>,
    /// Price of [`Line::base_quantity`] units.
    pub price: Option<Decimal>,
    /// Number of units that the price is for; absent means one.
    pub base_quantity: Option<Decimal>,
    /// The line's total without tax.
    pub total: Option<Decimal>,
    /// Its allowances and charges.
    pub allowances: Vec<Allowance>,
    /// Its tax category.
    pub tax: TaxCategory,
}

impl Line {
    /// Whether it counts in sums and is sealed.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.status.is_none_or(LineStatus::counts)
    }
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
    /// Why it states no claim, whatever its type code.
    pub no_claim: Option<NoClaim>,
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
    /// Allowances and charges of the document as a whole.
    pub allowances: Vec<Allowance>,
    /// Its tax breakdown, in its currency.
    pub taxes: Vec<TaxEntry>,
    /// Orders that it refers to.
    pub order_references: Vec<String>,
    /// Despatch advices and transport documents that it refers to.
    pub despatch_references: Vec<String>,
    /// Invoices that it refers to.
    pub billing_references: Vec<String>,
    /// The issue dates of those invoices, in the same order, where they are stated.
    pub billing_dates: Vec<Option<NaiveDate>>,
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
    /// What its specification identifier and its business process claim.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim::of(self.customization.as_deref()).with_profile(self.profile.as_deref())
    }

    /// Whether EN 16931's rules bind it: it claims them.
    #[must_use]
    pub fn claims_en16931(&self) -> bool {
        self.is_invoice() && self.claim().en16931
    }

    /// Its warnings as they are told: each with its place, its rule and what to do, and how many more there are.
    #[must_use]
    pub fn told_warnings(&self) -> Vec<String> {
        let more = (self.more_warnings > 0).then(|| format!("and {} more", self.more_warnings));
        let kept = self.warnings.iter().map(ToString::to_string);
        kept.chain(more).collect()
    }

    /// Whether it is an invoice or a credit note.
    #[must_use]
    pub fn is_invoice(&self) -> bool {
        matches!(self.kind, Kind::Invoice | Kind::CreditNote)
    }

    /// Whose claim its type code states; `None` if it is neither invoice nor credit note.
    #[must_use]
    pub fn claim_kind(&self) -> Option<ClaimKind> {
        ClaimKind::of(self.kind, self.type_code())
    }

    /// What the type code of an invoice or credit note says; of an invoice that states no claim for another reason, that.
    #[must_use]
    pub fn type_code(&self) -> TypeCode {
        match self.no_claim {
            Some(_) if self.kind == Kind::Invoice => TypeCode::NoClaim,
            _ => self.written_type_code(),
        }
    }

    /// What the type code says by itself.
    pub(crate) fn written_type_code(&self) -> TypeCode {
        let country = self.seller.country.as_deref();
        TypeCode::of(self.type_code.as_deref(), country, self.claim())
    }
}
