//! Tests the table of refresh rotation, with the boundaries of the grace window.

use std::time::Duration;

use super::Continuation::{Acknowledged, Debounced, Recovered, Reissued, ReissuedLate, Rotated};
use super::Reuse::{Late, Recent, Stale};
use super::Verdict::{self, Continue, Reuse};
use crate::clock::UnixTime;
use crate::store::{AccountId, EndReason, PresentedToken, Rotate, SessionId, SessionRow, TokenId};

/// The token that is presented to a session whose current token has generation 3.
#[derive(Debug, Clone, Copy)]
enum Token {
    /// The token of this generation in the session's chain of rotations.
    Own(u64),
    /// A token that claims this generation, and whose id is not in the chain.
    Foreign(u64),
}
use Token::{Foreign, Own};

const W: u64 = 10_000;

#[test]
#[rustfmt::skip]
fn each_token_is_judged_by_its_place_in_the_chain() {
    let rows: [(&str, Token, bool, &[u64], Verdict); 19] = [
        ("the current token, not acknowledged", Own(3), false, &[0, W - 1, W, u64::MAX / 2], Continue(Acknowledged)),
        ("the current token within the grace window", Own(3), true, &[0, 1, W - 1], Continue(Debounced)),
        ("the current token from the end of the grace window on", Own(3), true, &[W, W + 1, u64::MAX / 2], Continue(Rotated)),
        ("the previous token within the grace window, its end included", Own(2), false, &[0, 1, W - 1, W], Continue(Reissued)),
        ("the same when the current one is acknowledged", Own(2), true, &[0, 1, W - 1, W], Continue(Reissued)),
        ("the previous token after the grace window, while the current one is not acknowledged", Own(2), false, &[W + 1, u64::MAX / 2], Continue(ReissuedLate)),
        ("the previous token after the grace window, when the current one is acknowledged", Own(2), true, &[W + 1, u64::MAX / 2], Reuse(Recent)),
        ("the token before the previous one, within the grace window", Own(1), false, &[0, 1, W], Reuse(Stale)),
        ("the same after the grace window", Own(1), false, &[W + 1, u64::MAX / 2], Reuse(Stale)),
        ("the same when the current one is acknowledged", Own(1), true, &[0, W, W + 1], Reuse(Stale)),
        ("a later token", Own(4), false, &[0, W, W + 1], Continue(Recovered)),
        ("the same when the current one is acknowledged", Own(4), true, &[0, W, W + 1], Continue(Recovered)),
        ("a much later token", Own(40), false, &[0, W + 1], Continue(Recovered)),
        ("a later token that is not in the chain", Foreign(4), true, &[0, W + 1], Continue(Recovered)),
        ("a token of the highest generation", Foreign(u64::MAX), true, &[0, W + 1], Continue(Recovered)),
        ("a token of the current generation that is not in the chain", Foreign(3), false, &[0, W, W + 1], Reuse(Stale)),
        ("a token of the previous generation that is not in the chain", Foreign(2), false, &[0, W, W + 1], Reuse(Stale)),
        ("the same when the current one is acknowledged", Foreign(2), true, &[0, W, W + 1], Reuse(Stale)),
        ("a token without a generation", Foreign(0), false, &[0, W, W + 1], Reuse(Stale)),
    ];
    for (row, token, acknowledged, ages, expected) in rows {
        for age in ages {
            // The grace window may have started long after the token was issued.
            let session = SessionRow {
                rotated_at: UnixTime::from_millis(1),
                ..session(acknowledged)
            };
            let now = session.grace_started_at.saturating_add(Duration::from_millis(*age));
            let got = session.judge(&present(token), now);
            assert_eq!(got, expected, "{row}: {token:?} at {age} ms");
        }
    }
}

#[test]
#[rustfmt::skip]
fn a_generation_is_counted_once_and_the_third_late_one_in_a_row_ends_the_session() {
    // The last generation that was late and how many in a row were, before and after.
    let rows = [
        ("none was late", (0, 0), Some((3, 1))),
        ("the current one was, as the first", (3, 1), Some((3, 1))),
        ("the current one was, as the second", (3, 2), Some((3, 2))),
        ("the one before was", (2, 1), Some((3, 2))),
        ("the two before were", (2, 2), None),
        ("the two before the previous one were", (1, 2), Some((3, 1))),
    ];
    let at = |age| UnixTime::from_millis(1_000_000 + age);
    let late = at(2 * W + 1);
    for (row, (late_generation, late_in_a_row), expected) in rows {
        let before = SessionRow { late_generation, late_in_a_row, ..session(false) };
        for not_yet in [at(W + 1), at(2 * W)] {
            assert_eq!(before.judge(&present(Own(2)), not_yet), Continue(ReissuedLate), "{row}");
            assert_eq!(before.after(ReissuedLate, &rotate(Own(2)), not_yet), before, "{row}");
        }
        let verdict = before.judge(&present(Own(2)), late);
        let Some((late_generation, late_in_a_row)) = expected else {
            assert_eq!(verdict, Reuse(Late), "{row}");
            let acknowledged = SessionRow { acknowledged: true, ..before.clone() };
            assert_eq!(acknowledged.judge(&present(Own(2)), late), Reuse(Recent), "{row}");
            assert_eq!(before.judge(&present(Own(2)), at(W)), Continue(Reissued), "{row}");
            continue;
        };
        assert_eq!(verdict, Continue(ReissuedLate), "{row}");
        let after = SessionRow { late_generation, late_in_a_row, ..before.clone() };
        assert_eq!(before.after(ReissuedLate, &rotate(Own(2)), late), after, "{row}");
    }
}

#[test]
fn a_clock_that_went_back_makes_tokens_young() {
    for acknowledged in [false, true] {
        let session = session(acknowledged);
        for now in [0, session.rotated_at.as_millis() - 1] {
            let now = UnixTime::from_millis(now);
            let judge = |token| session.judge(&present(token), now);
            let young = if acknowledged {
                Debounced
            } else {
                Acknowledged
            };
            assert_eq!(judge(Own(3)), Continue(young));
            assert_eq!(judge(Own(2)), Continue(Reissued));
            assert_eq!(judge(Own(1)), Reuse(Stale));
        }
    }
}

#[test]
fn without_a_grace_window_an_acknowledged_token_is_rotated_at_once() {
    let session = session(true);
    for age in [0, 1, W] {
        let now = session
            .grace_started_at
            .saturating_add(Duration::from_millis(age));
        let mut presented = present(Own(3));
        presented.grace = Duration::ZERO;
        assert_eq!(session.judge(&presented, now), Continue(Rotated), "{age}");
    }
}

#[test]
fn a_rotation_advances_the_chain_by_one() {
    for acknowledged in [false, true] {
        let before = session(true);
        let now = UnixTime::from_millis(5_000_000);
        let mut rotate = rotate(Own(3));
        rotate.acknowledged = acknowledged;
        let expected = SessionRow {
            generation: 4,
            current: token(Own(4)),
            acknowledged,
            rotated_at: now,
            grace_started_at: now,
            idle_expires: UnixTime::from_millis(5_000_000 + 60_000),
            ..before.clone()
        };
        assert_eq!(before.after(Rotated, &rotate, now), expected);
    }
}

#[test]
fn a_recovery_takes_the_chain_from_the_token() {
    let now = UnixTime::from_millis(5_000_000);
    for acknowledged in [false, true] {
        for token_is in [Own(9), Foreign(4)] {
            let before = session(acknowledged);
            let rotate = rotate(token_is);
            let expected = SessionRow {
                generation: rotate.presented.generation,
                current: token(token_is),
                acknowledged: true,
                rotated_at: now,
                grace_started_at: now,
                idle_expires: UnixTime::from_millis(5_000_000 + 60_000),
                ..before.clone()
            };
            assert_eq!(before.after(Recovered, &rotate, now), expected);
        }
    }
}

#[test]
fn nothing_else_advances_it_and_acknowledgement_starts_the_grace_window() {
    let now = UnixTime::from_millis(5_000_000);
    for acknowledged in [false, true] {
        let before = session(acknowledged);
        for way in [Debounced, Reissued] {
            assert_eq!(before.after(way, &rotate(Own(3)), now), before, "{way:?}");
        }
    }
    let acknowledged = SessionRow {
        acknowledged: true,
        grace_started_at: now,
        ..session(false)
    };
    let before = session(false);
    assert_eq!(
        before.after(Acknowledged, &rotate(Own(3)), now),
        acknowledged
    );
    assert_eq!(before.acknowledge(now), acknowledged);
    assert_eq!(
        session(true).acknowledge(now),
        session(true),
        "a second acknowledgement changes nothing"
    );
}

#[test]
fn no_rotation_outlives_the_session() {
    let before = session(false);
    let end = before.absolute_expires;
    for now in [end.as_millis() - 60_001, end.as_millis() - 60_000] {
        let rotated = before.after(Rotated, &rotate(Own(3)), UnixTime::from_millis(now));
        assert_eq!(rotated.idle_expires.as_millis(), now + 60_000);
    }
    for now in [end.as_millis() - 59_999, end.as_millis() - 1] {
        let now = UnixTime::from_millis(now);
        for row in [
            before.after(Rotated, &rotate(Own(3)), now),
            before.after(Recovered, &rotate(Own(9)), now),
        ] {
            assert_eq!(row.idle_expires, end);
            assert_eq!(row.absolute_expires, end);
            assert_eq!(row.ends_at(), end);
        }
    }
    let mut forever = rotate(Own(3));
    forever.idle = Duration::MAX;
    assert_eq!(before.after(Rotated, &forever, end).idle_expires, end);
}

#[test]
fn a_session_is_live_until_the_moment_it_ends() {
    let at = UnixTime::from_millis;
    let row = SessionRow {
        created_at: at(1_000),
        idle_expires: at(3_000),
        absolute_expires: at(4_000),
        ..session(false)
    };
    let old = SessionRow {
        idle_expires: at(5_000),
        ..row.clone()
    };
    let revoked = SessionRow {
        revoked: Some((at(2_000), EndReason::LoggedOut)),
        ..row.clone()
    };
    #[rustfmt::skip]
    let rows = [
        ("before its idle end", &row, 2_999, true),
        ("at its idle end", &row, 3_000, false),
        ("after its idle end, with life left", &row, 3_500, false),
        ("before the end of its life", &old, 3_999, true),
        ("at the end of its life, with idle time left", &old, 4_000, false),
        ("before it was created, by a clock that went back", &row, 500, true),
        ("revoked", &revoked, 2_000, false),
        ("revoked, before that", &revoked, 1_500, false),
    ];
    for (row, session, now, expected) in rows {
        let is_live = session.is_live(at(now));
        assert_eq!(is_live, expected, "{row}");
    }
}

fn session(acknowledged: bool) -> SessionRow {
    let at = UnixTime::from_millis;
    SessionRow {
        id: SessionId::from("session"),
        account: AccountId::new(None, "user1"),
        generation: 3,
        current: token(Own(3)),
        acknowledged,
        rotated_at: at(1_000_000),
        grace_started_at: at(1_000_000),
        late_generation: 0,
        late_in_a_row: 0,
        created_at: at(900_000),
        last_active: at(950_000),
        idle_expires: at(1_060_000),
        absolute_expires: at(90_000_000),
        data: "data".to_owned(),
        revoked: None,
    }
}

fn token(token: Token) -> TokenId {
    let session = SessionId::from("session");
    match token {
        Own(generation) => {
            (1..generation).fold(TokenId::from("first"), |token, _| token.successor(&session))
        }
        Foreign(_) => TokenId::from("foreign"),
    }
}

fn present(which: Token) -> PresentedToken {
    let (Own(generation) | Foreign(generation)) = which;
    PresentedToken::new(
        &SessionId::from("session"),
        token(which),
        generation,
        Duration::from_millis(W),
    )
}

fn rotate(token: Token) -> Rotate {
    let (account, session) = (AccountId::new(None, "user1"), SessionId::from("session"));
    Rotate::new(account, session, present(token), Duration::from_secs(60))
}
