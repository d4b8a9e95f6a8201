//! What the rules would say of a financing, judged by the log of taken fingerprints alone.
//!
//! A financing that is refused stands in its block with all its fingerprints, for everybody to compare. So whoever has
//! followed the log asks here first, and submits only what is free. These are the ledger's own rules, over the part of the
//! state that the log tells; a block that comes in between may still decide otherwise.

use std::collections::{BTreeMap, BTreeSet};

use sealane_types::alias::Alias;
use sealane_types::fingerprint::{Fingerprint, Rule};
use sealane_types::genesis::Parameters;
use sealane_types::ids::{AliasId, BlockTime, ChainId, FieldBytes, Height, PointBytes, RecordId};
use sealane_types::receipt::Refusal;

use crate::consortium::active;
use crate::log::{LogEntry, Taken};
use crate::rules::holding::Holding;
use crate::rules::{At, alerts, check_sealed_rightly, finance};
use crate::state::{
    BlindedSet, Counted, Few, Financing, Key, OpenedFields, Overlay, QuotaEntry, RecordEntry,
    Stage, StateExt,
};
use crate::verified::VerifiedFinancing;

/// A financing that is not submitted yet.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The bank that wants to finance.
    pub bank: AliasId,
    /// The record.
    pub record: RecordId,
    /// Held until this height, instead of financed.
    pub hold_until: Option<Height>,
    /// Since which other record it is to last ([`Known::since`]).
    pub since: Option<RecordId>,
    /// What the state has of it beside the log.
    pub known: &'a Known,
    /// The record's blinded set.
    pub set: &'a BlindedSet,
    /// Its fingerprints.
    pub fingerprints: &'a [Fingerprint],
    /// The looser rules that are waived.
    pub waived: &'a [Rule],
    /// Whether the seller's alias has signed for this bank.
    pub consented: bool,
}

/// What the state has of a record that is to be financed, as a node proves it.
#[derive(Debug, Clone)]
pub struct Known {
    /// The record's own entry.
    pub entry: RecordEntry,
    /// Its own financing or hold.
    pub own: Option<Financing>,
    /// The record that was financed last of its line of replacements, as [`Key::financed_of_line`] has it, with its financing.
    pub last_of_line: Option<(RecordId, Option<Financing>)>,
    /// The aliases of the financing bank, of the seller, and of the bank that vouches for it.
    pub aliases: Vec<Alias>,
    /// The record's fields that are proven to be sealed wrongly.
    pub opened: OpenedFields,
    /// What counts against the quotas of the record's bank.
    pub quota: Option<QuotaEntry>,
    /// The rules' parameters.
    pub parameters: Parameters,
    /// The time of the newest block.
    pub time: BlockTime,
}

impl Known {
    /// Since which other record this bank's financing of `record`, under the alias of `seller`, would last: since that since
    /// which the last one of its line does, or its own earlier one.
    #[must_use]
    pub fn since(&self, bank: AliasId, seller: AliasId, record: &RecordId) -> Option<RecordId> {
        let last = self.last_of_line.as_ref();
        let last = last.filter(|(last, _)| last != record);
        let last = last.and_then(|(_, financing)| financing.as_ref());
        let goes_on = |one: &&Financing| one.bank == bank && one.alias == seller;
        let found = last.filter(goes_on).or(self.own.as_ref())?;
        Some(found.since).filter(|since| since != record)
    }

    fn write(&self, state: &mut Overlay<'_>, record: &RecordId) {
        state.put(Key::parameters(), &self.parameters);
        if let Some(quota) = &self.quota {
            state.put(Key::quota(&self.entry.bank), quota);
        }
        if let Some((last, financing)) = &self.last_of_line {
            state.put(Key::financed_of_line(&self.entry.first_of_line), last);
            put_some(state, Key::financing(last), financing.as_ref());
        }
        put_some(state, Key::financing(record), self.own.as_ref());
    }

    /// Writes who may act, and which fields are opened.
    fn write_standings(&self, state: &mut Overlay<'_>, record: &RecordId) {
        for alias in &self.aliases {
            state.put(Key::alias(&alias.id), alias);
        }
        state.put(Key::opened_fields(record), &self.opened);
    }
}

fn put_some(state: &mut Overlay<'_>, key: Key, financing: Option<&Financing>) {
    if let Some(financing) = financing {
        state.put(key, financing);
    }
}

/// What stands in the way of a financing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foretold {
    /// What the rules would say.
    pub refusal: Refusal,
    /// Who has the document, where it is a duplicate; where it alerts by its seller's name, who has one that may be the same
    /// although no strict fingerprint meets: its set says that its name is strict.
    pub taken: Option<Taken>,
}

/// What the rules would say of the financing in the block of this height before they look at fingerprints: that the bank may
/// not act, that the record was sealed wrongly, or that no active bank vouches for the seller to this bank. `None` where
/// nothing of this stands in the way.
#[must_use]
pub fn barred(chain: ChainId, height: Height, asked: Asked<'_>) -> Option<Refusal> {
    let empty: BTreeMap<Key, Vec<u8>> = BTreeMap::new();
    let mut state = Overlay::new(&empty);
    asked.known.write_standings(&mut state, &asked.record);
    if active(&state, &asked.bank, height).is_none() {
        return Some(Refusal::NotActive);
    }
    let (at, wanted) = (asked.at(chain, height), asked.wanted());
    let judged = asked.judged(at, &wanted);
    let sound = check_sealed_rightly(&state, &asked.record);
    let checked = sound.and_then(|()| finance::check_seller(&state, judged));
    checked.err()
}

impl<'a> Asked<'a> {
    fn at(&self, chain: ChainId, height: Height) -> At {
        At {
            chain,
            height,
            time: self.known.time,
            signer: self.bank,
        }
    }

    fn wanted(&self) -> VerifiedFinancing {
        VerifiedFinancing {
            record: self.record,
            fingerprints: self.fingerprints.to_vec(),
            hold_until: self.hold_until,
            since: self.since,
            waived: self.waived.to_vec(),
            consented: self.consented,
            trade: None,
        }
    }

    fn judged<'w>(&self, at: At, wanted: &'w VerifiedFinancing) -> finance::Judged<'w>
    where
        'a: 'w,
    {
        finance::Judged {
            at,
            wanted,
            entry: &self.known.entry,
            set: self.set,
        }
    }
}

/// What the rules would say of the financing in the block of this height, as far as it follows from the log: `None` where
/// nothing that the log tells stands in the way. `entries` is the whole log.
#[must_use]
pub fn foretell(
    chain: ChainId,
    entries: &[LogEntry],
    height: Height,
    asked: Asked<'_>,
) -> Option<Foretold> {
    let empty: BTreeMap<Key, Vec<u8>> = BTreeMap::new();
    let mut state = Overlay::new(&empty);
    follow(&mut state, entries, &asked);
    asked.known.write(&mut state, &asked.record);
    let (at, wanted) = (asked.at(chain, height), asked.wanted());
    let alone = |refusal| Foretold {
        refusal,
        taken: None,
    };
    let judged = asked.judged(at, &wanted);
    let takes_over = match finance::ahead(&state, judged) {
        Ok(takes_over) => takes_over,
        Err(refusal) => return Some(alone(refusal)),
    };
    if let Some((rule, taken)) = finance::taken(&state, at, &wanted, takes_over) {
        return Some(Foretold {
            refusal: Refusal::Duplicate { rule },
            taken: Some(told(taken)),
        });
    }
    let alert = alerts::check(&state, at, &wanted, asked.set, takes_over);
    if let Err(refusal) = alert {
        let by_name =
            matches!(&refusal, Refusal::Alert { rules } if rules.contains(&Rule::NameNumberAmount));
        let taken = by_name.then(|| alerts::without_number(&state, at, &wanted, takes_over));
        let taken = taken.flatten().map(told);
        return Some(Foretold { refusal, taken });
    }
    finance::check_quota(&state, judged).err().map(alone)
}

fn told(holding: Holding) -> Taken {
    Taken {
        record: holding.record,
        bank: holding.bank,
        life: holding.life,
    }
}

/// Writes what the ledger wrote of the records that decide, as far as a rule asks for it.
pub(crate) fn follow(state: &mut Overlay<'_>, entries: &[LogEntry], asked: &Asked<'_>) {
    let goes_on = goes_on(entries, asked);
    let behind = goes_on.iter().flat_map(|entry| &entry.fingerprints.0);
    let prints: BTreeSet<Fingerprint> = asked.fingerprints.iter().chain(behind).copied().collect();
    let mut replayed = Replayed {
        prints: &prints,
        like: &asked.known.entry,
        ended: Vec::new(),
    };
    for entry in relevant(entries, asked, &prints) {
        replay(state, &mut replayed, entry);
    }
}

/// The entries of the financing with which the record's would go on, be it live or ended: with all that it has taken over.
fn goes_on<'a>(entries: &'a [LogEntry], asked: &Asked<'_>) -> Vec<&'a LogEntry> {
    let last_of_line = asked.known.last_of_line.as_ref();
    let own = [Some(asked.record), last_of_line.map(|(last, _)| *last)];
    let of_own = entries.iter().filter(|one| own.contains(&Some(one.record)));
    let since: BTreeSet<RecordId> = of_own.map(|one| one.since).collect();
    let all = entries.iter().filter(|one| since.contains(&one.since));
    all.collect()
}

/// The entries of records that have one of these fingerprints, or are of the line of what is asked, and of all that went on
/// with these records' financings: nothing else decides.
fn relevant<'a>(
    entries: &'a [LogEntry],
    asked: &Asked<'_>,
    prints: &BTreeSet<Fingerprint>,
) -> impl Iterator<Item = &'a LogEntry> {
    let meets = |entry: &&LogEntry| {
        let mut own = entry.fingerprints.0.iter();
        entry.record == asked.record || own.any(|print| prints.contains(print))
    };
    let since: BTreeSet<RecordId> = entries.iter().filter(meets).map(|one| one.since).collect();
    entries.iter().filter(move |one| since.contains(&one.since))
}

/// A log that is replayed.
struct Replayed<'a> {
    /// The fingerprints that decide.
    prints: &'a BTreeSet<Fingerprint>,
    /// A record's entry: of the others' one only says whose place they take.
    like: &'a RecordEntry,
    /// What the next hold or financing takes again, and whether it is the record that this one takes over itself.
    ended: Vec<(&'a LogEntry, bool)>,
}

/// Writes what the ledger wrote when it logged the entry.
///
/// A take-over is logged before the newer record's hold or financing, and what it writes of fingerprints is written after
/// that: who has them follows from the newer one. Of a financing that was live nothing is taken again.
fn replay<'a>(state: &mut Overlay<'_>, replayed: &mut Replayed<'a>, entry: &'a LogEntry) {
    let key = Key::financing(&entry.record);
    let before: Option<Financing> = state.read(&key);
    let before = before.map(|before| before.stage);
    let financing = Financing {
        bank: entry.bank,
        stage: entry.stage,
        since: entry.since,
        alias: AliasId::new([0; 32]), // whose document it is, no rule over the log asks
        fingerprints: entry.fingerprints.clone(),
    };
    state.put(key, &financing);
    match entry.stage {
        Stage::Released(_) => {}
        Stage::TakenOver { by } => {
            let replaces = Some(entry.record);
            let newer = RecordEntry {
                replaces,
                ..replayed.like.clone()
            };
            state.put(Key::record(&by), &newer);
            if before.is_none_or(|stage| !stage.is_live(entry.height)) {
                let is_last = !matches!(before, Some(Stage::TakenOver { .. }));
                replayed.ended.push((entry, is_last));
            }
        }
        Stage::Held { .. } | Stage::Financed => {
            if entry.since != entry.record {
                state.put(Key::held_since(&entry.since), &entry.record);
            }
            state.put(Key::blinded_set(&entry.record), &set_of(entry));
            // the ledger's order: what lies behind, the newest first; the record that is taken over; the newer one
            replayed.ended.sort_by_key(|(_, is_last)| *is_last);
            for (older, _) in replayed.ended.drain(..) {
                take(state, older, replayed.prints);
            }
            take(state, entry, replayed.prints);
        }
    }
}

/// Writes whose the fingerprints are that an entry's record takes, or takes again.
fn take(state: &mut Overlay<'_>, entry: &LogEntry, prints: &BTreeSet<Fingerprint>) {
    let own = entry.fingerprints.0.iter();
    for print in own.filter(|print| prints.contains(print)) {
        match print.rule.is_strict() {
            true => state.put(Key::fingerprint(print), &entry.record),
            false => alerts::register(state, entry.height, print, &entry.record),
        }
    }
}

/// A set of which only the mask is told, and asked for.
fn set_of(entry: &LogEntry) -> BlindedSet {
    BlindedSet {
        alias: AliasId::new([0; 32]),
        alias_commitment: FieldBytes::new([0; 32]),
        mask: entry.mask,
        amount_commitment: FieldBytes::new([0; 32]),
        blinding: PointBytes::new([0; 32]),
        blinded: Few(Vec::new()),
        counted: Counted::Ended,
    }
}
