//! What clients were told, against what all nodes hold: one checker for every test with crashes, partitions and lies.
//!
//! | | holds when |
//! | --- | --- |
//! | I1 | at each height all honest nodes have one block: one id, one state root, one receipts root |
//! | I2 | each acknowledged submission is on every node exactly once; one that was refused is on none |
//! | I4 | no strict fingerprint belongs to two live financings, and no document that a client brought has two |
//! | I5 | nothing that a member must keep to itself is in what others hold, in a log, or in what nodes send |

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sealane_types::fingerprint::{Mask, Rule};
use sealane_types::ids::{PointBytes, RecordId};
use sealane_types::receipt::{Done, Outcome as Came};
use sealane_types::transaction::{Payload, ReleaseReason};

use crate::blocks::{Blocks, Counts};
use crate::command::{CANNOT, DONE, Outcome, REFUSED};
use crate::network::Bank;

mod secrets;

use secrets::Secrets;
pub use secrets::{Held, Sought, What};

/// What a client wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// A record on the chain.
    Seal,
    /// Money against it.
    Finance,
    /// The bank thought otherwise: the document is free again.
    Release,
}

/// What a client was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is done, for good.
    Acknowledged,
    /// The rules refuse it.
    Refused,
    /// Nothing: it may be done, or not.
    Nothing,
}

/// One submission as its client saw it.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Which document of the test's it is about.
    pub document: String,
    /// What was wanted.
    pub deed: Deed,
    /// The record's id, where the client knows it.
    pub record: Option<String>,
    /// What it was told.
    pub told: Told,
    /// When it was handed in, and when it was told: since the history began.
    pub times: (Duration, Duration),
}

/// What clients saw, from one seed.
#[derive(Debug)]
pub struct History {
    seed: u64,
    begun: Instant,
    seen: Mutex<Vec<Submission>>,
    secrets: Mutex<Secrets>,
}

/// What a history that holds came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Records that were acknowledged.
    pub sealed: usize,
    /// Financings that were acknowledged.
    pub financed: usize,
    /// Submissions that the rules refused.
    pub refused: usize,
    /// Submissions whose client was told nothing.
    pub open: usize,
    /// Blocks of the longest chain.
    pub blocks: usize,
}

impl History {
    /// An empty history of choices from this seed.
    #[must_use]
    pub fn begin(seed: u64) -> Self {
        Self {
            seed,
            begun: Instant::now(),
            seen: Mutex::default(),
            secrets: Mutex::default(),
        }
    }

    /// Since the history began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Adds what a client saw.
    pub fn add(&self, submission: Submission) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(submission);
    }

    /// How many submissions have been acknowledged so far.
    #[must_use]
    pub fn acknowledged(&self) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let told = seen.iter().filter(|one| one.told == Told::Acknowledged);
        told.count()
    }

    /// A clerk types a command, which is written down with what came of it.
    ///
    /// # Panics
    /// When the command fails otherwise than by a fault of the network or a refusal.
    pub fn run(&self, bank: &Bank, document: &str, deed: Deed, argument: &str) -> Outcome {
        let begun = self.elapsed();
        let outcome = match deed {
            Deed::Seal => bank.run(&["seal", argument]),
            Deed::Finance => bank.run(&["finance", argument]),
            Deed::Release => bank.run(&["release", argument, "--reason", "withdrawn"]),
        };
        let told = match outcome.code {
            DONE => Told::Acknowledged,
            REFUSED => Told::Refused,
            CANNOT => Told::Nothing,
            _ => panic!("a fault of the network led to more than a failure:\n{outcome}"),
        };
        let record = match (deed, told) {
            (Deed::Finance | Deed::Release, _) => Some(argument.to_owned()),
            (Deed::Seal, Told::Acknowledged) => Some(outcome.text("record").to_owned()),
            (Deed::Seal, _) => None,
        };
        self.add(Submission {
            document: document.to_owned(),
            deed,
            record,
            told,
            times: (begun, self.elapsed()),
        });
        outcome
    }

    /// Types a command again and again until it is done or refused, for so long at most.
    ///
    /// # Panics
    /// When the time is up.
    pub fn until_done(
        &self,
        bank: &Bank,
        (document, deed, argument): (&str, Deed, &str),
        patience: Duration,
    ) -> Outcome {
        let begun = Instant::now();
        loop {
            let outcome = self.run(bank, document, deed, argument);
            if outcome.code != CANNOT {
                return outcome;
            }
            assert!(begun.elapsed() < patience, "not done in time:\n{outcome}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Checks everything against the chains of all honest nodes, which have what any of them has.
    ///
    /// # Panics
    /// With every violation, and the seed.
    #[must_use]
    #[track_caller]
    pub fn check(&self, nodes: &[Blocks]) -> Summary {
        let violations = self.violations(nodes);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(
            violations.is_empty(),
            "seed {}, {} submissions:\n{}",
            self.seed,
            seen.len(),
            violations.join("\n")
        );
        drop(seen);
        self.summary(nodes)
    }

    /// What clients were told, counted.
    #[must_use]
    pub fn summary(&self, nodes: &[Blocks]) -> Summary {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |deed, told| {
            let like = |one: &&Submission| one.deed == deed && one.told == told;
            seen.iter().filter(like).count()
        };
        let all = |told| seen.iter().filter(|one| one.told == told).count();
        Summary {
            sealed: count(Deed::Seal, Told::Acknowledged),
            financed: count(Deed::Finance, Told::Acknowledged),
            refused: all(Told::Refused),
            open: all(Told::Nothing),
            blocks: nodes
                .iter()
                .map(|node| node.blocks.len())
                .max()
                .unwrap_or(0),
        }
    }

    /// Everything that does not hold, a line each.
    #[must_use]
    pub fn violations(&self, nodes: &[Blocks]) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = forks(nodes);
        for (at, node) in nodes.iter().enumerate() {
            let own = twice(node)
                .into_iter()
                .chain(kept(&seen, node))
                .chain(winners(&seen, node));
            found.extend(own.map(|what| format!("node {at}: {what}")));
        }
        found
    }
}

/// I1: heights at which two nodes have different blocks.
#[must_use]
pub fn forks(nodes: &[Blocks]) -> Vec<String> {
    let mut found = Vec::new();
    let mut first = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        for block in &node.blocks {
            let header = &block.header;
            let (before, other) = *first.entry(header.height).or_insert((at, block));
            if other != block {
                let roots = (other.header.state, header.state);
                found.push(format!(
                    "I1: height {}: nodes {before} and {at} have different blocks (state {} and {})",
                    header.height, roots.0, roots.1
                ));
            }
        }
    }
    found
}

/// I2: transactions that stand on a chain twice, and links that are broken.
fn twice(node: &Blocks) -> Vec<String> {
    let mut found = Vec::new();
    let mut keys = BTreeSet::new();
    for (at, block) in node.blocks.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &node.blocks[before].header);
        let follows = block.header.height.0 == at as u64 + 1
            && before
                .is_none_or(|before| sealane_ledger::block_id(before) == block.header.previous);
        if !follows {
            found.push(format!(
                "I1: block {} does not follow from the one before",
                at + 1
            ));
        }
        for transaction in &block.transactions {
            let key = (transaction.body.signer, transaction.body.sequence);
            if !keys.insert(key) {
                found.push(format!("I2: the transaction {key:?} stands twice"));
            }
        }
    }
    found
}

/// I2: what clients were told against what a node has.
fn kept(seen: &[Submission], node: &Blocks) -> Vec<String> {
    let counts = node.counts();
    let mut found = Vec::new();
    for (record, told) in told(seen) {
        let of = counts.get(record).copied().unwrap_or_default();
        let mut wrong = |deed: &str, told: u32, there: u32| {
            if told != there {
                found.push(format!(
                    "I2: {deed} {record} was acknowledged {told} times and is there {there} times"
                ));
            }
        };
        if told.sealed > 0 {
            wrong("sealing", 1, of.sealed);
        }
        if told.financed > 0 {
            wrong("financing", told.financed, of.financed);
            // a record presents once, however often it is financed
            wrong("presenting", 1, of.presented);
            wrong("releasing", told.released, of.released);
        } else if told.refused > 0 && of.financed > 0 {
            found.push(format!("I2: financing {record} was refused and is there"));
        }
    }
    found
}

/// What was acknowledged or refused for each record whose id a client knows. A command that is typed again says the
/// same again; a financing counts anew once the one before was released.
fn told(seen: &[Submission]) -> BTreeMap<&str, Counts> {
    let (mut all, mut live) = (BTreeMap::<&str, Counts>::new(), BTreeSet::new());
    for one in seen {
        let Some(record) = one.record.as_deref() else {
            continue;
        };
        let of = all.entry(record).or_default();
        match (one.deed, one.told) {
            (Deed::Seal, Told::Acknowledged) => of.sealed = 1,
            (Deed::Finance, Told::Acknowledged) => of.financed += u32::from(live.insert(record)),
            (Deed::Finance, Told::Refused) => of.refused += 1,
            (Deed::Release, Told::Acknowledged) => of.released += u32::from(live.remove(record)),
            _ => {}
        }
    }
    all
}

/// I4: documents, and strict fingerprints, with two live financings.
fn winners(seen: &[Submission], node: &Blocks) -> Vec<String> {
    let live = Live::of(node);
    let mut found = live.broken;
    let mut documents = BTreeMap::<&str, BTreeSet<&str>>::new();
    for one in seen {
        if let Some(record) = one.record.as_deref() {
            documents.entry(&one.document).or_default().insert(record);
        }
    }
    let financed: BTreeSet<String> = live.records.iter().map(RecordId::to_string).collect();
    for (document, records) in documents {
        let winners: Vec<_> = records
            .into_iter()
            .filter(|one| financed.contains(*one))
            .collect();
        if winners.len() > 1 {
            found.push(format!(
                "I4: {document} has {} live financings: {winners:?}",
                winners.len()
            ));
        }
    }
    found
}

/// Financings as they come and go.
#[derive(Default)]
struct Live {
    masks: BTreeMap<RecordId, Mask>,
    records: BTreeSet<RecordId>,
    holders: BTreeMap<PointBytes, RecordId>,
    broken: Vec<String>,
}

impl Live {
    fn of(node: &Blocks) -> Self {
        let mut live = Self::default();
        for (payload, receipt) in &node.receipts {
            let (Came::Done(done), Some(record)) = (&receipt.outcome, receipt.record) else {
                continue;
            };
            match (payload, done) {
                (Payload::PresentBlinded(present), _) => {
                    live.masks.insert(record, present.mask);
                }
                (Payload::Finance(finance), Done::Held { .. } | Done::Financed { .. }) => {
                    if let Done::Financed {
                        took_over: Some(older),
                    } = done
                    {
                        live.free(older);
                    }
                    live.take(record, &finance.fingerprints);
                }
                // what is repaid is never free again
                (_, Done::Released(reason)) if *reason != ReleaseReason::Repaid => {
                    live.free(&record)
                }
                _ => {}
            }
        }
        live
    }

    fn free(&mut self, record: &RecordId) {
        self.records.remove(record);
        self.holders.retain(|_, holder| holder != record);
    }

    fn take(&mut self, record: RecordId, points: &[PointBytes]) {
        self.records.insert(record);
        let slots = self
            .masks
            .get(&record)
            .map(|mask| mask.slots().collect::<Vec<_>>());
        for (slot, point) in slots.unwrap_or_default().into_iter().zip(points) {
            if !Rule::OF_SLOT[slot].is_strict() {
                continue;
            }
            let before = self.holders.insert(*point, record);
            if let Some(before) = before.filter(|before| *before != record) {
                self.broken.push(format!(
                    "I4: {before} and {record} hold one strict fingerprint"
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests;
