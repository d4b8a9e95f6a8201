//! Governance: what members propose, how they vote, and who decides. `specs/members.md` has the rules.

use crate::alias::{Alias, Role, Standing, check_name};
use crate::cross_check::{CheckDefinition, CheckRef};
use crate::encoding::{Decode, DecodeError, Encode, Reader, invalid};
use crate::ids::{AliasId, Height, ProposalId, PublicKey, Signature, VerifyingKeyId};
use crate::sharing::MAX_HOLDERS;
use crate::workflow::{Versioned, Workflow};

/// Who decides over proposals: the three forms of consortium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "governance")]
pub enum Governance {
    /// More than two thirds of the banks.
    Members = 1,
    /// A leading member, and more than half of the banks, itself among them if it is one.
    Leader(AliasId) = 2,
    /// A named authority, alone.
    Authority(AliasId) = 3,
}

impl Governance {
    /// The member without which nothing is decided.
    #[must_use]
    pub fn decider(&self) -> Option<AliasId> {
        match self {
            Self::Members => None,
            Self::Leader(alias) | Self::Authority(alias) => Some(*alias),
        }
    }

    /// Whether `banks` approvals of `voters` banks, and the decider's where there is one, decide.
    #[must_use]
    pub fn is_decided(&self, banks: usize, voters: usize, decider: bool) -> bool {
        match self {
            Self::Members => banks * 3 > voters * 2,
            Self::Leader(_) => decider && banks * 2 > voters,
            Self::Authority(_) => decider,
        }
    }
}

/// What takes effect when a proposal is approved.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[repr(u8)]
#[encoding(name = "change")]
pub enum Change {
    /// A member comes.
    Admit {
        /// The member: no company or carrier, which their bank registers.
        #[encoding(read = member(reader))]
        alias: Box<Alias>,
        /// Its key's signature over [`crate::alias::Possession`].
        possession: Signature,
    } = 1,
    /// A member, or a validator, is suspended, acts again, or leaves for good.
    SetStanding {
        /// The member.
        alias: AliasId,
        /// What it shall be.
        standing: Standing,
    } = 2,
    /// A member's role becomes another.
    SetRole {
        /// The member.
        alias: AliasId,
        /// Its new role: of those that nobody vouches for.
        #[encoding(read = own_bank(reader))]
        role: Role,
    } = 3,
    /// A member's or a validator's key becomes another.
    SetKey {
        /// The member.
        alias: AliasId,
        /// Its new key.
        key: PublicKey,
        /// That key's signature over [`crate::alias::Possession`].
        possession: Signature,
    } = 4,
    /// A validator's power: 0 takes it out of the set.
    SetPower {
        /// The validator.
        alias: AliasId,
        /// Its voting power.
        power: u32,
    } = 5,
    /// Quotas and limits.
    SetLimits(Limits) = 6,
    /// Proofs of a circuit are accepted from now on.
    AcceptCircuit(VerifyingKeyId) = 7,
    /// Proofs of a circuit are accepted no longer.
    RetireCircuit(VerifyingKeyId) = 8,
    /// Who decides from now on.
    SetGovernance(Governance) = 9,
    /// The protocol's version: a node that does not know it stops before the height.
    SetProtocol(u32) = 10,
    /// These validators shall hold shares of the fingerprint key, in this order: a round begins.
    ShareKey(#[encoding(list(MAX_HOLDERS, "holders"))] Vec<AliasId>) = 11,
    /// Proofs of a cross-check are accepted from now on.
    PublishCheck(Box<CheckDefinition>) = 12,
    /// Proofs of a cross-check are accepted no longer.
    RetireCheck(CheckRef) = 13,
    /// Trades can follow this workflow from now on.
    PublishWorkflow(Box<Workflow>) = 14,
    /// No further trade can follow a workflow; those that do go on.
    RetireWorkflow(Versioned) = 15,
    /// A cross-check is void: proofs of it count no more, at whatever size, in open trades too. It is retired at all
    /// sizes.
    VoidCheck(Versioned) = 16,
}

/// Quotas and limits, as in [`crate::genesis::Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Limits {
    /// Blinded sets that a bank may have answered on one day, financed ones aside.
    pub inquiries_per_day: u32,
    /// Sets that a bank may finance on one day.
    pub financings_per_day: u32,
    /// Blocks that a hold may last at most.
    pub max_hold_blocks: u64,
    /// Most transactions of a block.
    pub max_block_transactions: u32,
    /// Most bytes of a block.
    pub max_block_bytes: u32,
}

/// Proposes a change; whoever proposes approves.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Propose {
    /// The first height for which the change holds. Without enough approvals two blocks before, the proposal lapses.
    pub at: Height,
    /// The change.
    pub change: Change,
}

/// A member's vote on a proposal, final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CastVote {
    /// The proposal.
    pub proposal: ProposalId,
    /// For or against.
    pub approve: bool,
}

impl Change {
    /// What it is, in a few words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Admit { .. } => "admit a member",
            Self::SetStanding { .. } => "change a member's standing",
            Self::SetRole { .. } => "change a member's role",
            Self::SetKey { .. } => "change a member's key",
            Self::SetPower { .. } => "change a validator's power",
            Self::SetLimits(_) => "change limits",
            Self::AcceptCircuit(_) => "accept a circuit",
            Self::RetireCircuit(_) => "retire a circuit",
            Self::SetGovernance(_) => "change who decides",
            Self::SetProtocol(_) => "change the protocol's version",
            Self::ShareKey(_) => "share the fingerprint key",
            Self::PublishCheck(_) => "publish a check",
            Self::RetireCheck(_) => "retire a check",
            Self::PublishWorkflow(_) => "publish a workflow",
            Self::RetireWorkflow(_) => "retire a workflow",
            Self::VoidCheck(_) => "make a check void",
        }
    }
}

/// A member that can be admitted: named, active, without an end, and no customer.
fn member(reader: &mut Reader<'_>) -> Result<Box<Alias>, DecodeError> {
    let alias = Alias::decode(reader)?;
    check_name(&alias.name)?;
    let own = alias.bank == alias.id;
    let fits = !alias.role.is_customer() && own == alias.role.is_own_bank();
    if !fits || alias.standing != Standing::Active || alias.until.is_some() {
        let reason = "a bank registers customers; a member begins active and without an end; a validator names its bank, \
                      everybody else itself";
        return invalid("new member", reason);
    }
    Ok(Box::new(alias))
}

fn own_bank(reader: &mut Reader<'_>) -> Result<Role, DecodeError> {
    let role = Role::decode(reader)?;
    match role.is_own_bank() {
        true => Ok(role),
        false => invalid("role", format!("a member cannot become a {}", role.name())),
    }
}
