//! A store that fails on demand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use crate::error::StoreError;
use crate::store::{
    AccountId, Admission, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession,
    RevokeToken, RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, UpdateSession,
};

/// A store that fails when the test says so, and else does as the store in it. It forgets nothing
/// by that. Clones are one store: one goes to [`AuthBuilder::store`](crate::AuthBuilder::store),
/// the test keeps another.
///
/// ```
/// use handstamp::session::ClientInfo;
/// use handstamp::store::MemoryStore;
/// use handstamp::testing::FailingStore;
/// use handstamp::{Auth, Config};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let config = Config::builder().secret_key([7; 32].as_slice()).build()?;
/// let store = FailingStore::new(MemoryStore::new());
/// let auth = Auth::builder(config).store(store.clone()).build()?;
///
/// store.fail_next();
/// assert!(auth.log_in("user1", ClientInfo::new()).await.is_err());
/// assert!(auth.log_in("user1", ClientInfo::new()).await.is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct FailingStore<S> {
    store: Arc<S>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    mode: Mutex<Mode>,
    admissions: AtomicUsize,
}

#[derive(Debug, Clone, Copy, Default)]
enum Mode {
    #[default]
    Answers,
    AnswersLate,
    FailsOnce,
    Fails,
    Hangs,
}

impl<S> FailingStore<S> {
    /// Wraps a store, which answers until the test says otherwise.
    pub fn new(store: S) -> Self {
        Self {
            store: Arc::new(store),
            state: Arc::default(),
        }
    }

    /// Makes every call fail, until [`restore`](Self::restore): requests are refused with 503
    /// `store_unavailable`.
    pub fn fail(&self) {
        self.set(Mode::Fails);
    }

    /// Makes the next call fail, and only that.
    pub fn fail_next(&self) {
        self.set(Mode::FailsOnce);
    }

    /// Makes every call wait without an end, until [`restore`](Self::restore): requests are refused
    /// after `HANDSTAMP_STORE_TIMEOUT`, which tests set low
    /// ([`store_timeout`](crate::config::ConfigBuilder::store_timeout)). Calls that wait already
    /// stay so.
    pub fn hang(&self) {
        self.set(Mode::Hangs);
    }

    /// Makes every call be answered only when its task is polled once more, as that of a store over
    /// a network, so that other requests come in between.
    pub fn slow_down(&self) {
        self.set(Mode::AnswersLate);
    }

    /// Makes the store answer again, with all that it kept.
    pub fn restore(&self) {
        self.set(Mode::Answers);
    }

    /// Returns how often the store was asked about a token since this was last called, in whatever
    /// mode.
    #[must_use = "the count begins anew"]
    pub fn admissions(&self) -> usize {
        self.state.admissions.swap(0, Ordering::Relaxed)
    }

    fn set(&self, mode: Mode) {
        *self
            .state
            .mode
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = mode;
    }

    fn ask<'a, T: Send + 'a>(&'a self, verb: impl FnOnce(&'a S) -> Answer<'a, T>) -> Answer<'a, T> {
        let mut mode = self
            .state
            .mode
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match *mode {
            Mode::Answers => verb(&self.store),
            Mode::AnswersLate => {
                let answer = verb(&self.store);
                Box::pin(async {
                    polled_again().await;
                    answer.await
                })
            }
            Mode::FailsOnce => {
                *mode = Mode::Answers;
                fails()
            }
            Mode::Fails => fails(),
            Mode::Hangs => Box::pin(std::future::pending()),
        }
    }
}

impl<S> Clone for FailingStore<S> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            state: Arc::clone(&self.state),
        }
    }
}

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

fn fails<'a, T: Send + 'a>() -> Answer<'a, T> {
    let error = StoreError::new("the test made the store fail");
    Box::pin(std::future::ready(Err(error)))
}

async fn polled_again() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl<S: Store> Store for FailingStore<S> {
    fn set_timeout(&self, timeout: Duration) {
        self.store.set_timeout(timeout);
    }

    fn create(&self, new: NewSession) -> Answer<'_, Created> {
        self.ask(|store| store.create(new))
    }

    fn rotate(&self, rotate: Rotate) -> Answer<'_, Rotation> {
        self.ask(|store| store.rotate(rotate))
    }

    fn admit(&self, admit: Admit) -> Answer<'_, Admission> {
        self.state.admissions.fetch_add(1, Ordering::Relaxed);
        self.ask(|store| store.admit(admit))
    }

    fn session(&self, read: ReadSession) -> Answer<'_, Option<SessionRow>> {
        self.ask(|store| store.session(read))
    }

    fn update_session(&self, update: UpdateSession) -> Answer<'_, Option<SessionRow>> {
        self.ask(|store| store.update_session(update))
    }

    fn revoke_session(&self, revoke: RevokeSession) -> Answer<'_, bool> {
        self.ask(|store| store.revoke_session(revoke))
    }

    fn revoke_user(&self, revoke: RevokeUser) -> Answer<'_, EndedSessions> {
        self.ask(|store| store.revoke_user(revoke))
    }

    fn end_revoked(&self, end: EndRevoked) -> Answer<'_, EndedSessions> {
        self.ask(|store| store.end_revoked(end))
    }

    fn end_excess(&self, end: EndExcess) -> Answer<'_, Vec<SessionId>> {
        self.ask(|store| store.end_excess(end))
    }

    fn crowded_accounts(&self, at_most: usize) -> Answer<'_, Vec<AccountId>> {
        self.ask(|store| store.crowded_accounts(at_most))
    }

    fn revoke_token(&self, revoke: RevokeToken) -> Answer<'_, ()> {
        self.ask(|store| store.revoke_token(revoke))
    }

    fn redeem(&self, redeem: Redeem) -> Answer<'_, Redemption> {
        self.ask(|store| store.redeem(redeem))
    }

    fn list(&self, list: ListSessions) -> Answer<'_, ListedSessions> {
        self.ask(|store| store.list(list))
    }

    fn purge(&self) -> Answer<'_, u64> {
        self.ask(Store::purge)
    }
}
