//! The types of the values of claims.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use crate::clock::UnixTime;

/// A JSON string, borrowed unless it contains escapes.
pub(super) struct Str<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(StrVisitor).map(Str)
    }
}

struct StrVisitor;

impl<'de> Visitor<'de> for StrVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(value.to_owned()))
    }
}

/// `aud`: one string or an array of them (RFC 7519, section 4.1.3).
pub(super) struct OneOrMany<'a>(pub(super) Vec<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for OneOrMany<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;

        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = Vec<Cow<'de, str>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of strings")
            }

            fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Self::Value, E> {
                StrVisitor.visit_borrowed_str(value).map(|one| vec![one])
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
                StrVisitor.visit_str(value).map(|one| vec![one])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut many = Vec::new();
                while let Some(Str(one)) = seq.next_element()? {
                    many.push(one);
                }
                Ok(many)
            }
        }

        deserializer
            .deserialize_any(OneOrManyVisitor)
            .map(OneOrMany)
    }
}

/// Seconds since the epoch (RFC 7519, section 2), rounded down; AuthX writes `exp` with a fraction.
pub(super) struct NumericDate(pub(super) UnixTime);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_any`: with `arbitrary_precision`, serde_json passes fractions as maps.
        deserializer.deserialize_u64(NumericDateVisitor).map(Self)
    }
}

struct NumericDateVisitor;

impl Visitor<'_> for NumericDateVisitor {
    type Value = UnixTime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds from 0 to 2^53")
    }

    fn visit_u64<E: Error>(self, secs: u64) -> Result<UnixTime, E> {
        if secs <= LATEST {
            Ok(UnixTime::from_secs(secs))
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(secs), &self))
        }
    }

    fn visit_f64<E: Error>(self, secs: f64) -> Result<UnixTime, E> {
        #[expect(clippy::cast_precision_loss, reason = "2^53 is exact")]
        let in_range = (0.0..=LATEST as f64).contains(&secs);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, and the fraction is meant to go"
        )]
        if in_range {
            Ok(UnixTime::from_secs(secs as u64))
        } else {
            Err(E::invalid_value(Unexpected::Float(secs), &self))
        }
    }
}

/// `fresh`: whether the token is fresh for as long as it lives, or, in a token of
/// flask-jwt-extended, the time from which it is not. Rounded down as all times are, so that it is
/// never fresh for longer than its issuer meant.
pub(super) struct FreshUntil(pub(super) UnixTime);

impl<'de> Deserialize<'de> for FreshUntil {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(false) => Ok(Self(UnixTime::from_secs(0))),
            Value::Bool(true) => Ok(Self(UnixTime::from_secs(u64::MAX))),
            Value::Number(time) => match (time.as_u64(), time.as_f64()) {
                (Some(secs), _) => NumericDateVisitor.visit_u64(secs).map(Self),
                (None, secs) => NumericDateVisitor
                    .visit_f64(secs.unwrap_or(f64::NAN))
                    .map(Self),
            },
            _ => Err(D::Error::custom("neither a boolean nor a time")),
        }
    }
}

/// A whole number that every JSON parser represents exactly.
pub(super) struct Count(pub(super) u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = u64::deserialize(deserializer)?;
        if count <= LATEST {
            Ok(Self(count))
        } else {
            Err(D::Error::custom("a number over 2^53"))
        }
    }
}

/// The value of a custom claim, which is not kept. It is parsed all the same, so that later parsers
/// of the payload cannot fail on what serde skips unread (lone surrogates, numbers out of range,
/// deep nesting).
pub(super) struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SoundVisitor).map(|()| Self)
    }
}

struct SoundVisitor;

impl<'de> Visitor<'de> for SoundVisitor {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(Sound) = seq.next_element()? {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((Str(_), Sound)) = map.next_entry()? {}
        Ok(())
    }
}

/// The largest number that every JSON parser represents exactly (RFC 8259, section 6).
const LATEST: u64 = 1 << 53;
