//! Remembers tokens whose asymmetric signature was verified: verifying the same token again costs
//! ten to a hundred times as much as all other checks.
//!
//! It says that the keys of its set verified exactly these bytes, and nothing else. Times, parties,
//! purpose, CSRF value, blocklist and store are judged for each request, so a token that has
//! expired or was revoked is refused as without it. Other keys are another set, which remembers
//! nothing.
//!
//! Only the holder of a private key can add to it, and what it holds is bounded: a token that needs
//! the slot of another takes it.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ctutils::CtEq as _;

pub(super) struct SeenTokens {
    slots: Box<[Slot]>,
    /// Keyed at random, so that no client knows which tokens share a slot.
    hasher: RandomState,
}

type Slot = Mutex<Option<Box<[u8]>>>;

impl SeenTokens {
    pub(super) fn new() -> Self {
        Self {
            slots: (0..SLOTS).map(|_| Slot::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Returns whether [`insert`](Self::insert) was called with these bytes. The hash only finds
    /// the slot.
    pub(super) fn contains(&self, token: &[u8]) -> bool {
        // In constant time: the bytes may have been made up, those of the slot are a token.
        let is_same = |known: &[u8]| known.ct_eq(token).to_bool();
        self.slot(token)
            .is_some_and(|slot| slot.as_deref().is_some_and(is_same))
    }

    /// Remembers a token whose signature was verified.
    pub(super) fn insert(&self, token: &[u8]) {
        if let Some(mut slot) = self.slot(token) {
            *slot = Some(token.into());
        }
    }

    fn slot(&self, token: &[u8]) -> Option<MutexGuard<'_, Option<Box<[u8]>>>> {
        let index = self.hasher.hash_one(token) % SLOTS;
        let slot = self.slots.get(usize::try_from(index).ok()?)?;
        Some(slot.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Tokens stay out of logs.
impl fmt::Debug for SeenTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeenTokens").finish_non_exhaustive()
    }
}

/// With tokens of 700 bytes they take 3 MB, and with the longest 32 MB.
const SLOTS: u64 = 4096;
