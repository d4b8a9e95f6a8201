//! Poseidon against arkworks' own sponge, its round numbers against the paper's bounds, its matrices
//! against subspaces that never meet an S-box.

use ark_bls12_381::Fr;
use ark_crypto_primitives::sponge::poseidon::{PoseidonConfig, PoseidonSponge};
use ark_crypto_primitives::sponge::{CryptographicSponge, FieldBasedCryptographicSponge};
use ark_ff::{AdditiveGroup, BigInteger, Field, UniformRand};
use ark_std::test_rng;

use super::*;

fn stock(width: usize) -> PoseidonConfig<Fr> {
    let parameters = Parameters::of(width);
    let rounds = (0..ROUNDS).map(|round| parameters.round_constants(round).to_vec());
    PoseidonConfig {
        full_rounds: FULL_ROUNDS,
        partial_rounds: PARTIAL_ROUNDS,
        alpha: 5,
        ark: rounds.collect(),
        mds: parameters.matrix().to_vec(),
        rate: width - 1,
        capacity: 1,
    }
}

#[test]
fn the_digest_is_that_of_arkworks_sponge_with_the_capacity_set() {
    let mut rng = test_rng();
    for width in WIDTHS {
        for _ in 0..20 {
            let inputs: Vec<Fr> = (1..width).map(|_| Fr::rand(&mut rng)).collect();
            let capacity = Capacity::with_detail(crate::tags::LEAF, [1, 2, 3, 4, 5, 6, 7, 8]);
            let mut sponge = PoseidonSponge::new(&stock(width));
            sponge.state[0] = capacity.element(width - 1);
            sponge.absorb(&inputs);
            let expected = sponge.squeeze_native_field_elements(1)[0];
            assert_eq!(hash(&capacity, &inputs), expected, "width {width}");
        }
    }
}

/// The permutation as the paper's main part writes it: the slow twin of the sparse one.
fn dense<const W: usize>(state: &mut [Fr; W]) {
    let parameters = Parameters::of(W);
    for round in 0..ROUNDS {
        let constants = parameters.round_constants(round);
        state.iter_mut().zip(constants).for_each(|(x, c)| *x += c);
        let boxes = if Parameters::is_full(round) { W } else { 1 };
        state[..boxes].iter_mut().for_each(|x| *x = fifth_power(*x));
        let before = *state;
        for (element, row) in state.iter_mut().zip(parameters.matrix()) {
            *element = row.iter().zip(&before).map(|(x, y)| *x * y).sum();
        }
    }
}

fn whole_states_agree<const W: usize>() {
    let mut rng = test_rng();
    let edges = [Fr::ZERO, Fr::ONE, -Fr::ONE].map(|edge| [edge; W]);
    let units = (0..W).map(|place| std::array::from_fn(|at| Fr::from(u8::from(at == place))));
    let random = (0..50).map(|_| std::array::from_fn(|_| Fr::rand(&mut rng)));
    for start in edges.into_iter().chain(units).chain(random) {
        let (mut fast, mut slow) = (start, start);
        permute(&mut fast);
        dense(&mut slow);
        assert_eq!(fast, slow, "width {W}");
    }
}

#[test]
fn sparse_partial_rounds_are_the_dense_ones_at_every_width() {
    whole_states_agree::<3>();
    whole_states_agree::<4>();
    whole_states_agree::<5>();
    whole_states_agree::<6>();
    whole_states_agree::<8>();
    whole_states_agree::<9>();
    whole_states_agree::<17>();
}

#[test]
fn tag_length_and_detail_each_change_the_capacity() {
    let plain = Capacity::new(crate::tags::LEAF);
    let detailed = Capacity::with_detail(crate::tags::LEAF, [0, 0, 0, 0, 0, 0, 0, 1]);
    let other = Capacity::new(crate::tags::AMOUNT);
    let lengths = WIDTHS.iter().map(|width| plain.element(width - 1));
    let mut all: Vec<Fr> = lengths.collect();
    all.extend([detailed.element(4), other.element(4)]);
    for (index, element) in all.iter().enumerate() {
        assert!(!all[..index].contains(element));
        assert!(
            element.into_bigint().num_bits() <= 200,
            "a constant of fixed width"
        );
    }
}

/// The paper's bounds for 128 bits and `x⁵` (its section 5.5, as `specs/circuits/poseidon.md` quotes them), then
/// its margin: two more full rounds and 7.5 % more partial ones.
#[test]
fn the_rounds_reach_the_papers_bounds_with_its_margin() {
    let log5_of_2_to_128 = (0..).find(|k| reaches(5, *k, 128)).expect("56");
    assert_eq!(log5_of_2_to_128, 56);
    let full = FULL_ROUNDS - 2;
    assert!(full >= 6, "statistical attacks");
    for width in WIDTHS {
        let log5_of_width = (0..3)
            .find(|k| 5_usize.pow(*k) >= width)
            .expect("at most 2") as usize;
        let interpolation = 1 + log5_of_2_to_128 + log5_of_width - full;
        let groebner =
            (width - 1 + (128 / (width + 1)).min(127) * 431 / 1000 + 1).saturating_sub(full);
        let needed = interpolation.max(groebner);
        assert!(
            PARTIAL_ROUNDS * 1000 >= needed * 1075,
            "width {width} needs {needed}"
        );
    }
}

/// Whether `base^exponent ≥ 2^bits`.
fn reaches(base: u64, exponent: usize, bits: u32) -> bool {
    let mut number = ark_ff::BigInt::<8>::from(1_u64);
    for _ in 0..exponent {
        let mut sum = number;
        for _ in 1..base {
            sum.add_with_carry(&number);
        }
        number = sum;
    }
    number.num_bits() > bits
}

/// Partial rounds touch the first element alone. A subspace that the powers of the matrix keep inside
/// "first element 0", or that the first unit vector's images do not fill, would pass any number of them.
#[test]
fn no_subspace_escapes_the_partial_rounds() {
    for width in WIDTHS {
        let matrix = Parameters::of(width).matrix().to_vec();
        let mut power = matrix.clone();
        for period in 1..=2 * width {
            let transposed = transpose(&power);
            assert!(krylov_is_full(&power), "width {width}, period {period}");
            assert!(
                krylov_is_full(&transposed),
                "width {width}, period {period}"
            );
            power = times(&power, &matrix);
        }
    }
}

fn transpose(matrix: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    (0..matrix.len())
        .map(|column| matrix.iter().map(|row| row[column]).collect())
        .collect()
}

fn times(a: &[Vec<Fr>], b: &[Vec<Fr>]) -> Vec<Vec<Fr>> {
    let columns = transpose(b);
    let dot = |row: &[Fr], column: &[Fr]| row.iter().zip(column).map(|(x, y)| *x * y).sum();
    a.iter()
        .map(|row| columns.iter().map(|column| dot(row, column)).collect())
        .collect()
}

/// Whether `e, Me, M²e, …` span everything, `e` the first unit vector.
fn krylov_is_full(matrix: &[Vec<Fr>]) -> bool {
    let width = matrix.len();
    let mut vector = vec![Fr::ZERO; width];
    vector[0] = Fr::ONE;
    let mut rows = Vec::new();
    for _ in 0..width {
        rows.push(vector.clone());
        vector = matrix
            .iter()
            .map(|row| row.iter().zip(&vector).map(|(x, y)| *x * y).sum())
            .collect();
    }
    rank(rows) == width
}

fn rank(mut rows: Vec<Vec<Fr>>) -> usize {
    let mut rank = 0;
    for column in 0..rows.len() {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != Fr::ZERO) else {
            continue;
        };
        rows.swap(rank, pivot);
        let inverse = rows[rank][column].inverse().expect("the pivot is not zero");
        let pivot_row = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] * inverse;
            row.iter_mut()
                .zip(&pivot_row)
                .for_each(|(x, p)| *x -= factor * p);
        }
        rank += 1;
    }
    rank
}
