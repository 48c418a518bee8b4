//! Shared parts of the tests of both databases.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics, and not every file of tests uses everything"
)]

pub(crate) mod lines;
pub(crate) mod proxy;

use std::future::Future;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, process};

use handstamp::clock::{Clock as _, SystemClock, UnixTime};
use handstamp::store::{
    AccountId, Admit, AdmitPurpose, EndReason, ListSessions, NewSession, PresentedToken,
    ReadSession, RevokeSession, RevokeUser, Rotate, SessionId, TokenId, UserRevocation,
};
use handstamp_sqlx::PostgresStore;
use sqlx::postgres::PgPoolOptions;

/// A folder that is removed with its contents.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("handstamp-sqlite-{}-{count}", process::id()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Lists all sessions of an account.
pub(crate) fn list(account: AccountId) -> ListSessions {
    ListSessions::new(account, 200_000)
}

/// An account and a session, both of this name.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
}

impl Login {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            account: AccountId::new(None, name),
            session: SessionId::from(name),
        }
    }

    /// Returns the id of the refresh token of this generation.
    pub(crate) fn token(&self, generation: u64) -> TokenId {
        let first = TokenId::from(self.session.as_str());
        (1..generation).fold(first, |token, _| token.successor(&self.session))
    }

    pub(crate) fn create(&self) -> NewSession {
        let (session, account) = (self.session.clone(), self.account.clone());
        NewSession::new(session, account, self.token(1), HOUR, HOUR)
    }

    /// Rotates the token of this generation, however young it is.
    pub(crate) fn rotate(&self, generation: u64) -> Rotate {
        let (account, session) = (self.account.clone(), self.session.clone());
        let token = self.token(generation);
        let presented = PresentedToken::new(&session, token, generation, Duration::ZERO);
        let mut rotate = Rotate::new(account, session, presented, HOUR);
        // Allows to rotate the next generation at once.
        rotate.acknowledged = true;
        rotate
    }

    /// Presents an access token of this generation.
    pub(crate) fn access(&self, generation: u64) -> Admit {
        let purpose = AdmitPurpose::Access { generation };
        let admit = Admit::new(
            self.account.clone(),
            TokenId::from("access"),
            now(),
            purpose,
        );
        admit.in_session(self.session.clone())
    }

    pub(crate) fn read(&self) -> ReadSession {
        ReadSession::new(self.account.clone(), self.session.clone())
    }

    pub(crate) fn revoke(&self) -> RevokeSession {
        RevokeSession::new(
            self.account.clone(),
            self.session.clone(),
            EndReason::LoggedOut,
        )
    }

    pub(crate) fn revoke_all(&self) -> RevokeUser {
        RevokeUser::new(
            self.account.clone(),
            UserRevocation::All,
            EndReason::Revoked,
            HOUR,
        )
    }
}

/// Returns a store whose callers wait long for a connection, for a thousand callers on a busy
/// machine.
pub(crate) async fn patient(url: &str) -> PostgresStore {
    let options = PgPoolOptions::new()
        .acquire_timeout(Duration::from_mins(1))
        .test_before_acquire(false);
    PostgresStore::in_pool(options.connect(url).await.unwrap())
}

pub(crate) fn now() -> UnixTime {
    SystemClock::default().now()
}

/// Runs each future in a task of its own.
pub(crate) async fn together<T: Send + 'static>(
    tasks: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        let answer = task.await;
        answers.push(answer.unwrap_or_else(|error| resume_unwind(error.into_panic())));
    }
    answers
}

pub(crate) async fn timed<T>(task: impl Future<Output = T>) -> (T, Duration) {
    let start = Instant::now();
    let answer = task.await;
    (answer, start.elapsed())
}

pub(crate) const HOUR: Duration = Duration::from_hours(1);
