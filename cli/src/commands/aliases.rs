//! Commands about a bank's customers and whom it asks about.

use std::path::Path;

use sealane_client::flows::{Bank, NewCustomer, Reading, Registered};
use sealane_client::home::customers::CustomerRole;
use sealane_types::alias::{Role, Standing};
use sealane_types::text::word;
use serde_json::json;

use super::desk::{Desk, confirmed, open, open_to_read, told};
use super::ids::{identifiers, record_id};
use crate::args::{AliasCommand, CustomerKind, IdentifierArgs};
use crate::files;
use crate::outcome::{Failure, Report};

/// Runs an `alias` command.
pub async fn alias(desk: &Desk, command: AliasCommand) -> Result<Report, Failure> {
    let reads = matches!(command, AliasCommand::List);
    let bank = match reads {
        true => open_to_read(desk)?,
        false => open(desk)?,
    };
    match command {
        AliasCommand::Register {
            name,
            role,
            identifiers,
            shared,
        } => register(&bank, (name, role), identifiers, shared).await,
        AliasCommand::Amend { name, identifiers } => amend(&bank, &name, identifiers).await,
        AliasCommand::Consent {
            name,
            record,
            to,
            out,
        } => consent(&bank, &name, (&record, &to), &out).await,
        AliasCommand::List => aliases(&bank).await,
        AliasCommand::Suspend { name } => set_standing(&bank, &name, Standing::Suspended).await,
        AliasCommand::Resume { name } => set_standing(&bank, &name, Standing::Active).await,
        AliasCommand::Close { name } => set_standing(&bank, &name, Standing::Closed).await,
    }
}

/// What was typed, and how it is meant.
fn typed(given: IdentifierArgs) -> Result<(Vec<(String, String)>, Reading), Failure> {
    let reading = Reading {
        country: given.country,
        confirmed: given.confirmed,
        shared: false,
    };
    Ok((identifiers(&given.identifiers)?, reading))
}

async fn register(
    bank: &Bank,
    (name, role): (String, CustomerKind),
    given: IdentifierArgs,
    shared: bool,
) -> Result<Report, Failure> {
    let (identifiers, reading) = typed(given)?;
    let new = NewCustomer {
        name,
        role: match role {
            CustomerKind::Company => CustomerRole::Company,
            CustomerKind::Carrier => CustomerRole::Carrier,
            CustomerKind::Asked => CustomerRole::Asked,
        },
        identifiers,
        reading,
    };
    let register = async |shared| {
        let mut new = new.clone();
        new.reading.shared = shared;
        bank.register(&new, &told()).await
    };
    let registered = confirmed(shared, register).await?;
    let alias = registered.alias;
    let data = json!({
        "ok": true, "customer": new.name, "alias": alias.to_string(), "already": registered.already,
        "standing": registered.standing.name(), "identifiers": registered.identifiers,
    });
    if registered.already {
        let text = before(&new.name, &registered);
        return Ok(Report { text, data });
    }
    let next = match role {
        CustomerKind::Asked => format!("sealane inquire FILE --customer {}", word(&new.name)),
        CustomerKind::Company | CustomerKind::Carrier => {
            format!("sealane seal FILE --as {}", word(&new.name))
        }
    };
    let identifiers = listed(&registered.identifiers);
    let text = format!(
        "{} is on the chain as alias {alias}. Only this home knows whose alias it is.\nIts identifiers: {identifiers}\nNext: {next}",
        new.name
    );
    Ok(Report { text, data })
}

/// Identifiers in a line.
fn listed(identifiers: &[String]) -> String {
    match identifiers.is_empty() {
        true => "no identifier".to_owned(),
        false => identifiers.join(", "),
    }
}

/// What is said of a customer that was registered before.
fn before(name: &str, registered: &Registered) -> String {
    let identifiers = listed(&registered.identifiers);
    let named = word(name);
    let next = match registered.standing {
        Standing::Active => {
            format!("To add an identifier: sealane alias amend {named} --id SCHEME:VALUE")
        }
        Standing::Suspended => format!("To let it act again: sealane alias resume {named}"),
        Standing::Closed => {
            "A closed alias does not open again: register the company under another name, with --shared".to_owned()
        }
    };
    format!(
        "{name} was registered before, as alias {} ({}) with {identifiers}; nothing was changed.\n{next}",
        registered.alias,
        registered.standing.name()
    )
}

async fn amend(bank: &Bank, name: &str, given: IdentifierArgs) -> Result<Report, Failure> {
    if given.identifiers.is_empty() {
        return Err(Failure::invalid(
            "give the identifiers to add: --id SCHEME:VALUE",
        ));
    }
    let (identifiers, reading) = typed(given)?;
    let amended = bank.amend(name, &identifiers, &reading, &told()).await?;
    let text = match amended {
        0 => format!("{name}: nothing to do; see sealane alias list."),
        _ => format!(
            "{name}: its alias commits to them too. Documents that are inquired about or financed for the first time from now \
             on take fingerprints of them.\nA document that was inquired about or financed before keeps the identifiers of \
             then. To give it the new ones, seal it anew in the older record's place, under the same name, and finance the new \
             record: sealane seal FILE --replaces RECORD"
        ),
    };
    let data = json!({"ok": true, "customer": name, "amended": amended});
    Ok(Report { text, data })
}

async fn consent(
    bank: &Bank,
    name: &str,
    (record, to): (&str, &str),
    out: &Path,
) -> Result<Report, Failure> {
    files::must_be_new(out)?;
    let record = record_id(record)?;
    let agreed = bank.agree(name, record, to).await?;
    files::write_new(out, agreed.to_bytes())?;
    let shown = files::word(out);
    let text = format!(
        "{name} agrees that {to} finances record {record}. Give {to} {shown}: sealane finance {record} --consent {shown}"
    );
    let data = json!({
        "ok": true, "alias": agreed.alias.to_string(), "record": record.to_string(), "bank": agreed.consent.bank.to_string(),
        "file": out.display().to_string(),
    });
    Ok(Report { text, data })
}

async fn aliases(bank: &Bank) -> Result<Report, Failure> {
    let (mut lines, mut all) = (Vec::new(), Vec::new());
    for view in bank.aliases().await? {
        let role = Role::from(view.role).name();
        let standing = view.standing.map_or("not on the chain", Standing::name);
        let until = view
            .until
            .map(|until| format!("  for one trade, until height {until}"));
        let identifiers = listed(&view.identifiers);
        lines.push(format!(
            "{}  {role}  {standing}  {}{}\n  {identifiers}",
            view.customer,
            view.alias,
            until.unwrap_or_default()
        ));
        all.push(json!({
            "customer": view.customer, "alias": view.alias.to_string(), "role": role, "standing": standing,
            "until": view.until.map(|until| until.0), "identifiers": view.identifiers,
        }));
    }
    if lines.is_empty() {
        lines.push(no_customers(bank).await?);
    }
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "aliases": all}),
    })
}

/// What is said where nobody is registered.
async fn no_customers(bank: &Bank) -> Result<String, Failure> {
    let own = bank.home().alias();
    let members = bank.members().await?;
    let member = members.iter().find(|member| member.id == own);
    Ok(match member.filter(|member| member.role != Role::Bank) {
        Some(member) => format!(
            "{} is on this network as {}: only banks have customers. sealane member list shows who is a bank.",
            member.name,
            member.role.name()
        ),
        None => "This bank has registered no customer yet: sealane alias register NAME --id SCHEME:VALUE".to_owned(),
    })
}

async fn set_standing(bank: &Bank, name: &str, standing: Standing) -> Result<Report, Failure> {
    let changed = bank.set_standing(name, standing, &told()).await?;
    let word = standing.name();
    let text = match changed {
        0 => format!("{name}: nothing to do; see sealane alias list."),
        1 => format!("{name}: one alias is {word} now."),
        many => format!("{name}: {many} aliases are {word} now."),
    };
    let data = json!({"ok": true, "customer": name, "standing": word, "changed": changed});
    Ok(Report { text, data })
}
