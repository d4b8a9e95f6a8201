//! A holder's key for one round, and its share that comes of it.

use std::fmt;

use ark_ed_on_bls12_381::Fr as Order;
use ark_ff::AdditiveGroup;
use sealane_types::encoding::{Decode, DecodeError, Encode, Reader};
use sealane_types::ids::{AliasId, ChainId, Epoch, PointBytes, ShareIndex};
use sealane_types::sharing::RegisterShareKey;
use zeroize::Zeroizing;

use super::{Origin, Sharing, weights};
use crate::curve::{Masked, Point, Scalar};
use crate::oprf::OprfError;
use crate::oprf::blinded::{decode_point, encode_point, multiple};
use crate::oprf::dleq::Statement;
use crate::oprf::key::{KeyShare, scalar};
use crate::random::{self, RandomError};
use crate::tags;

/// One holder's value of one dealer's polynomial.
pub struct Part(pub(super) Zeroizing<Order>);

impl fmt::Debug for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Part(secret)")
    }
}

/// `e_i` of one round: whoever has it can read that round's share from the chain, so it is erased once
/// the share is on disk.
pub struct ShareKey {
    epoch: Epoch,
    secret: Zeroizing<Order>,
    public: Point,
}

impl ShareKey {
    /// A new key for the round of this epoch.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate(epoch: Epoch) -> Result<Self, RandomError> {
        Self::new(
            epoch,
            scalar(tags::OPRF_SHARE_SECRET, &[&*random::bytes::<64>()?]),
        )
    }

    fn new(epoch: Epoch, secret: Zeroizing<Order>) -> Result<Self, RandomError> {
        let public = multiple(&mut Masked::new()?, &Point::generator(), &secret);
        Ok(Self {
            epoch,
            secret,
            public,
        })
    }

    /// The round that it serves.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// `E_i = e_i·G`.
    #[must_use]
    pub fn public(&self) -> PointBytes {
        encode_point(&self.public)
    }

    pub(super) fn secret(&self) -> &Order {
        &self.secret
    }

    pub(super) fn point(&self) -> Point {
        self.public
    }

    /// What the holder puts on the chain: the key, and that it knows its secret.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn register(
        &self,
        chain: &ChainId,
        alias: &AliasId,
    ) -> Result<RegisterShareKey, OprfError> {
        let context = context(chain, self.epoch, alias);
        let statement = statement(tags::OPRF_SHARE_KEY, &context, self.public);
        Ok(RegisterShareKey {
            epoch: self.epoch,
            key: self.public(),
            proof: statement.prove(&self.secret)?,
        })
    }

    /// Epoch and secret, for a keystore.
    pub(crate) fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let secret = Zeroizing::new(Scalar::from(*self.secret).encode());
        let mut bytes = Zeroizing::new(Vec::with_capacity(36));
        self.epoch.encode(&mut bytes);
        secret.encode(&mut bytes);
        bytes
    }

    /// Reads what [`ShareKey::to_secret_bytes`] gave.
    pub(crate) fn from_secret_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let invalid = |reason: String| DecodeError::Invalid {
            what: "share key",
            reason,
        };
        let mut reader = Reader::new(bytes);
        let epoch = Epoch::decode(&mut reader)?;
        let secret = Zeroizing::new(reader.array::<32>("share key")?);
        reader.finish()?;
        let secret = Scalar::decode(&secret).map_err(|fault| invalid(fault.to_string()))?;
        let secret = Zeroizing::new(secret.element());
        if *secret == Order::ZERO {
            return Err(invalid("it is 0".to_owned()));
        }
        Self::new(epoch, secret).map_err(|fault| invalid(fault.to_string()))
    }
}

impl fmt::Debug for ShareKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ShareKey(of epoch {}, secret)", self.epoch)
    }
}

/// Whether the key is a point, and the signer knows its secret.
#[must_use]
pub fn is_share_key(chain: &ChainId, alias: &AliasId, said: &RegisterShareKey) -> bool {
    let Ok(key) = decode_point("a share key", &said.key) else {
        return false;
    };
    let context = context(chain, said.epoch, alias);
    statement(tags::OPRF_SHARE_KEY, &context, key).holds(&said.proof)
}

/// That the logarithm of a point is known.
pub(super) fn statement<'a>(tag: &'static [u8], context: &'a [u8], image: Point) -> Statement<'a> {
    Statement {
        tag,
        context,
        base: Point::generator(),
        image,
        pairs: Vec::new(),
    }
}

fn context(chain: &ChainId, epoch: Epoch, alias: &AliasId) -> Vec<u8> {
    let mut bytes = Sharing::transcript(chain, epoch);
    alias.encode(&mut bytes);
    bytes
}

impl Sharing {
    /// The share of the holder with this index, from its parts of the dealings that count.
    ///
    /// # Errors
    /// When a dealer stands twice, or the operating system gives no randomness. Whether it is the share that the
    /// public key names says [`KeyShare::check`].
    pub fn share(
        &self,
        origin: Origin,
        index: ShareIndex,
        parts: &[(ShareIndex, Part)],
    ) -> Result<KeyShare, OprfError> {
        let weights = weights(origin, parts.iter().map(|(dealer, _)| *dealer))?;
        let mut secret = Zeroizing::new(Order::ZERO);
        for (weight, (_, part)) in weights.iter().zip(parts) {
            *secret += *weight * *part.0;
        }
        KeyShare::new(self.epoch, index, secret)
    }
}
