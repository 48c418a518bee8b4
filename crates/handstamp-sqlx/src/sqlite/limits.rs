//! Rate limits in SQLite.

use std::time::Duration;

use handstamp::error::StoreError;
use handstamp::limit::{Bucket, Charged, LimitStore};
use handstamp::store::{BoxFuture, Store};
use sqlx::{Row as _, query, query_scalar};

use super::SqliteStore;
use super::statements::BATCH;
use crate::common::failure::failed;
use crate::common::row::{Columns as _, all};

impl LimitStore for SqliteStore {
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

impl SqliteStore {
    /// Looks first, so that a client that is refused waits for no writer, and writes nothing, by
    /// trying again. The charge decides anew.
    async fn charge_buckets(&self, buckets: &[Bucket]) -> Result<Charged, StoreError> {
        let asked = asked(buckets);
        for _ in 0..TRIES {
            let seen = self.look(buckets, &asked).await?;
            if !seen.is_charged {
                return Ok(seen);
            }
            let charge = query(include_str!("charge.sql")).bind(&asked);
            let rows = self.write(charge).await?;
            let charged = all(&rows, |row| {
                let key: String = row.try_get("key")?;
                Ok((key, row.number("full_at")?, row.number("decided_at")?))
            })?;
            // Without a row: another caller took the last request meanwhile.
            let Some((_, _, decided_at)) = charged.first() else {
                continue;
            };
            let full_at = buckets.iter().filter_map(|bucket| {
                let entry = charged.iter().find(|(key, ..)| *key == bucket.key);
                entry.map(|(_, full_at, _)| full_at.unsigned_abs())
            });
            let full_at = full_at.collect();
            return Ok(Charged::new(true, decided_at.unsigned_abs(), full_at));
        }
        Err(StoreError::new(
            "the buckets are charged by too many at once",
        ))
    }

    async fn look(&self, buckets: &[Bucket], asked: &str) -> Result<Charged, StoreError> {
        let look = query(include_str!("look_at_limits.sql")).bind(asked);
        let rows = self.read(look).await?;
        let seen = all(&rows, |row| {
            Ok((row.number("full_at")?, row.number("decided_at")?))
        })?;
        let now = seen.first().map_or(0, |(_, now)| now.unsigned_abs());
        let full_at: Vec<u64> = seen.iter().map(|(at, _)| at.unsigned_abs()).collect();
        let mut charges = buckets.iter().zip(&full_at);
        let has_room = charges.all(|(bucket, at)| bucket.quota.charge(*at, now).is_ok());
        Ok(Charged::new(has_room, now, full_at))
    }

    async fn refund_buckets(&self, buckets: &[Bucket]) -> Result<(), StoreError> {
        let asked = asked(buckets);
        let refund = query(include_str!("refund.sql")).bind(&asked);
        self.write(refund).await.map(drop)
    }

    async fn remove_full_buckets(&self) -> Result<u64, StoreError> {
        self.prepare().await?;
        let (mut removed, mut after) = (0, String::new());
        loop {
            let next = query_scalar(include_str!("next_limits.sql"))
                .bind(&after)
                .bind(BATCH);
            let last: Option<String> = next.fetch_one(&self.readers).await.map_err(failed)?;
            let Some(last) = last else {
                return Ok(removed);
            };
            // Queues with other writers anew for each batch.
            let purge = query(include_str!("purge_limits.sql"))
                .bind(&after)
                .bind(&last);
            let done = purge.execute(&self.writer).await.map_err(failed)?;
            removed += done.rows_affected();
            after = last;
        }
    }
}

/// Returns the buckets as JSON.
fn asked(buckets: &[Bucket]) -> String {
    let bucket = |bucket: &Bucket| {
        let Bucket { key, quota, .. } = bucket;
        // Keys have no control characters, so nothing else needs an escape.
        let key = key.replace('\\', "\\\\").replace('"', "\\\"");
        let [interval, capacity, skew] = [quota.interval(), quota.capacity(), quota.skew()];
        format!("[\"{key}\",{interval},{capacity},{skew}]")
    };
    let buckets: Vec<String> = buckets.iter().map(bucket).collect();
    format!("[{}]", buckets.join(","))
}

/// A charge that finds no room looks again, and then sees that there is none.
const TRIES: u32 = 5;
