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
//! A response that was lost and a thief look alike once: the thief rotates, uses nothing, and
//! leaves the late predecessor to the user. Generations that continue only by such a late re-issue
//! are therefore counted, each once, as long as they follow each other. Two in a row are taken for
//! lost responses; the third ends the session. What is late by less than two grace windows is not
//! counted: another tab may have sent it just before a slow response arrived.
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
    /// received: the response was lost, or the device was suspended, or a thief rotated it. The
    /// current token is issued again. After two grace windows its generation is counted, once.
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
    /// The predecessor of the current token, after two grace windows and before the current one is
    /// known to have been received: [`MAX_LATE_GENERATIONS`] before it have continued only so. Lost
    /// responses are rarely that regular; two holders that take turns are.
    Late,
}

/// How many generations in a row may continue by a late re-issue. The next one ends the session.
pub const MAX_LATE_GENERATIONS: u64 = 2;

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
            } else if self.acknowledged {
                Verdict::Reuse(Reuse::Recent)
            } else if self.counts_as_late(presented, now)
                && self.late_with_current() > MAX_LATE_GENERATIONS
            {
                Verdict::Reuse(Reuse::Late)
            } else {
                // Lenient: the late token is accepted. Risk: its holder is the user, and a thief
                // has rotated it, or the other way round. Covered: an event names both clients, and
                // the count ends the session if it happens again and again.
                Verdict::Continue(Continuation::ReissuedLate)
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
            Continuation::ReissuedLate if self.counts_as_late(presented, now) => Self {
                late_generation: self.generation,
                late_in_a_row: self.late_with_current(),
                ..self.clone()
            },
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

    /// Returns whether a late predecessor of the current token shows that no response with it
    /// arrived: a response arrives within one window, and what was sent just before that is here
    /// within another.
    fn counts_as_late(&self, presented: &PresentedToken, now: UnixTime) -> bool {
        now.saturating_since(self.grace_started_at) > presented.late_after()
    }

    /// Returns how many generations in a row were re-issued late once the current one is. A
    /// generation that needed no late re-issue breaks the row, because it is not the last one
    /// counted.
    fn late_with_current(&self) -> u64 {
        if self.late_generation == self.generation {
            self.late_in_a_row
        } else if self.late_generation.checked_add(1) == Some(self.generation) {
            self.late_in_a_row + 1
        } else {
            1
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
