//! Files that survive a kill: written whole or not at all, and locked against a second process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use thiserror::Error;

/// Why the disk did not do what was asked.
#[derive(Debug, Error)]
pub enum DiskError {
    /// Reading, writing or renaming failed.
    #[error("{}: {action}: {source}{}", path.display(), advice(source))]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file is larger than anything this home writes there.
    #[error("{}: the file has {length} bytes, at most {limit} are expected", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length in bytes.
        length: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Another process works in this folder.
    #[error("{}: another sealane process is working in this home; wait for it to end, or give --wait SECONDS", path.display())]
    Busy {
        /// The home's folder.
        path: PathBuf,
    },
}

/// What to do where a file is another user's.
fn advice(source: &io::Error) -> &'static str {
    match source.kind() == io::ErrorKind::PermissionDenied {
        true => "; the home and all that is in it must belong to the user that works with it",
        false => "",
    }
}

/// Turns a system error into ours.
pub(crate) fn io_error(
    action: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> DiskError + use<> {
    let path = path.to_owned();
    move |source| DiskError::Io {
        action,
        path,
        source,
    }
}

/// The prefix of files that a kill may leave half written; a home removes them when it opens.
const UNFINISHED: &str = ".unfinished-";

/// Writes a file whole: into a file beside it, to the disk, renamed over the old one, and the
/// folder to the disk. After a crash the file is the old one or the new one. Only the owner can
/// read it.
///
/// # Errors
/// When any step fails; the old file is then still there.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let (folder, name) = split(path)?;
    let beside = folder.join(format!("{UNFINISHED}{name}"));
    let written = write_synced(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder(&folder));
    written.map_err(io_error("could not be written", path))
}

/// Removes a file if it is there, and brings that to the disk.
///
/// # Errors
/// When the file cannot be removed.
pub fn remove(path: &Path) -> Result<(), DiskError> {
    let (folder, _) = split(path)?;
    let removed = match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.and_then(|()| sync_folder(&folder)),
    };
    removed.map_err(io_error("could not be removed", path))
}

/// Reads a file of at most `limit` bytes; `None` when there is none.
///
/// # Errors
/// When it cannot be read or is larger.
pub fn read_optional(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, DiskError> {
    let failed = |source| io_error("could not be read", path)(source);
    let length = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(failed)?.len(),
    };
    if length > limit {
        let path = path.to_owned();
        return Err(DiskError::TooLarge {
            path,
            length,
            limit,
        });
    }
    fs::read(path).map(Some).map_err(failed)
}

/// Reads a file of at most `limit` bytes that must be there.
///
/// # Errors
/// When it is absent, cannot be read or is larger.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
    let none = "there is no such file; put it back from a backup of the home";
    let absent =
        || io_error("could not be read", path)(io::Error::new(io::ErrorKind::NotFound, none));
    read_optional(path, limit)?.ok_or_else(absent)
}

/// Makes a folder that only its owner can enter, and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), DiskError> {
    fs::create_dir_all(path)
        .and_then(|()| restrict(path))
        .map_err(io_error("could not be made", path))
}

/// The names of the files in a folder that end in `suffix`, in order; none when there is no folder.
///
/// # Errors
/// When the folder cannot be read.
pub fn names(folder: &Path, suffix: &str) -> Result<Vec<String>, DiskError> {
    let failed = |source| io_error("could not be read", folder)(source);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy().into_owned();
        if name.ends_with(suffix) && !name.starts_with(UNFINISHED) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Removes what a kill left half written in a folder.
///
/// # Errors
/// When the folder cannot be read or a file in it not be removed.
pub fn sweep(folder: &Path) -> Result<(), DiskError> {
    let failed = |source| io_error("could not be swept", folder)(source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path()).map_err(failed)?;
        }
    }
    Ok(())
}

/// How often a process that waits looks whether a folder is free.
const PAUSE: Duration = Duration::from_millis(50);

/// Holds a folder for this process alone until dropped, or until the process dies.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `folder`.
    ///
    /// # Errors
    /// [`DiskError::Busy`] while another process holds it.
    pub fn take(folder: &Path) -> Result<Self, DiskError> {
        Self::take_within(folder, Duration::ZERO)
    }

    /// As [`Lock::take`]; where another process holds the folder, this thread waits at most `wait` for that one's end.
    ///
    /// # Errors
    /// [`DiskError::Busy`] if another process holds it still.
    pub fn take_within(folder: &Path, wait: Duration) -> Result<Self, DiskError> {
        let begun = Instant::now();
        loop {
            match Self::try_take(folder) {
                Err(DiskError::Busy { .. }) if begun.elapsed() < wait => std::thread::sleep(PAUSE),
                taken => return taken,
            }
        }
    }

    fn try_take(folder: &Path) -> Result<Self, DiskError> {
        let path = folder.join("lock");
        let failed = |source| io_error("could not be locked", &path)(source);
        let mut options = OpenOptions::new();
        let file = options.create(true).truncate(false).write(true);
        let file = file.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DiskError::Busy {
                path: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

fn split(path: &Path) -> Result<(PathBuf, String), DiskError> {
    let invalid = || io_error("is not a file's path", path)(io::ErrorKind::InvalidInput.into());
    let name = path.file_name().ok_or_else(invalid)?;
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).to_owned();
    Ok((folder, name.to_string_lossy().into_owned()))
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_user_says_whose_it_must_be() {
        let told = |kind: io::ErrorKind| {
            let error = io_error("could not be read", Path::new("home.toml"))(kind.into());
            error.to_string()
        };
        let denied = told(io::ErrorKind::PermissionDenied);
        assert!(denied.contains("must belong to the user"), "{denied}");
        assert!(!told(io::ErrorKind::StorageFull).contains("belong"));
    }

    #[test]
    fn a_half_written_file_is_swept_and_the_old_one_stays() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("entry.json");
        write_atomic(&path, b"old").expect("written");
        let half = folder.path().join(".unfinished-entry.json");
        fs::write(&half, b"ne").expect("written");
        assert_eq!(names(folder.path(), ".json").expect("read"), ["entry.json"]);
        sweep(folder.path()).expect("swept");
        assert!(!half.exists());
        assert_eq!(read(&path, 10).expect("read"), b"old");
    }

    #[test]
    fn a_folder_is_held_by_one_at_a_time() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = Lock::take(folder.path()).expect("free");
        let second = Lock::take(folder.path());
        assert!(matches!(second, Err(DiskError::Busy { .. })));
        let path = folder.path().to_owned();
        let waits = std::thread::spawn(move || Lock::take_within(&path, Duration::from_secs(600)));
        drop(first);
        let held = waits.join().expect("no panic").expect("free again");
        assert!(Lock::take(folder.path()).is_err());
        drop(held);
        Lock::take(folder.path()).expect("free again");
    }

    #[test]
    fn a_file_above_its_limit_is_not_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("big");
        write_atomic(&path, &[0; 11]).expect("written");
        assert!(matches!(read(&path, 10), Err(DiskError::TooLarge { .. })));
        assert!(
            read_optional(&folder.path().join("none"), 10)
                .expect("absent")
                .is_none()
        );
    }
}
