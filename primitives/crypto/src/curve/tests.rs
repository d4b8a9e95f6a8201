//! Points and scalars are read in one way alone; the map reaches the subgroup; both signs meet in `v`.

use ark_bls12_381::Fr;
use ark_ec::twisted_edwards::{Affine, TECurveConfig};
use ark_ed_on_bls12_381::{EdwardsAffine, Fr as Order, JubjubConfig};
use ark_ff::{BigInteger, Field, LegendreSymbol, PrimeField, UniformRand, Zero};
use ark_serialize::CanonicalSerialize;
use ark_std::test_rng;

use super::*;

fn bytes_of(point: &EdwardsAffine) -> [u8; 32] {
    let mut bytes = [0; 32];
    point
        .serialize_compressed(&mut bytes[..])
        .expect("32 bytes");
    bytes
}

/// The eight points of small order, from a point of order eight.
pub(super) fn small_order() -> Vec<EdwardsAffine> {
    let mut rng = test_rng();
    let order = Order::MODULUS;
    loop {
        let Some(any) = EdwardsAffine::get_point_from_y_unchecked(Fr::rand(&mut rng), false) else {
            continue;
        };
        let torsion = JubjubConfig::mul_affine(&any, order.as_ref()).into_affine();
        let multiples: Vec<_> = (0..8_u64)
            .map(|k| JubjubConfig::mul_affine(&torsion, &[k]).into_affine())
            .collect();
        if multiples[1..].iter().all(|point| !point.is_zero()) {
            return multiples;
        }
    }
}

#[test]
fn a_point_is_read_from_its_own_bytes_alone() {
    let mut rng = test_rng();
    for _ in 0..50 {
        let point = Point::generator().times(&Scalar::from(Order::rand(&mut rng)));
        assert_eq!(Point::decode(&point.encode()), Ok(point));
    }
    let identity = Point::identity().encode();
    assert_eq!(Point::decode(&identity), Ok(Point::identity()));
    assert_eq!(Point::decode_nonzero(&identity), Err(CurveError::Identity));
    let mut signed = identity; // u = 0 has no sign: a second encoding of the identity
    signed[31] |= 0x80;
    assert_eq!(Point::decode(&signed), Err(CurveError::NotOnCurve));
}

#[test]
fn a_coordinate_plus_the_modulus_is_refused() {
    let mut rng = test_rng();
    let mut tried = 0;
    while tried < 20 {
        let point = Point::generator().times(&Scalar::from(Order::rand(&mut rng)));
        let mut number = point.v().into_bigint();
        number.add_with_carry(&Fr::MODULUS);
        if number.num_bits() > 255 {
            continue; // it would not fit beside the sign bit
        }
        tried += 1;
        let mut bytes: [u8; 32] = number.to_bytes_le().try_into().expect("32 bytes");
        bytes[31] |= point.encode()[31] & 0x80;
        assert_eq!(Point::decode(&bytes), Err(CurveError::NotOnCurve));
    }
    let mut order: [u8; 32] = Order::MODULUS.to_bytes_le().try_into().expect("32 bytes");
    assert_eq!(Scalar::decode(&order), Err(CurveError::NotCanonical));
    order[0] += 1;
    assert_eq!(Scalar::decode(&order), Err(CurveError::NotCanonical));
    let modulus: [u8; 32] = Fr::MODULUS.to_bytes_le().try_into().expect("32 bytes");
    assert_eq!(decode_element(&modulus), Err(CurveError::NotCanonical));
    assert_eq!(decode_element(&[0; 32]), Ok(Fr::zero()));
}

#[test]
fn points_off_the_curve_or_with_small_parts_are_refused() {
    let mut rng = test_rng();
    let torsion = small_order();
    assert_eq!(torsion.len(), 8);
    for small in &torsion[1..] {
        assert_eq!(
            Point::decode(&bytes_of(small)),
            Err(CurveError::WrongSubgroup)
        );
        let mixed = (Point::generator().affine() + *small).into_affine();
        assert_eq!(
            Point::decode(&bytes_of(&mixed)),
            Err(CurveError::WrongSubgroup)
        );
    }
    let off = Affine::new_unchecked(Fr::rand(&mut rng), Fr::rand(&mut rng));
    assert_eq!(Point::from_affine(off), Err(CurveError::NotOnCurve));
    let refused =
        (0..64_u8).filter(|byte| Point::decode(&[*byte; 32]) == Err(CurveError::NotOnCurve));
    assert!(refused.count() > 10, "about half of all v have no u");
}

#[test]
fn the_map_is_that_of_the_rfc_and_reaches_the_subgroup() {
    assert_eq!(NON_SQUARE.legendre(), LegendreSymbol::QuadraticNonResidue);
    assert_eq!(NON_SQUARE, Fr::from(5_u8));
    for smaller in 1..5_u8 {
        let both = [Fr::from(smaller), -Fr::from(smaller)];
        assert!(
            both.iter().all(|z| z.legendre().is_qr()),
            "RFC 9380 asks for the least"
        );
    }
    let mut rng = test_rng();
    for _ in 0..100 {
        let x = Fr::rand(&mut rng);
        let (candidate, _) = map_candidate(x);
        assert!(candidate.to_edwards().is_on_curve());
        let point = map_to_curve(x).expect("a random element maps to no small order");
        assert_eq!(Point::from_affine(point.affine()), Ok(point));
        assert_eq!(
            map_to_curve(-x),
            Some(point),
            "x and −x have the same candidates"
        );
        let back = MontgomeryPoint::from_edwards(&point.affine()).expect("not of small order");
        assert_eq!(back.to_edwards(), point.affine());
    }
}

#[test]
fn zero_maps_as_the_rule_says() {
    let (candidate, is_first) = map_candidate(Fr::zero());
    assert_eq!(is_first, candidate.x == -MONTGOMERY_A);
    let expected = !is_first; // the second candidate of 0 is the point of order two
    assert_eq!(map_to_curve(Fr::zero()).is_none(), expected);
}

#[test]
fn a_point_and_its_negative_share_v() {
    let point = map_to_curve(Fr::from(7_u8)).expect("maps");
    assert_eq!(point.v(), (-point).v());
    assert_ne!(point.u(), (-point).u());
}

/// σ = 0, all ones, alternating, single bits: `s` is the integer that the specification says, modulo the order.
#[test]
fn the_blinding_scalar_has_its_shape_at_every_edge() {
    let mut seeds = vec![[0; 32], [0xff; 32], [0x55; 32], [0xaa; 32]];
    for bit in [0, 1, 125, 249, 250] {
        let mut seed = [0; 32];
        seed[bit / 8] = 1 << (bit % 8);
        seeds.push(seed);
    }
    let least = Order::from(2_u8).pow([251]) - Order::from(1_u8);
    for seed in seeds {
        let blinding = Blinding::from_bytes(seed);
        let mut s = -least;
        for (bit, set) in blinding.bits().into_iter().enumerate() {
            s += Order::from(2_u8).pow([bit as u64 + 1]) * Order::from(u8::from(set));
        }
        assert_eq!(blinding.scalar().element(), s);
        assert!(!s.is_zero());
        let commitment = Point::generator().times(&Scalar::from(s));
        assert_eq!(blinding.commitment(), Ok(commitment));
        let points = slot_bases().map(|base| base + Point::generator());
        let (commitment, blinded) = blinding.blind(&points).expect("this system");
        assert_eq!(Ok(commitment), blinding.commitment());
        for (slot, base) in slot_bases().iter().enumerate() {
            let expected = points[slot] + base.times(&Scalar::from(s));
            assert_eq!(blinded[slot], expected);
        }
    }
    let bits = |seed| *Blinding::from_bytes(seed).bits();
    assert_eq!(bits([0; 32]), [false; BLINDING_BITS]);
    assert_eq!(bits([0xff; 32]), [true; BLINDING_BITS], "every bit is free");
    // 2^251 − 1, the largest magnitude, is below the order: another number for each σ
    let mut largest = ark_ff::BigInt::<4>::from(1_u64);
    largest <<= 251;
    assert!(largest < Order::MODULUS);
    assert_eq!(
        format!("{:?}", Blinding::from_bytes([1; 32])),
        "Blinding(secret)"
    );
}

#[test]
fn slot_bases_are_different_points_of_the_prime_order() {
    let mut seen = vec![Point::generator()];
    for base in slot_bases() {
        assert_eq!(Point::from_affine(base.affine()), Ok(*base));
        assert!(!base.is_identity());
        assert!(seen.iter().all(|other| *other != *base && -*other != *base));
        seen.push(*base);
    }
}

#[test]
fn a_fill_up_has_no_real_identifiers_input() {
    let [seller, number, date] = [1_u8, 2, 3].map(Fr::from);
    let real = FingerprintInput::Strict {
        seller,
        number,
        date,
    };
    let fill = seller;
    let filled = FingerprintInput::FillUp { fill, number, date };
    assert_eq!(real.values(), filled.values());
    assert_ne!(real.x(INVOICE_GROUP), filled.x(INVOICE_GROUP));
    assert_eq!(real.rule(), filled.rule(), "the ledger sees no difference");
    assert!(sealane_types::fingerprint::Rule::from_number(FILL_UP).is_none());
}

/// Elligator 2 before the cofactor: `x` and `−x` have one point, and so have `x` and `±1/(Z·x)`, up to its sign.
#[test]
fn the_inputs_with_one_point_are_those_that_the_specification_names() {
    let mut rng = test_rng();
    for _ in 0..50 {
        let x = Fr::rand(&mut rng);
        let (point, _) = map_candidate(x);
        let other = (NON_SQUARE * x).inverse().expect("not 0");
        for other in [-x, other, -other] {
            assert_eq!(map_candidate(other).0.x, point.x);
        }
    }
}

#[test]
fn each_rule_has_an_input_of_its_own() {
    let [a, b] = [Fr::from(1_u8), Fr::from(2_u8)];
    let inputs = [
        FingerprintInput::WithoutDate {
            seller: a,
            number: b,
        },
        FingerprintInput::OrderReference {
            seller: a,
            order: b,
        },
        FingerprintInput::TransportDocument {
            seller: a,
            despatch: b,
        },
        FingerprintInput::WithoutDate {
            seller: b,
            number: a,
        },
    ];
    let four = [FingerprintInput::NameNumberAmount {
        name: a,
        number: b,
        amount: a,
        currency: b,
    }];
    let inputs = inputs.iter().chain(&four);
    let all: Vec<Fr> = inputs.map(|input| input.x(INVOICE_GROUP)).collect();
    for (index, x) in all.iter().enumerate() {
        assert!(!all[..index].contains(x));
    }
}
