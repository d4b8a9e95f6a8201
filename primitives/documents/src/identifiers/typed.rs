//! Identifiers that a clerk types, `scheme:value`.

use super::clean;
use super::table::table;
use super::{Digit, Doubt, LegalId, Strength, fit, from_parts};

/// Why a typed identifier cannot stand in an alias.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypedError {
    /// No scheme before the number.
    #[error("{0:?} names no scheme; write scheme:number, for example {1}")]
    NoScheme(String, String),
    /// A scheme that the table does not know.
    #[error("{0:?} is not a known scheme{1}; specs/schemas/identifiers.toml lists all of them")]
    UnknownScheme(String, String),
    /// A number that is none.
    #[error(
        "{0:?} names nobody: it is empty or a placeholder, or its country is not known; write the number with its country's letters"
    )]
    Nothing(String),
    /// A number to which zeros are added, of a scheme without a check digit that would show whether one was left out.
    #[error(
        "{written:?} is shorter than the numbers of its scheme. With zeros in front it would be {canonical}, which may be another \
         company's. Write all digits of the number, leading zeros too"
    )]
    Short {
        /// What was typed.
        written: String,
        /// What it would be.
        canonical: String,
    },
    /// A number that says not for certain which company it is.
    #[error("{written:?} cannot stand for a company ({canonical}): {doubt}. {advice}")]
    Doubtful {
        /// What was typed.
        written: String,
        /// What it would be.
        canonical: String,
        /// Why.
        doubt: Doubt,
        /// What to do.
        advice: &'static str,
    },
}

/// Reads an identifier that a clerk types for an alias: `de-vat:DE129273398`, `vat:DE129273398`, `lei:…`, `be-kbo:…`,
/// `reg:…` with the country of the customer's address.
///
/// # Errors
/// When there is no scheme, the table does not know it, the number is no strict identifier of it, or it is too short and no
/// check digit says that only zeros are missing.
pub fn parse_typed(text: &str, country: Option<&str>) -> Result<LegalId, TypedError> {
    parse(text, country, false)
}

/// The same for a number whose check digit does not fit, that looks made up, or that is written without its zeros, which
/// somebody has compared with the register's extract: it counts as written, for this company.
///
/// # Errors
/// As [`parse_typed`], those doubts aside.
pub fn parse_confirmed(text: &str, country: Option<&str>) -> Result<LegalId, TypedError> {
    parse(text, country, true)
}

fn parse(text: &str, country: Option<&str>, confirmed: bool) -> Result<LegalId, TypedError> {
    let text = text.trim();
    let Some((scheme, value)) = text
        .rsplit_once(':')
        .filter(|(scheme, _)| !scheme.trim().is_empty())
    else {
        return Err(TypedError::NoScheme(text.to_owned(), examples(country)));
    };
    let scheme = scheme.trim().to_lowercase();
    let known = is_known(&scheme);
    let found = from_parts(&scheme, value, country).into_iter().next();
    let Some(mut id) = found.filter(|_| known) else {
        return Err(match known {
            true => TypedError::Nothing(text.to_owned()),
            false => TypedError::UnknownScheme(scheme, near(country)),
        });
    };
    let Some(doubt) = id.doubt.clone() else {
        if !confirmed && is_filled(&id) {
            return Err(TypedError::Short {
                written: text.to_owned(),
                canonical: id.canonical(),
            });
        }
        return Ok(id);
    };
    if doubt == Doubt::Short && !confirmed {
        return Err(TypedError::Short {
            written: text.to_owned(),
            canonical: id.canonical(),
        });
    }
    let number = matches!(doubt, Doubt::CheckDigit(_) | Doubt::MadeUp | Doubt::Short);
    if confirmed && number {
        id.strength = Strength::Strict;
        return Ok(id);
    }
    Err(TypedError::Doubtful {
        written: text.to_owned(),
        canonical: id.canonical(),
        doubt,
        advice: match number {
            true => {
                "Compare it with the register's extract. If the number is right as it stands, sealane alias register and amend take it with \
                 --confirmed."
            }
            false => "Give a number of a register or a tax number that is the company's alone.",
        },
    })
}

/// Whether zeros were put in front of a number that no check digit confirms.
fn is_filled(id: &LegalId) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let (written, value) = (digits(&id.written), digits(&id.value));
    let table = table();
    let checked = table
        .named(&id.scheme)
        .is_some_and(|scheme| fit::digit(table, scheme, &id.value) == Digit::Fits);
    !checked
        && value.len() > written.len()
        && value.trim_start_matches('0') == written.trim_start_matches('0')
}

fn is_known(scheme: &str) -> bool {
    let (place, _) = scheme.split_once(':').unwrap_or((scheme, ""));
    let label = clean::label(scheme);
    let vat = label.len() == 5 && label.ends_with("VAT");
    matches!(place, "reg" | "tax" | "vat")
        || vat
        || table().vat.contains(&label)
        || table().labels.contains_key(&label)
}

/// Schemes of a country, for messages.
fn near(country: Option<&str>) -> String {
    match country.and_then(|code| clean::country(code, &table().territories)) {
        Some(country) => format!("; of {country} there are {}", ids_of(&country)),
        None => "; there are for example vat, lei, de-vat, de-hr, gb-company, se-org".to_owned(),
    }
}

fn ids_of(country: &str) -> String {
    let all = table().countries.get(country).into_iter().flatten();
    let ids: Vec<&str> = all.map(|at| table().schemes[*at].id.as_str()).collect();
    ids.join(", ")
}

fn examples(country: Option<&str>) -> String {
    let own = country.and_then(|code| clean::country(code, &table().territories));
    match own
        .map(|country| ids_of(&country))
        .filter(|ids| !ids.is_empty())
    {
        Some(ids) => ids,
        None => "vat:DE129273398 or lei:1961005C5OEL4TEFE199".to_owned(),
    }
}
