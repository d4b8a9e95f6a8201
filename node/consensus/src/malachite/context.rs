//! What Malachite's algorithm runs on: thin coats around this chain's own types. What is decided is a
//! block's id; the block itself travels in parts beside it.

use std::fmt;

use malachitebft_app_channel::app::types::core::{
    self as core, LinearTimeouts, NilOrVal, Round, SignedMessage, VoteType,
};
use sealane_types::block::{Certificate, CommitSignature, ValidatorSet};
use sealane_types::encoding::{Decode, Encode};
use sealane_types::ids::{AliasId, BlockId, ChainId, Height, PublicKey};

use super::scheme::Ed25519;

/// A block's height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Encode, Decode)]
pub struct At(pub u64);

impl fmt::Display for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl From<Height> for At {
    fn from(height: Height) -> Self {
        Self(height.0)
    }
}

impl From<At> for Height {
    fn from(at: At) -> Self {
        Self(at.0)
    }
}

impl core::Height for At {
    const ZERO: Self = Self(0);
    const INITIAL: Self = Self(1);

    fn increment_by(&self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }

    fn decrement_by(&self, n: u64) -> Option<Self> {
        self.0.checked_sub(n).map(Self)
    }

    fn as_u64(&self) -> u64 {
        self.0
    }
}

/// A validator's alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Member(pub AliasId);

impl fmt::Display for Member {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl core::Address for Member {}

/// A validator with its key and power.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    member: Member,
    key: PublicKey,
    power: u64,
}

impl core::Validator<Context> for Seat {
    fn address(&self) -> &Member {
        &self.member
    }

    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn voting_power(&self) -> u64 {
        self.power
    }
}

/// The validators of a height, by ascending alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats(Vec<Seat>);

impl From<&ValidatorSet> for Seats {
    fn from(set: &ValidatorSet) -> Self {
        let seat = |one: &sealane_types::block::Validator| Seat {
            member: Member(one.alias),
            key: one.key,
            power: one.power.into(),
        };
        Self(set.validators().iter().map(seat).collect())
    }
}

impl core::ValidatorSet<Context> for Seats {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn total_voting_power(&self) -> u64 {
        self.0.iter().map(|seat| seat.power).sum()
    }

    fn get_by_address(&self, address: &Member) -> Option<&Seat> {
        let found = self.0.binary_search_by_key(address, |seat| seat.member);
        found.ok().map(|at| &self.0[at])
    }

    fn get_by_index(&self, index: usize) -> Option<&Seat> {
        self.0.get(index)
    }
}

/// The block that is proposed, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice(pub BlockId);

impl core::Value for Choice {
    type Id = BlockId;

    fn id(&self) -> BlockId {
        self.0
    }
}

/// A prevote or precommit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot {
    /// Which of the two.
    pub kind: VoteType,
    /// The height.
    pub height: At,
    /// The round.
    pub round: Round,
    /// The block, or none.
    pub value: NilOrVal<BlockId>,
    /// Who votes.
    pub member: Member,
}

impl core::Vote<Context> for Ballot {
    fn height(&self) -> At {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &NilOrVal<BlockId> {
        &self.value
    }

    fn take_value(self) -> NilOrVal<BlockId> {
        self.value
    }

    fn vote_type(&self) -> VoteType {
        self.kind
    }

    fn validator_address(&self) -> &Member {
        &self.member
    }

    fn extension(&self) -> Option<&SignedMessage<Context, ()>> {
        None
    }

    fn take_extension(&mut self) -> Option<SignedMessage<Context, ()>> {
        None
    }

    fn extend(self, _: SignedMessage<Context, ()>) -> Self {
        self // votes carry no extensions
    }
}

/// A proposal: which block, not the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The height.
    pub height: At,
    /// The round.
    pub round: Round,
    /// The block.
    pub value: Choice,
    /// The round in which more than two thirds prevoted it before, if any.
    pub pol_round: Round,
    /// Who proposes.
    pub member: Member,
}

impl core::Proposal<Context> for Offer {
    fn height(&self) -> At {
        self.height
    }

    fn round(&self) -> Round {
        self.round
    }

    fn value(&self) -> &Choice {
        &self.value
    }

    fn take_value(self) -> Choice {
        self.value
    }

    fn pol_round(&self) -> Round {
        self.pol_round
    }

    fn validator_address(&self) -> &Member {
        &self.member
    }
}

/// The types together, and the chain that every signature is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The chain.
    pub chain: ChainId,
}

impl core::Context for Context {
    type Address = Member;
    type Height = At;
    type ProposalPart = super::parts::Part;
    type Proposal = Offer;
    type Validator = Seat;
    type ValidatorSet = Seats;
    type Timeouts = LinearTimeouts;
    type Value = Choice;
    type Vote = Ballot;
    type Extension = ();
    type SigningScheme = Ed25519;

    /// In turns by height and round, whatever the power.
    fn select_proposer<'a>(&self, seats: &'a Seats, height: At, round: Round) -> &'a Seat {
        let turn = height.0.wrapping_add(round.as_u32().unwrap_or(0).into());
        let count = seats.0.len() as u64;
        &seats.0[(turn % count) as usize] // a validator set is never empty
    }

    fn new_proposal(
        &self,
        height: At,
        round: Round,
        value: Choice,
        pol_round: Round,
        member: Member,
    ) -> Offer {
        Offer {
            height,
            round,
            value,
            pol_round,
            member,
        }
    }

    fn new_prevote(
        &self,
        height: At,
        round: Round,
        value: NilOrVal<BlockId>,
        member: Member,
    ) -> Ballot {
        #[cfg(feature = "byzantine")]
        let value = crate::byzantine::prevote(height, round, value, member.0);
        Ballot {
            kind: VoteType::Prevote,
            height,
            round,
            value,
            member,
        }
    }

    fn new_precommit(
        &self,
        height: At,
        round: Round,
        value: NilOrVal<BlockId>,
        member: Member,
    ) -> Ballot {
        #[cfg(feature = "byzantine")]
        let value = crate::byzantine::precommit(height, round, value, member.0);
        Ballot {
            kind: VoteType::Precommit,
            height,
            round,
            value,
            member,
        }
    }
}

/// Malachite's certificate as clients check it; `None` without a round.
pub(super) fn certificate(from: &core::CommitCertificate<Context>) -> Option<Certificate> {
    let signature = |one: &core::CommitSignature<Context>| CommitSignature {
        validator: one.address.0,
        signature: one.signature,
    };
    let mut signatures: Vec<_> = from.commit_signatures.iter().map(signature).collect();
    signatures.sort_by_key(|one| one.validator);
    signatures.dedup_by_key(|one| one.validator);
    Some(Certificate {
        height: from.height.into(),
        round: from.round.as_u32()?,
        block: from.value_id,
        signatures,
    })
}

/// A certificate as Malachite's value sync sends it.
pub(super) fn synced(from: &Certificate) -> core::ExtendedCommitCertificate<Context> {
    let signature = |one: &CommitSignature| {
        core::ExtendedCommitSignature::new(Member(one.validator), one.signature, None)
    };
    core::ExtendedCommitCertificate {
        height: from.height.into(),
        round: Round::new(from.round),
        value_id: from.block,
        commit_signatures: from.signatures.iter().map(signature).collect(),
    }
}
