//! The signing key that is kept next to the database.

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
fn a_restart_logs_no_user_out() {
    let home = Home::new();
    let mut jar = Jar::default();
    let server = home.start(&[], &[]).unwrap();
    jar.store(&log_in(&server, "user1", "password1"));
    assert_eq!(server.stop("TERM"), Some(0));
    let server = home.start(&[], &[]).unwrap();
    assert!(
        server.says("JWT_SECRET_KEY is not set: the key in"),
        "{}",
        server.stderr()
    );
    assert_eq!(status_with(&server, &jar), 200);
    let key = fs::read_to_string(home.secret()).unwrap();
    assert!(!server.stderr().contains(key.trim()), "{}", server.stderr());
}

#[test]
fn servers_that_start_at_once_have_the_same_key() {
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
fn a_key_in_the_settings_is_used_and_none_is_kept() {
    let home = Home::new();
    let key = "a secret of the tests, longer than thirty-two bytes";
    let server = home.start(&[], &[("JWT_SECRET_KEY", key)]).unwrap();
    let mut jar = Jar::default();
    jar.store(&log_in(&server, "user1", "password1"));
    assert!(!home.secret().exists());
    drop(server);
    // The file may become the setting, because both are read in the same way.
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
fn a_kept_key_that_cannot_be_used_stops_the_start() {
    let home = Home::new();
    drop(home.start(&[], &[]).unwrap());
    let path = home.secret().display().to_string();
    let hs512 = [("JWT_ALGORITHM", "HS512")];
    let short = "0123456789abcdef0123456789abcde";
    let medium = "0123456789abcdef0123456789abcdef";
    for (name, content, mode, settings, words) in [
        (
            "the group can read it",
            medium,
            0o640,
            &[][..],
            [format!("chmod 600 {path}"), "has mode 640".to_owned()],
        ),
        (
            "31 bytes",
            short,
            0o600,
            &[],
            [
                "the secret has 31 bytes and HS256 needs at least 32".to_owned(),
                format!("The key is the one in {path}. Remove the file"),
            ],
        ),
        (
            "too short for the algorithm",
            medium,
            0o600,
            &hs512,
            [
                "the secret has 32 bytes and HS512 needs at least 64".to_owned(),
                format!("The key is the one in {path}. Remove the file"),
            ],
        ),
    ] {
        fs::write(home.secret(), content).unwrap();
        fs::set_permissions(home.secret(), fs::Permissions::from_mode(mode)).unwrap();
        let refusal = home.start(&[], settings).unwrap_err();
        assert_eq!(refusal.status, Some(2), "{name}");
        for words in words {
            assert!(
                refusal.stderr.contains(&words),
                "{name}: {}",
                refusal.stderr
            );
        }
        assert!(
            !refusal.stderr.contains(short),
            "{name}: {}",
            refusal.stderr
        );
    }
}

#[test]
fn with_postgres_the_key_must_be_a_setting() {
    // No server is contacted: none listens on port 1.
    let home = Home::new();
    let url = "postgres://user:swordfish@127.0.0.1:1/auth";
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
