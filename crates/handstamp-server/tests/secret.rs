//! The signing key that is kept.

mod service;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use handstamp_conformance::{Jar, Request, Server};

use crate::service::{Home, log_in};

fn status_with(server: &Server, jar: &Jar) -> u16 {
    server
        .send(&Request::new("GET", "/protected").header("cookie", jar.header()))
        .status
}

#[test]
fn a_restart_logs_nobody_out() {
    let home = Home::new();
    let mut jar = Jar::default();
    let server = home.start(&[], &[]).unwrap();
    jar.store(&log_in(&server, "user1", "password1"));
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home.start(&[], &[]).unwrap();
    assert!(
        server.says("JWT_SECRET_KEY is not set: the one kept in"),
        "{}",
        server.stderr()
    );
    assert_eq!(status_with(&server, &jar), 200);
    let key = fs::read_to_string(home.secret()).unwrap();
    assert!(!server.stderr().contains(key.trim()), "{}", server.stderr());
}

#[test]
fn servers_that_start_at_once_have_one_key() {
    let home = Home::new();
    let servers: Vec<Server> = thread::scope(|scope| {
        let start = || home.start(&[], &[]).unwrap();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut jar = Jar::default();
    jar.store(&log_in(&servers[0], "user1", "password1"));
    for server in &servers {
        assert_eq!(status_with(server, &jar), 200, "{}", server.stderr());
    }
}

#[test]
fn a_key_of_the_settings_is_used_and_none_is_kept() {
    let home = Home::new();
    let key = "a secret of the tests, longer than thirty-two bytes";
    let server = home.start(&[], &[("JWT_SECRET_KEY", key)]).unwrap();
    let mut jar = Jar::default();
    jar.store(&log_in(&server, "user1", "password1"));
    assert!(!home.secret().exists());
    drop(server);
    // The file that is kept may become the setting: both are read in the same way.
    let server = home.start(&[], &[]).unwrap();
    assert_eq!(status_with(&server, &jar), 401);
    jar.store(&log_in(&server, "user1", "password1"));
    let file = home.secret();
    let elsewhere = Home::new();
    let setting = [("JWT_SECRET_KEY_FILE", file.to_str().unwrap())];
    let server = elsewhere.start(&[], &setting).unwrap();
    assert_eq!(server.send(&Request::new("GET", "/healthz")).status, 200);
    assert!(!elsewhere.secret().exists());
}

#[test]
fn a_key_that_others_can_read_stops_the_start() {
    let home = Home::new();
    drop(home.start(&[], &[]).unwrap());
    fs::set_permissions(home.secret(), fs::Permissions::from_mode(0o640)).unwrap();
    let refusal = home.start(&[], &[]).unwrap_err();
    assert_eq!(refusal.status, Some(2));
    let cure = format!("chmod 600 {}", home.secret().display());
    assert!(refusal.stderr.contains(&cure), "{}", refusal.stderr);
}

#[test]
fn with_postgres_the_key_must_be_a_setting() {
    // No server is asked: nothing listens on port 1.
    let home = Home::new();
    let url = "postgres://somebody:swordfish@127.0.0.1:1/auth";
    let refusal = home.start(&["--database", url], &[]).unwrap_err();
    assert_eq!(refusal.status, Some(2), "{}", refusal.stderr);
    for words in ["JWT_SECRET_KEY is not set", "openssl rand -hex 32"] {
        assert!(
            refusal.stderr.contains(words),
            "{words}: {}",
            refusal.stderr
        );
    }
    assert!(!refusal.stderr.contains("swordfish"), "{}", refusal.stderr);
}
