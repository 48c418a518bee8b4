//! What a command that changes a user notes in the audit log.

use std::path::Path;
use std::sync::OnceLock;

use super::arguments::UserCommand;
use super::audit;
use super::failure::Failure;
use crate::accounts::user_name::UserName;
use crate::audit::{AuditLog, By, Event, Record};
use crate::storage::audit_place;
use crate::storage::database::Database;
use crate::storage::owner::own_id;

/// The records of a command in the audit log.
pub(super) struct Notes {
    log: AuditLog,
    is_given: bool,
    uid: u32,
    /// Why the first one could not be written.
    unwritten: OnceLock<String>,
}

impl Notes {
    /// Opens the audit log, if there is one. A command that gives access changes nothing without
    /// it; one that takes access away is carried out all the same, and fails afterwards.
    pub(super) fn new(command: &UserCommand, path: Option<&Path>) -> Result<Self, Failure> {
        let path = match command {
            UserCommand::List => None,
            _ => path,
        };
        let mut notes = Self {
            log: AuditLog::default(),
            is_given: path.is_some(),
            uid: own_id().map_err(Failure::new)?,
            unwritten: OnceLock::new(),
        };
        match audit::open(path) {
            Ok(log) => notes.log = log,
            Err(error) => notes.go_without(command, error.to_string())?,
        }
        Ok(notes)
    }

    /// Compares with what the server has recorded: a change that the audit log of the server should
    /// have needs one.
    pub(super) async fn compare(
        &self,
        command: &UserCommand,
        database: &Database,
    ) -> Result<(), Failure> {
        if self.is_given || matches!(command, UserCommand::List) {
            return Ok(());
        }
        match audit_place::recorded(database).await? {
            Some(path) => self.go_without(
                command,
                format!(
                    "the server keeps an audit log in {path}, and this command was given none. Add \
                     --audit-log {path}, or set HANDSTAMP_AUDIT_LOG"
                ),
            ),
            None => Ok(()),
        }
    }

    /// Refuses a command that gives access, and takes a note for one that takes it away.
    fn go_without(&self, command: &UserCommand, error: String) -> Result<(), Failure> {
        if let UserCommand::Disable { .. } | UserCommand::Remove { .. } = command {
            self.unwritten.get_or_init(|| error);
            Ok(())
        } else {
            Err(Failure::usage(format!("{error}; nothing was changed")))
        }
    }

    /// Adds what was done with the user.
    pub(super) async fn add(&self, event: Event, name: &UserName) {
        self.write(Record::new(event, By::Command).of_user(name.as_str()))
            .await;
    }

    /// Adds how many sessions of the user were ended.
    pub(super) async fn count(&self, name: &UserName, ended: usize) {
        let record = Record::new(Event::SessionsRevoked, By::Command).of_user(name.as_str());
        self.write(record.counting(ended as u64)).await;
    }

    async fn write(&self, record: Record) {
        let record = record.by_operator(self.uid);
        if let Err(error) = self.log.record_and_wait(record).await {
            self.unwritten.get_or_init(|| error.to_string());
        }
    }

    /// Fails if a record is missing.
    pub(super) fn complete(self) -> Result<(), Failure> {
        match self.unwritten.into_inner() {
            Some(error) => Err(Failure::new(format!(
                "this was done, and the audit log has no record of it: {error}"
            ))),
            None => Ok(()),
        }
    }
}
