//! Connections: how long an idle one lasts, how many there are, and what keeps none of them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test panics")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::{Request, Server, outlasts_idle_connections};

use crate::service::{Home, PROGRAM, Service, login};

/// Proxies keep idle connections for a minute and more. One that the server closed meanwhile is a
/// 502 for the next user.
#[test]
fn an_idle_connection_outlives_the_time_for_half_a_head() {
    let server = Service::start(&[], &[]).unwrap();
    let address = server.address();
    let half = thread::spawn(move || half_a_head(address, b""));
    // After a first request, the time counts from the first byte of the second.
    let second = thread::spawn(move || half_a_head(address, WHOLE));
    let mut idle = connect(address);
    assert_eq!(ask(&mut idle), "HTTP/1.1 200");
    thread::sleep(Duration::from_secs(33));
    assert_eq!(ask(&mut idle), "HTTP/1.1 200", "a proxy's next request");
    for (name, ended) in [("the first head", half), ("the second head", second)] {
        let after = ended.join().unwrap();
        assert!(
            (29..33).contains(&after.as_secs()),
            "{name}: closed after {after:?}"
        );
    }
}

/// Sends half of a head after these bytes, and returns when the server has closed the connection.
fn half_a_head(address: SocketAddr, before: &[u8]) -> Duration {
    let mut stream = connect(address);
    if !before.is_empty() {
        assert_eq!(ask(&mut stream), "HTTP/1.1 200");
    }
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: local")
        .unwrap();
    let start = Instant::now();
    assert_eq!(stream.read(&mut [0; 64]).unwrap(), 0);
    start.elapsed()
}

/// Sends a request and returns the beginning of its answer.
fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(WHOLE).unwrap();
    let mut answer = [0; 4096];
    let count = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(answer.get(..count.min(12)).unwrap()).into_owned()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    stream
}

#[test]
fn idle_connections_keep_no_user_out() {
    let home = Home::new();
    let folder = home.path().to_str().unwrap();
    let settings = [
        ("XDG_STATE_HOME", folder),
        ("DATABASE_URL", ""),
        ("REDIS_URL", ""),
    ];
    outlasts_idle_connections(
        PROGRAM,
        &settings,
        &login("user1", "password1"),
        Duration::from_secs(3),
    );
}

#[test]
fn more_connections_than_there_is_room_for_are_served_in_turn() {
    let server = Service::start(&[], &[]).unwrap();
    let idle: Vec<TcpStream> = (0..600).map(|_| connect(server.address())).collect();
    let start = Instant::now();
    assert_eq!(server.send(&Request::new("GET", "/healthz")).status, 200);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    // Those that have been idle for the longest time were closed.
    for (name, stream, is_open) in [
        ("the first", &idle[0], false),
        ("the last", &idle[599], true),
    ] {
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        let read = { stream }.read(&mut [0; 8]);
        assert_eq!(read.is_err(), is_open, "{name}: {read:?}");
    }
}

#[test]
fn a_request_names_one_host() {
    let server = Service::start(&[], &[]).unwrap();
    for (name, version, hosts, status) in [
        ("one", "1.1", "host: localhost\r\n", 200),
        ("none", "1.1", "", 400),
        ("two", "1.1", "host: localhost\r\nhost: localhost\r\n", 400),
        (
            "two that differ",
            "1.1",
            "host: localhost\r\nhost: evil.example\r\n",
            400,
        ),
        ("none, by HTTP/1.0", "1.0", "", 200),
        (
            "two, by HTTP/1.0",
            "1.0",
            "host: localhost\r\nhost: evil.example\r\n",
            400,
        ),
    ] {
        let head = format!("GET /healthz HTTP/{version}\r\nconnection: close\r\n{hosts}\r\n");
        assert_eq!(reply(&server, &head), status, "{name}");
    }
}

fn reply(server: &Server, head: &str) -> u16 {
    match server.send_raw(head.as_bytes()) {
        Ok(reply) => reply.status,
        Err(error) => panic!("{head}: {error}"),
    }
}

const WHOLE: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
