//! Which database is used, and how the program reports one that it cannot use.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use handstamp_conformance::Request;
use handstamp_conformance::services::Redis;
use serde_json::json;

use crate::service::{Home, log_in, stderr};

const SECRET: (&str, &str) = (
    "JWT_SECRET_KEY",
    "a secret of the tests, longer than thirty-two bytes",
);

#[test]
fn an_option_wins_over_a_variable_and_a_variable_over_the_state_folder() {
    let home = Home::new();
    let url = |name: &str| format!("sqlite://{}", home.path().join(name).display());
    let (option, variable) = (url("option.db"), url("variable.db"));
    let settings = [("DATABASE_URL", variable.as_str())];
    for (arguments, user) in [
        (&["--database", &option][..], "by-option"),
        (&[], "by-variable"),
    ] {
        let add = [arguments, &["user", "add", user, "--password-stdin"]].concat();
        let output = home.run_with(&add, &settings, "correct horse");
        assert!(output.status.success(), "{}", stderr(&output));
        let server = home.start(arguments, &settings).unwrap();
        assert_eq!(log_in(&server, user, "correct horse").status, 200);
        assert!(
            server
                .stderr()
                .contains("users and sessions are kept in sqlite://"),
            "{}",
            server.stderr()
        );
    }
    // The option may also follow the command.
    let output = home.run_with(&["user", "list", "--database", &option], &settings, "");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "by-option\tenabled\n"
    );
    assert!(home.path().join("option.db-secret").exists());
    assert!(!home.database().exists());
}

#[test]
fn a_database_that_cannot_be_used_stops_the_start() {
    let home = Home::new();
    let text = home.path().join("text.db");
    fs::write(
        &text,
        "not a database, but a text of more than a hundred bytes, which is what a header has. "
            .repeat(20),
    )
    .unwrap();
    let nowhere = home.path().join("nowhere/handstamp.db");
    for (name, url, status, words) in [
        (
            "not a file of SQLite",
            format!("sqlite://{}", text.display()),
            1,
            "file is not a database",
        ),
        (
            "no such folder",
            format!("sqlite://{}", nowhere.display()),
            1,
            "its folder does not exist",
        ),
        (
            "no server",
            "postgres://u:swordfish@127.0.0.1:1/auth".to_owned(),
            1,
            "the database postgres://127.0.0.1:1/auth:",
        ),
        (
            "another database",
            "mysql://u:swordfish@127.0.0.1/auth".to_owned(),
            2,
            "--database: not a supported database",
        ),
        (
            "memory",
            "sqlite::memory:".to_owned(),
            2,
            "lost at a restart",
        ),
    ] {
        let refusal = home.start(&["--database", &url], &[SECRET]).unwrap_err();
        assert_eq!(refusal.status, Some(status), "{name}: {}", refusal.stderr);
        assert!(refusal.stderr.contains(words), "{name}: {}", refusal.stderr);
        assert!(
            !refusal.stderr.contains("swordfish"),
            "{name}: {}",
            refusal.stderr
        );
        let command = home.run_with(&["user", "list", "--database", &url], &[SECRET], "");
        assert_eq!(
            command.status.code(),
            Some(status),
            "{name}: {}",
            stderr(&command)
        );
        assert!(
            !stderr(&command).contains("swordfish"),
            "{name}: {}",
            stderr(&command)
        );
    }
}

/// A copy that was restored, or a file of an earlier release, may be open to all users of the host.
#[test]
fn a_database_that_others_can_read_is_made_private() {
    let home = Home::new();
    drop(home.start(&[], &[SECRET]).unwrap());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for (name, given) in [
        ("the group", 0o640),
        ("all", 0o604),
        ("all, to write", 0o666),
    ] {
        fs::set_permissions(home.database(), fs::Permissions::from_mode(given)).unwrap();
        let server = home.start(&[], &[SECRET]).unwrap();
        assert_eq!(mode(&home.database()), 0o600, "{name}");
        let words = format!("had mode {given:03o}, and has 600 from now on");
        assert!(server.says(&words), "{name}: {}", server.stderr());
        assert_eq!(log_in(&server, "user1", "password1").status, 200, "{name}");
        assert_eq!(
            mode(&home.database().with_extension("db-wal")),
            0o600,
            "{name}"
        );
    }
    let server = home.start(&[], &[SECRET]).unwrap();
    assert!(!server.stderr().contains("had mode"), "{}", server.stderr());
}

#[test]
fn a_signal_before_it_listens_ends_it_at_once() {
    // It accepts connections and never answers.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("postgres://{}/auth", silent.local_addr().unwrap());
    for signal in ["INT", "TERM"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_handstamp"))
            .args(["--listen", "127.0.0.1:0", "--database", &url])
            .env(SECRET.0, SECRET.1)
            .env_remove("REDIS_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (_connection, _) = silent.accept().unwrap();
        let start = Instant::now();
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = child.wait().expect("it was started");
        assert_eq!(status.code(), Some(0), "{signal}");
        assert!(start.elapsed() < Duration::from_secs(2), "{signal}");
    }
}

#[test]
fn a_signal_closes_the_database() {
    // Sessions are in Redis, because their SQLite store closes its file in the background.
    let (home, redis) = (Home::new(), Redis::start());
    let server = home.start(&["--redis", &redis.url()], &[]).unwrap();
    assert_eq!(log_in(&server, "user1", "password1").status, 200);
    let log = home.database().with_extension("db-wal");
    assert!(log.exists());
    assert_eq!(server.stop("INT"), Some(0));
    assert!(
        !log.exists(),
        "SQLite removes it when the last connection is closed"
    );
}

#[test]
fn health_needs_no_token() {
    let home = Home::new();
    let server = home.start(&[], &[]).unwrap();
    for (path, body) in [
        ("/healthz", json!({"status": "ok"})),
        ("/readyz", json!({"database": "ok", "sessions": "ok"})),
    ] {
        let reply = server.send(&Request::new("GET", path));
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.json(), body, "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
    }
}
