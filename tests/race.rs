//! Two banks race with the same invoice: 1,000 trials on fresh states, over 20 pairs of real records
//! with real proofs, in both orders, in one block or several. There is exactly one winner, always.
#![allow(clippy::unwrap_used)]

use sealane_ledger::state::{Financing, Key, Stage};
use sealane_tests::chain::{BANKS, Chain, validator, waivers};
use sealane_tests::deals::{Deal, kept};
use sealane_tests::invoice::Invoice;
use sealane_tests::proofs::Proofs;
use sealane_tests::random::Random;
use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::ids::RecordId;
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::transaction::{Payload, Transaction};

/// Trials; RELIABILITY.md 25 asks for 10,000 in the long run.
const TRIALS: u64 = if cfg!(feature = "torture") {
    10_000
} else {
    300
};
/// Pairs of records.
const PAIRS: u32 = 20;

/// The steps that a bank still has before it, and what each may share a block with.
struct Runner<'a> {
    deal: &'a Deal,
    steps: Vec<Step>,
    outcome: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Seal,
    Present,
    Answer,
    Finance,
}

impl<'a> Runner<'a> {
    fn new(deal: &'a Deal) -> Self {
        let steps = vec![Step::Finance, Step::Answer, Step::Present, Step::Seal];
        Self {
            deal,
            steps,
            outcome: None,
        }
    }

    /// The next transaction; `answers` counts those of the validator in the block so far.
    fn next(&self, chain: &Chain<'_>, answers: &mut u64) -> Option<Transaction> {
        let deal = self.deal;
        Some(match self.steps.last()? {
            Step::Seal => chain.sign(deal.bank, deal.seal()),
            Step::Present => chain.sign(deal.bank, deal.present()),
            Step::Answer => {
                let answer = chain.shares[0].answer(&chain.question(&deal.id())).unwrap();
                *answers += 1;
                chain.sign_after(*answers - 1, validator(0), Payload::Answer(answer))
            }
            Step::Finance => {
                let mut finance = chain.finance(deal.bank, &deal.id());
                finance.waivers = waivers();
                chain.sign(deal.bank, Payload::Finance(finance))
            }
        })
    }

    fn took(&mut self, outcome: Outcome) {
        if self.steps.pop() == Some(Step::Finance) {
            self.outcome = Some(outcome);
        } else {
            assert!(matches!(outcome, Outcome::Done(_)), "{outcome:?}");
        }
    }
}

/// Runs both to their end, each block holding the next step of one or of both in either order.
fn race(chain: &mut Chain<'_>, pair: &[Deal; 2], random: &mut Random) -> [Outcome; 2] {
    let mut runners = [Runner::new(&pair[0]), Runner::new(&pair[1])];
    while runners.iter().any(|runner| runner.outcome.is_none()) {
        let order: &[usize] = match random.below(6) {
            0 => &[0],
            1 => &[1],
            2 | 3 => &[0, 1],
            _ => &[1, 0],
        };
        let (mut answers, mut transactions, mut who) = (0, Vec::new(), Vec::new());
        for at in order {
            if let Some(transaction) = runners[*at].next(chain, &mut answers) {
                transactions.push(transaction);
                who.push(*at);
            }
        }
        let outcomes = chain.block(transactions).unwrap();
        for (at, outcome) in who.into_iter().zip(outcomes) {
            runners[at].took(outcome);
        }
    }
    runners.map(|runner| runner.outcome.unwrap())
}

/// One is financed and holds every strict fingerprint; the other is refused and holds nothing.
fn check(chain: &Chain<'_>, pair: &[Deal; 2], outcomes: &[Outcome; 2]) -> usize {
    let won = |outcome: &Outcome| *outcome == Outcome::Done(Done::Financed { took_over: None });
    let winners: Vec<usize> = (0..2).filter(|at| won(&outcomes[*at])).collect();
    let [winner] = winners[..] else {
        panic!("{} winners: {outcomes:?}", winners.len())
    };
    let (first, second) = (&pair[winner], &pair[1 - winner]);
    let duplicate = Refusal::Duplicate { rule: Rule::Strict };
    assert_eq!(outcomes[1 - winner], Outcome::Refused(duplicate));
    let financing: Financing = chain.read(&Key::financing(&first.id())).unwrap();
    assert_eq!(
        (financing.bank, financing.stage),
        (first.bank, Stage::Financed)
    );
    assert_eq!(chain.read::<Financing>(&Key::financing(&second.id())), None);
    let strict = |print: &&Fingerprint| print.rule.is_strict();
    for print in financing.fingerprints.0.iter().filter(strict) {
        assert_eq!(
            chain.read::<RecordId>(&Key::fingerprint(print)),
            Some(first.id())
        );
    }
    winner
}

fn trials(
    proofs: &Proofs,
    pairs: &[[Deal; 2]],
    numbers: impl Iterator<Item = u64>,
    seed: u64,
) -> [u64; 2] {
    let mut won = [0; 2];
    for number in numbers {
        let mut random = Random::from(seed ^ number);
        let pair = &pairs[number as usize % pairs.len()];
        let mut chain = Chain::new(proofs);
        let outcomes = race(&mut chain, pair, &mut random);
        won[check(&chain, pair, &outcomes)] += 1;
    }
    won
}

#[test]
fn one_of_two_banks_wins_every_race() {
    let proofs = Proofs::open();
    let chain = Chain::new(&proofs).tip.chain;
    let pair = |number: u32| {
        let invoice = Invoice::new(&format!("RACE-{number}"));
        [BANKS[0], BANKS[1]].map(|bank| kept(&proofs, chain, bank, &invoice))
    };
    let pairs: Vec<[Deal; 2]> = (0..PAIRS).map(pair).collect();
    let seed = Random::seeded().next_number();
    let won = std::thread::scope(|scope| {
        let run = |half: u64| {
            trials(
                &proofs,
                &pairs,
                (0..TRIALS).filter(move |number| number % 2 == half),
                seed,
            )
        };
        let (even, odd) = (scope.spawn(move || run(0)), scope.spawn(move || run(1)));
        let (even, odd) = (even.join().unwrap(), odd.join().unwrap());
        [even[0] + odd[0], even[1] + odd[1]]
    });
    assert_eq!(won[0] + won[1], TRIALS);
    assert!(
        won.iter().all(|won| won * 4 > TRIALS),
        "both win at times, or nobody raced: {won:?}"
    );
    println!(
        "{TRIALS} races over {PAIRS} invoices, one winner each: bank-a {}, bank-b {}",
        won[0], won[1]
    );
}
