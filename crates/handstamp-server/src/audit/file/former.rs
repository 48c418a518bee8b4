//! The file that was at the path before it was moved, for a process that has not seen it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::super::chain::{Head, Line};
use super::tail::Tail;

/// Returns the newest head of the files whose names begin as that of this one and go on with `.`
/// or `-`, as logrotate names them: `audit.log.1`, `audit.log-20260131`. What is compressed is no
/// record.
pub(super) fn head(path: &Path) -> io::Result<Option<Head>> {
    let Some(name) = path.file_name() else {
        return Ok(None);
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut newest: Option<Head> = None;
    for entry in fs::read_dir(folder.unwrap_or(Path::new(".")))? {
        let entry = entry?;
        let other = entry.file_name();
        let rest = other
            .as_encoded_bytes()
            .strip_prefix(name.as_encoded_bytes());
        if !rest.is_some_and(|rest| rest.starts_with(b".") || rest.starts_with(b"-"))
            || !entry.file_type()?.is_file()
        {
            continue;
        }
        let Some(head) = last(&entry.path())? else {
            continue;
        };
        if newest
            .as_ref()
            .is_none_or(|newest| newest.sequence < head.sequence)
        {
            newest = Some(head);
        }
    }
    Ok(newest)
}

fn last(path: &Path) -> io::Result<Option<Head>> {
    let file = File::open(path)?;
    let tail = Tail::read(&file, file.metadata()?.len())?;
    let line = tail.line.as_deref().and_then(Line::read);
    Ok(line.filter(Line::is_unchanged).map(|line| line.head()))
}
