//! Values of attributes and of the context.

use std::borrow::Cow;
use std::net::IpAddr;

use cedar_policy::RestrictedExpression;

use crate::question::EntityRef;

/// The value of an attribute, or of the context.
///
/// ```
/// use std::net::{IpAddr, Ipv4Addr};
///
/// use handstamp_cedar::Value;
///
/// let text = Value::from("draft");
/// let number = Value::from(18);
/// let tags = Value::set(["rust", "login"]);
/// let author = Value::entity("User", "alice");
/// let address = Value::from(IpAddr::from(Ipv4Addr::LOCALHOST));
/// let size = Value::record([("width", 640), ("height", 480)]);
/// ```
#[derive(Debug, Clone)]
pub struct Value(pub(crate) Kind);

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Bool(bool),
    Long(i64),
    Text(String),
    Address(IpAddr),
    /// Of whatever type.
    Expression(RestrictedExpression),
    Entity(EntityRef),
    Set(Vec<Value>),
    Record(Vec<(Cow<'static, str>, Value)>),
}

impl Value {
    /// Creates a reference to an entity, to be compared with `==` and `in`. Policies that read its
    /// attributes need the entity itself: [`Question::entity`](crate::Question::entity).
    #[must_use]
    pub fn entity(entity_type: impl Into<Cow<'static, str>>, id: impl Into<String>) -> Self {
        Self(Kind::Entity(EntityRef::new(entity_type, id)))
    }

    /// Creates a set. The schema states the type of its elements.
    #[must_use]
    pub fn set<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Self {
        Self(Kind::Set(values.into_iter().map(Into::into).collect()))
    }

    /// Creates a record.
    #[must_use]
    pub fn record<N: Into<Cow<'static, str>>, V: Into<Value>>(
        fields: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let fields = fields.into_iter();
        let fields = fields.map(|(name, value)| (name.into(), value.into()));
        Self(Kind::Record(fields.collect()))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self(Kind::Bool(value))
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self(Kind::Long(value))
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        i64::from(value).into()
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        i64::from(value).into()
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self(Kind::Text(value))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

/// An `ipaddr` of Cedar. An IPv4 address that a socket for both versions reports as IPv6 is the one
/// of version 4, so that it is in its range.
impl From<IpAddr> for Value {
    fn from(value: IpAddr) -> Self {
        Self(Kind::Address(value.to_canonical()))
    }
}

/// Whatever Cedar has: a `decimal`, a `datetime`, a `duration`.
impl From<RestrictedExpression> for Value {
    fn from(value: RestrictedExpression) -> Self {
        Self(Kind::Expression(value))
    }
}
