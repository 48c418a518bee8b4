//! Who waits to hear that something of a user's was revoked.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use crate::store::Uid;

/// The connections of one `Auth`, by user.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Bells>);

#[derive(Default)]
struct Bells {
    next: u64,
    by_user: BTreeMap<(Uid, u64), Arc<Bell>>,
}

impl Watchers {
    pub(super) fn add(&self, uid: Uid) -> ((Uid, u64), Arc<Bell>) {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, bell) = ((uid, bells.next), Arc::<Bell>::default());
        bells.next += 1;
        bells.by_user.insert(key.clone(), Arc::clone(&bell));
        (key, bell)
    }

    pub(super) fn remove(&self, key: &(Uid, u64)) {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.by_user.remove(key);
    }

    /// Makes all connections of this user ask again. What is revoked is for the store to say.
    pub(crate) fn ring(&self, uid: &Uid) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = bells
            .by_user
            .range((uid.clone(), 0)..=(uid.clone(), u64::MAX));
        let of_user: Vec<_> = of_user.map(|(_, bell)| Arc::clone(bell)).collect();
        // Whoever is woken may drop its connection at once, which locks again.
        drop(bells);
        for bell in of_user {
            bell.ring();
        }
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.by_user.len()
    }
}

/// Wakes one connection.
#[derive(Default)]
pub(super) struct Bell(Mutex<Ringing>);

#[derive(Default)]
struct Ringing {
    rung: bool,
    waker: Option<Waker>,
}

impl Bell {
    /// Whether it was rung since the last time. The next ring wakes this task.
    pub(super) fn was_rung(&self, context: &Context<'_>) -> bool {
        let mut ringing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut ringing.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        mem::take(&mut ringing.rung)
    }

    fn ring(&self) {
        let mut ringing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ringing.rung = true;
        let waker = ringing.waker.take();
        drop(ringing);
        waker.into_iter().for_each(Waker::wake);
    }
}
