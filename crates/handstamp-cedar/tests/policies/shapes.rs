//! What conforms to the schema is checked once for each shape. Nothing that does not conform gets
//! in by the shape of another.

use handstamp::NewToken;
use handstamp_cedar::cedar_policy::RestrictedExpression;
use handstamp_cedar::{Entity, Policies, Principal, Question, Value};

use crate::{policies, verified};

fn post() -> Entity {
    Entity::new("Post", "1")
        .attribute("author", Value::entity("User", "bob"))
        .attribute("status", "draft")
}

#[test]
fn every_question_that_does_not_fit_is_denied_after_one_that_does() {
    let policies = policies(r#"@id("all") permit (principal, action, resource);"#);
    let of = || NewToken::for_subject("alice");
    let full = || {
        let token = of()
            .claim("age", 7)
            .claim("tenant", "a")
            .claim("roles", ["r"]);
        token.claim("limits", serde_json::json!({"posts": 1}))
    };
    let edit = || Question::new("edit", post().attribute("tags", Value::set(["x"])));
    let hour = |value: Value| edit().context("hour", value);
    let with = |tags: Value| Question::new("edit", post().attribute("tags", tags));
    let date = RestrictedExpression::new_datetime("2026-01-01");
    let rows = [
        ("a claim of another type", full().claim("age", "7"), edit()),
        (
            "a claim in which names are written",
            full().claim("age", "l6:tenantt"),
            edit(),
        ),
        (
            "another member of a record",
            full().claim("limits", serde_json::json!({"other": 1})),
            edit(),
        ),
        (
            "a member more",
            full().claim("limits", serde_json::json!({"posts": 1, "more": 1})),
            edit(),
        ),
        (
            "a member of another type",
            full().claim("limits", serde_json::json!({"posts": "1"})),
            edit(),
        ),
        ("context of another type", full(), hour("1".into())),
        (
            "context of a type that is not known",
            full(),
            hour(date.into()),
        ),
        ("a set of another type", full(), with(Value::set([1]))),
        (
            "a set with one of another type at its end",
            full(),
            with(Value::set([Value::from("x"), Value::from(1)])),
        ),
        ("one value in place of a set", full(), with("x".into())),
        (
            "an entity in place of a text",
            full(),
            with(Value::set([Value::entity("User", "x")])),
        ),
        (
            "a parent of another type",
            full(),
            Question::new("edit", post().parent("Role", "x")),
        ),
        (
            "another action",
            full(),
            Question::new("read", post()).context("hour", 1),
        ),
        (
            "another entity",
            full(),
            edit().entity(Entity::new("Blog", "1")),
        ),
    ];
    for (sentence, token, question) in rows {
        for round in 0..3 {
            for good in [
                edit(),
                edit().context("hour", 7),
                Question::new("read", post()),
            ] {
                let found = policies.explain(&verified(full()), &good);
                assert_eq!(found.to_string(), "permitted by all", "{sentence}, {round}");
            }
            let found = policies.explain(&verified(token.clone()), &question);
            assert!(!found.is_permitted(), "{sentence}, {round}");
            assert_eq!(found.errors().count(), 1, "{sentence}, {round}: {found}");
        }
    }
}

#[test]
fn ids_of_enumerated_types_are_checked_each_time() {
    let policies = Policies::builder()
        .schema(r#"entity User; entity Area enum ["a", "b"]; action see appliesTo {principal: User, resource: Area};"#)
        .policies("all", r#"@id("all") permit (principal, action, resource);"#)
        .principal(Principal::new("User"))
        .build()
        .unwrap();
    for (id, is_permitted) in [("a", true), ("c", false), ("b", true), ("c", false)] {
        let question = Question::new("see", Entity::new("Area", id));
        let found = policies.explain(&verified("alice"), &question);
        assert_eq!(found.is_permitted(), is_permitted, "{id}: {found}");
    }
}

#[test]
fn a_resource_that_is_the_principal_vouches_for_no_other() {
    let policies = Policies::builder()
        .schema(
            "entity User {tenant: String}; action see appliesTo {principal: User, resource: User};",
        )
        .policies("all", r#"@id("all") permit (principal, action, resource);"#)
        .principal(Principal::new("User").claims(["tenant"]))
        .build()
        .unwrap();
    let alice = verified(NewToken::for_subject("alice").claim("tenant", "acme"));
    for (sentence, id, is_permitted) in [
        ("the principal", "alice", true),
        ("another, of whom nothing is said", "bob", false),
        ("the principal again", "alice", true),
        ("another again", "bob", false),
    ] {
        let found = policies.explain(&alice, &Question::new("see", Entity::new("User", id)));
        assert_eq!(found.is_permitted(), is_permitted, "{sentence}: {found}");
    }
}
