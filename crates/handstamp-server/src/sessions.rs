//! Where sessions are kept, and how they end when an account changes.

use std::sync::Arc;

use handstamp_axum::days;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::store::{AccountId, EndReason, RevokeUser, Store, UserRevocation};
use handstamp_redis::RedisStore;
use handstamp_sqlx::{PostgresStore, SqliteStore};

use crate::database::Location;
use crate::demo_users;
use crate::failure::Failure;
use crate::user_name::UserName;
use crate::users::Users;

/// The sessions of all users; all clones are one.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<dyn Store>);

impl Sessions {
    /// Those in Redis, if there is one, which may be down: it is asked with the first session. Else those beside the users,
    /// whose tables are made if need be.
    pub(crate) async fn open(
        location: &Location,
        redis: Option<RedisStore>,
    ) -> Result<Self, Failure> {
        if let Some(store) = redis {
            return Ok(Self(Arc::new(store)));
        }
        let opened = match location {
            Location::Sqlite(options) => SqliteStore::open(options.get_filename())
                .await
                .map(|store| Self(Arc::new(store))),
            Location::Postgres { url, .. } => PostgresStore::connect(url)
                .await
                .map(|store| Self(Arc::new(store))),
        };
        opened.map_err(|error| Failure::new(format!("sessions in {location}: {error}")))
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0)
    }

    /// Ends all sessions of this name, and all its tokens without one. Says how many sessions there were.
    pub(crate) async fn end_all(&self, name: &UserName) -> Result<usize, StoreError> {
        let uid = AccountId::new(None, name.as_str());
        let revoke = RevokeUser::new(
            uid,
            UserRevocation::All,
            EndReason::Revoked,
            days(LONGEST_LIFE),
        );
        Ok(self.0.revoke_user(revoke).await?.len())
    }

    /// Ends what the demo users left. To be asked where they do not exist: who knows their passwords, which is everybody,
    /// may have logged in when they did. Users who only have such a name are left alone.
    pub(crate) async fn end_those_of_the_demo(&self, users: &Users) -> Result<(), Failure> {
        for name in demo_users::names() {
            if users.find(&name).await?.is_none() {
                self.end_all(&name).await.map_err(|error| {
                    Failure::new(format!(
                        "sessions of the demo users cannot be ended: {error}"
                    ))
                })?;
            }
        }
        Ok(())
    }

    /// Whether the store answers, and has its tables.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        // Of nobody: no name is empty.
        self.0.list(AccountId::new(None, "")).await.map(drop)
    }
}

/// Days. The library makes no token that lives longer.
const LONGEST_LIFE: u64 = 3650;
