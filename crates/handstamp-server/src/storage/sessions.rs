//! The store of sessions.
//!
//! It opens the store in the database or in Redis, and ends all sessions of one user. The library,
//! which is given the same store, does everything else with sessions.

use std::sync::Arc;

use handstamp_axum::handstamp::config::LONGEST_LIFE;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::store::{
    AccountId, EndReason, EndRevoked, ListSessions, RevokeUser, Store, UserRevocation,
};
use handstamp_sqlx::{PostgresStore, SqliteStore};

use super::database_url::DatabaseUrl;
use super::redis_server::RedisServer;

/// The sessions of all users. Clones share one store.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<dyn Store>);

impl Sessions {
    /// Opens the store in Redis, if there is one, else in the database, where its tables are
    /// created if needed.
    ///
    /// Redis is not contacted before the first session is needed, so that the server starts while
    /// it is down.
    pub(crate) async fn open(
        url: &DatabaseUrl,
        redis: Option<RedisServer>,
    ) -> Result<Self, StoreError> {
        if let Some(server) = redis {
            return Ok(Self(Arc::new(server.store)));
        }
        match url {
            DatabaseUrl::Sqlite(options) => SqliteStore::open(options.get_filename())
                .await
                .map(|store| Self(Arc::new(store))),
            DatabaseUrl::Postgres { url, .. } => PostgresStore::connect(url)
                .await
                .map(|store| Self(Arc::new(store))),
        }
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0)
    }

    /// Ends all sessions of this user, and all tokens that were issued to it without one. Returns
    /// the number of sessions.
    ///
    /// The commands end sessions without an `Auth`, for which they would need the signing key.
    pub(crate) async fn revoke_all(&self, user: &str) -> Result<usize, StoreError> {
        let revoke = RevokeUser::new(
            AccountId::new(None, user),
            UserRevocation::All,
            EndReason::Revoked,
            LONGEST_LIFE,
        );
        let mut ended = self.0.revoke_user(revoke).await?;
        let mut count = ended.ids.len();
        while ended.has_more {
            let end = EndRevoked::new(AccountId::new(None, user), EndReason::Revoked);
            ended = self.0.end_revoked(end).await?;
            count += ended.ids.len();
        }
        Ok(count)
    }

    /// Checks that the store answers and has its tables.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        // No user has an empty name, so the list is short.
        let list = ListSessions::new(AccountId::new(None, ""), 1);
        self.0.list(list).await.map(drop)
    }
}
