//! Rate limits in PostgreSQL.

use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::limit::{Bucket, Charged, LimitStore, Quota};
use handstamp::store::{BoxFuture, Store};
use sqlx::{Row as _, query};

use super::PostgresStore;
use super::statements::BATCH;
use crate::common::number::microseconds;
use crate::common::row::{Columns as _, only};

impl LimitStore for PostgresStore {
    fn set_limit_timeout(&self, timeout: Duration) {
        Store::set_timeout(self, timeout);
    }

    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        Box::pin(self.charge_buckets(buckets))
    }

    fn refund<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.refund_buckets(buckets))
    }

    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.remove_full_buckets())
    }
}

impl PostgresStore {
    /// The decision is one statement, and one round trip.
    async fn charge_buckets(&self, buckets: &[Bucket]) -> Result<Charged, StoreError> {
        let keys = keys(buckets);
        let intervals = numbers(buckets, Quota::interval);
        let capacities = numbers(buckets, Quota::capacity);
        let skews = numbers(buckets, Quota::skew);
        let rows = self
            .rows(|| {
                query(
                    "SELECT is_charged, decided_at, full_at FROM handstamp_charge($1, $2, $3, $4)",
                )
                .bind(keys.clone())
                .bind(intervals.clone())
                .bind(capacities.clone())
                .bind(skews.clone())
            })
            .await?;
        only(&rows, |row| {
            let full_at: Vec<i64> = row.try_get("full_at")?;
            Ok(Charged::new(
                row.try_get("is_charged")?,
                row.number("decided_at")?.unsigned_abs(),
                full_at.into_iter().map(i64::unsigned_abs).collect(),
            ))
        })
    }

    async fn refund_buckets(&self, buckets: &[Bucket]) -> Result<(), StoreError> {
        let keys = keys(buckets);
        let intervals = numbers(buckets, Quota::interval);
        let refund = || {
            query(include_str!("refund.sql"))
                .bind(keys.clone())
                .bind(intervals.clone())
        };
        self.rows(refund).await.map(drop)
    }

    async fn remove_full_buckets(&self) -> Result<u64, StoreError> {
        let (mut removed, mut after) = (0, String::new());
        loop {
            let batch = || {
                query(include_str!("purge_limits.sql"))
                    .bind(BATCH)
                    .bind(after.clone())
            };
            let rows = self.rows(batch).await?;
            let (gone, last) = only(&rows, |row| {
                let last: Option<String> = row.try_get("last")?;
                Ok((row.number("removed")?, last))
            })?;
            removed += gone.unsigned_abs();
            match last {
                Some(last) => after = last,
                None => return Ok(removed),
            }
        }
    }
}

fn keys(buckets: &[Bucket]) -> Vec<&str> {
    buckets.iter().map(|bucket| bucket.key.as_str()).collect()
}

/// Returns a number of each quota, in microseconds.
fn numbers(buckets: &[Bucket], number: fn(Quota) -> u64) -> Vec<i64> {
    let numbers = buckets.iter().map(|bucket| number(bucket.quota));
    numbers.map(microseconds).collect()
}
