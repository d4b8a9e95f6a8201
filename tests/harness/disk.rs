//! A disk of its own for a folder, which can be filled up: a file system in memory, where this machine allows mounts.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::command::program;
use crate::faults::copy;

/// Its size. Less than RocksDB would set aside for a log of writes: what is free is then what is not written yet.
const SIZE: &str = "size=48m";
/// What fills it up.
const FILLER: &str = "filler";

/// A mounted disk; unmounted with the value.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// Puts a disk in the place of a folder that nobody uses just now, with all that is in the folder. None where mounts are not
    /// allowed.
    ///
    /// # Panics
    /// When the folder cannot be copied.
    #[must_use]
    pub fn under(folder: &Path) -> Option<Self> {
        let aside = folder.with_extension("aside");
        fs::rename(folder, &aside).expect("a folder can be moved");
        fs::create_dir(folder).expect("a folder can be made");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "sealane-test"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        let disk = mount.is_ok_and(|status| status.success()).then(|| Self {
            folder: folder.to_owned(),
        });
        copy(&aside, folder);
        fs::remove_dir_all(&aside).expect("a folder can be removed");
        disk
    }

    /// Fills it up but for so many bytes.
    ///
    /// # Panics
    /// When it does not get full.
    pub fn fill(&self, left: u64) {
        let path = self.folder.join(FILLER);
        let mut file = File::create(&path).expect("a file can be made");
        while file.write_all(&[0; 4096]).is_ok() {}
        let full = file.metadata().expect("a file has a length").len();
        let kept = full.checked_sub(left).expect("more was free");
        file.set_len(kept).expect("a file can be cut");
    }

    /// There is space again.
    ///
    /// # Panics
    /// When it was not filled.
    pub fn clear(&self) {
        fs::remove_file(self.folder.join(FILLER)).expect("it was filled");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // whoever still has a file open there keeps it until it ends
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

/// A node's program in whose process no file may have more than so many bytes; it is told so by an error, not by a signal.
#[must_use]
pub fn limited(bytes: u64) -> Command {
    let mut shell = Command::new("sh");
    let script = format!(
        "trap '' XFSZ; ulimit -f {}; exec \"$0\" node \"$@\"",
        bytes / 512
    );
    shell.args(["-c", &script]).arg(program());
    shell
}
