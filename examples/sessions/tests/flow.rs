//! The whole life of sessions, over HTTP, on every store.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

mod support;

use std::thread;
use std::time::Duration;

use handstamp_conformance::services::{Postgres, Redis};
use handstamp_conformance::{Request, Server, logs_in_with_old_cookies};
use serde_json::json;
use support::{Browser, SECRET, code, start, start_with};

#[test]
fn in_memory() {
    whole_life(&start("memory"));
}

#[test]
fn in_sqlite() {
    let folder = std::env::temp_dir().join(format!("handstamp-flow-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let store = format!("sqlite:{}", folder.join("sessions.db").display());
    whole_life(&start(&store));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn in_postgres() {
    let postgres = Postgres::start();
    whole_life(&start(&postgres.url()));
}

#[test]
fn in_redis() {
    let redis = Redis::start();
    whole_life(&start(&redis.url()));
}

fn whole_life(node: &Server) {
    // A log-in, and what it opens.
    let mut laptop = Browser::logged_in(node, "laptop");
    // Of two log-ins in one millisecond, none is the later one.
    thread::sleep(Duration::from_millis(2));
    let mut phone = Browser::logged_in(node, "phone");
    let thief = laptop.clone();
    assert_eq!(laptop.get(node, "/protected").json()["username"], "user1");
    assert_eq!(laptop.post(node, "/posts").status, 200);
    let session = laptop.get(node, "/session").json();
    assert_eq!(
        (&session["subject"], session["csrf"].as_str()),
        (&"user1".into(), laptop.0.get("csrf_access_token"))
    );
    let list = laptop.get(node, "/sessions").json();
    let devices: Vec<_> = list["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| {
            (
                session["device"].as_str().unwrap(),
                session["this_device"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(devices, [("phone", false), ("laptop", true)]);

    // Two tabs at once, within the window: one token.
    let first = laptop.refresh_claims();
    let refreshed = laptop.post(node, "/refresh");
    assert_eq!(refreshed.status, 200);
    assert_eq!(refreshed.json()["csrf"], session["csrf"]);
    assert_eq!(laptop.refresh_claims(), first);

    // After the window it is exchanged, by all tabs for the same.
    window();
    let answers: Vec<Browser> = thread::scope(|scope| {
        let tabs: Vec<_> = (0..40)
            .map(|_| {
                let mut tab = laptop.clone();
                scope.spawn(move || {
                    let reply = tab.post(node, "/refresh");
                    assert_eq!(reply.status, 200, "{reply:?}");
                    tab
                })
            })
            .collect();
        tabs.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    let successor = answers[0].refresh_claims();
    assert_eq!(
        (&successor["gen"], &successor["sid"]),
        (&2.into(), &first["sid"])
    );
    for tab in &answers {
        assert_eq!(tab.refresh_claims(), successor);
    }
    laptop = answers[0].clone();
    assert_eq!(laptop.get(node, "/protected").status, 200);

    // A copy of the old one, after the window: the session is over for both, and only that.
    window();
    let stolen = node.send(&thief.request("POST", "/refresh"));
    assert_eq!((stolen.status, &*code(&stolen)), (401, "refresh_reused"));
    assert_eq!(code(&laptop.get(node, "/protected")), "session_ended");
    assert_eq!(code(&laptop.post(node, "/refresh")), "session_ended");
    assert_eq!(phone.get(node, "/protected").status, 200);

    // Devices: others go, one goes, nobody else's.
    let mut laptop = Browser::logged_in(node, "laptop");
    let mut tablet = Browser::logged_in(node, "tablet");
    let reply = tablet.post(node, "/sessions/revoke-others");
    assert_eq!((reply.status, &reply.json()["revoked"]), (200, &2.into()));
    assert_eq!(code(&laptop.get(node, "/protected")), "session_ended");
    assert_eq!(code(&phone.post(node, "/refresh")), "session_ended");
    assert_eq!(laptop.log_in(node, "laptop").status, 200);
    let id = laptop.refresh_claims()["sid"].as_str().unwrap().to_owned();
    for (row, target, status) in [
        ("another user's or none", "/sessions/none".to_owned(), 404),
        ("one's own", format!("/sessions/{id}"), 200),
        ("once more", format!("/sessions/{id}"), 404),
    ] {
        let reply = node.send(&tablet.request("DELETE", &target));
        assert_eq!(reply.status, status, "{row}: {reply:?}");
    }
    assert_eq!(code(&laptop.get(node, "/protected")), "session_ended");

    // Log-out needs the CSRF value, and ends the copies too.
    let copy = tablet.clone();
    let without = Request::new("POST", "/logout").header("cookie", tablet.0.header());
    assert_eq!(code(&node.send(&without)), "missing_csrf_token");
    let reply = tablet.post(node, "/logout");
    assert_eq!((reply.status, reply.all("set-cookie").count()), (200, 4));
    assert_eq!(tablet.0.header(), "");
    assert_eq!(code(&copy.get(node, "/protected")), "session_ended");
    assert_eq!(
        node.send(&Request::new("POST", "/logout"))
            .all("set-cookie")
            .count(),
        4
    );
}

#[test]
fn remember_me_lasts_over_refreshes() {
    let node = start("memory");
    let form = serde_json::json!({"username": "user1", "password": "password1", "remember": true});
    let reply = node.send(&Request::new("POST", "/login").json(&form));
    let mut browser = Browser::default();
    browser.0.store(&reply);
    window();
    let again = browser.post(&node, "/refresh");
    for reply in [reply, again] {
        let lines: Vec<&str> = reply.all("set-cookie").collect();
        assert_eq!(lines.len(), 4);
        assert!(
            lines.iter().all(|line| line.contains("; Max-Age=2592000;")),
            "{lines:?}"
        );
    }
}

#[test]
fn a_store_that_is_none_is_said() {
    for store in ["", "mysql://localhost", "sqlite"] {
        let settings = [
            (
                "JWT_SECRET_KEY",
                "a secret of the tests, longer than thirty-two bytes",
            ),
            ("STORE", store),
        ];
        let refusal = Server::start(env!("CARGO_BIN_EXE_sessions"), &[], &settings).unwrap_err();
        assert!(
            refusal.stderr.contains("STORE: use memory, sqlite:PATH"),
            "{store}: {}",
            refusal.stderr
        );
    }
}

#[test]
fn settings_of_sessions_are_honoured() {
    let node = start_with(
        "memory",
        &[
            ("HANDSTAMP_SESSION_ABSOLUTE", "2"),
            ("JWT_SESSION_UPDATE_LAST_ACTIVE", "false"),
        ],
    );
    let browser = Browser::logged_in(&node, "laptop");
    thread::sleep(Duration::from_millis(2_200));
    // The tokens end with the session.
    assert_eq!(code(&browser.get(&node, "/protected")), "token_expired");
}

/// The window is one second long.
fn window() {
    thread::sleep(Duration::from_millis(1_200));
}

#[test]
fn old_cookies_hinder_no_log_in() {
    let node = start("memory");
    let mut laptop = Browser::logged_in(&node, "laptop");
    let ended = laptop.0.clone();
    assert_eq!(laptop.post(&node, "/logout").status, 200);
    let form = json!({"username": "user1", "password": "password1"});
    let log_in = Request::new("POST", "/login").json(&form);
    logs_in_with_old_cookies(&node, SECRET, None, &log_in, &ended, |_, jar| {
        Browser(jar.clone()).get(&node, "/protected").status == 200
    });
}

/// Ports of one host share a cookie jar (RFC 6265, section 8.5).
#[test]
fn two_side_by_side_leave_each_other_alone() {
    let ports = [(); 2].map(|()| {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.local_addr().unwrap().port().to_string()
    });
    // Each has a key of its own.
    let nodes = ports.each_ref().map(|port| {
        let key = format!("a secret of the one at {port}, longer than thirty-two bytes");
        start_with("memory", &[("PORT", port), ("JWT_SECRET_KEY", &key)])
    });
    let mut browser = Browser::default();
    for node in &nodes {
        assert_eq!(browser.log_in(node, "laptop").status, 200);
    }
    for node in &nodes {
        assert_eq!(browser.get(node, "/protected").status, 200);
    }
    let csrf = browser.0.get(&format!("csrf_access_token_{}", ports[0]));
    let log_out = Request::new("POST", "/logout").header("cookie", browser.0.header());
    let reply = nodes[0].send(&log_out.header("x-csrf-token", csrf.unwrap()));
    assert_eq!(reply.status, 200, "{reply:?}");
    browser.0.store(&reply);
    let statuses = nodes
        .each_ref()
        .map(|node| browser.get(node, "/protected").status);
    assert_eq!(statuses, [401, 200]);
}
