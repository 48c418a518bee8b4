//! Turns of accounts at a call that costs a store more than a request does. However many of them an
//! account makes at once, they take a fiftieth of the time, so that the requests of others do not
//! notice them.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_timer::Delay;

use crate::store::AccountId;

/// When each account may make such a call again. Some accounts share a place, which nobody can
/// choose.
pub(crate) struct Turns {
    places: Vec<Mutex<Place>>,
    hasher: RandomState,
}

#[derive(Default, Clone, Copy)]
struct Place {
    next: Option<Instant>,
    /// How long the last call took.
    took: Duration,
}

/// The account has made so many calls that its turn would come later than this.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany {
    pub(crate) retry_after: Duration,
}

impl Turns {
    pub(crate) fn new() -> Self {
        Self {
            places: (0..PLACES).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Waits for the turn of this account, and then for the answer of this call.
    ///
    /// # Errors
    /// Returns [`TooMany`] if the turn would come later than this limit.
    pub(crate) async fn take<T>(
        &self,
        account: &AccountId,
        limit: Duration,
        call: impl Future<Output = T>,
    ) -> Result<T, TooMany> {
        let wait = self.place(account).reserve(Instant::now(), limit)?;
        if !wait.is_zero() {
            Delay::new(wait).await;
        }
        let began = Instant::now();
        let answer = call.await;
        self.place(account).finish(began, Instant::now());
        Ok(answer)
    }

    fn place(&self, account: &AccountId) -> MutexGuard<'_, Place> {
        let hash = self.hasher.hash_one(account);
        let number = usize::try_from(hash % PLACES).unwrap_or(0);
        #[expect(
            clippy::indexing_slicing,
            reason = "there are as many places as hashes"
        )]
        let place = &self.places[number];
        place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Returns how long a call has to wait, which then counts as long as the last one.
    fn reserve(&mut self, now: Instant, limit: Duration) -> Result<Duration, TooMany> {
        let turn = self.next.map_or(now, |next| next.max(now));
        let wait = turn.duration_since(now).saturating_sub(AHEAD);
        if wait > limit {
            return Err(TooMany { retry_after: wait });
        }
        self.next = Some(turn + self.took * SHARE);
        Ok(wait)
    }

    fn finish(&mut self, began: Instant, now: Instant) {
        self.took = now.duration_since(began).min(LONGEST);
        let next = began + self.took * SHARE;
        self.next = Some(self.next.map_or(next, |at| at.max(next)));
    }
}

const PLACES: u64 = 1024;
/// The calls of an account take one in as many parts of the time.
const SHARE: u32 = 50;
/// How much earlier than its turn a call is made, so that those of ordinary use need not wait: ten
/// tabs that a laptop wakes with. Twenty calls at once, and more of a fast store.
const AHEAD: Duration = Duration::from_secs(5);
/// A call counts as this long at most: the network may be slow, and not the store.
const LONGEST: Duration = Duration::from_millis(5);

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Place, TooMany};

    const MS: Duration = Duration::from_millis(1);
    const LIMIT: Duration = Duration::from_secs(2);

    #[test]
    fn calls_without_pause_take_a_fiftieth_of_the_time() {
        let start = Instant::now();
        let mut place = Place::default();
        let mut at = start;
        let mut calls = 0;
        while at < start + 100_000 * MS {
            at += place.reserve(at, LIMIT).unwrap();
            place.finish(at, at + 2 * MS);
            at += 2 * MS;
            calls += 1;
        }
        // A hundred seconds, and the five that they are ahead, by 100 milliseconds for each.
        assert!((1_050..=1_051).contains(&calls), "{calls}");
    }

    #[test]
    fn ordinary_use_does_not_wait() {
        let start = Instant::now();
        let mut place = Place::default();
        place.finish(start, start + 2_000 * MS);
        for call in 1..20 {
            assert_eq!(place.reserve(start, LIMIT), Ok(Duration::ZERO), "{call}");
        }
        let later = start + 60_000 * MS;
        assert_eq!(place.reserve(later, LIMIT), Ok(Duration::ZERO));
    }

    #[test]
    fn what_would_wait_too_long_is_refused_and_takes_no_turn() {
        let start = Instant::now();
        let mut place = Place::default();
        place.finish(start, start + 5 * MS);
        let waits: Vec<Duration> = (0..27)
            .map(|_| place.reserve(start, LIMIT).unwrap())
            .filter(|wait| !wait.is_zero())
            .collect();
        assert_eq!(waits.first(), Some(&(250 * MS)));
        assert_eq!(waits.last(), Some(&(1_750 * MS)));
        assert_eq!(place.reserve(start, LIMIT), Ok(2_000 * MS));
        let retry_after = 2_250 * MS;
        for _ in 0..2 {
            assert_eq!(place.reserve(start, LIMIT), Err(TooMany { retry_after }));
        }
        let wait = place.reserve(start + 1_000 * MS, LIMIT);
        assert_eq!(wait, Ok(1_250 * MS), "a second later");
    }
}
