//! The demo users, whose passwords are public: who can log in as them, and what is said of it.

use handstamp_conformance::Request;
use serde_json::json;

use crate::service::{Browser, Home, Service, granted, log_in, login};

/// A request that came by way of a proxy or by a name of another host is not one of this host,
/// whatever address the server listens on.
#[test]
fn demo_users_log_in_on_this_host_alone() {
    let server = Service::start(&[], &[]).unwrap();
    let port = server.address().port();
    let proxy = "The demo users can log in from this host only, and the request came through a proxy: it has the header";
    let host = "The demo users can log in from this host only, and the request names another Host";
    for (name, headers, refusal) in [
        ("by its address", &[][..], None),
        ("by its name", &[("host", "localhost:8000")], None),
        ("by a name below it", &[("host", "app.localhost")], None),
        ("in capitals", &[("host", "LOCALHOST.:80")], None),
        ("by IPv6", &[("host", "[::1]:8000")], None),
        ("another loopback address", &[("host", "127.8.0.1")], None),
        (
            "X-Forwarded-For",
            &[("x-forwarded-for", "1.1.1.1")],
            Some(proxy),
        ),
        (
            "X-Forwarded-Proto",
            &[("x-forwarded-proto", "https")],
            Some(proxy),
        ),
        (
            "any X-Forwarded",
            &[("x-forwarded-prefix", "/a")],
            Some(proxy),
        ),
        ("an empty one", &[("x-forwarded-for", "")], Some(proxy)),
        ("Forwarded", &[("forwarded", "for=1.1.1.1")], Some(proxy)),
        ("Via", &[("via", "1.1 nginx")], Some(proxy)),
        ("X-Real-IP", &[("x-real-ip", "127.0.0.1")], Some(proxy)),
        ("a public name", &[("host", "app.example.com")], Some(host)),
        (
            "a name like ours",
            &[("host", "localhost.example.com")],
            Some(host),
        ),
        (
            "an address of a network",
            &[("host", "192.168.1.5:8000")],
            Some(host),
        ),
        (
            "a name before ours",
            &[("host", "localhost@example.com")],
            Some(host),
        ),
        (
            "another name for 127.0.0.1",
            &[("host", "127.0.0.1.nip.io")],
            Some(host),
        ),
    ] {
        let mut request = login("user1", "password1");
        for (header, value) in headers {
            request = request.header(header, value);
        }
        let reply = server.send(&request);
        let message = reply.json()["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(
            reply.status,
            if refusal.is_some() { 403 } else { 200 },
            "{name}: {message}"
        );
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{name}");
        assert_eq!(
            reply.header("set-cookie").is_none(),
            refusal.is_some(),
            "{name}"
        );
        if let Some(refusal) = refusal {
            assert!(message.starts_with(refusal), "{name}: {message}");
            assert!(message.contains("handstamp user add"), "{name}: {message}");
        }
    }
    // A target in absolute form names a host as well (RFC 9112, section 3.2.2).
    let absolute = login("user1", "password1").to("http://app.example.com/login");
    let absolute = absolute.header("host", format!("127.0.0.1:{port}"));
    assert_eq!(server.send(&absolute).status, 403);
    let without =
        b"POST /login HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: 45\r\n\r\n\
                    {\"username\":\"user1\",\"password\":\"password1\"}  ";
    assert_eq!(server.send_raw(without).unwrap().status, 403, "no Host");
}

#[test]
fn each_kind_of_proxy_is_known_by_its_header() {
    let server = Service::start(&[], &[]).unwrap();
    for header in [
        "cf-connecting-ip",
        "true-client-ip",
        "fastly-client-ip",
        "x-cluster-client-ip",
        "x-envoy-external-address",
        "x-original-forwarded-for",
    ] {
        let request = login("user1", "password1").header(header, "192.0.2.1");
        assert_eq!(server.send(&request).status, 403, "{header}");
    }
}

#[test]
fn a_refusal_of_a_demo_user_is_no_failure_and_says_nothing_of_other_names() {
    let server = Service::start(&[], &[]).unwrap();
    let from_outside = |name: &str| {
        let request = login(name, "password1").header("x-forwarded-for", "192.0.2.1");
        server.send(&request).status
    };
    for _ in 0..12 {
        assert_eq!(from_outside("user1"), 403);
    }
    assert_eq!(from_outside("alice"), 401);
    assert_eq!(log_in(&server, "user1", "password1").status, 200);
}

/// With its defaults nginx sends the address of `proxy_pass` as `Host`, and none of the headers
/// that tell of a proxy: such a request cannot be told from one of this host. What remains is the
/// line of the start.
#[test]
fn nginx_by_its_defaults_is_taken_for_a_program_of_this_host() {
    let server = Service::start(&[], &[]).unwrap();
    let body = json!({"username": "user1", "password": "password1"}).to_string();
    let forwarded = format!(
        "POST /login HTTP/1.0\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\
         User-Agent: Mozilla/5.0\r\nContent-Type: application/json\r\n\
         Origin: https://app.example.com\r\nSec-Fetch-Site: same-origin\r\n\r\n{body}",
        server.address(),
        body.len()
    );
    assert_eq!(server.send_raw(forwarded.as_bytes()).unwrap().status, 200);
    let port = server.address().port();
    let line = format!(
        "everyone who reaches port {port}, also through a proxy, can log in as the demo users user1 and user2"
    );
    assert!(server.says(&line), "{}", server.stderr());
    assert_eq!(server.stderr().matches(&line).count(), 1);
    assert!(server.stderr().contains("--no-demo"), "{}", server.stderr());
}

#[test]
fn there_are_no_demo_users_where_it_is_said_or_a_proxy_is_named() {
    for (name, arguments, reason) in [
        ("--no-demo", &["--no-demo"][..], "--no-demo is given"),
        (
            "a proxy",
            &["--trusted-proxy", "127.0.0.1"],
            "--trusted-proxy is given",
        ),
    ] {
        let home = Home::new();
        let demo = home.start(&[], &[]).unwrap();
        let former = Browser::logged_in(&demo, "user1", "password1");
        assert_eq!(former.protected(&demo), granted(), "{name}");
        assert_eq!(demo.stop("TERM"), Some(0), "{name}");

        let server = home.start(arguments, &[]).unwrap();
        let reason = format!("{reason}: the demo users do not exist, and no user can log in");
        assert!(server.says(&reason), "{name}: {}", server.stderr());
        assert!(!server.stderr().contains("demo users user1"), "{name}");
        assert_eq!(log_in(&server, "user1", "password1").status, 401, "{name}");
        assert_eq!(
            former.protected(&server).0,
            401,
            "{name}: the session was ended"
        );
        assert_eq!(server.stop("TERM"), Some(0), "{name}");

        home.add_user("alice", "correct horse");
        let server = home.start(arguments, &[]).unwrap();
        assert_eq!(
            log_in(&server, "alice", "correct horse").status,
            200,
            "{name}"
        );
        assert!(
            !server.stderr().contains("demo users"),
            "{name}: {}",
            server.stderr()
        );
    }
}

/// Settings decide what cookies look like. A header could be forged, or be forgotten by a proxy.
#[test]
fn no_header_changes_the_attributes_of_a_cookie() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let attributes = |arguments: &[&str], header: Option<(&str, &str)>| -> Vec<String> {
        let server = home.start(arguments, &[]).unwrap();
        let mut request: Request = login("alice", "correct horse");
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let reply = server.send(&request);
        let lines = reply.all("set-cookie");
        lines
            .map(|line| line[line.find(';').unwrap()..].to_owned())
            .collect()
    };
    let plain = attributes(&[], None);
    assert_eq!(plain.len(), 5);
    assert!(
        plain.iter().all(|line| !line.contains("Secure")),
        "{plain:?}"
    );
    for header in [
        ("x-forwarded-proto", "https"),
        ("forwarded", "proto=https"),
        ("host", "app.example.com"),
    ] {
        assert_eq!(attributes(&[], Some(header)), plain, "{header:?}");
    }
    let proxied = ["--trusted-proxy", "127.0.0.1"];
    let secure = attributes(&proxied, Some(("x-forwarded-proto", "http")));
    assert_eq!(secure.len(), 5);
    assert!(
        secure.iter().all(|line| line.ends_with("; Secure")),
        "{secure:?}"
    );
}
