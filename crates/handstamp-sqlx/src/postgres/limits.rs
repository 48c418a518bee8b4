//! Rate limits in PostgreSQL.

use handstamp::error::StoreError;
use handstamp::limit::{Bucket, Charged, LimitStore, Quota};
use handstamp::store::BoxFuture;
use sqlx::{Row as _, query};

use super::PostgresStore;
use super::statements::BATCH;
use crate::common::number::microseconds;
use crate::common::row::{Columns as _, only};

impl LimitStore for PostgresStore {
    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        Box::pin(self.charge_buckets(buckets))
    }

    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(self.remove_full_buckets())
    }
}

impl PostgresStore {
    /// The decision is one statement, and one round trip.
    async fn charge_buckets(&self, buckets: &[Bucket]) -> Result<Charged, StoreError> {
        let keys: Vec<&str> = buckets.iter().map(|bucket| bucket.key.as_str()).collect();
        let quotas = || buckets.iter().map(|bucket| bucket.quota);
        let intervals: Vec<i64> = quotas()
            .map(|quota| microseconds(quota.interval()))
            .collect();
        let capacities: Vec<i64> = quotas()
            .map(|quota| microseconds(quota.capacity()))
            .collect();
        let rows = self
            .rows(|| {
                query(
                    "SELECT is_charged, decided_at, full_at FROM handstamp_charge($1, $2, $3, $4)",
                )
                .bind(keys.clone())
                .bind(intervals.clone())
                .bind(capacities.clone())
                .bind(microseconds(Quota::SKEW))
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

    async fn remove_full_buckets(&self) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let rows = self
                .rows(|| query(include_str!("purge_limits.sql")).bind(BATCH))
                .await?;
            let batch = only(&rows, |row| row.number("removed"))?;
            removed += batch.unsigned_abs();
            if batch < BATCH {
                return Ok(removed);
            }
        }
    }
}
