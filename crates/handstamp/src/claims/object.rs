//! Parses the JSON object of the claims, and picks the registered ones.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::MalformedClaims;
use super::registered::{
    AUD, AUTH_TIME, CSRF, EXP, FRESH, GEN, IAT, ISS, JTI, LOGIN_TYPE, NBF, REGISTERED, SCOPES, SID,
    SUB, TYPE,
};
use super::text::{Text, Texts};
use super::value::{Count, FreshUntil, NumericDate, OneOrMany, Sound, Str};
use crate::clock::UnixTime;

/// The registered claims as they stand in the JSON object.
#[derive(Default)]
pub(super) struct RawClaims {
    pub(super) identity: Option<Text>,
    pub(super) sub: Option<Text>,
    pub(super) jti: Option<Text>,
    pub(super) kind: Option<Text>,
    pub(super) csrf: Option<Text>,
    pub(super) iss: Option<Text>,
    pub(super) login_type: Option<Text>,
    pub(super) sid: Option<Text>,
    pub(super) aud: Option<Texts>,
    pub(super) scopes: Option<Texts>,
    pub(super) fresh_until: Option<UnixTime>,
    pub(super) generation: Option<u64>,
    pub(super) auth_time: Option<UnixTime>,
    pub(super) iat: Option<UnixTime>,
    pub(super) nbf: Option<UnixTime>,
    pub(super) exp: Option<UnixTime>,
}

/// Parses one JSON object, and rejects every duplicate name. Returns the claims, and the texts that
/// were escaped, which belong behind the payload. `identity` is the claim that names the subject in
/// addition to `sub`.
pub(super) fn read(payload: &str, identity: &str) -> Result<(RawClaims, String), MalformedClaims> {
    // The error of serde would quote the payload.
    if !payload.trim_ascii_start().starts_with('{') {
        return Err(MalformedClaims("the claims are not a JSON object".into()));
    }
    let mut json = serde_json::Deserializer::from_str(payload);
    let malformed = |error: serde_json::Error| MalformedClaims(error.to_string().into());
    let mut unescaped = String::new();
    let claims = ClaimsSet {
        identity,
        payload,
        unescaped: &mut unescaped,
    };
    let raw = claims.deserialize(&mut json).map_err(malformed)?;
    json.end().map_err(malformed)?;
    Ok((raw, unescaped))
}

struct ClaimsSet<'c> {
    identity: &'c str,
    payload: &'c str,
    unescaped: &'c mut String,
}

impl<'de> DeserializeSeed<'de> for ClaimsSet<'_> {
    type Value = RawClaims;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ClaimsSet<'_> {
    type Value = RawClaims;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
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
                SUB => raw.sub = Some(self.text(&mut map, SUB)?),
                JTI => raw.jti = Some(self.text(&mut map, JTI)?),
                TYPE => raw.kind = Some(self.text(&mut map, TYPE)?),
                CSRF => raw.csrf = self.optional(&mut map, CSRF)?,
                ISS => raw.iss = self.optional(&mut map, ISS)?,
                LOGIN_TYPE => raw.login_type = self.optional(&mut map, LOGIN_TYPE)?,
                SID => raw.sid = self.optional(&mut map, SID)?,
                AUD => {
                    let list: Option<OneOrMany<'_>> = value(&mut map, AUD)?;
                    raw.aud = list.map(|list| self.keep_all(list.0)).transpose()?;
                }
                SCOPES => {
                    let list: Option<Vec<Str<'_>>> = value(&mut map, SCOPES)?;
                    let texts = list.map(|list| list.into_iter().map(|text| text.0).collect());
                    raw.scopes = texts.map(|texts| self.keep_all(texts)).transpose()?;
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
                        raw.identity = Some(self.text(&mut map, "the identity claim")?);
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

impl ClaimsSet<'_> {
    fn text<'de, A: MapAccess<'de>>(&mut self, map: &mut A, name: &str) -> Result<Text, A::Error> {
        self.keep(value::<_, Str<'_>>(map, name)?.0)
    }

    /// Parses a text, or `null`, which AuthX writes for an absent claim.
    fn optional<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        name: &str,
    ) -> Result<Option<Text>, A::Error> {
        let text: Option<Str<'_>> = value(map, name)?;
        text.map(|text| self.keep(text.0)).transpose()
    }

    fn keep<E: Error>(&mut self, text: Cow<'_, str>) -> Result<Text, E> {
        let kept = match text {
            Cow::Borrowed(part) => Text::within(self.payload, part),
            Cow::Owned(text) => Text::behind(self.payload, self.unescaped, &text),
        };
        kept.ok_or_else(|| E::custom("the claims are too long"))
    }

    fn keep_all<E: Error>(&mut self, texts: Vec<Cow<'_, str>>) -> Result<Texts, E> {
        let texts = texts.into_iter().map(|text| self.keep(text));
        texts.collect::<Result<_, _>>().map(Texts::Parsed)
    }
}

/// Parses the value of one claim. The error contains the name only: that of serde quotes the value,
/// which must not be logged.
pub(super) fn value<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    name: &str,
) -> Result<T, A::Error> {
    map.next_value()
        .map_err(|_| A::Error::custom(format_args!("{name} has a wrong form")))
}
