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
/// How much earlier than its turn a call is made, so that a few after each other need not wait.
const AHEAD: Duration = Duration::from_millis(100);
/// A call counts as this long at most: a store that is slow for another reason keeps nobody waiting
/// for longer than half a second.
const LONGEST: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Place, TooMany};

    const MS: Duration = Duration::from_millis(1);
    const LIMIT: Duration = Duration::from_secs(2);

    #[test]
    fn calls_take_a_fiftieth_of_the_time() {
        let start = Instant::now();
        let mut place = Place::default();
        let mut at = start;
        for (row, waits) in [
            ("the first", 0),
            ("one that is made ahead", 0),
            ("one that waits", 96),
            ("each that follows", 98),
            ("the last", 98),
        ] {
            assert_eq!(place.reserve(at, LIMIT), Ok(waits * MS), "{row}");
            let began = at + waits * MS;
            at = began + 2 * MS;
            place.finish(began, at);
        }
        let beside = place.reserve(at, LIMIT);
        assert_eq!(beside, Ok(98 * MS), "one of two at once");
        assert_eq!(place.reserve(at, LIMIT), Ok(198 * MS), "the other");
        let later = place.reserve(at + 1000 * MS, LIMIT);
        assert_eq!(later, Ok(Duration::ZERO), "one much later");
    }

    #[test]
    fn what_would_wait_too_long_is_refused_and_takes_no_turn() {
        let start = Instant::now();
        let mut place = Place::default();
        place.finish(start, start + 10 * MS);
        for wait in [400, 900, 1400, 1900] {
            assert_eq!(place.reserve(start, LIMIT), Ok(wait * MS));
        }
        let retry_after = 2400 * MS;
        for _ in 0..2 {
            assert_eq!(place.reserve(start, LIMIT), Err(TooMany { retry_after }));
        }
        let wait = place.reserve(start + 1000 * MS, LIMIT);
        assert_eq!(wait, Ok(1400 * MS), "a second later");
    }

    #[test]
    fn a_slow_store_makes_nobody_wait_for_longer_than_half_a_second() {
        let start = Instant::now();
        let mut place = Place::default();
        place.finish(start, start + 2000 * MS);
        assert_eq!(place.reserve(start, LIMIT), Ok(400 * MS));
    }
}
