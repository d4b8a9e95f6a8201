//! Gadgets against their native twins over random inputs, and against witnesses that lie.

use std::collections::BTreeMap;

use ark_bls12_381::Fr;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective, Fr as Order};
use ark_ff::{AdditiveGroup, Field, UniformRand, Zero};
use ark_std::rand::{Rng, RngCore};
use ark_std::test_rng;
use sealane_crypto::curve::{self, Blinding, MontgomeryPoint};
use sealane_crypto::poseidon::{Capacity, WIDTHS};
use sealane_crypto::{poseidon as native, tags};

use crate::{
    Mode, System, Variable, Wire, decide, edwards, montgomery, number, polynomial, poseidon,
    windows,
};

fn wires(system: &mut System, values: &[Fr]) -> Vec<Wire> {
    values.iter().map(|value| system.witness(*value)).collect()
}

fn montgomery_point(system: &mut System, point: &EdwardsAffine) -> montgomery::Point {
    let MontgomeryPoint { x, y } = MontgomeryPoint::from_edwards(point).expect("not special");
    let [x, y] = [system.witness(x), system.witness(y)];
    montgomery::Point { x, y }
}

fn affine(point: &edwards::Point) -> EdwardsAffine {
    EdwardsAffine::new_unchecked(point.u.value(), point.v.value())
}

fn random_point(rng: &mut impl Rng) -> EdwardsAffine {
    (EdwardsAffine::generator() * Order::rand(rng)).into_affine()
}

fn random_bytes(rng: &mut impl RngCore) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// Changes each witness variable from `from` on, alone, in five ways, and demands that a row breaks.
/// Only the rows that hold the variable are evaluated again.
fn every_change_is_noticed(system: &System, from: usize) {
    let mut rng = test_rng();
    let mut holders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, row) in system.rows().iter().enumerate() {
        for variable in row.variables() {
            if let Variable::Witness(witness) = variable {
                holders.entry(witness).or_default().push(index);
            }
        }
    }
    let mut assignment = system.assignment().to_vec();
    for witness in from..assignment.len() {
        let honest = assignment[witness];
        let changes = [
            Fr::ZERO,
            Fr::ONE,
            -honest,
            honest + Fr::ONE,
            Fr::rand(&mut rng),
        ];
        for changed in changes.into_iter().filter(|changed| *changed != honest) {
            assignment[witness] = changed;
            let rows = holders.get(&witness).into_iter().flatten();
            let mut rows = rows.map(|row| &system.rows()[*row]);
            let noticed = rows.any(|row| !row.holds(system.instance(), &assignment));
            assert!(noticed, "witness {witness} may be {changed} for {honest}");
        }
        assignment[witness] = honest;
    }
}

#[test]
fn poseidon_equals_its_native_twin_at_every_width() {
    let mut rng = test_rng();
    for width in WIDTHS {
        for round in 0..12_u8 {
            let capacity = Capacity::with_detail(tags::LEAF, [round; 8]);
            let inputs: Vec<Fr> = (1..width).map(|_| Fr::rand(&mut rng)).collect();
            let mut system = System::new(Mode::Rows);
            let wires = wires(&mut system, &inputs);
            let digest = poseidon::hash(&mut system, &capacity, &wires);
            assert_eq!(digest.value(), native::hash(&capacity, &inputs));
            assert!(system.broken().is_empty());
            assert_eq!(system.rows().len(), poseidon::rows(width));
            assert_eq!(system.rows().len(), 24 * width + 168);
        }
    }
}

#[test]
fn poseidons_digest_is_bound_to_its_inputs() {
    for width in WIDTHS {
        let mut system = System::new(Mode::Rows);
        let inputs: Vec<Fr> = (1..width as u64).map(Fr::from).collect();
        let wires = wires(&mut system, &inputs);
        let digest = poseidon::hash(&mut system, &Capacity::new(tags::AMOUNT), &wires);
        let expected = system.witness(digest.value());
        system.enforce_equal(&digest, &expected);
        every_change_is_noticed(&system, 0);
    }
}

#[test]
fn wires_that_mix_constants_and_sums_hash_like_their_values() {
    let mut system = System::new(Mode::Rows);
    let [a, b] = [system.witness(Fr::from(3_u8)), system.input(Fr::from(4_u8))];
    let inputs = [
        &(&a + &b) + Fr::ONE,
        Wire::constant(Fr::from(9_u8)),
        &a - &a,
        b,
    ];
    let values: Vec<Fr> = inputs.iter().map(Wire::value).collect();
    let capacity = Capacity::new(tags::RECORD_ROOT);
    let digest = poseidon::hash(&mut system, &capacity, &inputs);
    assert_eq!(digest.value(), native::hash(&capacity, &values));
    assert!(system.broken().is_empty());
}

#[test]
fn elligator_and_the_cofactor_reach_the_native_point_or_its_negative() {
    let mut rng = test_rng();
    for _ in 0..200 {
        let x = Fr::rand(&mut rng);
        let mut system = System::new(Mode::Rows);
        let input = system.witness(x);
        let raw = montgomery::elligator(&mut system, &input);
        assert_eq!(system.rows().len(), 7);
        let cleared = montgomery::clear_cofactor(&mut system, &raw);
        assert_eq!(system.rows().len(), 7 + 12);
        let point = montgomery::to_edwards(&mut system, &cleared);
        let expected = curve::map_to_curve(x).expect("not of small order");
        assert_eq!(affine(&point), expected.affine());
        assert!(system.broken().is_empty());
    }
}

#[test]
fn elligators_candidate_is_determined_and_its_sign_alone_is_free() {
    let mut rng = test_rng();
    for _ in 0..20 {
        let mut system = System::new(Mode::Rows);
        let input = system.witness(Fr::rand(&mut rng));
        let point = montgomery::elligator(&mut system, &input);
        let y = point.y.value();
        // witness 0 is the input; 1 its square; 2 the first candidate; 3 the choice e; 7 the root
        let choice = system.assignment()[3];
        let other = System::forging(BTreeMap::from([(3, Fr::ONE - choice)]));
        assert!(!elligator_of(other, input.value()).0.broken().is_empty());
        let negative = System::forging(BTreeMap::from([(7, -y)]));
        let (negative, mirrored) = elligator_of(negative, input.value());
        assert!(negative.broken().is_empty(), "either root is a root");
        assert_eq!(mirrored.x.value(), point.x.value());
        assert_eq!(mirrored.y.value(), -y);
    }
}

fn elligator_of(mut system: System, input: Fr) -> (System, montgomery::Point) {
    let input = system.witness(input);
    let point = montgomery::elligator(&mut system, &input);
    (system, point)
}

#[test]
fn points_of_small_order_cannot_pass_the_cofactor() {
    // y = 0: the point of order two. x with 2·(x, y) = (0, 0): order four, x = ±1. And order eight.
    let mut rng = test_rng();
    let mut found = 0;
    while found < 3 {
        let v = Fr::rand(&mut rng);
        let Some(any) = EdwardsAffine::get_point_from_y_unchecked(v, false) else {
            continue;
        };
        use ark_ec::twisted_edwards::TECurveConfig;
        let order = <Order as ark_ff::PrimeField>::MODULUS;
        let small = ark_ed_on_bls12_381::JubjubConfig::mul_affine(&any, order.as_ref());
        let Some(point) = MontgomeryPoint::from_edwards(&small.into_affine()) else {
            continue;
        };
        found += 1;
        let mut system = System::new(Mode::Rows);
        let [x, y] = [system.witness(point.x), system.witness(point.y)];
        montgomery::clear_cofactor(&mut system, &montgomery::Point { x, y });
        assert!(!system.broken().is_empty());
    }
    let mut system = System::new(Mode::Rows);
    let [x, y] = [system.witness(Fr::ZERO), system.witness(Fr::ZERO)];
    montgomery::double(&mut system, &montgomery::Point { x, y });
    assert!(
        !system.broken().is_empty(),
        "order two: no slope whatever its value"
    );
}

/// `(2σ − (2ⁿ − 1))·point` for the bits of σ, and its rows.
fn windowed(point: &EdwardsAffine, bits: &[bool]) -> (EdwardsAffine, System) {
    let mut system = System::new(Mode::Rows);
    let bits: Vec<Wire> = bits
        .iter()
        .map(|bit| number::bit(&mut system, *bit))
        .collect();
    let products = windows::Products::of(&mut system, &bits);
    let table = windows::Table::of(point, bits.len());
    let product = windows::multiply(&mut system, &products, &table);
    let product = montgomery::to_edwards(&mut system, &product);
    (affine(&product), system)
}

#[test]
fn windows_are_few_and_cover_all_bits() {
    for bits in 1..300 {
        let sizes = windows::sizes(bits);
        assert_eq!(sizes.iter().sum::<usize>(), bits);
        assert_eq!(sizes.len(), bits.div_ceil(4));
        assert!(sizes.iter().all(|size| (1..=4).contains(size)));
    }
    let sizes = windows::sizes(curve::BLINDING_BITS);
    assert_eq!((sizes.len(), sizes[61], sizes[62]), (63, 4, 3));
}

/// Also at σ = 0, all ones, alternating, and single bits.
#[test]
fn multiplications_by_windows_equal_their_native_twins() {
    let mut rng = test_rng();
    let mut seeds = vec![[0; 32], [0xff; 32], [0x55; 32], [0xaa; 32]];
    for bit in [0, 4, 127, 247, 250] {
        let mut seed = [0; 32];
        seed[bit / 8] = 1 << (bit % 8);
        seeds.push(seed);
    }
    seeds.extend((0..12).map(|_| random_bytes(&mut rng)));
    for seed in seeds {
        let blinding = Blinding::from_bytes(seed);
        let point = random_point(&mut rng);
        let (product, system) = windowed(&point, &*blinding.bits());
        let expected = (point * blinding.scalar().element()).into_affine();
        assert_eq!(product, expected);
        assert!(system.broken().is_empty());
        // bits, their products, three for each window but the first, the Edwards form
        assert_eq!(system.rows().len(), 251 + 686 + 3 * 62 + 2);
    }
}

/// The shape `2σ − (2ⁿ − 1)` on short scalars, all of them: the small multiples are where incomplete
/// additions would fail.
#[test]
fn short_scalars_meet_no_exceptional_case() {
    let point = random_point(&mut test_rng());
    for length in 1..=10_u32 {
        for sigma in 0..1_u64 << length {
            let bits: Vec<bool> = (0..length).map(|k| sigma >> k & 1 == 1).collect();
            let (product, system) = windowed(&point, &bits);
            let scalar = Order::from(2 * sigma) - Order::from((1_u64 << length) - 1);
            assert_eq!(product, (point * scalar).into_affine());
            assert!(system.broken().is_empty());
        }
    }
}

/// What the incomplete addition does where its callers must not bring it: equal points leave the slope free, opposite ones have none.
#[test]
fn the_incomplete_addition_is_incomplete() {
    let point = random_point(&mut test_rng());
    let sum = |left: &EdwardsAffine, right: &EdwardsAffine| {
        let mut system = System::new(Mode::Rows);
        let [left, right] = [left, right].map(|point| montgomery_point(&mut system, point));
        montgomery::add(&mut system, &left, &right);
        system
    };
    assert!(
        sum(&point, &point).broken().is_empty(),
        "0 = λ·0: any sum passes"
    );
    assert!(!sum(&point, &-point).broken().is_empty(), "no slope");
    let other = random_point(&mut ark_std::test_rng());
    let twice = (point + point).into_affine();
    assert!(sum(&twice, &point).broken().is_empty());
    assert_eq!(other, point, "the generator of tests is the same each time");
}

#[test]
fn exchanging_sides_changes_no_row_and_puts_fewer_variables_on_side_b() {
    let build = || {
        let (_, mut system) = windowed(&random_point(&mut test_rng()), &[true; 40]);
        let inputs = [7_u64, 8, 9].map(|n| system.witness(Fr::from(n)));
        poseidon::hash(&mut system, &Capacity::new(tags::AMOUNT), &inputs);
        // wide sides B that need not be wide
        for pair in 0..20 {
            let [a, b] = [2 * pair, 2 * pair + 1].map(|n| system.witness(Fr::from(n as u64)));
            let wide = &(&a + &b) + &inputs[0];
            system.product(&inputs[1], &wide);
        }
        system
    };
    let (before, mut after) = (build(), build());
    after.exchange_sides();
    assert!(after.broken().is_empty());
    let on_b = |system: &System| {
        let sides = system.rows().iter().flat_map(|row| &row.sides[1]);
        let variables = sides.map(|(variable, _)| *variable);
        variables.collect::<std::collections::BTreeSet<_>>().len()
    };
    assert!(
        on_b(&after) + 20 <= on_b(&before),
        "{} of {}",
        on_b(&after),
        on_b(&before)
    );
    for (one, other) in before.rows().iter().zip(after.rows()) {
        let [a, b, c] = &one.sides;
        let [x, y, z] = &other.sides;
        assert!(c == z && ((a, b) == (x, y) || (a, b) == (y, x)));
    }
    let mut again = build();
    again.exchange_sides();
    assert!(again.matrices() == after.matrices(), "one choice");
}

#[test]
fn whether_a_number_is_zero_can_be_neither_claimed_nor_denied() {
    for value in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
        let mut system = System::new(Mode::Rows);
        let wire = system.witness(value);
        let nonzero = number::nonzero(&mut system, &wire);
        assert_eq!(nonzero.value(), Fr::from(u8::from(!value.is_zero())));
        assert!(system.broken().is_empty());
        assert_eq!(system.rows().len(), 2);
        // the other answer, with every inverse that might suit
        for inverse in [Fr::ZERO, Fr::ONE, value] {
            let forced = BTreeMap::from([(1, inverse), (2, Fr::ONE - nonzero.value())]);
            let mut system = System::forging(forced);
            let wire = system.witness(value);
            number::nonzero(&mut system, &wire);
            assert!(!system.broken().is_empty());
        }
    }
}

#[test]
fn edwards_addition_is_complete() {
    let mut rng = test_rng();
    let identity = EdwardsAffine::zero();
    let point = random_point(&mut rng);
    let mut pairs = vec![
        (point, point),
        (point, -point),
        (point, identity),
        (identity, identity),
    ];
    pairs.extend((0..50).map(|_| (random_point(&mut rng), random_point(&mut rng))));
    for (left, right) in pairs {
        let mut system = System::new(Mode::Rows);
        let [a, b] = [left, right].map(|p| edwards::Point {
            u: system.witness(p.x),
            v: system.witness(p.y),
        });
        let sum = edwards::add(&mut system, &a, &b);
        assert_eq!(
            affine(&sum),
            (EdwardsProjective::from(left) + right).into_affine()
        );
        assert!(system.broken().is_empty());
        assert_eq!(system.rows().len(), 6);
    }
}

#[test]
fn no_single_variable_of_the_curve_gadgets_can_lie() {
    let blinding = Blinding::from_bytes([0x35; 32]);
    let mut system = System::new(Mode::Rows);
    let bits: Vec<Wire> = blinding.bits()[..9]
        .iter()
        .map(|b| number::bit(&mut system, *b))
        .collect();
    let input = system.witness(Fr::from(77_u8));
    let raw = montgomery::elligator(&mut system, &input);
    let point = montgomery::clear_cofactor(&mut system, &raw);
    let products = windows::Products::of(&mut system, &bits);
    let table = windows::Table::of(&random_point(&mut test_rng()), bits.len());
    let multiple = windows::multiply(&mut system, &products, &table);
    let [point, multiple] =
        [point, multiple].map(|point| montgomery::to_edwards(&mut system, &point));
    let sum = edwards::add(&mut system, &point, &multiple);
    for wire in [sum.u, sum.v, input] {
        let public = system.input(wire.value());
        system.enforce_equal(&wire, &public);
    }
    assert!(system.broken().is_empty());
    every_change_is_noticed(&system, 0);
}

#[test]
fn ranges_hold_at_their_edges_and_nowhere_beyond() {
    let top = Fr::from(1_u64 << 63);
    let cases = [
        (Fr::ZERO, true),
        (Fr::ONE, true),
        (top - Fr::ONE, true),
        (top, false),
        (-Fr::ONE, false),
        (Fr::from(2_u8).pow([254]), false),
    ];
    for (value, holds) in cases {
        let mut system = System::new(Mode::Rows);
        let wire = system.witness(value);
        number::enforce_range(&mut system, &wire, 63);
        assert_eq!(system.broken().is_empty(), holds, "{value}");
        assert_eq!(system.rows().len(), 64);
    }
}

#[test]
fn a_range_is_not_met_by_bits_that_are_none() {
    let mut system = System::forging(BTreeMap::from([(1, Fr::from(2_u8)), (2, Fr::ZERO)]));
    let wire = system.witness(Fr::from(2_u8)); // 2 = 2·1 + 0·2 + …
    number::enforce_range(&mut system, &wire, 63);
    assert!(!system.broken().is_empty());
}

#[test]
fn zero_has_no_inverse() {
    for value in [Fr::ZERO, Fr::ONE, -Fr::ONE] {
        let mut system = System::new(Mode::Rows);
        let wire = system.witness(value);
        number::enforce_nonzero(&mut system, &wire);
        assert_eq!(system.broken().is_empty(), !value.is_zero());
    }
}

#[test]
fn values_alone_are_the_same_values() {
    let build = |mode| {
        let mut system = System::new(mode);
        let input = system.witness(Fr::from(5_u8));
        let digest = poseidon::hash(
            &mut system,
            &Capacity::new(tags::AMOUNT),
            &[input.clone(), &input + Fr::ONE, input],
        );
        let raw = montgomery::elligator(&mut system, &digest);
        let point = montgomery::clear_cofactor(&mut system, &raw);
        montgomery::to_edwards(&mut system, &point);
        system
    };
    let [rows, values] = [build(Mode::Rows), build(Mode::Values)];
    assert_eq!(rows.assignment(), values.assignment());
    assert!(values.rows().is_empty());
}

/// A quotient of 0 by 0 would be free: the pattern behind many broken circuits. Here it is what it is.
#[test]
fn a_quotient_of_nothing_by_nothing_is_free_and_so_must_be_excluded_by_its_caller() {
    for quotient in [Fr::ZERO, Fr::from(5_u8)] {
        let mut system = System::forging(BTreeMap::from([(0, quotient)]));
        system.quotient(&Wire::constant(Fr::ZERO), &Wire::constant(Fr::ZERO));
        assert!(system.broken().is_empty());
    }
    let mut system = System::new(Mode::Rows);
    system.quotient(&Wire::one(), &Wire::constant(Fr::ZERO));
    assert!(!system.broken().is_empty());
}

#[test]
fn polynomials_go_through_their_points_natively_and_in_rows() {
    let mut rng = test_rng();
    for count in [1, 2, 7, 26, 159] {
        let points: Vec<(Fr, Fr)> = (0..count)
            .map(|_| (Fr::rand(&mut rng), Fr::rand(&mut rng)))
            .collect();
        let coefficients = polynomial::through(&points);
        let keys: Vec<Fr> = points.iter().map(|(x, _)| *x).collect();
        let vanishing = polynomial::vanishing(&keys);
        let other = Fr::rand(&mut rng);
        assert_ne!(polynomial::evaluate(&vanishing, other), Fr::ZERO);
        for (x, y) in points.iter().take(5) {
            assert_eq!(polynomial::evaluate(&vanishing, *x), Fr::ZERO);
            let mut system = System::new(Mode::Rows);
            let x = system.witness(*x);
            let powers = polynomial::Powers::of(&mut system, &x, count);
            assert_eq!(powers.evaluate(&mut system, &coefficients).value(), *y);
            assert_eq!(powers.evaluate(&mut system, &vanishing).value(), Fr::ZERO);
            assert!(system.broken().is_empty());
            every_change_is_noticed(&system, 1);
        }
    }
}

/// A bit of two numbers that the rows fix.
type Decision = fn(&mut System, &Wire, &Wire) -> Wire;

fn signed(number: i64) -> Fr {
    Fr::from(number)
}

/// What is decided of two numbers, and that a prover can claim nothing else.
fn decides(decision: Decision, numbers: [i64; 2], expected: bool) {
    let [x, y] = numbers.map(signed);
    let run = |forced: BTreeMap<usize, Fr>| {
        let mut system = System::forging(forced);
        let (x, y) = (system.input(x), system.input(y));
        let decided = decision(&mut system, &x, &y);
        (system, decided)
    };
    let (system, decided) = run(BTreeMap::new());
    assert!(system.broken().is_empty(), "{numbers:?}");
    assert_eq!(decided.value(), Fr::from(expected), "{numbers:?}");
    for index in 0..system.assignment().len() {
        for forged in [Fr::ZERO, Fr::ONE, -Fr::ONE, signed(7)] {
            let (system, other) = run(BTreeMap::from([(index, forged)]));
            let accepted = system.broken().is_empty();
            assert!(
                !accepted || other.value() == Fr::from(expected),
                "{numbers:?}: variable {index}"
            );
        }
    }
}

#[test]
fn equality_order_and_nearness_are_decided_both_ways_and_no_other() {
    let same: Decision = |system, x, y| decide::equal(system, &Wire::one(), x, y);
    let order: Decision = |system, x, y| decide::at_least_zero(system, &(x - y), 8);
    let near: Decision = |system, x, y| {
        let widths = decide::Widths {
            either: 9,
            twice: 8,
        };
        decide::within(system, x, y, widths)
    };
    let numbers = [-100, -5, -4, -1, 0, 1, 4, 5, 100];
    for x in numbers {
        for y in numbers {
            decides(same, [x, y], x == y);
            decides(order, [x, y], x >= y);
            decides(near, [x, y], x.abs() <= y);
        }
    }
    let never: Decision = |system, x, y| {
        let ready = system.product(x, &Wire::constant(Fr::ZERO));
        decide::equal(system, &ready, x, y)
    };
    decides(never, [3, 3], false);
    decides(never, [3, 4], false);
}

#[test]
fn a_signed_range_ends_where_it_should() {
    let within = |number: i64| {
        let mut system = System::new(Mode::Rows);
        let number = system.witness(signed(number));
        let sign = decide::signed_range(&mut system, &number, 4);
        system.broken().is_empty().then(|| sign.value() == Fr::ONE)
    };
    for (number, expected) in [
        (-17, None),
        (-16, None),
        (-15, Some(false)),
        (-1, Some(false)),
        (0, Some(true)),
        (15, Some(true)),
        (16, None),
        (17, None),
    ] {
        assert_eq!(within(number), expected, "{number}");
    }
}
