//! The rules of refresh rotation: no clock, no store, no randomness.
//!
//! A refresh token is exchanged for its successor. For as long as nobody is known to have received the successor, and for
//! the grace window after that, the exchanged one still gives that same successor: two tabs, lost answers and answers out
//! of order log nobody out. Outside of that, a token that was exchanged is a copy, and ends the session.
//!
//! The current token is exchanged once it is known to have arrived, and its window is over. So its predecessor's holders
//! find it in place for as long as they may still ask.
//!
//! What is promised holds while a refresh, from the moment a browser reads its cookie until the answer has arrived there or
//! is lost, takes less than the window. When a token is known to have arrived, the browser has it: who asks with its
//! predecessor has read the cookie before, so all of them ask, and have their answers, before the window is over. The tests
//! explore it to the end.

use crate::clock::UnixTime;
use crate::store::{PresentedToken, Rotate, SessionRow};

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
    /// The current token, whose window is over, was exchanged for its successor.
    Rotated,
    /// The current token, within its window: the same token again, and nothing is written.
    Debounced,
    /// The current token, which nobody was known to have received: its window begins. The same token again.
    Acknowledged,
    /// The previous token, within the window: the current one once more.
    Reissued,
    /// The previous token, long after it was exchanged, and nobody is known to have received the current one: the answer
    /// was lost, or a laptop slept. The current one once more.
    ReissuedLate,
    /// A later token than the store knows of: the store lost its last writes, and takes them from the token. The same token
    /// again.
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

    /// The row after this way to go on, at `now`. Where nothing is written it is the same.
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
            // Who presents a token has received it, so it is acknowledged.
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

    /// The row when its current generation is known to have arrived, at `now`: it was presented, or an access token of it
    /// was let in.
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
    /// Whether an answer must leave the cookie of the refresh token alone: the client gets the token it presented, and
    /// while that is under way another answer may bring the successor.
    #[must_use]
    pub const fn keeps_cookie(self) -> bool {
        matches!(self, Self::Debounced | Self::Acknowledged | Self::Recovered)
    }
}

#[cfg(test)]
mod tests;
