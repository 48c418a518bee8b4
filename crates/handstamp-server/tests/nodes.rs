//! Several processes with one database: a session that one ends has ended for all, and sessions
//! survive each of them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use handstamp_conformance::Server;
use handstamp_conformance::services::{Postgres, Redis};

use crate::service::{Browser, Home, granted, log_in, session_ended, stderr};

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

/// The settings of a start, among them the place of the sessions.
type Settings<'a> = &'a [(&'a str, &'a str)];

/// Kills one process after the other: users stay logged in, and ended sessions stay ended.
fn assert_sessions_outlive_a_kill(home: &Home, settings: Settings<'_>) {
    let server = home.start(&[], settings).unwrap();
    let mut demo = Browser::logged_in(&server, "user1", "password1");
    let mut gone = Browser::logged_in(&server, "user2", "password2");
    let copy = gone.clone();
    assert_eq!(gone.send(&server, "POST", "/logout").status, 200);
    assert_eq!(server.stop("KILL"), None);

    let server = home.start(&[], settings).unwrap();
    assert_eq!(demo.protected(&server), granted(), "{}", server.stderr());
    assert_eq!(demo.send(&server, "POST", "/refresh").status, 200);
    assert_eq!(
        copy.protected(&server),
        session_ended(),
        "a log-out survives as well"
    );
    let add = ["user", "add", "alice", "--password-stdin"];
    let output = home.run_with(&add, settings, "correct horse");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(demo.protected(&server), session_ended());
    let alice = Browser::logged_in(&server, "alice", "correct horse");
    assert_eq!(server.stop("KILL"), None);

    let server = home.start(&[], settings).unwrap();
    assert_eq!(alice.protected(&server), granted());
}

/// Starts two processes that share users and sessions.
fn start_two(home: &Home, settings: Settings<'_>) -> [Server; 2] {
    [(), ()].map(|()| home.start(&[], settings).unwrap())
}

fn assert_sessions_end_on_both(home: &Home, settings: Settings<'_>) {
    let [one, other] = start_two(home, settings);
    let mut browser = Browser::logged_in(&one, "user1", "password1");
    let mut copy = browser.clone();
    assert_eq!(browser.protected(&other), granted());
    assert_eq!(browser.send(&other, "POST", "/refresh").status, 200);
    assert_eq!(browser.protected(&one), granted());
    assert_eq!(browser.send(&one, "POST", "/logout").status, 200);
    assert_eq!(
        copy.protected(&other),
        session_ended(),
        "at the next request"
    );
    let refresh = copy.send(&other, "POST", "/refresh");
    assert_eq!(refresh.json()["code"], "session_ended", "{refresh:?}");

    let [mut here, there] =
        [&one, &other].map(|server| Browser::logged_in(server, "user1", "password1"));
    let revoked = here.send(&one, "POST", "/sessions/revoke-others");
    assert_eq!(revoked.json()["revoked"], 1, "{revoked:?}");
    assert_eq!(there.protected(&other), session_ended());
    assert_eq!(here.protected(&other), granted());
}

#[test]
fn with_sqlite_a_kill_logs_no_user_out() {
    assert_sessions_outlive_a_kill(&Home::new(), &[]);
}

#[test]
fn with_sqlite_a_log_out_on_one_process_ends_the_session_on_the_other() {
    assert_sessions_end_on_both(&Home::new(), &[]);
}

#[test]
fn with_postgres_a_kill_logs_no_user_out() {
    let database = Postgres::start();
    let settings = [
        ("DATABASE_URL", database.url()),
        ("JWT_SECRET_KEY", SECRET.to_owned()),
    ];
    let settings = settings
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    assert_sessions_outlive_a_kill(&Home::new(), &settings);
}

#[test]
fn with_postgres_a_log_out_on_one_node_ends_the_session_on_the_other() {
    let database = Postgres::start();
    let url = database.url();
    let settings = [("DATABASE_URL", url.as_str()), ("JWT_SECRET_KEY", SECRET)];
    assert_sessions_end_on_both(&Home::new(), &settings);
}

#[test]
fn with_redis_a_kill_logs_no_user_out() {
    let redis = Redis::start();
    assert_sessions_outlive_a_kill(&Home::new(), &[("REDIS_URL", &redis.url())]);
}

#[test]
fn with_redis_a_log_out_on_one_node_ends_the_session_on_the_other() {
    let (database, redis) = (Postgres::start(), Redis::start());
    let (database, redis) = (database.url(), redis.url());
    let settings = [
        ("DATABASE_URL", database.as_str()),
        ("REDIS_URL", &redis),
        ("JWT_SECRET_KEY", SECRET),
    ];
    assert_sessions_end_on_both(&Home::new(), &settings);
}

#[test]
fn with_postgres_nodes_count_failed_log_ins_together() {
    let database = Postgres::start();
    let url = database.url();
    let home = Home::new();
    let settings = [("DATABASE_URL", url.as_str()), ("JWT_SECRET_KEY", SECRET)];
    let [one, other] = start_two(&home, &settings);
    for count in 1..=5 {
        assert_eq!(log_in(&one, "user1", "wrong").status, 401, "{count}");
        assert_eq!(log_in(&other, "user1", "wrong").status, 401, "{count}");
    }
    for server in [&one, &other] {
        assert_eq!(log_in(server, "user1", "password1").status, 429);
        assert_eq!(log_in(server, "user2", "password2").status, 200);
    }
}

#[test]
fn servers_with_the_same_users_count_failed_log_ins_together_wherever_sessions_are() {
    let (home, redis) = (Home::new(), Redis::start());
    let one = home.start(&[], &[]).unwrap();
    let other = home.start(&[], &[("REDIS_URL", &redis.url())]).unwrap();
    for count in 1..=5 {
        assert_eq!(log_in(&one, "user1", "wrong").status, 401, "{count}");
        assert_eq!(log_in(&other, "user1", "wrong").status, 401, "{count}");
    }
    for server in [&one, &other] {
        assert_eq!(log_in(server, "user1", "password1").status, 429);
        assert_eq!(log_in(server, "user2", "password2").status, 200);
    }
}

#[test]
fn guesses_are_counted_while_the_sessions_in_redis_are_away() {
    let home = Home::new();
    let away = [("REDIS_URL", "redis://127.0.0.1:1/")];
    let server = home.start(&[], &away).unwrap();
    for count in 1..=10 {
        assert_eq!(log_in(&server, "user1", "wrong").status, 401, "{count}");
    }
    assert_eq!(log_in(&server, "user1", "password1").status, 429);
    assert_eq!(log_in(&server, "user2", "password2").status, 503);
}
