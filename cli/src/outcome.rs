//! What a command ends with: an exit code, and one message for people or one JSON object for programs.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
#[cfg(feature = "network")]
use std::path::Path;

use serde_json::{Value, json};

use crate::terminal::{self, Unwritten};

/// Exit codes, the same for every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// It could not be done: the network or the disk failed.
    Cannot = 1,
    /// The input is not valid.
    Invalid = 2,
    /// The network's rules refuse it.
    Refused = 3,
}

impl ExitCode {
    fn name(self) -> &'static str {
        match self {
            Self::Cannot => "cannot",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
        }
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: ExitCode,
    /// What is wrong, where, and what to do.
    pub message: String,
    /// More, for `--json`.
    pub details: Value,
    /// What was found all the same: it is printed, and nothing else.
    report: Option<Box<Report>>,
}

impl Failure {
    /// The network or the disk failed.
    pub fn cannot(message: impl fmt::Display) -> Self {
        Self::new(ExitCode::Cannot, message)
    }

    /// The input is not valid.
    pub fn invalid(message: impl fmt::Display) -> Self {
        Self::new(ExitCode::Invalid, message)
    }

    /// The report is whole and says what is amiss: `ok` in its data is false.
    pub fn reported(report: Report) -> Self {
        let mut failure = Self::cannot(&report.text);
        failure.report = Some(Box::new(report));
        failure
    }

    /// A file or folder is not as it must be: the input is not valid, unless the disk beneath has failed.
    pub fn of_files(error: impl Error + 'static) -> Self {
        Self::judged(&error, error.to_string())
    }

    /// As [`Failure::of_files`], with the file that was given named before.
    #[cfg(feature = "network")]
    pub fn of_file(given: &Path, error: impl Error + 'static) -> Self {
        Self::judged(&error, format!("{}: {error}", given.display()))
    }

    fn judged(error: &(dyn Error + 'static), message: String) -> Self {
        let mut causes = std::iter::successors(Some(error), |one| (*one).source());
        match causes.any(|one| one.downcast_ref().is_some_and(is_of_the_disk)) {
            true => Self::cannot(message),
            false => Self::invalid(message),
        }
    }

    fn new(code: ExitCode, message: impl fmt::Display) -> Self {
        Self {
            code,
            message: message.to_string(),
            details: Value::Null,
            report: None,
        }
    }

    /// Prints it: one JSON object on standard output, or a message on standard error.
    pub fn print(&self, as_json: bool) {
        if let Some(report) = &self.report {
            let _ = report.print(as_json); // as below
        } else if as_json {
            let object = json!({
                "ok": false, "error": self.code.name(), "code": self.code as u8,
                "message": self.message, "details": self.details,
            });
            // the exit code says that it failed, whether or not somebody reads why
            let _ = terminal::line(&object.to_string());
        } else {
            terminal::remark(&format!("sealane: {}", self.message));
        }
    }
}

/// Whether the disk has failed: it is full, say, or cannot be written at all. Other faults are those of the path.
pub fn is_of_the_disk(error: &io::Error) -> bool {
    /// Input or output error of the device, which has no kind of its own.
    const EIO: i32 = 5;
    let of_disk = matches!(
        error.kind(),
        ErrorKind::StorageFull
            | ErrorKind::QuotaExceeded
            | ErrorKind::FileTooLarge
            | ErrorKind::ReadOnlyFilesystem
    );
    of_disk || error.raw_os_error() == Some(EIO)
}

/// What a command did: text for people and the same as data.
#[derive(Debug)]
pub struct Report {
    /// For people, without a newline at the end.
    pub text: String,
    /// For programs: an object, or null where the command has printed all there is.
    pub data: Value,
}

impl Report {
    /// Prints it on standard output.
    ///
    /// # Errors
    /// When it cannot be written: what was done is done, and somebody does not know of it.
    pub fn print(&self, as_json: bool) -> Result<(), Failure> {
        match as_json {
            true if self.data.is_null() => Ok(()),
            true => Ok(terminal::line(&self.data.to_string())?),
            false if self.text.is_empty() => Ok(()),
            false => Ok(terminal::line(&self.text)?),
        }
    }
}

impl From<Unwritten> for Failure {
    fn from(error: Unwritten) -> Self {
        Self::cannot(error)
    }
}

#[cfg(feature = "network")]
impl From<sealane_client::error::ClientError> for Failure {
    fn from(error: sealane_client::error::ClientError) -> Self {
        let code = match error.exit_code() {
            2 => ExitCode::Invalid,
            3 => ExitCode::Refused,
            _ => ExitCode::Cannot,
        };
        let mut failure = Self::new(code, &error);
        failure.details =
            json!({"name": error.name(), "reason": error.refusal().map(|reason| reason.code())});
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct InFile(io::Error);

    impl fmt::Display for InFile {
        fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(to, "net/bank-a: {}", self.0)
        }
    }

    impl Error for InFile {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_disk_that_fails_is_no_input_that_is_not_valid() {
        for (source, code) in [
            (ErrorKind::StorageFull.into(), ExitCode::Cannot),
            (ErrorKind::QuotaExceeded.into(), ExitCode::Cannot),
            (ErrorKind::FileTooLarge.into(), ExitCode::Cannot),
            (ErrorKind::ReadOnlyFilesystem.into(), ExitCode::Cannot),
            (io::Error::from_raw_os_error(5), ExitCode::Cannot),
            (ErrorKind::NotFound.into(), ExitCode::Invalid),
            (ErrorKind::PermissionDenied.into(), ExitCode::Invalid),
            (io::Error::other("not a node's"), ExitCode::Invalid),
        ] {
            let said = format!("net/bank-a: {source}");
            let failure = Failure::of_files(InFile(source));
            assert_eq!((failure.code, failure.message), (code, said));
        }
    }
}
