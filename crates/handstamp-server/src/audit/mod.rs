//! The audit log: a file with one line of JSON for each log-in, log-out, revocation, change of a
//! user and replay, each bound to the line before it by a hash.
//!
//! It takes records, and says of each whether it is on the disk. It decides nothing: whoever
//! records a log-in refuses it when the record cannot be written. No password, token or session id
//! is in a record, and no name that no account has.

mod chain;
mod file;
mod guesses;
mod log;
mod record;
mod request;
mod session_events;
mod time;
pub(crate) mod verify;

pub(crate) use chain::Head;
pub(crate) use file::{AuditFile, AuditFileError};
pub(crate) use guesses::Outcome;
pub(crate) use log::{AuditLog, Unwritten};
pub(crate) use record::{By, Event, Record};
pub(crate) use request::{AuditedRequest, Client, in_same_request};
pub(crate) use session_events::record as record_session_event;
