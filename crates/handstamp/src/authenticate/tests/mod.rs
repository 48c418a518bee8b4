//! Tests which check decides first, and what a handler receives.

mod laws;
mod vectors;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::clock::UnixTime;
use crate::context::blocklist::TokenStatus;
use crate::error::StoreError;
use crate::purpose::Access;
use crate::testing::{CSRF, Head, NOW, ask, auth, auth_and_clock, builder, outcome, token};
use crate::{Auth, Location, Require, minutes};

/// Returns `store_unavailable` for the subject "down", `Revoked` for the id "revoked", and counts
/// how often it was asked.
fn with_blocklist() -> (Auth, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let config = builder().decode_issuer("us").build().unwrap();
    let auth = Auth::builder(config)
        .with_clock(crate::testing::auth_and_clock(builder()).1)
        .with_blocklist(move |token| {
            count.fetch_add(1, Ordering::Relaxed);
            async move {
                assert_eq!(
                    token.expires_at().as_secs() - token.issued_at().as_secs(),
                    900
                );
                match (token.subject(), token.id()) {
                    ("down", _) => Err(StoreError::new("connection refused")),
                    (_, "revoked") => Ok(TokenStatus::Revoked),
                    _ => Ok(TokenStatus::Active),
                }
            }
        })
        .build()
        .unwrap();
    (auth, asked)
}

#[test]
fn the_first_check_that_does_not_hold_is_the_answer() {
    // The first token fails every check; each row fixes what the row before was rejected for.
    let strict = || {
        Require::access()
            .fresh()
            .login_type("admin")
            .all_scopes(["a:write"])
    };
    let (auth, asked) = with_blocklist();
    let stranger =
        crate::testing::auth(builder().secret_key("another secret, of thirty-two bytes"));
    let mut claims = json!({
        "sub": "down", "jti": "revoked", "iat": NOW + 99, "exp": NOW + 999, "iss": "them", "aud": "x", "type": "refresh",
        "login_type": "user", "fresh": false, "scopes": ["a:read"],
    });
    let mut expired = claims.clone();
    expired["exp"] = json!(NOW);
    #[rustfmt::skip]
    let rows = [
        ("sub", json!(1), "invalid_token", "the form"),
        ("sub", json!("down"), "invalid_token", "made in the future"),
        ("iat", json!(NOW), "invalid_audience", "the audience"),
        ("aud", json!(null), "invalid_issuer", "the issuer"),
        ("iss", json!("us"), "access_token_required", "the purpose"),
        ("type", json!("access"), "login_type_mismatch", "the login type"),
        ("login_type", json!("admin"), "fresh_token_required", "freshness"),
        ("fresh", json!(true), "missing_csrf_token", "the CSRF value"),
    ];
    assert_eq!(
        outcome(&auth, &Head::new("POST"), &strict()),
        "missing_token"
    );
    let forged = Head::new("POST").access(&token(&stranger, &expired));
    assert_eq!(outcome(&auth, &forged, &strict()), "invalid_signature");
    let late = Head::new("POST").access(&token(&auth, &expired));
    assert_eq!(outcome(&auth, &late, &strict()), "token_expired");
    for (claim, value, expected, sentence) in rows {
        claims[claim] = value;
        let head = Head::new("POST").access(&token(&auth, &claims));
        assert_eq!(outcome(&auth, &head, &strict()), expected, "{sentence}");
    }
    assert_eq!(
        asked.load(Ordering::Relaxed),
        0,
        "no stranger reaches the store"
    );

    claims["exp"] = json!(NOW + 900);
    #[rustfmt::skip]
    let rows = [
        ("sub", json!("down"), "store_unavailable"),
        ("sub", json!("user1"), "token_revoked"),
        ("jti", json!("good"), "insufficient_scope"),
        ("scopes", json!(["a:*"]), "user1"),
    ];
    for (claim, value, expected) in rows {
        claims[claim] = value;
        let head = Head::new("POST").access(&token(&auth, &claims)).csrf(CSRF);
        assert_eq!(outcome(&auth, &head, &strict()), expected, "{claim}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 4, "once for each request");
}

#[test]
fn every_path_asks_the_blocklist() {
    let (auth, _) = with_blocklist();
    let access = token(&auth, &json!({"jti": "revoked", "iss": "us"}));
    let refresh = token(
        &auth,
        &json!({"jti": "revoked", "iss": "us", "type": "refresh"}),
    );
    let query = Head::new("GET").query(&format!("token={access}"));
    #[rustfmt::skip]
    let rows = [
        ("a cookie", outcome(&auth, &Head::new("GET").access(&access), &Require::access())),
        ("a header", outcome(&auth, &Head::new("GET").bearer(&access), &Require::access().from([Location::Headers]))),
        ("the query", outcome(&auth, &query, &Require::access().from([Location::Query]))),
        ("a refresh", outcome(&auth, &Head::new("POST").refresh(&refresh).csrf(CSRF), &Require::refresh())),
        ("without CSRF", outcome(&auth, &Head::new("POST").access(&access), &Require::access().without_csrf())),
    ];
    for (sentence, outcome) in rows {
        assert_eq!(outcome, "token_revoked", "{sentence}");
    }
}

#[test]
fn another_spelling_of_a_revoked_token_is_no_other_token() {
    let (auth, _) = with_blocklist();
    let token = token(&auth, &json!({"jti": "revoked", "iss": "us"}));
    let spellings = [
        token.clone(),
        format!("{token}="),
        format!("{token}=="),
        format!("{token}A"),
        format!("{token}."),
        format!("\"{token}\""),
        token.replace('.', "=."),
        format!("%{:02x}{}", token.as_bytes()[0], &token[1..]),
    ];
    for spelling in spellings {
        let head = Head::new("GET").access(&spelling);
        let outcome = outcome(&auth, &head, &Require::access());
        assert_ne!(outcome, "user1", "{spelling}");
    }
}

#[cfg(feature = "asymmetric")]
#[test]
fn the_other_signature_of_a_revoked_token_revives_nothing() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    // The order of P-256 (SP 800-186, section 3.2.1.3). If (r, s) is valid, so is (r, order - s).
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let pem = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/p256.private.pem");
    let config = crate::Config::builder()
        .algorithm(crate::jws::Algorithm::Es256)
        .private_key(std::fs::read(pem).unwrap());
    let auth = Auth::builder(config.build().unwrap())
        .with_blocklist(|token| async move {
            Ok(if token.id() == "revoked" {
                TokenStatus::Revoked
            } else {
                TokenStatus::Active
            })
        })
        .with_clock(crate::testing::auth_and_clock(builder()).1)
        .build()
        .unwrap();
    let other = |token: &str| {
        let (input, signature) = token.rsplit_once('.').unwrap();
        let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let mut borrow = 0;
        for (s, n) in signature[32..].iter_mut().zip(ORDER).rev() {
            let difference = i16::from(n) - i16::from(*s) - borrow;
            borrow = i16::from(difference < 0);
            *s = u8::try_from(difference.rem_euclid(256)).unwrap();
        }
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let asked = |token: &str| outcome(&auth, &Head::new("GET").access(token), &Require::access());
    let good = token(&auth, &json!({}));
    let revoked = token(&auth, &json!({"jti": "revoked"}));
    assert_ne!(other(&good), good);
    assert_eq!(
        (asked(&good), asked(&other(&good))),
        ("user1".to_owned(), "user1".to_owned())
    );
    assert_eq!(asked(&revoked), "token_revoked");
    assert_eq!(asked(&other(&revoked)), "token_revoked");
}

#[test]
fn scopes_and_login_types() {
    let auth = auth(builder());
    let none: [&str; 0] = [];
    let asked = |changes, require: Require<Access>| {
        outcome(
            &auth,
            &Head::new("GET").access(&token(&auth, &changes)),
            &require,
        )
    };
    let access = Require::access;
    #[rustfmt::skip]
    let rows = [
        ("all of them", json!({"scopes": ["a", "b"]}), access().all_scopes(["a", "b"]), "user1"),
        ("all by a wildcard", json!({"scopes": ["a:*"]}), access().all_scopes(["a", "a:b", "a:b:c"]), "user1"),
        ("one lacks", json!({"scopes": ["a"]}), access().all_scopes(["a", "b"]), "insufficient_scope"),
        ("one of them", json!({"scopes": ["b"]}), access().any_scope(["a", "b"]), "user1"),
        ("none of them", json!({"scopes": ["c"]}), access().any_scope(["a", "b"]), "insufficient_scope"),
        ("no scopes at all", json!({}), access().any_scope(["a"]), "insufficient_scope"),
        ("all of none", json!({}), access().all_scopes(none), "user1"),
        ("one of none", json!({"scopes": ["a"]}), access().any_scope(none), "insufficient_scope"),
        ("all, then one of others: both are asked for", json!({"scopes": ["b"]}), access().all_scopes(["a"]).any_scope(["b"]), "insufficient_scope"),
        ("one of some, then all of others", json!({"scopes": ["a"]}), access().any_scope(["a"]).all_scopes(["b"]), "insufficient_scope"),
        ("all twice", json!({"scopes": ["b"]}), access().all_scopes(["a"]).all_scopes(["b"]), "insufficient_scope"),
        ("all and one of others, all there", json!({"scopes": ["a", "b"]}), access().all_scopes(["a"]).any_scope(["b", "c"]), "user1"),
        ("a star alone", json!({"scopes": ["*"]}), access().all_scopes(["a"]), "insufficient_scope"),
        ("several in one text", json!({"scopes": ["a b"]}), access().all_scopes(["a"]), "insufficient_scope"),
        ("the login type", json!({"login_type": "admin"}), access().login_type("admin"), "user1"),
        ("another login type", json!({"login_type": "user"}), access().login_type("admin"), "login_type_mismatch"),
        ("another case", json!({"login_type": "Admin"}), access().login_type("admin"), "login_type_mismatch"),
        ("no login type", json!({}), access().login_type("admin"), "login_type_mismatch"),
        ("no login type is demanded", json!({"login_type": "admin"}), access(), "user1"),
        ("fresh", json!({"fresh": true}), access().fresh(), "user1"),
        ("not fresh", json!({"fresh": false}), access().fresh(), "fresh_token_required"),
        ("fresh, and the log-in is as long ago as it may be", json!({"fresh": true, "iat": NOW - 300}), access().fresh_within(minutes(5)), "user1"),
        ("fresh, and the log-in is too long ago", json!({"fresh": true, "iat": NOW - 301}), access().fresh_within(minutes(5)), "fresh_token_required"),
        ("fresh, made just now from a log-in that is too long ago", json!({"fresh": true, "auth_time": NOW - 301}), access().fresh_within(minutes(5)), "fresh_token_required"),
        ("a log-in in the future does not count longer than the token", json!({"fresh": true, "iat": NOW - 301, "auth_time": NOW + 86_400}), access().fresh_within(minutes(5)), "fresh_token_required"),
        ("a clock that is ahead", json!({"fresh": true, "iat": NOW + 30}), access().fresh_within(minutes(5)), "user1"),
        ("not fresh, of a log-in just now", json!({"fresh": false}), access().fresh_within(minutes(5)), "fresh_token_required"),
        ("fresh, after a strict demand that is not forgotten", json!({"fresh": true, "iat": NOW - 301}), access().fresh_within(minutes(5)).fresh().fresh_within(minutes(9)), "fresh_token_required"),
        ("fresh until the next second", json!({"fresh": NOW + 1}), access().fresh(), "user1"),
        ("fresh until a fraction of this second, rounded down", json!({"fresh": 1_800_000_000.9}), access().fresh(), "fresh_token_required"),
        ("fresh until now", json!({"fresh": NOW}), access().fresh(), "fresh_token_required"),
        ("a time of freshness that is over still opens what asks for none", json!({"fresh": 1}), access(), "user1"),
        ("fresh until later, and the log-in is too long ago", json!({"fresh": NOW + 1, "iat": NOW - 301}), access().fresh_within(minutes(5)), "fresh_token_required"),
        ("a log-in just now, and its time of freshness is over", json!({"fresh": NOW}), access().fresh_within(minutes(5)), "fresh_token_required"),
        ("nothing said about freshness", json!({"fresh": null}), access().fresh(), "fresh_token_required"),
    ];
    for (sentence, changes, require, expected) in rows {
        assert_eq!(asked(changes, require), expected, "{sentence}");
    }
}

#[test]
fn a_verified_token_tells_what_it_says() {
    #[derive(serde::Deserialize)]
    struct Custom<'t> {
        tenant: &'t str,
        exp: u64,
    }
    let auth = auth(builder().decode_audience(["web"]));
    let token = token(
        &auth,
        &json!({
            "aud": ["web", "app"], "scopes": ["a:*"], "login_type": "admin", "fresh": true, "tenant": "acme",
        }),
    );
    let verified = ask(&auth, &Head::new("GET").access(&token), &Require::access()).unwrap();
    assert_eq!(
        (verified.subject(), verified.id(), verified.csrf()),
        ("user1", "id", Some(CSRF))
    );
    assert_eq!(
        (verified.login_type(), verified.is_fresh()),
        (Some("admin"), true)
    );
    assert_eq!(verified.audience().collect::<Vec<_>>(), ["web", "app"]);
    assert_eq!(verified.scopes().collect::<Vec<_>>(), ["a:*"]);
    assert!(verified.has_scopes(["a:b", "a"]) && verified.has_scopes([]));
    assert!(!verified.has_scopes(["a:b", "b"]));
    assert!(verified.has_any_scope(["b", "a:b"]) && !verified.has_any_scope(["b", "c"]));
    assert!(!verified.has_any_scope([]));
    assert_eq!(
        (
            verified.issued_at().as_secs(),
            verified.expires_at().as_secs()
        ),
        (NOW, NOW + 900)
    );
    assert_eq!(verified.location(), Location::Cookies);
    let custom: Custom<'_> = verified.claims().unwrap();
    assert_eq!((custom.tenant, custom.exp), ("acme", NOW + 900));
    assert!(verified.claims::<Vec<u8>>().is_err());
}

/// A copy that kept the time could be made again and again, and one that forgot it would be fresh
/// for as long as it lives.
#[test]
fn a_token_that_is_fresh_until_a_time_is_never_fresher_than_that() {
    let (auth, clock) = auth_and_clock(builder());
    let until = token(&auth, &json!({"fresh": NOW + 60}));
    let head = Head::new("GET").access(&until);
    let verified = ask(&auth, &head, &Require::access()).unwrap();
    assert!(verified.is_fresh() && auth.require_fresh(&verified).is_ok());
    assert!(auth.require_fresh_within(&verified, minutes(5)).is_ok());

    let copy = auth.create_access_token(&verified).unwrap();
    let copy = Head::new("GET").access(copy.as_str());
    let copied = ask(&auth, &copy, &Require::access()).unwrap();
    assert!(!copied.is_fresh() && auth.require_fresh_within(&copied, minutes(5)).is_err());

    clock.set(UnixTime::from_secs(NOW + 60));
    let later = ask(&auth, &head, &Require::access()).unwrap();
    assert!(!later.is_fresh());
    for held in [later, verified] {
        let refused = auth.require_fresh(&held).unwrap_err().code();
        assert_eq!(refused, "fresh_token_required");
        assert!(auth.require_fresh_within(&held, minutes(5)).is_err());
    }
}

#[test]
fn two_of_them_never_mix() {
    let one = auth(builder());
    let two = auth(builder().secret_key("another secret, of thirty-two bytes"));
    let head = Head::new("GET").access(&token(&one, &json!({})));
    assert_eq!(
        outcome(&two, &head, &Require::access()),
        "invalid_signature"
    );
    assert!(one.is_same(&one.clone()) && !one.is_same(&two));
    let stale = ask(&one, &head, &Require::access()).unwrap();
    assert_eq!(
        one.require_fresh(&stale).unwrap_err().code(),
        "fresh_token_required"
    );
}
