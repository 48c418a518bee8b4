//! Limits on log-ins that fail.
//!
//! There are three counts. Each covers 15 minutes from its first attempt, and all are kept in the
//! database, so that several servers count together:
//!
//! * An account from one address: after ten failed attempts further ones are denied. A right
//!   password resets this count.
//! * An address, for IPv6 its /64, with any account: denied after a hundred failed attempts. Many
//!   people may share one address.
//! * An account from any address: after fifty failed attempts its answers are delayed by a few
//!   seconds. It is never denied, because then anyone could lock its owner out.
//!
//! An attempt is counted before the password is compared, and taken back if the password was
//! right. So concurrent attempts are counted too, and so are those whose client disconnects.
//!
//! Counts of an account are kept under its epoch as well, a number in the table of users. A command
//! that unlocks the account, or sets a new password, increases it, and what was counted before no
//! longer applies, from any address. The command needs no key for that.

mod key;

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use handstamp_axum::handstamp::clock::UnixTime;

pub(crate) use key::Key;

use super::user_name::UserName;
use crate::storage::clock::seconds;
use crate::storage::database::{Database, DatabaseError, query};

/// Counts log-ins that have not succeeded.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Database);

impl Throttle {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// Returns what would be decided about this attempt. It writes nothing, so that a client that
    /// is denied causes no writes by trying again.
    pub(crate) async fn peek(
        &self,
        attempt: &Attempt,
        now: UnixTime,
    ) -> Result<Decision, DatabaseError> {
        let counts: Vec<Count> = query!(&self.0, pool => async {
            let query = sqlx::query_as(PEEK).bind(seconds(now));
            let query = query.bind(&attempt.account).bind(&attempt.address).bind(&attempt.pair);
            query.fetch_all(pool).await
        })?;
        let with_this = |(who, attempts, ends_at): Count| (who, attempts + 1, ends_at);
        Ok(attempt.decide(counts.into_iter().map(with_this), now))
    }

    /// Counts this attempt and decides about it, in one atomic statement.
    pub(crate) async fn record(
        &self,
        attempt: &Attempt,
        now: UnixTime,
    ) -> Result<Decision, DatabaseError> {
        let ends_at = seconds(now.saturating_add(WINDOW));
        let counts: Vec<Count> = query!(&self.0, pool => async {
            let query = sqlx::query_as(RECORD).bind(seconds(now)).bind(ends_at);
            let query = query.bind(&attempt.account).bind(&attempt.address).bind(&attempt.pair);
            query.fetch_all(pool).await
        })?;
        Ok(attempt.decide(counts, now))
    }

    /// Takes the attempt back because the password was right, and resets the count of this account
    /// from this address.
    pub(crate) async fn reset(&self, attempt: &Attempt) -> Result<(), DatabaseError> {
        query!(&self.0, pool => async {
            let query = sqlx::query(RESET).bind(i64::MAX);
            let query = query.bind(&attempt.account).bind(&attempt.address).bind(&attempt.pair);
            query.execute(pool).await.map(drop)
        })
    }

    /// Removes counts that have ended, and returns their number.
    pub(crate) async fn purge(&self, now: UnixTime) -> Result<u64, DatabaseError> {
        query!(&self.0, pool => async {
            let done = sqlx::query(PURGE).bind(seconds(now)).execute(pool).await;
            done.map(|done| done.rows_affected())
        })
    }
}

/// The decision whether a log-in may continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow { delay: Duration },
    Deny { retry_after: Duration },
}

/// One attempt to log in, as the keys of its three counts.
#[derive(Debug)]
pub(crate) struct Attempt {
    account: String,
    address: String,
    pair: String,
}

impl Attempt {
    /// Returns the attempt to log in with this name, at this epoch of the account.
    ///
    /// Names of users who do not exist are counted as well, so that a denial does not reveal
    /// whether an account exists. All texts that are not valid names count as one account.
    pub(crate) fn new(key: &Key, name: Option<&UserName>, epoch: i64, address: IpAddr) -> Self {
        let name = name.map(UserName::composed_and_folded).unwrap_or_default();
        let epoch = epoch.to_string();
        let address = network(address);
        Self {
            account: format!("account {}", key.digest(&[&name, &epoch])),
            pair: format!("pair {}", key.digest(&[&name, &epoch, &address])),
            address: format!("address {address}"),
        }
    }

    fn decide(&self, counts: impl IntoIterator<Item = Count>, now: UnixTime) -> Decision {
        let mut delay = Duration::ZERO;
        let mut retry_after = None;
        for (who, attempts, ends_at) in counts {
            let limit = if who == self.pair {
                PAIR_LIMIT
            } else if who == self.address {
                ADDRESS_LIMIT
            } else {
                if attempts > ACCOUNT_LIMIT {
                    delay = ACCOUNT_DELAY;
                }
                continue;
            };
            if attempts > limit {
                let end = UnixTime::from_secs(u64::try_from(ends_at).unwrap_or_default());
                retry_after = retry_after.max(Some(end.saturating_since(now)));
            }
        }
        match retry_after {
            None => Decision::Allow { delay },
            Some(retry_after) => Decision::Deny { retry_after },
        }
    }
}

/// The key of a count, the number of attempts, and the time at which the count ends.
type Count = (String, i64, i64);

/// Returns the address, for IPv6 its /64: a client that has one such address usually has them all.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
            format!("{prefix}/64")
        }
    }
}

const PEEK: &str = "SELECT who, attempts, ends_at FROM handstamp_log_in_attempts \
                    WHERE who IN ($2, $3, $4) AND ends_at > $1";

/// Locks the three rows in the same order for all attempts, so that there is no deadlock.
const RECORD: &str = "\
    INSERT INTO handstamp_log_in_attempts AS have (who, attempts, ends_at) \
    VALUES ($3, 1, $2), ($4, 1, $2), ($5, 1, $2) \
    ON CONFLICT (who) DO UPDATE SET \
        attempts = CASE WHEN have.ends_at > $1 THEN have.attempts + 1 ELSE 1 END, \
        ends_at = CASE WHEN have.ends_at > $1 THEN have.ends_at ELSE excluded.ends_at END \
    RETURNING who, attempts, ends_at";

/// Subtracts one from the counts of the account and of the address, and everything from the count
/// of the pair. It is an insertion as well, so that it locks the rows in the order of [`RECORD`].
/// A row that was purged in between comes back as one that has ended.
const RESET: &str = "\
    INSERT INTO handstamp_log_in_attempts AS have (who, attempts, ends_at) \
    VALUES ($2, 1, 0), ($3, 1, 0), ($4, $1, 0) \
    ON CONFLICT (who) DO UPDATE SET \
        attempts = CASE WHEN have.attempts > excluded.attempts THEN have.attempts - excluded.attempts ELSE 0 END";

const PURGE: &str = "DELETE FROM handstamp_log_in_attempts WHERE ends_at <= $1";

const WINDOW: Duration = Duration::from_mins(15);
/// Enough for a user who tries three passwords, each with and without a typing mistake.
const PAIR_LIMIT: i64 = 10;
/// A school or an office may share one address.
const ADDRESS_LIMIT: i64 = 100;
/// No user fails that often: the password is being guessed, from many addresses.
const ACCOUNT_LIMIT: i64 = 50;
/// Short enough for a person who waits once.
const ACCOUNT_DELAY: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
