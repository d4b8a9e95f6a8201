//! What the compiler costs: the requirements of *price × quantity* written by hand, over the same opened leaves, against those that it
//! writes. Opening the documents is one and the same.
#![allow(clippy::unwrap_used)]

use ark_bls12_381::Fr;
use ark_ff::AdditiveGroup;
use sealane_checks::compile::blank;
use sealane_checks::currency::CODES;
use sealane_checks::fixture::trade;
use sealane_checks::standard::STANDARD;
use sealane_checks::{Instance, Sizes, read};
use sealane_crypto::commitment::{input_element, leaf_inputs, unknown_element};
use sealane_gadgets::decide::{Widths, equal, is_zero, not, signed_range, within};
use sealane_gadgets::polynomial::{Powers, through, vanishing};
use sealane_gadgets::{Mode, System, Wire};
use sealane_types::fields::{Currency, FieldValue, LeafInput};
use sealane_types::schema::{CanonicalFields, line_slot, slot};

/// An opened leaf: presence, values.
struct Leaf([Wire; 3]);

impl Leaf {
    fn there(&self) -> &Wire {
        &self.0[0]
    }

    fn first(&self) -> &Wire {
        &self.0[1]
    }

    fn second(&self) -> &Wire {
        &self.0[2]
    }
}

fn leaf(system: &mut System, value: Option<&FieldValue>) -> Leaf {
    let [v1, v2] = value.map_or([Fr::ZERO; 2], leaf_inputs);
    let presence = Fr::from(u8::from(value.is_some()));
    Leaf([presence, v1, v2].map(|value| system.witness(value)))
}

fn header(system: &mut System, document: &CanonicalFields, slot: usize) -> Leaf {
    leaf(system, document.header[slot].as_ref())
}

/// A party's identifiers.
fn party(system: &mut System, document: &CanonicalFields, slot: usize) -> Vec<Wire> {
    let value = document.header[slot].as_ref().unwrap();
    let ids = value.identifiers().unwrap();
    ids.iter()
        .map(|id| system.witness(input_element(id)))
        .collect()
}

fn column(system: &mut System, document: &CanonicalFields, lines: usize, slot: usize) -> Vec<Leaf> {
    let value = |line: usize| {
        document
            .lines
            .get(line)
            .and_then(|line| line[slot].as_ref())
    };
    (0..lines).map(|line| leaf(system, value(line))).collect()
}

/// The bits of `names-order` and so on, written for this one check.
struct Hand<'a> {
    system: &'a mut System,
}

impl Hand<'_> {
    fn and(&mut self, bits: &[&Wire]) -> Wire {
        let mut all = Wire::one();
        for bit in bits {
            all = self.system.product(&all, bit);
        }
        all
    }

    fn same(&mut self, one: &Leaf, other: &Leaf) -> Wire {
        let both = self.system.product(one.there(), other.there());
        equal(self.system, &both, one.first(), other.first())
    }

    /// A reference is there, and neither empty nor of nothing.
    fn names(&mut self, reference: &Leaf, number: &Leaf) -> Wire {
        let empty = input_element(&LeafInput::Text(String::new()));
        let product = self
            .system
            .product(reference.first(), &(reference.first() - empty));
        let nothing = is_zero(self.system, &product);
        let ready = self.and(&[reference.there(), &not(&nothing), number.there()]);
        equal(self.system, &ready, reference.first(), number.second())
    }

    /// Whether parties have an identifier in common.
    fn parties(&mut self, one: &[Wire], other: &[Wire]) -> Wire {
        let mut product = Wire::one();
        for id in one {
            let filled = id + &is_zero(self.system, id);
            for their in other {
                product = self.system.product(&product, &(&filled - their));
            }
        }
        is_zero(self.system, &product)
    }

    fn given(&mut self, ids: &[Wire]) -> Wire {
        not(&is_zero(self.system, &ids[0]))
    }

    /// Whether a party sealed as an alias with these identifiers.
    fn sealed(&mut self, ids: &[Wire], alias: &[Wire]) -> Wire {
        let mut foreign = Vec::new();
        for id in ids {
            let mut product = id.clone();
            for own in alias {
                product = self.system.product(&product, &(id - own));
            }
            foreign.push(not(&is_zero(self.system, &product)));
        }
        let all = is_zero(self.system, &Wire::sum(&foreign));
        let given = self.given(ids);
        self.system.product(&all, &given)
    }

    /// A line of another document, whose document is known.
    fn known(&mut self, line: &Leaf) -> Leaf {
        let unknown = Wire::constant(unknown_element());
        let unknown = equal(self.system, line.there(), line.second(), &unknown);
        let known = line.there() - &unknown;
        Leaf([known, line.first().clone(), line.second().clone()])
    }

    /// The same where it is of the order with this number, or of any.
    fn of_order(&mut self, line: &Leaf, number: &Wire) -> Leaf {
        let apart = self
            .system
            .product(line.second(), &(line.second() - number));
        let zero = Wire::constant(Fr::ZERO);
        let ready = equal(self.system, line.there(), &apart, &zero);
        Leaf([ready, line.first().clone(), line.second().clone()])
    }

    /// Whether two references are to one line.
    fn same_line(&mut self, one: &Leaf, other: &Leaf) -> Wire {
        let lines = self.same(one, other);
        let both = self.system.product(one.second(), other.second());
        let apart = self.system.product(&both, &(one.second() - other.second()));
        equal(self.system, &lines, &apart, &Wire::constant(Fr::ZERO))
    }

    fn with_unit(&mut self, quantity: &Leaf) -> Wire {
        let empty = Wire::constant(input_element(&LeafInput::Text(String::new())));
        let without = equal(self.system, quantity.there(), quantity.second(), &empty);
        quantity.there() - &without
    }

    /// All active of these bits, and at least one active.
    fn all(&mut self, active: &[Wire], bits: &[Wire]) -> Wire {
        let violated: Vec<Wire> = active
            .iter()
            .zip(bits)
            .map(|(active, bit)| self.system.product(active, &not(bit)))
            .collect();
        let respected = is_zero(self.system, &Wire::sum(&violated));
        let none = is_zero(self.system, &Wire::sum(active));
        self.system.product(&respected, &not(&none))
    }
}

/// Rows of the requirements by hand; their bits.
fn by_hand(lines: usize) -> (usize, Vec<Fr>) {
    let [order, waybill, invoice] = trade(lines);
    let mut system = System::new(Mode::Rows);
    let own = &mut system;
    let [order_seller, invoice_seller] =
        [&order, &invoice].map(|one| party(own, one, slot::SELLER_IDS));
    let (buyer, carrier) = (
        party(own, &order, slot::BUYER_IDS),
        party(own, &waybill, slot::PAYEE_IDS),
    );
    let number = header(own, &order, slot::NUMBER);
    let sent_number = header(own, &waybill, slot::NUMBER);
    let [billed_about, sent_about] =
        [&invoice, &waybill].map(|one| header(own, one, slot::ORDER_REFERENCES));
    let currency = header(own, &order, slot::CURRENCY);
    let ids = column(own, &order, lines, line_slot::ID);
    let prices = column(own, &order, lines, line_slot::PRICE);
    let units = column(own, &order, lines, line_slot::QUANTITY);
    let billed = column(own, &invoice, lines, line_slot::ORDER_LINE);
    let totals = column(own, &invoice, lines, line_slot::TOTAL);
    let sent = column(own, &waybill, lines, line_slot::ORDER_LINE);
    let quantities = column(own, &waybill, lines, line_slot::QUANTITY);
    let active: Vec<Wire> = (0..lines).map(|_| own.witness(Fr::from(1_u8))).collect();
    let alias = |system: &mut System, id: &[Wire]| {
        let first = id[0].value();
        (0..7)
            .map(|at| system.witness(if at == 0 { first } else { Fr::ZERO }))
            .collect::<Vec<_>>()
    };
    let aliases = [&buyer, &carrier, &invoice_seller].map(|ids| alias(own, ids));

    let mut hand = Hand {
        system: &mut system,
    };
    let mut bits = vec![
        hand.sealed(&buyer, &aliases[0]),
        hand.sealed(&carrier, &aliases[1]),
        sent_number.there().clone(),
        hand.sealed(&invoice_seller, &aliases[2]),
        hand.names(&billed_about, &number),
        hand.names(&sent_about, &number),
    ];
    bits.push(hand.parties(&invoice_seller, &order_seller));
    let common = hand.parties(&buyer, &order_seller);
    let carried = hand.parties(&carrier, &order_seller);
    let given = [&buyer, &order_seller, &carrier].map(|ids| hand.given(ids));
    let all = [
        &given[0],
        &given[1],
        &given[2],
        &not(&common),
        &not(&carried),
    ];
    bits.push(hand.and(&all));

    let order_number = hand.system.product(number.there(), number.second());
    let [billed, sent] =
        [billed, sent].map(|all| all.iter().map(|one| hand.known(one)).collect::<Vec<_>>());
    let [billed_here, sent_here] = [&billed, &sent].map(|all| {
        let here = all.iter().map(|one| hand.of_order(one, &order_number));
        here.collect::<Vec<_>>()
    });

    let once = |hand: &mut Hand<'_>, keys: &[Leaf], key: &Leaf| {
        let found: Vec<Wire> = keys.iter().map(|other| hand.same(other, key)).collect();
        equal(hand.system, &Wire::one(), &Wire::sum(&found), &Wire::one())
    };
    let ordered: Vec<Wire> = sent_here
        .iter()
        .map(|key| once(&mut hand, &ids, key))
        .collect();
    bits.push(hand.all(&active, &ordered));
    let mut doubles = vec![vec![Wire::constant(Fr::ZERO); lines]; lines];
    for one in 0..lines {
        for other in 0..=one {
            let same = match one == other {
                true => billed[one].there().clone(),
                false => hand.same_line(&billed[one], &billed[other]),
            };
            doubles[one][other] = same.clone();
            doubles[other][one] = same;
        }
    }
    let single: Vec<Wire> = doubles
        .iter()
        .map(|row| equal(hand.system, &Wire::one(), &Wire::sum(row), &Wire::one()))
        .collect();
    bits.push(hand.all(&active, &single));

    let table: Vec<(Fr, Fr)> = CODES
        .iter()
        .map(|code| {
            let key = input_element(&LeafInput::Text((*code).to_owned()));
            (key, Fr::from(Currency::new(code).unwrap().number()))
        })
        .collect();
    let keys: Vec<Fr> = table.iter().map(|(key, _)| *key).collect();
    let powers = Powers::of(hand.system, currency.first(), keys.len());
    let known = powers.evaluate(hand.system, &vanishing(&keys));
    let money = powers.evaluate(hand.system, &through(&table));
    let unknown = not(&is_zero(hand.system, &known));
    let ready_currency = hand.and(&[currency.there(), &not(&unknown)]);
    let readable: Vec<Wire> = prices
        .iter()
        .zip(&units)
        .map(|(price, unit)| {
            signed_range(hand.system, price.first(), 80);
            let at_least = signed_range(hand.system, price.second(), 80);
            let zero = is_zero(hand.system, price.second());
            let unit = hand.with_unit(unit);
            hand.and(&[price.there(), &(&at_least - &zero), &unit, &ready_currency])
        })
        .collect();
    let counted: Vec<Wire> = quantities
        .iter()
        .map(|quantity| {
            signed_range(hand.system, quantity.first(), 80);
            hand.with_unit(quantity)
        })
        .collect();
    let lines_met: Vec<Wire> = billed
        .iter()
        .zip(&billed_here)
        .zip(&totals)
        .map(|((key, here), total)| {
            let found: Vec<Wire> = ids.iter().map(|other| hand.same(other, here)).collect();
            let one = equal(hand.system, &Wire::one(), &Wire::sum(&found), &Wire::one());
            let mut pick = |of: &dyn Fn(usize) -> Wire| {
                let parts: Vec<Wire> = found
                    .iter()
                    .enumerate()
                    .map(|(at, found)| hand.system.product(found, &of(at)))
                    .collect();
                hand.system.product(&one, &Wire::sum(&parts))
            };
            let price = pick(&|at| prices[at].first().clone());
            let base = pick(&|at| prices[at].second().clone());
            let ready = pick(&|at| readable[at].clone());
            let unit = pick(&|at| units[at].second().clone());
            let parts: Vec<Wire> = sent
                .iter()
                .map(|other| hand.same_line(other, key))
                .collect();
            let (mut sum, mut bad) = (Vec::new(), Vec::new());
            for (at, part) in parts.iter().enumerate() {
                sum.push(hand.system.product(part, quantities[at].first()));
                bad.push(hand.system.product(part, &not(&counted[at])));
                let apart = hand
                    .system
                    .product(part, &(quantities[at].second() - &unit));
                bad.push(not(&is_zero(hand.system, &apart)));
            }
            let fits = is_zero(hand.system, &Wire::sum(&bad));
            let none = is_zero(hand.system, &Wire::sum(&parts));
            signed_range(hand.system, total.first(), 80);
            let product = hand.system.product(&price, &Wire::sum(&sum));
            let whole = hand.system.product(total.first(), &base);
            let same_money = equal(hand.system, total.there(), total.second(), &money);
            let widths = Widths {
                either: 176,
                twice: 109,
            };
            let difference = &(&whole * Fr::from(10_000_u64)) - &product;
            let near = within(
                hand.system,
                &difference,
                &(&base * Fr::from(100_000_000_u64)),
                widths,
            );
            hand.and(&[&one, &ready, &fits, &not(&none), &same_money, &near])
        })
        .collect();
    bits.push(hand.all(&active, &lines_met));
    assert!(system.broken().is_empty());
    let rows = system.rows().len() + 3 * bits.len() + 2; // K15 as compiled
    (rows, bits.iter().map(Wire::value).collect())
}

#[test]
fn the_compiler_writes_little_more_than_a_hand() {
    let source = STANDARD
        .iter()
        .find(|standard| standard.name == "invoice-waybill");
    let check = read(source.unwrap().source).unwrap();
    for lines in [8, 16, 32] {
        let instance = Instance::new(&check, Sizes::new(lines, 1).unwrap()).unwrap();
        let system = blank(&instance);
        let opening = system.rows().iter().filter(|row| row.part == 0).count();
        let compiled = system.rows().len();
        let (requirements, bits) = by_hand(lines);
        assert_eq!(bits, vec![Fr::from(1_u8); 11], "it decides the same");
        let by_hand = opening + requirements;
        println!(
            "{lines} lines: {compiled} rows compiled, {by_hand} by hand; of the requirements {} and {requirements}",
            compiled - opening
        );
        assert!(10 * compiled <= 13 * by_hand);
        assert!(10 * (compiled - opening) <= 13 * requirements);
    }
}
