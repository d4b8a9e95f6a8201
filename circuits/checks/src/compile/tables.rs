//! The table of currencies as polynomials: from a text's hash to a currency's number, and from that to its minor unit.

use std::sync::LazyLock;

use ark_bls12_381::Fr;
use sealane_gadgets::polynomial::{Powers, through, vanishing};
use sealane_gadgets::{System, Wire, decide};
use sealane_types::fields::Currency;
use sealane_types::schema::AMOUNT_SCALE;

use super::value::{ten, text};
use crate::currency::{CODES, USUAL};

struct Table {
    vanishing: Vec<Fr>,
    values: Vec<Fr>,
}

impl Table {
    fn new(points: &[(Fr, Fr)]) -> Self {
        let keys: Vec<Fr> = points.iter().map(|(key, _)| *key).collect();
        Self {
            vanishing: vanishing(&keys),
            values: through(points),
        }
    }

    /// Whether the key is in the table, and its value if it is.
    fn look_up(&self, system: &mut System, key: &Wire) -> (Wire, Wire) {
        let powers = Powers::of(system, key, self.values.len());
        let zero = powers.evaluate(system, &self.vanishing);
        let known = decide::is_zero(system, &zero);
        (known, powers.evaluate(system, &self.values))
    }
}

/// All currencies of the table.
fn currencies() -> impl Iterator<Item = Currency> {
    CODES.iter().filter_map(|code| Currency::new(code))
}

static NUMBERS: LazyLock<Table> = LazyLock::new(|| {
    let point = |currency: Currency| (text(currency.code()), Fr::from(currency.number()));
    Table::new(&currencies().map(point).collect::<Vec<_>>())
});

static FACTORS: LazyLock<Table> = LazyLock::new(|| {
    let unusual = currencies().filter(|currency| currency.minor_units() != USUAL);
    let point = |currency: Currency| {
        let factor = ten(AMOUNT_SCALE - currency.minor_units());
        (Fr::from(currency.number()), factor)
    };
    Table::new(&unusual.map(point).collect::<Vec<_>>())
});

/// Whether a text's hash is that of a currency's code, and that currency's number.
pub(super) fn number_of(system: &mut System, code: &Wire) -> (Wire, Wire) {
    // specs: cross-check#K13
    system.named("K13", |system| NUMBERS.look_up(system, code))
}

/// `10⁶⁻ᵈ` for the currency of a number, d its decimals.
pub(super) fn factor_of(system: &mut System, number: &Wire) -> Wire {
    // specs: cross-check#K13
    system.named("K13", |system| {
        let (unusual, factor) = FACTORS.look_up(system, number);
        let usual = Wire::constant(ten(AMOUNT_SCALE - USUAL));
        decide::select(system, &unusual, &factor, &usual)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::AdditiveGroup;
    use sealane_gadgets::Mode;

    #[test]
    fn every_currency_has_its_number_and_factor_and_nothing_else_has_one() {
        for currency in currencies() {
            let mut system = System::new(Mode::Values);
            let code = system.witness(text(currency.code()));
            let (known, number) = number_of(&mut system, &code);
            assert_eq!(known.value(), Fr::from(1_u8));
            assert_eq!(number.value(), Fr::from(currency.number()));
            let factor = factor_of(&mut system, &number);
            let expected = ten(AMOUNT_SCALE - currency.minor_units());
            assert_eq!(factor.value(), expected, "{}", currency.code());
        }
        let mut system = System::new(Mode::Values);
        for none in ["eur", "XXX", ""] {
            let code = system.witness(text(none));
            assert_eq!(number_of(&mut system, &code).0.value(), Fr::ZERO);
        }
        let unlisted = Currency::new("XXX").expect("three letters");
        let unlisted = system.witness(Fr::from(unlisted.number()));
        assert_eq!(factor_of(&mut system, &unlisted).value(), ten(4));
    }
}
