//! Text that is not a token, and tokens with invalid contents.

use serde_json::json;

use super::{Row, Visitor, row};
use crate::forge::{Signature, forge};
use crate::http::Request;

pub(super) fn tokens(visitor: &Visitor) -> Vec<Row> {
    let good = &visitor.access;
    let mut parts = good.split('.');
    let (header, payload, signature) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let deep_objects = r#"{"a":"#.repeat(1_000);
    let closed = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut all = vec![
        ("nothing but dots", ".".repeat(8_000)),
        ("300,000 dots", ".".repeat(300_000)),
        ("one dot", ".".into()),
        ("two dots", "..".into()),
        ("three dots", "...".into()),
        ("no dot", "a".repeat(4_000)),
        ("a dot too many", format!("{good}.")),
        ("a dot before", format!(".{good}")),
        (
            "an encrypted token's five parts",
            format!("{header}.{payload}.{signature}.{payload}.{signature}"),
        ),
        ("the token twice", format!("{good}{good}")),
        ("no header", format!(".{payload}.{signature}")),
        ("no claims", format!("{header}..{signature}")),
        ("no signature", format!("{header}.{payload}.")),
        (
            "a signature of 4 kB",
            format!("{header}.{payload}.{}", "A".repeat(4_096)),
        ),
        (
            "claims of 200 kB",
            format!("{header}.{}.{signature}", "A".repeat(200_000)),
        ),
        ("padding", format!("{good}=")),
        ("a percent sign", format!("{header}.{payload}.%00")),
        ("a token that is a JSON object", r#"{"alg":"none"}"#.into()),
    ];
    for (name, value) in [
        ("5,000 open brackets", "[".repeat(5_000)),
        ("lists 2,500 deep", closed(2_500)),
        ("lists 5,000 deep", closed(5_000)),
        ("objects 1,000 deep", deep_objects),
        ("NUL", "\0".into()),
        ("nothing", String::new()),
        ("null", "null".into()),
        ("a number of 5,000 digits", "9".repeat(5_000)),
        ("an exponent", "1e999999999".into()),
        ("an open string", "\"".into()),
    ] {
        all.push((
            name_of(name, "as header, unsigned"),
            forge(&value, "{}", Signature::None),
        ));
        all.push((
            name_of(name, "as header, signed"),
            visitor.signed(&value, "{}"),
        ));
        all.push((
            name_of(name, "as claims, unsigned"),
            forge(HEADER, &value, Signature::None),
        ));
        all.push((
            name_of(name, "as claims, signed"),
            visitor.signed(HEADER, &value),
        ));
        let member = format!(r#"{{"alg":"HS256","typ":"JWT","x":{value}}}"#);
        all.push((
            name_of(name, "in an unknown header member, unsigned"),
            forge(&member, "{}", Signature::None),
        ));
        all.push((
            name_of(name, "in an unknown header member, signed, no claims"),
            visitor.signed(&member, "{}"),
        ));
        for known in ["alg", "typ", "kid", "crit", "b64"] {
            let member = format!(r#"{{"{known}":{value}}}"#);
            all.push((
                name_of(name, &format!("as {known}")),
                visitor.signed(&member, "{}"),
            ));
        }
    }
    let mut rows = Vec::new();
    for (name, token) in all {
        let cookie = format!("access_token_cookie={token}");
        let request = Request::new("GET", "/protected").header("cookie", cookie);
        // NUL and similar bytes never arrive: HTTP forbids them in a header.
        rows.push(row(format!("{name}, as cookie"), request, &[401]));
        let request =
            Request::new("GET", "/protected").header("authorization", format!("Bearer {token}"));
        rows.push(row(format!("{name}, in the header"), request, &[401]));
        if token.len() < 60_000 && !token.contains(['"', '{', '%']) {
            let request = Request::new("GET", &format!("/protected?token={token}"));
            rows.push(row(format!("{name}, in the query"), request, &[401]));
        }
    }
    rows
}

fn name_of(what: &str, place: &str) -> &'static str {
    // Cases live as long as the test.
    format!("{what} {place}").leak()
}

/// Signed with the right secret: the checks after the signature must reject it.
pub(super) fn claims(visitor: &Visitor) -> Vec<Row> {
    let closed = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mut rows = Vec::new();
    for (name, value) in [
        ("5,000 open brackets", "[".repeat(5_000)),
        ("lists 2,500 deep", closed(2_500)),
        ("lists 5,000 deep", closed(5_000)),
        (
            "objects 900 deep",
            format!("{}1{}", r#"{"a":"#.repeat(900), "}".repeat(900)),
        ),
        ("a lone surrogate", r#""\ud800""#.into()),
        ("an escaped NUL", r#""\u0000""#.into()),
        ("a number of 4,000 digits", "9".repeat(4_000)),
        ("an exponent", "1e999999999".into()),
        ("minus zero", "-0".into()),
        ("a negative number", "-1".into()),
        ("2 to the 64", "18446744073709551616".into()),
        ("2 to the 63", "9223372036854775808".into()),
        ("the greatest f64", "1.7976931348623157e308".into()),
        ("null", "null".into()),
        ("true", "true".into()),
        ("an empty text", r#""""#.into()),
        ("an empty object", "{}".into()),
    ] {
        for claim in [
            "sub",
            "jti",
            "type",
            "fresh",
            "csrf",
            "iat",
            "nbf",
            "exp",
            "aud",
            "iss",
            "scopes",
            "login_type",
            "sid",
            "gen",
            "auth_time",
            "custom",
        ] {
            let token = visitor.signed(HEADER, &visitor.claims_with(claim, &value));
            let request = Request::new("GET", "/protected")
                .header("cookie", format!("access_token_cookie={token}"));
            rows.push(row(
                format!("{name} as {claim}, signed"),
                request,
                &[200, 401],
            ));
            let request = Request::new("POST", "/posts")
                .header("cookie", format!("access_token_cookie={token}"))
                .header("x-csrf-token", &visitor.csrf)
                .json(&json!({"title": "t"}));
            rows.push(row(
                format!("{name} as {claim}, signed, in a post"),
                request,
                &[200, 401, 403],
            ));
        }
    }
    for (name, claims) in [
        ("half an object", r#"{"sub":"user1""#.to_owned()),
        (
            "text after the object",
            format!("{} x", visitor.claims_with("a", "1")),
        ),
        (
            "bytes before the object",
            format!("\u{feff}{}", visitor.claims_with("a", "1")),
        ),
        (
            "a claim twice",
            format!(
                r#"{{"sub":"user2",{}"#,
                visitor.claims_with("a", "1").trim_start_matches('{')
            ),
        ),
    ] {
        let token = visitor.signed(HEADER, &claims);
        let request = Request::new("GET", "/protected")
            .header("cookie", format!("access_token_cookie={token}"));
        rows.push(row(format!("{name} as claims, signed"), request, &[401]));
    }
    rows
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
