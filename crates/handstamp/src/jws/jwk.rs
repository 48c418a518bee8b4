//! Public keys in JSON (RFC 7517), as issuers publish them: their numbers by RFC 7518, section 6,
//! RFC 8037, section 2, and RFC 8812, section 3.1.
//!
//! Takes the text of a JWK Set and gives the keys that verify signatures here. A key that is for
//! something else, or of a kind that is not known, is ignored, as RFC 7517, section 5 says: sets
//! have keys for encryption as well. One that is secret, weak or damaged is an error, because it is
//! a mistake whose cure is known at start-up only. Reads nothing but these members: never a
//! certificate (`x5c`) or an address (`x5u`).

use std::{collections::BTreeMap, fmt};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, error::Category};

use super::key::{PublicNumbers, kind_for};
use super::key_file::KeyKind;
use super::{Algorithm, JwkError, KeyError, KeyId, VerifyingKey, base64url};

/// What became of one key of a set.
pub(crate) enum Jwk {
    Usable(VerifyingKey, Option<KeyId>),
    /// Why it is ignored.
    Ignored(&'static str),
}

/// Reads a JWK Set. Returns the keys in their order, each with what is wrong with it.
pub(crate) fn read_set(text: &str) -> Result<Vec<Result<Jwk, KeyError>>, JwkError> {
    // A byte order mark, as some editors write it, is no part of the text (RFC 8259, section 8.1).
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let set: Set = serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => JwkError::NotSet,
        _ => JwkError::NotJson,
    })?;
    if set.repeated {
        return Err(JwkError::Repeated);
    }
    let missing = if set.has_key_type {
        JwkError::SingleKey
    } else {
        JwkError::NotSet
    };
    Ok(set.keys.ok_or(missing)?.iter().map(read).collect())
}

fn read(members: &Members) -> Result<Jwk, KeyError> {
    if members.repeated {
        return Err(JwkError::Repeated.into());
    }
    // What must not be here is an error before anything is ignored.
    let key_type = members.required("kty")?;
    if key_type == "oct" {
        return Err(JwkError::Symmetric.into());
    }
    if let Some(member) = PRIVATE.into_iter().find(|name| members.has(name)) {
        return Err(JwkError::Private(member).into());
    }
    if members.text("use")?.is_some_and(|purpose| purpose != "sig") {
        return Ok(Jwk::Ignored("its `use` is not sig"));
    }
    if !members.may_verify()? {
        return Ok(Jwk::Ignored("its `key_ops` do not name verify"));
    }
    let Some(kind) = kind_of(key_type, members)? else {
        return Ok(Jwk::Ignored("its `kty` or `crv` is not known"));
    };
    let algorithm = match members.text("alg")? {
        Some(name) => match Algorithm::named(name) {
            Some(algorithm) => algorithm,
            None => return Ok(Jwk::Ignored("its `alg` is not known")),
        },
        None => usual_algorithm(kind),
    };
    if kind_for(algorithm) != Some(kind) {
        return Err(JwkError::WrongAlgorithm {
            algorithm,
            found: kind,
        }
        .into());
    }
    let id = members.text("kid")?.map(KeyId::try_from).transpose();
    let id = id.map_err(|_| JwkError::KeyId)?;
    let numbers = numbers_of(kind, members)?;
    Ok(Jwk::Usable(
        VerifyingKey::of_numbers(algorithm, &numbers)?,
        id,
    ))
}

/// Returns `None` for a kind that verifies nothing here.
fn kind_of(key_type: &str, members: &Members) -> Result<Option<KeyKind>, JwkError> {
    let curve = match key_type {
        "RSA" => return Ok(Some(KeyKind::Rsa)),
        "EC" | "OKP" => members.required("crv")?,
        _ => return Ok(None),
    };
    Ok(match (key_type, curve) {
        ("EC", "P-256") => Some(KeyKind::P256),
        ("EC", "P-384") => Some(KeyKind::P384),
        ("EC", "P-521") => Some(KeyKind::P521),
        ("EC", "secp256k1") => Some(KeyKind::Secp256k1),
        ("OKP", "Ed25519") => Some(KeyKind::Ed25519),
        _ => None,
    })
}

/// Returns the algorithm of a key that names none. Each key has exactly one ([RFC 8725, section
/// 3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)): for RSA that which every issuer of
/// access tokens supports ([RFC 9068, section
/// 2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.1)), for others that of the curve.
fn usual_algorithm(kind: KeyKind) -> Algorithm {
    match kind {
        KeyKind::P256 => Algorithm::Es256,
        KeyKind::P384 => Algorithm::Es384,
        KeyKind::P521 => Algorithm::Es512,
        KeyKind::Secp256k1 => Algorithm::Es256K,
        KeyKind::Ed25519 => Algorithm::EdDsa,
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Other => Algorithm::Rs256,
    }
}

fn numbers_of(kind: KeyKind, members: &Members) -> Result<PublicNumbers, JwkError> {
    let coordinate_len = match kind {
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::Other => {
            return Ok(PublicNumbers::Rsa {
                modulus: members.number("n")?,
                exponent: members.number("e")?,
            });
        }
        KeyKind::Ed25519 => return Ok(PublicNumbers::Point(members.bytes_of_len("x", 32)?)),
        KeyKind::P256 | KeyKind::Secp256k1 => 32,
        KeyKind::P384 => 48,
        KeyKind::P521 => 66,
    };
    // Coordinates have their full length (RFC 7518, section 6.2.1.2).
    let x = members.bytes_of_len("x", coordinate_len)?;
    let y = members.bytes_of_len("y", coordinate_len)?;
    Ok(PublicNumbers::Point([&[UNCOMPRESSED], &*x, &*y].concat()))
}

/// A JWK Set, of which only the keys are read.
#[derive(Default)]
struct Set {
    keys: Option<Vec<Members>>,
    has_key_type: bool,
    repeated: bool,
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SetVisitor;

        impl<'de> Visitor<'de> for SetVisitor {
            type Value = Set;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JWK Set")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Set, A::Error> {
                let mut set = Set::default();
                while let Some(name) = map.next_key::<String>()? {
                    if name == "keys" {
                        set.repeated |= set.keys.replace(map.next_value()?).is_some();
                    } else {
                        set.has_key_type |= name == "kty";
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(set)
            }
        }

        deserializer.deserialize_map(SetVisitor)
    }
}

/// The members of a JWK, not yet judged.
#[derive(Default)]
struct Members {
    all: BTreeMap<String, Value>,
    repeated: bool,
}

impl Members {
    fn has(&self, name: &str) -> bool {
        self.all.contains_key(name)
    }

    /// Returns the text of a member, or `None` if it is absent.
    fn text(&self, name: &'static str) -> Result<Option<&str>, JwkError> {
        let value = self.all.get(name);
        let text = value.map(|value| value.as_str().ok_or(JwkError::Member(name)));
        text.transpose()
    }

    fn required(&self, name: &'static str) -> Result<&str, JwkError> {
        self.text(name)?.ok_or(JwkError::Member(name))
    }

    fn bytes(&self, name: &'static str) -> Result<Vec<u8>, JwkError> {
        base64url::decode(self.required(name)?.as_bytes()).ok_or(JwkError::NotBase64(name))
    }

    fn bytes_of_len(&self, name: &'static str, need: usize) -> Result<Vec<u8>, JwkError> {
        let bytes = self.bytes(name)?;
        let have = bytes.len();
        let of_wrong_len = JwkError::Length {
            member: name,
            have,
            need,
        };
        (have == need).then_some(bytes).ok_or(of_wrong_len)
    }

    /// Returns a number, big-endian.
    ///
    /// Lenient: it may begin with zeros, which some libraries write (RFC 7518, section 6.3.1.1).
    /// Risk: none, the number is the same. Its size is judged without them.
    fn number(&self, name: &'static str) -> Result<Vec<u8>, JwkError> {
        let bytes = self.bytes(name)?;
        let start = bytes.iter().position(|byte| *byte != 0);
        let digits = start.and_then(|start| bytes.get(start..));
        digits.map(<[u8]>::to_vec).ok_or(JwkError::Member(name))
    }

    /// Returns whether `key_ops` are absent or name `verify` (RFC 7517, section 4.3).
    fn may_verify(&self) -> Result<bool, JwkError> {
        let Some(operations) = self.all.get("key_ops") else {
            return Ok(true);
        };
        let operations = operations.as_array().ok_or(JwkError::KeyOperations)?;
        if !operations.iter().all(Value::is_string) {
            return Err(JwkError::KeyOperations);
        }
        Ok(operations.iter().any(|operation| operation == "verify"))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JWK")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members::default();
                while let Some((name, value)) = map.next_entry()? {
                    members.repeated |= members.all.insert(name, value).is_some();
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

/// The members of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The first byte of a point that has both coordinates (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;
