//! Clients that connect and send nothing.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::{Request, Server};

/// Checks that a program which may open 120 files answers within this time while 146 connections
/// are idle, and while 146 have sent half a head.
///
/// # Panics
/// When it does not answer with success.
pub fn outlasts_idle_connections(
    program: &str,
    settings: &[(&str, &str)],
    request: &Request,
    within: Duration,
) {
    for (name, sent) in [
        ("idle", &b""[..]),
        ("half a head", b"GET / HTTP/1.1\r\nhost: local"),
    ] {
        let limited = ["-c", "ulimit -n 120 && exec \"$0\"", program];
        let server = Server::start("/bin/sh", &limited, settings)
            .unwrap_or_else(|refusal| panic!("{program}: {refusal:?}"));
        let idle: Vec<TcpStream> = (0..146)
            .map(|_| {
                let mut stream = TcpStream::connect(server.address()).expect("it listens");
                // The server may have closed it again.
                let _ = stream.write_all(sent);
                stream
            })
            .collect();
        let start = Instant::now();
        let reply = server.send(request);
        assert!(reply.status < 400, "{program}: {name}: {reply:?}");
        let elapsed = start.elapsed();
        assert!(elapsed < within, "{program}: {name}: after {elapsed:?}");
        drop(idle);
    }
}
