//! The last step: fingerprints from the combined answer, and the proof that they are the right ones.

use sealane_types::encoding::Encode;
use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::ids::{AliasId, DleqProof, PointBytes};

use super::OprfError;
use super::answer::Answered;
use super::blinded::{check_count, decode_point, encode_point};
use super::dleq::Statement;
use super::slots::SlotKeys;
use crate::curve::{Blinding, Masked, Point, encode_element};
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
    /// That `log_G S = log_{V_i} (Z_i − T_i)` for all `i`.
    pub proof: DleqProof,
    /// The fingerprints, as the ledger keeps them.
    pub fingerprints: Vec<Fingerprint>,
}

impl Answered {
    /// Takes the blinding away: `T_i = Z_i − s·V_i = k·P_i`.
    ///
    /// # Errors
    /// When `s` is not the blinding that was presented, the slot keys are another key's, or the operating system gives no
    /// randomness.
    pub fn finish(
        self,
        keys: &SlotKeys,
        s: &Blinding,
        parties: Parties,
    ) -> Result<Finished, OprfError> {
        self.check_key(keys)?;
        let mut masked = Masked::new()?;
        let secret = s.scalar();
        let commitment = masked.multiply(&Point::generator(), &secret);
        if commitment != self.question().blinded().commitment() {
            return Err(OprfError::OtherBlinding);
        }
        let slots = self.question().blinded().mask().slots();
        let unblind = |(slot, answer): (usize, &Point)| {
            *answer - masked.multiply(&keys.points()[slot], &secret)
        };
        let points: Vec<Point> = slots.zip(self.points()).map(unblind).collect();
        let transcript = self.transcript(keys, parties, &points);
        let proof = self.statement(keys, &transcript, &points);
        let proof = proof.prove(&secret.element())?;
        Ok(Finished {
            points: points.iter().map(encode_point).collect(),
            proof,
            fingerprints: self.fingerprints(&points),
        })
    }

    /// Checks what a bank shows, and gives the fingerprints that it takes.
    ///
    /// # Errors
    /// When the slot keys are another key's, a point is none, or the proof does not hold for this chain, record, seller, key, mask,
    /// sealer and bank.
    pub fn check(
        &self,
        keys: &SlotKeys,
        parties: Parties,
        points: &[PointBytes],
        proof: &DleqProof,
    ) -> Result<Vec<Fingerprint>, OprfError> {
        self.check_key(keys)?;
        check_count(self.question().blinded().mask(), points.len())?;
        let decode = |bytes: &PointBytes| decode_point("a fingerprint", bytes);
        let points = points.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
        let transcript = self.transcript(keys, parties, &points);
        match self.statement(keys, &transcript, &points).holds(proof) {
            true => Ok(self.fingerprints(&points)),
            false => Err(OprfError::WrongProof),
        }
    }

    /// Slot keys of another key would give as many fingerprints of one document as there are blindings.
    fn check_key(&self, keys: &SlotKeys) -> Result<(), OprfError> {
        match keys.key() == self.key() {
            true => Ok(()),
            false => Err(OprfError::OtherKey),
        }
    }

    /// Chain, record, seller, mask and `S`; `K`; rules; sealer and bank; then `B_i`, `Z_i`, `T_i` by slot. Of `V_i` and
    /// `Z_i − T_i` the statement's pairs are made.
    fn transcript(&self, keys: &SlotKeys, parties: Parties, points: &[Point]) -> Vec<u8> {
        let mut bytes = self.question().transcript();
        keys.key().encode().encode(&mut bytes);
        let blinded = self.question().blinded();
        let slots = blinded.mask().slots();
        slots.for_each(|slot| Rule::OF_SLOT[slot].encode(&mut bytes));
        parties.sealer.encode(&mut bytes);
        parties.bank.encode(&mut bytes);
        let all = blinded.points().iter().zip(self.points()).zip(points);
        for ((blinded, answer), point) in all {
            for point in [blinded, answer, point] {
                point.encode().encode(&mut bytes);
            }
        }
        bytes
    }

    /// `log_G S = log_{V_i} (Z_i − T_i)`, `V_i` by the number of the slot and not by its place among those that apply.
    fn statement<'a>(
        &self,
        keys: &SlotKeys,
        transcript: &'a [u8],
        points: &[Point],
    ) -> Statement<'a> {
        let blinded = self.question().blinded();
        let differences = self.points().iter().zip(points).map(|(z, t)| *z - *t);
        let keys = blinded.mask().slots().map(|slot| keys.points()[slot]);
        Statement {
            tag: tags::OPRF_FINAL,
            context: transcript,
            base: Point::generator(),
            image: blinded.commitment(),
            pairs: keys.zip(differences).collect(),
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
