//! Policies whose scope does not match are not evaluated. Cedar, asked about all of them, says the
//! same.

use std::fmt::Write as _;

use handstamp::NewToken;
use handstamp_cedar::cedar_policy::{
    Authorizer, Context, Entities, PolicySet, Request, Schema, ValidationMode, ValidationWarning,
    Validator,
};
use handstamp_cedar::{Entity, Question, Value};

use crate::{SCHEMA, policies, verified};

#[test]
fn scopes_match_as_cedar_matches_them() {
    let principals = [
        "principal",
        "principal == User::\"alice\"",
        "principal == User::\"bob\"",
        "principal == Admin::\"alice\"",
        "principal in User::\"alice\"",
        "principal in Role::\"editor\"",
        "principal in Role::\"owner\"",
        "principal is User",
        "principal is Admin",
        "principal is User in Role::\"editor\"",
        "principal is User in Role::\"owner\"",
    ];
    let actions = [
        "action",
        "action == Action::\"read\"",
        "action == Action::\"edit\"",
        "action in Action::\"read-only\"",
        "action in [Action::\"edit\", Action::\"read\"]",
        "action in [Action::\"edit\"]",
    ];
    let resources = [
        "resource",
        "resource == Post::\"1\"",
        "resource == Post::\"2\"",
        "resource in Blog::\"rust\"",
        "resource in Blog::\"other\"",
        "resource in Post::\"1\"",
        "resource is Post",
        "resource is Post in Blog::\"rust\"",
        "resource is Post in Blog::\"other\"",
    ];
    let token = NewToken::for_subject("alice").claim("roles", ["author", "editor"]);
    let token = verified(token);
    let post = Entity::new("Post", "1")
        .attribute("author", Value::entity("User", "bob"))
        .attribute("status", "draft")
        .parent("Blog", "rust");
    let question = Question::new("read", post);
    let entities = Entities::from_json_str(
        r#"[
            {"uid": {"type": "User", "id": "alice"}, "attrs": {},
             "parents": [{"type": "Role", "id": "author"}, {"type": "Role", "id": "editor"}]},
            {"uid": {"type": "Post", "id": "1"}, "attrs": {}, "parents": [{"type": "Blog", "id": "rust"}]},
            {"uid": {"type": "Action", "id": "read"}, "attrs": {},
             "parents": [{"type": "Action", "id": "read-only"}]}
        ]"#,
        None,
    );
    let entities = entities.unwrap();
    let [principal, action, resource] =
        ["User::\"alice\"", "Action::\"read\"", "Post::\"1\""].map(|uid| uid.parse().unwrap());
    let request = Request::new(principal, action, resource, Context::empty(), None).unwrap();

    let mut text = String::new();
    for principal in principals {
        for action in actions {
            for resource in resources {
                let scope = format!("{principal}, {action}, {resource}");
                let id = scope.replace('"', "'");
                let _ = writeln!(text, "@id(\"{id}\") permit ({scope});");
            }
        }
    }
    let all: PolicySet = text.parse().unwrap();
    // Scopes that can never apply are refused at start.
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let checked = Validator::new(schema).validate(&all, ValidationMode::Strict);
    let never: Vec<_> = checked
        .validation_warnings()
        .map(ValidationWarning::policy_id)
        .collect();
    let some = all
        .policies()
        .filter(|policy| !never.contains(&policy.id()));
    let mut possible = String::new();
    some.for_each(|policy| possible += &policy.to_string());

    let policies = policies(&possible);
    let found = policies.explain(&token, &question);
    let found: Vec<&str> = found.policies().collect();
    let response = Authorizer::new().is_authorized(&request, &all, &entities);
    let reasons = response.diagnostics().reason();
    let mut expected: Vec<&str> = reasons.filter_map(|id| all.annotation(id, "id")).collect();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!((found.len(), policies.ids().len()), (6 * 4 * 6, POSSIBLE));
}

const POSSIBLE: usize = 558;
