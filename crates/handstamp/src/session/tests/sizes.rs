//! Tests of the size of cookies: what logs in can refresh for as long as the session lives.

use std::time::Duration;

use super::{House, claims, house};
use crate::session::ClientInfo;
use crate::testing::{Head, builder, now};
use crate::{Location, NewToken, minutes};

/// Logs in with a subject of this many bytes and refreshes until the generation has three digits.
/// Every answer sets its cookies. Returns whether the log-in succeeded.
fn lives(house: &House, bytes: usize) -> bool {
    let subject = "u".repeat(bytes);
    let tokens = match now(house.auth.log_in(&*subject, ClientInfo::new())) {
        Ok(tokens) => tokens,
        Err(error) => {
            let expected = "browsers drop a cookie of more than 4096";
            assert!(error.to_string().contains(expected), "{bytes}: {error}");
            assert_eq!(house.told(), [], "{bytes}: no session remains");
            assert!(now(house.auth.sessions(&*subject)).unwrap().is_empty());
            return false;
        }
    };
    drop(house.auth.set_cookies(&tokens).expect("log-in"));
    let mut tokens = tokens;
    for _ in 0..102 {
        house.clock.advance(minutes(1));
        tokens = house.refresh(&tokens).expect("refresh");
        drop(house.auth.set_cookies(&tokens).expect("refresh"));
        house.enter(&tokens);
    }
    assert!(claims(tokens.refresh().as_str())["gen"].as_u64().unwrap() > 100);
    house.told();
    true
}

#[test]
fn whatever_logs_in_can_refresh() {
    let house = house(builder());
    let longest = (2_600..2_800).rev().find(|bytes| lives(&house, *bytes));
    let longest = longest.expect("one of them logs in");
    assert!(longest < 2_799, "{longest}");
    for shorter in longest - 5..longest {
        assert!(lives(&house, shorter), "{shorter}");
    }
}

#[test]
fn tokens_that_no_cookie_carries_may_be_longer() {
    let house = house(builder().token_locations([Location::Headers]));
    let large = NewToken::for_subject("user1").claim("large", "x".repeat(4_000));
    let tokens = now(house.auth.log_in(large, ClientInfo::new())).unwrap();
    let head = Head::new("POST").bearer(tokens.refresh().as_str());
    house.clock.advance(minutes(1));
    assert!(house.exchange(&head).is_ok());
}

#[test]
fn a_log_in_whose_cookies_do_not_last_is_an_error() {
    let house = house(builder());
    for (lifetime, lasts) in [(0, false), (999, false), (1_000, true)] {
        let client = ClientInfo::new().persistent(Duration::from_millis(lifetime));
        let tokens = now(house.auth.log_in("user1", client));
        assert_eq!(tokens.is_ok(), lasts, "{lifetime} ms");
        assert_eq!(house.told().is_empty(), !lasts, "{lifetime} ms: no session");
    }
}
