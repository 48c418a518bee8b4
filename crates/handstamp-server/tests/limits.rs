//! The limits on failed log-ins, over HTTP.

use std::thread;
use std::time::Duration;

use handstamp_conformance::{Jar, Reply, Request};
use serde_json::json;

use crate::service::{Home, Service, log_in, login};

#[test]
fn after_ten_failures_an_account_is_refused_for_a_while() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    home.add_user("bob", "battery staple");
    let server = home.start(&[], &[]).unwrap();
    for count in 1..=10 {
        assert_eq!(log_in(&server, "alice", "wrong").status, 401, "{count}");
    }
    let refused = log_in(&server, "alice", "correct horse");
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(refused.header("cache-control"), Some("no-store"));
    assert_eq!(refused.header("set-cookie"), None);
    let retry_after: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=90).contains(&retry_after), "{retry_after}");
    assert_eq!(
        refused.json(),
        json!({
            "type": "about:blank",
            "title": "Too Many Requests",
            "status": 429,
            "code": "rate_limited",
            "message": format!("Rate limit exceeded. Retry after {retry_after} seconds."),
            "error_type": "RateLimitExceeded",
            "retry_after": retry_after,
        })
    );
    assert_eq!(
        log_in(&server, "bob", "battery staple").status,
        200,
        "another account"
    );

    // The counts outlive the process.
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home
        .start(&[], &[("HANDSTAMP_ERROR_STYLE", "authx")])
        .unwrap();
    let refused = log_in(&server, "alice", "correct horse");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("content-type"), Some("application/json"));
    let body = refused.json();
    let mut members: Vec<&String> = body.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["error_type", "message", "retry_after"]);
}

#[test]
fn a_browser_that_has_logged_in_before_is_let_in_while_others_guess() {
    let server = Service::start(&[], &[]).unwrap();
    let first = log_in(&server, "user1", "password1");
    assert_eq!(first.status, 200);
    let cookie = device_cookie(&first).unwrap();
    for attribute in ["; HttpOnly", "; Max-Age=34560000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(
        !cookie.contains("Path="),
        "below a prefix as well: {cookie}"
    );
    let (cookie, _) = cookie.split_once(';').unwrap();
    let csrf = first.json()["csrf"].as_str().unwrap().to_owned();
    let mut jar = Jar::default();
    jar.store(&first);
    let log_out = Request::new("POST", "/logout").header("x-csrf-token", &csrf);
    let log_out = server.send(&log_out.header("cookie", jar.header()));
    assert_eq!(log_out.status, 200);
    assert_eq!(device_cookie(&log_out), None, "it survives a log-out");

    for count in 1..=10 {
        assert_eq!(log_in(&server, "user1", "wrong").status, 401, "{count}");
    }
    let accented = format!("x=\u{e9}; {cookie}");
    let with = |cookie: &str, name: &str, password: &str| {
        server.send(&login(name, password).header("cookie", cookie))
    };
    for (case, cookie, name, status) in [
        ("the browser", cookie, "user1", 200),
        (
            "next to a cookie that is no ASCII",
            &*accented,
            "user1",
            200,
        ),
        ("another", "", "user1", 429),
        (
            "a made-up cookie",
            "device_access_token_cookie=0123456789abcdef0123456789abcdef",
            "user1",
            429,
        ),
        ("another user", "", "user2", 200),
    ] {
        let password = name.replace("user", "password");
        assert_eq!(with(cookie, name, &password).status, status, "{case}");
    }
    // It is known for one account each.
    let both = device_cookie(&with(cookie, "user2", "password2")).unwrap();
    let (both, _) = both.split_once(';').unwrap();
    for count in 1..=9 {
        assert_eq!(log_in(&server, "user2", "wrong").status, 401, "{count}");
    }
    assert_eq!(log_in(&server, "user2", "wrong").status, 401);
    assert_eq!(
        with(cookie, "user2", "password2").status,
        429,
        "known to user1 alone"
    );
    assert_eq!(with(both, "user2", "password2").status, 200);
    assert_eq!(with(both, "user1", "password1").status, 200);
}

#[test]
fn a_program_that_keeps_no_cookies_does_not_push_out_the_browser_of_its_owner() {
    let server = Service::start(&[], &[]).unwrap();
    let right = login("user1", "password1");
    let browser = right.clone().header("user-agent", "a browser");
    let cookie = device_cookie(&server.send(&browser)).unwrap();
    let (cookie, _) = cookie.split_once(';').unwrap();
    let program = right.header("user-agent", "a program");
    // Devices are kept with the second in which they were made.
    thread::sleep(Duration::from_secs(1));
    for count in 0..100 {
        assert_eq!(server.send(&program).status, 200, "{count}");
    }
    for count in 1..=10 {
        assert_eq!(log_in(&server, "user1", "wrong").status, 401, "{count}");
    }
    assert_eq!(server.send(&program).status, 429);
    assert_eq!(server.send(&browser.header("cookie", cookie)).status, 200);
}

#[test]
fn the_device_cookie_goes_where_the_access_cookie_goes() {
    for (case, settings, expected) in [
        ("as usual", &[][..], "; SameSite=lax"),
        (
            "in frames of other sites",
            &[
                ("JWT_COOKIE_SECURE", "true"),
                ("JWT_COOKIE_SAMESITE", "none"),
                ("HANDSTAMP_COOKIE_PARTITIONED", "true"),
            ],
            "; SameSite=none; Secure; Partitioned",
        ),
    ] {
        let server = Service::start(&[], settings).unwrap();
        let cookie = device_cookie(&log_in(&server, "user1", "password1")).unwrap();
        assert!(cookie.ends_with(expected), "{case}: {cookie}");
    }
}

/// Returns the line that makes a device known.
fn device_cookie(reply: &Reply) -> Option<String> {
    let lines = reply.all("set-cookie");
    let mut lines = lines.filter(|line| line.starts_with("device_access_token_cookie="));
    lines.next().map(str::to_owned)
}

#[test]
fn behind_a_trusted_proxy_each_client_has_its_own_count() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home
        .start(&["--trusted-proxy", "127.0.0.0/8"], &[])
        .unwrap();
    let from = |client: &str, name: &str, password: &str| {
        server
            .send(&login(name, password).header("x-forwarded-for", client))
            .status
    };
    // The address gains one failure in nine seconds, which a slow machine takes for a few of these.
    for count in 0..105 {
        // The address that the client forged stands before the one that the proxy appended.
        let client = format!("198.51.100.{count}, 192.0.2.1");
        let status = from(&client, &format!("user{count}"), "wrong");
        assert!(status == 401 || count >= 100, "{count}: {status}");
    }
    for (name, client, status) in [
        ("the client that guessed", "192.0.2.1", 429),
        (
            "the same client with a forged address",
            "192.0.2.2, 192.0.2.1",
            429,
        ),
        (
            "the same client through two proxies",
            "192.0.2.1, 127.0.0.2",
            429,
        ),
        ("another client", "192.0.2.2", 200),
    ] {
        assert_eq!(from(client, "alice", "correct horse"), status, "{name}");
    }
}

#[test]
fn an_untrusted_proxy_is_reported_once() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home.start(&[], &[]).unwrap();
    let from = |client: &str, password: &str| {
        server
            .send(&login("alice", password).header("x-forwarded-for", client))
            .status
    };
    for count in 0..10 {
        assert_eq!(from(&format!("192.0.2.{count}"), "wrong"), 401);
    }
    assert_eq!(from("192.0.2.99", "correct horse"), 429);
    let warning = "start with --trusted-proxy 127.0.0.1";
    assert!(server.says(warning), "{}", server.stderr());
    assert_eq!(server.stderr().matches(warning).count(), 1, "once");
}

#[test]
fn a_trusted_proxy_that_reports_no_clients_is_reported_once() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let trusting = ["--trusted-proxy", "127.0.0.0/8"];
    let server = home.start(&trusting, &[]).unwrap();
    for _ in 0..3 {
        assert_eq!(log_in(&server, "alice", "correct horse").status, 200);
    }
    let warning = "127.0.0.1 is a trusted proxy and sent no X-Forwarded-For";
    assert!(server.says(warning), "{}", server.stderr());
    assert_eq!(server.stderr().matches(warning).count(), 1, "once");
}

#[test]
fn an_invalid_proxy_is_status_2() {
    let home = Home::new();
    for proxy in ["localhost", "10.0.0.0/33", ""] {
        let refusal = home.start(&["--trusted-proxy", proxy], &[]).unwrap_err();
        assert_eq!(refusal.status, Some(2), "{proxy:?}");
        assert!(
            refusal.stderr.contains("not an address such as 192.0.2.7"),
            "{}",
            refusal.stderr
        );
    }
}
