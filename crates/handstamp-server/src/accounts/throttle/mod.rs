//! Limits on log-ins, as buckets in the database, so that several servers count together.
//!
//! A bucket holds a number of attempts, and fills again at a steady rate (the [generic cell rate
//! algorithm](https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm)). An attempt is charged
//! before the password is compared, and given back if the password was right: concurrent attempts
//! are charged too, and so are those whose client disconnects. An attempt that is denied is
//! charged nowhere, so that no one makes the wait of another longer by trying.
//!
//! [`Attempt`] says which buckets an attempt needs.

mod attempt;
mod key;

use std::time::Duration;

use handstamp_axum::handstamp::clock::UnixTime;

pub(crate) use attempt::Attempt;
pub(crate) use key::Key;

use crate::storage::clock::milliseconds;
use crate::storage::database::{Database, DatabaseError, query};

/// The buckets of the database.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Database);

/// One bucket, as an attempt needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bucket {
    who: String,
    limit: Limit,
    /// Whether a right password gives the attempt back.
    counts_failures: bool,
}

/// How many attempts a full bucket holds, and the milliseconds in which it gains one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    attempts: i64,
    refill: i64,
}

/// The attempt is one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Denied {
    /// The time until the bucket holds an attempt again.
    pub(crate) retry_after: Duration,
}

impl Throttle {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Returns what would be decided about this attempt. It charges nothing, so that a client that
    /// is denied causes no writes by trying again.
    pub(crate) async fn peek(
        &self,
        attempt: &Attempt,
        now: UnixTime,
    ) -> Result<Result<(), Denied>, DatabaseError> {
        let mut names: [&str; attempt::MOST_BUCKETS] = Default::default();
        for (name, bucket) in names.iter_mut().zip(attempt.buckets()) {
            *name = &bucket.who;
        }
        let charged: Vec<(String, i64)> = query!(&self.0, pool => async {
            let mut query = sqlx::query_as(PEEK);
            for name in names {
                query = query.bind(name);
            }
            query.fetch_all(pool).await
        })?;
        let now = milliseconds(now);
        let denials = charged.iter().filter_map(|(who, full_at)| {
            let bucket = attempt.buckets().iter().find(|bucket| bucket.who == *who)?;
            bucket.limit.judge(*full_at, now).err()
        });
        // After a shorter wait it would be denied again.
        let longest = denials.max_by_key(|denied| denied.retry_after);
        Ok(longest.map_or(Ok(()), Err))
    }

    /// Charges this attempt to each of its buckets, or to none of them. Each charge is one atomic
    /// statement.
    pub(crate) async fn charge(
        &self,
        attempt: &Attempt,
        now: UnixTime,
    ) -> Result<Result<(), Denied>, DatabaseError> {
        let time = milliseconds(now);
        for (index, bucket) in attempt.buckets().iter().enumerate() {
            let limit = bucket.limit;
            let charged: Option<i64> = query!(&self.0, pool => async {
                let query = sqlx::query_scalar(CHARGE).bind(&bucket.who).bind(time);
                let query = query.bind(limit.refill).bind(limit.window()).bind(limit.window() + SKEW);
                query.fetch_optional(pool).await
            })?;
            if charged.is_none() {
                self.give_back(attempt.buckets().iter().take(index)).await?;
                // Another attempt may have been given back meanwhile: then it is tried again soon.
                let soon = Duration::from_secs(1);
                let denied = self.peek(attempt, now).await?.err();
                return Ok(Err(denied.unwrap_or(Denied { retry_after: soon })));
            }
        }
        Ok(Ok(()))
    }

    /// Gives the attempt back because the password was right.
    pub(crate) async fn reset(&self, attempt: &Attempt) -> Result<(), DatabaseError> {
        let buckets = attempt.buckets().iter();
        self.give_back(buckets.filter(|bucket| bucket.counts_failures))
            .await
    }

    async fn give_back(&self, buckets: impl Iterator<Item = &Bucket>) -> Result<(), DatabaseError> {
        for bucket in buckets {
            query!(&self.0, pool => async {
                let query = sqlx::query(GIVE_BACK).bind(&bucket.who).bind(bucket.limit.refill);
                query.execute(pool).await.map(drop)
            })?;
        }
        Ok(())
    }

    /// Removes buckets that are full, and returns their number.
    pub(crate) async fn purge(&self, now: UnixTime) -> Result<u64, DatabaseError> {
        query!(&self.0, pool => async {
            let done = sqlx::query(PURGE).bind(milliseconds(now)).execute(pool).await;
            done.map(|done| done.rows_affected())
        })
    }
}

impl Limit {
    /// An empty bucket is full again after this many milliseconds.
    const fn window(self) -> i64 {
        self.attempts * self.refill
    }

    /// Returns whether a bucket that is full at this time holds another attempt now.
    ///
    /// Lenient: a bucket that is emptier than empty holds one, and is then merely empty. Its last
    /// charge was made while the clock was ahead, and the wait would be as long as the clock was
    /// wrong. Risk: one attempt for each time that the clock is set back. Covered: clocks of two
    /// servers that differ by less than [`SKEW`] count as one.
    fn judge(self, full_at: i64, now: i64) -> Result<(), Denied> {
        let wait = full_at + self.refill - self.window() - now;
        if wait > self.refill + SKEW {
            return Ok(());
        }
        match u64::try_from(wait) {
            Ok(wait @ 1..) => Err(Denied {
                retry_after: Duration::from_millis(wait),
            }),
            _ => Ok(()),
        }
    }
}

const PEEK: &str =
    "SELECT who, full_at FROM handstamp_log_in_limits WHERE who IN ($1, $2, $3, $4, $5, $6)";

/// `$2` is now, `$3` what one attempt costs, `$4` what an empty bucket costs, and `$5` that with
/// [`SKEW`].
const CHARGE: &str = "\
    INSERT INTO handstamp_log_in_limits AS have (who, full_at) VALUES ($1, $2 + $3) \
    ON CONFLICT (who) DO UPDATE SET \
        full_at = CASE WHEN have.full_at > $2 + $5 THEN $2 + $4 \
                       WHEN have.full_at > $2 THEN have.full_at + $3 \
                       ELSE $2 + $3 END \
        WHERE have.full_at + $3 <= $2 + $4 OR have.full_at > $2 + $5 \
    RETURNING full_at";

const GIVE_BACK: &str = "UPDATE handstamp_log_in_limits SET full_at = full_at - $2 WHERE who = $1";

const PURGE: &str = "DELETE FROM handstamp_log_in_limits WHERE full_at <= $1";

/// Clocks of two servers differ by no more than this many milliseconds.
const SKEW: i64 = 60_000;

#[cfg(test)]
mod tests;
