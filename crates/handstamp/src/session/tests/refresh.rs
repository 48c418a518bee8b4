//! What a refresh token gets.

use std::time::Duration;

use serde_json::json;

use super::{claims, house};
use crate::session::{ClientInfo, EventKind};
use crate::store::rotation::Reuse;
use crate::testing::{NOW, builder, now};
use crate::{NewToken, days, minutes};

const WINDOW: Duration = Duration::from_secs(10);
const AFTER: Duration = Duration::from_millis(10_001);

#[test]
fn a_refresh_keeps_everything_but_freshness() {
    let house = house(builder());
    let user = NewToken::for_subject("user1")
        .scopes(["a:read"])
        .expires_in(minutes(5))
        .claim("tenant", json!({"id": 7}));
    let first = now(house.auth.log_in(user, ClientInfo::new())).unwrap();
    house.clock.advance(days(1));
    let second = house.refresh(&first).unwrap();
    let (before, after) = (
        claims(first.access().as_str()),
        claims(second.access().as_str()),
    );
    for name in ["sub", "sid", "auth_time", "csrf", "scopes", "tenant"] {
        assert_eq!(before[name], after[name], "{name}");
    }
    assert_eq!((&after["fresh"], &after["gen"]), (&json!(false), &json!(2)));
    assert_eq!(after["exp"], NOW + 24 * 3600 + 300);
    assert_ne!(before["jti"], after["jti"]);
    let refresh = claims(second.refresh().as_str());
    assert_eq!(
        (&refresh["iat"], &refresh["gen"]),
        (&json!(NOW + 24 * 3600), &json!(2))
    );
    assert_eq!(refresh["exp"], NOW + 21 * 24 * 3600, "idle moves");
}

#[test]
fn who_refreshes_when_gets_what() {
    use EventKind::{Debounced, Expired, Reissued, ReissuedLate, Reused, Rotated};
    // Between the first refresh and the second one: how long, whether the new access token was
    // used, which token comes.
    type Row = (
        &'static str,
        Duration,
        bool,
        Comes,
        Result<u64, &'static str>,
        EventKind,
    );
    #[derive(Clone, Copy, PartialEq)]
    enum Comes {
        First,
        Second,
    }
    let rows: [Row; 8] = [
        (
            "the other tab, at once",
            Duration::ZERO,
            true,
            Comes::First,
            Ok(2),
            Reissued,
        ),
        (
            "at the end of the window",
            WINDOW,
            true,
            Comes::First,
            Ok(2),
            Reissued,
        ),
        (
            "the answer was lost",
            days(3),
            false,
            Comes::First,
            Ok(2),
            ReissuedLate,
        ),
        (
            "a thief, or the owner after one",
            AFTER,
            true,
            Comes::First,
            Err("refresh_reused"),
            Reused(Reuse::Recent),
        ),
        (
            "the new token at once",
            Duration::ZERO,
            true,
            Comes::Second,
            Ok(2),
            Debounced,
        ),
        (
            "the new token within the window",
            Duration::from_secs(9),
            false,
            Comes::Second,
            Ok(2),
            Debounced,
        ),
        (
            "the new token after it",
            WINDOW,
            true,
            Comes::Second,
            Ok(3),
            Rotated,
        ),
        (
            "after the session",
            days(21),
            true,
            Comes::Second,
            Err("token_expired"),
            Expired,
        ),
    ];
    for (row, wait, used, comes, expected, event) in rows {
        let house = house(builder());
        let first = house.log_in("user1");
        house.clock.advance(minutes(14));
        let second = house.refresh(&first).unwrap();
        if used {
            assert_eq!(house.enter(&second), "user1", "{row}");
        }
        house.clock.advance(wait);
        house.told();
        let comes = if comes == Comes::First {
            &first
        } else {
            &second
        };
        let answer = house.refresh(comes);
        let generation = answer
            .as_ref()
            .map(|tokens| claims(tokens.refresh().as_str())["gen"].as_u64().unwrap());
        assert_eq!(generation.map_err(String::as_str), expected, "{row}");
        match expected {
            Ok(_) => assert_eq!(house.told(), [event], "{row}"),
            Err("refresh_reused") => {
                assert_eq!(house.told(), [event], "{row}");
                assert_eq!(
                    house.enter(&second),
                    "session_ended",
                    "{row}: the newest token is dead too"
                );
                assert_eq!(
                    house.refresh(&second).unwrap_err(),
                    "session_ended",
                    "{row}"
                );
                assert!(
                    now(house.auth.sessions("user1")).unwrap().is_empty(),
                    "{row}"
                );
            }
            Err(_) => assert_eq!(house.told(), [], "{row}"),
        }
        if let (Ok(2), Ok(tokens)) = (expected, &answer) {
            assert_eq!(
                claims(tokens.refresh().as_str()),
                claims(second.refresh().as_str()),
                "{row}: the same successor"
            );
            assert_ne!(
                tokens.access().id(),
                second.access().id(),
                "{row}: another access token"
            );
        }
    }
}

#[test]
fn an_answer_with_the_token_that_was_presented_leaves_its_cookie_alone() {
    let house = house(builder());
    let first = house.log_in("user1");
    let count = |tokens: &crate::TokenPair| house.auth.set_cookies(tokens).unwrap().lines().count();
    assert_eq!(count(&first), 4, "log-in");
    assert_eq!(count(&house.refresh(&first).unwrap()), 2, "debounced");
    house.clock.advance(WINDOW);
    let second = house.refresh(&first).unwrap();
    assert_eq!(count(&second), 4, "rotated");
    assert_eq!(count(&house.refresh(&first).unwrap()), 4, "reissued");
    assert_eq!(count(&house.refresh(&second).unwrap()), 2, "arrived");
}

#[test]
fn who_wakes_up_late_wakes_up_with_others() {
    let house = house(builder());
    let first = house.log_in("user1");
    house.clock.advance(minutes(14));
    drop(house.refresh(&first).unwrap()); // the answer is lost
    house.clock.advance(days(2));
    let one_tab = house.refresh(&first).unwrap();
    assert_eq!(house.enter(&one_tab), "user1");
    house.clock.advance(Duration::from_secs(2));
    let other_tab = house.refresh(&first).unwrap();
    assert_eq!(
        claims(other_tab.refresh().as_str()),
        claims(one_tab.refresh().as_str())
    );
    house.clock.advance(WINDOW);
    assert_eq!(house.refresh(&first).unwrap_err(), "refresh_reused");
}
