//! One proof that several discrete logarithms are equal: `log_A B = log_{C_i} D_i` for all `i`, as
//! [RFC 9497](https://www.rfc-editor.org/rfc/rfc9497) section 2.2 has it, with the whole statement and what
//! it is said for in the transcript.
//!
//! ```text
//! seed = H(tag, context, A, B, C_1, D_1, …)     d_i = 128 bits of H(weight, seed, i)
//! M = Σ d_i·C_i       W = Σ d_i·D_i
//! N₁ = n·A, N₂ = n·M      c = H(challenge, seed, N₁, N₂)      z = n + c·k       proof: N₁, N₂, z
//! verified: z·A = N₁ + c·B,  z·M = N₂ + c·W
//! ```
//!
//! The seed fixes `M` and `W`, so neither is hashed again. The proof keeps the commitments and not the challenge, so that many can be
//! checked as one sum. If one `D_i` is not `k·C_i`, then `W = k·M` for at most one in 2^128 choices of weights, which are
//! fixed by a hash of the statement. The nonce `n` comes from the secret, the transcript and fresh randomness together:
//! neither a broken generator nor a repeated statement gives the secret away.

use ark_ec::CurveGroup;
use ark_ed_on_bls12_381::{EdwardsAffine, EdwardsProjective, Fr as Order};
use ark_ff::PrimeField;
use sealane_types::ids::DleqProof;
use zeroize::Zeroizing;

use crate::curve::{Masked, Point, Scalar, sum};
use crate::hash::hash_wide;
use crate::random::{self, RandomError};
use crate::tags;

/// What is shown, and for what.
pub(super) struct Statement<'a> {
    /// The kind of proof.
    pub tag: &'static [u8],
    /// What the proof is bound to.
    pub context: &'a [u8],
    /// `A`.
    pub base: Point,
    /// `B`.
    pub image: Point,
    /// `(C_i, D_i)`.
    pub pairs: Vec<(Point, Point)>,
}

/// The statement folded into one pair, and the hash of all of it.
struct Folded {
    seed: [u8; 64],
    first: EdwardsAffine,
    second: EdwardsAffine,
}

impl Statement<'_> {
    /// Shows the statement by its witness `secret`; of a false statement the proof does not hold.
    pub(super) fn prove(&self, secret: &Order) -> Result<DleqProof, RandomError> {
        let folded = self.fold();
        let mut masked = Masked::new()?;
        let nonce = nonce(secret, &folded.seed)?;
        let sides = [
            masked.times(&self.base.affine(), &nonce),
            masked.times(&folded.first, &nonce),
        ];
        let commitments = EdwardsProjective::normalize_batch(&sides);
        let commitments = [0, 1].map(|at| bytes(&commitments[at]));
        let response = *nonce + folded.challenge(&commitments) * secret;
        Ok(encode(&commitments, response))
    }

    /// Whether the proof holds. No point of the statement may be the identity.
    pub(super) fn holds(&self, proof: &DleqProof) -> bool {
        let Some((commitments, response)) = decode(proof) else {
            return false;
        };
        let of_pairs = |(c, d): &(Point, Point)| c.is_identity() || d.is_identity();
        if self.base.is_identity() || self.image.is_identity() || self.pairs.iter().any(of_pairs) {
            return false;
        }
        let folded = self.fold();
        let scalars = [response, -folded.challenge(&commitments)];
        // z·A − c·B and z·M − c·W, compared by their bytes: whatever else stands for a commitment is none
        let sides = [
            combination([self.base.affine(), self.image.affine()], &scalars),
            combination([folded.first, folded.second], &scalars),
        ];
        let sides = EdwardsProjective::normalize_batch(&sides);
        [0, 1].map(|at| bytes(&sides[at])) == commitments
    }

    fn fold(&self) -> Folded {
        let mut points = vec![self.base.encode(), self.image.encode()];
        points.extend(
            self.pairs
                .iter()
                .flat_map(|(c, d)| [c.encode(), d.encode()]),
        );
        let mut parts: Vec<&[u8]> = vec![self.context];
        parts.extend(points.iter().map(|point| &point[..]));
        let seed = hash_wide(self.tag, &parts);
        let weights: Vec<Order> = (0..self.pairs.len()).map(|at| weight(&seed, at)).collect();
        let folded = [
            combination(self.pairs.iter().map(|(c, _)| c.affine()), &weights),
            combination(self.pairs.iter().map(|(_, d)| d.affine()), &weights),
        ];
        let folded = EdwardsProjective::normalize_batch(&folded);
        Folded {
            seed,
            first: folded[0],
            second: folded[1],
        }
    }
}

impl Folded {
    fn challenge(&self, [first, second]: &[[u8; 32]; 2]) -> Order {
        let parts: [&[u8]; 3] = [&self.seed, first, second];
        Order::from_le_bytes_mod_order(&hash_wide(tags::OPRF_CHALLENGE, &parts))
    }
}

/// A weight of 128 bits.
fn weight(seed: &[u8; 64], at: usize) -> Order {
    let wide = hash_wide(tags::OPRF_WEIGHT, &[seed, &(at as u64).to_le_bytes()]);
    let mut low = [0; 16];
    low.copy_from_slice(&wide[..16]);
    Order::from(u128::from_le_bytes(low))
}

fn nonce(secret: &Order, seed: &[u8; 64]) -> Result<Zeroizing<Order>, RandomError> {
    let secret = Zeroizing::new(Scalar::from(*secret).encode());
    let fresh = random::bytes::<32>()?;
    let parts: [&[u8]; 3] = [&*secret, seed, &*fresh];
    let wide = Zeroizing::new(hash_wide(tags::OPRF_NONCE, &parts));
    Ok(Zeroizing::new(Order::from_le_bytes_mod_order(&*wide)))
}

/// `Σ scalarᵢ·pointᵢ` of public points and scalars.
fn combination(
    points: impl IntoIterator<Item = EdwardsAffine>,
    scalars: &[Order],
) -> EdwardsProjective {
    let terms: Vec<_> = scalars.iter().copied().zip(points).collect();
    sum::of_products(&terms)
}

fn bytes(point: &EdwardsAffine) -> [u8; 32] {
    use ark_serialize::CanonicalSerialize;
    let mut bytes = [0; 32];
    let written = point.serialize_compressed(&mut bytes[..]);
    written.expect("a compressed point has 32 bytes");
    bytes
}

fn encode([first, second]: &[[u8; 32]; 2], response: Order) -> DleqProof {
    let mut bytes = [0; 96];
    bytes[..32].copy_from_slice(first);
    bytes[32..64].copy_from_slice(second);
    bytes[64..].copy_from_slice(&Scalar::from(response).encode());
    DleqProof::new(bytes)
}

/// The commitments' bytes and the response; `None` where that is no canonical number.
fn decode(proof: &DleqProof) -> Option<([[u8; 32]; 2], Order)> {
    let part = |at: usize| -> Option<[u8; 32]> { proof.as_bytes()[at..at + 32].try_into().ok() };
    let response = Scalar::decode(&part(64)?).ok()?;
    Some(([part(0)?, part(32)?], response.element()))
}

#[cfg(test)]
mod tests;
