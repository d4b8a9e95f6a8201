//! Whether a workflow hangs together: what its parts say of one another.

use std::collections::BTreeSet;

use super::{
    ANY, Financed, MAX_ABOUT, MAX_DAYS, MAX_PARTIES, MAX_REQUIRED, MAX_SLOTS, MAX_STAGES,
    MAX_STEPS, MAX_WAIVABLE, MAX_WAIVED, Step, Waivable, Workflow, is_word,
};
use crate::alias::Role;
use crate::cross_check::is_requirement;
use crate::encoding::DecodeError;
use crate::schema::Kind;

type Checked = Result<(), DecodeError>;

fn refuse<T>(reason: String) -> Result<T, DecodeError> {
    let what = "workflow";
    Err(DecodeError::Invalid { what, reason })
}

fn ensure(fits: bool, reason: impl FnOnce() -> String) -> Checked {
    if fits { Ok(()) } else { refuse(reason()) }
}

/// No more than so many, and all names are names, none twice.
fn names<'a>(what: &str, most: usize, all: impl ExactSizeIterator<Item = &'a String>) -> Checked {
    ensure(all.len() <= most, || {
        format!("it has more than {most} {what}s")
    })?;
    let mut known = BTreeSet::new();
    for name in all {
        ensure(is_word(name), || {
            format!("{what} {name:?}: a name is a small letter, then a-z, 0-9 and -")
        })?;
        ensure(known.insert(name), || format!("{what} {name} stands twice"))?;
    }
    Ok(())
}

fn ascending<T: Ord>(list: &[T]) -> bool {
    !list.is_empty() && list.is_sorted_by(|one, other| one < other)
}

impl Workflow {
    /// Sees that the parts fit together.
    ///
    /// # Errors
    /// With what does not, by its name.
    pub fn check(&self) -> Result<(), DecodeError> {
        let about = self.about.trim();
        let line = !about.is_empty() && !about.chars().any(char::is_control);
        ensure(line && self.about.len() <= MAX_ABOUT, || {
            format!("it says in one line, of at most {MAX_ABOUT} bytes, what it is for")
        })?;
        names(
            "party",
            MAX_PARTIES,
            self.parties.iter().map(|one| &one.name),
        )?;
        names(
            "document",
            MAX_SLOTS,
            self.documents.iter().map(|one| &one.name),
        )?;
        names("stage", MAX_STAGES, self.stages.iter().map(|one| &one.name))?;
        names("step", MAX_STEPS, self.steps.iter().map(|one| &one.name))?;
        let some = !self.parties.is_empty() && self.stages.len() > 1 && !self.steps.is_empty();
        ensure(some, || {
            "it has parties, two stages at least, and steps".to_owned()
        })?;
        self.check_documents()?;
        self.steps
            .iter()
            .try_for_each(|step| self.check_step(step))?;
        self.check_moves()?;
        self.check_required()?;
        ensure(self.waivers.len() <= MAX_WAIVABLE, || {
            "it has too many waivers".to_owned()
        })?;
        self.waivers
            .iter()
            .try_for_each(|one| self.check_waivable(one))?;
        self.financing
            .iter()
            .try_for_each(|one| self.check_financing(one))?;
        self.check_deadlines()?;
        self.check_reached()
    }

    fn party(&self, at: u8, of: &str) -> Result<&super::Party, DecodeError> {
        let party = self.parties.get(usize::from(at));
        party.map_or_else(|| refuse(format!("{of} names no party of it")), Ok)
    }

    fn has_stage(&self, at: u8, of: &str) -> Checked {
        let found = usize::from(at) < self.stages.len();
        ensure(found, || format!("{of} names no stage of it"))
    }

    fn has_document(&self, at: u8, of: &str) -> Checked {
        let found = usize::from(at) < self.documents.len();
        ensure(found, || format!("{of} names no document of it"))
    }

    /// A stage that only checks or a financing lead to.
    fn is_guarded(&self, stage: u8) -> bool {
        self.move_to(stage).is_some()
            || self
                .financing
                .is_some_and(|one| [one.financed, one.paid].contains(&stage))
    }

    fn check_documents(&self) -> Checked {
        for (at, slot) in self.documents.iter().enumerate() {
            let of = format!("document {}", slot.name);
            let party = self.party(slot.by, &of)?;
            ensure(party.role.seals(), || {
                format!("{of}: a {} seals no records", party.role.name())
            })?;
            let brings = |step: &Step| step.document.map(usize::from) == Some(at);
            ensure(self.steps.iter().any(brings), || {
                format!("{of}: no step brings it")
            })?;
        }
        Ok(())
    }

    fn check_step(&self, step: &Step) -> Checked {
        let of = format!("step {}", step.name);
        self.party(step.by, &of)?;
        ensure(ascending(&step.from), || {
            format!("{of}: it is taken from stages, none named twice")
        })?;
        for stage in step.from.iter().chain([&step.to]) {
            self.has_stage(*stage, &of)?;
        }
        if let Some(document) = step.document {
            self.has_document(document, &of)?;
            let by = self.documents[usize::from(document)].by;
            ensure(by == step.by, || {
                format!("{of}: its document is sealed by another party")
            })?;
        }
        let (to, name) = (step.to, self.stage(step.to));
        ensure(to != 0 || step.document.is_none(), || {
            format!("{of}: the first stage is where a trade begins, without documents")
        })?;
        ensure(!self.is_guarded(to), || {
            format!("{of}: a trade comes to {name} by itself alone")
        })
    }

    fn check_required(&self) -> Checked {
        ensure(self.checks.len() <= MAX_REQUIRED, || {
            "it asks for too many checks".to_owned()
        })?;
        for (at, required) in self.checks.iter().enumerate() {
            let of = format!("check {}", required.check);
            ensure(!required.documents.is_empty(), || {
                format!("{of}: it is about no document")
            })?;
            for document in &required.documents {
                self.has_document(*document, &of)?;
            }
            let again = self.checks[..at].contains(required);
            ensure(!again, || {
                format!("{of} stands twice over the same documents")
            })?;
            let used = |one: &super::Move| one.checks.iter().any(|check| usize::from(*check) == at);
            ensure(self.moves.iter().any(used), || {
                format!("{of}: nothing waits for it")
            })?;
        }
        Ok(())
    }

    fn check_moves(&self) -> Checked {
        ensure(self.moves.len() <= MAX_REQUIRED, || {
            "it has too many moves".to_owned()
        })?;
        for (at, one) in self.moves.iter().enumerate() {
            let of = format!("the move to stage {}", self.stage(one.to));
            self.has_stage(one.from, &of)?;
            self.has_stage(one.to, &of)?;
            let fits = one.to != 0 && one.from != one.to && ascending(&one.checks);
            ensure(fits, || {
                format!("{of}: it leads on, over checks, none named twice")
            })?;
            let known = one
                .checks
                .iter()
                .all(|check| usize::from(*check) < self.checks.len());
            ensure(known, || format!("{of}: it names no check of it"))?;
            let mut before = self.moves[..at].iter();
            ensure(
                !before.any(|other| other.from == one.from || other.to == one.to),
                || format!("{of}: one move leads from a stage, and one to it"),
            )?;
        }
        Ok(())
    }

    fn check_waivable(&self, one: &Waivable) -> Checked {
        let check = self.checks.get(usize::from(one.check));
        let Some(check) = check else {
            return refuse("a waiver names no check of it".to_owned());
        };
        let of = format!("the waiver of {}", check.check);
        let ids = &one.requirements;
        let named = ascending(ids) && ids.len() <= MAX_WAIVED;
        let named = named && ids.iter().all(|id| is_requirement(id));
        let alone = ids.len() == 1 || !ids.iter().any(|id| id == ANY);
        ensure(named && alone, || {
            format!("{of}: requirements are ids, none twice, or \"{ANY}\" alone")
        })?;
        ensure(ascending(&one.by), || {
            format!("{of}: it names parties, none twice")
        })?;
        one.by
            .iter()
            .try_for_each(|party| self.party(*party, &of).map(|_| ()))
    }

    fn check_financing(&self, one: &Financed) -> Checked {
        let of = "the financing";
        self.has_document(one.document, of)?;
        let document = &self.documents[usize::from(one.document)];
        ensure(document.kind == Kind::Invoice && !document.list, || {
            format!("{of}: one invoice is financed")
        })?;
        let bank = self.party(one.by, of)?;
        ensure(bank.role == Role::Bank, || format!("{of}: a bank finances"))?;
        for stage in [one.at, one.financed, one.paid] {
            self.has_stage(stage, of)?;
        }
        ensure(self.move_to(one.at).is_some(), || {
            format!("{of}: a trade comes to {} by checks", self.stage(one.at))
        })?;
        ensure(self.move_from(one.at).is_none(), || {
            format!("{of}: no checks lead on from {}", self.stage(one.at))
        })?;
        let own = [one.financed, one.paid];
        let free = |stage: u8| {
            let taken = self.steps.iter().any(|step| step.from.contains(&stage));
            let moved = self
                .moves
                .iter()
                .any(|one| one.from == stage || one.to == stage);
            !taken && !moved && stage != 0
        };
        ensure(own[0] != own[1] && own.into_iter().all(free), || {
            format!(
                "{of}: {} and {} are two stages that no step and no check leads from or to",
                self.stage(one.financed),
                self.stage(one.paid)
            )
        })
    }

    fn check_deadlines(&self) -> Checked {
        for (at, stage) in self.stages.iter().enumerate() {
            let Some(deadline) = stage.deadline else {
                continue;
            };
            let of = format!("the deadline of stage {}", stage.name);
            self.has_stage(deadline.then, &of)?;
            let days = (1..=MAX_DAYS).contains(&deadline.days);
            ensure(days, || format!("{of}: it leaves 1 to {MAX_DAYS} days"))?;
            let at = u8::try_from(at).unwrap_or(u8::MAX);
            let own = |one: Financed| [one.financed, one.paid].contains(&at);
            ensure(!self.financing.is_some_and(own), || {
                format!("{of}: the ledger's financing has no deadline")
            })?;
            let then = deadline.then;
            let moved = self.is_guarded(then) || self.move_from(then).is_some();
            ensure(!moved && then != 0, || {
                format!("{of}: it leads where parties act, not where checks decide")
            })?;
            self.check_lapses(at, &of)?;
        }
        Ok(())
    }

    /// Deadlines lead to an end, never round and round.
    fn check_lapses(&self, from: u8, of: &str) -> Checked {
        let mut at = from;
        for _ in 0..self.stages.len() {
            let stage = self.stages.get(usize::from(at));
            match stage.and_then(|stage| stage.deadline) {
                Some(deadline) => at = deadline.then,
                None => return Ok(()),
            }
        }
        refuse(format!("{of}: deadlines lead in a circle"))
    }

    /// Every stage can be reached from the first, and so can an end.
    fn check_reached(&self) -> Checked {
        let mut reached = BTreeSet::from([0_u8]);
        loop {
            let next: BTreeSet<u8> = reached.iter().flat_map(|at| self.next(*at)).collect();
            let before = reached.len();
            reached.extend(next);
            if reached.len() == before {
                break;
            }
        }
        for (at, stage) in self.stages.iter().enumerate() {
            let at = u8::try_from(at).unwrap_or(u8::MAX);
            ensure(reached.contains(&at), || {
                format!("stage {}: nothing leads there", stage.name)
            })?;
        }
        let ends = reached.iter().any(|at| self.is_end(*at));
        ensure(ends, || "no stage is an end".to_owned())
    }

    fn next(&self, at: u8) -> Vec<u8> {
        let steps = self.steps.iter().filter(|step| step.from.contains(&at));
        let mut next: Vec<u8> = steps.map(|step| step.to).collect();
        next.extend(self.move_from(at).map(|one| one.to));
        let stage = self.stages.get(usize::from(at));
        next.extend(stage.and_then(|stage| stage.deadline).map(|one| one.then));
        match self.financing {
            Some(one) if one.at == at => next.push(one.financed),
            Some(one) if one.financed == at => next.push(one.paid),
            _ => {}
        }
        next
    }
}
