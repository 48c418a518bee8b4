//! The limits on failed log-ins, over HTTP.

mod service;

use serde_json::json;

use crate::service::{Home, Service, log_in, login};

#[test]
fn after_ten_failures_an_account_is_refused_for_a_while_from_this_address() {
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
    assert!((880..=900).contains(&retry_after), "{retry_after}");
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
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error_type", "message", "retry_after"]);
}

#[test]
fn a_success_resets_the_count() {
    let server = Service::start(&[], &[]).unwrap();
    for _ in 0..2 {
        for _ in 0..9 {
            assert_eq!(log_in(&server, "user1", "wrong").status, 401);
        }
        assert_eq!(log_in(&server, "user1", "password1").status, 200);
    }
}

#[test]
fn behind_a_trusted_proxy_each_client_has_its_own_count() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home
        .start(&["--trusted-proxy", "127.0.0.0/8"], &[])
        .unwrap();
    let from = |client: &str, password: &str| {
        server
            .send(&login("alice", password).header("x-forwarded-for", client))
            .status
    };
    for count in 0..10 {
        // The address that the client forged stands before the one that the proxy appended.
        assert_eq!(
            from(&format!("198.51.100.{count}, 192.0.2.1"), "wrong"),
            401
        );
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
        assert_eq!(from(client, "correct horse"), status, "{name}");
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
