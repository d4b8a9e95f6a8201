//! Four banks race with the same invoice (RELIABILITY 25): trials on fresh states, over real records with real proofs, in any
//! order, in one block or several. There is exactly one winner, always.
#![allow(clippy::unwrap_used)]

use sealane_ledger::state::{Financing, Key, Stage};
use sealane_tests::chain::{BANKS, Chain, validator, waivers};
use sealane_tests::deals::{Deal, kept};
use sealane_tests::invoice::Invoice;
use sealane_tests::random::Random;
use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::ids::RecordId;
use sealane_types::receipt::{Done, Outcome, Refusal};
use sealane_types::transaction::{Payload, Transaction};
use sealane_verifier::Keys;

/// Trials; RELIABILITY.md 25 asks for 10,000 in the long run.
const TRIALS: u64 = if cfg!(feature = "torture") {
    10_000
} else {
    200
};
/// Invoices, each of which every bank has sealed and proven.
const INVOICES: u32 = if cfg!(feature = "torture") { 20 } else { 5 };
/// How many banks race.
const RACERS: usize = BANKS.len();

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

/// Runs all to their end, each block holding the next step of one or several in any order.
fn race(chain: &mut Chain<'_>, deals: &[Deal; RACERS], random: &mut Random) -> Vec<Outcome> {
    let mut runners = deals.each_ref().map(Runner::new);
    while runners.iter().any(|runner| runner.outcome.is_none()) {
        let count = 1 + random.below(RACERS as u64) as usize;
        let order = random.sample((0..RACERS).collect(), count);
        let (mut answers, mut transactions, mut who) = (0, Vec::new(), Vec::new());
        for at in order {
            if let Some(transaction) = runners[at].next(chain, &mut answers) {
                transactions.push(transaction);
                who.push(at);
            }
        }
        let outcomes = chain.block(transactions).unwrap();
        for (at, outcome) in who.into_iter().zip(outcomes) {
            runners[at].took(outcome);
        }
    }
    let outcomes = runners.into_iter().map(|runner| runner.outcome.unwrap());
    outcomes.collect()
}

/// One is financed and holds every strict fingerprint; the others are refused and hold nothing.
fn check(chain: &Chain<'_>, deals: &[Deal; RACERS], outcomes: &[Outcome]) -> usize {
    let won = |outcome: &Outcome| *outcome == Outcome::Done(Done::Financed { took_over: None });
    let winners: Vec<usize> = (0..RACERS).filter(|at| won(&outcomes[*at])).collect();
    let [winner] = winners[..] else {
        panic!("{} winners: {outcomes:?}", winners.len())
    };
    let first = &deals[winner];
    let duplicate = Outcome::Refused(Refusal::Duplicate { rule: Rule::Strict });
    for (at, lost) in deals.iter().enumerate().filter(|(at, _)| *at != winner) {
        assert_eq!(outcomes[at], duplicate);
        assert_eq!(chain.read::<Financing>(&Key::financing(&lost.id())), None);
    }
    let financing: Financing = chain.read(&Key::financing(&first.id())).unwrap();
    assert_eq!(
        (financing.bank, financing.stage),
        (first.bank, Stage::Financed)
    );
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
    proofs: &Keys,
    deals: &[[Deal; RACERS]],
    numbers: impl Iterator<Item = u64>,
    seed: u64,
) -> [u64; RACERS] {
    let mut won = [0; RACERS];
    for number in numbers {
        let mut random = Random::from(seed ^ number);
        let of = &deals[number as usize % deals.len()];
        let mut chain = Chain::new(proofs);
        let outcomes = race(&mut chain, of, &mut random);
        won[check(&chain, of, &outcomes)] += 1;
    }
    won
}

#[test]
fn one_of_four_banks_wins_every_race() {
    let proofs = Keys::with_test_key();
    let chain = Chain::new(&proofs).tip.chain;
    let of_invoice = |number: u32| {
        let invoice = Invoice::new(&format!("RACE-{number}"));
        BANKS.map(|bank| kept(&proofs, chain, bank, &invoice))
    };
    let deals: Vec<[Deal; RACERS]> = (0..INVOICES).map(of_invoice).collect();
    let seed = Random::seeded().next_number();
    let won = std::thread::scope(|scope| {
        let run = |half: u64| {
            let numbers = (0..TRIALS).filter(move |number| number % 2 == half);
            trials(&proofs, &deals, numbers, seed)
        };
        let (even, odd) = (scope.spawn(move || run(0)), scope.spawn(move || run(1)));
        let (even, odd) = (even.join().unwrap(), odd.join().unwrap());
        std::array::from_fn::<u64, RACERS, _>(|at| even[at] + odd[at])
    });
    assert_eq!(won.iter().sum::<u64>(), TRIALS);
    assert!(
        won.iter().all(|won| won * 16 > TRIALS),
        "each wins at times, or it has not raced: {won:?}"
    );
    println!("{TRIALS} races over {INVOICES} invoices, one winner each: {won:?}");
}
