//! The rules of refresh rotation: no clock, no store, no randomness.
//!
//! A refresh token is exchanged for its successor. For a while after that, and for as long as nobody is known to have
//! received the successor, the exchanged one still gives that same successor: two tabs, lost answers and answers out of
//! order log nobody out. Outside of that, a token that was exchanged is a copy, and ends the session.

use crate::clock::UnixTime;
use crate::store::{Presented, Rotate, SessionRow};

/// How a live session answers a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
pub enum Verdict {
    /// The session goes on.
    Continue(Continuation),
    /// The token is a copy of one that was exchanged: the session ends.
    Reuse(Reuse),
}

/// In which way a session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
pub enum Continuation {
    /// The current token, which is older than the grace window, was exchanged for its successor.
    Rotated,
    /// The current token is younger than that: the same token again, and nothing is written.
    Debounced,
    /// The previous token, within the window: the current one once more.
    Reissued,
    /// The previous token, after the window, and nobody is known to have received the current one: the answer was lost, or
    /// a laptop slept.
    ReissuedLate,
    /// A later token than the store knows of: the store lost its last writes, and takes them from the token.
    Recovered,
}

/// Which copy came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the table of the state machine")]
pub enum Reuse {
    /// The one before the current token.
    Recent,
    /// An older one, or one of another line.
    Stale,
}

impl SessionRow {
    /// How a live session answers this token at `now`.
    #[must_use]
    pub fn judge(&self, presented: &Presented, now: UnixTime) -> Verdict {
        let age = now.saturating_since(self.rotated_at);
        if presented.generation > self.generation {
            return Verdict::Continue(Continuation::Recovered);
        }
        if presented.token == self.current {
            return Verdict::Continue(if age < presented.grace {
                Continuation::Debounced
            } else {
                Continuation::Rotated
            });
        }
        if presented.successor == self.current {
            return if age <= presented.grace {
                Verdict::Continue(Continuation::Reissued)
            } else if !self.confirmed {
                Verdict::Continue(Continuation::ReissuedLate)
            } else {
                Verdict::Reuse(Reuse::Recent)
            };
        }
        Verdict::Reuse(Reuse::Stale)
    }

    /// The row after [`Continuation::Rotated`] at `now`.
    #[must_use]
    pub fn rotate(&self, rotate: &Rotate, now: UnixTime) -> Self {
        Self {
            generation: self.generation + 1,
            current: rotate.presented.successor.clone(),
            confirmed: rotate.confirmed,
            rotated_at: now,
            idle_expires: self.idle_until(now, rotate.idle),
            ..self.clone()
        }
    }

    /// The row after [`Continuation::Recovered`] at `now`. Who presents a token has received it, so it is confirmed.
    #[must_use]
    pub fn recover(&self, rotate: &Rotate, now: UnixTime) -> Self {
        Self {
            generation: rotate.presented.generation,
            current: rotate.presented.token.clone(),
            confirmed: true,
            rotated_at: now,
            idle_expires: self.idle_until(now, rotate.idle),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests;
