//! What an operator reads: when the server starts, and when it refuses something.

use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::Request;
use handstamp_conformance::services::Postgres;

use crate::service::{Browser, Home, Service, log_in, login};

const SECRET: (&str, &str) = (
    "JWT_SECRET_KEY",
    "a secret of the tests, longer than thirty-two bytes",
);

#[test]
fn a_start_that_others_can_reach_without_a_public_origin_is_warned_about() {
    const WARNING: &str =
        "other hosts can reach this server, and HANDSTAMP_PUBLIC_ORIGIN is not set";
    let origin = ("HANDSTAMP_PUBLIC_ORIGIN", "https://login.example.com");
    let plain = ("JWT_COOKIE_SECURE", "false");
    for (sentence, listen, settings, expected) in [
        ("all interfaces", "0.0.0.0:0", &[][..], 1),
        (
            "all interfaces, in a closed network",
            "0.0.0.0:0",
            &[plain],
            1,
        ),
        ("all interfaces, with an origin", "0.0.0.0:0", &[origin], 0),
        ("this host alone", "127.0.0.1:0", &[], 0),
    ] {
        let server = Service::start(&["--listen", listen], settings).unwrap();
        let lines = lines_of_the_start(&server);
        assert_eq!(
            lines.matches(WARNING).count(),
            expected,
            "{sentence}: {lines}"
        );
    }
}

#[test]
fn a_page_of_another_origin_is_named_with_the_setting_and_fills_no_log() {
    let home = Home::new();
    home.add_user("alice", "correct horse");
    for (sentence, settings, expected) in [
        (
            "no origin is set",
            &[][..],
            "HANDSTAMP_PUBLIC_ORIGIN is not set",
        ),
        (
            "another origin is set",
            &[("HANDSTAMP_PUBLIC_ORIGIN", "https://login.example.com")],
            "HANDSTAMP_PUBLIC_ORIGIN is https://login.example.com",
        ),
    ] {
        let server = home.start(&["--listen", "0.0.0.0:0"], settings).unwrap();
        let opened = login("alice", "correct horse").header("origin", "http://nas.lan:8000");
        // A proxy that names itself in Host.
        for _ in 0..30 {
            let reply = server.send(&opened.clone().header("host", "backend:8000"));
            assert_eq!(reply.status, 403, "{sentence}: {reply:?}");
        }
        let line = format!(
            "WARN handstamp::refusals: request refused code=\"origin_not_allowed\" \
             stated=\"Origin is http://nas.lan:8000; {expected}\" \
             help=\"if browsers open this service at that Origin, set HANDSTAMP_PUBLIC_ORIGIN to it"
        );
        assert!(server.says(&line), "{sentence}: {}", server.stderr());
        let lines = server.stderr();
        assert_eq!(
            lines.matches("request refused").count(),
            10,
            "{sentence}: {lines}"
        );
    }
}

#[test]
fn too_many_attempts_are_logged_with_the_address_and_fill_no_log() {
    let server = Service::start(&[], &[]).unwrap();
    for _ in 0..50 {
        log_in(&server, "user1", "wrong");
    }
    let line = "INFO log_in{address=127.0.0.1}: handstamp::refusals: request refused code=\"rate_limited\" retry_after=";
    assert!(server.says(line), "{}", server.stderr());
    let lines = server.stderr();
    assert_eq!(lines.matches("rate_limited").count(), 10, "{lines}");
}

#[test]
fn the_log_names_users_if_the_setting_says_so() {
    for (sentence, settings, expected) in [
        ("by default a hash", &[][..], "account=#"),
        (
            "the name",
            &[("HANDSTAMP_LOG_SUBJECTS", "true")],
            "account=user1 ",
        ),
    ] {
        let server = Service::start(&[], settings).unwrap();
        Browser::logged_in(&server, "user1", "password1");
        let line = format!("session kind=LoggedIn {expected}");
        assert!(server.says(&line), "{sentence}: {}", server.stderr());
    }
}

#[test]
fn a_refusal_is_explained_at_debug_by_its_target() {
    let filter = [("RUST_LOG", "info,handstamp::refusals=debug")];
    let server = Service::start(&[], &filter).unwrap();
    assert_eq!(server.send(&Request::new("GET", "/protected")).status, 401);
    let line = "DEBUG handstamp::refusals: request refused code=\"missing_token\" reason=";
    assert!(server.says(line), "{}", server.stderr());
}

/// Where a password may stand in a body that cannot be read.
#[test]
fn no_refusal_of_a_body_repeats_what_was_sent() {
    const CANARY: &str = "canary-in-a-body";
    let server = Service::start(&[], &[("RUST_LOG", "info,handstamp::refusals=debug")]).unwrap();
    for (sentence, body) in [
        (
            "encoded twice",
            format!(r#""{{\"password\":\"{CANARY}\"}}""#),
        ),
        ("a list", format!(r#"["{CANARY}"]"#)),
        (
            "a name of another type",
            format!(r#"{{"username":["{CANARY}"],"password":"x"}}"#),
        ),
        (
            "a choice of another type",
            format!(r#"{{"username":"x","password":"x","remember":"{CANARY}"}}"#),
        ),
        (
            "text after its end",
            format!(r#"{{"username":"x","password":"x"}} {CANARY}"#),
        ),
        ("no JSON", CANARY.to_owned()),
        ("another member", format!(r#"{{"{CANARY}":"x"}}"#)),
    ] {
        let request = Request::new("POST", "/login").header("content-type", "application/json");
        let reply = server.send(&request.body(&body));
        assert!([400, 422].contains(&reply.status), "{sentence}: {reply:?}");
        assert!(!reply.body.contains(CANARY), "{sentence}: {reply:?}");
    }
    assert!(server.says("request refused code=\"invalid_body\""));
    assert!(!server.stderr().contains(CANARY), "{}", server.stderr());
}

#[test]
fn a_filter_that_cannot_be_read_is_said() {
    let server = Service::start(&[], &[("RUST_LOG", "handstamp=loud")]).unwrap();
    let lines = lines_of_the_start(&server);
    let line = "RUST_LOG is no filter, so info,sqlx=warn is used";
    assert!(lines.contains(line), "{lines}");
    assert!(lines.contains(" INFO "), "{lines}");
}

#[test]
fn a_redis_that_is_down_is_named_at_the_start() {
    // It takes connections, and answers none.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    for (sentence, server, cause) in [
        ("nothing listens", "127.0.0.1:1", "Connection refused"),
        ("it does not answer", &silent, "no connection in time"),
    ] {
        let url = format!("redis://u:swordfish@{server}/");
        let start = Instant::now();
        let service = Service::start(&["--redis", &url], &[]).unwrap();
        let took = start.elapsed();
        assert!(took < Duration::from_secs(5), "{sentence}: {took:?}");
        let lines = lines_of_the_start(&service);
        let warning =
            format!("the sessions in redis://{server}/0 cannot be used: log-ins and requests");
        assert!(lines.contains(&warning), "{sentence}: {lines}");
        let line = lines.lines().find(|line| line.contains(&warning)).unwrap();
        assert!(
            line.contains(" WARN ") && line.contains(cause),
            "{sentence}: {line}"
        );
        assert!(!lines.contains("swordfish"), "{sentence}: {lines}");
        assert_eq!(
            log_in(&service, "user1", "password1").status,
            503,
            "{sentence}"
        );
    }
}

/// The driver by itself says that a pool timed out.
#[test]
fn why_postgresql_cannot_be_reached_is_said_at_the_start_and_later() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    let home = Home::new();
    for (sentence, server, cause) in [
        (
            "nothing listens",
            "127.0.0.1:1",
            "Connection refused (os error 111)",
        ),
        ("it does not answer", &silent, "timed out"),
    ] {
        let url = format!("postgres://u:swordfish@{server}/auth");
        let refusal = home.start(&["--database", &url], &[SECRET]).unwrap_err();
        let line = format!(
            "handstamp: the database postgres://{server}/auth: error communicating with database: {cause}"
        );
        assert!(
            refusal.stderr.contains(&line),
            "{sentence}: {}",
            refusal.stderr
        );
        assert!(
            !refusal.stderr.contains("swordfish"),
            "{sentence}: {}",
            refusal.stderr
        );
    }

    let mut postgres = Postgres::start();
    let server = home
        .start(&["--database", &postgres.url()], &[SECRET])
        .unwrap();
    assert_eq!(log_in(&server, "user1", "password1").status, 200);
    postgres.kill();
    for _ in 0..2 {
        assert_eq!(log_in(&server, "user1", "password1").status, 503);
        thread::sleep(Duration::from_millis(100));
    }
    let line = "request refused code=\"store_unavailable\" error=the store did not answer: error communicating with database: \
                Connection refused (os error 111)";
    assert!(server.says(line), "{}", server.stderr());
    assert!(
        !server.stderr().contains(postgres.password()),
        "{}",
        server.stderr()
    );
}

/// Waits for the last line that each start logs.
fn lines_of_the_start(server: &Service) -> String {
    assert!(server.says("are kept in"), "{}", server.stderr());
    server.stderr()
}
