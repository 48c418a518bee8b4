//! How many sockets a session has open: each costs memory, and one session could open any number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use handstamp_axum::handstamp::store::SessionId;

/// The number of open sockets of each session that has some.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<SessionId, usize>>>);

impl Places {
    /// Takes a place for a socket of this session, unless all are taken.
    pub(crate) fn take(&self, session: SessionId) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(session.clone()).or_default();
        if *count >= MAX_SOCKETS {
            return None;
        }
        *count += 1;
        let places = self.clone();
        Some(Place { places, session })
    }
}

/// The place of one socket. It is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    session: SessionId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// More than a user has tabs with the chat.
const MAX_SOCKETS: usize = 8;
