//! Tests in rows: a sentence, a token, the result.

mod accepted;
mod build;
mod refused;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::ForeignIssuer;
use crate::jws::tests::pem::test_key;
use crate::jws::{Algorithm, SigningKey};
use crate::testing::{Head, NOW};
use crate::{Auth, RequestHead};

const ISSUER: &str = "https://issuer.example.com";
const API: &str = "https://api.example.com";

/// The public keys of `tests/keys`, and some that are ignored.
const JWKS: &str = include_str!("../../../tests/keys/jwks.json");

/// The issuer with all keys of the set.
fn issuer() -> ForeignIssuer {
    ForeignIssuer::builder(ISSUER, API)
        .jwks(JWKS)
        .build()
        .unwrap()
}

/// The header and claims of a good token, with these changes; `null` removes a member.
fn header(changes: &Value) -> String {
    changed(
        json!({"alg": "ES256", "typ": "at+jwt", "kid": "p256"}),
        changes,
    )
}

fn claims(changes: &Value) -> String {
    let claims = json!({
        "iss": ISSUER, "aud": API, "sub": "user1", "client_id": "app", "jti": "id",
        "iat": NOW, "exp": NOW + 300, "scope": "posts:read posts:write",
    });
    changed(claims, changes)
}

fn changed(mut json: Value, changes: &Value) -> String {
    let all = json.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        all.insert(name.clone(), value.clone());
    }
    all.retain(|_, value| !value.is_null());
    json.to_string()
}

/// Signs these texts with a private key of `tests/keys`.
fn sign(algorithm: Algorithm, key: &str, header: &str, claims: &str) -> String {
    let pem = test_key(&format!("{key}.private"));
    let key = SigningKey::from_pem(algorithm, pem.as_bytes()).unwrap();
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", encode(signature.as_bytes()))
}

/// Signs with the key of the header `p256`.
fn es256(header: &str, claims: &str) -> String {
    sign(Algorithm::Es256, "p256", header, claims)
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the subject, or the code of the rejection.
fn outcome(
    auth: &Auth,
    issuers: &(impl AsRef<[ForeignIssuer]> + ?Sized),
    head: &impl RequestHead,
) -> String {
    match auth.authenticate_foreign(issuers, head) {
        Ok(token) => token.subject().to_owned(),
        Err(rejection) => rejection.code().to_owned(),
    }
}

fn bearer(token: &str) -> Head {
    Head::new("GET").bearer(token)
}
