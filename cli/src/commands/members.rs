//! Commands about who takes part: the members, what they propose and vote on.

use std::path::Path;

use sealane_client::error::ClientError;
use sealane_client::flows::{Bank, Reading, canonical_identifiers};
use sealane_client::home::unlock::PASSPHRASE;
use sealane_client::home::{check_passphrase, read_config, read_genesis, rekey};
use sealane_client::join::{Newcomer, admission, join, key_change};
use sealane_client::network::Protect;
use sealane_types::alias::{Alias, Role, Standing, check_name};
use sealane_types::governance::{Change, Governance, Limits};
use sealane_types::ids::{AliasId, ProposalId, VerifyingKeyId};
use sealane_wire::tls::{self, Party};
use serde_json::{Value, json};

use super::desk::{Desk, open, open_to_read, told, unlock};
use super::ids::identifiers;
use super::proposals::{self, decided, governance};
use crate::args::{
    ChangeCommand, GovernanceWord, MemberCommand, MemberRole, ProposalCommand, StandingWord,
};
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs a `member` command.
pub async fn member(desk: &Desk, command: MemberCommand) -> Result<Report, Failure> {
    match command {
        MemberCommand::List => members(&open_to_read(desk)?).await,
        MemberCommand::Request {
            dir,
            from,
            name,
            role,
            identifiers: given,
            out,
        } => request(&dir, &from, (&name, role.into()), &given, &out),
        MemberCommand::Rekey { out } => rekey(desk, &out),
    }
}

fn rekey(desk: &Desk, out: &Path) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    let folder = desk.home()?;
    let request = rekey::rekey(folder, &unlock(), desk.wait).map_err(ClientError::Home)?;
    files::write_new(out, &request)?;
    let shown = files::word(out);
    let made: Value = serde_json::from_str(&request).unwrap_or_default();
    let key = made["key"].as_str().unwrap_or_default();
    let text = format!(
        "A new signing key, {key}, is in {}; until the change takes effect the home signs with the present key.\n\
         Give the members {shown}: sealane proposal new key {shown}\n\
         From the height of the change on, the home signs with the new key by itself, and deletes the old one. Back up \
         the home before that height.",
        folder.display()
    );
    let data = json!({
        "ok": true, "home": folder.display().to_string(), "request": out.display().to_string(), "key": key,
    });
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
    check_name(name).map_err(|error| {
        Failure::invalid(format!(
            "--name {name:?}: {error}; take a short one, such as bank-e"
        ))
    })?;
    let genesis = read_genesis(from).map_err(Failure::of_files)?;
    if genesis.aliases.iter().any(|alias| alias.name == name) {
        return Err(Failure::invalid(format!(
            "--name {name}: another member of this network has this name; choose another one"
        )));
    }
    let node = read_config(from).map_err(Failure::of_files)?.node();
    let identifiers = canonical_identifiers(&identifiers(given)?, &Reading::default())?;
    let passphrase = std::env::var(PASSPHRASE).ok();
    let checked = passphrase.as_deref().map(check_passphrase);
    checked.transpose().map_err(Failure::invalid)?;
    let newcomer = Newcomer {
        name,
        role,
        identifiers: &identifiers,
        protect: &passphrase.map_or(Protect::KeyFiles, Protect::Passphrase),
    };
    let request = join(dir, &genesis, &node, &newcomer).map_err(Failure::of_files)?;
    let party = Party::Home(name.to_owned());
    let asked = tls::request(&dir.join(tls::FOLDER), &party).map_err(Failure::of_files)?;
    let certificate = out.with_extension("csr");
    for (path, text) in [(out, &request), (&certificate, &asked)] {
        files::write(path, text)?;
    }
    let data = json!({
        "ok": true, "home": dir.display().to_string(), "request": out.display().to_string(),
        "certificate_request": certificate.display().to_string(),
    });
    let (home, out, certificate) = (
        files::word(dir),
        files::word(out),
        files::word(&certificate),
    );
    let text = format!(
        "The home of {name} is in {home}; it works once the members have admitted it and it may connect.\n\
         Give the members {out}: sealane proposal new admit {out}\n\
         Give the certificate authority {certificate}: sealane certificate issue --authority DIR {certificate} --out FILE\n\
         and install what comes back: sealane --home {home} certificate install FILE"
    );
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

/// Runs a `proposal` command.
pub async fn proposal(desk: &Desk, command: ProposalCommand) -> Result<Report, Failure> {
    let reads = matches!(
        command,
        ProposalCommand::List | ProposalCommand::Show { .. }
    );
    let bank = match reads {
        true => open_to_read(desk)?,
        false => open(desk)?,
    };
    match command {
        ProposalCommand::New {
            notice,
            unknown,
            change,
        } => {
            let change = made(&bank, change).await?;
            bank.check_change(&change, unknown).await?;
            let what = match matches!(change, Change::SetKey { .. }) {
                true => proposals::words(&bank, &change).await?, // which key it is
                false => change.name().to_owned(),
            };
            let voted = bank.propose(change, notice, &told()).await?;
            Ok(decided(
                &voted,
                &format!("Proposal {} to {what}", voted.proposal),
            ))
        }
        ProposalCommand::List => proposals::list(&bank).await,
        ProposalCommand::Show { number } => proposals::show(&bank, ProposalId(number)).await,
        ProposalCommand::Vote {
            number,
            against,
            unknown,
        } => {
            let number = ProposalId(number);
            let change = proposals::change_of(&bank, number).await?;
            if !against {
                bank.check_change(&change, unknown).await?;
            }
            let what = proposals::words(&bank, &change).await?;
            let voted = bank.vote(number, !against, &told()).await?;
            let word = if against { "against" } else { "for" };
            let mut report = decided(&voted, &format!("Voted {word} proposal {number} to {what}"));
            report.data["change"] = json!(what);
            Ok(report)
        }
    }
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
        (GovernanceWord::Leader, Some(name)) => Ok(Governance::Leader(decider(bank, name).await?)),
        (GovernanceWord::Authority, Some(name)) => {
            Ok(Governance::Authority(decider(bank, name).await?))
        }
        (GovernanceWord::Members, Some(_)) => Err(Failure::invalid(
            "`governance members` names nobody: all banks vote",
        )),
        (_, None) => Err(Failure::invalid(
            "name the member that leads, or the authority: sealane proposal new governance leader bank-a",
        )),
    }
}

/// The member that is to decide: one that has a home to vote with.
async fn decider(bank: &Bank, name: &str) -> Result<AliasId, Failure> {
    let id = bank.member(name).await?;
    let members = bank.members().await?;
    let role = members.iter().find(|one| one.id == id).map(|one| one.role);
    match role.filter(|role| !role.may_decide()) {
        None => Ok(id),
        Some(role) => Err(Failure::invalid(format!(
            "{name} has the role {}: who decides must be a bank or a regulator, as no home votes in another's name; nothing was proposed",
            role.name()
        ))),
    }
}
