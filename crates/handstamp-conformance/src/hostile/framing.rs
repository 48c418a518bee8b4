//! Framing: lengths, chunks, upgrades, and bytes that are not HTTP.

use super::{Row, Visitor, row};

pub(super) fn framing(visitor: &Visitor) -> Vec<Row> {
    let mut rows = added_to_a_get(visitor);
    rows.extend(around_a_body(visitor));
    rows.extend(not_quite_http(visitor));
    rows
}

fn get(visitor: &Visitor, lines: &str) -> String {
    let cookie = visitor.cookie();
    format!(
        "GET /protected HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: {cookie}\r\n{lines}\r\n"
    )
}

fn added_to_a_get(visitor: &Visitor) -> Vec<Row> {
    let many = (0..150).fold(String::new(), |lines, number| {
        lines + &format!("x-{number}: y\r\n")
    });
    let long_name = format!("{}: a\r\n", "x".repeat(60_000));
    let websocket = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n";
    let h2c = "upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n";
    let table: [(&str, &str, &[u16]); 18] = [
        ("another host", "host: evil.example\r\n", &[200, 400]),
        (
            "two Authorization headers",
            "authorization: Bearer a\r\nauthorization: Bearer b\r\n",
            &[200],
        ),
        (
            "another Cookie line",
            "cookie: access_token_cookie=x\r\n",
            &[200],
        ),
        (
            "Expect: something else",
            "expect: the-unexpected\r\n",
            &[200, 417],
        ),
        ("Upgrade: websocket, and no Origin", websocket, &[403]),
        ("Upgrade: h2c", h2c, &[200]),
        (
            "Upgrade to nothing",
            "upgrade: \r\nconnection: upgrade\r\n",
            &[200],
        ),
        ("Connection: cookie", "connection: cookie\r\n", &[200]),
        (
            "Content-Length: 0 on a GET",
            "content-length: 0\r\n",
            &[200],
        ),
        ("150 headers", &many, &[431]),
        ("a header name of 60 kB", &long_name, &[200, 400, 431]),
        ("a folded header", "x-folded: a\r\n b\r\n", &[200, 400]),
        ("a space before the colon", "x-space : a\r\n", &[200, 400]),
        ("a header without a colon", "nonsense\r\n", &[400]),
        ("a header without a name", ": nonsense\r\n", &[400]),
        ("a header name that is not ASCII", "x-\u{e9}: a\r\n", &[400]),
        ("a lone CR", "x: a\rb\r\n", &[400]),
        ("a header name with NUL", "x\0y: a\r\n", &[400]),
    ];
    table
        .map(|(name, lines, expected)| row(name, get(visitor, lines), expected))
        .into()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn around_a_body(visitor: &Visitor) -> Vec<Row> {
    let json = r#"{"title":"t"}"#;
    let (chunk, end) = (format!("d\r\n{json}\r\n"), "0\r\n\r\n");
    let chunks = format!("{chunk}{end}");
    let with_trailer = format!("{chunk}0\r\ncookie: access_token_cookie=x\r\n\r\n");
    let long_extension = format!("d;{}\r\n{json}\r\n{end}", "x".repeat(100_000));
    let smuggled = format!("{json}{}", get(visitor, ""));
    let table: [(&str, &str, &str, &[u16]); 18] = [
        (
            "two content types",
            "content-type: text/plain\r\ncontent-length: 13\r\n",
            json,
            &[200, 415],
        ),
        (
            "two lengths that differ",
            "content-length: 13\r\ncontent-length: 14\r\n",
            json,
            &[400],
        ),
        (
            "two lengths that agree",
            "content-length: 13\r\ncontent-length: 13\r\n",
            json,
            &[200, 400],
        ),
        ("a negative length", "content-length: -1\r\n", "", &[400]),
        (
            "a length with a sign",
            "content-length: +13\r\n",
            json,
            &[400],
        ),
        (
            "a length over 64 bits",
            "content-length: 99999999999999999999999\r\n",
            "",
            &[400],
        ),
        (
            "a length that is too small",
            "content-length: 3\r\n",
            json,
            &[200, 400],
        ),
        (
            "a length and chunks",
            "content-length: 5\r\ntransfer-encoding: chunked\r\n",
            &chunks,
            &[200, 400],
        ),
        (
            "chunks and a length",
            "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
            &chunks,
            &[200, 400],
        ),
        ("chunks", "transfer-encoding: chunked\r\n", &chunks, &[200]),
        (
            "a chunk size that is none",
            "transfer-encoding: chunked\r\n",
            "zz\r\n",
            &[200, 400, 0],
        ),
        (
            "a chunk size over 64 bits",
            "transfer-encoding: chunked\r\n",
            "fffffffffffffffff\r\n",
            &[200, 400, 0],
        ),
        (
            "a chunk extension of 100 kB",
            "transfer-encoding: chunked\r\n",
            &long_extension,
            &[200, 400, 0],
        ),
        (
            "a cookie as trailer",
            "transfer-encoding: chunked\r\ntrailer: cookie\r\n",
            &with_trailer,
            &[200, 400],
        ),
        (
            "an encoding we do not know",
            "transfer-encoding: gzip\r\n",
            "",
            &[200, 400],
        ),
        (
            "Expect: 100-continue",
            "expect: 100-continue\r\ncontent-length: 13\r\n",
            json,
            &[100, 200],
        ),
        (
            "a request in a body",
            "content-length: 13\r\n",
            &smuggled,
            &[200],
        ),
        ("no length and no chunks", "", json, &[200, 400]),
    ];
    let head = format!(
        "POST /posts HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncookie: {}\r\nx-csrf-token: {}\r\ncontent-type: application/json\r\n",
        visitor.cookie(),
        visitor.csrf
    );
    table
        .map(|(name, lines, body, expected)| {
            row(name, format!("{head}{lines}\r\n{body}"), expected)
        })
        .into()
}

fn not_quite_http(visitor: &Visitor) -> Vec<Row> {
    let good = get(visitor, "");
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(10);
    let twice = good.replace("connection: close\r\n", "") + &good;
    vec![
        row(
            "a host that is not one",
            good.replace("localhost", "a b/c?d"),
            &[200, 400],
        ),
        row(
            "no host",
            good.replace("host: localhost\r\n", ""),
            &[200, 400],
        ),
        row(
            "lines that end with LF alone",
            good.replace("\r\n", "\n"),
            &[200, 400],
        ),
        row("HTTP/1.0", good.replace("HTTP/1.1", "HTTP/1.0"), &[200]),
        row("HTTP/0.9", "GET /protected\r\n\r\n", &[400, 0]),
        row(
            "HTTP/9.9",
            good.replace("HTTP/1.1", "HTTP/9.9"),
            &[400, 505, 0],
        ),
        row(
            "the preface of HTTP/2",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
            &[400, 0],
        ),
        row("a TLS hello", hello, &[400, 0]),
        row("1,000 NUL bytes", vec![0; 1_000], &[400, 0]),
        row(
            "empty lines before a request",
            format!("\r\n\r\n\r\n{good}"),
            &[200, 400],
        ),
        row("two requests at once", twice, &[200]),
    ]
}
