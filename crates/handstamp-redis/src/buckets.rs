//! Rate limits in Redis.

use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::limit::{Bucket, Charged, LimitStore, Quota};
use handstamp::store::BoxFuture;
use redis::Value;

use crate::RedisStore;
use crate::failure::Failure;
use crate::reply;
use crate::scripts::Script;

impl LimitStore for RedisStore {
    fn set_limit_timeout(&self, timeout: Duration) {
        self.link.set_timeout(timeout);
    }

    /// One script, and one round trip. In a cluster all buckets are in one slot, so that several of
    /// them are charged in one step.
    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        self.verb(async move {
            let numbers = |quota: Quota| [quota.interval(), quota.capacity(), quota.skew()];
            let answer = self.of_buckets(&self.scripts.charge, buckets, numbers);
            let answer = answer.await?;
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

    fn refund<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>> {
        self.verb(async move {
            let intervals = |quota: Quota| [quota.interval()];
            let answer = self.of_buckets(&self.scripts.refund, buckets, intervals);
            answer.await.map(drop)
        })
    }

    /// Entries expire on their own.
    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async { Ok(0) })
    }
}

impl RedisStore {
    /// Runs a script with the names of these buckets and the numbers of each.
    async fn of_buckets<const N: usize>(
        &self,
        script: &Script,
        buckets: &[Bucket],
        numbers: fn(Quota) -> [u64; N],
    ) -> Result<Value, Failure> {
        let keys: Vec<String> = buckets.iter().map(|bucket| self.bucket(bucket)).collect();
        let numbers = buckets.iter().flat_map(|bucket| numbers(bucket.quota));
        let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
        self.run(script, keys, numbers).await
    }
}
