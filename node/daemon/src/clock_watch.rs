//! Holds this machine's clock against the times of the blocks that others propose.
//!
//! A proposer writes its own clock's time into a block. One block says little: it may be proposed again after a while,
//! and another's clock may be wrong. Several in a row say that this clock is.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sealane_types::ids::{BlockTime, Height};

/// From which difference on it is told of, in milliseconds: a node does not vote for a block that is further ahead.
pub(crate) const APART: u64 = 30_000;
/// How many heights in a row show it.
const HEIGHTS: usize = 3;
/// How often it is told of.
const PAUSE: Duration = Duration::from_secs(600);

/// What the last proposals of others said of this clock.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    height: Height,
    /// By how many milliseconds this clock was ahead, for each height in a row; negative where it was behind.
    ahead: Vec<i64>,
    told: Option<Instant>,
}

impl ClockWatch {
    /// Another validator has proposed a block of this height and time, just now by this clock. What is to be told, if
    /// anything.
    pub(crate) fn hear(
        &self,
        height: Height,
        time: BlockTime,
        now: BlockTime,
        at: Instant,
    ) -> Option<String> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if height == seen.height {
            return None; // another round of it
        }
        seen.height = height;
        let difference = now.0.abs_diff(time.0);
        let size = i64::try_from(difference).unwrap_or(i64::MAX);
        let ahead = if now >= time { size } else { -size };
        let turned = |before: &i64| before.is_negative() != ahead.is_negative();
        if difference <= APART || seen.ahead.first().is_some_and(turned) {
            seen.ahead.clear();
        }
        if difference <= APART {
            return None;
        }
        seen.ahead.push(ahead);
        let recent = |told: Instant| at.saturating_duration_since(told) < PAUSE;
        if seen.ahead.len() < HEIGHTS || seen.told.is_some_and(recent) {
            return None;
        }
        seen.told = Some(at);
        // the least of them: a proposal may have been on its way for a while
        let least = seen.ahead.drain(..).map(i64::unsigned_abs).min();
        let seconds = least.unwrap_or(difference) / 1000;
        Some(match ahead.is_negative() {
            false => format!(
                "this machine's clock is {seconds} s ahead of the times of the last blocks that others proposed: the others vote for \
                 none of this node's blocks. Set the clock right (NTP)"
            ),
            true => format!(
                "this machine's clock is {seconds} s behind the times of the last blocks that others proposed: this node votes for none \
                 of them, and takes them some seconds late. Set the clock right (NTP)"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000_000;

    #[test]
    fn a_clock_that_is_wrong_is_told_of_with_how_far_and_which_way() {
        for (own, words) in [
            (NOW + 60_000, "60 s ahead of"),
            (NOW - 60_000, "60 s behind"),
        ] {
            let (watch, at) = (ClockWatch::default(), Instant::now());
            let hear = |height, at| watch.hear(Height(height), BlockTime(NOW), BlockTime(own), at);
            assert_eq!(hear(1, at), None);
            assert_eq!(hear(1, at), None, "the same height says nothing more");
            assert_eq!(hear(2, at), None);
            let told = hear(3, at).expect("three in a row");
            assert!(told.contains(words), "{told}");
            assert!((4..9).all(|height| hear(height, at + PAUSE / 2).is_none()));
            assert!(hear(9, at + PAUSE).is_some());
        }
    }

    #[test]
    fn one_late_proposal_and_another_s_wrong_clock_say_nothing() {
        let (watch, at) = (ClockWatch::default(), Instant::now());
        let mut height = 0;
        let mut hear = |time: u64| {
            height += 1;
            watch.hear(Height(height), BlockTime(time), BlockTime(NOW), at)
        };
        let late = NOW - 90_000;
        for time in [
            late,
            late,
            NOW - 500,
            late,
            late,
            NOW + 40_000,
            late,
            late,
            NOW,
        ] {
            assert_eq!(hear(time), None);
        }
    }
}
