//! Key files that others can read are named in the log when the node starts: whoever reads them signs in its name.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use sealane_wire::tls;

/// The folders in which the keys are.
const FOLDERS: [&str; 3] = ["", "shares", tls::FOLDER];

/// Names each key file that is not its owner's alone.
pub(crate) fn warn(folder: &Path) {
    for path in open_to_others(folder) {
        tracing::warn!(
            "others can read or write {}, which holds a key: chmod 600, and let the key be replaced if somebody may have read it",
            path.display()
        );
    }
}

fn is_key(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let endings = [".age", ".key", "key.txt", "identity.pem"];
    endings.iter().any(|ending| name.ends_with(ending))
}

fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let entries = FOLDERS
        .iter()
        .filter_map(|inner| fs::read_dir(folder.join(inner)).ok());
    let paths = entries.flatten().flatten().map(|entry| entry.path());
    let open = |path: &PathBuf| {
        let found = fs::metadata(path);
        is_key(path)
            && found.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0)
    };
    let mut found: Vec<PathBuf> = paths.filter(open).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_files_that_others_can_read_are_found() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("shares")).expect("a folder");
        fs::create_dir(folder.path().join(tls::FOLDER)).expect("a folder");
        let files = [
            "genesis.bin",
            "key.txt",
            "shares/1.share.age",
            "tls/authority.pem",
            "tls/identity.pem",
            "validator.age",
        ];
        let set = |name: &str, mode: u32| {
            let path = folder.path().join(name);
            fs::write(&path, []).expect("written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("set");
            path
        };
        for file in files {
            set(file, 0o600);
        }
        assert_eq!(open_to_others(folder.path()), Vec::<PathBuf>::new());
        let opened = [files[1], files[2], files[4]].map(|file| set(file, 0o666));
        set(files[0], 0o666);
        set(files[3], 0o644);
        assert_eq!(open_to_others(folder.path()), opened);
        assert_eq!(
            open_to_others(&folder.path().join("nowhere")),
            Vec::<PathBuf>::new()
        );
    }
}
