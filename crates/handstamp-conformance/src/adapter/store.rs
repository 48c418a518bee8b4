//! Where the app keeps its sessions.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use handstamp::error::StoreError;
use handstamp::store::{
    AccountId, Admission, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions,
    ListSessions, ListedSessions, MemoryStore, NewSession, ReadSession, RevokeSession, RevokeToken,
    RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, UpdateSession,
};

/// A memory store that a row can take down. It forgets nothing by that.
#[derive(Debug)]
pub(super) struct Breakable {
    store: MemoryStore,
    is_down: AtomicBool,
    is_slow: AtomicBool,
    admissions: AtomicUsize,
}

impl Breakable {
    pub(super) fn new(store: MemoryStore) -> Self {
        Self {
            store,
            is_down: AtomicBool::new(false),
            is_slow: AtomicBool::new(false),
            admissions: AtomicUsize::new(0),
        }
    }

    pub(super) fn set_down(&self, down: bool) {
        self.is_down.store(down, Ordering::Relaxed);
    }

    /// From now on each answer takes until the task is polled once more.
    pub(super) fn slow_down(&self) {
        self.is_slow.store(true, Ordering::Relaxed);
    }

    /// How often it was asked about a token since this was last called.
    pub(super) fn admissions(&self) -> usize {
        self.admissions.swap(0, Ordering::Relaxed)
    }

    fn ask<'a, T: Send + 'a>(
        &'a self,
        verb: impl FnOnce(&'a MemoryStore) -> Answer<'a, T>,
    ) -> Answer<'a, T> {
        if self.is_down.load(Ordering::Relaxed) {
            let error = StoreError::new("the row took it down");
            return Box::pin(std::future::ready(Err(error)));
        }
        let answer = verb(&self.store);
        if !self.is_slow.load(Ordering::Relaxed) {
            return answer;
        }
        Box::pin(async {
            wait().await;
            answer.await
        })
    }
}

/// Until the task is polled once more.
pub(super) async fn wait() {
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

type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

impl Store for Breakable {
    fn create(&self, new: NewSession) -> Answer<'_, Created> {
        self.ask(|store| store.create(new))
    }

    fn rotate(&self, rotate: Rotate) -> Answer<'_, Rotation> {
        self.ask(|store| store.rotate(rotate))
    }

    fn admit(&self, admit: Admit) -> Answer<'_, Admission> {
        self.admissions.fetch_add(1, Ordering::Relaxed);
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

    fn list(&self, list: ListSessions) -> Answer<'_, ListedSessions> {
        self.ask(|store| store.list(list))
    }

    fn purge(&self) -> Answer<'_, u64> {
        self.ask(MemoryStore::purge)
    }
}
