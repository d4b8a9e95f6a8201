//! Members propose changes and vote on them.

use sealane_types::governance::{CastVote, Propose};
use sealane_types::ids::ProposalId;
use sealane_types::receipt::{Done, Refusal};

use super::{At, signer};
use crate::consortium::{
    LEAST_NOTICE, MOST_NOTICE, check_change, consortium, has_voice, is_decided, schedule,
};
use crate::state::{Key, Overlay, ProposalEntry, ProposalStage, Scheduled, StateExt, StateRead};

pub(super) fn propose(state: &mut Overlay<'_>, at: At, propose: &Propose) -> Result<Done, Refusal> {
    with_voice(state, at)?;
    let notice = propose.at.0.checked_sub(at.height.0);
    if !notice.is_some_and(|notice| (LEAST_NOTICE..=MOST_NOTICE).contains(&notice)) {
        return Err(Refusal::HeightOutOfRange {
            least: LEAST_NOTICE,
            most: MOST_NOTICE,
        });
    }
    check_change(state, &propose.change, propose.at)
        .map_err(|fault| Refusal::ChangeFails { fault })?;
    let mut consortium = consortium(state);
    let proposal = consortium.next;
    let next = proposal.0.checked_add(1).map(ProposalId);
    consortium.next = next.ok_or(Refusal::TooManyChanges)?;
    state.put(Key::consortium(), &consortium);
    let mut entry = ProposalEntry {
        proposer: at.signer,
        at: propose.at,
        change: propose.change.clone(),
        approvals: vec![at.signer],
        rejections: Vec::new(),
        stage: ProposalStage::Open,
    };
    let approved = decide(state, at, proposal, &mut entry)?;
    Ok(Done::Proposed { proposal, approved })
}

pub(super) fn vote(state: &mut Overlay<'_>, at: At, vote: &CastVote) -> Result<Done, Refusal> {
    with_voice(state, at)?;
    let proposal = vote.proposal;
    let entry: Option<ProposalEntry> = state.read(&Key::proposal(proposal));
    let mut entry = entry.ok_or(Refusal::UnknownProposal)?;
    let late = entry.at.0 < at.height.0.saturating_add(LEAST_NOTICE);
    if late || entry.stage != ProposalStage::Open {
        return Err(Refusal::ProposalOver);
    }
    if entry.approvals.contains(&at.signer) || entry.rejections.contains(&at.signer) {
        return Err(Refusal::AlreadyVoted);
    }
    match vote.approve {
        true => entry.approvals.push(at.signer),
        false => entry.rejections.push(at.signer),
    }
    let approved = decide(state, at, proposal, &mut entry)?;
    Ok(Done::Voted { approved })
}

fn with_voice(state: &dyn StateRead, at: At) -> Result<(), Refusal> {
    let signer = signer(state, at);
    match has_voice(state, &signer) {
        true => Ok(()),
        false => Err(Refusal::RoleForbids { role: signer.role }),
    }
}

/// Writes the proposal, and schedules its change if it is decided.
fn decide(
    state: &mut Overlay<'_>,
    at: At,
    proposal: ProposalId,
    entry: &mut ProposalEntry,
) -> Result<bool, Refusal> {
    let approved = is_decided(state, entry, at.height);
    if approved {
        entry.stage = ProposalStage::Approved;
        let scheduled = Scheduled {
            at: entry.at,
            proposal,
        };
        schedule(state, scheduled)?;
    }
    state.put(Key::proposal(proposal), entry);
    Ok(approved)
}
