//! Claims: any payload, correctly signed.

use std::collections::BTreeSet;

use handstamp::Authenticated;
use handstamp::error::Rejection;
use handstamp::purpose::Access;
use serde_json::Value;

use crate::peer::{HEADER, NOW, authenticate_bearer, sign};

/// Both readers of claims judge the payload alike, and read the same in it.
///
/// What is accepted is an object whose claims another JSON reader reads alike; written anew by it,
/// the same token is accepted again and says the same.
///
/// # Panics
/// If the property does not hold.
#[must_use]
pub fn check(payload: &[u8]) -> bool {
    let judged = authenticate_bearer(&sign(HEADER.as_bytes(), payload));
    // The reader of the usual form leaves a payload with a space in front to the other one.
    let spaced = [b" ", payload].concat();
    let by_the_other = authenticate_bearer(&sign(HEADER.as_bytes(), &spaced));
    assert_eq!(
        judged.as_ref().map(summary).map_err(Rejection::code),
        by_the_other.as_ref().map(summary).map_err(Rejection::code),
        "by the other reader"
    );
    let Ok(token) = judged else {
        return false;
    };
    let claims: Value = serde_json::from_slice(payload).expect("an accepted payload is JSON");
    agrees(&token, &claims);

    let again = authenticate_bearer(&sign(HEADER.as_bytes(), claims.to_string().as_bytes()))
        .expect("a token that was accepted is accepted when it was written anew");
    assert_eq!(summary(&token), summary(&again), "written anew");
    true
}

fn agrees(token: &Authenticated<Access>, claims: &Value) {
    let text = |name: &str| claims[name].as_str();
    assert_eq!(Some(token.subject()), text("sub"), "sub");
    assert!(!token.subject().is_empty(), "an empty sub");
    assert_eq!(Some(token.id()), text("jti"), "jti");
    assert_eq!(text("type"), Some("access"), "type");
    assert_eq!(
        token.csrf(),
        text("csrf").filter(|csrf| !csrf.is_empty()),
        "csrf"
    );
    assert_eq!(token.login_type(), text("login_type"), "login_type");
    assert_eq!(
        token.is_fresh(),
        claims["fresh"].as_bool().unwrap_or(false),
        "fresh"
    );
    assert_eq!(
        token.audience().count(),
        0,
        "an audience that none asked for"
    );
    let scopes: Vec<&str> = (claims["scopes"].as_array().into_iter().flatten())
        .map(|scope| scope.as_str().expect("a scope is a text"))
        .collect();
    assert_eq!(token.scopes().collect::<Vec<_>>(), scopes, "scopes");

    assert_eq!(
        Some(token.issued_at().as_secs()),
        seconds(&claims["iat"]),
        "iat"
    );
    assert_eq!(
        Some(token.expires_at().as_secs()),
        seconds(&claims["exp"]),
        "exp"
    );
    assert!(token.expires_at().as_secs() > NOW, "expired");
    assert!(
        token.issued_at().as_secs() <= NOW + SKEW,
        "issued in the future"
    );
    assert!(
        seconds(&claims["nbf"]).is_none_or(|time| time <= NOW + SKEW),
        "valid in the future only"
    );
    assert!(
        token.authenticated_at() <= token.issued_at(),
        "issued before the log-in"
    );
    let read: Value = token.claims().expect("claims of any shape");
    assert_eq!(read, *claims, "claims");
}

/// A `NumericDate`, rounded down.
fn seconds(date: &Value) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the fraction is meant to go, and a negative number becomes 0"
    )]
    date.as_u64().or_else(|| Some(date.as_f64()? as u64))
}

fn summary(token: &Authenticated<Access>) -> (Vec<String>, BTreeSet<String>) {
    let lines = [
        token.subject().to_owned(),
        token.id().to_owned(),
        format!("{:?}", token.csrf()),
        format!("{:?}", token.login_type()),
        format!("{:?}", token.session_id().map(|id| id.as_str().to_owned())),
        format!("{}", token.is_fresh()),
        format!("{:?}", token.issued_at()),
        format!("{:?}", token.expires_at()),
        format!("{:?}", token.authenticated_at()),
    ];
    let scopes = token.scopes().map(str::to_owned).collect();
    (lines.to_vec(), scopes)
}

/// How far a clock may differ.
const SKEW: u64 = 30;
