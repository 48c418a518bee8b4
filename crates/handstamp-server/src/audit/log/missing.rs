//! What the log does not have, until a record tells of it.

use handstamp_axum::handstamp::clock::UnixTime;

use super::receipt::Unwritten;
use super::{Entry, Need};
use crate::audit::record::{By, Details, Event, Record};
use crate::audit::time::rfc3339;
use crate::storage::clock::now;

/// Records that could not be written, and log-ins that were refused for want of one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Missing {
    since: Option<UnixTime>,
    records: u64,
    refused_log_ins: u64,
}

impl Missing {
    /// Counts a record that was not written, and tells whoever waits for it.
    pub(super) fn add(&mut self, entry: Entry, error: &Unwritten) {
        self.since.get_or_insert_with(now);
        match entry.need {
            Need::Required => self.refused_log_ins += 1,
            Need::Counted => {
                self.records += 1;
                let record = entry.record.event;
                tracing::error!(%error, ?record, "a record is missing in the audit log");
            }
        }
        let _ = entry.written.send(Err(error.clone()));
    }

    /// Counts a log-in that was refused without a try to write its record.
    pub(super) fn add_refused(&mut self) {
        self.since.get_or_insert_with(now);
        self.refused_log_ins += 1;
    }

    /// Takes off what a record has told.
    pub(super) fn subtract(&mut self, written: Self) {
        self.records -= written.records;
        self.refused_log_ins -= written.refused_log_ins;
        if self.records == 0 && self.refused_log_ins == 0 {
            self.since = None;
        }
    }

    /// Returns the record that tells of it, if anything is missing.
    pub(super) fn record(self) -> Option<Record> {
        let since = rfc3339(self.since?);
        let refused_log_ins = self.refused_log_ins;
        let record = Record::new(Event::Gap, By::Service).counting(self.records);
        Some(record.with(Details::Gap {
            since,
            refused_log_ins,
        }))
    }
}
