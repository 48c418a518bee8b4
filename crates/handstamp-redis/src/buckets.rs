//! Rate limits in Redis.

use handstamp::error::StoreError;
use handstamp::limit::{Bucket, Charged, LimitStore, Quota};
use handstamp::store::BoxFuture;

use crate::RedisStore;
use crate::reply;

impl LimitStore for RedisStore {
    /// One script, and one round trip. In a cluster all buckets are in one slot, so that several of
    /// them are charged in one step.
    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        self.verb(async move {
            let keys: Vec<String> = buckets.iter().map(|bucket| self.bucket(bucket)).collect();
            let mut arguments: Vec<String> = Vec::with_capacity(2 * buckets.len() + 1);
            for Bucket { quota, .. } in buckets {
                arguments.extend([quota.interval().to_string(), quota.capacity().to_string()]);
            }
            arguments.push(Quota::SKEW.to_string());
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
