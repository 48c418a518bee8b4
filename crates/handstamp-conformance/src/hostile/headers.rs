//! Bytes that are not text, in every header that is read.

use serde_json::json;

use super::{Row, Visitor, row};
use crate::http::Request;

pub(super) fn bytes_in_headers(visitor: &Visitor) -> Vec<Row> {
    let junk = b"\xff\xfe \xc3\x28 \xed\xa0\x80";
    let mut rows = Vec::new();
    for (name, value) in [
        ("bytes that are not UTF-8", &junk[..]),
        ("a token of such bytes", b"Bearer \xff.\xfe.\xfd"),
        ("latin-1", b"B\xe9arer \xe9.\xe9.\xe9"),
        ("a scheme and nothing", b"Bearer"),
        ("a scheme and a space", b"Bearer "),
        ("tabs", b"Bearer\t\tx"),
        ("256 schemes", &b"Bearer ".repeat(256)),
        ("100 kB", &b"Bearer x".repeat(12_800)),
    ] {
        let request = Request::new("GET", "/protected").header("authorization", value);
        rows.push(row(format!("{name} in Authorization"), request, &[401]));
        let request = visitor.protected().header("authorization", value);
        rows.push(row(
            format!("{name} in Authorization, next to a valid cookie"),
            request,
            &[200],
        ));
    }
    for header in [
        "accept",
        "origin",
        "referer",
        "user-agent",
        "sec-fetch-site",
        "x-forwarded-for",
        "\u{7f}",
    ] {
        let expected: &[u16] = if header == "\u{7f}" { &[400] } else { &[200] };
        let request = visitor.protected().header(header, junk);
        rows.push(row(
            format!("bytes that are not UTF-8 in {header:?}"),
            request,
            expected,
        ));
    }
    let login =
        || Request::new("POST", "/login").body(r#"{"username":"user1","password":"password1"}"#);
    for (name, value) in [
        ("bytes that are not UTF-8", &junk[..]),
        (
            "JSON with such a charset",
            b"application/json; charset=\xff",
        ),
        ("nothing", b""),
        ("a slash", b"/"),
        ("100 kB", &b"application/".repeat(8_000)),
    ] {
        let request = login().header("content-type", value);
        rows.push(row(
            format!("{name} in Content-Type of a log-in"),
            request,
            &[415],
        ));
    }
    for byte in (0..=255).filter(|byte| is_control(*byte)) {
        for header in ["authorization", "cookie", "content-type", "x-anything"] {
            let value = [b"a", &[byte][..], b"b"].concat();
            let request = Request::new("GET", "/protected").header(header, value);
            rows.push(row(
                format!("the byte {byte:#04x} in {header}"),
                request,
                &[400],
            ));
        }
    }
    rows
}

/// Controls, which HTTP forbids in a field value. A line feed ends the field instead.
fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n')
}

pub(super) fn bytes_in_the_csrf_header(visitor: &Visitor) -> Vec<Row> {
    let mut rows = Vec::new();
    let right = visitor.csrf.as_bytes();
    let (first, second) = right.split_at(9);
    for byte in 0..=255_u8 {
        let refused: &[u16] = if is_control(byte) { &[400] } else { &[403] };
        let trimmed = matches!(byte, b'\t' | b'\n' | b' ');
        // A line feed ends the head as well, so a route that reads a body finds none.
        let last: &[u16] = if trimmed { &[200, 415] } else { refused };
        for (name, value, expected) in [
            ("alone", vec![byte], refused),
            ("after the right value", [right, &[byte]].concat(), last),
            (
                "in the right value",
                [first, &[byte], second].concat(),
                if byte == b'\n' { &[400][..] } else { refused },
            ),
        ] {
            // Browsers send a body with it; the response depends on the route.
            let request = visitor
                .posting()
                .header("x-csrf-token", value)
                .json(&json!({"title": "t"}));
            rows.push(row(
                format!("the byte {byte:#04x} {name}, as CSRF token"),
                request,
                expected,
            ));
        }
    }
    for (name, value) in [
        ("bytes that are not UTF-8", b"\xff\xfe\xed\xa0\x80".to_vec()),
        ("100 kB", vec![b'a'; 100_000]),
        ("the right value, 1000 times", right.repeat(1000)),
        ("the first bytes of the right value", first.to_vec()),
    ] {
        let request = visitor.posting().header("x-csrf-token", value);
        rows.push(row(format!("{name} as CSRF token"), request, &[403]));
    }
    let two = visitor
        .posting()
        .header("x-csrf-token", right)
        .header("X-Csrf-Token", "other");
    rows.push(row("the right and another CSRF header", two, &[403]));
    rows
}
