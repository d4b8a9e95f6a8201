//! Every state that a round of four holders can come to, by the ledger's own rules: one of the four is bad, at any
//! place, deals badly to any of them or not at all, and confirms what it likes; the others are away at any time and
//! for any time, and what they hand in arrives late, in any order. `specs/threshold-key.md`, *What it rests on*, has
//! the claims.

use std::collections::HashSet;

use sealane_types::ids::{BlockTime, Epoch, PointBytes, ShareIndex};
use sealane_types::sharing::FingerprintKey;

use crate::sharing::WINDOW;
use crate::state::Round;
use crate::tests::world::VALIDATORS;

const N: usize = 4;
const T: usize = 3;
const START: BlockTime = BlockTime(1_000_000);
const EPOCH: Epoch = Epoch(2);

/// Dealers whose dealings count, as a set of places.
type Places = u8;

/// Who is bad, how it deals, and where the key comes from.
#[derive(Debug, Clone, Copy)]
struct Case {
    generated: bool,
    bad: usize,
    /// Whose share it makes a bad one when it deals, itself too.
    victims: Places,
}

/// A round, and what the holders have on disk and under way.
#[derive(Debug, Clone)]
struct Node {
    round: Round,
    /// Whether the window for silent dealers is over.
    over: bool,
    /// The dealings whose share an honest holder has on disk.
    disk: [Places; N],
    /// The dealings of which a confirmation is under way.
    sent: [Places; N],
}

/// What tells two states apart.
type Name = (
    Vec<(u16, bool)>,
    Option<Places>,
    Places,
    bool,
    [Places; N],
    [Places; N],
);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Deal(usize),
    Complain(usize),
    /// An honest holder writes its share to disk, and hands its confirmation in.
    Keep(usize),
    /// It arrives; the bad one's comes when it likes.
    Confirm(usize),
    WindowOver,
}

fn places(dealers: &[ShareIndex]) -> Places {
    dealers.iter().fold(0, |set, one| set | 1 << (one.0 - 1))
}

/// A key that tells by which dealings it is given.
fn key(dealers: Places) -> FingerprintKey {
    FingerprintKey {
        epoch: EPOCH,
        threshold: T as u16,
        public: PointBytes::new([dealers; 32]),
        holders: Vec::new(),
    }
}

fn index(place: usize) -> ShareIndex {
    ShareIndex(place as u16 + 1)
}

impl Case {
    fn begins(self) -> Node {
        let from = (!self.generated).then_some(Epoch(1));
        let mut round = Round::opened(EPOCH, from, &VALIDATORS);
        round.begin(START);
        for holder in VALIDATORS {
            round
                .register(&holder, PointBytes::new([1; 32]), START)
                .unwrap();
        }
        let none = [0; N];
        Node {
            round,
            over: false,
            disk: none,
            sent: none,
        }
    }

    fn honest(self) -> impl Iterator<Item = usize> {
        (0..N).filter(move |place| *place != self.bad)
    }

    /// Whether this holder's share of these dealings is a good one.
    fn is_good(self, holder: usize, dealers: Places) -> bool {
        let with_bad = dealers & 1 << self.bad != 0;
        !(with_bad && self.victims & 1 << holder != 0)
    }

    fn decide(self, node: &mut Node) {
        let old = (!self.generated).then_some(T as u16);
        let time = BlockTime(START.0 + if node.over { WINDOW } else { 0 });
        let give = |_: &Round, dealers: &[ShareIndex]| Ok(key(places(dealers)));
        node.round.decide(old, time, give);
    }

    fn steps(self) -> Vec<Step> {
        let each = |step: fn(usize) -> Step| (0..N).map(step);
        let all = each(Step::Deal)
            .chain(each(Step::Complain))
            .chain(each(Step::Keep));
        let all = all.chain(each(Step::Confirm));
        all.chain(self.generated.then_some(Step::WindowOver))
            .collect()
    }

    /// The state after a step, where somebody can take it and the ledger does.
    fn after(self, node: &Node, step: Step) -> Option<Node> {
        let mut next = node.clone();
        match step {
            Step::Deal(place) => next.round.deal(index(place)).ok()?,
            Step::Complain(place) => {
                (self.victims & 1 << place != 0).then_some(())?;
                next.round.disqualify(index(self.bad)).ok()?;
            }
            Step::Keep(place) => {
                let counts = node.decided()?;
                let can = place != self.bad && self.is_good(place, counts);
                (can && node.disk[place] != counts).then_some(())?;
                (next.disk[place], next.sent[place]) = (counts, counts);
                return Some(next);
            }
            Step::Confirm(place) if place == self.bad => {
                next.confirm(place, node.decided()?)?;
                return Some(next);
            }
            Step::Confirm(place) => {
                (node.sent[place] != 0).then_some(())?;
                next.sent[place] = 0;
                let _ = next.confirm(place, node.sent[place]); // refused where it is late
                return Some(next);
            }
            Step::WindowOver => next.over = true,
        }
        self.decide(&mut next);
        Some(next)
    }

    /// How many honest holders have the share on disk that the key asks for.
    fn have(self, node: &Node) -> usize {
        let counts = node.decided();
        let has = |place: &usize| counts == Some(node.disk[*place]);
        self.honest().filter(has).count()
    }

    /// How many honest holders have their share, or can have it once they are back.
    fn can_have(self, node: &Node) -> usize {
        let Some(counts) = node.decided() else {
            return 0;
        };
        let can = |place: &usize| self.is_good(*place, counts);
        self.honest().filter(can).count()
    }

    /// Everybody is back and does its part, the bad one too: whether the epoch becomes present.
    fn completes(self, node: &Node) -> bool {
        let mut node = node.clone();
        let mut rest = self.steps();
        rest.sort_by_key(|step| match step {
            Step::Complain(_) => 0,
            Step::Deal(_) => 1,
            Step::WindowOver => 2,
            Step::Keep(_) => 4,
            Step::Confirm(_) => 5,
        });
        let again: Vec<Step> = rest
            .iter()
            .filter(|step| matches!(step, Step::Complain(_)))
            .copied()
            .collect();
        let late = rest
            .iter()
            .position(|step| matches!(step, Step::Keep(_)))
            .unwrap();
        let stale = rest[late + N..].to_vec();
        // what is under way arrives first; what the bad one deals now is complained about too
        let order = stale
            .iter()
            .chain(&rest[..late])
            .chain(&again)
            .chain(&rest[late..]);
        for step in order {
            node = self.after(&node, *step).unwrap_or(node);
        }
        node.round.complete().is_some()
    }
}

impl Node {
    fn decided(&self) -> Option<Places> {
        let decided = self.round.decided.as_ref();
        decided.map(|decided| places(&decided.dealers))
    }

    fn confirm(&mut self, place: usize, dealers: Places) -> Option<()> {
        self.round.confirm(&VALIDATORS[place], &key(dealers)).ok()
    }

    fn name(&self) -> Name {
        let dealt = self.round.dealt.iter();
        let dealt = dealt.map(|one| (one.dealer.0, one.disqualified)).collect();
        let holders = self.round.holders.iter().enumerate();
        let confirmed = holders.filter(|(_, one)| one.confirmed);
        let confirmed = confirmed.fold(0, |set, (place, _)| set | 1 << place);
        (
            dealt,
            self.decided(),
            confirmed,
            self.over,
            self.disk,
            self.sent,
        )
    }
}

/// What a search has seen.
#[derive(Debug, Default)]
struct Seen {
    states: usize,
    present: usize,
    /// States in which `t` had confirmed, and fewer than `t` honest holders could ever have a share.
    lost_by_t: usize,
}

/// Visits every state of a case, and checks each.
fn search(case: Case, seen: &mut Seen) {
    let first = case.begins();
    let mut known = HashSet::from([first.name()]);
    let mut open = vec![first];
    while let Some(node) = open.pop() {
        seen.states += 1;
        if node.round.complete().is_some() {
            seen.present += 1;
            assert!(case.have(&node) >= T, "{case:?}: the key is lost: {node:?}");
            continue; // the round is over
        }
        if node.round.confirmed() >= T && case.can_have(&node) < T {
            seen.lost_by_t += 1;
        }
        assert!(case.completes(&node), "{case:?}: stuck: {node:?}");
        for step in case.steps() {
            let Some(next) = case.after(&node, step) else {
                continue;
            };
            if known.insert(next.name()) {
                open.push(next);
            }
        }
    }
}

fn search_all(generated: bool) -> Seen {
    let mut seen = Seen::default();
    for bad in 0..N {
        for victims in 0..1 << N {
            let case = Case {
                generated,
                bad,
                victims,
            };
            search(case, &mut seen);
        }
    }
    println!("{seen:?}");
    seen
}

#[test]
fn no_state_of_a_resharing_loses_the_key_or_stops_it_for_good() {
    let seen = search_all(false);
    assert!(seen.present > 0);
    assert!(
        seen.lost_by_t > 0,
        "the search would find what t confirmations lose"
    );
}

#[test]
fn no_state_of_a_generation_loses_the_key_or_stops_it_for_good() {
    let seen = search_all(true);
    assert!(seen.present > 0);
    assert!(
        seen.lost_by_t > 0,
        "the search would find what t confirmations lose"
    );
}
