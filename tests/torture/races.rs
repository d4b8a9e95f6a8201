//! One invoice, four banks at once, in a network that is cut meanwhile (RELIABILITY 25). Each bank proves once: after a
//! trial its winner withdraws, the invoice is free again, and the same four records race anew.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::history::{Deed, History};
use sealane_tests::invoice::Invoice;
use sealane_tests::links::Links;
use sealane_tests::random::Random;

use crate::desk::Desk;

/// The longest that a cut lasts, in milliseconds.
const CUT: u64 = 2_500;

/// An invoice that each of the banks has sealed.
pub struct Race {
    document: String,
    runners: Vec<(Arc<Desk>, String)>,
}

impl Race {
    /// Every bank seals it.
    pub fn prepare(history: &History, desks: &[Arc<Desk>], number: u64) -> Self {
        let document = format!("INV-RACE-{number}");
        let invoice = Invoice::new(&document);
        let seal = |desk: &Arc<Desk>| {
            let record = desk.seals(history, &document, &invoice);
            (Arc::clone(desk), record)
        };
        let runners = desks.iter().map(seal).collect();
        Self { document, runners }
    }

    /// All banks finance at once while the first nodes are split by chance; one wins, and withdraws. The winner's name.
    pub fn run(&self, history: &History, links: &Links, random: &mut Random) -> String {
        let nodes = self.runners.len();
        let order = random.sample((0..nodes).collect(), nodes);
        let (one, other) = order.split_at(1 + random.below(nodes as u64 - 1) as usize);
        let late = Duration::from_millis(random.below(CUT / 2));
        let lasts = Duration::from_millis(random.below(CUT));
        let codes: Vec<i32> = thread::scope(|scope| {
            let finance = |(desk, record): &(Arc<Desk>, String)| {
                let (desk, record) = (Arc::clone(desk), record.clone());
                scope.spawn(move || {
                    let financed = desk.deed(history, &self.document, Deed::Finance, &record);
                    financed.code
                })
            };
            let running: Vec<_> = self.runners.iter().map(finance).collect();
            thread::sleep(late);
            links.split(&[one, other]);
            thread::sleep(lasts);
            links.heal();
            let ended = running.into_iter().map(|one| one.join().unwrap());
            ended.collect()
        });
        let lost = codes.iter().filter(|code| **code == REFUSED).count();
        let mut won = codes.iter().zip(&self.runners);
        let won = won.find(|(code, _)| **code == DONE);
        let (_, (winner, record)) = won.unwrap_or_else(|| panic!("nobody won: {codes:?}"));
        assert_eq!(lost, nodes - 1, "one wins alone: {codes:?}");
        let withdrawn = winner.deed(history, &self.document, Deed::Release, record);
        let _ = withdrawn.expect(DONE);
        winner.name.clone()
    }
}
