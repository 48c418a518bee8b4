//! Sessions in this process.

mod shard;

use std::fmt;
use std::future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use self::shard::Shard;
use super::{
    AccountId, Admit, BoxFuture, Created, NewSession, RevokeSession, RevokeToken, RevokeUser,
    Rotate, Rotation, SessionId, SessionRow, Store,
};
use crate::admission::Admission;
use crate::clock::{Clock, SystemClock, UnixTime};
use crate::error::StoreError;

/// Sessions and revocations in the memory of this process: exact, and gone when it ends.
///
/// For one process, for tests, and for trying things out. Nothing is ever evicted; what has ended is removed a little
/// with every log-in, refresh and revocation, so no task has to run.
///
/// ```
/// use handstamp::store::MemoryStore;
/// use handstamp::{Auth, Config};
///
/// let config = Config::builder().secret_key("a secret of at least thirty-two bytes").build()?;
/// let auth = Auth::builder(config).store(MemoryStore::new()).build();
/// # Ok::<(), handstamp::error::ConfigError>(())
/// ```
pub struct MemoryStore {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    clock: Box<dyn Clock>,
}

impl MemoryStore {
    /// Empty, with the system's clock.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// Empty, with this clock.
    #[must_use]
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            clock: Box::new(clock),
        }
    }

    /// Everything of one user is in one shard, so that each verb is one step.
    fn shard(&self, uid: &AccountId) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(uid);
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

/// But for `purge`, which lets others run, no verb waits.
impl Store for MemoryStore {
    fn create(&self, new: NewSession) -> BoxFuture<'_, Result<Created, StoreError>> {
        ready(self.shard(&new.uid).create(new, self.now()))
    }

    fn rotate(&self, rotate: Rotate) -> BoxFuture<'_, Result<Rotation, StoreError>> {
        ready(self.shard(&rotate.uid).rotate(&rotate, self.now()))
    }

    fn admit(&self, admit: Admit) -> BoxFuture<'_, Result<Admission, StoreError>> {
        ready(self.shard(&admit.uid).admit(&admit, self.now()))
    }

    fn revoke_session(&self, revoke: RevokeSession) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(self.shard(&revoke.uid).revoke_session(&revoke, self.now()))
    }

    fn revoke_user(&self, revoke: RevokeUser) -> BoxFuture<'_, Result<Vec<SessionId>, StoreError>> {
        ready(self.shard(&revoke.uid).revoke_user(&revoke, self.now()))
    }

    fn revoke_token(&self, revoke: RevokeToken) -> BoxFuture<'_, Result<(), StoreError>> {
        self.shard(&revoke.uid).revoke_token(revoke, self.now());
        ready(())
    }

    fn list(&self, uid: AccountId) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        ready(self.shard(&uid).list(&uid, self.now()))
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let mut removed = 0;
            let mut is_over = false;
            // A little of each shard in turn: whoever waits for one gets it while the others have theirs.
            while !is_over {
                is_over = true;
                for shard in &self.shards {
                    let swept = lock(shard).sweep(self.now(), PURGE_BATCH);
                    removed += swept.removed;
                    is_over &= swept.looked_at < PURGE_BATCH;
                }
                if !is_over {
                    let_others_run().await;
                }
            }
            Ok(removed)
        })
    }
}

/// No code that holds the lock leaves a shard half changed, so one that another thread panicked with is sound.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn let_others_run() {
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
/// Few enough that nobody waits long for a lock, or for the thread.
const PURGE_BATCH: usize = 32;

#[cfg(test)]
mod tests;
