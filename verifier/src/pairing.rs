//! Points, sums and pairings by `blst`, 2 to 3 times as fast as arkworks'. Both libraries hold coordinates as
//! six 64-bit limbs in Montgomery form with the same radix 2³⁸⁴, so points pass over without arithmetic; a
//! test compares the two.

use ark_bls12_381::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, PrimeField};
use blst::min_pk::{PublicKey, Signature};
use blst::{
    BLST_ERROR, MultiPoint, blst_fp, blst_fp2, blst_fp12, blst_p1_affine, blst_p2_affine,
    p1_affines,
};

/// A product of Miller loops, not yet raised to the final power.
pub(crate) type Loops = blst_fp12;
/// A point of G1.
pub(crate) type First = blst_p1_affine;
/// A point of G2.
pub(crate) type Second = blst_p2_affine;

/// Why bytes are no point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PointFault {
    /// They are not canonical, or the point is not on its curve or not in its group.
    NoPoint,
    /// It is the identity.
    Identity,
}

impl From<BLST_ERROR> for PointFault {
    fn from(error: BLST_ERROR) -> Self {
        match error {
            BLST_ERROR::BLST_PK_IS_INFINITY => Self::Identity,
            _ => Self::NoPoint,
        }
    }
}

/// Reads 48 bytes, compressed: canonical, on the curve, in the group, not the identity.
pub(crate) fn decode_first(bytes: &[u8; 48]) -> Result<First, PointFault> {
    Ok(PublicKey::key_validate(bytes)?.into())
}

/// Reads 96 bytes, compressed: canonical, on the curve, in the group, not the identity.
pub(crate) fn decode_second(bytes: &[u8; 96]) -> Result<Second, PointFault> {
    Ok(Signature::sig_validate(bytes, true)?.into())
}

fn limbs(element: &Fq) -> blst_fp {
    blst_fp { l: element.0.0 }
}

/// A point of G1 that arkworks holds; the identity has zeros for coordinates.
pub(crate) fn first(point: &G1Affine) -> First {
    match point.is_zero() {
        true => First::default(),
        false => blst_p1_affine {
            x: limbs(&point.x),
            y: limbs(&point.y),
        },
    }
}

/// A point of G2 that arkworks holds; the identity has zeros for coordinates.
pub(crate) fn second(point: &G2Affine) -> Second {
    let element = |element: &Fq2| blst_fp2 {
        fp: [limbs(&element.c0), limbs(&element.c1)],
    };
    match point.is_zero() {
        true => Second::default(),
        false => blst_p2_affine {
            x: element(&point.x),
            y: element(&point.y),
        },
    }
}

/// How many low bits of scalars count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// All of a field element's.
    Full,
    /// 128, of weights.
    Weight,
}

/// `Σ scalarᵢ·pointᵢ` of public scalars, none of the points the identity. Not in constant time.
pub(crate) fn sum_of(points: &[First], scalars: &[Fr], width: Width) -> First {
    assert_eq!(points.len(), scalars.len(), "one scalar for each point");
    let (bits, bytes) = match width {
        Width::Full => (Fr::MODULUS_BIT_SIZE as usize, 32),
        Width::Weight => (128, 16),
    };
    let mut numbers = Vec::with_capacity(bytes * scalars.len());
    for scalar in scalars {
        numbers.extend_from_slice(&scalar.into_bigint().to_bytes_le()[..bytes]);
    }
    p1_affines::from(&[points.mult(&numbers, bits)])[0]
}

/// The product of the pairs' Miller loops: of 1 where a point is the identity.
pub(crate) fn miller_loops(pairs: impl IntoIterator<Item = (First, Second)>) -> Loops {
    let proper = |(p, q): &(First, Second)| *p != First::default() && *q != Second::default();
    let (p, q): (Vec<_>, Vec<_>) = pairs.into_iter().filter(proper).unzip();
    match p.is_empty() {
        true => Loops::default(),
        false => Loops::miller_loop_n(&q, &p),
    }
}

/// Whether the product of pairings is 1.
pub(crate) fn is_one(loops: &Loops) -> bool {
    loops.final_exp() == Loops::default()
}

#[cfg(test)]
mod tests {
    use ark_bls12_381::{Bls12_381, G1Projective};
    use ark_ec::pairing::Pairing;
    use ark_ec::{CurveGroup, VariableBaseMSM};
    use ark_ff::{One, UniformRand};
    use ark_serialize::CanonicalSerialize;
    use ark_std::test_rng;

    use super::*;

    #[test]
    fn both_libraries_agree_on_which_products_are_one() {
        let mut rng = test_rng();
        for _ in 0..5 {
            let [a, b] = [Fr::rand(&mut rng), Fr::rand(&mut rng)];
            let p = (G1Affine::generator() * a).into_affine();
            let q = (G2Affine::generator() * b).into_affine();
            let product = (G1Affine::generator() * -(a * b)).into_affine();
            let g = G2Affine::generator();
            for (other, expected) in [(product, true), (p, false)] {
                let pairs = [(first(&p), second(&q)), (first(&other), second(&g))];
                assert_eq!(is_one(&miller_loops(pairs)), expected);
                let theirs = Bls12_381::multi_pairing([p, other], [q, g]);
                assert_eq!(theirs.0.is_one(), expected);
            }
        }
        let identity = [
            (first(&G1Affine::zero()), second(&G2Affine::generator())),
            (first(&G1Affine::generator()), second(&G2Affine::zero())),
        ];
        assert!(is_one(&miller_loops(identity)));
        assert!(is_one(&miller_loops([])));
    }

    #[test]
    fn both_libraries_agree_on_sums() {
        let mut rng = test_rng();
        for count in [1, 2, 21, 64] {
            let points: Vec<_> = (0..count).map(|_| G1Affine::rand(&mut rng)).collect();
            let ours: Vec<_> = points.iter().map(first).collect();
            let full: Vec<_> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
            let low: Vec<_> = (0..count).map(|_| Fr::from(u128::rand(&mut rng))).collect();
            for (scalars, width) in [(full, Width::Full), (low, Width::Weight)] {
                let theirs = G1Projective::msm(&points, &scalars).expect("as many");
                let sum = sum_of(&ours, &scalars, width);
                assert_eq!(sum, first(&theirs.into_affine()));
            }
        }
        let edges = [Fr::from(0_u8), -Fr::from(1_u8)];
        for scalar in edges {
            let point = G1Affine::generator();
            let expected = first(&(point * scalar).into_affine());
            assert_eq!(sum_of(&[first(&point)], &[scalar], Width::Full), expected);
        }
    }

    #[test]
    fn both_libraries_write_and_read_the_same_bytes() {
        let mut rng = test_rng();
        for _ in 0..20 {
            let (p, q) = (G1Affine::rand(&mut rng), G2Affine::rand(&mut rng));
            let (mut short, mut long) = ([0; 48], [0; 96]);
            p.serialize_compressed(&mut short[..]).expect("48 bytes");
            q.serialize_compressed(&mut long[..]).expect("96 bytes");
            assert_eq!(decode_first(&short), Ok(first(&p)));
            assert_eq!(decode_second(&long), Ok(second(&q)));
        }
    }
}
