//! The keys of the project's own JSON, as they are written.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub kind: String,
    #[serde(default)]
    #[allow(
        dead_code,
        reason = "printed for people; what is read anew is Sealane JSON"
    )]
    pub syntax: Option<String>,
    pub type_code: Option<String>,
    pub id: String,
    pub issue_date: String,
    pub due_date: Option<String>,
    #[serde(default)]
    pub copy: bool,
    pub no_claim: Option<String>,
    pub seller: RawParty,
    pub buyer: RawParty,
    pub payee: Option<RawParty>,
    pub currency: Option<String>,
    pub payable_amount: Option<String>,
    pub totals: Option<RawTotals>,
    pub allowances: Option<Vec<RawAllowance>>,
    pub taxes: Option<Vec<RawTaxEntry>>,
    #[serde(default)]
    pub order_references: Vec<String>,
    #[serde(default)]
    pub despatch_references: Vec<String>,
    #[serde(default)]
    pub billing_references: Vec<String>,
    #[serde(default)]
    pub billing_dates: Vec<Option<String>>,
    pub buyer_reference: Option<String>,
    pub tolerance: Option<String>,
    pub customization: Option<String>,
    pub profile: Option<String>,
    pub transport: Option<RawTransport>,
    #[serde(default)]
    pub lines: Vec<RawLine>,
    #[serde(default)]
    #[allow(dead_code, reason = "printed for people; warnings are found anew")]
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawParty {
    pub name: Option<String>,
    pub country: Option<String>,
    #[serde(default)]
    pub ids: Vec<RawLegalId>,
    #[serde(default)]
    pub other_ids: Vec<RawId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLegalId {
    pub scheme: Option<String>,
    pub value: String,
    pub strict: Option<bool>,
    pub written: Option<String>,
    pub doubt: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawId {
    pub scheme: Option<String>,
    pub value: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTotals {
    pub lines: Option<String>,
    pub allowances: Option<String>,
    pub charges: Option<String>,
    pub tax_exclusive: Option<String>,
    pub tax: Option<String>,
    pub tax_inclusive: Option<String>,
    pub prepaid: Option<String>,
    pub rounding: Option<String>,
    pub third_party: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAllowance {
    pub charge: bool,
    pub amount: String,
    pub tax: Option<RawTaxCategory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTaxEntry {
    pub taxable: Option<String>,
    pub tax: Option<String>,
    pub category: Option<RawTaxCategory>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTaxCategory {
    pub code: Option<String>,
    pub rate: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTransport {
    pub port_of_loading: Option<String>,
    pub port_of_discharge: Option<String>,
    pub vessel: Option<String>,
    pub shipment_date: Option<String>,
    pub expiry_date: Option<String>,
    pub goods: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine {
    pub id: Option<String>,
    pub order: Option<String>,
    pub order_line: Option<String>,
    pub despatch: Option<String>,
    pub despatch_line: Option<String>,
    pub status: Option<String>,
    pub item: Option<String>,
    pub quantity: Option<String>,
    pub unit: Option<String>,
    pub rejected_quantity: Option<String>,
    pub short_quantity: Option<String>,
    pub price: Option<String>,
    pub base_quantity: Option<String>,
    pub total: Option<String>,
    pub allowances: Option<Vec<RawAllowance>>,
    pub tax: Option<RawTaxCategory>,
}
