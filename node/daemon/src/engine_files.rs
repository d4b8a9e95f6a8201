//! The engine's own files, looked at before it starts: its words for what is wrong name neither file nor remedy.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use sealane_consensus::EngineError;
use thiserror::Error;

/// What a log of the engine begins with: its version, big-endian, and the height. An empty one is new.
const VERSION: [u8; 4] = 1_u32.to_be_bytes();
const HEADER: usize = 12;

const AWAY: &str = "Move `consensus/` away and start the node again: what it has signed stands in `signed`, so that it signs \
                    nothing twice; the others have the blocks";
const OWNER: &str = "`consensus/` and all that is in it must belong to the user that runs the node, who reads and writes them";
const ROOM: &str = "Make room on its disk and start the node again";
const LIMIT: &str = "A limit on the size of files stops the node (`ulimit -f`; LimitFSIZE of systemd): raise it and start the \
                     node again";

/// A file of the engine cannot be read or written.
#[derive(Debug, Error)]
#[error("{}: {reason}. {advice}", path.display())]
pub struct EngineFileError {
    /// The file or folder.
    path: PathBuf,
    /// Why.
    reason: String,
    /// What to do.
    advice: &'static str,
}

/// What to do about a file that cannot be read or written.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is another's, and grows"
)]
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => OWNER,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ROOM,
        ErrorKind::FileTooLarge => LIMIT,
        _ => AWAY,
    }
}

fn failed(path: &Path, error: &io::Error) -> EngineFileError {
    EngineFileError {
        path: path.to_path_buf(),
        reason: error.to_string(),
        advice: advice(error),
    }
}

/// That the engine can read and write what is in its folder, which is made where there is none.
pub(crate) fn check(folder: &Path) -> Result<(), EngineFileError> {
    let (proposals, log) = (folder.join("proposals"), folder.join("votes.log"));
    for folder in [folder, &proposals] {
        writable(folder).map_err(|error| failed(folder, &error))?;
    }
    check_log(&log).map_err(|error| failed(&log, &error))
}

/// Why an engine that ran has stopped, with what to do where the disk is the reason.
pub(crate) fn told(error: &EngineError) -> String {
    let words = error.to_string();
    let full = ["No space left", "quota exceeded"];
    let denied = ["ermission denied", "ead-only file"];
    let advice = match (error, &words) {
        // the store has said already what to do
        (_, words)
            if ["Make room", "LimitFSIZE"]
                .iter()
                .any(|said| words.contains(said)) =>
        {
            return words.clone();
        }
        (_, words) if full.iter().any(|full| words.contains(full)) => ROOM,
        (_, words) if words.contains("File too large") => LIMIT,
        (EngineError::Network(_) | EngineError::File { .. }, words)
            if denied.iter().any(|one| words.contains(one)) =>
        {
            OWNER
        }
        (EngineError::Network(_), words) if words.contains("ended by itself") => {
            "The log says why before this. If the disk is full, make room and start the node again"
        }
        _ => return words,
    };
    format!("{words}. {advice}")
}

fn check_log(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    if file.metadata()?.len() == 0 {
        return Ok(());
    }
    let mut header = [0; HEADER];
    let read = file.read_exact(&mut header);
    let whole = read.is_ok() && header.starts_with(&VERSION);
    whole.then_some(()).ok_or_else(|| {
        io::Error::new(
            ErrorKind::InvalidData,
            "is damaged: no log of this engine begins so",
        )
    })
}

/// That a file can be made in a folder.
fn writable(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let probe = folder.join("probe.new");
    File::create(&probe)?;
    fs::remove_file(probe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_of_garbage_and_a_folder_that_is_none_are_named_with_what_to_do() {
        let node = tempfile::tempdir().expect("a folder");
        let folder = node.path().join("consensus");
        let path = folder.join("votes.log");
        check(&folder).expect("a new one");
        assert!(!path.exists(), "nothing is left of the look");
        fs::write(&path, []).expect("written");
        check(&folder).expect("an empty one");
        fs::write(&path, [VERSION.as_slice(), &[0; 8]].concat()).expect("written");
        check(&folder).expect("one without entries");
        for garbage in [&b"garbage of some length"[..], &VERSION[..]] {
            fs::write(&path, garbage).expect("written");
            let said = check(&folder).expect_err("garbage").to_string();
            assert!(said.contains("votes.log: is damaged"), "{said}");
            assert!(said.contains("Move `consensus/` away"), "{said}");
        }
        fs::remove_file(&path).expect("removed");
        fs::remove_dir(folder.join("proposals")).expect("removed");
        fs::write(folder.join("proposals"), []).expect("a file in its place");
        let said = check(&folder).expect_err("no folder").to_string();
        assert!(said.contains("consensus/proposals"), "{said}");
    }

    #[test]
    fn a_full_disk_and_another_owner_are_no_damage() {
        let said =
            |kind: ErrorKind| failed(Path::new("consensus/proposals"), &kind.into()).to_string();
        assert!(said(ErrorKind::StorageFull).contains("Make room"));
        assert!(said(ErrorKind::FileTooLarge).contains("raise it and start"));
        assert!(said(ErrorKind::PermissionDenied).contains("must belong to the user"));
        assert!(said(ErrorKind::PermissionDenied).contains("consensus/proposals"));
        let ran = |words: &str| told(&EngineError::Network(words.to_owned()));
        assert!(ran("No space left on device (os error 28)").contains("Make room"));
        assert!(ran("Permission denied (os error 13)").contains("must belong"));
        assert!(ran("File too large (os error 27)").contains("raise it and start"));
        let file = |kind: ErrorKind| {
            told(&EngineError::File {
                path: "consensus/proposals".into(),
                source: kind.into(),
            })
        };
        assert!(
            file(ErrorKind::PermissionDenied).contains("consensus/proposals: permission denied. `")
        );
        assert!(ran("the consensus engine has ended by itself").contains("If the disk is full"));
        assert_eq!(ran("a fault"), "consensus: a fault");
    }
}
