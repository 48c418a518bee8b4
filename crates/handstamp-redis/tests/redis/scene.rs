//! A server, a store, and sessions for the tests.

use std::sync::Arc;
use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, Created, ListSessions, NewSession, PresentedToken, Rotate,
    Rotation, SessionId, SessionRow, Store as _, TokenId,
};
use handstamp_conformance::services::Redis;
use handstamp_redis::RedisStore;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const NONE: Duration = Duration::ZERO;

pub(crate) fn store(server: &Redis) -> Arc<RedisStore> {
    Arc::new(RedisStore::new(&server.url()).unwrap())
}

pub(crate) fn account() -> AccountId {
    AccountId::new(None, "user1")
}

/// Lists all sessions of an account.
pub(crate) fn list(account: AccountId) -> ListSessions {
    ListSessions::new(account, 1_000)
}

/// A session that lives for an hour.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    pub(crate) id: SessionId,
}

impl Session {
    pub(crate) fn of(account: AccountId, id: &str) -> Self {
        let id = SessionId::from(id);
        Self { account, id }
    }

    pub(crate) fn new_session(&self) -> NewSession {
        NewSession::new(
            self.id.clone(),
            self.account.clone(),
            self.token(1),
            HOUR,
            24 * HOUR,
        )
    }

    /// Returns the id of the refresh token of a generation.
    pub(crate) fn token(&self, generation: u64) -> TokenId {
        let first = TokenId::from(format!("first of {}", self.id.as_str()).as_str());
        (1..generation).fold(first, |token, _| token.successor(&self.id))
    }

    pub(crate) fn presented(&self, generation: u64, grace: Duration) -> PresentedToken {
        PresentedToken::new(&self.id, self.token(generation), generation, grace)
    }

    pub(crate) fn rotate(&self, generation: u64, grace: Duration) -> Rotate {
        let presented = self.presented(generation, grace);
        Rotate::new(self.account.clone(), self.id.clone(), presented, HOUR)
    }

    /// Presents an access token of a generation.
    pub(crate) fn access(&self, generation: u64) -> Admit {
        let id = TokenId::from(format!("access {generation} of {}", self.id.as_str()).as_str());
        let purpose = AdmitPurpose::Access { generation };
        Admit::new(self.account.clone(), id, UnixTime::from_secs(0), purpose)
            .in_session(self.id.clone())
    }

    pub(crate) fn refresh(&self, generation: u64, grace: Duration) -> Admit {
        let purpose = AdmitPurpose::Refresh(self.presented(generation, grace));
        let id = self.token(generation);
        Admit::new(self.account.clone(), id, UnixTime::from_secs(0), purpose)
            .in_session(self.id.clone())
    }

    /// Creates the session.
    pub(crate) async fn begin(&self, store: &RedisStore) -> SessionRow {
        match store.create(self.new_session()).await.unwrap() {
            Created::New { row, .. } => row,
            Created::AlreadyExists(row) => panic!("there is one: {row:?}"),
        }
    }
}

/// Describes the result of a rotation in a word or two.
pub(crate) fn way(rotation: &Rotation) -> String {
    match rotation {
        Rotation::Continued(way, row) => format!("{way:?} {}", row.generation),
        Rotation::Reused(reuse) => format!("Reused {reuse:?}"),
        other => format!("{other:?}"),
    }
}

/// A connection of the test's own.
pub(crate) async fn connect(server: &Redis) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}
