//! Who asks: which entity the bearer of a token is, by its verified claims. Nothing of a request
//! but the token is read here.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use handstamp::Authenticated;
use handstamp::purpose::Access;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value as Json;

use crate::error::whole_message;
use crate::{Entity, Value};

/// The kind of principal that the bearers of some tokens are: an entity type of the schema, and
/// what its attributes and groups are taken from.
///
/// The id of the entity is the subject of the token. Everything else is a verified claim as well,
/// and only the claims that are named here. A claim that the token lacks is an attribute that the
/// entity lacks, so the schema declares it with `?`, and policies ask with `has`.
///
/// ```
/// use handstamp_cedar::Principal;
///
/// // Tokens without a login type, as most applications have them:
/// let user = Principal::new("User").claims(["scopes", "tenant"]).groups("roles", "Role");
///
/// // Tokens with the login type `admin`. Administrator 1 and user 1 are two entities.
/// let admin = Principal::new("Admin").login_type("admin").claims(["fresh"]);
/// ```
///
/// # Security
/// A token of a login type for which there is no `Principal` is denied everything, and so is one
/// whose claims do not have the types that the schema declares.
#[derive(Debug, Clone)]
pub struct Principal {
    pub(crate) entity_type: Cow<'static, str>,
    pub(crate) login_type: Option<String>,
    pub(crate) claims: Vec<String>,
    pub(crate) groups: Vec<(String, Cow<'static, str>)>,
}

impl Principal {
    /// Makes the bearers of tokens entities of this type.
    #[must_use]
    pub fn new(entity_type: impl Into<Cow<'static, str>>) -> Self {
        Self {
            entity_type: entity_type.into(),
            login_type: None,
            claims: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Restricts it to tokens of this login type. The default is tokens without one.
    #[must_use]
    pub fn login_type(mut self, login_type: impl Into<String>) -> Self {
        self.login_type = Some(login_type.into());
        self
    }

    /// Makes these claims attributes of the same names.
    ///
    /// | claim | type in the schema |
    /// |---|---|
    /// | `scopes`, `aud` | `Set<String>`; empty if the token has none |
    /// | `fresh` | `Bool` |
    /// | `auth_time` | `Long`: the seconds since 1970 of the log-in |
    /// | one of the application | `String`, `Bool`, `Long`, `Set<..>` or a record, as in JSON |
    ///
    /// A scope is a text here: a wildcard (`admin:*`) covers no other scope.
    ///
    /// `sub` is the id of the entity, and `csrf`, `jti`, `sid`, `gen`, `type`, `iat`, `nbf` and
    /// `exp` are not for policies. JSON's `null` and fractions have no type in Cedar: a token with
    /// such a claim is denied.
    #[must_use]
    pub fn claims<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.claims.extend(names.into_iter().map(Into::into));
        self
    }

    /// Makes each text in the list that this claim is a group that the principal is in, of this
    /// entity type: with `groups("roles", "Role")`, policies ask `principal in Role::"editor"`.
    #[must_use]
    pub fn groups(
        mut self,
        claim: impl Into<String>,
        entity_type: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.groups.push((claim.into(), entity_type.into()));
        self
    }
}

impl Principal {
    /// Returns the entity of a token's bearer, or what is wrong with the claims.
    pub(crate) fn entity(&self, token: &Authenticated<Access>) -> Result<Entity, String> {
        let payload = if self.reads_payload() {
            let payload = token.claims::<CustomClaims>();
            payload.map_err(|error| whole_message(&error))?.0
        } else {
            HashMap::new()
        };
        let mut entity = Entity::new(self.entity_type.clone(), token.subject());
        for name in &self.claims {
            let value = match name.as_str() {
                "scopes" => Some(Value::set(token.scopes())),
                "aud" => Some(Value::set(token.audience())),
                "fresh" => Some(Value::from(token.is_fresh())),
                "auth_time" => Some(seconds(token)?),
                name => match payload.get(name) {
                    Some(value) => Some(converted(name, value)?),
                    None => None,
                },
            };
            if let Some(value) = value {
                entity = entity.attribute(name.clone(), value);
            }
        }
        for (claim, group) in &self.groups {
            for id in group_ids(claim, payload.get(claim))? {
                entity = entity.parent(group.clone(), id);
            }
        }
        Ok(entity)
    }

    /// Returns whether a claim is read that the token has no method for.
    fn reads_payload(&self) -> bool {
        !self.groups.is_empty() || self.claims.iter().any(|name| is_custom(name))
    }
}

/// Returns the ids in a claim that lists groups. An absent claim lists none.
fn group_ids<'v>(
    claim: &str,
    value: Option<&'v Json>,
) -> Result<impl Iterator<Item = &'v str>, String> {
    let ids = match value {
        None => Some(&[][..]),
        Some(Json::Array(ids)) if ids.iter().all(Json::is_string) => Some(&**ids),
        Some(_) => None,
    };
    let ids = ids.ok_or_else(|| format!("the claim `{claim}` is not a list of texts"))?;
    Ok(ids.iter().filter_map(Json::as_str))
}

fn seconds(token: &Authenticated<Access>) -> Result<Value, String> {
    let seconds = i64::try_from(token.authenticated_at().as_secs());
    let seconds = seconds.map_err(|_| "the claim `auth_time` is too large".to_owned())?;
    Ok(Value::from(seconds))
}

fn converted(claim: &str, value: &Json) -> Result<Value, String> {
    Ok(match value {
        Json::Bool(value) => Value::from(*value),
        Json::String(value) => Value::from(value.as_str()),
        Json::Number(value) => match value.as_i64() {
            Some(value) => Value::from(value),
            None => {
                return Err(format!(
                    "the claim `{claim}` has a number that is no `Long`"
                ));
            }
        },
        Json::Array(values) => {
            let values = values.iter().map(|value| converted(claim, value));
            Value::set(values.collect::<Result<Vec<_>, _>>()?)
        }
        Json::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| Ok((name.clone(), converted(claim, value)?)));
            Value::record(fields.collect::<Result<Vec<_>, String>>()?)
        }
        Json::Null => {
            return Err(format!(
                "the claim `{claim}` has a `null`, which Cedar lacks"
            ));
        }
    })
}

/// The claims that an application may have in its tokens. The others are skipped where they stand.
struct CustomClaims(HashMap<String, Json>);

impl<'de> Deserialize<'de> for CustomClaims {
    fn deserialize<D: Deserializer<'de>>(payload: D) -> Result<Self, D::Error> {
        payload.deserialize_map(Claims).map(Self)
    }
}

struct Claims;

impl<'de> Visitor<'de> for Claims {
    type Value = HashMap<String, Json>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the claims of a token")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
        let mut claims = HashMap::new();
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            if is_custom(&name) {
                claims.insert(name.into_owned(), members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(claims)
    }
}

/// Returns whether policies may read the claim from the token as it is.
fn is_custom(name: &str) -> bool {
    !WITH_A_METHOD.contains(&name) && !NOT_FOR_POLICIES.contains(&name)
}

/// Returns whether a principal may have this claim as an attribute or a group: the CSRF value is
/// secret, ids of tokens and sessions are not for policies, and times of a token were checked.
pub(crate) fn is_for_policies(name: &str) -> bool {
    !NOT_FOR_POLICIES.contains(&name)
}

const NOT_FOR_POLICIES: [&str; 9] = [
    "csrf", "jti", "sid", "gen", "type", "sub", "iat", "nbf", "exp",
];

const WITH_A_METHOD: [&str; 4] = ["scopes", "aud", "fresh", "auth_time"];
