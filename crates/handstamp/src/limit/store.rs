//! What keeps the buckets.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Quota;
use crate::error::StoreError;
use crate::store::BoxFuture;

/// One bucket: what is counted, and the quota.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bucket {
    /// At most 200 bytes, without control characters. All keys of one limit begin with the same
    /// eight bytes, and those of another with others: a store that is full may count those buckets
    /// as one. The keys of a
    /// [`Limit`](super::Limit) are 30 characters of base64url.
    pub key: String,
    /// How much it holds.
    pub quota: Quota,
}

impl Bucket {
    /// Creates a bucket of the application's own, for [`LimitStore::charge`]. Buckets with one key
    /// have one quota.
    #[must_use]
    pub fn new(key: impl Into<String>, quota: Quota) -> Self {
        Self {
            key: key.into(),
            quota,
        }
    }
}

/// The key is derived from an address or a user.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket")
            .field("quota", &self.quota)
            .finish_non_exhaustive()
    }
}

/// What a store answers to [`LimitStore::charge`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Charged {
    /// Whether the request was charged: every bucket held one.
    pub is_charged: bool,
    /// The instant of the decision by the clock of the store, in microseconds since 1970.
    pub now: u64,
    /// When each bucket is full again, in the order in which they were asked for; after the charge,
    /// if there was one.
    pub full_at: Vec<u64>,
}

impl Charged {
    /// Creates an answer.
    #[must_use]
    pub fn new(is_charged: bool, now: u64, full_at: Vec<u64>) -> Self {
        Self {
            is_charged,
            now,
            full_at,
        }
    }

    /// Returns the time until all of these buckets hold a request: those that were asked for, in
    /// the same order, or the first of them. After a shorter one a request would be denied again.
    #[must_use]
    pub fn wait(&self, buckets: &[Bucket]) -> Duration {
        let waits = buckets.iter().zip(&self.full_at);
        let waits = waits.filter_map(|(bucket, at)| bucket.quota.charge(*at, self.now).err());
        waits.max().unwrap_or_default()
    }
}

/// A store of buckets. [`MemoryLimits`](super::MemoryLimits) serves one process; the stores of
/// `handstamp-redis` and `handstamp-sqlx` implement it for several.
///
/// # Contract
/// Every instant comes from one clock, that of the store. A call is atomic: at any number of calls
/// at the same time, exactly as many are charged as [`Quota::charge`] allows. A call that charges
/// nothing writes nothing, so that a client that is denied causes no writes by trying again.
pub trait LimitStore: fmt::Debug + Send + Sync + 'static {
    /// Takes `HANDSTAMP_STORE_TIMEOUT`, for a store that has a deadline of its own.
    /// [`RateLimits`](super::RateLimits) call it before their first charge, and drop a charge that
    /// takes longer. Who charges by themselves does both.
    fn set_limit_timeout(&self, timeout: Duration) {
        let _ = timeout;
    }

    /// Charges one request to each of these buckets, or to none if one of them is empty.
    ///
    /// There is at least one, and the keys are distinct. An entry is kept until its bucket is full
    /// again. A bucket whose quota
    /// is of no requests is always empty: what is charged together with it is only looked at.
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the store does not answer.
    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>>;

    /// Gives one request back to each of these buckets, for a limit on failures: charge before the
    /// password is compared, so that attempts at the same time count too, and give back if it was
    /// right. By [`Quota::refund`], so no bucket is ever more than full.
    ///
    /// The keys are distinct. Give back once what was charged, and soon: a bucket that has gained
    /// the request by itself meanwhile gains another one.
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the store does not answer. The requests may then stay charged.
    fn refund<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Removes the entries of buckets that are full, and returns their number. A store whose
    /// entries expire on their own does nothing.
    ///
    /// # Errors
    /// Returns a [`StoreError`] if the store does not answer.
    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>>;
}

impl<S: LimitStore + ?Sized> LimitStore for Arc<S> {
    fn set_limit_timeout(&self, timeout: Duration) {
        (**self).set_limit_timeout(timeout);
    }

    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        (**self).charge(buckets)
    }

    fn refund<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>> {
        (**self).refund(buckets)
    }

    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        (**self).purge_limits()
    }
}
