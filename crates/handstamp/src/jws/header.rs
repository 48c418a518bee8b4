//! The protected header: written in one form, parsed strictly (RFC 7515, section 4).

use std::{collections::BTreeSet, fmt};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;

use super::{Algorithm, JwsError, KeyId, base64url};

/// The members of a header that matter. They select among the configured keys, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
}

/// What a header must say the token is, in the member `typ`. A set of keys accepts tokens of one
/// type, so those of two never pass for each other, not even under one key
/// ([RFC 8725, section 3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenType {
    /// `JWT`, which may be left out: the tokens of this service (RFC 7519, section 5.1).
    Jwt,
    /// `at+jwt`, which may not: access tokens of other issuers (RFC 9068, sections 2.1 and 4).
    #[cfg(feature = "asymmetric")]
    AccessToken,
}

impl TokenType {
    /// Returns what is wrong with this `typ`. Media types are compared without case, and
    /// `application/` may be left out (RFC 7515, section 4.1.9).
    fn problem(self, typ: Option<&str>) -> Option<&'static str> {
        let is = |names: [&str; 2]| {
            typ.is_some_and(|typ| names.iter().any(|name| typ.eq_ignore_ascii_case(name)))
        };
        match self {
            Self::Jwt if typ.is_none() || is(["JWT", "application/JWT"]) => None,
            Self::Jwt => Some("header has a `typ` other than JWT"),
            #[cfg(feature = "asymmetric")]
            Self::AccessToken if is(["at+jwt", "application/at+jwt"]) => None,
            #[cfg(feature = "asymmetric")]
            Self::AccessToken => Some("header has no `typ` at+jwt"),
        }
    }
}

impl Header {
    /// Returns the header segment of tokens that this key signs.
    pub(crate) fn encode(algorithm: Algorithm, key_id: Option<&KeyId>) -> String {
        let json = match key_id {
            // Neither name contains a character that JSON escapes.
            Some(id) => format!(r#"{{"alg":"{algorithm}","typ":"JWT","kid":"{id}"}}"#),
            None => format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#),
        };
        BASE64_URL_SAFE_NO_PAD.encode(json)
    }

    pub(crate) fn parse(segment: &[u8], token_type: TokenType) -> Result<Self, JwsError> {
        let malformed = JwsError::Malformed;
        let json = base64url::decode(segment)
            .ok_or(malformed("header is not canonical base64url"))
            // `serde_json` does not check the encoding of strings that it skips.
            .and_then(|json| {
                String::from_utf8(json).map_err(|_| malformed("header is not UTF-8"))
            })?;
        let members: Members = serde_json::from_str(&json).map_err(|error| {
            malformed(match error.classify() {
                Category::Data => "header is not an object, or a member is not a string",
                _ => "header is not JSON",
            })
        })?;
        if members.repeated {
            return Err(malformed("header has a member twice"));
        }
        // Both change what the signature covers or means, and no extension is implemented (RFC
        // 7515, section 4.1.11; RFC 7797).
        if members.crit || members.b64 {
            return Err(malformed("header has `crit` or `b64`"));
        }
        if let Some(problem) = token_type.problem(members.typ.as_deref()) {
            return Err(malformed(problem));
        }
        let alg = members.alg.ok_or(malformed("header has no `alg`"))?;
        Ok(Self {
            algorithm: Algorithm::named(&alg).ok_or(JwsError::UnsupportedAlgorithm)?,
            key_id: members.kid,
        })
    }
}

/// The known members, not yet judged. All others, such as `jwk`, `jku`, `x5c` and `x5u`, are
/// skipped unread.
#[derive(Default)]
struct Members {
    alg: Option<String>,
    typ: Option<String>,
    kid: Option<String>,
    crit: bool,
    b64: bool,
    repeated: bool,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        // A tree, not a list: an attacker chooses the header, and a thousand names fit in it.
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "alg" => members.alg = Some(map.next_value()?),
                "typ" => members.typ = Some(map.next_value()?),
                "kid" => members.kid = Some(map.next_value()?),
                other => {
                    members.crit |= other == "crit";
                    members.b64 |= other == "b64";
                    map.next_value::<IgnoredAny>()?;
                }
            }
            members.repeated |= !seen.insert(name);
        }
        Ok(members)
    }
}
