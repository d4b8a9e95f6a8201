//! The fingerprint key: its public part, and the transactions by which it is generated and handed on. What
//! they carry is checked by `sealane-crypto`; `specs/threshold-key.md` has the protocol.

use crate::alias::MAX_VALIDATORS;
use crate::encoding::{Decode, Encode};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct ShareHolder {
    /// The validator's alias.
    pub validator: AliasId,
    /// `K_j = k_j·G`.
    pub public: PointBytes,
}

/// The public part of one epoch of the fingerprint key, shared `t` of `n`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FingerprintKey {
    /// The epoch.
    pub epoch: Epoch,
    /// `t`: how many answers make a fingerprint.
    pub threshold: u16,
    /// `K = k·G`.
    pub public: PointBytes,
    /// The `n` holders; the holder at position `j` has share index `j + 1`.
    #[encoding(list(MAX_HOLDERS, "share holders"))]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RegisterShareKey {
    /// The round.
    pub epoch: Epoch,
    /// `E_i = e_i·G`.
    pub key: PointBytes,
    /// The signer knows `e_i`.
    pub proof: DleqProof,
}

/// What a dealer deals to the holders of a round.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
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
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Dealing {
    /// `C_m`, the constant term's first.
    #[encoding(list(MAX_HOLDERS, "commitments"))]
    pub commitments: Vec<PointBytes>,
    /// `A = a·G`.
    pub ephemeral: PointBytes,
    /// `c_i`, one for each holder in order.
    #[encoding(list(MAX_HOLDERS, "shares"))]
    pub shares: Vec<ScalarBytes>,
}

/// Shows what a dealer's ciphertext decrypts to, because it is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
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
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Confirm {
    /// The round.
    pub epoch: Epoch,
    /// `V_ij = k_j·H_i`, one for each fingerprint slot, in order.
    #[encoding(list(SLOTS, "slot keys"))]
    pub slot_keys: Vec<PointBytes>,
    /// The signer knows `k_j = log_G K_j`, which is `log_{H_i} V_ij` for every slot `i`.
    pub proof: DleqProof,
}
