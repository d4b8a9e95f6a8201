//! Fields as values: the twin of `evaluate/value.rs` and `evaluate/term.rs`, where they read leaves.

use ark_bls12_381::Fr;
use ark_ff::Field as _;
use num_bigint::BigUint;
use sealane_crypto::keys::Place;
use sealane_gadgets::{Wire, decide};
use sealane_types::schema::{
    AMOUNT_SCALE, NUMBER_BITS, PARTY_IDS, PAYABLE_BITS, PRICE_SCALE, QUANTITY_SCALE,
};

use super::open::Leaf;
use super::value::{Exact, Measure, Party, SymbolId, Value, big_ten, largest, text};
use super::{Compiler, Item, tables};
use crate::field::{CURRENCY, Field, FieldType, QUANTITY};

impl Compiler<'_> {
    /// The value of an item's field.
    pub(super) fn field(&mut self, item: Item, field: &'static Field) -> Value {
        let key = (item, field.path, field.holds);
        if let Some(value) = self.values.get(&key) {
            return value.clone();
        }
        let value = match item {
            Item::Picked(picked) => {
                let sources = self.picked[picked].sources.clone();
                let values: Vec<Value> = sources
                    .iter()
                    .map(|(_, source)| self.field(*source, field))
                    .collect();
                self.pick(picked, &values)
            }
            Item::Tallied(line) => self.tallied_value(line, field),
            Item::Document(_) | Item::Line(..) => self.read(item, field),
        };
        self.values.insert(key, value.clone());
        value
    }

    /// The leaf of a slot of a document or line.
    pub(super) fn leaf(&self, item: Item, slot: usize) -> &Leaf {
        let slot = u8::try_from(slot).expect("32 slots");
        let (position, place) = match item {
            Item::Document(position) => (position, Place::Header(slot)),
            Item::Line(position, line) => {
                let line = u16::try_from(line).expect("128 lines");
                (position, Place::Line { line, slot })
            }
            Item::Picked(_) | Item::Tallied(_) => {
                unreachable!("picked items have no leaves of their own")
            }
        };
        &self.documents[position].leaves[&place]
    }

    /// Whether a leaf is there, and its second value.
    pub(super) fn second(&self, item: Item, slot: usize) -> (Wire, Wire) {
        let leaf = self.leaf(item, slot);
        (leaf.present.clone(), leaf.values[1].clone())
    }

    /// Whether a field is there; a party, if its first identifier is.
    pub(super) fn present(&mut self, item: Item, slot: usize) -> Wire {
        if let Some(present) = self.presences.get(&(item, slot)) {
            return present.clone();
        }
        let present = match item {
            Item::Picked(picked) => {
                let sources = self.picked[picked].sources.clone();
                let all: Vec<Wire> = sources
                    .iter()
                    .map(|(_, source)| self.present(*source, slot))
                    .collect();
                self.pick_wires(picked, &all)
            }
            Item::Tallied(line) => self.tallied_presence(line, slot),
            Item::Document(_) | Item::Line(..) => self.leaf(item, slot).present.clone(),
        };
        self.presences.insert((item, slot), present.clone());
        present
    }

    /// A party's identifiers.
    pub(super) fn party_at(&mut self, item: Item, slot: usize) -> Party {
        if let Some(known) = self.identifiers.get(&(item, slot)) {
            return known.clone();
        }
        let ids = match item {
            Item::Picked(picked) => {
                let sources = self.picked[picked].sources.clone();
                let all: Vec<Party> = sources
                    .iter()
                    .map(|(_, source)| self.party_at(*source, slot))
                    .collect();
                let id = |number: usize| all.iter().map(move |party| party.ids[number].clone());
                let ids: Vec<Vec<Wire>> =
                    (0..PARTY_IDS).map(|number| id(number).collect()).collect();
                ids.iter().map(|ids| self.pick_wires(picked, ids)).collect()
            }
            Item::Tallied(_) => unreachable!("lines have no parties"),
            Item::Document(_) | Item::Line(..) => self.leaf(item, slot).values.clone(),
        };
        let party = Party { ids };
        self.identifiers.insert((item, slot), party.clone());
        party
    }

    fn read(&mut self, item: Item, field: &'static Field) -> Value {
        let leaf = self.leaf(item, field.slot).clone();
        let [v1, v2] = [leaf.values[0].clone(), leaf.values[1].clone()];
        let present = leaf.present;
        match field.holds {
            FieldType::Text | FieldType::Name | FieldType::LineId => {
                Value::Symbol(self.symbol(present, v1))
            }
            FieldType::LineReference => self.line_reference(&present, v1, v2),
            FieldType::NumberedLine => self.numbered_line(item),
            FieldType::References => Value::Symbol(self.symbol(present, v2)),
            FieldType::Number => Value::Number {
                strict: self.symbol(present.clone(), v1),
                loose: self.symbol(present, v2),
            },
            FieldType::Reference => self.reference(&present, v1),
            FieldType::Currency => {
                let (known, number) = tables::number_of(self.system, &v1);
                let ready = self.and(&present, &known);
                Value::Symbol(self.symbol(ready, number))
            }
            FieldType::Date => self.number(present, v1, field.holds, Measure::Day),
            FieldType::Integer => self.number(present, v1, field.holds, Measure::Integer),
            FieldType::Amount => {
                let measure = Measure::Money(self.symbol(Wire::one(), v2));
                self.number(present, v1, field.holds, measure)
            }
            FieldType::Payable => self.payable(present, v1, v2),
            FieldType::Quantity => {
                let ready = self.with_unit(&present, &v2);
                let measure = Measure::Goods(self.unit(item, field.slot));
                self.number(ready, v1, field.holds, measure)
            }
            FieldType::Price => self.price(item, present, v1, v2),
            FieldType::Party => unreachable!("parties are no values"),
        }
    }

    fn number(&mut self, ready: Wire, v1: Wire, holds: FieldType, measure: Measure) -> Value {
        self.in_range(&v1, holds.bits());
        Value::of(Exact {
            ready,
            numerator: v1,
            denominator: None,
            scale: holds.scale(),
            largest: largest(holds.bits()),
            largest_denominator: BigUint::from(1_u8),
            measure,
        })
    }

    /// A number within its width, and whether it is at least 0.
    fn in_range(&mut self, number: &Wire, bits: u32) -> Wire {
        // specs: cross-check#K7
        self.system
            .named("K7", |system| decide::signed_range(system, number, bits))
    }

    /// The first reference's loose form, unless it is empty or there is none.
    fn reference(&mut self, present: &Wire, v1: Wire) -> Value {
        let empty = text("");
        let none = self.system.named("K8", |system| {
            let product = system.product(&v1, &(&v1 - empty));
            decide::is_zero(system, &product)
        });
        let ready = self.and(present, &decide::not(&none));
        Value::Loose(self.symbol(ready, v1))
    }

    fn payable(&mut self, present: Wire, v1: Wire, v2: Wire) -> Value {
        self.in_range(&v1, PAYABLE_BITS);
        let factor = tables::factor_of(self.system, &v2);
        let numerator = self
            .system
            .named("K13", |system| system.product(&v1, &factor));
        Value::of(Exact {
            ready: present,
            numerator,
            denominator: None,
            scale: AMOUNT_SCALE,
            largest: largest(PAYABLE_BITS) * big_ten(AMOUNT_SCALE),
            largest_denominator: BigUint::from(1_u8),
            measure: Measure::Money(self.symbol(Wire::one(), v2)),
        })
    }

    /// Whether a quantity is there and has a unit.
    fn with_unit(&mut self, present: &Wire, unit: &Wire) -> Wire {
        let none = Wire::constant(text(""));
        let without = self
            .system
            .named("K8", |system| decide::equal(system, present, unit, &none));
        present - &without
    }

    /// The unit of a line's quantity, one symbol however often it is asked for.
    fn unit(&mut self, item: Item, slot: usize) -> SymbolId {
        if let Some(known) = self.units.get(&(item, slot)) {
            return *known;
        }
        let unit = self.leaf(item, slot).values[1].clone();
        let id = self.symbol(Wire::one(), unit);
        self.units.insert((item, slot), id);
        id
    }

    /// A price: ready if it, its document's currency and its line's unit are, and its base is above zero.
    fn price(&mut self, item: Item, present: Wire, value: Wire, base: Wire) -> Value {
        let Item::Line(position, _) = item else {
            unreachable!("prices stand in lines");
        };
        self.in_range(&value, NUMBER_BITS);
        let at_least_zero = self.in_range(&base, NUMBER_BITS);
        let zero = self
            .system
            .named("K9", |system| decide::is_zero(system, &base));
        let positive = &at_least_zero - &zero;
        let Value::Symbol(currency) = self.field(Item::Document(position), &CURRENCY) else {
            unreachable!("currencies are symbols");
        };
        let quantity = self.leaf(item, QUANTITY.slot).clone();
        let with_unit = self.with_unit(&quantity.present, &quantity.values[1]);
        let known = self.symbols[currency.0].ready.clone();
        let ready = self.all(&[&present, &positive, &known, &with_unit]);
        Value::of(Exact {
            ready,
            numerator: value,
            denominator: Some(base),
            scale: PRICE_SCALE - QUANTITY_SCALE,
            largest: largest(NUMBER_BITS),
            largest_denominator: largest(NUMBER_BITS),
            measure: Measure::Rate(currency, self.unit(item, QUANTITY.slot)),
        })
    }

    /// A text as a symbol.
    pub(super) fn constant(&mut self, value: Fr) -> SymbolId {
        self.symbol(Wire::one(), Wire::constant(value))
    }
}

pub(super) fn exact(value: &Value) -> Option<Exact> {
    match value {
        Value::Exact(exact) => Some(Exact::clone(exact)),
        _ => None,
    }
}

/// The number of a currency's code.
pub(super) fn currency_number(code: &str) -> Fr {
    let currency = sealane_types::fields::Currency::new(code);
    currency.map_or(-Fr::ONE, |currency| Fr::from(currency.number()))
}
