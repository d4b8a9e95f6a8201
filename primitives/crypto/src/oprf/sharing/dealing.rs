//! A dealing: a polynomial committed to, its values encrypted, and the ledger's check of it.

use ark_ed_on_bls12_381::Fr as Order;
use sealane_types::encoding::Encode;
use sealane_types::ids::{AliasId, PointBytes, ScalarBytes, ShareIndex};
use sealane_types::receipt::DealingFault;
use sealane_types::sharing::{Deal, Dealing};
use zeroize::Zeroizing;

use super::Sharing;
use super::receiver::statement;
use crate::curve::{Masked, Point, Scalar};
use crate::oprf::OprfError;
use crate::oprf::blinded::{decode_point, encode_point, multiple};
use crate::oprf::key::{KeyShare, evaluate, scalar};
use crate::random;
use crate::tags;

impl Sharing {
    /// Deals to the holders: a fresh secret, or the dealer's share of the present key.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn deal(&self, dealer: &AliasId, share: Option<&KeyShare>) -> Result<Deal, OprfError> {
        self.deal_spoilt(dealer, share, &|_| {})
    }

    /// As [`Sharing::deal`], with the dealing spoilt before the dealer proves what it proves: what a bad dealer can do.
    /// For tests.
    ///
    /// # Errors
    /// As [`Sharing::deal`].
    #[doc(hidden)]
    pub fn deal_spoilt(
        &self,
        dealer: &AliasId,
        share: Option<&KeyShare>,
        spoil: &dyn Fn(&mut Dealing),
    ) -> Result<Deal, OprfError> {
        let seed = random::bytes::<64>()?;
        let drawn = |at: u16| scalar(tags::OPRF_DEALING, &[&*seed, &at.to_le_bytes()]);
        let constant = match share {
            Some(share) => Zeroizing::new(*share.secret()),
            None => drawn(0),
        };
        let mut polynomial = vec![constant];
        polynomial.extend((1..self.threshold).map(drawn));
        let ephemeral = scalar(tags::OPRF_DEALING, &[&*seed, b"ephemeral"]);
        let mut dealing = self.encrypt(dealer, &polynomial, &ephemeral)?;
        spoil(&mut dealing);
        self.prove(dealer, dealing, &polynomial, &ephemeral)
    }

    /// The polynomial, committed to, and its values, encrypted.
    pub(super) fn encrypt(
        &self,
        dealer: &AliasId,
        polynomial: &[Zeroizing<Order>],
        ephemeral: &Order,
    ) -> Result<Dealing, OprfError> {
        let mut masked = Masked::new()?;
        let mut times = |point: &Point, number: &Order| multiple(&mut masked, point, number);
        let commitments: Vec<Point> = polynomial
            .iter()
            .map(|number| times(&Point::generator(), number))
            .collect();
        let public = times(&Point::generator(), ephemeral);
        let mut shares = Vec::with_capacity(self.receivers.len());
        for (index, receiver) in (1..).map(ShareIndex).zip(&self.receivers) {
            let agreed = times(receiver, ephemeral);
            let pad = self.pad(&agreed, dealer, index, &encode_point(&public));
            let pad = pad.ok_or(OprfError::NotShares)?;
            let part = evaluate(polynomial, Order::from(index.0));
            shares.push(ScalarBytes::new(Scalar::from(*part + *pad).encode()));
        }
        Ok(Dealing {
            commitments: commitments.iter().map(encode_point).collect(),
            ephemeral: encode_point(&public),
            shares,
        })
    }

    /// The dealing with the proofs of its two secrets.
    pub(super) fn prove(
        &self,
        dealer: &AliasId,
        dealing: Dealing,
        polynomial: &[Zeroizing<Order>],
        ephemeral: &Order,
    ) -> Result<Deal, OprfError> {
        let context = self.dealing_transcript(dealer, &dealing);
        let (constant, public) = self.points(&dealing).map_err(|_| OprfError::NotShares)?;
        let first = polynomial.first().ok_or(OprfError::NotShares)?;
        let of_constant = statement(tags::OPRF_DEALING_CONSTANT, &context, constant);
        let of_ephemeral = statement(tags::OPRF_DEALING_EPHEMERAL, &context, public);
        Ok(Deal {
            epoch: self.epoch,
            constant: of_constant.prove(first)?,
            ephemeral: of_ephemeral.prove(ephemeral)?,
            dealing,
        })
    }

    /// What hides the share of one holder: from `a·E_i = e_i·A` and all that it is for.
    pub(super) fn pad(
        &self,
        agreed: &Point,
        dealer: &AliasId,
        index: ShareIndex,
        ephemeral: &PointBytes,
    ) -> Option<Zeroizing<Order>> {
        let agreed = Zeroizing::new(agreed.encode());
        let receiver = self.receiver(index)?.encode();
        let round = Self::transcript(&self.chain, self.epoch);
        let parts: [&[u8]; 6] = [
            &*agreed,
            &round,
            dealer.as_bytes(),
            &index.to_bytes(),
            ephemeral.as_bytes(),
            &receiver,
        ];
        Some(scalar(tags::OPRF_SHARE, &parts))
    }

    /// Checks a dealing by its form and proofs. `constant` is the dealer's public share of the present key, where that
    /// is dealt. That each holder's share fits is what holders see, and complain about.
    ///
    /// # Errors
    /// Names what is wrong: it is the dealer's fault, whichever it is.
    pub fn check(
        &self,
        dealer: &AliasId,
        constant: Option<Point>,
        deal: &Deal,
    ) -> Result<(), DealingFault> {
        let dealing = &deal.dealing;
        if dealing.commitments.len() != usize::from(self.threshold) {
            return Err(DealingFault::Degree);
        }
        if dealing.shares.len() != self.receivers.len() {
            return Err(DealingFault::Shares);
        }
        let number = |bytes: &ScalarBytes| Scalar::decode(bytes.as_bytes()).is_ok();
        if !dealing.shares.iter().all(number) {
            return Err(DealingFault::Number);
        }
        let (first, public) = self.points(dealing)?;
        if constant.is_some_and(|constant| constant != first) {
            return Err(DealingFault::OtherShare);
        }
        let context = self.dealing_transcript(dealer, dealing);
        let holds = statement(tags::OPRF_DEALING_CONSTANT, &context, first).holds(&deal.constant)
            && statement(tags::OPRF_DEALING_EPHEMERAL, &context, public).holds(&deal.ephemeral);
        holds.then_some(()).ok_or(DealingFault::Proof)
    }

    /// The first commitment and the ephemeral point, once all points are seen to be such.
    fn points(&self, dealing: &Dealing) -> Result<(Point, Point), DealingFault> {
        let point = |bytes| decode_point("a dealing", bytes).map_err(|_| DealingFault::Point);
        let commitments = dealing.commitments.iter().map(point);
        let commitments = commitments.collect::<Result<Vec<_>, _>>()?;
        let first = commitments.first().ok_or(DealingFault::Degree)?;
        Ok((*first, point(&dealing.ephemeral)?))
    }
}
