//! What browsers keep, drop and send.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use handstamp_axum::{Access, Auth, Error, NewToken, days, minutes};
use handstamp_conformance::{Reply, Request};

use crate::app::{App, access_cookie, csrf, log_in, refresh_cookie};

/// Deletions are always `SameSite=lax`, without `Secure` and `HttpOnly`: browsers ignore them for `__Host-` and `__Secure-`
/// names, and across sites.
#[tokio::test]
async fn bug_04_a_log_out_repeats_every_attribute_of_the_cookies() {
    let named = |prefix: &'static str, csrf: &'static str| {
        [
            ("JWT_ACCESS_COOKIE_NAME", format!("{prefix}a")),
            ("JWT_REFRESH_COOKIE_NAME", format!("{prefix}r")),
            ("JWT_ACCESS_CSRF_COOKIE_NAME", format!("{csrf}ca")),
            ("JWT_REFRESH_CSRF_COOKIE_NAME", format!("{csrf}cr")),
        ]
    };
    let own = |settings: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        settings
            .iter()
            .map(|(name, value)| (*name, (*value).into()))
            .collect()
    };
    let rows = [
        ("as it comes", own(&[])),
        ("plain HTTP", own(&[("JWT_COOKIE_SECURE", "false")])),
        (
            "the host prefix",
            own(&[("HANDSTAMP_COOKIE_PREFIX", "host")]),
        ),
        ("__Host- by hand", named("__Host-", "__Host-").into()),
        ("__Secure- by hand", named("__Secure-", "__Secure-").into()),
        ("__Http- by hand", named("__Http-", "__Secure-").into()),
        (
            "__Host-Http- by hand",
            named("__Host-Http-", "__Host-").into(),
        ),
        ("across sites", own(&[("JWT_COOKIE_SAMESITE", "none")])),
        (
            "strict, for one more site, and one path each",
            own(&[
                ("JWT_COOKIE_SAMESITE", "strict"),
                ("HANDSTAMP_REFRESH_COOKIE_SAMESITE", "none"),
                ("JWT_COOKIE_DOMAIN", "example.com"),
                ("JWT_ACCESS_COOKIE_PATH", "/api"),
                ("JWT_REFRESH_COOKIE_PATH", "/auth"),
                ("JWT_COOKIE_MAX_AGE", "600"),
            ]),
        ),
    ];
    for (row, settings) in rows {
        let settings: Vec<(&str, &str)> = settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let app = App::new(&settings);
        let set = app.send(log_in("user1")).await;
        let unset = app.send(Request::new("POST", "/logout")).await;
        let identity = |reply: &Reply| -> Vec<(String, BTreeSet<String>)> {
            reply.all("set-cookie").map(identity).collect()
        };
        assert_eq!(identity(&unset), identity(&set), "{row}");
        assert_eq!(set.all("set-cookie").count(), 4, "{row}");
        for line in unset.all("set-cookie") {
            assert!(
                line.contains("; Expires=Thu, 01 Jan 1970 00:00:00 GMT;"),
                "{row}: {line}"
            );
            assert!(line.contains("; Max-Age=0;"), "{row}: {line}");
            assert!(is_kept_by_browsers(line), "{row}: {line}");
        }
    }
}

/// A cookie of 8379 bytes is set, the browser drops it, and the next request is a 401.
#[tokio::test]
async fn bug_15_a_cookie_that_browsers_would_drop_is_not_set() {
    async fn large(State(auth): State<Auth>) -> Result<impl IntoResponse, Error> {
        let token = NewToken::for_subject("user1").claim("notes", "x".repeat(4000));
        let access = auth.create_access_token(token)?;
        Ok((auth.set_access_cookies(&access)?, "welcome"))
    }
    let app = App::new(&[]).routes(Router::new().route("/large", get(large)));
    let reply = app.send(Request::new("GET", "/large")).await;
    assert_eq!((reply.status, reply.all("set-cookie").count()), (500, 0));

    // One byte after the other: what is set fits, and what is not set does not.
    let mut seen = BTreeSet::new();
    for size in 2600..2900 {
        let token = app.access(NewToken::for_subject("u".repeat(size)));
        let bytes = "access_token_cookie".len() + token.as_str().len();
        match app.auth.set_access_cookies(&token) {
            Ok(_) => assert!(bytes <= 4096, "{bytes}"),
            Err(error) => assert_eq!(
                error.to_string(),
                format!(
                    "cookie access_token_cookie has {bytes} bytes with its name, and browsers drop a cookie of more than \
                     4096: put less into the token"
                )
            ),
        }
        seen.insert(bytes > 4096);
    }
    assert_eq!(seen, [false, true].into());
}

/// The last of several cookies wins, which is the one that a sibling subdomain can plant.
#[tokio::test]
async fn bug_16_a_planted_cookie_is_never_chosen() {
    async fn id(token: Access) -> String {
        token.id().to_owned()
    }
    let routes = || Router::new().route("/id", get(id));
    let app = App::new(&[]).routes(routes());
    let other = App::new(&[(
        "JWT_SECRET_KEY",
        "the secret of somebody who plants cookies",
    )]);
    let forged =
        ["user1", "user1", "mallory", "mallory"].map(|user| access_cookie(&other.access(user)));
    let mallory = app.access("mallory");
    let older = app.access("user1");
    app.clock.advance(60);
    let ours = app.access("user1");
    let admin = app.access(NewToken::for_subject("user1").login_type("admin"));
    let mine = format!("200 {}", ours.id());
    let [ours, older, admin, mallory] = [&ours, &older, &admin, &mallory].map(access_cookie);
    let (junk, ambiguous) = ("access_token_cookie=x".to_owned(), "401 ambiguous_cookie");
    let rows: [(&str, Vec<&String>, &str); 14] = [
        ("alone", vec![&ours], &mine),
        ("a forged one after it", vec![&ours, &forged[0]], &mine),
        ("a forged one before it", vec![&forged[0], &ours], &mine),
        (
            "three forged ones",
            vec![&forged[0], &forged[1], &ours, &forged[2]],
            &mine,
        ),
        ("junk before it", vec![&junk, &ours], &mine),
        ("the same twice", vec![&ours, &ours], &mine),
        ("its own forerunner after it", vec![&ours, &older], &mine),
        ("its own forerunner before it", vec![&older, &ours], &mine),
        ("another user's after it", vec![&ours, &mallory], ambiguous),
        ("another user's before it", vec![&mallory, &ours], ambiguous),
        ("another kind of account's", vec![&ours, &admin], ambiguous),
        (
            "another user's among forged ones",
            vec![&forged[0], &mallory, &ours],
            ambiguous,
        ),
        (
            "five of them",
            vec![&ours, &forged[0], &forged[1], &forged[2], &forged[3]],
            ambiguous,
        ),
        (
            "forged ones alone",
            vec![&forged[0], &forged[1]],
            "401 invalid_signature",
        ),
    ];
    for (row, cookies, expected) in rows {
        let one_line = Request::new("GET", "/id").cookies(&cookies);
        assert_eq!(app.outcome(one_line).await, expected, "{row}");
        let lines = cookies
            .iter()
            .fold(Request::new("GET", "/id"), |request, cookie| {
                request.header("cookie", cookie)
            });
        assert_eq!(app.outcome(lines).await, expected, "{row}, a line each");
    }

    let (refresh, planted) = (app.refresh("user1"), app.refresh("mallory"));
    let request = Request::new("POST", "/refresh")
        .cookies([refresh_cookie(&refresh), refresh_cookie(&planted)])
        .header("x-csrf-token", csrf(&planted));
    assert_eq!(app.outcome(request).await, ambiguous, "a refresh cookie");

    // A name that no other host can set: what is planted under the plain one is not looked at.
    let app = App::new(&[("HANDSTAMP_COOKIE_PREFIX", "host")]).routes(routes());
    let (ours, mallory) = (app.access("user1"), access_cookie(&app.access("mallory")));
    let mine = format!("200 {}", ours.id());
    let ours = format!("__Host-Http-{}", access_cookie(&ours));
    let both = Request::new("GET", "/id").cookies([&ours, &mallory]);
    assert_eq!(app.outcome(both).await, mine);
    let planted = Request::new("GET", "/id").cookies([&mallory]);
    assert_eq!(app.outcome(planted).await, "401 missing_token");
}

/// `set_access_cookies(max_age=0)` falls back to the setting.
#[tokio::test]
async fn bug_33_a_max_age_of_zero_is_zero() {
    let settings: [&[(&str, &str)]; 3] = [
        &[],
        &[("JWT_COOKIE_MAX_AGE", "30d")],
        &[("JWT_SESSION_COOKIE", "false")],
    ];
    for settings in settings {
        let app = App::new(settings);
        let (access, refresh) = (app.access("user1"), app.refresh("user1"));
        let set = |span| {
            let access = app.auth.set_access_cookies(&access).unwrap();
            let refresh = app.auth.set_refresh_cookies(&refresh).unwrap();
            let response = (access.persistent(span), refresh.persistent(span), ()).into_response();
            max_ages(&response)
        };
        assert_eq!(set(Duration::ZERO), ["Max-Age=0"; 4]);
        assert_eq!(set(minutes(1)), ["Max-Age=60"; 4]);
        assert_eq!(set(days(30)), ["Max-Age=2592000"; 4]);
    }
    let app = App::new(&[("JWT_COOKIE_MAX_AGE", "0")]);
    let cookies = app.auth.set_access_cookies(&app.access("user1")).unwrap();
    assert_eq!(max_ages(&(cookies, ()).into_response()), ["Max-Age=0"; 2]);
}

/// The name and the attributes that a deletion must repeat.
fn identity(line: &str) -> (String, BTreeSet<String>) {
    let (pair, attributes) = line.split_once("; ").unwrap();
    let own = |attribute: &&str| {
        !["Max-Age=", "Expires="]
            .iter()
            .any(|other| attribute.starts_with(other))
    };
    let name = pair.split('=').next().unwrap();
    let attributes = attributes.split("; ").filter(own).map(str::to_owned);
    (name.to_owned(), attributes.collect())
}

/// RFC 6265bis, section 5.7: what prefixes and `SameSite=None` promise.
fn is_kept_by_browsers(line: &str) -> bool {
    let has = |attribute: &str| {
        line.split("; ")
            .any(|one| one.eq_ignore_ascii_case(attribute))
    };
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| line.starts_with(prefix));
    let host = has("Secure") && has("Path=/") && !line.contains("Domain=");
    (!begins(&["__Host-"]) || host)
        && (!begins(&["__Secure-", "__Http-"]) || has("Secure"))
        && (!begins(&["__Http-", "__Host-Http-"]) || has("HttpOnly"))
        && (!has("SameSite=None") || has("Secure"))
}

fn max_ages(response: &Response) -> Vec<String> {
    let lines = response.headers().get_all("set-cookie").iter();
    let attributes = lines.flat_map(|line| line.to_str().unwrap().split("; "));
    let max_ages = attributes.filter(|attribute| attribute.starts_with("Max-Age="));
    max_ages.map(str::to_owned).collect()
}
