//! Legal identifiers: which company a written number names, in one form for all spellings.
//!
//! The rules are those of `specs/schemas/identifiers.md`; the schemes, their labels, forms and check digits are
//! declared in `specs/schemas/identifiers.toml`, by which this module reads. What is not certain is a hint, and
//! nothing is guessed.

use std::fmt;

mod alias;
mod checks;
mod choose;
mod clean;
mod courts;
mod derive;
mod fit;
mod parts;
mod registered;
mod romania;
mod table;
mod typed;

pub use alias::{AliasFlags, alias_flags, in_registration_order};
pub use registered::identify_registered;
pub use typed::{TypedError, parse_confirmed, parse_typed};

use sealane_types::text::{plain, strict_number};

use crate::fault::{Class, Place, Warning};
use choose::{Choice, choose};
use clean::Visible;
use fit::{Digit, Fit};
use table::{Table, table};

/// Longest canonical identifier, in bytes.
pub const MAX_CANONICAL: usize = 96;

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

/// An identifier as a document writes it.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// Where it stands.
    pub source: Source,
    /// Its schemes as written, the nearer one first.
    pub schemes: [Option<&'a str>; 2],
    /// The number as written.
    pub value: &'a str,
    /// The two-letter country of the party's address.
    pub country: Option<&'a str>,
}

/// What equal canonical identifiers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// One company.
    Strict,
    /// A reason to look, and no more.
    Loose,
}

/// Why an identifier is no strict one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The check digit does not fit; the rule in words.
    CheckDigit(&'static str),
    /// One digit repeated, or a run of digits.
    MadeUp,
    /// A superscript or the like, which may be a footnote's.
    Footnote,
    /// The number of a tax group, under which several companies invoice.
    Group,
    /// It does not have the form of the scheme that it is labelled with.
    Form,
    /// Nothing names its scheme, and its letters may be a word before a number.
    Word,
    /// The scheme numbers places, parts or offices, or is not unique in its country; what the table says of it.
    Scheme(Option<&'static str>),
    /// The table does not know the scheme or the country's registers.
    Unknown,
    /// Its digits stand apart, behind a slash or in brackets, and may be two numbers.
    Apart,
    /// Nothing names its scheme, and it has so few digits that it may be a number of any list.
    Few,
    /// It lacks digits of its scheme, nothing names the scheme, and another list has numbers as short.
    Short,
    /// The party's address and that of its register are in two countries.
    Country,
    /// It seems to follow from another identifier, and does not for certain.
    Derived,
    /// It holds a letter of another alphabet that only looks like one of its scheme's: a document with it is refused.
    Alphabet(char),
}

/// A legal identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalId {
    /// A scheme of the table; of other numbers `x:LABEL`, or `reg:`, `vat:`, `tax:` and a country.
    pub scheme: String,
    /// The value in the scheme's form.
    pub value: String,
    /// The number as written.
    pub written: String,
    /// What it says.
    pub strength: Strength,
    /// Why it is no strict one; of a strict one, what a bank has vouched for all the same.
    pub doubt: Option<Doubt>,
}

impl LegalId {
    /// The one form, `scheme:value`.
    #[must_use]
    pub fn canonical(&self) -> String {
        format!("{}:{}", self.scheme, self.value)
    }

    /// Whether equal ones are one company.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strength == Strength::Strict
    }

    /// Whether companies of a tax group may share this number, so that it joins only where no register number parts
    /// them. Some register numbers are of this kind too, where a group's number turns into one: see [`alias_flags`].
    #[must_use]
    pub fn is_shared(&self) -> bool {
        table()
            .named(&self.scheme)
            .is_some_and(|scheme| scheme.shared)
    }

    /// Takes it for a hint, whatever its number says.
    pub fn weaken(&mut self) {
        self.strength = Strength::Loose;
        self.doubt.get_or_insert(Doubt::Derived);
    }

    /// The same for the reason that was printed, where the number alone does not tell it.
    pub fn weaken_for(&mut self, printed: Option<&str>) {
        let told = [
            Doubt::Word,
            Doubt::Apart,
            Doubt::Few,
            Doubt::Short,
            Doubt::Country,
        ];
        let told = told
            .into_iter()
            .find(|doubt| printed == Some(doubt.to_string().as_str()));
        if let Some(told) = told.filter(|_| self.doubt.is_none()) {
            self.doubt = Some(told);
        }
        self.weaken();
    }

    /// The warning that a number with a wrong check digit gives.
    #[must_use]
    pub fn warning(&self, place: impl FnOnce() -> Place) -> Option<Warning> {
        let rule = match &self.doubt {
            Some(Doubt::CheckDigit(rule)) => rule,
            Some(Doubt::Form | Doubt::Unknown) => return self.unfit(place),
            _ => return None,
        };
        Some(Warning {
            class: Class::Value,
            place: place(),
            rule: "SL-ID-CHECK",
            problem: format!(
                "the check digit of {:?} does not fit {} ({rule})",
                self.written, self.scheme
            ),
            advice: "Compare the number with the register; it counts as no strict identity unless a bank has vouched for it.",
        })
    }

    /// The warning that a number gives which is labelled with a strict scheme and has not its form.
    fn unfit(&self, place: impl FnOnce() -> Place) -> Option<Warning> {
        let table = table();
        let strict = match self.scheme.strip_prefix("vat:") {
            None => table.named(&self.scheme).is_some_and(|one| one.strict),
            Some(country) => table.countries.get(country).is_some_and(|all| {
                let mut all = all.iter().filter_map(|at| table.schemes.get(*at));
                all.any(|one| one.bare_vat && one.strict)
            }),
        };
        strict.then_some(())?;
        Some(Warning {
            class: Class::Value,
            place: place(),
            rule: "SL-ID-FORM",
            problem: format!(
                "{:?} does not have the form of {}, with which it is labelled",
                self.written, self.scheme
            ),
            advice: "Compare the number with the register; it counts as no strict identity, so that another document with the right number is taken for another seller's.",
        })
    }

    /// Rank in the stated order: strict before loose, tax numbers of a country, its registers' numbers, its places',
    /// the world's, what the table does not know.
    fn rank(&self) -> (Strength, u8) {
        let rank = match table().named(&self.scheme) {
            None => 4,
            Some(one) if one.country == "*" => 3,
            Some(one) => match one.identifies.as_str() {
                "taxable person" => 0,
                "legal entity" => 1,
                _ => 2,
            },
        };
        (self.strength, rank)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CheckDigit(rule) => write!(out, "the check digit does not fit ({rule})"),
            Self::MadeUp => out.write_str("one digit repeated or a run of digits looks made up"),
            Self::Footnote => out.write_str("a raised or circled digit may be a footnote's"),
            Self::Group => {
                out.write_str("it is a tax group's number, under which several companies invoice")
            }
            Self::Form => out.write_str("it does not have the form of its scheme"),
            Self::Word => out.write_str("its letters may be a word before the number"),
            Self::Scheme(Some(not)) => {
                write!(out, "alone it does not say which company it is: not {not}")
            }
            Self::Scheme(None) => out.write_str("alone it does not say which company it is"),
            Self::Unknown => out.write_str(
                "the scheme, or words around the number, are not in the table of identifiers",
            ),
            Self::Apart => out.write_str(
                "digits behind a slash or in brackets may be a footnote, a page or a branch, and no part of the number",
            ),
            Self::Few => out.write_str("it has few digits, and nothing names its scheme"),
            Self::Short => out.write_str(
                "it lacks digits of its scheme, nothing names the scheme, and other lists have numbers as short",
            ),
            Self::Country => out.write_str(
                "the party's address and that of its register are in two countries, and nothing names the scheme",
            ),
            Self::Alphabet(letter) => write!(
                out,
                "it holds {letter:?} (U+{:04X}), which only looks like the letter of its scheme",
                u32::from(*letter)
            ),
            Self::Derived => {
                out.write_str("it is inside another number, which does not make it certain")
            }
        }
    }
}

/// The identifiers that a written one gives: at most one strict one, the one that it says; then hints. None where it
/// names no company. A number that is one of its scheme but for letters of another alphabet is that, and no strict one.
#[must_use]
pub fn identify(written: &Written<'_>) -> Vec<LegalId> {
    let ids = identified(written);
    match written.value.is_ascii() || ids.iter().any(LegalId::is_strict) {
        true => ids,
        false => other_alphabet(written).unwrap_or(ids),
    }
}

/// What a number says when its letters that look like ones of ASCII are those: hints, none strict.
fn other_alphabet(written: &Written<'_>) -> Option<Vec<LegalId>> {
    let value = strict_number(written.value);
    let mut ids = identified(&Written {
        value: &value,
        ..*written
    });
    let told = ids
        .iter()
        .any(|id| id.is_strict() || matches!(id.doubt, Some(Doubt::CheckDigit(_) | Doubt::Group)));
    let seen = plain(written.value);
    let other = |letter: &char| !letter.is_ascii() && letter.is_alphabetic();
    let letter = seen.chars().find(other)?;
    for id in &mut ids {
        (id.strength, id.doubt) = (Strength::Loose, Some(Doubt::Alphabet(letter)));
        id.written = written.value.trim().to_owned();
    }
    told.then_some(ids)
}

fn identified(written: &Written<'_>) -> Vec<LegalId> {
    let table = table();
    let Some(visible) = Visible::new(written.value) else {
        return Vec::new();
    };
    let text = visible.clean("");
    let nothing = fit::is_listed(table, &text) && !text.chars().any(char::is_alphabetic);
    let ids = match choose(table, written, &visible) {
        Choice::Nothing => Vec::new(),
        Choice::Fit(fit) if nothing && !fit::is_issued_zeros(fit.scheme, &fit.value) => Vec::new(),
        Choice::Fit(fit) => {
            let label = written.schemes.iter().flatten().next().is_some();
            let lead = fit.scheme.lead.as_ref();
            let led = lead.and_then(|lead| lead.regex().find(&text));
            let words = led.map_or("", |led| led.as_str());
            let named = parts::Named { label, words };
            let word = !named.is()
                && fit
                    .scheme
                    .words
                    .as_ref()
                    .is_some_and(|form| form.fits(&fit.value));
            let apart = parts::doubt(&fit, &visible, named);
            let mut ids = conclude(table, fit, visible.footnote, written.value);
            for id in ids
                .iter_mut()
                .filter(|id| apart.is_some() && id.is_strict())
            {
                (id.strength, id.doubt) = (Strength::Loose, apart.clone());
            }
            for id in ids.iter_mut().filter(|id| word && id.is_strict()) {
                (id.strength, id.doubt) = (Strength::Loose, Some(Doubt::Word));
            }
            ids
        }
        Choice::Unfit(scheme) => foreign(table, &scheme.id, &text, Doubt::Form, written.value),
        Choice::Foreign(scheme) => foreign(table, &scheme, &text, Doubt::Unknown, written.value),
    };
    let fits = |id: &LegalId| id.scheme.len() + 1 + id.value.len() <= MAX_CANONICAL;
    ids.into_iter().filter(fits).collect()
}

/// What a number of a scheme gives.
fn conclude(
    table: &'static Table,
    fit: Fit<'static>,
    footnote: bool,
    written: &str,
) -> Vec<LegalId> {
    let Fit {
        scheme,
        value,
        digit,
        ..
    } = fit;
    let named = scheme.letters || value.chars().any(|letter| letter.is_ascii_digit());
    let ((end, derived), hints) = derive::follow(table, scheme, value.clone());
    let nobody = |scheme: &table::Scheme, value: &str| fit::names_nobody(table, scheme, value);
    if !named || nobody(scheme, &value) || nobody(end, &derived) {
        return Vec::new();
    }
    let id = |scheme: &table::Scheme, value: String, doubt: Option<Doubt>| LegalId {
        scheme: scheme.id.clone(),
        value,
        written: written.trim().to_owned(),
        strength: if doubt.is_none() {
            Strength::Strict
        } else {
            Strength::Loose
        },
        doubt,
    };
    let number = if digit == Digit::Wrong {
        let rule = scheme
            .check
            .map_or("", |check| table.checks[check].words.as_str());
        Some(Doubt::CheckDigit(rule))
    } else if footnote {
        Some(Doubt::Footnote)
    } else if digit != Digit::Fits
        && clean::made_up(&value)
        && !fit::is_issued_zeros(scheme, &value)
    {
        Some(Doubt::MadeUp)
    } else {
        None
    };
    if number.is_some() {
        return vec![id(scheme, value, number)];
    }
    let group = scheme
        .group_form
        .as_ref()
        .is_some_and(|form| form.fits(&value));
    let doubt = match () {
        () if group => Some(Doubt::Group),
        () if !end.strict => Some(Doubt::Scheme(end.not.as_deref())),
        () => None,
    };
    let mut ids = vec![id(end, derived, doubt)];
    ids.extend(
        hints
            .into_iter()
            .filter(|(scheme, value)| !nobody(scheme, value))
            .map(|(scheme, value)| id(scheme, value, Some(Doubt::Derived))),
    );
    ids
}

/// A hint under a name of its own.
fn foreign(table: &Table, scheme: &str, text: &str, doubt: Doubt, written: &str) -> Vec<LegalId> {
    let number = text.chars().any(|letter| letter.is_ascii_digit());
    if !number || fit::is_nothing(table, text) {
        return Vec::new();
    }
    vec![LegalId {
        scheme: scheme.to_owned(),
        value: text.to_owned(),
        written: written.trim().to_owned(),
        strength: Strength::Loose,
        doubt: Some(doubt),
    }]
}

/// Reads an identifier by its canonical scheme and value, as [`crate::to_json`] prints it, or by any spelling of a
/// scheme. `country` is that of the party's address.
#[must_use]
pub fn from_parts(scheme: &str, value: &str, country: Option<&str>) -> Vec<LegalId> {
    let at = |source, scheme: Option<&str>, country: Option<&str>| {
        identify(&Written {
            source,
            schemes: [scheme, None],
            value,
            country,
        })
    };
    let (place, rest) = scheme.split_once(':').unwrap_or((scheme, ""));
    let rest = (!rest.is_empty()).then_some(rest);
    match place {
        "x" => at(Source::Identification, rest, country),
        "reg" | "tax" | "vat" if rest.is_some() => hint(scheme, value),
        "reg" => at(Source::Registration, None, country),
        "tax" => at(Source::Tax, None, country),
        "vat" => at(Source::Tax, Some("VAT"), country),
        _ => at(Source::Identification, Some(scheme), country),
    }
}

/// A printed hint of a country whose registers the table does not know.
fn hint(scheme: &str, value: &str) -> Vec<LegalId> {
    let text = Visible::new(value).map(|visible| visible.clean(""));
    let ids = text.map(|text| foreign(table(), scheme, &text, Doubt::Unknown, value));
    let fits = |id: &LegalId| id.canonical().len() <= MAX_CANONICAL;
    ids.into_iter().flatten().filter(fits).collect()
}

/// Puts identifiers into the stated order and leaves out repetitions: equal canonical forms count once, as strict if
/// one of them is.
#[must_use]
pub fn ordered(mut ids: Vec<LegalId>) -> Vec<LegalId> {
    ids.sort_by_cached_key(|id| (id.rank(), id.canonical()));
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.canonical()));
    ids
}

/// The names of all schemes with what they are, for messages and pages: `de-vat`,
/// `Umsatzsteuer-Identifikationsnummer`.
pub fn schemes() -> impl Iterator<Item = (&'static str, &'static str)> {
    table()
        .schemes
        .iter()
        .map(|one| (one.id.as_str(), one.name.as_str()))
}

#[cfg(test)]
mod tests;
