//! Who owns a file, for errors about files that this program may not open.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file of another user, such as one that a command of root has made before the first start of
/// the service. The message names the remedy.
#[derive(Debug)]
pub(crate) struct FileOfAnother {
    path: PathBuf,
    owner: u32,
    own: u32,
}

impl FileOfAnother {
    /// Returns the file if this error came of its owner.
    pub(crate) fn behind(error: &io::Error, path: &Path) -> Option<Self> {
        if error.kind() != io::ErrorKind::PermissionDenied {
            return None;
        }
        Self::of(path, fs::metadata(path).ok()?.uid(), own_id().ok()?)
    }

    fn of(path: &Path, owner: u32, own: u32) -> Option<Self> {
        let path = path.to_owned();
        (owner != own).then_some(Self { path, owner, own })
    }
}

impl fmt::Display for FileOfAnother {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, owner, own } = self;
        let path = path.display();
        write!(
            f,
            "{path} belongs to the user with the id {owner}, and this program, which runs as the one with the id {own}, may \
             not open it. Run it as {owner}, or as root run `chown {own} {path}`"
        )
    }
}

/// Returns the id of the user that this process runs as: the owner of a pipe that it makes. The
/// system call for it would need another crate.
pub(crate) fn own_id() -> io::Result<u32> {
    let (end, _other_end) = io::pipe()?;
    Ok(File::from(OwnedFd::from(end)).metadata()?.uid())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::os::unix::fs::MetadataExt as _;

    use super::{FileOfAnother, own_id};
    use crate::storage::testing::TempDir;

    #[test]
    fn the_owner_is_named_where_the_file_is_of_another_user() {
        let dir = TempDir::new();
        let path = dir.path().join("file");
        fs::write(&path, "").unwrap();
        let own = own_id().unwrap();
        assert_eq!(own, fs::metadata(&path).unwrap().uid());
        for kind in [ErrorKind::PermissionDenied, ErrorKind::NotFound] {
            let file = FileOfAnother::behind(&io::Error::from(kind), &path);
            assert!(file.is_none(), "{kind}: the file is our own");
        }
        assert!(FileOfAnother::of(&path, 7, 7).is_none());
        let message = FileOfAnother::of(&path, 4711, 7).unwrap().to_string();
        assert!(message.contains("the id 4711,"), "{message}");
        assert!(message.contains("run `chown 7 "), "{message}");
    }
}
