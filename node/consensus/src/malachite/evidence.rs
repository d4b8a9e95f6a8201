//! Evidence that a validator signed two things where it may sign one: it goes to the log, so that governance can
//! take the validator out. A certificate counts no validator twice, so fewer than a third of them do no harm.

use malachitebft_app_channel::app::consensus::MisbehaviorEvidence;
use malachitebft_app_channel::app::types::core::NilOrVal;

use super::context::{At, Ballot, Context};

/// Says who contradicted itself at a height, in one line for each pair.
pub(super) fn tell(height: At, evidence: &MisbehaviorEvidence<Context>) {
    for (member, pairs) in evidence.votes.iter() {
        for (one, other) in pairs {
            let (one, other) = (shown(&one.message), shown(&other.message));
            tracing::warn!(%height, validator = %member, one, other, "a validator voted twice");
        }
    }
    for (member, pairs) in evidence.proposals.iter() {
        for (one, other) in pairs {
            let (one, other) = (one.message.value.0, other.message.value.0);
            tracing::warn!(%height, validator = %member, %one, %other, "a validator proposed twice");
        }
    }
}

fn shown(ballot: &Ballot) -> String {
    let value = match &ballot.value {
        NilOrVal::Nil => "nothing".to_owned(),
        NilOrVal::Val(block) => block.to_string(),
    };
    format!("{:?} in round {} for {value}", ballot.kind, ballot.round)
}
