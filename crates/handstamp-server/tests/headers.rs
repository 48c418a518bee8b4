//! What every answer tells browsers, and what no answer repeats.

use handstamp_conformance::{Reply, Request};
use serde_json::json;

use crate::service::{Browser, Service, log_in};

#[test]
fn every_answer_says_what_browsers_may_do_with_it() {
    let server = Service::start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    for (name, reply) in [
        ("the page", server.send(&Request::new("GET", "/"))),
        ("its script", server.send(&Request::new("GET", "/page.js"))),
        (
            "its picture",
            server.send(&Request::new("GET", "/favicon.svg")),
        ),
        ("names", server.send(&Request::new("GET", "/names"))),
        ("nothing", server.send(&Request::new("GET", "/nowhere"))),
        ("health", server.send(&Request::new("GET", "/readyz"))),
        (
            "another method",
            server.send(&Request::new("GET", "/login")),
        ),
        ("a refusal", server.send(&Request::new("GET", "/protected"))),
        ("a log-in", log_in(&server, "user2", "password2")),
        ("a wrong password", log_in(&server, "user2", "wrong")),
        (
            "a body that is none",
            server.send(&Request::new("POST", "/login").body("x")),
        ),
        ("what a user may see", browser.get(&server, "/protected")),
    ] {
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            let lines: Vec<&str> = reply.all(header).collect();
            assert_eq!(lines, [value], "{name}: {header}");
        }
        let policies: Vec<&str> = reply.all("content-security-policy").collect();
        assert_eq!(policies.len(), 1, "{name}: {policies:?}");
        assert!(policies[0].contains("default-src 'none'"), "{name}");
        assert!(policies[0].contains("frame-ancestors 'none'"), "{name}");
        assert_eq!(reply.header("strict-transport-security"), None, "{name}");
    }
}

#[test]
fn the_public_origin_decides_whether_browsers_insist_on_https() {
    for (origin, expected) in [
        ("https://app.example.com", Some("max-age=31536000")),
        ("https://[2001:db8::1]", Some("max-age=31536000")),
        // Browsers would insist on it for all ports of the host.
        ("https://nas.example.com:8443", None),
        ("https://[2001:db8::1]:8443", None),
        ("http://localhost:8000", None),
    ] {
        let settings = [("HANDSTAMP_PUBLIC_ORIGIN", origin)];
        let server = Service::start(&[], &settings).unwrap();
        // A header cannot decide it, for a client may forge one.
        let request = Request::new("GET", "/").header("x-forwarded-proto", "https");
        let reply = server.send(&request);
        assert_eq!(
            reply.header("strict-transport-security"),
            expected,
            "{origin}"
        );
    }
}

/// Whoever misplaces a field may have typed a password into it.
#[test]
fn no_answer_repeats_a_password_and_none_that_repeats_input_is_kept() {
    let server = Service::start(&[], &[]).unwrap();
    let log_in = |body: String| -> Reply {
        let request = Request::new("POST", "/login").header("content-type", "application/json");
        server.send(&request.body(body))
    };
    for (name, password) in [
        ("a whole number", "73194682"),
        ("a negative number", "-73194682"),
        ("a fraction", "7319468.25"),
        ("a large number", "73194682731946827319468273194682"),
        ("a truth", "true"),
        ("nothing", "null"),
        ("a list", r#"["73194682"]"#),
        ("an object", r#"{"73194682":1}"#),
    ] {
        let reply = log_in(format!(r#"{{"username":"user1","password":{password}}}"#));
        assert_eq!(reply.status, 422, "{name}: {reply:?}");
        assert!(!reply.body.contains("7319468"), "{name}: {}", reply.body);
        assert!(reply.body.contains("password"), "{name}: {}", reply.body);
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{name}");
    }
    for (name, body) in [
        (
            "half a text",
            r#"{"username":"user1","password":"swordfish"#,
        ),
        (
            "a name that is a number",
            r#"{"username":73194682,"password":"swordfish"}"#,
        ),
        (
            "two of them",
            r#"{"username":"a","password":"swordfish","password":"swordfish"}"#,
        ),
    ] {
        let reply = log_in(body.to_owned());
        assert!(matches!(reply.status, 400 | 422), "{name}: {reply:?}");
        assert!(!reply.body.contains("swordfish"), "{name}: {}", reply.body);
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{name}");
    }
    let known = json!({"username": "user1", "password": "password1"});
    assert_eq!(log_in(known.to_string()).status, 200);
}
