//! Rules that others run, or that we ran, each of which fails.

use super::{Answer, Continued, Rule, Way, reused};
use crate::state::{Row, Token};

/// Every token is exchanged once; one that comes back ends the session.
pub(crate) struct StrictSingleUse;

impl Rule for StrictSingleUse {
    fn answer(&self, row: Row, token: Token) -> Answer {
        if row.ended.is_some() {
            Answer::Ended
        } else if token == row.current {
            rotated(row)
        } else {
            reused(row)
        }
    }

    fn window(&self) -> u8 {
        0
    }

    fn old(&self) -> u8 {
        1
    }
}

/// The token before the current one gives the current one, at any time.
pub(crate) struct OneBehindIsFine;

impl Rule for OneBehindIsFine {
    fn answer(&self, row: Row, token: Token) -> Answer {
        if row.ended.is_some() {
            Answer::Ended
        } else if token == row.current {
            rotated(row)
        } else if is_before_current(token, row) {
            given(Way::Reissued, row, row.current)
        } else {
            reused(row)
        }
    }

    fn window(&self) -> u8 {
        WINDOW
    }

    fn old(&self) -> u8 {
        WINDOW + 1
    }
}

/// For a while an exchanged token is exchanged again, for another successor, which is then the
/// current one.
pub(crate) struct SecondSuccessor;

impl Rule for SecondSuccessor {
    fn answer(&self, row: Row, token: Token) -> Answer {
        if row.ended.is_some() {
            Answer::Ended
        } else if token == row.current && row.age >= WINDOW {
            rotated(row)
        } else if token == row.current {
            given(Way::Debounced, row, row.current)
        } else if is_before_current(token, row) && row.age <= WINDOW {
            let next = child(token, (row.current.sibling + 1) % 8);
            let row = Row {
                current: next,
                acknowledged: false,
                ..row
            };
            given(Way::Reissued, row, next)
        } else {
            reused(row)
        }
    }

    fn window(&self) -> u8 {
        WINDOW
    }

    fn old(&self) -> u8 {
        WINDOW + 1
    }
}

/// The same, where every successor goes on for itself.
pub(crate) struct SecondLine;

impl Rule for SecondLine {
    fn answer(&self, row: Row, token: Token) -> Answer {
        if row.ended.is_some() {
            return Answer::Ended;
        }
        if token == row.current {
            return rotated(row);
        }
        let on_second_line = |way| {
            let next = child(token, 1);
            let row = Row {
                second: Some(next),
                ..row
            };
            given(way, row, next)
        };
        match row.second {
            Some(second) if token == second => on_second_line(Way::Rotated),
            None if is_before_current(token, row) && row.age <= WINDOW => {
                on_second_line(Way::Reissued)
            }
            _ => reused(row),
        }
    }

    fn window(&self) -> u8 {
        WINDOW
    }

    fn old(&self) -> u8 {
        WINDOW + 1
    }
}

/// The window begins with the exchange, and again when a token is given late. Answers in its second
/// half, which might arrive after it, leave the cookie alone.
pub(crate) struct WindowFromExchange {
    /// In ticks.
    pub(crate) window: u8,
}

impl Rule for WindowFromExchange {
    fn answer(&self, row: Row, token: Token) -> Answer {
        if row.ended.is_some() {
            return Answer::Ended;
        }
        let go_on = |way, row: Row, sets_cookie| {
            Answer::Continued(Continued {
                way,
                row,
                token: row.current,
                sets_cookie,
            })
        };
        if token.generation > row.current.generation {
            let row = Row {
                current: token,
                acknowledged: true,
                age: 0,
                ..row
            };
            return go_on(Way::Recovered, row, false);
        }
        if token == row.current {
            return if row.age < self.window {
                go_on(Way::Debounced, row, row.age * 2 < self.window)
            } else {
                rotated(row)
            };
        }
        if is_before_current(token, row) && row.age <= self.window {
            return go_on(Way::Reissued, row, true);
        }
        if is_before_current(token, row) && !row.acknowledged {
            return go_on(Way::ReissuedLate, Row { age: 0, ..row }, true);
        }
        reused(row)
    }

    fn window(&self) -> u8 {
        self.window
    }

    fn old(&self) -> u8 {
        self.window + 1
    }
}

fn rotated(row: Row) -> Answer {
    let next = child(row.current, 0);
    let row = Row {
        current: next,
        acknowledged: false,
        age: 0,
        ..row
    };
    given(Way::Rotated, row, next)
}

fn given(way: Way, row: Row, token: Token) -> Answer {
    Answer::Continued(Continued {
        way,
        row,
        token,
        sets_cookie: true,
    })
}

fn is_before_current(token: Token, row: Row) -> bool {
    token.generation + 1 == row.current.generation
}

fn child(token: Token, sibling: u8) -> Token {
    Token {
        generation: token.generation + 1,
        sibling,
    }
}

/// In ticks.
const WINDOW: u8 = 2;
