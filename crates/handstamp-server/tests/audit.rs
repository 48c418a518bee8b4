//! The audit log over HTTP and by commands: what it has, what it never has, and a full disk.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::{Request, Server};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::service::{Browser, Home, granted, is_logged_out, log_in, login, session_ended, stderr};

/// Returns the records of a log.
fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn events(path: &Path) -> Vec<String> {
    let name = |record: &Value| record["event"].as_str().unwrap().to_owned();
    records(path).iter().map(name).collect()
}

/// Runs `audit verify`, and returns whether it succeeds and what it prints.
fn verify(home: &Home, path: &Path, expect: &[&str]) -> (bool, String) {
    let arguments = [&["audit", "verify", path.to_str().unwrap()], expect].concat();
    let output = home.run(&arguments, "");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    (output.status.success(), printed)
}

fn assert_intact(home: &Home, path: &Path) -> String {
    let (is_intact, printed) = verify(home, path, &[]);
    assert!(is_intact, "{printed}");
    printed
}

/// A home with a user and the path of an audit log.
fn home() -> (Home, PathBuf) {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    let path = home.path().join("audit.log");
    (home, path)
}

#[test]
fn every_kind_of_record_is_written_with_its_fields() {
    let (home, path) = home();
    let log = path.to_str().unwrap();
    let settings = [
        ("HANDSTAMP_AUDIT_LOG", log),
        ("HANDSTAMP_REFRESH_GRACE", "0s"),
    ];
    let server = home.start(&[], &settings).unwrap();
    let command = |arguments: &[&str], input: &str| {
        let output = home.run_with(&[&["user"], arguments].concat(), &settings[..1], input);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
    };
    let mut secrets = vec!["correct horse".to_owned(), "battery staple".to_owned()];
    use_every_route(&server, &mut secrets);

    command(&["add", "bob", "--password-stdin"], "battery staple");
    command(&["disable", "bob"], "");
    command(&["enable", "bob"], "");
    command(&["unlock", "bob"], "");
    command(&["passwd", "bob", "--password-stdin"], "correct horse");
    command(&["remove", "bob"], "");
    command(&["list"], "");
    assert_eq!(server.stop("TERM"), Some(0));

    let found = records(&path);
    for (number, (sentence, expected)) in expected_records().into_iter().enumerate() {
        let record = &found[number];
        assert_eq!(record["sequence"], number + 1, "{sentence}");
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&record[name], value, "{sentence}, {name}: {record}");
        }
        if record["by"] == "command" {
            assert!(record["uid"].is_u64(), "{sentence}: {record}");
        }
    }
    // The guesses of a minute are written when the server stops, in any order.
    let mut guesses = BTreeMap::new();
    for record in &found[20..23] {
        let key = format!("{} {}", record["event"], record["account"]);
        assert_eq!(record["address"], "127.0.0.1", "{record}");
        assert_eq!(record["others"], false, "{record}");
        guesses.insert(key, record["count"].clone());
    }
    for (sentence, key, count) in [
        ("of a user", r#""log_in_failed" "alice""#, 10),
        ("of no user", r#""log_in_failed" null"#, 1),
        ("too many", r#""log_in_throttled" "alice""#, 3),
    ] {
        assert_eq!(guesses[key], count, "{sentence}");
    }
    assert_eq!(found[23]["event"], "server_stopped");
    assert_eq!(found.len(), 24);
    assert_eq!(
        found[1]["session"], found[4]["session"],
        "a session has one hash"
    );
    assert_eq!(found[2]["session"], found[3]["session"]);
    assert_eq!(found[8]["session"], found[9]["session"]);

    let text = fs::read_to_string(&path).unwrap();
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in the log");
    }
    let (_, printed) = verify(&home, &path, &[]);
    assert!(
        printed.starts_with("24 records (1 to 24), intact\nhead 24:"),
        "{printed}"
    );
    let head = printed.trim_end().rsplit_once("head ").unwrap().1;
    let (is_intact, printed) = verify(&home, &path, &["--expect", head]);
    assert!(is_intact, "{printed}");
    let (start, _) = text.trim_end().rsplit_once('\n').unwrap();
    fs::write(&path, format!("{start}\n")).unwrap();
    assert_intact(&home, &path);
    let (is_intact, printed) = verify(&home, &path, &["--expect", head]);
    assert!(
        !is_intact && printed.contains("record 24, which was noted, is missing"),
        "{printed}"
    );
}

/// Logs in and out, revokes, replays and guesses, and collects what must not be in the log.
fn use_every_route(server: &Server, secrets: &mut Vec<String>) {
    let mut keep = |browser: &Browser| {
        let cookies = browser.0.iter().map(|(_, value)| value.to_owned());
        secrets.extend(cookies.filter(|value| !value.is_empty()));
    };

    // A user with two devices, who ends the other one, logs out, and changes the password.
    let mut laptop = Browser::named(server, "alice", "correct horse", "Laptop\u{9b}2J/1.0");
    let phone = Browser::named(server, "alice", "correct horse", "Phone/2.0");
    let sessions = laptop.get(server, "/sessions").json();
    let ids = sessions["sessions"].as_array().unwrap().iter();
    let ids: Vec<String> = ids
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    keep(&laptop);
    keep(&phone);
    let target = format!("/sessions/{}", ids[0]);
    assert_eq!(laptop.send(server, "DELETE", &target).status, 200);
    assert_eq!(phone.protected(server), session_ended());
    assert_eq!(laptop.send(server, "POST", "/logout").status, 200);
    let mut laptop = Browser::named(server, "alice", "correct horse", "Laptop/1.0");
    let change = json!({"current": "correct horse", "new": "battery staple"});
    let reply = server.send(&laptop.request("POST", "/password").json(&change));
    assert_eq!(reply.status, 200, "{reply:?}");
    laptop.0.store(&reply);

    // A thief, who has copied a refresh token that the owner exchanges.
    let thief = laptop.clone();
    for _ in 0..2 {
        assert_eq!(laptop.send(server, "POST", "/refresh").status, 200);
        assert_eq!(laptop.protected(server), granted());
    }
    keep(&thief);
    keep(&laptop);
    assert_eq!(server.send(&thief.request("POST", "/refresh")).status, 401);
    assert_eq!(laptop.protected(server), session_ended());

    // Guesses, of which the last has the password where the name belongs.
    for _ in 0..10 {
        assert_eq!(log_in(server, "Alice", "wrong wrong").status, 401);
    }
    for _ in 0..3 {
        assert_eq!(log_in(server, "alice", "wrong wrong").status, 429);
    }
    assert_eq!(log_in(server, "hunter2 hunter2", "alice").status, 401);
    secrets.extend(["wrong wrong".to_owned(), "hunter2".to_owned()]);
    secrets.extend(ids);
}

/// The records but the counts of guesses and the last one.
fn expected_records() -> [(&'static str, Value); 20] {
    [
        (
            "the server",
            json!({"event": "server_started", "by": "service", "version": "0.1.0"}),
        ),
        (
            "a log-in; what a terminal would obey is not in it",
            json!({"event": "log_in", "by": "user", "account": "alice", "address": "127.0.0.1",
                   "user_agent": "Laptop\u{fffd}2J/1.0"}),
        ),
        (
            "another device",
            json!({"event": "log_in", "user_agent": "Phone/2.0"}),
        ),
        (
            "it is revoked from the first",
            json!({"event": "session_ended", "by": "user", "reason": "revoked", "account": "alice",
                   "user_agent": null}),
        ),
        (
            "a log-out",
            json!({"event": "log_out", "by": "user", "account": "alice"}),
        ),
        ("a log-in", json!({"event": "log_in"})),
        (
            "a new password",
            json!({"event": "password_changed", "by": "user", "address": "127.0.0.1"}),
        ),
        (
            "ends the session",
            json!({"event": "session_ended", "by": "user", "reason": "revoked"}),
        ),
        (
            "and begins one",
            json!({"event": "log_in", "by": "user", "user_agent": null}),
        ),
        (
            "a replay",
            json!({"event": "refresh_reused", "by": "client", "address": "127.0.0.1"}),
        ),
        (
            "a user is added",
            json!({"event": "user_added", "by": "command", "account": "bob"}),
        ),
        (
            "disabled",
            json!({"event": "user_disabled", "by": "command", "account": "bob"}),
        ),
        (
            "with all sessions",
            json!({"event": "sessions_revoked", "account": "bob", "count": 0}),
        ),
        (
            "enabled",
            json!({"event": "user_enabled", "by": "command", "account": "bob"}),
        ),
        (
            "unlocked",
            json!({"event": "user_unlocked", "by": "command", "account": "bob"}),
        ),
        (
            "gets a password",
            json!({"event": "password_changed", "by": "command", "account": "bob"}),
        ),
        (
            "with all sessions",
            json!({"event": "sessions_revoked", "account": "bob"}),
        ),
        (
            "to be removed, disabled",
            json!({"event": "user_disabled", "account": "bob"}),
        ),
        (
            "with all sessions",
            json!({"event": "sessions_revoked", "account": "bob"}),
        ),
        (
            "removed",
            json!({"event": "user_removed", "by": "command", "account": "bob"}),
        ),
    ]
}

/// Each log-in and each log-out is a record; commands append between them.
#[test]
fn a_thousand_records_of_two_servers_and_commands_are_one_chain() {
    let (home, path) = home();
    let log = path.to_str().unwrap();
    for name in ["bob", "carol", "dave"] {
        home.add_user(name, "correct horse");
    }
    let servers = [(); 2].map(|()| home.start(&["--audit-log", log], &[]).unwrap());
    let is_done = AtomicBool::new(false);
    let commands = thread::scope(|scope| {
        let users = ["alice", "bob", "carol", "dave"].into_iter().enumerate();
        let users = users.map(|(number, name)| {
            let server = &servers[number % 2];
            scope.spawn(move || {
                for _ in 0..125 {
                    let mut browser = Browser::logged_in(server, name, "correct horse");
                    assert_eq!(browser.send(server, "POST", "/logout").status, 200);
                    assert!(is_logged_out(&browser.0));
                }
            })
        });
        let users: Vec<_> = users.collect();
        let commands = scope.spawn(|| {
            let mut count = 0;
            while !is_done.load(Ordering::Relaxed) {
                let output = home.run(&["user", "unlock", "dave", "--audit-log", log], "");
                assert!(output.status.success(), "{}", stderr(&output));
                count += 1;
            }
            count
        });
        for user in users {
            user.join().unwrap();
        }
        is_done.store(true, Ordering::Relaxed);
        commands.join().unwrap()
    });
    for server in servers {
        assert_eq!(server.stop("TERM"), Some(0));
    }
    let printed = assert_intact(&home, &path);
    let records = 1_000 + commands + 4;
    assert!(
        printed.starts_with(&format!("{records} records (1 to {records}), intact\nhead")),
        "{printed}"
    );
}

#[test]
fn a_process_that_is_killed_leaves_a_chain_that_goes_on() {
    let (home, path) = home();
    let log = path.to_str().unwrap();
    for round in 0..5 {
        let server = home.start(&["--audit-log", log], &[]).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while login("alice", "correct horse")
                        .send(server.address())
                        .is_ok()
                    {}
                });
            }
            thread::sleep(Duration::from_millis(150 + 70 * round));
            let pid = server.id().to_string();
            let killed = Command::new("kill").args(["-KILL", &pid]).status();
            assert!(killed.unwrap().success());
        });
    }
    drop(home.start(&["--audit-log", log], &[]).unwrap());
    let printed = assert_intact(&home, &path);
    println!("{printed}");
    let names = events(&path);
    let starts = names
        .iter()
        .filter(|name| *name == "server_started")
        .count();
    assert_eq!(starts, 6);
    assert!(
        names.iter().filter(|name| *name == "log_in").count() > 5,
        "{names:?}"
    );
}

/// Writes a log of nine megabytes, larger than the database: no file of a process can then grow
/// beyond its length, and the database still works. The chain is made here once more.
fn write_large_log(path: &Path) {
    let filler = "x".repeat(9_000);
    let (mut text, mut previous) = (String::new(), "0".repeat(64));
    for sequence in 1..=1_000 {
        let line = format!(
            "{{\"sequence\":{sequence},\"time\":\"2026-01-31T08:15:00.250Z\",\"event\":\"log_in\",\
             \"by\":\"user\",\"user_agent\":\"{filler}\",\"previous\":\"{previous}\""
        );
        let hash = Sha256::digest(&line);
        previous = hash.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let _ = writeln!(text, "{line},\"hash\":\"{previous}\"}}");
    }
    fs::write(path, text).unwrap();
}

#[test]
fn with_a_full_disk_log_ins_are_refused_and_log_outs_are_not() {
    let (home, path) = home();
    write_large_log(&path);
    assert_intact(&home, &path);
    // A process that tries to write more than its limit is ended, unless it ignores the signal.
    let before = format!(
        "trap '' XFSZ; export HANDSTAMP_AUDIT_LOG={}",
        path.display()
    );
    let server = home.start_in_shell(&before).unwrap();
    let limit = |bytes: &str| {
        let (pid, limit) = (server.id().to_string(), format!("--fsize={bytes}:"));
        let done = Command::new("prlimit")
            .args(["--pid", &pid, &limit])
            .status();
        assert!(done.unwrap().success(), "prlimit of util-linux");
    };
    let audit_log = || {
        let reply = server.send(&Request::new("GET", "/readyz"));
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["audit_log"].clone()
    };
    let mut laptop = Browser::logged_in(&server, "alice", "correct horse");
    let phone = Browser::logged_in(&server, "alice", "correct horse");
    assert_eq!(audit_log(), "ok");

    // The disk takes a part of the next line.
    let len = fs::metadata(&path).unwrap().len();
    limit(&(len + 100).to_string());
    let mut former = Browser::default();
    for sentence in ["the first log-in", "one that finds the log failing"] {
        let request = login("alice", "correct horse").header("cookie", former.0.header());
        let reply = server.send(&request);
        assert_eq!(reply.status, 503, "{sentence}: {reply:?}");
        assert_eq!(reply.json()["code"], "store_unavailable", "{sentence}");
        assert_eq!(reply.header("set-cookie"), None, "{sentence}");
        former = phone.clone();
    }
    assert_eq!(
        fs::metadata(&path).unwrap().len(),
        len,
        "the part is removed"
    );
    assert!(
        server.says("log-ins are refused until it can"),
        "{}",
        server.stderr()
    );
    assert_eq!(audit_log(), "unwritable");
    assert_eq!(phone.protected(&server), granted());
    let sessions = phone.get(&server, "/sessions").json();
    let sessions = sessions["sessions"].as_array().unwrap().len();
    assert!(
        sessions <= 2,
        "a log-in that was refused has left {sessions} sessions"
    );

    let reply = laptop.send(&server, "POST", "/logout");
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(is_logged_out(&laptop.0));
    assert_eq!(laptop.protected(&server).0, 401);
    assert!(server.says("a record is missing"), "{}", server.stderr());
    assert_eq!(events(&path).len(), 1_003);

    // A new password is taken as well, and the session that should follow is refused.
    let change = json!({"current": "correct horse", "new": "battery staple"});
    let reply = server.send(&phone.request("POST", "/password").json(&change));
    assert_eq!(reply.status, 503, "{reply:?}");
    assert_eq!(reply.json()["code"], "log_in_again", "{reply:?}");
    assert_eq!(phone.protected(&server), session_ended());

    limit("unlimited");
    let start = Instant::now();
    while audit_log() != "ok" {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{}",
            server.stderr()
        );
        thread::sleep(Duration::from_millis(50));
    }
    Browser::logged_in(&server, "alice", "battery staple");
    let printed = assert_intact(&home, &path);
    // The log-out, the new password, and the end of the session that the phone had.
    let gap = "intact; gaps: 1, in which 3 records are missing and 3 log-ins were refused";
    assert!(printed.contains(gap), "{printed}");
    let names = events(&path);
    assert_eq!(names[1_003..], ["gap", "log_in"], "{printed}");
}

/// Returns the arguments that name an audit log.
type Given = fn(&Home) -> Vec<String>;

#[test]
fn a_command_that_gives_access_needs_the_log_and_one_that_takes_it_away_does_not() {
    let folder = |home: &Home| {
        let path = home.path().join("none/audit.log").display().to_string();
        vec!["--audit-log".to_owned(), path]
    };
    let none = |home: &Home| {
        let path = home.path().join("audit.log").display().to_string();
        drop(home.start(&["--audit-log", &path], &[]).unwrap());
        Vec::new()
    };
    let refused = "nothing was changed";
    let done = "this was done, and the audit log has no record of it";
    for (sentence, given, why) in [
        (
            "its folder is missing",
            folder as Given,
            "its folder does not exist",
        ),
        (
            "the server has one",
            none,
            "the server keeps an audit log in ",
        ),
    ] {
        let (home, _) = home();
        let given = given(&home);
        for (command, status, said) in [
            (&["enable", "alice"][..], 2, refused),
            (&["unlock", "alice"], 2, refused),
            (&["add", "bob", "--password-stdin"], 2, refused),
            (&["passwd", "alice", "--password-stdin"], 2, refused),
            (&["disable", "alice"], 1, done),
            (&["remove", "alice"], 1, done),
        ] {
            let mut arguments = [&["user"], command].concat();
            arguments.extend(given.iter().map(String::as_str));
            let output = home.run(&arguments, "battery staple");
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(status), "{sentence}: {message}");
            assert!(message.contains(said), "{sentence}: {message}");
            assert!(message.contains(why), "{sentence}: {message}");
        }
        assert!(home.run(&["user", "list"], "").stdout.is_empty());
        // A server without one, after which commands need none.
        drop(home.start(&[], &[]).unwrap());
        home.add_user("bob", "battery staple");
    }
}

#[test]
fn a_log_that_cannot_be_used_is_found_before_the_start() {
    let home = Home::new();
    let path = |name: &str| home.path().join(name).display().to_string();
    let (good, notes) = (path("audit.log"), path("notes"));
    fs::write(home.path().join("notes"), "bread\n").unwrap();
    for (sentence, log, status, said) in [
        ("a new one", &good, 0, "audit log: a start creates "),
        (
            "another file",
            &notes,
            2,
            "its last line is no record of handstamp",
        ),
        (
            "a folder that is not there",
            &path("none/log"),
            2,
            "its folder does not exist",
        ),
    ] {
        let settings = [("HANDSTAMP_AUDIT_LOG", log.as_str())];
        let output = home.run_with(&["config", "check"], &settings, "");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(status), "{sentence}: {printed}");
        let line = printed.lines().find(|line| line.starts_with("--audit-log"));
        assert!(line.unwrap().ends_with(log), "{sentence}: {printed}");
        let all = printed + &stderr(&output);
        assert!(all.contains(said), "{sentence}: {all}");
        if status != 0 {
            let refusal = home.start(&["--audit-log", log], &[]).unwrap_err();
            assert_eq!(refusal.status, Some(status), "{sentence}");
            assert!(
                refusal.stderr.contains(said),
                "{sentence}: {}",
                refusal.stderr
            );
        }
    }
    assert!(!Path::new(&good).exists());
    let output = home.run(&["audit", "verify"], "");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn guesses_of_strangers_are_a_few_lines() {
    let (home, path) = home();
    let log = path.to_str().unwrap();
    let proxy = ["--audit-log", log, "--trusted-proxy", "127.0.0.1"];
    let server = home.start(&proxy, &[]).unwrap();
    thread::scope(|scope| {
        for part in 0..2_u32 {
            let server = &server;
            scope.spawn(move || guess(server, part * 1_000..(part + 1) * 1_000));
        }
    });
    assert_eq!(server.stop("TERM"), Some(0));
    let found = records(&path);
    let count = |record: &Value| record["count"].as_u64().unwrap_or_default();
    assert_eq!(found.iter().map(count).sum::<u64>(), 2_000);
    // The start, the end, and eight clients and the others of each of three kinds.
    let minutes = found.len().div_ceil(29);
    assert!(found.len() <= 2 + 27 * minutes, "{} lines", found.len());
    println!("2,000 guesses are {} lines", found.len());
}

/// Guesses the password of a user from many addresses, and now and then a name.
fn guess(server: &Server, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let address = format!("198.51.{}.{}", number / 250, number % 250);
        let name = if number % 100 == 0 { "nobody" } else { "alice" };
        let request = login(name, "wrong wrong").header("x-forwarded-for", &address);
        let status = server.send(&request).status;
        assert!([401, 429].contains(&status), "{status}");
    }
}

#[test]
fn a_log_that_is_moved_goes_on_in_a_new_file() {
    let (home, path) = home();
    let log = path.to_str().unwrap();
    let settings = [("HANDSTAMP_AUDIT_LOG", log)];
    let server = home.start(&[], &settings).unwrap();
    Browser::logged_in(&server, "alice", "correct horse");
    let former = home.path().join("audit.log.1");
    fs::rename(&path, &former).unwrap();
    let unlock = ["user", "unlock", "alice"];
    assert!(home.run_with(&unlock, &settings, "").status.success());
    Browser::logged_in(&server, "alice", "correct horse");
    assert_eq!(server.stop("TERM"), Some(0));
    assert_eq!(events(&former), ["server_started", "log_in"]);
    assert_eq!(events(&path), ["user_unlocked", "log_in", "server_stopped"]);

    let both = fs::read_to_string(&former).unwrap() + &fs::read_to_string(&path).unwrap();
    let verify = ["audit", "verify"];
    let former = former.to_str().unwrap();
    for (sentence, files, input, said) in [
        (
            "both",
            &[former, log][..],
            "",
            "5 records (1 to 5), intact\n",
        ),
        (
            "a pipe",
            &["/dev/stdin"],
            both.as_str(),
            "5 records (1 to 5), intact\n",
        ),
        (
            "that of the environment",
            &[],
            "",
            "3 records (3 to 5), intact\n",
        ),
    ] {
        let output = home.run_with(&[&verify, files].concat(), &settings, input);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(
            printed.starts_with(said),
            "{sentence}: {printed}{}",
            stderr(&output)
        );
    }
    let output = home.run(&["audit", "verify", log, former], "");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}
