//! Tests of log-outs.

use super::{House, house, refresh_head};
use crate::config::OriginCheck;
use crate::config::danger::Danger;
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
        ("no cookie", |_, _| Head::new("POST"), untouched(4)),
        ("an empty cookie", |_, _| Head::new("POST").access(""), untouched(4)),
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

/// Tokens of two users: a sibling subdomain has planted one whose CSRF value it knows, or a refresh
/// of one user was answered after the other had logged in. Each row: the sender, the value that it
/// shows, whether our session has ended, and theirs, and the answer.
#[test]
fn tokens_of_two_users_all_end_for_a_page_of_the_service_alone() {
    type Value = fn(&TokenPair, &TokenPair) -> Vec<String>;
    let (ours, theirs): (Value, Value) = (
        |ours, _| vec![ours.access().csrf().unwrap().to_owned()],
        |_, theirs| vec![theirs.access().csrf().unwrap().to_owned()],
    );
    let none: Value = |_, _| Vec::new();
    let another: Value = |_, _| vec!["another".to_owned()];
    let both_values: Value = |ours, theirs| {
        [ours, theirs]
            .map(|tokens| tokens.access().csrf().unwrap().to_owned())
            .into()
    };
    let same_origin: &[(&str, &str)] = &[("sec-fetch-site", "same-origin")];
    let same_site: &[(&str, &str)] = &[
        ("sec-fetch-site", "same-site"),
        ("origin", "https://blog.example.com"),
    ];
    let user: &[(&str, &str)] = &[("sec-fetch-site", "none")];
    let by_host: &[(&str, &str)] = &[
        ("origin", "http://192.168.1.5:8000"),
        ("host", "192.168.1.5:8000"),
    ];
    let by_origin: &[(&str, &str)] = &[("origin", "https://app.example.com")];
    let program: &[(&str, &str)] = &[];
    let ambiguous = Err("ambiguous_cookie");
    #[rustfmt::skip]
    let rows = [
        ("an own page, our value", None, same_origin, ours, (true, true), Ok(4)),
        ("an own page, their value", None, same_origin, theirs, (true, true), Ok(4)),
        ("an own page by the public origin", Some("https://app.example.com"), by_origin, ours, (true, true), Ok(4)),
        ("an own page, no value", None, same_origin, none, (false, false), Err("missing_csrf_token")),
        ("an own page, another value", None, same_origin, another, (false, false), Err("csrf_mismatch")),
        ("an own page, both values", None, same_origin, both_values, (false, false), Err("csrf_mismatch")),
        ("a sibling, our value", None, same_site, ours, (true, false), ambiguous),
        ("a sibling, its own value", None, same_site, theirs, (false, true), ambiguous),
        ("a sibling, where an origin is configured", Some("https://app.example.com"), same_site, theirs, (false, false), Err("cross_site_request")),
        ("the user, our value", None, user, ours, (true, false), ambiguous),
        ("a program, our value", None, program, ours, (true, false), ambiguous),
        ("a page by its Host alone, our value", None, by_host, ours, (true, false), ambiguous),
    ];
    for (row, public_origin, headers, value, ended, expected) in rows {
        let config = match public_origin {
            Some(origin) => builder().public_origin(origin),
            None => builder(),
        };
        let house = house(config);
        let (ours, planted) = (house.log_in("user1"), house.log_in("mallory"));
        let mut head = both(&ours, &planted);
        for (name, value) in headers {
            head = head.header(name, *value);
        }
        for value in value(&ours, &planted) {
            head = head.csrf(value);
        }
        let answer = house.log_out(&head).map(|cookies| cookies.lines().count());
        assert_eq!(
            answer.as_ref().map_err(String::as_str).copied(),
            expected,
            "{row}"
        );
        let has_ended = |tokens| house.enter(tokens) == "session_ended";
        assert_eq!((has_ended(&ours), has_ended(&planted)), ended, "{row}");
    }
}

fn both(ours: &TokenPair, planted: &TokenPair) -> Head {
    Head::new("POST")
        .access(ours.access().as_str())
        .refresh(ours.refresh().as_str())
        .refresh(planted.refresh().as_str())
}

/// Protection was off when they were issued, and has been switched on since.
#[test]
fn tokens_without_a_value_are_logged_out_by_a_page_of_the_service() {
    let before = crate::testing::auth(builder().cookie_csrf_protect(false).danger(Danger::NoCsrf));
    let token = before.create_access_token("user1").unwrap();
    let auth = crate::testing::auth(builder());
    for (row, site, expected) in [
        ("an own page", Some("same-origin"), Ok(())),
        ("a sibling", Some("same-site"), Err("missing_csrf_token")),
        ("a program", None, Err("missing_csrf_token")),
    ] {
        let mut head = Head::new("POST").access(token.as_str());
        if let Some(site) = site {
            head = head.header("sec-fetch-site", site);
        }
        let answer = auth.authenticate_log_out(&head);
        let answer = answer
            .as_ref()
            .map(|_| ())
            .map_err(crate::error::Rejection::code);
        assert_eq!(answer, expected, "{row}");
    }
    let next_to_one_with = Head::new("POST")
        .access(token.as_str())
        .refresh(auth.create_refresh_token("user1").unwrap().as_str())
        .header("sec-fetch-site", "same-origin");
    let refused = auth.authenticate_log_out(&next_to_one_with).unwrap_err();
    assert_eq!(refused.code(), "missing_csrf_token");
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
        let head = head.clone().csrf(value.unwrap());
        let log_out = auth.authenticate_log_out(&head).unwrap();
        assert_eq!(
            now(auth.log_out(log_out)).unwrap_err().code(),
            "ambiguous_cookie"
        );
        let head = head.header("sec-fetch-site", "same-origin");
        let log_out = auth.authenticate_log_out(&head).unwrap();
        assert_eq!(now(auth.log_out(log_out)).unwrap().lines().count(), 4);
    }
}

/// No genuine token comes: none at all, below a narrow refresh path, or one that no key verifies.
#[test]
fn without_a_genuine_token_cookies_are_deleted_for_a_sender_that_may() {
    let origin = "https://app.example.com";
    #[rustfmt::skip]
    let rows: [(&str, Option<&str>, &[(&str, &str)], Result<usize, &str>); 15] = [
        ("an own page", None, &[("sec-fetch-site", "same-origin")], Ok(4)),
        ("a sibling", None, &[("sec-fetch-site", "same-site"), ("origin", "https://blog.example.com")], Err("cross_site_request")),
        ("another site", None, &[("sec-fetch-site", "cross-site")], Err("cross_site_request")),
        ("the address bar", None, &[("sec-fetch-site", "none")], Err("cross_site_request")),
        ("a program", None, &[], Ok(4)),
        ("an own page by Host, where nothing else is known", None, &[("origin", "http://192.168.1.5:8000"), ("host", "192.168.1.5:8000")], Ok(4)),
        ("another page by Host", None, &[("origin", "http://192.168.1.5:8001"), ("host", "192.168.1.5:8000")], Err("origin_not_allowed")),
        ("an own page by Host, against what the browser states", None, &[("sec-fetch-site", "same-site"), ("origin", "http://192.168.1.5:8000"), ("host", "192.168.1.5:8000")], Err("cross_site_request")),
        ("an own page, with a public origin", Some(origin), &[("sec-fetch-site", "same-origin")], Ok(4)),
        ("an old browser on the public origin", Some(origin), &[("origin", origin)], Ok(4)),
        ("an old browser elsewhere", Some(origin), &[("origin", "https://blog.example.com")], Err("origin_not_allowed")),
        ("Host counts for nothing with a public origin", Some(origin), &[("origin", "https://www.example.com"), ("host", "www.example.com")], Err("origin_not_allowed")),
        ("a web view by Host", None, &[("origin", "capacitor://localhost"), ("host", "localhost")], Err("origin_not_allowed")),
        ("a page without an origin", Some(origin), &[("origin", "null")], Err("origin_not_allowed")),
        ("a program, with a public origin", Some(origin), &[], Ok(4)),
    ];
    for (row, public_origin, headers, expected) in rows {
        for (carried, cookie) in [("no cookie", None), ("a forged one", Some("forged"))] {
            let config = builder().refresh_cookie_path("/refresh");
            let house = house(match public_origin {
                Some(origin) => config.public_origin(origin),
                None => config,
            });
            let mut head = Head::new("POST");
            for (name, value) in headers {
                head = head.header(name, *value);
            }
            if let Some(token) = cookie {
                head = head.access(token);
            }
            let answer = house.log_out(&head).map(|cookies| cookies.lines().count());
            let answer = answer.as_ref().map_err(String::as_str).copied();
            assert_eq!(answer, expected, "{row}, {carried}");
        }
    }
}

fn access(tokens: &TokenPair) -> Head {
    Head::new("POST")
        .access(tokens.access().as_str())
        .csrf(tokens.access().csrf().unwrap())
}

/// `report-only` is for requests that a CSRF value guards as well.
#[test]
fn without_a_genuine_token_the_sender_is_judged_in_report_only_too() {
    let config = builder().public_origin("https://app.example.com");
    let house = house(config.origin_check(OriginCheck::ReportOnly));
    let log_out = |site| {
        let head = Head::new("POST").header("sec-fetch-site", site);
        house.log_out(&head).map(|cookies| cookies.lines().count())
    };
    assert_eq!(log_out("cross-site").unwrap_err(), "cross_site_request");
    assert_eq!(log_out("same-origin"), Ok(4));
}

#[test]
fn log_out_by_a_header_needs_no_csrf_value() {
    let house = house(builder().token_locations([Location::Headers, Location::Cookies]));
    for refresh in [false, true] {
        let tokens = house.log_in("user1");
        let token = if refresh {
            tokens.refresh().as_str()
        } else {
            tokens.access().as_str()
        };
        let cross = Head::new("POST")
            .bearer(token)
            .header("sec-fetch-site", "cross-site");
        let cookies = house.log_out(&cross).unwrap();
        assert_eq!(cookies.lines().count(), 0, "another site deletes none");
        let cookies = house.log_out(&Head::new("POST").bearer(token)).unwrap();
        assert_eq!(cookies.lines().count(), 4);
        let head = Head::new("GET").bearer(tokens.access().as_str());
        let code = crate::testing::outcome(&house.auth, &head, &crate::Require::access());
        assert_eq!(code, "session_ended");
    }
}

/// Each row: what comes with the bearer token of `user1`, the answer, and whether the session of
/// the header has ended, and that of the cookie.
#[test]
fn a_cookie_that_proves_nothing_keeps_no_bearer_logged_in() {
    let own = &[("sec-fetch-site", "same-origin")][..];
    let sibling = &[("sec-fetch-site", "same-site")][..];
    let rows = [
        (
            "a planted cookie",
            "mallory",
            &[][..],
            Err("missing_csrf_token"),
            (true, false),
        ),
        (
            "a planted cookie, from an own page",
            "mallory",
            own,
            Err("missing_csrf_token"),
            (true, false),
        ),
        (
            "the cookie of another device of the user",
            "another device",
            &[],
            Err("missing_csrf_token"),
            (true, false),
        ),
        (
            "the cookie of the same session",
            "the same",
            &[],
            Ok(4),
            (true, true),
        ),
        (
            "the cookie of the same session, from a sibling",
            "the same",
            sibling,
            Ok(0),
            (true, true),
        ),
    ];
    for (row, cookie, headers, expected, ended) in rows {
        let house = house(builder().token_locations([Location::Headers, Location::Cookies]));
        let bearer = house.log_in("user1");
        let other = match cookie {
            "the same" => None,
            "another device" => Some(house.log_in("user1")),
            user => Some(house.log_in(user)),
        };
        let planted = other.as_ref().unwrap_or(&bearer);
        let mut head = Head::new("POST")
            .bearer(bearer.access().as_str())
            .access(planted.access().as_str())
            .refresh(planted.refresh().as_str());
        for (name, value) in headers {
            head = head.header(name, *value);
        }
        let answer = house.log_out(&head).map(|cookies| cookies.lines().count());
        let answer = answer.as_ref().map_err(String::as_str).copied();
        assert_eq!(answer, expected, "{row}");
        let has_ended = |tokens| house.refresh(tokens).is_err();
        assert_eq!((has_ended(&bearer), has_ended(planted)), ended, "{row}");
    }
}

/// Without a public origin the value alone decides, and a sibling subdomain that planted a token
/// knows its value. Only script with permission can send a header.
#[test]
fn a_form_of_another_site_deletes_no_cookies() {
    let rows = [
        ("an own page", Some("same-origin"), true, Ok(4)),
        ("the address bar", Some("none"), true, Ok(4)),
        ("an old browser", None, true, Ok(4)),
        (
            "a sibling",
            Some("same-site"),
            true,
            Err("cross_site_request"),
        ),
        (
            "another site",
            Some("cross-site"),
            true,
            Err("cross_site_request"),
        ),
        (
            "another site, by script with permission",
            Some("cross-site"),
            false,
            Ok(4),
        ),
    ];
    for (row, site, by_form, expected) in rows {
        let house = house(builder().csrf_check_form(true));
        let tokens = house.log_in("mallory");
        let csrf = tokens.access().csrf().unwrap();
        let mut head = Head::new("POST")
            .access(tokens.access().as_str())
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(site) = site {
            head = head.header("sec-fetch-site", site);
        }
        let body = format!("csrf_token={csrf}");
        let answer = if by_form {
            house.log_out(&head.with_body(body.as_bytes()))
        } else {
            house.log_out(&head.csrf(csrf))
        };
        let answer = answer.map(|cookies| cookies.lines().count());
        let answer = answer.as_ref().map_err(String::as_str).copied();
        assert_eq!(answer, expected, "{row}");
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
fn log_out_by_a_json_body_needs_no_csrf_value() {
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
        assert_eq!(cookies.lines().count(), 4);
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
