//! Members: who they are, what is proposed, how they vote.

use sealane_ledger::consortium::LEAST_NOTICE;
use sealane_ledger::state::{Consortium, Key, ProposalEntry, ProposalStage, Voters};
use sealane_types::alias::Alias;
use sealane_types::encoding::Decode;
use sealane_types::genesis::Parameters;
use sealane_types::governance::{CastVote, Change, Governance, Propose};
use sealane_types::ids::{AliasId, Height, ProposalId};
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::transaction::Payload;

use super::Bank;
use crate::chain::Lie;
use crate::error::ClientError;
use crate::home::journal::Action;
use crate::progress::Progress;
use crate::refused::Refused;

/// Most keys of one query.
const KEYS: usize = 32;
/// Fewest blocks of notice with which others can still vote: a proposal lapses unless it is decided two blocks before its height.
const LEAST_TO_VOTE: u64 = 4;

/// How the consortium stands, proven in one header.
#[derive(Debug, Clone)]
pub struct Governed {
    /// Who decides, the protocol's version, and what is scheduled.
    pub consortium: Consortium,
    /// The banks.
    pub voters: Vec<AliasId>,
    /// The height at which a transaction sent now would run, at the earliest.
    pub next_height: Height,
}

impl Governed {
    /// Whether a proposal is open still and can be approved no more: that has to come two blocks before its height.
    #[must_use]
    pub fn has_lapsed(&self, entry: &ProposalEntry) -> bool {
        let next = self.next_height.0;
        entry.stage == ProposalStage::Open && entry.at.0 < next.saturating_add(LEAST_NOTICE)
    }

    /// How many banks must be for a change, where their number alone decides.
    fn needed(&self) -> Option<usize> {
        match &self.consortium.governance {
            Governance::Members => Some(self.voters.len() * 2 / 3 + 1),
            Governance::Leader(_) | Governance::Authority(_) => None,
        }
    }

    /// Whether this member's own vote is enough.
    fn is_decided_by(&self, member: &AliasId) -> bool {
        match &self.consortium.governance {
            Governance::Authority(authority) => authority == member,
            Governance::Members | Governance::Leader(_) => self.voters == [*member],
        }
    }
}

/// What became of a proposal or a vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voted {
    /// The proposal.
    pub proposal: ProposalId,
    /// The first height for which the change holds, where this side proposed it.
    pub at: Height,
    /// Whether it is decided.
    pub approved: bool,
    /// How many banks are for it.
    pub votes: usize,
    /// How many banks there are.
    pub banks: usize,
    /// How many must be for it, where their number alone decides.
    pub needed: Option<usize>,
}

impl Bank {
    /// How the consortium stands.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn governed(&self) -> Result<Governed, ClientError> {
        let state = self
            .node()
            .state(&[Key::consortium(), Key::voters()])
            .await?;
        let missing = || Lie::Missing("consortium");
        let read = || {
            let voters: Option<Voters> = state.read(1)?;
            Ok(Governed {
                consortium: state.read(0)?.ok_or_else(missing)?,
                voters: voters.ok_or_else(missing)?.0,
                next_height: state.next_height(),
            })
        };
        read().map_err(|lie| self.node().lies(lie).into())
    }

    /// What the chain's rules leave open, as they are now.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn parameters(&self) -> Result<Parameters, ClientError> {
        let parameters = self.values(&[Key::parameters()]).await?;
        let parameters = parameters.into_iter().flatten().next();
        let missing = || self.node().lies(Lie::Missing("parameters")).into();
        parameters.ok_or_else(missing)
    }

    /// All proposals, the oldest first.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn proposals(&self) -> Result<Vec<(ProposalId, ProposalEntry)>, ClientError> {
        let count = self.governed().await?.consortium.next;
        let ids: Vec<ProposalId> = (0..count.0).map(ProposalId).collect();
        let keys: Vec<Key> = ids.iter().map(|id| Key::proposal(*id)).collect();
        let entries = self.values(&keys).await?;
        Ok(ids.into_iter().zip(entries.into_iter().flatten()).collect())
    }

    /// A proposal; `None` where there is none of this number.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn proposal(&self, number: ProposalId) -> Result<Option<ProposalEntry>, ClientError> {
        let entry = self.values(&[Key::proposal(number)]).await?;
        Ok(entry.into_iter().flatten().next())
    }

    /// These aliases, without those that are not on the chain.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn aliases_of(&self, ids: &[AliasId]) -> Result<Vec<Alias>, ClientError> {
        let keys: Vec<Key> = ids.iter().map(Key::alias).collect();
        Ok(self.values(&keys).await?.into_iter().flatten().collect())
    }

    /// All members: those of genesis, and those that were admitted since.
    ///
    /// # Errors
    /// When the node does not answer, or lies.
    pub async fn members(&self) -> Result<Vec<Alias>, ClientError> {
        let mut ids: Vec<AliasId> = self
            .home()
            .genesis()
            .aliases
            .iter()
            .map(|one| one.id)
            .collect();
        for (_, entry) in self.proposals().await? {
            if let Change::Admit { alias, .. } = entry.change
                && !ids.contains(&alias.id)
            {
                ids.push(alias.id);
            }
        }
        let mut members = self.aliases_of(&ids).await?;
        members.sort_by(|one, other| {
            (one.role as u8, &one.name).cmp(&(other.role as u8, &other.name))
        });
        Ok(members)
    }

    /// The alias of the member of this name, proven.
    ///
    /// # Errors
    /// When there is none, or the node does not answer or lies.
    pub async fn member(&self, name: &str) -> Result<AliasId, ClientError> {
        let state = self.node().state(&[Key::name(name)]).await?;
        let found: Option<AliasId> = state.read(0).map_err(|lie| self.node().lies(lie))?;
        found.ok_or_else(|| ClientError::NoMember(name.to_owned()))
    }

    /// Proposes a change that holds `notice` blocks after the next, and approves it.
    ///
    /// # Errors
    /// When the notice leaves others no block to vote in, the rules refuse it, or it cannot be sent.
    pub async fn propose(
        &self,
        change: Change,
        notice: u64,
        progress: &dyn Progress,
    ) -> Result<Voted, ClientError> {
        self.finish_earlier(progress).await?;
        let governed = self.governed().await?;
        let next = governed.next_height;
        if notice < LEAST_TO_VOTE && !governed.is_decided_by(&self.home().alias()) {
            let least = LEAST_TO_VOTE;
            return Err(ClientError::ShortNotice { notice, least });
        }
        let at = Height(next.0.saturating_add(notice.max(LEAST_NOTICE)));
        let payload = Payload::Propose(Box::new(Propose { at, change }));
        let committed = self
            .transact_and_close(Action::Propose, payload, progress)
            .await?;
        let Outcome::Done(Done::Proposed { proposal, approved }) = committed.outcome() else {
            return Err(self.node().lies(Lie::OtherReceipt).into());
        };
        self.voted(*proposal, *approved).await
    }

    /// Votes on a proposal. A check that is to be published is compiled here before it is approved.
    ///
    /// # Errors
    /// When the rules refuse it, or it cannot be sent.
    pub async fn vote(
        &self,
        proposal: ProposalId,
        approve: bool,
        progress: &dyn Progress,
    ) -> Result<Voted, ClientError> {
        self.finish_earlier(progress).await?;
        if let Some(entry) = self.must_be_open(proposal).await?
            && approve
        {
            self.check_before_vote(&entry.change, progress).await?;
            self.must_be_open(proposal).await?; // compiling takes its time
        }
        let vote = CastVote { proposal, approve };
        let sent = self
            .transact_and_close(Action::Vote, Payload::Vote(vote), progress)
            .await;
        if let Err(ClientError::Refused(refused)) = &sent
            && refused.reason == Refusal::ProposalOver
        {
            self.must_be_open(proposal).await?;
        }
        let committed = sent?;
        let Outcome::Done(Done::Voted { approved }) = committed.outcome() else {
            return Err(self.node().lies(Lie::OtherReceipt).into());
        };
        self.voted(proposal, *approved).await
    }

    /// A proposal on which this home can vote; `None` where there is none of this number.
    ///
    /// # Errors
    /// When it is decided, or has lapsed: which of the two, and what to do. What the rules refuse before that they say
    /// themselves.
    async fn must_be_open(
        &self,
        proposal: ProposalId,
    ) -> Result<Option<ProposalEntry>, ClientError> {
        let Some(entry) = self.proposal(proposal).await? else {
            return Ok(None);
        };
        let governed = self.governed().await?;
        match over(proposal, &entry, &governed) {
            Some(refused) if governed.voters.contains(&self.home().alias()) => {
                Err(ClientError::Refused(Box::new(refused)))
            }
            _ => Ok(Some(entry)),
        }
    }

    /// How a proposal stands after this home's vote.
    async fn voted(&self, proposal: ProposalId, approved: bool) -> Result<Voted, ClientError> {
        let missing = || self.node().lies(Lie::Missing("proposal"));
        let entry = self.proposal(proposal).await?.ok_or_else(missing)?;
        let governed = self.governed().await?;
        let (needed, banks) = (governed.needed(), governed.voters);
        let votes = entry.approvals.iter().filter(|one| banks.contains(one));
        Ok(Voted {
            proposal,
            at: entry.at,
            approved,
            votes: votes.count(),
            banks: banks.len(),
            needed,
        })
    }

    /// Values of the state, each proven.
    pub(super) async fn values<T: Decode>(
        &self,
        keys: &[Key],
    ) -> Result<Vec<Option<T>>, ClientError> {
        let mut values = Vec::with_capacity(keys.len());
        let mut groups = Groups::of(keys);
        while let Some(now) = groups.next() {
            let state = match self.node().state(now).await {
                Err(error) if error.is_too_large() && groups.halve(now) => continue,
                state => state?,
            };
            for at in 0..now.len() {
                values.push(state.read(at).map_err(|lie| self.node().lies(lie))?);
            }
            groups.pass(now);
        }
        Ok(values)
    }
}

/// Why nobody can vote on a proposal any more.
fn over(proposal: ProposalId, entry: &ProposalEntry, governed: &Governed) -> Option<Refused> {
    let (what, advice) = match entry.stage {
        ProposalStage::Open if governed.has_lapsed(entry) => (
            format!(
                "proposal {proposal} has lapsed: two blocks before height {} too few members had voted for it",
                entry.at
            ),
            "propose it again with a larger --in",
        ),
        ProposalStage::Open => return None,
        ProposalStage::Approved | ProposalStage::Done | ProposalStage::Failed(_) => (
            format!("proposal {proposal} is decided already"),
            "nothing needs to be done: sealane proposal show says how it stands",
        ),
    };
    Some(Refused {
        what,
        advice: advice.to_owned(),
        ..Refused::new(Refusal::ProposalOver)
    })
}

/// Keys group by group: proposals of checks have megabytes each, and an answer is one message. A group whose answer is
/// too large is halved, and those after it grow again.
struct Groups<'a, T> {
    rest: &'a [T],
    most: usize,
}

impl<'a, T> Groups<'a, T> {
    fn of(rest: &'a [T]) -> Self {
        Self { rest, most: KEYS }
    }

    /// What is to be asked for; `None` once all is there.
    fn next(&self) -> Option<&'a [T]> {
        let now = &self.rest[..self.rest.len().min(self.most)];
        (!now.is_empty()).then_some(now)
    }

    /// Less than this is asked for next; whether there is less.
    fn halve(&mut self, now: &[T]) -> bool {
        self.most = (now.len() / 2).max(1);
        now.len() > 1
    }

    /// This is there.
    fn pass(&mut self, now: &[T]) {
        self.rest = &self.rest[now.len()..];
        self.most = KEYS.min(self.most * 2);
    }
}

#[cfg(test)]
mod tests {
    use sealane_types::ids::VerifyingKeyId;

    use super::*;

    fn governed(next: u64) -> Governed {
        let consortium = Consortium {
            governance: Governance::Members,
            protocol: 1,
            next: ProposalId(1),
            scheduled: Vec::new(),
        };
        let voters = (1..=4).map(|byte| AliasId::new([byte; 32]));
        Governed {
            consortium,
            voters: voters.collect(),
            next_height: Height(next),
        }
    }

    #[test]
    fn what_is_decided_and_what_has_lapsed_are_told_apart() {
        let mut entry = ProposalEntry {
            proposer: AliasId::new([1; 32]),
            at: Height(20),
            change: Change::RetireCircuit(VerifyingKeyId::new([7; 32])),
            approvals: Vec::new(),
            rejections: Vec::new(),
            stage: ProposalStage::Open,
        };
        let said = |entry: &ProposalEntry, next| {
            let over = over(ProposalId(3), entry, &governed(next));
            over.map(|refused| refused.to_string())
        };
        assert_eq!(said(&entry, 18), None);
        let lapsed = said(&entry, 19).expect("it lapsed");
        assert!(
            lapsed.contains("proposal 3 has lapsed") && lapsed.contains("a larger --in"),
            "{lapsed}"
        );
        entry.stage = ProposalStage::Approved;
        let decided = said(&entry, 18).expect("it is decided");
        assert!(
            decided.contains("decided already") && !decided.contains("lapsed"),
            "{decided}"
        );
        assert_eq!(governed(18).needed(), Some(3));
    }

    /// Two proposals of checks made every command of every home fail.
    #[test]
    fn whatever_is_too_large_together_is_asked_for_by_fewer_keys() {
        let mut sizes = vec![1_u32; 100];
        (sizes[40], sizes[41], sizes[99]) = (900, 900, 1_000);
        let (mut groups, mut got, mut asked) = (Groups::of(&sizes), Vec::new(), 0);
        while let Some(now) = groups.next() {
            asked += 1;
            let fits = now.iter().sum::<u32>() <= 1_000;
            if !fits && groups.halve(now) {
                continue;
            }
            assert!(fits, "one alone always fits");
            got.extend_from_slice(now);
            groups.pass(now);
        }
        assert_eq!(got, sizes);
        assert!(asked < 30, "{asked}");
        assert!(!groups.halve(&[1_001]), "one alone is not halved");
    }
}
