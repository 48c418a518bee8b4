//! The actions of the schema, each with the policies that can apply to it, by their scopes.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    ActionConstraint, Entities, EntityTypeName, EntityUid, Policy, PolicySet, PrincipalConstraint,
    ResourceConstraint, Schema,
};

use crate::error::{Problem, whole_message};
use crate::names::by_name;

/// An action of the schema.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) uid: EntityUid,
    /// The types that may ask for it, by the schema.
    pub(crate) principals: HashSet<EntityTypeName>,
    /// The action itself, with the groups it is in; nothing for one that is in no group.
    pub(crate) entities: Entities,
    /// Those policies whose scope can match the action: no other can be satisfied, or fail.
    pub(crate) groups: Vec<Group>,
}

/// Policies with one scope. Where it does not match, none of them can be satisfied, or fail.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    principal: PrincipalConstraint,
    resource: ResourceConstraint,
    pub(crate) policies: PolicySet,
}

/// Makes the table of all actions, each with the policies that can apply to it.
pub(crate) fn actions(
    schema: &Schema,
    policies: &PolicySet,
    problems: &mut Vec<Problem>,
) -> HashMap<String, Action> {
    let table = by_name(schema.actions(), ToString::to_string, |uid| {
        uid.id().unescaped().to_owned()
    });
    let all = match schema.action_entities() {
        Ok(all) => all,
        Err(error) => {
            problems.push(Problem::new("the schema", error.to_string()));
            return HashMap::new();
        }
    };
    let mut actions = HashMap::new();
    for (name, uid) in table {
        let can_apply = |policy: &&Policy| match policy.action_constraint() {
            ActionConstraint::Any => true,
            ActionConstraint::Eq(one) => one == uid,
            ActionConstraint::In(several) => several
                .iter()
                .any(|one| *one == uid || all.is_ancestor_of(one, &uid)),
        };
        let made = group(policies.policies().filter(can_apply)).and_then(|groups| {
            // Without a group, `in` asks of the action whether it is itself, which needs no entity.
            let ancestors = all.ancestors(&uid).into_iter().flatten().count();
            let action = all.get(&uid).filter(|_| ancestors > 0).cloned();
            let entities = Entities::from_entities(action, None);
            Ok((groups, entities.map_err(|error| whole_message(&error))?))
        });
        match made {
            Ok((groups, entities)) => {
                let principals = schema.principals_for_action(&uid).into_iter().flatten();
                let action = Action {
                    principals: principals.cloned().collect(),
                    uid,
                    entities,
                    groups,
                };
                actions.insert(name, action);
            }
            Err(error) => problems.push(Problem::new("the schema", error)),
        }
    }
    actions
}

/// Puts policies with the same scope together.
fn group<'p>(policies: impl Iterator<Item = &'p Policy>) -> Result<Vec<Group>, String> {
    let mut groups: Vec<Group> = Vec::new();
    for policy in policies {
        let (principal, resource) = (policy.principal_constraint(), policy.resource_constraint());
        let is_same = |one: &&mut Group| one.principal == principal && one.resource == resource;
        let added = match groups.iter_mut().find(is_same) {
            Some(group) => group.policies.add(policy.clone()),
            None => PolicySet::from_policies([policy.clone()]).map(|policies| {
                groups.push(Group {
                    principal,
                    resource,
                    policies,
                });
            }),
        };
        added.map_err(|error| whole_message(&error))?;
    }
    Ok(groups)
}

impl Group {
    /// Returns what Cedar finds for the scope of these policies.
    pub(crate) fn matches(
        &self,
        principal: &EntityUid,
        resource: &EntityUid,
        entities: &Entities,
    ) -> bool {
        let is_in = |one: &EntityUid, other| one == other || entities.is_ancestor_of(one, other);
        let is = |kind: &EntityTypeName, one: &EntityUid| kind == one.type_name();
        let of_principal = match &self.principal {
            PrincipalConstraint::Any => true,
            PrincipalConstraint::Eq(one) => one == principal,
            PrincipalConstraint::In(one) => is_in(one, principal),
            PrincipalConstraint::Is(kind) => is(kind, principal),
            PrincipalConstraint::IsIn(kind, one) => is(kind, principal) && is_in(one, principal),
        };
        let of_resource = || match &self.resource {
            ResourceConstraint::Any => true,
            ResourceConstraint::Eq(one) => one == resource,
            ResourceConstraint::In(one) => is_in(one, resource),
            ResourceConstraint::Is(kind) => is(kind, resource),
            ResourceConstraint::IsIn(kind, one) => is(kind, resource) && is_in(one, resource),
        };
        of_principal && of_resource()
    }
}
