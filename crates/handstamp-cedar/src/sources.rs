//! The texts of schema and policies, parsed and checked against each other. Every problem is
//! collected; nothing is decided here.

use std::collections::{BTreeMap, HashMap, HashSet};

use cedar_policy::{
    EntityTypeName, Policy, PolicyId, PolicySet, Schema, ValidationError, ValidationMode, Validator,
};
use miette::Diagnostic;

use crate::Principal;
use crate::builder::NamedText;
use crate::error::Problem;
use crate::principal::is_for_policies;

pub(crate) fn parse_schema(source: &NamedText, problems: &mut Vec<Problem>) -> Option<Schema> {
    let NamedText { name, text } = source;
    let schema = match Schema::from_cedarschema_str(text) {
        Ok((schema, warnings)) => {
            for warning in warnings {
                problems.extend(Problem::all_of(name, text, &warning));
            }
            schema
        }
        Err(error) => {
            problems.extend(Problem::all_of(name, text, &error));
            return None;
        }
    };
    if !schema.is_complete() {
        let incomplete = Problem::new(name, "declares types or actions as external");
        problems.push(incomplete.help("Put all of the schema into one text"));
        return None;
    }
    Some(schema)
}

/// Policies of all sources, with the source of each.
pub(crate) struct Parsed<'s> {
    pub(crate) set: PolicySet,
    sources: HashMap<PolicyId, &'s NamedText>,
}

pub(crate) fn parse_policies<'s>(
    texts: &'s [NamedText],
    was_read: bool,
    problems: &mut Vec<Problem>,
) -> Parsed<'s> {
    let mut parsed = Parsed {
        set: PolicySet::new(),
        sources: HashMap::new(),
    };
    for source in texts {
        let NamedText { name, text } = source;
        let set: PolicySet = match text.parse() {
            Ok(set) => set,
            Err(error) => {
                problems.extend(Problem::all_of(name, text, &error));
                continue;
            }
        };
        for template in set.templates() {
            let template = Problem::new(
                name,
                format!("{} is a template", numbered(name, template.id())),
            );
            problems.push(template.help("Name principal and resource, or a group of them"));
        }
        // In their order, so that problems come in it as well.
        let policies = set.policies().map(|policy| (number(policy.id()), policy));
        for policy in policies.collect::<BTreeMap<_, _>>().into_values() {
            parsed.add(policy, source, problems);
        }
        if set.is_empty() {
            let empty = Problem::new(name, "has no policy");
            problems.push(empty.help("Without any, everything is denied"));
        }
    }
    if texts.is_empty() && was_read {
        let none = Problem::new("the policies", "are missing");
        problems.push(none.help("Give them with `policies` or `policy_file`"));
    }
    parsed
}

impl<'s> Parsed<'s> {
    fn add(&mut self, policy: &Policy, source: &'s NamedText, problems: &mut Vec<Problem>) {
        let id = match policy.annotation("id") {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => numbered(&source.name, policy.id()),
        };
        let named = policy.new_id(PolicyId::new(&id));
        self.sources.insert(named.id().clone(), source);
        if self.set.add(named).is_err() {
            let twice = Problem::new(
                &source.name,
                format!("the id `{id}` is another policy's too"),
            );
            problems.push(twice.help("Write another text into its `@id`"));
        }
    }

    /// Checks all policies. What Cedar warns of is refused as well: a policy that can never apply,
    /// or text that looks like other text. Of a policy with an error, the warnings follow from it.
    pub(crate) fn check(&self, schema: &Schema, problems: &mut Vec<Problem>) {
        let result = Validator::new(schema.clone()).validate(&self.set, ValidationMode::Strict);
        let mut wrong = HashSet::new();
        for error in result.validation_errors() {
            wrong.insert(error.policy_id());
            problems.extend(self.problems_of(error.policy_id(), error));
        }
        let warnings = result.validation_warnings();
        for warning in warnings.filter(|warning| !wrong.contains(warning.policy_id())) {
            problems.extend(self.problems_of(warning.policy_id(), warning));
        }
    }

    fn problems_of(&self, id: &PolicyId, diagnostic: &dyn Diagnostic) -> Vec<Problem> {
        match self.sources.get(id) {
            Some(source) => Problem::all_of(&source.name, &source.text, diagnostic),
            None => vec![Problem::new("the policies", diagnostic.to_string())],
        }
    }
}

/// Returns the number that Cedar gives a policy of a text: `policy0` is the first.
fn number(id: &PolicyId) -> usize {
    let id: &str = id.as_ref();
    let digits = id.trim_start_matches("policy");
    digits.parse().unwrap_or_default()
}

/// Returns the id as it is written; `Display` escapes it.
pub(crate) fn id_text(id: &PolicyId) -> String {
    let id: &str = id.as_ref();
    id.to_owned()
}

/// Names a policy without an id of its own, as `posts.cedar#1`.
fn numbered(source: &str, id: &PolicyId) -> String {
    format!("{source}#{}", number(id) + 1)
}

/// Checks that the schema has what the principals name.
pub(crate) fn check_principals(
    principals: &[Principal],
    types: &HashMap<String, EntityTypeName>,
    schema: &Schema,
    problems: &mut Vec<Problem>,
) {
    if principals.is_empty() {
        let none = Problem::new("the principals", "are missing");
        problems.push(none.help("Say who asks, with `.principal(Principal::new(\"User\"))`"));
    }
    let asking: HashSet<&EntityTypeName> = schema.principals().collect();
    let mut login_types = HashSet::new();
    for principal in principals {
        let name = format!("the principal {}", principal.entity_type);
        if !login_types.insert(&principal.login_type) {
            problems.push(Problem::new(
                &name,
                "has the login type of another principal",
            ));
        }
        let Some(entity_type) = types.get(&*principal.entity_type) else {
            problems.push(Problem::new(&name, "is no entity type of the schema"));
            continue;
        };
        if !asking.contains(entity_type) {
            problems.push(Problem::new(
                &name,
                "is the principal of no action of the schema",
            ));
            continue;
        }
        let groups = principal.groups.iter().map(|(claim, _)| claim);
        for claim in principal.claims.iter().chain(groups) {
            if !is_for_policies(claim) {
                problems.push(Problem::new(
                    &name,
                    format!("reads the claim `{claim}`, which is not for policies"),
                ));
            }
        }
        for claim in &principal.claims {
            if !has_attribute(schema, entity_type, claim) {
                let undeclared = format!("has no attribute `{claim}` in the schema");
                let undeclared = Problem::new(&name, undeclared);
                problems.push(undeclared.help(format!("Declare it, as in `{{{claim}?: String}}`")));
            }
        }
        for (_, group) in &principal.groups {
            let group_type = types.get(&**group);
            let mut ancestors = schema.ancestors(entity_type).into_iter().flatten();
            if !ancestors.any(|one| Some(one) == group_type) {
                let other = Problem::new(&name, format!("cannot be in a {group}, by the schema"));
                problems.push(other.help(format!("Declare `entity {entity_type} in [{group}]`")));
            }
        }
    }
}

/// Returns whether the schema declares the attribute, by what the validator says of a policy that
/// reads it.
fn has_attribute(schema: &Schema, entity_type: &EntityTypeName, attribute: &str) -> bool {
    let reads = serde_json::json!({
        "effect": "permit",
        "principal": {"op": "is", "entity_type": entity_type.to_string()},
        "action": {"op": "All"},
        "resource": {"op": "All"},
        "conditions": [{"kind": "when", "body": {"==": {
            "left": {".": {"left": {"Var": "principal"}, "attr": attribute}},
            "right": {".": {"left": {"Var": "principal"}, "attr": attribute}},
        }}}],
    });
    let Ok(policy) = Policy::from_json(None, reads) else {
        return false;
    };
    let Ok(set) = PolicySet::from_policies([policy]) else {
        return false;
    };
    let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    let is_missing = |error| matches!(error, &ValidationError::UnsafeAttributeAccess(_));
    !result.validation_errors().any(is_missing)
}
