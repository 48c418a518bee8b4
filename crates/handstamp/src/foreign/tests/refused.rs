//! What does not pass.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{API, ISSUER, bearer, claims, encode, es256, header, issuer, outcome, sign};
use crate::foreign::ForeignIssuer;
use crate::jws::Algorithm;
use crate::jws::tests::pem::test_key;
use crate::testing::{self, Head, NOW, ask, auth, auth_and_clock, builder};
use crate::{Auth, Config, Location, Require};

#[test]
fn claims_that_do_not_pass() {
    let auth = auth(builder());
    #[rustfmt::skip]
    let mut rows = vec![
        ("another issuer", json!({"iss": "https://other.example.com"}), "invalid_issuer"),
        ("a slash after the issuer", json!({"iss": format!("{ISSUER}/")}), "invalid_issuer"),
        ("the issuer in capitals", json!({"iss": ISSUER.to_uppercase()}), "invalid_issuer"),
        ("an issuer that only begins so", json!({"iss": format!("{ISSUER}.evil.example")}), "invalid_issuer"),
        ("issuers in an array", json!({"iss": [ISSUER]}), "invalid_token"),
        ("an empty issuer", json!({"iss": ""}), "invalid_token"),
        ("another audience", json!({"aud": "https://other.example.com"}), "invalid_audience"),
        ("other audiences", json!({"aud": ["a", "b"]}), "invalid_audience"),
        ("no audience in an array", json!({"aud": []}), "invalid_audience"),
        ("an audience that only begins so", json!({"aud": format!("{API}/v2")}), "invalid_audience"),
        ("an empty audience", json!({"aud": ""}), "invalid_audience"),
        ("an audience that is a number", json!({"aud": 1}), "invalid_token"),
        ("a number among the audiences", json!({"aud": [API, 1]}), "invalid_token"),
        ("expired in this second", json!({"exp": NOW}), "token_expired"),
        ("expired long ago", json!({"exp": 1}), "token_expired"),
        ("a text for exp", json!({"exp": "1800000300"}), "invalid_token"),
        ("a negative exp", json!({"exp": -1}), "invalid_token"),
        ("an endless exp", json!({"exp": 1e300}), "invalid_token"),
        ("issued 31 seconds ahead", json!({"iat": NOW + 31}), "invalid_token"),
        ("a text for iat", json!({"iat": "now"}), "invalid_token"),
        ("valid in 31 seconds", json!({"nbf": NOW + 31}), "invalid_token"),
        ("a text for nbf", json!({"nbf": "now"}), "invalid_token"),
        ("an empty subject", json!({"sub": ""}), "invalid_token"),
        ("a subject that is a number", json!({"sub": 1}), "invalid_token"),
        ("an empty client", json!({"client_id": ""}), "invalid_token"),
        ("a client that is an array", json!({"client_id": ["app"]}), "invalid_token"),
        ("an empty id", json!({"jti": ""}), "invalid_token"),
        ("an id that is a number", json!({"jti": 7}), "invalid_token"),
        ("scopes in an array", json!({"scope": ["a", "b"]}), "invalid_token"),
    ];
    for name in ["iss", "aud", "exp", "iat", "sub", "client_id", "jti"] {
        rows.push((
            "a required claim is missing",
            json!({name: null}),
            "invalid_token",
        ));
    }
    for (sentence, changes, expected) in rows {
        let token = bearer(&es256(&header(&json!({})), &claims(&changes)));
        assert_eq!(
            outcome(&auth, &issuer(), &token),
            expected,
            "{sentence}: {changes}"
        );
    }
    for name in [
        "iss",
        "aud",
        "exp",
        "iat",
        "nbf",
        "sub",
        "client_id",
        "jti",
        "scope",
    ] {
        let null = claims(&json!({})).replacen('{', &format!("{{\"{name}\":null,"), 1);
        let token = bearer(&es256(&header(&json!({})), &null));
        assert_eq!(outcome(&auth, &issuer(), &token), "invalid_token", "{name}");
    }
}

#[test]
fn forms_that_do_not_pass() {
    let auth = auth(builder());
    let usual = header(&json!({}));
    let good = claims(&json!({}));
    let with = |changes| es256(&header(&changes), &good);
    let token = es256(&usual, &good);
    let (input, signature) = token.rsplit_once('.').unwrap();
    let hs256 = |secret: &str, changes| {
        let input = format!("{}.{}", encode(header(&changes)), encode(&good));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(input.as_bytes());
        format!("{input}.{}", encode(mac.finalize().into_bytes()))
    };
    let public = test_key("p256.public");
    #[rustfmt::skip]
    let rows = [
        ("no typ", with(json!({"typ": null})), "invalid_token"),
        ("the typ of ID tokens and of ours", with(json!({"typ": "JWT"})), "invalid_token"),
        ("another typ", with(json!({"typ": "logout+jwt"})), "invalid_token"),
        ("a typ that is no text", with(json!({"typ": ["at+jwt"]})), "invalid_token"),
        ("the algorithm none", format!("{}.{}.", encode(header(&json!({"alg": "none"}))), encode(&good)), "invalid_token"),
        ("none in capitals, with a signature", with(json!({"alg": "NONE"})), "invalid_token"),
        ("HS256 with the public key as its secret", hs256(&public, json!({"alg": "HS256"})), "invalid_token"),
        ("HS256 with any secret, without a key id", hs256("secret", json!({"alg": "HS256", "kid": null})), "invalid_token"),
        ("HS256 that calls itself ES256", hs256(&public, json!({})), "invalid_signature"),
        ("another algorithm of the same key", with(json!({"alg": "ES384"})), "invalid_token"),
        ("RSA of another padding", sign(Algorithm::Ps256, "rsa2048", &header(&json!({"alg": "PS256", "kid": "rsa"})), &good), "invalid_token"),
        ("RSA that calls itself of another padding", sign(Algorithm::Ps256, "rsa2048", &header(&json!({"alg": "RS256", "kid": "rsa"})), &good), "invalid_signature"),
        ("an algorithm that no key has", sign(Algorithm::Rs512, "rsa2048", &header(&json!({"alg": "RS512", "kid": "rsa"})), &good), "invalid_token"),
        ("no algorithm", with(json!({"alg": null})), "invalid_token"),
        ("a key id that is not known", with(json!({"kid": "p257"})), "invalid_token"),
        ("an empty key id", with(json!({"kid": ""})), "invalid_token"),
        ("the key id of another algorithm", with(json!({"kid": "p384"})), "invalid_token"),
        ("a key id that is a number", with(json!({"kid": 1})), "invalid_token"),
        ("crit", with(json!({"crit": ["exp"], "exp": 1})), "invalid_token"),
        ("an empty crit", with(json!({"crit": []})), "invalid_token"),
        ("b64", with(json!({"b64": true})), "invalid_token"),
        ("a member twice in the header", es256(&usual.replacen('{', "{\"typ\":\"at+jwt\",", 1), &good), "invalid_token"),
        ("an embedded key that signed it", sign(Algorithm::EdDsa, "ed25519", &header(&json!({"alg": "EdDSA", "kid": "mine", "jwk": {"kty": "OKP"}})), &good), "invalid_token"),
        ("a claim twice", es256(&usual, &good.replacen('{', "{\"sub\":\"admin\",", 1)), "invalid_token"),
        ("a claim twice, once in escapes", es256(&usual, &good.replacen('{', "{\"s\\u0075b\":\"admin\",", 1)), "invalid_token"),
        ("a custom claim twice", es256(&usual, &good.replacen('{', "{\"a\":1,\"a\":1,", 1)), "invalid_token"),
        ("claims in an array", es256(&usual, &format!("[{good}]")), "invalid_token"),
        ("claims behind which more stands", es256(&usual, &format!("{good}{good}")), "invalid_token"),
        ("a lone surrogate", es256(&usual, &claims(&json!({"x": "?"})).replace("\"?\"", "\"\\ud800\"")), "invalid_token"),
        ("the signature of another token", format!("{input}.{}", es256(&usual, &claims(&json!({"jti": "2"}))).rsplit_once('.').unwrap().1), "invalid_signature"),
        ("a signature of zeros", format!("{input}.{}", encode([0; 64])), "invalid_signature"),
        ("a signature of other claims", format!("{}.{}.{signature}", encode(&usual), encode(claims(&json!({"sub": "admin"})))), "invalid_signature"),
        ("a signature in DER", format!("{input}.{}", encode(der(signature))), "invalid_signature"),
        ("a signature with a bit too many", format!("{input}.{}", with_unused_bit(signature)), "invalid_token"),
        ("no signature", format!("{input}."), "invalid_signature"),
        ("two segments", input.to_owned(), "invalid_token"),
        ("four segments", format!("{token}.e30"), "invalid_token"),
        ("padding", format!("{token}="), "invalid_token"),
        ("9 KiB", es256(&usual, &claims(&json!({"x": "x".repeat(9 * 1024)}))), "invalid_token"),
    ];
    for (sentence, token, expected) in rows {
        let head = bearer(&token);
        assert_eq!(outcome(&auth, &issuer(), &head), expected, "{sentence}");
        let both = [issuer(), other_issuer()];
        assert!(
            auth.authenticate_foreign(&both, &head).is_err(),
            "{sentence}"
        );
    }
}

#[test]
fn one_change_is_too_many() {
    let (auth, issuer) = (auth(builder()), issuer());
    let token = es256(&header(&json!({})), &claims(&json!({})));
    assert_eq!(outcome(&auth, &issuer, &bearer(&token)), "user1");
    for position in 0..token.len() {
        for other in ["", "A", "B", "-", ".", "=", "\u{e9}"] {
            let mut changed = token.clone();
            changed.replace_range(position..=position, other);
            if changed != token {
                let code = outcome(&auth, &issuer, &bearer(&changed));
                assert!(code.starts_with("invalid_"), "{position}, {other}: {code}");
            }
        }
        let start = outcome(&auth, &issuer, &bearer(&token[..position]));
        let expected = if position == 0 {
            "missing_token"
        } else {
            "invalid_"
        };
        assert!(start.starts_with(expected), "{position}: {start}");
    }
}

#[test]
fn a_key_of_another_curve_or_pair_does_not_verify() {
    let auth = auth(builder());
    let token = bearer(&es256(&header(&json!({})), &claims(&json!({}))));
    let rows = [
        ("another curve", other_issuer(), "invalid_token"),
        (
            "another pair on the same curve",
            ForeignIssuer::builder(ISSUER, API)
                .jwks(
                    r#"{"keys": [{"kty": "EC", "crv": "P-256",
                        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
                        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#,
                )
                .build()
                .unwrap(),
            "invalid_signature",
        ),
    ];
    for (sentence, issuer, expected) in rows {
        assert_eq!(outcome(&auth, &issuer, &token), expected, "{sentence}");
    }
}

#[test]
fn a_token_stands_in_one_header_alone() {
    let auth = auth(builder());
    let token = es256(&header(&json!({})), &claims(&json!({})));
    let other = es256(&header(&json!({})), &claims(&json!({"jti": "2"})));
    let get = || Head::new("GET");
    let rows = [
        ("in the header", get().bearer(&token), "user1"),
        (
            "the scheme has no case",
            get().header("authorization", format!("bEARER {token}")),
            "user1",
        ),
        (
            "twice the same",
            get().bearer(&token).bearer(&token),
            "user1",
        ),
        ("beside a cookie", get().bearer(&token).access("x"), "user1"),
        (
            "two tokens",
            get().bearer(&token).bearer(&other),
            "invalid_token",
        ),
        ("nowhere", get(), "missing_token"),
        ("in a cookie", get().access(&token), "missing_token"),
        (
            "in the query",
            get().query(&format!("token={token}&access_token={token}")),
            "missing_token",
        ),
        (
            "in another scheme",
            get().header("authorization", format!("DPoP {token}")),
            "missing_token",
        ),
        (
            "without a scheme",
            get().header("authorization", token.clone()),
            "missing_token",
        ),
        (
            "an empty one",
            get().header("authorization", "Bearer "),
            "missing_token",
        ),
    ];
    for (sentence, head, expected) in rows {
        assert_eq!(outcome(&auth, &issuer(), &head), expected, "{sentence}");
    }
}

#[test]
fn the_header_is_authorization_whatever_the_settings_say() {
    let auth = auth(builder().header_name("X-Token").header_type(""));
    let token = es256(&header(&json!({})), &claims(&json!({})));
    assert_eq!(outcome(&auth, &issuer(), &bearer(&token)), "user1");
    let elsewhere = Head::new("GET").header("x-token", token);
    assert_eq!(outcome(&auth, &issuer(), &elsewhere), "missing_token");
}

#[test]
fn refusals_are_answered_like_those_of_our_own_tokens() {
    let auth = auth(builder());
    let missing = auth
        .authenticate_foreign(&issuer(), &Head::new("GET"))
        .unwrap_err();
    assert_eq!(
        missing.to_string(),
        "Missing JWT in request: looked in the header Authorization"
    );
    assert!(
        missing
            .headers()
            .contains(&("www-authenticate", "Bearer".into()))
    );
    let expired = es256(&header(&json!({})), &claims(&json!({"exp": 1})));
    let expired = auth
        .authenticate_foreign(&issuer(), &bearer(&expired))
        .unwrap_err();
    assert_eq!((expired.status(), expired.code()), (401, "token_expired"));
    let (_, challenge) = expired.headers().remove(2);
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\""),
        "{challenge}"
    );
}

#[test]
fn it_expires_at_the_second() {
    let (auth, clock) = auth_and_clock(builder());
    let token = bearer(&es256(&header(&json!({})), &claims(&json!({}))));
    clock.advance(Duration::from_secs(299));
    assert_eq!(outcome(&auth, &issuer(), &token), "user1");
    clock.advance(Duration::from_secs(1));
    assert_eq!(outcome(&auth, &issuer(), &token), "token_expired");
}

/// One key, one issuer, one audience, and claims that both accept: only the `typ` differs.
#[test]
fn ours_is_not_foreign_and_foreign_is_not_ours_under_one_key() {
    let auth = own_auth();
    let all = json!({
        "type": "access", "csrf": "x", "fresh": true,
        "iss": ISSUER, "aud": API, "sub": "user1", "client_id": "app", "jti": "id",
        "iat": NOW, "exp": NOW + 300,
    })
    .to_string();
    let by_typ = |typ: Value| {
        let header = header(&json!({"typ": typ, "kid": null}));
        bearer(&es256(&header, &all))
    };
    let made = auth.create_access_token("user1").unwrap();
    let refresh = auth.create_refresh_token("user1").unwrap();
    let id_token = |typ: Value, audience: &str| {
        let claims = json!({
            "iss": ISSUER, "aud": audience, "sub": "user1", "nonce": "n", "iat": NOW,
            "exp": NOW + 300,
        });
        let header = header(&json!({"typ": typ, "kid": null}));
        bearer(&es256(&header, &claims.to_string()))
    };
    // (sentence, token, as ours, as foreign)
    let rows = [
        (
            "what we made",
            bearer(made.as_str()),
            "user1",
            "invalid_token",
        ),
        (
            "a refresh token of ours",
            bearer(refresh.as_str()),
            "access_token_required",
            "invalid_token",
        ),
        (
            "signed as one of ours",
            bearer(&testing::sign(&auth, &all)),
            "user1",
            "invalid_token",
        ),
        ("JWT", by_typ(json!("JWT")), "user1", "invalid_token"),
        ("no typ", by_typ(Value::Null), "user1", "invalid_token"),
        ("at+jwt", by_typ(json!("at+jwt")), "invalid_token", "user1"),
        (
            "the long form",
            by_typ(json!("application/at+jwt")),
            "invalid_token",
            "user1",
        ),
        (
            "an ID token",
            id_token(json!("JWT"), "app"),
            "invalid_token",
            "invalid_token",
        ),
        (
            "an ID token without typ, for this audience",
            id_token(Value::Null, API),
            "invalid_token",
            "invalid_token",
        ),
    ];
    let foreign = ForeignIssuer::builder(ISSUER, API)
        .public_key(Algorithm::Es256, test_key("p256.public"))
        .build()
        .unwrap();
    for (sentence, head, ours, as_foreign) in rows {
        let own = testing::outcome(&auth, &head, &Require::access());
        assert_eq!(own, ours, "{sentence}");
        assert_eq!(outcome(&auth, &foreign, &head), as_foreign, "{sentence}");
    }
    let cookie = Head::new("GET").access(&es256(&header(&json!({})), &all));
    let refused = ask(&auth, &cookie, &Require::access()).unwrap_err();
    assert_eq!(refused.code(), "invalid_token");
}

/// This service, with the key of the issuer.
fn own_auth() -> Auth {
    let config = Config::builder()
        .algorithm(Algorithm::Es256)
        .private_key(test_key("p256.private"))
        .token_locations([Location::Headers, Location::Cookies])
        .encode_issuer(ISSUER)
        .decode_issuer(ISSUER)
        .encode_audience([API])
        .decode_audience([API]);
    auth(config)
}

/// The same issuer with a key of another curve.
fn other_issuer() -> ForeignIssuer {
    ForeignIssuer::builder(ISSUER, API)
        .public_key(Algorithm::Es384, test_key("p384.public"))
        .build()
        .unwrap()
}

/// The signature in the form of X.509: a sequence of two integers.
fn der(signature: &str) -> Vec<u8> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = bytes.split_at(32);
    let integer = |number: &[u8]| [&[2, 33, 0], number].concat();
    [vec![0x30, 70], integer(r), integer(s)].concat()
}

/// The same signature, whose last digit has an unused bit.
fn with_unused_bit(signature: &str) -> String {
    // 64 bytes leave four bits of the last digit unused: A, Q, g and w are canonical.
    let (start, last) = signature.split_at(signature.len() - 1);
    let last = match last {
        "A" => "B",
        "Q" => "R",
        "g" => "h",
        _ => "x",
    };
    format!("{start}{last}")
}
