//! The claims of another issuer's access token (RFC 9068, section 2.2), parsed strictly. Those that
//! only this service writes have no meaning here.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::object::value;
use super::registered::{AUD, EXP, IAT, ISS, JTI, NBF, SUB};
use super::value::{NumericDate, OneOrMany, Sound, Str};
use super::{MalformedClaims, Times};
use crate::clock::UnixTime;

/// The claims of an access token of another issuer, well formed but not yet judged.
#[derive(Clone)]
pub(crate) struct ForeignClaims {
    payload: String,
    pub(crate) issuer: String,
    pub(crate) audience: Vec<String>,
    pub(crate) subject: String,
    pub(crate) client_id: String,
    pub(crate) id: String,
    /// The claim `scope`, as it stands in the token.
    pub(crate) scope: String,
    pub(crate) times: Times,
}

impl ForeignClaims {
    /// Parses a payload whose signature is verified. Every claim that RFC 9068 requires must be
    /// there.
    pub(crate) fn parse(payload: Vec<u8>) -> Result<Self, MalformedClaims> {
        let payload = utf8(payload)?;
        let raw = read(&payload, RawVisitor)?;
        let text = |value: Option<String>, absent: &'static str| {
            value
                .filter(|value| !value.is_empty())
                .ok_or(MalformedClaims(absent.into()))
        };
        Ok(Self {
            issuer: text(raw.iss, "no iss")?,
            audience: raw.aud.ok_or(MalformedClaims("no aud".into()))?,
            subject: text(raw.sub, "no sub")?,
            client_id: text(raw.client_id, "no client_id")?,
            id: text(raw.jti, "no jti")?,
            scope: raw.scope.unwrap_or_default(),
            times: Times {
                issued_at: raw.iat.ok_or(MalformedClaims("no iat".into()))?,
                not_before: raw.nbf,
                expires_at: raw.exp.ok_or(MalformedClaims("no exp".into()))?,
            },
            payload,
        })
    }

    /// Returns the claim `iss` of a payload that nothing vouches for, to look up the keys which
    /// decide.
    pub(crate) fn unverified_issuer(payload: Vec<u8>) -> Result<String, MalformedClaims> {
        let issuer = read(&utf8(payload)?, IssuerVisitor)?;
        issuer.ok_or(MalformedClaims("no iss".into()))
    }

    /// Returns the whole claims set, as it was signed.
    pub(crate) fn payload(&self) -> &str {
        &self.payload
    }
}

fn utf8(payload: Vec<u8>) -> Result<String, MalformedClaims> {
    String::from_utf8(payload).map_err(|_| MalformedClaims("the claims are not UTF-8".into()))
}

fn read<'de, V: Visitor<'de>>(payload: &'de str, visitor: V) -> Result<V::Value, MalformedClaims> {
    // The error of serde would quote the payload.
    if !payload.trim_ascii_start().starts_with('{') {
        return Err(MalformedClaims("the claims are not a JSON object".into()));
    }
    let mut json = serde_json::Deserializer::from_str(payload);
    let malformed = |error: serde_json::Error| MalformedClaims(error.to_string().into());
    let found = json.deserialize_map(visitor).map_err(malformed)?;
    json.end().map_err(malformed)?;
    Ok(found)
}

#[derive(Default)]
struct RawClaims {
    iss: Option<String>,
    aud: Option<Vec<String>>,
    sub: Option<String>,
    client_id: Option<String>,
    jti: Option<String>,
    scope: Option<String>,
    iat: Option<UnixTime>,
    nbf: Option<UnixTime>,
    exp: Option<UnixTime>,
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawClaims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawClaims, A::Error> {
        let mut raw = RawClaims::default();
        let mut seen = BTreeSet::new();
        while let Some(Str(name)) = map.next_key()? {
            match &*name {
                ISS => raw.iss = Some(text(&mut map, ISS)?),
                SUB => raw.sub = Some(text(&mut map, SUB)?),
                JTI => raw.jti = Some(text(&mut map, JTI)?),
                CLIENT_ID => raw.client_id = Some(text(&mut map, CLIENT_ID)?),
                SCOPE => raw.scope = Some(text(&mut map, SCOPE)?),
                AUD => {
                    let list = value::<_, OneOrMany<'_>>(&mut map, AUD)?.0;
                    raw.aud = Some(list.into_iter().map(Cow::into_owned).collect());
                }
                IAT => raw.iat = Some(value::<_, NumericDate>(&mut map, IAT)?.0),
                NBF => raw.nbf = Some(value::<_, NumericDate>(&mut map, NBF)?.0),
                EXP => raw.exp = Some(value::<_, NumericDate>(&mut map, EXP)?.0),
                _ => {
                    value::<_, Sound>(&mut map, "a custom claim")?;
                }
            }
            if !seen.insert(name) {
                return Err(A::Error::custom("a claim stands twice"));
            }
        }
        Ok(raw)
    }
}

struct IssuerVisitor;

impl<'de> Visitor<'de> for IssuerVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut issuer = None;
        while let Some(Str(name)) = map.next_key()? {
            if name == ISS {
                issuer = Some(text(&mut map, ISS)?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(issuer)
    }
}

fn text<'de, A: MapAccess<'de>>(map: &mut A, name: &str) -> Result<String, A::Error> {
    Ok(value::<_, Str<'_>>(map, name)?.0.into_owned())
}

const CLIENT_ID: &str = "client_id";
const SCOPE: &str = "scope";
