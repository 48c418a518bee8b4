//! Tests of the responses to clients. The suite of the adapters tests every code over real
//! requests.

use std::sync::Arc;
use std::time::Duration;

use super::super::refusal_id::RefusalId;
use super::{Rejection, RejectionStyle};
use crate::error::style::ErrorStyle;
use crate::error::{RejectionKind, StoreError};

fn rejection(reason: RejectionKind, style: ErrorStyle) -> Rejection {
    let message_key = "message".to_owned();
    Rejection::new(
        reason,
        Arc::new(RejectionStyle {
            style,
            message_key,
            log_in: None,
        }),
        RefusalId::default(),
    )
}

fn scopes(required: &[&str], provided: &[&str]) -> RejectionKind {
    let owned = |list: &[&str]| list.iter().map(|&scope| scope.to_owned()).collect();
    RejectionKind::InsufficientScope {
        required: owned(required),
        provided: owned(provided),
    }
}

fn header(rejection: &Rejection, name: &str) -> Option<String> {
    let headers = rejection.headers();
    let found = headers.into_iter().find(|(own, _)| *own == name);
    found.map(|(_, value)| value.into_owned())
}

#[test]
fn bodies() {
    let mismatch = || RejectionKind::LoginTypeMismatch {
        expected: "admin".to_owned(),
        actual: None,
    };
    #[rustfmt::skip]
    let rows = [
        (RejectionKind::TokenExpired, ErrorStyle::Standard,
            r#"{"type":"about:blank","title":"Unauthorized","status":401,"code":"token_expired","message":"Token has expired","error_type":"TokenExpiredError"}"#),
        (RejectionKind::TokenExpired, ErrorStyle::AuthX,
            r#"{"message":"Token has expired","error_type":"TokenExpiredError"}"#),
        (mismatch(), ErrorStyle::AuthX,
            r#"{"message":"Token type mismatch: expected 'admin', got 'unknown'","error_type":"LoginTypeMismatchError","expected_type":"admin","actual_type":null}"#),
        (scopes(&["a"], &[]), ErrorStyle::Standard,
            r#"{"type":"about:blank","title":"Forbidden","status":403,"code":"insufficient_scope","message":"Missing required scopes: ['a']. Provided: []","error_type":"InsufficientScopeError"}"#),
        (RejectionKind::StoreUnavailable(StoreError::new("redis://:password@db")), ErrorStyle::Standard,
            r#"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"store_unavailable","message":"The session store does not answer; try again","error_type":"StoreUnavailable"}"#),
        (RejectionKind::RateLimited { retry_after: Duration::from_secs(60) }, ErrorStyle::Standard,
            r#"{"type":"about:blank","title":"Too Many Requests","status":429,"code":"rate_limited","message":"Rate limit exceeded. Retry after 60 seconds.","error_type":"RateLimitExceeded","retry_after":60}"#),
        (RejectionKind::RateLimited { retry_after: Duration::from_secs(60) }, ErrorStyle::AuthX,
            r#"{"message":"Rate limit exceeded. Retry after 60 seconds.","error_type":"RateLimitExceeded","retry_after":60}"#),
        (RejectionKind::Busy, ErrorStyle::Standard,
            r#"{"type":"about:blank","title":"Service Unavailable","status":503,"code":"busy","message":"Too many requests at once; try again","error_type":"Busy"}"#),
        (RejectionKind::InvalidToken("a detail for the log".into()), ErrorStyle::AuthX,
            r#"{"message":"Invalid Token","error_type":"JWTDecodeError"}"#),
    ];
    for (reason, style, expected) in rows {
        assert_eq!(rejection(reason, style).body(), expected);
    }
    let shape = RejectionStyle {
        style: ErrorStyle::AuthX,
        message_key: "détail".to_owned(),
        log_in: None,
    };
    let named = Rejection::new(
        RejectionKind::CsrfMismatch,
        Arc::new(shape),
        RefusalId::default(),
    );
    assert_eq!(
        named.body(),
        r#"{"détail":"CSRF double submit does not match","error_type":"CSRFError"}"#
    );
}

#[test]
fn challenges_hold_what_a_header_can() {
    let insufficient = "Bearer error=\"insufficient_scope\"";
    #[rustfmt::skip]
    let rows = [
        ("two scopes", scopes(&["a:read", "b:*"], &[]), Some(format!("{insufficient}, scope=\"a:read b:*\""))),
        ("scopes that no header can hold", scopes(&["a\"b", "c\\d", "e f", "ü", "\r\n", ""], &[]), Some(insufficient.to_owned())),
        ("one among them that can", scopes(&["ü", "a"], &[]), Some(format!("{insufficient}, scope=\"a\""))),
        ("none", scopes(&[], &["a"]), Some(insufficient.to_owned())),
        ("nothing is wrong with a token", RejectionKind::MissingToken { looked_in: String::new() }, Some("Bearer".to_owned())),
        ("a bad token", RejectionKind::TokenRevoked, Some("Bearer error=\"invalid_token\"".to_owned())),
        ("a refused request with a good token", RejectionKind::CsrfMismatch, None),
        ("nothing that the client did", RejectionKind::StoreUnavailable(StoreError::new("")), None),
    ];
    for (sentence, reason, expected) in rows {
        let rejection = rejection(reason, ErrorStyle::Standard);
        assert_eq!(
            header(&rejection, "www-authenticate"),
            expected,
            "{sentence}"
        );
        assert_eq!(
            header(&rejection, "cache-control").as_deref(),
            Some("no-store")
        );
    }
    let down = rejection(
        RejectionKind::StoreUnavailable(StoreError::new("")),
        ErrorStyle::AuthX,
    );
    assert_eq!(header(&down, "retry-after").as_deref(), Some("1"));
    let busy = rejection(RejectionKind::Busy, ErrorStyle::Standard);
    assert_eq!(header(&busy, "retry-after").as_deref(), Some("1"));
    assert_eq!(header(&busy, "www-authenticate"), None);
    let mismatch = rejection(RejectionKind::CsrfMismatch, ErrorStyle::AuthX);
    assert_eq!(
        header(&mismatch, "www-authenticate").as_deref(),
        Some("Bearer")
    );
}

#[test]
fn a_client_that_waits_as_long_as_it_was_told_is_not_too_early() {
    for (name, retry_after, seconds) in [
        ("whole seconds stay", Duration::from_secs(60), "60"),
        (
            "a fraction is rounded up",
            Duration::from_millis(59_001),
            "60",
        ),
        ("a nanosecond is one second", Duration::from_nanos(1), "1"),
        ("at once is never told", Duration::ZERO, "1"),
        (
            "the longest there is",
            Duration::MAX,
            "18446744073709551615",
        ),
    ] {
        let limited = RejectionKind::RateLimited { retry_after };
        let rejection = rejection(limited, ErrorStyle::Standard);
        let said = header(&rejection, "retry-after");
        assert_eq!(said.as_deref(), Some(seconds), "{name}");
        let member = format!("\"retry_after\":{seconds}}}");
        assert!(rejection.body().ends_with(&member), "{name}");
        let words = format!("Rate limit exceeded. Retry after {seconds} seconds.");
        assert_eq!(rejection.to_string(), words, "{name}");
    }
}

#[test]
fn lists_are_quoted_as_the_original_quotes_them() {
    let said = rejection(
        scopes(&["a'b", "c\"d", "e'f\"g", "h\\i"], &["ü"]),
        ErrorStyle::AuthX,
    );
    assert_eq!(
        said.to_string(),
        r#"Missing required scopes: ["a'b", 'c"d', 'e\'f"g', 'h\\i']. Provided: ['ü']"#
    );
}
