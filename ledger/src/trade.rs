//! Where a trade stands: deadlines, checks, financing. `specs/workflows/README.md` is what this follows; who may do what
//! is `rules/trade.rs`.
//!
//! ```text
//! lapse    time alone: a deadline that has passed
//! judge    a check over the trade's present records: void, proven, what is not met, what of it is waived
//! fall     back from stages whose checks do not hold
//! stand    what no transaction brings about: deadlines that pass, and checks that become void
//! settle   what a transaction brings about: back where checks fail, on where they hold, and what the financing says
//! ```
//!
//! **Invariant.** A trade is written as it stands: at a stage that a move leads to only if all checks of that move
//! hold in the block that writes it. A transaction that makes one of them fail touches the trade, so writes it again.
//! Two things make a trade stand elsewhere and touch none: a deadline passes, and members make a check void. So
//! whoever reads a trade brings it to where it stands by [`stand`].
//!
//! **[`stand`] gives what a transaction at each of those moments would have written.** Between two transactions that
//! touch a trade, its records, their proofs and its waivers stay the same, so what the state has of them now is what
//! it had at each moment in between. (That ends when an ended trade gives a record away to another. It is written
//! then, and an end is for good.) A check that became void before the trade was written changes nothing more: the
//! stage was written without it.
//!
//! **Only falls follow from a void check, never a move forward.** All proofs of it cease to count, at every size, so
//! it does not hold any more, and every other check is judged as before: where checks did not all hold, they do not
//! now. A trade that falls comes to the stage where the move begins that does not hold, and no other move leads on
//! from there. A deadline leads to a stage that no move leads from or to. Nor does a move lead to *financed*: what is
//! financed stays so.

use sealane_types::cross_check::{CheckRef, MAX_LIST};
use sealane_types::ids::{BlockTime, RecordId};
use sealane_types::record::Bucket;
use sealane_types::schema::CHECK_LINES;
use sealane_types::transaction::ReleaseReason;
use sealane_types::workflow::{Move, Required, Versioned, Workflow};

use crate::cross_check::opened_fields;
use crate::state::{
    CheckEntry, CheckTextEntry, Financing, Key, OutcomeEntry, RecordEntry, Stage, StateExt,
    StateRead, TradeEntry,
};

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

/// What the chain knows of a check over a trade's present records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judged {
    /// Since when it is void, so that no proof of it counts.
    pub void: Option<BlockTime>,
    /// Whether it is proven.
    pub proven: bool,
    /// Requirements that are not met, and not waived; ascending.
    pub unmet: Vec<String>,
    /// Requirements that are not met, and waived; ascending.
    pub waived: Vec<String>,
}

impl Judged {
    /// Whether the trade may rest on it.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.proven && self.unmet.is_empty()
    }
}

/// What the ledger's financings say of a trade's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Money {
    None,
    Financed,
    Repaid,
}

/// Where a trade goes by itself if nobody acts, and when: a block of that time or later finds it there.
#[must_use]
pub fn deadline(workflow: &Workflow, trade: &TradeEntry) -> Option<(u8, BlockTime)> {
    let stage = workflow.stages.get(usize::from(trade.stage))?;
    let deadline = stage.deadline?;
    let days = u64::from(deadline.days).saturating_mul(DAY);
    Some((deadline.then, BlockTime(trade.since.0.saturating_add(days))))
}

/// Since when a check is void; `None` while its proofs count.
#[must_use]
pub fn void_since(state: &dyn StateRead, check: &Versioned) -> Option<BlockTime> {
    let text: Option<CheckTextEntry> = state.read(&Key::check_text(check.name(), check.version()));
    text.and_then(|text| text.void)
}

/// The moments at which checks of a workflow became void, up to this time, ascending.
#[must_use]
pub fn voids(state: &dyn StateRead, workflow: &Workflow, time: BlockTime) -> Vec<BlockTime> {
    let checks = workflow.checks.iter();
    let moments = checks.filter_map(|required| void_since(state, &required.check));
    let mut moments: Vec<BlockTime> = moments.filter(|moment| *moment <= time).collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

/// Brings a trade to where it stands in a block of this time, before any transaction of that block: past the deadlines
/// that have passed by then, and back from stages whose checks became void. Its `since` becomes the moment that
/// brought it to its stage.
pub fn stand(state: &dyn StateRead, workflow: &Workflow, trade: &mut TradeEntry, time: BlockTime) {
    for moment in voids(state, workflow, time) {
        lapse(workflow, trade, moment);
        let stage = fall(state, workflow, trade, trade.stage, moment);
        if stage != trade.stage {
            trade.stage = stage;
            trade.since = moment;
        }
    }
    lapse(workflow, trade, time);
}

/// Brings a trade past the deadlines that have passed by this time. Its `since` becomes the moment at which the last
/// one passed.
fn lapse(workflow: &Workflow, trade: &mut TradeEntry, time: BlockTime) {
    // deadlines lead in no circle
    for _ in 0..workflow.stages.len() {
        let Some((then, until)) = deadline(workflow, trade) else {
            return;
        };
        if time < until {
            return;
        }
        trade.stage = then;
        trade.since = until;
    }
}

/// The records that stand for a check's documents; `None` while one is missing.
#[must_use]
pub fn records_of(trade: &TradeEntry, required: &Required) -> Option<Vec<Vec<RecordId>>> {
    let list = |document: &u8| trade.records.get(usize::from(*document)).cloned();
    let lists: Option<Vec<_>> = required.documents.iter().map(list).collect();
    lists.filter(|lists| lists.iter().all(|list| !list.is_empty()))
}

/// A check at every size that it could be published at, and that so many records fit in.
#[must_use]
pub fn sizes(required: &Required, records: &[Vec<RecordId>]) -> Vec<CheckRef> {
    let least = records.iter().map(Vec::len).max().unwrap_or(1);
    all_sizes(&required.check, least)
}

/// A check at every size that it could be published at, with lists of at least so many documents.
pub(crate) fn all_sizes(check: &Versioned, least: usize) -> Vec<CheckRef> {
    let (name, version) = (check.name(), check.version());
    let lines = CHECK_LINES.into_iter().filter_map(|lines| {
        let lines = u16::try_from(lines).ok()?;
        Bucket::new(lines)
    });
    let both = lines.flat_map(|lines| (least..=MAX_LIST).map(move |documents| (lines, documents)));
    let refs = both.flat_map(|(lines, documents)| {
        let in_parts = CheckRef::in_parts(name, version, lines, documents);
        [CheckRef::new(name, version, lines, documents), in_parts]
    });
    refs.flatten().collect()
}

/// What the chain knows of a workflow's check over a trade's present records, in a block of this time. Of a check that
/// is void by then no proof counts.
pub fn judge(
    state: &dyn StateRead,
    workflow: &Workflow,
    trade: &TradeEntry,
    check: u8,
    time: BlockTime,
) -> Judged {
    let Some(required) = workflow.checks.get(usize::from(check)) else {
        return Judged::default();
    };
    let void = void_since(state, &required.check).filter(|since| *since <= time);
    if void.is_some() {
        return Judged {
            void,
            ..Judged::default()
        };
    }
    let Some(records) = records_of(trade, required) else {
        return Judged::default();
    };
    if records.iter().flatten().any(|id| !is_present(state, id)) {
        return Judged::default();
    }
    let opened = opened(state, &records);
    let mut judged = Judged::default();
    for size in sizes(required, &records) {
        let outcome: Option<OutcomeEntry> = state.read(&Key::outcome(&size, &records));
        let Some(outcome) = outcome.filter(|outcome| outcome.opened == opened) else {
            continue;
        };
        judged.proven = true;
        judged.unmet.extend(not_met(state, &size, &outcome));
    }
    judged.unmet.sort_unstable();
    judged.unmet.dedup();
    let waived = |id: &String| {
        let mut waivers = trade.waivers.iter();
        waivers.any(|waiver| waiver.check == check && waiver.requirement == *id)
    };
    let (waived, unmet) = judged.unmet.into_iter().partition(waived);
    Judged {
        unmet,
        waived,
        ..judged
    }
}

/// How many fields of the records are opened, since they were sealed wrongly: a proof from before another one was is none
/// any more.
fn opened(state: &dyn StateRead, records: &[Vec<RecordId>]) -> u32 {
    let opened = records
        .iter()
        .flatten()
        .map(|id| opened_fields(state, id).0.len());
    u32::try_from(opened.sum::<usize>()).unwrap_or(u32::MAX)
}

fn not_met(state: &dyn StateRead, check: &CheckRef, outcome: &OutcomeEntry) -> Vec<String> {
    let entry: Option<CheckEntry> = state.read(&Key::check(check));
    let entry = entry.expect("only a published check is proven, and none is ever removed");
    let all = entry
        .compiled
        .shape()
        .requirements
        .clone()
        .into_iter()
        .zip(&outcome.bits);
    all.filter(|(_, met)| !**met).map(|(id, _)| id).collect()
}

/// Whether a record counts: it has not been replaced.
fn is_present(state: &dyn StateRead, id: &RecordId) -> bool {
    let entry: Option<RecordEntry> = state.read(&Key::record(id));
    entry.is_some_and(|entry| entry.replaced_by.is_none())
}

fn holds(
    state: &dyn StateRead,
    workflow: &Workflow,
    trade: &TradeEntry,
    one: &Move,
    time: BlockTime,
) -> bool {
    let mut checks = one.checks.iter();
    checks.all(|check| judge(state, workflow, trade, *check, time).holds())
}

/// Where a trade comes to from this stage, as far back as checks do not hold at this time. An end is for good.
fn fall(
    state: &dyn StateRead,
    workflow: &Workflow,
    trade: &TradeEntry,
    mut stage: u8,
    time: BlockTime,
) -> u8 {
    if workflow.is_end(stage) {
        return stage;
    }
    while let Some(one) = workflow.move_to(stage) {
        if holds(state, workflow, trade, one, time) {
            break;
        }
        stage = one.from;
    }
    stage
}

/// What the ledger's financings say of a record's line: of its last financing, as the ledger finances nothing in the place
/// of what is repaid.
fn money_of(state: &dyn StateRead, record: &RecordId) -> Money {
    let last = || {
        let entry: RecordEntry = state.read(&Key::record(record))?;
        let last: RecordId = state.read(&Key::financed_of_line(&entry.first_of_line))?;
        state.read::<Financing>(&Key::financing(&last))
    };
    match last().map(|financing| financing.stage) {
        Some(Stage::Financed) => Money::Financed,
        Some(Stage::Released(ReleaseReason::Repaid)) => Money::Repaid,
        Some(Stage::Held { .. } | Stage::Released(_) | Stage::TakenOver { .. }) | None => {
            Money::None
        }
    }
}

/// What they say of the document that the trade lets be financed.
fn money(state: &dyn StateRead, workflow: &Workflow, trade: &TradeEntry) -> Money {
    let record = || {
        let document = usize::from(workflow.financing?.document);
        trade.records.get(document)?.first()
    };
    record().map_or(Money::None, |record| money_of(state, record))
}

/// Whether any document of a trade is financed, or was and is repaid, whether its workflow speaks of a financing or not:
/// whatever became of the trade, its documents stand for money then.
pub(crate) fn is_financed(state: &dyn StateRead, trade: &TradeEntry) -> bool {
    let mut records = trade.records.iter().flatten();
    records.any(|record| money_of(state, record) != Money::None)
}

/// What follows by itself from what the state says now. An end is for good.
pub(crate) fn settle(
    state: &dyn StateRead,
    workflow: &Workflow,
    trade: &mut TradeEntry,
    time: BlockTime,
) {
    let before = trade.stage;
    if !workflow.is_end(before) {
        trade.stage = settled(state, workflow, trade, time);
    }
    if trade.stage != before {
        trade.since = time;
    }
}

fn settled(state: &dyn StateRead, workflow: &Workflow, trade: &TradeEntry, time: BlockTime) -> u8 {
    let mut stage = trade.stage;
    let money = money(state, workflow, trade);
    if let Some(financing) = workflow.financing.filter(|one| one.financed == stage) {
        match money {
            Money::Financed => return stage,
            Money::Repaid => return financing.paid,
            Money::None => stage = financing.at,
        }
    }
    stage = fall(state, workflow, trade, stage, time);
    while let Some(one) = workflow.move_from(stage) {
        if !holds(state, workflow, trade, one, time) {
            break;
        }
        stage = one.to;
    }
    match (workflow.financing.filter(|one| one.at == stage), money) {
        (Some(financing), Money::Financed) => financing.financed,
        (Some(financing), Money::Repaid) => financing.paid,
        _ => stage,
    }
}
