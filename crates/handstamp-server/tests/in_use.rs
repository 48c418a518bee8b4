//! What ordinary life does to a log-in: narrow paths, names of a local network, two users at one
//! computer, and the cache of a browser.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::net::TcpListener;

use handstamp_conformance::{Jar, Reply, Request, logs_in_with_old_cookies};

use crate::service::{
    Browser, Home, Service, granted, is_logged_out, log_in, login, session_ended,
};

#[test]
fn a_log_out_below_a_narrow_refresh_path_leaves_nothing_to_refresh() {
    let server = start(&[
        ("JWT_REFRESH_COOKIE_PATH", "/refresh"),
        ("JWT_SESSION_COOKIE", "false"),
    ]);
    assert!(
        server.says("browsers do not send the refresh cookie to /logout"),
        "{}",
        server.stderr()
    );
    let browser = Browser::logged_in(&server, "user1", "password1");
    // The access cookie has gone, and the refresh cookie is not sent here.
    let reply = server.send(&Request::new("POST", "/logout"));
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json()["message"],
        "The cookies were deleted; the request had no session to end"
    );
    let deletions: Vec<&str> = reply.all("set-cookie").collect();
    assert_eq!(deletions.len(), 4, "{deletions:?}");
    assert!(
        deletions[2].starts_with("refresh_token_cookie=; "),
        "{deletions:?}"
    );
    assert!(deletions[2].contains("; Path=/refresh;"), "{deletions:?}");
    let mut jar: Jar = browser.0.clone();
    jar.store(&reply);
    assert!(is_logged_out(&jar), "nothing is left to refresh with");

    for site in ["same-site", "cross-site", "none"] {
        let sibling = Request::new("POST", "/logout").header("sec-fetch-site", site);
        let reply = server.send(&sibling);
        assert_eq!(reply.status, 403, "{site}");
        assert_eq!(reply.all("set-cookie").count(), 0, "{site}");
    }
    assert_eq!(
        browser.protected(&server),
        granted(),
        "the store was not asked"
    );
}

/// Tokens of another audience may be those of a neighbour, so their cookies are left alone.
#[test]
fn a_log_out_that_does_nothing_does_not_say_that_it_did() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(server.stop("TERM"), Some(0));
    let audience = [("JWT_ENCODE_AUDIENCE", "a"), ("JWT_DECODE_AUDIENCE", "a")];
    let server = home.start(&[], &audience).unwrap();
    let reply = server.send(&browser.request("POST", "/logout"));
    assert_eq!(reply.all("set-cookie").count(), 0);
    let message = reply.json()["message"].to_string();
    assert!(message.contains("Nothing was done"), "{message}");
}

#[test]
fn a_page_finds_no_csrf_cookie_of_before_the_settings_were_changed() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    let mut jar = Browser::logged_in(&server, "user1", "password1").0;
    assert_eq!(server.stop("TERM"), Some(0));
    let hidden = [("JWT_CSRF_IN_COOKIES", "false")];
    let server = home.start(&[], &hidden).unwrap();
    jar.store(&log_in(&server, "user1", "password1"));
    assert_eq!(jar.get("csrf_access_token"), None);
    assert_eq!(jar.get("csrf_refresh_token"), None);
}

#[test]
fn a_refresh_path_that_both_routes_are_below_is_no_reason_to_warn() {
    let server = start(&[("JWT_REFRESH_COOKIE_PATH", "/")]);
    assert!(
        !server.stderr().contains("JWT_REFRESH_COOKIE_PATH"),
        "{}",
        server.stderr()
    );
}

#[test]
fn a_page_by_the_name_of_a_local_network_logs_in() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home.start(&[], &[]).unwrap();
    let rows = [
        (
            "the page that was called",
            "http://192.168.1.5:8000",
            "192.168.1.5:8000",
            200,
        ),
        ("in other letters", "http://nas.local", "NAS.local", 200),
        (
            "another port",
            "http://192.168.1.5:8001",
            "192.168.1.5:8000",
            403,
        ),
        (
            "another host",
            "http://evil.example",
            "192.168.1.5:8000",
            403,
        ),
        ("no origin", "null", "192.168.1.5:8000", 403),
    ];
    for (name, origin, host, status) in rows {
        let request = login("alice", "correct horse")
            .header("origin", origin)
            .header("host", host);
        let reply = server.send(&request);
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        if status == 403 {
            let message = reply.json()["message"].as_str().unwrap().to_owned();
            assert!(
                message.contains(&format!("Origin is {origin}; ")),
                "{message}"
            );
            assert!(
                message.contains("HANDSTAMP_PUBLIC_ORIGIN is not set"),
                "{message}"
            );
        }
    }
    let stated = login("alice", "correct horse")
        .header("origin", "http://192.168.1.5:8000")
        .header("host", "192.168.1.5:8000")
        .header("sec-fetch-site", "same-site");
    assert_eq!(
        server.send(&stated).status,
        403,
        "what the browser states counts first"
    );
}

/// A slow refresh of one user is answered after the other has logged in.
#[test]
fn two_users_in_one_jar_are_both_logged_out() {
    let log_out = |of: &Browser, other: &Browser| {
        let cookie = |jar: &Browser, name: &str| format!("{name}={}", jar.0.get(name).unwrap());
        Request::new("POST", "/logout")
            .cookies([
                cookie(of, "access_token_cookie"),
                cookie(other, "refresh_token_cookie"),
            ])
            .header("x-csrf-token", other.0.get("csrf_refresh_token").unwrap())
    };
    let ended = |server: &_, browser: &Browser| browser.protected(server) == session_ended();
    let users = |server: &_| {
        let of = |name: &str, password: &str| Browser::logged_in(server, name, password);
        (of("user1", "password1"), of("user2", "password2"))
    };

    let server = start(&[]);
    let (one, two) = users(&server);
    let own = log_out(&one, &two).header("sec-fetch-site", "same-origin");
    let reply: Reply = server.send(&own);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.all("set-cookie").count(), 4);
    assert_eq!((ended(&server, &one), ended(&server, &two)), (true, true));

    let (one, two) = users(&server);
    let reply = server.send(&log_out(&one, &two));
    assert_eq!(reply.status, 401, "{reply:?}");
    assert_eq!(reply.json()["code"], "ambiguous_cookie");
    assert_eq!(reply.all("set-cookie").count(), 0);
    assert_eq!((ended(&server, &one), ended(&server, &two)), (false, true));
}

#[test]
fn old_cookies_hinder_no_log_in() {
    const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";
    let server = start(&[("JWT_SECRET_KEY", SECRET)]);
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    let ended = browser.0.clone();
    assert_eq!(browser.send(&server, "POST", "/logout").status, 200);
    let log_in = login("user1", "password1");
    logs_in_with_old_cookies(&server, SECRET, Some("/"), &log_in, &ended, |_, jar| {
        Browser(jar.clone()).protected(&server) == granted()
    });
}

#[test]
fn answers_to_a_user_stay_out_of_the_cache() {
    for settings in [&[] as &[_], &[("JWT_IMPLICIT_REFRESH_DELTATIME", "1m")]] {
        let server = start(settings);
        let browser = Browser::logged_in(&server, "user1", "password1");
        for path in ["/protected", "/sessions"] {
            let reply = browser.get(&server, path);
            assert_eq!(reply.status, 200, "{path}");
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        }
        drop(log_in(&server, "user1", "password1"));
    }
}

fn start(settings: &[(&str, &str)]) -> Service {
    Service::start(&[], settings).unwrap()
}

/// Ports of one host share a cookie jar (RFC 6265, section 8.5).
#[test]
fn two_of_us_on_two_ports_of_a_host_leave_each_other_alone() {
    let mut jar = Jar::default();
    let servers = free_ports().map(|port| {
        let server = Service::start(&["--listen", &format!("127.0.0.1:{port}")], &[]).unwrap();
        jar.store(&log_in(&server, "user1", "password1"));
        (server, port)
    });
    let ask = |jar: &Jar, server: &Service| {
        let request = Request::new("GET", "/protected").header("cookie", jar.header());
        server.send(&request).status
    };
    for (server, port) in &servers {
        assert_eq!(ask(&jar, server), 200, "{port}: {}", jar.header());
        assert!(!server.stderr().contains(NEIGHBOUR), "{}", server.stderr());
    }
    let [(first, port), (second, _)] = &servers;
    let csrf = jar.get(&format!("csrf_access_token_{port}")).unwrap();
    let request = Request::new("POST", "/logout").header("x-csrf-token", csrf);
    let reply = first.send(&request.header("cookie", jar.header()));
    assert_eq!(reply.status, 200, "{reply:?}");
    jar.store(&reply);
    assert_eq!((ask(&jar, first), ask(&jar, second)), (401, 200));
}

#[test]
fn two_of_us_with_the_same_cookie_names_say_so_once() {
    let servers = [start(&[]), start(&[])];
    let jar = Browser::logged_in(&servers[0], "user1", "password1").0;
    for _ in 0..3 {
        let request = Request::new("GET", "/protected").header("cookie", jar.header());
        let reply = servers[1].send(&request.header("host", "localhost:8001"));
        assert_eq!(reply.json()["code"], "invalid_signature");
    }
    assert!(servers[1].says(NEIGHBOUR), "{}", servers[1].stderr());
    assert_eq!(servers[1].stderr().matches(NEIGHBOUR).count(), 1);
}

/// After a change of a cookie's domain or path, that of a former user stays in the browser.
#[test]
fn a_cookie_of_a_former_user_is_named_once_in_the_log() {
    let server = start(&[]);
    let token = |name: &str, password: &str| {
        let browser = Browser::logged_in(&server, name, password);
        format!(
            "access_token_cookie={}",
            browser.0.get("access_token_cookie").unwrap()
        )
    };
    let both = [token("user1", "password1"), token("user2", "password2")];
    for _ in 0..3 {
        let reply = server.send(&Request::new("GET", "/protected").cookies(&both));
        assert_eq!(reply.json()["code"], "ambiguous_cookie");
    }
    let warning = "HANDSTAMP_FORMER_COOKIES";
    assert!(server.says(warning), "{}", server.stderr());
    let log = server.stderr();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(warning)).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("access_token_cookie"), "{lines:?}");
}

/// Containers listen on all addresses, and are reached by ports of localhost.
#[test]
fn two_containers_on_two_ports_of_localhost_say_so() {
    let settings = [("JWT_COOKIE_SECURE", "false")];
    let servers = [(); 2].map(|()| {
        let home = Home::new();
        home.add_user("alice", "correct horse");
        let server = home.start(&["--listen", "0.0.0.0:0"], &settings).unwrap();
        (server, home)
    });
    let [(first, _), (second, _)] = &servers;
    let jar = Browser::logged_in(first, "alice", "correct horse").0;
    let request = Request::new("GET", "/protected").header("cookie", jar.header());
    let reply = second.send(&request.header("host", "localhost:8001"));
    assert_eq!(reply.json()["code"], "invalid_signature");
    assert!(second.says(NEIGHBOUR), "{}", second.stderr());
}

/// The key may move from its file into the environment, as it does in a container.
#[test]
fn the_same_key_given_in_another_way_logs_no_user_out() {
    let home = Home::new();
    let [port, _] = free_ports();
    let listen = ["--listen", &format!("127.0.0.1:{port}")];
    let server = home.start(&listen, &[]).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(server.stop("TERM"), Some(0));
    let path = home.secret();
    let key = std::fs::read_to_string(&path).unwrap();
    for (name, setting) in [
        ("in a variable", ("JWT_SECRET_KEY", key.trim_end())),
        (
            "by its file",
            ("JWT_SECRET_KEY_FILE", path.to_str().unwrap()),
        ),
    ] {
        let server = home.start(&listen, &[setting]).unwrap();
        assert_eq!(browser.protected(&server), granted(), "{name}");
        assert_eq!(server.stop("TERM"), Some(0), "{name}");
    }
}

#[test]
fn a_key_or_names_that_were_given_keep_the_names() {
    for settings in [
        &[("JWT_SECRET_KEY", "a secret of at least thirty-two bytes")][..],
        &[("JWT_ACCESS_COOKIE_NAME", "access_token_cookie_of_mine")],
        &[("HANDSTAMP_COOKIE_SUFFIX", "")],
    ] {
        let [port, _] = free_ports();
        let server = Service::start(&["--listen", &format!("127.0.0.1:{port}")], settings).unwrap();
        let reply = log_in(&server, "user1", "password1");
        let refresh = reply.all("set-cookie").nth(2).unwrap();
        assert!(refresh.starts_with("refresh_token_cookie="), "{refresh}");
    }
}

/// Two ports that were free a moment ago.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

const NEIGHBOUR: &str = "another application on this host uses the same cookie names";
