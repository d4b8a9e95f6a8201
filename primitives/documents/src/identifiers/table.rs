//! The table of schemes, `specs/schemas/identifiers.toml`, compiled in. Its head explains every field.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use regex::Regex;
use serde::Deserialize;

use super::checks::{self, CheckFn};
use super::clean::label;

/// A pattern of the table, compiled when it is first needed.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    regex: OnceLock<Regex>,
}

impl Pattern {
    fn new(text: String) -> Self {
        Self {
            text,
            regex: OnceLock::new(),
        }
    }

    fn whole(text: &str) -> Self {
        Self::new(format!("^(?:{text})$"))
    }

    /// The compiled pattern.
    pub fn regex(&self) -> &Regex {
        self.regex
            .get_or_init(|| Regex::new(&self.text).expect("compiled in; a test compiles each"))
    }

    /// Whether it fits.
    pub fn fits(&self, text: &str) -> bool {
        self.regex().is_match(text)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    #[serde(rename = "version")]
    _version: u32,
    labels: RawLabels,
    territories: BTreeMap<String, String>,
    placeholders: RawPlaceholders,
    courts: BTreeMap<String, RawCourts>,
    check: BTreeMap<String, RawCheck>,
    scheme: Vec<RawScheme>,
    source: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLabels {
    vat: Vec<String>,
    never: Vec<String>,
    vat_lead: String,
    local: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlaceholders {
    values: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCourts {
    names: Vec<String>,
    lettered: Vec<String>,
    letters: BTreeMap<String, Vec<String>>,
    aliases: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    words: String,
    front: Option<usize>,
    back: Option<usize>,
    source: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScheme {
    id: String,
    country: String,
    name: String,
    identifies: String,
    #[serde(default)]
    icd: Vec<String>,
    #[serde(default)]
    eas: Vec<String>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    gleif: Vec<String>,
    #[serde(default)]
    bare: Vec<String>,
    #[serde(default)]
    prefix: Vec<String>,
    #[serde(default)]
    suffix: Vec<String>,
    lead: Option<String>,
    tail: Option<String>,
    pad: Option<usize>,
    pad_from: Option<usize>,
    short: Option<String>,
    #[serde(default)]
    strip0: bool,
    #[serde(default)]
    keep: String,
    #[serde(default)]
    signs: String,
    #[serde(default)]
    letters: bool,
    form: String,
    check: Option<String>,
    checked: Option<String>,
    over: Option<usize>,
    #[serde(rename = "unique")]
    _unique: Option<String>,
    group: Option<String>,
    group_form: Option<String>,
    #[serde(default)]
    register: bool,
    several: Option<String>,
    words: Option<String>,
    #[serde(default)]
    root: bool,
    #[serde(default)]
    zeros: bool,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    derive: Vec<RawDerivation>,
    #[serde(default)]
    hint: Vec<RawDerivation>,
    not: Option<String>,
    strength: String,
    source: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDerivation {
    to: String,
    from: Option<String>,
    except: Option<String>,
    compute: Option<String>,
}

/// One check digit rule.
#[derive(Debug)]
pub struct Check {
    /// Its name in the table.
    pub name: String,
    /// The rule in words.
    pub words: String,
    /// How many characters at the front are check digits.
    pub front: usize,
    /// How many at the back are.
    pub back: usize,
    /// Whether a value fits it.
    pub fits: CheckFn,
}

/// What follows from a number.
#[derive(Debug)]
pub struct Derivation {
    /// The scheme of what follows.
    pub to: usize,
    /// Captures the part that names it; the whole value without one.
    pub from: Option<Pattern>,
    /// Values from which it does not follow.
    pub except: Option<Pattern>,
    /// Whether the value is computed, and not a part of the number.
    pub compute: bool,
}

/// One scheme of identifiers.
#[derive(Debug)]
pub struct Scheme {
    /// The canonical name.
    pub id: String,
    /// Whose number it is; `*` for none in particular.
    pub country: String,
    /// What people call it.
    pub name: String,
    /// What it identifies.
    pub identifies: String,
    /// What looks as if it followed, and does not.
    pub not: Option<String>,
    /// Whether it may stand without a label where value added tax numbers stand.
    pub bare_vat: bool,
    /// The same, in other tax registrations.
    pub bare_tax: bool,
    /// The same, in the registration of the legal entity.
    pub bare_registration: bool,
    /// Texts left out at the front.
    pub prefix: Vec<String>,
    /// Texts left out at the end.
    pub suffix: Vec<String>,
    /// Words left out at the front.
    pub lead: Option<Pattern>,
    /// Words left out at the end.
    pub tail: Option<Pattern>,
    /// Length to fill with zeros.
    pub pad: Option<usize>,
    /// Shortest length that is filled; half of it without one.
    pub pad_from: Option<usize>,
    /// Whether numbers that lack zeros are hints where nothing names the scheme: another list of the country has
    /// numbers as short.
    pub short_is_hint: bool,
    /// Whether leading zeros are left out.
    pub strip0: bool,
    /// Signs other than letters and digits that count.
    pub keep: String,
    /// Signs that may stand between the digits of one number, and do not count.
    pub signs: String,
    /// Whether a value may have no digit.
    pub letters: bool,
    /// The value, whole.
    pub form: Pattern,
    /// Index of the check digit rule.
    pub check: Option<usize>,
    /// Whether some issued numbers do not fit the check digit.
    pub mostly: bool,
    /// How many characters from the left the check digit covers.
    pub over: Option<usize>,
    /// Whether members of a tax group share a number that looks like any other.
    pub shared: bool,
    /// Numbers that show that they are a tax group's.
    pub group_form: Option<Pattern>,
    /// Whether a country's register of companies knows a company by it: its own number, and no other's.
    pub register: bool,
    /// Numbers of which a company may have more than one, at once or one after another.
    pub several: Option<Pattern>,
    /// Values whose letters may be a word before a number: hints where nothing names the scheme.
    pub words: Option<Pattern>,
    /// Whether it stands above the registrations by which a company numbers its invoices.
    pub root: bool,
    /// Whether a value of nothing but zeros is issued.
    pub zeros: bool,
    /// Whether every extract of the country's register shows it.
    pub primary: bool,
    /// What follows for certain.
    pub derive: Vec<Derivation>,
    /// What only may follow.
    pub hint: Vec<Derivation>,
    /// Whether equal values are one company.
    pub strict: bool,
}

/// What a label means.
#[derive(Debug, Clone, Default)]
pub struct Label {
    /// Its schemes.
    pub schemes: Vec<usize>,
    /// Whether it counts for parties of the scheme's country alone.
    pub local: bool,
}

/// The table.
#[derive(Debug)]
pub struct Table {
    /// The schemes.
    pub schemes: Vec<Scheme>,
    /// Where each scheme stands among them.
    pub ids: HashMap<String, usize>,
    /// The check digit rules.
    pub checks: Vec<Check>,
    /// Spellings of schemes, by letters and digits alone.
    pub labels: HashMap<String, Label>,
    /// Labels of value added tax in general.
    pub vat: HashSet<String>,
    /// Labels that number no party.
    pub never: HashSet<String>,
    /// Words before a value added tax number.
    pub vat_lead: Pattern,
    /// Prefixes of two letters or more that name a country, longest first, with the schemes that stand bare as VAT.
    pub prefixes: Vec<(String, Vec<usize>)>,
    /// Countries with a scheme, and theirs.
    pub countries: HashMap<String, Vec<usize>>,
    /// Addresses whose companies are in the registers of another code.
    pub territories: HashMap<String, String>,
    /// Numbers that name nobody.
    pub placeholders: HashSet<String>,
    /// German courts by all their names.
    pub courts: HashMap<String, String>,
    /// German courts whose numbers all have letters.
    pub lettered: HashSet<String>,
    /// The letters that stand behind numbers of a German court.
    pub letters: BTreeMap<String, Vec<String>>,
}

impl Table {
    /// The scheme of a canonical name.
    pub fn named(&self, id: &str) -> Option<&Scheme> {
        self.ids.get(id).map(|at| &self.schemes[*at])
    }
}

/// The table, read once.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = include_str!("../../../../specs/schemas/identifiers.toml");
        let raw = toml::from_str(text).expect("compiled in, and read by every test");
        build(raw)
    })
}

fn build(raw: RawTable) -> Table {
    let numbered = raw.scheme.iter().enumerate();
    let ids: HashMap<String, usize> = numbered.map(|(at, one)| (one.id.clone(), at)).collect();
    let checks: Vec<Check> = raw.check.into_iter().map(check).collect();
    let rules: HashMap<String, usize> = checks
        .iter()
        .enumerate()
        .map(|(at, one)| (one.name.clone(), at))
        .collect();
    let labels = labels(&raw.scheme, &raw.labels.local);
    let schemes: Vec<Scheme> = raw
        .scheme
        .into_iter()
        .map(|one| scheme(one, &ids, &rules, &raw.source))
        .collect();
    let mut countries: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, one) in schemes
        .iter()
        .enumerate()
        .filter(|(_, one)| one.country != "*")
    {
        countries.entry(one.country.clone()).or_default().push(at);
    }
    let set = |list: &[String]| list.iter().map(|one| label(one)).collect();
    let german = raw.courts.get("DE").expect("the table has German courts");
    let own = german.names.iter().map(|name| (name.clone(), name.clone()));
    let other = german
        .aliases
        .iter()
        .map(|(one, name)| (one.clone(), name.clone()));
    Table {
        prefixes: prefixes(&schemes),
        countries,
        labels,
        vat: set(&raw.labels.vat),
        never: set(&raw.labels.never),
        vat_lead: Pattern::new(format!("^(?:{})", raw.labels.vat_lead)),
        territories: raw.territories.into_iter().collect(),
        placeholders: raw.placeholders.values.into_iter().collect(),
        courts: own.chain(other).collect(),
        lettered: german.lettered.iter().cloned().collect(),
        letters: german.letters.clone(),
        checks,
        schemes,
        ids,
    }
}

fn check((name, raw): (String, RawCheck)) -> Check {
    assert!(!raw.source.is_empty(), "each rule names its source");
    let fits = checks::named(&name).expect("each check digit of the table has its function");
    Check {
        words: raw.words,
        front: raw.front.unwrap_or(0),
        back: raw.back.unwrap_or(usize::from(raw.front.is_none())),
        fits,
        name,
    }
}

/// All spellings of all schemes; a scheme's own name is one of them.
fn labels(schemes: &[RawScheme], local: &[String]) -> HashMap<String, Label> {
    let local: HashSet<String> = local.iter().map(|one| label(one)).collect();
    let mut labels: HashMap<String, Label> = HashMap::new();
    for (at, one) in schemes.iter().enumerate() {
        let spelt = [&one.icd, &one.eas, &one.labels, &one.gleif];
        let own = std::iter::once(&one.id);
        for spelling in spelt.into_iter().flatten().chain(own) {
            let key = label(spelling);
            let entry = labels.entry(key.clone()).or_default();
            entry.local = local.contains(&key) && *spelling != one.id;
            if !entry.schemes.contains(&at) {
                entry.schemes.push(at);
            }
        }
    }
    labels
}

fn scheme(
    raw: RawScheme,
    ids: &HashMap<String, usize>,
    rules: &HashMap<String, usize>,
    sources: &BTreeMap<String, String>,
) -> Scheme {
    assert!(
        raw.source.iter().all(|one| sources.contains_key(one)),
        "each source is listed"
    );
    let bare = |place: &str| raw.bare.iter().any(|one| one == place);
    let derivation = |raw: RawDerivation| Derivation {
        to: ids[&raw.to],
        from: raw.from.as_deref().map(Pattern::whole),
        except: raw.except.as_deref().map(Pattern::whole),
        compute: raw.compute.is_some(),
    };
    Scheme {
        bare_vat: bare("vat"),
        bare_tax: bare("tax"),
        bare_registration: bare("registration"),
        check: raw.check.as_ref().map(|name| rules[name]),
        mostly: raw.checked.as_deref() == Some("mostly"),
        over: raw.over,
        shared: raw.group.as_deref() == Some("shared"),
        group_form: raw.group_form.as_deref().map(Pattern::whole),
        register: raw.register,
        several: raw.several.as_deref().map(Pattern::whole),
        words: raw.words.as_deref().map(Pattern::whole),
        root: raw.root,
        zeros: raw.zeros,
        primary: raw.primary,
        derive: raw.derive.into_iter().map(derivation).collect(),
        hint: raw.hint.into_iter().map(derivation).collect(),
        strict: raw.strength == "strict",
        id: raw.id,
        country: raw.country,
        name: raw.name,
        identifies: raw.identifies,
        not: raw.not,
        prefix: raw.prefix,
        suffix: raw.suffix,
        lead: raw.lead.map(|text| Pattern::new(format!("^(?:{text})"))),
        tail: raw.tail.map(|text| Pattern::new(format!("(?:{text})$"))),
        pad: raw.pad,
        pad_from: raw.pad_from,
        short_is_hint: raw.short.as_deref() == Some("hint"),
        strip0: raw.strip0,
        keep: raw.keep,
        signs: raw.signs,
        letters: raw.letters,
        form: Pattern::whole(&raw.form),
    }
}

fn prefixes(schemes: &[Scheme]) -> Vec<(String, Vec<usize>)> {
    let mut all: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, one) in schemes.iter().enumerate().filter(|(_, one)| one.bare_vat) {
        let letters =
            |text: &&String| text.chars().count() > 1 && text.chars().all(char::is_alphabetic);
        for prefix in one.prefix.iter().filter(letters) {
            all.entry(prefix.clone()).or_default().push(at);
        }
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
    all
}
