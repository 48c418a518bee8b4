//! Rate limits in Redis.

use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::limit::{Bucket, Charged, LimitStore, Quota};
use handstamp::store::BoxFuture;

use crate::RedisStore;
use crate::reply;

impl LimitStore for RedisStore {
    fn set_limit_timeout(&self, timeout: Duration) {
        self.link.set_timeout(timeout);
    }

    /// One script, and one round trip. In a cluster all buckets are in one slot, so that several of
    /// them are charged in one step.
    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        self.verb(async move {
            let keys: Vec<String> = buckets.iter().map(|bucket| self.bucket(bucket)).collect();
            let quotas = buckets.iter().map(|bucket| bucket.quota);
            let numbers = |quota: Quota| [quota.interval(), quota.capacity(), quota.skew()];
            let arguments: Vec<String> = quotas
                .flat_map(numbers)
                .map(|number| number.to_string())
                .collect();
            let answer = self.run(&self.scripts.charge, keys, arguments).await?;
            let [is_charged, now, full_at] = reply::parts(answer)?;
            let full_at = reply::list(full_at)?;
            let full_at: Result<Vec<u64>, _> = full_at.iter().map(reply::number).collect();
            Ok(Charged::new(
                reply::yes_or_no(&is_charged)?,
                reply::number(&now)?,
                full_at?,
            ))
        })
    }

    /// Entries expire on their own.
    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async { Ok(0) })
    }
}
