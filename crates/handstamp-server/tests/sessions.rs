//! Sessions over HTTP: how they are listed, refreshed and ended.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::{Request, Server};
use serde_json::{Value, json};

use crate::service::{
    Browser, Home, Service, granted, is_logged_out, log_in, login, session_ended, stderr,
};

fn listed(browser: &Browser, server: &Server) -> Vec<Value> {
    let reply = browser.get(server, "/sessions");
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let list = reply.json();
    assert_eq!(list.get("has_more"), Some(&json!(false)));
    let sessions = list.get("sessions").and_then(Value::as_array);
    sessions.unwrap().clone()
}

#[test]
fn devices_are_listed_and_revoked() {
    let server = Service::start(&[], &[]).unwrap();
    let mut laptop = Browser::named(&server, "user1", "password1", "Laptop/1.0");
    let phone = Browser::named(&server, "user1", "password1", "Phone/2.0");
    let other = Browser::logged_in(&server, "user2", "password2");

    let sessions = listed(&laptop, &server);
    let seen: Vec<[&Value; 3]> = sessions
        .iter()
        .map(|session| ["browser", "address", "this_device"].map(|member| &session[member]))
        .collect();
    assert_eq!(
        json!(seen),
        json!([
            ["Phone/2.0", "127.0.0.1", false],
            ["Laptop/1.0", "127.0.0.1", true]
        ])
    );
    let id = |at: usize| sessions[at]["id"].as_str().unwrap().to_owned();
    let others = listed(&other, &server)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();

    let long = "x".repeat(10_000);
    for (name, id) in [
        ("the session of another user", others.as_str()),
        ("unknown", "nonsense"),
        ("long", &long),
        ("a NUL", "%00"),
        ("no UTF-8", "%ff"),
        ("a slash", "a%2Fb"),
    ] {
        let reply = laptop.send(&server, "DELETE", &format!("/sessions/{id}"));
        assert_eq!(reply.status, 404, "{name}");
        assert_eq!(reply.json()["code"], "no_such_session", "{name}");
    }
    assert_eq!(other.protected(&server), granted());

    let path = format!("/sessions/{}", id(0));
    let without_csrf = Request::new("DELETE", &path).header("cookie", laptop.0.header());
    assert_eq!(server.send(&without_csrf).status, 403);
    let revoked = laptop.send(&server, "DELETE", &path);
    assert_eq!(revoked.json(), json!({"message": "Session revoked"}));
    assert_eq!(phone.protected(&server), session_ended());
    assert_eq!(laptop.send(&server, "DELETE", &path).status, 404, "once");
    assert_eq!(listed(&laptop, &server).len(), 1);
    assert_eq!(laptop.protected(&server), granted());
}

#[test]
fn all_other_sessions_are_revoked_at_once() {
    let server = Service::start(&[], &[]).unwrap();
    let start = || Browser::logged_in(&server, "user1", "password1");
    let (mut here, others) = (start(), [start(), start()]);
    let other_user = Browser::logged_in(&server, "user2", "password2");
    let reply = here.send(&server, "POST", "/sessions/revoke-others");
    assert_eq!(
        reply.json(),
        json!({"message": "Other sessions revoked", "revoked": 2})
    );
    for other in &others {
        assert_eq!(other.protected(&server), session_ended());
    }
    assert_eq!(here.protected(&server), granted());
    assert_eq!(other_user.protected(&server), granted());
}

#[test]
fn a_log_out_ends_copies_of_its_tokens() {
    let server = Service::start(&[], &[]).unwrap();
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    let mut copy = browser.clone();
    assert_eq!(copy.protected(&server), granted());
    assert_eq!(browser.send(&server, "POST", "/logout").status, 200);
    assert!(is_logged_out(&browser.0));
    assert_eq!(copy.protected(&server), session_ended());
    let refresh = copy.send(&server, "POST", "/refresh");
    assert_eq!(refresh.status, 401);
    assert_eq!(refresh.json()["code"], "session_ended");
    assert_eq!(refresh.header("set-cookie"), None);
}

#[test]
fn a_log_in_replaces_the_session_it_was_sent_in() {
    let server = Service::start(&[], &[]).unwrap();
    let before = Browser::logged_in(&server, "user1", "password1");
    let again = login("user1", "password1").header("cookie", before.0.header());
    let mut after = before.clone();
    after.0.store(&server.send(&again));
    assert_eq!(before.protected(&server), session_ended());
    assert_eq!(listed(&after, &server).len(), 1);
}

#[test]
fn a_device_has_the_name_that_its_user_gave_and_is_remembered() {
    let server = Service::start(&[], &[]).unwrap();
    let form = json!({"username": "user1", "password": "password1", "device": "the \u{0} kitchen", "remember": true});
    let reply = server.send(&Request::new("POST", "/login").json(&form));
    assert_eq!(reply.status, 200, "{reply:?}");
    for line in reply.all("set-cookie").take(4) {
        assert!(line.contains("; Max-Age=1728000;"), "{line}");
    }
    let plain =
        json!({"username": "user2", "password": "password2", "device": null, "remember": null});
    let not_remembered = server.send(&Request::new("POST", "/login").json(&plain));
    assert_eq!(not_remembered.status, 200, "{not_remembered:?}");
    let mut lines = not_remembered.all("set-cookie").take(4);
    assert!(lines.all(|line| !line.contains("Max-Age")));
    let for_long = Service::start(&[], &[("JWT_REFRESH_TOKEN_EXPIRES", "60d")]).unwrap();
    let long = for_long.send(&Request::new("POST", "/login").json(&form));
    let mut lines = long.all("set-cookie").take(4);
    assert!(
        lines.all(|line| line.contains("; Max-Age=5184000;")),
        "{long:?}"
    );
    let mut browser = Browser::default();
    browser.0.store(&reply);
    assert_eq!(listed(&browser, &server)[0]["device"], "the  kitchen");
}

/// Without a grace window, a token that was exchanged is late a moment later.
#[test]
fn a_late_token_is_told_with_both_clients_and_the_third_in_a_row_ends_the_session() {
    let server = Service::start(&[], &[("HANDSTAMP_REFRESH_GRACE", "0s")]).unwrap();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
    let mut user = Browser::named(&server, "user1", "password1", firefox);
    for round in 1..=3 {
        // The user's token has arrived, and the thief exchanges it first.
        assert_eq!(user.protected(&server), granted(), "round {round}");
        let mut thief = user.clone();
        assert_eq!(thief.send(&server, "POST", "/refresh").status, 200);
        thread::sleep(Duration::from_millis(20));
        let reply = user.send(&server, "POST", "/refresh");
        if round < 3 {
            assert_eq!(reply.status, 200, "round {round}: {reply:?}");
            assert!(server.says(
                "recorded=Firefox on Linux presenting=a client without User-Agent differ=true"
            ));
        } else {
            assert_eq!(reply.status, 401, "{reply:?}");
            assert_eq!(reply.json()["code"], "refresh_reused");
            assert!(server.says("Reused(Late)"));
            assert_eq!(thief.protected(&server), session_ended());
        }
    }
}

#[test]
fn a_refresh_token_is_exchanged_but_not_twice_within_the_grace_window() {
    let server = Service::start(&[], &[("HANDSTAMP_REFRESH_GRACE", "1s")]).unwrap();
    let mut browser = Browser::logged_in(&server, "user1", "password1");
    let names = |reply: &handstamp_conformance::Reply| -> Vec<String> {
        let name = |line: &str| line.split('=').next().unwrap_or_default().to_owned();
        reply.all("set-cookie").map(name).collect()
    };
    let refresh_token =
        |browser: &Browser| browser.0.get("refresh_token_cookie").map(str::to_owned);
    let first = refresh_token(&browser);
    for (name, of_refresh) in [
        ("the first is acknowledged", 0),
        ("the next within the window", 0),
    ] {
        let reply = browser.send(&server, "POST", "/refresh");
        assert_eq!(reply.json()["message"], "Token refreshed", "{name}");
        let set = names(&reply);
        assert_eq!(set.len(), 2, "{name}: {set:?}");
        let of = set.iter().filter(|name| name.contains("refresh")).count();
        assert_eq!(of, of_refresh, "{name}: {set:?}");
    }
    thread::sleep(Duration::from_millis(1100));
    let before = browser.clone();
    let reply = browser.send(&server, "POST", "/refresh");
    assert_eq!(names(&reply).len(), 4, "{reply:?}");
    assert_ne!(refresh_token(&browser), first);
    assert_eq!(browser.protected(&server), granted());

    // The exchanged token counts as a copy when its successor is acknowledged and the window over.
    thread::sleep(Duration::from_millis(1100));
    let reused = server.send(&before.request("POST", "/refresh"));
    assert_eq!(
        (reused.status, &reused.json()["code"]),
        (401, &json!("refresh_reused"))
    );
    assert_eq!(browser.protected(&server), session_ended());
}

#[test]
fn a_command_that_changes_an_account_ends_its_sessions() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    let demo = Browser::logged_in(&server, "user1", "password1");
    let other_demo = Browser::logged_in(&server, "user2", "password2");
    assert_eq!(demo.protected(&server), granted());
    // The first user ends the demo, and also the session of the demo user of the same name.
    home.add_user("user1", "correct horse");
    assert_eq!(demo.protected(&server), session_ended());
    assert_eq!(other_demo.protected(&server), session_ended());

    let user = |arguments: &[&str], input: &str| {
        let output = home.run(&[&["user"], arguments].concat(), input);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    home.add_user("bob", "battery staple");
    let bob = Browser::logged_in(&server, "bob", "battery staple");
    let start = |password| Browser::logged_in(&server, "user1", password);
    let browsers = [start("correct horse"), start("correct horse")];
    let changed = user(&["passwd", "user1", "--password-stdin"], "another password");
    assert_eq!(
        changed,
        "user user1 has a new password; sessions ended: 2\n"
    );
    for browser in &browsers {
        assert_eq!(browser.protected(&server), session_ended());
    }
    let browser = start("another password");
    assert_eq!(browser.protected(&server), granted());
    let disabled = user(&["disable", "user1"], "");
    assert_eq!(disabled, "user user1 is disabled; sessions ended: 1\n");
    assert_eq!(browser.protected(&server), session_ended());
    user(&["enable", "user1"], "");
    assert_eq!(
        browser.protected(&server),
        session_ended(),
        "an ended session stays ended"
    );
    assert_eq!(bob.protected(&server), granted());
}

#[test]
fn a_start_without_demo_users_ends_their_sessions() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    let demo = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home.start(&[], &[]).unwrap();
    assert_eq!(demo.protected(&server), granted(), "as before");
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home.start(&["--listen", "0.0.0.0:0"], &[]).unwrap();
    assert_eq!(demo.protected(&server), session_ended());
    assert_eq!(log_in(&server, "user1", "password1").status, 401);
}

/// Each of many concurrent log-ins is either refused, or its session is found and ended.
#[test]
fn a_user_who_is_disabled_during_log_ins_has_no_session() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home.start(&[], &[]).unwrap();
    let logged_in = AtomicBool::new(false);
    let browsers: Vec<Browser> = thread::scope(|scope| {
        let log_in_until_refused = || {
            let mut browsers = Vec::new();
            loop {
                let reply = log_in(&server, "alice", "correct horse");
                match reply.status {
                    200 => {
                        let mut browser = Browser::default();
                        browser.0.store(&reply);
                        browsers.push(browser);
                        logged_in.store(true, Ordering::Relaxed);
                    }
                    401 => return browsers,
                    status => assert_eq!(status, 503, "too many at once: {reply:?}"),
                }
            }
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(log_in_until_refused)).collect();
        let start = Instant::now();
        while !logged_in.load(Ordering::Relaxed) && start.elapsed() < Duration::from_secs(30) {
            thread::sleep(Duration::from_millis(10));
        }
        let disabled = home.run(&["user", "disable", "alice"], "");
        assert!(disabled.status.success(), "{}", stderr(&disabled));
        let browsers = threads.into_iter().map(|thread| thread.join().unwrap());
        browsers.flatten().collect()
    });
    assert!(!browsers.is_empty(), "some log-ins succeeded before");
    for browser in &browsers {
        assert_eq!(browser.protected(&server), session_ended());
    }
    let enabled = home.run(&["user", "enable", "alice"], "");
    assert!(enabled.status.success(), "{}", stderr(&enabled));
    let browser = Browser::logged_in(&server, "alice", "correct horse");
    assert_eq!(
        listed(&browser, &server).len(),
        1,
        "no session is left whose tokens were not sent"
    );
}

#[test]
fn expired_sessions_are_purged() {
    let home = Home::new();
    let settings = [
        ("HANDSTAMP_SESSION_IDLE", "1s"),
        ("RUST_LOG", "handstamp=debug"),
    ];
    let server = home.start(&[], &settings).unwrap();
    let browser = Browser::logged_in(&server, "user1", "password1");
    assert_eq!(browser.protected(&server), granted());
    assert!(
        server.says("sessions were purged removed=0"),
        "{}",
        server.stderr()
    );
    thread::sleep(Duration::from_millis(1100));
    assert_eq!(browser.protected(&server).0, 401);
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home.start(&[], &settings).unwrap();
    assert!(
        server.says("sessions were purged removed=1"),
        "{}",
        server.stderr()
    );
}

#[test]
fn implicit_refresh_is_enabled_by_its_settings() {
    // With these settings a token is renewed when it is more than a second old.
    let life = ("JWT_ACCESS_TOKEN_EXPIRES", "60s");
    let delta = ("JWT_IMPLICIT_REFRESH_DELTATIME", "59s");
    for (settings, expected) in [(&[life, delta] as &[_], 2), (&[life], 0)] {
        let server = Service::start(&[], settings).unwrap();
        let mut browser = Browser::logged_in(&server, "user1", "password1");
        thread::sleep(Duration::from_millis(2100));
        let reply = browser.send(&server, "GET", "/protected");
        assert_eq!(reply.status, 200, "{settings:?}");
        let cookies = reply.all("set-cookie").count();
        assert_eq!(cookies, expected, "{settings:?}");
        assert_eq!(browser.protected(&server), granted(), "{settings:?}");
        assert_eq!(browser.send(&server, "POST", "/logout").status, 200);
        assert!(is_logged_out(&browser.0), "{settings:?}");
    }
}
