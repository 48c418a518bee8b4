//! Which shapes of requests and entities conform to the schema. The shape is what the schema speaks
//! of: types and names, and no ids, texts or numbers. One that was checked needs no second check,
//! which would take a third of a decision's time.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::{PoisonError, RwLock};

use crate::question::{Entity, Question};
use crate::value::{Kind, Value};

/// The shapes that were found to conform. Only what conforms is remembered, and only so many: a
/// client cannot invent shapes, but an application may have ever new attributes.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    known: RwLock<HashSet<Shape>>,
    /// Enumerated types list ids, so there the shape does not tell.
    is_off: bool,
}

/// A shape, written so that two different ones never give the same text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Shape(String);

impl Shapes {
    /// Begins with none, for this schema. The word in a comment or a name costs time, and no more.
    pub(crate) fn of(schema: &str) -> Self {
        Self {
            known: RwLock::default(),
            is_off: schema.contains("enum"),
        }
    }

    /// Returns the shape of a question and of who asks it, or `None` if nothing can be said of
    /// another one with the same shape. Where `is_known` says that the claims say all of the
    /// resource, nothing of it is checked.
    pub(crate) fn shape(
        &self,
        bearer: &Entity,
        question: &Question,
        is_known: bool,
    ) -> Option<Shape> {
        let mut shape = Shape(String::with_capacity(256));
        if self.is_off {
            return None;
        }
        shape.name(&question.action);
        shape.entity(bearer)?;
        shape.entity(&question.resource)?;
        shape.0.push(if is_known { '=' } else { ';' });
        for other in &question.others {
            shape.entity(other)?;
        }
        shape.0.push('|');
        for (name, value) in &question.context {
            shape.name(name);
            shape.value(value)?;
        }
        (shape.0.len() <= LONGEST).then_some(shape)
    }

    pub(crate) fn contains(&self, shape: &Shape) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(shape)
    }

    pub(crate) fn insert(&self, shape: Shape) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(shape);
        }
    }
}

impl Shape {
    /// The length says where the name ends, whatever is in it.
    fn name(&mut self, name: &str) {
        // Writing to a `String` does not fail.
        let _ = write!(self.0, "{}:{name}", name.len());
    }

    fn entity(&mut self, entity: &Entity) -> Option<()> {
        self.0.push('E');
        self.name(&entity.reference.entity_type);
        for (name, value) in &entity.attributes {
            self.name(name);
            self.value(value)?;
        }
        self.0.push('^');
        let mut last = None;
        for parent in &entity.parents {
            if last.replace(&parent.entity_type) != Some(&parent.entity_type) {
                self.name(&parent.entity_type);
            }
        }
        Some(())
    }

    fn value(&mut self, value: &Value) -> Option<()> {
        match &value.0 {
            Kind::Bool(_) => self.0.push('b'),
            Kind::Long(_) => self.0.push('l'),
            Kind::Text(_) => self.0.push('t'),
            Kind::Address(_) => self.0.push('a'),
            Kind::Expression(_) => return None,
            Kind::Entity(reference) => {
                self.0.push('e');
                self.name(&reference.entity_type);
            }
            Kind::Set(values) => {
                self.0.push('[');
                let is_text = |value: &Value| matches!(value.0, Kind::Text(_));
                if !values.is_empty() && values.iter().all(is_text) {
                    self.0.push('t');
                } else {
                    values.iter().try_for_each(|value| self.value(value))?;
                }
                self.0.push(']');
            }
            Kind::Record(fields) => {
                self.0.push('{');
                for (name, value) in fields {
                    self.name(name);
                    self.value(value)?;
                }
                self.0.push('}');
            }
        }
        Some(())
    }
}

const LONGEST: usize = 2048;
const MOST: usize = 1024;
