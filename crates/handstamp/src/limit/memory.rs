//! Buckets in memory, for one process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Bucket, Charged, LimitStore};
use crate::clock::{Clock, SystemClock};
use crate::error::StoreError;
use crate::store::BoxFuture;

/// Buckets in the memory of this process.
///
/// At most a million buckets that are not full are kept, in about 90 MB. While there are as many,
/// callers without one share some buckets of their limit: strangers with many addresses neither
/// fill the memory nor get around a limit.
pub struct MemoryLimits {
    shards: Vec<Mutex<Shard>>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Shard {
    /// When each bucket that is not full will be, in microseconds.
    full_at: HashMap<Box<str>, u64>,
    /// The buckets of callers for whom there is no room, one for each limit.
    shared: HashMap<Box<str>, u64>,
    /// At this many entries, those of full buckets are removed,
    sweep_at: usize,
    /// but not before this instant.
    sweep_from: u64,
}

impl MemoryLimits {
    /// Creates an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::with_clock(SystemClock)
    }

    /// Creates an empty store with another clock, for tests.
    #[must_use]
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            clock: Arc::new(clock),
        }
    }

    /// Returns how many buckets are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        let len = |shard| lock(shard).full_at.len();
        self.shards.iter().map(len).sum()
    }

    /// Returns whether no bucket is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn now(&self) -> u64 {
        self.clock.now().as_micros()
    }

    pub(super) fn charge_all(&self, buckets: &[Bucket]) -> Charged {
        let mut locked = self.lock(buckets);
        // Once they are locked: two callers decide in the order of their instants.
        let now = self.now();
        for shard in locked.shards() {
            shard.make_room(now);
        }
        let mut before = Vec::with_capacity(buckets.len());
        for bucket in buckets {
            before.extend(locked.shard(bucket).map(|shard| shard.full_at(bucket, now)));
        }
        let charges = buckets.iter().zip(&before);
        let after: Result<Vec<u64>, _> = charges
            .map(|(bucket, full_at)| bucket.quota.charge(*full_at, now))
            .collect();
        let Ok(after) = after else {
            return Charged::new(false, now, before);
        };
        for (bucket, full_at) in buckets.iter().zip(&after) {
            if let Some(shard) = locked.shard(bucket) {
                shard.set(bucket, *full_at);
            }
        }
        Charged::new(true, now, after)
    }

    fn refund_all(&self, buckets: &[Bucket]) {
        let mut locked = self.lock(buckets);
        for bucket in buckets {
            if let Some(entry) = locked.shard(bucket).and_then(|shard| shard.entry(bucket)) {
                *entry = bucket.quota.refund(*entry);
            }
        }
    }

    /// Locks the shards of these buckets. All callers lock them in the order of their places, so
    /// none of two waits for the other.
    fn lock(&self, buckets: &[Bucket]) -> Locked<'_> {
        let mut places: Vec<usize> = buckets.iter().map(place).collect();
        places.sort_unstable();
        places.dedup();
        let shard = |place| Some((place, lock(self.shards.get(place)?)));
        Locked(places.into_iter().filter_map(shard).collect())
    }
}

/// The shards that one call needs.
struct Locked<'s>(Vec<(usize, MutexGuard<'s, Shard>)>);

impl Locked<'_> {
    fn shards(&mut self) -> impl Iterator<Item = &mut Shard> {
        self.0.iter_mut().map(|(_, shard)| &mut **shard)
    }

    fn shard(&mut self, bucket: &Bucket) -> Option<&mut Shard> {
        let place = place(bucket);
        let shard = self.0.iter_mut().find(|(other, _)| *other == place);
        shard.map(|(_, shard)| &mut **shard)
    }
}

impl Shard {
    fn full_at(&self, bucket: &Bucket, now: u64) -> u64 {
        let entry = self.full_at.get(&*bucket.key);
        let entry = entry.or_else(|| {
            let shared = || self.shared.get(limit_of(bucket));
            self.is_crowded().then(shared).flatten()
        });
        entry.copied().unwrap_or(now)
    }

    /// Returns where a charge of this bucket is kept, if one is.
    fn entry(&mut self, bucket: &Bucket) -> Option<&mut u64> {
        let is_crowded = self.is_crowded();
        if let Some(entry) = self.full_at.get_mut(&*bucket.key) {
            return Some(entry);
        }
        let shared = self.shared.get_mut(limit_of(bucket));
        shared.filter(|_| is_crowded)
    }

    fn set(&mut self, bucket: &Bucket, full_at: u64) {
        if let Some(entry) = self.entry(bucket) {
            *entry = full_at;
        } else if self.is_crowded() {
            self.shared.insert(limit_of(bucket).into(), full_at);
        } else {
            self.full_at.insert(bucket.key.as_str().into(), full_at);
        }
    }

    fn is_crowded(&self) -> bool {
        self.full_at.len() >= MOST_IN_A_SHARD
    }

    /// Removes entries of full buckets, if there are many and some may be full.
    fn make_room(&mut self, now: u64) {
        let many = self.sweep_at.clamp(FEWEST_SWEPT, MOST_IN_A_SHARD);
        if self.full_at.len() >= many && now >= self.sweep_from {
            self.sweep(now);
        }
    }

    /// The next sweep is due at twice what is left, so that each entry is looked at about twice. A
    /// crowded shard is swept once the first bucket is full, and once in a second at most.
    fn sweep(&mut self, now: u64) -> u64 {
        let before = self.full_at.len();
        let mut first = u64::MAX;
        self.full_at.retain(|_, full_at| {
            let stays = *full_at > now;
            if stays {
                first = first.min(*full_at);
            }
            stays
        });
        self.shared.retain(|_, full_at| *full_at > now);
        let left = self.full_at.len();
        if left * 4 < self.full_at.capacity() {
            self.full_at.shrink_to(left * 2);
        }
        self.sweep_at = left.saturating_mul(2);
        self.sweep_from = if left < MOST_IN_A_SHARD {
            0
        } else {
            first.max(now.saturating_add(SECOND))
        };
        u64::try_from(before - left).unwrap_or(u64::MAX)
    }
}

impl LimitStore for MemoryLimits {
    fn charge<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<Charged, StoreError>> {
        Box::pin(async move { Ok(self.charge_all(buckets)) })
    }

    fn refund<'a>(&'a self, buckets: &'a [Bucket]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.refund_all(buckets);
            Ok(())
        })
    }

    fn purge_limits(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            let now = self.now();
            Ok(self.shards.iter().map(|shard| lock(shard).sweep(now)).sum())
        })
    }
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimits").finish_non_exhaustive()
    }
}

/// The characters of a key are those of a hash, but not as evenly spread as its bits.
fn place(bucket: &Bucket) -> usize {
    let mix = |sum: usize, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte));
    let sum = bucket.key.bytes().fold(0, mix);
    (sum ^ sum >> 7) % SHARDS
}

/// Returns what the keys of all buckets of a limit begin with.
fn limit_of(bucket: &Bucket) -> &str {
    bucket.key.get(..LIMIT_LEN).unwrap_or(&bucket.key)
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

const SHARDS: usize = 64;
const MOST_IN_A_SHARD: usize = (1 << 20) / SHARDS;
const FEWEST_SWEPT: usize = 64;
/// As `Limit` writes it.
const LIMIT_LEN: usize = 8;
/// In microseconds.
const SECOND: u64 = 1_000_000;
