//! A log in files of bounded size.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

fn id(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

/// A file that is followed by others before it becomes too large.
pub(super) struct Rotating {
    path: PathBuf,
    file: File,
    /// Which file it is: the numbers of its device and of itself.
    id: (u64, u64),
    written: u64,
    most: u64,
    older: u32,
}

impl Rotating {
    pub(super) fn open(path: &Path, most: u64, older: u32) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let known = file.metadata()?;
        Ok(Self {
            path: path.to_owned(),
            file,
            id: id(&known),
            written: known.len(),
            most,
            older,
        })
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }

    /// Begins the next file; the oldest one goes.
    fn turn(&mut self) -> io::Result<()> {
        for number in (1..self.older).rev() {
            let (from, to) = (self.numbered(number), self.numbered(number + 1));
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        match fs::rename(&self.path, self.numbered(1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => self.begin(),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        *self = Self::open(&self.path, self.most, self.older)?;
        Ok(())
    }

    /// Whether the file is still at its path: somebody may have deleted it, or moved it away.
    fn is_there(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|now| id(&now) == self.id)
    }
}

impl Write for Rotating {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if !self.is_there() {
            // where none can be made there the lines go on into the one that is open
            let _ = self.begin();
        }
        let length = line.len() as u64;
        if self.written > 0 && self.written.saturating_add(length) > self.most {
            // where that fails the file grows on: a log that is too large is better than none; looked at again later
            if self.turn().is_err() {
                self.written = 0;
            }
        }
        let count = self.file.write(line)?;
        self.written = self.written.saturating_add(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_so_many_files_of_so_many_bytes_and_goes_on_where_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("node.log");
        for part in 0..5 {
            let mut log = Rotating::open(&path, 100, 3).expect("opened");
            for line in 0..10 {
                let line = format!("{part}-{line} of twenty b\n");
                log.write_all(line.as_bytes()).expect("written");
            }
        }
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|one| one.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["node.log", "node.log.1", "node.log.2", "node.log.3"]
        );
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a file");
        let all = ["node.log.3", "node.log.2", "node.log.1", "node.log"].map(read);
        assert!(all.iter().all(|text| text.len() <= 100), "{all:?}");
        let lines: Vec<String> = all.concat().lines().map(str::to_owned).collect();
        let made =
            (0..5).flat_map(|part| (0..10).map(move |line| format!("{part}-{line} of twenty b")));
        let made: Vec<String> = made.collect();
        assert_eq!(
            lines,
            made[made.len() - lines.len()..],
            "none is lost in between"
        );
        assert!(lines.len() > 15);
    }

    /// The lines after it went into the deleted file for ever, and its blocks were never free again.
    #[test]
    fn a_file_that_is_deleted_or_moved_away_is_begun_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("node.log");
        let read = |path: &Path| fs::read_to_string(path).expect("a file");
        let mut log = Rotating::open(&path, 100, 3).expect("opened");
        log.write_all(b"first\n").expect("written");
        fs::remove_file(&path).expect("deleted");
        log.write_all(b"second\n").expect("written");
        assert_eq!(read(&path), "second\n");
        let away = folder.path().join("away");
        fs::rename(&path, &away).expect("moved");
        log.write_all(b"third\n").expect("written");
        assert_eq!(read(&path), "third\n");
        assert_eq!(read(&away), "second\n");
        // deleted between the look and the turn
        fs::remove_file(&path).expect("deleted");
        log.turn().expect("turned");
        log.write_all(b"fourth\n").expect("written");
        assert_eq!(read(&path), "fourth\n");
        fs::remove_dir_all(folder.path()).expect("deleted");
        log.write_all(b"fifth\n")
            .expect("nowhere to begin anew: no fault");
    }
}
