//! The fingerprint key: its public part, and the transactions by which it is generated and handed on. What
//! they carry is checked by `sealane-crypto`; `specs/threshold-key.md` has the protocol.

use crate::block::MAX_VALIDATORS;
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use crate::fingerprint::SLOTS;
use crate::ids::{AliasId, DleqProof, Epoch, PointBytes, ScalarBytes, ShareIndex};

/// Most holders of shares of one epoch.
pub const MAX_HOLDERS: usize = MAX_VALIDATORS;

/// How many of `holders` compute a fingerprint together: all but the third that may be Byzantine.
#[must_use]
pub fn threshold(holders: u16) -> u16 {
    holders - holders.saturating_sub(1) / 3
}

/// A holder of a share of the fingerprint key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareHolder {
    /// The validator's alias.
    pub validator: AliasId,
    /// `K_j = k_j·G`.
    pub public: PointBytes,
}

/// The public part of one epoch of the fingerprint key, shared `t` of `n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintKey {
    /// The epoch.
    pub epoch: Epoch,
    /// `t`: how many answers make a fingerprint.
    pub threshold: u16,
    /// `K = k·G`.
    pub public: PointBytes,
    /// The `n` holders; the holder at position `j` has share index `j + 1`.
    pub holders: Vec<ShareHolder>,
}

impl FingerprintKey {
    /// The holder with this index.
    #[must_use]
    pub fn holder(&self, index: ShareIndex) -> Option<&ShareHolder> {
        let at = usize::from(index.0).checked_sub(1)?;
        self.holders.get(at)
    }

    /// The index of this validator's share.
    #[must_use]
    pub fn index_of(&self, validator: &AliasId) -> Option<ShareIndex> {
        let at = self
            .holders
            .iter()
            .position(|holder| holder.validator == *validator)?;
        u16::try_from(at + 1).ok().map(ShareIndex)
    }
}

/// A holder's key for one round: dealers encrypt its shares to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterShareKey {
    /// The round.
    pub epoch: Epoch,
    /// `E_i = e_i·G`.
    pub key: PointBytes,
    /// The signer knows `e_i`.
    pub proof: DleqProof,
}

/// What a dealer deals to the holders of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// The round.
    pub epoch: Epoch,
    /// The polynomial, committed to.
    pub dealing: Dealing,
    /// The dealer knows the constant term.
    pub constant: DleqProof,
    /// The dealer knows the logarithm of the ephemeral point.
    pub ephemeral: DleqProof,
}

/// A polynomial, committed to, and its values for the holders, encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dealing {
    /// `C_m`, the constant term's first.
    pub commitments: Vec<PointBytes>,
    /// `A = a·G`.
    pub ephemeral: PointBytes,
    /// `c_i`, one for each holder in order.
    pub shares: Vec<ScalarBytes>,
}

/// Shows what a dealer's ciphertext decrypts to, because it is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complain {
    /// The round.
    pub epoch: Epoch,
    /// The dealer, by its index among the round's dealers.
    pub dealer: ShareIndex,
    /// `D = e_i·A`.
    pub secret: PointBytes,
    /// `log_G E_i = log_A D`.
    pub proof: DleqProof,
}

/// A holder says that it has its share on disk, and publishes its part of the slot keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The round.
    pub epoch: Epoch,
    /// `V_ij = k_j·H_i`, one for each fingerprint slot, in order.
    pub slot_keys: Vec<PointBytes>,
    /// The signer knows `k_j = log_G K_j`, which is `log_{H_i} V_ij` for every slot `i`.
    pub proof: DleqProof,
}

impl Encode for FingerprintKey {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.threshold.encode(out);
        self.public.encode(out);
        put_list(out, &self.holders);
    }
}

impl Decode for FingerprintKey {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Epoch::decode(reader)?,
            threshold: u16::decode(reader)?,
            public: PointBytes::decode(reader)?,
            holders: reader.list(MAX_HOLDERS, "share holders")?,
        })
    }
}

impl Encode for ShareHolder {
    fn encode(&self, out: &mut Vec<u8>) {
        self.validator.encode(out);
        self.public.encode(out);
    }
}

impl Decode for ShareHolder {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            validator: AliasId::decode(reader)?,
            public: PointBytes::decode(reader)?,
        })
    }
}

impl Encode for RegisterShareKey {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.key.encode(out);
        self.proof.encode(out);
    }
}

impl Decode for RegisterShareKey {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Decode::decode(reader)?,
            key: Decode::decode(reader)?,
            proof: Decode::decode(reader)?,
        })
    }
}

impl Encode for Deal {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.dealing.encode(out);
        self.constant.encode(out);
        self.ephemeral.encode(out);
    }
}

impl Decode for Deal {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Decode::decode(reader)?,
            dealing: Decode::decode(reader)?,
            constant: Decode::decode(reader)?,
            ephemeral: Decode::decode(reader)?,
        })
    }
}

impl Encode for Dealing {
    fn encode(&self, out: &mut Vec<u8>) {
        put_list(out, &self.commitments);
        self.ephemeral.encode(out);
        put_list(out, &self.shares);
    }
}

impl Decode for Dealing {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            commitments: reader.list(MAX_HOLDERS, "commitments")?,
            ephemeral: Decode::decode(reader)?,
            shares: reader.list(MAX_HOLDERS, "shares")?,
        })
    }
}

impl Encode for Complain {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        self.dealer.encode(out);
        self.secret.encode(out);
        self.proof.encode(out);
    }
}

impl Decode for Complain {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Decode::decode(reader)?,
            dealer: Decode::decode(reader)?,
            secret: Decode::decode(reader)?,
            proof: Decode::decode(reader)?,
        })
    }
}

impl Encode for Confirm {
    fn encode(&self, out: &mut Vec<u8>) {
        self.epoch.encode(out);
        put_list(out, &self.slot_keys);
        self.proof.encode(out);
    }
}

impl Decode for Confirm {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: Decode::decode(reader)?,
            slot_keys: reader.list(SLOTS, "slot keys")?,
            proof: Decode::decode(reader)?,
        })
    }
}
