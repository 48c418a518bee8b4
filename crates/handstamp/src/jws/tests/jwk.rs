//! Tests of keys from JSON.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::vectors;
use crate::jws::KeySet;
use crate::jws::jwk::{Jwk, read_set};

const IGNORED_USE: &str = "ignored: its `use` is not sig";

/// What became of the first key: the algorithm, why it is ignored, or what is wrong.
fn outcome(text: &str) -> String {
    match read_set(text) {
        Err(error) => error.to_string(),
        Ok(keys) => match keys.into_iter().next() {
            None => "no key".to_owned(),
            Some(Ok(Jwk::Usable(key, _))) => key.algorithm().to_string(),
            Some(Ok(Jwk::Ignored(why))) => format!("ignored: {why}"),
            Some(Err(error)) => error.to_string(),
        },
    }
}

/// A key of RFC 7517, appendix A.1, or of RFC 8037, appendix A.2, with these changes; `null`
/// removes a member.
fn with(key: &str, changes: &Value) -> String {
    let mut jwk: Value = serde_json::from_str(key).unwrap();
    let members = jwk.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    json!({ "keys": [jwk] }).to_string()
}

#[test]
#[rustfmt::skip]
fn what_becomes_of_a_key() {
    let rows = [
        ("RFC 7517, A.1: an EC key for encryption", with(EC, &json!({})), IGNORED_USE),
        ("the same for signatures", with(EC, &json!({"use": "sig"})), "ES256"),
        ("the same for anything", with(EC, &json!({"use": null})), "ES256"),
        ("RFC 7517, A.1: an RSA key", with(RSA, &json!({})), "RS256"),
        ("an RSA key that names nothing", with(RSA, &json!({"alg": null, "kid": null})), "RS256"),
        ("an RSA key for PSS", with(RSA, &json!({"alg": "PS384"})), "PS384"),
        ("an RSA key with a zero before it", with(RSA, &json!({"e": "AAEAAQ"})), "RS256"),
        ("RFC 8037, A.2: an Ed25519 key", with(OKP, &json!({})), "EdDSA"),
        ("a byte order mark", format!("\u{feff}{}", with(OKP, &json!({}))), "EdDSA"),
        ("unknown members", with(OKP, &json!({"x5c": ["?"], "x5u": "http://a/", "exp": 1})), "EdDSA"),
        ("operations that name verify", with(OKP, &json!({"key_ops": ["wrapKey", "verify"]})), "EdDSA"),

        ("a key for encryption, whatever its numbers", with(RSA, &json!({"use": "enc", "n": "AQAB"})), IGNORED_USE),
        ("operations without verify", with(RSA, &json!({"key_ops": ["encrypt"]})), "ignored: its `key_ops` do not name verify"),
        ("an algorithm of encryption", with(RSA, &json!({"alg": "RSA-OAEP"})), "ignored: its `alg` is not known"),
        ("an algorithm in lower case", with(RSA, &json!({"alg": "rs256"})), "ignored: its `alg` is not known"),
        ("none as an algorithm", with(RSA, &json!({"alg": "none"})), "ignored: its `alg` is not known"),
        ("a type of tomorrow", with(RSA, &json!({"kty": "AKP"})), "ignored: its `kty` or `crv` is not known"),
        ("a curve that is not known", with(OKP, &json!({"crv": "Ed448"})), "ignored: its `kty` or `crv` is not known"),
        ("a curve for key agreement", with(OKP, &json!({"crv": "X25519"})), "ignored: its `kty` or `crv` is not known"),
        ("a curve of another type", with(EC, &json!({"use": null, "crv": "Ed25519"})), "ignored: its `kty` or `crv` is not known"),
        ("an empty set", r#"{"keys": []}"#.to_owned(), "no key"),

        ("a symmetric key", r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#.to_owned(), SYMMETRIC),
        ("a symmetric key for encryption", r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0", "use": "enc"}]}"#.to_owned(), SYMMETRIC),
        ("a private EC key", with(EC, &json!({"d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"})), PRIVATE),
        ("a private RSA key", with(RSA, &json!({"d": "AQAB", "p": "AQAB"})), PRIVATE),
        ("a private Ed25519 key", with(OKP, &json!({"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"})), PRIVATE),
        ("an RSA key of 1024 bits", with(RSA, &json!({"n": of_1024_bits("")})), SMALL_RSA),
        ("an RSA key of 1024 bits with zeros before it", with(RSA, &json!({"n": of_1024_bits(&"A".repeat(172))})), SMALL_RSA),
        ("an RSA key of no bits", with(RSA, &json!({"n": ""})), NO_N),
        ("an RSA key of zeros", with(RSA, &json!({"n": "AAAA"})), NO_N),
        ("the exponent 1", with(RSA, &json!({"e": "AQ"})), EXPONENT),
        ("an even exponent", with(RSA, &json!({"e": "AQAA"})), EXPONENT),
        ("padding", with(RSA, &json!({"e": "AQAB="})), "the member `e` is not canonical base64url; copy the set again from its issuer"),
        ("no modulus", with(RSA, &json!({"n": null})), NO_N),
        ("a modulus that is a number", with(RSA, &json!({"n": 65537})), NO_N),
        ("no type", with(RSA, &json!({"kty": null})), "no text in the member `kty`; copy the set again from its issuer"),
        ("no curve", with(OKP, &json!({"crv": null})), "no text in the member `crv`; copy the set again from its issuer"),
        ("a point beside the curve", with(EC, &json!({"use": "sig", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyA"})), REJECTED),
        ("a point of another curve", with(EC, &json!({"use": "sig", "crv": "P-384"})), "the member `x` has 32 bytes, and the curve needs 48; copy the set again from its issuer"),
        ("a curve of the same length", with(EC, &json!({"use": "sig", "crv": "secp256k1"})), REJECTED),
        ("an Ed25519 key that is short", with(OKP, &json!({"x": "AQAB"})), "the member `x` has 3 bytes, and the curve needs 32; copy the set again from its issuer"),
        ("an algorithm of another type", with(RSA, &json!({"alg": "ES256"})), "its `alg` is ES256, and this is an RSA key; copy the set again from its issuer"),
        ("an algorithm of another curve", with(EC, &json!({"use": "sig", "alg": "ES384"})), "its `alg` is ES384, and this is an EC key on P-256; copy the set again from its issuer"),
        ("an algorithm of secrets", with(RSA, &json!({"alg": "HS256"})), "its `alg` is HS256, and this is an RSA key; copy the set again from its issuer"),
        ("a purpose that is no text", with(RSA, &json!({"use": ["sig"]})), "no text in the member `use`; copy the set again from its issuer"),
        ("operations that are no array", with(RSA, &json!({"key_ops": "verify"})), OPERATIONS),
        ("operations that are no texts", with(RSA, &json!({"key_ops": ["verify", 1]})), OPERATIONS),
        ("an empty key id", with(RSA, &json!({"kid": ""})), KEY_ID),
        ("a key id that is a number", with(RSA, &json!({"kid": 1})), "no text in the member `kid`; copy the set again from its issuer"),
        ("a member twice", with(RSA, &json!({})).replace("\"e\":", "\"e\":\"AQAB\",\"e\":"), TWICE),

        ("the keys twice", r#"{"keys": [], "keys": []}"#.to_owned(), TWICE),
        ("a key alone", RSA.to_owned(), "this is a single JWK; put it into a set: `{\"keys\": […]}`"),
        ("an array", format!("[{RSA}]"), NOT_SET),
        ("an object without keys", "{}".to_owned(), NOT_SET),
        ("keys that are no objects", r#"{"keys": ["a"]}"#.to_owned(), NOT_SET),
        ("not JSON", "-----BEGIN PUBLIC KEY-----".to_owned(), NOT_JSON),
        ("two sets", r#"{"keys": []}{"keys": []}"#.to_owned(), NOT_JSON),
        ("nothing", String::new(), NOT_JSON),
        ("a set nested without end", "[".repeat(100_000), NOT_SET),
    ];
    for (sentence, set, expected) in rows {
        assert_eq!(outcome(&set), expected, "{sentence}");
    }
}

/// Their keys are private JWKs here and there, which are taken without their private members.
#[test]
fn keys_of_other_libraries_verify_what_they_should() {
    let (mut valid, mut refused) = (0, 0);
    let mut unexpected = Vec::new();
    for vector in vectors::load() {
        let mut set: Value = serde_json::from_str(&vector.jwk_set()).unwrap();
        for jwk in set["keys"].as_array_mut().unwrap() {
            jwk.as_object_mut()
                .unwrap()
                .retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
        }
        let keys = read_set(&set.to_string()).unwrap().into_iter();
        let keys = keys.filter_map(|key| match key {
            Ok(Jwk::Usable(key, id)) => Some((key, id)),
            Ok(Jwk::Ignored(_)) | Err(_) => None,
        });
        let keys = KeySet::new(None, keys.collect()).unwrap();
        let verified = keys.verify(vector.token.as_bytes()).is_ok();
        if set.to_string().contains("\"oct\"") {
            assert!(!verified, "{}", vector.id);
        } else if verified == vector.holds_as_jws() {
            *(if verified { &mut valid } else { &mut refused }) += 1;
        } else {
            unexpected.push(vector.id);
        }
    }
    assert_eq!(unexpected, Vec::<String>::new());
    assert_eq!((valid, refused), (60, 356));
}

/// The first 1024 bits of the modulus, behind these digits.
fn of_1024_bits(digits: &str) -> String {
    let jwk: Value = serde_json::from_str(RSA).unwrap();
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap());
    format!(
        "{digits}{}",
        BASE64_URL_SAFE_NO_PAD.encode(&modulus.unwrap()[..128])
    )
}

const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"}"#;
const RSA: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
const OKP: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

const SYMMETRIC: &str = "a symmetric key (`oct`), and whoever verifies with it could sign as well; give public keys alone";
const PRIVATE: &str = "the private member `d`, which only the issuer may have; give public keys alone, and let the issuer replace this one";
const SMALL_RSA: &str = "the RSA key has 1024 bits, and 2048 to 8192 are allowed (RFC 7518, section 3.3); make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`";
const EXPONENT: &str = "the RSA key's public exponent is even or 1, which protects nothing; make one with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072`";
const NO_N: &str = "no text in the member `n`; copy the set again from its issuer";
const REJECTED: &str = "the key is not valid: its parts do not fit together; make a new one";
const OPERATIONS: &str =
    "the member `key_ops` is not an array of texts; copy the set again from its issuer";
const KEY_ID: &str = "the member `kid` is not a key id: 1 to 128 characters of printable ASCII, without \" and \\; let the issuer name the key so";
const TWICE: &str =
    "a member stands twice (RFC 7517, section 4); copy the set again from its issuer";
const NOT_SET: &str =
    "not a JWK Set (RFC 7517, section 5); give an object with the member `keys`, an array of keys";
const NOT_JSON: &str = "not JSON; give the whole text of the issuer's JWK Set";
