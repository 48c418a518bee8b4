//! The connections that are notified when sessions or tokens of their user are revoked.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use crate::store::AccountId;

/// The connections of one `Auth`, by user.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<Bells>);

#[derive(Default)]
struct Bells {
    next: u64,
    by_user: BTreeMap<(AccountId, u64), Arc<Notifier>>,
}

impl Watchers {
    pub(crate) fn add(&self, account: AccountId) -> ((AccountId, u64), Arc<Notifier>) {
        let mut notifiers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, notifier) = ((account, notifiers.next), Arc::<Notifier>::default());
        notifiers.next += 1;
        notifiers.by_user.insert(key.clone(), Arc::clone(&notifier));
        (key, notifier)
    }

    pub(crate) fn remove(&self, key: &(AccountId, u64)) {
        let mut notifiers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notifiers.by_user.remove(key);
    }

    /// Notifies all connections of this user, which then ask the store what was revoked.
    pub(crate) fn notify(&self, account: &AccountId) {
        let notifiers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = notifiers
            .by_user
            .range((account.clone(), 0)..=(account.clone(), u64::MAX));
        let of_user: Vec<_> = of_user.map(|(_, notifier)| Arc::clone(notifier)).collect();
        // A woken task may drop its connection at once, which takes the lock again.
        drop(notifiers);
        for notifier in of_user {
            notifier.notify();
        }
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        let notifiers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notifiers.by_user.len()
    }
}

/// Wakes one connection.
#[derive(Default)]
pub(crate) struct Notifier(Mutex<Notified>);

#[derive(Default)]
struct Notified {
    rung: bool,
    waker: Option<Waker>,
}

impl Notifier {
    /// Returns whether it was notified since the last call, and registers this task to be woken.
    pub(crate) fn was_rung(&self, context: &Context<'_>) -> bool {
        let mut ringing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut ringing.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        mem::take(&mut ringing.rung)
    }

    fn notify(&self) {
        let mut ringing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ringing.rung = true;
        let waker = ringing.waker.take();
        drop(ringing);
        waker.into_iter().for_each(Waker::wake);
    }
}
