//! The tokens of `vectors/jws_vectors.jsonl`: RFCs, Wycheproof, and the tests of other libraries.

use std::fs;

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

#[cfg(feature = "asymmetric")]
use super::super::PemError;
use super::super::{Algorithm, KeyError, KeyId, SecretLength, VerifyingKey};
use crate::jws::KeySet;

/// Vectors whose result differs from `expect`. All of them are about members of a JWK, and
/// handstamp reads none: its keys are secrets and PEMs, whose use the operator configures.
const NOT_APPLICABLE: [(&str, &str); 10] = [
    ("wp-jws-353", "the JWK's `use` is enc"),
    ("wp-jws-354", "the JWK's `use` is enc"),
    ("wp-jws-355", "the JWK's `key_ops` are encrypt"),
    ("wp-jws-356", "the JWK's `key_ops` are encrypt"),
    (
        "wp-jwk-1",
        "the JWK Set mixes a secret and a key pair; each key of ours has one algorithm, so that is safe",
    ),
    ("wp-jwk-6", "the JWK's `use` is enc, its `alg` RSA1_5"),
    ("wp-jwk-20", "the JWK's `alg` is ES224"),
    ("wp-jwk-21", "the JWK's `use` is enc"),
    ("wp-jwk-25", "the JWK's `alg` is A256GCM"),
    ("wp-jwk-26", "the JWK's `alg` is A256KW"),
];

#[test]
fn all() {
    let vectors = load();
    assert_eq!(vectors.len(), 529);
    let run: Vec<&Vector> = vectors.iter().filter(|vector| vector.runs()).collect();
    assert_eq!(
        run.len(),
        if cfg!(feature = "asymmetric") {
            529
        } else {
            112
        }
    );

    let unexpected: Vec<&str> = run
        .iter()
        .filter(|vector| vector.outcome().is_some() != vector.holds_as_jws())
        .map(|vector| vector.id.as_str())
        .collect();
    let not_applicable: Vec<&str> = NOT_APPLICABLE
        .iter()
        .map(|(id, _reason)| *id)
        .filter(|id| run.iter().any(|vector| vector.id == *id))
        .collect();
    assert_eq!(unexpected, not_applicable);
    println!(
        "{} vectors, {} of them not applicable",
        run.len(),
        unexpected.len()
    );
}

#[cfg(feature = "asymmetric")]
#[test]
fn keys_are_refused_for_the_right_reason() {
    let short = |algorithm, have, need| KeyError::ShortSecret {
        algorithm,
        have,
        need,
    };
    #[rustfmt::skip]
    let rows = [
        ("a mark of ROCA", "wp-jwk-7", KeyError::Pem(PemError::Roca)),
        ("RSA with 1024 bits", "wp-jwk-8", KeyError::Pem(PemError::RsaSize { bits: 1024 })),
        ("RSA with exponent 1", "wp-jwk-9", KeyError::Pem(PemError::RsaExponent)),
        ("a short secret", "wp-jwk-10", short(Algorithm::Hs256, 31, 32)),
        ("an empty secret", "wp-jwk-16", KeyError::EmptySecret),
        ("a point that is not on its curve", "wp-jwk-22", KeyError::Pem(PemError::Rejected)),
        ("two keys of one name", "wp-jwk-4", KeyError::DuplicateKeyId("kid-aes-sign".try_into().unwrap(), Algorithm::Hs256)),
    ];
    let vectors = load();
    for (sentence, id, error) in rows {
        let vector = vectors.iter().find(|vector| vector.id == id).unwrap();
        assert_eq!(vector.key_set().err(), Some(error), "{sentence}");
    }
}

/// Every vector, in the order of the file.
pub(crate) fn load() -> Vec<Vector> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../handstamp-conformance/vectors/jws_vectors.jsonl"
    );
    let lines = fs::read_to_string(path).unwrap();
    lines.lines().map(Vector::read).collect()
}

pub(crate) struct Vector {
    pub(crate) id: String,
    pub(crate) token: String,
    /// `jws`, or `jwt` if only the claims decide.
    pub(crate) layer: String,
    pub(crate) expect_valid: bool,
    algorithm: Algorithm,
    /// A JWK or a JWK Set.
    key: Value,
    #[cfg(feature = "asymmetric")]
    pem: Option<String>,
    requires: Vec<String>,
    /// Why the oracle refused; none if signature and structure are valid.
    oracle_reason: Option<String>,
}

impl Vector {
    fn read(line: &str) -> Self {
        let json: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Self {
            id: text("id").unwrap(),
            token: text("token").unwrap(),
            layer: text("layer").unwrap(),
            expect_valid: json["expect"] == "valid",
            algorithm: Algorithm::named(json["alg"].as_str().unwrap()).unwrap(),
            #[cfg(feature = "asymmetric")]
            pem: text("pem"),
            requires: json["requires"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect(),
            oracle_reason: text("oracle_reason"),
            key: json["key"].clone(),
        }
    }

    /// The keys of the vector, as the keys of a service.
    pub(crate) fn key_set(&self) -> Result<KeySet, KeyError> {
        let keys: Result<_, KeyError> = self
            .jwks()
            .iter()
            .map(|jwk| {
                if self.jwks().len() == 1 {
                    return Ok((self.key_of(self.algorithm, jwk)?, None));
                }
                let algorithm = Algorithm::named(jwk["alg"].as_str().unwrap()).unwrap();
                let id = KeyId::try_from(jwk["kid"].as_str().unwrap()).unwrap();
                Ok((self.key_of(algorithm, jwk)?, Some(id)))
            })
            .collect();
        KeySet::new(None, keys?)
    }

    /// The keys of the vector as a JWK Set, in which a single key has the algorithm of the vector.
    #[cfg(feature = "asymmetric")]
    pub(super) fn jwk_set(&self) -> String {
        let mut jwks = self.jwks().to_vec();
        if let [jwk] = jwks.as_mut_slice() {
            let members = jwk.as_object_mut().unwrap();
            let algorithm = self.algorithm.name().into();
            members.entry("alg").or_insert(algorithm);
        }
        serde_json::json!({ "keys": jwks }).to_string()
    }

    /// Returns whether this build supports the family of the key.
    pub(crate) fn runs(&self) -> bool {
        cfg!(feature = "asymmetric") || self.jwks().iter().all(|jwk| jwk["kty"] == "oct")
    }

    fn jwks(&self) -> &[Value] {
        match &self.key["keys"] {
            Value::Array(jwks) => jwks,
            _ => std::slice::from_ref(&self.key),
        }
    }

    /// Returns `None` if no key or no signature is valid.
    fn outcome(&self) -> Option<Vec<u8>> {
        self.key_set().ok()?.verify(self.token.as_bytes()).ok()
    }

    /// The expected result before the claims are checked.
    pub(super) fn holds_as_jws(&self) -> bool {
        match self.layer.as_str() {
            "jws" => self.expect_valid,
            _ => self.oracle_reason.is_none(),
        }
    }

    fn key_of(&self, algorithm: Algorithm, jwk: &Value) -> Result<VerifyingKey, KeyError> {
        if jwk["kty"] == "oct" {
            let secret = bytes(jwk, "k").unwrap();
            // Old examples have short secrets; the length counts only if the vector is about it.
            let length = if self.requires.iter().any(|name| name == "hmac_min_key") {
                SecretLength::Rfc7518
            } else {
                SecretLength::Waived
            };
            return VerifyingKey::hmac(algorithm, &secret, length);
        }
        #[cfg(feature = "asymmetric")]
        // One JWK lacks the members of its type. It is not a key, and has no PEM here.
        let pem = self
            .pem
            .clone()
            .or_else(|| spki_pem(jwk))
            .unwrap_or_default();
        #[cfg(feature = "asymmetric")]
        return VerifyingKey::from_pem(algorithm, pem.as_bytes());
        #[cfg(not(feature = "asymmetric"))]
        unreachable!("{} does not run without a feature", self.id)
    }
}

fn bytes(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    // The keys of a few vectors are not canonical; they are not the subject of the test.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    );
    LENIENT.decode(jwk[name].as_str()?).ok()
}

#[cfg(feature = "asymmetric")]
fn spki_pem(jwk: &Value) -> Option<String> {
    if jwk["kty"] == "RSA" {
        return Some(rsa_spki_pem(&bytes(jwk, "n")?, &bytes(jwk, "e")?));
    }
    let curve: &[u8] = match jwk["crv"].as_str().unwrap() {
        "P-256" => b"\x2a\x86\x48\xce\x3d\x03\x01\x07",
        "P-384" => b"\x2b\x81\x04\x00\x22",
        "P-521" => b"\x2b\x81\x04\x00\x23",
        other => panic!("{other}"),
    };
    let ec = element(0x06, b"\x2a\x86\x48\xce\x3d\x02\x01");
    let point = [b"\0\x04", &*bytes(jwk, "x")?, &*bytes(jwk, "y")?].concat();
    Some(public_key_pem(&[ec, element(0x06, curve)].concat(), &point))
}

/// An RSA public key of these numbers, as PEM.
#[cfg(feature = "asymmetric")]
pub(super) fn rsa_spki_pem(modulus: &[u8], exponent: &[u8]) -> String {
    let positive = |magnitude: &[u8]| {
        let zero: &[u8] = if magnitude[0] >= 0x80 { b"\0" } else { b"" };
        element(0x02, &[zero, magnitude].concat())
    };
    let key = element(0x30, &[positive(modulus), positive(exponent)].concat());
    let rsa = element(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
    public_key_pem(
        &[rsa, element(0x05, b"")].concat(),
        &[b"\0", key.as_slice()].concat(),
    )
}

#[cfg(feature = "asymmetric")]
fn public_key_pem(identifier: &[u8], bits: &[u8]) -> String {
    let fields = [element(0x30, identifier), element(0x03, bits)].concat();
    let base64 = base64::prelude::BASE64_STANDARD.encode(element(0x30, &fields));
    format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n")
}

#[cfg(feature = "asymmetric")]
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match len {
        [0, low] if low < 0x80 => vec![tag, low],
        [0, low] => vec![tag, 0x81, low],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [&head, content].concat()
}
