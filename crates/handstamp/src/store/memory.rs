//! Sessions in this process.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap};
use std::fmt;
use std::future;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{
    Admit, AdmitPurpose, BoxFuture, Created, NewSession, Reason, RevokeSession, RevokeToken,
    RevokeUser, Rotate, Rotation, SessionId, SessionRow, Store, TokenId, Uid, UserRevocation,
};
use crate::admission::Admission;
use crate::clock::{Clock, SystemClock, UnixTime};
use crate::error::StoreError;
use crate::session::rotation::{Continuation, Verdict};

/// Sessions and revocations in the memory of this process: exact, and gone when it ends.
///
/// For one process, for tests, and for trying things out. Nothing is ever evicted; what has ended is removed a little
/// with every log-in, refresh and revocation, so no task has to run. Never waits.
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
    fn shard(&self, uid: &Uid) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(uid);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::indexing_slicing,
            reason = "a remainder is less than the number of shards"
        )]
        let shard = &self.shards[(hash % SHARDS as u64) as usize];
        // No code that holds the lock leaves a shard half changed, so one that another thread panicked with is sound.
        shard.lock().unwrap_or_else(PoisonError::into_inner)
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

/// What the verbs do never waits.
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

    fn list(&self, uid: Uid) -> BoxFuture<'_, Result<Vec<SessionRow>, StoreError>> {
        ready(self.shard(&uid).list(&uid, self.now()))
    }

    fn purge(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        let mut removed = 0;
        for shard in &self.shards {
            loop {
                // The lock is free between two batches.
                let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
                let swept = shard.sweep(self.now(), PURGE_BATCH);
                removed += swept.removed;
                if swept.looked_at < PURGE_BATCH {
                    break;
                }
            }
        }
        ready(removed)
    }
}

fn ready<T: Send + 'static>(value: T) -> BoxFuture<'static, Result<T, StoreError>> {
    Box::pin(future::ready(Ok(value)))
}

/// Everything of the users whose hash falls here.
#[derive(Default)]
struct Shard {
    users: HashMap<Uid, User>,
    sessions: HashMap<SessionId, Kept>,
    /// Revoked tokens, until they end by themselves.
    tokens: HashMap<(Uid, TokenId), UnixTime>,
    /// When to look whether an entry can go; the earliest first. Each entry of the maps has one entry here.
    due: BinaryHeap<Reverse<(UnixTime, Due)>>,
}

struct Kept {
    row: SessionRow,
    keep_until: Option<UnixTime>,
}

impl Kept {
    fn goes_at(&self) -> UnixTime {
        let ends = self.row.ends_at();
        self.keep_until.map_or(ends, |until| until.max(ends))
    }
}

/// What is known of a user beside single tokens.
#[derive(Default)]
struct User {
    not_before: Option<(UnixTime, UnixTime)>,
    sessions: Vec<SessionId>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Session(SessionId),
    Token(Uid, TokenId),
    NotBefore(Uid),
}

struct Swept {
    looked_at: usize,
    removed: u64,
}

impl Shard {
    fn create(&mut self, new: NewSession, now: UnixTime) -> Created {
        self.sweep(now, SWEEP_BATCH);
        if let Some(kept) = self.sessions.get(&new.id) {
            return Created::Existing(kept.row.clone());
        }
        let user = self.users.entry(new.uid.clone()).or_default();
        let now = match user.not_before {
            Some((not_before, _)) => now.max(not_before.saturating_add(MILLISECOND)),
            None => now,
        };
        user.sessions.push(new.id.clone());
        let absolute_expires = now.saturating_add(new.absolute);
        let row = SessionRow {
            id: new.id,
            uid: new.uid,
            generation: 1,
            current: new.token,
            confirmed: new.confirmed,
            rotated_at: now,
            created_at: now,
            last_active: now,
            idle_expires: now.saturating_add(new.idle).min(absolute_expires),
            absolute_expires,
            data: new.data,
            revoked: None,
        };
        let kept = Kept {
            row: row.clone(),
            keep_until: new.keep_until,
        };
        self.due
            .push(Reverse((kept.goes_at(), Due::Session(row.id.clone()))));
        self.sessions.insert(row.id.clone(), kept);
        Created::New(row)
    }

    fn rotate(&mut self, rotate: &Rotate, now: UnixTime) -> Rotation {
        self.sweep(now, SWEEP_BATCH);
        if self.is_revoked(&rotate.uid, &rotate.presented.token, now) {
            return Rotation::Revoked;
        }
        let Some(row) = self.live(&rotate.uid, &rotate.session, now) else {
            return Rotation::Ended;
        };
        match row.judge(&rotate.presented, now) {
            Verdict::Reuse(reuse) => {
                row.revoked = Some((now, Reason::Reused));
                Rotation::Reused(reuse)
            }
            Verdict::Continue(way) => {
                match way {
                    Continuation::Rotated => *row = row.rotate(rotate, now),
                    Continuation::Recovered => *row = row.recover(rotate, now),
                    Continuation::Debounced
                    | Continuation::Reissued
                    | Continuation::ReissuedLate => {}
                }
                Rotation::Continued(way, row.clone())
            }
        }
    }

    fn admit(&mut self, admit: &Admit, now: UnixTime) -> Admission {
        if self.is_revoked(&admit.uid, &admit.token, now) {
            return Admission::Revoked;
        }
        let Some(session) = &admit.session else {
            let not_before = self.not_before(&admit.uid);
            let too_old = |at: UnixTime| admit.issued_at.as_secs() <= at.as_secs();
            return match not_before {
                Some(not_before) if too_old(not_before) => Admission::Revoked,
                _ => Admission::Admitted,
            };
        };
        let Some(row) = self.live(&admit.uid, session, now) else {
            return Admission::SessionEnded;
        };
        match &admit.purpose {
            AdmitPurpose::Refresh(presented) => {
                if let Verdict::Reuse(_) = row.judge(presented, now) {
                    return Admission::Reused;
                }
            }
            AdmitPurpose::Access { generation } => {
                row.confirmed |= *generation == row.generation;
            }
        }
        if let Some(after) = admit.touch_after
            && now >= row.last_active.saturating_add(after)
        {
            row.last_active = now;
        }
        Admission::Admitted
    }

    fn revoke_session(&mut self, revoke: &RevokeSession, now: UnixTime) -> bool {
        self.sweep(now, SWEEP_BATCH);
        let row = self.live(&revoke.uid, &revoke.session, now);
        row.map(|row| row.revoked = Some((now, revoke.reason)))
            .is_some()
    }

    fn revoke_user(&mut self, revoke: &RevokeUser, now: UnixTime) -> Vec<SessionId> {
        self.sweep(now, SWEEP_BATCH);
        let user = self.users.entry(revoke.uid.clone()).or_default();
        let live: Vec<SessionId> = {
            let not_before = user.not_before.map(|(at, _)| at);
            let is_live = |id: &&SessionId| {
                let kept = self.sessions.get(*id);
                kept.is_some_and(|kept| kept.row.is_live(now, not_before))
            };
            user.sessions.iter().filter(is_live).cloned().collect()
        };
        let before = match &revoke.which {
            UserRevocation::All => Some(now),
            UserRevocation::Before(at) => Some(UnixTime::from_millis(at.as_millis()).min(now)),
            UserRevocation::AllBut(_) => None,
        };
        if let Some(before) = before {
            let forget_at = now.saturating_add(revoke.keep);
            match &mut user.not_before {
                Some((at, until)) => (*at, *until) = ((*at).max(before), (*until).max(forget_at)),
                none @ None => {
                    *none = Some((before, forget_at));
                    let due = Due::NotBefore(revoke.uid.clone());
                    self.due.push(Reverse((forget_at, due)));
                }
            }
        }
        let mut revoked = Vec::new();
        for id in live {
            let Some(kept) = self.sessions.get_mut(&id) else {
                continue;
            };
            let is_meant = match (&revoke.which, before) {
                (UserRevocation::AllBut(kept), _) => *kept != id,
                // "All" are those there are, also one that a clock which went back made in the future.
                (UserRevocation::All, _) => true,
                (_, before) => before.is_some_and(|before| kept.row.created_at <= before),
            };
            if is_meant {
                kept.row.revoked = Some((now, revoke.reason));
                revoked.push(id);
            }
        }
        self.forget_user(&revoke.uid);
        revoked
    }

    fn revoke_token(&mut self, revoke: RevokeToken, now: UnixTime) {
        self.sweep(now, SWEEP_BATCH);
        if revoke.until <= now {
            return;
        }
        match self.tokens.entry((revoke.uid, revoke.token)) {
            Entry::Occupied(mut entry) => {
                let until = revoke.until.max(*entry.get());
                entry.insert(until);
            }
            Entry::Vacant(entry) => {
                let (uid, token) = entry.key().clone();
                self.due
                    .push(Reverse((revoke.until, Due::Token(uid, token))));
                entry.insert(revoke.until);
            }
        }
    }

    fn list(&self, uid: &Uid, now: UnixTime) -> Vec<SessionRow> {
        let Some(user) = self.users.get(uid) else {
            return Vec::new();
        };
        let not_before = self.not_before(uid);
        let mut rows: Vec<SessionRow> = user
            .sessions
            .iter()
            .filter_map(|id| self.sessions.get(id))
            .filter(|kept| kept.row.is_live(now, not_before))
            .map(|kept| kept.row.clone())
            .collect();
        rows.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        rows
    }

    fn not_before(&self, uid: &Uid) -> Option<UnixTime> {
        self.users.get(uid)?.not_before.map(|(at, _)| at)
    }

    fn is_revoked(&self, uid: &Uid, token: &TokenId, now: UnixTime) -> bool {
        // Most often nothing is revoked, and no key has to be made.
        !self.tokens.is_empty()
            && self
                .tokens
                .get(&(uid.clone(), token.clone()))
                .is_some_and(|until| now < *until)
    }

    fn live(&mut self, uid: &Uid, session: &SessionId, now: UnixTime) -> Option<&mut SessionRow> {
        let not_before = self.not_before(uid);
        let row = &mut self.sessions.get_mut(session)?.row;
        (row.uid == *uid && row.is_live(now, not_before)).then_some(row)
    }

    /// Looks at the entries that are due, at most so many, and removes those that are over.
    fn sweep(&mut self, now: UnixTime, at_most: usize) -> Swept {
        let mut swept = Swept {
            looked_at: 0,
            removed: 0,
        };
        while swept.looked_at < at_most {
            match self.due.peek() {
                Some(Reverse((at, _))) if *at <= now => {}
                _ => break,
            }
            let Some(Reverse((_, due))) = self.due.pop() else {
                break;
            };
            swept.looked_at += 1;
            match self.remove(&due, now) {
                Some(later) => self.due.push(Reverse((later, due))),
                None => swept.removed += 1,
            }
        }
        swept
    }

    /// Removes an entry, unless it was given more time: then that is the answer.
    fn remove(&mut self, due: &Due, now: UnixTime) -> Option<UnixTime> {
        match due {
            Due::Session(id) => {
                let goes_at = self.sessions.get(id)?.goes_at();
                if goes_at > now {
                    return Some(goes_at);
                }
                let kept = self.sessions.remove(id)?;
                if let Some(user) = self.users.get_mut(&kept.row.uid) {
                    user.sessions.retain(|other| other != id);
                    self.forget_user(&kept.row.uid);
                }
            }
            Due::Token(uid, token) => {
                let key = (uid.clone(), token.clone());
                let until = *self.tokens.get(&key)?;
                if until > now {
                    return Some(until);
                }
                self.tokens.remove(&key);
            }
            Due::NotBefore(uid) => {
                let user = self.users.get_mut(uid)?;
                let (_, until) = user.not_before?;
                if until > now {
                    return Some(until);
                }
                user.not_before = None;
                self.forget_user(uid);
            }
        }
        None
    }

    /// A user of whom nothing is known takes no room.
    fn forget_user(&mut self, uid: &Uid) {
        let is_unknown = |user: &User| user.not_before.is_none() && user.sessions.is_empty();
        if self.users.get(uid).is_some_and(is_unknown) {
            self.users.remove(uid);
        }
    }
}

const SHARDS: usize = 64;
const MILLISECOND: Duration = Duration::from_millis(1);
/// More than the one entry that a verb adds, so that what is over goes faster than new entries come.
const SWEEP_BATCH: usize = 4;
/// Few enough that nobody waits a millisecond for the lock.
const PURGE_BATCH: usize = 256;

#[cfg(test)]
mod tests;
