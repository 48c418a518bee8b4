//! The routes of the demo and its page, over HTTP.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use handstamp_conformance::{Jar, Request};
use serde_json::json;

use crate::service::{Service, is_logged_out, log_in};

#[test]
fn a_user_logs_in_reads_posts_refreshes_and_logs_out() {
    let server = start(&[]);
    let mut jar = Jar::default();
    let protected = server.send(&Request::new("GET", "/protected"));
    assert_eq!(protected.status, 401);
    assert_eq!(protected.json()["code"], "missing_token");

    let login = log_in(&server, "user1", "password1");
    assert_eq!(login.status, 200);
    assert_eq!(login.header("cache-control"), Some("no-store"));
    let cookies: Vec<&str> = login.all("set-cookie").collect();
    assert_eq!(cookies.len(), 5);
    for (line, (name, attributes)) in cookies.iter().zip([
        ("access_token_cookie", "; HttpOnly; Path=/; SameSite=lax"),
        ("csrf_access_token", "; Path=/; SameSite=lax"),
        ("refresh_token_cookie", "; HttpOnly; Path=/; SameSite=lax"),
        ("csrf_refresh_token", "; Path=/; SameSite=lax"),
        (
            "device_access_token_cookie",
            "; Max-Age=34560000; HttpOnly; SameSite=lax",
        ),
    ]) {
        assert!(line.starts_with(&format!("{name}=")), "{line}");
        assert_eq!(
            line.find(';').map(|at| &line[at..]),
            Some(attributes),
            "{line}"
        );
    }
    jar.store(&login);
    let csrf = jar.get("csrf_access_token").unwrap().to_owned();
    assert_eq!(
        login.json(),
        json!({
            "message": "Login successful",
            "username": "user1",
            "csrf": csrf,
            "refresh_csrf": csrf,
            "expires_in": 900,
        })
    );
    let protected = server.send(&Request::new("GET", "/protected").header("cookie", jar.header()));
    assert_eq!(
        protected.json(),
        json!({"message": "Access granted", "username": "user1"})
    );

    let post = || {
        Request::new("POST", "/posts")
            .header("cookie", jar.header())
            .json(&json!({"title": "New Post"}))
    };
    let refused = server.send(&post());
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["code"], "missing_csrf_token");
    let wrong = server.send(&post().header("x-csrf-token", "a guess"));
    assert_eq!(
        (wrong.status, &wrong.json()["code"]),
        (403, &json!("csrf_mismatch"))
    );
    let posted = server.send(&post().header("x-csrf-token", jar.get("csrf_access_token").unwrap()));
    assert_eq!(
        posted.json(),
        json!({"message": "Post created", "title": "New Post", "user": "user1"})
    );

    let refresh = Request::new("POST", "/refresh").header("cookie", jar.header());
    assert_eq!(server.send(&refresh).status, 403);
    let refreshed =
        server.send(&refresh.header("x-csrf-token", jar.get("csrf_refresh_token").unwrap()));
    assert_eq!(
        refreshed.json(),
        json!({
            "message": "Token refreshed",
            "csrf": csrf,
            "refresh_csrf": csrf,
            "expires_in": 900,
        })
    );
    let before = jar.get("access_token_cookie").unwrap().to_owned();
    jar.store(&refreshed);
    assert_ne!(jar.get("access_token_cookie"), Some(before.as_str()));

    let logout = Request::new("POST", "/logout").header("cookie", jar.header());
    let refused = server.send(&logout);
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["code"], "missing_csrf_token");
    assert_eq!(refused.header("set-cookie"), None);
    let logout = server.send(&logout.header("x-csrf-token", jar.get("csrf_access_token").unwrap()));
    assert_eq!(logout.json(), json!({"message": "Successfully logged out"}));
    jar.store(&logout);
    assert!(is_logged_out(&jar));
}

#[test]
fn a_page_learns_who_is_logged_in_and_when_to_refresh() {
    let server = start(&[]);
    let mut jar = Jar::default();
    let stranger = server.send(&Request::new("GET", "/session"));
    assert_eq!(
        (stranger.status, &stranger.json()["subject"]),
        (200, &json!(null))
    );
    assert_eq!(stranger.header("cache-control"), Some("no-store"));
    jar.store(&log_in(&server, "user1", "password1"));
    let csrf = jar.get("csrf_access_token").unwrap();
    let session = server.send(&Request::new("GET", "/session").header("cookie", jar.header()));
    assert_eq!(
        (&session.json()["subject"], &session.json()["csrf"]),
        (&json!("user1"), &json!(csrf))
    );
    let alone = format!(
        "refresh_token_cookie={}",
        jar.get("refresh_token_cookie").unwrap()
    );
    let session = server.send(&Request::new("GET", "/session").header("cookie", alone));
    assert_eq!(
        (session.status, &session.json()["code"]),
        (401, &json!("missing_token"))
    );
}

#[test]
fn wrong_credentials_are_refused_and_set_nothing() {
    let server = start(&[]);
    for (name, username, password) in [
        ("a wrong password", "user1", "password2"),
        ("an empty password", "user1", ""),
        ("no such user", "mallory", "password1"),
    ] {
        let reply = log_in(&server, username, password);
        assert_eq!(reply.status, 401, "{name}");
        assert_eq!(reply.json()["code"], "invalid_credentials", "{name}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{name}");
        assert_eq!(reply.header("set-cookie"), None, "{name}");
    }
    assert_eq!(log_in(&server, "user2", "password2").status, 200);
}

#[test]
fn another_site_cannot_log_a_user_in() {
    let server = start(&[]);
    for (site, status) in [
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 200),
    ] {
        let credentials = json!({"username": "user1", "password": "password1"});
        let log_in = Request::new("POST", "/login")
            .header("sec-fetch-site", site)
            .json(&credentials);
        assert_eq!(server.send(&log_in).status, status, "{site}");
    }
}

#[test]
fn an_invalid_body_is_answered_in_json() {
    let server = start(&[]);
    for (name, media_type, body, status, word) in [
        (
            "half a body",
            "application/json",
            r#"{"username":"user1""#,
            400,
            "EOF",
        ),
        ("an empty body", "application/json", "", 400, "EOF"),
        (
            "no password",
            "application/json",
            r#"{"username":"user1"}"#,
            422,
            "password",
        ),
        (
            "a number",
            "application/json",
            r#"{"username":1,"password":"p"}"#,
            422,
            "invalid type, expected a string at line 1 column 13",
        ),
        ("a list", "application/json", "[]", 422, "LogInForm"),
        (
            "a form",
            "application/x-www-form-urlencoded",
            "username=user1",
            415,
            "application/json",
        ),
    ] {
        let request = Request::new("POST", "/login")
            .header("content-type", media_type)
            .body(body);
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{name}");
        assert_eq!(
            reply.header("content-type"),
            Some("application/problem+json"),
            "{name}"
        );
        let message = reply.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert!(message.contains(word), "{name}: {message:?}");
        assert_eq!(reply.header("set-cookie"), None, "{name}");
    }
}

#[test]
fn jwt_settings_are_honoured() {
    let server = start(&[
        ("JWT_ACCESS_COOKIE_NAME", "stamp"),
        ("JWT_ACCESS_CSRF_COOKIE_NAME", "stamp_csrf"),
        ("JWT_ACCESS_CSRF_HEADER_NAME", "X-Stamp"),
        ("JWT_COOKIE_SAMESITE", "strict"),
        ("JWT_COOKIE_MAX_AGE", "600"),
        ("JWT_ERROR_MESSAGE_KEY", "msg"),
        ("HANDSTAMP_ERROR_STYLE", "authx"),
    ]);
    let names = server.send(&Request::new("GET", "/names")).json();
    assert_eq!(
        names["access"],
        json!({"cookie": "stamp", "csrf_cookie": "stamp_csrf", "csrf_header": "X-Stamp"})
    );
    assert_eq!(names["refresh"]["cookie"], "refresh_token_cookie");

    let login = log_in(&server, "user1", "password1");
    let first = login.header("set-cookie").unwrap();
    assert!(first.starts_with("stamp=ey"), "{first}");
    assert!(
        first.ends_with("; HttpOnly; Max-Age=600; Path=/; SameSite=strict"),
        "{first}"
    );
    let mut jar = Jar::default();
    jar.store(&login);
    let post = Request::new("POST", "/posts")
        .header("cookie", jar.header())
        .json(&json!({"title": "t"}));
    let refused = server.send(&post);
    assert_eq!(refused.status, 401);
    let message = refused.json()["msg"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        message.contains("X-Stamp") && message.contains("stamp_csrf"),
        "{message}"
    );
    let posted = server.send(&post.header("x-stamp", jar.get("stamp_csrf").unwrap()));
    assert_eq!(posted.status, 200, "{posted:?}");
}

#[test]
fn the_page_may_run_its_own_script_only() {
    let server = start(&[]);
    let page = server.send(&Request::new("GET", "/"));
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(directive), "{directive}: {policy}");
    }
    assert_eq!(
        page.header("cache-control"),
        Some("no-store"),
        "the back button does not show what a former user saw"
    );
    assert!(
        page.body
            .contains(r#"<script src="page.js" type="module">"#)
    );
    assert_eq!(
        page.body.matches("<script").count(),
        1,
        "no script in the page itself"
    );
    assert!(
        !page.body.contains("://"),
        "it loads nothing from another server"
    );

    let script = server.send(&Request::new("GET", "/page.js"));
    assert_eq!(script.status, 200);
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    for absolute in ["'/", "`/", "\"/"] {
        assert!(!script.body.contains(absolute), "a proxy may add a prefix");
        assert!(!page.body.contains(absolute), "a proxy may add a prefix");
    }
    assert!(
        !script.body.contains("innerHTML"),
        "answers of the server are shown as text"
    );
}

fn start(settings: &[(&str, &str)]) -> Service {
    Service::start(&[], settings).unwrap()
}
