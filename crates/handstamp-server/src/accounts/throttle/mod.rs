//! Log-ins that are tried too often.
//!
//! Three counts, each over 15 minutes from the first attempt, in the database, so that several servers count together:
//!
//! * An account from one address: after ten attempts that failed, further ones are refused. A right password sets the count
//!   back.
//! * An address, for IPv6 its /64, whatever accounts it tries: refused after a hundred. Many people may share one.
//! * An account, from wherever: after fifty its answers come a few seconds later. It is never closed, or everybody could
//!   shut out its owner.
//!
//! An attempt is counted before the password is looked at and taken back when it was right. So those that run at the same
//! time are counted too, and so are those whose sender hangs up.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use handstamp_axum::handstamp::clock::UnixTime;
use sha2::{Digest as _, Sha256};

use crate::accounts::user_name::UserName;
use crate::storage::clock::seconds;
use crate::storage::database::{Database, DatabaseError, on};
use crate::storage::hex::hex;

/// Counts log-ins that were tried and have not succeeded.
#[derive(Debug, Clone)]
pub(crate) struct Throttle(Database);

impl Throttle {
    pub(crate) fn new(database: Database) -> Self {
        Self(database)
    }

    /// What the counts say so far. It writes nothing, so that who is refused can do so as often as he likes.
    pub(crate) async fn look(
        &self,
        attempt: &Attempt,
        now: UnixTime,
    ) -> Result<Verdict, DatabaseError> {
        let counts: Vec<Count> = on!(&self.0, pool => async {
            let query = sqlx::query_as(LOOK).bind(seconds(now));
            let query = query.bind(&attempt.account).bind(&attempt.address).bind(&attempt.pair);
            query.fetch_all(pool).await
        })?;
        let with_this = |(who, attempts, ends_at): Count| (who, attempts + 1, ends_at);
        Ok(attempt.judge(counts.into_iter().map(with_this), now))
    }

    /// Counts this attempt, and says what the counts say with it. One atomic step.
    pub(crate) async fn count(
        &self,
        attempt: &Attempt,
        now: UnixTime,
    ) -> Result<Verdict, DatabaseError> {
        let ends_at = seconds(now.saturating_add(WINDOW));
        let counts: Vec<Count> = on!(&self.0, pool => async {
            let query = sqlx::query_as(COUNT).bind(seconds(now)).bind(ends_at);
            let query = query.bind(&attempt.account).bind(&attempt.address).bind(&attempt.pair);
            query.fetch_all(pool).await
        })?;
        Ok(attempt.judge(counts, now))
    }

    /// The password was right: takes the attempt back, and forgets what this account failed at from this address.
    pub(crate) async fn forgive(&self, attempt: &Attempt) -> Result<(), DatabaseError> {
        on!(&self.0, pool => async {
            let query = sqlx::query(FORGIVE).bind(i64::MAX);
            let query = query.bind(&attempt.account).bind(&attempt.address).bind(&attempt.pair);
            query.execute(pool).await.map(drop)
        })
    }

    /// Removes counts that are over. Says how many.
    pub(crate) async fn purge(&self, now: UnixTime) -> Result<u64, DatabaseError> {
        on!(&self.0, pool => async {
            let done = sqlx::query(PURGE).bind(seconds(now)).execute(pool).await;
            done.map(|done| done.rows_affected())
        })
    }
}

/// Whether a log-in may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Go {
        /// How long it waits first.
        after: Duration,
    },
    Refused {
        retry_after: Duration,
    },
}

/// Somebody tries to log in: under which names the three counts keep it.
#[derive(Debug)]
pub(crate) struct Attempt {
    account: String,
    address: String,
    pair: String,
}

impl Attempt {
    /// Names of nobody count as well: whether an account exists does not show in how it is refused.
    ///
    /// A text that can be no name is one and the same account. Of the others a hash is kept: people type their password
    /// where the name should be.
    pub(crate) fn new(name: Option<&UserName>, address: IpAddr) -> Self {
        let name = name.map(UserName::folded).unwrap_or_default();
        let address = network(address);
        Self {
            account: format!("account {}", digest(&[&name])),
            pair: format!("pair {}", digest(&[&name, &address])),
            address: format!("address {address}"),
        }
    }

    fn judge(&self, counts: impl IntoIterator<Item = Count>, now: UnixTime) -> Verdict {
        let mut after = Duration::ZERO;
        let mut retry_after = None;
        for (who, attempts, ends_at) in counts {
            let most = if who == self.pair {
                MOST_OF_A_PAIR
            } else if who == self.address {
                MOST_OF_AN_ADDRESS
            } else {
                if attempts > MOST_AT_FULL_SPEED {
                    after = DELAY;
                }
                continue;
            };
            if attempts > most {
                let end = UnixTime::from_secs(u64::try_from(ends_at).unwrap_or_default());
                retry_after = retry_after.max(Some(end.saturating_since(now)));
            }
        }
        match retry_after {
            None => Verdict::Go { after },
            Some(retry_after) => Verdict::Refused { retry_after },
        }
    }
}

/// Who, how many attempts, and until when they count.
type Count = (String, i64, i64);

/// Who has one address of IPv6 has the 2^64 beside it, too.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let prefix = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
            format!("{prefix}/64")
        }
    }
}

/// A hash over texts, each ended by a byte that none of them holds.
fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
        hash.update([0]);
    }
    hex(&hash.finalize())
}

const LOOK: &str = "SELECT who, attempts, ends_at FROM handstamp_log_in_attempts \
                    WHERE who IN ($2, $3, $4) AND ends_at > $1";

/// Takes the three rows in an order that is the same for all attempts, so that no two of them wait for each other.
const COUNT: &str = "\
    INSERT INTO handstamp_log_in_attempts AS have (who, attempts, ends_at) \
    VALUES ($3, 1, $2), ($4, 1, $2), ($5, 1, $2) \
    ON CONFLICT (who) DO UPDATE SET \
        attempts = CASE WHEN have.ends_at > $1 THEN have.attempts + 1 ELSE 1 END, \
        ends_at = CASE WHEN have.ends_at > $1 THEN have.ends_at ELSE excluded.ends_at END \
    RETURNING who, attempts, ends_at";

/// Takes one from the account's and the address's count and all from the pair's: in the order of [`COUNT`], and so as its
/// like. A row that is gone meanwhile comes back as one that is over.
const FORGIVE: &str = "\
    INSERT INTO handstamp_log_in_attempts AS have (who, attempts, ends_at) \
    VALUES ($2, 1, 0), ($3, 1, 0), ($4, $1, 0) \
    ON CONFLICT (who) DO UPDATE SET \
        attempts = CASE WHEN have.attempts > excluded.attempts THEN have.attempts - excluded.attempts ELSE 0 END";

const PURGE: &str = "DELETE FROM handstamp_log_in_attempts WHERE ends_at <= $1";

const WINDOW: Duration = Duration::from_mins(15);
/// Enough for whoever tries the three passwords he has, each with and without a slip.
const MOST_OF_A_PAIR: i64 = 10;
/// A school or an office may stand behind one address.
const MOST_OF_AN_ADDRESS: i64 = 100;
/// Nobody forgets a password that often; somebody guesses, from many addresses.
const MOST_AT_FULL_SPEED: i64 = 50;
/// A person waits that long, once.
const DELAY: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
