//! `sealane certificate`: who may connect.

mod authority;
mod revoke;

use std::path::{Path, PathBuf};

use sealane_client::home::read_config;
use sealane_client::network::AUTHORITY;
use sealane_node::NodeHome;
use sealane_wire::tls::{self, Authority, Installed, Issued, Party, Trust, Which};
use serde_json::json;

use super::network::nodes::NODE;
use crate::args::CertificateCommand;
use crate::files;
use crate::outcome::{Failure, Report};

/// How a file of certificates begins: such a file, and no other, is written over.
const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Runs a `certificate` command.
pub fn run(command: CertificateCommand, home: Option<&Path>) -> Result<Report, Failure> {
    match command {
        CertificateCommand::Request { out } => request(needed(home)?, &out),
        CertificateCommand::Issue {
            authority,
            request,
            out,
            days,
        } => issue(&authority, &request, &out, days),
        CertificateCommand::Install {
            file,
            add_authority,
            only_authority,
        } => {
            let trust = match (add_authority, only_authority) {
                (true, _) => Trust::Add,
                (_, true) => Trust::Only,
                _ => Trust::Present,
            };
            install(needed(home)?, &file, trust)
        }
        CertificateCommand::Authority {
            authority,
            network,
            out,
        } => authority::create(&authority, &network, &out),
        CertificateCommand::Renew { dir, only, days } => renew(&dir, &only, days),
        CertificateCommand::Revoke {
            authority,
            kind,
            name,
            older,
            serial,
            all: _,
            out,
            dir,
        } => {
            let party = party(&kind, &name)?;
            let which = match serial {
                Some(serial) => Which::Serial(serial),
                None if older => Which::Older,
                None => Which::All,
            };
            revoke::run(&authority, &party, which, (out.as_deref(), dir.as_deref()))
        }
        CertificateCommand::List { authority } => list(&authority),
    }
}

fn needed(home: Option<&Path>) -> Result<&Path, Failure> {
    let missing = "name the home or the node's folder: --home DIR";
    home.ok_or_else(|| Failure::invalid(missing))
}

fn party(kind: &str, name: &str) -> Result<Party, Failure> {
    match kind {
        "node" => Ok(Party::Node(name.to_owned())),
        "home" => Ok(Party::Home(name.to_owned())),
        other => Err(Failure::invalid(format!(
            "{other}: certificates are of a `node` or a `home`"
        ))),
    }
}

/// Whose folder this is: a member's home, or a node's.
fn party_of(folder: &Path) -> Result<Party, Failure> {
    match folder.join("node.toml").exists() {
        true => {
            let node = NodeHome::open(folder).map_err(Failure::of_files)?;
            Ok(Party::Node(node.name()))
        }
        false => {
            let config = read_config(folder).map_err(Failure::of_files)?;
            Ok(Party::Home(config.name))
        }
    }
}

fn request(home: &Path, out: &Path) -> Result<Report, Failure> {
    files::must_have_folder(out)?;
    let party = party_of(home)?;
    let request = tls::request(&home.join(tls::FOLDER), &party).map_err(Failure::cannot)?;
    files::write(out, &request)?;
    let text = format!(
        "The {party} has a new key; the request for its certificate is in {out}.\nGive that file to the consortium's authority, which runs: \
         sealane certificate issue --authority DIR {out} --out FILE",
        out = files::word(out)
    );
    let data = json!({"ok": true, "name": party.dns_name(), "request": out.display().to_string()});
    Ok(Report { text, data })
}

fn issue(authority: &Path, request: &Path, out: &Path, days: u32) -> Result<Report, Failure> {
    files::must_have_folder(out)?;
    let text = String::from_utf8(files::read(request)?);
    let text = text.map_err(|_| {
        let shown = request.display();
        Failure::invalid(format!("{shown}: is not a request for a certificate"))
    })?;
    if std::fs::read(out).is_ok_and(|there| !there.starts_with(CERTIFICATE)) {
        return Err(Failure::invalid(format!(
            "--out {}: exists already and is no certificate, so it is not overwritten; nothing was issued",
            out.display()
        )));
    }
    let mut authority = Authority::open(authority).map_err(Failure::of_files)?;
    let issued = authority.issue(&text, days);
    let issued = issued.map_err(|error| Failure::of_file(request, error))?;
    files::write(out, &issued.bundle)?;
    let text = format!(
        "{} may connect until {}. Send {out} back, to be installed there: sealane certificate install {out} --home DIR",
        issued.name,
        day(issued.ends),
        out = files::word(out)
    );
    let data =
        json!({"ok": true, "name": issued.name, "serial": issued.serial, "ends": day(issued.ends)});
    Ok(Report { text, data })
}

fn install(home: &Path, file: &Path, trust: Trust) -> Result<Report, Failure> {
    let known = ["home.toml", "node.toml"];
    if !known.iter().any(|name| home.join(name).is_file()) {
        return Err(Failure::invalid(format!(
            "{}: is neither a member's home nor a node's folder (it has no home.toml and no node.toml); nothing was installed",
            home.display()
        )));
    }
    let given = files::read(file)?;
    if is_request(&given) {
        return Err(Failure::invalid(format!(
            "{}: is a request for a certificate. What is installed is the certificate that the authority issues for it: sealane \
             certificate issue --authority DIR {} --out FILE",
            file.display(),
            files::word(file)
        )));
    }
    let installed = tls::install_with(&home.join(tls::FOLDER), &given, trust);
    let installed = installed.map_err(|error| Failure::of_file(file, error))?;
    let text = format!(
        "{}; a running node applies it within seconds.{}",
        taken(&installed, trust),
        match installed.older {
            0 => "",
            _ =>
                " The revocation list in the file is older than the one here, which stays: the newest one counts.",
        }
    );
    let data = json!({
        "ok": true, "certificate": installed.identity, "authorities": installed.authorities, "lists": installed.revoked,
        "new_authorities": installed.new, "older_lists": installed.older,
    });
    Ok(Report { text, data })
}

/// Whether this is what `certificate request` writes.
fn is_request(given: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE REQUEST-----";
    given.trim_ascii_start().starts_with(BEGIN)
}

/// What is in use from now on.
fn taken(installed: &Installed, trust: Trust) -> &'static str {
    match installed {
        Installed { identity: true, .. } => "The certificate is in use",
        _ if trust == Trust::Only => "The authority in the file is trusted, and no other any more",
        Installed { new: 1.., .. } => "The new authority is trusted beside the present one",
        Installed { revoked: 0, .. } => "The authority was trusted already",
        _ => "The authority's list is in use",
    }
}

/// The nodes' folders and homes of a network on this machine.
fn folders(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(dir);
    let entries =
        entries.map_err(|error| Failure::invalid(format!("{}: {error}", dir.display())))?;
    let mut found = vec![dir.join(NODE)];
    for entry in entries.flatten() {
        found.extend([entry.path(), entry.path().join(NODE)]);
    }
    found.retain(|folder| folder.join("home.toml").exists() || folder.join("node.toml").exists());
    found.sort();
    found.dedup();
    Ok(found)
}

fn renew(dir: &Path, only: &[String], days: u32) -> Result<Report, Failure> {
    let only = match only {
        [] => None,
        [kind, name] => Some(party(kind, name)?),
        _ => return Err(Failure::invalid("name one as `node NAME` or `home NAME`")),
    };
    let mut authority = Authority::open(&dir.join(AUTHORITY)).map_err(Failure::of_files)?;
    let mut renewed = Vec::new();
    for folder in folders(dir)? {
        let party = party_of(&folder)?;
        if only.as_ref().is_some_and(|only| *only != party) {
            continue;
        }
        let done = tls::equip(&folder.join(tls::FOLDER), &party, &mut authority, days);
        done.map_err(Failure::cannot)?;
        renewed.push(party);
    }
    if renewed.is_empty() {
        let shown = dir.display();
        return Err(Failure::invalid(format!(
            "{shown}: has no such node or home"
        )));
    }
    let lines: Vec<String> = renewed
        .iter()
        .map(|party| format!("The {party} has a new key and certificate."))
        .collect();
    let names: Vec<String> = renewed.iter().map(Party::dns_name).collect();
    Ok(Report {
        text: format!(
            "{}\nRunning nodes apply them within seconds. The earlier certificates stay valid until they end. To revoke those of one:\n  \
             sealane certificate revoke --authority {} KIND NAME --older --dir {}",
            lines.join("\n"),
            files::word(&dir.join(AUTHORITY)),
            files::word(dir)
        ),
        data: json!({"ok": true, "renewed": names}),
    })
}

fn list(authority: &Path) -> Result<Report, Failure> {
    let authority = Authority::open(authority).map_err(Failure::of_files)?;
    let line = |one: &Issued| {
        let revoked = one.revoked.map(|at| format!("  revoked {}", day(at)));
        format!(
            "{:>5}  {}  until {}{}",
            one.serial,
            one.name,
            day(one.ends),
            revoked.unwrap_or_default()
        )
    };
    let lines: Vec<String> = authority.issued().iter().map(line).collect();
    let all: Vec<_> = authority.issued().iter().map(|one| {
        json!({"serial": one.serial, "name": one.name, "ends": day(one.ends), "revoked": one.revoked.map(day)})
    }).collect();
    Ok(Report {
        text: lines.join("\n"),
        data: json!({"ok": true, "issued": all}),
    })
}

/// A day, as `YYYY-MM-DD`.
fn day(seconds: i64) -> String {
    let time = chrono::DateTime::from_timestamp(seconds, 0);
    time.map_or_else(|| "?".to_owned(), |time| time.date_naive().to_string())
}
