//! What follows from a number for certain, and what only may.

use super::checks::abn_of_acn;
use super::fit::{self, Digit, digit};
use super::table::{Derivation, Scheme, Table};

/// A number of a scheme.
pub type Number<'t> = (&'t Scheme, String);

/// Rules after which nothing can follow any more: each scheme at most once.
const MOST: usize = 8;

/// Follows what is certain to its end. Gives the end, and what the numbers on the way hint at.
pub fn follow<'t>(
    table: &'t Table,
    scheme: &'t Scheme,
    value: String,
) -> (Number<'t>, Vec<Number<'t>>) {
    let mut at = (scheme, value);
    let mut hints = hints(table, &at);
    for _ in 0..MOST {
        let Some(next) =
            at.0.derive
                .iter()
                .find_map(|rule| apply(table, rule, &at.1))
        else {
            break;
        };
        at = next;
        hints.extend(self::hints(table, &at));
    }
    hints.retain(|hint| hint.0.id != at.0.id || hint.1 != at.1);
    (at, hints)
}

/// What a number hints at.
pub fn hints<'t>(table: &'t Table, number: &Number<'t>) -> Vec<Number<'t>> {
    let rules = number.0.hint.iter();
    rules
        .filter_map(|rule| apply(table, rule, &number.1))
        .collect()
}

/// What one rule gives, in the target's form, if that and its check digit hold.
fn apply<'t>(table: &'t Table, rule: &Derivation, value: &str) -> Option<Number<'t>> {
    if rule
        .except
        .as_ref()
        .is_some_and(|except| except.fits(value))
    {
        return None;
    }
    let next = if rule.compute {
        abn_of_acn(value)?
    } else if let Some(from) = &rule.from {
        from.regex().captures(value)?.get(1)?.as_str().to_owned()
    } else {
        value.to_owned()
    };
    let target = &table.schemes[rule.to];
    let next = fit::value(target, &next)?;
    (digit(table, target, &next) != Digit::Wrong).then_some((target, next))
}
