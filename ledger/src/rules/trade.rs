//! Trades: they are opened, parties take steps, correct documents and waive requirements, banks demand them. What
//! follows by itself is `crate::trade`.

use std::collections::BTreeSet;

use sealane_types::cross_check::MAX_LIST;
use sealane_types::ids::{AliasId, RecordId, TradeId};
use sealane_types::receipt::{Done, Refusal, TradeRefusal};
use sealane_types::trade::{CorrectTrade, OpenTrade, TakeStep, WaiveRequirement};
use sealane_types::workflow::{Slot, Step, Versioned, Workflow};

use super::{At, record, signer};
use crate::consortium::active;
use crate::effects::Effect;
use crate::state::{
    Key, MAX_WAIVERS, Overlay, RecordEntry, StateExt, StateRead, TradeEntry, WaiverEntry,
    WorkflowEntry,
};
use crate::trade::{is_financed, judge, settle, stand, void_since};

/// A trade as it stands in the block: deadlines and void checks are judged.
struct Trade {
    id: TradeId,
    workflow: Workflow,
    entry: TradeEntry,
    /// The stage that was written.
    before: u8,
}

impl Trade {
    fn read(state: &dyn StateRead, at: At, id: TradeId) -> Result<Self, TradeRefusal> {
        let entry: Option<TradeEntry> = state.read(&Key::trade(&id));
        let mut entry = entry.ok_or(TradeRefusal::UnknownTrade)?;
        let workflow = published(state, &entry.workflow);
        let workflow = workflow
            .expect("a trade follows a published workflow")
            .workflow;
        let before = entry.stage;
        stand(state, &workflow, &mut entry, at.time);
        Ok(Self {
            id,
            workflow,
            entry,
            before,
        })
    }

    fn stage(&self) -> String {
        self.workflow.stage(self.entry.stage).to_owned()
    }

    fn is_over(&self) -> bool {
        self.workflow.is_end(self.entry.stage)
    }

    fn party(&self, party: u8) -> String {
        let party = self.workflow.parties.get(usize::from(party));
        party.map_or_else(String::new, |party| party.name.clone())
    }

    /// The signer plays this party, and still has the role for it.
    fn is_by(&self, state: &dyn StateRead, at: At, party: u8) -> Result<(), TradeRefusal> {
        let place = usize::from(party);
        let wanted = self.workflow.parties.get(place).map(|party| party.role);
        let own = self.entry.parties.get(place) == Some(&at.signer);
        match own && wanted == Some(signer(state, at).role) {
            true => Ok(()),
            false => Err(TradeRefusal::NotThisParty {
                party: self.party(party),
            }),
        }
    }

    /// What was waived of checks over this document was waived for other records.
    fn forget_waivers(&mut self, document: u8) {
        let checks = &self.workflow.checks;
        self.entry.waivers.retain(|waiver| {
            let check = checks.get(usize::from(waiver.check));
            check.is_some_and(|check| !check.documents.contains(&document))
        });
    }

    /// Settles, writes, and tells what became of it.
    fn write(mut self, state: &mut Overlay<'_>, effects: &mut Vec<Effect>, at: At) -> Done {
        settle(state, &self.workflow, &mut self.entry, at.time);
        state.put(Key::trade(&self.id), &self.entry);
        let (trade, stage) = (self.id, self.stage());
        if self.entry.stage != self.before {
            let stage = stage.clone();
            effects.push(Effect::TradeMoved { trade, stage });
        }
        Done::Traded { trade, stage }
    }
}

fn published(state: &dyn StateRead, workflow: &Versioned) -> Option<WorkflowEntry> {
    state.read(&Key::workflow(workflow))
}

pub(super) fn open(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    id: TradeId,
    open: &OpenTrade,
) -> Result<Done, Refusal> {
    let workflow = published(state, &open.workflow).filter(|entry| entry.until.is_none());
    let workflow = workflow.ok_or(TradeRefusal::NoWorkflow)?.workflow;
    let mut checks = workflow.checks.iter().map(|required| &required.check);
    if let Some(check) = checks.find(|check| void_since(state, check).is_some()) {
        let check = check.clone();
        return Err(TradeRefusal::VoidCheck { check }.into());
    }
    check_parties(state, at, open, &workflow)?;
    let entry = TradeEntry {
        workflow: open.workflow.clone(),
        opened: at.height,
        parties: open.parties.clone(),
        joined: joined(&open.parties, at),
        stage: 0,
        since: at.time,
        records: vec![Vec::new(); workflow.documents.len()],
        waivers: Vec::new(),
    };
    for alias in &open.parties {
        let key = Key::trades(alias);
        let number: u32 = state.read(&key).unwrap_or(0);
        state.put(Key::trade_of_alias(alias, number), &id);
        state.put(key, &number.saturating_add(1));
    }
    let stage = workflow.stage(0).to_owned();
    state.put(Key::trade(&id), &entry);
    effects.push(Effect::TradeMoved {
        trade: id,
        stage: stage.clone(),
    });
    Ok(Done::Traded { trade: id, stage })
}

fn joined(parties: &[AliasId], at: At) -> u8 {
    let own = parties.iter().position(|alias| *alias == at.signer);
    own.map_or(0, |place| 1 << place)
}

fn check_parties(
    state: &dyn StateRead,
    at: At,
    open: &OpenTrade,
    workflow: &Workflow,
) -> Result<(), TradeRefusal> {
    let parties = &open.parties;
    let again = |place: usize| parties[..place].contains(&parties[place]);
    let fits = parties.len() == workflow.parties.len() && parties.contains(&at.signer);
    if !fits || (0..parties.len()).any(again) {
        return Err(TradeRefusal::WrongParties);
    }
    for (party, alias) in workflow.parties.iter().zip(parties) {
        let found = active(state, alias, at.height);
        if found.is_none_or(|found| found.role != party.role) {
            return Err(TradeRefusal::UnfitParty {
                party: party.name.clone(),
                alias: *alias,
            });
        }
    }
    Ok(())
}

pub(super) fn step(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    taken: &TakeStep,
) -> Result<Done, Refusal> {
    let mut trade = Trade::read(state, at, taken.trade)?;
    let step = trade.workflow.step(&taken.step);
    let step = step.ok_or(TradeRefusal::NoStep)?.clone();
    trade.is_by(state, at, step.by)?;
    if !step.from.contains(&trade.entry.stage) {
        let stage = trade.stage();
        return Err(TradeRefusal::WrongStage { stage }.into());
    }
    bring(state, at, &mut trade, &step, &taken.records)?;
    trade.entry.joined |= joined(&trade.entry.parties, at);
    trade.entry.stage = step.to;
    trade.entry.since = at.time;
    Ok(trade.write(state, effects, at))
}

/// Puts a step's records into the trade.
fn bring(
    state: &mut Overlay<'_>,
    at: At,
    trade: &mut Trade,
    step: &Step,
    records: &[RecordId],
) -> Result<(), Refusal> {
    let Some(document) = step.document else {
        let none = records.is_empty();
        return none.then_some(()).ok_or(TradeRefusal::WrongRecords.into());
    };
    let place = usize::from(document);
    let slot = trade.workflow.documents[place].clone();
    let there = trade.entry.records[place].len();
    let most = match slot.list {
        true => MAX_LIST,
        false => 1,
    };
    if records.is_empty() || there + records.len() > most {
        return Err(TradeRefusal::WrongRecords.into());
    }
    for id in records {
        let entry = fitting(state, at, &slot, id)?;
        if let Some(ended) = free(state, at, id, &entry)? {
            // what it rests on is another's from now on, and an end is for good
            state.put(Key::trade(&ended.id), &ended.entry);
        }
        state.put(Key::trade_of(&entry.first_of_line), &trade.id);
        trade.entry.records[place].push(*id);
    }
    trade.forget_waivers(document);
    Ok(())
}

/// A record that can stand for a document of the signer's.
fn fitting(
    state: &dyn StateRead,
    at: At,
    slot: &Slot,
    id: &RecordId,
) -> Result<RecordEntry, Refusal> {
    let entry = record(state, id)?;
    if entry.sealer != at.signer {
        return Err(Refusal::NotTheSealer);
    }
    if entry.kind != slot.kind {
        return Err(TradeRefusal::OtherKind { record: *id }.into());
    }
    match entry.replaced_by {
        Some(by) => Err(Refusal::Replaced { by }),
        None => Ok(entry),
    }
}

/// No record of its line is in a trade, but for one that has ended and was not paid, and whose invoice nobody financed
/// past it: that one.
fn free(
    state: &dyn StateRead,
    at: At,
    id: &RecordId,
    entry: &RecordEntry,
) -> Result<Option<Trade>, TradeRefusal> {
    let trade: Option<TradeId> = state.read(&Key::trade_of(&entry.first_of_line));
    let Some(trade) = trade else { return Ok(None) };
    let other = Trade::read(state, at, trade)?;
    let paid = other.workflow.financing.map(|financing| financing.paid);
    let free =
        other.is_over() && paid != Some(other.entry.stage) && !is_financed(state, &other.entry);
    match free {
        true => Ok(Some(other)),
        false => Err(TradeRefusal::InATrade { record: *id, trade }),
    }
}

pub(super) fn correct(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    correct: &CorrectTrade,
) -> Result<Done, Refusal> {
    let mut trade = Trade::read(state, at, correct.trade)?;
    let newer = record(state, &correct.record)?;
    let (document, place) = corrected(state, &trade.entry, correct.record, &newer)
        .ok_or(TradeRefusal::NotACorrection)?;
    let slot = trade.workflow.documents[document].clone();
    trade.is_by(state, at, slot.by)?;
    fitting(state, at, &slot, &correct.record)?;
    let financing = trade.workflow.financing;
    let document = u8::try_from(document).expect("a workflow has few documents");
    let financed =
        financing.is_some_and(|one| one.financed == trade.entry.stage && one.document == document);
    let last: Option<RecordId> = state.read(&Key::financed_of_line(&newer.first_of_line));
    if trade.is_over() || (financed && last != Some(correct.record)) {
        let stage = trade.stage();
        return Err(TradeRefusal::WrongStage { stage }.into());
    }
    trade.entry.records[usize::from(document)][place] = correct.record;
    trade.forget_waivers(document);
    Ok(trade.write(state, effects, at))
}

/// Which document, and which record of it, a newer record of the same line takes the place of.
fn corrected(
    state: &dyn StateRead,
    trade: &TradeEntry,
    id: RecordId,
    newer: &RecordEntry,
) -> Option<(usize, usize)> {
    let same_line = |older: &RecordId| {
        let entry: Option<RecordEntry> = state.read(&Key::record(older));
        let line = entry.map(|entry| entry.first_of_line);
        *older != id && line == Some(newer.first_of_line)
    };
    let mut all = trade.records.iter().enumerate();
    all.find_map(|(document, list)| Some((document, list.iter().position(same_line)?)))
}

pub(super) fn waive(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    waive: &WaiveRequirement,
) -> Result<Done, Refusal> {
    let mut trade = Trade::read(state, at, waive.trade)?;
    let mut rules = trade.workflow.waivers.iter();
    let may = rules.any(|rule| {
        let about = rule.check == waive.check && rule.covers(&waive.requirement);
        let own = |party: &u8| trade.is_by(state, at, *party).is_ok();
        about && rule.by.iter().any(own)
    });
    if !may {
        return Err(TradeRefusal::MayNotWaive.into());
    }
    if trade.is_over() {
        let stage = trade.stage();
        return Err(TradeRefusal::WrongStage { stage }.into());
    }
    let judged = judge(state, &trade.workflow, &trade.entry, waive.check, at.time);
    if !judged.unmet.contains(&waive.requirement) {
        return Err(TradeRefusal::NothingToWaive.into());
    }
    if trade.entry.waivers.len() == MAX_WAIVERS {
        let most = u8::try_from(MAX_WAIVERS).unwrap_or(u8::MAX);
        return Err(TradeRefusal::TooManyWaivers { most }.into());
    }
    trade.entry.waivers.push(WaiverEntry {
        check: waive.check,
        requirement: waive.requirement.clone(),
        by: at.signer,
        at: at.height,
        reason: waive.reason.clone(),
    });
    trade.entry.joined |= joined(&trade.entry.parties, at);
    Ok(trade.write(state, effects, at))
}

/// The trade stands where its workflow lets this record be financed, by this bank, in this very block.
pub(super) fn demand(
    state: &dyn StateRead,
    at: At,
    trade: TradeId,
    wanted: &RecordId,
) -> Result<(), TradeRefusal> {
    let mut trade = Trade::read(state, at, trade)?;
    let financing = trade
        .workflow
        .financing
        .ok_or(TradeRefusal::NotItsInvoice)?;
    trade.is_by(state, at, financing.by)?;
    if !trade.entry.records[usize::from(financing.document)].contains(wanted) {
        return Err(TradeRefusal::NotItsInvoice);
    }
    settle(state, &trade.workflow, &mut trade.entry, at.time);
    match trade.entry.stage == financing.at {
        true => Ok(()),
        false => Err(TradeRefusal::NotFinanceableYet {
            stage: trade.stage(),
            demanded: trade.workflow.stage(financing.at).to_owned(),
        }),
    }
}

/// Something that trades rest on has changed for these records: their trades follow.
pub(super) fn follow(
    state: &mut Overlay<'_>,
    effects: &mut Vec<Effect>,
    at: At,
    records: &[RecordId],
) {
    let mut trades = BTreeSet::new();
    for id in records {
        let entry: Option<RecordEntry> = state.read(&Key::record(id));
        let line = entry.map(|entry| Key::trade_of(&entry.first_of_line));
        trades.extend(line.and_then(|key| state.read::<TradeId>(&key)));
    }
    for id in trades {
        let trade = Trade::read(state, at, id);
        let trade = trade.expect("a record is indexed for a trade that is there");
        let _ = trade.write(state, effects, at);
    }
}
