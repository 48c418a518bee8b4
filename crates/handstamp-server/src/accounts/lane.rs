//! One attempt at a time for each account or known device.
//!
//! An attempt is charged before its password is compared. So concurrent attempts with the right
//! password would be denied by each other's charges: here they wait for each other instead. It
//! holds between the attempts of one server; those of several are bounded by the charges alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The lanes in which attempts wait. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lanes(Arc<Mutex<HashMap<String, Weak<Turn<()>>>>>);

impl Lanes {
    /// Waits for the attempts before this one. The next one's turn is when the guard is dropped.
    pub(crate) async fn enter(&self, lane: &str) -> OwnedMutexGuard<()> {
        self.turn(lane).lock_owned().await
    }

    fn turn(&self, lane: &str) -> Arc<Turn<()>> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = lanes.get(lane).and_then(Weak::upgrade) {
            return turn;
        }
        // Those in which no attempt is left, once in a while.
        if lanes.len() == lanes.capacity() {
            lanes.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::default();
        lanes.insert(lane.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[tokio::test]
    async fn a_lane_has_one_attempt_at_a_time_and_is_forgotten() {
        let lanes = Lanes::default();
        let alice = lanes.enter("alice").await;
        let bob = lanes.enter("bob").await;
        let waiting = tokio::spawn({
            let lanes = lanes.clone();
            async move { lanes.enter("alice").await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop((alice, bob));
        drop(waiting.await.unwrap());
        for count in 0..10_000 {
            drop(lanes.enter(&count.to_string()).await);
        }
        assert!(lanes.0.lock().unwrap().capacity() < 100);
    }
}
