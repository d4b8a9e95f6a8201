//! Sums of products of public points and scalars.

use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective, Fr as Order};
use ark_ff::{AdditiveGroup, BigInteger, PrimeField, Zero};

/// Bits of a window: of five digits, four are 0.
const WINDOW: usize = 4;

/// `Σ scalarᵢ·pointᵢ`, with the doublings shared (Straus, 1964) and the scalars in non-adjacent form of
/// width 4 (Solinas, 2000). Not in constant time.
pub(crate) fn of_products(terms: &[(Order, EdwardsAffine)]) -> EdwardsProjective {
    let digits: Vec<Vec<i64>> = terms.iter().map(|(scalar, _)| digits(scalar)).collect();
    let multiples: Vec<_> = terms
        .iter()
        .map(|(_, point)| odd_multiples(point))
        .collect();
    let longest = digits.iter().map(Vec::len).max().unwrap_or(0);
    let mut sum = EdwardsProjective::zero();
    for place in (0..longest).rev() {
        sum.double_in_place();
        for (digits, multiples) in digits.iter().zip(&multiples) {
            let digit = digits.get(place).copied().unwrap_or(0);
            let multiple = multiples.get((digit.unsigned_abs() / 2) as usize);
            match (digit.signum(), multiple) {
                (1, Some(multiple)) => sum += multiple,
                (-1, Some(multiple)) => sum -= multiple,
                _ => {}
            }
        }
    }
    sum
}

/// Digits that are 0 or odd and below 2³ in size, the lowest first.
fn digits(scalar: &Order) -> Vec<i64> {
    let digits = scalar.into_bigint().find_wnaf(WINDOW);
    digits.expect("the width is at least 2 and below 64")
}

/// `P`, `3·P`, `5·P`, `7·P`.
fn odd_multiples(point: &EdwardsAffine) -> [EdwardsProjective; 4] {
    let one = EdwardsProjective::from(*point);
    let two = one.double();
    let three = two + one;
    let five = three + two;
    [one, three, five, five + two]
}

#[cfg(test)]
mod tests {
    use ark_ff::{Field, UniformRand};
    use ark_std::test_rng;

    use super::*;

    #[test]
    fn a_sum_is_that_of_its_products() {
        let mut rng = test_rng();
        let edges = [Order::ZERO, Order::ONE, -Order::ONE, Order::from(u128::MAX)];
        for count in 0..10 {
            let mut terms: Vec<_> = (0..count)
                .map(|_| (Order::rand(&mut rng), EdwardsAffine::rand(&mut rng)))
                .collect();
            terms.extend(edges.map(|scalar| (scalar, EdwardsAffine::rand(&mut rng))));
            terms.push((Order::rand(&mut rng), EdwardsAffine::zero()));
            let expected: EdwardsProjective = terms.iter().map(|(s, point)| *point * s).sum();
            assert_eq!(of_products(&terms), expected);
        }
        assert!(of_products(&[]).is_zero());
    }
}
