//! The claims of a token, read strictly (RFC 7519, section 4).

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};

use crate::clock::UnixTime;

/// What a token says, well formed but not yet judged.
///
/// Holds the payload once; its texts are spans of it, so reading the claims of a request allocates little.
pub(crate) struct Claims {
    payload: Box<str>,
    subject: Text,
    id: Text,
    kind: Text,
    csrf: Option<Text>,
    issuer: Option<Text>,
    login_type: Option<Text>,
    audience: Option<Vec<Text>>,
    scopes: Option<Vec<Text>>,
    pub(crate) fresh: bool,
    pub(crate) issued_at: UnixTime,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) expires_at: UnixTime,
}

impl Claims {
    /// Reads a payload whose signature held. `identity` is the claim that names the subject beside `sub`.
    pub(crate) fn parse(payload: Vec<u8>, identity: &str) -> Result<Self, MalformedClaims> {
        let payload = String::from_utf8(payload)
            .map_err(|_| MalformedClaims("the claims are not UTF-8".into()))?
            .into_boxed_str();
        let mut json = serde_json::Deserializer::from_str(&payload);
        let raw = ClaimsSet { identity }
            .deserialize(&mut json)
            .and_then(|raw| json.end().map(|()| raw));
        let raw = raw.map_err(|error| MalformedClaims(error.to_string().into()))?;

        let subject = match (raw.identity, raw.sub) {
            (Some(named), Some(sub)) if named != sub => {
                return Err(malformed("the identity claim and sub differ"));
            }
            (Some(subject), _) | (None, Some(subject)) => subject,
            (None, None) => return Err(malformed("no sub")),
        };
        let text = |value: Cow<'_, str>| Text::within(&payload, value);
        let required = |value: Option<Cow<'_, str>>, problem| {
            value
                .filter(|value| !value.is_empty())
                .map(text)
                .ok_or_else(|| malformed(problem))
        };
        Ok(Self {
            subject: required(Some(subject), "sub is empty")?,
            id: required(raw.jti, "no jti")?,
            kind: required(raw.kind, "no type")?,
            csrf: raw.csrf.filter(|csrf| !csrf.is_empty()).map(text),
            issuer: raw.iss.map(text),
            login_type: raw.login_type.map(text),
            audience: raw.aud.map(|list| list.into_iter().map(text).collect()),
            scopes: raw.scopes.map(|list| list.into_iter().map(text).collect()),
            fresh: raw.fresh.unwrap_or(false),
            issued_at: raw.iat.ok_or_else(|| malformed("no iat"))?,
            not_before: raw.nbf,
            expires_at: raw.exp.ok_or_else(|| malformed("no exp"))?,
            payload,
        })
    }

    /// The whole claims set, as it was signed.
    pub(crate) fn payload(&self) -> &str {
        &self.payload
    }

    pub(crate) fn subject(&self) -> &str {
        self.subject.read(&self.payload)
    }

    pub(crate) fn id(&self) -> &str {
        self.id.read(&self.payload)
    }

    pub(crate) fn kind(&self) -> &str {
        self.kind.read(&self.payload)
    }

    /// Never empty: an empty claim is no claim.
    pub(crate) fn csrf(&self) -> Option<&str> {
        self.csrf.as_ref().map(|csrf| csrf.read(&self.payload))
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer
            .as_ref()
            .map(|issuer| issuer.read(&self.payload))
    }

    pub(crate) fn login_type(&self) -> Option<&str> {
        self.login_type
            .as_ref()
            .map(|login_type| login_type.read(&self.payload))
    }

    /// `None` when the token has no `aud` at all.
    pub(crate) fn audience(&self) -> Option<impl Iterator<Item = &str>> {
        self.audience
            .as_ref()
            .map(|list| list.iter().map(|text| text.read(&self.payload)))
    }

    pub(crate) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes
            .iter()
            .flatten()
            .map(|text| text.read(&self.payload))
    }
}

/// The names this crate gives a meaning. Custom claims can never replace one.
pub(crate) const REGISTERED: [&str; 15] = [
    "sub",
    "jti",
    "type",
    "fresh",
    "csrf",
    "iat",
    "nbf",
    "exp",
    "sid",
    "gen",
    "auth_time",
    "iss",
    "aud",
    "scopes",
    "login_type",
];

/// Why a payload is not a claims set. For the log: the client only learns that the token is invalid.
#[derive(Debug)]
pub(crate) struct MalformedClaims(pub(crate) Cow<'static, str>);

impl From<&'static str> for MalformedClaims {
    fn from(problem: &'static str) -> Self {
        Self(problem.into())
    }
}

fn malformed(problem: &'static str) -> MalformedClaims {
    problem.into()
}

/// A text of the payload: a span of it, or its own when JSON had to unescape it.
enum Text {
    Span { start: usize, end: usize },
    Unescaped(Box<str>),
}

impl Text {
    fn within(payload: &str, value: Cow<'_, str>) -> Self {
        match value {
            Cow::Borrowed(value) => {
                let start = value.as_ptr().addr() - payload.as_ptr().addr();
                Self::Span {
                    start,
                    end: start + value.len(),
                }
            }
            Cow::Owned(value) => Self::Unescaped(value.into_boxed_str()),
        }
    }

    fn read<'a>(&'a self, payload: &'a str) -> &'a str {
        match self {
            // A span always lies in the payload it was made from, so the default is never taken.
            Self::Span { start, end } => payload.get(*start..*end).unwrap_or_default(),
            Self::Unescaped(value) => value,
        }
    }
}

/// The registered claims as they stand in the JSON object.
#[derive(Default)]
struct RawClaims<'a> {
    identity: Option<Cow<'a, str>>,
    sub: Option<Cow<'a, str>>,
    jti: Option<Cow<'a, str>>,
    kind: Option<Cow<'a, str>>,
    csrf: Option<Cow<'a, str>>,
    iss: Option<Cow<'a, str>>,
    login_type: Option<Cow<'a, str>>,
    aud: Option<Vec<Cow<'a, str>>>,
    scopes: Option<Vec<Cow<'a, str>>>,
    fresh: Option<bool>,
    iat: Option<UnixTime>,
    nbf: Option<UnixTime>,
    exp: Option<UnixTime>,
}

/// Reads one JSON object; refuses a name that stands in it twice, whatever the name.
struct ClaimsSet<'i> {
    identity: &'i str,
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
                    return Err(A::Error::custom(format_args!("duplicate claim {name}")));
                }
                registered |= 1 << position;
            }
            match &*name {
                "sub" => raw.sub = Some(map.next_value::<Str<'_>>()?.0),
                "jti" => raw.jti = Some(map.next_value::<Str<'_>>()?.0),
                "type" => raw.kind = Some(map.next_value::<Str<'_>>()?.0),
                "csrf" => raw.csrf = map.next_value::<Option<Str<'_>>>()?.map(|text| text.0),
                "iss" => raw.iss = map.next_value::<Option<Str<'_>>>()?.map(|text| text.0),
                "login_type" => {
                    raw.login_type = map.next_value::<Option<Str<'_>>>()?.map(|text| text.0)
                }
                "aud" => {
                    raw.aud = map
                        .next_value::<Option<OneOrMany<'_>>>()?
                        .map(|list| list.0)
                }
                "scopes" => {
                    raw.scopes = map
                        .next_value::<Option<Vec<Str<'_>>>>()?
                        .map(|list| list.into_iter().map(|text| text.0).collect());
                }
                "fresh" => raw.fresh = Some(map.next_value()?),
                "iat" => raw.iat = Some(map.next_value::<NumericDate>()?.0),
                "nbf" => raw.nbf = Some(map.next_value::<NumericDate>()?.0),
                "exp" => raw.exp = Some(map.next_value::<NumericDate>()?.0),
                custom => {
                    if custom == self.identity {
                        raw.identity = Some(map.next_value::<Str<'_>>()?.0);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                    if position.is_none() {
                        others.push(name);
                    }
                }
            }
        }
        others.sort_unstable();
        if let Some([twice, _]) = others.array_windows().find(|[a, b]| a == b) {
            return Err(A::Error::custom(format_args!("duplicate claim {twice}")));
        }
        Ok(raw)
    }
}

/// A JSON string, borrowed when it holds no escapes.
struct Str<'a>(Cow<'a, str>);

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
struct OneOrMany<'a>(Vec<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for OneOrMany<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;

        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = Vec<Cow<'de, str>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of strings")
            }

            fn visit_borrowed_str<E: serde::de::Error>(
                self,
                value: &'de str,
            ) -> Result<Self::Value, E> {
                StrVisitor.visit_borrowed_str(value).map(|one| vec![one])
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
                StrVisitor.visit_str(value).map(|one| vec![one])
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Self::Value, A::Error> {
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

/// Seconds since the epoch (RFC 7519, section 2), rounded down; the original writes `exp` with a fraction.
struct NumericDate(UnixTime);

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumericDateVisitor;

        impl Visitor<'_> for NumericDateVisitor {
            type Value = u64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds from 0 to 2^53")
            }

            fn visit_u64<E: serde::de::Error>(self, secs: u64) -> Result<u64, E> {
                if secs <= LATEST {
                    Ok(secs)
                } else {
                    Err(E::invalid_value(
                        serde::de::Unexpected::Unsigned(secs),
                        &self,
                    ))
                }
            }

            fn visit_f64<E: serde::de::Error>(self, secs: f64) -> Result<u64, E> {
                #[expect(clippy::cast_precision_loss, reason = "2^53 is exact")]
                let in_range = (0.0..=LATEST as f64).contains(&secs);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "in range, and the fraction is meant to go"
                )]
                if in_range {
                    Ok(secs as u64)
                } else {
                    Err(E::invalid_value(serde::de::Unexpected::Float(secs), &self))
                }
            }
        }

        deserializer
            .deserialize_any(NumericDateVisitor)
            .map(|secs| Self(UnixTime::from_secs(secs)))
    }
}

/// The largest second that every JSON reader holds exactly (RFC 8259, section 6).
const LATEST: u64 = 1 << 53;
