//! Tests of what a key set remembers.

use super::super::seen::SeenTokens;
use super::{hmac, pem, set_of};
use crate::jws::{Algorithm, JwsError, KeySet};
use crate::testing::{Head, NOW, ask, auth_and_clock, outcome};
use crate::{Auth, Config, Require, minutes};

fn remembers(keys: &KeySet, token: &str) -> bool {
    let seen = keys.seen.as_ref();
    seen.is_some_and(|seen| seen.contains(token.as_bytes()))
}

#[test]
fn a_verified_token_is_remembered_and_nothing_like_it() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
        let keys = set_of(pem::signing_key(algorithm), None).remembering();
        let token = keys.sign(b"{\"a\":1}").unwrap();
        assert!(!remembers(&keys, &token), "signed, and not yet verified");
        for time in ["first", "second"] {
            let payload = keys.verify(token.as_bytes());
            assert_eq!(payload.as_deref(), Ok(&b"{\"a\":1}"[..]), "{time}");
            assert!(remembers(&keys, &token), "{time}");
        }

        let other = keys.sign(b"{\"a\":2}").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (other_signed, other_signature) = other.rsplit_once('.').unwrap();
        let rows = [
            (
                "its signature on another payload",
                format!("{other_signed}.{signature}"),
            ),
            (
                "another signature on its payload",
                format!("{signed}.{other_signature}"),
            ),
            ("without a signature", format!("{signed}.")),
            (
                "its signature cut short",
                token[..token.len() - 4].to_owned(),
            ),
            ("a byte behind", format!("{token}A")),
            ("a byte in front", format!("A{token}")),
            ("in capitals", token.to_uppercase()),
        ];
        for (sentence, forged) in rows {
            for time in ["first", "second"] {
                assert!(
                    keys.verify(forged.as_bytes()).is_err(),
                    "{sentence}, {time}"
                );
                assert!(!remembers(&keys, &forged), "{sentence}, {time}");
            }
        }
    }
}

#[test]
fn a_set_remembers_nothing_of_hmac_and_nothing_where_it_is_off() {
    let secret = set_of(hmac(Algorithm::Hs256, 1), None).remembering();
    assert!(secret.seen.is_none(), "HMAC alone");

    let pair = pem::signing_key(Algorithm::Es256).verifying_key().unwrap();
    let both = [
        (hmac(Algorithm::Hs256, 1).verifying_key().unwrap(), None),
        (pair, None),
    ];
    let both = KeySet::new(None, both.into()).unwrap().remembering();
    let token = secret.sign(b"{}").unwrap();
    assert!(both.verify(token.as_bytes()).is_ok());
    assert!(!remembers(&both, &token), "HMAC next to a key pair");

    let keys = || {
        Config::builder()
            .algorithm(Algorithm::Es256)
            .private_key(pem::text("p256.private"))
    };
    assert!(keys().build().unwrap().keys().seen.is_some(), "by default");
    let off = keys().signature_cache(false).build().unwrap();
    assert!(off.keys().seen.is_none(), "switched off");
}

#[test]
fn other_keys_remember_nothing() {
    let old = set_of(pem::signing_key(Algorithm::Es256), None).remembering();
    let token = old.sign(b"{}").unwrap();
    assert!(old.verify(token.as_bytes()).is_ok());
    let new = pem::verifying_key(Algorithm::EdDsa, "ed25519.public");
    let new = KeySet::new(None, vec![(new, None)]).unwrap().remembering();
    assert_eq!(
        new.verify(token.as_bytes()),
        Err(JwsError::UnsupportedAlgorithm)
    );
}

#[test]
fn what_a_remembered_token_says_is_judged_each_time() {
    let (auth, clock): (Auth, _) = auth_and_clock(
        Config::builder()
            .algorithm(Algorithm::Es256)
            .private_key(pem::text("p256.private")),
    );
    let token = auth.create_access_token("user1").unwrap();
    let get = Head::new("GET").access(token.as_str());
    let post = Head::new("POST").access(token.as_str());
    let require = Require::access();
    assert!(ask(&auth, &get, &require).unwrap().issued_at().as_secs() == NOW);
    assert!(remembers(auth.config().keys(), token.as_str()));
    let rows = [
        ("by GET again", outcome(&auth, &get, &require), "user1"),
        (
            "by POST without its CSRF value",
            outcome(&auth, &post, &require),
            "missing_csrf_token",
        ),
        (
            "as a refresh token",
            outcome(
                &auth,
                &Head::new("GET").refresh(token.as_str()),
                &Require::refresh().without_csrf(),
            ),
            "refresh_token_required",
        ),
        (
            "for a log-in of today",
            outcome(&auth, &get, &Require::access().fresh()),
            "fresh_token_required",
        ),
    ];
    for (sentence, outcome, expected) in rows {
        assert_eq!(outcome, expected, "{sentence}");
    }
    clock.advance(minutes(15));
    assert_eq!(outcome(&auth, &get, &require), "token_expired");
}

#[test]
fn the_memory_is_bounded() {
    let seen = SeenTokens::new();
    let tokens: Vec<String> = (0..20_000).map(|n| format!("token {n}")).collect();
    for token in &tokens {
        seen.insert(token.as_bytes());
        assert!(seen.contains(token.as_bytes()), "{token}");
    }
    let kept = tokens
        .iter()
        .filter(|token| seen.contains(token.as_bytes()));
    assert!((2000..=4096).contains(&kept.count()));
}
