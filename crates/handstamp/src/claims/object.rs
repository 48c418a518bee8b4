//! Parses the JSON object of the claims, and picks the registered ones.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::MalformedClaims;
use super::registered::{
    AUD, AUTH_TIME, CSRF, EXP, FRESH, GEN, IAT, ISS, JTI, LOGIN_TYPE, NBF, REGISTERED, SCOPES, SID,
    SUB, TYPE,
};
use super::value::{Count, FreshUntil, NumericDate, OneOrMany, Sound, Str};
use crate::clock::UnixTime;

/// The registered claims as they stand in the JSON object.
#[derive(Default)]
pub(super) struct RawClaims<'a> {
    pub(super) identity: Option<Cow<'a, str>>,
    pub(super) sub: Option<Cow<'a, str>>,
    pub(super) jti: Option<Cow<'a, str>>,
    pub(super) kind: Option<Cow<'a, str>>,
    pub(super) csrf: Option<Cow<'a, str>>,
    pub(super) iss: Option<Cow<'a, str>>,
    pub(super) login_type: Option<Cow<'a, str>>,
    pub(super) sid: Option<Cow<'a, str>>,
    pub(super) aud: Option<List<'a>>,
    pub(super) scopes: Option<List<'a>>,
    pub(super) fresh_until: Option<UnixTime>,
    pub(super) generation: Option<u64>,
    pub(super) auth_time: Option<UnixTime>,
    pub(super) iat: Option<UnixTime>,
    pub(super) nbf: Option<UnixTime>,
    pub(super) exp: Option<UnixTime>,
}

/// The texts of `aud` or `scopes`.
pub(super) enum List<'a> {
    /// As they stand in JSON: in quotes, without escapes, with nothing but a comma between two.
    Plain(&'a str),
    Parsed(Vec<Cow<'a, str>>),
}

/// Parses one JSON object, and rejects every duplicate name.
pub(super) struct ClaimsSet<'i> {
    /// The claim that names the subject in addition to `sub`.
    pub(super) identity: &'i str,
}

impl ClaimsSet<'_> {
    pub(super) fn read(self, payload: &str) -> Result<RawClaims<'_>, MalformedClaims> {
        // The error of serde would quote the payload.
        if !payload.trim_ascii_start().starts_with('{') {
            return Err(MalformedClaims("the claims are not a JSON object".into()));
        }
        let mut json = serde_json::Deserializer::from_str(payload);
        let malformed = |error: serde_json::Error| MalformedClaims(error.to_string().into());
        let raw = self.deserialize(&mut json).map_err(malformed)?;
        json.end().map_err(malformed)?;
        Ok(raw)
    }
}

impl<'de> DeserializeSeed<'de> for ClaimsSet<'_> {
    type Value = RawClaims<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ClaimsSet<'_> {
    type Value = RawClaims<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut raw = RawClaims::default();
        let mut registered = 0_u32;
        let mut others = Vec::new();
        while let Some(Str(name)) = map.next_key()? {
            let position = REGISTERED.iter().position(|known| *known == name);
            if let Some(position) = position {
                if registered & (1 << position) != 0 {
                    return Err(A::Error::custom(format_args!("{name} stands twice")));
                }
                registered |= 1 << position;
            }
            match &*name {
                SUB => raw.sub = Some(value::<_, Str<'_>>(&mut map, SUB)?.0),
                JTI => raw.jti = Some(value::<_, Str<'_>>(&mut map, JTI)?.0),
                TYPE => raw.kind = Some(value::<_, Str<'_>>(&mut map, TYPE)?.0),
                CSRF => raw.csrf = optional(&mut map, CSRF)?,
                ISS => raw.iss = optional(&mut map, ISS)?,
                LOGIN_TYPE => raw.login_type = optional(&mut map, LOGIN_TYPE)?,
                SID => raw.sid = optional(&mut map, SID)?,
                AUD => {
                    let list: Option<OneOrMany<'_>> = value(&mut map, AUD)?;
                    raw.aud = list.map(|list| List::Parsed(list.0));
                }
                SCOPES => {
                    let list: Option<Vec<Str<'_>>> = value(&mut map, SCOPES)?;
                    raw.scopes = list
                        .map(|list| List::Parsed(list.into_iter().map(|text| text.0).collect()));
                }
                FRESH => raw.fresh_until = Some(value::<_, FreshUntil>(&mut map, FRESH)?.0),
                GEN => raw.generation = Some(value::<_, Count>(&mut map, GEN)?.0),
                AUTH_TIME => {
                    raw.auth_time = Some(value::<_, NumericDate>(&mut map, AUTH_TIME)?.0);
                }
                IAT => raw.iat = Some(value::<_, NumericDate>(&mut map, IAT)?.0),
                NBF => raw.nbf = Some(value::<_, NumericDate>(&mut map, NBF)?.0),
                EXP => raw.exp = Some(value::<_, NumericDate>(&mut map, EXP)?.0),
                custom => {
                    if custom == self.identity {
                        let text: Str<'_> = value(&mut map, "the identity claim")?;
                        raw.identity = Some(text.0);
                    } else {
                        value::<_, Sound>(&mut map, "a custom claim")?;
                    }
                    if position.is_none() {
                        others.push(name);
                    }
                }
            }
        }
        others.sort_unstable();
        if others
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if a == b))
        {
            return Err(A::Error::custom("a custom claim stands twice"));
        }
        Ok(raw)
    }
}

/// Parses the value of one claim. The error contains the name only: that of serde quotes the value,
/// which must not be logged.
fn value<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    name: &str,
) -> Result<T, A::Error> {
    map.next_value()
        .map_err(|_| A::Error::custom(format_args!("{name} has a wrong form")))
}

/// Parses a text, or `null`, which AuthX writes for an absent claim.
fn optional<'de, A: MapAccess<'de>>(
    map: &mut A,
    name: &str,
) -> Result<Option<Cow<'de, str>>, A::Error> {
    let text: Option<Str<'de>> = value(map, name)?;
    Ok(text.map(|text| text.0))
}
