//! What is asked of the policies: an action, a resource, and the context. It is made by the
//! application, of names and values, and resolves nothing.

use std::borrow::Cow;
use std::fmt;

use crate::Value;

/// What is asked: may the bearer of a token do this, to this resource, in this context?
///
/// Names of actions and entity types are those of the schema. They are looked up, never parsed, so
/// text of a request may be in an id, but not in their place: a name that the schema does not have
/// is denied.
///
/// ```
/// use handstamp_cedar::{Entity, Question, Value};
///
/// let post = Entity::new("Post", "42")
///     .attribute("author", Value::entity("User", "alice"))
///     .attribute("status", "draft")
///     .parent("Blog", "rust");
/// let question = Question::new("edit", post).context("hour", 14);
/// ```
#[derive(Debug, Clone)]
pub struct Question {
    pub(crate) action: Cow<'static, str>,
    pub(crate) resource: Entity,
    pub(crate) others: Vec<Entity>,
    pub(crate) context: Vec<(Cow<'static, str>, Value)>,
}

impl Question {
    /// Asks about an action on a resource.
    #[must_use]
    pub fn new(action: impl Into<Cow<'static, str>>, resource: Entity) -> Self {
        Self {
            action: action.into(),
            resource,
            others: Vec::new(),
            context: Vec::new(),
        }
    }

    /// Adds a value to the context, which the schema declares for the action: the time, the address
    /// of the client, whatever is neither of the principal nor of the resource.
    #[must_use]
    pub fn context(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.context.push((name.into(), value.into()));
        self
    }

    /// Adds an entity that policies reach from the resource or the context: the blog of a post, the
    /// group in which a group is.
    ///
    /// # Security
    /// It cannot be the principal, who comes from the token alone: a second entity with the
    /// principal's type and id denies the request, unless both are equal.
    #[must_use]
    pub fn entity(mut self, entity: Entity) -> Self {
        self.others.push(entity);
        self
    }
}

/// A resource, or another entity: its type and id, its attributes, and the entities it is in.
///
/// ```
/// use handstamp_cedar::Entity;
///
/// let id = "x\"::y"; // any text: it is not parsed
/// let photo = Entity::new("Photo", id).attribute("public", true).parent("Album", "trip");
/// assert_eq!(photo.to_string(), r#"Photo::"x\"::y""#);
/// ```
#[derive(Debug, Clone)]
pub struct Entity {
    pub(crate) reference: EntityRef,
    pub(crate) attributes: Vec<(Cow<'static, str>, Value)>,
    pub(crate) parents: Vec<EntityRef>,
}

impl Entity {
    /// Creates an entity of this type with this id.
    #[must_use]
    pub fn new(entity_type: impl Into<Cow<'static, str>>, id: impl Into<String>) -> Self {
        Self {
            reference: EntityRef::new(entity_type, id),
            attributes: Vec::new(),
            parents: Vec::new(),
        }
    }

    /// Adds an attribute, which the schema declares for the type.
    #[must_use]
    pub fn attribute(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }

    /// States an entity that this one is in, for the operator `in`.
    #[must_use]
    pub fn parent(
        mut self,
        entity_type: impl Into<Cow<'static, str>>,
        id: impl Into<String>,
    ) -> Self {
        self.parents.push(EntityRef::new(entity_type, id));
        self
    }

    /// Returns whether nothing is said of it but that it is.
    pub(crate) fn is_bare(&self) -> bool {
        self.attributes.is_empty() && self.parents.is_empty()
    }
}

/// Shows type and id.
impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EntityRef { entity_type, id } = &self.reference;
        write!(f, "{entity_type}::{id:?}")
    }
}

/// The type and id of an entity.
#[derive(Debug, Clone)]
pub(crate) struct EntityRef {
    pub(crate) entity_type: Cow<'static, str>,
    pub(crate) id: String,
}

impl EntityRef {
    pub(crate) fn new(entity_type: impl Into<Cow<'static, str>>, id: impl Into<String>) -> Self {
        Self {
            entity_type: entity_type.into(),
            id: id.into(),
        }
    }
}
