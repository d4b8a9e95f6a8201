//! The last step: fingerprints from the combined answer, and the proof that they are the right ones.

use sealane_types::encoding::Encode;
use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::ids::{AliasId, DleqProof, PointBytes};
use zeroize::Zeroizing;

use super::OprfError;
use super::answer::Answered;
use super::blinded::{check_count, decode_point, encode_point, multiple};
use super::dleq::Statement;
use super::secret::Masked;
use crate::curve::{Blinding, Point, encode_element};
use crate::tags;

/// Whose financing the fingerprints are shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parties {
    /// Who sealed the record.
    pub sealer: AliasId,
    /// The bank that finances and signs.
    pub bank: AliasId,
}

/// What a bank shows to take fingerprints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// `T_i` in the order of the mask's slots, as a transaction carries them.
    pub points: Vec<PointBytes>,
    /// That `log_G R = log_{T_i} Z_i` for all `i`.
    pub proof: DleqProof,
    /// The fingerprints, as the ledger keeps them.
    pub fingerprints: Vec<Fingerprint>,
}

impl Answered {
    /// Takes the blinding away: `T_i = r⁻¹·Z_i = k·P_i`.
    ///
    /// # Errors
    /// When `r` is not the blinding that was presented, or the operating system gives no randomness.
    pub fn finish(self, r: &Blinding, parties: Parties) -> Result<Finished, OprfError> {
        let mut masked = Masked::new()?;
        let secret = Zeroizing::new(r.scalar().element());
        let commitment = multiple(&mut masked, &Point::generator(), &secret);
        if commitment != self.question().blinded().commitment() {
            return Err(OprfError::OtherBlinding);
        }
        let inverse = Zeroizing::new(r.inverse().element());
        let unblind = |point| multiple(&mut masked, point, &inverse);
        let points: Vec<Point> = self.points().iter().map(unblind).collect();
        let transcript = self.transcript(parties);
        let proof = self.statement(&transcript, &points).prove(&secret)?;
        Ok(Finished {
            points: points.iter().map(encode_point).collect(),
            proof,
            fingerprints: self.fingerprints(&points),
        })
    }

    /// Checks what a bank shows, and gives the fingerprints that it takes.
    ///
    /// # Errors
    /// When a point is none, or the proof does not hold for this chain, record, mask, sealer and bank.
    pub fn check(
        &self,
        parties: Parties,
        points: &[PointBytes],
        proof: &DleqProof,
    ) -> Result<Vec<Fingerprint>, OprfError> {
        check_count(self.question().blinded().mask(), points.len())?;
        let decode = |bytes: &PointBytes| decode_point("a fingerprint", bytes);
        let points = points.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let transcript = self.transcript(parties);
        match self.statement(&transcript, &points).holds(proof) {
            true => Ok(self.fingerprints(&points)),
            false => Err(OprfError::WrongProof),
        }
    }

    fn transcript(&self, parties: Parties) -> Vec<u8> {
        let mut bytes = self.question().transcript();
        let mask = self.question().blinded().mask();
        mask.slots()
            .for_each(|slot| Rule::OF_SLOT[slot].encode(&mut bytes));
        parties.sealer.encode(&mut bytes);
        parties.bank.encode(&mut bytes);
        for point in self.question().blinded().points() {
            point.encode().encode(&mut bytes);
        }
        bytes
    }

    fn statement<'a>(&self, transcript: &'a [u8], points: &[Point]) -> Statement<'a> {
        let answers = self.points().iter().copied();
        Statement {
            tag: tags::OPRF_FINAL,
            context: transcript,
            base: Point::generator(),
            image: self.question().blinded().commitment(),
            pairs: points.iter().copied().zip(answers).collect(),
        }
    }

    /// A fingerprint is `v(T)`, which `T` and `−T` share, and so the two roots of the map to the curve.
    fn fingerprints(&self, points: &[Point]) -> Vec<Fingerprint> {
        let slots = self.question().blinded().mask().slots();
        let fingerprint = |(slot, point): (usize, &Point)| Fingerprint {
            rule: Rule::OF_SLOT[slot],
            value: encode_element(&point.v()),
        };
        slots.zip(points).map(fingerprint).collect()
    }
}
