//! Tests of signing, of verification, and of the choice among keys.

mod attacks;
#[cfg(feature = "asymmetric")]
mod seen;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::*;
use crate::jws::SecretLength::Rfc7518;

pub(super) fn id(text: &str) -> Option<KeyId> {
    KeyId::try_from(text).ok()
}

pub(super) fn hmac(algorithm: Algorithm, fill: u8) -> SigningKey {
    SigningKey::hmac(algorithm, &[fill; 64], Rfc7518).unwrap()
}

pub(super) fn set_of(key: SigningKey, key_id: Option<KeyId>) -> KeySet {
    let verifying = key.verifying_key().unwrap();
    KeySet::new(Some((key, key_id.clone())), vec![(verifying, key_id)]).unwrap()
}

/// Returns a token with this header, correctly signed with this key.
pub(super) fn token(key: &SigningKey, header: &str) -> String {
    let engine = BASE64_URL_SAFE_NO_PAD;
    let input = format!("{}.{}", engine.encode(header), engine.encode("{}"));
    let signature = key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", engine.encode(signature.as_bytes()))
}

#[test]
fn there_and_back() {
    for algorithm in Algorithm::ALL {
        let key = if algorithm.is_hmac() {
            hmac(algorithm, 1)
        } else {
            #[cfg(not(feature = "asymmetric"))]
            continue;
            #[cfg(feature = "asymmetric")]
            pem::signing_key(algorithm)
        };
        let keys = set_of(key, None);

        for payload in [&b""[..], b"{}", b"\xff\0 any bytes"] {
            let token = keys.sign(payload).unwrap();
            assert_eq!(
                keys.verify(token.as_bytes()).as_deref(),
                Ok(payload),
                "{algorithm}"
            );
            let detached = format!(
                "{}..{}",
                token.split('.').next().unwrap(),
                token.rsplit('.').next().unwrap()
            );
            let holds = keys.verify(detached.as_bytes());
            assert_eq!(
                holds.is_ok(),
                payload.is_empty(),
                "{algorithm}: a detached payload"
            );
        }
    }
}

#[test]
fn a_known_token() {
    // Computed with Python's hmac and base64.
    let secret = b"your-256-bit-secret-your-256-bit-secret";
    let key = SigningKey::hmac(Algorithm::Hs256, secret, Rfc7518).unwrap();
    let keys = set_of(key, None);
    let payload = br#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#;
    assert_eq!(
        keys.sign(payload).unwrap(),
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.VYlj4RAy1KiLE50Q7PnSDHzSeMgCHQS1EFkEYVVJnbw"
    );
}

#[test]
fn the_key_id_finds_the_key() {
    let (new, old, other) = (
        hmac(Algorithm::Hs256, 1),
        hmac(Algorithm::Hs256, 2),
        hmac(Algorithm::Hs384, 3),
    );
    let set = |ids: [Option<&str>; 3]| {
        let keys = [&new, &old, &other].map(|key| key.verifying_key().unwrap());
        let ids = ids.map(|text| text.and_then(id));
        KeySet::new(None, keys.into_iter().zip(ids).collect()).unwrap()
    };
    let named = set([Some("new"), Some("old"), Some("new")]);
    let half = set([Some("new"), None, None]);
    let unnamed = set([None, None, None]);
    let ok = Ok(b"{}".to_vec());
    let unknown = Err(JwsError::UnknownKeyId);
    let unsigned = Err(JwsError::InvalidSignature);
    #[rustfmt::skip]
    let rows = [
        ("the current key by name", &named, &new, r#","kid":"new""#, &ok),
        ("the previous key by name", &named, &old, r#","kid":"old""#, &ok),
        ("the wrong name: no other key is tried", &named, &old, r#","kid":"new""#, &unsigned),
        ("a name that no key has", &named, &new, r#","kid":"newer""#, &unknown),
        ("a name that differs in case", &named, &new, r#","kid":"New""#, &unknown),
        ("an empty name", &named, &new, r#","kid":"""#, &unknown),
        ("a name that a key of another algorithm has", &named, &other, r#","kid":"old""#, &unknown),
        ("no name, current key", &named, &new, "", &ok),
        ("no name, previous key", &named, &old, "", &ok),
        ("some keys have none: the named one", &half, &new, r#","kid":"new""#, &ok),
        ("some keys have none: another name", &half, &old, r#","kid":"old""#, &unknown),
        ("some keys have none: no name", &half, &old, "", &ok),
        ("no key has a name: names are ignored", &unnamed, &old, r#","kid":"whatever""#, &ok),
        ("a name in front, so the header is parsed", &unnamed, &new, r#", "kid":"x""#, &ok),
    ];
    for (sentence, set, key, kid, outcome) in rows {
        let header = format!(r#"{{"alg":"{}","typ":"JWT"{kid}}}"#, key.algorithm());
        let spaced = header.replacen(':', " : ", 1);
        for header in [header, spaced] {
            let token = token(key, &header);
            assert_eq!(
                &set.verify(token.as_bytes()),
                outcome,
                "{sentence}: {header}"
            );
        }
    }
    let number = token(&new, r#"{"alg":"HS256","kid":1}"#);
    assert!(matches!(
        unnamed.verify(number.as_bytes()),
        Err(JwsError::Malformed(_))
    ));
}

#[test]
fn the_header_never_chooses_an_algorithm() {
    let key = hmac(Algorithm::Hs256, 1);
    let keys = set_of(hmac(Algorithm::Hs256, 1), None);
    for alg in [
        "none", "NONE", "", "HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256",
    ] {
        let token = token(&key, &format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#));
        let outcome = keys.verify(token.as_bytes());
        assert_eq!(outcome, Err(JwsError::UnsupportedAlgorithm), "{alg}");
    }
    // The right header, with a signature by the wrong hash.
    let token = token(&hmac(Algorithm::Hs512, 1), r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(
        keys.verify(token.as_bytes()),
        Err(JwsError::InvalidSignature)
    );
}

#[test]
fn structure() {
    let keys = set_of(hmac(Algorithm::Hs256, 1), None);
    let token = keys.sign(b"{}").unwrap();
    let [header, payload, signature] = *token.split('.').collect::<Vec<_>>() else {
        panic!("{token}")
    };
    let three = JwsError::Malformed("not three segments");
    let bad_signature = JwsError::Malformed("signature is not canonical base64url, or too long");
    let huge = ".".repeat(1_000_000);
    let many_dots = ".".repeat(MAX_TOKEN_LEN);
    let long_signature = format!("{header}.{payload}.{}", "A".repeat(1367));
    #[rustfmt::skip]
    let rows: Vec<(&str, String, JwsError)> = vec![
        ("nothing", String::new(), three),
        ("one segment", header.to_owned(), three),
        ("two segments", format!("{header}.{payload}"), three),
        ("four segments", format!("{token}."), three),
        ("four segments, empty in front", format!(".{token}"), three),
        ("five segments, as in JWE", "a.b.c.d.e".to_owned(), three),
        ("only dots", many_dots, three),
        ("a million dots", huge, JwsError::TooLarge),
        ("one byte too many", "a".repeat(MAX_TOKEN_LEN + 1), JwsError::TooLarge),
        ("two dots", "..".to_owned(), JwsError::Malformed("header is not JSON")),
        ("no header", format!(".{payload}.{signature}"), JwsError::Malformed("header is not JSON")),
        ("no payload", format!("{header}..{signature}"), JwsError::InvalidSignature),
        ("no signature", format!("{header}.{payload}."), JwsError::InvalidSignature),
        ("a signature cut short", format!("{header}.{payload}.{}", &signature[..40]), JwsError::InvalidSignature),
        ("a byte behind the signature", format!("{header}.{payload}.{signature}A"), JwsError::InvalidSignature),
        ("a signature longer than any", long_signature, bad_signature),
        ("padding", format!("{token}="), bad_signature),
        ("a line break behind", format!("{token}\n"), bad_signature),
        ("a blank in front", format!(" {token}"), JwsError::Malformed("header is not canonical base64url")),
        ("the flattened JSON form", format!(r#"{{"payload":"{payload}","protected":"{header}","signature":"{signature}"}}"#), three),
    ];
    for (sentence, token, error) in rows {
        assert_eq!(keys.verify(token.as_bytes()), Err(error), "{sentence}");
    }
}

#[test]
fn sizes() {
    let keys = set_of(hmac(Algorithm::Hs256, 1), None);
    // Header, two dots and signature take 81 of the 8192 bytes; 8111 of base64 contain 6083.
    let longest = keys.sign(&[b'a'; 6083]).unwrap();
    assert_eq!(longest.len(), MAX_TOKEN_LEN);
    assert!(keys.verify(longest.as_bytes()).is_ok());
    for len in [6084, MAX_TOKEN_LEN, MAX_TOKEN_LEN + 1, 1_000_000] {
        assert!(matches!(
            keys.sign(&vec![b'a'; len]),
            Err(SignError::TooLong)
        ));
    }
}

#[test]
fn sets() {
    let key = || hmac(Algorithm::Hs256, 1).verifying_key().unwrap();
    let other = || hmac(Algorithm::Hs384, 1).verifying_key().unwrap();
    let twice = KeySet::new(
        None,
        vec![(key(), id("a")), (key(), id("b")), (key(), id("a"))],
    );
    assert_eq!(
        twice.unwrap_err().to_string(),
        "two HS256 keys have the key id \"a\"; give each its own"
    );
    assert!(KeySet::new(None, vec![(key(), id("a")), (other(), id("a"))]).is_ok());
    assert!(KeySet::new(None, vec![(key(), None), (key(), None)]).is_ok());

    let reader = KeySet::new(None, vec![(key(), None)]).unwrap();

    assert!(matches!(reader.sign(b"{}"), Err(SignError::NoSigningKey)));
    assert_eq!(
        format!("{reader:?}").matches("[redacted]").count(),
        1,
        "{reader:?}"
    );
}

#[cfg(feature = "asymmetric")]
#[test]
fn a_public_key_opens_nothing_but_its_own_algorithm() {
    // CVE-2015-9235: the public key's text as HMAC secret.
    let public = pem::text("rsa2048.public");
    let keys = pem::verifying_key(Algorithm::Rs256, "rsa2048.public");
    let keys = KeySet::new(None, vec![(keys, None)]).unwrap();
    assert!(SigningKey::hmac(Algorithm::Hs256, public.as_bytes(), Rfc7518).is_err());
    let forged = token(&hmac(Algorithm::Hs256, 1), r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(
        keys.verify(forged.as_bytes()),
        Err(JwsError::UnsupportedAlgorithm)
    );
    // One RSA key, two paddings: each only where it is configured.
    let pss = set_of(pem::signing_key(Algorithm::Ps256), None);
    let signed = pss.sign(b"{}").unwrap();
    assert_eq!(
        keys.verify(signed.as_bytes()),
        Err(JwsError::UnsupportedAlgorithm)
    );
    let renamed = token(
        &pem::signing_key(Algorithm::Ps256),
        r#"{"alg":"RS256","typ":"JWT"}"#,
    );
    assert_eq!(
        keys.verify(renamed.as_bytes()),
        Err(JwsError::InvalidSignature)
    );
}

#[cfg(feature = "asymmetric")]
pub(super) mod pem {
    use super::{Algorithm, SigningKey, VerifyingKey};

    pub(super) fn text(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/");
        std::fs::read_to_string(format!("{folder}{name}.pem")).unwrap()
    }

    pub(super) fn signing_key(algorithm: Algorithm) -> SigningKey {
        let name = match algorithm {
            Algorithm::Es256 => "p256",
            Algorithm::Es384 => "p384",
            Algorithm::Es512 => "p521",
            Algorithm::Es256K => "secp256k1",
            Algorithm::EdDsa => "ed25519",
            _ => "rsa2048",
        };
        let pem = text(&format!("{name}.private"));
        SigningKey::from_pem(algorithm, pem.as_bytes()).unwrap()
    }

    pub(super) fn verifying_key(algorithm: Algorithm, name: &str) -> VerifyingKey {
        VerifyingKey::from_pem(algorithm, text(name).as_bytes()).unwrap()
    }
}
