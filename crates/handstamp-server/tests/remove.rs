//! `handstamp user remove`: what ends with a user, and what does not come back.

use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::services::Redis;

use crate::service::{Browser, Home, log_in, login, session_ended, stderr};

#[test]
fn with_a_user_go_sessions_devices_and_counts() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    home.add_user("bob", "battery staple");
    let server = home.start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&server, "alice", "correct horse");
    let other = Browser::logged_in(&server, "bob", "battery staple");
    Browser::logged_in(&server, "alice", "correct horse");
    for count in 0..10 {
        assert_eq!(log_in(&server, "alice", "wrong").status, 401, "{count}");
    }
    assert_eq!(log_in(&server, "alice", "correct horse").status, 429);

    let removed = home.run(&["user", "remove", "alice"], "");
    assert_eq!(
        String::from_utf8(removed.stdout).unwrap(),
        "user alice was removed; sessions ended: 2, known devices forgotten: 2\n"
    );
    assert_eq!(browser.protected(&server), session_ended());
    assert_eq!(other.protected(&server).0, 200, "another user");
    let listed = home.run(&["user", "list"], "");
    assert_eq!(String::from_utf8(listed.stdout).unwrap(), "bob\tenabled\n");
    assert_eq!(log_in(&server, "alice", "correct horse").status, 401);

    // Another person may have the name, with no trace of the first.
    home.add_user("alice", "a new password");
    assert_eq!(browser.protected(&server), session_ended());
    for count in 0..10 {
        assert_eq!(log_in(&server, "alice", "wrong").status, 401, "{count}");
    }
    let right = login("alice", "a new password").header("cookie", browser.0.header());
    assert_eq!(
        server.send(&right).status,
        429,
        "the device is not known any more"
    );
}

/// A server whose last user was removed must not let the demo users in, whose passwords are public.
#[test]
fn the_demo_users_do_not_come_back_with_the_last_user() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    let said = |name: &str| {
        let output = home.run(&["user", "list"], "");
        assert_eq!(output.stdout, b"", "{name}");
        stderr(&output)
    };
    let message = said("before the first");
    assert!(
        message.contains("has the demo users user1 and user2"),
        "{message}"
    );
    assert_eq!(log_in(&server, "user1", "password1").status, 200);
    home.add_user("alice", "correct horse");
    let output = home.run(&["user", "list"], "");
    assert!(
        !stderr(&output).contains("demo users"),
        "{}",
        stderr(&output)
    );
    let output = home.run(&["user", "remove", "alice"], "");
    assert!(output.status.success(), "{}", stderr(&output));
    for message in [stderr(&output), said("after the last")] {
        assert!(
            message.contains("the demo users do not come back"),
            "{message}"
        );
    }
    assert_eq!(log_in(&server, "user1", "password1").status, 401);
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home.start(&[], &[]).unwrap();
    assert_eq!(log_in(&server, "user1", "password1").status, 401);
    let reason = "all users were removed: the demo users do not exist, and no user can log in";
    assert!(server.says(reason), "{}", server.stderr());
}

/// Otherwise the sessions of a user who is gone would go on, and no command could end them.
#[test]
fn a_user_whose_sessions_cannot_be_ended_is_disabled_and_not_removed() {
    let (home, mut redis) = (Home::new(), Redis::start());
    home.add_user("alice", "correct horse");
    let url = redis.url();
    let server = home.start(&["--redis", &url], &[]).unwrap();
    let browser = Browser::logged_in(&server, "alice", "correct horse");
    let remove = || home.run(&["user", "remove", "alice", "--redis", &url], "");
    redis.kill();
    let output = remove();
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(
        message.contains("the user alice is disabled, and was not removed"),
        "{message}"
    );
    let listed = home.run(&["user", "list"], "");
    assert_eq!(listed.stdout, b"alice\tdisabled\n");
    redis.start_again();
    let output = remove();
    assert!(output.status.success(), "{}", stderr(&output));
    // The server finds by itself that Redis is back.
    let end = Instant::now() + Duration::from_secs(10);
    while browser.protected(&server).0 == 503 && Instant::now() < end {
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(browser.protected(&server), session_ended());
}
