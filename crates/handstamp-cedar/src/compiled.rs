//! Policies as they are asked: parsed, checked against the schema, with every name that a question
//! can have in a table. It is made once, decides, and never changes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context, Decision, Effect, EntityId, EntityTypeName, EntityUid, Policy, PolicyId,
    Request, Response, RestrictedExpression, Schema,
};
use handstamp::Authenticated;
use handstamp::purpose::Access;

use crate::actions::{Action, Group, actions};
use crate::builder::NamedText;
use crate::error::{PolicyError, Problem, whole_message};
use crate::names::by_name;
use crate::question::EntityRef;
use crate::shapes::Shapes;
use crate::sources::{check_principals, id_text, parse_policies, parse_schema};
use crate::value::Kind;
use crate::{Entity, Explanation, Principal, Question, Value};

#[derive(Debug)]
pub(crate) struct Compiled {
    schema: Schema,
    ids: Vec<String>,
    /// What policies that forbid have the client told.
    messages: HashMap<PolicyId, String>,
    actions: HashMap<String, Action>,
    types: HashMap<String, EntityTypeName>,
    principals: Vec<Principal>,
    shapes: Shapes,
    authorizer: Authorizer,
}

/// Making it.
impl Compiled {
    pub(crate) fn new(
        schemas: &[NamedText],
        policies: &[NamedText],
        principals: &[Principal],
        mut problems: Vec<Problem>,
    ) -> Result<Self, PolicyError> {
        let was_read = problems.is_empty();
        let schema = match schemas {
            [schema] => parse_schema(schema, &mut problems),
            [] if was_read => {
                let none = Problem::new("the schema", "is missing");
                problems.push(none.help("Give one with `schema` or `schema_file`"));
                None
            }
            [] => None,
            _ => {
                let several = Problem::new("the schema", "was given more than once");
                problems.push(several.help("Put all of it into one text"));
                None
            }
        };
        let policies = parse_policies(policies, was_read, &mut problems);
        let Some(schema) = schema else {
            return Err(PolicyError::new(problems));
        };
        policies.check(&schema, &mut problems);
        // Actions are named by questions only.
        let types = schema
            .entity_types()
            .filter(|name| name.basename() != "Action");
        let types = by_name(types, ToString::to_string, |name| {
            name.basename().to_owned()
        });
        check_principals(principals, &types, &schema, &mut problems);
        let actions = actions(&schema, &policies.set, &mut problems);
        if !problems.is_empty() {
            return Err(PolicyError::new(problems));
        }
        let set = policies.set;
        let mut ids: Vec<String> = set.policies().map(|policy| id_text(policy.id())).collect();
        ids.sort();
        let forbidding = set
            .policies()
            .filter(|policy| policy.effect() == Effect::Forbid);
        // `annotation` parses its argument, which is not for requests.
        let message = |policy: &Policy| {
            let message = policy
                .annotation("message")
                .filter(|text| !text.is_empty())?;
            Some((policy.id().clone(), message.to_owned()))
        };
        Ok(Self {
            ids,
            messages: forbidding.filter_map(message).collect(),
            shapes: Shapes::of(
                &schemas
                    .iter()
                    .map(|schema| &*schema.text)
                    .collect::<String>(),
            ),
            schema,
            actions,
            types,
            principals: principals.to_vec(),
            authorizer: Authorizer::new(),
        })
    }

    /// Returns the ids of all policies, sorted.
    pub(crate) fn ids(&self) -> &[String] {
        &self.ids
    }
}

/// Deciding.
impl Compiled {
    pub(crate) fn explain(
        &self,
        token: &Authenticated<Access>,
        question: &Question,
    ) -> Explanation {
        let login_type = token.login_type();
        let mut principals = self.principals.iter();
        let Some(principal) = principals.find(|one| one.login_type.as_deref() == login_type) else {
            return Explanation::failed("no principal has the token's login type".to_owned());
        };
        let Some(action) = self.actions.get(&*question.action) else {
            let error = format!("the action `{}` is not in the schema", question.action);
            return Explanation::failed(error);
        };
        let bearer = EntityRef::new(principal.entity_type.clone(), token.subject());
        let bearer = match self.uid(bearer) {
            Ok(bearer) => bearer,
            Err(error) => return Explanation::failed(error),
        };
        // That the schema leaves it to others is an answer, and no mistake of the application.
        if !action.principals.is_empty() && !action.principals.contains(bearer.type_name()) {
            return Explanation::not_permitted();
        }
        let asked = principal.entity(token);
        let asked = asked.and_then(|entity| self.ask(entity, &bearer, action, question));
        match asked {
            Ok(responses) => self.explained(&responses, &bearer),
            Err(error) => Explanation::failed(anonymous(&error, &bearer)),
        }
    }

    /// The request and all entities are checked against the schema, as the policies were: only then
    /// do the types hold that the policies were checked with.
    fn ask(
        &self,
        entity: Entity,
        bearer: &EntityUid,
        action: &Action,
        question: &Question,
    ) -> Result<Vec<Response>, String> {
        let resource = self.uid(question.resource.reference.clone())?;
        // A bare resource that is the principal is known by the claims.
        let is_known = resource == *bearer && question.resource.is_bare();
        let shape = self.shapes.shape(&entity, question, is_known);
        let conforms = shape
            .as_ref()
            .is_some_and(|shape| self.shapes.contains(shape));
        let schema = (!conforms).then_some(&self.schema);
        let context = Context::from_pairs(self.pairs(question.context.clone())?);
        let context = context.map_err(|error| whole_message(&error))?;
        let request = Request::new(
            bearer.clone(),
            action.uid.clone(),
            resource.clone(),
            context,
            schema,
        );
        let request = request.map_err(|error| whole_message(&error))?;
        let mut given = Vec::with_capacity(question.others.len() + 2);
        if !is_known {
            given.push(self.entity(question.resource.clone())?);
        }
        for other in &question.others {
            given.push(self.entity(other.clone())?);
        }
        given.push(self.entity(entity)?);
        let entities = action.entities.clone().add_entities(given, schema);
        let entities = entities.map_err(|error| whole_message(&error))?;
        if let Some(shape) = shape.filter(|_| !conforms) {
            self.shapes.insert(shape);
        }
        let groups = action.groups.iter();
        let matching = groups.filter(|group| group.matches(bearer, &resource, &entities));
        let ask = |group: &Group| {
            let policies = &group.policies;
            self.authorizer.is_authorized(&request, policies, &entities)
        };
        Ok(matching.map(ask).collect())
    }

    /// One policy that forbids, in whichever group, denies. Cedar leaves out a policy that fails,
    /// also one that forbids, and decides by the others: here an error denies.
    fn explained(&self, responses: &[Response], principal: &EntityUid) -> Explanation {
        let mut errors = Vec::new();
        let [mut permitting, mut forbidding] = [Vec::new(), Vec::new()];
        for response in responses {
            let diagnostics = response.diagnostics();
            errors.extend(
                diagnostics
                    .errors()
                    .map(|error| anonymous(&whole_message(error), principal)),
            );
            match response.decision() {
                Decision::Allow => permitting.extend(diagnostics.reason()),
                Decision::Deny => forbidding.extend(diagnostics.reason()),
            }
        }
        errors.sort();
        let is_permitted = errors.is_empty() && forbidding.is_empty() && !permitting.is_empty();
        let mut deciding = if is_permitted { permitting } else { forbidding };
        deciding.sort();
        Explanation {
            is_permitted,
            message: deciding
                .iter()
                .find_map(|id| self.messages.get(*id))
                .cloned(),
            policies: deciding.into_iter().map(id_text).collect(),
            errors,
        }
    }

    fn entity(&self, entity: Entity) -> Result<cedar_policy::Entity, String> {
        let attributes = self.pairs(entity.attributes)?.into_iter().collect();
        let parents = entity.parents.into_iter().map(|parent| self.uid(parent));
        let parents = parents.collect::<Result<HashSet<EntityUid>, String>>()?;
        let uid = self.uid(entity.reference)?;
        cedar_policy::Entity::new(uid, attributes, parents).map_err(|error| whole_message(&error))
    }

    fn uid(&self, reference: EntityRef) -> Result<EntityUid, String> {
        let EntityRef { entity_type, id } = reference;
        let found = self.types.get(&*entity_type).cloned();
        let found =
            found.ok_or_else(|| format!("the type `{entity_type}` is not in the schema"))?;
        Ok(EntityUid::from_type_name_and_id(found, EntityId::new(id)))
    }

    fn pairs(
        &self,
        pairs: Vec<(Cow<'static, str>, Value)>,
    ) -> Result<Vec<(String, RestrictedExpression)>, String> {
        let pairs = pairs.into_iter();
        pairs
            .map(|(name, value)| Ok((name.into_owned(), self.value(value)?)))
            .collect()
    }

    fn value(&self, value: Value) -> Result<RestrictedExpression, String> {
        Ok(match value.0 {
            Kind::Bool(value) => RestrictedExpression::new_bool(value),
            Kind::Long(value) => RestrictedExpression::new_long(value),
            Kind::Text(value) => RestrictedExpression::new_string(value),
            Kind::Address(value) => RestrictedExpression::new_ip(value.to_string()),
            Kind::Expression(expression) => expression,
            Kind::Entity(reference) => RestrictedExpression::new_entity_uid(self.uid(reference)?),
            Kind::Set(values) => {
                let values = values.into_iter().map(|one| self.value(one));
                RestrictedExpression::new_set(values.collect::<Result<Vec<_>, _>>()?)
            }
            Kind::Record(fields) => RestrictedExpression::new_record(self.pairs(fields)?)
                .map_err(|error| whole_message(&error))?,
        })
    }
}

/// The log does not name accounts.
fn anonymous(error: &str, principal: &EntityUid) -> String {
    error.replace(&principal.to_string(), "the principal")
}
