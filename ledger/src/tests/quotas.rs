//! What a guess costs: inquiries, financings, and financings that end early.

use proptest::prelude::*;
use sealane_types::fingerprint::Rule;
use sealane_types::ids::AliasId;
use sealane_types::receipt::{Done, Refusal};
use sealane_types::transaction::ReleaseReason::{self, Mistaken, Repaid, Withdrawn};

use super::members::register;
use super::world::*;
use crate::rules::quota::SETTLED_AFTER;
use crate::state::{BlindedSet, Counted, Key, QuotaEntry, RecordEntry};

const REASONS: [ReleaseReason; 3] = [Repaid, Withdrawn, Mistaken];
const USED_UP: Result<Done, Refusal> = Err(Refusal::QuotaUsedUp { quota: QUOTA });

fn of(world: &World) -> QuotaEntry {
    let entry: Option<QuotaEntry> = world.read(&Key::quota(&BANK_A));
    entry.unwrap().on(world.tip.time.day(), QUOTA)
}

fn inquiries(world: &World) -> u32 {
    of(world).inquiries
}

fn finance(world: &mut World, record: u8) -> Result<Done, Refusal> {
    world.finance(BANK_A, record, strict(&[record]))
}

/// Bank A's records from `first` on are presented and financed, one after the other.
fn financed(world: &mut World, records: std::ops::RangeInclusive<u8>) {
    for record in records {
        world.ready(BANK_A, record, None);
        finance(world, record).unwrap();
    }
}

#[test]
fn a_quota_counts_a_banks_sets_of_one_day_and_financing_gives_back() {
    let mut world = World::new();
    for record in 1..=5 {
        world.ready(BANK_A, record, None);
    }
    world.seal(CUSTOMER, 6, None).unwrap();
    let of_customer = world.present(CUSTOMER, 6);
    assert_eq!(of_customer, USED_UP, "a customer's set is its bank's");
    world.ready(BANK_B, 20, None);

    let until = world.height() + 5;
    let held = world.finance(BANK_A, 1, strict(&[1]).hold(until));
    held.unwrap();
    let after_hold = world.present(CUSTOMER, 6);
    assert_eq!(after_hold, USED_UP, "a hold gives nothing back");
    world.release(BANK_A, 1, Withdrawn).unwrap();
    assert_eq!(inquiries(&world), 5, "and its end takes nothing more");
    finance(&mut world, 1).unwrap();
    finance(&mut world, 2).unwrap();
    assert_eq!(inquiries(&world), 3);
    assert_eq!(world.present(CUSTOMER, 6), Ok(Done::Presented));
}

#[test]
fn a_quota_is_the_headers_days_and_goes_back_to_the_day_it_was_taken_from() {
    let mut world = World::new();
    for record in 1..=5 {
        world.ready(BANK_A, record, None);
    }
    world.seal(BANK_A, 6, None).unwrap();
    let midnight = DAY - world.tip.time.0 % DAY;
    world.wait(midnight - 2);
    let before = world.present(BANK_A, 6);
    assert_eq!(before, USED_UP, "one millisecond before midnight");
    assert_eq!(world.present(BANK_A, 6), Ok(Done::Presented), "at midnight");
    finance(&mut world, 1).unwrap();
    assert_eq!(inquiries(&world), 1, "yesterday's set gives today nothing");
    assert_eq!(of(&world).financings, 1, "and is financed today");
}

/// Whatever the reason is, and once for each set.
#[test]
fn an_end_within_seven_days_takes_the_inquiry_again_and_for_good() {
    for reason in REASONS {
        let mut world = World::new();
        financed(&mut world, 1..=1);
        assert_eq!(inquiries(&world), 0);
        world.release(BANK_A, 1, reason).unwrap();
        assert_eq!(inquiries(&world), 1, "{reason:?}");
        if reason == Repaid {
            continue;
        }
        finance(&mut world, 1).unwrap();
        assert_eq!(inquiries(&world), 1, "nothing comes back twice");
        assert_eq!(of(&world).financings, 1, "it is the same set");
        world.release(BANK_A, 1, reason).unwrap();
        assert_eq!(inquiries(&world), 1, "nor is anything taken twice");
    }
}

#[test]
fn an_end_counts_on_its_own_day_and_after_seven_days_not_at_all() {
    for (waited, costs) in [(DAY, 1), (SETTLED_AFTER - 1, 1), (SETTLED_AFTER, 0)] {
        let mut world = World::new();
        financed(&mut world, 1..=1);
        world.wait(waited - 1);
        world.release(BANK_A, 1, Repaid).unwrap();
        assert_eq!(inquiries(&world), costs, "after {waited} ms");
    }
}

/// A replacement is another document to ask about; it costs what an inquiry costs.
#[test]
fn a_takeover_within_seven_days_takes_the_older_records_inquiry() {
    for (waited, costs) in [(1, 1), (SETTLED_AFTER, 0)] {
        let mut world = World::new();
        financed(&mut world, 1..=1);
        world.wait(waited);
        world.ready(BANK_A, 2, Some(1));
        let taken_over = world.finance(BANK_A, 2, strict(&[1]));
        assert_eq!(
            taken_over,
            Ok(Done::Financed {
                took_over: Some(id(1))
            })
        );
        assert_eq!(inquiries(&world), costs, "after {waited} ms");
    }
}

#[test]
fn what_ends_beyond_the_days_inquiries_takes_from_the_financings_until_it_is_paid_for() {
    let mut world = World::new();
    let all = FINANCINGS as u8;
    financed(&mut world, 1..=all);
    world.ready(BANK_A, 100, None);
    let (quota, none) = (FINANCINGS, 0);
    let full = Err(Refusal::FinancingsUsedUp { quota, debt: none });
    assert_eq!(finance(&mut world, 100), full, "the day's financings");
    let until = world.height() + 5;
    let held = world.finance(BANK_A, 100, strict(&[100]).hold(until));
    assert!(held.is_ok(), "a hold is no financing");
    for record in 1..=all {
        world.release(BANK_A, record, Mistaken).unwrap();
    }
    let debt = FINANCINGS + 1 - QUOTA;
    assert_eq!((of(&world).inquiries, of(&world).debt), (QUOTA, debt));
    assert_eq!(world.seal(BANK_A, 101, None), Ok(Done::Sealed));
    assert_eq!(world.present(BANK_A, 101), USED_UP);

    // the first day had nothing left over: all of the debt is there on the second
    world.wait(DAY);
    financed(&mut world, 21..=20 + (FINANCINGS - debt) as u8);
    world.ready(BANK_A, 102, None);
    let reduced = Err(Refusal::FinancingsUsedUp { quota, debt });
    assert_eq!(finance(&mut world, 102), reduced);
    // the second day used one of its inquiries, for record 102; what it has left over pays
    world.wait(DAY);
    assert_eq!(of(&world).debt, debt - (QUOTA - 1));
    world.wait(DAY);
    assert_eq!(of(&world).debt, 0, "and so does the third");
}

#[test]
fn days_without_anything_pay_for_debt_and_debt_is_never_above_a_days_financings() {
    let mut world = World::new();
    let all = FINANCINGS as u8;
    for day in 0..3 {
        financed(&mut world, 1 + day * all..=(day + 1) * all);
        world.wait(DAY);
    }
    for record in 1..=3 * all {
        world.release(BANK_A, record, Withdrawn).unwrap();
    }
    assert_eq!(of(&world).debt, FINANCINGS);
    world.wait(2 * DAY);
    assert_eq!(of(&world).debt, FINANCINGS - QUOTA);
    world.wait(u64::from(u32::MAX) * DAY - world.tip.time.0);
    assert_eq!(of(&world).debt, 0, "at the end of time");
}

/// A bank that finances and keeps what it has financed is asked for nothing.
#[test]
fn honest_financing_needs_one_inquiry_at_a_time() {
    let mut world = World::new();
    financed(&mut world, 1..=FINANCINGS as u8);
    assert_eq!((of(&world).inquiries, of(&world).debt), (0, 0));
    world.wait(SETTLED_AFTER);
    for record in 1..=FINANCINGS as u8 {
        world.release(BANK_A, record, Repaid).unwrap();
    }
    assert_eq!((of(&world).inquiries, of(&world).debt), (0, 0));
    assert_eq!(world.seal(BANK_A, 100, None), Ok(Done::Sealed));
    assert_eq!(world.present(BANK_A, 100), Ok(Done::Presented));
}

/// Customers of bank A that register later.
const LATER: [AliasId; 4] = [
    AliasId::new([61; 32]),
    AliasId::new([62; 32]),
    AliasId::new([63; 32]),
    AliasId::new([64; 32]),
];
/// Documents whose looser fingerprints bank B's financings have: whoever shares one is alerted, and may waive.
const SHARED: u8 = 3;

#[derive(Debug, Clone, Copy)]
enum Try {
    /// An alias of bank A's seals and presents: of those that it has, the one with this number; a replacement, or not.
    Present {
        alias: usize,
        replaces: bool,
    },
    Hold,
    /// Some alerts are waived, or none.
    Finance {
        waives: bool,
    },
    Release(ReleaseReason),
    Register,
    Wait(u64),
}

fn tries() -> impl Strategy<Value = (usize, Try)> {
    let reason = (0..REASONS.len()).prop_map(|at| Try::Release(REASONS[at]));
    let presents = (0..64_usize, prop::bool::weighted(0.4));
    let what = prop_oneof![
        8 => presents.prop_map(|(alias, replaces)| Try::Present { alias, replaces }),
        1 => Just(Try::Hold),
        7 => any::<bool>().prop_map(|waives| Try::Finance { waives }),
        4 => reason,
        1 => Just(Try::Register),
        2 => (1..9_u64).prop_map(|tenths| Try::Wait(tenths * DAY / 10)),
    ];
    (0..65_536_usize, what)
}

/// What bank A and its customers have come to.
struct Tried {
    world: World,
    /// Bank A, and its customers that are registered.
    aliases: Vec<AliasId>,
    /// How many records were sealed: the number of the next.
    sealed: u8,
    /// Records whose answer somebody at bank A has, and the document that each is of.
    presented: Vec<(u8, u8)>,
    /// How many of them were presented on this day.
    of_day: u32,
    /// Waived alerts and takeovers that were done: a run without them shows nothing of them.
    waived: usize,
    taken_over: usize,
}

impl Tried {
    fn new() -> Self {
        let mut world = World::new();
        for number in 0..SHARED {
            let record = 250 + number;
            world.ready(BANK_B, record, None);
            let wanted = strict(&[record]).loose(&[(Rule::WithoutDate, number)]);
            world.finance(BANK_B, record, wanted).unwrap();
        }
        Self {
            world,
            aliases: vec![BANK_A, CUSTOMER],
            sealed: 0,
            presented: Vec::new(),
            of_day: 0,
            waived: 0,
            taken_over: 0,
        }
    }

    /// The presented record that a try is about, and its document: every other time one of the last four, as what was just
    /// done is often gone on with.
    fn chosen(&self, number: usize) -> Option<(u8, u8)> {
        let all = self.presented.len();
        let (recent, number) = (number % 2 == 1, number / 2);
        let at = match recent {
            true => number.checked_rem(all.min(4)).map(|back| all - 1 - back)?,
            false => number.checked_rem(all)?,
        };
        self.presented.get(at).copied()
    }

    /// What a replacement stands in the place of: mostly what is held or financed.
    fn older(&self, number: usize) -> Option<(u8, u8)> {
        let is_live = |record: u8| {
            let financing = self.world.financing(record);
            financing.is_some_and(|one| one.stage.is_live(self.world.tip.height))
        };
        let mut live = self.presented.clone();
        live.retain(|(record, _)| is_live(*record));
        match number.checked_rem(2 * live.len()) {
            Some(at) if at < live.len() => Some(live[at]),
            _ => self.chosen(number),
        }
    }

    fn sealer(&self, record: u8) -> AliasId {
        let entry: Option<RecordEntry> = self.world.read(&Key::record(&id(record)));
        entry.unwrap().sealer
    }

    fn present(&mut self, number: usize, alias: usize, replaces: bool) {
        let record = self.sealed;
        let older = self.older(number).filter(|_| replaces);
        let any = self.aliases[alias % self.aliases.len()];
        let signer = older.map_or(any, |(older, _)| self.sealer(older));
        let mut header = self.world.header(signer, older.map(|(older, _)| older));
        header.bank = BANK_A;
        let sealed = self.world.send(signer, record, sealing(record, header));
        if sealed.is_err() {
            return;
        }
        self.sealed += 1;
        if self.world.present(signer, record).is_err() {
            return;
        }
        self.world.answer(1, record).unwrap();
        let document = older.map_or(record, |(_, document)| document);
        self.presented.push((record, document));
        self.of_day += 1;
    }

    fn finance(&mut self, number: usize, hold: bool, waives: bool) {
        let Some((record, document)) = self.chosen(number) else {
            return;
        };
        let shared = (Rule::WithoutDate, document % (2 * SHARED));
        let mut wanted = strict(&[document]).loose(&[shared]);
        if hold {
            wanted = wanted.hold(self.world.height() + 3);
        }
        if waives {
            wanted = wanted.waive(&[Rule::WithoutDate]);
        }
        let done = self.world.finance(BANK_A, record, wanted);
        if let Ok(Done::Financed { took_over }) = done {
            self.waived += usize::from(waives && shared.1 < SHARED);
            self.taken_over += usize::from(took_over.is_some());
        }
    }

    fn step(&mut self, number: usize, what: Try) {
        match what {
            Try::Present { alias, replaces } => self.present(number, alias, replaces),
            Try::Hold => self.finance(number, true, false),
            Try::Finance { waives } => self.finance(number, false, waives),
            Try::Release(reason) => {
                if let Some((record, _)) = self.chosen(number) {
                    let _ = self.world.release(BANK_A, record, reason);
                }
            }
            Try::Register => {
                let next = LATER.iter().find(|one| !self.aliases.contains(*one));
                if let Some(next) = next {
                    register(&mut self.world, BANK_A, *next).unwrap();
                    self.aliases.push(*next);
                }
            }
            Try::Wait(time) => {
                let before = self.world.tip.time.day();
                self.world.wait(time);
                if self.world.tip.time.day() != before {
                    self.of_day = 0;
                }
            }
        }
    }

    /// Presented records whose set counts so.
    fn count(&self, counted: Counted) -> usize {
        let counts = |record: u8| {
            let set: Option<BlindedSet> = self.world.read(&Key::blinded_set(&id(record)));
            set.unwrap().counted == counted
        };
        let records = self.presented.iter();
        records.filter(|(record, _)| counts(*record)).count()
    }
}

/// The tries come to what they are to try: alerts are waived, records taken over, customers registered.
#[test]
fn tries_of_guesses_come_to_waivers_and_takeovers() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut tried = Tried::new();
    let all = prop::collection::vec(tries(), 400..401);
    for (number, what) in all.new_tree(&mut runner).unwrap().current() {
        tried.step(number, what);
    }
    let came = (tried.waived, tried.taken_over, tried.aliases.len());
    assert!(
        came.0 >= 3 && came.1 >= 3 && came.2 == 2 + LATER.len(),
        "{came:?}"
    );
    assert!(tried.sealed < 250, "records have numbers of their own");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// RELIABILITY 38: whatever a bank does, under how many aliases and customers, with takeovers and waivers, it learns the
    /// answers to at most so many sets a day; and each set counts in one way.
    #[test]
    fn a_days_guesses_are_at_most_both_quotas(tries in prop::collection::vec(tries(), 60..240)) {
        let mut tried = Tried::new();
        for (number, what) in tries {
            tried.step(number, what);
            let of_day = tried.of_day;
            prop_assert!(of_day <= QUOTA + FINANCINGS, "{of_day} sets in a day");
            let Some(entry) = tried.world.read::<QuotaEntry>(&Key::quota(&BANK_A)) else { continue };
            prop_assert!(entry.inquiries <= QUOTA && entry.debt <= FINANCINGS);
            prop_assert!(entry.financings <= FINANCINGS);
            if entry.day != tried.world.tip.time.day() {
                continue;
            }
            let counted = tried.count(Counted::Inquiry { day: entry.day });
            prop_assert!(counted <= entry.inquiries as usize, "each inquiry of the day is counted");
        }
    }
}
