//! A holder opens its share of a dealing; where it is none, the holder shows so, and the ledger decides.

use ark_ec::CurveGroup;
use ark_ed_on_bls12_381::Fr as Order;
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, ShareIndex};
use sealane_types::sharing::{Complain, Dealing};
use zeroize::Zeroizing;

use super::receiver::{Part, ShareKey};
use super::{Sharing, value};
use crate::curve::{Masked, Point, Scalar};
use crate::oprf::OprfError;
use crate::oprf::blinded::{decode_point, encode_point, multiple, restore_point, restore_points};
use crate::oprf::dleq::Statement;
use crate::tags;

/// What a ciphertext opens to.
#[derive(Debug)]
pub enum Opened {
    /// The value that the commitments name.
    Good(Part),
    /// Another one: the dealer is at fault.
    Bad,
}

impl Sharing {
    /// Opens the ciphertext for the holder with this index.
    ///
    /// # Errors
    /// When the dealing of the state is none, the index or the key is not of this round, or the operating
    /// system gives no randomness.
    pub fn open(
        &self,
        key: &ShareKey,
        index: ShareIndex,
        dealer: &AliasId,
        dealing: &Dealing,
    ) -> Result<Opened, OprfError> {
        self.check_key(key, index)?;
        let ephemeral = restore_point("a dealing of the state", &dealing.ephemeral)?;
        let mut masked = Masked::new()?;
        let agreed = multiple(&mut masked, &ephemeral, key.secret());
        let part = self.decrypt(&agreed, index, dealer, dealing)?;
        let image = multiple(&mut masked, &Point::generator(), &part);
        Ok(match self.fits(&image, index, dealing)? {
            true => Opened::Good(Part(part)),
            false => Opened::Bad,
        })
    }

    fn check_key(&self, key: &ShareKey, index: ShareIndex) -> Result<(), OprfError> {
        let own = key.epoch() == self.epoch && self.receiver(index) == Some(key.point());
        own.then_some(()).ok_or(OprfError::WrongShare(index))
    }

    fn decrypt(
        &self,
        agreed: &Point,
        index: ShareIndex,
        dealer: &AliasId,
        dealing: &Dealing,
    ) -> Result<Zeroizing<Order>, OprfError> {
        let at = usize::from(index.0).checked_sub(1);
        let encrypted = at.and_then(|at| dealing.shares.get(at));
        let encrypted = encrypted.and_then(|bytes| Scalar::decode(bytes.as_bytes()).ok());
        let pad = self.pad(agreed, dealer, index, &dealing.ephemeral);
        let (encrypted, pad) = encrypted.zip(pad).ok_or(OprfError::NotShares)?;
        Ok(Zeroizing::new(encrypted.element() - *pad))
    }

    /// Whether `image` is what the commitments say of the holder's value.
    fn fits(&self, image: &Point, index: ShareIndex, dealing: &Dealing) -> Result<bool, OprfError> {
        let commitments = restore_points("a dealing of the state", &dealing.commitments)?;
        Ok(value(&commitments, index.0).into_affine() == image.affine())
    }

    /// A complaint about a dealing, by the holder with this index; `dealer` with its index among the dealers.
    ///
    /// # Errors
    /// As [`Sharing::open`].
    pub fn complain(
        &self,
        key: &ShareKey,
        index: ShareIndex,
        dealer: (&AliasId, ShareIndex),
        dealing: &Dealing,
    ) -> Result<Complain, OprfError> {
        self.check_key(key, index)?;
        let ephemeral = restore_point("a dealing of the state", &dealing.ephemeral)?;
        let agreed = multiple(&mut Masked::new()?, &ephemeral, key.secret());
        let context = self.complaint_transcript(index, dealer.0, dealing);
        let statement = statement(&context, key.point(), ephemeral, agreed);
        Ok(Complain {
            epoch: self.epoch,
            dealer: dealer.1,
            secret: encode_point(&agreed),
            proof: statement.prove(key.secret())?,
        })
    }

    /// Decides over a complaint by the holder with this index about a dealing of the state: whether the share is bad.
    ///
    /// # Errors
    /// When the complaint does not show what the ciphertext opens to, or the state is corrupt.
    pub fn is_bad(
        &self,
        accuser: ShareIndex,
        dealer: &AliasId,
        dealing: &Dealing,
        said: &Complain,
    ) -> Result<bool, OprfError> {
        let key = self.receiver(accuser);
        let key = key.ok_or(OprfError::WrongShare(accuser))?;
        let agreed = decode_point("a complaint", &said.secret)?;
        let ephemeral = restore_point("a dealing of the state", &dealing.ephemeral)?;
        let context = self.complaint_transcript(accuser, dealer, dealing);
        if !statement(&context, key, ephemeral, agreed).holds(&said.proof) {
            return Err(OprfError::WrongProof);
        }
        let part = self.decrypt(&agreed, accuser, dealer, dealing)?;
        let image = Point::generator().times(&Scalar::from(*part));
        Ok(!self.fits(&image, accuser, dealing)?)
    }

    fn complaint_transcript(
        &self,
        accuser: ShareIndex,
        dealer: &AliasId,
        dealing: &Dealing,
    ) -> Vec<u8> {
        let mut bytes = Self::transcript(&self.chain, self.epoch);
        dealer.encode(&mut bytes);
        accuser.encode(&mut bytes);
        dealing.ephemeral.encode(&mut bytes);
        bytes
    }
}

/// `log_G E_i = log_A D`.
fn statement(context: &[u8], key: Point, ephemeral: Point, agreed: Point) -> Statement<'_> {
    Statement {
        tag: tags::OPRF_COMPLAINT,
        context,
        base: Point::generator(),
        image: key,
        pairs: vec![(ephemeral, agreed)],
    }
}
