//! The rules of refresh token rotation.
//!
//! Takes the row of a session, the presented token and the time, and returns a verdict and the row
//! that follows. Reads no clock, no store and no randomness.
//!
//! A refresh token is exchanged for its successor. Until the successor is known to have been
//! received, and for the grace window after that, the exchanged token still yields the same
//! successor: two tabs, lost responses and reordered responses log no user out. After that, a token
//! that was exchanged is a replay, and ends the session.
//!
//! The current token is exchanged only once it is acknowledged and its grace window is over. Its
//! predecessor's holders therefore find it in place for as long as they may still ask.
//!
//! This holds while a refresh, from the moment a browser reads its cookie until the response has
//! arrived there or is lost, takes less than the grace window. Once a token is known to have been
//! received, the browser has it: every request with its predecessor read the cookie before that, so
//! all of them are sent and answered before the window is over. A model in the tests explores every
//! order of events.

use crate::clock::UnixTime;
use crate::store::{PresentedToken, Rotate, SessionRow};

/// The effect of a presented refresh token on a live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
pub enum Verdict {
    /// The session continues.
    Continue(Continuation),
    /// The token was exchanged before and is replayed: the session ends.
    Reuse(Reuse),
}

/// The way in which a session continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
pub enum Continuation {
    /// The current token after its grace window was rotated: its successor is issued.
    Rotated,
    /// The current token within its grace window: the same token is issued again, and nothing is
    /// written.
    Debounced,
    /// The current token, until now not known to have been received: its grace window starts, and
    /// the same token is issued again.
    Acknowledged,
    /// The previous token within the grace window: the current token is issued again.
    Reissued,
    /// The previous token after the grace window, while the current token is not known to have been
    /// received: the response was lost, or the device was suspended. The current token is issued
    /// again.
    ReissuedLate,
    /// A token of a later generation than that of the store: the store lost its last writes, and
    /// restores them from the token. The same token is issued again.
    Recovered,
}

/// The exchanged token that was reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
pub enum Reuse {
    /// The predecessor of the current token.
    Recent,
    /// An older token, or one that is no predecessor of the current one.
    Stale,
}

impl SessionRow {
    /// Returns the effect of this token on a live session at `now`.
    #[must_use]
    pub fn judge(&self, presented: &PresentedToken, now: UnixTime) -> Verdict {
        let age = now.saturating_since(self.grace_started_at);
        if presented.generation > self.generation {
            return Verdict::Continue(Continuation::Recovered);
        }
        if presented.token == self.current {
            return Verdict::Continue(if !self.acknowledged {
                Continuation::Acknowledged
            } else if age < presented.grace {
                Continuation::Debounced
            } else {
                Continuation::Rotated
            });
        }
        if presented.successor == self.current {
            return if age <= presented.grace {
                Verdict::Continue(Continuation::Reissued)
            } else if !self.acknowledged {
                Verdict::Continue(Continuation::ReissuedLate)
            } else {
                Verdict::Reuse(Reuse::Recent)
            };
        }
        Verdict::Reuse(Reuse::Stale)
    }

    /// Returns the row after the session has continued in this way at `now`, which is the same row
    /// if nothing is written.
    #[must_use]
    pub fn after(&self, way: Continuation, rotate: &Rotate, now: UnixTime) -> Self {
        let presented = &rotate.presented;
        match way {
            Continuation::Debounced | Continuation::Reissued | Continuation::ReissuedLate => {
                self.clone()
            }
            Continuation::Rotated => Self {
                generation: self.generation + 1,
                current: presented.successor.clone(),
                acknowledged: rotate.acknowledged,
                rotated_at: now,
                grace_started_at: now,
                idle_expires: self.idle_until(now, rotate.idle),
                ..self.clone()
            },
            Continuation::Acknowledged => self.acknowledge(now),
            // A presented token was received, so it is acknowledged.
            Continuation::Recovered => Self {
                generation: presented.generation,
                current: presented.token.clone(),
                acknowledged: true,
                rotated_at: now,
                grace_started_at: now,
                idle_expires: self.idle_until(now, rotate.idle),
                ..self.clone()
            },
        }
    }

    /// Returns the row after the current generation was acknowledged at `now`: its refresh token
    /// was presented, or an access token of it was accepted.
    #[must_use]
    pub fn acknowledge(&self, now: UnixTime) -> Self {
        if self.acknowledged {
            return self.clone();
        }
        Self {
            acknowledged: true,
            grace_started_at: now,
            ..self.clone()
        }
    }
}

impl Continuation {
    /// Returns whether the response must not set the cookie of the refresh token: it re-issues the
    /// presented token, and a concurrent response may already have delivered the successor.
    #[must_use]
    pub const fn keeps_cookie(self) -> bool {
        matches!(self, Self::Debounced | Self::Acknowledged | Self::Recovered)
    }
}

#[cfg(test)]
mod tests;
