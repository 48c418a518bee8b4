//! Whether a record is on the disk, for whoever waits for it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

/// The answer of the thread about one record.
#[derive(Debug)]
pub(in crate::audit) struct Receipt(pub(super) oneshot::Receiver<Result<(), Unwritten>>);

impl Receipt {
    /// Waits until the record is on the disk. A disk that hangs is not waited for longer than a
    /// request may take.
    pub(in crate::audit) async fn written(self) -> Result<(), Unwritten> {
        match tokio::time::timeout(LONGEST_WAIT, self.0).await {
            Ok(Ok(written)) => written,
            Ok(Err(_)) => Err(Unwritten::Stopped),
            Err(_) => Err(Unwritten::Busy),
        }
    }
}

/// A record was not written.
#[derive(Debug, Clone)]
pub(crate) enum Unwritten {
    File(Arc<str>),
    /// The last records could not be written.
    Failing,
    /// The disk does not answer.
    Busy,
    Stopped,
}

impl Unwritten {
    /// Returns whether the record may be written all the same, later.
    pub(crate) fn is_uncertain(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => f.write_str(error),
            Self::Failing => f.write_str("the audit log cannot be written"),
            Self::Busy => f.write_str("the audit log: the disk does not answer in time"),
            Self::Stopped => f.write_str("the audit log is closed: the service stops"),
        }
    }
}

impl std::error::Error for Unwritten {}

const LONGEST_WAIT: Duration = Duration::from_secs(5);
