//! The audit log of a running program: a thread that writes records, and handles for those who make
//! them.
//!
//! Records that come while others are written are written together, by one flush of the disk. One
//! that must be there is refused when it cannot be written. One of what happens in any case is
//! counted, and the count is the first that is written when the disk takes records again.

mod missing;
mod receipt;

use std::mem;
use std::net::IpAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_axum::handstamp::store::AccountId;
use tokio::sync::oneshot;

use super::file::{AuditFile, AuditFileError};
use super::guesses::{Guesses, Outcome};
use super::record::Record;
use super::request::AuditedRequest;
use crate::storage::clock::now;
use missing::Missing;
pub(super) use receipt::Receipt;
pub(crate) use receipt::Unwritten;

/// A handle to the audit log, which may be off: then records go nowhere, and each counts as
/// written.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuditLog(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Whether the last attempt to write has failed.
    is_failing: AtomicBool,
}

#[derive(Debug, Default)]
struct Queue {
    entries: Vec<Entry>,
    guesses: Guesses,
    missing: Missing,
    is_stopping: bool,
}

#[derive(Debug)]
struct Entry {
    record: Record,
    need: Need,
    written: oneshot::Sender<Result<(), Unwritten>>,
}

/// What follows from a record that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// It is of something that is refused then.
    Required,
    /// It is of something that has happened, and is counted as missing.
    Counted,
}

impl AuditLog {
    /// Opens the file, and starts the thread.
    pub(crate) fn open(path: &Path) -> Result<Self, AuditFileError> {
        let file = AuditFile::open(path)?;
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            is_failing: AtomicBool::new(false),
        });
        let writer = Arc::clone(&shared);
        thread::spawn(move || writer.write_to(file));
        Ok(Self(Some(shared)))
    }

    /// Writes a record of something that has happened. The answer to the current request, if there
    /// is one, waits for it; nothing fails if it cannot be written.
    pub(crate) fn record(&self, record: Record) {
        let Some(receipt) = self.push(record, Need::Counted) else {
            return;
        };
        if let Some(request) = AuditedRequest::current() {
            request.wait_for(receipt);
        }
    }

    /// Writes a record of something that has happened, and waits for it.
    pub(crate) async fn record_and_wait(&self, record: Record) -> Result<(), Unwritten> {
        match self.push(record, Need::Counted) {
            Some(receipt) => receipt.written().await,
            None => Ok(()),
        }
    }

    /// Writes the record of a log-in. If this fails, the caller undoes and refuses the log-in.
    pub(crate) async fn record_log_in(&self, record: Record) -> Result<(), Unwritten> {
        match self.push(record, Need::Required) {
            Some(receipt) => receipt.written().await,
            None => Ok(()),
        }
    }

    /// Fails while the log cannot be written, so that a log-in is refused before it changes
    /// anything.
    pub(crate) fn check(&self) -> Result<(), Unwritten> {
        match &self.0 {
            Some(shared) if shared.is_failing.load(Ordering::Relaxed) => {
                shared.lock().missing.add_refused();
                Err(Unwritten::Failing)
            }
            _ => Ok(()),
        }
    }

    /// Returns whether the log can be written, or `None` if it is off.
    pub(crate) fn is_well(&self) -> Option<bool> {
        let shared = self.0.as_ref()?;
        Some(!shared.is_failing.load(Ordering::Relaxed))
    }

    /// Counts a log-in that failed, of this account or of none.
    pub(crate) fn count_guess(
        &self,
        outcome: Outcome,
        account: Option<AccountId>,
        address: IpAddr,
    ) {
        if let Some(shared) = &self.0 {
            let now = (Instant::now(), now());
            let mut queue = shared.lock();
            queue.guesses.count(outcome, account, address, now);
        }
    }

    /// Writes what is left and a last record, and ends the thread.
    pub(crate) async fn stop(&self, last: Record) {
        let Some(shared) = &self.0 else {
            return;
        };
        let guesses = shared.lock().guesses.take();
        for record in guesses {
            drop(self.push(record, Need::Counted));
        }
        let receipt = self.push(last, Need::Counted);
        shared.lock().is_stopping = true;
        if let Some(receipt) = receipt {
            // An error is logged where it occurs.
            let _ = receipt.written().await;
        }
    }

    /// Returns `None` if the log is off.
    fn push(&self, record: Record, need: Need) -> Option<Receipt> {
        let shared = self.0.as_ref()?;
        let (written, receipt) = oneshot::channel();
        let mut queue = shared.lock();
        let entry = Entry {
            record,
            need,
            written,
        };
        if queue.is_stopping {
            queue.missing.add(entry, &Unwritten::Stopped);
        } else if queue.entries.len() < MOST_ENTRIES {
            queue.entries.push(entry);
            shared.changed.notify_all();
        } else {
            queue.missing.add(entry, &Unwritten::Busy);
        }
        Some(Receipt(receipt))
    }
}

impl Shared {
    /// Writes what comes, until the log is stopped.
    fn write_to(&self, mut file: AuditFile) {
        while let Some((entries, missing)) = self.next() {
            let gap = missing.record();
            let records = gap.iter().chain(entries.iter().map(|entry| &entry.record));
            let records: Vec<Record> = records.cloned().collect();
            if records.is_empty() {
                continue;
            }
            match file.append(&records, now()) {
                Ok(()) => {
                    if self.is_failing.swap(false, Ordering::Relaxed) {
                        tracing::info!("the audit log is written again");
                    }
                    self.lock().missing.subtract(missing);
                    for entry in entries {
                        let _ = entry.written.send(Ok(()));
                    }
                }
                Err(error) => {
                    if !self.is_failing.swap(true, Ordering::Relaxed) {
                        tracing::error!(
                            %error,
                            "the audit log cannot be written: log-ins are refused until it can"
                        );
                    }
                    let error = Unwritten::File(error.to_string().into());
                    let mut queue = self.lock();
                    for entry in entries {
                        queue.missing.add(entry, &error);
                    }
                }
            }
        }
    }

    /// Waits for records, and returns them with what is missing before them. Returns `None` when
    /// the log is stopped and nothing is left.
    ///
    /// It returns once a second in any case, for guesses whose minute has ended, and to try again
    /// after a failure.
    fn next(&self) -> Option<(Vec<Entry>, Missing)> {
        let is_idle = |queue: &mut Queue| queue.entries.is_empty() && !queue.is_stopping;
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), A_SECOND, is_idle);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if queue.entries.is_empty() && queue.is_stopping {
            return None;
        }
        let mut entries = mem::take(&mut queue.entries);
        let due = queue.guesses.take_due(Instant::now());
        entries.extend(due.into_iter().map(|record| Entry {
            record,
            need: Need::Counted,
            written: oneshot::channel().0,
        }));
        Some((entries, queue.missing))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Some megabytes. Each request waits for its records, so this is not reached before requests end.
const MOST_ENTRIES: usize = 10_000;
const A_SECOND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
