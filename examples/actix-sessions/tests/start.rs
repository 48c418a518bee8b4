//! The program itself: what it says when it cannot start, and how it stops.

#![allow(clippy::unwrap_used, reason = "a failing test panics")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const SECRET: &str = "a secret of the tests, longer than thirty-two bytes";

fn program(test: &str) -> Command {
    let database = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}.db"));
    let mut program = Command::new(env!("CARGO_BIN_EXE_actix-sessions"));
    program
        .env_clear()
        .env("DATABASE", database)
        .env("LISTEN", "127.0.0.1:0");
    program
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    for (case, settings, cure) in [
        (
            "no secret",
            &[][..],
            "export JWT_SECRET_KEY=$(openssl rand -hex 32)",
        ),
        (
            "an address that others reach",
            &[("JWT_SECRET_KEY", SECRET), ("LISTEN", "0.0.0.0:0")],
            "Set HANDSTAMP_PUBLIC_ORIGIN",
        ),
        (
            "no address",
            &[("JWT_SECRET_KEY", SECRET), ("LISTEN", "8000")],
            "LISTEN=8000: use an address and a port, such as 127.0.0.1:8000",
        ),
        (
            "no word",
            &[("JWT_SECRET_KEY", SECRET), ("BEHIND_PROXY", "yes")],
            "BEHIND_PROXY=yes: use true or false",
        ),
        (
            "a proxy without an origin",
            &[("JWT_SECRET_KEY", SECRET), ("BEHIND_PROXY", "true")],
            "BEHIND_PROXY=true: other machines reach this service, so browsers need HTTPS",
        ),
        (
            "no folder",
            &[("JWT_SECRET_KEY", SECRET), ("DATABASE", "/nowhere/x.db")],
            "DATABASE=/nowhere/x.db: No such file",
        ),
    ] {
        let output = program("wrong").envs(settings.iter().copied()).output();
        let output = output.unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{case}: {stderr}");
        assert!(stderr.contains(cure), "{case}: {stderr}");
    }
}

#[test]
fn both_signals_end_it_cleanly() {
    for signal in ["INT", "TERM"] {
        let mut program = program(signal);
        program.env("JWT_SECRET_KEY", SECRET).env("NO_COLOR", "1");
        program.stdout(Stdio::piped());
        let mut child = program.spawn().unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            log.find_map(|line| Some(line.unwrap().split_once("open http://")?.1.to_owned()));
        let address = address.unwrap();
        assert_eq!(get(&address, "/health"), "HTTP/1.1 200 OK");
        // A refusal is logged, and without what the query may have.
        assert_eq!(
            get(&address, "/me?code=s3cret"),
            "HTTP/1.1 401 Unauthorized"
        );
        let kill = [format!("-{signal}"), child.id().to_string()];
        let kill = Command::new("kill").args(kill).status();
        assert!(kill.unwrap().success(), "{signal}");
        let log: Vec<String> = log.map(Result::unwrap).collect();
        let refused = log.iter().find(|line| line.contains("missing_token"));
        assert!(refused.unwrap().contains("/me"), "{log:?}");
        assert!(!log.iter().any(|line| line.contains("s3cret")), "{log:?}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

/// Returns the first line of the answer.
fn get(address: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    BufReader::new(stream).lines().next().unwrap().unwrap()
}

#[test]
fn only_users_become_administrators() {
    let output = program("admin").args(["grant-admin", "ada"]).output();
    let output = output.unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.contains("there is no user ada: sign up first"),
        "{stderr}"
    );
}
