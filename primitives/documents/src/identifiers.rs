//! Legal identifiers: which identifiers of a party are legal ones, and the one form of each.
//! The rule is stated in `specs/schemas/identifiers.md`.

use std::collections::BTreeSet;

/// Where in a party an identifier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A tax registration.
    Tax,
    /// The registration of the legal entity.
    Registration,
    /// Any other identifier of the party.
    Identification,
}

/// A legal identifier: a scheme in Sealane's one spelling, and the value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalId {
    /// `vat`, `tax`, `reg`, `reg-` and a country, or a scheme's code in lower case.
    pub scheme: String,
    /// The value as the document writes it, white space at the ends cut.
    pub value: String,
}

/// Company registers with one number per company: scheme codes of ISO 6523 and older spellings,
/// with the country.
const REGISTERS: [(&str, &str); 20] = [
    ("0002", "fr"),
    ("0007", "se"),
    ("0106", "nl"),
    ("0151", "au"),
    ("0183", "ch"),
    ("0184", "dk"),
    ("0188", "jp"),
    ("0191", "ee"),
    ("0192", "no"),
    ("0195", "sg"),
    ("0196", "is"),
    ("0200", "lt"),
    ("0208", "be"),
    ("0218", "lv"),
    ("CVR", "dk"),
    ("DK:CVR", "dk"),
    ("IS:KT", "is"),
    ("NL:KVK", "nl"),
    ("NO:ORGNR", "no"),
    ("SE:ORGNR", "se"),
];

/// Spellings of value added and goods and services tax in tax registrations; `VA` is UN/CEFACT's,
/// `63` OIOUBL's.
const VAT: [&str; 5] = ["VAT", "VA", "GST", "63", "UK VAT"];

/// Schemes of party identifications that number something else than a party: a bank's reference
/// of a creditor, and a supplier's own numbers of customers, meters and contracts.
const NOT_LEGAL: [&str; 10] = [
    "SEPA",
    "MUSTERINO",
    "ABONENO",
    "ARACIKURUMETIKET",
    "DOSYANO",
    "HIZMETNO",
    "PROTOCOLNO",
    "SAYACNO",
    "SUBENO",
    "TESISATNO",
];

impl LegalId {
    /// Takes an identifier, if it is a legal one. `country` is the two-letter country of the party's
    /// address, which names the register of a registration without a scheme.
    #[must_use]
    pub fn new(
        source: Source,
        scheme: Option<&str>,
        value: &str,
        country: Option<&str>,
    ) -> Option<Self> {
        let scheme = scheme.map(str::trim).filter(|scheme| !scheme.is_empty());
        let scheme = scheme.map(str::to_uppercase);
        let value = value.trim();
        let letters = alphanumerics(value);
        let scheme = match source {
            Source::Tax => tax_scheme(scheme.as_deref(), &letters)?,
            Source::Registration => match scheme {
                Some(scheme) => known_scheme(&scheme)?,
                None => register_of(country),
            },
            Source::Identification => known_scheme(scheme.as_deref()?)?,
        };
        (!letters.is_empty()).then(|| Self {
            scheme,
            value: value.to_owned(),
        })
    }

    /// An identifier under Sealane's spelling of its scheme, as [`crate::to_json`] prints it.
    #[must_use]
    pub fn from_canonical(scheme: &str, value: &str) -> Option<Self> {
        let plain =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let value = value.trim();
        let fine =
            !scheme.is_empty() && scheme.chars().all(plain) && !alphanumerics(value).is_empty();
        fine.then(|| Self {
            scheme: scheme.to_owned(),
            value: value.to_owned(),
        })
    }

    /// The one form, `scheme:value`: the value's letters and digits in upper case; a registration's
    /// country prefix before a digit is left out.
    #[must_use]
    pub fn canonical(&self) -> String {
        let value = alphanumerics(&self.value);
        let value = match self.scheme.strip_prefix("reg-") {
            Some(country) => without_country(&value, country),
            None => &value,
        };
        format!("{}:{value}", self.scheme)
    }

    /// Rank in the stated order: value added tax, registrations, other tax numbers, the rest.
    fn rank(&self) -> u8 {
        match self.scheme.as_str() {
            "vat" => 0,
            scheme if scheme == "reg" || scheme.starts_with("reg-") => 1,
            "tax" => 2,
            _ => 3,
        }
    }
}

/// Puts identifiers into the stated order and leaves out repetitions: equal canonical forms count once,
/// and a tax number that repeats the value added tax number is that number.
#[must_use]
pub fn ordered(mut ids: Vec<LegalId>) -> Vec<LegalId> {
    ids.sort_by_cached_key(|id| (id.rank(), id.canonical()));
    ids.dedup_by_key(|id| id.canonical());
    let vat: BTreeSet<String> = ids
        .iter()
        .filter(|id| id.scheme == "vat")
        .map(|id| alphanumerics(&id.value))
        .collect();
    ids.retain(|id| id.scheme != "tax" || !vat.contains(&alphanumerics(&id.value)));
    ids
}

fn alphanumerics(value: &str) -> String {
    let kept: String = value
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    kept.to_uppercase()
}

/// The value without the country's two letters, where a digit follows them.
fn without_country<'a>(value: &'a str, country: &str) -> &'a str {
    let rest = value.strip_prefix(&country.to_uppercase());
    rest.filter(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
        .unwrap_or(value)
}

/// A tax number other than for value added tax must have a digit: some countries write a remark there.
fn tax_scheme(scheme: Option<&str>, letters: &str) -> Option<String> {
    if scheme.is_some_and(|scheme| VAT.contains(&scheme)) {
        return Some("vat".into());
    }
    letters
        .chars()
        .any(|letter| letter.is_ascii_digit())
        .then(|| "tax".into())
}

fn register_of(country: Option<&str>) -> String {
    let country = country
        .map(str::trim)
        .filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()));
    country.map_or_else(
        || "reg".into(),
        |code| format!("reg-{}", code.to_lowercase()),
    )
}

/// Sealane's spelling of a scheme that a document names, or `None` for what numbers no party.
fn known_scheme(scheme: &str) -> Option<String> {
    if NOT_LEGAL.contains(&scheme) {
        return None;
    }
    if let Some((_, country)) = REGISTERS.iter().find(|(code, _)| *code == scheme) {
        return Some(format!("reg-{country}"));
    }
    if scheme == "GLN" {
        return Some("0088".into());
    }
    if scheme == "DK:SE" || scheme == "VA" || scheme.ends_with("VAT") {
        return Some("vat".into());
    }
    let plain: String = scheme
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    Some(plain)
}

#[cfg(test)]
mod tests;
