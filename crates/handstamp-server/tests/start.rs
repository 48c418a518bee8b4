//! How the program starts, and how it reports that it cannot.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::net::{Ipv4Addr, TcpListener};
use std::process::Output;

use handstamp_conformance::{Refusal, Request};

use crate::service::{Browser, Home, Service, granted};

#[test]
fn help_names_every_argument_and_the_demo_users() {
    let output = run(&["--help"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for word in [
        "--listen",
        "--database",
        "DATABASE_URL",
        "--redis",
        "REDIS_URL",
        "/readyz",
        "--trusted-proxy",
        "--public-origin",
        "--no-demo",
        "user",
        "config",
        "completions",
        "--help",
        "--version",
        "PORT",
        "8000",
        "JWT_*",
        "user1/password1",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn version_is_the_version_of_the_crate() {
    let output = run(&["--version"]);
    let expected = format!("handstamp {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn an_invalid_argument_is_status_2() {
    for arguments in [
        &["--lisen", "127.0.0.1:0"][..],
        &["--listen", "localhost"],
        &["serve"],
        &["users", "list"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(
            text.contains(arguments[0]) || text.contains("--listen"),
            "{text}"
        );
    }
}

#[test]
fn a_command_that_there_is_not_is_answered_with_what_there_is() {
    for (command, tip) in [
        ("serve", "`handstamp` without a command serves"),
        ("users", "similar subcommand exists: 'user'"),
    ] {
        let text = String::from_utf8(run(&[command]).stderr).unwrap();
        assert!(text.contains(tip), "{command}: {text}");
    }
}

#[test]
fn a_server_that_could_log_no_user_in_does_not_start() {
    for locations in ["headers", r#"["headers", "query"]"#] {
        let refusal = start(&[], &[("JWT_TOKEN_LOCATION", locations)]).unwrap_err();
        assert_eq!(refusal.status, Some(2), "{refusal:?}");
        assert!(refusal.stderr.contains("Add cookies"), "{refusal:?}");
    }
    let both = start(&[], &[("JWT_TOKEN_LOCATION", "headers,cookies")]).unwrap();
    assert_eq!(both.send(&login()).status, 200);
}

#[test]
fn port_0_takes_a_free_port() {
    let server = start(&["--listen", "127.0.0.1:0"], &[]).unwrap();
    assert!(server.address().ip().is_loopback());
    assert_ne!(server.address().port(), 0);
    assert_eq!(server.send(&Request::new("GET", "/")).status, 200);
}

#[test]
fn it_listens_on_port() {
    let port = free_port().to_string();
    let server = start(&[], &[("PORT", &port)]).unwrap();
    assert_eq!(server.address().to_string(), format!("127.0.0.1:{port}"));
}

/// A file of variables that leaves `PORT=` empty does not set it, as with every other variable.
#[test]
fn an_empty_port_is_not_set() {
    // Where another program has port 8000, the message names it.
    match start(&[], &[("PORT", "")]) {
        Ok(server) => assert_eq!(server.address().port(), 8000),
        Err(refusal) => assert!(refusal.stderr.contains("127.0.0.1:8000"), "{refusal:?}"),
    }
}

#[test]
fn it_listens_on_a_name_or_a_port() {
    let port = free_port().to_string();
    let name = format!("localhost:{port}");
    for argument in [&port, &name] {
        let server = start(&["--listen", argument], &[]).unwrap();
        assert_eq!(server.address().to_string(), format!("127.0.0.1:{port}"));
        assert_eq!(server.stop("TERM"), Some(0));
    }
}

#[test]
fn the_public_origin_of_the_command_line_is_that_of_the_environment() {
    let origin = "https://app.example.com";
    let settings = [("HANDSTAMP_PUBLIC_ORIGIN", origin)];
    for (name, settings) in [("alone", &[][..]), ("the same twice", &settings)] {
        let server = start(&["--public-origin", origin], settings).unwrap();
        let warning = "--public-origin is given: the demo users do not exist";
        assert!(server.says(warning), "{name}: {}", server.stderr());
        let reply = server.send(&login().header("origin", "https://evil.example.com"));
        assert_eq!(reply.status, 403, "{name}: {reply:?}");
        assert!(
            reply.header("strict-transport-security").is_some(),
            "{name}"
        );
    }
}

#[test]
fn an_address_of_another_host_is_reported() {
    let refusal = start(&["--listen", "192.0.2.1:8000"], &[]).unwrap_err();
    assert_eq!(refusal.status, Some(1));
    let said = "this host does not have that address. Give another one with --listen";
    assert!(refusal.stderr.contains(said), "{}", refusal.stderr);
}

#[test]
fn listen_wins_over_port() {
    let port = free_port().to_string();
    let server = start(&["--listen", "127.0.0.1:0"], &[("PORT", &port)]).unwrap();
    assert_ne!(server.address().port().to_string(), port);
}

#[test]
fn an_invalid_port_is_status_2() {
    for port in ["http", "65536", "-1", "80 "] {
        let refusal = start(&[], &[("PORT", port)]).unwrap_err();
        assert_eq!(refusal.status, Some(2), "{port:?}: {refusal:?}");
        let message = format!("handstamp: PORT={port:?}: not a number from 0 to 65535\n");
        assert!(refusal.stderr.ends_with(&message), "{}", refusal.stderr);
    }
}

#[test]
fn a_taken_port_is_reported() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = start(&["--listen", &address], &[]).unwrap_err();
    assert_eq!(refusal.status, Some(1));
    let message = format!(
        "another program listens on {address}; stop it, or choose another port with --listen"
    );
    assert!(refusal.stderr.contains(&message), "{}", refusal.stderr);
}

#[test]
fn all_problems_of_the_configuration_are_reported_at_once() {
    let refusal = start(
        &[],
        &[
            ("JWT_SECRET_KEY", "a secret too short"),
            ("JWT_ACCESS_TOKEN_EXPIRES", "soon"),
            ("JWT_COOKIE_SAMESITE", "sometimes"),
            ("JWT_COOKIE_SECUR", "true"),
            ("HANDSTAMP_ERROR_STYL", "authx"),
            ("JWT_ACCESS_COOKIE_NAME", "a b"),
        ],
    )
    .unwrap_err();
    assert_eq!(refusal.status, Some(2));
    for word in [
        "6 problems",
        "JWT_SECRET_KEY: the secret has 18 bytes",
        "JWT_ACCESS_TOKEN_EXPIRES",
        "soon",
        "JWT_COOKIE_SAMESITE",
        "sometimes",
        "JWT_COOKIE_SECURE",
        "HANDSTAMP_ERROR_STYLE",
        "JWT_ACCESS_COOKIE_NAME",
    ] {
        assert!(refusal.stderr.contains(word), "{word}: {}", refusal.stderr);
    }
    assert!(
        !refusal.stderr.contains("a secret too short"),
        "{}",
        refusal.stderr
    );
}

#[test]
fn a_wrong_configuration_is_found_before_a_taken_port() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = start(&["--listen", &address], &[("JWT_ALGORITHM", "none")]).unwrap_err();
    assert_eq!(refusal.status, Some(2), "{refusal:?}");
}

#[test]
fn each_home_has_a_random_secret_of_its_own() {
    let server = start(&[], &[]).unwrap();
    assert!(
        server.says("JWT_SECRET_KEY is not set: a random key was created in"),
        "{}",
        server.stderr()
    );
    let other = start(&[], &[]).unwrap();
    let browser = Browser::logged_in(&other, "user1", "password1");
    assert_eq!(browser.protected(&other), granted());
    assert_eq!(
        browser.protected(&server).0,
        401,
        "each home has its own secret"
    );
}

#[test]
fn a_secret_that_is_set_is_not_replaced() {
    let secret = [(
        "JWT_SECRET_KEY",
        "a secret of the tests, longer than thirty-two bytes",
    )];
    // Both use the same database, which has the session.
    let home = Home::new();
    let start = || home.start(&[], &secret).unwrap();
    let (one, other) = (start(), start());
    let browser = Browser::logged_in(&one, "user1", "password1");
    assert_eq!(browser.protected(&other), granted());
    assert!(!one.stderr().contains("random"), "{}", one.stderr());
}

#[test]
fn on_a_public_address_there_are_no_demo_users() {
    let secret = [(
        "JWT_SECRET_KEY",
        "a secret of the tests, longer than thirty-two bytes",
    )];
    for address in ["0.0.0.0:0", "[::]:0"] {
        let Ok(server) = start(&["--listen", address], &secret) else {
            assert_eq!(address, "[::]:0", "only IPv6 may be missing on a host");
            continue;
        };
        let warning =
            "is not a loopback address: the demo users do not exist, and no user can log in";
        assert!(server.says(warning), "{}", server.stderr());
        let reply = server.send(&login());
        assert_eq!(reply.status, 401, "{reply:?}");
        assert_eq!(reply.header("set-cookie"), None);
    }
}

#[test]
fn behind_a_public_origin_there_are_no_demo_users() {
    let origin = [("HANDSTAMP_PUBLIC_ORIGIN", "https://app.example.com")];
    let server = start(&[], &origin).unwrap();
    let warning = "HANDSTAMP_PUBLIC_ORIGIN is set: the demo users do not exist";
    assert!(server.says(warning), "{}", server.stderr());
    assert_eq!(server.send(&login()).status, 401);
    let reply = server.send(&log_out());
    assert_eq!(reply.all("set-cookie").count(), 4);
    assert!(
        reply
            .all("set-cookie")
            .all(|line| line.ends_with("; Secure"))
    );
}

#[test]
fn on_a_public_address_cookies_are_secure() {
    let deletions = |arguments: &[&str], settings: &[(&str, &str)]| -> Vec<String> {
        let server = start(arguments, settings).unwrap();
        let reply = server.send(&log_out());
        reply.all("set-cookie").map(str::to_owned).collect()
    };
    let secure = |lines: &[String]| {
        lines
            .iter()
            .filter(|line| line.ends_with("; Secure"))
            .count()
    };
    assert_eq!(secure(&deletions(&["--listen", "0.0.0.0:0"], &[])), 4);
    assert_eq!(secure(&deletions(&[], &[])), 0, "plain HTTP on loopback");
    assert_eq!(
        secure(&deletions(&[], &[("JWT_COOKIE_SECURE", "true")])),
        4,
        "the environment wins"
    );
}

/// Browsers drop a Secure cookie that comes over plain HTTP, so a log-in would log no one in.
#[test]
fn secure_cookies_over_plain_http_are_warned_about() {
    let public = ["--listen", "0.0.0.0:0"];
    let said = "over plain HTTP from another host browsers keep none";
    for (name, arguments, settings, warns) in [
        ("a public address", &public[..], &[][..], true),
        ("loopback", &[], &[], false),
        (
            "a public origin",
            &public,
            &[("HANDSTAMP_PUBLIC_ORIGIN", "https://auth.example.com")],
            false,
        ),
        (
            "a closed network",
            &public,
            &[("JWT_COOKIE_SECURE", "false")],
            false,
        ),
    ] {
        let server = start(arguments, settings).unwrap();
        assert!(server.says("users and sessions are kept in"), "{name}");
        assert_eq!(server.stderr().contains(said), warns, "{name}");
    }
}

#[test]
fn an_empty_log_filter_hides_nothing() {
    let server = start(&[], &[("RUST_LOG", "")]).unwrap();
    assert!(server.says("users and sessions are kept in"));
}

/// A log-out with an invalid cookie: there is something to delete, and no session to end.
fn log_out() -> Request {
    Request::new("POST", "/logout").header("cookie", "access_token_cookie=x")
}

fn login() -> Request {
    crate::service::login("user1", "password1")
}

fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Result<Service, Refusal> {
    Service::start(arguments, settings)
}

fn run(arguments: &[&str]) -> Output {
    Home::new().run(arguments, "")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// As Kubernetes gives them to each container of a namespace that has a Service of our name.
#[test]
fn variables_of_a_service_that_is_named_like_us_are_no_settings() {
    let links = [
        ("HANDSTAMP_SERVICE_HOST", "10.0.0.1"),
        ("HANDSTAMP_SERVICE_PORT", "80"),
        ("HANDSTAMP_PORT", "tcp://10.0.0.1:80"),
        ("HANDSTAMP_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("HANDSTAMP_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("HANDSTAMP_PORT_80_TCP_PORT", "80"),
        ("HANDSTAMP_PORT_80_TCP_PROTO", "tcp"),
    ];
    let server = start(&[], &links).unwrap();
    assert!(
        !server.stderr().contains("no setting"),
        "{}",
        server.stderr()
    );
}
