//! What a validator's work on a financing costs by itself: one core, one validator, nothing else. What whole networks are
//! measured against.

use std::time::{Duration, Instant};

use sealane_crypto::commitment::context_element;
use sealane_crypto::curve::encode_element;
use sealane_ledger::presented;
use sealane_types::encoding::Encode;
use sealane_types::genesis::Genesis;
use sealane_types::ids::FieldBytes;
use sealane_types::transaction::{Answer, Payload};
use sealane_verifier::{Keys, Verifier as _};

use crate::chain::{Chain, Times};
use crate::consortium::{bank, validator};
use crate::deals::Deal;
use crate::trade::Office;
use crate::{median, on_one_core};

/// How often each is measured; the median counts.
const RUNS: usize = 7;

/// Figures of one core, each for one transaction.
#[derive(Debug, Clone, Copy)]
pub struct Steps {
    /// A proof in a batch of all that were given.
    pub proof: Duration,
    /// A proof alone.
    pub alone: Duration,
    /// Making an answer.
    pub answering: Duration,
    /// Checking, executing and committing: a record, a presentation, an answer, a financing.
    pub blocks: [Times; 4],
}

impl Steps {
    /// Of a chain with one validator, over deals of its first bank.
    ///
    /// # Panics
    /// When the deals are another chain's.
    #[must_use]
    pub fn measure(genesis: &Genesis, deals: &[Deal]) -> Self {
        let count = u32::try_from(deals.len()).expect("few deals");
        on_one_core(|| {
            let proof = timed(|| hold(deals)) / count;
            let alone = timed(|| hold(&deals[..1]));
            let begun = Instant::now();
            let answers = answers(genesis, deals);
            let answering = begun.elapsed() / count;
            let runs: Vec<_> = (0..RUNS)
                .map(|_| blocks(genesis, deals, &answers))
                .collect();
            let of = |step: usize| {
                let part = |part: fn(&Times) -> Duration| {
                    median(runs.iter().map(|run| part(&run[step])).collect()) / count
                };
                Times {
                    verify: part(|times| times.verify),
                    apply: part(|times| times.apply),
                    commit: part(|times| times.commit),
                }
            };
            Self {
                proof,
                alone,
                answering,
                blocks: [of(0), of(1), of(2), of(3)],
            }
        })
    }

    /// What a financing costs each validator by these figures: its four kinds of transactions, `threshold` answers, and
    /// making one.
    #[must_use]
    pub fn of_financing(&self, threshold: u16) -> Times {
        let [seal, present, answer, finance] = self.blocks;
        let sum = |part: fn(&Times) -> Duration| {
            part(&seal) + part(&present) + part(&answer) * threshold.into() + part(&finance)
        };
        Times {
            verify: sum(|times| times.verify),
            apply: sum(|times| times.apply) + self.answering,
            commit: sum(|times| times.commit),
        }
    }
}

fn timed(mut work: impl FnMut()) -> Duration {
    let run = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    median((0..RUNS).map(run).collect())
}

/// All proofs in one batch, with what they must show.
fn hold(deals: &[Deal]) {
    let claim = |deal: &Deal| {
        let context = context_element(&deal.record.header.to_bytes());
        let context = FieldBytes::new(encode_element(&context));
        presented(&deal.present, &context).expect("points and elements")
    };
    let claims: Vec<_> = deals.iter().map(claim).collect();
    let held = Keys::with_test_key().hold(&claims);
    assert!(held.iter().all(|holds| *holds), "the proofs hold");
}

fn answers(genesis: &Genesis, deals: &[Deal]) -> Vec<Answer> {
    let office = Office::of(sealane_ledger::chain_id(genesis), bank(0));
    let answer = |deal: &Deal| {
        let question = office.question(&deal.present);
        office.share.answer(&question).expect("randomness")
    };
    deals.iter().map(answer).collect()
}

/// One chain from its beginning: a block of each kind.
fn blocks(genesis: &Genesis, deals: &[Deal], answers: &[Answer]) -> [Times; 4] {
    let mut chain = Chain::begin(genesis.clone());
    let of = |make: fn(&Deal) -> Payload| deals.iter().map(make).collect::<Vec<_>>();
    let answers = answers.iter().cloned().map(Payload::Answer).collect();
    let steps = [
        (
            bank(0),
            of(|deal| Payload::SealRecord(Box::new(deal.record.clone()))),
        ),
        (
            bank(0),
            of(|deal| Payload::PresentBlinded(deal.present.clone())),
        ),
        (validator(0), answers),
        (bank(0), of(|deal| Payload::Finance(deal.finance.clone()))),
    ];
    steps.map(|(signer, payloads)| {
        let transactions = chain.sign(signer, payloads);
        chain.block(transactions)
    })
}
