//! The long run (`make torture`): ten minutes, or `SEALANE_TEST_SECONDS`, of partitions, pauses, crashes and lost data
//! while banks work, members join and leave, validators' power changes, the fingerprint key is re-shared, and nodes are
//! restarted one after another; all choices from one seed. At its end the checker looks at what clients were told, what
//! all nodes hold (I1, I2, I4) and what nobody may hold (I5), and a report is left beside the program.
//!
//! There is one version of the protocol, so versions are mixed as far as they can be: by restarts in turn. Validators are
//! those of genesis: their power comes and goes.
#![allow(clippy::unwrap_used)]

#[path = "torture/desk.rs"]
mod desk;
#[path = "torture/faults.rs"]
mod faults;
#[path = "torture/floods.rs"]
mod floods;
#[path = "torture/members.rs"]
mod members;
#[path = "torture/races.rs"]
mod races;
#[path = "torture/report.rs"]
mod report;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sealane_tests::blocks::Blocks;
use sealane_tests::consortium::Consortium;
use sealane_tests::history::History;
use sealane_tests::links::Links;
use sealane_tests::planted;
use sealane_tests::random::Random;

use faults::FAULTS;
use members::{Members, Stage};
use races::Race;
use report::{Report, Verdict};

/// One test at a time: each has all cores.
static ALONE: Mutex<()> = Mutex::new(());

/// How long the network may take to go on once it can.
const HEALING: Duration = Duration::from_secs(180);
/// Trials that one race of the test of races has before another invoice is taken.
const TRIALS_OF_ONE: u64 = 25;

/// A number from the environment.
fn asked(name: &str, usual: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(usual, |text| text.parse().expect("a number"))
}

struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The network decides again, at every node; how long that took.
fn goes_on(network: &Consortium) -> Duration {
    let begun = Instant::now();
    let goal = network.heights().into_iter().max().unwrap() + 3;
    (0..network.size()).for_each(|at| network.reaches(at, goal, HEALING));
    begun.elapsed()
}

/// One run: what is done to the network, by turns.
struct Run<'a> {
    network: &'a mut Consortium,
    links: &'a Links,
    history: &'a History,
    random: Random,
    members: Members,
    report: Report,
}

impl Run<'_> {
    fn fault(&mut self) {
        let at = self.random.below(FAULTS.len() as u64 + 1) as usize;
        let (kind, what) = match FAULTS.get(at) {
            Some((kind, befalls)) => {
                let what = befalls(self.network, self.links, &mut self.random);
                (*kind, what)
            }
            None => self.loses_data(),
        };
        self.report.add(self.history.elapsed(), kind, &what);
        self.report.went_on(goes_on(self.network));
    }

    /// Of a node without a bank that works all the time: a client refuses a chain that goes back.
    fn loses_data(&mut self) -> (&'static str, String) {
        let at = 2 + self.random.below(2) as usize;
        if !self.members.bear_the_loss_of(at) {
            faults::roll(self.network, HEALING);
            return ("restarts in turn", "nobody may lose data now".to_owned());
        }
        faults::wipe(self.network, at);
        ("one lost its data", at.to_string())
    }

    fn members_act(&mut self) -> Option<Arc<desk::Desk>> {
        let turn = self.members.act(&mut Stage {
            network: self.network,
            links: self.links,
            history: self.history,
            random: &mut self.random,
            patience: HEALING,
        });
        self.network.keys_into(self.history);
        self.report
            .add(self.history.elapsed(), turn.kind, &turn.what);
        turn.new
    }

    fn race(&mut self, race: &Race) {
        let winner = race.run(self.history, self.links, &mut self.random);
        self.report
            .add(self.history.elapsed(), "a race", &format!("{winner} won"));
    }

    fn restarts(&mut self) {
        faults::roll(self.network, HEALING);
        let what = "each ended in order and started again";
        self.report
            .add(self.history.elapsed(), "restarts in turn", what);
        self.report.went_on(goes_on(self.network));
    }
}

/// What the checker says of everything; no node runs afterwards.
fn verdict(network: &mut Consortium, links: &Links, history: &History) -> (Verdict, Blocks) {
    let mut nodes = network.agreed();
    let violations = history.violations(&nodes);
    network.keys_into(history);
    network.kill_all();
    let (leaks, sought) = history.leaks(&network.held(&links.carried()));
    let summary = history.summary(&nodes);
    let verdict = Verdict {
        summary,
        violations,
        leaks,
        sought,
    };
    (verdict, nodes.swap_remove(0))
}

#[test]
fn a_network_under_all_faults_from_one_seed_forks_nowhere_loses_nothing_and_leaks_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let lasts = Duration::from_secs(asked("SEALANE_TEST_SECONDS", 600));
    let mut random = Random::seeded();
    let seed = random.seed();
    let history = History::begin(seed);
    let (mut network, links) = Consortium::start_recorded(4);
    network.keys_into(&history);
    let members = Members::new(&network);
    for desk in &members.desks {
        let invoice = planted::invoice_of(&desk.name);
        history.keeps(&invoice);
        let _ = desk.seals(&history, &format!("PLANTED-{}", desk.name), &invoice);
    }
    let race = Race::prepare(&history, &members.desks, random.next_number());
    let over = AtomicBool::new(false);
    let report = thread::scope(|scope| {
        let (history, over) = (&history, &over);
        let works = move |desk: Arc<desk::Desk>| {
            scope.spawn(move || desk.works(history, over));
        };
        members.desks[..2].iter().cloned().for_each(works);
        let _stop = OnDrop(over);
        let mut run = Run {
            network: &mut network,
            links: &links,
            history,
            random,
            members,
            report: Report::default(),
        };
        let mut turn = 0_u32;
        while history.elapsed() < lasts {
            turn += 1;
            run.fault();
            match turn % 4 {
                0 => run.race(&race),
                2 if turn % 8 == 6 => run.restarts(),
                _ => run.members_act().into_iter().for_each(works),
            }
        }
        run.report
    });
    let (verdict, node) = verdict(&mut network, &links, &history);
    let enough = report.count("a race") + report.count("power changes") > 0;
    report.end(seed, &node, &verdict);
    let found: Vec<_> = verdict.violations.iter().chain(&verdict.leaks).collect();
    assert!(found.is_empty(), "seed {seed}: {found:#?}");
    assert!(enough && verdict.summary.sealed > 10, "too little happened");
}

#[test]
fn one_invoice_and_four_banks_have_one_winner_again_and_again_while_the_network_is_cut() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let trials = asked("SEALANE_TEST_RACES", 100);
    let mut random = Random::seeded();
    let history = History::begin(random.seed());
    let (network, links) = Consortium::start_linked(4);
    let desks = Members::new(&network).desks;
    let mut won = std::collections::BTreeMap::<String, u64>::new();
    let mut race = Race::prepare(&history, &desks, 0);
    for trial in 0..trials {
        if trial > 0 && trial % TRIALS_OF_ONE == 0 {
            race = Race::prepare(&history, &desks, trial);
        }
        *won.entry(race.run(&history, &links, &mut random))
            .or_default() += 1;
        assert_eq!(won.values().sum::<u64>(), trial + 1);
    }
    let summary = history.check(&network.agreed());
    assert_eq!(summary.financed as u64, trials, "one winner of each trial");
    println!("{trials} races of four banks, one winner each: {won:?}; {summary:?}");
}
