//! `vectors/csrf_origin_table.json`: cases of Go and Django, and of handstamp.

use serde_json::{Value, json};

use super::origin_check::{OURS, tokenless};
use crate::testing::{CSRF, Head, auth, builder, outcome, token};
use crate::{Auth, Require};

#[test]
fn the_table_of_origins() {
    let table = table();
    let rows = table["origin_table"].as_array().unwrap();
    assert_eq!(rows.len(), 94);
    for row in rows {
        let text = |name: &str| row[name].as_str();
        let id = text("id").unwrap();
        let public = match text("host").unwrap() {
            "@malformed" => "https://www.example.com".to_owned(),
            host => format!("{}://{host}", text("scheme").unwrap()),
        };
        let settings = || {
            let trusted = row["trusted"].as_array().unwrap().iter();
            builder()
                .public_origin(&public)
                .trusted_origins(trusted.map(|origin| origin.as_str().unwrap()))
        };
        let [by_layer, by_token, without_value] = if settings().build().is_ok() {
            answers(row, &auth(settings()))
        } else {
            ["does not build"; 3].map(str::to_owned)
        };
        let by_token = by_token.replace("user1", "allow");
        assert_eq!(
            by_token,
            text("cookie").unwrap(),
            "{id}, with a token in a cookie"
        );
        let asked = without_value == "missing_csrf_token";
        assert_eq!(
            asked,
            row["value_asked"] == true,
            "{id}, without the CSRF value"
        );
        // The core sees no paths: whether a route lies outside of a layer is tested with adapters.
        if row["outside"] != true {
            assert_eq!(
                by_layer,
                text("tokenless").unwrap(),
                "{id}, without a token"
            );
        }
        let verdict = |answer: &str| if answer == "allow" { "allow" } else { "deny" };
        let agrees = [text("tokenless"), text("cookie")]
            .into_iter()
            .all(|answer| Some(verdict(answer.unwrap())) == text("expect"));
        assert!(
            agrees || row["why"].is_string(),
            "{id} differs from its source without a reason"
        );
    }
}

fn table() -> Value {
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../handstamp-conformance/vectors/csrf_origin_table.json"
    ));
    serde_json::from_str(&text.unwrap()).unwrap()
}

/// Maps characters of JSON to bytes of a header.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap())
        .collect()
}

/// Outcomes without a token, with a token and its CSRF value, and with a token alone.
fn answers(row: &Value, auth: &Auth) -> [String; 3] {
    let text = |name: &str| row[name].as_str();
    let mut head = Head::new(text("method").unwrap());
    for (member, header) in [
        ("host", "host"),
        ("sec_fetch_site", "sec-fetch-site"),
        ("origin", "origin"),
        ("referer", "referer"),
    ] {
        if let Some(value) = text(member) {
            head = head.header(header, latin_1(value));
        }
    }
    let require = if row["outside"] == true {
        Require::access().without_csrf()
    } else {
        Require::access()
    };
    let with_cookie = head.clone().access(&token(auth, &json!({})));
    [
        tokenless(auth, &head),
        outcome(auth, &with_cookie.clone().csrf(CSRF), &require),
        outcome(auth, &with_cookie, &require),
    ]
}

#[test]
fn trusted_origins_that_could_never_match_do_not_build() {
    let table = table();
    let rows = table["trusted_origin_config"].as_array().unwrap();
    assert_eq!(rows.len(), 15);
    let of_others = rows.iter().map(|row| {
        (
            row["trusted_origin"].as_str().unwrap(),
            row["valid"].as_bool().unwrap(),
        )
    });
    let ours = [
        ("https://example.com:443", false),
        ("http://example.com:80", false),
        ("https://example.com:0443", false),
        ("https://*.example.com", false),
        ("https://EXAMPLE.com", true),
        ("http://[0:0:0:0:0:0:0:1]:8080", false),
        ("http://[::1]:8080", true),
    ];
    for (origin, is_valid) in of_others.chain(ours) {
        let built = builder()
            .public_origin(OURS)
            .trusted_origins([origin])
            .build();
        assert_eq!(built.is_ok(), is_valid, "{origin:?}: {built:?}");
    }
}
