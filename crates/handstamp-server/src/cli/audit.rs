//! The audit log that arguments and environment name, and the command that verifies it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::arguments::{AuditCommand, StorageArguments};
use super::environment::Environment;
use super::failure::Failure;
use super::output::print;
use crate::audit::verify::{Gaps, Intact, verify};
use crate::audit::{AuditFileError, AuditLog, Head};

/// Opens the audit log, or returns one that is off if none is named.
pub(super) fn open(path: Option<&Path>) -> Result<AuditLog, AuditFileError> {
    path.map_or_else(|| Ok(AuditLog::default()), AuditLog::open)
}

pub(super) async fn execute(
    command: AuditCommand,
    storage: &StorageArguments,
) -> Result<(), Failure> {
    let AuditCommand::Verify { mut files, expect } = command;
    if files.is_empty() {
        files.extend(storage.audit_log(&Environment::of_this_process()));
    }
    if files.is_empty() {
        return Err(Failure::usage(
            "no audit log to verify: name its files, or set --audit-log or HANDSTAMP_AUDIT_LOG",
        ));
    }
    let verified = tokio::task::spawn_blocking(move || check(&files, expect.as_ref())).await;
    print(&verified.map_err(Failure::new)??)
}

fn check(files: &[PathBuf], expect: Option<&Head>) -> Result<String, Failure> {
    let intact = verify(files, expect).map_err(Failure::new)?;
    Ok(describe(&intact))
}

fn describe(intact: &Intact) -> String {
    let Intact {
        records,
        ends,
        gaps,
        torn,
    } = intact;
    let Some((first, head)) = ends else {
        return "no records\n".to_owned();
    };
    let mut text = format!("{records} records ({first} to {}), intact", head.sequence());
    if gaps.count > 0 {
        let Gaps {
            count,
            missing,
            refused_log_ins,
        } = gaps;
        let _ = write!(
            text,
            "; gaps: {count}, in which {missing} records are missing and {refused_log_ins} \
             log-ins were refused"
        );
    }
    if *torn > 0 {
        let _ = write!(text, "; lines that a crash cut off: {torn}");
    }
    let _ = writeln!(text, "\nhead {head}");
    text
}
