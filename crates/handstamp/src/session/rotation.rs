//! The rules of refresh rotation: no clock, no store, no randomness.
//!
//! A refresh token is exchanged for its successor. For a while after that, and for as long as nobody is known to have
//! received the successor, the exchanged one still gives that same successor: two tabs, lost answers and answers out of
//! order log nobody out. Outside of that, a token that was exchanged is a copy, and ends the session.
//!
//! What is promised holds while a refresh, from the moment a browser reads its cookie until the answer has arrived there or
//! is lost, takes less than half the window. Then all who ask with a token that is exchanged meanwhile ask within the
//! window, and all answers with its successor arrive before that is exchanged in turn. The tests explore it to the end.

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
    /// The current token is younger than that, by more than half: the same token again, and nothing is written.
    Debounced,
    /// The current token is younger than that: the same token again, and nothing is written. The answer leaves the token's
    /// cookie alone: before it arrives, another answer may have brought the successor.
    DebouncedLate,
    /// The previous token, within the window: the current one once more.
    Reissued,
    /// The previous token, after the window, and nobody is known to have received the current one: the answer was lost, or
    /// a laptop slept. The current one once more, and the window begins anew: other tabs woke up as well.
    ReissuedLate,
    /// A later token than the store knows of: the store lost its last writes, and takes them from the token. The answer
    /// leaves the token's cookie alone, as in [`DebouncedLate`](Self::DebouncedLate).
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
        let age = now.saturating_since(self.renewed_at);
        if presented.generation > self.generation {
            return Verdict::Continue(Continuation::Recovered);
        }
        if presented.token == self.current {
            return Verdict::Continue(if age >= presented.grace {
                Continuation::Rotated
            } else if age * 2 >= presented.grace {
                Continuation::DebouncedLate
            } else {
                Continuation::Debounced
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

    /// The row after this way to go on, at `now`. Where nothing is written it is the same.
    #[must_use]
    pub fn after(&self, way: Continuation, rotate: &Rotate, now: UnixTime) -> Self {
        let presented = &rotate.presented;
        match way {
            Continuation::Debounced | Continuation::DebouncedLate | Continuation::Reissued => {
                self.clone()
            }
            Continuation::Rotated => Self {
                generation: self.generation + 1,
                current: presented.successor.clone(),
                confirmed: rotate.confirmed,
                rotated_at: now,
                renewed_at: now,
                idle_expires: self.idle_until(now, rotate.idle),
                ..self.clone()
            },
            Continuation::ReissuedLate => Self {
                renewed_at: now,
                ..self.clone()
            },
            // Who presents a token has received it, so it is confirmed.
            Continuation::Recovered => Self {
                generation: presented.generation,
                current: presented.token.clone(),
                confirmed: true,
                rotated_at: now,
                renewed_at: now,
                idle_expires: self.idle_until(now, rotate.idle),
                ..self.clone()
            },
        }
    }
}

impl Continuation {
    /// Whether an answer must leave the cookie of the refresh token alone.
    pub(crate) const fn keeps_cookie(self) -> bool {
        matches!(self, Self::DebouncedLate | Self::Recovered)
    }
}
