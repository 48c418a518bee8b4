//! Server-sent events over a real connection.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use handstamp_conformance::{Jar, Request, Server};
use serde_json::json;

#[test]
fn an_event_comes_to_who_listens() {
    let (server, jar) = logged_in(&[]);
    let mut events = listen(&server, &jar);
    let csrf = jar.get("csrf_access_token").unwrap();
    let say = Request::new("POST", "/events").header("cookie", jar.header());
    let said = server.send(&say.header("x-csrf-token", csrf).body("news"));
    assert_eq!(said.status, 204);
    let mut line = String::new();
    while !line.contains("data:") {
        line.clear();
        assert!(
            events.read_line(&mut line).unwrap() > 0,
            "the stream has ended"
        );
    }
    assert_eq!(line, "data: news\n");
}

#[test]
fn the_stream_ends_with_the_token() {
    for (row, settings, logs_out) in [
        ("it expires", [("JWT_ACCESS_TOKEN_EXPIRES", "1")], false),
        ("a log-out", [("JWT_ACCESS_TOKEN_EXPIRES", "60")], true),
    ] {
        let (server, jar) = logged_in(&settings);
        let mut events = listen(&server, &jar);
        if logs_out {
            let csrf = jar.get("csrf_access_token").unwrap();
            let request = Request::new("POST", "/logout").header("cookie", jar.header());
            assert_eq!(
                server.send(&request.header("x-csrf-token", csrf)).status,
                204
            );
        }
        let start = Instant::now();
        let mut rest = String::new();
        events.read_to_string(&mut rest).unwrap();
        assert!(start.elapsed() < Duration::from_secs(8), "{row}");
        assert!(
            rest.ends_with("0\r\n\r\n"),
            "{row}: it breaks off: {rest:?}"
        );
    }
}

#[test]
fn without_a_token_there_is_no_stream() {
    let (server, _) = logged_in(&[]);
    let refused = server.send(&Request::new("GET", "/events"));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (401, &json!("missing_token"))
    );
}

fn logged_in(settings: &[(&str, &str)]) -> (Server, Jar) {
    let secret = "a secret of the tests, longer than thirty-two bytes";
    let mut all = vec![("JWT_SECRET_KEY", secret)];
    all.extend_from_slice(settings);
    let server = Server::start(env!("CARGO_BIN_EXE_events"), &[], &all).unwrap();
    let form = json!({"username": "user1", "password": "password1"});
    let reply = server.send(&Request::new("POST", "/login").json(&form));
    assert_eq!(reply.status, 204, "{reply:?}");
    let mut jar = Jar::default();
    jar.store(&reply);
    (server, jar)
}

/// The rest of the answer, behind its head.
fn listen(server: &Server, jar: &Jar) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let head = format!(
        "GET /events HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\nconnection: close\r\n\r\n",
        jar.header()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("text/event-stream"), "{head}");
    assert!(head.contains("x-accel-buffering: no"), "{head}");
    reader
}
