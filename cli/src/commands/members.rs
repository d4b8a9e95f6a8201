//! Commands about who takes part: the members, what they propose and vote on.

use std::path::{Path, PathBuf};

use sealane_client::error::ClientError;
use sealane_client::flows::{
    Bank, ProposalEntry, ProposalStage, Reading, Voted, canonical_identifiers,
};
use sealane_client::home::{read_config, read_genesis, rekey};
use sealane_client::join::{Newcomer, admission, join, key_change};
use sealane_client::network::Protect;
use sealane_types::alias::{Alias, Role, Standing};
use sealane_types::cross_check::CheckRef;
use sealane_types::governance::{Change, Governance, Limits};
use sealane_types::ids::{AliasId, ProposalId, VerifyingKeyId};
use sealane_wire::tls::{self, Party};
use serde_json::{Value, json};

use super::aliases::identifiers;
use super::bank::{needed, open, told, unlock};
use crate::args::{
    ChangeCommand, GovernanceWord, MemberCommand, MemberRole, ProposalCommand, StandingWord,
};
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs a `member` command.
pub async fn member(home: Option<PathBuf>, command: MemberCommand) -> Result<Report, Failure> {
    match command {
        MemberCommand::List => members(&open(home)?).await,
        MemberCommand::Request {
            dir,
            from,
            name,
            role,
            identifiers: given,
            out,
        } => request(&dir, &from, (&name, role.into()), &given, &out),
        MemberCommand::Rekey { out } => rekey(home, &out),
    }
}

fn rekey(home: Option<PathBuf>, out: &Path) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    let folder = needed(home)?;
    let request = rekey::rekey(&folder, &unlock()).map_err(ClientError::Home)?;
    files::write_new(out, &request)?;
    let shown = out.display();
    let text = format!(
        "A new signing key is in {}; until the change takes effect the home signs with the present key.\n\
         Give the members {shown}: sealane proposal new key {shown}\n\
         From the height of the change on, the home signs with the new key by itself, and deletes the old one. Back up \
         the home before that height.",
        folder.display()
    );
    let data =
        json!({"ok": true, "home": folder.display().to_string(), "request": shown.to_string()});
    Ok(Report { text, data })
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Bank => Self::Bank,
            MemberRole::Regulator => Self::Regulator,
            MemberRole::Operator => Self::Operator,
            MemberRole::Observer => Self::Observer,
        }
    }
}

fn request(
    dir: &Path,
    from: &Path,
    (name, role): (&str, Role),
    given: &[String],
    out: &Path,
) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    let genesis = read_genesis(from).map_err(Failure::invalid)?;
    let node = read_config(from).map_err(Failure::invalid)?.node();
    let identifiers = canonical_identifiers(&identifiers(given)?, &Reading::default())?;
    let passphrase = std::env::var("SEALANE_PASSPHRASE").ok();
    let newcomer = Newcomer {
        name,
        role,
        identifiers: &identifiers,
        protect: &passphrase.map_or(Protect::KeyFiles, Protect::Passphrase),
    };
    let request = join(dir, &genesis, &node, &newcomer).map_err(Failure::invalid)?;
    let party = Party::Home(name.to_owned());
    let asked = tls::request(&dir.join(tls::FOLDER), &party).map_err(Failure::invalid)?;
    let certificate = out.with_extension("csr");
    for (path, text) in [(out, &request), (&certificate, &asked)] {
        std::fs::write(path, text)
            .map_err(|error| Failure::cannot(format!("{}: {error}", path.display())))?;
    }
    let (home, out, certificate) = (dir.display(), out.display(), certificate.display());
    let text = format!(
        "The home of {name} is in {home}; it works once the members have admitted it and it may connect.\n\
         Give the members {out}: sealane proposal new admit {out}\n\
         Give the certificate authority {certificate}: sealane certificate issue --authority DIR {certificate} --out FILE\n\
         and install what comes back: sealane --home {home} certificate install FILE"
    );
    let data = json!({
        "ok": true, "home": home.to_string(), "request": out.to_string(), "certificate_request": certificate.to_string(),
    });
    Ok(Report { text, data })
}

async fn members(bank: &Bank) -> Result<Report, Failure> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    let members: Vec<Alias> = bank.members().await?;
    let name = |id: &AliasId| {
        let found = members.iter().find(|one| one.id == *id);
        found.map(|one| one.name.clone()).unwrap_or_default()
    };
    for one in &members {
        let under = match one.bank == one.id {
            true => String::new(),
            false => format!("  of {}", name(&one.bank)),
        };
        let (role, standing) = (one.role.name(), one.standing.name());
        lines.push(format!("{}  {role}  {standing}{under}", one.name));
        all.push(json!({
            "name": one.name, "role": role, "standing": standing, "alias": one.id.to_string(), "bank": name(&one.bank),
            "key": one.key.to_string(),
        }));
    }
    let governed = bank.governed().await?;
    let (words, decides) = governance(&governed.consortium.governance, &name);
    lines.push(format!("Who decides: {words}."));
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "members": all, "governance": decides, "protocol": governed.consortium.protocol}),
    })
}

fn governance(form: &Governance, name: &impl Fn(&AliasId) -> String) -> (String, Value) {
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

/// Runs a `proposal` command.
pub async fn proposal(home: Option<PathBuf>, command: ProposalCommand) -> Result<Report, Failure> {
    let bank = open(home)?;
    match command {
        ProposalCommand::New { notice, change } => {
            let change = made(&bank, change).await?;
            let what = change.name();
            let voted = bank.propose(change, notice, &told()).await?;
            Ok(decided(
                &voted,
                &format!("Proposal {} to {what}", voted.proposal),
            ))
        }
        ProposalCommand::List => proposals(&bank).await,
        ProposalCommand::Vote { number, against } => {
            let voted = bank.vote(ProposalId(number), !against, &told()).await?;
            let word = if against { "against" } else { "for" };
            Ok(decided(&voted, &format!("Voted {word} proposal {number}")))
        }
    }
}

pub(super) fn decided(voted: &Voted, begin: &str) -> Report {
    let at = voted.at;
    let text = match voted.approved {
        true => format!("{begin}: it is approved, and takes effect at height {at}."),
        false => format!(
            "{begin}: it is open, with the votes of {} of {} banks. It lapses unless enough members vote for it two blocks before height {at}.\n\
             They vote with: sealane proposal vote {}",
            voted.votes, voted.banks, voted.proposal
        ),
    };
    let data = json!({
        "ok": true, "proposal": voted.proposal.0, "at": at.0, "approved": voted.approved, "votes": voted.votes, "banks": voted.banks,
    });
    Report { text, data }
}

async fn made(bank: &Bank, change: ChangeCommand) -> Result<Change, Failure> {
    Ok(match change {
        ChangeCommand::Admit { file } => {
            let bytes = files::read(&file)?;
            let admitted = admission(&bytes, bank.home().chain());
            admitted.map_err(|error| Failure::invalid(format!("{}: {error}", file.display())))?
        }
        ChangeCommand::Key { file } => {
            let change = key_change(&files::read(&file)?, bank.home().chain());
            change.map_err(|error| Failure::invalid(format!("{}: {error}", file.display())))?
        }
        ChangeCommand::Standing { member, standing } => Change::SetStanding {
            alias: bank.member(&member).await?,
            standing: match standing {
                StandingWord::Active => Standing::Active,
                StandingWord::Suspended => Standing::Suspended,
                StandingWord::Closed => Standing::Closed,
            },
        },
        ChangeCommand::Role { member, role } => Change::SetRole {
            alias: bank.member(&member).await?,
            role: role.into(),
        },
        ChangeCommand::Power { member, power } => Change::SetPower {
            alias: bank.member(&member).await?,
            power,
        },
        ChangeCommand::Limits {
            inquiries_per_day,
            financings_per_day,
            max_hold_blocks,
            max_block_transactions,
            max_block_bytes,
        } => {
            let now = bank.parameters().await?;
            Change::SetLimits(Limits {
                inquiries_per_day: inquiries_per_day.unwrap_or(now.inquiries_per_day),
                financings_per_day: financings_per_day.unwrap_or(now.financings_per_day),
                max_hold_blocks: max_hold_blocks.unwrap_or(now.max_hold_blocks),
                max_block_transactions: max_block_transactions
                    .unwrap_or(now.max_block_transactions),
                max_block_bytes: max_block_bytes.unwrap_or(now.max_block_bytes),
            })
        }
        ChangeCommand::AcceptCircuit { id } => Change::AcceptCircuit(circuit(&id)?),
        ChangeCommand::RetireCircuit { id } => Change::RetireCircuit(circuit(&id)?),
        ChangeCommand::RetireCheck { check } => Change::RetireCheck(
            check
                .parse::<CheckRef>()
                .map_err(|error| Failure::invalid(error.to_string()))?,
        ),
        ChangeCommand::Governance { form, member } => {
            Change::SetGovernance(form_of(bank, form, member.as_deref()).await?)
        }
        ChangeCommand::Protocol { version } => Change::SetProtocol(version),
        ChangeCommand::Share { holders } => {
            let mut aliases = Vec::new();
            for holder in &holders {
                aliases.push(bank.member(holder).await?);
            }
            Change::ShareKey(aliases)
        }
    })
}

fn circuit(id: &str) -> Result<VerifyingKeyId, Failure> {
    id.parse()
        .map_err(|error| Failure::invalid(format!("{id:?} is not a verifying key's id: {error}")))
}

async fn form_of(
    bank: &Bank,
    form: GovernanceWord,
    member: Option<&str>,
) -> Result<Governance, Failure> {
    match (form, member) {
        (GovernanceWord::Members, None) => Ok(Governance::Members),
        (GovernanceWord::Leader, Some(name)) => Ok(Governance::Leader(bank.member(name).await?)),
        (GovernanceWord::Authority, Some(name)) => {
            Ok(Governance::Authority(bank.member(name).await?))
        }
        (GovernanceWord::Members, Some(_)) => Err(Failure::invalid(
            "`governance members` names nobody: all banks vote",
        )),
        (_, None) => Err(Failure::invalid(
            "name the member that leads, or the authority: sealane proposal new governance leader bank-a",
        )),
    }
}

async fn proposals(bank: &Bank) -> Result<Report, Failure> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    let members = bank.members().await?;
    let next = bank.governed().await?.next_height;
    let name = |id: &AliasId| {
        let found = members.iter().find(|one| one.id == *id);
        found.map_or_else(|| id.to_string(), |one| one.name.clone())
    };
    for (number, entry) in bank.proposals().await? {
        let lapsed = entry.stage == ProposalStage::Open && entry.at.0 < next.0.saturating_add(2);
        let stage = if lapsed {
            "lapsed".to_owned()
        } else {
            stage(&entry)
        };
        let names = |all: &[AliasId]| all.iter().map(name).collect::<Vec<_>>();
        let (approvals, rejections) = (names(&entry.approvals), names(&entry.rejections));
        lines.push(format!(
            "{number}  {}{}  from height {}  {stage}  for: {}  against: {}",
            entry.change.name(),
            subject(&entry.change, &name),
            entry.at,
            approvals.join(", "),
            if rejections.is_empty() {
                "nobody".to_owned()
            } else {
                rejections.join(", ")
            },
        ));
        all.push(json!({
            "proposal": number.0, "change": entry.change.name(), "subject": subject(&entry.change, &name).trim_start(),
            "at": entry.at.0, "stage": stage, "proposer": name(&entry.proposer), "approvals": approvals, "rejections": rejections,
        }));
    }
    if lines.is_empty() {
        lines.push("Nothing has been proposed yet: sealane proposal new --help".to_owned());
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "proposals": all}),
    })
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
        Change::SetKey { alias, .. } => format!(" {}", name(alias)),
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
        Change::ShareKey(holders) => {
            let names: Vec<String> = holders.iter().map(name).collect();
            format!(" among {}", names.join(", "))
        }
    }
}
