//! Tests of the values of claims.

use super::{parse, problem, with};

#[test]
fn times_are_seconds_that_every_reader_holds_exactly() {
    #[rustfmt::skip]
    let rows = [
        ("zero", "0", Some(0)),
        ("minus zero", "-0", Some(0)),
        ("minus zero, with a point", "-0.0", Some(0)),
        ("a second", "1", Some(1)),
        ("a fraction goes down", "1.999999", Some(1)),
        ("as AuthX writes it", "1800000900.123456", Some(1_800_000_900)),
        ("an exponent", "18e8", Some(1_800_000_000)),
        ("2^53", "9007199254740992", Some(1 << 53)),
        ("2^53, with a point", "9007199254740992.0", Some(1 << 53)),
        ("2^53 + 1", "9007199254740993", None),
        ("2^64 - 1", "18446744073709551615", None),
        ("2^64", "18446744073709551616", None),
        ("an exponent too large", "1e300", None),
        ("an exponent over every float", "1e400", None),
        ("negative", "-1", None),
        ("a little negative", "-0.5", None),
        ("infinity", "Infinity", None),
        ("no number", "NaN", None),
        ("hexadecimal", "0x10", None),
        ("leading zero", "01", None),
        ("leading plus", "+1", None),
    ];
    for (sentence, value, expected) in rows {
        for claim in ["iat", "nbf", "exp"] {
            let claims = parse(&with(claim, Some(value))).ok();
            let time = claims.map(|claims| match claim {
                "iat" => claims.issued_at.as_secs(),
                "nbf" => claims.not_before.unwrap().as_secs(),
                _ => claims.expires_at.as_secs(),
            });
            assert_eq!(time, expected, "{claim}: {sentence}");
        }
    }
}

#[test]
fn audiences_and_scopes_are_lists_of_texts() {
    #[rustfmt::skip]
    let rows: [(&str, &str, Option<&[&str]>); 8] = [
        ("several", r#"["a","b"]"#, Some(&["a", "b"])),
        ("one", r#"["a"]"#, Some(&["a"])),
        ("none", "[]", Some(&[])),
        ("an escape", r#"["\u0061","é"]"#, Some(&["a", "é"])),
        ("an empty text", r#"[""]"#, Some(&[""])),
        ("a number among them", r#"["a",1]"#, None),
        ("null among them", r#"["a",null]"#, None),
        ("a list among them", r#"["a",["b"]]"#, None),
    ];
    for (sentence, list, expected) in rows {
        let claims = parse(&with("aud", Some(list))).ok();
        let found = claims
            .as_ref()
            .map(|claims| claims.audience().unwrap().collect::<Vec<_>>());
        assert_eq!(found.as_deref(), expected, "aud: {sentence}");
        let claims = parse(&with("scopes", Some(list))).ok();
        let found = claims
            .as_ref()
            .map(|claims| claims.scopes().collect::<Vec<_>>());
        assert_eq!(found.as_deref(), expected, "scopes: {sentence}");
    }
    for (sentence, value, expected) in [
        ("a text is an audience", r#""a""#, Some(vec!["a"])),
        ("an empty text is one, too", r#""""#, Some(vec![""])),
        ("a text with an escape", r#""\u0061""#, Some(vec!["a"])),
        ("null is no audience", "null", None),
    ] {
        let claims = parse(&with("aud", Some(value))).unwrap();
        let found = claims.audience().map(Iterator::collect::<Vec<_>>);
        assert_eq!(found, expected, "{sentence}");
    }
    assert_eq!(
        problem(&with("scopes", Some(r#""a b""#))),
        "scopes has a wrong form"
    );
}

#[test]
fn an_empty_csrf_claim_is_none() {
    for (value, expected) in [("\"a\"", Some("a")), ("\"\"", None), ("null", None)] {
        let claims = parse(&with("csrf", Some(value))).unwrap();
        assert_eq!(claims.csrf(), expected, "{value}");
    }
    assert_eq!(parse(&with("csrf", None)).unwrap().csrf(), None);
}

#[test]
fn texts_read_as_they_were_meant() {
    #[rustfmt::skip]
    let rows = [
        ("plain", r#""user1""#, "user1"),
        ("beyond ASCII", "\"Jürgen 🦀\"", "Jürgen 🦀"),
        ("an escape", r#""a\"b\\c\/d\n""#, "a\"b\\c/d\n"),
        ("a pair of surrogates", r#""\ud83e\udd80""#, "🦀"),
        ("NUL", r#""a\u0000b""#, "a\0b"),
    ];
    for (sentence, value, expected) in rows {
        for claim in ["sub", "jti", "type", "csrf", "iss", "login_type"] {
            let claims = parse(&with(claim, Some(value))).unwrap();
            let found = match claim {
                "sub" => claims.subject(),
                "jti" => claims.id(),
                "type" => claims.kind(),
                "csrf" => claims.csrf().unwrap(),
                "iss" => claims.issuer().unwrap(),
                _ => claims.login_type().unwrap(),
            };
            assert_eq!(found, expected, "{claim}: {sentence}");
        }
    }
}
