//! The file that a store has opened, to notice when its path leads elsewhere.
//!
//! SQLite goes on with a file that was deleted: what it writes is lost with the last connection,
//! and a new connection would find another file, or make an empty one.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use handstamp::error::StoreError;

/// A path, and the file to which it led when it was opened.
pub(super) struct OpenedFile {
    path: PathBuf,
    id: FileId,
}

impl OpenedFile {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        Ok(Self {
            path: path.to_owned(),
            id: id(&metadata),
        })
    }

    /// Fails if the path does not lead to the file any more. This is one system call on a local
    /// file system, which takes a microsecond.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let problem = match fs::metadata(&self.path) {
            Ok(metadata) if id(&metadata) == self.id => return Ok(()),
            Ok(_) => "was replaced".to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "was deleted".to_owned(),
            Err(error) => format!("cannot be looked at ({error})"),
        };
        Err(StoreError::new(format!(
            "the file of SQLite {} {problem} while it was open, and nothing is read or written any more. Stop the \
             application, put the file in its place, and start it again",
            self.path.display()
        )))
    }
}

/// What tells two files apart.
#[cfg(unix)]
type FileId = (u64, u64);

#[cfg(unix)]
fn id(metadata: &Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt as _;

    (metadata.dev(), metadata.ino())
}

/// Where it is not known, only a missing file is noticed. Windows keeps an open file in its place.
#[cfg(not(unix))]
type FileId = ();

#[cfg(not(unix))]
fn id(_: &Metadata) -> FileId {}
