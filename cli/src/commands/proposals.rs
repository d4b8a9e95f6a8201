//! What members propose and vote on, shown.

use sealane_client::flows::{
    Bank, Governed, KeysOf, ProposalEntry, ProposalStage, Voted, void_since,
};
use sealane_types::alias::Alias;
use sealane_types::governance::{Change, Governance};
use sealane_types::ids::{AliasId, BlockTime, ProposalId};
use sealane_types::workflow::Versioned;
use serde_json::{Value, json};

use super::shown::{void_json, when};
use super::workflow::shown::described;
use crate::outcome::{Failure, Report};

/// What proposals are shown by: names, and where the chain is.
struct Known {
    members: Vec<Alias>,
    governed: Governed,
}

impl Known {
    async fn of(bank: &Bank) -> Result<Self, Failure> {
        Ok(Self {
            members: bank.members().await?,
            governed: bank.governed().await?,
        })
    }

    /// Whom one proposal names, its voters, and no other: the other proposals are not read.
    async fn around(bank: &Bank, change: &Change, others: &[AliasId]) -> Result<Self, Failure> {
        let governed = bank.governed().await?;
        let mut ids = [&governed.voters, others].concat();
        ids.extend(named(change));
        ids.extend(governed.consortium.governance.decider());
        ids.sort_unstable();
        ids.dedup();
        let members = bank.aliases_of(&ids).await?;
        Ok(Self { members, governed })
    }

    fn name(&self, id: &AliasId) -> String {
        let found = self.members.iter().find(|one| one.id == *id);
        found.map_or_else(|| id.to_string(), |one| one.name.clone())
    }

    fn names<'a>(&self, all: impl IntoIterator<Item = &'a AliasId>) -> Vec<String> {
        all.into_iter().map(|id| self.name(id)).collect()
    }

    fn stage(&self, entry: &ProposalEntry) -> String {
        match self.governed.has_lapsed(entry) {
            true => "lapsed".to_owned(),
            false => stage(entry),
        }
    }

    /// How the height of a proposal's change is introduced, and whether the change holds from there on, or may.
    fn height(&self, entry: &ProposalEntry) -> (&'static str, bool) {
        match entry.stage {
            ProposalStage::Done | ProposalStage::Approved => ("holds from height", true),
            ProposalStage::Open if !self.governed.has_lapsed(entry) => {
                ("if approved, holds from height", true)
            }
            ProposalStage::Open | ProposalStage::Failed(_) => ("was proposed for height", false),
        }
    }

    /// A change in words, with whom or what it is about.
    fn words(&self, change: &Change) -> String {
        let about = subject(change, &|id| self.name(id));
        format!("{}{about}", change.name())
    }

    fn data(&self, number: ProposalId, entry: &ProposalEntry) -> Value {
        let about = subject(&entry.change, &|id| self.name(id));
        json!({
            "proposal": number.0, "change": entry.change.name(), "subject": about.trim_start(),
            "at": entry.at.0, "stage": self.stage(entry), "proposer": self.name(&entry.proposer),
            "approvals": self.names(&entry.approvals), "rejections": self.names(&entry.rejections),
        })
    }
}

/// The members that a change is about.
fn named(change: &Change) -> Vec<AliasId> {
    match change {
        Change::SetStanding { alias, .. }
        | Change::SetRole { alias, .. }
        | Change::SetKey { alias, .. }
        | Change::SetPower { alias, .. } => vec![*alias],
        Change::SetGovernance(form) => form.decider().into_iter().collect(),
        Change::ShareKey(holders) => holders.clone(),
        Change::Admit { .. }
        | Change::SetLimits(_)
        | Change::AcceptCircuit(_)
        | Change::RetireCircuit(_)
        | Change::SetProtocol(_)
        | Change::PublishCheck(_)
        | Change::RetireCheck(_)
        | Change::PublishWorkflow(_)
        | Change::RetireWorkflow(_)
        | Change::VoidCheck(_) => Vec::new(),
    }
}

fn or_nobody(names: &[String]) -> String {
    match names.is_empty() {
        true => "nobody".to_owned(),
        false => names.join(", "),
    }
}

/// `sealane proposal list`
pub(super) async fn list(bank: &Bank) -> Result<Report, Failure> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    let known = Known::of(bank).await?;
    for (number, entry) in bank.proposals().await? {
        lines.push(format!(
            "{number}  {}  from height {}  {}  for: {}  against: {}",
            known.words(&entry.change),
            entry.at,
            known.stage(&entry),
            known.names(&entry.approvals).join(", "),
            or_nobody(&known.names(&entry.rejections)),
        ));
        all.push(known.data(number, &entry));
    }
    if lines.is_empty() {
        lines.push("Nothing has been proposed yet: sealane proposal new --help".to_owned());
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "proposals": all}),
    })
}

/// What a vote on a proposal decides.
pub(super) async fn change_of(bank: &Bank, number: ProposalId) -> Result<Change, Failure> {
    let entry = bank.proposal(number).await?;
    Ok(entry.ok_or_else(|| unknown(number))?.change)
}

/// A change in words, with whom or what it is about.
pub(super) async fn words(bank: &Bank, change: &Change) -> Result<String, Failure> {
    Ok(Known::around(bank, change, &[]).await?.words(change))
}

fn unknown(number: ProposalId) -> Failure {
    Failure::invalid(format!(
        "there is no proposal {number}; see sealane proposal list"
    ))
}

/// `sealane proposal show NUMBER`
pub(super) async fn show(bank: &Bank, number: ProposalId) -> Result<Report, Failure> {
    let entry = bank.proposal(number).await?;
    let entry = entry.ok_or_else(|| unknown(number))?;
    let mut others = [entry.approvals.as_slice(), &entry.rejections].concat();
    others.push(entry.proposer);
    let known = Known::around(bank, &entry.change, &others).await?;
    let voted = |one: &&AliasId| entry.approvals.contains(one) || entry.rejections.contains(one);
    let voters = known.governed.voters.iter();
    let open = known.names(voters.filter(|one| !voted(one)));
    let ((from, holds), stage) = (known.height(&entry), known.stage(&entry));
    let at = match holds {
        true => Some(when(bank, entry.at).await?),
        false => None, // a time beside it would read as if the change held
    };
    let shown = at.as_ref().map(|(words, _)| format!(": {words}"));
    let decides = governance(&known.governed.consortium.governance, &|id| known.name(id)).0;
    let mut text = format!(
        "proposal {number}: {}\nproposed by {}; {stage}\n{from} {}{}\nfor: {}\nagainst: {}\nhave not voted: {}\n\
         it takes {decides}",
        known.words(&entry.change),
        known.name(&entry.proposer),
        entry.at,
        shown.unwrap_or_default(),
        or_nobody(&known.names(&entry.approvals)),
        or_nobody(&known.names(&entry.rejections)),
        or_nobody(&open),
    );
    let (keys, stops) = (
        keys(bank, &entry.change).await?,
        bank.stops_nodes(&entry.change),
    );
    if let Some(keys) = &keys {
        text = format!("{text}\n{}", keys_in_words(keys, &entry.change));
    }
    if let Some(why) = &stops {
        text = format!(
            "{text}\n{why}: a node that runs it stops before height {}",
            entry.at
        );
    }
    let void = void(bank, &entry.change).await?;
    if let Some(since) = void {
        text = format!("{text}\nthe check is {}", void_since(since));
    }
    let whole = whole(&entry.change);
    if let Some(whole) = &whole {
        text = format!("{text}\n\n{whole}");
    }
    let mut data = known.data(number, &entry);
    data["ok"] = json!(true);
    data["when"] = at.map_or(Value::Null, |(_, data)| data);
    data["have_not_voted"] = json!(open);
    data["text"] = json!(whole);
    data["void"] = void_json(void);
    data["stops_nodes"] = json!(stops);
    if let (Some(keys), Change::SetKey { key, .. }) = (keys, &entry.change) {
        data["key"] = json!(key.to_string());
        data["present_key"] = json!(keys.present.to_string());
        data["former_key"] = json!(keys.former.contains(key));
    }
    Ok(Report { text, data })
}

/// The keys of the member whose key changes.
async fn keys(bank: &Bank, change: &Change) -> Result<Option<KeysOf>, Failure> {
    let Change::SetKey { alias, .. } = change else {
        return Ok(None);
    };
    Ok(Some(bank.keys_of(alias).await?))
}

fn keys_in_words(keys: &KeysOf, change: &Change) -> String {
    let (member, present) = (&keys.member, keys.present);
    if let Change::SetKey { key, .. } = change {
        if keys.former.contains(key) {
            return format!(
                "the present key of {member} is {present}; {key} was its key before: {member} would be locked out"
            );
        }
        if *key == present {
            return format!("this is the present key of {member}");
        }
    }
    format!(
        "the present key of {member} is {present}. Ask {member}, by another way than the file came, whether the new one is what its \
         `rekey` has said"
    )
}

/// Since when the check that is proposed, or is to become void, is void.
async fn void(bank: &Bank, change: &Change) -> Result<Option<BlockTime>, Failure> {
    let check = match change {
        Change::PublishCheck(definition) => {
            Versioned::new(definition.check.name(), definition.check.version)
        }
        Change::VoidCheck(check) => Some(check.clone()),
        Change::Admit { .. }
        | Change::SetStanding { .. }
        | Change::SetRole { .. }
        | Change::SetKey { .. }
        | Change::SetPower { .. }
        | Change::SetLimits(_)
        | Change::AcceptCircuit(_)
        | Change::RetireCircuit(_)
        | Change::SetGovernance(_)
        | Change::SetProtocol(_)
        | Change::ShareKey(_)
        | Change::RetireCheck(_)
        | Change::PublishWorkflow(_)
        | Change::RetireWorkflow(_) => None,
    };
    let voids = bank.voids(check.as_slice()).await?;
    Ok(voids.into_iter().flatten().next())
}

/// The whole text of what is to be published.
fn whole(change: &Change) -> Option<String> {
    match change {
        Change::PublishCheck(definition) => Some(definition.source.trim_end().to_owned()),
        Change::PublishWorkflow(one) => Some(described(one)),
        Change::Admit { .. }
        | Change::SetStanding { .. }
        | Change::SetRole { .. }
        | Change::SetKey { .. }
        | Change::SetPower { .. }
        | Change::SetLimits(_)
        | Change::AcceptCircuit(_)
        | Change::RetireCircuit(_)
        | Change::SetGovernance(_)
        | Change::SetProtocol(_)
        | Change::ShareKey(_)
        | Change::RetireCheck(_)
        | Change::RetireWorkflow(_)
        | Change::VoidCheck(_) => None,
    }
}

fn stage(entry: &ProposalEntry) -> String {
    match entry.stage {
        ProposalStage::Open => "open".to_owned(),
        ProposalStage::Approved => "approved".to_owned(),
        ProposalStage::Done => "done".to_owned(),
        ProposalStage::Failed(fault) => format!("failed: {fault}"),
    }
}

/// Whom or what a change is about.
fn subject(change: &Change, name: &impl Fn(&AliasId) -> String) -> String {
    match change {
        Change::Admit { alias, .. } => format!(" {} as {}", alias.name, alias.role.name()),
        Change::SetStanding { alias, standing } => format!(" {} {}", name(alias), standing.name()),
        Change::SetRole { alias, role } => format!(" {} {}", name(alias), role.name()),
        Change::SetKey { alias, key, .. } => format!(" {} to {key}", name(alias)),
        Change::SetPower { alias, power } => format!(" {} {power}", name(alias)),
        Change::SetLimits(limits) => format!(
            " {} inquiries and {} financings a day, holds of {} blocks, {} transactions and {} bytes a block",
            limits.inquiries_per_day,
            limits.financings_per_day,
            limits.max_hold_blocks,
            limits.max_block_transactions,
            limits.max_block_bytes
        ),
        Change::AcceptCircuit(key) | Change::RetireCircuit(key) => format!(" {key}"),
        Change::PublishCheck(definition) => format!(" {}", definition.check),
        Change::RetireCheck(check) => format!(" {check}"),
        Change::SetGovernance(form) => format!(" {}", governance(form, name).0),
        Change::SetProtocol(version) => format!(" {version}"),
        Change::PublishWorkflow(workflow) => format!(" {}: {}", workflow.id, workflow.about),
        Change::RetireWorkflow(workflow) => format!(" {workflow}"),
        Change::VoidCheck(check) => {
            format!(" {check}: no proof of it counts any more, in open trades too")
        }
        Change::ShareKey(holders) => {
            let names: Vec<String> = holders.iter().map(name).collect();
            format!(" among {}", names.join(", "))
        }
    }
}

/// Who decides, in words and as data.
pub(super) fn governance(form: &Governance, name: &impl Fn(&AliasId) -> String) -> (String, Value) {
    match form {
        Governance::Members => (
            "more than two thirds of the banks".to_owned(),
            json!({"form": "members", "member": null}),
        ),
        Governance::Leader(leader) => (
            format!("{} together with more than half of the banks", name(leader)),
            json!({"form": "leader", "member": name(leader)}),
        ),
        Governance::Authority(authority) => (
            format!("{} alone", name(authority)),
            json!({"form": "authority", "member": name(authority)}),
        ),
    }
}

/// What a proposal or a vote has come to, after words for what was done.
pub(super) fn decided(voted: &Voted, begin: &str) -> Report {
    let at = voted.at;
    let text = match voted.approved {
        true => format!("{begin}: it is approved, and takes effect at height {at}."),
        false => format!(
            "{begin}: it is open, with the votes of {} of {} banks{}. It lapses unless enough members have voted for it by two blocks \
             before height {at}.\n\
             They vote with: sealane --home HOME proposal vote {}",
            voted.votes,
            voted.banks,
            needed(voted),
            voted.proposal
        ),
    };
    let data = json!({
        "ok": true, "proposal": voted.proposal.0, "at": at.0, "approved": voted.approved, "votes": voted.votes, "banks": voted.banks,
        "needed": voted.needed,
    });
    Report { text, data }
}

/// How many votes it takes, where a number says it.
fn needed(voted: &Voted) -> String {
    match voted.needed {
        Some(needed) => format!("; {needed} are needed"),
        None => format!(
            " (sealane proposal show {} says whose votes it takes)",
            voted.proposal
        ),
    }
}
