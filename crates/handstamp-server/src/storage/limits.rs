//! The buckets of rate limits, in the database of users.
//!
//! All servers that have these users count their log-ins together there, wherever each of them
//! keeps its sessions. It bounds the time of every call, and knows no limit.

use std::sync::Arc;
use std::time::Duration;

use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::limit::{Bucket, Charged, LimitStore};
use handstamp_sqlx::{PostgresStore, SqliteStore};

use super::database::{Database, DatabaseError, POSTGRES_TIMEOUT, SQLITE_TIMEOUT};

/// A store of buckets. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    store: Arc<dyn LimitStore>,
    at_most: Duration,
}

impl Limits {
    /// Opens the store in the connections of the database, where its tables are created if needed.
    pub(crate) async fn open(database: &Database) -> Result<Self, StoreError> {
        match database {
            Database::Sqlite(pool, _) => {
                let store = SqliteStore::in_pool(pool.clone());
                store.prepare().await?;
                Ok(Self::new(store, SQLITE_TIMEOUT + TO_EXPLAIN))
            }
            Database::Postgres(pool) => {
                let store = PostgresStore::in_pool(pool.clone());
                store.prepare().await?;
                Ok(Self::new(store, POSTGRES_TIMEOUT + TO_EXPLAIN))
            }
        }
    }

    pub(crate) fn new(store: impl LimitStore, at_most: Duration) -> Self {
        let store = Arc::new(store);
        Self { store, at_most }
    }

    /// Charges one request to each of these buckets, or to none if one of them is empty.
    pub(crate) async fn charge(&self, buckets: &[Bucket]) -> Result<Charged, StoreError> {
        within(self.at_most, self.store.charge(buckets)).await
    }

    /// Gives one request back to each of these buckets.
    pub(crate) async fn refund(&self, buckets: &[Bucket]) -> Result<(), StoreError> {
        within(self.at_most, self.store.refund(buckets)).await
    }

    /// Removes the buckets that are full, and returns their number.
    pub(crate) async fn purge(&self) -> Result<u64, StoreError> {
        within(LONGEST_PURGE, self.store.purge_limits()).await
    }
}

async fn within<T>(
    at_most: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let answer = tokio::time::timeout(at_most, answer).await;
    answer.unwrap_or_else(|_| Err(StoreError::new(DatabaseError::Timeout(at_most))))
}

/// The time in which a store finds out why it has no connection.
const TO_EXPLAIN: Duration = Duration::from_secs(1);
/// It removes many, a few at a time, and the next one goes on with what is left.
const LONGEST_PURGE: Duration = Duration::from_mins(10);
