//! Governance: what members propose, how they vote, and who decides. `specs/members.md` has the rules.

use crate::alias::{Alias, Role, Standing, check_name};
use crate::cross_check::{CheckDefinition, CheckRef};
use crate::encoding::{Decode, DecodeError, Encode, Reader, put_list};
use crate::ids::{AliasId, Height, ProposalId, PublicKey, Signature, VerifyingKeyId};
use crate::sharing::MAX_HOLDERS;
use crate::workflow::{Versioned, Workflow};

/// Who decides over proposals: the three forms of consortium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Governance {
    /// More than two thirds of the banks.
    Members,
    /// A leading member, and more than half of the banks, itself among them if it is one.
    Leader(AliasId),
    /// A named authority, alone.
    Authority(AliasId),
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A member comes.
    Admit {
        /// The member: no company or carrier, which their bank registers.
        alias: Box<Alias>,
        /// Its key's signature over [`crate::alias::Possession`].
        possession: Signature,
    },
    /// A member, or a validator, is suspended, acts again, or leaves for good.
    SetStanding {
        /// The member.
        alias: AliasId,
        /// What it shall be.
        standing: Standing,
    },
    /// A member's role becomes another.
    SetRole {
        /// The member.
        alias: AliasId,
        /// Its new role: of those that nobody vouches for.
        role: Role,
    },
    /// A member's or a validator's key becomes another.
    SetKey {
        /// The member.
        alias: AliasId,
        /// Its new key.
        key: PublicKey,
        /// That key's signature over [`crate::alias::Possession`].
        possession: Signature,
    },
    /// A validator's power: 0 takes it out of the set.
    SetPower {
        /// The validator.
        alias: AliasId,
        /// Its voting power.
        power: u32,
    },
    /// Quotas and limits.
    SetLimits(Limits),
    /// Proofs of a circuit are accepted from now on.
    AcceptCircuit(VerifyingKeyId),
    /// Proofs of a circuit are accepted no longer.
    RetireCircuit(VerifyingKeyId),
    /// Who decides from now on.
    SetGovernance(Governance),
    /// The protocol's version: a node that does not know it stops before the height.
    SetProtocol(u32),
    /// These validators shall hold shares of the fingerprint key, in this order: a round begins.
    ShareKey(Vec<AliasId>),
    /// Proofs of a cross-check are accepted from now on.
    PublishCheck(Box<CheckDefinition>),
    /// Proofs of a cross-check are accepted no longer.
    RetireCheck(CheckRef),
    /// Trades can follow this workflow from now on.
    PublishWorkflow(Box<Workflow>),
    /// No further trade can follow a workflow; those that do go on.
    RetireWorkflow(Versioned),
    /// A cross-check is void: proofs of it count no more, at whatever size, in open trades too. It is retired at all
    /// sizes.
    VoidCheck(Versioned),
}

/// Quotas and limits, as in [`crate::genesis::Parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Propose {
    /// The first height for which the change holds. Without enough approvals two blocks before, the proposal lapses.
    pub at: Height,
    /// The change.
    pub change: Change,
}

/// A member's vote on a proposal, final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

fn invalid<T>(what: &'static str, reason: String) -> Result<T, DecodeError> {
    Err(DecodeError::Invalid { what, reason })
}

impl Encode for Governance {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Members => out.push(1),
            Self::Leader(alias) => {
                out.push(2);
                alias.encode(out);
            }
            Self::Authority(alias) => {
                out.push(3);
                alias.encode(out);
            }
        }
    }
}

impl Decode for Governance {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match u8::decode(reader)? {
            1 => Ok(Self::Members),
            2 => Ok(Self::Leader(AliasId::decode(reader)?)),
            3 => Ok(Self::Authority(AliasId::decode(reader)?)),
            tag => invalid("governance", format!("no form has tag {tag}")),
        }
    }
}

impl Encode for Limits {
    fn encode(&self, out: &mut Vec<u8>) {
        self.inquiries_per_day.encode(out);
        self.financings_per_day.encode(out);
        self.max_hold_blocks.encode(out);
        self.max_block_transactions.encode(out);
        self.max_block_bytes.encode(out);
    }
}

impl Decode for Limits {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            inquiries_per_day: u32::decode(reader)?,
            financings_per_day: u32::decode(reader)?,
            max_hold_blocks: u64::decode(reader)?,
            max_block_transactions: u32::decode(reader)?,
            max_block_bytes: u32::decode(reader)?,
        })
    }
}

impl Encode for Change {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Admit { alias, possession } => {
                out.push(1);
                alias.encode(out);
                possession.encode(out);
            }
            Self::SetStanding { alias, standing } => {
                out.push(2);
                alias.encode(out);
                standing.encode(out);
            }
            Self::SetRole { alias, role } => {
                out.push(3);
                alias.encode(out);
                role.encode(out);
            }
            Self::SetKey {
                alias,
                key,
                possession,
            } => {
                out.push(4);
                alias.encode(out);
                key.encode(out);
                possession.encode(out);
            }
            Self::SetPower { alias, power } => {
                out.push(5);
                alias.encode(out);
                power.encode(out);
            }
            Self::SetLimits(limits) => {
                out.push(6);
                limits.encode(out);
            }
            Self::AcceptCircuit(key) => {
                out.push(7);
                key.encode(out);
            }
            Self::RetireCircuit(key) => {
                out.push(8);
                key.encode(out);
            }
            Self::SetGovernance(governance) => {
                out.push(9);
                governance.encode(out);
            }
            Self::SetProtocol(version) => {
                out.push(10);
                version.encode(out);
            }
            Self::ShareKey(holders) => {
                out.push(11);
                put_list(out, holders);
            }
            Self::PublishCheck(definition) => {
                out.push(12);
                definition.encode(out);
            }
            Self::RetireCheck(check) => {
                out.push(13);
                check.encode(out);
            }
            Self::PublishWorkflow(workflow) => {
                out.push(14);
                workflow.encode(out);
            }
            Self::RetireWorkflow(workflow) => {
                out.push(15);
                workflow.encode(out);
            }
            Self::VoidCheck(check) => {
                out.push(16);
                check.encode(out);
            }
        }
    }
}

impl Decode for Change {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match u8::decode(reader)? {
            1 => Self::Admit {
                alias: Box::new(member(Alias::decode(reader)?)?),
                possession: Signature::decode(reader)?,
            },
            2 => Self::SetStanding {
                alias: AliasId::decode(reader)?,
                standing: Standing::decode(reader)?,
            },
            3 => Self::SetRole {
                alias: AliasId::decode(reader)?,
                role: own_bank(Role::decode(reader)?)?,
            },
            4 => Self::SetKey {
                alias: AliasId::decode(reader)?,
                key: PublicKey::decode(reader)?,
                possession: Signature::decode(reader)?,
            },
            5 => Self::SetPower {
                alias: AliasId::decode(reader)?,
                power: u32::decode(reader)?,
            },
            6 => Self::SetLimits(Limits::decode(reader)?),
            7 => Self::AcceptCircuit(VerifyingKeyId::decode(reader)?),
            8 => Self::RetireCircuit(VerifyingKeyId::decode(reader)?),
            9 => Self::SetGovernance(Governance::decode(reader)?),
            10 => Self::SetProtocol(u32::decode(reader)?),
            11 => Self::ShareKey(reader.list(MAX_HOLDERS, "holders")?),
            12 => Self::PublishCheck(Box::new(CheckDefinition::decode(reader)?)),
            13 => Self::RetireCheck(CheckRef::decode(reader)?),
            14 => Self::PublishWorkflow(Box::new(Workflow::decode(reader)?)),
            15 => Self::RetireWorkflow(Versioned::decode(reader)?),
            16 => Self::VoidCheck(Versioned::decode(reader)?),
            tag => return invalid("change", format!("no change has tag {tag}")),
        })
    }
}

/// A member that can be admitted: named, active, without an end, and no customer.
fn member(alias: Alias) -> Result<Alias, DecodeError> {
    check_name(&alias.name)?;
    let own = alias.bank == alias.id;
    let fits = !alias.role.is_customer() && own == alias.role.is_own_bank();
    if !fits || alias.standing != Standing::Active || alias.until.is_some() {
        let reason = "a bank registers customers; a member begins active and without an end; a validator names its bank, \
                      everybody else itself";
        return invalid("new member", reason.to_owned());
    }
    Ok(alias)
}

fn own_bank(role: Role) -> Result<Role, DecodeError> {
    match role.is_own_bank() {
        true => Ok(role),
        false => invalid("role", format!("a member cannot become a {}", role.name())),
    }
}

impl Encode for Propose {
    fn encode(&self, out: &mut Vec<u8>) {
        self.at.encode(out);
        self.change.encode(out);
    }
}

impl Decode for Propose {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            at: Height::decode(reader)?,
            change: Change::decode(reader)?,
        })
    }
}

impl Encode for CastVote {
    fn encode(&self, out: &mut Vec<u8>) {
        self.proposal.encode(out);
        self.approve.encode(out);
    }
}

impl Decode for CastVote {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            proposal: ProposalId::decode(reader)?,
            approve: bool::decode(reader)?,
        })
    }
}
