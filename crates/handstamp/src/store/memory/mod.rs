//! A store in the memory of this process.
//!
//! Takes a clock and answers at once, without waiting. It never writes to disk.

mod expiry;
mod limit;
mod not_before;
mod shard;

use std::fmt;
use std::future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use self::shard::Shard;
use super::{
    AccountId, Admit, BoxFuture, Created, EndExcess, EndRevoked, EndedSessions, ListSessions,
    ListedSessions, NewSession, ReadSession, Redeem, Redemption, RevokeSession, RevokeToken,
    RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, UpdateSession,
};
use crate::clock::{Clock, SystemClock, UnixTime};
use crate::error::StoreError;
use crate::store::Admission;

/// A store in the memory of this process. It is exact, and its entries are lost when the process
/// ends.
///
/// It is for a single process, for tests and for trials. Nothing is evicted. Every log-in, refresh
/// and revocation also removes a few entries that have ended, so no background task is needed.
///
/// ```
/// use handstamp::store::MemoryStore;
/// use handstamp::{Auth, Config};
///
/// let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
/// let auth = Auth::builder(config).store(MemoryStore::new()).build()?;
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    clock: Box<dyn Clock>,
}

impl MemoryStore {
    /// Creates an empty store that uses the system clock.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// Creates an empty store that uses this clock.
    #[must_use]
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            clock: Box::new(clock),
        }
    }

    /// Locks the shard of an account. It contains all entries of the account, so that each method
    /// is atomic.
    fn shard(&self, account: &AccountId) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(account);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::indexing_slicing,
            reason = "a remainder is less than the number of shards"
        )]
        let shard = &self.shards[(hash % SHARDS as u64) as usize];
        lock(shard)
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.clock.now().as_millis())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

/// Except for `purge`, which yields to other tasks, no method waits.
impl Store for MemoryStore {
    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        ready(self.shard(&new.account).create(new, self.now()))
    }

    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        ready(self.shard(&rotate.account).rotate(&rotate, self.now()))
    }

    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        ready(self.shard(&admit.account).admit(&admit, self.now()))
    }

    fn session(&self, read: ReadSession) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        ready(self.shard(&read.account).session(&read, self.now()))
    }

    fn update_session(
        &self,
        update: UpdateSession,
    ) -> BoxFuture<'_, Result<Option<SessionRow>, StoreError>> {
        ready(
            self.shard(&update.account)
                .update_session(update, self.now()),
        )
    }

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(
            self.shard(&revoke.account)
                .revoke_session(&revoke, self.now()),
        )
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        ready(self.shard(&revoke.account).revoke_user(&revoke, self.now()))
    }

    fn end_revoked(&self, end: EndRevoked) -> BoxFuture<'_, Result<EndedSessions, StoreError>> {
        ready(self.shard(&end.account).end_revoked(&end, self.now()))
    }

    fn end_excess(&self, end: EndExcess) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        // As if there were one more.
        let at_most = end.at_most.saturating_add(1);
        ready(
            self.shard(&end.account)
                .end_least_used(&end.account, at_most, self.now()),
        )
    }

    fn crowded_accounts(
        &self,
        at_most: usize,
    ) -> BoxFuture<'_, Result<Vec<AccountId>, StoreError>> {
        let crowded = |shard: &Mutex<Shard>| lock(shard).crowded_accounts(at_most);
        ready(self.shards.iter().flat_map(crowded).collect())
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        self.shard(&revoke.account).revoke_token(revoke, self.now());
        ready(())
    }

    fn redeem(&self, redeem: Redeem) -> BoxFuture<'_, Result<Redemption, StoreError>> {
        ready(self.shard(&redeem.account).redeem(redeem, self.now()))
    }

    fn list(&self, list: ListSessions) -> BoxFuture<'_, Result<ListedSessions, StoreError>> {
        ready(self.shard(&list.account).list(&list, self.now()))
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let mut removed = 0;
            let mut is_over = false;
            // A few entries of each shard in turn, so that no lock is held for long.
            while !is_over {
                is_over = true;
                for shard in &self.shards {
                    let swept = lock(shard).sweep(self.now(), PURGE_BATCH);
                    removed += swept.removed;
                    is_over &= swept.looked_at < PURGE_BATCH;
                }
                if !is_over {
                    yield_now().await;
                }
            }
            Ok(removed)
        })
    }
}

/// Locks a shard. No code that holds the lock leaves a shard half changed, so it is still
/// consistent after another thread has panicked while it held the lock.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn yield_now() {
    let mut waited = false;
    future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, Result<T, StoreError>> {
    Box::pin(future::ready(Ok(value)))
}

const SHARDS: usize = 64;
/// Small, so that neither the lock nor the thread is held for long.
const PURGE_BATCH: usize = 32;

#[cfg(test)]
mod tests;
