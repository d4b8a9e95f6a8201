//! `sealane certificate revoke`: certificates hold no more, and the nodes are told.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sealane_wire::tls::{self, Authority, Issued, Party, Which};
use serde_json::json;

use super::folders;
use crate::files::{word, write};
use crate::outcome::{Failure, Report};

/// Revokes in the register of the authority in `folder`, writes its list to `to.0` and installs it in the folders of
/// the network `to.1`. Said again it revokes nothing more, and writes and installs the present list again.
pub(super) fn run(
    folder: &Path,
    party: &Party,
    which: Which,
    to: (Option<&Path>, Option<&Path>),
) -> Result<Report, Failure> {
    let mut authority = Authority::open(folder).map_err(Failure::of_files)?;
    let revoked = authority.revoke(party, which).map_err(Failure::cannot)?;
    let (revoked, left) = revoked;
    let before = earlier(&authority, party, which);
    if revoked.is_empty() && (before.is_empty() || (which == Which::All && left > 0)) {
        return Err(nothing(folder, &authority, party, which));
    }
    let list = authority.published().map_err(Failure::cannot)?;
    let (given, missing) = hand_out(&list, to);
    let (again, serials) = match revoked.is_empty() {
        true => (" already", &before),
        false => ("", &revoked),
    };
    let numbers: Vec<String> = serials.iter().map(u64::to_string).collect();
    let mut text = format!(
        "Revoked{again} of the {party}: serial {}. {} {}",
        numbers.join(", "),
        stays(&authority, party, which),
        rest(folder, given, to.0, !missing.is_empty()),
    );
    for reason in &missing {
        text.push_str(&format!("\nThe list is missing there: {reason}"));
    }
    let data = json!({
        "ok": missing.is_empty(), "name": party.dns_name(), "revoked": revoked.len(), "serials": serials, "left": left, "given": given,
        "already": revoked.is_empty(), "missing": missing,
    });
    let report = Report { text, data };
    match missing.is_empty() {
        true => Ok(report),
        false => Err(Failure::reported(report)),
    }
}

/// The serial numbers of those that were meant and are revoked, now or before.
fn earlier(authority: &Authority, party: &Party, which: Which) -> Vec<u64> {
    let name = party.dns_name();
    let all = authority.issued().iter();
    let of_party = all.filter(|one| one.name == name && one.revoked.is_some());
    let meant = of_party.filter(|one| match which {
        Which::All | Which::Older => true,
        Which::Serial(serial) => one.serial == serial,
    });
    meant.map(|one| one.serial).collect()
}

/// Why nothing was revoked.
fn nothing(folder: &Path, authority: &Authority, party: &Party, which: Which) -> Failure {
    let name = party.dns_name();
    if authority.issued().iter().all(|one| one.name != name) {
        return Failure::invalid(format!(
            "this authority has issued no certificate to the {party}; nothing was revoked. sealane certificate list --authority {} shows \
             to whom it has: a node's name is that of its certificate, node-a for instance, and a home's is the member's",
            word(folder)
        ));
    }
    let none = match which {
        Which::All => format!("the {party} has no valid certificate of this authority"),
        Which::Older => format!("the {party} has no valid certificate besides its newest"),
        Which::Serial(serial) => format!(
            "the {party} has no valid certificate with serial {serial} (sealane certificate list)"
        ),
    };
    Failure::invalid(format!("{none}; nothing was revoked"))
}

/// Writes and installs the list: how many folders have it, and which of all places have not, with the reason.
fn hand_out(list: &str, (out, dir): (Option<&Path>, Option<&Path>)) -> (usize, Vec<String>) {
    let (mut given, mut missing) = (0, Vec::new());
    if let Some(Err(failure)) = out.map(|out| write(out, list)) {
        missing.push(failure.message);
    }
    let found: Result<Vec<PathBuf>, Failure> = dir.map_or(Ok(Vec::new()), folders);
    let found = found.unwrap_or_else(|failure| {
        missing.push(failure.message);
        Vec::new()
    });
    for folder in found {
        match tls::install(&folder.join(tls::FOLDER), list.as_bytes()) {
            Ok(_) => given += 1,
            Err(error) => missing.push(format!("{}: {error}", folder.display())),
        }
    }
    (given, missing)
}

/// What of the party's certificates stays valid.
fn stays(authority: &Authority, party: &Party, which: Which) -> String {
    let name = party.dns_name();
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_secs());
    let holds = |one: &Issued| {
        one.revoked.is_none() && u64::try_from(one.ends).is_ok_and(|ends| ends > now)
    };
    let all = authority.issued().iter();
    let valid = all.filter(|one| one.name == name && holds(one));
    let valid: Vec<&Issued> = valid.collect();
    match valid.as_slice() {
        [] => "It has no valid certificate of this authority left, and cannot connect with one any more.".to_owned(),
        [one] if which == Which::Older => format!(
            "Serial {}, issued {}, stays valid: make sure that it is installed.",
            one.serial,
            made(one)
        ),
        [one] => format!(
            "Its certificate with serial {}, issued {}, stays valid.",
            one.serial,
            made(one)
        ),
        several => format!("{} of its certificates stay valid.", several.len()),
    }
}

fn made(one: &Issued) -> String {
    let made = one
        .made
        .and_then(|made| chrono::DateTime::from_timestamp(made, 0));
    made.map_or_else(
        || "at a time that the register does not say".to_owned(),
        |made| made.format("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// What is still to be done.
fn rest(folder: &Path, given: usize, out: Option<&Path>, failed: bool) -> String {
    let list = folder.join("revoked.pem");
    let list = list.display();
    match (given, out) {
        _ if failed => format!(
            "They are revoked at the authority, and the list that says so is {list}; {given} nodes and homes have it. Once the reason below is \
             removed, type the same command again, or install that file (sealane certificate install)."
        ),
        (0, None) => format!(
            "No node has the new list yet: install {list} at each (sealane certificate install)."
        ),
        (0, Some(out)) => format!(
            "Give {} to each node: sealane certificate install.",
            out.display()
        ),
        (given, _) => {
            format!("{given} nodes and homes have the new list, and apply it within seconds.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What of a revocation could not be written could not be written later either: a repeat said that nothing was
    /// revoked.
    #[test]
    fn what_fails_in_the_middle_is_named_and_is_made_good_by_a_repeat() {
        let folder = tempfile::tempdir().expect("a folder");
        let (network, own) = (folder.path().join("net"), folder.path().join("authority"));
        let mut authority = Authority::create(&own, "test").expect("an authority");
        let party = Party::Home("bank-a".to_owned());
        let homes = ["a", "b", "c"].map(|name| network.join(name));
        for home in &homes {
            let tls = home.join(tls::FOLDER);
            tls::equip(&tls, &party, &mut authority, 1).expect("a certificate");
            std::fs::write(home.join("home.toml"), "").expect("written");
        }
        drop(authority);
        let list = homes[1].join(tls::FOLDER).join("revoked.pem");
        let aside = folder.path().join("aside");
        std::fs::rename(homes[1].join(tls::FOLDER), &aside).expect("moved");
        std::fs::write(homes[1].join(tls::FOLDER), "no folder").expect("written");
        let nowhere = folder.path().join("nowhere/list.pem");
        let failed = run(&own, &party, Which::Older, (Some(&nowhere), Some(&network)));
        let told = failed.expect_err("two places have no list").message;
        for said in [
            "serial 1, 2.",
            "Serial 3, issued 2",
            "make sure that it is installed",
            "2 nodes and homes have it",
            "nowhere/list.pem",
            &homes[1].display().to_string(),
        ] {
            assert!(told.contains(said), "{said}: {told}");
        }
        std::fs::remove_file(homes[1].join(tls::FOLDER)).expect("removed");
        std::fs::rename(&aside, homes[1].join(tls::FOLDER)).expect("back");
        let out = folder.path().join("list.pem");
        let again = run(&own, &party, Which::Older, (Some(&out), Some(&network)));
        let again = again.expect("done").text;
        assert!(again.starts_with("Revoked already of"), "{again}");
        assert!(again.contains("3 nodes and homes have the new list"));
        assert!(list.is_file() && out.is_file());
        let all = run(&own, &party, Which::All, (None, None));
        let all = all.expect("done").text;
        assert!(all.contains("no valid certificate of this authority left"));
        let never = run(&own, &party, Which::Serial(9), (None, None));
        let never = never.expect_err("there is none").message;
        assert!(never.contains("nothing was revoked"), "{never}");
    }
}
