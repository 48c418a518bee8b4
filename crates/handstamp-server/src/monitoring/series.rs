//! The series of this program. Each has all values of its label from the start, and no more.

use std::fmt;

use metrics::{Counter, Gauge, counter, describe_counter, describe_gauge, gauge};

/// What becomes of a log-in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LogInResult {
    Granted,
    /// A wrong name or password, or a user who is disabled.
    Wrong,
    /// Too many have failed.
    Limited,
    /// Too many passwords wait.
    Busy,
    /// A demo user from outside.
    DemoUser,
    /// A database, the store of sessions or the audit log did not do its part.
    Failed,
}

/// Counts log-ins by their results.
#[derive(Debug, Clone)]
pub(crate) struct LogIns {
    granted: Counter,
    wrong: Counter,
    limited: Counter,
    busy: Counter,
    demo_user: Counter,
    failed: Counter,
}

impl LogIns {
    pub(crate) fn new() -> Self {
        describe_counter!(LOG_INS, LOG_INS_HELP);
        let counter = |result: &'static str| counter!(LOG_INS, "result" => result);
        Self {
            granted: counter("granted"),
            wrong: counter("wrong"),
            limited: counter("limited"),
            busy: counter("busy"),
            demo_user: counter("demo_user"),
            failed: counter("failed"),
        }
    }

    pub(crate) fn count(&self, result: LogInResult) {
        let counter = match result {
            LogInResult::Granted => &self.granted,
            LogInResult::Wrong => &self.wrong,
            LogInResult::Limited => &self.limited,
            LogInResult::Busy => &self.busy,
            LogInResult::DemoUser => &self.demo_user,
            LogInResult::Failed => &self.failed,
        };
        counter.increment(1);
    }
}

/// Counts the passwords that wait to be compared or hashed, or are.
#[derive(Clone)]
pub(crate) struct PasswordQueue(Gauge);

impl PasswordQueue {
    pub(crate) fn new() -> Self {
        describe_gauge!(PASSWORD_QUEUE, PASSWORD_QUEUE_HELP);
        Self(gauge!(PASSWORD_QUEUE))
    }

    pub(crate) fn enter(&self) -> InQueue {
        self.0.increment(1);
        InQueue(self.0.clone())
    }
}

impl fmt::Debug for PasswordQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordQueue")
    }
}

/// One password in the queue, until it is dropped.
#[must_use = "it has left the queue"]
pub(crate) struct InQueue(Gauge);

impl Drop for InQueue {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

impl fmt::Debug for InQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InQueue")
    }
}

/// Records which version runs.
pub(crate) fn record_version() {
    describe_gauge!(BUILD_INFO, BUILD_INFO_HELP);
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1);
}

const LOG_INS: &str = "handstamp_log_ins_total";
const LOG_INS_HELP: &str = "Attempts to log in by name and password, by their result.";

const PASSWORD_QUEUE: &str = "handstamp_password_queue";
const PASSWORD_QUEUE_HELP: &str =
    "Passwords that are compared or hashed now, and those that wait for it.";

const BUILD_INFO: &str = "handstamp_build_info";
const BUILD_INFO_HELP: &str = "The version that runs; the value is always 1.";
