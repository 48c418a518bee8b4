//! What the demo tells of a request and of the tokens, the attacks that it tries, and that with
//! real users nothing of it exists.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::thread;
use std::time::Duration;

use handstamp_conformance::{Reply, Request};
use serde_json::{Value, json};

use crate::service::{Browser, Service, granted, login, session_ended};

const ASKED: &str = "x-handstamp-demo";

/// Returns the outcomes of the checks, in order, and what the refusing one said: `+` passed, `-`
/// was skipped, `x` refused, `.` was not reached.
fn way(reply: &Reply) -> (String, Option<String>) {
    let told: Value = serde_json::from_str(reply.header(ASKED).unwrap()).unwrap();
    let checks = told["checks"].as_array().unwrap();
    let outcomes = checks.iter().map(|check| match check["outcome"].as_str() {
        Some("passed") => '+',
        Some("skipped") => '-',
        Some("refused") => 'x',
        Some("unreached") => '.',
        _ => '?',
    });
    let refused = checks.iter().find(|check| check["outcome"] == "refused");
    let says = refused.map(|check| check["says"].as_str().unwrap().to_owned());
    (outcomes.collect(), says)
}

fn asked(request: Request) -> Request {
    request.header(ASKED, "1")
}

fn assert_ways(server: &Service, rows: Vec<(&str, Request, &str, Option<&str>)>) {
    for (name, request, outcomes, says) in rows {
        let reply = server.send(&asked(request));
        let (seen, refusal) = way(&reply);
        assert_eq!(seen, outcomes, "{name}: {reply:?}");
        assert_eq!(refusal.as_deref(), says, "{name}");
    }
}

#[test]
fn the_way_of_a_request_with_a_token_is_told() {
    let server = Service::start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    let ended = Browser::logged_in(&server, "user1", "password1");
    ended.clone().send(&server, "POST", "/logout");
    let with = |method, path, cookies: &str| Request::new(method, path).header("cookie", cookies);
    let ours = &browser.0.header();
    let twice = format!("{ours}; access_token_cookie=other");
    let title = json!({"title": "a post"});
    let wrong = with("POST", "/posts", ours).header("x-csrf-token", "wrong");
    let post = || browser.request("POST", "/posts");
    #[rustfmt::skip]
    assert_ways(&server, vec![
        ("no token", Request::new("GET", "/protected"), "x.....", Some("missing_token")),
        ("one that is none", with("GET", "/protected", "access_token_cookie=a.b.c"), "+-x...", Some("invalid_token")),
        ("two, of which one is genuine", with("GET", "/protected", &twice), "+-+-++", None),
        ("a request that reads", with("GET", "/protected", ours), "+-+-++", None),
        ("a post without the value", with("POST", "/posts", ours).json(&title), "+-+x..", Some("missing_csrf_token")),
        ("a post with a wrong one", wrong.json(&title), "+-+x..", Some("csrf_mismatch")),
        ("a post", post().json(&title), "+-++++", None),
        ("a post that the route refuses", post().json(&json!({})), "+-+++x", Some("invalid_body")),
        ("a session that has ended", ended.request("GET", "/protected"), "+-+-x.", Some("session_ended")),
        ("a refresh", browser.request("POST", "/refresh"), "+-++++", None),
        ("a log-out without the value", with("POST", "/logout", ours), "+--x..", Some("missing_csrf_token")),
        ("a log-out by a token that is none", with("POST", "/logout", "access_token_cookie=a.b.c"), "+----+", None),
        ("a log-out", browser.request("POST", "/logout"), "+----+", None),
    ]);
    let reply = browser.get(&server, "/protected");
    assert_eq!(reply.header(ASKED), None, "only those that ask are told");
}

#[test]
fn the_way_of_a_request_without_a_token_is_told() {
    let server = Service::start(&[], &[]).unwrap();
    let elsewhere = login("user1", "password1").header("sec-fetch-site", "cross-site");
    #[rustfmt::skip]
    assert_ways(&server, vec![
        ("who is logged in?", Request::new("GET", "/session"), "-----+", None),
        ("a log-in", login("user1", "password1"), "-+---+", None),
        ("a wrong password", login("user1", "wrong"), "-+---x", Some("invalid_credentials")),
        ("a log-in by another site", elsewhere, "-x....", Some("cross_site_request")),
        ("a log-out with nothing to end", Request::new("POST", "/logout"), "-+---+", None),
    ]);
}

#[test]
fn each_check_says_what_it_found() {
    let server = Service::start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    let says = |request: Request| -> Vec<String> {
        let reply = server.send(&asked(request));
        let told: Value = serde_json::from_str(reply.header(ASKED).unwrap()).unwrap();
        let checks = told["checks"].as_array().unwrap().iter();
        checks
            .map(|check| check["says"].as_str().unwrap().to_owned())
            .collect()
    };
    let post = browser
        .request("POST", "/posts")
        .json(&json!({"title": "x"}));
    assert_eq!(
        says(post),
        [
            "the cookie access_token_cookie",
            "without HANDSTAMP_PUBLIC_ORIGIN the CSRF value decides alone",
            "signature, times and purpose are right",
            "the header repeats the value that is in the token",
            "the session is live",
            "answered",
        ]
    );
    let get = says(browser.request("GET", "/protected"));
    assert_eq!(
        (&*get[1], &*get[3]),
        (
            "a request that only reads needs none",
            "a request that only reads needs none"
        )
    );
    let refresh = says(browser.request("POST", "/refresh"));
    assert_eq!(refresh[0], "the cookie refresh_token_cookie");
    let log_in = says(login("user1", "password1"));
    assert_eq!(
        (&*log_in[0], &*log_in[1]),
        ("a log-in has no token yet", "no other site has sent it")
    );
    let session = says(Request::new("GET", "/session"));
    assert_eq!(session[0], "no token came: no one is logged in");
    let log_out = says(browser.request("POST", "/logout"));
    assert_eq!(log_out[0], "a cookie with a token");
    assert!(log_out[2].contains("whatever the token"), "{log_out:?}");
}

/// What is not known is not told.
#[test]
fn nothing_is_told_of_what_was_not_checked_or_not_in_the_usual_way() {
    let server = Service::start(&[], &[]).unwrap();
    for (name, request) in [
        ("a route that checks nothing", Request::new("GET", "/names")),
        (
            "a method that a route does not have",
            Request::new("OPTIONS", "/protected"),
        ),
        (
            "a path that does not exist",
            Request::new("GET", "/nowhere"),
        ),
    ] {
        assert_eq!(server.send(&asked(request)).header(ASKED), None, "{name}");
    }
    for (name, value) in [
        ("HANDSTAMP_CHECK_SESSIONS", "on-refresh"),
        ("HANDSTAMP_ERROR_STYLE", "authx"),
        ("JWT_CSRF_METHODS", r#"["GET", "POST"]"#),
        ("JWT_TOKEN_LOCATION", r#"["headers", "cookies"]"#),
        ("JWT_IMPLICIT_REFRESH_DELTATIME", "60"),
    ] {
        let server = Service::start(&[], &[(name, value)]).unwrap();
        let reply = server.send(&asked(Request::new("GET", "/protected")));
        assert_eq!(reply.header(ASKED), None, "{name}");
        let names = server.send(&Request::new("GET", "/names")).json();
        assert_eq!(
            (&names["demo"], &names["has_usual_checks"]),
            (&json!(true), &json!(false)),
            "{name}"
        );
    }
    let names = server.send(&Request::new("GET", "/names")).json();
    assert_eq!(names["has_usual_checks"], true);
}

#[test]
fn what_the_browser_sent_is_told_without_the_tokens() {
    let server = Service::start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    let request = browser
        .request("POST", "/posts")
        .header("origin", "http://127.0.0.1:1");
    let reply = server.send(&asked(request.json(&json!({"title": "x"}))));
    let header = reply.header(ASKED).unwrap();
    let told: Value = serde_json::from_str(header).unwrap();
    let names: Vec<&str> = told["cookies"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|cookie| cookie["name"].as_str())
        .collect();
    for name in [
        "access_token_cookie",
        "refresh_token_cookie",
        "csrf_access_token",
        "csrf_refresh_token",
    ] {
        assert!(names.contains(&name), "{names:?}");
    }
    let value = browser.0.get("csrf_access_token").unwrap();
    assert!(
        told["headers"]
            .as_array()
            .unwrap()
            .contains(&json!({"name": "origin", "value": "http://127.0.0.1:1"})),
        "{told}"
    );
    let access =
        json!({"name": "access_token_cookie", "holds": "the access token, hidden from script"});
    assert_eq!(told["cookies"][0], access);
    assert!(
        told["headers"]
            .as_array()
            .unwrap()
            .contains(&json!({"name": "X-CSRF-TOKEN", "value": value})),
        "{told}"
    );
    for name in ["access_token_cookie", "refresh_token_cookie"] {
        assert!(!header.contains(browser.0.get(name).unwrap()), "{name}");
    }
    assert_eq!(
        (&told["method"], &told["path"]),
        (&json!("POST"), &json!("/posts"))
    );
}

#[test]
fn the_claims_of_both_tokens_are_told() {
    let server = Service::start(&[], &[]).unwrap();
    let nobody = server.send(&Request::new("GET", "/demo/claims")).json();
    assert_eq!(
        (&nobody["access"], &nobody["refresh"]),
        (&json!(null), &json!(null))
    );
    let browser = Browser::logged_in(&server, "user1", "password1");
    let claims = browser.get(&server, "/demo/claims").json();
    for (purpose, seconds) in [("access", 900), ("refresh", 20 * 24 * 3600)] {
        let claims_of = &claims[purpose];
        assert_eq!(
            (&claims_of["sub"], &claims_of["type"]),
            (&json!("user1"), &json!(purpose))
        );
        let left = claims_of["exp"].as_i64().unwrap() - claims["now"].as_i64().unwrap();
        assert!((seconds - 5..=seconds).contains(&left), "{purpose}: {left}");
    }
    let others = format!(r"access_token_cookie=x.InRleHQi.x; {}", browser.0.header());
    let others = server
        .send(&Request::new("GET", "/demo/claims").header("cookie", others))
        .json();
    assert_eq!(
        others["access"]["sub"], "user1",
        "after a cookie of another application"
    );
    let broken = Request::new("GET", "/demo/claims").header(
        "cookie",
        "access_token_cookie=a.!.c; refresh_token_cookie=x",
    );
    let broken = server.send(&broken);
    assert_eq!(
        (
            broken.status,
            &broken.json()["access"],
            &broken.json()["refresh"]
        ),
        (200, &json!(null), &json!(null))
    );
}

#[test]
fn a_changed_token_is_refused_and_changes_nothing() {
    let server = Service::start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    let reply = server.send(&browser.request("POST", "/demo/forge"));
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (401, &json!("invalid_signature"))
    );
    assert_eq!(way(&reply).1.as_deref(), Some("invalid_signature"));
    assert_eq!(reply.header("set-cookie"), None);
    assert_eq!(browser.protected(&server), granted());
    let reply = server.send(&Request::new("POST", "/demo/forge"));
    assert_eq!(reply.status, 409, "{reply:?}");
    for path in ["/demo/forge", "/demo/copy", "/demo/replay"] {
        let request = browser.request("POST", path);
        let reply = server.send(&request.header("sec-fetch-site", "cross-site"));
        assert_eq!(reply.json()["code"], "cross_site_request", "{path}");
    }
}

#[test]
fn a_copy_of_a_refresh_token_ends_the_session() {
    let server = Service::start(&[], &[("HANDSTAMP_REFRESH_GRACE", "1s")]).unwrap();
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(
        browser.send(&server, "POST", "/demo/replay").status,
        409,
        "nothing was copied"
    );
    let window = || thread::sleep(Duration::from_millis(1_200));
    let reply = browser.send(&server, "POST", "/demo/copy");
    assert_eq!(reply.status, 204);
    let token = browser.0.get("refresh_token_cookie").unwrap();
    let line =
        format!("copied_refresh_token_cookie={token}; Max-Age=900; HttpOnly; SameSite=Strict");
    assert_eq!(reply.all("set-cookie").collect::<Vec<_>>(), [line]);
    let notes = browser.0.get("copied_refresh_token_cookie").unwrap();
    assert_eq!(Some(notes), browser.0.get("refresh_token_cookie"));
    window();
    assert_eq!(browser.send(&server, "POST", "/refresh").status, 200);
    assert_ne!(
        browser.0.get("copied_refresh_token_cookie"),
        browser.0.get("refresh_token_cookie")
    );
    assert_eq!(browser.protected(&server), granted());
    let reply = browser.send(&server, "POST", "/demo/replay");
    assert_eq!(reply.status, 200, "within the window: {reply:?}");
    assert_eq!(
        reply.header("set-cookie"),
        None,
        "the thief keeps what he got"
    );
    window();
    let reply = browser.send(&server, "POST", "/demo/replay");
    assert_eq!(
        (reply.status, &reply.json()["code"]),
        (401, &json!("refresh_reused"))
    );
    assert_eq!(browser.protected(&server), session_ended());
    assert_eq!(
        browser.0.get("copied_refresh_token_cookie"),
        None,
        "the copy is thrown away"
    );
}

#[test]
fn with_real_users_nothing_of_it_exists() {
    let gone = |server: &Service, name: &str, headers: &[(&str, &str)]| {
        let nowhere = server.send(&Request::new("GET", "/nowhere"));
        let with = |request: Request| {
            headers.iter().fold(request, |request, (name, value)| {
                request.header(name, value)
            })
        };
        for (method, path) in [
            ("GET", "/demo/claims"),
            ("POST", "/demo/copy"),
            ("POST", "/demo/replay"),
            ("POST", "/demo/forge"),
            ("GET", "/demo/copy"),
            ("GET", "/demo/page.js"),
            ("GET", "/demo/nothing"),
            ("GET", "/demo/%ff"),
        ] {
            let reply = server.send(&with(Request::new(method, path)));
            assert_eq!(
                (reply.status, reply.body.as_str(), reply.header("allow")),
                (404, nowhere.body.as_str(), None),
                "{name}: {path}"
            );
        }
        let elsewhere = Request::new("POST", "/demo/copy").header("sec-fetch-site", "cross-site");
        assert_eq!(server.send(&with(elsewhere)).status, 404, "{name}");
        let reply = server.send(&with(asked(Request::new("GET", "/protected"))));
        assert_eq!(reply.header(ASKED), None, "{name}");
        assert_eq!(
            server.send(&with(Request::new("GET", "/names"))).json()["demo"],
            false,
            "{name}"
        );
    };
    let server = Service::start(&["--no-demo"], &[]).unwrap();
    gone(&server, "--no-demo", &[]);
    let server = Service::start(&[], &[]).unwrap();
    assert_eq!(
        server.send(&Request::new("GET", "/names")).json()["demo"],
        true
    );
    gone(
        &server,
        "through a proxy",
        &[("x-forwarded-for", "192.0.2.1")],
    );
    gone(&server, "by another name", &[("host", "app.example.com")]);
    server.home().add_user("alice", "correct horse");
    gone(&server, "after the first user was added", &[]);
}
