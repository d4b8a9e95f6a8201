//! Poseidon over the scalar field of BLS12-381 ([Grassi and others, 2021](https://eprint.iacr.org/2019/458)):
//! S-box `x⁵`, 8 full and 57 partial rounds for every width; `specs/circuits/poseidon.md` has the reasons.
//!
//! A call takes exactly as many inputs as its width less one, in one permutation: nothing is padded, and no
//! call absorbs twice. The capacity element comes first and holds a domain tag, the number of inputs
//! and what else is constant to the call. The digest is the first element of the rate.

use std::sync::LazyLock;

use ark_bls12_381::Fr;
use ark_crypto_primitives::sponge::poseidon::find_poseidon_ark_and_mds;
use ark_ff::{Field, PrimeField};

use crate::tags::PoseidonTag;

mod sparse;

use sparse::Sparse;

/// Full rounds, half of them before the partial ones.
pub const FULL_ROUNDS: usize = 8;
/// Partial rounds.
pub const PARTIAL_ROUNDS: usize = 57;
/// All rounds.
pub const ROUNDS: usize = FULL_ROUNDS + PARTIAL_ROUNDS;
/// Widths in use, capacity included.
pub const WIDTHS: [usize; 7] = [3, 4, 5, 6, 8, 9, 17];

/// The constants of one width.
#[derive(Debug)]
pub struct Parameters {
    width: usize,
    round_constants: Vec<Vec<Fr>>,
    matrix: Vec<Vec<Fr>>,
    sparse: Sparse,
}

impl Parameters {
    /// Draws the constants from the Grain LFSR, as the paper's appendix F says.
    fn generate(width: usize) -> Self {
        let bits = u64::from(Fr::MODULUS_BIT_SIZE);
        let (round_constants, matrix) = find_poseidon_ark_and_mds(
            bits,
            width - 1,
            FULL_ROUNDS as u64,
            PARTIAL_ROUNDS as u64,
            0,
        );
        let sparse = Sparse::new(&round_constants, &matrix);
        Self {
            width,
            round_constants,
            matrix,
            sparse,
        }
    }

    /// The constants for `width` elements.
    ///
    /// # Panics
    /// When the width is none of [`WIDTHS`]: a caller's error, as widths are fixed by the call.
    #[must_use]
    pub fn of(width: usize) -> &'static Self {
        static ALL: [LazyLock<Parameters>; 7] = [
            LazyLock::new(|| Parameters::generate(WIDTHS[0])),
            LazyLock::new(|| Parameters::generate(WIDTHS[1])),
            LazyLock::new(|| Parameters::generate(WIDTHS[2])),
            LazyLock::new(|| Parameters::generate(WIDTHS[3])),
            LazyLock::new(|| Parameters::generate(WIDTHS[4])),
            LazyLock::new(|| Parameters::generate(WIDTHS[5])),
            LazyLock::new(|| Parameters::generate(WIDTHS[6])),
        ];
        let index = WIDTHS.iter().position(|known| *known == width);
        let index = index.expect("every call of Poseidon has one of the widths listed");
        &ALL[index]
    }

    /// Elements of the state.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The constants that round `round` adds, one per element.
    #[must_use]
    pub fn round_constants(&self, round: usize) -> &[Fr] {
        &self.round_constants[round]
    }

    /// The rows of the matrix that ends every round.
    #[must_use]
    pub fn matrix(&self) -> &[Vec<Fr>] {
        &self.matrix
    }

    /// Whether round `round` puts every element through the S-box, or the first alone.
    #[must_use]
    pub fn is_full(round: usize) -> bool {
        !(FULL_ROUNDS / 2..FULL_ROUNDS / 2 + PARTIAL_ROUNDS).contains(&round)
    }
}

/// What is constant to a call: the capacity element, less the number of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    tag: PoseidonTag,
    detail: [u8; 8],
}

impl Capacity {
    /// A call that its tag alone tells from others.
    #[must_use]
    pub fn new(tag: PoseidonTag) -> Self {
        Self::with_detail(tag, [0; 8])
    }

    /// A call with constants of fixed widths beside its tag.
    #[must_use]
    pub fn with_detail(tag: PoseidonTag, detail: [u8; 8]) -> Self {
        Self { tag, detail }
    }

    /// The capacity element of a call with `inputs` inputs: 25 bytes, big-endian, of tag (16), number
    /// of inputs (1) and detail (8).
    #[must_use]
    pub fn element(&self, inputs: usize) -> Fr {
        let mut bytes = [0; 25];
        bytes[..16].copy_from_slice(&self.tag);
        bytes[16] = u8::try_from(inputs).expect("no call has more than 16 inputs");
        bytes[17..].copy_from_slice(&self.detail);
        Fr::from_be_bytes_mod_order(&bytes) // 200 bits: below the modulus, so nothing is reduced
    }
}

/// Hashes `inputs` in one permutation of width `inputs.len() + 1`.
///
/// # Panics
/// When there is no such width among [`WIDTHS`].
#[must_use]
pub fn hash(capacity: &Capacity, inputs: &[Fr]) -> Fr {
    let first = capacity.element(inputs.len());
    match inputs.len() + 1 {
        3 => digest::<3>(first, inputs),
        4 => digest::<4>(first, inputs),
        5 => digest::<5>(first, inputs),
        6 => digest::<6>(first, inputs),
        8 => digest::<8>(first, inputs),
        9 => digest::<9>(first, inputs),
        17 => digest::<17>(first, inputs),
        width => unreachable!("no call of Poseidon has width {width}"),
    }
}

fn digest<const W: usize>(capacity: Fr, inputs: &[Fr]) -> Fr {
    let mut state = [capacity; W];
    state[1..].copy_from_slice(inputs);
    permute(&mut state);
    state[1]
}

/// The permutation, its partial rounds with sparse matrices.
fn permute<const W: usize>(state: &mut [Fr; W]) {
    let parameters = Parameters::of(W);
    let sparse = &parameters.sparse;
    let half = FULL_ROUNDS / 2;
    for round in 0..half {
        let last = round + 1 == half;
        let matrix = if last {
            &sparse.before
        } else {
            &parameters.matrix
        };
        full_round(state, &parameters.round_constants[round], matrix);
    }
    for round in &sparse.rounds {
        let first = fifth_power(state[0] + round.constant);
        state[0] = first;
        let row: &[Fr; W] = round
            .row
            .as_slice()
            .try_into()
            .expect("the row has W entries");
        state[0] = Fr::sum_of_products(state, row);
        let others = state[1..].iter_mut().zip(&round.column);
        others.for_each(|(x, factor)| *x += first * factor);
    }
    for round in half + PARTIAL_ROUNDS..ROUNDS {
        let first = round == half + PARTIAL_ROUNDS;
        let constants = if first {
            &sparse.after
        } else {
            &parameters.round_constants[round]
        };
        full_round(state, constants, &parameters.matrix);
    }
}

fn full_round<const W: usize>(state: &mut [Fr; W], constants: &[Fr], matrix: &[Vec<Fr>]) {
    let added = state.iter_mut().zip(constants);
    added.for_each(|(x, constant)| *x = fifth_power(*x + constant));
    let before = *state;
    for (element, row) in state.iter_mut().zip(matrix) {
        let row: &[Fr; W] = row.as_slice().try_into().expect("the matrix is W by W");
        *element = Fr::sum_of_products(&before, row);
    }
}

fn fifth_power(x: Fr) -> Fr {
    x.square().square() * x
}

#[cfg(test)]
mod tests;
