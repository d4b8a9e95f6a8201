//! Which scheme a written number belongs to: by its label, its own letters, and the country of the party's address.

use super::clean::{self, Visible};
use super::fit::{Digit, Fit, fit};
use super::table::{Scheme, Table};
use super::{Source, Written};

/// What a label means for a party.
enum Meaning {
    /// It numbers no party.
    Never,
    /// Its schemes.
    Schemes(Vec<usize>),
    /// Value added tax of a country.
    VatOf(String),
    /// Value added tax.
    Vat,
    /// Nothing that the table knows.
    Unknown(String),
}

/// What a written number is.
pub enum Choice<'t> {
    /// No identifier of a company.
    Nothing,
    /// A number of a scheme.
    Fit(Fit<'t>),
    /// A number under a label whose form it does not have.
    Unfit(&'t Scheme),
    /// A number of a scheme or country that the table does not know: `x:0177`, `reg:KE`, `vat:KE`, `tax:KE`.
    Foreign(String),
}

/// Chooses. A nearer label that the table knows goes before a farther one.
pub fn choose<'t>(table: &'t Table, written: &Written<'_>, visible: &Visible<'_>) -> Choice<'t> {
    let country = written
        .country
        .and_then(|code| clean::country(code, &table.territories));
    let labels = written
        .schemes
        .iter()
        .flatten()
        .map(|spelt| clean::label(spelt));
    let labels: Vec<String> = labels.filter(|spelt| !spelt.is_empty()).collect();
    let chooser = Chooser {
        table,
        visible,
        country,
        source: written.source,
        kind: labels
            .iter()
            .find(|spelt| matches!(spelt.as_str(), "HRA" | "HRB"))
            .map(String::as_str),
    };
    let mut meanings = labels.iter().map(|spelt| chooser.meaning(spelt));
    let first = meanings.next();
    let meaning = match first {
        Some(Meaning::Unknown(_)) => meanings
            .find(|one| !matches!(one, Meaning::Unknown(_)))
            .or(first),
        known => known,
    };
    chooser.by(meaning)
}

struct Chooser<'t, 'a> {
    table: &'t Table,
    visible: &'a Visible<'a>,
    country: Option<String>,
    source: Source,
    kind: Option<&'a str>,
}

impl<'t> Chooser<'t, '_> {
    fn meaning(&self, label: &str) -> Meaning {
        if self.table.never.contains(label) {
            return Meaning::Never;
        }
        if self.table.vat.contains(label) {
            return Meaning::Vat;
        }
        if let Some(known) = self.table.labels.get(label) {
            let mut schemes = known.schemes.clone();
            if known.local {
                schemes
                    .retain(|at| Some(&self.table.schemes[*at].country) == self.country.as_ref());
            }
            if !schemes.is_empty() {
                return Meaning::Schemes(schemes);
            }
        }
        if matches!(label.len(), 2 | 3) && label.bytes().all(|byte| byte.is_ascii_digit()) {
            let icd = format!("{label:0>4}");
            if self.table.labels.contains_key(&icd) {
                return self.meaning(&icd);
            }
        }
        let vat_of = label.strip_suffix("VAT");
        match vat_of.and_then(|code| clean::country(code, &self.table.territories)) {
            Some(country) => Meaning::VatOf(country),
            None => Meaning::Unknown(label.to_owned()),
        }
    }

    fn by(&self, meaning: Option<Meaning>) -> Choice<'t> {
        match meaning {
            Some(Meaning::Never) => Choice::Nothing,
            Some(Meaning::Schemes(schemes)) => self.named(&schemes),
            Some(Meaning::VatOf(country)) => match self.of(Some(&country), |one| one.bare_vat) {
                schemes if schemes.is_empty() => Choice::Foreign(format!("vat:{country}")),
                schemes => self.named(&schemes),
            },
            Some(Meaning::Vat) => {
                let own = self.of(self.country.as_deref(), |one| one.bare_vat);
                self.bare([self.by_letters(true), self.best(&own)], "vat")
            }
            _ if self.source == Source::Tax => {
                let own = self.of(self.country.as_deref(), |one| one.bare_tax);
                self.bare([self.by_letters(true), self.best(&own)], "tax")
            }
            Some(Meaning::Unknown(label)) => Choice::Foreign(format!("x:{label}")),
            None if self.source == Source::Registration => {
                let own = self.of(self.country.as_deref(), |one| one.bare_registration);
                self.bare([self.best(&own), self.by_letters(false)], "reg")
            }
            None => Choice::Nothing,
        }
    }

    /// The schemes of a country that may stand at a place without a label.
    fn of(&self, country: Option<&str>, bare: impl Fn(&Scheme) -> bool) -> Vec<usize> {
        let all = country.and_then(|country| self.table.countries.get(country));
        let all = all.into_iter().flatten().copied();
        all.filter(|at| bare(&self.table.schemes[*at])).collect()
    }

    /// A number under a label of these schemes. A country's letters before it go before the label only where it does
    /// not fit the label.
    fn named(&self, schemes: &[usize]) -> Choice<'t> {
        let named = self.best(schemes);
        let right = |fit: &Fit<'_>| fit.digit != Digit::Wrong;
        if let Some(fit) = named.clone().filter(right) {
            return Choice::Fit(fit);
        }
        if let Some(fit) = self.by_letters(self.source == Source::Tax).filter(right) {
            return Choice::Fit(fit);
        }
        match (named, schemes.first()) {
            (Some(fit), _) => Choice::Fit(fit),
            (None, Some(first)) => Choice::Unfit(&self.table.schemes[*first]),
            (None, None) => Choice::Nothing,
        }
    }

    /// A number without a label that says more: the first reading whose check digit is not wrong, else the first.
    fn bare(&self, readings: [Option<Fit<'t>>; 2], place: &str) -> Choice<'t> {
        let mut found: Vec<Fit<'t>> = readings.into_iter().flatten().collect();
        let right = found.iter().position(|fit| fit.digit != Digit::Wrong);
        if !found.is_empty() {
            return Choice::Fit(found.swap_remove(right.unwrap_or(0)));
        }
        match &self.country {
            Some(country) => Choice::Foreign(format!("{place}:{country}")),
            None => Choice::Nothing,
        }
    }

    /// The best reading: a right check digit, a strict scheme, few texts left out, the table's order.
    fn best(&self, schemes: &[usize]) -> Option<Fit<'t>> {
        let fits = schemes.iter().filter_map(|at| {
            let scheme = &self.table.schemes[*at];
            fit(self.table, scheme, self.visible, None, self.kind)
        });
        let mut fits: Vec<Fit<'t>> = fits.collect();
        // a whole number with a wrong check digit is no other register's that lacks digits
        let is_wrong = |one: &Fit<'_>| one.digit == Digit::Wrong && !one.filled;
        if fits.iter().any(is_wrong) {
            fits.retain(|one| !(one.filled && one.digit == Digit::Silent));
        }
        fits.into_iter().min_by_key(|fit| {
            (
                fit.digit == Digit::Wrong,
                !fit.scheme.strict,
                fit.digit,
                fit.cuts,
            )
        })
    }

    /// The value added tax number of the country whose letters stand before it, words of VAT in general aside.
    /// Where no `tax` number is expected, letters of another country than the address's count only with a check digit
    /// that fits.
    fn by_letters(&self, tax: bool) -> Option<Fit<'t>> {
        let text = self.visible.clean("+*");
        let cut = self.table.vat_lead.regex().find(&text);
        let rest = cut.map(|found| &text[found.end()..]);
        let starts = [Some(text.as_str()), rest].into_iter().flatten();
        let mut best: Option<Fit<'t>> = None;
        for start in starts {
            let named = self
                .table
                .prefixes
                .iter()
                .filter(|(prefix, _)| start.starts_with(prefix.as_str()));
            for (prefix, schemes) in named {
                let fits = schemes.iter().filter_map(|at| {
                    fit(
                        self.table,
                        &self.table.schemes[*at],
                        self.visible,
                        Some(prefix),
                        None,
                    )
                });
                for fit in fits.filter(|fit| tax || self.may_count(fit)) {
                    if best
                        .as_ref()
                        .is_none_or(|best| (fit.digit, fit.cuts) < (best.digit, best.cuts))
                    {
                        best = Some(fit);
                    }
                }
            }
        }
        best.or_else(|| self.one_stop_shop().filter(|_| tax))
    }

    fn may_count(&self, fit: &Fit<'_>) -> bool {
        let home = self.country.as_ref() == Some(&fit.scheme.country);
        home || fit.digit == Digit::Fits
    }

    /// Numbers of the Union's one-stop shops, whose letters are no country's.
    fn one_stop_shop(&self) -> Option<Fit<'t>> {
        let at = self.table.labels.get("EUOSS")?.schemes.first()?;
        fit(
            self.table,
            &self.table.schemes[*at],
            self.visible,
            None,
            None,
        )
    }
}
