//! Too many cookies, too large ones, and broken cookies next to valid ones.

use super::{Row, Visitor, row};
use crate::forge::{Signature, forge};
use crate::http::Request;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn cookies(visitor: &Visitor) -> Vec<Row> {
    let good = visitor.cookie();
    let other = forge(
        r#"{"alg":"HS256","typ":"JWT"}"#,
        visitor.claims_with("sub", r#""user2""#),
        Signature::Hs256(&visitor.secret),
    );
    let line = |value: Vec<u8>| Request::new("GET", "/protected").header("cookie", value);
    let next_to = |neighbours: &[u8]| line([neighbours, b"; ", good.as_bytes()].concat());
    let mut many_lines = visitor.protected();
    for number in 0..10_000 {
        many_lines = many_lines.header("cookie", format!("c{number}=v"));
    }
    let numbered = |name: &str| {
        (0..10_000).fold(String::new(), |line, number| {
            line + name + "=v" + &number.to_string() + "; "
        })
    };
    let others = (0..10_000).fold(String::new(), |line, number| {
        line + "c" + &number.to_string() + "=v; "
    });
    vec![
        row(
            "a cookie of 1 MB",
            line([b"a=", &vec![b'x'; 1_000_000][..]].concat()),
            &[431, 0],
        ),
        row(
            "an access cookie of 1 MB",
            line([b"access_token_cookie=", &vec![b'x'; 1_000_000][..]].concat()),
            &[431, 0],
        ),
        row(
            "an access cookie of 300 kB",
            line([b"access_token_cookie=", &vec![b'x'; 300_000][..]].concat()),
            &[401],
        ),
        row("1 MB of cookies", line(b"a=b; ".repeat(200_000)), &[431, 0]),
        row(
            "10,000 cookies and the right one",
            line((others + &good).into_bytes()),
            &[200],
        ),
        row("10,000 cookies in as many lines", many_lines, &[431, 0]),
        row(
            "10,000 different access cookies",
            line(numbered("access_token_cookie").into_bytes()),
            &[401],
        ),
        row(
            "10,000 CSRF cookies",
            line(format!("{}{good}", numbered("csrf_access_token")).into_bytes()),
            &[200],
        ),
        row(
            "the right access cookie 1,000 times",
            line(format!("{good}; ").repeat(1_000).into_bytes()),
            &[200],
        ),
        row(
            "the access cookies of two users",
            line(format!("{good}; access_token_cookie={other}").into_bytes()),
            &[401],
        ),
        row("60,000 semicolons", next_to(&b";".repeat(60_000)), &[200]),
        row("60,000 equals signs", next_to(&b"=".repeat(60_000)), &[200]),
        row("60,000 quotes", next_to(&b"\"".repeat(60_000)), &[200]),
        row(
            "bytes that are not UTF-8 in another cookie",
            next_to(b"theme=\xff\xfe"),
            &[200],
        ),
        row(
            "bytes that are not UTF-8 as a cookie's name",
            next_to(b"\xff\xfe=theme"),
            &[200],
        ),
        row(
            "bytes that are not UTF-8 as a cookie without a name",
            next_to(b"\xff\xfe"),
            &[200],
        ),
        row(
            "bytes that are not UTF-8 as access token",
            line(b"access_token_cookie=\xff.\xfe.\xfd".to_vec()),
            &[401],
        ),
        row(
            "bytes that are not UTF-8 after the access token",
            line([good.as_bytes(), b"\xff"].concat()),
            &[401],
        ),
        row("a quote that is never closed", next_to(b"a=\"b"), &[200]),
        row(
            "every visible byte as a cookie",
            next_to(&(0x21..=0x7e).collect::<Vec<u8>>()),
            &[200],
        ),
        row(
            "every byte over 0x7f as a cookie",
            next_to(&(0x80..=0xff).collect::<Vec<u8>>()),
            &[200],
        ),
        row(
            "an empty Cookie line",
            visitor.protected().header("cookie", ""),
            &[200],
        ),
        row(
            "tabs and spaces around the right cookie",
            next_to(b" \t ;\t; \t"),
            &[200],
        ),
    ]
}
