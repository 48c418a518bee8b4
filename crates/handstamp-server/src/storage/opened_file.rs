//! The file of a database that was opened, to notice when its path leads elsewhere.
//!
//! SQLite goes on with a file that was deleted: users that are added are lost when the server
//! stops. The store of sessions notices it by itself, and this is for the other tables.

use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A path, and the device and inode to which it led when it was opened.
#[derive(Debug)]
pub(crate) struct OpenedFile {
    path: PathBuf,
    id: (u64, u64),
}

impl OpenedFile {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            id: id(path)?,
        })
    }

    /// Fails if the path does not lead to the file any more. This is one system call on a local
    /// file system, which takes a microsecond.
    pub(crate) fn check(&self) -> Result<(), FileGone> {
        let problem = match id(&self.path) {
            Ok(id) if id == self.id => return Ok(()),
            Ok(_) => "was replaced".to_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => "was deleted".to_owned(),
            Err(error) => format!("cannot be looked at ({error})"),
        };
        let path = self.path.clone();
        Err(FileGone { path, problem })
    }
}

fn id(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((metadata.dev(), metadata.ino()))
}

/// The path does not lead to the file that was opened.
#[derive(Debug)]
pub(crate) struct FileGone {
    path: PathBuf,
    problem: String,
}

impl fmt::Display for FileGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, problem } = self;
        write!(
            f,
            "the file of the database {} {problem} while it was open, and nothing is read or written any more. Stop the \
             service, put the file in its place, from a backup if need be, and start it again. Without the file, a start \
             makes a database without users",
            path.display()
        )
    }
}
