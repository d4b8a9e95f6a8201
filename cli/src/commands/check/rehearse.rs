//! The rehearsal of a check: its documents are sealed, each by the party that it names, under keys of no chain; the check is
//! compiled, proven over the records and attacked.

use std::time::{Duration, Instant};

use sealane_checks::attack::{Report as Attacks, Target};
use sealane_checks::compile::{DocumentWitness, Presented};
use sealane_checks::evaluate::Fulfilment;
use sealane_checks::known::Known;
use sealane_checks::rehearsal::Owned;
use sealane_checks::{Handed, Instance};
use sealane_gadgets::System;
use sealane_prover::{CheckProver, KeyProgress, default_directory};
use sealane_types::fields::FieldValue;
use serde_json::{Value, json};

use super::outcomes::in_a_list;
use super::samples::Sample;
use crate::outcome::Failure;
use crate::terminal::Progress;

/// How long forgeries are tried.
const ATTACK: Duration = Duration::from_secs(8);
/// Variables of each constraint that are forced.
const EACH: usize = 6;

/// What a rehearsal found.
pub struct Rehearsal {
    /// Rows of opening the documents, then of each requirement.
    parts: Vec<(String, usize)>,
    rows: usize,
    lines: usize,
    documents: usize,
    key_bytes: usize,
    opening: Duration,
    proving: Duration,
    verifying_key: String,
    /// The ids of the requirements that the proof shows as not met.
    not_met: Vec<String>,
    changes: Attacks,
    forgeries: Attacks,
}

/// A sample with its record.
struct Sealed {
    owned: Owned,
    known: Known,
}

/// Seals, compiles, proves and attacks.
pub fn run(instance: &Instance<'_>, found: &[Vec<Sample>]) -> Result<Rehearsal, Failure> {
    let progress = Progress::start("sealing the documents");
    let sealed = seal(instance, found)?;
    let cache = default_directory().map_err(|error| Failure::cannot(error.to_string()))?;
    let begun = Instant::now();
    let mut tell = |now: KeyProgress| {
        progress.say(match now {
            KeyProgress::Circuit => "compiling the check",
            KeyProgress::Loading => "reading its keys",
            KeyProgress::Generating => "making its keys (once on this machine)",
            KeyProgress::Writing => "keeping its keys",
        });
    };
    let prover = CheckProver::open(instance, None, &cache, &mut tell);
    let prover = prover.map_err(|error| Failure::cannot(error.to_string()))?;
    let opening = begun.elapsed();
    let bits = evaluate(instance, &sealed)?;
    let (presented, witnesses) = by_position(&prover, &sealed);
    let statement = prover.plan().statement(&presented, bits.clone());
    progress.say("proving it over the sealed documents");
    let begun = Instant::now();
    let proof = prover.prove(&statement, &witnesses, &mut |_| ());
    proof.map_err(|error| Failure::cannot(error.to_string()))?;
    let proving = begun.elapsed();
    progress.say("attacking it: every variable changed");
    let target = Target {
        instance,
        plan: prover.plan(),
        statement: &statement,
        witnesses: &witnesses,
    };
    let system = target.circuit();
    let changes = target.change_each(&system);
    progress.say("attacking it: false statements");
    let begun = Instant::now();
    let forgeries = target.forge(&system, EACH, &mut |_, _| begun.elapsed() < ATTACK);
    let requirements = prover.plan().requirements().iter().zip(&bits);
    let not_met = requirements.filter(|(_, met)| !**met);
    Ok(Rehearsal {
        parts: parts(&prover, &system),
        rows: prover.rows(),
        lines: instance.sizes().lines(),
        documents: instance.sizes().documents(),
        key_bytes: prover.key_bytes(),
        opening,
        proving,
        verifying_key: hex::encode(prover.verifying_key_id()),
        not_met: not_met.map(|((id, _), _)| id.clone()).collect(),
        changes,
        forgeries,
    })
}

/// Each sample under an alias of its own, with the identifiers of the party that it names as its sealer.
fn seal(instance: &Instance<'_>, found: &[Vec<Sample>]) -> Result<Vec<Vec<Sealed>>, Failure> {
    let mut alias = 0;
    let declared = instance.check().documents.iter().zip(found);
    declared
        .map(|(document, samples)| {
            let slot = document.sealer.field().slot;
            let one = |sample: &Sample| {
                alias += 1;
                let ids: &[String] = match &sample.fields.header[slot] {
                    Some(FieldValue::LegalIds(ids)) => ids,
                    _ => &[],
                };
                let owned = Owned::seal(&sample.fields, ids, alias).map_err(|error| {
                    Failure::invalid(format!("{}: {error}", sample.path.display()))
                })?;
                let known = owned.known(|_| true);
                Ok(Sealed { owned, known })
            };
            samples.iter().map(one).collect()
        })
        .collect()
}

fn evaluate(instance: &Instance<'_>, sealed: &[Vec<Sealed>]) -> Result<Vec<bool>, Failure> {
    let handed: Vec<Vec<Handed<'_>>> = sealed.iter().map(|sealed| handed(sealed)).collect();
    let said = instance.evaluate(&handed);
    let said = said.map_err(|error| Failure::invalid(error.to_string()))?;
    let outcomes = said.outcomes.iter();
    Ok(outcomes
        .map(|one| one.fulfilment == Fulfilment::Met)
        .collect())
}

fn handed(sealed: &[Sealed]) -> Vec<Handed<'_>> {
    let handed = sealed.iter().map(|one| Handed {
        fields: &one.known.fields,
        sealer: Some(&one.owned.sealer),
        taken: &[],
    });
    handed.collect()
}

fn by_position(
    prover: &CheckProver<'_>,
    sealed: &[Vec<Sealed>],
) -> (Vec<Option<Presented>>, Vec<DocumentWitness>) {
    let positions = prover.plan().positions().iter();
    let all = positions.map(|position| {
        let known = sealed[position.document].get(position.number);
        let known = known.map(|sealed| &sealed.known);
        let presented = known.map(|known| known.presented.clone());
        let witness = known.map_or_else(DocumentWitness::blank, |known| known.witness.clone());
        (presented, witness)
    });
    all.unzip()
}

/// Rows by what they are for.
fn parts(prover: &CheckProver<'_>, system: &System) -> Vec<(String, usize)> {
    let requirements = prover.plan().requirements().iter();
    let names = requirements.map(|(id, _)| id.clone());
    let names = std::iter::once("opening the documents".to_owned()).chain(names);
    let mut parts: Vec<(String, usize)> = names.map(|name| (name, 0)).collect();
    for row in system.rows() {
        parts[row.part].1 += 1;
    }
    parts
}

impl Rehearsal {
    /// For people.
    pub fn text(&self) -> String {
        let mut lines = vec![format!(
            "Compiled for {} lines and {}: {} constraints. By requirement:",
            self.lines,
            in_a_list(self.documents),
            self.rows
        )];
        lines.extend(
            self.parts
                .iter()
                .map(|(name, rows)| format!("  {rows:>8}  {name}")),
        );
        lines.push(format!(
            "Proven over the documents, each sealed by the party that it names, in {:.1?}{}; keys of {} MB ready in {:.1?}.",
            self.proving,
            self.shown(),
            self.key_bytes.div_ceil(1_000_000),
            self.opening
        ));
        lines.push(format!("Verifying key {}.", self.verifying_key));
        lines.push(format!(
            "Attacked: {} variables changed one by one, {} unnoticed ({} others are multiplied by 0 for these documents and change nothing); \
             {} forgeries, of which {} would have changed a bit, {} accepted.",
            self.changes.changed,
            self.changes.unexplained.len(),
            self.changes.free.values().sum::<usize>(),
            self.forgeries.forged,
            self.forgeries.false_bits,
            self.forgeries.holes.len()
        ));
        for hole in &self.forgeries.holes {
            lines.push(format!(
                "  ACCEPTED: {} with variable {} of {} forced. Please report this.",
                hole.requirements.join(", "),
                hole.variable,
                hole.name
            ));
        }
        let stopped = self.forgeries.stopped_by_one.iter();
        let stopped: Vec<String> = stopped
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        if !stopped.is_empty() {
            lines.push(format!(
                "Forgeries that a single constraint stopped, by the kind of constraint (a measure of how much each does, no fault): {}.",
                stopped.join(", ")
            ));
        }
        lines.push("The keys are test keys, with which anybody can forge proofs.".to_owned());
        lines.join("\n")
    }

    fn shown(&self) -> String {
        match self.not_met.is_empty() {
            true => " (the proof's \"not met\": none)".to_owned(),
            false => format!(" (the proof's \"not met\": {})", self.not_met.join(", ")),
        }
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let parts = self.parts.iter();
        let parts = parts.map(|(part, rows)| json!({"part": part, "constraints": rows}));
        let holes = self.forgeries.holes.iter();
        let holes = holes.map(|hole| json!({"constraint": hole.name, "variable": hole.variable, "requirements": hole.requirements}));
        json!({
            "constraints": self.rows, "by_requirement": parts.collect::<Vec<_>>(),
            "lines": self.lines, "documents": self.documents, "key_bytes": self.key_bytes,
            "opening_ms": millis(self.opening), "proving_ms": millis(self.proving),
            "verifying_key": self.verifying_key, "not_met": self.not_met,
            "attacks": {
                "changed": self.changes.changed, "hidden": self.changes.free,
                "unnoticed": self.changes.unexplained.len(), "forged": self.forgeries.forged,
                "false_bits": self.forgeries.false_bits, "accepted": holes.collect::<Vec<_>>(),
                "stopped_by_one": self.forgeries.stopped_by_one,
            },
        })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
