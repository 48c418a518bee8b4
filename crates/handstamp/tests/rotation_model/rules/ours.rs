//! The rule that runs: `handstamp::store::rotation`.

use std::time::Duration;

use handstamp::clock::UnixTime;
use handstamp::store::rotation::{Continuation, Verdict};
use handstamp::store::{
    AccountId, EndReason, PresentedToken, Rotate, SessionId, SessionRow, TokenId,
};

use super::RefreshCookie;
use super::proposed::{Confirmation, Proposed};
use super::{Answer, Continued, Rule, Way, reused};
use crate::state::{End, InARow, Row, Token};

/// What the real code answers to every question that the model can ask. It is pure, so each is
/// asked once.
pub(crate) struct Ours {
    window: u8,
    old: u8,
    answers: Vec<Answer>,
    line: Line,
}

impl Ours {
    pub(crate) fn new(window: u8) -> Self {
        let old = 2 * window + 1;
        let line = Line::new();
        let answers = questions(old)
            .map(|(row, token)| line.ask(row, token, window))
            .collect();
        Self {
            window,
            old,
            answers,
            line,
        }
    }
}

/// Every row that the model knows, with every token.
fn questions(old: u8) -> impl Iterator<Item = (Row, Token)> {
    let generations = || 0..GENERATIONS;
    let ends = [None, Some(End::LoggedOut), Some(End::Reused)];
    generations().flat_map(move |current| {
        generations().flat_map(move |presented| {
            (0..=old).flat_map(move |age| {
                [false, true].into_iter().flat_map(move |acknowledged| {
                    late().flat_map(move |late| {
                        ends.into_iter().map(move |ended| {
                            let row = Row {
                                current: Token::of(current),
                                acknowledged,
                                age,
                                late,
                                ended,
                                second: None,
                            };
                            (row, Token::of(presented))
                        })
                    })
                })
            })
        })
    })
}

fn late() -> impl Iterator<Item = InARow> {
    (0..LATE).flat_map(|before| [false, true].map(|current| InARow { before, current }))
}

impl Rule for Ours {
    fn answer(&self, row: Row, token: Token) -> Answer {
        let ended = match row.ended {
            None => 0,
            Some(End::LoggedOut) => 1,
            Some(End::Reused) => 2,
        };
        let mut at = usize::from(row.current.generation);
        at = at * usize::from(GENERATIONS) + usize::from(token.generation);
        at = at * usize::from(self.old + 1) + usize::from(row.age);
        at = at * 2 + usize::from(row.acknowledged);
        at = at * usize::from(LATE) + usize::from(row.late.before);
        at = at * 2 + usize::from(row.late.current);
        at = at * 3 + ended;
        self.answers[at]
    }

    fn admits(&self, row: Row) -> bool {
        self.line.row(row).is_live(NOW)
    }

    fn acknowledge(&self, row: Row) -> Row {
        self.line.abstracted(&self.line.row(row).acknowledge(NOW))
    }

    fn window(&self) -> u8 {
        self.window
    }

    fn old(&self) -> u8 {
        self.old
    }
}

/// A session, and the ids of its tokens.
struct Line {
    session: SessionId,
    account: AccountId,
    tokens: Vec<TokenId>,
}

impl Line {
    fn new() -> Self {
        let session = SessionId::from("the session");
        let mut tokens = vec![TokenId::from("the first token")];
        for generation in 0..usize::from(GENERATIONS) {
            tokens.push(tokens[generation].successor(&session));
        }
        Self {
            session,
            account: AccountId::new(None, "user1"),
            tokens,
        }
    }

    /// Does as a store does.
    fn ask(&self, row: Row, token: Token, window: u8) -> Answer {
        let before = self.row(row);
        if !before.is_live(NOW) {
            return Answer::Ended;
        }
        let rotate = Rotate::new(
            self.account.clone(),
            self.session.clone(),
            PresentedToken::new(
                &self.session,
                self.tokens[usize::from(token.generation)].clone(),
                number(token.generation),
                TICK * u32::from(window),
            ),
            IDLE,
        );
        let continuation = match before.judge(&rotate.presented, NOW) {
            Verdict::Reuse(_) => return reused(row),
            Verdict::Continue(continuation) => continuation,
        };
        let way = match continuation {
            Continuation::Rotated => Way::Rotated,
            Continuation::Debounced => Way::Debounced,
            Continuation::Acknowledged => Way::Acknowledged,
            Continuation::Reissued => Way::Reissued,
            Continuation::ReissuedLate => Way::ReissuedLate,
            Continuation::Recovered => Way::Recovered,
        };
        let after = before.after(continuation, &rotate, NOW);
        assert_eq!(after.absolute_expires, before.absolute_expires, "{way}");
        assert!(after.idle_expires >= before.idle_expires, "{way}");
        let row = self.abstracted(&after);
        Answer::Continued(Continued {
            way,
            row,
            token: row.current,
            sets_cookie: !continuation.keeps_cookie(),
        })
    }

    fn row(&self, row: Row) -> SessionRow {
        let grace_started_at =
            UnixTime::from_millis(NOW.as_millis() - TICK_MILLIS * u64::from(row.age));
        let generation = number(row.current.generation);
        let (late_generation, late_in_a_row) = match row.late {
            InARow {
                before: 0,
                current: false,
            } => (0, 0),
            InARow {
                before,
                current: false,
            } => (generation - 1, before.into()),
            late => (generation, late.with_current().into()),
        };
        SessionRow {
            id: self.session.clone(),
            account: self.account.clone(),
            generation,
            current: self.tokens[usize::from(row.current.generation)].clone(),
            acknowledged: row.acknowledged,
            rotated_at: grace_started_at,
            grace_started_at,
            late_generation,
            late_in_a_row,
            created_at: LOGGED_IN,
            last_active: LOGGED_IN,
            idle_expires: grace_started_at.saturating_add(IDLE),
            absolute_expires: LOGGED_IN.saturating_add(ABSOLUTE),
            data: String::new(),
            revoked: row.ended.map(|end| {
                let reason = match end {
                    End::LoggedOut => EndReason::LoggedOut,
                    End::Reused => EndReason::Reused,
                };
                (NOW, reason)
            }),
        }
    }

    fn abstracted(&self, row: &SessionRow) -> Row {
        let generation = self
            .tokens
            .iter()
            .position(|token| *token == row.current)
            .expect("a token of the session");
        let generation = u8::try_from(generation).expect("there are few");
        assert_eq!(
            row.generation,
            number(generation),
            "a token and its number belong together"
        );
        let age = NOW.saturating_since(row.grace_started_at).as_millis() / u128::from(TICK_MILLIS);
        Row {
            current: Token::of(generation),
            acknowledged: row.acknowledged,
            age: u8::try_from(age).expect("no age is longer"),
            late: late_of(row),
            ended: None,
            second: None,
        }
    }
}

fn late_of(row: &SessionRow) -> InARow {
    let counted = u8::try_from(row.late_in_a_row).expect("there are few");
    if row.late_generation == row.generation {
        InARow {
            before: counted - 1,
            current: true,
        }
    } else if row.late_generation + 1 == row.generation {
        InARow {
            before: counted,
            current: false,
        }
    } else {
        InARow::default()
    }
}

/// The claim `gen` of what the model counts as this generation.
fn number(generation: u8) -> u64 {
    u64::from(generation) + 1
}

/// How many late generations may come before the current one: those that may be in a row, and none.
const LATE: u8 = 3;
/// More than are ever apart in the model.
const GENERATIONS: u8 = 12;
const TICK: Duration = Duration::from_secs(5);
const TICK_MILLIS: u64 = 5_000;
const LOGGED_IN: UnixTime = UnixTime::from_secs(1_700_000_000);
const NOW: UnixTime = UnixTime::from_secs(1_700_086_400);
const IDLE: Duration = Duration::from_secs(30 * 86_400);
const ABSOLUTE: Duration = Duration::from_secs(90 * 86_400);

#[test]
fn the_rule_that_runs_is_the_one_that_others_are_measured_by() {
    let ours = Ours::new(2);
    let rule = Proposed {
        window: 2,
        cookie: RefreshCookie::WhenItChanges,
        confirmation: Confirmation::ByUse,
        late_in_a_row: Some(2),
    };
    for (row, token) in questions(ours.old()) {
        let (answer, expected) = (ours.answer(row, token), rule.answer(row, token));
        assert_eq!(answer, expected, "{row:?} {token:?}");
        assert_eq!(ours.admits(row), rule.admits(row), "{row:?}");
        if row.ended.is_none() && !row.acknowledged {
            assert_eq!(ours.acknowledge(row), rule.acknowledge(row), "{row:?}");
        }
    }
}

/// Safety alone would also hold if nothing was ever exchanged.
#[test]
fn who_asks_twice_with_the_current_token_is_given_its_successor() {
    let ours = Ours::new(2);
    let go_on = |row: Row| match ours.answer(row, row.current) {
        Answer::Continued(continued) => continued,
        other => panic!("{row:?}: {other:?}"),
    };
    for (row, token) in questions(ours.old()) {
        let has_room = row.current.generation + 2 < GENERATIONS;
        if row.ended.is_some() || row.current != token || !has_room {
            continue;
        }
        let once = go_on(row);
        let twice = go_on(Row {
            age: ours.old(),
            ..once.row
        });
        assert!([once.way, twice.way].contains(&Way::Rotated), "{row:?}");
    }
}

#[test]
fn only_how_far_generations_are_apart_matters() {
    let ours = Ours::new(2);
    let higher = |token: Token| Token::of(token.generation + 1);
    let higher_row = |row: Row| Row {
        current: higher(row.current),
        ..row
    };
    for (row, token) in questions(ours.old()) {
        if row.current.generation.max(token.generation) + 1 == GENERATIONS {
            continue;
        }
        let expected = match ours.answer(row, token) {
            Answer::Ended => Answer::Ended,
            Answer::Reused(row) => Answer::Reused(higher_row(row)),
            Answer::Continued(continued) => Answer::Continued(Continued {
                row: higher_row(continued.row),
                token: higher(continued.token),
                ..continued
            }),
        };
        let answer = ours.answer(higher_row(row), higher(token));
        assert_eq!(answer, expected, "{row:?} {token:?}");
        let is_long_gone = token.generation + 2 <= row.current.generation;
        assert!(
            !is_long_gone || !matches!(answer, Answer::Continued(_)),
            "{row:?} {token:?}"
        );
    }
}
