//! Why the file of the audit log cannot be used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::storage::owner::FileOfAnother;

/// The file cannot be opened or written. The message names the remedy.
#[derive(Debug)]
pub(crate) struct AuditFileError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
pub(super) enum Problem {
    Io(io::Error),
    OfAnother(FileOfAnother),
    NotAFile,
    Mode(u32),
    Owner { owner: u32, own: u32 },
    NoRecord,
    Locked,
}

impl AuditFileError {
    pub(super) fn new(path: &Path, problem: Problem) -> Self {
        let path = path.to_owned();
        Self { path, problem }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::Io(error.into())
    }
}

impl fmt::Display for AuditFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            Problem::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                write!(f, "the audit log {path}: its folder does not exist")
            }
            Problem::Io(error) => write!(f, "the audit log {path}: {error}"),
            Problem::OfAnother(file) => write!(f, "the audit log {file}"),
            Problem::NotAFile => write!(f, "the audit log {path} is not a regular file"),
            Problem::Mode(mode) => write!(
                f,
                "the audit log {path} has mode {mode:03o}: other users of this host can write it. \
                 Run `chmod go-w {path}`"
            ),
            Problem::Owner { owner, own } => write!(
                f,
                "the audit log {path} belongs to the user with the id {owner}, who can change it, \
                 and this program runs as the one with the id {own}. Run it as {owner}, or \
                 run `chown {own} {path}`"
            ),
            Problem::NoRecord => write!(
                f,
                "the audit log {path}: its last line is no record of handstamp. Run \
                 `handstamp audit verify {path}`, and move the file away: a new one is created"
            ),
            Problem::Locked => write!(
                f,
                "the audit log {path}: another process holds its lock and does not go on"
            ),
        }
    }
}

impl std::error::Error for AuditFileError {}
