//! Bodies that are not JSON, are too large, or never end.

use std::io::Write as _;
use std::net::TcpStream;

use super::{Row, Visitor, row};
use crate::http::Request;
use crate::server::Server;

pub(super) fn bodies(visitor: &Visitor) -> Vec<Row> {
    let mut rows = Vec::new();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (name, body, expected) in [
        ("5,000 lists", deep.clone().into_bytes(), &[400, 422][..]),
        (
            "5,000 open brackets",
            "[".repeat(5_000).into_bytes(),
            &[400, 422],
        ),
        (
            "5,000 open objects",
            r#"{"a":"#.repeat(5_000).into_bytes(),
            &[400],
        ),
        (
            "5,000 lists as username",
            format!(r#"{{"username":{deep},"password":"p"}}"#).into_bytes(),
            &[400, 422],
        ),
        (
            "5,000 lists as an unknown member",
            format!(r#"{{"x":{deep},"username":"a","password":"p"}}"#).into_bytes(),
            &[400, 401],
        ),
        ("NUL", b"\0".to_vec(), &[400]),
        (
            "NUL in a text",
            b"{\"username\":\"user1\0\",\"password\":\"password1\"}".to_vec(),
            &[400],
        ),
        (
            "an escaped NUL",
            br#"{"username":"user1\u0000","password":"password1"}"#.to_vec(),
            &[401],
        ),
        (
            "a lone surrogate",
            br#"{"username":"\ud800","password":"password1"}"#.to_vec(),
            &[400],
        ),
        (
            "bytes that are not UTF-8",
            b"{\"username\":\"\xff\",\"password\":\"password1\"}".to_vec(),
            &[400],
        ),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec(), &[400]),
        ("nothing", Vec::new(), &[400]),
        (
            "a list of two texts",
            br#"["user1","nobody's"]"#.to_vec(),
            &[401, 422],
        ),
        ("null", b"null".to_vec(), &[400, 422]),
        (
            "a member twice",
            br#"{"username":"a","username":"b","password":"p"}"#.to_vec(),
            &[422],
        ),
        (
            "a username of 1 MB",
            format!(
                r#"{{"username":"{}","password":"p"}}"#,
                "u".repeat(1_000_000)
            )
            .into_bytes(),
            &[401, 413],
        ),
        ("3 MB", vec![b' '; 3_000_000], &[413, 0]),
    ] {
        let request = Request::new("POST", "/login")
            .header("content-type", "application/json")
            .body(&body);
        rows.push(row(
            format!("{name} as the body of a log-in"),
            request,
            expected,
        ));
        // A route that does not read the body accepts the request.
        let request = visitor
            .posting()
            .header("x-csrf-token", &visitor.csrf)
            .header("content-type", "application/json")
            .body(&body);
        rows.push(row(
            format!("{name} as the body of a post"),
            request,
            &[200, 400, 413, 422, 0],
        ));
        let request = visitor
            .posting()
            .header("content-type", "application/json")
            .body(&body);
        rows.push(row(
            format!("{name} as the body of a post without CSRF token"),
            request,
            &[403, 0],
        ));
    }
    rows
}

/// Held open while other requests are served, then dropped.
pub(super) fn bodies_that_never_end(server: &mut Server, visitor: &Visitor) {
    let cookie = visitor.cookie();
    let starts = [
        ("half a log-in", "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"username\":".to_owned()),
        ("a log-in in chunks without an end", "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n".to_owned()),
        ("half a post", format!("POST /posts HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nx-csrf-token: {}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{{", visitor.csrf)),
        ("a refused post without its body", format!("POST /posts HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\ncontent-length: 1000000000\r\n\r\n")),
        ("a body that waits for 100 Continue", "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nexpect: 100-continue\r\ncontent-length: 1000\r\n\r\n".to_owned()),
        ("half a head", "GET /protected HTTP/1.1\r\nhost: local".to_owned()),
        ("nothing", String::new()),
    ];
    let mut open = Vec::new();
    for (name, start) in starts.iter().cycle().take(20 * starts.len()) {
        let mut stream =
            TcpStream::connect(server.address()).expect("the server accepts connections");
        stream
            .write_all(start.as_bytes())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        open.push((name, stream));
    }
    for _trickle in 0..5 {
        for (name, stream) in &mut open {
            // A log-in waits for its body; other routes may respond without it, and close the
            // connection.
            let sent = stream.write_all(if name.contains("chunks") {
                b"1\r\n \r\n"
            } else {
                b"x"
            });
            assert!(sent.is_ok() || !name.contains("log-in"), "{name}: {sent:?}");
        }
        assert_eq!(
            server.send(&visitor.protected()).status,
            200,
            "while bodies do not end"
        );
    }
    drop(open);
    assert!(
        server.is_alive(),
        "the process ended when bodies were cut off"
    );
    assert_eq!(
        server.send(&visitor.protected()).status,
        200,
        "after bodies were cut off"
    );
}
