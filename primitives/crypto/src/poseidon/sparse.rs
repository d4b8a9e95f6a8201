//! The partial rounds with sparse matrices ([Grassi and others, 2021](https://eprint.iacr.org/2019/458), appendix B):
//! the same permutation, with `2·W − 1` products in a partial round instead of `W²`.
//!
//! A partial round is `M·S(x + c)`, where `S` touches the first element alone. With `M̂` the matrix without its first
//! row and column, `M = N·D` for `D = [[1, 0], [0, M̂]]` and a sparse `N = [[m, v·M̂⁻¹], [w, I]]`. `D` leaves the first
//! element as it is, so `D·S(x + c) = S(D·x + D·c)`: `D` joins the matrix of the round before. From the last partial
//! round to the first this leaves one sparse matrix in each, and one dense matrix in front of them.
//! Constants of elements that `S` does not touch join the next round's, so a partial round adds one.

use ark_bls12_381::Fr;
use ark_ff::{AdditiveGroup, Field};

use super::{FULL_ROUNDS, PARTIAL_ROUNDS, ROUNDS};

/// Rows of a square matrix.
type Matrix = Vec<Vec<Fr>>;

/// One partial round.
#[derive(Debug)]
pub(super) struct Round {
    /// What is added to the first element before its S-box.
    pub constant: Fr,
    /// The first row of the sparse matrix.
    pub row: Vec<Fr>,
    /// The first column without its first entry; the rest of the matrix is the identity.
    pub column: Vec<Fr>,
}

/// The constants of the partial rounds and of what stands beside them.
#[derive(Debug)]
pub(super) struct Sparse {
    /// The matrix of the full round before the first partial one.
    pub before: Matrix,
    /// The partial rounds, in order.
    pub rounds: Vec<Round>,
    /// What the full round after the last partial one adds.
    pub after: Vec<Fr>,
}

impl Sparse {
    /// From the constants of all rounds and the matrix that ends each.
    pub(super) fn new(round_constants: &[Vec<Fr>], matrix: &Matrix) -> Self {
        let first = FULL_ROUNDS / 2;
        let last = first + PARTIAL_ROUNDS;
        let mut whole = matrix.clone();
        let mut factors = Vec::with_capacity(PARTIAL_ROUNDS);
        for constants in round_constants[first..last].iter().rev() {
            let (row, column, dense) = factor(&whole);
            factors.push((row, column, image(&dense, constants)));
            whole = product(&dense, matrix);
        }
        let mut carried = vec![Fr::ZERO; matrix.len()];
        let mut rounds = Vec::with_capacity(PARTIAL_ROUNDS);
        for (row, column, mut constants) in factors.into_iter().rev() {
            add(&mut constants, &carried);
            let constant = std::mem::take(&mut constants[0]);
            carried = constants;
            carried[0] = dot(&row, &carried);
            rounds.push(Round {
                constant,
                row,
                column,
            });
        }
        let mut after = round_constants[last..ROUNDS][0].clone();
        add(&mut after, &carried);
        Self {
            before: whole,
            rounds,
            after,
        }
    }
}

/// A matrix as its sparse factor's first row and first column (without the first entry), and its dense factor `D`.
fn factor(matrix: &Matrix) -> (Vec<Fr>, Vec<Fr>, Matrix) {
    let inner: Matrix = matrix[1..].iter().map(|row| row[1..].to_vec()).collect();
    let inverse = inverse(&inner);
    let mut row = vec![matrix[0][0]];
    row.extend((0..inner.len()).map(|column| {
        let entries = inverse.iter().map(|row| row[column]);
        entries.zip(&matrix[0][1..]).map(|(x, y)| x * y).sum::<Fr>()
    }));
    let column = matrix[1..].iter().map(|row| row[0]).collect();
    let mut dense = vec![vec![Fr::ZERO; matrix.len()]; matrix.len()];
    dense[0][0] = Fr::ONE;
    for (to, from) in dense[1..].iter_mut().zip(&inner) {
        to[1..].copy_from_slice(from);
    }
    (row, column, dense)
}

/// The inverse, by elimination.
fn inverse(matrix: &Matrix) -> Matrix {
    let size = matrix.len();
    let mut rows: Matrix = matrix.clone();
    for (index, row) in rows.iter_mut().enumerate() {
        row.extend((0..size).map(|column| Fr::from(u8::from(column == index))));
    }
    for pivot in 0..size {
        let found = (pivot..size).find(|row| rows[*row][pivot] != Fr::ZERO);
        rows.swap(pivot, found.expect("each submatrix of a Cauchy matrix has an inverse, and so has what it was multiplied by"));
        let scale = rows[pivot][pivot].inverse().expect("the pivot is not zero");
        rows[pivot].iter_mut().for_each(|x| *x *= scale);
        let by = rows[pivot].clone();
        for (index, row) in rows.iter_mut().enumerate() {
            if index != pivot {
                let factor = row[pivot];
                row.iter_mut().zip(&by).for_each(|(x, y)| *x -= factor * y);
            }
        }
    }
    rows.into_iter().map(|row| row[size..].to_vec()).collect()
}

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let column = |index: usize| b.iter().map(|row| row[index]).collect::<Vec<_>>();
    let columns: Matrix = (0..b.len()).map(column).collect();
    a.iter()
        .map(|row| columns.iter().map(|column| dot(row, column)).collect())
        .collect()
}

fn image(matrix: &Matrix, vector: &[Fr]) -> Vec<Fr> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(x, y)| *x * y).sum()
}

fn add(to: &mut [Fr], what: &[Fr]) {
    to.iter_mut().zip(what).for_each(|(x, y)| *x += y);
}
