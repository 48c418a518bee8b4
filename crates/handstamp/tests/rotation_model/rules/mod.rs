//! How a server answers a refresh: the rule that runs, the one that should, and others that fail.

pub(crate) mod ours;
pub(crate) mod proposed;
pub(crate) mod rivals;

use std::fmt;

use crate::state::{End, Row, Token};

/// A rule of rotation. It is pure: the store does its part in one step.
pub(crate) trait Rule {
    /// How it answers this refresh token, and what it writes.
    fn answer(&self, row: Row, token: Token) -> Answer;

    /// Whether an access token of a session with this row is let in.
    fn admits(&self, row: Row) -> bool {
        row.ended.is_none()
    }

    /// The row after an access token of its generation was let in for the first time.
    fn acknowledge(&self, row: Row) -> Row {
        Row {
            acknowledged: true,
            ..row
        }
    }

    /// How long a token may go on counting after its successor was used, in ticks.
    fn window(&self) -> u8;

    /// An age from which on nothing changes any more, in ticks. If the current token is
    /// acknowledged, that is the first one after the window.
    fn old(&self) -> u8;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Continued(Continued),
    /// Refused. The row is as it is now: ended.
    Reused(Row),
    /// Refused: the session had ended.
    Ended,
}

/// The session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Continued {
    pub(crate) way: Way,
    /// The row as it is now.
    pub(crate) row: Row,
    /// The refresh token that is given; an access token of its generation goes with it.
    pub(crate) token: Token,
    /// Whether the answer sets the refresh cookie.
    pub(crate) sets_cookie: bool,
}

/// In which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    Rotated,
    Debounced,
    /// The current token, of which nobody was known to have it: now somebody is, so its window
    /// begins.
    Acknowledged,
    Reissued,
    ReissuedLate,
    Recovered,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rotated => "rotated",
            Self::Debounced => "debounced",
            Self::Acknowledged => "arrived",
            Self::Reissued => "reissued",
            Self::ReissuedLate => "reissued late",
            Self::Recovered => "recovered",
        })
    }
}

/// Which answers set the refresh cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefreshCookie {
    /// All.
    Always,
    /// Those with another token than was presented.
    WhenItChanges,
}

impl RefreshCookie {
    fn is_set(self, presented: Token, given: Token) -> bool {
        self == Self::Always || presented != given
    }
}

fn reused(row: Row) -> Answer {
    Answer::Reused(Row {
        ended: Some(End::Reused),
        ..row
    })
}
