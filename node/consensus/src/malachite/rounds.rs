//! One proposal of each round is checked. A proposer may sign as many as it likes, and each would be verified, written
//! down and kept: the first one counts, and another one is evidence.

use std::collections::BTreeMap;

use malachitebft_app_channel::app::types::core::Round;
use sealane_types::ids::BlockId;

use super::context::{At, Member};
use super::parts::Head;

/// How many rounds beyond its own a node looks at. A round's proposer is known for all rounds to come, so that a
/// validator could sign proposals for its own ones without end. Who lags by more is told of the round by votes.
pub(super) const AHEAD: u32 = 8;

/// What becomes of a proposal that its round's proposer has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is the first of its round, or the same again.
    Checked,
    /// Another one of the round was first: the proposer contradicts itself.
    Second {
        /// The first.
        first: BlockId,
    },
    /// Its round is too far ahead, or none.
    Far,
}

/// The first proposal of each round of the heights that are not final, and of each member: where the validators change,
/// it may seem to be another one's turn until the change is known here.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    current: Option<(At, u32)>,
    first: BTreeMap<(At, u32, Member), BlockId>,
}

impl Rounds {
    /// A round begins; what is below its height is forgotten.
    pub(super) fn begin(&mut self, height: At, round: Round) {
        self.current = round.as_u32().map(|round| (height, round));
        self.first.retain(|(of, ..), _| *of >= height);
    }

    /// Notes a proposal and says whether it is to be checked.
    pub(super) fn take(&mut self, head: &Head) -> Turn {
        let Some(round) = head.round.as_u32() else {
            return Turn::Far;
        };
        let current = self.current.filter(|(height, _)| *height == head.height);
        let current = current.map_or(0, |(_, round)| round);
        if round > current.saturating_add(AHEAD) {
            return Turn::Far;
        }
        let key = (head.height, round, head.member);
        let first = *self.first.entry(key).or_insert(head.block);
        match first == head.block {
            true => Turn::Checked,
            false => Turn::Second { first },
        }
    }
}

#[cfg(test)]
mod tests {
    use sealane_types::ids::AliasId;

    use super::*;

    fn head(height: u64, round: u32, block: u8) -> Head {
        Head {
            height: At(height),
            round: Round::new(round),
            pol_round: Round::Nil,
            member: Member(AliasId::new([1; 32])),
            block: BlockId::new([block; 32]),
            size: 9,
        }
    }

    #[test]
    fn of_a_thousand_proposals_of_one_round_one_is_checked() {
        let mut rounds = Rounds::default();
        rounds.begin(At(5), Round::new(0));
        assert_eq!(rounds.take(&head(5, 0, 1)), Turn::Checked);
        let first = BlockId::new([1; 32]);
        for other in 2..=255 {
            assert_eq!(rounds.take(&head(5, 0, other)), Turn::Second { first });
        }
        assert_eq!(rounds.take(&head(5, 0, 1)), Turn::Checked, "the same again");
        assert_eq!(rounds.take(&head(5, 1, 2)), Turn::Checked, "another round");
        assert_eq!(
            rounds.take(&head(6, 0, 2)),
            Turn::Checked,
            "the next height"
        );
        let other = Head {
            member: Member(AliasId::new([2; 32])),
            ..head(5, 0, 7)
        };
        assert_eq!(rounds.take(&other), Turn::Checked, "another member's");
    }

    #[test]
    fn rounds_far_ahead_are_not_looked_at_and_nothing_is_kept_of_what_is_final() {
        let mut rounds = Rounds::default();
        rounds.begin(At(5), Round::new(3));
        assert_eq!(rounds.take(&head(5, 3 + AHEAD, 1)), Turn::Checked);
        assert_eq!(rounds.take(&head(5, 4 + AHEAD, 1)), Turn::Far);
        assert_eq!(rounds.take(&head(6, 1 + AHEAD, 1)), Turn::Far);
        assert_eq!(rounds.take(&head(5, u32::MAX, 1)), Turn::Far);
        let nil = Head {
            round: Round::Nil,
            ..head(5, 0, 1)
        };
        assert_eq!(rounds.take(&nil), Turn::Far);
        rounds.begin(At(6), Round::new(0));
        assert!(rounds.first.is_empty());
    }
}
