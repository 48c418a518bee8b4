//! The API as the page on another host sees it. The crate `book` runs these for actix-web as well.

use handstamp_conformance::{Jar, Reply, Request};
use serde_json::json;

use super::{UNREADABLE, start};

pub(super) const PAGE: &str = "https://app.example.com";

#[test]
fn every_answer_to_the_page_can_be_read_by_it_refusals_too() {
    let server = start(&[]);
    let mut jar = Jar::default();
    let login = server.send(&log_in("password1"));
    jar.store(&login);
    let csrf = login.json()["csrf"].as_str().unwrap().to_owned();
    let with = |request: Request| request.header("cookie", jar.header());
    let title = json!({"title": "New post"});
    for (row, request, status, code) in [
        ("a log-in", log_in("password1"), 200, None),
        (
            "a wrong password",
            log_in("password2"),
            401,
            Some("invalid_credentials"),
        ),
        (
            "a body that is no log-in",
            by_page("POST", "/login"),
            UNREADABLE,
            None,
        ),
        (
            "who is logged in",
            with(by_page("GET", "/session")),
            200,
            None,
        ),
        ("that no one is", by_page("GET", "/session"), 200, None),
        (
            "a session whose cookie is dead",
            by_page("GET", "/session").header("cookie", "access_token_cookie=junk"),
            401,
            Some("invalid_token"),
        ),
        (
            "a post with the value from the body",
            with(by_page("POST", "/posts").json(&title)).header("x-csrf-token", &csrf),
            200,
            None,
        ),
        (
            "a post without the value",
            with(by_page("POST", "/posts").json(&title)),
            403,
            Some("missing_csrf_token"),
        ),
        (
            "a post of a stranger",
            by_page("POST", "/posts").json(&title),
            401,
            Some("missing_token"),
        ),
        (
            "a refresh by a page that has no value yet",
            with(by_page("POST", "/refresh")),
            200,
            None,
        ),
        ("a path that there is not", by_page("GET", "/no"), 404, None),
    ] {
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{row}: {reply:?}");
        if let Some(code) = code {
            assert_eq!(reply.json()["code"], code, "{row}");
        }
        assert_eq!(cors(&reply), Some([PAGE, "true", "retry-after"]), "{row}");
    }
}

#[test]
fn no_other_origin_reads_an_answer_or_changes_anything() {
    let server = start(&[]);
    let mut jar = Jar::default();
    jar.store(&server.send(&log_in("password1")));
    let by = |origin, method, path| Request::new(method, path).header("origin", origin);
    let credentials = json!({"username": "user1", "password": "password1"});
    for origin in [
        "https://evil.example.com",
        "https://app.example.com.evil.example",
        "http://app.example.com",
        "null",
    ] {
        let with = |request: Request| request.header("cookie", jar.header());
        for (row, request, status) in [
            (
                "reads the session",
                with(by(origin, "GET", "/session")),
                200,
            ),
            ("refreshes", with(by(origin, "POST", "/refresh")), 403),
            ("logs out", with(by(origin, "POST", "/logout")), 403),
            (
                "logs in",
                by(origin, "POST", "/login").json(&credentials),
                403,
            ),
        ] {
            let reply = server.send(&request);
            assert_eq!(reply.status, status, "{origin} {row}: {reply:?}");
            assert_eq!(
                reply.header("access-control-allow-origin"),
                None,
                "{origin} {row}"
            );
            assert_eq!(reply.all("set-cookie").count(), 0, "{origin} {row}");
        }
    }
}

#[test]
fn a_preflight_is_answered_without_cookies() {
    let server = start(&[]);
    let preflight = by_page("OPTIONS", "/posts")
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "content-type,x-csrf-token",
        );
    let reply = server.send(&preflight);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("access-control-max-age"), Some("3600"));
    let allowed = reply.header("access-control-allow-headers").unwrap();
    assert!(allowed.contains("x-csrf-token"), "{allowed}");
}

#[test]
fn bodies_say_what_a_page_that_reads_no_cookies_needs() {
    let server = start(&[("JWT_ACCESS_TOKEN_EXPIRES", "1")]);
    let mut jar = Jar::default();
    let login = server.send(&log_in("password1"));
    jar.store(&login);
    assert!(jar.get("csrf_access_token").is_none(), "{login:?}");
    let mine = login.json()["csrf"].clone();
    assert!(mine.is_string(), "{login:?}");
    assert_eq!(login.json()["expires_in"], 1);

    std::thread::sleep(std::time::Duration::from_millis(2100));
    let ask = |jar: &Jar| by_page("GET", "/session").header("cookie", jar.header());
    let expired = server.send(&ask(&jar));
    assert_eq!(
        (expired.status, &expired.json()["code"]),
        (401, &json!("token_expired"))
    );
    let refreshed = server.send(&by_page("POST", "/refresh").header("cookie", jar.header()));
    assert_eq!(refreshed.json()["csrf"], mine, "{refreshed:?}");
    jar.store(&refreshed);
    let session = server.send(&ask(&jar));
    assert_eq!(session.json()["csrf"], mine, "{session:?}");
    assert_eq!(session.json()["subject"], "user1");
    assert_eq!(session.header("cache-control"), Some("no-store"));
}

/// A request of the page, from a browser too old for `Sec-Fetch-Site`.
fn by_page(method: &str, path: &str) -> Request {
    Request::new(method, path).header("origin", PAGE)
}

pub(super) fn log_in(password: &str) -> Request {
    by_page("POST", "/login").json(&json!({"username": "user1", "password": password}))
}

/// The headers without which a script of the page reads nothing, or no `Retry-After`.
pub(super) fn cors(reply: &Reply) -> Option<[&str; 3]> {
    Some([
        reply.header("access-control-allow-origin")?,
        reply.header("access-control-allow-credentials")?,
        reply.header("access-control-expose-headers")?,
    ])
}
