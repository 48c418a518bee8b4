//! The file of the audit log, to which several processes append.
//!
//! A lock of the file is held for each append, and the end of the file is read again if another
//! process has appended meanwhile. So the server and the commands that change users share one
//! chain. A file that was moved away is followed by a new one at its path, whose first line
//! continues the chain.

mod error;
mod former;
mod tail;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_axum::handstamp::clock::UnixTime;

use super::chain::Head;
use super::record::{By, Details, Event, Record};
use super::time::rfc3339;
use crate::storage::missing::Missing;
use crate::storage::owner::{FileOfAnother, own_id};
pub(crate) use error::AuditFileError;
use error::Problem;
use tail::Tail;

/// An open file, and the end of its chain.
#[derive(Debug)]
pub(crate) struct AuditFile {
    path: PathBuf,
    file: File,
    /// The device and the inode.
    id: (u64, u64),
    head: Head,
    /// The length up to which `head` is known.
    len: u64,
    /// Bytes of torn lines that were removed, and that no record tells of yet.
    torn: u64,
}

impl AuditFile {
    /// Opens the file, or creates one that only this user can read. Fails if it is not a file of
    /// records that this program may continue.
    pub(crate) fn open(path: &Path) -> Result<Self, AuditFileError> {
        let explain = |problem| AuditFileError::new(path, problem);
        let file = open(path, Missing::Create).map_err(explain)?;
        let id = id(&file).map_err(|error| explain(error.into()))?;
        let mut opened = Self {
            path: path.to_owned(),
            file,
            id,
            head: Head::NONE,
            len: 0,
            torn: 0,
        };
        opened.read_end_at_start().map_err(explain)?;
        Ok(opened)
    }

    /// Checks the same without making a file. Returns whether there is one.
    pub(crate) fn check(path: &Path) -> Result<bool, AuditFileError> {
        let explain = |problem| AuditFileError::new(path, problem);
        if !path.exists() {
            let folder = path.parent().unwrap_or(path);
            let is_there = folder.as_os_str().is_empty() || folder.is_dir();
            return if is_there {
                Ok(false)
            } else {
                Err(explain(io::Error::from(io::ErrorKind::NotFound).into()))
            };
        }
        let file = open(path, Missing::Refuse).map_err(explain)?;
        let read = || {
            let tail = Tail::read(&file, file.metadata()?.len())?;
            tail.head().map(|_| true)
        };
        read().map_err(explain)
    }

    /// Appends records, all or none, and returns when they are on the disk.
    pub(super) fn append(
        &mut self,
        records: &[Record],
        now: UnixTime,
    ) -> Result<(), AuditFileError> {
        let appended = self.lock().and_then(|()| {
            let done = self.append_locked(records, now);
            self.file.unlock()?;
            done
        });
        appended.map_err(|problem| AuditFileError::new(&self.path, problem))
    }

    fn append_locked(&mut self, records: &[Record], now: UnixTime) -> Result<(), Problem> {
        self.catch_up()?;
        let torn = (self.torn > 0).then(|| {
            let bytes = self.torn;
            Record::new(Event::Torn, By::Service).with(Details::Bytes { bytes })
        });
        let time = rfc3339(now);
        let (mut text, mut head) = (String::new(), self.head.clone());
        for record in torn.iter().chain(records) {
            let (line, next) = head.line(&time, &record.members()?);
            text.push_str(&line);
            head = next;
        }
        let written = self.file.write_all(text.as_bytes());
        if let Err(error) = written.and_then(|()| self.file.sync_data()) {
            // A part may have been written. Where it cannot be removed, it is a torn line.
            let _ = self.file.set_len(self.len);
            return Err(error.into());
        }
        self.len += text.len() as u64;
        self.head = head;
        self.torn = 0;
        Ok(())
    }

    /// Takes the lock of the file at the path, which is another file once the former was moved.
    fn lock(&mut self) -> Result<(), Problem> {
        loop {
            lock(&self.file)?;
            match std::fs::metadata(&self.path) {
                Ok(metadata) if (metadata.dev(), metadata.ino()) == self.id => return Ok(()),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
            // What others have appended before they noticed it too.
            self.catch_up()?;
            let file = open(&self.path, Missing::Create)?;
            self.id = id(&file)?;
            // The former lock ends with its file.
            self.file = file;
            self.len = 0;
        }
    }

    fn read_end_at_start(&mut self) -> Result<(), Problem> {
        lock(&self.file)?;
        let len = self.file.metadata()?.len();
        let tail = Tail::read(&self.file, len)?;
        self.len = tail.end;
        self.head = match tail.head()? {
            Some(head) => head,
            None => former::head(&self.path)?.unwrap_or(Head::NONE),
        };
        self.file.unlock()?;
        Ok(())
    }

    /// Reads the end of the file again if it has changed, and removes a torn line.
    ///
    /// Where the end is no longer one that continues what this process has written, the chain goes
    /// on from what it remembers: so `verify` finds the place.
    fn catch_up(&mut self) -> Result<(), Problem> {
        let len = self.file.metadata()?.len();
        if len == self.len {
            return Ok(());
        }
        let tail = Tail::read(&self.file, len)?;
        match tail.head() {
            // Others have appended, to this file or to the new one.
            Ok(Some(head)) if self.len == 0 || head.sequence > self.head.sequence => {
                self.head = head;
            }
            Ok(Some(_)) if len > self.len && tail.end == self.len => {}
            // Emptied by a tool that had copied it, or new.
            Ok(None) if len == 0 || self.len == 0 => {}
            Err(problem) if self.len == 0 => return Err(problem),
            _ => tracing::error!(
                path = %self.path.display(),
                "lines of the audit log were removed or changed by another program: \
                 `handstamp audit verify` tells where"
            ),
        }
        self.len = tail.end;
        if tail.end < len {
            self.file.set_len(tail.end)?;
            self.torn += len - tail.end;
        }
        Ok(())
    }
}

fn open(path: &Path, missing: Missing) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    let opened = match (options.open(path), missing) {
        (Err(error), Missing::Create) if error.kind() == io::ErrorKind::NotFound => create(path),
        (opened, _) => opened,
    };
    let file = opened.map_err(|error| {
        FileOfAnother::behind(&error, path).map_or_else(|| Problem::from(error), Problem::OfAnother)
    })?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Problem::NotAFile);
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o022 != 0 {
        return Err(Problem::Mode(mode));
    }
    // Root, who runs a command, uses the file of the service.
    let (owner, own) = (metadata.uid(), own_id()?);
    if owner != own && owner != 0 && own != 0 {
        return Err(Problem::Owner { owner, own });
    }
    Ok(file)
}

/// Creates the file, or opens the one that another process has created meanwhile.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    let created = options.clone().create_new(true).mode(0o600).open(path);
    let file = match created {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return options.open(path),
        created => created?,
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")))?;
    if own_id()? == 0 {
        // A command of root may run before the service, which has to write the file as well.
        let metadata = folder.metadata()?;
        fchown(&file, Some(metadata.uid()), Some(metadata.gid()))?;
    }
    // Its name is on the disk before its first record.
    folder.sync_all()?;
    Ok(file)
}

/// Waits for the lock, which processes hold for one append.
fn lock(file: &File) -> Result<(), Problem> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) if start.elapsed() > LONGEST_WAIT => {
                return Err(Problem::Locked);
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

fn id(file: &File) -> io::Result<(u64, u64)> {
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

const LONGEST_WAIT: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
