//! The rule that holds.
//!
//! It keeps three promises. A window begins when the successor is known to have arrived, not when
//! it was made: however long an answer was lost, whoever still asks with the predecessor has the
//! whole window. And what is not known to have arrived is never rotated away, so that the
//! predecessor's holders always find its successor in place. And a thief who takes turns with the
//! browser is taken for a lost answer a few times only.

use super::{Answer, Continued, RefreshCookie, Rule, Way, reused};
use crate::state::{InARow, Row, Token};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposed {
    /// How long a token counts after its successor arrived, and how long that rests before it is
    /// exchanged in turn, in ticks.
    pub(crate) window: u8,
    pub(crate) cookie: RefreshCookie,
    pub(crate) confirmation: Confirmation,
    /// How many generations in a row may go on only by a late answer.
    pub(crate) late_in_a_row: Option<u8>,
}

/// When a generation counts as arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// When one of its tokens is presented.
    ByUse,
    /// At once, as where the store never sees access tokens.
    AtOnce,
}

impl Rule for Proposed {
    fn answer(&self, row: Row, token: Token) -> Answer {
        if row.ended.is_some() {
            return Answer::Ended;
        }
        let go_on = |way, row: Row| {
            Answer::Continued(Continued {
                way,
                row,
                token: row.current,
                sets_cookie: self.cookie.is_set(token, row.current),
            })
        };
        if token.generation > row.current.generation {
            let is_next = token.generation == row.current.generation + 1;
            let row = Row {
                current: token,
                late: if is_next {
                    row.late.next()
                } else {
                    InARow::default()
                },
                ..row
            };
            return go_on(Way::Recovered, self.acknowledge(row));
        }
        if token == row.current {
            return if !row.acknowledged {
                go_on(Way::Acknowledged, self.acknowledge(row))
            } else if row.age < self.window {
                go_on(Way::Debounced, row)
            } else {
                let row = Row {
                    current: Token::of(token.generation + 1),
                    acknowledged: self.confirmation == Confirmation::AtOnce,
                    age: 0,
                    late: row.late.next(),
                    ..row
                };
                go_on(Way::Rotated, row)
            };
        }
        if token.generation + 1 == row.current.generation {
            if row.age <= self.window {
                return go_on(Way::Reissued, row);
            }
            if !row.acknowledged && row.age <= 2 * self.window {
                return go_on(Way::ReissuedLate, row);
            }
            let late = row.late.count();
            let is_let_pass = |limit| late.with_current() <= limit;
            if !row.acknowledged && self.late_in_a_row.is_none_or(is_let_pass) {
                return go_on(Way::ReissuedLate, Row { late, ..row });
            }
        }
        reused(row)
    }

    fn acknowledge(&self, row: Row) -> Row {
        Row {
            acknowledged: true,
            age: 0,
            ..row
        }
    }

    fn window(&self) -> u8 {
        self.window
    }

    fn old(&self) -> u8 {
        2 * self.window + 1
    }
}
