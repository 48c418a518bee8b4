//! Ctrl-C and SIGTERM end the program with status 0, whatever its clients do.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use handstamp_conformance::Request;

use crate::service::Service;

#[test]
fn both_signals_end_it_at_once() {
    for signal in ["INT", "TERM"] {
        let server = start();
        assert_eq!(server.send(&Request::new("GET", "/")).status, 200);
        let begin = Instant::now();
        assert_eq!(server.stop(signal), Some(0), "{signal}");
        assert!(begin.elapsed() < Duration::from_secs(3), "{signal}");
    }
}

#[test]
fn an_idle_connection_does_not_delay_the_end() {
    let server = start();
    let mut idle = TcpStream::connect(server.address()).unwrap();
    idle.write_all(b"GET /nowhere HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
    let begin = Instant::now();
    assert_eq!(server.stop("TERM"), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(3));
}

#[test]
fn an_unfinished_request_does_not_delay_the_end() {
    let servers = ["INT", "TERM"].map(|signal| {
        thread::spawn(move || {
            let server = start();
            let mut clients = Vec::new();
            for start in [
                "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{",
                "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
                "GET / HTTP/1.1\r\nhost: local",
                "",
            ] {
                let mut client = TcpStream::connect(server.address()).unwrap();
                client.write_all(start.as_bytes()).unwrap();
                clients.push(client);
            }
            assert_eq!(server.send(&Request::new("GET", "/")).status, 200);
            let begin = Instant::now();
            assert_eq!(server.stop(signal), Some(0), "{signal}");
            assert!(begin.elapsed() < Duration::from_secs(9), "{signal}");
        })
    });
    for server in servers {
        server.join().expect("both signals end it");
    }
}

fn start() -> Service {
    Service::start(&[], &[]).unwrap()
}
