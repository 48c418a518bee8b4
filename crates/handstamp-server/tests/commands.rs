//! Commands that are run in another shell than the server's: which database and which session store
//! they find there.

use std::fs;

use handstamp_conformance::services::{Postgres, Redis};
use handstamp_conformance::{Jar, Reply};

use crate::service::{Browser, Home, granted, log_in, login, session_ended, stderr};

/// A command that ends sessions where there are none would leave a disabled user logged in.
#[test]
fn a_command_with_another_session_store_than_the_servers_changes_nothing() {
    let (home, redis, other) = (Home::new(), Redis::start(), Redis::start());
    home.add_user("alice", "correct horse");
    let server = home.start(&["--redis", &redis.url()], &[]).unwrap();
    let browser = Browser::logged_in(&server, "alice", "correct horse");
    let recorded = format!("REDIS_URL=redis://{}/0", redis.address());
    let same = format!("redis://u:swordfish@{}/", redis.address());
    let numbered = format!("redis://{}/1", redis.address());
    let other = other.url();
    for (name, command, redis_url) in [
        ("no REDIS_URL", "disable", None),
        ("another server", "disable", Some(&other)),
        (
            "another number of the same server",
            "disable",
            Some(&numbered),
        ),
        ("a new password", "passwd", None),
        ("a new user", "add", None),
        ("no user", "remove", None),
    ] {
        let mut arguments = vec!["user", command, "alice"];
        if !["disable", "remove"].contains(&command) {
            arguments.push("--password-stdin");
        }
        if command == "add" {
            arguments[2] = "bob";
        }
        if let Some(url) = redis_url {
            arguments.extend(["--redis", url]);
        }
        let output = home.run(&arguments, "battery staple");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {message}");
        assert!(message.contains(&recorded), "{name}: {message}");
        assert!(message.contains("nothing was changed"), "{name}: {message}");
    }
    let listed = home.run(&["user", "list"], "");
    assert_eq!(
        String::from_utf8(listed.stdout).unwrap(),
        "alice\tenabled\n"
    );
    assert_eq!(browser.protected(&server), granted());
    assert_eq!(log_in(&server, "alice", "correct horse").status, 200);

    // The user and the password of a URL are no part of the place.
    let output = home.run_with(&["user", "disable", "alice"], &[("REDIS_URL", &same)], "");
    assert!(
        !stderr(&output).contains("keeps sessions in"),
        "{}",
        stderr(&output)
    );
    assert!(
        !stderr(&output).contains("swordfish"),
        "{}",
        stderr(&output)
    );
    let url = redis.url();
    let output = home.run_with(&["user", "disable", "alice"], &[("REDIS_URL", &url)], "");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(browser.protected(&server), session_ended());
}

#[test]
fn serving_with_another_session_store_is_warned_about_once_and_recorded() {
    let (home, redis) = (Home::new(), Redis::start());
    home.add_user("alice", "correct horse");
    let disable = || home.run(&["user", "disable", "alice"], "");
    assert!(disable().status.success(), "nothing is recorded yet");
    let (url, place) = (redis.url(), format!("redis://{}/0", redis.address()));
    let moved = "the sessions that are there have ended for this server";
    for (name, arguments, warning) in [
        ("the first start", &[][..], None),
        ("the same store", &[], None),
        ("another store", &["--redis", &url], Some("this database")),
        ("the other store again", &["--redis", &url], None),
        ("back", &[], Some(place.as_str())),
    ] {
        let server = home.start(arguments, &[]).unwrap();
        assert!(server.says("users"), "{name}");
        let warned = server.stderr().contains(moved);
        assert_eq!(warned, warning.is_some(), "{name}: {}", server.stderr());
        assert!(
            server.stderr().contains(warning.unwrap_or_default()),
            "{name}"
        );
        drop(server);
        assert_eq!(disable().status.success(), arguments.is_empty(), "{name}");
    }
}

/// A command that finds no database would make an empty one, and say that there is no such user.
#[test]
fn only_serving_and_the_first_user_create_a_database() {
    let home = Home::new();
    let place = |name: &str| home.path().join(name).display().to_string();
    let (missing, nowhere) = (place("missing.db"), place("nowhere/handstamp.db"));
    let (missing_url, nowhere_url) = (format!("sqlite://{missing}"), format!("sqlite://{nowhere}"));
    let default = home.database().display().to_string();
    for (name, command, url, path) in [
        ("list", &["list"][..], Some(&missing_url), &missing),
        ("list, at the default place", &["list"], None, &default),
        (
            "disable",
            &["disable", "alice"],
            Some(&missing_url),
            &missing,
        ),
        ("enable", &["enable", "alice"], Some(&missing_url), &missing),
        ("unlock", &["unlock", "alice"], Some(&missing_url), &missing),
        ("remove", &["remove", "alice"], Some(&missing_url), &missing),
        (
            "passwd",
            &["passwd", "alice", "--password-stdin"],
            Some(&missing_url),
            &missing,
        ),
        (
            "add, in no folder",
            &["add", "alice", "--password-stdin"],
            Some(&nowhere_url),
            &nowhere,
        ),
        (
            "add, at the default place",
            &["add", "alice", "--password-stdin"],
            None,
            &default,
        ),
    ] {
        let mut arguments = vec!["user"];
        arguments.extend(command);
        arguments.extend(url.iter().flat_map(|url| ["--database", url.as_str()]));
        let output = home.run(&arguments, "correct horse");
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{name}: {message}");
        assert!(message.contains(path.as_str()), "{name}: {message}");
        let help = if url == Some(&nowhere_url) {
            "its folder does not exist"
        } else {
            "start `handstamp` there once"
        };
        assert!(message.contains(help), "{name}: {message}");
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "{name}");
    }
    let add = [
        "user",
        "add",
        "alice",
        "--password-stdin",
        "--database",
        &missing_url,
    ];
    let output = home.run(&add, "correct horse");
    assert!(output.status.success(), "{}", stderr(&output));
    let said = format!("a new database was created in sqlite://{missing}");
    assert!(stderr(&output).contains(&said), "{}", stderr(&output));
    let bob = [
        "user",
        "add",
        "bob",
        "--password-stdin",
        "--database",
        &missing_url,
    ];
    let output = home.run(&bob, "correct horse");
    assert!(
        !stderr(&output).contains("a new database"),
        "{}",
        stderr(&output)
    );
    let output = home.run(&["user", "list", "--database", &missing_url], "");
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_command_makes_no_tables_in_a_database_of_others() {
    let (home, postgres) = (Home::new(), Postgres::start());
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str())];
    let list = || home.run_with(&["user", "list"], &settings, "");
    let message = stderr(&list());
    assert!(message.contains("has no tables of handstamp"), "{message}");
    let add = ["user", "add", "alice", "--password-stdin"];
    let output = home.run_with(&add, &settings, "correct horse");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("a new database was created in postgres://"));
    assert_eq!(list().stdout, b"alice\tenabled\n");
}

/// A user who is denied after ten wrong passwords calls the operator, who gives a new one.
#[test]
fn a_new_password_works_at_once_after_too_many_wrong_ones() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let server = home.start(&[], &[]).unwrap();
    let mut device = Jar::default();
    for (name, command, password) in [
        ("unlock", &["unlock", "alice"][..], "correct horse"),
        ("enable", &["enable", "alice"], "correct horse"),
        (
            "a new password",
            &["passwd", "alice", "--password-stdin"],
            "battery staple",
        ),
    ] {
        for _ in 0..10 {
            assert_eq!(log_in(&server, "alice", "wrong").status, 401, "{name}");
        }
        assert_eq!(log_in(&server, "alice", password).status, 429, "{name}");
        let output = home.run(&[&["user"], command].concat(), password);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let reply = log_in(&server, "alice", password);
        assert_eq!(reply.status, 200, "{name}");
        device.store(&reply);
    }
    // A device that is known has ten failures of its own, which only it can cause.
    let known = |password: &str| -> Reply {
        let cookie = device.get("device_access_token_cookie").unwrap();
        let cookie = format!("device_access_token_cookie={cookie}");
        server.send(&login("alice", password).header("cookie", cookie))
    };
    for command in ["unlock", "enable"] {
        for count in 0..10 {
            assert_eq!(known("wrong").status, 401, "{command}: {count}");
        }
        assert_eq!(known("battery staple").status, 429, "{command}");
        let output = home.run(&["user", command, "alice"], "");
        assert!(output.status.success(), "{command}: {}", stderr(&output));
        assert_eq!(known("battery staple").status, 200, "{command}");
    }
    let output = home.run(&["user", "unlock", "bob"], "");
    assert!(
        stderr(&output).contains("there is no user bob"),
        "{}",
        stderr(&output)
    );
}
