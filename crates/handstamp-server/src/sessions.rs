//! Where sessions are kept, and how they end when an account changes.

use std::sync::Arc;

use handstamp_axum::days;
use handstamp_axum::handstamp::error::StoreError;
use handstamp_axum::handstamp::store::{Reason, RevokeUser, Store, Uid, UserRevocation};
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
    /// Those beside the users, whose tables are made if need be.
    pub(crate) async fn open(location: &Location) -> Result<Self, Failure> {
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
        let uid = Uid::new(None, name.as_str());
        let revoke = RevokeUser::new(
            uid,
            UserRevocation::All,
            Reason::Revoked,
            days(LONGEST_LIFE),
        );
        Ok(self.0.revoke_user(revoke).await?.len())
    }

    /// Ends what the demo users left. To be asked where they do not exist: who knows their passwords, which is everybody,
    /// may have logged in when they did. Users who only have such a name are left alone.
    pub(crate) async fn end_those_of_the_demo(&self, users: &Users) -> Result<(), Failure> {
        for name in demo_users::names() {
            if users.find(&name).await?.is_none() {
                let ended = self.end_all(&name).await;
                ended.map_err(|error| cannot_end("those of the demo users", &error))?;
            }
        }
        Ok(())
    }

    /// Whether the store answers, and has its tables.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        // Of nobody: no name is empty.
        self.0.list(Uid::new(None, "")).await.map(drop)
    }
}

/// Sessions go on that should not.
pub(crate) fn cannot_end(whose: &str, error: &StoreError) -> Failure {
    Failure::new(format!(
        "{whose} may still be logged in: sessions cannot be ended: {error}"
    ))
}

/// Days. The library makes no token that lives longer.
const LONGEST_LIFE: u64 = 3650;
