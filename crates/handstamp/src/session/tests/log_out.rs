//! Tests of log-outs.

use super::{House, house, refresh_head};
use crate::session::{ClientInfo, EventKind};
use crate::store::EndReason;
use crate::testing::{Head, builder, now};
use crate::{Auth, Location, NewToken, RequestHead as _, TokenPair, minutes};

#[test]
fn log_out_ends_the_session_of_either_token() {
    type Carries = fn(&House, &TokenPair) -> Head;
    let ended = Ok((4, true));
    let untouched = |cookies| Ok((cookies, false));
    #[rustfmt::skip]
    let rows: [(&str, Carries, Result<(usize, bool), &str>); 15] = [
        ("the access cookie", |_, tokens| access(tokens), ended),
        ("the refresh cookie", |_, tokens| refresh_head(tokens), ended),
        ("both", |_, tokens| access(tokens).refresh(tokens.refresh().as_str()), ended),
        ("an access token that has expired", |house, tokens| {
            house.clock.advance(minutes(60));
            access(tokens)
        }, ended),
        ("by GET", |_, tokens| Head::new("GET").access(tokens.access().as_str()).csrf(tokens.access().csrf().unwrap()), ended),
        ("no CSRF value", |_, tokens| Head::new("POST").access(tokens.access().as_str()), Err("missing_csrf_token")),
        ("no CSRF value, by GET", |_, tokens| Head::new("GET").access(tokens.access().as_str()), Err("missing_csrf_token")),
        ("another CSRF value", |_, tokens| Head::new("POST").refresh(tokens.refresh().as_str()).csrf("another"), Err("csrf_mismatch")),
        ("two CSRF values", |_, tokens| access(tokens).csrf("another"), Err("csrf_mismatch")),
        ("a cookie that is no token", |_, _| Head::new("POST").access("no token"), untouched(4)),
        ("a forged cookie next to the real one", |_, tokens| access(tokens).access("forged"), ended),
        ("an access token in the refresh cookie", |_, tokens| Head::new("POST").refresh(tokens.access().as_str()), untouched(4)),
        ("more cookies of the name than are looked at", |_, tokens| {
            let planted = ["a", "b", "c", "d"].iter().fold(Head::new("POST"), |head, planted| head.access(planted));
            planted.access(tokens.access().as_str()).csrf(tokens.access().csrf().unwrap())
        }, Err("ambiguous_cookie")),
        ("no cookie", |_, _| Head::new("POST"), untouched(0)),
        ("an empty cookie", |_, _| Head::new("POST").access(""), untouched(0)),
    ];
    for (row, carries, expected) in rows {
        let house = house(builder());
        let tokens = house.log_in("user1");
        let head = carries(&house, &tokens);
        house.told();
        let answer = house.log_out(&head).map(|cookies| {
            assert!(
                cookies
                    .lines()
                    .all(|line| line.to_header_value().contains("Max-Age=0"))
            );
            let over = house.refresh(&tokens).is_err();
            (cookies.lines().count(), over)
        });
        let told = house.told();
        assert_eq!(
            answer.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|code| *code),
            "{row}"
        );
        let revoked = EventKind::Revoked(EndReason::LoggedOut);
        assert_eq!(told.contains(&revoked), expected == ended, "{row}");
    }
}

/// A sibling subdomain can plant another token whose CSRF value it knows.
#[test]
fn a_value_proves_nothing_about_the_tokens_of_somebody_else() {
    type Carries = fn(&TokenPair, &TokenPair) -> Head;
    // Whether our session has ended, and theirs. Which of them is planted cannot be known, so no
    // cookie is deleted.
    #[rustfmt::skip]
    let rows: [(&str, Carries, Result<(bool, bool), &str>); 5] = [
        ("our value ends ours", |ours, planted| both(ours, planted).csrf(ours.access().csrf().unwrap()), Ok((true, false))),
        ("the attacker's value ends the attacker's", |ours, planted| both(ours, planted).csrf(planted.access().csrf().unwrap()), Ok((false, true))),
        ("no value", both, Err("missing_csrf_token")),
        ("another value", |ours, planted| both(ours, planted).csrf("another"), Err("csrf_mismatch")),
        ("both values", |ours, planted| both(ours, planted).csrf(ours.access().csrf().unwrap()).csrf(planted.access().csrf().unwrap()), Err("csrf_mismatch")),
    ];
    for (row, carries, expected) in rows {
        let house = house(builder());
        let (ours, planted) = (house.log_in("user1"), house.log_in("mallory"));
        let answer = house.log_out(&carries(&ours, &planted));
        let ended = |tokens| house.enter(tokens) == "session_ended";
        let answer = answer.map(|cookies| {
            assert_eq!(cookies.lines().count(), 0, "{row}");
            (ended(&ours), ended(&planted))
        });
        assert_eq!(
            answer.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|code| *code),
            "{row}"
        );
    }
}

fn both(ours: &TokenPair, planted: &TokenPair) -> Head {
    Head::new("POST")
        .access(ours.access().as_str())
        .refresh(ours.refresh().as_str())
        .refresh(planted.refresh().as_str())
}

/// A request that deletes nothing and ends nothing is not a log-out.
#[test]
fn without_a_store_tokens_of_two_are_ambiguous() {
    let auth = Auth::new(builder().build().unwrap()).unwrap();
    let token = |user| auth.create_access_token(user).unwrap();
    let (ours, planted) = (token("user1"), token("mallory"));
    let head = Head::new("POST")
        .access(ours.as_str())
        .access(planted.as_str());
    for value in [ours.csrf(), planted.csrf()] {
        let answer = auth.authenticate_log_out(&head.clone().csrf(value.unwrap()));
        assert_eq!(answer.unwrap_err().code(), "ambiguous_cookie");
    }
}

fn access(tokens: &TokenPair) -> Head {
    Head::new("POST")
        .access(tokens.access().as_str())
        .csrf(tokens.access().csrf().unwrap())
}

#[test]
fn log_out_by_a_header_needs_no_csrf_value_and_deletes_nothing() {
    let house = house(builder().token_locations([Location::Headers, Location::Cookies]));
    for refresh in [false, true] {
        let tokens = house.log_in("user1");
        let token = if refresh {
            tokens.refresh().as_str()
        } else {
            tokens.access().as_str()
        };
        let cookies = house.log_out(&Head::new("POST").bearer(token)).unwrap();
        assert_eq!(cookies.lines().count(), 0);
        let head = Head::new("GET").bearer(tokens.access().as_str());
        let code = crate::testing::outcome(&house.auth, &head, &crate::Require::access());
        assert_eq!(code, "session_ended");
    }
}

#[test]
fn a_form_logs_out_where_forms_count() {
    for (row, counts, field, expected) in [
        ("a right field", true, None, Ok(4)),
        ("a wrong one", true, Some("wrong"), Err("csrf_mismatch")),
        ("an empty one", true, Some(""), Err("missing_csrf_token")),
        (
            "where forms do not count",
            false,
            None,
            Err("missing_csrf_token"),
        ),
    ] {
        let house = house(builder().csrf_check_form(counts));
        let tokens = house.log_in("user1");
        let form = format!("csrf_token={}", field.or(tokens.access().csrf()).unwrap());
        let head = Head::new("POST")
            .access(tokens.access().as_str())
            .refresh(tokens.refresh().as_str())
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = house.log_out(&head.with_body(form.as_bytes()));
        let lines = answer.map(|cookies| cookies.lines().count());
        assert_eq!(
            lines.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|code| *code),
            "{row}"
        );
        assert_eq!(house.refresh(&tokens).is_err(), expected.is_ok(), "{row}");
    }
}

#[test]
fn log_out_by_a_json_body_needs_no_csrf_value_and_deletes_nothing() {
    for member in ["access_token", "refresh_token"] {
        let house = house(builder().token_locations([Location::Json, Location::Cookies]));
        let tokens = house.log_in("user1");
        let token = match member {
            "access_token" => tokens.access().as_str(),
            _ => tokens.refresh().as_str(),
        };
        let body = serde_json::json!({ member: token }).to_string();
        let head = Head::new("POST").header("content-type", "application/json");
        let cookies = house.log_out(&head.with_body(body.as_bytes())).unwrap();
        assert_eq!(cookies.lines().count(), 0);
        assert!(house.refresh(&tokens).is_err(), "{member}");
    }
}

#[test]
fn tokens_without_a_session_end_by_their_ids() {
    let house = house(builder());
    let access = house.auth.create_access_token("user1").unwrap();
    let refresh = house.auth.create_refresh_token("user1").unwrap();
    let both = || {
        Head::new("POST")
            .access(access.as_str())
            .refresh(refresh.as_str())
    };
    let rows = [
        (
            "neither value",
            both().csrf("neither"),
            Err("csrf_mismatch"),
        ),
        (
            "the refresh token's",
            both().csrf(refresh.csrf().unwrap()),
            Ok(()),
        ),
    ];
    for (row, head, expected) in rows {
        let answer = house.log_out(&head).map(drop);
        assert_eq!(
            answer.as_ref().map_err(String::as_str).copied(),
            expected,
            "{row}"
        );
    }
    let head = Head::new("GET").access(access.as_str());
    assert_eq!(
        crate::testing::outcome(&house.auth, &head, &crate::Require::access()),
        "token_revoked"
    );
    let head = Head::new("POST")
        .refresh(refresh.as_str())
        .csrf(refresh.csrf().unwrap());
    assert_eq!(
        crate::testing::outcome(&house.auth, &head, &crate::Require::refresh()),
        "token_revoked"
    );
}

#[test]
fn a_session_of_another_audience_is_not_ours_to_end() {
    let house = house(builder().encode_audience(["web"]));
    let user = NewToken::for_subject("user1").audience(["elsewhere"]);
    let tokens = now(house.auth.log_in(user, ClientInfo::new())).unwrap();
    house.told();
    let cookies = house.log_out(&access(&tokens)).unwrap();
    assert_eq!(cookies.lines().count(), 0, "nor are its cookies");
    assert_eq!(house.told(), []);
}
