//! Limits on log-ins, by the buckets of the library in the database of users, so that several
//! servers count together.
//!
//! An attempt is charged before the password is compared, and given back if the password was
//! right: concurrent attempts are charged too, and so are those whose client disconnects. An
//! attempt that is denied is charged nowhere, so that no one makes the wait of another longer by
//! trying.
//!
//! [`Attempt`] says which buckets an attempt needs.

mod attempt;
mod key;

use std::time::Duration;

use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::limit::{Bucket, Quota};

pub(crate) use attempt::Attempt;
pub(crate) use key::Key;

use crate::storage::limits::Limits;

/// Decides about attempts to log in.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Limits);

/// The attempt is one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Denied {
    /// The time until all buckets hold an attempt again.
    pub(crate) retry_after: Duration,
}

impl Throttle {
    pub(crate) fn new(limits: Limits) -> Self {
        Self(limits)
    }

    /// Returns what would be decided about this attempt. It charges nothing, so that a client that
    /// is denied causes no writes by trying again, and waits for no one.
    pub(crate) async fn peek(&self, attempt: &Attempt) -> Result<Result<(), Denied>, StoreError> {
        // What is charged together with an empty bucket is charged nowhere.
        let mut buckets = attempt.buckets().to_vec();
        buckets.push(Bucket::new("always empty", Quota::new(0, A_SECOND)));
        let seen = self.0.charge(&buckets).await?;
        let retry_after = seen.wait(attempt.buckets());
        Ok(if retry_after.is_zero() {
            Ok(())
        } else {
            Err(Denied { retry_after })
        })
    }

    /// Charges this attempt to each of its buckets, or to none of them.
    pub(crate) async fn charge(&self, attempt: &Attempt) -> Result<Result<(), Denied>, StoreError> {
        let charged = self.0.charge(attempt.buckets()).await?;
        Ok(if charged.is_charged {
            Ok(())
        } else {
            let retry_after = charged.wait(attempt.buckets());
            Err(Denied { retry_after })
        })
    }

    /// Gives the attempt back because the password was right.
    pub(crate) async fn reset(&self, attempt: &Attempt) -> Result<(), StoreError> {
        self.0.refund(attempt.counting_failures()).await
    }

    /// Removes buckets that are full, and returns their number.
    pub(crate) async fn purge(&self) -> Result<u64, StoreError> {
        self.0.purge().await
    }
}

const A_SECOND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
