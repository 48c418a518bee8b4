//! What passes, and what it gives.

use std::time::Duration;

use serde_json::{Value, json};

use super::{API, ISSUER, JWKS, bearer, claims, es256, header, issuer, outcome, sign};
use crate::foreign::ForeignIssuer;
use crate::jws::Algorithm::{self, EdDsa, Es256, Es256K, Es384, Es512, Ps256, Rs256};
use crate::jws::tests::pem::test_key;
use crate::testing::{Head, NOW, auth, auth_and_clock, builder};

#[test]
fn every_algorithm() {
    let auth = auth(builder());
    let rows: [(&str, Algorithm, &str, &str); 7] = [
        ("RS256", Rs256, "rsa2048", "rsa"),
        ("PS256", Ps256, "rsa2048", "rsa-pss"),
        ("ES256", Es256, "p256", "p256"),
        ("ES384", Es384, "p384", "p384"),
        ("ES512", Es512, "p521", "p521"),
        ("ES256K", Es256K, "secp256k1", "secp256k1"),
        ("EdDSA", EdDsa, "ed25519", "ed25519"),
    ];
    for (name, algorithm, key, kid) in rows {
        let by_pem = ForeignIssuer::builder(ISSUER, API)
            .public_key(algorithm, test_key(&format!("{key}.public")))
            .build()
            .unwrap();
        for kid in [json!(kid), Value::Null] {
            let header = header(&json!({"alg": name, "kid": kid}));
            let token = bearer(&sign(algorithm, key, &header, &claims(&json!({}))));
            assert_eq!(outcome(&auth, &issuer(), &token), "user1", "{name}, {kid}");
            assert_eq!(outcome(&auth, &by_pem, &token), "user1", "{name}, {kid}");
        }
    }
}

#[test]
fn forms_that_pass() {
    let auth = auth(builder());
    let usual = header(&json!({}));
    let with = |changes| es256(&usual, &claims(&changes));
    let typ = |typ: &str| es256(&header(&json!({"typ": typ})), &claims(&json!({})));
    let rows = [
        ("as usual", with(json!({}))),
        ("the type in capitals", typ("AT+JWT")),
        ("the long form of the type", typ("application/at+jwt")),
        ("several audiences", with(json!({"aud": ["other", API]}))),
        ("no scope", with(json!({"scope": null}))),
        ("an empty scope", with(json!({"scope": ""}))),
        (
            "times with a fraction",
            with(json!({"exp": 1_800_000_000.5 + 300.0})),
        ),
        ("issued 30 seconds ahead", with(json!({"iat": NOW + 30}))),
        ("valid in 30 seconds", with(json!({"nbf": NOW + 30}))),
        (
            "claims of ours, in other forms",
            with(json!({
                "type": 1, "scopes": "a", "csrf": [], "gen": "x", "sid": {}, "fresh": "no",
            })),
        ),
        (
            "claims of other profiles",
            with(json!({"cnf": {"jkt": "x"}, "roles": ["a"], "acr": null, "nonce": "n"})),
        ),
        (
            "names in escapes",
            es256(
                &usual,
                &claims(&json!({})).replace("\"sub\"", "\"s\\u0075b\""),
            ),
        ),
    ];
    for (sentence, token) in rows {
        assert_eq!(
            outcome(&auth, &issuer(), &bearer(&token)),
            "user1",
            "{sentence}"
        );
    }
}

#[test]
fn what_a_token_says() {
    let auth = auth(builder());
    let changes = json!({"aud": ["other", API], "tenant": "blue", "scope": " a  b:* "});
    let token = es256(&header(&json!({})), &claims(&changes));
    let token = auth
        .authenticate_foreign(&issuer(), &bearer(&token))
        .unwrap();

    assert_eq!((token.issuer(), token.subject()), (ISSUER, "user1"));
    assert_eq!((token.client_id(), token.id()), ("app", "id"));
    assert_eq!(token.audience().collect::<Vec<_>>(), ["other", API]);
    assert_eq!(token.scopes().collect::<Vec<_>>(), ["a", "b:*"]);
    assert_eq!(token.issued_at().as_secs(), NOW);
    assert_eq!(token.expires_at().as_secs(), NOW + 300);
    assert_eq!(token.claims::<Value>().unwrap()["tenant"], "blue");
    assert!(token.claims::<u8>().is_err());
    assert_eq!(
        format!("{token:?}"),
        r#"ForeignToken { issuer: "https://issuer.example.com", .. }"#
    );
}

#[test]
fn scopes_are_compared_exactly() {
    let auth = auth(builder());
    let token = es256(&header(&json!({})), &claims(&json!({"scope": "a b:*"})));
    let token = auth
        .authenticate_foreign(&issuer(), &bearer(&token))
        .unwrap();
    #[rustfmt::skip]
    let rows: [(&str, &[&str], bool); 6] = [
        ("none is always met", &[], true),
        ("one of them", &["a"], true),
        ("all of them", &["b:*", "a"], true),
        ("a wildcard is a name", &["b:c"], false),
        ("one too many", &["a", "c"], false),
        ("case matters", &["A"], false),
    ];
    for (sentence, required, met) in rows {
        let required = || required.iter().copied();
        let answer = auth.require_foreign_scopes(&token, required());
        assert_eq!(token.has_scopes(required()), met, "{sentence}");
        assert_eq!(answer.is_ok(), met, "{sentence}");
        if let Err(rejection) = answer {
            assert_eq!(rejection.status(), 403, "{sentence}");
            assert_eq!(rejection.code(), "insufficient_scope", "{sentence}");
        }
    }
}

#[test]
fn the_leeway_is_that_of_the_settings() {
    let (auth, clock) = auth_and_clock(builder().decode_leeway(Duration::from_secs(10)));
    let token = bearer(&es256(&header(&json!({})), &claims(&json!({}))));
    clock.advance(Duration::from_secs(309));
    assert_eq!(outcome(&auth, &issuer(), &token), "user1");
    clock.advance(Duration::from_secs(1));
    assert_eq!(outcome(&auth, &issuer(), &token), "token_expired");
}

#[test]
fn one_of_several_issuers() {
    let auth = auth(builder());
    let build = |issuer: &str, audience: &str, algorithm, key: &str| {
        ForeignIssuer::builder(issuer, audience)
            .public_key(algorithm, test_key(key))
            .build()
            .unwrap()
    };
    let issuers = [
        build(ISSUER, "elsewhere", Es256, "p256.public"),
        build(ISSUER, API, Es256, "p256.public"),
        build("https://b.example.com", API, EdDsa, "ed25519.public"),
    ];
    let of_a = |changes| es256(&header(&json!({})), &claims(&changes));
    let of_b = |iss: &str| {
        let header = header(&json!({"alg": "EdDSA"}));
        sign(EdDsa, "ed25519", &header, &claims(&json!({"iss": iss})))
    };
    let rows = [
        ("the first", of_a(json!({"aud": "elsewhere"})), "user1"),
        ("the same for another audience", of_a(json!({})), "user1"),
        ("another", of_b("https://b.example.com"), "user1"),
        (
            "an audience that none has",
            of_a(json!({"aud": "x"})),
            "invalid_audience",
        ),
        (
            "one issuer in the name of another",
            of_a(json!({"iss": "https://b.example.com"})),
            "invalid_token",
        ),
        ("the other way round", of_b(ISSUER), "invalid_token"),
        (
            "an issuer that is not configured",
            of_b("https://c.example.com"),
            "invalid_issuer",
        ),
        ("no issuer", of_a(json!({"iss": null})), "invalid_token"),
        (
            "an issuer that is no text",
            of_a(json!({"iss": 1})),
            "invalid_token",
        ),
        ("not a token", "a.b.c".to_owned(), "invalid_token"),
    ];
    for (sentence, token, expected) in rows {
        let head = bearer(&token);
        assert_eq!(outcome(&auth, &issuers, &head), expected, "{sentence}");
        assert_eq!(
            outcome(&auth, &issuers.to_vec(), &head),
            expected,
            "{sentence}"
        );
    }
    let nobody: [ForeignIssuer; 0] = [];
    assert_eq!(
        outcome(&auth, &nobody, &bearer(&of_a(json!({})))),
        "invalid_issuer"
    );
    assert_eq!(outcome(&auth, &nobody, &Head::new("GET")), "missing_token");
}

#[test]
fn a_set_from_a_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/jwks.json");
    let issuer = ForeignIssuer::builder(ISSUER, API).jwks_file(path).build();
    let token = bearer(&es256(&header(&json!({})), &claims(&json!({}))));
    assert_eq!(outcome(&auth(builder()), &issuer.unwrap(), &token), "user1");
    assert!(JWKS.contains("\"future\""), "one key is of an unknown kind");
}
