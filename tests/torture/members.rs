//! Members and validators that come and go while everybody works on: what banks vote for in the long run.

use std::sync::Arc;
use std::time::Duration;

use sealane_tests::command::{DONE, REFUSED};
use sealane_tests::consortium::Consortium;
use sealane_tests::history::History;
use sealane_tests::invoice::Invoice;
use sealane_tests::links::Links;
use sealane_tests::random::Random;

use crate::desk::Desk;

/// Blocks between a proposal and its height: at first, and where the votes came too late.
const NOTICES: [&str; 3] = ["40", "120", "400"];
/// The most power that a validator is given.
const MOST: u64 = 3;

/// Turns after which a vote holds for sure.
const OLD: usize = 4;

/// The members as they are.
pub struct Members {
    /// The banks that vote.
    pub desks: Vec<Arc<Desk>>,
    /// Validators and their power, as voted.
    powers: Vec<(String, u64)>,
    /// The powers that may still be in force, as a vote holds from a later height on.
    before: Vec<Vec<(String, u64)>>,
    /// A bank that comes and goes.
    guest: Option<Desk>,
    guests: u32,
    turn: u32,
}

/// What a turn did.
pub struct Turn {
    pub kind: &'static str,
    pub what: String,
    /// A bank that begins to work.
    pub new: Option<Arc<Desk>>,
}

impl Turn {
    fn new(kind: &'static str, what: impl Into<String>) -> Self {
        let what = what.into();
        Self {
            kind,
            what,
            new: None,
        }
    }
}

/// Where members act.
pub struct Stage<'a> {
    pub network: &'a mut Consortium,
    pub links: &'a Links,
    pub history: &'a History,
    pub random: &'a mut Random,
    pub patience: Duration,
}

impl Members {
    pub fn new(network: &Consortium) -> Self {
        let desk = |at| Arc::new(Desk::new(network.name(at), network.bank(at)));
        let validator = |letter| (format!("node-{letter}"), 1);
        Self {
            desks: (0..network.size()).map(desk).collect(),
            powers: ['a', 'b', 'c', 'd'].map(validator).into(),
            before: Vec::new(),
            guest: None,
            guests: 0,
            turn: 0,
        }
    }

    /// The next change: each kind once, then whatever chance says.
    pub fn act(&mut self, stage: &mut Stage<'_>) -> Turn {
        self.turn += 1;
        self.before.push(self.powers.clone());
        let old = self.before.len().saturating_sub(OLD);
        self.before.drain(..old);
        match self.turn {
            1 => self.a_bank_joins(stage),
            2 => self.power(stage),
            3 => self.share(stage),
            4 | 5 => self.a_guest_comes_or_goes(stage),
            _ => match stage.random.below(3) {
                0 => self.power(stage),
                1 => self.share(stage),
                _ => self.a_guest_comes_or_goes(stage),
            },
        }
    }

    /// Whether a validator that forgets what it signed is less than a third, by every set that may be in force.
    pub fn bear_the_loss_of(&self, at: usize) -> bool {
        let mut sets = self.before.iter().chain([&self.powers]);
        let less = |powers: &Vec<(String, u64)>| {
            let all: u64 = powers.iter().map(|(_, power)| power).sum();
            powers.get(at).is_none_or(|(_, power)| power * 3 < all)
        };
        sets.all(less)
    }

    /// Banks vote until it is approved; the height from which it holds. Where the votes came too late, once more, for a
    /// later height.
    fn agree(&self, change: &[&str]) -> u64 {
        for notice in NOTICES {
            if let Some(at) = self.approved(notice, change) {
                return at;
            }
        }
        panic!("nobody approved of {change:?} in time");
    }

    fn approved(&self, notice: &str, change: &[&str]) -> Option<u64> {
        let words = [&["proposal", "new", "--in", notice], change].concat();
        // those that do not work all the time come first
        let (working, idle) = self.desks.split_at(2);
        let mut voters = idle.iter().chain(working);
        let proposed = voters.next()?.types(&words).expect(DONE);
        let number = proposed.number("proposal").to_string();
        for desk in voters {
            let voted = desk.types(&["proposal", "vote", &number]);
            if voted.code == REFUSED {
                return None; // it has lapsed
            }
            if voted.expect(DONE).data["approved"] == true {
                return Some(proposed.number("at"));
            }
        }
        None
    }

    /// As [`Members::agree`], and the height has come.
    fn agree_and_wait(&self, stage: &Stage<'_>, change: &[&str]) {
        let at = self.agree(change);
        stage.network.reaches(0, at + 1, stage.patience);
    }

    fn a_bank_joins(&mut self, stage: &mut Stage<'_>) -> Turn {
        let (bank, request) = stage.network.newcomer("bank-e");
        self.agree_and_wait(stage, &["admit", &request]);
        let home = bank.home.clone();
        let at = stage.network.join_linked(&home, stage.links);
        let goal = stage.network.height(0);
        stage.network.reaches(at, goal, stage.patience);
        let desk = Arc::new(Desk::new("bank-e".to_owned(), bank));
        self.desks.push(Arc::clone(&desk));
        Turn {
            new: Some(desk),
            ..Turn::new("a bank joins", "bank-e, with a node that observes")
        }
    }

    /// Somebody gets another power; two are never without at once.
    fn power(&mut self, stage: &mut Stage<'_>) -> Turn {
        let at = stage.random.below(self.powers.len() as u64) as usize;
        let without = self.powers.iter().any(|(_, power)| *power == 0);
        let (name, power) = &mut self.powers[at];
        let mut other = (*power + 1 + stage.random.below(MOST)) % (MOST + 1);
        if other == 0 && without {
            other = 1 + *power % MOST;
        }
        *power = other;
        let (name, power) = (name.clone(), power.to_string());
        let _ = self.agree(&["power", &name, &power]);
        Turn::new("power changes", format!("{name} has {power}"))
    }

    /// The fingerprint key goes to all four once more, in another order: fewer are not allowed.
    fn share(&mut self, stage: &mut Stage<'_>) -> Turn {
        let all = self.powers.iter().map(|(name, _)| name.as_str()).collect();
        let count = self.powers.len();
        let holders = stage.random.sample(all, count).join(",");
        let _ = self.agree(&["share", "--holders", &holders]);
        Turn::new("the key is re-shared", holders)
    }

    /// A bank is admitted and works, or is closed and works no more.
    fn a_guest_comes_or_goes(&mut self, stage: &mut Stage<'_>) -> Turn {
        if let Some(guest) = self.guest.take() {
            self.agree_and_wait(stage, &["standing", &guest.name, "closed"]);
            let file = guest
                .bank
                .file(&Invoice::new(&format!("INV-{}-2", guest.name)));
            let late = guest.types(&["seal", &file]);
            let _ = late.expect(REFUSED);
            return Turn::new("a bank leaves", guest.name);
        }
        self.guests += 1;
        let name = format!("guest-{}", self.guests);
        let (bank, request) = stage.network.newcomer(&name);
        self.agree_and_wait(stage, &["admit", &request]);
        let guest = Desk::new(name.clone(), bank);
        let document = format!("INV-{name}-1");
        let _ = guest.seals(stage.history, &document, &Invoice::new(&document));
        self.guest = Some(guest);
        Turn::new("a bank joins", name)
    }
}
